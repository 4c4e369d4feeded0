/** Values that are set: of which kinds, in which bounds, and how a script writes them. */

import { printDuration } from '../base/time.js';
import { durationText } from '../lang/numbers.js';
import type { ValueKind } from '../lang/settable.js';
import { FLAGS, printCtl } from '../tcp/segment.js';
import type { Value } from './values.js';

/** A value that was read: a number, control bits, or undefined for `off`. */
export type NewValue = number | undefined;

/** A value as one of this kind; a fraction is given in percent, a time with its unit but 0. Undefined when it is none. */
export function newValueOf(kind: ValueKind, found: Value): number | undefined {
  if (found.kind !== 'number' && found.kind !== 'seq' && found.kind !== 'duration')
    return undefined;
  if (TIMES.has(kind) !== (found.kind === 'duration') && !(TIMES.has(kind) && found.value === 0))
    return undefined;
  const value = kind === 'fraction' ? found.value / 100 : Math.round(found.value);
  return value >= (LEAST[kind] ?? 0) && value <= MOST[kind] ? value : undefined;
}

/** Whether a target can be switched off. */
export function canBeOff(kind: ValueKind): boolean {
  return kind === 'timer' || kind === 'rate';
}

/** As a script writes it: percent, microseconds, numbers, or off. */
export function valueText(kind: ValueKind, value: NewValue): string {
  if (value === undefined) return 'off';
  if (kind === 'fraction') return String(value * 100);
  return TIMES.has(kind) ? durationText(value) : String(value);
}

const LEAST: Partial<Record<ValueKind, number>> = { size: 1, mtu: 68, rate: 1, interval: 1_000 };

const MOST: Readonly<Record<ValueKind, number>> = {
  sequence: 2 ** 32 - 1,
  octets: 2 ** 30,
  size: 65_535,
  field: 65_535,
  mtu: 65_535,
  time: 30 * 86_400_000_000,
  interval: 30 * 86_400_000_000,
  timer: 30 * 86_400_000_000,
  fraction: 1,
  rate: 1e12,
  flags: 2 ** FLAGS.length - 1,
};

/** What a value of this kind is, for messages. */
export const WANTED: Readonly<Record<ValueKind, string>> = {
  sequence: `a sequence number, 0 to ${MOST.sequence}`,
  octets: `a number of octets, 0 to ${MOST.octets}`,
  size: `a number of octets, 1 to ${MOST.size}`,
  field: `a whole number, 0 to ${MOST.field}`,
  mtu: `a number of octets, 68 to ${MOST.mtu}`,
  time: `a length of time such as ${printDuration(200_000)}, at most 30 days`,
  interval: `a length of time such as ${printDuration(200_000)}, 1ms to 30 days`,
  timer: `a length of time from now such as ${printDuration(200_000)}, or off`,
  fraction: 'a percentage such as 30%, 0 to 100',
  rate: 'a number of bits a second such as 64kbps, at most 1000 Gbps, or off',
  flags: 'control bits such as SYN,ACK',
};

/** `SYN,ACK` as the bits of the header; undefined when a name is none. */
export function readFlags(text: string): number | undefined {
  const names = text
    .toUpperCase()
    .split(/[\s,|]+/)
    .filter((name) => name !== '');
  if (names.length === 1 && names[0] === printCtl(0).toUpperCase()) return 0;
  const bits = names.map((name) => (FLAGS as readonly string[]).indexOf(name));
  if (names.length === 0 || bits.includes(-1)) return undefined;
  return bits.reduce((ctl, bit) => ctl | (1 << bit), 0);
}

const TIMES: ReadonlySet<ValueKind> = new Set(['time', 'interval', 'timer']);
