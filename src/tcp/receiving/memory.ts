/** RFC 9293 §3.8.6.2.2 Receiver's Algorithm with the deviation receive-space: the memory that segments take until their text is read. */

import type { Pieces } from '../../base/pieces.js';
import { countOf, lastOf, replaced, sumOver, withAfter } from '../../base/pieces.js';
import { datagramOctets } from '../datagram.js';
import type { Segment } from '../segment.js';
import type { HeldSegment } from '../sending/queued.js';
import type { Settings } from '../settings.js';
import type { Tcb } from '../tcb.js';
import { remoteOf } from '../tcb.js';
import type { ReceiveSpace } from './space.js';

/** Of which `ReceiveSpace.share` is believed to be text. */
export const WHOLE = 256;

/** Whether the window is a share of memory, and not of octets. */
export function countsMemory({ receiveSpace }: Settings): boolean {
  return receiveSpace === 'memory' || receiveSpace === 'growing-memory';
}

/** The memory of the receive buffer: twice what is believed to be text, or what it has grown to. */
export function memoryOf({ settings }: Tcb, { grownTo }: ReceiveSpace): number {
  return Math.max(2 * settings.window, grownTo);
}

/** How much text the receive buffer of a new connection is believed to hold. */
export function textOfBuffer(settings: Settings): number {
  const { window, receiveShare } = settings;
  return countsMemory(settings) ? textIn(2 * window, { share: receiveShare }) : window;
}

/** How much text is believed to be in so much memory. */
export function textIn(memory: number, { share }: Pick<ReceiveSpace, 'share'>): number {
  return Math.floor((memory * share) / WHOLE);
}

/** The memory that so much text is believed to take. */
export function memoryForText(octets: number, { share }: ReceiveSpace): number {
  return Math.floor((octets * WHOLE) / share);
}

/** How much text there is room for. */
export function freeText(tcb: Tcb, space: ReceiveSpace): number {
  return textIn(memoryOf(tcb, space) - usedMemory(tcb, space), space);
}

/** Less than half is free. */
export function isTight(free: number, full: number): boolean {
  return free < Math.floor(full / 2);
}

/** Less than half of a connection's memory is free: acknowledgments are in no hurry. */
export function isMemoryTight(tcb: Tcb): boolean {
  const { space } = tcb;
  if (space === undefined) return false;
  const full = Math.min(space.clamp, textIn(memoryOf(tcb, space), space));
  return isTight(freeText(tcb, space), full);
}

/** Little memory is left, or no window: nobody should wait for more text. */
export function isMemoryShort(tcb: Tcb): boolean {
  const { space, rcv } = tcb;
  if (space === undefined) return false;
  const memory = memoryOf(tcb, space);
  return usedMemory(tcb, space) > memory - Math.floor(memory / 8) || rcv.wnd <= space.segment;
}

/** What unread text takes, and what is held ahead of RCV.NXT. */
export function usedMemory({ queued }: Pick<Tcb, 'queued'>, { held }: ReceiveSpace): number {
  return unreadMemory(held) + heldMemory(queued.outOfOrder);
}

const unreadMemory = sumOver<UnreadText>(({ memory }) => memory);
const heldMemory = sumOver<HeldSegment>(({ memory }) => memory);

/** A page of memory, and what is kept for each segment beside its text. */
export const PAGE = 4_096;
const RECORD = 256;
const SHARED = 320;
const MARGIN = 64;
const SMALL = 576;

/** What a FIN without text takes. */
export const MEMORY_OF_FIN = RECORD + SMALL;

/** Text that is not read yet, in the pieces of memory that it came in. */
export interface UnreadText {
  readonly octets: number;
  readonly memory: number;
  /** What its block has left for text that follows. */
  readonly room: number;
  /** Its segment began with octets of the piece before. */
  readonly across?: boolean;
}

/** The memory of a segment that has arrived. */
export function blockOf(tcb: Tcb, seg: Segment): Pick<UnreadText, 'memory' | 'room'> {
  return { memory: memoryFor(tcb, seg), room: roomBehind(tcb, seg) };
}

/** What is held of a segment that is ahead of RCV.NXT, with the memory of the whole. */
export function heldSegment(
  tcb: Tcb,
  seg: Segment,
  part: Pick<Segment, 'seq' | 'data' | 'ctl'>,
): HeldSegment {
  const block = countsMemory(tcb.settings) ? blockOf(tcb, seg) : NO_BLOCK;
  return { ...seg, ...part, ...block };
}

const NO_BLOCK = { memory: 0, room: 0 };

/** Whether so much text goes into the room that the last piece has left: it follows that text at once. */
export function fits(held: Pieces<UnreadText>, length: number, follows: boolean): boolean {
  const last = lastOf(held);
  return last !== undefined && follows && length <= last.room;
}

/** The pieces with one more, whose text is so long: a piece of its own, or part of the last one. */
export function withPiece(
  held: Pieces<UnreadText>,
  piece: UnreadText,
  length: number,
  isPart: boolean,
): Pieces<UnreadText> {
  const last = lastOf(held);
  if (last === undefined || !isPart) return withAfter(held, piece);
  const joined = { ...last, octets: last.octets + piece.octets, room: last.room - length };
  return replaced(held, countOf(held) - 1, 1, joined);
}

/** So much text fits into a block of a page. */
export const BLOCK_MOST = PAGE - SHARED;

/** A piece that was made for so much text alone. */
export function blockFor(octets: number): UnreadText {
  const block = blockOver(withShared(octets));
  return { octets, memory: RECORD + block, room: block - SHARED - octets };
}

/** What a block has left behind a segment; pages have nothing. */
function roomBehind(tcb: Tcb, seg: Segment): number {
  const datagram = datagramOctets(seg, remoteOf(tcb).address);
  if (datagram + MARGIN >= PAGE) return 0;
  return memoryFor(tcb, seg) - RECORD - SHARED - MARGIN - datagram;
}

/** What a segment takes: its datagram with a margin in a block of a power of two, or a page and more pages. */
export function memoryFor(tcb: Tcb, seg: Segment): number {
  const datagram = datagramOctets(seg, remoteOf(tcb).address);
  if (datagram + MARGIN >= PAGE) {
    const rest = datagram - (PAGE - MARGIN - SHARED);
    return RECORD + PAGE + PAGE * Math.ceil(rest / PAGE);
  }
  return RECORD + blockOver(withShared(datagram + MARGIN));
}

/** Small blocks are of one size, others of a power of two. */
function blockOver(least: number): number {
  return least <= SMALL ? SMALL : powerOfTwo(least);
}

/** So many octets, in whole margins, with what is kept in their block beside them. */
function withShared(octets: number): number {
  return MARGIN * Math.ceil(octets / MARGIN) + SHARED;
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}
