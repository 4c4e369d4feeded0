/** RFC 9293 §3.10.8 Timeouts: user, retransmission, TIME_WAIT; and the timers of §3.8. */

import { countOf, frontOf, withFront } from '../base/pieces.js';
import { printSeconds } from '../base/time.js';
import { whileSynIsLost } from './congestion/syn-loss.js';
import { withUse } from './congestion/window-use.js';
import { afterTimeout, markTextTimedOut, markTimedOut, undoAfterTimeout } from './congestion.js';
import { deleteTcb } from './delete-tcb.js';
import { withCwrDue } from './ecn/feedback.js';
import { withBeacon } from './ecn/option.js';
import { isEarlyRequest, isJudgedAsRequest } from './host/requests.js';
import { inBlackHole } from './loss-recovery/path-search.js';
import { afterRto } from './loss-recovery/recovery.js';
import { checkReordering } from './loss-recovery/reordering.js';
import { hasCompressed } from './receiving/compression.js';
import { unanswered } from './receiving/dialogue.js';
import { resetOf } from './reset.js';
import { isLongInVain, isTimeOver, retryLimit } from './retransmission/give-up.js';
import {
  lastFits,
  repacketized,
  retransmitFront,
  retransmitLast,
} from './retransmission/retransmit.js';
import { backedOff, measuredRto } from './retransmission/round-trip.js';
import type { SentSegment } from './retransmission/sent-queue.js';
import { editRto } from './retransmission/variables.js';
import type { Effect, Instant, Rule, Verdict } from './rule.js';
import { finish, goOn, joinEffects, NO_EFFECTS, rulesOf } from './rule.js';
import { has, SYN } from './segment.js';
import { sendUnits } from './sending/send-units.js';
import type { Output } from './sending/transmit.js';
import { finIsDue, sendAck, sendFin, sendText } from './sending/transmit.js';
import { goesInUnits } from './sending/units.js';
import { num } from './seq.js';
import { isSynchronized, type Move, STATES } from './states.js';
import type { Tcb } from './tcb.js';
import { editTcb, knowsPeer } from './tcb.js';
import { keepalive } from './timers/keep-alive.js';
import { untilUserTimeout, userLimit } from './timers/user-timeout.js';
import { probeOrOverride } from './timers/zero-window.js';
import type { TimerName } from './timers.js';
import { editTimers, late, lateAgain, TIMER_NAMES } from './timers.js';
import { TEXT } from './user-texts.js';
import { sendableOctets, usableWindow } from './window.js';

const anyToClosed: readonly Move[] = STATES.filter(
  (state) => state !== 'CLOSED' && state !== 'LISTEN',
).map((state): Move => `${state} -> CLOSED`);

const expiry = rulesOf<Instant>('timeout', 'RFC 9293 §3.10.8');
const failure = rulesOf<Instant>('timeout', 'RFC 9293 §3.8.3');
const probing = rulesOf<Instant>('timeout', 'RFC 9293 §3.8.6.1');
const tail = rulesOf<Instant>('timeout', 'RFC 8985 §7.3');
const reordering = rulesOf<Instant>('timeout', 'RFC 8985 §6.3');
const delaying = rulesOf<Instant>('timeout', 'RFC 9293 §3.8.6.3');
const keeping = rulesOf<Instant>('timeout', 'RFC 9293 §3.8.4');

const r2 = failure('r2', 'TCP Connection Failures', anyToClosed, checkR2);

