/** RFC 9293 §3.1 Header Format: a segment as octets and back, with IPv4 or IPv6 and Ethernet around it. */

import { addressOctets } from '../lang/addresses.js';
import type { Options } from '../tcp/options.js';
import type { Segment } from '../tcp/segment.js';
import { seq } from '../tcp/seq.js';

const TCP_HEADER = 20;
const TCP_PROTOCOL = 6;

/** A segment with the addresses of the datagram that carries it. */
export interface Packet {
  readonly source: string;
  readonly destination: string;
  readonly segment: Segment;
}

/** What was read: a segment and whether its checksum is right, or why the octets are none. */
export type Decoded =
  | { readonly kind: 'segment'; readonly segment: Segment; readonly checksumRight: boolean }
  | { readonly kind: 'malformed'; readonly reason: string };

/** The octets of the TCP header, its options and the text. `corrupt` spoils the checksum (a damaged segment). */
export function encodeSegment(packet: Packet, corrupt = false): Uint8Array {
  const { segment } = packet;
  const options = encodeOptions(segment.options);
  const octets = new Uint8Array(TCP_HEADER + options.length + segment.data.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, segment.sourcePort);
  view.setUint16(2, segment.destinationPort);
  view.setUint32(4, segment.seq);
  view.setUint32(8, segment.ack);
  view.setUint8(12, ((TCP_HEADER + options.length) / 4) << 4);
  view.setUint8(13, segment.ctl);
  view.setUint16(14, segment.wnd);
  view.setUint16(18, segment.up);
  octets.set(options, TCP_HEADER);
  octets.set(segment.data, TCP_HEADER + options.length);
  const checksum = tcpChecksum(octets, packet.source, packet.destination);
  view.setUint16(16, corrupt ? checksum ^ 0x5555 : checksum);
  return octets;
}

