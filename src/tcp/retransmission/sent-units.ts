/** RFC 9293 §3.8.1 Retransmission Timeout: what went to the interface as one is cut anew (deviation initial-window). */

import { joinOctets } from '../../base/octets.js';
import {
  atPlace,
  countOf,
  elementsFrom,
  frontOf,
  listOf,
  replaced,
  withoutFirst,
} from '../../base/pieces.js';
import type { Segment } from '../segment.js';
import { FIN, PSH } from '../segment.js';
import type { Seq } from '../seq.js';
import { add, before, distance } from '../seq.js';
import { countAcked, type SentQueue, type SentSegment } from './sent-queue.js';

/** What went together with the segment at this place, from it on. */
export function unitAt(queue: SentQueue, at: number): readonly SentSegment[] {
  const unit: SentSegment[] = [];
  for (const sent of elementsFrom(queue, at)) {
    if (unit.length > 0 && !wentTogether(unit.at(-1), sent)) break;
    unit.push(sent);
  }
  return unit;
}

/** The place of the first segment of what went together with the one at this place. */
export function beginOfUnit(queue: SentQueue, place: number): number {
  let at = place;
  while (at > 0 && wentTogether(atPlace(queue, at - 1), atPlace(queue, at))) at -= 1;
  return at;
}

function wentTogether(one: SentSegment | undefined, next: SentSegment | undefined): boolean {
  return one?.joined === true && one.sentAt === next?.sentAt;
}

/** The text of a unit, without its first so many octets, in segments that fit; the last has the control bits of the last, and its marks. */
export function piecesOf(unit: readonly SentSegment[], mss: number, without = 0): SentSegment[] {
  const [first] = unit;
  const last = unit.at(-1);
  if (first === undefined || last === undefined) return [];
  const text = joinOctets(unit.map(({ segment }) => segment.data)).subarray(without);
  const start = add(first.segment.seq, without);
  const pieces: SentSegment[] = [];
  for (let from = 0; from < text.length; from += mss) {
    const ends = from + mss >= text.length;
    const { ctl } = last.segment;
    const segment: Segment = {
      ...first.segment,
      seq: add(start, from),
      ctl: ends ? ctl : ctl & ~(FIN | PSH),
      data: text.subarray(from, from + mss),
    };
    // The first may be taken to be lost alone.
    const like = from === 0 ? first : (unit[1] ?? first);
    const { joined: _joined, small: _small, closed: _closed, ...alone } = like;
    pieces.push({ ...alone, ...(ends ? endOfUnit(last) : IN_UNIT), segment });
  }
  return pieces;
}

const IN_UNIT = { joined: true } as const;

/** What the end of a unit keeps, wherever it is cut: smaller segments wait for it, and nothing is joined to it. */
function endOfUnit({ small, closed }: SentSegment): Pick<SentSegment, 'small' | 'closed'> {
  return { ...(small ? { small } : {}), ...(closed ? { closed } : {}) };
}

/** What an ACK takes from the front of the queue. */
export interface Leaving {
  /** So many segments are wholly acknowledged. */
  readonly whole: number;
  /** And so many count as acknowledged: what is left of several that went as one may be fewer. */
  readonly acked: number;
  /** A part of what went as one counts, and the rest stays. */
  readonly divides: boolean;
  /** What stays outstanding. */
  readonly left: SentQueue;
}

/** The queue, parted by an ACK. */
export function leaving(queue: SentQueue, ack: Seq): Leaving {
  const whole = countAcked(queue, ack);
  const behind = withoutFirst(queue, whole);
  const joined = whole > 0 && atPlace(queue, whole - 1)?.joined === true;
  const left = recut(behind, ack, joined);
  const fewer = left === behind ? 0 : Math.max(0, countOf(behind) - countOf(left));
  const divides = fewer > 0 || (joined && left.length > 0);
  return { whole, acked: whole + fewer, divides, left };
}

/** The queue after an ACK in the midst of a segment that others went with: what is left of them in segments from there on. `joined`: the one before it has just left the queue. */
function recut(queue: SentQueue, una: Seq, joined: boolean): SentQueue {
  const front = frontOf(queue);
  if (front === undefined || !before(front.segment.seq, una)) return queue;
  if (!front.joined && !joined) return queue;
  const unit = unitAt(queue, 0);
  const size = front.segment.data.length;
  const without = distance(front.segment.seq, una);
  if ((unit.length === 1 && !joined) || without >= size) return queue;
  return replaced(queue, 0, unit.length, ...piecesOf(unit, size, without));
}

/** The queue whose front was SACKed: as far as there are full segments of that they are one, which an ACK may have divided anywhere. */
export function rejoined(queue: SentQueue, una: Seq): SentQueue {
  const all = listOf(queue);
  const size = all[0]?.segment.data.length ?? 0;
  const other = ({ mark, segment }: SentSegment) =>
    mark !== 'sacked' || segment.data.length !== size;
  const end = all.findIndex(other);
  const unit = end < 0 ? all : all.slice(0, end);
  const [front] = unit;
  if (front === undefined || size === 0) return queue;
  const without = before(front.segment.seq, una) ? distance(front.segment.seq, una) : 0;
  return replaced(queue, 0, unit.length, ...piecesOf(unit, size, without));
}
