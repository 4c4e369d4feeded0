/** RFC 9293 §3.8.6.2.2 Receiver's Algorithm with the deviation receive-space: the window is a share of memory, chosen with each segment. */

import type { Pieces } from '../../base/pieces.js';
import { elementsFrom, lastOf, sumOver, withoutFirst } from '../../base/pieces.js';
import { NO_SACKS } from '../loss-recovery/sack-state.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { FIELD_MAX, FIN, segEnd, segLen } from '../segment.js';
import type { HeldSegment } from '../sending/queued.js';
import { NONE } from '../sending/queued.js';
import type { Seq } from '../seq.js';
import { add, before, distance, latest } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editSpace, editTcb, NO_CHALLENGES } from '../tcb.js';
import type { UnreadText } from './memory.js';
import {
  blockOf,
  countsMemory,
  fits,
  freeText,
  isTight,
  MEMORY_OF_FIN,
  memoryFor,
  memoryForText,
  memoryOf,
  PAGE,
  textIn,
  textOfBuffer,
  usedMemory,
  withPiece,
} from './memory.js';
import { firstSegment, measured } from './peer-segment.js';
import { NO_TRIP, type ReceiverTrip, tripByWindow } from './receiver-trip.js';
import { grown, offeredMss, widened, withClamp } from './threshold.js';

/** What a connection believes of its memory; octets. */
export interface ReceiveSpace {
  /** The largest window that the memory may come to. */
  readonly clamp: number;
  /** How far the window goes by now. */
  readonly threshold: number;
  /** What the memory has grown to; 0 when it is what it was. */
  readonly grownTo: number;
  /** How much text the user is believed to take at once. */
  readonly goal: number;
  /** Up to where it had taken text when that was looked at last. */
  readonly taken: { readonly from: Seq; readonly since: Instant };
  readonly trip: ReceiverTrip;
  /** How much of 256 octets of memory is believed to be text. */
  readonly share: number;
  /** How long the peer's segments are believed to be. */
  readonly segment: number;
  /** How long the last one was that was shorter than that; 0 when it was not. */
  readonly shorter: number;
  /** Text that is not read yet, in the pieces that it came in, or was joined to. */
  readonly held: Pieces<UnreadText>;
  /** The window that the last segment told. */
  readonly told: number;
  /**
   * `record`: the connection is no more than a few numbers (TIME_WAIT): its window stays as it is. `full`: when nothing was ahead of
   * RCV.NXT any more, no memory was left, and so what is expected is looked at as closely as anything.
   */
  readonly mode: 'open' | 'full' | 'record';
}

/** So many segments are believed to be taken at once at first. */
const FIRST_SEGMENTS = 10;

/** What a connection that becomes ESTABLISHED believes; undefined without the deviation. */
export function firstSpace(
  { settings, options, rcv, irs }: Pick<Tcb, 'settings' | 'options' | 'rcv' | 'irs'>,
  sendMss: number,
  now: Instant,
): ReceiveSpace | undefined {
  if (!countsMemory(settings)) return undefined;
  const mss = offeredMss(settings, options);
  const full = textOfBuffer(settings);
  const most = Math.min(FIELD_MAX * 2 ** rcv.shift, full, settings.windowClamp ?? full);
  // One segment is kept in reserve.
  const reserves = most > 2 * mss && most + mss > full;
  const clamp = reserves ? Math.max(2 * mss, full - mss) : most;
  const segment = firstSegment(mss, sendMss, rcv.wnd);
  const threshold = Math.min(rcv.wnd, clamp);
  return {
    clamp,
    threshold,
    grownTo: 0,
    goal: Math.min(threshold, rcv.wnd, FIRST_SEGMENTS * mss),
    taken: { from: add(irs, 1), since: now },
    trip: NO_TRIP,
    share: settings.receiveShare,
    segment,
    shorter: 0,
    held: NONE,
    told: rcv.wnd,
    mode: 'open',
  };
}

/** RCV.WND as the next segment would have it; never less than what the peer was told. */
export function spaceToOffer(tcb: Tcb, space: ReceiveSpace): number {
  const { rcv } = tcb;
  const window = freeSpace(tcb, space);
  const unit = 2 ** rcv.shift;
  if (retracts(tcb)) return window;
  return window < rcv.wnd ? Math.ceil(rcv.wnd / unit) * unit : window;
}