/** Reads the octets of a TCP header and what follows. Never throws; reads nothing beyond the octets. */
export function decodeSegment(octets: Uint8Array, source: string, destination: string): Decoded {
  if (octets.length < TCP_HEADER) {
    return malformed(`${octets.length} octets are fewer than the ${TCP_HEADER} of a TCP header`);
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const offset = (view.getUint8(12) >> 4) * 4;
  if (offset < TCP_HEADER || offset > octets.length) {
    return malformed(
      `Data Offset says ${offset} octets of ${octets.length}; at least ${TCP_HEADER}`,
    );
  }
  const segment: Segment = {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    seq: seq(view.getUint32(4)),
    ack: seq(view.getUint32(8)),
    ctl: view.getUint8(13),
    wnd: view.getUint16(14),
    up: view.getUint16(18),
    options: decodeOptions(octets.subarray(TCP_HEADER, offset)),
    data: octets.slice(offset),
  };
  // Over a segment with its checksum in place the sum comes out as zero.
  return {
    kind: 'segment',
    segment,
    checksumRight: tcpChecksum(octets, source, destination) === 0,
  };
}

function malformed(reason: string): Decoded {
  return { kind: 'malformed', reason };
}

// Options ---------------------------------------------------------------------------------------

const END = 0;
const NOP = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const TIMESTAMPS = 8;

/** In the order most stacks write them, padded with zeros to a multiple of four octets (MUST-69). */
function encodeOptions(options: Options): readonly number[] {
  const octets: number[] = [];
  if (options.mss !== undefined) octets.push(MSS, 4, ...be16(options.mss));
  if (options.sackPermitted) octets.push(SACK_PERMITTED, 2);
  if (options.timestamps) {
    if (!options.sackPermitted) octets.push(NOP, NOP);
    octets.push(TIMESTAMPS, 10, ...be32(options.timestamps.val), ...be32(options.timestamps.ecr));
  }
  if (options.windowScale !== undefined) octets.push(NOP, WINDOW_SCALE, 3, options.windowScale);
  while (octets.length % 4 !== 0) octets.push(END);
  return octets;
}

/** Unknown options are skipped by their length (MUST-6); an illegal length ends the reading (MUST-7). */
function decodeOptions(octets: Uint8Array): Options {
  let options: Options = {};
  for (let i = 0; i < octets.length; ) {
    const kind = octets[i];
    if (kind === END) break;
    if (kind === NOP) {
      i++;
      continue;
    }
    const length = octets[i + 1] ?? 0;
    if (length < 2 || i + length > octets.length) break;
    options = { ...options, ...decodeOption(kind ?? END, octets.subarray(i + 2, i + length)) };
    i += length;
  }
  return options;
}

/** One option from its kind and what follows its length; nothing when kind or length is not known. */
function decodeOption(kind: number, body: Uint8Array): Options {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (kind === MSS && body.length === 2) return { mss: view.getUint16(0) };
  if (kind === WINDOW_SCALE && body.length === 1) return { windowScale: view.getUint8(0) };
  if (kind === SACK_PERMITTED && body.length === 0) return { sackPermitted: true };
  if (kind === TIMESTAMPS && body.length === 8) {
    return { timestamps: { val: view.getUint32(0), ecr: view.getUint32(4) } };
  }
  return {};
}

function be16(value: number): readonly number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

function be32(value: number): readonly number[] {
  return [...be16(value >>> 16), ...be16(value & 0xffff)];
}

// The Internet's layers -------------------------------------------------------------------------

/** A whole Ethernet frame. `identification` numbers IPv4 datagrams; `from`, `to` are the last octets of made-up MAC addresses. */
export function encodeFrame(
  packet: Packet,
  frame: { readonly from: number; readonly to: number; readonly identification: number },
  corrupt = false,
): Uint8Array {
  const tcp = encodeSegment(packet, corrupt);
  const source = octetsOf(packet.source);
  const destination = octetsOf(packet.destination);
  const ip =
    source.length === 4
      ? ipv4Header(tcp.length, frame.identification, source, destination)
      : ipv6Header(tcp.length, source, destination);
  const type = source.length === 4 ? 0x0800 : 0x86dd;
  return Uint8Array.from([...mac(frame.to), ...mac(frame.from), ...be16(type), ...ip, ...tcp]);
}

/** A locally administered address: 02:00:00:00:xx:xx. */
function mac(host: number): readonly number[] {
  return [0x02, 0, 0, 0, ...be16(host)];
}

function ipv4Header(
  length: number,
  identification: number,
  source: Uint8Array,
  destination: Uint8Array,
): Uint8Array {
  const header = Uint8Array.from([
    0x45,
    0,
    ...be16(20 + length),
    ...be16(identification),
    ...[0x40, 0],
    ...[64, TCP_PROTOCOL, 0, 0],
    ...source,
    ...destination,
  ]);
  new DataView(header.buffer).setUint16(10, onesComplement(header));
  return header;
}

function ipv6Header(length: number, source: Uint8Array, destination: Uint8Array): Uint8Array {
  return Uint8Array.from([
    ...[0x60, 0, 0, 0],
    ...be16(length),
    ...[TCP_PROTOCOL, 64],
    ...source,
    ...destination,
  ]);
}

/** §3.1: over the pseudo-header, the header and the text. */
function tcpChecksum(tcp: Uint8Array, source: string, destination: string): number {
  const from = octetsOf(source);
  const length = from.length === 4 ? be16(tcp.length) : be32(tcp.length);
  const protocol = from.length === 4 ? [0, TCP_PROTOCOL] : [0, 0, 0, TCP_PROTOCOL];
  const pseudo =
    from.length === 4
      ? [...from, ...octetsOf(destination), ...protocol, ...length]
      : [...from, ...octetsOf(destination), ...length, ...protocol];
  return onesComplement(Uint8Array.from(pseudo), tcp);
}

/** The Internet checksum: the complement of the ones' complement sum of 16-bit words. */
function onesComplement(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** The checker has refused what is no address; what slips through is our defect. */
function octetsOf(address: string): Uint8Array {
  const octets = addressOctets(address);
  if (octets === undefined) throw new Error(`"${address}" is no IP address`);
  return Uint8Array.from(octets);
}
