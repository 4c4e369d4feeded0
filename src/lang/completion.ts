/** What may be typed next in a script: what the parser wants there, by name. */

import type { Script } from './ast.js';
import { type Completion, isHost, itemsFor, type Names } from './completion-items.js';
import { lexLine, lineAt } from './lexer.js';
import { wantedAtEnd } from './parser.js';
import type { Position } from './range.js';
import { type ScriptSymbol, symbols } from './symbols.js';
import { isClosed } from './text.js';
import type { Wanted } from './wanted.js';

export interface Completions {
  /** How many characters before the place typing has begun the word with. */
  readonly typed: number;
  readonly items: readonly Completion[];
}

/** What may stand at a place of a text. `script`: the whole text as a tree, for the names that it gives. */
export function completionsAt(text: string, at: Position, script: Script): Completions {
  const before = textBefore(text, at);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const typed = /(?<![\p{L}\p{N}_])[\p{L}_][\p{L}\p{N}_-]*$/u.exec(line)?.[0].length ?? 0;
  if (!isOpen(line, typed)) return { typed, items: [] };
  const named = namesAt(script, at);
  const wanted = wantedAtEnd(before.slice(0, before.length - typed));
  const items = new Map<string, Completion>();
  for (const one of [...wanted].sort((a, b) => rank(a) - rank(b))) {
    for (const item of itemsFor(one, named)) {
      if (!items.has(item.label)) items.set(item.label, item);
    }
  }
  return { typed, items: [...items.values()] };
}

function textBefore(text: string, { line, character }: Position): string {
  let offset = 0;
  for (let i = 0; i < line; i++) offset = lineAt(text, offset).next ?? text.length;
  return text.slice(0, offset + character);
}

/** Not within a comment, a text or a number. */
function isOpen(line: string, typed: number): boolean {
  const last = lexLine(line).at(-2);
  if (last?.kind === 'comment') return false;
  if (last?.kind === 'text') return isClosed(last.text) && last.end < line.length;
  return typed > 0 || !/[\p{L}\p{N}_"]$/u.test(line);
}

/** Words with something to say of themselves stand before the same words without. */
function rank({ kind }: Wanted): number {
  return kind === 'words' ? 1 : 0;
}

// Names -----------------------------------------------------------------------------------------

function namesAt(script: Script, at: Position): Names {
  const isBefore = ({ start }: ScriptSymbol['selection']) =>
    start.line < at.line || (start.line === at.line && start.character < at.character);
  const flat = (symbol: ScriptSymbol): Names => [symbol, ...symbol.children.flatMap(flat)];
  const all = symbols(script);
  // One that is being written may not be closed yet: its names are known up to where the next one begins.
  const around = all.filter(({ kind, range }) => kind === 'scenario' && isBefore(range)).at(-1);
  const seen = all.filter((one) => one.kind !== 'scenario' || one === around).flatMap(flat);
  return seen.filter(({ kind, selection }) => isHost(kind) || isBefore(selection));
}