/** The same of a connection that is only a record from now on: what it would still tell of the past is forgotten. */
export function asRecord(tcb: Tcb): Tcb {
  const { space, options } = tcb;
  if (space === undefined || space.mode === 'record') return tcb;
  return editTcb(tcb, {
    space: { ...space, mode: 'record' },
    options: editOptions(options, { sacks: NO_SACKS }),
    challenges: NO_CHALLENGES,
  });
}

/** With `window-retract` the window is what there is memory for, in units of the scale. */
function retracts({ settings, rcv }: Tcb): boolean {
  return settings.windowRetract && rcv.shift > 0;
}

/** What is free, as far as it may be told: nothing when it is less than a segment, whole segments without scaling. */
export function freeSpace(tcb: Tcb, space: ReceiveSpace): number {
  const { told } = space;
  const { shift } = tcb.rcv;
  const unit = 2 ** shift;
  const all = textIn(memoryOf(tcb, space), space);
  const full = Math.min(space.clamp, all);
  const segment = Math.min(space.segment, full);
  let free = freeText(tcb, space);
  if (retracts(tcb)) free -= modulo(free, unit);
  if (isTight(free, full)) {
    free -= modulo(free, unit);
    if (free < Math.floor(all / 16) || free < segment) return 0;
  }
  free = Math.min(free, space.threshold);
  if (shift > 0) return Math.ceil(free / unit) * unit;
  if (told <= free - segment || told > free) return free - (free % segment);
  return segment === full && free > told + Math.floor(full / 2) ? free : told;
}

function modulo(value: number, unit: number): number {
  return ((value % unit) + unit) % unit;
}

/** Whether the memory that was reserved, whole pages, has room for a segment besides what is received and `sent`. */
export function prepaid(tcb: Tcb, seg: Segment, sent: number): boolean {
  const { space } = tcb;
  if (space === undefined) return false;
  return memoryFor(tcb, seg) <= modulo(-(usedMemory(tcb, space) + sent), PAGE);
}

/** Text has arrived at RCV.NXT, `taken` octets with what was held: what is believed after it. */
export function withText(
  tcb: Tcb,
  before_: Tcb,
  seg: Segment,
  taken: number,
  now: Instant,
): Tcb['space'] {
  const { space } = tcb;
  if (space === undefined || taken <= 0) return space;
  const { nxt } = before_.rcv;
  const { length } = seg.data;
  const end = add(seg.seq, length);
  const octets = Math.min(taken, distance(nxt, end));
  const isPart = fits(space.held, length, seg.seq === nxt);
  const piece = { octets, ...blockOf(tcb, seg), across: seg.seq !== nxt };
  const held = withPiece(space.held, piece, length, isPart);
  const isNext = length > 0 && !before(nxt, seg.seq);
  const trip = isNext ? tripByWindow(space, seg, now) : space.trip;
  const arrived = { ...space, held, trip };
  // What was held is joined, or forgotten because of a FIN, only after that.
  const known = length === 0 ? arrived : grown(before_, measured(tcb, arrived, seg), seg);
  const joined = joinedTo(tcb, before_);
  const all = joined.length === 0 ? known : withJoined(known, joined, end, isPart);
  const isOff = before_.queued.outOfOrder.length > 0 || space.mode === 'full';
  return isOff ? { ...all, mode: hasMemory(tcb, all) ? 'open' : 'full' } : all;
}

function hasMemory(tcb: Tcb, space: ReceiveSpace): boolean {
  return usedMemory(tcb, space) < memoryOf(tcb, space);
}

