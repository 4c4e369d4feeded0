/** RFC 9293 §3.8.6.3 Delayed Acknowledgments: those of a connection on which text answers text (deviation interactive-ack). */

import type { Duration, Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { has, PSH } from '../segment.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { freeSpace } from './space.js';
import { withClamp } from './threshold.js';
import { isMemoryTight, patience, waitAfter, withLeastWait } from './wait.js';

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
}

/** So many acknowledgments go at once when a connection begins or has been idle, as they are wanted in slow start. */
const MOST_PROMPT = 16;
const LEAST_PROMPT = 2;

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
  const { answered, untold, pieces } = tcb.dialogue ?? silence(tcb);
  const ends = seg !== undefined && (has(seg, PSH) || seg.data.length < segmentOf(tcb));
  const dialogue: Dialogue = {
    heardAt: now,
    answered,
    prompt: promptAfter(tcb, before, now),
    untold: untold + octets,
    pieces: ends ? pieces + 1 : pieces,
  };
  return editTcb(tcb, { dialogue, space: withPause(tcb, now) });
}

/** What acknowledgments wait follows how long text has kept us waiting, if that was not very long. */
function withPause({ space, dialogue, rto }: Tcb, now: Instant): Tcb['space'] {
  if (space === undefined || dialogue === undefined) return space;
  const wait = waitAfter(space.wait, now - dialogue.heardAt, rto.value);
  return wait === space.wait ? space : { ...space, wait };
}

/** A FIN was received: one number more that no acknowledgment has told, and what is left is to answer. */
export function heardFin(tcb: Tcb): Tcb {
  const { dialogue, settings } = tcb;
  if (settings.interactiveAck === 0) return tcb;
  const begun = dialogue ?? { heardAt: 0, prompt: 0, ...SILENCE };
  return editTcb(tcb, { dialogue: { ...begun, answered: true, untold: begun.untold + 1 } });
}

const SILENCE = { answered: false, untold: 0, pieces: 0 };

/** What an active open has assumed the ACK of its SYN,ACK has waited for. */
function silence({ open, settings }: Tcb): typeof SILENCE {
  return { ...SILENCE, answered: open === 'passive' && settings.ackDelay > 0 };
}

/** The user says whether text is answered. */
export function presumed(tcb: Tcb, answered: boolean): Tcb {
  const begun = tcb.dialogue ?? NOTHING_HEARD;
  return editTcb(tcb, { dialogue: { ...begun, answered } });
}

const NEVER: Instant = -1_000_000_000;

const NOTHING_HEARD: Dialogue = { heardAt: NEVER, prompt: 0, ...SILENCE };

/** Whether no acknowledgment has ever been wanted soon: neither was there text, nor anything that was there before. */
export function isSilent({ dialogue = NOTHING_HEARD }: Tcb): boolean {
  return dialogue.heardAt === NEVER && dialogue.prompt === 0;
}

function segmentOf({ space, snd }: Tcb): number {
  return space?.segment ?? snd.mss;
}

/** Again many after a pause; while the window grows they do not become fewer. */
function promptAfter(tcb: Tcb, before: Tcb, now: Instant): number {
  const { dialogue, rto } = tcb;
  const grows = isWindowWidened(tcb, before);
  const idle = dialogue === undefined || now - dialogue.heardAt > rto.value;
  const left = Math.max(dialogue?.prompt ?? 0, idle ? mostPrompt(tcb, before) : 0);
  // An odd number stays as it is: with the acknowledgment that follows, every second segment counts.
  return grows && left % 2 === 0 ? left + 1 : left;
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
  const halves = Math.floor(before.rcv.wnd / (2 * segmentOf(tcb)));
  return halves === 0 ? LEAST_PROMPT : Math.min(MOST_PROMPT, halves);
}

/** The dialogue after text was sent: an answer, if it comes soon after what was heard. */
export function answering({ dialogue, settings }: Tcb, now: Instant): Dialogue | undefined {
  if (dialogue === undefined || dialogue.answered) return dialogue;
  const soon = now - dialogue.heardAt < settings.interactiveAck;
  return soon ? { ...dialogue, answered: true } : dialogue;
}