/** What happens when a timer goes off. Its rules are told when the peer was heard last. */
const timeoutRules: Readonly<Record<TimerName, readonly Rule<Instant>[]>> = {
  user: [expiry('user', 'USER TIMEOUT', anyToClosed, userTimeout)],
  retransmission: [
    tail('tail-loss-probe', 'Sending a Loss Probe', ['CLOSE_WAIT -> LAST_ACK'], probeTail),
    r2,
    expiry('retransmission', 'RETRANSMISSION TIMEOUT', [], retransmit),
  ],
  timeWait: [expiry('time-wait', 'TIME-WAIT TIMEOUT', ['TIME_WAIT -> CLOSED'], timeWaitTimeout)],
  persist: [
    r2,
    probing('persist', 'Zero-Window Probing', ['CLOSE_WAIT -> LAST_ACK'], probeOrOverride),
  ],
  delayedAck: [delaying('delayed-ack', 'Delayed Acknowledgments', [], acknowledgeNow)],
  keepalive: [
    keeping(
      'keepalive',
      'TCP Keep-Alives',
      ['ESTABLISHED -> CLOSED', 'FIN_WAIT_2 -> CLOSED', 'CLOSE_WAIT -> CLOSED'],
      keepalive,
    ),
  ],
  finWait2: [
    expiry('fin-wait-2', 'FIN-WAIT-2 time limit', ['FIN_WAIT_2 -> CLOSED'], finWait2Timeout),
  ],
};

/** What the retransmission timer is when it is the reordering timer. */
const reorderingRules: readonly Rule<Instant>[] = [
  reordering('reordering', 'RACK Reordering Timer', [], checkReordering),
];

/** All of them, for the catalogue. */
export const everyTimeoutRule: readonly Rule<Instant>[] = [
  ...new Set([...TIMER_NAMES.flatMap((timer) => timeoutRules[timer]), ...reorderingRules]),
];

/** The rules of a timer that has gone off. */
export function timeoutRulesFor({ rto }: Tcb, timer: TimerName): readonly Rule<Instant>[] {
  const reorders = timer === 'retransmission' && rto.tail === 'reordering';
  return reorders ? reorderingRules : timeoutRules[timer];
}

function userTimeout(tcb: Tcb, _heardAt: Instant, now: Instant): Verdict {
  const { tcb: closed, effects, told } = giveUp(tcb, TEXT.userTimeout, now);
  const why = () =>
    `nothing was acknowledged for ${printSeconds(userLimit(tcb))}: queues flushed, TCB deleted${told}`;
  return finish(why, closed, effects);
}

/** The TCB deleted. Deviation `give-up-reset`: a peer whose numbers are known is told, but not by a passive open. */
function giveUp(tcb: Tcb, text: string, now: Instant) {
  const closed = deleteTcb(tcb, text, text);
  const isAlone = !knowsPeer(tcb) || (tcb.state === 'SYN_RCVD' && tcb.open === 'passive');
  if (tcb.settings.giveUpReset === 'silent' || isAlone) return { ...closed, told: '' };
  const effects = joinEffects([resetOf(tcb, now)], closed.effects);
  return { tcb: closed.tcb, effects, told: ', with a reset (deviation give-up-reset)' };
}

/** R2 counts retransmissions, with its own limit for SYN and SYN,ACK (MUST-20, MUST-23). */
function checkR2(tcb: Tcb, _heardAt: Instant, now: Instant): Verdict {
  const limit = retryLimit(tcb);
  const { expiries } = tcb.rto;
  const over = tcb.settings.giveUp === 'time' ? isTimeOver(tcb, now) : expiries >= limit;
  if (!over) return goOn(() => `${expiries} retransmissions < R2=${limit}: go on`);
  const { tcb: closed, effects, told } = giveUp(tcb, TEXT.excessive, now);
  return finish(() => `${expiries} retransmissions = R2: given up${told}`, closed, effects);
}

/** Deviation `tail-loss-probe`: new text or the FIN if the window has room, else the last segment again. */
function probeTail(tcb: Tcb, _heardAt: Instant, now: Instant): Verdict {
  if (tcb.rto.tail !== 'armed') return goOn(() => 'no loss probe: it is the RTO');
  const probing = withBeacon(tcb, now);
  const next = nextText(probing, now);
  const fin = finIsDue(tcb) && usableWindow(tcb) > 0;
  if (tcb.rto.tailProbe !== undefined) return withoutProbe(tcb, 'one is not answered yet', now);
  if (next === undefined && !fin && !lastFits(tcb))
    return withoutProbe(tcb, 'the last segment lies outside the window', now);
  const again = () => (fin ? sendFin(tcb, now) : retransmitLast(probing, now));
  const out = next ?? again();
  const tailProbe = { end: out.tcb.snd.nxt, again: next === undefined && !fin };
  const rto = editRto(out.tcb.rto, { tail: 'sent', tailProbe });
  const retransmission = now + lateAgain(tcb.rto.value, 0, tcb.settings);
  const timers = editTimers(out.tcb.timers, { retransmission });
  const why = () =>
    `${next ? 'new text' : fin ? 'the FIN' : 'the last segment again'} as a probe; RTO=${printSeconds(tcb.rto.value)} from now`;
  return finish(why, editTcb(out.tcb, { rto, timers }), out.effects);
}

