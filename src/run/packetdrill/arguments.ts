/** The arguments of a packetdrill script's calls: what is written, as numbers, names and values. */

import type { PacketValue } from '../../lang/packet-operations.js';
import { plainLevel } from '../sockets/option-kinds.js';
import type { OptionValue, System } from '../sockets/socket-calls.js';
import { constant, numberOfConstants } from './constants.js';

/** Names that are joined by `|`. */
export function words(value: PacketValue | undefined): readonly string[] {
  return value?.kind === 'words' ? value.words : [];
}

/** A number; 0 for anything else. */
export function number(value: PacketValue | undefined): number {
  return value?.kind === 'number' ? value.value : 0;
}

/** The member of this name; undefined for anything but a structure that has it. */
export function member(value: PacketValue | undefined, name: string): PacketValue | undefined {
  if (value?.kind !== 'struct') return undefined;
  return value.fields.find((field) => field.name === name)?.value;
}

/** The number in parentheses after the name of a member, `msg_iov(2)=...`; undefined where there is none. */
export function memberCount(value: PacketValue | undefined, name: string): number | undefined {
  if (value?.kind !== 'struct') return undefined;
  return value.fields.find((field) => field.name === name)?.count;
}

/** What a list has; nothing for anything else. */
export function itemsOf(value: PacketValue | undefined): readonly PacketValue[] {
  return value?.kind === 'list' ? value.items : [];
}

/** The lengths of the pieces of memory that a list names: `[{iov_base=..., iov_len=10}]`, `[{..., 10}]`. */
export function pieceLengths(items: readonly PacketValue[]): readonly number[] {
  return items.map((item) => number(member(item, 'iov_len') ?? member(item, '1')));
}

/** What stands in brackets, `[1]`, or the value itself. */
export function unbracketed(value: PacketValue | undefined): PacketValue | undefined {
  return value?.kind === 'list' ? value.items[0] : value;
}

/** The levels whose options have numbers. */
const LEVELS = ['SOL_SOCKET', 'IPPROTO_TCP', 'IPPROTO_IP', 'IPPROTO_IPV6'] as const;

/** The level and the option that the second and the third argument name. */
export function optionNamed(
  args: readonly PacketValue[],
  system: System,
): { readonly level: string; readonly name: string } {
  const level = constant(args[1], 'level', system);
  const kind = LEVELS.find((one) => one === plainLevel(level));
  return { level, name: constant(args[2], kind, system) };
}

/** The first octets of a text, and zeros after it. */
export function octetsOf(text: string, count: number): Uint8Array {
  const data = new Uint8Array(Math.max(0, Math.min(count, 2 ** 28)));
  for (let i = 0; i < Math.min(text.length, data.length); i++) data[i] = text.charCodeAt(i) & 0xff;
  return data;
}

const SECOND = 1_000_000;

/** `{tv_sec=1, tv_usec=0}`, `{1, 0}`, also in brackets: microseconds; undefined when it is no time. */
export function timeValue(value: PacketValue | undefined): OptionValue | undefined {
  const inner = unbracketed(value);
  if (inner?.kind !== 'struct') return undefined;
  const [seconds, rest] = ['tv_sec', 'tv_usec'].map(
    (name, i) => member(inner, name) ?? member(inner, `${i}`),
  );
  if (!seconds || !rest) return undefined;
  const microseconds = number(rest);
  if (microseconds < 0 || microseconds >= SECOND) return { wait: -1 };
  return { wait: number(seconds) < 0 ? 0 : number(seconds) * SECOND + microseconds };
}

/** `[1]`, `[SOF_TIMESTAMPING_SOFTWARE]`, `{onoff=1, linger=0}`, `{1, 0}`. */
export function optionValue(
  value: PacketValue | undefined,
  system: System,
  length?: PacketValue,
): OptionValue | undefined {
  if (value?.kind === 'text') return { octets: octetsOf(value.text, length ? number(length) : 0) };
  const inner = unbracketed(value);
  if (inner?.kind === 'number') return inner.value;
  if (inner?.kind === 'words') return numberOfConstants(inner.words, system);
  if (inner?.kind !== 'struct') return undefined;
  const [onoff, linger] = ['onoff', 'linger'].map(
    (name, i) => member(inner, name) ?? member(inner, `l_${name}`) ?? member(inner, `${i}`),
  );
  if (!onoff || !linger) return undefined;
  return { onoff: number(onoff), linger: number(linger) };
}
