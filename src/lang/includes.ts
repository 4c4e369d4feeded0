/** The declarations of a script and of the files that it includes: the one walk through includes. */

import type { Script } from './ast.js';
import * as say from './declaration-messages.js';
import type { Declaration, IncludeDeclaration } from './declaration-tree.js';
import { type Diagnostic, diagnosticText, isError, type Message } from './diagnostics.js';
import { parse } from './parser.js';
import type { Name } from './range.js';

/** Another file, asked for by the file that includes it. `path` is relative to it, with `/`. */
export type Include = (
  path: string,
  from: string,
) => { readonly file: string; readonly text: string } | 'missing' | 'outside';

/** Files that one script may include. */
const INCLUDE_LIMIT = 100;

export type Report = (message: Message, range: Diagnostic['range']) => void;

/** Who walks: what is done with each declaration, in the order in which they count. */
export interface Walker {
  readonly include: Include | undefined;
  /** What is wrong with the declaration goes to `report`, now or after the walk. */
  readonly take: (
    item: Exclude<Declaration, IncludeDeclaration>,
    file: string,
    report: Report,
  ) => void;
  /** Of each included file, before its declarations. */
  readonly enter?: (file: string, script: Script, text: string) => void;
}

interface Walk extends Walker {
  readonly files: string[];
}

/** Goes through the declarations of a script, those of an included file where it is included, each file once. */
export function walkDeclarations(
  script: Script,
  file: string,
  walker: Walker,
  report: Report = () => undefined,
): void {
  walkFile(script, [file], { ...walker, files: [file] }, report);
}

/** `path`: the files from the first one to this one. */
function walkFile(script: Script, path: readonly string[], walk: Walk, report: Report): void {
  const file = path.at(-1)!;
  for (const item of script.items) {
    if (item.kind === 'include') includeFile(item, path, walk, report);
    else if (isDeclaration(item)) walk.take(item, file, report);
  }
}

function isDeclaration(
  item: Script['items'][number],
): item is Exclude<Declaration, IncludeDeclaration> {
  return item.kind === 'host' || item.kind === 'link' || item.kind === 'seed';
}

function includeFile(
  { path: name }: IncludeDeclaration,
  path: readonly string[],
  walk: Walk,
  report: Report,
): void {
  const { text, range } = name;
  const found = isRelative(text) ? (walk.include?.(text, path.at(-1)!) ?? 'missing') : 'outside';
  if (found === 'outside') report(say.includeOutside(text), range);
  else if (found === 'missing') report(say.includeMissing(text), range);
  else if (path.includes(found.file)) report(say.includeCycle([...path, found.file]), range);
  else if (walk.files.length > INCLUDE_LIMIT) report(say.includeTooMany(INCLUDE_LIMIT), range);
  else if (!walk.files.includes(found.file)) {
    takeIncluded(found, [...path, found.file], walk, firstOf(name, report));
  }
}

/** Reports the first mistake of an included file where it is included, whenever it is found. */
function firstOf({ text, range }: Name, report: Report): Report {
  let isTold = false;
  return (message, { start }) => {
    if (isTold || !isError(message)) return;
    isTold = true;
    report(say.includeHasMistakes(text, start.line + 1, diagnosticText(message)), range);
  };
}

function takeIncluded(
  { file, text }: { readonly file: string; readonly text: string },
  path: readonly string[],
  walk: Walk,
  report: Report,
): void {
  walk.files.push(file);
  const { script, diagnostics } = parse(text);
  for (const diagnostic of diagnostics) report(diagnostic, diagnostic.range);
  walk.enter?.(file, script, text);
  walkFile(script, path, walk, report);
}

/** Whether a path names a file below or beside: no root, drive, scheme or backslash. */
function isRelative(path: string): boolean {
  return path !== '' && !/^[/~]|[\\:\0]/.test(path);
}
