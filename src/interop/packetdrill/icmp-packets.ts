/** ICMP messages of packetdrill: `icmp unreachable frag_needed mtu 1234 [0:0(0)]`. */

import type { Message } from '../../lang/diagnostics.js';
import { icmpCodeOf, icmpErrorOf, icmpTypeOf, isDiscarded } from '../../lang/packet-icmp.js';
import { ICMP_QUERIES, type PacketIcmp, type PacketSegment } from '../../lang/packet-operations.js';
import type { PacketEvent } from './ast.js';
import { accept, type Cursor, need, needMatch, take, troubleAt } from './cursor.js';
import { badRange, mtuMisplaced, notSupported, strange } from './messages.js';
import { parenthesized, parseNumbers, parseUdp, refuseOther, wholeNumber } from './packet-parts.js';

/** Queries that ICMPv6 does not have. */
const OF_IPV4 = /^(?:timestamp|information|address_mask)_/;

/** What about a message cannot be, or is not to be had. */
export function icmpProblem({ type, code, mtu }: PacketIcmp, version: 4 | 6): Message | undefined {
  if (ICMP_QUERIES.includes(type)) {
    return version === 6 && OF_IPV4.test(type) ? strange('ICMP message of IPv6', type) : undefined;
  }
  const name = icmpTypeOf(type, version);
  if (name === undefined) return unknownIcmp(type, code, version);
  if (icmpCodeOf(name, code, version) === undefined)
    return strange(`code of \`${type}\``, code ?? '');
  if (mtu === undefined) return undefined;
  if (icmpErrorOf(type, code, version) !== 'too-big')
    return mtuMisplaced(version === 4 ? 'unreachable frag_needed' : 'packet_too_big');
  return version === 4 && mtu > 65_535 ? badRange('An MTU', '0 to 65535') : undefined;
}

function unknownIcmp(type: string, code: string | undefined, version: 4 | 6): Message | undefined {
  const number = Number(/^type_(\d+)$/.exec(type)?.[1] ?? Number.NaN);
  if (number > 255) return badRange('The type of an ICMP message', '0 to 255');
  if (code !== undefined && !/^code_\d+$/.test(code)) return strange(`code of \`${type}\``, code);
  if (isDiscarded(type, code, version)) return undefined;
  if (number >= 0) return notSupported(`the ICMP message \`${type}\``);
  const other = version === 4 ? 6 : 4;
  const known = icmpTypeOf(type, other) !== undefined;
  return strange(known ? `ICMP message of IPv${version}` : 'ICMP message', type);
}

/** What stands after `icmp`: `unreachable frag_needed mtu 1234 [0:0(0)]`, `echo_request id 7 [raw (64)]`. */
export function parseIcmp(cursor: Cursor, direction: 'in' | 'out', from: number): PacketEvent {
  const type = needMatch(cursor, /[A-Za-z_]\w*/y, 'the type of an ICMP message')[0];
  const code = take(cursor, /(?!(?:mtu|id)\b)[A-Za-z_]\w*/y)?.[0];
  const mtu = take(cursor, /mtu\b/y) ? wholeNumber(cursor, 'an MTU') : undefined;
  // Which echo it is matters to who has asked, and that is no TCP.
  if (take(cursor, /id\b/y)) wholeNumber(cursor, 'the number of an echo');
  const quoted = accept(cursor, '[') ? quotedSegment(cursor, type) : undefined;
  if (direction === 'out') {
    const problem = notSupported('ICMP messages that the host sends');
    throw troubleAt(cursor, from, cursor.taken, problem);
  }
  return { kind: 'icmp-in', icmp: { type, code, mtu, seq: undefined, ...quoted } };
}

/** What of the host's a message of this type has in it; `raw` are octets of nothing. */
function quotedSegment(
  cursor: Cursor,
  type: string,
): Partial<Pick<PacketSegment, 'seq' | 'udp'>> | undefined {
  const from = cursor.at;
  refuseOther(cursor, from);
  if (take(cursor, /raw\b/y)) {
    parenthesized(cursor);
    need(cursor, ']');
    if (ICMP_QUERIES.includes(type)) return undefined;
    const problem = notSupported('an ICMP error that quotes no segment');
    throw troubleAt(cursor, from, cursor.taken, problem);
  }
  const { seq } = parseNumbers(cursor);
  const udp = parseUdp(cursor);
  need(cursor, ']');
  return udp === undefined ? { seq } : { seq, udp };
}
