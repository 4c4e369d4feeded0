/** Flags that a call has returned, and those that the script expects, as they are compared. */

import { isNumber, type PacketValue } from '../../lang/packet-operations.js';
import type { System } from '../sockets/socket-calls.js';
import { words } from './arguments.js';
import { numberOfConstants } from './constants.js';

/** Flags as names or as a number, whichever the script has; what is not written is none. */
export function printFlags(
  wanted: PacketValue | undefined,
  names: readonly string[],
  system: System,
): readonly [expected: string, actual: string] {
  const joined = (list: readonly string[]) => [...list].sort().join('|') || '0';
  const hasNumber = words(wanted).some(isNumber);
  const sum = hasNumber ? (numberOfConstants(words(wanted), system) ?? 0) : 0;
  const number = wanted?.kind === 'number' ? wanted.value : sum;
  const known = names.length === 0 ? 0 : numberOfConstants(names, system);
  const isNone = words(wanted).length === 0 && number === known;
  const expected = number === 0 ? joined(words(wanted)) : String(number);
  const actual = number === 0 || known === undefined ? joined(names) : String(known);
  return isNone ? [expected, expected] : [expected, actual];
}
