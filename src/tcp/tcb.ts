/** RFC 9293 §3.3.1 Key Connection State Variables: the Transmission Control Block, an immutable value. */

import type { EcnFeedback } from './ecn/feedback.js';
import type { FastOpenState } from './fast-open.js';
import { isIPv6 } from './ip-version.js';
import type { Isn } from './isn.js';
import type { SackState } from './loss-recovery/sack-state.js';
import { NO_SACKS } from './loss-recovery/sack-state.js';
import { copyOptions, copyQueued, copyRcv, copySnd, copyTcb } from './own.js';
import type { Dialogue } from './receiving/dialogue.js';
import type { ReceiveSpace } from './receiving/space.js';
import type { SentQueue } from './retransmission/sent-queue.js';
import { firstRto, type RetransmissionVariables } from './retransmission/variables.js';
import type { Duration, Instant } from './rule.js';
import type { Queued } from './sending/queued.js';
import { atRest, NONE, NOTHING_QUEUED } from './sending/queued.js';
import type { Units } from './sending/units.js';
import type { Seq } from './seq.js';
import { before, seq } from './seq.js';
import type { Settings } from './settings.js';
import type { State } from './states.js';
import { NO_TIMERS, type Timers } from './timers.js';

/** An IP address and a port. IPv6 addresses are in their shortest lower-case form. */
export interface Socket {
  readonly address: string;
  readonly port: number;
}

/** An address with its port, as people write it: `10.0.0.1:80`, `[fd00::1]:80`. */
export function printSocket({ address, port }: Socket): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/**
 * The RFC name in lower case is the property path: `SND.UNA` is `tcb.snd.una`. Views, the evaluator and the debugger's
 * variables walk this object by that rule; there is no table of names to keep.
 */
export interface Tcb {
  readonly state: State;
  /** How SYN_RCVD was or will be reached (MUST-11). */
  readonly open: 'active' | 'passive';
  readonly local: Socket;
  /** Undefined while a listener has no remote socket specified. */
  readonly remote: Socket | undefined;
  readonly iss: Seq;
  readonly irs: Seq;
  /** How ISS came about; undefined before it was chosen. */
  readonly isn: Isn | undefined;
  readonly snd: SendVariables;
  readonly rcv: ReceiveVariables;
  readonly options: AgreedOptions;
  readonly rto: RetransmissionVariables;
  /** Armed timers and the instants at which they go off. */
  readonly timers: Timers;
  /** Segments sent and not yet wholly acknowledged, in sequence order (§3.8.1). */
  readonly retransmissions: SentQueue;
  /** What waits between the user and the network. */
  readonly queued: Queued;
  /** The units that `queued.sends` go in (deviation initial-window); undefined before the first. */
  readonly units: Units | undefined;
  /** The sequence number of our FIN; undefined before it was sent. */
  readonly fin: Seq | undefined;
  /** What the window is chosen of with the deviation receive-space; undefined without it, and before ESTABLISHED. */
  readonly space: ReceiveSpace | undefined;
  /** Answers sent since an instant: what the throttle counts (RFC 5961 §7). */
  readonly challenges: Challenges;
  /** Whether text is answered with text (deviation interactive-ack); undefined before any was received. */
  readonly dialogue: Dialogue | undefined;
  /** Of a connection that tried to open fast (RFC 7413 §4.2). */
  readonly fastOpen: FastOpenState | undefined;
  /** The settings this connection was opened with. */
  readonly settings: Settings;
}

export interface SendVariables {
  readonly una: Seq;
  readonly nxt: Seq;
  /** Octets, after scaling. */
  readonly wnd: number;
  readonly up: Seq;
  readonly wl1: Seq;
  readonly wl2: Seq;
  /** The largest window the peer ever offered, octets (MAX.SND.WND, RFC 5961 §5.2). */
  readonly max: number;
  /** Effective send MSS, octets of text (§3.7.1). */
  readonly mss: number;
  /** Snd.Wind.Shift (RFC 7323 §2.2): what the peer's window fields are shifted by. */
  readonly shift: number;
}

export interface ReceiveVariables {
  readonly nxt: Seq;
  /** Octets that we are willing to take. */
  readonly wnd: number;
  readonly up: Seq;
  /** Rcv.Wind.Shift (RFC 7323 §2.2): what our window fields are shifted by. */
  readonly shift: number;
}

