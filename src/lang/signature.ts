/** The form of the statement or call that is being written, and which part of it comes next. */

import type { KeywordInfo } from './keywords.js';
import { CALLS, DECLARATIONS, STEPS } from './keywords.js';
import { lexLine, type Token } from './lexer.js';
import { isClosed } from './text.js';

export interface Signature {
  /** `H: connect H2:PORT [from PORT] [send "text"] [as NAME]` */
  readonly form: string;
  readonly doc: string;
  /** Where its parts begin and end in `form`, those before them left out. */
  readonly parts: readonly (readonly [start: number, end: number])[];
  /** Of `parts`: the one that is being written. */
  readonly next: number;
}

/** What the line up to where somebody types is the beginning of; undefined when nothing is missing, or nobody knows. */
export function signatureAt(line: string): Signature | undefined {
  const tokens = lexLine(line).slice(0, -1);
  const last = tokens.at(-1);
  if (last === undefined || last.kind === 'comment') return undefined;
  if (last.kind === 'text' && !isClosed(last.text)) return undefined;
  const head = headOf(tokens);
  if (head === undefined || head.end >= line.length) return undefined;
  const written = line.slice(head.end);
  const chunks = written.match(CHUNKS) ?? [];
  const isDone = /\s$/.test(written);
  const forms = head.info.form.split(' | ').map((form) => readForm(form, head.info.word));
  const read = forms.map((form) => ({ form, next: nextOf(form.parts, chunks, isDone) }));
  // `wait until` could be a time called `until`: what says its words is meant.
  const wordy = ({ form }: (typeof read)[number]) => /^[a-z]/.test(form.parts[0]?.words[0] ?? '');
  const first = chunks.length === 0 ? [] : read.filter(wordy);
  const fitting = [...first, ...read].find(({ next }) => next !== 'other') ?? read[0];
  if (fitting === undefined || typeof fitting.next !== 'number') return undefined;
  const { text, parts } = fitting.form;
  const { doc } = head.info;
  return { form: text, doc, parts: parts.map(({ range }) => range), next: fitting.next };
}

// Where the statement begins ---------------------------------------------------------------------------

interface Head {
  readonly info: KeywordInfo;
  /** Where its word ends in the line. */
  readonly end: number;
}

/** The call after `HOST:` or `HOST.NAME:`, also behind `expect`; else the statement. */
function headOf(tokens: readonly Token[]): Head | undefined {
  const first = tokens[0];
  const colon = tokens.findIndex(({ text }) => text === ':');
  const word = tokens[colon + 1];
  const named = colon > 0 ? known(CALLS, word) : undefined;
  if (named && word) return { info: named, end: word.end };
  const info = known([...STEPS, ...DECLARATIONS], first);
  return info && first && { info, end: first.end };
}

function known(words: readonly KeywordInfo[], token: Token | undefined): KeywordInfo | undefined {
  const word = token?.kind === 'word' ? token.text.toLowerCase() : '';
  return words.find((one) => one.word === word);
}

// What a form is made of -------------------------------------------------------------------------------

interface Part {
  readonly range: readonly [start: number, end: number];
  /** `[from PORT]`; its words without the brackets. */
  readonly optional: boolean;
  readonly words: readonly string[];
}

interface Form {
  readonly text: string;
  readonly parts: readonly Part[];
}

/** A segment's two ends are one chunk, as they are one part of a form. */
const CHUNKS = /\S+\s*-[->]\s*\S*|"(?:[^"\\]|\\.)*"|\S+/g;
const PARTS = /\[(?:[^[\]]|\[[^\]]*\])*\]|\{.*\}|[A-Z] -[->] [A-Z]|"[^"]*"|\S+/g;

function readForm(text: string, word: string): Form {
  const at = `${text} `.indexOf(`${word} `);
  const begin = at < 0 ? 0 : at + word.length;
  const parts = [...text.slice(begin).matchAll(PARTS)].map(({ 0: part, index }): Part => {
    const optional = part.startsWith('[');
    const range = [begin + index, begin + index + part.length] as const;
    return { range, optional, words: (optional ? part.slice(1, -1) : part).split(' ') };
  });
  return { text, parts };
}

// Which part comes next --------------------------------------------------------------------------------

/** The part that the last chunk belongs to, or the one after it when that is `done`; `other`: it is no line of this form. */
function nextOf(
  parts: readonly Part[],
  chunks: readonly string[],
  done: boolean,
): number | 'other' | undefined {
  const used = new Set<number>();
  let next = following(parts, used, -1);
  let missing = 0; // words of the optional part that was begun
  for (const [i, chunk] of chunks.entries()) {
    if (next === undefined) return undefined;
    let isWritten = i === chunks.length - 1 && (!done || /-[->]\s*$/.test(chunk));
    const begun = parts.findIndex(
      ({ optional, words: [lead] }, at) =>
        optional && !used.has(at) && lead === chunk.toLowerCase(),
    );
    if (begun >= 0) {
      next = begun;
      missing = (parts[begun] as Part).words.length - 1;
    } else if (missing > 0) missing -= isWritten ? 0 : 1;
    else {
      next = takenBy(parts, chunk, next, used, i === chunks.length - 1);
      if (next === undefined) return 'other';
      isWritten ||= (parts[next]?.words.length ?? 0) > 1 && /^[\p{L}\p{N}_]+$/u.test(chunk);
    }
    used.add(next);
    if (!isWritten && missing === 0) next = following(parts, used, next);
  }
  return next;
}

/** The first part from `at` on that the chunk can be; one that has to be there is not passed over. */
function takenBy(
  parts: readonly Part[],
  chunk: string,
  at: number,
  used: ReadonlySet<number>,
  last: boolean,
): number | undefined {
  for (let i = at; i < parts.length; i++) {
    const part = parts[i] as Part;
    if (used.has(i) && !isFields(part)) continue;
    if (fits(part, chunk, last)) return i;
    if (!part.optional) return undefined;
  }
  return undefined;
}

function fits(
  { optional, words: [word = '', arrow] }: Part,
  chunk: string,
  last: boolean,
): boolean {
  if (word === 'fields') return /[=<]|^(from|to|\d+)$/i.test(chunk);
  if (word === 'N') return /^[\d(]/.test(chunk);
  if (arrow === '->' || arrow === '--')
    return chunk.includes(arrow) || (last && /^[\p{L}\p{N}_]+$/u.test(chunk));
  if (word.startsWith('"')) return chunk.startsWith('"');
  // A word of the language stands as it is, or its beginning while it is written.
  if (/^[a-z-]+$/.test(word)) return last ? word.startsWith(chunk.toLowerCase()) : word === chunk;
  return !optional || word === word.toUpperCase();
}

function isFields({ words }: Part): boolean {
  return words[0] === 'fields';
}

/** The part that has to come next, or may come: fields as long as nothing else has. */
function following(
  parts: readonly Part[],
  used: ReadonlySet<number>,
  after: number,
): number | undefined {
  const at = parts.findIndex((part, i) => i >= after && (!used.has(i) || isFields(part)));
  return at < 0 ? undefined : at;
}
