/** Packets of packetdrill: `S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>`, and ICMP messages. */

import type { Message } from '../../lang/diagnostics.js';
import { icmpCodeOf, icmpErrorOf, icmpTypeOf } from '../../lang/packet-icmp.js';
import { ICMP_QUERIES, type PacketIcmp, type PacketSegment } from '../../lang/packet-operations.js';
import { OPTION_SPACE } from '../../tcp/options.js';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../../tcp/segment.js';
import type { PacketEvent } from './ast.js';
import {
  accept,
  type Cursor,
  need,
  needMatch,
  sees,
  skipSpace,
  take,
  troubleAt,
} from './cursor.js';
import {
  aceTwice,
  badLength,
  badRange,
  mtuMisplaced,
  notPadded,
  notSupported,
  onlyOutbound,
  strange,
  windowMissing,
} from './messages.js';
import { optionOctets, parseOptions } from './tcp-options.js';

type Direction = 'in' | 'out';

/** What stands after `<` or `>`. */
export function parsePacket(cursor: Cursor, direction: Direction): PacketEvent {
  const from = cursor.at;
  const before = parseIpFields(cursor);
  const other = take(cursor, OTHER_PROTOCOL);
  if (other) throw troubleAt(cursor, from, cursor.taken, notSupported(OTHER[other[1] ?? ''] ?? ''));
  if (take(cursor, /icmp(?:v[46])?\b/y)) return parseIcmp(cursor, direction, from);
  const segment = parseSegment(cursor, { ...before, ...parseIpFields(cursor) });
  const problem = impossible(segment, direction);
  if (problem) throw troubleAt(cursor, from, cursor.taken, problem);
  const udp = parseUdp(cursor);
  const whole = udp === undefined ? segment : { ...segment, udp };
  return { kind: direction === 'in' ? 'segment-in' : 'segment-out', segment: whole };
}

/** `/udp(9899 > 9900)`: the header that the segment before it is behind. */
function parseUdp(cursor: Cursor): PacketSegment['udp'] {
  if (!take(cursor, /\/\s*udp\b/y)) return undefined;
  need(cursor, '(');
  const source = portNumber(cursor);
  need(cursor, '>');
  const destination = portNumber(cursor);
  need(cursor, ')');
  return { source, destination };
}

function portNumber(cursor: Cursor): number {
  const [digits] = needMatch(cursor, /\d+/y, 'a port number');
  return portOf(cursor, digits);
}

function portOf(cursor: Cursor, digits = ''): number {
  const port = Number(digits);
  if (port >= 1 && port <= 65_535) return port;
  const from = cursor.taken - digits.length;
  throw troubleAt(cursor, from, cursor.taken, badRange('A port number', '1 to 65535'));
}

const OTHER_PROTOCOL = /(udplite|udp|sctp|dccp|ipv4|ipv6|gre|mpls|psp)\b/y;

const OTHER: Readonly<Record<string, string>> = {
  udp: 'UDP',
  udplite: 'UDP-Lite',
  sctp: 'SCTP',
  dccp: 'DCCP',
  ipv4: 'IP in IP',
  ipv6: 'IP in IP',
  gre: 'GRE',
  mpls: 'MPLS',
  psp: 'PSP encryption',
};

// IP ----------------------------------------------------------------------------------------------

/** By the number of the codepoint. */
const CODES = ['noecn', 'ect1', 'ect0', 'ce'] as const;

type IpFields = Partial<Pick<PacketSegment, 'ecn' | 'tos' | 'dscp' | 'ttl'>>;

/** `[ect0]`, `(ttl 64)`, `[tos 0x02]`, `[dscp ef]`, of IPv6 `hlim` and `class`; labels of flows are passed over. */
function parseIpFields(cursor: Cursor): IpFields {
  let fields: IpFields = {};
  for (;;) {
    const from = cursor.at;
    const field = take(cursor, /\[([^\]\n]*)\]|\(([^)\n]*)\)/y);
    if (!field) return fields;
    for (const words of (field[1] ?? field[2] ?? '').split(',')) {
      const read = ipField(words.trim());
      if (!read) throw troubleAt(cursor, from, cursor.taken, strange('IP field', words.trim()));
      fields = { ...fields, ...read };
    }
  }
}

