/** RFC 9293 §3.10.8 Timeouts: user, retransmission, TIME_WAIT; and the timers of §3.8. */

import { afterTimeout, markTextTimedOut, markTimedOut } from './congestion.js';
import { deleteTcb } from './delete-tcb.js';
import { unanswered } from './dialogue.js';
import { isOpenEarly } from './fast-open.js';
import { isTimeOver, retryLimit } from './give-up.js';
import { waitedInVain } from './receive-space.js';
import { afterRto } from './recovery.js';
import { checkReordering } from './reordering.js';
import { resetOf } from './reset.js';
import { probeInterval, withUserTimeout } from './retransmission.js';
import { lastFits, repacketized, retransmitFront, retransmitLast } from './retransmit.js';
import { backedOff } from './round-trip.js';
import type { Duration, Effect, Instant, Rule, Verdict } from './rule.js';
import { finish, goOn, joinEffects, NO_EFFECTS, rulesOf } from './rule.js';
import { has, SYN } from './segment.js';
import { add, num } from './seq.js';
import type { Move, State } from './states.js';
import { STATES } from './states.js';
import type { SentSegment, Tcb } from './tcb.js';
import { editRto, editSpace, editTcb, knowsPeer } from './tcb.js';
import type { TimerName } from './timers.js';
import { editTimers, TIMER_NAMES } from './timers.js';
import type { Output } from './transmit.js';
import { finIsDue, sendAck, sendAckFrom, sendFin, sendQueued, sendText } from './transmit.js';
import { TEXT } from './user-texts.js';
import { userLimit } from './user-timeout.js';
import { sendableOctets, usableWindow } from './window.js';

/** R1 of §3.8.3, retransmissions: from here on the user is told of the trouble (SHLD-9, SHLD-10). */
const R1 = 3;

const anyToClosed: readonly Move[] = STATES.filter(
  (state) => state !== 'CLOSED' && state !== 'LISTEN',
).map((state): Move => `${state} -> CLOSED`);

const expiry = rulesOf<undefined>('timeout', 'RFC 9293 §3.10.8');
const failure = rulesOf<undefined>('timeout', 'RFC 9293 §3.8.3');
const probing = rulesOf<undefined>('timeout', 'RFC 9293 §3.8.6.1');
const tail = rulesOf<undefined>('timeout', 'RFC 8985 §7.3');
const reordering = rulesOf<undefined>('timeout', 'RFC 8985 §6.3');
const delaying = rulesOf<undefined>('timeout', 'RFC 9293 §3.8.6.3');
const keeping = rulesOf<undefined>('timeout', 'RFC 9293 §3.8.4');

const r2 = failure('r2', 'TCP Connection Failures', anyToClosed, checkR2);