/** What was held behind text that goes to `end` is in the pieces, too. Nothing joins a piece that the same segment has made: `isPart` tells that it has not. */
function withJoined(
  space: ReceiveSpace,
  joined: readonly HeldSegment[],
  end: Seq,
  isPart: boolean,
): ReceiveSpace {
  let { held } = space;
  let at = end;
  let joins = isPart;
  for (const { seq, data, ctl, memory, room } of joined) {
    const next = add(seq, data.length);
    const octets = before(at, next) ? distance(at, next) : 0;
    // What has come meanwhile is not kept.
    if (octets === 0 && data.length > 0 && (ctl & FIN) === 0) continue;
    const part = joins && fits(held, data.length, seq === at);
    held = withPiece(held, { octets, memory, room, across: seq !== at }, data.length, part);
    joins = true;
    if (octets > 0) at = next;
  }
  return { ...space, held };
}

/** What was held and is not any more: what RCV.NXT has passed. */
function joinedTo({ rcv }: Tcb, before_: Tcb): readonly HeldSegment[] {
  const joined: HeldSegment[] = [];
  for (const segment of elementsFrom(before_.queued.outOfOrder, 0)) {
    if (before(rcv.nxt, segment.seq)) break;
    joined.push(segment);
  }
  return joined;
}

/** A FIN without text takes a record, too, until the user has read to the end. */
export function withFin({ space }: Tcb): Tcb['space'] {
  if (space === undefined || space.mode === 'record' || space.held.length > 0) return space;
  return { ...space, held: [[{ octets: 0, memory: MEMORY_OF_FIN, room: 0 }]] };
}

/**
 * The same of text ahead of RCV.NXT. What was held already, or comes without SACK, shows how long segments are, and moves nothing;
 * a FIN `joined` to the text before it takes no memory.
 */
export function withHeldText(
  tcb: Tcb,
  seg: Segment,
  as: 'repeated' | 'added' | 'joined',
): Tcb['space'] {
  const { space, options } = tcb;
  if (space === undefined || segLen(seg) === 0) return space;
  const isFin = seg.data.length === 0;
  const known = isFin ? { ...space, shorter: 0 } : measured(tcb, space, seg);
  const memory = isFin && as === 'joined' ? 0 : memoryFor(tcb, seg);
  const moves = as !== 'repeated' && options.sack;
  const wider = moves ? widened(tcb, known, seg, memory) : known;
  return tcb.settings.receiveSpace === 'growing-memory' ? withSpan(tcb, wider, seg) : wider;
}

/** There is memory for what the user takes at once, for as much again, and for all that text ahead spans. */
function withSpan(tcb: Tcb, space: ReceiveSpace, seg: Segment): ReceiveSpace {
  const { rcv, queued, settings } = tcb;
  const own = segEnd(seg);
  const last = lastOf(queued.outOfOrder);
  const end = last === undefined ? own : latest(own, segEnd(last));
  const window = 2 * space.goal + distance(rcv.nxt, end);
  const grownTo = Math.min(memoryForText(window, space), settings.windowMemory);
  if (grownTo <= memoryOf(tcb, space)) return space;
  const larger = { ...space, grownTo };
  return { ...larger, clamp: textIn(memoryOf(tcb, larger), larger) };
}

/** The user says how large the window may become. */
export function clampedTo(tcb: Tcb, clamp: number): Tcb {
  const { space } = tcb;
  if (space === undefined || space.clamp === clamp) return tcb;
  return editSpace(tcb, withClamp(space, clamp));
}

/** The buffer holds so much that the window may become as large. */
export function withRoomFor(tcb: Tcb, octets: number): Tcb {
  const { space } = tcb;
  if (space === undefined || space.clamp >= octets) return tcb;
  return editSpace(tcb, { ...space, clamp: octets });
}

/** The user is gone, and what it has not read: a reset tells the window without that. */
export function withoutUnread(tcb: Tcb): Tcb {
  const { space } = tcb;
  return space === undefined ? tcb : editSpace(tcb, withoutRead(space, 0));
}

/** The user has `unread` octets still to read: what was read is free. */
export function withoutRead(space: ReceiveSpace, unread: number): ReceiveSpace {
  const { held } = space;
  let rest = unreadOctets(held);
  let read = 0;
  for (const { octets } of elementsFrom(held, 0)) {
    if (rest - octets < unread) break;
    rest -= octets;
    read += 1;
  }
  return read === 0 ? space : { ...space, held: withoutFirst(held, read) };
}

const unreadOctets = sumOver<UnreadText>(({ octets }) => octets);