function ipField(words: string): IpFields | undefined {
  if (/^(?:flowlabel|flags)\b/i.test(words) || words === '') return {};
  const number = /^(?:(tos|class)|ttl|hlim)\s+(0x[0-9a-f]{1,2}|\d{1,3})$/i.exec(words);
  const value = Number(number?.[2]);
  if (value > 255) return undefined;
  if (number)
    return number[1] === undefined ? { ttl: value } : { tos: value, ecn: CODES[value & 3] };
  const service = /^dscp\s*=?\s*(\w+)$/i.exec(words)?.[1];
  if (service !== undefined) return classOf(service);
  const code = /^(?:ecn\s+)?(noecn|ect01|ect0|ect1|ce)$/i.exec(words)?.[1];
  return code === undefined ? undefined : { ecn: code.toLowerCase() as PacketSegment['ecn'] };
}

/** Differentiated services by their names (RFC 2474, RFC 2597, RFC 3246, RFC 8622), or as a number. */
function classOf(service: string): IpFields | undefined {
  const [, kind, x = '', y = '0'] = /^(cs|af)(\d)(\d)?$/i.exec(service) ?? [];
  const named = NAMED_CLASSES[service.toLowerCase()];
  const dscp = kind === undefined ? (named ?? Number(service)) : 8 * Number(x) + 2 * Number(y);
  return dscp >= 0 && dscp < 64 ? { dscp } : undefined;
}

const NAMED_CLASSES: Readonly<Record<string, number>> = { df: 0, be: 0, le: 1, va: 44, ef: 46 };

// TCP ---------------------------------------------------------------------------------------------

/** The point comes last. A digit is the ACE field: AE, CWR and ECE as one number, and those letters are not beside it. */
const FLAGS = /(?:(?=[^\s])[FSRPEWUA]*(?:\.[0-7]?|[0-7]?[FSRPEWUA]*\.?)|-)(?=\s)/y;
const TWICE = /[EWA].*\d|\d.*[EWA]/;

const BITS: Readonly<Record<string, number>> = {
  F: FIN,
  S: SYN,
  R: RST,
  P: PSH,
  U: URG,
  E: ECE,
  W: CWR,
  A: AE,
  '.': ACK,
  '-': 0,
};

function parseSegment(cursor: Cursor, fields: IpFields): PacketSegment {
  const ports = parsePorts(cursor);
  const from = cursor.at;
  const [flags = ''] = needMatch(cursor, FLAGS, 'the flags of a packet, such as `S.` or `.`');
  if (TWICE.test(flags)) throw troubleAt(cursor, from, cursor.taken, aceTwice(flags));
  const ctl = [...flags].reduce((bits, flag) => bits | (BITS[flag] ?? Number(flag) * ECE), 0);
  const numbers = parseNumbers(cursor);
  // What is not written is 0 and must be 0, but for the window of what is sent.
  const ack = take(cursor, /ack\b/y) ? anyNumber(cursor) : 0;
  const window = take(cursor, /win\b/y) ? anyNumber(cursor) : undefined;
  if (window !== undefined && window > 65_535) {
    throw troubleAt(cursor, from, cursor.taken, badRange('A window field', '0 to 65535'));
  }
  const up = take(cursor, /urg\b/y) ? anyNumber(cursor) : 0;
  if (up !== undefined && up > 65_535) {
    throw troubleAt(cursor, from, cursor.taken, badRange('An urgent pointer', '0 to 65535'));
  }
  const options = sees(cursor, '<') ? optionsOf(cursor) : [];
  const segment = { ctl, ...numbers, ack, window, up, options, ecn: undefined, ...fields };
  return ports === undefined ? segment : { ...segment, ports };
}

/** `49152 > 8080`, before the flags. */
function parsePorts(cursor: Cursor): PacketSegment['ports'] {
  const ports = take(cursor, /(\d+)\s*>\s*(\d+)(?=\s)/y);
  if (ports === undefined) return undefined;
  return { source: portOf(cursor, ports[1]), destination: portOf(cursor, ports[2]) };
}

/** What no packet can be, or what of the peer's must be said. */
function impossible(
  { options, window, ecn }: PacketSegment,
  direction: Direction,
): Message | undefined {
  if (direction === 'in') {
    if (options === undefined) return onlyOutbound('`<...>`');
    if (ecn === 'ect01') return onlyOutbound('`[ect01]`');
    if (window === undefined) return windowMissing();
  }
  const octets = options === undefined ? 0 : optionOctets(options);
  if (octets % 4 !== 0) return notPadded(octets);
  return octets > OPTION_SPACE ? badRange('The options', `0 to ${OPTION_SPACE} octets`) : undefined;
}

