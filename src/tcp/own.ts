/** RFC 9293 §3.3.1 Key Connection State Variables: a rule's own copies of a TCB and its parts, which it fills in. */

import type { OwnPieces } from '../base/pieces.js';
import { append, ownPieces } from '../base/pieces.js';
import type { SentSegment } from './retransmission/sent-queue.js';
import type { RetransmissionVariables } from './retransmission/variables.js';
import type { Queued } from './sending/queued.js';
import type { AgreedOptions, ReceiveVariables, SendVariables, Tcb } from './tcb.js';
import type { Timers } from './timers.js';

/** A value that nobody else has yet. */
export type Own<T> = { -readonly [field in keyof T]: T[field] };

/** What a rule has copied so far. */
interface Copies {
  readonly tcb: Own<Tcb>;
  snd: Own<SendVariables> | undefined;
  rcv: Own<ReceiveVariables> | undefined;
  queued: Own<Queued> | undefined;
  timers: Own<Timers> | undefined;
  sent: OwnPieces<SentSegment> | undefined;
}

/**
 * The copies of the rule that runs. A rule goes through several functions, each of which changes a little; the first to
 * change something makes the copy and the others go on with it. The TCB that the rule was given is never touched.
 */
let copies: Copies | undefined;
let running = false;

/** A rule begins: nothing is its own yet. */
export function beginRule(): void {
  copies = undefined;
  running = true;
}

/** No rule runs: every copy is a new one. */
export function endRules(): void {
  copies = undefined;
  running = false;
}

/** The rule's own copy of a TCB: the one it made before, if it is that. What was read from it before may change. */
export function own(tcb: Tcb): Own<Tcb> {
  if (copies !== undefined && tcb === copies.tcb) return copies.tcb;
  const copy = copyTcb(tcb);
  if (running) copies = createCopies(copy);
  return copy;
}

function createCopies(tcb: Own<Tcb>): Copies {
  return {
    tcb,
    snd: undefined,
    rcv: undefined,
    queued: undefined,
    timers: undefined,
    sent: undefined,
  };
}

/** The send variables of the rule's own TCB, to be changed. */
export function ownSnd(tcb: Own<Tcb>): Own<SendVariables> {
  if (copies !== undefined && tcb.snd === copies.snd) return copies.snd;
  const copy = copySnd(tcb.snd);
  tcb.snd = copy;
  if (copies !== undefined) copies.snd = copy;
  return copy;
}

/** The receive variables of the rule's own TCB, to be changed. */
export function ownRcv(tcb: Own<Tcb>): Own<ReceiveVariables> {
  if (copies !== undefined && tcb.rcv === copies.rcv) return copies.rcv;
  const copy = copyRcv(tcb.rcv);
  tcb.rcv = copy;
  if (copies !== undefined) copies.rcv = copy;
  return copy;
}

/** What waits at the rule's own TCB, to be changed. */
export function ownQueued(tcb: Own<Tcb>): Own<Queued> {
  if (copies !== undefined && tcb.queued === copies.queued) return copies.queued;
  const copy = copyQueued(tcb.queued);
  tcb.queued = copy;
  if (copies !== undefined) copies.queued = copy;
  return copy;
}

/** The timers of the rule's own TCB, to be set or stopped. */
export function ownTimers(tcb: Own<Tcb>): Own<Timers> {
  if (copies !== undefined && tcb.timers === copies.timers) return copies.timers;
  const copy = copyTimers(tcb.timers);
  tcb.timers = copy;
  if (copies !== undefined) copies.timers = copy;
  return copy;
}

/** Appends to the retransmission queue of the rule's own TCB: a SEND of a thousand segments copies it once. */
export function ownSent(tcb: Own<Tcb>, sent: SentSegment): void {
  if (copies !== undefined && tcb.retransmissions === copies.sent) {
    append(copies.sent, sent);
    return;
  }
  const copy = ownPieces(tcb.retransmissions, sent);
  tcb.retransmissions = copy;
  if (copies !== undefined) copies.sent = copy;
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
  const { sends, announced, unacknowledged, closing, halfClosed, openCall, closeCall } = queued;
  const { received, pushed, urgent, outOfOrder, receives } = queued;
  return {
    sends,
    announced,
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
  const { synRetransmitted, softError, recovery, latest, least, since, resent, twice } = rto;
  const { search } = rto;
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
    since,
    probes,
    resent,
    twice,
    tail,
    tailProbe,
    search,
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
