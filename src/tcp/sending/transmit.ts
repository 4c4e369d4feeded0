/** RFC 9293 §3.8 Data Communication: segments are formed and leave. */

import { frontOf } from '../../base/pieces.js';
import {
  cwrBit,
  feedbackBits,
  feedbackSent,
  markOf,
  withCwrSent,
  withOptionSent,
} from '../ecn/feedback.js';
import { repeatsSynText } from '../fast-open.js';
import { receiverOptions, withoutUntold } from '../loss-recovery/sack.js';
import { armTailProbe } from '../loss-recovery/tail-loss.js';
import { tallyOf } from '../loss-recovery/tally.js';
import type { Options } from '../options.js';
import { OPTION_SPACE, optionsLength, TIMESTAMPS_LENGTH } from '../options.js';
import { own, ownQueued, ownSent, ownSnd, ownTimers } from '../own.js';
import { allTold, answering } from '../receiving/dialogue.js';
import type { SentSegment } from '../retransmission/sent-queue.js';
import { armTimers } from '../retransmission.js';
import type { Effect, Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, has, NO_DATA, PSH, SYN, segLen } from '../segment.js';
import type { Seq } from '../seq.js';
import { add, seq } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editRcv, finAcked, remoteOf } from '../tcb.js';
import { userTimeoutOption, userTimeoutSent } from '../timers/user-timeout.js';
import { shared } from '../timers.js';
import { udpOf } from '../udp-encapsulation.js';
import { acceptableSeq, advertised, textOfFull, usableWindow, windowField } from '../window.js';
import { awaiting, takeText } from './taken-text.js';
import { withUrgentPointer } from './urgent.js';

/** A connection after something was sent, and what left. */
export interface Output {
  readonly tcb: Tcb;
  readonly effects: readonly Effect[];
}

const NO_ACK = seq(0);

/** A segment of this connection. ACK and window are those of the moment. */
export function formSegment(
  tcb: Tcb,
  at: Seq,
  ctl: number,
  data: Uint8Array,
  options: Options,
): Segment {
  return {
    sourcePort: tcb.local.port,
    destinationPort: remoteOf(tcb).port,
    seq: at,
    ack: (ctl & ACK) !== 0 ? tcb.rcv.nxt : NO_ACK,
    ctl: ctl | feedbackBits(tcb, ctl, data.length, options),
    wnd: windowField(tcb, (ctl & SYN) !== 0),
    up: 0,
    options,
    ecn: markOf(tcb, ctl, data.length > 0),
    udp: udpOf(tcb),
    data,
  };
}

/** The effect of sending a segment to the connection's remote host. */
export function departure(tcb: Tcb, segment: Segment, retransmission: boolean): Effect {
  const pointed = withUrgentPointer(tcb, segment);
  return { kind: 'send', segment: pointed, to: remoteOf(tcb).address, retransmission };
}

/** Sends `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`; with the deviation closing-fin our FIN goes with it while it is outstanding. */
export function sendAck(tcb: Tcb, now: Instant): Output {
  const { settings, fin } = tcb;
  if (settings.closingFin === 'once' || fin === undefined || finAcked(tcb)) {
    return sendBareAck(tcb, now);
  }
  const again = formSegment(tcb, fin, FIN | ACK, NO_DATA, segmentOptions(tcb, 0, now));
  return { tcb: ackSent(tcb, again), effects: [departure(tcb, again, true)] };
}

/** Sends `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>` and nothing more. */
export function sendBareAck(tcb: Tcb, now: Instant): Output {
  return sendAckFrom(tcb, acceptableSeq(tcb), now);
}

/** The same with another SEQ: a keep-alive probe has SND.NXT-1 (§3.8.4). */
export function sendAckFrom(tcb: Tcb, at: Seq, now: Instant): Output {
  const options = segmentOptions(tcb, 0, now);
  const segment = formSegment(tcb, at, ACK, NO_DATA, options);
  return {
    tcb: userTimeoutSent(ackSent(withOptionSent(tcb, options, now), segment), options),
    effects: [departure(tcb, segment, false)],
  };
}

