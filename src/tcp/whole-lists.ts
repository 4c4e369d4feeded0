/** RFC 9293 §3.3.1 Key Connection State Variables: what a TCB keeps in pieces is one list to those who look at it. */

import { listOf } from '../base/pieces.js';

/** The fields that are in pieces, by their names, wherever in the TCB they are. */
const IN_PIECES: ReadonlySet<string> = new Set([
  'retransmissions',
  'outOfOrder',
  'sends',
  'unacknowledged',
  'held',
]);

/** The value of a field of the TCB or of a part of it, a list as a whole. */
export function wholeList(key: string, value: unknown): unknown {
  return IN_PIECES.has(key) && isList(value) && value.every(isList) ? listOf(value) : value;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
