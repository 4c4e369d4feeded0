/** Segments that the kernel sent, in packetdrill's notation. */

import { printEcnOption, printFastOpen, printLetters } from '../../src/lang/packet-letters.js';
import { ACK, FIN, RST, SYN } from '../../src/tcp/segment.js';

export interface Sent {
  /** Microseconds since the script began. */
  readonly at: number;
  /** The segment as hexadecimal digits, and the ECN field of the datagram around it. */
  readonly octets: string;
  readonly ecn: 0 | 1 | 2 | 3;
  /** The number of its connection among the script's, and of the one under test; -1: none. */
  readonly flow: number;
  readonly current: number;
  /** What the numbers of its connection are counted from. */
  readonly iss: number;
  readonly irs: number;
  /** TSval, if it has one. */
  readonly stamp: number | null;
}

/** What of segments is written that most scripts leave out. */
export interface Style {
  readonly ports: boolean;
  readonly ecn: boolean;
}

const CODES = ['[noecn]', '[ect1]', '[ect0]', '[ce]'] as const;

/** A segment with the numbers of its connection. `stamps`: the timestamps that the connection has sent. */
export function sentText(
  { octets, ecn, iss, irs }: Sent,
  stamps: ReadonlySet<number> | undefined,
  style: Style,
): string {
  const tcp = Buffer.from(octets, 'hex');
  const ctl = tcp.readUInt16BE(12) & 0x1ff;
  const syn = (ctl & SYN) !== 0;
  const offset = (tcp.readUInt8(12) >> 4) * 4;
  const length = tcp.length - offset;
  const seq = (tcp.readUInt32BE(4) - iss) >>> 0;
  const ack = tcp.readUInt32BE(8);
  const options = optionTexts(tcp.subarray(20, offset), irs, stamps ?? new Set()).join(',');
  return [
    style.ecn || ecn !== 0 ? CODES[ecn] : '',
    style.ports ? `${tcp.readUInt16BE(0)} > ${tcp.readUInt16BE(2)}` : '',
    printLetters(ctl),
    `${seq}:${(seq + length) >>> 0}(${length})`,
    (ctl & ACK) === 0 ? '' : `ack ${syn ? ack : (ack - irs) >>> 0}`,
    `win ${tcp.readUInt16BE(14)}`,
    tcp.readUInt16BE(18) === 0 ? '' : `urg ${tcp.readUInt16BE(18)}`,
    options === '' ? '' : `<${options}>`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** The first number of a segment and the one after its last, as they are on the wire. */
export function numbersOf({ octets }: Sent): readonly [begin: number, end: number] {
  const tcp = Buffer.from(octets, 'hex');
  const ctl = tcp.readUInt16BE(12);
  const begin = tcp.readUInt32BE(4);
  const text = tcp.length - (tcp.readUInt8(12) >> 4) * 4;
  const marks = Number((ctl & SYN) !== 0) + Number((ctl & FIN) !== 0);
  return [begin, (begin + text + marks) >>> 0];
}

/** The SYN of another connection between the same ports, or a reset of none (SEQ=0): no script can tell their numbers. */
export function isStranger({ octets, iss }: Sent): boolean {
  const tcp = Buffer.from(octets, 'hex');
  const ctl = tcp.readUInt16BE(12);
  const seq = tcp.readUInt32BE(4);
  if ((ctl & RST) !== 0) return seq === 0 && iss !== 0;
  return (ctl & SYN) !== 0 && (seq - iss) >>> 0 > FAR;
}

/** Further than one connection comes, and than the number with which TIME_WAIT reopens is from its last. */
const FAR = 1 << 19;

/** Options in the order of the header. */
function optionTexts(octets: Buffer, irs: number, stamps: ReadonlySet<number>): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < octets.length; ) {
    const kind = octets.readUInt8(at);
    const length = kind < 2 ? 1 : octets.readUInt8(at + 1);
    texts.push(optionText(kind, octets.subarray(at + 2, at + length), irs, stamps));
    at += Math.max(1, length);
  }
  return texts;
}

function optionText(kind: number, body: Buffer, irs: number, stamps: ReadonlySet<number>): string {
  switch (kind) {
    case 0:
      return 'eol';
    case 1:
      return 'nop';
    case 2:
      return `mss ${body.readUInt16BE(0)}`;
    case 3:
      return `wscale ${body.readUInt8(0)}`;
    case 4:
      return 'sackOK';
    case 5:
      return `sack ${pairs(body)
        .map((pair) => pair.map((edge) => (edge - irs) >>> 0).join(':'))
        .join(' ')}`;
    case 8:
      return `TS val ${stampText(body.readUInt32BE(0), stamps)} ecr ${body.readUInt32BE(4)}`;
    case 34:
      return printFastOpen({ cookie: body.toString('hex') });
    case 172:
    case 174:
      return printEcnOption({ order: kind === 172 ? 0 : 1, fields: triples(body) });
    case 254:
      return printFastOpen({ cookie: body.subarray(2).toString('hex'), experimental: true });
    default:
      return `kind${kind}`;
  }
}

function pairs(body: Buffer): readonly (readonly number[])[] {
  return Array.from({ length: body.length / 8 }, (_, i) =>
    [0, 4].map((more) => body.readUInt32BE(8 * i + more)),
  );
}

function triples(body: Buffer): readonly number[] {
  return Array.from({ length: Math.floor(body.length / 3) }, (_, i) => body.readUIntBE(3 * i, 3));
}

/** The timestamps that each connection has sent, the first one first. */
export function stampsOf(sent: readonly Sent[]): ReadonlyMap<number, ReadonlySet<number>> {
  const known = new Map<number, Set<number>>();
  for (const { flow, stamp } of sent) {
    if (stamp === null) continue;
    const stamps = known.get(flow) ?? new Set<number>();
    known.set(flow, stamps.add(stamp));
  }
  return known;
}

/** The number of the first timestamp in a recording. */
const FIRST_STAMP = 100;

/** What stands for a timestamp on the wire. */
export function stampText(live: number, stamps: ReadonlySet<number>): string {
  const [first = live] = stamps;
  return String((FIRST_STAMP + live - first) >>> 0);
}
