/** RFC 9293 §3.1 Header Format: a segment as octets and back, with IPv4 or IPv6 and Ethernet around it. */

import { type AccEcnOption, accEcnLength } from '../tcp/ecn/option.js';
import { type FastOpenOption, fastOpenLength } from '../tcp/fast-open.js';
import type { SackBlock } from '../tcp/loss-recovery/sack-state.js';
import type { Options } from '../tcp/options.js';
import { segment as makeSegment, type Segment } from '../tcp/segment.js';
import { num, seq } from '../tcp/seq.js';
import { UDP_HEADER } from '../tcp/udp-encapsulation.js';
import { be16, be32, internetChecksum } from './checksum.js';
import { type Ends, encodeDatagram, PROTOCOL, pseudoHeader } from './frame.js';

const TCP_HEADER = 20;
/** Where a TCP header has its checksum. */
const CHECKSUM_AT = 16;
/** The eight of RFC 9293 and AE. */
const CONTROL_BITS = 0x1ff;

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
  view.setUint32(4, num(segment.seq));
  view.setUint32(8, num(segment.ack));
  view.setUint16(12, (((TCP_HEADER + options.length) / 4) << 12) | (segment.ctl & CONTROL_BITS));
  view.setUint16(14, segment.wnd);
  view.setUint16(18, segment.up);
  octets.set(options, TCP_HEADER);
  octets.set(segment.data, TCP_HEADER + options.length);
  const checksum = tcpChecksum(octets, packet.source, packet.destination);
  view.setUint16(CHECKSUM_AT, corrupt ? checksum ^ 0x5555 : checksum);
  return octets;
}

/** Reads the octets of a TCP header and what follows; the ECN field is not among them. Never throws; reads nothing beyond the octets. */
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
  const segment = makeSegment({
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    seq: seq(view.getUint32(4)),
    ack: seq(view.getUint32(8)),
    ctl: view.getUint16(12) & CONTROL_BITS,
    wnd: view.getUint16(14),
    up: view.getUint16(18),
    options: decodeOptions(octets.subarray(TCP_HEADER, offset)),
    data: octets.slice(offset),
  });
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
const SACK = 5;
const TIMESTAMPS = 8;
const SIGNATURE = 19;
/** The MD5 of a segment and a key; nobody has one. */
const DIGEST = new Uint8Array(16);
const USER_TIMEOUT = 28;
/** Of the User Timeout Option: its number means minutes, not seconds (RFC 5482 §3.3). */
const IN_MINUTES = 0x8000;
const FAST_OPEN = 34;
/** AccECN0 and AccECN1. */
const ACCURATE_ECN = [172, 174] as const;
const EXPERIMENTAL = 254;
/** The magic number that says Fast Open in an experimental option (RFC 6994). */
const MAGIC = 0xf989;

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
  const told = options.accurateEcn ? encodeAccEcn(options.accurateEcn) : [];
  octets.push(...told);
  if (options.sack) {
    // What is told of ECN takes the place of the padding, or of a part of it.
    for (let at = told.length + 2; at % 4 !== 0; at++) octets.push(NOP);
    octets.push(SACK, 2 + 8 * options.sack.length);
    for (const { left, right } of options.sack)
      octets.push(...be32(num(left)), ...be32(num(right)));
  }
  const { userTimeout } = options;
  if (userTimeout !== undefined)
    octets.push(USER_TIMEOUT, 4, ...be16(userTimeoutBits(userTimeout)));
  if (options.fastOpen) octets.push(...encodeFastOpen(options.fastOpen));
  if (options.signature) octets.push(SIGNATURE, 2 + DIGEST.length, ...DIGEST);
  while (octets.length % 4 !== 0) octets.push(END);
  return octets;
}

function userTimeoutBits(seconds: number): number {
  return seconds < IN_MINUTES ? seconds : IN_MINUTES | Math.min(Math.ceil(seconds / 60), 0x7fff);
}

/** RFC 9768 §3.2.3: the order of the fields is in the kind. */
function encodeAccEcn(option: AccEcnOption): readonly number[] {
  const fields = option.fields.flatMap((value) => be32(value).slice(1));
  return [ACCURATE_ECN[option.order], accEcnLength(option), ...fields];
}

