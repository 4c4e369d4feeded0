/** Lines of packetdrill scripts as they are read, for the tests of the parser. */

import assert from 'node:assert/strict';
import type { EventLine } from '../../../src/interop/packetdrill/ast.js';
import { parsePackets } from '../../../src/interop/packetdrill/parser.js';

export const STANDARD = new Set(['STANDARD']);

/** The only line of a script without mistakes. */
export function line(text: string): EventLine {
  const { tree, diagnostics } = parsePackets(text, STANDARD);
  assert.deepEqual(diagnostics, [], text);
  const [only, more] = tree.lines;
  assert.ok(only && !more, text);
  return only;
}

/** `line:column message` of each mistake. */
export function mistakes(text: string): readonly string[] {
  return parsePackets(text, STANDARD).diagnostics.map(({ message, range }) => {
    return `${range.start.line + 1}:${range.start.character + 1} ${message}`;
  });
}