/** `1:1001(1000)`, or `...(1000)` for wherever it is. */
function parseNumbers(cursor: Cursor): Pick<PacketSegment, 'seq' | 'length' | 'absolute'> {
  if (accept(cursor, '...')) return { seq: undefined, length: parenthesized(cursor) };
  skipSpace(cursor);
  const from = cursor.at;
  const seq = wholeNumber(cursor, 'a sequence number');
  need(cursor, ':');
  const end = wholeNumber(cursor, 'the sequence number after the last octet');
  const length = parenthesized(cursor);
  // They do not wrap around here, only on the wire.
  if (end !== seq + length) {
    throw troubleAt(cursor, from, cursor.taken, badLength(seq, end, length));
  }
  return accept(cursor, '!') ? { seq, length, absolute: true } : { seq, length };
}

function parenthesized(cursor: Cursor): number {
  need(cursor, '(');
  const from = cursor.at;
  const length = wholeNumber(cursor, 'how many octets of text there are');
  if (length > 65_535) {
    const message = badRange('The text of a packet', '0 to 65535 octets');
    throw troubleAt(cursor, from, cursor.taken, message);
  }
  need(cursor, ')');
  return length;
}

function anyNumber(cursor: Cursor): number | undefined {
  if (accept(cursor, '...') || accept(cursor, '*')) return undefined;
  return wholeNumber(cursor, 'a number');
}

/** A number of 32 bits. */
function wholeNumber(cursor: Cursor, what: string): number {
  const [digits] = needMatch(cursor, /0x[0-9a-fA-F]+|\d+/y, what);
  const value = Number(digits);
  if (value < 2 ** 32) return value;
  const message = badRange('A number in a packet', '0 to 4294967295');
  throw troubleAt(cursor, cursor.taken - digits.length, cursor.taken, message);
}

function optionsOf(cursor: Cursor): PacketSegment['options'] {
  need(cursor, '<');
  if (accept(cursor, '...')) {
    need(cursor, '>');
    return undefined;
  }
  return parseOptions(cursor);
}

// ICMP --------------------------------------------------------------------------------------------

/** Queries that ICMPv6 does not have. */
const OF_IPV4 = /^(?:timestamp|information|address_mask)_/;

/** What about a message cannot be, or is not to be had. */
export function icmpProblem({ type, code, mtu }: PacketIcmp, version: 4 | 6): Message | undefined {
  if (ICMP_QUERIES.includes(type)) {
    return version === 6 && OF_IPV4.test(type) ? strange('ICMP message of IPv6', type) : undefined;
  }
  const name = icmpTypeOf(type, version);
  if (name === undefined) return unknownIcmp(type, version);
  if (icmpCodeOf(name, code, version) === undefined)
    return strange(`code of \`${type}\``, code ?? '');
  if (mtu === undefined) return undefined;
  if (icmpErrorOf(type, code, version) !== 'too-big')
    return mtuMisplaced(version === 4 ? 'unreachable frag_needed' : 'packet_too_big');
  return version === 4 && mtu > 65_535 ? badRange('An MTU', '0 to 65535') : undefined;
}

function unknownIcmp(type: string, version: 4 | 6): Message {
  if (/^type_\d+$/.test(type)) return notSupported(`the ICMP message \`${type}\``);
  const other = version === 4 ? 6 : 4;
  const known = icmpTypeOf(type, other) !== undefined;
  return strange(known ? `ICMP message of IPv${version}` : 'ICMP message', type);
}

/** `unreachable frag_needed mtu 1234 [0:0(0)]`. */
function parseIcmp(cursor: Cursor, direction: Direction, from: number): PacketEvent {
  const type = needMatch(cursor, /[a-z_]\w*/y, 'the type of an ICMP message')[0];
  const word = take(cursor, /(?!mtu\b)[A-Za-z_]\w*/y)?.[0];
  const mtu = take(cursor, /mtu\b/y) ? wholeNumber(cursor, 'an MTU') : undefined;
  const quoted = accept(cursor, '[') ? quotedSegment(cursor) : undefined;
  if (direction === 'out') {
    const problem = notSupported('ICMP messages that the host sends');
    throw troubleAt(cursor, from, cursor.taken, problem);
  }
  return { kind: 'icmp-in', icmp: { type, code: word, mtu, seq: undefined, ...quoted } };
}

function quotedSegment(cursor: Cursor): Pick<PacketSegment, 'seq' | 'udp'> {
  const from = cursor.at;
  const other = take(cursor, OTHER_PROTOCOL);
  if (other) throw troubleAt(cursor, from, cursor.taken, notSupported(OTHER[other[1] ?? ''] ?? ''));
  const { seq } = parseNumbers(cursor);
  const udp = parseUdp(cursor);
  need(cursor, ']');
  return udp === undefined ? { seq } : { seq, udp };
}
