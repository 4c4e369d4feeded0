/** RFC 9293 §3.3.1 Key Connection State Variables: a rule's own copies of a TCB and its parts, which it fills in. */

import type { OwnPieces } from '../base/pieces.js';
import { append, ownPieces } from '../base/pieces.js';
import type { Queued } from './sending/queued.js';
import type {
  AgreedOptions,
  ReceiveVariables,
  RetransmissionVariables,
  SendVariables,
  SentSegment,
  Tcb,
} from './tcb.js';
import type { Timers } from './timers.js';

/** A value that nobody else has yet. */
export type Own<T> = { -readonly [field in keyof T]: T[field] };

/**
 * What the rule that runs has copied so far. A rule goes through several functions, each of which changes a little; the first to
 * change something makes the copy and the others go on with it. The TCB that the rule was given is never touched.
 */
let running = false;
let tcbOfRule: Own<Tcb> | undefined;
let sndOfRule: Own<SendVariables> | undefined;
let rcvOfRule: Own<ReceiveVariables> | undefined;
let queuedOfRule: Own<Queued> | undefined;
let timersOfRule: Own<Timers> | undefined;
let sentOfRule: OwnPieces<SentSegment> | undefined;

/** A rule begins: nothing is its own yet. */
export function beginRule(): void {
  disown();
  running = true;
}

/** No rule runs: every copy is a new one. */
export function endRules(): void {
  disown();
  running = false;
}

function disown(): void {
  tcbOfRule = undefined;
  sndOfRule = undefined;
  rcvOfRule = undefined;
  queuedOfRule = undefined;
  timersOfRule = undefined;
  sentOfRule = undefined;
}

/** The rule's own copy of a TCB: the one it made before, if it is that. What was read from it before may change. */
export function own(tcb: Tcb): Own<Tcb> {
  if (tcb === tcbOfRule) return tcbOfRule;
  const copy = copyTcb(tcb);
  if (running) {
    disown();
    tcbOfRule = copy;
  }
  return copy;
}

/** The send variables of the rule's own TCB, to be changed. */
export function ownSnd(tcb: Own<Tcb>): Own<SendVariables> {
  if (tcb.snd === sndOfRule) return sndOfRule;
  const copy = copySnd(tcb.snd);
  tcb.snd = copy;
  if (running) sndOfRule = copy;
  return copy;
}

/** The receive variables of the rule's own TCB, to be changed. */
export function ownRcv(tcb: Own<Tcb>): Own<ReceiveVariables> {
  if (tcb.rcv === rcvOfRule) return rcvOfRule;
  const copy = copyRcv(tcb.rcv);
  tcb.rcv = copy;
  if (running) rcvOfRule = copy;
  return copy;
}

/** What waits at the rule's own TCB, to be changed. */
export function ownQueued(tcb: Own<Tcb>): Own<Queued> {
  if (tcb.queued === queuedOfRule) return queuedOfRule;
  const copy = copyQueued(tcb.queued);
  tcb.queued = copy;
  if (running) queuedOfRule = copy;
  return copy;
}

/** The timers of the rule's own TCB, to be set or stopped. */
export function ownTimers(tcb: Own<Tcb>): Own<Timers> {
  if (tcb.timers === timersOfRule) return timersOfRule;
  const copy = copyTimers(tcb.timers);
  tcb.timers = copy;
  if (running) timersOfRule = copy;
  return copy;
}

/** Appends to the retransmission queue of the rule's own TCB: a SEND of a thousand segments copies it once. */
export function ownSent(tcb: Own<Tcb>, sent: SentSegment): void {
  if (tcb.retransmissions === sentOfRule) {
    append(sentOfRule, sent);
    return;
  }
  const copy = ownPieces(tcb.retransmissions);
  append(copy, sent);
  tcb.retransmissions = copy;
  if (running) sentOfRule = copy;
}

// Copies: every field by its name, so that all have one shape; `{ ...tcb }` takes ten times as long. --------------------

export function copyTcb(tcb: Tcb): Own<Tcb> {
  return {
    state: tcb.state,
    open: tcb.open,
    local: tcb.local,
    remote: tcb.remote,
    iss: tcb.iss,
    irs: tcb.irs,
    isn: tcb.isn,
    snd: tcb.snd,
    rcv: tcb.rcv,
    options: tcb.options,
    rto: tcb.rto,
    timers: tcb.timers,
    retransmissions: tcb.retransmissions,
    queued: tcb.queued,
    units: tcb.units,
    fin: tcb.fin,
    space: tcb.space,
    challenges: tcb.challenges,
    dialogue: tcb.dialogue,
    fastOpen: tcb.fastOpen,
    settings: tcb.settings,
  };
}

export function copySnd(snd: SendVariables): Own<SendVariables> {
  const { una, nxt, wnd, up, wl1, wl2, max, mss, shift } = snd;
  return { una, nxt, wnd, up, wl1, wl2, max, mss, shift };
}

export function copyRcv(rcv: ReceiveVariables): Own<ReceiveVariables> {
  const { nxt, wnd, up, shift } = rcv;
  return { nxt, wnd, up, shift };
}

export function copyQueued(queued: Queued): Own<Queued> {
  const { sends, unacknowledged, closing, halfClosed, openCall, closeCall } = queued;
  const { received, pushed, urgent, outOfOrder, receives } = queued;
  return {
    sends,
    unacknowledged,
    closing,
    halfClosed,
    openCall,
    closeCall,
    received,
    pushed,
    urgent,
    outOfOrder,
    receives,
  };
}

export function copyTimers(timers: Timers): Own<Timers> {
  const { user, retransmission, timeWait, persist, delayedAck, keepalive, finWait2 } = timers;
  return { user, retransmission, timeWait, persist, delayedAck, keepalive, finWait2 };
}

export function copyRto(rto: RetransmissionVariables): Own<RetransmissionVariables> {
  const { value, srtt, rttvar, spread, congestion, expiries, probes, tail, tailProbe } = rto;
  const { synRetransmitted, softError, recovery, latest, least } = rto;
  return {
    value,
    srtt,
    rttvar,
    spread,
    congestion,
    recovery,
    latest,
    least,
    expiries,
    probes,
    tail,
    tailProbe,
    synRetransmitted,
    softError,
  };
}

export function copyOptions(options: AgreedOptions): Own<AgreedOptions> {
  const { windowScale, sack, sacks, timestamps, tsRecent, tsRecentAt, lastAckSent } = options;
  const { ecn, remoteUserTimeout, userTimeoutDue } = options;
  return {
    windowScale,
    sack,
    sacks,
    timestamps,
    ecn,
    tsRecent,
    tsRecentAt,
    lastAckSent,
    remoteUserTimeout,
    userTimeoutDue,
  };
}

// A number beyond 2^31 is an object to the engine that runs this. A field that once held something else than a number holds a
// reference to it, so that copies share it; otherwise each copy makes its own.
copyTcb({} as Tcb);
copySnd({} as SendVariables);
copyRcv({} as ReceiveVariables);
copyQueued({} as Queued);
copyTimers({} as Timers);
copyRto({} as RetransmissionVariables);
copyOptions({} as AgreedOptions);
