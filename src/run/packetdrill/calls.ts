/** The system calls of a packetdrill script as calls of the sockets interface, and their results compared. */

import {
  KERNEL,
  type PacketMember,
  type PacketOperationOf,
  type PacketValue,
  PEER,
} from '../../lang/packet-operations.js';
import { addressOf, type World } from '../../sim/world.js';
import type { Socket } from '../../tcp/tcb.js';
import type { Difference } from '../expectations.js';
import type { Done, OptionValue, PollEntry, SocketCall } from '../sockets/socket-calls.js';
import type { PacketState } from './state.js';

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
  { call, args }: PacketCall,
): SocketCall | Unsupported {
  const fd = descriptor(state, args[0]);
  switch (call) {
    case 'socket':
      return { kind: 'socket', family: familyOf(world, args[0]), flags: words(args[1]) };
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
      return { kind: 'accept', fd, flags: words(args[3]) };
    case 'shutdown':
      return { kind: 'shutdown', fd, how: howOf(args[1]) };
    case 'close':
      return { kind: 'close', fd };
    case 'fcntl':
      return { kind: 'fcntl', fd, command: words(args[1])[0] ?? '', flags: words(args[2]) };
    case 'ioctl':
      return { kind: 'ioctl', fd, request: words(args[1])[0] ?? '' };
    case 'getsockopt':
      return {
        kind: 'getsockopt',
        fd,
        level: words(args[1])[0] ?? '',
        name: words(args[2])[0] ?? '',
      };
    case 'setsockopt':
      return setOption(fd, args);
    case 'poll':
      return { kind: 'poll', entries: pollEntries(state, args[0]), timeout: number(args[2]) };
    default:
      return transfer(state, world, fd, call, args);
  }
}

function setOption(fd: number, args: readonly PacketValue[]): SocketCall | Unsupported {
  const [level, name] = [words(args[1])[0] ?? '', words(args[2])[0] ?? ''];
  const value = optionValue(args[3], args[4]);
  if (value === undefined) return { kind: 'unsupported', what: `${name} with this value` };
  return { kind: 'setsockopt', fd, level, name, value };
}

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
  const count = vector ? vectorLength(args[1]) : number(args[2]);
  const flags = words(message ? args[2] : args[3]);
  if (READS.has(call)) return { kind: 'read', fd, count, flags };
  const [text] = args[1]?.kind === 'text' ? [args[1].text] : [''];
  const data = octetsOf(text, count);
  const to = destination(state, world, call, args);
  return { kind: 'write', fd, data, flags, to };
}

/** The first octets of a text, and zeros after it. */
function octetsOf(text: string, count: number): Uint8Array {
  const data = new Uint8Array(Math.max(0, Math.min(count, 2 ** 28)));
  for (let i = 0; i < Math.min(text.length, data.length); i++) data[i] = text.charCodeAt(i) & 0xff;
  return data;
}

/** Where sendto and sendmsg send to, if they say so. */
function destination(
  state: PacketState,
  world: World,
  call: string,
  args: readonly PacketValue[],
): Socket | 'unspecified' | undefined {
  const message = args[1]?.kind === 'struct' ? args[1] : undefined;
  const name = message && member(message.fields, 'msg_name');
  const value = call === 'sendto' ? args[4] : call === 'sendmsg' ? name : undefined;
  // No name is the number 0, or NULL.
  if (value === undefined || value.kind === 'number' || words(value).includes('NULL'))
    return undefined;
  return remote(state, world, value) ?? 'unspecified';
}

/** The octets of `msg_iov(2)=[{..., 500}, {..., 1000}]`, or of the vector itself. */
function vectorLength(value: PacketValue | undefined): number {
  const vector = value?.kind === 'struct' ? member(value.fields, 'msg_iov') : value;
  if (vector?.kind !== 'list') return 0;
  let total = 0;
  for (const item of vector.items) {
    if (item.kind !== 'struct') continue;
    total += number(member(item.fields, 'iov_len') ?? member(item.fields, '1'));
  }
  return total;
}

function member(fields: readonly PacketMember[], name: string): PacketValue | undefined {
  return fields.find((field) => field.name === name)?.value;
}

function pollEntries(state: PacketState, value: PacketValue | undefined): readonly PollEntry[] {
  if (value?.kind !== 'list') return [];
  return value.items.flatMap((item) => {
    if (item.kind !== 'struct') return [];
    return {
      fd: descriptor(state, member(item.fields, 'fd')),
      events: words(member(item.fields, 'events')),
    };
  });
}

function familyOf(world: World, value: PacketValue | undefined): 'AF_INET' | 'AF_INET6' {
  const [word] = words(value);
  if (word === 'AF_INET' || word === 'AF_INET6') return word;
  return addressOf(world, KERNEL).includes(':') ? 'AF_INET6' : 'AF_INET';
}

function remote(
  state: PacketState,
  world: World,
  value: PacketValue | undefined,
): Socket | undefined {
  const family = value?.kind === 'struct' ? member(value.fields, 'sa_family') : value;
  if (words(family).includes('AF_UNSPEC')) return undefined;
  return endpoint(value, addressOf(world, PEER), state.script.connectPort);
}

