/** What a call of the kernel wrote into structures, as a script writes them: events of epoll, control messages. */

import type { PacketMember, PacketValue } from '../../src/lang/packet-operations.js';
import { joinedConstants } from '../../src/run/packetdrill/constants.js';

/** An event, and what it carries: as which member the script has it. */
export interface EpollEvent {
  readonly events: number;
  readonly kind: string;
  readonly data: number;
}

export interface Received {
  readonly flags: number;
  readonly control: readonly {
    readonly level: number;
    readonly type: number;
    /** A number, octets as hexadecimal digits, or the members of a structure. */
    readonly data: number | string | Readonly<Record<string, number>>;
  }[];
}

export function numberOf(value: number): PacketValue {
  return { kind: 'number', value };
}

/** The structure with another value of a member. */
export function withMember(
  value: PacketValue | undefined,
  name: string,
  to: PacketValue,
): PacketValue {
  const fields = value?.kind === 'struct' ? value.fields : [];
  const rest = fields.filter((field) => field.name !== name);
  return structOf([...rest, { name, value: to }]);
}

function structOf(fields: readonly PacketMember[]): PacketValue {
  return { kind: 'struct', fields };
}

/** What epoll_wait returned, in a list where the script has one. */
export function waitedFor(told: PacketValue | undefined, events: readonly EpollEvent[]) {
  const all = events.map(({ events: bits, kind, data }) =>
    structOf([
      { name: 'events', value: flags(bits, 'epoll') },
      { name: kind, value: numberOf(data) },
    ]),
  );
  const [first = structOf([])] = all;
  return told?.kind === 'list' ? ({ kind: 'list', items: all } as const) : first;
}

function flags(bits: number, kind: 'epoll' | 'message'): PacketValue {
  const names = joinedConstants(numberOf(bits), kind, 'linux');
  const known = names.length > 0 && names.every((name) => /^\w+$/.test(name));
  return known ? { kind: 'words', words: names } : numberOf(bits);
}

/** A message as recvmsg left it. */
export function received(told: PacketValue | undefined, { flags: bits, control }: Received) {
  const flagged = withMember(told, 'msg_flags', flags(bits, 'message'));
  const hadControl =
    told?.kind === 'struct' && told.fields.some(({ name }) => name === 'msg_control');
  if (!hadControl) return flagged;
  const items = control.map(({ level, type, data }) =>
    structOf([
      { name: 'cmsg_level', value: numberOf(level) },
      { name: 'cmsg_type', value: numberOf(type) },
      { name: 'cmsg_data', value: dataValue(data) },
    ]),
  );
  return withMember(flagged, 'msg_control', { kind: 'list', items });
}

function dataValue(data: Received['control'][number]['data']): PacketValue {
  if (typeof data === 'number') return numberOf(data);
  if (typeof data === 'string') return { kind: 'text', text: data };
  return structOf(Object.entries(data).map(([name, value]) => ({ name, value: numberOf(value) })));
}
