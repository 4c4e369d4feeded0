/** The table of behaviours, read from behaviours.txt. */

import assert from 'node:assert/strict';
import { readText } from '../sources.js';

/** One row: one assertion about a TCP. */
export interface Behaviour {
  /** Such as `EST-16`. */
  readonly id: string;
  readonly level: string;
  readonly situation: string;
  readonly response: string;
  readonly section: string;
}

/** Rows about one subject. */
export interface Group {
  /** The first part of its rows' ids. */
  readonly name: string;
  readonly subject: string;
  readonly rows: readonly Behaviour[];
}

const heading = /^# ([A-Z][A-Z0-9]{2}) (.*)$/;

/** What an id looks like wherever it is written. */
export const ID = /\b[A-Z][A-Z0-9]{2}-\d{2}\b/g;

/** All groups, in the order of the file. */
export function readGroups(): readonly Group[] {
  const groups: { name: string; subject: string; rows: Behaviour[] }[] = [];
  for (const line of readText('test/conformance/behaviours.txt').split(/\r?\n/)) {
    const [, name, subject] = heading.exec(line) ?? [];
    if (name !== undefined && subject !== undefined) groups.push({ name, subject, rows: [] });
    if (line === '' || line.startsWith('#')) continue;
    const [id, level, situation, response, section, ...more] = line.split(' | ');
    assert(id && level && situation && response && section && more.length === 0, line);
    const group = groups.at(-1);
    assert(group !== undefined && id.startsWith(`${group.name}-`), `${id} is in a strange group`);
    group.rows.push({ id, level, situation, response, section });
  }
  return groups;
}
