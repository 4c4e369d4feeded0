/** RFC 2018 §4 Generating Sack Options: Data Receiver Behavior; RFC 2883 §4: what came twice. */

import { withFeedback, withOptionDropped } from '../ecn/feedback.js';
import { type AccEcnOption, accEcnLength, ecnOption } from '../ecn/option.js';
import { isMereRequest } from '../host/requests.js';
import type { Options } from '../options.js';
import { OPTION_SPACE, TIMESTAMPS_LENGTH, timestampOption } from '../options.js';
import { own } from '../own.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { segEnd, segLen } from '../segment.js';
import type { Seq } from '../seq.js';
import { add, atOrBefore, before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions } from '../tcb.js';
import { isMereRecord } from '../timers/fin-wait-2.js';
import type { SackBlock, SackState } from './sack-state.js';

/** RFC 2018 §3: so many blocks fit into 40 octets with timestamps, and without. */
const MOST_BLOCKS = { stamped: 3, plain: 4 };

/** What every segment without SYN tells of what was received: the timestamp echoed, and the blocks. */
export function receiverOptions(tcb: Tcb, now: Instant): Options {
  const stamp = echoesNothing(tcb) ? {} : timestampOption(tcb.options, now);
  const { sack, accurateEcn } = feedbackOptions(tcb, now);
  const told = sack === undefined ? stamp : { ...stamp, sack };
  return accurateEcn === undefined ? told : { ...told, accurateEcn };
}

/**
 * The blocks and the AccECN Option of the next segment. Blocks go first (RFC 9768 §3.2.3.3); unless
 * `accurate-ecn-option` is `counted`, those beyond two make room for counters that have changed.
 */
function feedbackOptions(
  tcb: Tcb,
  now: Instant | undefined,
): { readonly sack: Options['sack']; readonly accurateEcn: AccEcnOption | undefined } {
  const sack = blocksToTell(tcb);
  if (tcb.options.ecn === undefined) return { sack, accurateEcn: undefined };
  const most = sack?.length ?? 0;
  const least = tcb.settings.accurateEcnOption === 'counted' ? most : Math.min(most, FEWER_BLOCKS);
  for (let count = most; count >= least; count--) {
    const accurateEcn = ecnOption(tcb, roomBesides(tcb, count), now);
    if (accurateEcn !== undefined) return { sack: sack?.slice(0, count), accurateEcn };
  }
  return { sack, accurateEcn: undefined };
}

const FEWER_BLOCKS = 2;

/** Deviations `half-open request` and `time-wait answer`: a record of few numbers has no timestamp where there is none to echo. */
function echoesNothing(tcb: Tcb): boolean {
  const { options, settings } = tcb;
  if (options.tsRecent !== 0 || !options.timestamps) return false;
  return isMereRequest(tcb) || (isMereRecord(tcb) && settings.timeWait === 'answer');
}

/** What came twice, then what is held, as many blocks as fit; undefined when there are none. */
function blocksToTell({ options }: Tcb): readonly SackBlock[] | undefined {
  const { blocks, twice } = options.sacks;
  if (blocks.length === 0 && twice === undefined) return undefined;
  const all = twice === undefined ? blocks : [twice, ...blocks];
  return all.slice(0, options.timestamps ? MOST_BLOCKS.stamped : MOST_BLOCKS.plain);
}

/** Octets of SACK blocks and of the AccECN Option in the next segment, with their padding, unless only a beacon lets the option go. */
export function feedbackLength(tcb: Tcb): number {
  const { sack, accurateEcn } = feedbackOptions(tcb, undefined);
  const blocks = sackLength(sack?.length ?? 0);
  if (accurateEcn !== undefined) return Math.ceil((accEcnLength(accurateEcn) + blocks) / 4) * 4;
  const { ecn } = tcb.options;
  const spare = ecn?.mode === 'accurate' ? ecn.option.spare : 0;
  return Math.max(spare, blocks === 0 ? 0 : blocks + 2);
}

/** The same while SENDs that go on are cut into segments: with `accurate-ecn-option changed` their length is reckoned once. */
export function withSpare(tcb: Tcb, begins: boolean): Tcb {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate' || tcb.settings.accurateEcnOption !== 'changed') return tcb;
  const spare = begins ? feedbackLength(tcb) : 0;
  if (spare === ecn.option.spare) return tcb;
  return withFeedback(tcb, { ...ecn, option: { ...ecn.option, spare } });
}

/** So many blocks on the wire, without padding. */
function sackLength(blocks: number): number {
  return blocks === 0 ? 0 : 2 + 8 * blocks;
}

/** What timestamps and so many SACK blocks leave of the room for options. */
function roomBesides(tcb: Tcb, blocks: number): number {
  return OPTION_SPACE - (tcb.options.timestamps ? TIMESTAMPS_LENGTH : 0) - sackLength(blocks);
}

/** An acknowledgment has left: it has told what came twice, and all that waited to be. */
export function withoutUntold(tcb: Tcb): Tcb {
  const told = withoutTwice(tcb);
  const { sacks } = told.options;
  const { compression } = sacks;
  if (!compression?.waiting) return told;
  return withSacks(told, { ...sacks, compression: { ...compression, waiting: 0 } });
}

