/** Calls of a packetdrill script that packetdrill itself does not make as they are written: the script ends there, and no kernel is asked. */

import { OPENING_CALLS, PACKET_CALLS } from '../../lang/packet-calls.js';
import type { PacketValue } from '../../lang/packet-operations.js';
import { itemsOf, member, memberCount, number, pieceLengths, words } from './arguments.js';
import type { PacketCall } from './calls.js';
import { misusedEvents } from './epoll.js';
import { unknownName } from './known-names.js';
import type { PacketState } from './state.js';

/** What is wrong with a call, in words; undefined when nothing. */
export function misuse(packets: PacketState, operation: PacketCall): string | undefined {
  const { call, args } = operation;
  const [least, most = least] = PACKET_CALLS.get(call) ?? [0, args.length];
  if (args.length < least || args.length > most) {
    const count = least === most ? `${least}` : `${least} or ${most}`;
    return `${call} takes ${count} ${most === 1 ? 'argument' : 'arguments'}, not ${args.length}`;
  }
  return (
    unknownDescriptor(packets, operation) ??
    taken(packets, operation) ??
    miscounted(args, call) ??
    outsized(args, call) ??
    (/^epoll_(?:ctl|wait)$/.test(call) ? misusedEvents(packets, operation) : undefined) ??
    unknownName(args, packets.script.system) ??
    unreadable(packets, operation)
  );
}

/** Descriptors that no call before has returned, or that were closed. */
function unknownDescriptor(
  { descriptors }: PacketState,
  { call, args }: PacketCall,
): string | undefined {
  if (OPENING_CALLS.includes(call)) return undefined;
  for (const value of used(call, args)) {
    if (value?.kind !== 'number') return `${call} needs a number for its descriptor`;
    if (!descriptors.has(value.value)) return `there is no descriptor ${value.value}`;
  }
  return undefined;
}

function used(call: string, args: readonly PacketValue[]): readonly (PacketValue | undefined)[] {
  if (call === 'poll') return itemsOf(args[0]).map((item) => member(item, 'fd'));
  if (call === 'sendfile') return args.slice(0, 2);
  if (call === 'pipe') return [];
  return call === 'epoll_ctl' || call === 'splice' ? [args[0], args[2]] : [args[0]];
}

function taken(
  { descriptors }: PacketState,
  { call, args, result }: PacketCall,
): string | undefined {
  const opened = OPENING_CALLS.includes(call) ? [result.value] : call === 'pipe' ? pair(args) : [];
  const known = opened.find((fd) => fd !== undefined && descriptors.has(fd));
  return known === undefined ? undefined : `the descriptor ${known} stands for another one`;
}

function pair(args: readonly PacketValue[]): readonly (number | undefined)[] {
  return itemsOf(args[0]).map((item) => (item.kind === 'number' ? item.value : undefined));
}

/** Lists that have another length than is told: `poll([...], 2, 0)`, `readv(3, [...], 2)`, `msg_iov(2)=[...]`. */
function miscounted(args: readonly PacketValue[], call: string): string | undefined {
  const list = listArgument(args, call);
  if (list === undefined) return undefined;
  const { items, count } = list;
  return items.length === count
    ? undefined
    : `${call} is given ${items.length} of what it is told to be ${count}`;
}

function listArgument(
  args: readonly PacketValue[],
  call: string,
): { readonly items: readonly PacketValue[]; readonly count: number } | undefined {
  switch (call) {
    case 'poll':
      return { items: itemsOf(args[0]), count: number(args[1]) };
    case 'pipe':
      return { items: itemsOf(args[0]), count: 2 };
    case 'readv':
    case 'writev':
      return { items: itemsOf(args[1]), count: number(args[2]) };
    case 'sendmsg':
    case 'recvmsg': {
      const count = memberCount(args[1], 'msg_iov');
      const items = itemsOf(member(args[1], 'msg_iov'));
      return count === undefined ? undefined : { items, count };
    }
    default:
      return undefined;
  }
}

/** As large as a number of packetdrill's is: so many octets has the buffer that it makes for a call. */
const MOST_OCTETS = 2 ** 31 - 1;

const PLAIN_TRANSFERS = new Set(['read', 'recv', 'recvfrom', 'write', 'send', 'sendto']);

function outsized(args: readonly PacketValue[], call: string): string | undefined {
  const items = listArgument(args, call)?.items ?? [];
  const vector = call === 'poll' ? [] : pieceLengths(items);
  const sizes = PLAIN_TRANSFERS.has(call) ? [number(args[2])] : vector;
  const size = sizes.find((octets) => octets < 0 || octets > MOST_OCTETS);
  return size === undefined ? undefined : `${call} has no buffer of ${size} octets`;
}

/** A result that it has no way to compare, or a member that the call does not read. */
function unreadable({ script }: PacketState, { call, args }: PacketCall): string | undefined {
  if (script.system !== 'linux') return undefined;
  if (call === 'getsockopt' && args[3]?.kind === 'list') {
    const length = itemsOf(args[4])[0];
    return number(length) === 4 ? undefined : 'a number that getsockopt returns has [4] octets';
  }
  const flags = call === 'sendmsg' ? member(args[1], 'msg_flags') : undefined;
  const set = flags !== undefined && (words(flags).length > 0 || number(flags) !== 0);
  return set ? 'sendmsg does not read msg_flags: its flags are the last argument' : undefined;
}
