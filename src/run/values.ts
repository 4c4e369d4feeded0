/** What expressions calculate with: numbers, sequence numbers modulo 2^32, times, states, texts. */

import { printDuration } from '../base/time.js';
import { quote } from '../lang/text.js';
import type { Seq } from '../tcp/seq.js';
import { before, seq } from '../tcp/seq.js';
import type { State } from '../tcp/states.js';

export type Value =
  | { readonly kind: 'number'; readonly value: number }
  /** A sequence number, in [0, 2^32): adds, subtracts and compares modulo 2^32. `base`: what it is counted from, if that is known. */
  | { readonly kind: 'seq'; readonly value: number; readonly base?: Seq | undefined }
  /** A length of time or an instant, microseconds. */
  | { readonly kind: 'duration'; readonly value: number }
  | { readonly kind: 'state'; readonly value: State }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Characters that are meant, and the octets on the wire. */
  | { readonly kind: 'text'; readonly value: string; readonly octets: Uint8Array }
  /** Not there: a timer that is not armed, an option that was not sent, a connection that is no more. */
  | { readonly kind: 'absent'; readonly why: string }
  /** A value with parts, such as `client.snd`: shown, not calculated with. */
  | { readonly kind: 'parts'; readonly name: string; readonly parts: readonly Part[] }
  /** A student's `?`. */
  | { readonly kind: 'blank' };

export interface Part {
  readonly name: string;
  readonly value: Value;
}

export const BLANK: Value = { kind: 'blank' };

export function numberValue(value: number): Value {
  return { kind: 'number', value };
}

export function seqValue(value: number, base?: Seq): Value {
  const modular = value >>> 0;
  return base === undefined
    ? { kind: 'seq', value: modular }
    : { kind: 'seq', value: modular, base };
}

export function durationValue(value: number): Value {
  return { kind: 'duration', value };
}

export function booleanValue(value: boolean): Value {
  return { kind: 'boolean', value };
}

export function textValueOf(octets: Uint8Array): Value {
  return { kind: 'text', value: readOctets(octets), octets };
}

/** Octets as people read them: UTF-8 where it is, otherwise one character an octet. */
export function readOctets(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return Array.from(octets, (octet) => String.fromCharCode(octet)).join('');
  }
}

/** A value as messages, hovers and `print` show it. */
export function printValue(value: Value): string {
  switch (value.kind) {
    case 'number':
    case 'seq':
      return String(value.value);
    case 'duration':
      return printDuration(value.value);
    case 'state':
      return value.value;
    case 'boolean':
      return value.value ? 'true' : 'false';
    case 'text':
      return value.value;
    case 'absent':
      return value.why;
    case 'parts':
      return `{${value.parts.map(({ name, value: v }) => `${name}: ${printValue(v)}`).join(', ')}}`;
    case 'blank':
      return '?';
  }
}

/** As `printValue`, a text in its quotes. */
export function showValue(value: Value): string {
  return value.kind === 'text' ? quote(value.value) : printValue(value);
}

/** Whether a condition holds: `true`, any number but 0, any text but the empty one. */
export function isTrue(value: Value): boolean {
  switch (value.kind) {
    case 'boolean':
      return value.value;
    case 'number':
    case 'duration':
      return value.value !== 0;
    case 'seq':
      return value.value !== 0;
    case 'text':
      return value.octets.length > 0;
    case 'absent':
    case 'blank':
      return false;
    default:
      return true;
  }
}

function isCount(value: Value): value is Value & { readonly value: number } {
  return value.kind === 'number' || value.kind === 'duration' || value.kind === 'seq';
}

/** `left == right`; undefined when they cannot be equal by their kind (a state and a number). */
export function equal(left: Value, right: Value): boolean | undefined {
  if (left.kind === 'absent' || right.kind === 'absent') return left.kind === right.kind;
  if (isCount(left) && isCount(right)) {
    const modular = left.kind === 'seq' || right.kind === 'seq';
    return modular ? seq(left.value) === seq(right.value) : left.value === right.value;
  }
  if (left.kind === 'text' && right.kind === 'text') return sameOctets(left.octets, right.octets);
  if (left.kind === 'state' && right.kind === 'state') return left.value === right.value;
  if (left.kind === 'boolean' && right.kind === 'boolean') return left.value === right.value;
  return undefined;
}

/** Whether two texts are the same octet for octet. */
export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

/** Below zero: `left` comes first. Sequence numbers in sequence space. Undefined: no order between them. */
export function compare(left: Value, right: Value): number | undefined {
  if (!isCount(left) || !isCount(right)) return undefined;
  if (left.kind !== 'seq' && right.kind !== 'seq') return left.value - right.value;
  const [a, b] = [seq(left.value), seq(right.value)];
  if (a === b) return 0;
  return before(a, b) ? -1 : 1;
}

/** `left + right` and the like; undefined when the kinds do not go together. */
export function calculate(operator: string, left: Value, right: Value): Value | undefined {
  if (!isCount(left) || !isCount(right)) return undefined;
  if (left.kind === 'seq' || right.kind === 'seq') return modular(operator, left, right);
  const value = plain(operator, left.value, right.value);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  const time = left.kind === 'duration' || right.kind === 'duration';
  const ratio = operator === '/' && left.kind === 'duration' && right.kind === 'duration';
  return time && !ratio ? durationValue(Math.round(value)) : numberValue(value);
}

function plain(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? undefined : a / b;
    case '%':
      return b === 0 ? undefined : a % b;
    default:
      return undefined;
  }
}

/** Two sequence numbers have a distance; a sequence number and a number give a sequence number. */
function modular(
  operator: string,
  left: Value & { readonly value: number },
  right: Value & { readonly value: number },
): Value | undefined {
  switch (operator) {
    case '+':
      return seqValue(left.value + right.value, baseOf(left, right));
    case '-':
      return left.kind === 'seq' && right.kind === 'seq'
        ? numberValue((left.value - right.value) >>> 0)
        : seqValue(left.value - right.value, baseOf(left, right));
    default: {
      const value = plain(operator, left.value, right.value);
      return value === undefined ? undefined : numberValue(value);
    }
  }
}

/** A number away from a sequence number, what came out is counted from where that one is. */
function baseOf(left: Value, right: Value): Seq | undefined {
  if (left.kind === 'seq' && right.kind === 'seq') return undefined;
  if (left.kind === 'seq') return left.base;
  return right.kind === 'seq' ? right.base : undefined;
}