/** What came twice is told, or forgotten. */
export function withoutTwice(tcb: Tcb): Tcb {
  const { sacks } = tcb.options;
  return sacks.twice === undefined ? tcb : withSacks(tcb, { ...sacks, twice: undefined });
}

/** Deviation `dsack text`: a block tells of octets alone. */
export function tellsFin({ settings }: Tcb): boolean {
  return settings.dsack !== 'text';
}

/** The octets of a segment came before, as far as they lie before RCV.NXT (RFC 2883 §4.1, §4.2). */
export function withOldOctets(tcb: Tcb, seg: Segment): Tcb {
  const end = add(seg.seq, tellsFin(tcb) ? segLen(seg) : seg.data.length);
  // Half of all numbers away, it is as well old.
  if (end === seg.seq || atOrBefore(tcb.rcv.nxt, seg.seq)) return tcb;
  const known = withOptionDropped(tcb, seg.seq);
  return withTwice(known, seg.seq, before(tcb.rcv.nxt, end) ? tcb.rcv.nxt : end);
}

/** A held segment that text up to `nxt` has reached: its octets came twice, and join those that are told already. */
export function withPassedOctets(tcb: Tcb, held: Segment, nxt: Seq): Tcb {
  if (!before(held.seq, nxt)) return tcb;
  const end = segEnd(held);
  return withMoreTwice(tcb, { left: held.seq, right: before(end, nxt) ? end : nxt });
}

/**
 * Octets that came again while they were held. `previous` is what is held up to there, `following` what begins later: what of them the
 * octets lie across, as far as it belongs together.
 */
export function withHeldTwice(
  tcb: Tcb,
  { left, right }: SackBlock,
  previous: Segment | undefined,
  following: Iterable<Segment>,
): Tcb {
  let told = tcb;
  if (previous !== undefined && before(left, segEnd(previous))) {
    const end = segEnd(previous);
    if (atOrBefore(right, end)) return withTwice(tcb, left, right);
    told = withTwice(tcb, left, end);
  }
  for (const one of following) {
    if (!before(one.seq, right)) break;
    const end = segEnd(one);
    const over = before(right, end);
    told = withMoreTwice(told, { left: one.seq, right: over ? right : end });
    if (over) break;
  }
  return told;
}

/** A block that came twice joins the one that is told already, if they touch. */
function withMoreTwice(tcb: Tcb, block: SackBlock): Tcb {
  if (block.left === block.right) return tcb;
  const { twice } = tcb.options.sacks;
  const touches =
    twice !== undefined &&
    atOrBefore(twice.left, block.right) &&
    atOrBefore(block.left, twice.right);
  const both = touches ? union(twice, block) : (twice ?? block);
  return withTwice(tcb, both.left, both.right);
}

function withTwice(tcb: Tcb, left: Seq, right: Seq): Tcb {
  if (!tcb.options.sack || tcb.settings.dsack === 'off') return tcb;
  return withSacks(tcb, { ...tcb.options.sacks, twice: { left, right } });
}

/** Octets ahead of RCV.NXT were taken and are held: their block is told first, joined with those that it touches. */
export function withHeldOctets(tcb: Tcb, { left, right }: SackBlock): Tcb {
  if (!tcb.options.sack || left === right) return tcb;
  let told = tcb;
  let joined: SackBlock = { left, right };
  const apart: SackBlock[] = [];
  for (const one of tcb.options.sacks.blocks) {
    if (before(joined.right, one.left) || before(one.right, joined.left)) apart.push(one);
    else joined = union(joined, one);
  }
  const touched = tcb.options.sacks.blocks.filter((one) => !apart.includes(one));
  // Else what is held itself tells what came twice.
  const byBlocks = tcb.settings.dsack === 'text' ? touched : [];
  for (const one of byBlocks.sort((a, b) => (before(a.left, b.left) ? -1 : 1))) {
    told = withMoreTwice(told, common(one, { left, right }));
  }
  return withSacks(told, { ...told.options.sacks, blocks: [joined, ...apart].slice(0, 4) });
}

/** What is in both of two blocks that touch. */
function common(a: SackBlock, b: SackBlock): SackBlock {
  return {
    left: before(a.left, b.left) ? b.left : a.left,
    right: before(a.right, b.right) ? a.right : b.right,
  };
}

function union(a: SackBlock, b: SackBlock): SackBlock {
  return {
    left: before(a.left, b.left) ? a.left : b.left,
    right: before(a.right, b.right) ? b.right : a.right,
  };
}

/** RCV.NXT has moved: what it has passed is no longer ahead. */
export function withoutPassed(tcb: Tcb): Tcb {
  const { sacks } = tcb.options;
  if (sacks.blocks.length === 0) return tcb;
  const blocks = sacks.blocks.filter(({ left }) => before(tcb.rcv.nxt, left));
  if (blocks.length === sacks.blocks.length) return tcb;
  const compression = blocks.length === 0 ? undefined : sacks.compression;
  return withSacks(tcb, { ...sacks, blocks, compression });
}

function withSacks(tcb: Tcb, sacks: SackState): Tcb {
  const after = own(tcb);
  after.options = editOptions(tcb.options, { sacks });
  return after;
}