/** Sends `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=FIN,ACK>`. */
export function sendFin(tcb: Tcb, now: Instant): Output {
  const options = segmentOptions(tcb, 0, now);
  // §3.10.4: in CLOSE_WAIT the state changes when the FIN leaves, in ESTABLISHED when the user closes.
  const closing = own(tcb);
  closing.fin = tcb.snd.nxt;
  if (closing.state === 'CLOSE_WAIT') closing.state = 'LAST_ACK';
  return sendNew(closing, FIN | ACK, NO_DATA, options, now);
}

/** Sends a segment that occupies sequence numbers, from SND.NXT on. What is kept for retransmission may have other options. */
export function sendNew(
  tcb: Tcb,
  ctl: number,
  data: Uint8Array,
  options: Options,
  now: Instant,
  kept = options,
  { small, joined, once, closed }: Pick<Marks, 'small' | 'joined' | 'once' | 'closed'> = {},
): Output {
  const cwr = cwrBit(tcb.options, data.length > 0 && tcb.snd.wnd > 0);
  const segment = formSegment(tcb, tcb.snd.nxt, ctl | cwr, data, options);
  const same = kept === options && !once;
  const rest = once ? segment.ctl & ~PSH : segment.ctl;
  const again = same ? segment : { ...segment, ctl: rest, options: kept };
  const repeats = repeatsSynText(tcb);
  const after = own(cwr === 0 ? tcb : withCwrSent(tcb));
  if (data.length > 0) after.dialogue = answering(tcb, now);
  ownSnd(after).nxt = add(tcb.snd.nxt, segLen(segment));
  const first: SentSegment = { segment: again, sentAt: now, retransmissions: repeats ? 1 : 0 };
  const entry = isBehind(tcb, now) ? { ...first, behind: true as const } : first;
  const noted = small ? { ...entry, small: true as const } : entry;
  const ended = closed ? { ...noted, closed: true as const } : noted;
  ownSent(after, joined ? { ...ended, joined: true } : ended);
  // RFC 6298 (5.1): the timer starts, if it does not run.
  const armed = armTimers(after, now);
  const sent = armTailProbe(armed, frontOf(armed.retransmissions)?.sentAt ?? now, now);
  // Segments that go to the interface as one have one AccECN Option.
  const told =
    (ctl & SYN) === 0
      ? userTimeoutSent(joined ? sent : withOptionSent(sent, options, now), options)
      : sent;
  return {
    tcb: (ctl & ACK) !== 0 ? ackSent(told, segment) : told,
    effects: [departure(tcb, segment, repeats)],
  };
}

/** Something went again at this moment, behind new text: what is new now is behind that. */
function isBehind({ rto, retransmissions }: Tcb, now: Instant): boolean {
  if (rto.recovery === undefined) return false;
  return retransmissions.some(
    (piece) =>
      tallyOf(piece).behind > 0 && piece.some(({ behind, sentAt }) => behind && sentAt === now),
  );
}

/** What the deviation nagle waits for. */
function isSmall(tcb: Tcb, data: Uint8Array): boolean {
  return tcb.settings.nagle && data.length > 0 && data.length < textOfFull(tcb);
}

/**
 * The options of a segment without SYN: timestamps once agreed, and our User Timeout Option on the first, or on the next
 * after it has changed (RFC 5482 §3). It waits for a segment that its four octets do not make too large.
 */
function segmentOptions(tcb: Tcb, octets: number, now: Instant): Options {
  const options = fittingOptions(tcb, octets, now);
  if (!tcb.options.userTimeoutDue || octets + 4 > tcb.snd.mss) return options;
  const both = { ...options, ...userTimeoutOption(tcb.settings) };
  return optionsLength(both) <= OPTION_SPACE ? both : options;
}