/** `...` is the script's own address and port; a structure may say another port. */
function endpoint(value: PacketValue | undefined, address: string, port: number): Socket {
  if (value?.kind !== 'struct') return { address, port };
  const written = member(value.fields, 'sin_port') ?? member(value.fields, 'sin6_port');
  return { address, port: written?.kind === 'number' ? written.value : port };
}

const HOWS = ['SHUT_RD', 'SHUT_WR', 'SHUT_RDWR'] as const;

function howOf(value: PacketValue | undefined): (typeof HOWS)[number] {
  const word = value?.kind === 'number' ? HOWS[value.value] : words(value)[0];
  return HOWS.find((how) => how === word) ?? 'SHUT_RDWR';
}

/** `[1]`, `{onoff=1, linger=0}`. */
function optionValue(
  value: PacketValue | undefined,
  length?: PacketValue,
): OptionValue | undefined {
  if (value?.kind === 'text') return { octets: octetsOf(value.text, length ? number(length) : 0) };
  const inner = value?.kind === 'list' ? value.items[0] : value;
  if (inner?.kind === 'number') return inner.value;
  if (inner?.kind !== 'struct') return undefined;
  const onoff = member(inner.fields, 'onoff') ?? member(inner.fields, 'l_onoff');
  const linger = member(inner.fields, 'linger') ?? member(inner.fields, 'l_linger');
  if (!onoff || !linger) return undefined;
  return { onoff: number(onoff), linger: number(linger) };
}

function words(value: PacketValue | undefined): readonly string[] {
  return value?.kind === 'words' ? value.words : [];
}

function number(value: PacketValue | undefined): number {
  return value?.kind === 'number' ? value.value : 0;
}

/** The table's descriptor for the script's. */
function descriptor(state: PacketState, value: PacketValue | undefined): number {
  const written = value?.kind === 'number' ? value.value : -1;
  return state.descriptors.get(written) ?? written;
}

// Results -----------------------------------------------------------------------------------------

/** What of a call's result is not as the script says. */
export function resultDifferences(
  state: PacketState,
  operation: PacketCall,
  done: Done,
): readonly Difference[] {
  const { call, result } = operation;
  const actual = printResult(done);
  const wrong = (field: string, expected: string, seen: string): readonly Difference[] => [
    { field, expected, actual: seen },
  ];
  if (result.value === undefined) return [];
  const succeeded = done.errno === undefined && done.result >= 0;
  const wanted = printWanted(operation);
  if (result.value < 0) {
    if (succeeded) return wrong('result', wanted, actual);
    return result.errno === undefined || same(result.errno, done.errno)
      ? []
      : wrong('errno', result.errno, done.errno ?? 'none');
  }
  if (!succeeded) return wrong('result', wanted, actual);
  // Descriptors and flags are the system's: that there are some is all that counts.
  if (call === 'socket' || call.startsWith('accept') || call === 'fcntl') return [];
  if (done.result !== result.value) return wrong('result', wanted, actual);
  return outputs(state, operation, done);
}

function same(wanted: string, actual: string | undefined): boolean {
  const plain = (name: string | undefined) => (name === 'EWOULDBLOCK' ? 'EAGAIN' : name);
  return plain(wanted) === plain(actual);
}

export function printResult({ result, errno }: Done): string {
  return errno === undefined ? String(result) : `-1 ${errno}`;
}

export function printWanted({ result }: PacketCall): string {
  if (result.value === undefined) return '...';
  return result.errno === undefined ? String(result.value) : `${result.value} ${result.errno}`;
}

/** What the call wrote where its arguments point to. */
function outputs(
  { script }: PacketState,
  { call, args }: PacketCall,
  done: Done,
): readonly Difference[] {
  if (call === 'poll') return pollDifferences(args[0], done);
  const name = words(args[call === 'ioctl' ? 1 : 2])[0] ?? '';
  const written = call === 'getsockopt' ? args[3] : call === 'ioctl' ? args[2] : undefined;
  const wanted = written?.kind === 'list' ? written.items[0] : written;
  if (wanted === undefined || wanted.kind === 'any') return [];
  // Of a profile that is no kernel's, buffers have no size of their own.
  if (/^SO_(RCV|SND)BUF$/.test(name) && !script.comparison.options) return [];
  const expected =
    wanted.kind === 'words' ? wanted.words.join('|') : printOption(optionValue(wanted));
  const actual = printOption(done.value);
  return expected === actual ? [] : [{ field: name, expected, actual }];
}

function printOption(value: OptionValue | undefined): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number') return String(value);
  if ('errno' in value) return value.errno;
  if ('info' in value) return 'tcp_info';
  if ('octets' in value) return `${value.octets.length} octets`;
  return `{onoff=${value.onoff}, linger=${value.linger}}`;
}

function pollDifferences(
  value: PacketValue | undefined,
  { revents = [] }: Done,
): readonly Difference[] {
  if (value?.kind !== 'list') return [];
  return value.items.flatMap((item, i) => {
    const wanted = item.kind === 'struct' ? member(item.fields, 'revents') : undefined;
    const none = wanted?.kind === 'number' && wanted.value === 0;
    if (wanted?.kind !== 'words' && !none) return [];
    const names = wanted?.kind === 'words' ? wanted.words : [];
    const [expected, actual] = [names, revents[i] ?? []].map((events) =>
      [...events].sort().join('|'),
    );
    return expected === actual
      ? []
      : [{ field: 'revents', expected: expected ?? '', actual: actual ?? '' }];
  });
}