/** What both sides offered on their SYNs. */
export interface AgreedOptions {
  readonly windowScale: boolean;
  readonly sack: boolean;
  /** The blocks that the next segment tells (RFC 2018 §4). */
  readonly sacks: SackState;
  readonly timestamps: boolean;
  /** How ECN is fed back (RFC 3168 §6.1.1, RFC 9768 §3.1.2); undefined: it is not. */
  readonly ecn: EcnFeedback | undefined;
  /** TS.Recent and Last.ACK.sent (RFC 7323 §4.3); both stay 0 without timestamps. */
  readonly tsRecent: number;
  readonly lastAckSent: Seq;
  /** When TS.Recent was last updated: after 24 idle days it is not valid (RFC 7323 §5.5). */
  readonly tsRecentAt: Instant;
  /** REMOTE_UTO (RFC 5482 §3.1), microseconds; undefined before the remote side has told it. */
  readonly remoteUserTimeout: Duration | undefined;
  /** Our User Timeout Option goes with the next segment that has room for it. */
  readonly userTimeoutDue: boolean;
}

export interface Challenges {
  readonly since: Instant;
  readonly sent: number;
  /** Answers to ACKs that were out of range, since one was acceptable (deviation ack-throttle). */
  readonly vain: number;
}

/** The TCB that does not exist: what the rules of CLOSED are given (§3.3.2). */
export function closedTcb(local: Socket, remote: Socket | undefined, settings: Settings): Tcb {
  return {
    state: 'CLOSED',
    open: 'passive',
    local,
    remote,
    iss: zero,
    irs: zero,
    isn: undefined,
    snd: NOTHING_SENT,
    rcv: NOTHING_RECEIVED,
    options: NOTHING_AGREED,
    rto: firstRto(settings.rto),
    timers: NO_TIMERS,
    retransmissions: NONE,
    queued: NOTHING_QUEUED,
    units: undefined,
    fin: undefined,
    space: undefined,
    challenges: NO_CHALLENGES,
    dialogue: undefined,
    fastOpen: undefined,
    settings,
  };
}

const zero = seq(0);

const NOTHING_SENT: SendVariables = {
  una: zero,
  nxt: zero,
  wnd: 0,
  up: zero,
  wl1: zero,
  wl2: zero,
  max: 0,
  mss: 0,
  shift: 0,
};

const NOTHING_RECEIVED: ReceiveVariables = { nxt: zero, wnd: 0, up: zero, shift: 0 };

export const NOTHING_AGREED: AgreedOptions = {
  windowScale: false,
  sack: false,
  sacks: NO_SACKS,
  timestamps: false,
  ecn: undefined,
  tsRecent: 0,
  tsRecentAt: 0,
  lastAckSent: zero,
  remoteUserTimeout: undefined,
  userTimeoutDue: false,
};

/** Nothing was answered yet. */
export const NO_CHALLENGES: Challenges = { since: 0, sent: 0, vain: 0 };

/**
 * A TCB with these fields changed: what `{ ...tcb, ...changes }` gives, many times faster, because every field is named
 * and every TCB has the same shape.
 */
export function editTcb(tcb: Tcb, changes: Partial<Tcb>): Tcb {
  return Object.assign(copyTcb(tcb), changes);
}

/** A TCB with these changes of what waits. */
export function editQueued(tcb: Tcb, changes: Partial<Queued>): Tcb {
  return editTcb(tcb, { queued: atRest(Object.assign(copyQueued(tcb.queued), changes)) });
}

/** A TCB that believes this of its memory (deviation receive-space). */
export function editSpace(tcb: Tcb, space: Tcb['space']): Tcb {
  return space === tcb.space ? tcb : editTcb(tcb, { space });
}

/** Send variables with these changed; as `editTcb`. */
export function editSnd(snd: SendVariables, changes: Partial<SendVariables>): SendVariables {
  return Object.assign(copySnd(snd), changes);
}

/** Receive variables with these changed; as `editTcb`. */
export function editRcv(
  rcv: ReceiveVariables,
  changes: Partial<ReceiveVariables>,
): ReceiveVariables {
  return Object.assign(copyRcv(rcv), changes);
}

/** What was agreed, with these changed; as `editTcb`. */
export function editOptions(
  options: AgreedOptions,
  changes: Partial<AgreedOptions>,
): AgreedOptions {
  return Object.assign(copyOptions(options), changes);
}

/** The remote socket of a connection that has one: any state but LISTEN. */
export function remoteOf(tcb: Tcb): Socket {
  if (tcb.remote === undefined) throw new Error(`${tcb.state} without a remote socket`);
  return tcb.remote;
}

/** Whether our FIN has been sent and acknowledged. */
export function finAcked(tcb: Tcb): boolean {
  return tcb.fin !== undefined && before(tcb.fin, tcb.snd.una);
}

/** Whether the peer's SYN has come: IRS and RCV.NXT mean something. */
export function knowsPeer({ state }: Tcb): boolean {
  return state !== 'SYN_SENT' && state !== 'LISTEN';
}
