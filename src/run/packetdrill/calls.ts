/** The system calls of a packetdrill script as calls of the sockets interface. */

import {
  KERNEL,
  type PacketOperationOf,
  type PacketValue,
  PEER,
} from '../../lang/packet-operations.js';
import { addressOf, type World } from '../../sim/world.js';
import { isIPv6 } from '../../tcp/ip-version.js';
import type { Socket } from '../../tcp/tcb.js';
import type { OptionValue, PollEntry, SocketCall, System } from '../sockets/socket-calls.js';
import {
  itemsOf,
  member,
  number,
  octetsOf,
  optionNamed,
  optionValue,
  pieceLengths,
  timeValue,
  words,
} from './arguments.js';
import { constant, joinedConstants } from './constants.js';
import { timesToTell } from './control-messages.js';
import { epollCall } from './epoll.js';
import { descriptorOf, type PacketState } from './state.js';

export type PacketCall = PacketOperationOf<'pkt-call'>;

/** A call that cannot be made of what is written. */
export interface Unsupported {
  readonly kind: 'unsupported';
  readonly what: string;
}

/** The call as the sockets interface takes it. */
export function socketCall(
  state: PacketState,
  world: World,
  operation: PacketCall,
): SocketCall | Unsupported {
  const { call, args } = operation;
  const fd = descriptor(state, args[0]);
  const { system } = state.script;
  switch (call) {
    case 'socket': {
      const flags = joinedConstants(args[1], 'type', system);
      return { kind: 'socket', family: familyOf(world, args[0], system), flags };
    }
    case 'bind':
      return {
        kind: 'bind',
        fd,
        address: endpoint(args[1], addressOf(world, KERNEL), state.script.bindPort),
      };
    case 'connect':
      return { kind: 'connect', fd, address: remote(state, world, args[1]) };
    case 'listen':
      return { kind: 'listen', fd, backlog: number(args[1]) };
    case 'accept':
    case 'accept4':
      return { kind: 'accept', fd, flags: joinedConstants(args[3], 'type', system) };
    case 'shutdown':
      return { kind: 'shutdown', fd, how: howOf(args[1]) };
    case 'close':
      return { kind: 'close', fd };
    case 'fcntl':
      return control(fd, args, system);
    case 'ioctl':
      return { kind: 'ioctl', fd, request: words(args[1])[0] ?? '' };
    case 'getsockopt': {
      const counted = member(args[3], 'pcbcnt')?.kind === 'number';
      return counted
        ? { kind: 'unsupported', what: 'how many connections a TCP stack has (`pcbcnt`)' }
        : { kind: 'getsockopt', fd, ...optionNamed(args, system) };
    }
    case 'setsockopt':
      return setOption(fd, args, system);
    case 'poll':
      return { kind: 'poll', entries: pollEntries(state, args[0]), timeout: number(args[2]) };
    case 'open':
      return { kind: 'open' };
    case 'pipe':
      return { kind: 'pipe' };
    case 'splice':
      return spliceCall(state, args);
    case 'sendfile':
      return sendFile(state, fd, args);
    case 'epoll_create':
    case 'epoll_ctl':
    case 'epoll_wait':
      return epollCall(state, operation);
    default:
      return transfer(state, world, fd, call, args);
  }
}

function control(fd: number, args: readonly PacketValue[], system: System): SocketCall {
  const command = constant(args[1], 'fcntl', system);
  const kind = command === 'F_SETFD' ? 'descriptor' : 'open';
  return { kind: 'fcntl', fd, command, flags: joinedConstants(args[2], kind, system) };
}

function setOption(
  fd: number,
  args: readonly PacketValue[],
  system: System,
): SocketCall | Unsupported {
  const { level, name } = optionNamed(args, system);
  const value = valueToSet(name, args, system);
  if (value === undefined) return { kind: 'unsupported', what: `${name} with this value` };
  const length = args[4]?.kind === 'number' ? args[4].value : Number.POSITIVE_INFINITY;
  // IPv4 takes an octet for a number.
  if (/_IP$/.test(level) && length >= 1 && length < 4 && typeof value === 'number')
    return { kind: 'setsockopt', fd, level, name, value: value & 0xff };
  return { kind: 'setsockopt', fd, level, name, value, short: length < lengthOf(value) };
}

/** How many octets a value has at least: an integer, `struct linger`, `struct timeval`. Text is as long as it is. */
function lengthOf(value: OptionValue): number {
  if (typeof value === 'number') return 4;
  if ('onoff' in value) return 8;
  return 'wait' in value ? 16 : 0;
}

function valueToSet(
  name: string,
  args: readonly PacketValue[],
  system: System,
): OptionValue | undefined {
  const [, , , value, length] = args;
  if (/^SO_(RCV|SND)TIMEO$/.test(name)) return timeValue(value);
  const called = NAMED_BY.get(name);
  if (called !== undefined) {
    const text = member(value, called);
    const isNull = words(value).includes('NULL') || value?.kind === 'number';
    if (text?.kind === 'text') return { text: text.text };
    return isNull ? { text: '' } : undefined;
  }
  // The name ends where its length says, or at its end.
  if (name === 'TCP_CONGESTION' && value?.kind === 'text')
    return { text: value.text.slice(0, number(length)) };
  // A key of zeros is none: FreeBSD's hosts that have one make their cookies of it.
  const key = name === 'TCP_FASTOPEN' ? member(value, 'psk') : undefined;
  if (key?.kind === 'text' && /^0*$/.test(key.text)) return number(member(value, 'enable'));
  return optionValue(value, system, length);
}

