/** RFC 9293 §3.8.6.2.2 Receiver's Algorithm with the deviation receive-space: the window is a share of memory, chosen with each segment. */

import type { Piece } from '../base/pieces.js';
import { elementsFrom, frontOf, listOf } from '../base/pieces.js';
import { datagramOctets } from './datagram.js';
import { TIMESTAMPS_LENGTH } from './options.js';
import type { Duration } from './rule.js';
import { NO_SACKS } from './sack-state.js';
import type { Segment } from './segment.js';
import { before } from './seq.js';
import type { Settings } from './settings.js';
import type { AgreedOptions, Tcb } from './tcb.js';
import { editOptions, editTcb, NO_CHALLENGES, remoteOf } from './tcb.js';

/** What a connection believes of its memory; octets. */
export interface ReceiveSpace {
  /** The largest window that the memory may come to. */
  readonly clamp: number;
  /** How far the window goes by now. */
  readonly threshold: number;
  /** How much of 256 octets of memory is believed to be text. */
  readonly share: number;
  /** How long the peer's segments are believed to be. */
  readonly segment: number;
  /** Text that is not read yet, in the pieces that it came in, or was joined to. */
  readonly held: readonly HeldText[];
  /** What acknowledgments wait that would not open the window; twice as long after each that waited in vain. */
  readonly wait: Duration;
  /** The window that the last segment told. */
  readonly told: number;
  /** The connection is no more than a few numbers (TIME_WAIT): its window stays as it is. */
  readonly record: boolean;
}

interface HeldText {
  readonly octets: number;
  readonly memory: number;
}

const FIELD_MAX = 65_535;
const WHOLE = 256;
/** Before a segment shows another share. */
const HALF = 128;
const DEFAULT_MSS = 536;
const LEAST_MSS = 88;
/** Microseconds. */
const LEAST_WAIT = 40_000;

/** What a connection that becomes ESTABLISHED believes; undefined without the deviation. */
export function firstSpace(
  { settings, options, rcv }: Pick<Tcb, 'settings' | 'options' | 'rcv'>,
  sendMss: number,
): ReceiveSpace | undefined {
  if (settings.receiveSpace === 'octets') return undefined;
  const mss = offeredMss(settings, options);
  const full = settings.window;
  const most = Math.min(FIELD_MAX * 2 ** rcv.shift, full);
  // One segment is kept in reserve.
  const reserves = most > 2 * mss && most + mss > full;
  const clamp = reserves ? Math.max(2 * mss, full - mss) : most;
  const hint = Math.min(mss, sendMss, Math.floor(rcv.wnd / 2), DEFAULT_MSS);
  const segment = Math.max(hint, LEAST_MSS);
  const threshold = Math.min(rcv.wnd, clamp);
  return {
    clamp,
    threshold,
    share: HALF,
    segment,
    held: [],
    wait: LEAST_WAIT,
    told: rcv.wnd,
    record: false,
  };
}

function offeredMss({ mss }: Settings, { timestamps }: AgreedOptions): number {
  return mss - (timestamps ? TIMESTAMPS_LENGTH : 0);
}

/** RCV.WND as the next segment would have it; never less than what the peer was told. */
export function spaceToOffer(tcb: Tcb, space: ReceiveSpace): number {
  const { rcv } = tcb;
  const window = freeSpace(tcb, space);
  const unit = 2 ** rcv.shift;
  return window < rcv.wnd ? Math.ceil(rcv.wnd / unit) * unit : window;
}

/** The same of a connection that is only a record from now on: what it would still tell of the past is forgotten. */
export function asRecord(tcb: Tcb): Tcb {
  const { space, options } = tcb;
  if (space === undefined || space.record) return tcb;
  return editTcb(tcb, {
    space: { ...space, record: true },
    options: editOptions(options, { sacks: NO_SACKS }),
    challenges: NO_CHALLENGES,
  });
}

