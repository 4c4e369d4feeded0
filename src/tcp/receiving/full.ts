/** RFC 9293 §3.7.4, §3.8.6.2.2 with the deviation receive-space: what becomes of text for which the receive buffer has no memory. */

import { joinOctets } from '../../base/octets.js';
import { countOf, inPieces, lastOf, listOf, replaced } from '../../base/pieces.js';
import { NO_SACKS } from '../loss-recovery/sack-state.js';
import type { Segment } from '../segment.js';
import { FIN, has, segEnd } from '../segment.js';
import type { HeldSegment } from '../sending/queued.js';
import { add, before, distance, latest, type Seq } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editQueued, editRcv, editSpace, editTcb } from '../tcb.js';
import { heldForUser } from '../window.js';
import { unhurried } from './dialogue.js';
import { BLOCK_MOST, blockFor, memoryOf, textIn, type UnreadText, usedMemory } from './memory.js';
import { isPredicted } from './prediction.js';
import type { ReceiveSpace } from './space.js';
import { offeredMss } from './threshold.js';

/** What came of making room for a segment. */
export interface Room {
  readonly tcb: Tcb;
  /** There is none: the segment is dropped. */
  readonly full: boolean;
}

/**
 * Makes room for text. The buffer grows to what it holds, unless the user has said how large it is; else what is unread is
 * joined, and at last what is held furthest ahead is dropped. Who is expected and has reserved memory is not asked.
 */
export function makeRoom(tcb: Tcb, seg: Segment): Room {
  const { space } = tcb;
  if (space === undefined || !isOver(tcb) || isPredicted(tcb, seg)) return { tcb, full: false };
  const clamped = clampWindow(unhurried(tcb), space);
  if (!isOver(clamped)) return { tcb: clamped, full: false };
  const joined = withUnreadJoined(withHeldJoined(clamped));
  if (!isOver(joined)) return { tcb: joined, full: false };
  const pruned = withoutFurthest(joined, seg, space);
  return { tcb: pruned, full: isOver(pruned) };
}

/** Text is dropped, and the acknowledgment that says so closes the window, whatever was told before. */
export function withClosedWindow(tcb: Tcb): Tcb {
  const { space } = tcb;
  const closed = editTcb(tcb, { rcv: editRcv(tcb.rcv, { wnd: 0 }) });
  return space === undefined ? closed : editSpace(closed, { ...space, told: 0 });
}

/** More memory is in use than the buffer has. */
function isOver(tcb: Tcb): boolean {
  const { space } = tcb;
  return space !== undefined && usedMemory(tcb, space) > memoryOf(tcb, space);
}

function clampWindow(tcb: Tcb, space: ReceiveSpace): Tcb {
  const { settings, options } = tcb;
  const used = usedMemory(tcb, space);
  if (settings.receiveSpace === 'growing-memory' && used <= settings.windowMemory)
    return editSpace(tcb, { ...space, grownTo: used });
  const threshold = Math.min(space.clamp, 2 * offeredMss(settings, options));
  return editSpace(tcb, { ...space, threshold });
}

/**
 * Unread text goes into new pieces, as long as a page has room for: all from the first piece on that wastes memory, of which a part
 * was read, or that the next one's segment lies across.
 */
function withUnreadJoined(tcb: Tcb): Tcb {
  const { space } = tcb;
  if (space === undefined) return tcb;
  const pieces = listOf(space.held);
  const all = octetsOf(pieces);
  const read = all - heldForUser(tcb);
  const wastes = ({ memory, octets }: UnreadText) => textIn(memory, space) > octets;
  const isFirst = (piece: UnreadText, i: number) => wastes(piece) || pieces[i + 1]?.across === true;
  const first = read > 0 ? 0 : pieces.findIndex(isFirst);
  if (first < 0) return tcb;
  const kept = pieces.slice(0, first);
  const joined: UnreadText[] = [];
  for (let left = all - read - octetsOf(kept); left > 0; left -= BLOCK_MOST)
    joined.push(blockFor(Math.min(left, BLOCK_MOST)));
  return editSpace(tcb, { ...space, held: inPieces([...kept, ...joined]) });
}