/** What is told of what was received; without an AccECN Option that would make a segment of so many octets too large. */
export function fittingOptions(tcb: Tcb, octets: number, now: Instant): Options {
  const options = receiverOptions(tcb, now);
  if (options.accurateEcn === undefined || octets === 0) return options;
  const stamps = tcb.options.timestamps ? TIMESTAMPS_LENGTH : 0;
  if (octets + optionsLength(options) - stamps <= tcb.snd.mss) return options;
  const { accurateEcn: _accurateEcn, ...others } = options;
  return others;
}

/** An acknowledgment of RCV.NXT has left in this segment: nothing is delayed any more (RFC 7323 §4.3: Last.ACK.sent). */
export function ackSent(before: Tcb, seg: Segment): Tcb {
  const tcb = withoutUntold(before);
  const { timers, options, rcv } = tcb;
  const told = !options.timestamps || options.lastAckSent === rcv.nxt;
  const wnd = has(seg, SYN) ? rcv.wnd : advertised(tcb);
  const { space } = tcb;
  const known = space === undefined || space.told === wnd;
  const dialogue = allTold(tcb);
  const ecn = feedbackSent(options.ecn, seg.ecn);
  const same = told && known && dialogue === tcb.dialogue && ecn === options.ecn;
  if (timers.delayedAck === undefined && same && wnd === rcv.wnd) return tcb;
  const after = own(tcb);
  after.dialogue = dialogue;
  if (!known) after.space = { ...space, told: wnd };
  if (wnd !== rcv.wnd) after.rcv = editRcv(rcv, { wnd });
  if (timers.delayedAck !== undefined) {
    const stopped = ownTimers(after);
    stopped.delayedAck = undefined;
    after.timers = shared(stopped);
  }
  if (!told || ecn !== options.ecn) {
    const lastAckSent = told ? options.lastAckSent : rcv.nxt;
    after.options = editOptions(options, { lastAckSent, ecn });
  }
  return after;
}

/** CLOSE was called, all text is segmentized, and the FIN has not left. */
export function finIsDue(tcb: Tcb): boolean {
  return tcb.queued.closing && tcb.fin === undefined && tcb.queued.sends.length === 0;
}

/** What a segment of text is besides; the rest follows from the SENDs. */
export interface Marks {
  readonly push: boolean;
  readonly fin?: boolean | undefined;
  /** The deviation nagle waits for it. */
  readonly small?: boolean | undefined;
  /** It goes as one with the next. */
  readonly joined?: boolean | undefined;
  /** A record of the user ends with it. */
  readonly closed?: boolean | undefined;
  /** Those of its unit, of which the interface copies them. */
  readonly options?: Options | undefined;
  /** It has PSH this time alone. */
  readonly once?: boolean | undefined;
}

/** Segmentizes the next `length` octets of the SENDs. PSH when they end with the end of a SEND (MUST-61), unless marks are given. */
export function sendText(tcb: Tcb, length: number, now: Instant, marks?: Marks): Output {
  const { data, rest, done, pushed } = takeText(tcb, length, tcb.snd.nxt);
  const ctl = (marks?.push ?? pushed) ? ACK | PSH : ACK;
  const options = marks?.options ?? segmentOptions(tcb, length, now);
  const after = own(tcb);
  const queued = ownQueued(after);
  queued.sends = rest;
  queued.unacknowledged = awaiting(tcb, done);
  const small = marks === undefined ? isSmall(tcb, data) : marks.small;
  const { joined, once, closed } = marks ?? {};
  const kept = { small, joined, once, closed };
  const fin = marks?.fin ?? carriesFin(after, length);
  if (!fin) return sendNew(after, ctl, data, options, now, options, kept);
  after.fin = add(tcb.snd.nxt, length);
  if (after.state === 'CLOSE_WAIT') after.state = 'LAST_ACK';
  return sendNew(after, ctl | FIN, data, options, now, options, kept);
}

/** Deviation `fin-with-text`: the user has closed, this is the last text, and the window has room for the FIN. */
function carriesFin(tcb: Tcb, length: number): boolean {
  const { finWithText, finWindow } = tcb.settings;
  return finWithText && finIsDue(tcb) && (finWindow === 'any' || usableWindow(tcb) > length);
}
