/** RFC 9293 §3.10.7 SEGMENT ARRIVES: whose rules a segment meets, and what the host's table makes of it. */

import { assert } from '../../base/assert.js';
import { runCall } from '../calls/call-rule.js';
import { closeRules } from '../calls/close.js';
import { deleteTcb } from '../delete-tcb.js';
import { isOpenEarly } from '../fast-open.js';
import type { Datagram, Handling } from '../handling.js';
import { alongPath } from '../icmp/paths.js';
import { own } from '../own.js';
import type { ConnectionRef, Instant, Microstep } from '../rule.js';
import { joinSteps, runRules } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, RST, SYN } from '../segment.js';
import { refusesSynFin } from '../segment-arrives/listen.js';
import { otherStatesFor } from '../segment-arrives/other-states.js';
import { successorIsn } from '../segment-arrives/reduced-time-wait.js';
import { reuseRule } from '../segment-arrives/reuse.js';
import { isUnwantedSignature, signatureStep } from '../segment-arrives/signature.js';
import { runArrival } from '../segment-arrives.js';
import { NOTHING_QUEUED } from '../sending/queued.js';
import { before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { closedTcb } from '../tcb.js';
import { settingsOfChild, udpPeerStep } from '../udp-encapsulation.js';
import { TEXT } from '../user-texts.js';
import { completeEarly } from './accept.js';
import type { Connection, Host } from './connection-table.js';
import { addConnection } from './connection-table.js';
import { arriveByCookie } from './cookies.js';
import { judgeFastOpen, learnFromOpen } from './fast-open.js';
import { offerIsn, takeIsn } from './isn.js';
import {
  addHalfOpen,
  completionOverflow,
  deferStep,
  overflowStep,
  recycled,
  recycleStep,
  synOverflow,
} from './listener.js';
import { findListener } from './lookup.js';
import { settle } from './settle.js';

/** A SYN in TIME_WAIT with `time-wait-reuse on`. */
export function asksForReuse({ tcb }: Connection, seg: Segment): boolean {
  return tcb.state === 'TIME_WAIT' && tcb.settings.timeWaitReuse && isConnectionRequest(seg);
}

function isConnectionRequest(seg: Segment): boolean {
  return (seg.ctl & (SYN | ACK | RST)) === SYN;
}

/** A SYN in TIME_WAIT may reopen the connection (MAY-2), if somebody listens; deviation `time-wait silence`: or end it. */
export function arriveAtTimeWait(
  host: Host,
  connection: Connection,
  datagram: Datagram,
  now: Instant,
): Handling {
  const { source, segment: seg } = datagram;
  const { ref, tcb } = connection;
  const listener = findListener(host, seg.destinationPort, source, seg.sourcePort);
  // Deviation `time-wait silence`: a newer SYN ends it, whoever listens.
  const needless = tcb.settings.timeWait === 'silence';
  if (listener === undefined && !needless)
    return arriveAtConnection(host, connection, seg, source, now);
  const remote = { address: source, port: seg.sourcePort };
  const arrival = { seg, source, isn: offerIsn(host, tcb.local, remote, now) };
  const rules = [reuseRule, ...otherStatesFor(tcb, seg)];
  const steps = settle(host, connection, runRules(rules, ref, tcb, arrival, now), now);
  if (!connection.closed) return { connection: ref, microsteps: steps };
  const opened = afterTimeWait(host, listener, datagram, now, tcb);
  return { ...opened, microsteps: joinSteps(steps, opened.microsteps) };
}

/** What the SYN meets that has ended a TIME_WAIT: whoever listens looks at its signature. */
function afterTimeWait(
  host: Host,
  listener: Connection | undefined,
  datagram: Datagram,
  now: Instant,
  previous: Tcb,
): Handling {
  if (isUnwantedSignature(host.settings, datagram.segment))
    return { connection: undefined, microsteps: [signatureStep()] };
  return listener === undefined
    ? arriveAtClosed(host, datagram, now)
    : arriveAtListener(host, listener, datagram, now, previous);
}

/** Nobody wants the segment: CLOSED, the TCB that does not exist. */
export function arriveAtClosed(
  host: Host,
  { source, destination, segment: seg }: Datagram,
  now: Instant,
): Handling {
  const local = { address: destination, port: seg.destinationPort };
  const remote = { address: source, port: seg.sourcePort };
  const tcb = closedTcb(local, remote, host.settings);
  const arrival = { seg, source, isn: offerIsn(host, local, remote, now) };
  return { connection: undefined, microsteps: runArrival(undefined, tcb, arrival, now) };
}

/** Of the connection's sockets, but not behind its UDP header: it is of no connection. */
export function arriveAside(
  host: Host,
  { tcb }: Connection,
  datagram: Datagram,
  now: Instant,
): Handling {
  const { connection, microsteps } = arriveAtClosed(host, datagram, now);
  return { connection, microsteps: [udpPeerStep(tcb, datagram.segment), ...microsteps] };
}

/** The connection's state decides which rules the segment meets. */
export function arriveAtConnection(
  host: Host,
  connection: Connection,
  seg: Segment,
  source: string,
  now: Instant,
): Handling {
  const { ref, tcb } = connection;
  const { keepaliveHears } = tcb.settings;
  if (keepaliveHears === 'everything') connection.heardAt = now;
  const full = completionOverflow(host, connection, seg);
  if (full !== undefined) {
    const step = overflowStep(host, connection, seg, source, full);
    return { connection: ref, microsteps: settle(host, connection, [step], now) };
  }
  const deferred = deferStep(connection, seg, now);
  if (deferred !== undefined) {
    return { connection: ref, microsteps: settle(host, connection, [deferred], now) };
  }
  const steps = runArrival(ref, tcb, { seg, source, isn: noIsn }, now);
  if (isHeard(tcb, seg, steps)) connection.heardAt = now;
  const after = steps[steps.length - 1]?.after;
  const queued = queuedClose(ref, after, now);
  const learned = learnFromOpen(host, connection, after, seg, now);
  const microsteps = joinSteps(steps, joinSteps(learned, queued));
  return { connection: ref, microsteps: settle(host, connection, microsteps, now) };
}

/** Deviation keepalive-hears: the peer was heard, as its ACK was acceptable and not older than another, or its text was next. */
function isHeard({ snd, rcv }: Tcb, seg: Segment, steps: readonly Microstep[]): boolean {
  if (!steps.some(hasHeard)) return false;
  if (!before(seg.ack, snd.una)) return true;
  return seg.data.length > 0 && steps.at(-1)?.after?.rcv.nxt !== rcv.nxt;
}

function hasHeard({ rule, effects }: Microstep): boolean {
  if (rule.id !== 'other-states/5-ack' && rule.id !== 'syn-sent/4-syn') return false;
  return !effects.some(({ kind }) => kind === 'discard');
}

/** A connection that exists has its ISN. */
function noIsn(): never {
  throw new Error('only a SYN at a listener chooses an ISN');
}

/** A CLOSE that was queued in SYN_RCVD is processed "after entering ESTABLISHED state" (§3.10.4). */
function queuedClose(ref: ConnectionRef, tcb: Tcb | undefined, now: Instant): readonly Microstep[] {
  if (tcb === undefined) return [];
  const { closeCall: call, closing, halfClosed: half } = tcb.queued;
  if (call === undefined || closing) return [];
  if (tcb.state !== 'ESTABLISHED' && tcb.state !== 'CLOSE_WAIT') return [];
  return runCall(closeRules, ref, tcb, { call, half }, now);
}

/** LISTEN: the rules run on a copy of the listener's TCB, which becomes a child if a SYN makes it one. */
export function arriveAtListener(
  host: Host,
  listener: Connection,
  { source, destination, segment: seg }: Datagram,
  now: Instant,
  previous?: Tcb,
): Handling {
  const { tcb, ref } = listener;
  // Whoever has had a connection is no flood.
  const byCookie =
    refusesSynFin(tcb, seg) || previous !== undefined
      ? undefined
      : arriveByCookie(host, listener, { source, destination, segment: seg }, now);
  if (byCookie !== undefined) return byCookie;
  const remote = { address: source, port: seg.sourcePort };
  const same = tcb.local.address === destination;
  const local = same ? tcb.local : { address: destination, port: tcb.local.port };
  const successor = previous && successorIsn(previous);
  const isn = successor === undefined ? offerIsn(host, local, remote, now) : () => successor;
  const fast = judgeFastOpen(host, listener, { source, destination, segment: seg });
  const arrival = { seg, source, isn, fastOpen: fast?.answer };
  if (!isConnectionRequest(seg) || refusesSynFin(tcb, seg)) {
    return { connection: ref, microsteps: runArrival(ref, tcb, arrival, now) };
  }
  const room = makeRoom(host, listener, now);
  const full = synOverflow(host, listener, previous !== undefined);
  if (full !== undefined) {
    return { connection: ref, microsteps: [overflowStep(host, listener, seg, source, full)] };
  }
  const id = host.nextId;
  const child: ConnectionRef = { host: host.name, id };
  const settings = alongPath(host, settingsOfChild(tcb, seg), source, now);
  const copy = own(tcb);
  copy.local = local;
  copy.queued = NOTHING_QUEUED;
  copy.settings = settings;
  const microsteps = runArrival(child, copy, arrival, now);
  const after = microsteps.at(-1)?.after;
  assert(after?.state === 'SYN_RCVD', () => `a SYN left the child in ${after?.state}`);
  takeIsn(host, tcb, microsteps);
  // MAY-2, condition 2: only a TIME_WAIT that is a whole TCB can return.
  const kept = previous?.settings.timeWait === 'text' ? previous : undefined;
  const entry = { id, name: undefined, parent: ref.id, createdAt: now, previous: kept };
  const entered = addConnection(host, after, entry);
  const judged = fast === undefined ? [] : [fast.step];
  const taken = isOpenEarly(after) ? completeEarly(host, entered) : addHalfOpen(host, entered);
  return {
    connection: child,
    microsteps: joinSteps(joinSteps(room, judged), joinSteps(microsteps, taken)),
  };
}

/** With `on-overflow recycle` a full half-open queue loses its oldest. */
function makeRoom(host: Host, listener: Connection, now: Instant): readonly Microstep[] {
  const oldest = recycled(host, listener);
  if (oldest === undefined) return [];
  const step = recycleStep(oldest, deleteTcb(oldest.tcb, TEXT.reset).tcb);
  return settle(host, oldest, [step], now);
}
