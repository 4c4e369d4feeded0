/** How numbers are shown: decimal or hexadecimal, sequence numbers as they are or counted from where they began. */

import type { SegmentBases } from '../run/environment.js';
import type { Delivery } from '../sim/delivery.js';
import type { World } from '../sim/world.js';
import { findTuple } from '../tcp/host/lookup.js';
import { printSegment, type Segment } from '../tcp/segment.js';
import { distance, num, type Seq, seq } from '../tcp/seq.js';
import { knowsPeer, type Tcb } from '../tcp/tcb.js';

/** What the user wants to see. */
export interface Numbers {
  readonly hex: boolean;
  /** Sequence numbers are counted from the ISS of the side that they belong to: a SYN is 0. */
  readonly relative: boolean;
}

/** A sequence number, and what it is counted from when numbers are relative; undefined: it stays as it is. */
export interface SequenceNumber {
  readonly seq: Seq;
  readonly base: Seq | undefined;
}

/** A value that is printed when somebody looks. */
export type Shown = string | number | SequenceNumber | ((numbers: Numbers) => string);

export type Bases = SegmentBases;

const NOWHERE: Bases = { sender: undefined, other: undefined };

/** A value as the user wants to see it. */
export function show(value: Shown, numbers: Numbers): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return value(numbers);
  if (typeof value === 'number') return showNumber(value, numbers.hex);
  return showNumber(numbers.relative ? offset(value) : num(value.seq), numbers.hex);
}

/** How far from its base, at most 2^31 either way: what is older than the connection is negative. */
function offset({ seq: value, base }: SequenceNumber): number {
  return base === undefined ? num(value) : distance(base, value) | 0;
}

function showNumber(value: number, hex: boolean): string {
  if (!hex || !Number.isInteger(value)) return String(value);
  return `${value < 0 ? '-' : ''}0x${Math.abs(value).toString(16)}`;
}

/** `<SEQ=100><CTL=SYN>`. */
export function shownSegment(segment: Segment, bases?: Bases): Shown {
  return withBases(printSegment(segment), bases);
}

/** A text in which segments are written in the RFC's notation. */
export function withBases(text: string, { sender, other }: Bases = NOWHERE): Shown {
  return (numbers) =>
    text.replace(/<(SEQ|ACK)=(\d+)>/g, (_, name: string, digits: string) => {
      const base = name === 'SEQ' ? sender : other;
      return `<${name}=${show({ seq: seq(Number(digits)), base }, numbers)}>`;
    });
}

/** Text around values: `shownText`${a} -> ${b}``. */
export function shownText(parts: TemplateStringsArray, ...values: readonly Shown[]): Shown {
  return (numbers) =>
    parts
      .map((text, i) => text + (i < values.length ? show(values[i] ?? '', numbers) : ''))
      .join('');
}

/** Where the numbers of what a connection sends begin. */
export function basesOf(tcb: Tcb): Bases {
  const other = knowsPeer(tcb) ? tcb.irs : undefined;
  return { sender: tcb.isn === undefined ? undefined : tcb.iss, other };
}

/** The same, seen from the other side. */
export function turned({ sender, other }: Bases): Bases {
  return { sender: other, other: sender };
}

/** Where the numbers of a segment under way begin: the sender knows, else the receiver. */
export function basesOfDelivery({ hosts }: World, delivery: Delivery): Bases {
  const { from, to, source, destination, segment } = delivery;
  const { sourcePort, destinationPort } = segment;
  const sender = hosts.get(from);
  const own = sender && findTuple(sender, sourcePort, destination, destinationPort);
  const receiver = hosts.get(to);
  const met = receiver && findTuple(receiver, destinationPort, source, sourcePort);
  const [known, seen] = [own && basesOf(own.tcb), met && turned(basesOf(met.tcb))];
  return { sender: known?.sender ?? seen?.sender, other: known?.other ?? seen?.other };
}