/** What is free, as far as it may be told: nothing when it is less than a segment, whole segments without scaling. */
export function freeSpace(tcb: Tcb, space: ReceiveSpace): number {
  const { told } = space;
  const { shift } = tcb.rcv;
  const unit = 2 ** shift;
  const all = textIn(memoryOf(tcb), space);
  const full = Math.min(space.clamp, all);
  const segment = Math.min(space.segment, full);
  let free = textIn(memoryOf(tcb) - usedMemory(tcb, space), space);
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

function isTight(free: number, full: number): boolean {
  return free < Math.floor(full / 2);
}

/** The memory of the receive buffer: twice what is believed to be text. */
function memoryOf({ settings }: Tcb): number {
  return 2 * settings.window;
}

function textIn(memory: number, { share }: ReceiveSpace): number {
  return Math.floor((memory * share) / WHOLE);
}

/** What unread text takes, and what is held ahead of RCV.NXT. */
function usedMemory(tcb: Tcb, { held }: ReceiveSpace): number {
  let used = 0;
  for (const { memory } of held) used += memory;
  for (const piece of tcb.queued.outOfOrder) used += memoryOfPiece(tcb, piece);
  return used;
}

/** What is held is asked for with each segment that is sent. */
const known = new WeakMap<Piece<Segment>, number>();

function memoryOfPiece(tcb: Tcb, piece: Piece<Segment>): number {
  const found = known.get(piece);
  if (found !== undefined) return found;
  const memory = memoryOfAll(tcb, piece);
  known.set(piece, memory);
  return memory;
}

function memoryOfAll(tcb: Tcb, segments: readonly Segment[]): number {
  return segments.reduce((sum, one) => sum + memoryFor(tcb, one), 0);
}

/** A page of memory, and what is kept for each segment beside its text. */
const PAGE = 4_096;
const RECORD = 256;
const SHARED = 320;
const MARGIN = 64;
const SMALL = 576;

/** What a segment takes: its datagram with a margin in a block of a power of two, or a page and more pages. */
function memoryFor(tcb: Tcb, seg: Segment): number {
  const datagram = datagramOctets(seg, remoteOf(tcb).address);
  if (datagram + MARGIN >= PAGE) {
    const rest = datagram - (PAGE - MARGIN - SHARED);
    return RECORD + PAGE + PAGE * Math.ceil(rest / PAGE);
  }
  const block = MARGIN * Math.ceil((datagram + MARGIN) / MARGIN) + SHARED;
  if (block <= SMALL) return RECORD + SMALL;
  return RECORD + 2 ** Math.ceil(Math.log2(block));
}

/** Whether the memory that was reserved, whole pages, has room for a segment besides what is received and `sent`. */
export function prepaid(tcb: Tcb, seg: Segment, sent: number): boolean {
  const { space } = tcb;
  if (space === undefined) return false;
  return memoryFor(tcb, seg) <= modulo(-(usedMemory(tcb, space) + sent), PAGE);
}

/** Text has arrived at RCV.NXT, `taken` octets with what was held: what is believed after it. */
export function withText(tcb: Tcb, before_: Tcb, seg: Segment, taken: number): Tcb['space'] {
  const { space } = tcb;
  if (space === undefined || taken <= 0) return space;
  const memory = memoryFor(tcb, seg) + memoryOfAll(tcb, joinedTo(tcb, before_));
  const held = [...space.held, { octets: taken, memory }];
  if (seg.data.length === 0) return { ...space, held };
  return grown(tcb, measured(tcb, { ...space, held }, seg), seg);
}

/** What was held and is not any more: what RCV.NXT has passed; all of it once there is a FIN. */
function joinedTo({ queued, rcv }: Tcb, before_: Tcb): readonly Segment[] {
  const held = before_.queued.outOfOrder;
  const rest = frontOf(queued.outOfOrder);
  if (rest === undefined || rest.seq === rcv.nxt) return listOf(held);
  const joined: Segment[] = [];
  for (const segment of elementsFrom(held, 0)) {
    if (before(rcv.nxt, segment.seq)) break;
    joined.push(segment);
  }
  return joined;
}

/** A FIN without text takes a record, too, until the user has read to the end. */
export function withFin({ space }: Tcb): Tcb['space'] {
  if (space === undefined || space.record) return space;
  return { ...space, held: [...space.held, { octets: 0, memory: RECORD + SMALL }] };
}

/** The same of text ahead of RCV.NXT. */
export function withHeldText(tcb: Tcb, seg: Segment): Tcb['space'] {
  const { space, options } = tcb;
  return space === undefined || !options.sack ? space : grown(tcb, space, seg);
}

/** The user has `unread` octets still to read: what was read is free. */
export function withoutRead(space: ReceiveSpace, unread: number): ReceiveSpace {
  let octets = 0;
  for (let i = space.held.length - 1; i >= 0; i--) {
    if (octets >= unread) return { ...space, held: space.held.slice(i + 1) };
    octets += space.held[i]?.octets ?? 0;
  }
  return space;
}

/** A segment that is longer than those before shows how much memory text takes. */
function measured(tcb: Tcb, space: ReceiveSpace, seg: Segment): ReceiveSpace {
  const { data } = seg;
  const joined = tcb.settings.offloadSegment ?? data.length;
  const length = Math.min(data.length, joined);
  if (length <= space.segment) return space;
  const segment = Math.min(length, offeredMss(tcb.settings, tcb.options));
  const memory = memoryFor(tcb, seg);
  const share = Math.max(1, Math.min(WHOLE - 1, Math.floor((data.length * WHOLE) / memory)));
  if (share === space.share) return { ...space, segment };
  const clamp = textIn(memoryOf(tcb), { ...space, share });
  const threshold =
    clamp < space.clamp
      ? Math.min(space.threshold, clamp)
      : Math.max(space.threshold, Math.min(space.told, clamp));
  return { ...space, segment, share, clamp, threshold };
}

/** Segments that make good use of memory move the threshold by two segments each. */
function grown(tcb: Tcb, space: ReceiveSpace, seg: Segment): ReceiveSpace {
  const { data } = seg;
  if (data.length < 128) return space;
  const free = textIn(memoryOf(tcb) - usedMemory(tcb, space), space);
  const room = Math.min(space.clamp, free) - space.threshold;
  if (room <= 0) return space;
  const memory = textIn(memoryFor(tcb, seg), space);
  const step =
    memory <= data.length
      ? 2 * offeredMss(tcb.settings, tcb.options)
      : smallStep(tcb, space, memory, data.length);
  if (step === 0) return space;
  return { ...space, threshold: space.threshold + Math.min(room, Math.max(step, 2 * data.length)) };
}

/** Segments that waste memory count as long as the window is a small part of the largest one. */
function smallStep(tcb: Tcb, space: ReceiveSpace, memory: number, length: number): number {
  const largest = textIn(2 ** (15 + (tcb.settings.windowScale ?? 0)), space);
  let wasted = Math.floor(memory / 2);
  for (let window = Math.floor(largest / 2); space.threshold <= window; ) {
    if (wasted <= length) return 2 * space.segment;
    wasted = Math.floor(wasted / 2);
    window = Math.floor(window / 2);
  }
  return 0;
}

/** How long the acknowledgment of several segments waits that would not open the window; undefined when it would. */
export function slowWait(tcb: Tcb, octets: number): Duration | undefined {
  const { space } = tcb;
  if (space === undefined || octets <= space.segment) return undefined;
  const full = Math.min(space.clamp, textIn(memoryOf(tcb), space));
  if (!isTight(textIn(memoryOf(tcb) - usedMemory(tcb, space), space), full)) return undefined;
  return patience(tcb);
}

/** How long an acknowledgment waits for more to acknowledge: a round trip at most. */
export function patience({ space, rto }: Tcb): Duration {
  const wait = space?.wait ?? LEAST_WAIT;
  return Math.min(wait, Math.max(LEAST_WAIT, rto.srtt ?? wait));
}

/** An acknowledgment has waited in vain. */
export function waitedInVain(tcb: Tcb): Tcb['space'] {
  const { space, rto } = tcb;
  return space && { ...space, wait: Math.min(2 * space.wait, rto.value) };
}