/** Of a strange length the whole fields count, three at most. */
function decodeAccEcn(order: 0 | 1, body: Uint8Array): AccEcnOption {
  const count = Math.min(3, Math.floor(body.length / 3));
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const field = (at: number) => (view.getUint8(at) << 16) | view.getUint16(at + 1);
  return { order, fields: Array.from({ length: count }, (_, i) => field(3 * i)) };
}

function encodeFastOpen(option: FastOpenOption): readonly number[] {
  const cookie = (option.cookie.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
  const length = fastOpenLength(option);
  return option.experimental
    ? [EXPERIMENTAL, length, ...be16(MAGIC), ...cookie]
    : [FAST_OPEN, length, ...cookie];
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
  if (kind === SACK && body.length > 0 && body.length % 8 === 0)
    return { sack: decodeBlocks(view) };
  if (kind === USER_TIMEOUT && body.length === 2) {
    const bits = view.getUint16(0);
    return { userTimeout: bits < IN_MINUTES ? bits : (bits & ~IN_MINUTES) * 60 };
  }
  if (kind === ACCURATE_ECN[0]) return { accurateEcn: decodeAccEcn(0, body) };
  if (kind === ACCURATE_ECN[1]) return { accurateEcn: decodeAccEcn(1, body) };
  if (kind === SIGNATURE && body.length === DIGEST.length) return { signature: true };
  if (kind === FAST_OPEN) return { fastOpen: { cookie: hex(body) } };
  if (kind === EXPERIMENTAL && body.length >= 2 && view.getUint16(0) === MAGIC) {
    return { fastOpen: { cookie: hex(body.subarray(2)), experimental: true } };
  }
  return {};
}

function decodeBlocks(view: DataView): readonly SackBlock[] {
  const blocks: SackBlock[] = [];
  for (let at = 0; at < view.byteLength; at += 8) {
    blocks.push({ left: seq(view.getUint32(at)), right: seq(view.getUint32(at + 4)) });
  }
  return blocks;
}

function hex(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

// The Internet's layers -------------------------------------------------------------------------

/** A whole Ethernet frame of a segment that fits one (`fitsDatagram`). `corrupt` spoils its checksum. */
export function encodeFrame(packet: Packet, ends: Ends, corrupt = false): Uint8Array {
  const { source, destination, segment } = packet;
  const { protocol, octets } = encodePayload(packet, corrupt);
  return encodeDatagram({ source, destination, ecn: segment.ecn }, protocol, octets, ends);
}

/** What an IP datagram carries: the segment, or the UDP header and then the segment. */
export interface Payload {
  readonly protocol: number;
  readonly octets: Uint8Array;
}

/** The octets after the IP header. In UDP the segment is covered by UDP's checksum and has none of its own. */
export function encodePayload(packet: Packet, corrupt = false): Payload {
  const { source, destination, segment } = packet;
  const { udp } = segment;
  const tcp = encodeSegment(packet, corrupt);
  if (udp === undefined) return { protocol: PROTOCOL.tcp, octets: tcp };
  tcp.fill(0, CHECKSUM_AT, CHECKSUM_AT + 2);
  const length = UDP_HEADER + tcp.length;
  const octets = new Uint8Array(length);
  octets.set([...be16(udp.source), ...be16(udp.destination), ...be16(length), 0, 0]);
  octets.set(tcp, UDP_HEADER);
  // Zero would say that there is none (RFC 768).
  const sum = internetChecksum(pseudoHeader(source, destination, PROTOCOL.udp, length), octets);
  octets.set(be16((corrupt ? sum ^ 0x5555 : sum) || 0xffff), UDP_HEADER - 2);
  return { protocol: PROTOCOL.udp, octets };
}

/** §3.1: over the pseudo-header, the header and the text. */
function tcpChecksum(tcp: Uint8Array, source: string, destination: string): number {
  return internetChecksum(pseudoHeader(source, destination, PROTOCOL.tcp, tcp.length), tcp);
}
