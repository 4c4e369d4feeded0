/** The constants of the sockets interface that a script may write as numbers, as the two systems number them. */

import { isNumber, type PacketValue } from '../../lang/packet-operations.js';
import type { System } from '../sockets/socket-calls.js';
import { FREEBSD } from './constants-freebsd.js';
import { type ConstantKind, type Constants, LINUX } from './constants-linux.js';

const OF: Readonly<Record<System, Constants>> = { linux: LINUX, freebsd: FREEBSD };

/** The names of all constants of a system. */
export function constantNames(system: System): readonly string[] {
  return Object.values(OF[system]).flatMap((names) => Object.keys(names));
}

/** The one constant that an argument names or is the number of. */
export function constant(
  value: PacketValue | undefined,
  kind: ConstantKind | undefined,
  system: System,
): string {
  if (value?.kind === 'words') return value.words[0] ?? '';
  if (value?.kind !== 'number') return '';
  const names = kind === undefined ? {} : OF[system][kind];
  const known = Object.entries(names).find(([, number]) => number === value.value);
  return known?.[0] ?? `the number ${value.value}`;
}

/** The constants that an argument joins by `|`, or is the sum of. */
export function joinedConstants(
  value: PacketValue | undefined,
  kind: ConstantKind,
  system: System,
): readonly string[] {
  if (value?.kind === 'words') {
    return value.words.flatMap((word) =>
      isNumber(word) ? namesIn(Number(word), kind, system) : [word],
    );
  }
  return value?.kind === 'number' ? namesIn(value.value, kind, system) : [];
}

/** The constants that a number is the sum of. */
function namesIn(sum: number, kind: ConstantKind, system: System): readonly string[] {
  let rest = sum >>> 0;
  const names: string[] = [];
  for (const [name, bits] of Object.entries(OF[system][kind])) {
    if ((rest & bits) === 0) continue;
    names.push(name);
    rest = (rest & ~bits) >>> 0;
  }
  return rest === 0 ? names : [...names, `the flag 0x${rest.toString(16)}`];
}

/** The number of constants that are joined; undefined when one of them is unknown. */
export function numberOfConstants(names: readonly string[], system: System): number | undefined {
  let sum = 0;
  for (const name of names) {
    const found = isNumber(name)
      ? Number(name)
      : Object.values(OF[system]).find((kind) => Object.hasOwn(kind, name))?.[name];
    if (found === undefined) return undefined;
    sum = (sum | found) >>> 0;
  }
  return sum;
}