function octetsOf(pieces: readonly UnreadText[]): number {
  return pieces.reduce((sum, { octets }) => sum + octets, 0);
}

/**
 * What is held, and belongs together, is joined in the same way. A small segment that stands alone is not worth it, and where an
 * eighth of the memory is such segments, nothing behind them is.
 */
function withHeldJoined(tcb: Tcb): Tcb {
  const { space } = tcb;
  const held = listOf(tcb.queued.outOfOrder);
  if (space === undefined || held.length === 0) return tcb;
  const patience = Math.floor(memoryOf(tcb, space) / 8);
  let small = 0;
  const joined = runsOf(held).flatMap((run) => {
    const [first] = run;
    const alone = run.length === 1 && first !== undefined && first.data.length < BLOCK_MOST;
    if (alone) small += first.memory;
    return alone || small > patience ? run : joinedRun(space, run);
  });
  return editQueued(tcb, { outOfOrder: inPieces(joined) });
}

/** The segments without a gap between them, or with one. */
function runsOf(held: readonly HeldSegment[]): readonly (readonly HeldSegment[])[] {
  const runs: HeldSegment[][] = [];
  let end: Seq | undefined;
  for (const one of held) {
    if (end === undefined || before(end, one.seq)) runs.push([one]);
    else runs.at(-1)?.push(one);
    end = end === undefined ? segEnd(one) : latest(end, segEnd(one));
  }
  return runs;
}

/** A run from its first segment on that wastes memory, or that the next one lies across: in blocks. */
function joinedRun(space: ReceiveSpace, run: readonly HeldSegment[]): readonly HeldSegment[] {
  const first = run.findIndex((one, i) => {
    const next = run[i + 1];
    const wastes = textIn(one.memory, space) > one.data.length;
    return !has(one, FIN) && (wastes || (next !== undefined && next.seq !== segEnd(one)));
  });
  const last = run.findIndex((one) => has(one, FIN));
  if (first < 0) return run;
  const end = last < 0 ? run.length : last;
  return [...run.slice(0, first), ...inBlocks(run.slice(first, end)), ...run.slice(end)];
}

/** The text of segments, each of which begins where another ends or before, as segments of a block each. */
function inBlocks(run: readonly HeldSegment[]): readonly HeldSegment[] {
  const [front] = run;
  if (front === undefined) return run;
  const parts: Uint8Array[] = [];
  let end = front.seq;
  for (const { seq, data } of run) {
    const old = distance(seq, end);
    if (old < data.length) parts.push(data.subarray(old));
    end = latest(end, add(seq, data.length));
  }
  const text = joinOctets(parts);
  const blocks: HeldSegment[] = [];
  for (let at = 0; at < text.length; at += BLOCK_MOST) {
    const data = text.subarray(at, at + BLOCK_MOST);
    const { memory, room } = blockFor(data.length);
    blocks.push({ ...front, seq: add(front.seq, at), data, memory, room });
  }
  return blocks;
}

/** Without what is held last, an eighth of the memory at a time, as far as the segment does not lie behind it; what the blocks have told is forgotten. */
function withoutFurthest(tcb: Tcb, seg: Segment, space: ReceiveSpace): Tcb {
  const goal = Math.floor(memoryOf(tcb, space) / 8);
  let after = tcb;
  let freed = 0;
  for (;;) {
    const { outOfOrder } = after.queued;
    const last = lastOf(outOfOrder);
    const enough = freed >= goal || last === undefined;
    if (enough && !isOver(after)) return after;
    if (last === undefined || before(last.seq, seg.seq)) return after;
    if (enough) freed = 0;
    freed += last.memory;
    const rest = replaced(outOfOrder, countOf(outOfOrder) - 1, 1);
    const options = editOptions(after.options, { sacks: NO_SACKS });
    const kept = after.space && { ...after.space, mode: 'full' as const };
    after = editTcb(editQueued(after, { outOfOrder: rest }), { options, space: kept });
  }
}
