/** RFC 9293 §3.8.6.3 Delayed Acknowledgments: those of a connection on which text answers text (deviation interactive-ack). */

import { isMereRequest } from '../host/requests.js';
import type { Duration, Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { has, PSH, segLen } from '../segment.js';
import { before } from '../seq.js';
import type { Settings } from '../settings.js';
import { hasPeersFin } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { finestTick } from '../timers.js';
import { heldForUser } from '../window.js';
import { isMemoryTight } from './memory.js';
import { freeSpace } from './space.js';
import { withClamp } from './threshold.js';

export interface Dialogue {
  /** When text was received last. */
  readonly heardAt: Instant;
  /** It was answered at once: acknowledgments may wait for the next answer. */
  readonly answered: boolean;
  /** How many acknowledgments still go at once. */
  readonly prompt: number;
  /** Octets of text that no acknowledgment has told. */
  readonly untold: number;
  /** In how many pieces that ended something. */
  readonly pieces: number;
  /** Something waits to be acknowledged: text, or what came out of order or once more. */
  readonly due: boolean;
  /** How long an acknowledgment waits: it follows the pauses between texts. 0 before the first. */
  readonly wait: Duration;
}

/** So many acknowledgments go at once when a connection begins or has been idle, as they are wanted in slow start. */
const MOST_PROMPT = 16;
const LEAST_PROMPT = 2;

/** A connection is open: pauses are counted from here, but not where SYNs have crossed. */
export function begun({ open, state, settings }: Tcb, now: Instant): Dialogue {
  const crossing = open === 'active' && state === 'SYN_RCVD';
  const heardAt = crossing ? NEVER : now;
  // What an active open has assumed the ACK of its SYN,ACK has waited for.
  const answered = settings.ackDelay > 0 && (open === 'passive' || crossing);
  return { ...NOTHING_HEARD, heardAt, answered };
}

/** Text waits for the SYN,ACK that is received. */
export function heard(tcb: Tcb, now: Instant): Tcb {
  return heardText(tcb, tcb, undefined, 0, now);
}

/** Text was received in its order, `octets` with what was held; `before` is the connection before it. */
export function heardText(
  tcb: Tcb,
  before: Tcb,
  seg: Segment | undefined,
  octets: number,
  now: Instant,
): Tcb {
  if (tcb.settings.interactiveAck === 0) return tcb;
  const known = tcb.dialogue ?? begun(tcb, now);
  const { answered, untold, pieces } = known;
  const ends = seg !== undefined && (has(seg, PSH) || seg.data.length < segmentOf(tcb));
  // More than a segment that would not open the window is in no hurry.
  const slow = untold + octets > segmentOf(tcb) && isMemoryTight(tcb);
  const dialogue: Dialogue = {
    heardAt: now,
    answered,
    prompt: slow ? 0 : promptAfter(tcb, before, now),
    untold: untold + octets,
    pieces: ends ? pieces + 1 : pieces,
    due: true,
    wait: waitAfter(known, tcb, now),
  };
  return editTcb(tcb, { dialogue });
}

/** Half of what it was and half of the least, after a short pause; after a longer one, that. Pauses are counted in whole ticks of the timers. */
function waitAfter({ wait, heardAt }: Dialogue, { settings, rto }: Tcb, now: Instant): Duration {
  const least = settings.interactiveAck;
  if (wait === 0) return least;
  const tick = finestTick(settings);
  const half = Math.floor(wait / 2 / tick) * tick;
  const pause = Math.round((now - heardAt) / tick) * tick;
  if (pause <= least / 2) return half + least / 2;
  return pause < wait ? Math.min(half + pause, rto.value) : wait;
}

/** Text has come ahead of RCV.NXT, which is acknowledged; `before` is the connection before it. */
export function heardAhead(tcb: Tcb, before: Tcb): Tcb {
  const { dialogue } = tcb;
  if (dialogue === undefined) return tcb;
  const prompt = whileGrowing(dialogue.prompt, tcb, before);
  return editTcb(tcb, { dialogue: { ...dialogue, due: true, prompt } });
}

/** A FIN was received: one number more that no acknowledgment has told, and what is left is to answer. */
export function heardFin(tcb: Tcb): Tcb {
  const { dialogue, settings } = tcb;
  if (settings.interactiveAck === 0) return tcb;
  const known = dialogue ?? NOTHING_HEARD;
  const untold = known.untold + 1;
  return editTcb(tcb, { dialogue: { ...known, answered: true, untold, due: true } });
}

const NEVER: Instant = -1_000_000_000;

const NOTHING_HEARD: Dialogue = {
  heardAt: NEVER,
  answered: false,
  prompt: 0,
  untold: 0,
  pieces: 0,
  due: false,
  wait: 0,
};

/** The user says whether text is answered. */
export function presumed(tcb: Tcb, answered: boolean): Tcb {
  const known = tcb.dialogue ?? NOTHING_HEARD;
  return editTcb(tcb, { dialogue: { ...known, answered } });
}

/** How long the peer's segments are believed to be. */
export function segmentOf({ space, snd }: Tcb): number {
  return space?.segment ?? snd.mss;
}

/** Many for the first text, and again many after a pause. */
function promptAfter(tcb: Tcb, before: Tcb, now: Instant): number {
  const { dialogue, rto } = tcb;
  const first = dialogue === undefined || dialogue.wait === 0;
  const idle = first || now - dialogue.heardAt > rto.value;
  const left = Math.max(dialogue?.prompt ?? 0, idle ? mostPrompt(tcb, before) : 0);
  return whileGrowing(left, tcb, before);
}

/** While the window grows they do not become fewer. An odd number stays as it is: with the acknowledgment that follows, every second segment counts. */
function whileGrowing(prompt: number, tcb: Tcb, before: Tcb): number {
  return isWindowWidened(tcb, before) && prompt % 2 === 0 ? prompt + 1 : prompt;
}

/** The text has moved the threshold, and not just another bound of the window. */
function isWindowWidened({ space }: Tcb, before: Tcb): boolean {
  if (space === undefined || before.space === undefined) return space !== undefined;
  const { clamp } = space;
  const bounded = clamp === before.space.clamp ? before.space : withClamp(before.space, clamp);
  return space.threshold > bounded.threshold;
}

/** One for every second segment of the window, which is that of the last acknowledgment. */
function mostPrompt(tcb: Tcb, before: Tcb): number {
  const told = before.space?.told ?? before.rcv.wnd;
  const halves = Math.floor(told / (2 * segmentOf(tcb)));
  return halves === 0 ? LEAST_PROMPT : Math.min(MOST_PROMPT, halves);
}

/** The dialogue after text was sent: an answer, if it comes soon after what was heard. */
export function answering({ dialogue }: Tcb, now: Instant): Dialogue | undefined {
  if (dialogue === undefined || dialogue.answered) return dialogue;
  const soon = now - dialogue.heardAt < dialogue.wait;
  return soon ? { ...dialogue, answered: true } : dialogue;
}

/** An acknowledgment had to go alone: the next is sent at once, or has waited in vain: the next waits twice as long. */
export function unanswered(tcb: Tcb): Tcb {
  const { dialogue, settings, rto } = tcb;
  if (dialogue === undefined) return tcb;
  const { answered } = dialogue;
  const wait = answered ? settings.interactiveAck : Math.min(2 * dialogue.wait, rto.value);
  return editTcb(tcb, { dialogue: { ...dialogue, answered: false, wait } });
}

/** What an ECN field tells is news: the next acknowledgments are wanted at once; many, if it is that of the first text. */
export function disturbed(tcb: Tcb, { seq, data }: Segment): Tcb {
  const { dialogue } = tcb;
  if (dialogue === undefined) return tcb;
  const isFirst = dialogue.wait === 0 && data.length > 0 && seq === tcb.rcv.nxt;
  return hurried(tcb, { ...dialogue, due: true }, isFirst ? mostPrompt(tcb, tcb) : LEAST_PROMPT);
}

/** Memory was short: the next acknowledgments are in no hurry. */
export function unhurried(tcb: Tcb): Tcb {
  const { dialogue } = tcb;
  if (dialogue === undefined || dialogue.prompt === 0) return tcb;
  return editTcb(tcb, { dialogue: { ...dialogue, prompt: 0 } });
}

/**
 * Text came once more: an acknowledgment was lost, and the next ones are wanted as at the beginning; not while so much waits to be
 * acknowledged that the window is looked at, and memory is tight.
 */
export function repeated(tcb: Tcb): Tcb {
  if (tcb.settings.interactiveAck === 0) return tcb;
  const known = tcb.dialogue ?? NOTHING_HEARD;
  const after = hurried(tcb, { ...known, due: true }, mostPrompt(tcb, tcb));
  const looks = known.untold > segmentOf(tcb) && unreadBy(tcb) >= tcb.settings.lowWater;
  return looks && isMemoryTight(tcb) ? unhurried(after) : after;
}

/** The same when a segment that is not taken has text or a FIN that came before: its answer is none of those that are wanted. A mere request learns nothing from it. */
export function repeatedBy(tcb: Tcb, seg: Segment): Tcb {
  const again = segLen(seg) > 0 && before(seg.seq, tcb.rcv.nxt);
  if (!again || tcb.settings.interactiveAck === 0 || isMereRequest(tcb)) return tcb;
  return hurried(tcb, tcb.dialogue ?? NOTHING_HEARD, mostPrompt(tcb, tcb));
}

/** This one and the next acknowledgments are wanted at once. */
function hurried(tcb: Tcb, dialogue: Dialogue, least: number): Tcb {
  const prompt = Math.max(dialogue.prompt, least);
  const wait = tcb.settings.interactiveAck;
  return editTcb(tcb, { dialogue: { ...dialogue, answered: false, prompt, wait } });
}

/** What the user has not read: a FIN is something to read, too. */
function unreadBy(tcb: Tcb): number {
  return heldForUser(tcb) + (hasPeersFin(tcb.state) ? 1 : 0);
}

/** The dialogue once all text is acknowledged. Where memory is tight the next acknowledgments are in no hurry. */
export function allTold(tcb: Tcb): Dialogue | undefined {
  const { dialogue } = tcb;
  if (dialogue === undefined || (!dialogue.due && dialogue.prompt === 0)) return dialogue;
  const tight = isMemoryTight(tcb);
  if (!dialogue.due && !tight) return dialogue;
  const prompt = tight ? 0 : Math.max(0, dialogue.prompt - 1);
  // The last prompt one ends the hurry.
  const wait = !tight && dialogue.prompt === 1 ? tcb.settings.interactiveAck : dialogue.wait;
  return { ...dialogue, prompt, wait, untold: 0, pieces: 0, due: false };
}

/** How long the acknowledgment of text in its order may wait; 0: not at all. */
export function acknowledgmentDelay(tcb: Tcb, now: Instant): Duration {
  const { dialogue, settings } = tcb;
  if (dialogue === undefined) return settings.ackDelay;
  if (isPrompt(tcb)) return 0;
  const wait = patience(dialogue, tcb);
  // Who waits already will soon have waited long enough.
  return isAlmostOver(tcb, wait, now) ? 0 : wait;
}

/** Acknowledgments go at once: they are wanted, or more than a segment has come, and the window need not be told smaller. */
export function isPrompt(tcb: Tcb): boolean {
  const { dialogue } = tcb;
  if (dialogue === undefined) return false;
  if (dialogue.prompt > 0 && !dialogue.answered) return true;
  return dialogue.untold > segmentOf(tcb) && isWindowKept(tcb);
}

/** The same where nobody counts prompt ones: an acknowledgment of several segments that would not open the window waits. */
export function slowWait(tcb: Tcb, octets: number): Duration | undefined {
  const { space, dialogue } = tcb;
  if (dialogue !== undefined || space === undefined || octets <= space.segment) return undefined;
  return isMemoryTight(tcb) ? LEAST_WAIT : undefined;
}

function isAlmostOver({ timers, settings }: Tcb, wait: Duration, now: Instant): boolean {
  const { delayedAck } = timers;
  const tick = finestTick(settings);
  const rest = Math.floor(wait / 4 / tick) * tick;
  return delayedAck !== undefined && delayedAck - settings.timerDelay <= now + rest;
}

/** The least that an acknowledgment waits, microseconds. */
export const LEAST_WAIT = 40_000;

/** A round trip at most, where that is more than the least. */
function patience({ wait }: Dialogue, { settings, rto }: Tcb): Duration {
  return Math.min(wait, longestWait(settings), Math.max(settings.interactiveAck, rto.srtt ?? wait));
}

/** The most that an acknowledgment waits: the peer, if its RTO is as short as ours may be, is not to send again before. */
export function longestWait(settings: Settings): Duration {
  const tick = finestTick(settings);
  return Math.min(settings.interactiveAckMax, Math.max(settings.rtoMin, 2 * tick) - tick);
}

/** Whether an acknowledgment would not tell a smaller window than the last, or the user waits for more. */
function isWindowKept(tcb: Tcb): boolean {
  const { space, settings } = tcb;
  if (space === undefined || unreadBy(tcb) < settings.lowWater) return true;
  return freeSpace(tcb, space) >= space.told;
}

/** Whether an acknowledgment that waits need not any more, as the user has read: more than a segment came, or all pieces are read. */
export function isDueOnRead(tcb: Tcb): boolean {
  const { dialogue, queued } = tcb;
  if (dialogue === undefined || dialogue.untold === 0) return false;
  if (dialogue.untold > segmentOf(tcb)) return true;
  return queued.received.length === 0 && dialogue.pieces > (dialogue.answered ? 1 : 0);
}