/** Structures that name something, and the member that does. */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ['TCP_FUNCTION_BLK', 'function_set_name'],
  ['SO_ACCEPTFILTER', 'af_name'],
]);

const READS = new Set(['read', 'recv', 'recvfrom', 'recvmsg', 'readv']);

/** read and write in all their forms. */
function transfer(
  state: PacketState,
  world: World,
  fd: number,
  call: string,
  args: readonly PacketValue[],
): SocketCall | Unsupported {
  const message = call.endsWith('msg');
  const vector = message || call === 'readv' || call === 'writev';
  const parts = vector ? vectorParts(args[1]) : undefined;
  const count = parts ? parts.reduce((a, b) => a + b, 0) : number(args[2]);
  const flags = joinedConstants(message ? args[2] : args[3], 'message', state.script.system);
  const unmapped = !vector && words(args[1]).includes('NULL');
  if (READS.has(call)) {
    const how = { plain: call === 'read', message: call === 'recvmsg' };
    return { kind: 'read', fd, count, flags, unmapped, ...how };
  }
  const [text] = args[1]?.kind === 'text' ? [args[1].text] : [''];
  const data = octetsOf(text, count);
  const to = destination(state, world, call, args);
  const times = call === 'sendmsg' ? timesToTell(args[1], state.script.system) : undefined;
  if (typeof times === 'object') return times;
  return { kind: 'write', fd, data, parts, times, flags, to, unmapped };
}

/** What there is in a file is as good as any text. */
function sendFile(
  { table, descriptors }: PacketState,
  fd: number,
  args: readonly PacketValue[],
): SocketCall | Unsupported {
  const file = descriptors.get(number(args[1])) ?? -1;
  if (!table.files.has(file)) return { kind: 'unsupported', what: 'sendfile of what is no file' };
  const data = octetsOf('', number(args[3]));
  return { kind: 'write', fd, data, flags: [], to: undefined };
}

/** An offset is that of a file, which a socket and a pipe do not have. */
function spliceCall(state: PacketState, args: readonly PacketValue[]): SocketCall {
  const isGiven = (value: PacketValue | undefined) =>
    value !== undefined && !words(value).includes('NULL') && number(value) !== 0;
  return {
    kind: 'splice',
    from: descriptor(state, args[0]),
    to: descriptor(state, args[2]),
    count: number(args[4]),
    flags: joinedConstants(args[5], 'splice', state.script.system),
    offsets: { from: isGiven(args[1]), to: isGiven(args[3]) },
  };
}

/** Where sendto and sendmsg send to, if they say so. */
function destination(
  state: PacketState,
  world: World,
  call: string,
  args: readonly PacketValue[],
): Socket | 'unspecified' | undefined {
  const name = member(args[1], 'msg_name');
  const value = call === 'sendto' ? args[4] : call === 'sendmsg' ? name : undefined;
  // No name is the number 0, or NULL.
  if (value === undefined || value.kind === 'number' || words(value).includes('NULL'))
    return undefined;
  return remote(state, world, value) ?? 'unspecified';
}

/** The lengths of `msg_iov(2)=[{..., 500}, {..., 1000}]`, or of the vector itself. */
function vectorParts(value: PacketValue | undefined): readonly number[] {
  const vector = value?.kind === 'struct' ? member(value, 'msg_iov') : value;
  return pieceLengths(itemsOf(vector));
}

function pollEntries(state: PacketState, value: PacketValue | undefined): readonly PollEntry[] {
  return itemsOf(value).flatMap((item) => {
    if (item.kind !== 'struct') return [];
    return {
      fd: descriptor(state, member(item, 'fd')),
      events: joinedConstants(member(item, 'events'), 'poll', state.script.system),
    };
  });
}

function familyOf(
  world: World,
  value: PacketValue | undefined,
  system: System,
): 'AF_INET' | 'AF_INET6' {
  const word = constant(value, 'family', system);
  if (word === 'AF_INET' || word === 'AF_INET6') return word;
  return isIPv6(addressOf(world, KERNEL)) ? 'AF_INET6' : 'AF_INET';
}

function remote(
  state: PacketState,
  world: World,
  value: PacketValue | undefined,
): Socket | undefined {
  const family = value?.kind === 'struct' ? member(value, 'sa_family') : value;
  if (words(family).includes('AF_UNSPEC')) return undefined;
  return endpoint(value, addressOf(world, PEER), state.script.connectPort);
}

/** `...` is the script's own address and port; a structure may say another port. */
function endpoint(value: PacketValue | undefined, address: string, port: number): Socket {
  if (value?.kind !== 'struct') return { address, port };
  const written = member(value, 'sin_port') ?? member(value, 'sin6_port');
  return { address, port: written?.kind === 'number' ? written.value : port };
}

const HOWS = ['SHUT_RD', 'SHUT_WR', 'SHUT_RDWR'] as const;

function howOf(value: PacketValue | undefined): (typeof HOWS)[number] | undefined {
  const word = value?.kind === 'number' ? HOWS[value.value] : words(value)[0];
  return HOWS.find((how) => how === word);
}

/** The table's descriptor for the script's. */
function descriptor(state: PacketState, value: PacketValue | undefined): number {
  return descriptorOf(state, value?.kind === 'number' ? value.value : -1);
}
