/** Folders on the command line: the scripts in them, in an order that every machine has. */

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A script that was named, or that is in a folder that was. */
export interface ScriptFile {
  readonly file: string;
  readonly named: boolean;
}

/** Scripts that one command takes from folders, and how deep they may lie. */
const SCRIPTS = 10_000;
const DEPTH = 32;

/** The folders hold more than a command takes. */
export class TooManyScripts extends Error {}

/**
 * The files named, and in place of each folder the files in it and below it that end so, by name. Left out are what begins
 * with a dot, `node_modules`, and links to folders. A folder without such a file stays, for whoever reads it to complain about.
 */
export function scriptsIn(
  names: readonly string[],
  endings: readonly string[],
): readonly ScriptFile[] {
  const all: ScriptFile[] = [];
  for (const name of names) {
    const found = isFolder(name) ? filesBelow(name, endings, SCRIPTS - all.length) : [];
    if (found.length === 0) all.push({ file: name, named: true });
    else all.push(...found.map((file) => ({ file, named: false })));
  }
  return all;
}

function isFolder(name: string): boolean {
  try {
    return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // Whoever reads it says what is wrong with it: a link to itself, a file taken for a folder.
    return false;
  }
}

function filesBelow(folder: string, endings: readonly string[], most: number): readonly string[] {
  const found: string[] = [];
  const visit = (inside: string, depth: number) => {
    for (const entry of entriesOf(inside)) {
      const file = join(inside, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory() && depth < DEPTH) visit(file, depth + 1);
      else if (isScript(entry, file, endings)) found.push(file);
      if (found.length > most) {
        throw new TooManyScripts(
          `${folder} holds more than ${SCRIPTS} scripts: name the folders in it one by one.`,
        );
      }
    }
  };
  visit(folder, 1);
  return found;
}

/** By the numbers of their characters, which no language of the system changes. */
function entriesOf(folder: string): readonly Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isScript(entry: Dirent, file: string, endings: readonly string[]): boolean {
  if (!endings.some((ending) => entry.name.toLowerCase().endsWith(ending))) return false;
  return entry.isFile() || (entry.isSymbolicLink() && !isFolder(file));
}
