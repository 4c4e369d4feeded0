/** Numbers as people write them: `1_000`, `0x1F`, `64KiB`, `10ms`, `2msl`, `10Mbps`. */

import type { DurationUnit, Expression } from './expression-tree.js';

/** Microseconds of each unit of time. `msl` depends on the host. */
export const MICROSECONDS: Readonly<Record<Exclude<DurationUnit, 'msl'>, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
};

/** Octets of each unit of size. */
export const OCTETS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1_000,
  MB: 1_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
};

/** Bits a second of each unit of rate. */
export const RATES: Readonly<Record<string, number>> = {
  bps: 1,
  kbps: 1_000,
  Mbps: 1_000_000,
  Gbps: 1_000_000_000,
};

export interface Quantity {
  readonly amount: number;
  /** The amount as written. */
  readonly number: string;
  /** As written; empty when there is none. */
  readonly unit: string;
}

/** Splits a number token; undefined when it has digits that make no number (`0x`, `1__`). */
export function readQuantity(text: string): Quantity | undefined {
  const [, hex] = /^0x([0-9a-f_]*)$/i.exec(text) ?? [];
  const [, decimal = '', unit = ''] = /^([0-9][0-9_]*(?:\.[0-9]+)?)(.*)$/su.exec(text) ?? [];
  const number = hex === undefined ? decimal : text;
  const amount = hex === undefined ? Number(digits(decimal)) : Number.parseInt(digits(hex), 16);
  return Number.isFinite(amount)
    ? { amount, number, unit: hex === undefined ? unit : '' }
    : undefined;
}

/** Whether a number is written with a unit of size, such as `64KiB`. */
export function hasUnit(number: Expression): boolean {
  if (number.kind !== 'number') return false;
  const unit = readQuantity(number.text)?.unit ?? '';
  return unit !== '' && unitValue(OCTETS, unit) !== undefined;
}

function digits(text: string): string {
  return text.replaceAll('_', '') || 'none';
}

/** The unit of time meant, in any case: `MS`, `µs`. */
export function durationUnit(unit: string): DurationUnit | undefined {
  const known = unit.toLowerCase();
  if (known === 'µs' || known === 'μs') return 'us';
  if (known === 'msl' || Object.hasOwn(MICROSECONDS, known)) return known as DurationUnit;
  return undefined;
}

/** The value of a unit in a table, whatever its case: `kib`, `KiB`. */
export function unitValue(
  table: Readonly<Record<string, number>>,
  unit: string,
): number | undefined {
  if (Object.hasOwn(table, unit)) return table[unit];
  const name = Object.keys(table).find((key) => key.toLowerCase() === unit.toLowerCase());
  return name === undefined ? undefined : table[name];
}

/** A duration in microseconds, to the nearest one; `msl` microseconds long where it matters. */
export function microseconds(amount: number, unit: DurationUnit, msl: number): number {
  return Math.round(amount * (unit === 'msl' ? msl : MICROSECONDS[unit]));
}

/** A time as a script writes it: `30ms`. */
export function durationText(duration: number): string {
  const [unit, size] = (
    [
      ['s', MICROSECONDS.s],
      ['ms', MICROSECONDS.ms],
    ] as const
  ).find(([, one]) => duration > 0 && duration % one === 0) ?? ['us', 1];
  return `${duration / size}${unit}`;
}