/** The text that a probe sends; undefined when none may go. */
function nextText(tcb: Tcb, now: Instant): Output | undefined {
  if (tcb.queued.sends.length === 0) return undefined;
  if (!goesInUnits(tcb)) {
    const length = sendableOctets(tcb, 'loss-probe');
    return length === 0 ? undefined : sendText(tcb, length, now);
  }
  const effects: Effect[] = [];
  const sent = sendUnits(tcb, effects, now, 'loss-probe');
  return effects.length === 0 ? undefined : { tcb: withUse(sent, effects.length, now), effects };
}

/** RFC 8985 §7.3: one probe at a time; and the peer may have taken its window back. */
function withoutProbe(tcb: Tcb, reason: string, now: Instant): Verdict {
  const since = frontOf(tcb.retransmissions)?.sentAt ?? now;
  const retransmission = Math.max(now, since + late(tcb.rto.value, tcb.settings));
  const timers = editTimers(tcb.timers, { retransmission });
  const rto = editRto(tcb.rto, { tail: 'sent' });
  const why = () => `no loss probe, as ${reason}: it waits for the RTO`;
  return finish(why, editTcb(tcb, { rto, timers }));
}

/** The retransmission timer goes off, whatever it says: the connection is given up, or the front of the queue goes again. */
export function retransmissionTimeout(tcb: Tcb, now: Instant): Verdict {
  const limit = checkR2(tcb, now, now);
  return limit.flow === 'return' ? limit : retransmit(tcb, now, now);
}

/** RFC 6298 (5.4) to (5.6). */
function retransmit(before_: Tcb, _heardAt: Instant, now: Instant): Verdict {
  const tcb = isLongInVain(before_, now) ? inBlackHole(before_, now) : before_;
  const linear = isLinear(tcb);
  const thin = isThin(tcb);
  const value = linear ? tcb.rto.value : thin ? measuredRto(tcb) : backedOff(tcb.rto, tcb.settings);
  const waits = isDeferred(tcb);
  const syn = has((frontOf(tcb.retransmissions) as SentSegment).segment, SYN);
  const early = losesEarlyText(tcb);
  const lost = early ? markTextTimedOut(tcb, now) : syn ? tcb : markTimedOut(tcb, now);
  const out = waits
    ? { tcb, effects: NO_EFFECTS }
    : retransmitFront(repacketized(withPlainSyn(withBeacon(lost, now))), now);
  const rto = editRto(out.tcb.rto, {
    value,
    expiries: tcb.rto.expiries + (isInClosedWindow(tcb) ? 0 : 1),
    since: tcb.rto.since ?? now,
    tail: 'none',
    tailProbe: undefined,
    congestion: syn && !early ? whileSynIsLost(tcb) : afterTimeout(lost, now),
    recovery: afterRto(tcb, syn ? undefined : undoAfterTimeout(lost)),
    synRetransmitted: tcb.rto.synRetransmitted || syn,
  });
  const after = editTcb(out.tcb, { rto });
  const wait = untilUserTimeout(after, value, now);
  const timers = editTimers(out.tcb.timers, {
    retransmission: now + lateAgain(wait, tcb.rto.value, tcb.settings),
  });
  const warned = rto.expiries === tcb.settings.retriesWarn ? [DELIVERY_PROBLEM] : [];
  const why = () =>
    `no acknowledgment of ${num((frontOf(tcb.retransmissions) as SentSegment).segment.seq)} within ` +
    `RTO=${printSeconds(tcb.rto.value)}: ${waits ? 'not sent again, text is waited for (defer-accept)' : `sent again (${rto.expiries})`}, ` +
    (linear || thin
      ? `the RTO does not double yet (${thin ? 'thin-linear-timeouts' : 'deviation syn-linear-timeouts'})`
      : `RTO <- ${printSeconds(value)}`) +
    shortening(before_, tcb);
  const timed = editTcb(after, { timers });
  // A request has no window to reduce (deviation half-open).
  const reduced = isJudgedAsRequest(tcb) ? timed : withCwrDue(timed);
  return finish(why, reduced, [...out.effects, ...warned]);
}

