/** Another name for what a script declares, everywhere at once, or why it cannot have it. */

import { fileNameOf } from '../base/file-name.js';
import { compile } from './compile.js';
import { type Diagnostic, diagnosticText, isError } from './diagnostics.js';
import { lexLine, lineAt } from './lexer.js';
import type { Position, Range } from './range.js';
import { type Index, indexOf, type Site, type Sources, sameAs, siteAt } from './references.js';

export interface Edit {
  readonly file: string;
  readonly range: Range;
  readonly text: string;
}

export interface Refusal {
  readonly problem: string;
}

/** The name at a place, if it can be changed. */
export function renamable(index: Index, file: string, at: Position): Site | Refusal {
  const site = siteAt(index, file, at);
  if (!site) return { problem: 'Here stands no name that a script declares.' };
  if (site.kind === 'link') return { problem: 'A link has no name; rename one of its hosts.' };
  if (sameAs(index, site).some(({ role }) => role === 'declaration')) return site;
  const { name } = site;
  if (site.kind === 'connection') {
    const problem = `The host itself calls its connection \`${name}\`. Name it with \`as\` where it is made, and use that name.`;
    return { problem };
  }
  return { problem: `Nothing declares \`${name}\`, so there is nothing to rename.` };
}

/** The edits that give what is named at a place another name; they change nothing else of what the scripts mean. */
export function rename(
  sources: Sources,
  file: string,
  at: Position,
  name: string,
): readonly Edit[] | Refusal {
  const index = indexOf(sources);
  const site = renamable(index, file, at);
  if ('problem' in site) return site;
  const shape = shapeProblem(name);
  if (shape !== undefined) return { problem: shape };
  if (name === site.name) return [];
  const sites = sameAs(index, site);
  for (const [where, words] of index.lost) {
    if (words.has(site.name)) return { problem: inMistake(site.name, where) };
  }
  const edits = sites.map(({ file: where, range }) => ({ file: where, range, text: name }));
  const problem = whatElseChanges(sources, index, edits, site.name, name);
  return problem === undefined ? edits : { problem };
}

function shapeProblem(name: string): string | undefined {
  const [first, second] = lexLine(name);
  if (first?.kind === 'word' && first.text === name && second?.kind === 'end') return undefined;
  return `\`${name}\` is no name: names are letters, digits and \`_\`, and do not begin with a digit.`;
}

function inMistake(name: string, file: string): string {
  return `\`${name}\` stands on a line with a mistake, in ${fileNameOf(file)}. Mend that first: nobody can tell what the line means.`;
}

/** What would no longer mean what it did: a mistake that was not there, or a name that refers to something else. */
function whatElseChanges(
  sources: Sources,
  before: Index,
  edits: readonly Edit[],
  old: string,
  name: string,
): string | undefined {
  const after = edited(sources, edits);
  for (const { file, text } of sources.files) {
    const changed = after.files.find((one) => one.file === file)!.text;
    const found = newMistake(errorsOf(file, text, sources), errorsOf(file, changed, after));
    if (found) return `${fileNameOf(file)}:${found.range.start.line + 1}: ${diagnosticText(found)}`;
  }
  const [one, other] = [groups(before), groups(indexOf(after))];
  const at = one.findIndex(({ group }, i) => other[i]?.group !== group);
  const site = one[at]?.site ?? other[one.length]?.site;
  if (!site) return undefined;
  const place = `${fileNameOf(site.file)}:${site.range.start.line + 1}`;
  return `\`${old}\` cannot become \`${name}\`: ${place} would then speak of something else.`;
}

function errorsOf(file: string, text: string, { include }: Sources): readonly Diagnostic[] {
  const { diagnostics } = compile(text, { file, include });
  return diagnostics.filter(isError);
}

/** The first of a kind of which there are more than before. */
function newMistake(
  before: readonly Diagnostic[],
  after: readonly Diagnostic[],
): Diagnostic | undefined {
  const known = before.map(({ code }) => code);
  return after.find(({ code }) => {
    const at = known.indexOf(code);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}

/** Each site, and the first one that is of the same thing: what refers to what, without the names. */
function groups(index: Index): readonly { readonly site: Site; readonly group: number }[] {
  const first = new Map<string, number>();
  return [...index.sites.values()].flat().map((site, i) => {
    const id = index.groupOf(site);
    if (!first.has(id)) first.set(id, i);
    return { site, group: first.get(id)! };
  });
}

/** The scripts as they are after the edits, those that are included too. */
function edited({ files, include }: Sources, edits: readonly Edit[]): Sources {
  const textOf = (file: string, text: string) =>
    applyEdits(
      text,
      edits.filter((edit) => edit.file === file),
    );
  return {
    files: files.map(({ file, text }) => ({ file, text: textOf(file, text) })),
    include:
      include &&
      ((path, from) => {
        const found = include(path, from);
        return typeof found === 'string'
          ? found
          : { ...found, text: textOf(found.file, found.text) };
      }),
  };
}

/** A text with edits made, none of which overlap. */
export function applyEdits(text: string, edits: readonly Pick<Edit, 'range' | 'text'>[]): string {
  if (edits.length === 0) return text;
  const lines = [0];
  for (let next = lineAt(text, 0).next; next !== undefined; next = lineAt(text, next).next) {
    lines.push(next);
  }
  const offset = ({ line, character }: Position) => (lines[line] ?? text.length) + character;
  let [done, at] = ['', 0];
  const inOrder = [...edits].sort((a, b) => offset(a.range.start) - offset(b.range.start));
  for (const { range, text: written } of inOrder) {
    done += text.slice(at, offset(range.start)) + written;
    at = offset(range.end);
  }
  return done + text.slice(at);
}