/** What happens when a timer goes off. */
const timeoutRules: Readonly<Record<TimerName, readonly Rule<undefined>[]>> = {
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
const reorderingRules: readonly Rule<undefined>[] = [
  reordering('reordering', 'RACK Reordering Timer', [], checkReordering),
];

/** All of them, for the catalogue. */
export const everyTimeoutRule: readonly Rule<undefined>[] = [
  ...new Set([...TIMER_NAMES.flatMap((timer) => timeoutRules[timer]), ...reorderingRules]),
];

/** The rules of a timer that has gone off. */
export function timeoutRulesFor({ rto }: Tcb, timer: TimerName): readonly Rule<undefined>[] {
  const reorders = timer === 'retransmission' && rto.tail === 'reordering';
  return reorders ? reorderingRules : timeoutRules[timer];
}

function userTimeout(tcb: Tcb): Verdict {
  const closed = deleteTcb(tcb, TEXT.userTimeout, TEXT.userTimeout);
  const why = () =>
    `nothing was acknowledged for ${seconds(userLimit(tcb))}: queues flushed, TCB deleted`;
  return finish(why, closed.tcb, closed.effects);
}

/** Deviation `give-up-reset`: there is a peer, and its numbers are known; a passive open has nobody to tell. */
function isToldAtR2(tcb: Tcb): boolean {
  return knowsPeer(tcb) && !(tcb.state === 'SYN_RCVD' && tcb.open === 'passive');
}

/** R2 counts retransmissions, with its own limit for SYN and SYN,ACK (MUST-20, MUST-23). */
function checkR2(tcb: Tcb, _input: undefined, now: Instant): Verdict {
  const limit = retryLimit(tcb);
  const { expiries } = tcb.rto;
  const over = tcb.settings.giveUp === 'time' ? isTimeOver(tcb) : expiries >= limit;
  if (!over) return goOn(() => `${expiries} retransmissions < R2=${limit}: go on`);
  const closed = deleteTcb(tcb, TEXT.excessive, TEXT.excessive);
  const told = tcb.settings.giveUpReset === 'reset' && isToldAtR2(tcb);
  const effects = told ? joinEffects([resetOf(tcb, now)], closed.effects) : closed.effects;
  const why = () =>
    `${expiries} retransmissions = R2: given up${told ? ', with a reset (deviation give-up-reset)' : ''}`;
  return finish(why, closed.tcb, effects);
}

/** Deviation `tail-loss-probe`: new text or the FIN if the window has room, else the last segment again. */
function probeTail(tcb: Tcb, _input: undefined, now: Instant): Verdict {
  if (tcb.rto.tail !== 'armed') return goOn(() => 'no loss probe: it is the RTO');
  const length = tcb.queued.sends.length === 0 ? 0 : sendableOctets(tcb, 'probe');
  const fin = finIsDue(tcb) && usableWindow(tcb) > 0;
  if (tcb.rto.tailProbe !== undefined) return withoutProbe(tcb, 'one is not answered yet', now);
  if (length === 0 && !fin && !lastFits(tcb))
    return withoutProbe(tcb, 'the last segment lies outside the window', now);
  const again = () => (fin ? sendFin(tcb, now) : retransmitLast(tcb, now));
  const out = length > 0 ? sendText(tcb, length, now) : again();
  const tailProbe = { end: out.tcb.snd.nxt, again: length === 0 && !fin };
  const rto = editRto(out.tcb.rto, { tail: 'sent', tailProbe });
  const retransmission = now + tcb.rto.value + tcb.settings.timerDelay;
  const timers = editTimers(out.tcb.timers, { retransmission });
  const why = () =>
    `${length > 0 ? 'new text' : fin ? 'the FIN' : 'the last segment again'} as a probe; RTO=${seconds(tcb.rto.value)} from now`;
  return finish(why, editTcb(out.tcb, { rto, timers }), out.effects);
}

/** RFC 8985 §7.3: one probe at a time; and the peer may have taken its window back. */
function withoutProbe(tcb: Tcb, reason: string, now: Instant): Verdict {
  const since = tcb.retransmissions[0]?.sentAt ?? now;
  const retransmission = Math.max(now, since + tcb.rto.value + tcb.settings.timerDelay);
  const timers = editTimers(tcb.timers, { retransmission });
  const rto = editRto(tcb.rto, { tail: 'sent' });
  const why = () => `no loss probe, as ${reason}: it waits for the RTO`;
  return finish(why, editTcb(tcb, { rto, timers }));
}

/** RFC 6298 (5.4) to (5.6). */
function retransmit(tcb: Tcb, _input: undefined, now: Instant): Verdict {
  const linear = isLinear(tcb);
  const value = linear ? tcb.rto.value : backedOff(tcb.rto, tcb.settings);
  const waits = isDeferred(tcb);
  const syn = has((tcb.retransmissions[0] as SentSegment).segment, SYN);
  const early = losesEarlyText(tcb);
  const lost = early ? markTextTimedOut(tcb, now) : syn ? tcb : markTimedOut(tcb, now);
  const out = waits
    ? { tcb, effects: NO_EFFECTS }
    : retransmitFront(repacketized(withPlainSyn(lost)), now);
  const rto = editRto(tcb.rto, {
    value,
    expiries: tcb.rto.expiries + 1,
    tail: 'none',
    tailProbe: undefined,
    congestion: syn && !early ? tcb.rto.congestion : afterTimeout(lost, now),
    recovery: afterRto(tcb),
    synRetransmitted: tcb.rto.synRetransmitted || syn,
  });
  const timers = editTimers(out.tcb.timers, {
    retransmission: now + value + tcb.settings.timerDelay,
  });
  const limited = withUserTimeout(tcb, timers, now);
  const warned = rto.expiries === R1 ? [DELIVERY_PROBLEM] : [];
  const why = () =>
    `no acknowledgment of ${num((tcb.retransmissions[0] as SentSegment).segment.seq)} within ` +
    `RTO=${seconds(tcb.rto.value)}: ${waits ? 'not sent again, text is waited for (defer-accept)' : `sent again (${rto.expiries})`}, ` +
    (linear
      ? 'the RTO does not double yet (deviation syn-linear-timeouts)'
      : `RTO <- ${seconds(value)}`);
  return finish(why, editTcb(out.tcb, { rto, timers: limited }), [...out.effects, ...warned]);
}

/** Deviation half-open: when the SYN,ACK of a fast open goes for the third time, its text is taken to be lost, too. */
function losesEarlyText(tcb: Tcb): boolean {
  return tcb.settings.halfOpen === 'request' && isOpenEarly(tcb) && tcb.rto.expiries === 1;
}

/** The SYN,ACK has arrived, its ACK was dropped: it goes again when the time to wait for text (defer-accept) ends with this RTO. */
function isDeferred({ retransmissions, rto, settings }: Tcb): boolean {
  if (!retransmissions[0]?.deferred) return false;
  return settings.rto * (2 ** (rto.expiries + 1) - 1) < settings.deferAccept;
}

/** Deviation `syn-plain-after`: a SYN that was in vain so often gives up its options. */
function withPlainSyn(tcb: Tcb): Tcb {
  const { state, rto, settings, retransmissions } = tcb;
  const [front, ...rest] = retransmissions;
  if (state !== 'SYN_SENT' || front === undefined || settings.synPlainAfter !== rto.expiries + 1) {
    return tcb;
  }
  const { mss } = front.segment.options;
  const segment = { ...front.segment, options: mss === undefined ? {} : { mss } };
  return editTcb(tcb, {
    retransmissions: [{ ...front, segment }, ...rest],
    settings: { ...settings, windowScale: undefined, sack: false, timestamps: false },
  });
}

function isLinear({ state, rto, settings }: Tcb): boolean {
  return state === 'SYN_SENT' && rto.expiries < settings.synLinearTimeouts;
}

const DELIVERY_PROBLEM: Effect = { kind: 'signal', text: TEXT.delivery };

function timeWaitTimeout(tcb: Tcb): Verdict {
  const closed = deleteTcb(tcb, TEXT.connectionClosing);
  const why = () => `2 MSL = ${seconds(2 * tcb.settings.msl)} are over: TCB deleted`;
  return finish(why, closed.tcb, closed.effects);
}

/**
 * In a closed window a probe: what is outstanding again, or one octet (or the FIN) that is not yet allowed (MUST-36).
 * In an open one the override time-out of silly window avoidance (§3.8.6.2.1).
 */
function probeOrOverride(tcb: Tcb, _input: undefined, now: Instant): Verdict {
  const idle = editTcb(tcb, { timers: editTimers(tcb.timers, { persist: undefined }) });
  if (tcb.settings.outlet === 'full') return tryLater(idle, now);
  if (tcb.snd.wnd > 0) {
    const out = sendQueued(idle, now, 'override');
    return finish(
      () => 'silly window avoidance is overridden: sent what fits',
      withoutTailProbe(out.tcb, now),
      out.effects,
    );
  }
  const { probes, expiries } = tcb.rto;
  const counted = editTcb(idle, {
    rto: editRto(tcb.rto, { probes: probes + 1, expiries: expiries + 1 }),
  });
  const next = now + probeInterval(counted) + tcb.settings.timerDelay;
  const timers = withUserTimeout(tcb, editTimers(counted.timers, { persist: next }), now);
  const out = probe(editTcb(counted, { timers }), now);
  const why = () =>
    `SND.WND=0: probe ${counted.rto.probes} at ${num(tcb.snd.una)}, the next after ${seconds(next - now)}`;
  return finish(why, out.tcb, out.effects);
}

/** What a time-out has sent is not probed (deviation tail-loss-probe). */
function withoutTailProbe(tcb: Tcb, now: Instant): Tcb {
  if (tcb.rto.tail !== 'armed') return tcb;
  const retransmission = now + tcb.rto.value + tcb.settings.timerDelay;
  const timers = editTimers(tcb.timers, { retransmission });
  return editTcb(tcb, { timers, rto: editRto(tcb.rto, { tail: 'none' }) });
}

/** How long TCP waits for room in the interface, microseconds. */
const RESOURCE_INTERVAL = 500_000;

/** The interface has taken nothing: that counts towards R2 as an unanswered probe does. */
function tryLater(tcb: Tcb, now: Instant): Verdict {
  const next = now + RESOURCE_INTERVAL + tcb.settings.timerDelay;
  const timers = withUserTimeout(tcb, editTimers(tcb.timers, { persist: next }), now);
  const { probes, expiries } = tcb.rto;
  const rto = editRto(tcb.rto, { probes: probes + 1, expiries: expiries + 1 });
  const why = () => `the interface has no room (outlet full): tried again after 0.5 s`;
  return finish(why, editTcb(tcb, { timers, rto }));
}

function probe(tcb: Tcb, now: Instant): Output {
  if (tcb.settings.windowProbe === 'empty') return sendAckFrom(tcb, add(tcb.snd.una, -1), now);
  if (tcb.retransmissions.length > 0) return retransmitFront(tcb, now);
  if (tcb.queued.sends.length > 0) return sendText(tcb, 1, now);
  return finIsDue(tcb) ? sendFin(tcb, now) : sendAck(tcb, now);
}

function acknowledgeNow(tcb: Tcb, _input: undefined, now: Instant): Verdict {
  const out = sendAck(unanswered(editSpace(tcb, waitedInVain(tcb))), now);
  const why = () => `the ACK of ${num(tcb.rcv.nxt)} has waited long enough`;
  return finish(why, out.tcb, out.effects);
}

/** A segment with SEQ=SND.NXT-1 and no text, which the peer must answer (MUST-26, MUST-29, SHLD-12). */
function keepalive(tcb: Tcb, _input: undefined, now: Instant): Verdict {
  const { keepaliveProbes, keepaliveInterval } = tcb.settings;
  const { probes } = tcb.rto;
  if (isGivenUp(tcb)) {
    const closed = deleteTcb(tcb, TEXT.keepalive, TEXT.keepalive);
    const told = tcb.settings.keepaliveReset === 'reset' ? [resetOf(tcb, now)] : NO_EFFECTS;
    const effects = joinEffects(told, closed.effects);
    return finish(() => `${probes} probes stayed unanswered`, closed.tcb, effects);
  }
  const out = sendAckFrom(tcb, add(tcb.snd.nxt, -1), now);
  const timers = editTimers(out.tcb.timers, { keepalive: now + keepaliveInterval });
  const rto = editRto(tcb.rto, { probes: probes + 1 });
  const why = () => `idle: probe ${probes + 1} of ${keepaliveProbes} with SEQ=SND.NXT-1`;
  return finish(why, editTcb(out.tcb, { timers, rto }), out.effects);
}

/** With the deviation give-up a user timeout takes the place of the number of probes. */
function isGivenUp({ settings, rto: { probes } }: Tcb): boolean {
  const { giveUp, userTimeout, userTimeoutChangeable, keepalive, keepaliveInterval } = settings;
  if (giveUp !== 'time' || userTimeout === 0 || userTimeoutChangeable) {
    return probes >= settings.keepaliveProbes;
  }
  return probes > 0 && keepalive + probes * keepaliveInterval >= userTimeout;
}

function finWait2Timeout(tcb: Tcb): Verdict {
  const closed = deleteTcb(tcb, TEXT.halfClosed, TEXT.halfClosed);
  const why = () =>
    `fin-wait-2-timeout=${seconds(tcb.settings.finWait2Timeout)} is over: TCB deleted`;
  return finish(why, closed.tcb, closed.effects);
}

function seconds(duration: number): string {
  return `${duration / 1_000_000} s`;
}

/** The states in which a connection is probed when idle (§3.8.4): nothing of ours is in flight there. */
const PROBED: readonly State[] = ['ESTABLISHED', 'FIN_WAIT_2', 'CLOSE_WAIT'];

/** RFC 5482 §4.2: with the User Timeout Option longer than the user timeout, which would else be cut short. */
function idleTime(tcb: Tcb): Duration {
  const { keepalive, userTimeoutOption } = tcb.settings;
  return userTimeoutOption ? Math.max(keepalive, userLimit(tcb) + 1) : keepalive;
}

/**
 * After an event: the keep-alive timer, if the connection is idle and has one. It counts from `heardAt`, when something
 * last arrived (§3.8.4).
 */
export function restartKeepalive(tcb: Tcb, heardAt: Instant, now: Instant): Tcb {
  const idle =
    tcb.settings.keepalive > 0 &&
    PROBED.includes(tcb.state) &&
    tcb.retransmissions.length === 0 &&
    tcb.timers.persist === undefined;
  if (!idle && tcb.timers.keepalive === undefined) return tcb;
  const unanswered = tcb.rto.probes > 0 && heardAt < now && tcb.timers.keepalive !== undefined;
  if (idle && unanswered) return tcb;
  // What was answered is probed again after the interval at the earliest.
  const after = tcb.timers.keepalive ?? now;
  const at = idle ? Math.max(now, after, heardAt + idleTime(tcb)) : undefined;
  return editTcb(tcb, {
    timers: editTimers(tcb.timers, { keepalive: at }),
    rto: idle ? editRto(tcb.rto, { probes: 0 }) : tcb.rto,
  });
}
