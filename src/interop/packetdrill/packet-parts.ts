/** Parts that packets of packetdrill have in common: sequence numbers, ports, a UDP header, protocols that are not TCP. */

import type { PacketSegment } from '../../lang/packet-operations.js';
import { accept, type Cursor, need, needMatch, skipSpace, take, troubleAt } from './cursor.js';
import { badLength, badRange, notSupported } from './messages.js';

// Protocols ---------------------------------------------------------------------------------------

/** SCTP has its ports before its name, UDP after it. */
const OTHER_PROTOCOL =
  /(?:\d+\s*>\s*\d+\s+)?(udplite|udp|sctp|dccp|ipv4|ipv6|GREv0|gre|mpls|psp)\b/y;

const OTHER: Readonly<Record<string, string>> = {
  udp: 'UDP',
  udplite: 'UDP-Lite',
  sctp: 'SCTP',
  dccp: 'DCCP',
  ipv4: 'IP in IP',
  ipv6: 'IP in IP',
  gre: 'GRE',
  GREv0: 'GRE',
  mpls: 'MPLS',
  psp: 'PSP encryption',
};

/** Gives up, at `from`, where a packet of another protocol comes. */
export function refuseOther(cursor: Cursor, from: number): void {
  const other = take(cursor, OTHER_PROTOCOL);
  if (other) throw troubleAt(cursor, from, cursor.taken, notSupported(OTHER[other[1] ?? ''] ?? ''));
}

// Ports -------------------------------------------------------------------------------------------

/** `/udp(9899 > 9900)`: the header that the segment before it is behind. */
export function parseUdp(cursor: Cursor): PacketSegment['udp'] {
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

/** `49152 > 8080`, before the flags. Two zeros are what it is without them: the connection's own. */
export function parsePorts(cursor: Cursor): PacketSegment['ports'] {
  const ports = take(cursor, /(\d+)\s*>\s*(\d+)(?=\s)/y);
  if (ports === undefined || (Number(ports[1]) === 0 && Number(ports[2]) === 0)) return undefined;
  return { source: portOf(cursor, ports[1]), destination: portOf(cursor, ports[2]) };
}

// Numbers -----------------------------------------------------------------------------------------

/** `1:1001(1000)`, or `...(1000)` for wherever it is. */
export function parseNumbers(cursor: Cursor): Pick<PacketSegment, 'seq' | 'length' | 'absolute'> {
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

/** `(1000)`: how long a text is. */
export function parenthesized(cursor: Cursor): number {
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

/** A number, or whatever it is: `...`. */
export function anyNumber(cursor: Cursor): number | undefined {
  if (accept(cursor, '...') || accept(cursor, '*')) return undefined;
  return wholeNumber(cursor, 'a number');
}

/** A number of 32 bits. */
export function wholeNumber(cursor: Cursor, what: string): number {
  const [digits] = needMatch(cursor, /0x[0-9a-fA-F]+|\d+/y, what);
  const value = Number(digits);
  if (value < 2 ** 32) return value;
  const message = badRange('A number in a packet', '0 to 4294967295');
  throw troubleAt(cursor, cursor.taken - digits.length, cursor.taken, message);
}
