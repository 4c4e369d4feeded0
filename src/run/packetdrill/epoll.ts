/** epoll in packetdrill scripts: events as they are written, `{events=EPOLLIN|EPOLLET, fd=4}`, and those that were told. */

import type { PacketValue } from '../../lang/packet-operations.js';
import type { Difference } from '../expectations.js';
import type { Done, EpollData, EpollEvent, SocketCall, System } from '../sockets/socket-calls.js';
import { itemsOf, member, number } from './arguments.js';
import type { PacketCall } from './calls.js';
import { constant, joinedConstants, numberOfConstants } from './constants.js';
import { descriptorOf, type PacketState } from './state.js';

/** What the union of an event can be written as. */
const MEMBERS = ['fd', 'ptr', 'u32', 'u64'] as const;

/** epoll_create, epoll_ctl or epoll_wait as the sockets interface takes it. */
export function epollCall(state: PacketState, { call, args }: PacketCall): SocketCall {
  const { system } = state.script;
  if (call === 'epoll_create') return { kind: 'epoll_create', size: number(args[0]) };
  const epoll = descriptorOf(state, number(args[0]));
  if (call === 'epoll_wait') {
    return { kind: 'epoll_wait', epoll, count: number(args[2]), timeout: number(args[3]) };
  }
  const operation = constant(args[1], 'epoll_ctl', system);
  const target = descriptorOf(state, number(args[2]));
  return { kind: 'epoll_ctl', epoll, operation, target, event: eventOf(state, args[3]) };
}

function eventOf(state: PacketState, value: PacketValue | undefined): EpollEvent {
  const events = joinedConstants(member(value, 'events'), 'epoll', state.script.system);
  return { events, data: dataOf(state, value) ?? { kind: 'ptr', value: 0 } };
}

/** What the event carries; undefined when nothing is written. */
function dataOf(state: PacketState, value: PacketValue | undefined): EpollData | undefined {
  const kind = MEMBERS.find((one) => member(value, one) !== undefined);
  if (kind === undefined) return undefined;
  const written = number(member(value, kind));
  return { kind, value: kind === 'fd' ? descriptorOf(state, written) : written };
}

/** The events of epoll_wait, one or a list of them. */
function eventsWritten(value: PacketValue | undefined): readonly PacketValue[] {
  return value?.kind === 'struct' ? [value] : itemsOf(value);
}

/** What of the events that were told is not as the script says; what was not told is nothing, and carries nothing. */
export function epollDifferences(
  state: PacketState,
  value: PacketValue | undefined,
  { events = [] }: Done,
): readonly Difference[] {
  const { system } = state.script;
  return eventsWritten(value).flatMap((written, i) => {
    const wanted = eventOf(state, written);
    const told = events[i] ?? { events: [], data: { kind: wanted.data.kind, value: 0 } };
    const news = differ(
      'events',
      printEvents(wanted.events, system),
      printEvents(told.events, system),
    );
    return [...news, ...differ(wanted.data.kind, ...carried(wanted.data, told.data))];
  });
}

function differ(field: string, expected: string, actual: string): readonly Difference[] {
  return expected === actual ? [] : [{ field, expected, actual }];
}

/** Names in the order of their bits. */
function printEvents(names: readonly string[], system: System): string {
  const bits = numberOfConstants(names, system);
  if (bits === undefined) return names.join('|');
  return joinedConstants({ kind: 'number', value: bits }, 'epoll', system).join('|') || '0';
}

/** Of what is written to a union and read from it again as much as the shorter member has. */
function carried(wanted: EpollData, told: EpollData): readonly [expected: string, actual: string] {
  const isShort = wanted.kind === 'fd' || wanted.kind === 'u32';
  const [a, b] = [wanted, told].map(({ value }) => (isShort ? value >>> 0 : value));
  return [String(a), String(b)];
}

/** What is wrong with the events of a call, in words. */
export function misusedEvents({ descriptors }: PacketState, call: PacketCall): string | undefined {
  const { args } = call;
  const written = call.call === 'epoll_ctl' ? [args[3]] : eventsWritten(args[1]);
  if (written.length === 0) return 'epoll_wait needs an event, `{events=EPOLLIN, fd=4}`';
  for (const event of written) {
    if (!MEMBERS.some((name) => member(event, name) !== undefined))
      return `an event of ${call.call} carries something: fd, ptr, u32 or u64`;
    const fd = member(event, 'fd');
    if (fd === undefined) continue;
    if (!descriptors.has(number(fd))) return `there is no descriptor ${number(fd)}`;
    if (call.call === 'epoll_ctl' && number(fd) !== number(args[2]))
      return `the event of epoll_ctl carries the descriptor that it is about, ${number(args[2])}`;
  }
  return undefined;
}