/** An acknowledgment had to go alone: the next is sent at once. */
export function unanswered(tcb: Tcb): Tcb {
  if (tcb.dialogue?.answered !== true) return tcb;
  return editTcb(tcb, { dialogue: { ...tcb.dialogue, answered: false } });
}

/** Something out of order or repeated: the next acknowledgments are wanted at once. */
export function disturbed(tcb: Tcb): Tcb {
  const { dialogue } = tcb;
  if (dialogue === undefined) return tcb;
  const prompt = Math.max(dialogue.prompt, LEAST_PROMPT);
  return editTcb(tcb, { dialogue: { ...dialogue, answered: false, prompt } });
}

/** Memory was short: the next acknowledgments are in no hurry. */
export function unhurried(tcb: Tcb): Tcb {
  const { dialogue } = tcb;
  if (dialogue === undefined || dialogue.prompt === 0) return tcb;
  return editTcb(tcb, { dialogue: { ...dialogue, prompt: 0 } });
}

/** Text came once more: an acknowledgment was lost, and the next ones are wanted as at the beginning. */
export function repeated(tcb: Tcb): Tcb {
  if (tcb.settings.interactiveAck === 0) return tcb;
  const dialogue = tcb.dialogue ?? NOTHING_HEARD;
  const prompt = Math.max(dialogue.prompt, mostPrompt(tcb, tcb));
  const space = withLeastWait(tcb);
  return editTcb(tcb, { dialogue: { ...dialogue, answered: false, prompt }, space });
}

/** The acknowledgment of text that is not new, or not next, was one of the prompt ones; that of new text is counted when it is told. */
export function promptly(tcb: Tcb, before: Tcb): Tcb {
  const { dialogue } = tcb;
  if (dialogue === undefined || dialogue.prompt === 0 || (before.dialogue?.untold ?? 0) > 0)
    return tcb;
  return editTcb(tcb, { dialogue: { ...dialogue, prompt: dialogue.prompt - 1 } });
}

/** The dialogue once all text is acknowledged. Where memory is tight the next acknowledgments are in no hurry. */
export function allTold(tcb: Tcb): Dialogue | undefined {
  const { dialogue } = tcb;
  if (dialogue === undefined || (dialogue.untold === 0 && dialogue.prompt === 0)) return dialogue;
  const tight = isMemoryTight(tcb);
  if (dialogue.untold === 0 && !tight) return dialogue;
  const prompt = tight ? 0 : Math.max(0, dialogue.prompt - 1);
  return { ...dialogue, prompt, untold: 0, pieces: 0 };
}

/** How long the acknowledgment of text in its order may wait; 0: not at all. */
export function acknowledgmentDelay(tcb: Tcb, now: Instant): Duration {
  const { dialogue, settings, timers } = tcb;
  if (dialogue === undefined) return settings.ackDelay;
  if (dialogue.prompt > 0 && !dialogue.answered) return 0;
  if (dialogue.untold > segmentOf(tcb) && isWindowKept(tcb, dialogue)) return 0;
  const wait = dialogue.answered ? settings.interactiveAck : patience(tcb);
  // Who waits already will soon have waited long enough.
  return timers.delayedAck !== undefined && timers.delayedAck <= now + wait / 4 ? 0 : wait;
}

/** Whether an acknowledgment would not tell a smaller window than the last. */
function isWindowKept(tcb: Tcb, { untold }: Dialogue): boolean {
  const { space, rcv, queued } = tcb;
  if (space === undefined || queued.received.length === 0) return true;
  return freeSpace(tcb, space) >= rcv.wnd + untold;
}

/** Whether an acknowledgment that waits need not any more, as the user has read: more than a segment came, or all pieces are read. */
export function isDueOnRead(tcb: Tcb): boolean {
  const { dialogue, queued } = tcb;
  if (dialogue === undefined || dialogue.untold === 0) return false;
  if (dialogue.untold > segmentOf(tcb)) return true;
  return queued.received.length === 0 && dialogue.pieces > (dialogue.answered ? 1 : 0);
}