/** RFC 4821 §7.7, for the reader. */
function shortening({ snd }: Tcb, after: Tcb): string {
  if (after.snd.mss === snd.mss) return '';
  return `; the path may swallow long segments: SND.MSS ${snd.mss} -> ${after.snd.mss} (mtu-probing)`;
}

/** Deviation `window-probe empty`: what goes again then is a probe, which counts only when nobody is there who would wait. */
function isInClosedWindow({ state, snd, settings, queued }: Tcb): boolean {
  if (settings.windowProbe !== 'empty' || snd.wnd > 0 || !isSynchronized(state)) return false;
  return !queued.closing || queued.halfClosed;
}

/** Deviation half-open: when the SYN,ACK of a fast open goes for the third time, its text is taken to be lost, too. */
function losesEarlyText(tcb: Tcb): boolean {
  return isEarlyRequest(tcb) && tcb.rto.expiries === 1;
}

/** The SYN,ACK has arrived, its ACK was dropped: it goes again when the time to wait for text (defer-accept) ends with this RTO. */
function isDeferred({ retransmissions, rto, settings }: Tcb): boolean {
  if (!frontOf(retransmissions)?.deferred) return false;
  return settings.rto * (2 ** (rto.expiries + 1) - 1) < settings.deferAccept;
}

/** Deviation `syn-plain-after`: a SYN that was in vain so often gives up its options. */
function withPlainSyn(tcb: Tcb): Tcb {
  const { state, rto, settings, retransmissions } = tcb;
  const front = frontOf(retransmissions);
  if (state !== 'SYN_SENT' || front === undefined || settings.synPlainAfter !== rto.expiries + 1) {
    return tcb;
  }
  const { mss } = front.segment.options;
  const segment = { ...front.segment, options: mss === undefined ? {} : { mss } };
  return editTcb(tcb, {
    retransmissions: withFront(retransmissions, { ...front, segment }),
    settings: { ...settings, windowScale: undefined, sack: false, timestamps: false },
  });
}

function isLinear({ state, rto, settings }: Tcb): boolean {
  return state === 'SYN_SENT' && rto.expiries < settings.synLinearTimeouts;
}

/** `thin-linear-timeouts`: few segments are outstanding, and the RTO has not often expired. */
function isThin({ state, rto, settings, retransmissions }: Tcb): boolean {
  if (!settings.thinLinearTimeouts || state !== 'ESTABLISHED') return false;
  return countOf(retransmissions) < THIN && rto.expiries < THIN_RETRIES;
}

const THIN = 4;
const THIN_RETRIES = 6;

const DELIVERY_PROBLEM: Effect = { kind: 'signal', text: TEXT.delivery };

function timeWaitTimeout(tcb: Tcb): Verdict {
  const closed = deleteTcb(tcb, TEXT.connectionClosing);
  const why = () => `2 MSL = ${printSeconds(2 * tcb.settings.msl)} are over: TCB deleted`;
  return finish(why, closed.tcb, closed.effects);
}

function acknowledgeNow(tcb: Tcb, _heardAt: Instant, now: Instant): Verdict {
  const out = sendAck(hasCompressed(tcb) ? tcb : unanswered(tcb), now);
  const why = () => `the ACK of ${num(tcb.rcv.nxt)} has waited long enough`;
  return finish(why, out.tcb, out.effects);
}

function finWait2Timeout(tcb: Tcb): Verdict {
  const closed = deleteTcb(tcb, TEXT.halfClosed, TEXT.halfClosed);
  const why = () =>
    `fin-wait-2-timeout=${printSeconds(tcb.settings.finWait2Timeout)} is over: TCB deleted`;
  return finish(why, closed.tcb, closed.effects);
}
