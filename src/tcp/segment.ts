/** RFC 9293 §3.1 Header Format: a segment as a value, SEG.LEN, and the RFC's way to write one. */

import { type Codepoint, NOT_ECT, printCodepoint } from './ecn/ip.js';
import type { Options } from './options.js';
import { NO_OPTIONS } from './options.js';
import type { Seq } from './seq.js';
import { add, num, seq } from './seq.js';

/** The control bits in the order of the header, lowest bit first. AE is the bit before the octet of the others (RFC 9768 §2.3). */
export const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'AE'] as const;
export type Flag = (typeof FLAGS)[number];

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;
export const AE = 0x100;

/** The largest window that the 16-bit field can say without scaling. */
export const FIELD_MAX = 65_535;

export const NO_DATA: Uint8Array = new Uint8Array(0);

/** The ports that a header begins with, TCP's or UDP's. */
export interface Ports {
  readonly source: number;
  readonly destination: number;
}

/** `9899 > 9900`. */
export function printPorts({ source, destination }: Ports): string {
  return `${source} > ${destination}`;
}

/** A TCP segment. Addresses belong to the datagram that carries it (`sim/delivery.ts`). */
export interface Segment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: Seq;
  /** Zero and without meaning unless the ACK bit is set. */
  readonly ack: Seq;
  /** The control bits as in the header, nine of them: `SYN | ACK`. */
  readonly ctl: number;
  /** The window field as it stands on the wire, octets before scaling: [0, 65535]. */
  readonly wnd: number;
  readonly up: number;
  readonly options: Options;
  /** The ECN field of the IP header that carries it: an endpoint sets it, the network may change it. */
  readonly ecn: Codepoint;
  /** The UDP header that it is behind, if it is in UDP. */
  readonly udp?: Ports | undefined;
  /** The segment text. Never written to. */
  readonly data: Uint8Array;
}

/** A segment from the fields that matter; the others are zero or empty. */
export function segment(fields: Partial<Segment> & { readonly ctl: number }): Segment {
  return {
    sourcePort: fields.sourcePort ?? 0,
    destinationPort: fields.destinationPort ?? 0,
    seq: fields.seq ?? seq(0),
    ack: fields.ack ?? seq(0),
    ctl: fields.ctl,
    wnd: fields.wnd ?? 0,
    up: fields.up ?? 0,
    options: fields.options ?? NO_OPTIONS,
    ecn: fields.ecn ?? NOT_ECT,
    udp: fields.udp,
    data: fields.data ?? NO_DATA,
  };
}

/** Whether this control bit is set: `has(seg, SYN)`. */
export function has(seg: Segment, bit: number): boolean {
  return (seg.ctl & bit) !== 0;
}

/** SEG.LEN: the octets of text, SYN and FIN counted as one each (§3.4). */
export function segLen(seg: Segment): number {
  return seg.data.length + (has(seg, SYN) ? 1 : 0) + (has(seg, FIN) ? 1 : 0);
}

/** SEG.SEQ+SEG.LEN: the number after the last that it occupies. */
export function segEnd(seg: Segment): Seq {
  return add(seg.seq, segLen(seg));
}

/** The set bits by name, in the order people write them: `SYN,ACK`, `FIN,ACK`; `none` when no bit is set. */
export function printCtl(ctl: number): string {
  const order: readonly Flag[] = ['SYN', 'FIN', 'RST', 'PSH', 'URG', 'ECE', 'CWR', 'AE', 'ACK'];
  const names = order.filter((flag) => (ctl & (1 << FLAGS.indexOf(flag))) !== 0);
  return names.length === 0 ? 'none' : names.join(',');
}

/** The RFC's notation: `<SEQ=300><ACK=101><CTL=SYN,ACK>`, with `<DATA=n>` when there is text, and `<ECN=CE>` when the IP header has an ECN field. */
export function printSegment(seg: Segment): string {
  const ack = has(seg, ACK) ? `<ACK=${num(seg.ack)}>` : '';
  const data = seg.data.length > 0 ? `<DATA=${seg.data.length}>` : '';
  const ecn = seg.ecn === NOT_ECT ? '' : `<ECN=${printCodepoint(seg.ecn)}>`;
  const udp = seg.udp && `<UDP=${seg.udp.source}:${seg.udp.destination}>`;
  return `<SEQ=${num(seg.seq)}>${ack}${data}<CTL=${printCtl(seg.ctl)}>${ecn}${udp ?? ''}`;
}
