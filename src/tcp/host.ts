/** RFC 9293 §3.10 Event Processing: a host's TCP, event by event. Calls, segments and time-outs come in, records go out. */

import { assert } from '../base/assert.js';
import { pop } from '../base/heap.js';
import type { AbortCall } from './calls/abort.js';
import { abortRules } from './calls/abort.js';
import { runCall } from './calls/call-rule.js';
import { closeRules } from './calls/close.js';
import { receiveRules } from './calls/receive.js';
import { sendRules } from './calls/send.js';
import { statusRules } from './calls/status.js';
import type { UserCall } from './calls.js';
import type { Connection, Host } from './connection-table.js';
import {
  addConnection,
  addIndexes,
  dropFromListeners,
  findListener,
  findTuple,
  nextWakeUp,
  removeConnection,
  schedule,
} from './connection-table.js';
import { deleteTcb } from './delete-tcb.js';
import { offerIsn, takeIsn } from './host-isn.js';
import { openAt } from './host-open.js';
import {
  accept,
  addHalfOpen,
  completeChild,
  completionOverflow,
  createQueues,
  forgetStep,
  leaveQueues,
  overflowStep,
  synOverflow,
} from './listener.js';
import type { ConnectionRef, Instant, Microstep, Outcome } from './rule.js';
import { runRules } from './rule.js';
import type { Segment } from './segment.js';
import { ACK, RST, SYN } from './segment.js';
import { isUnicast, strayStep } from './segment-arrives/address.js';
import { runArrival } from './segment-arrives.js';
import type { Tcb, TimerName } from './tcb.js';
import { closedTcb, soonestTimer } from './tcb.js';
import { restartKeepalive, timeoutRules } from './timeouts.js';

export type { Connection, Host } from './connection-table.js';
export { copyHost, createHost, findConnection, rebootHost } from './connection-table.js';

/** What came of one event. */
export interface Handling {
  /** The connection it was about; undefined when there is none. */
  readonly connection: ConnectionRef | undefined;
  readonly microsteps: readonly Microstep[];
  readonly call?: number;
  /** Of a call: how it ended, or that it is pending. */
  readonly outcome?: Outcome;
}

/** A segment with the addresses of the datagram that carries it. */
export interface Datagram {
  readonly source: string;
  readonly destination: string;
  readonly segment: Segment;
}

/** A user call (§3.10.1 to §3.10.6) or an ACCEPT. Errors are outcomes, with the RFC's texts. */
export function callHost(host: Host, call: UserCall, callId: number, now: Instant): Handling {
  switch (call.kind) {
    case 'OPEN': {
      const { connection, microsteps } = openAt(host, call, callId, now);
      const more = connection === undefined ? [] : settle(host, connection, microsteps, now);
      return answered(callId, connection?.ref, [...microsteps, ...more]);
    }
    case 'ACCEPT': {
      const step = accept(host, call.port, call.name, callId);
      return answered(callId, step.connection, [step]);
    }
    default:
      return callConnection(host, call, callId, now);
  }
}

type ConnectionCall = Exclude<UserCall, { readonly kind: 'OPEN' | 'ACCEPT' }>;

function callConnection(host: Host, call: ConnectionCall, callId: number, now: Instant): Handling {
  const connection =
    call.connection === undefined ? undefined : host.connections.get(call.connection);
  if (connection !== undefined) claim(host, connection);
  const tcb =
    connection?.tcb ?? closedTcb({ address: host.address, port: 0 }, undefined, host.settings);
  const listened = tcb.state === 'LISTEN';
  const microsteps = runConnectionCall(host, connection?.ref, tcb, call, callId, now);
  if (connection === undefined) return answered(callId, undefined, microsteps);
  const children = listened ? childrenOf(host, connection) : [];
  const more = settle(host, connection, microsteps, now);
  const orphans = connection.closed ? endChildren(host, children, now) : [];
  return answered(callId, connection.ref, [...microsteps, ...more, ...orphans]);
}

function runConnectionCall(
  host: Host,
  ref: ConnectionRef | undefined,
  tcb: Tcb,
  call: ConnectionCall,
  callId: number,
  now: Instant,
): readonly Microstep[] {
  switch (call.kind) {
    case 'SEND': {
      const isn = offerIsn(host, tcb.local, tcb.remote, now);
      const input = { call: callId, data: call.data, isn };
      const steps = runCall(sendRules, ref, tcb, input, now);
      takeIsn(host, tcb, steps);
      return steps;
    }
    case 'RECEIVE':
      return runCall(receiveRules, ref, tcb, { call: callId, count: call.count }, now);
    case 'CLOSE':
      return runCall(closeRules, ref, tcb, { call: callId }, now);
    case 'ABORT':
      return runCall(abortRules, ref, tcb, { call: callId }, now);
    case 'STATUS':
      return runCall(statusRules, ref, tcb, { call: callId }, now);
  }
}

/** A child that is named in a call is the user's without an ACCEPT. */
function claim(host: Host, connection: Connection): void {
  if (connection.accepted) return;
  connection.accepted = true;
  if (connection.tcb.state !== 'SYN_RCVD') leaveQueues(host, connection);
}

function childrenOf(host: Host, listener: Connection): readonly Connection[] {
  const queues = host.queues.get(listener.ref.id);
  if (queues === undefined) return [];
  return [...queues.complete, ...queues.halfOpen].flatMap((id) => host.connections.get(id) ?? []);
}

/** The listener is closed: complete children are aborted, half-open ones forgotten (QUE-18, QUE-19 of sockets). */
function endChildren(
  host: Host,
  children: readonly Connection[],
  now: Instant,
): readonly Microstep[] {
  return children.flatMap((child) => {
    if (child.tcb.state === 'SYN_RCVD') {
      const step = forgetStep(child, deleteTcb(child.tcb, '').tcb);
      settle(host, child, [step], now);
      return [step];
    }
    const call: AbortCall = { call: NO_CALL };
    const steps = runCall(abortRules, child.ref, child.tcb, call, now);
    settle(host, child, steps, now);
    return steps;
  });
}

/** The number of a call that no user made: its completion is of no interest to anybody. */
const NO_CALL = -1;

function answered(
  call: number,
  connection: ConnectionRef | undefined,
  microsteps: readonly Microstep[],
): Handling {
  return { connection, microsteps, call, outcome: outcomeOf(call, microsteps) };
}

function outcomeOf(call: number, microsteps: readonly Microstep[]): Outcome {
  for (const { effects } of microsteps) {
    for (const effect of effects) {
      if (effect.kind === 'complete' && effect.call === call) return effect.outcome;
    }
  }
  return { kind: 'pending' };
}

/** A segment arrives (§3.10.7): its connection's rules decide, a listener's, or those of CLOSED. */
export function segmentArrives(host: Host, datagram: Datagram, now: Instant): Handling {
  const { source, destination, segment: seg } = datagram;
  const local = { address: destination, port: seg.destinationPort };
  const remote = { address: source, port: seg.sourcePort };
  const closed = () => closedTcb(local, remote, host.settings);
  if (!isUnicast(source) || !isUnicast(destination)) {
    return { connection: undefined, microsteps: [strayStep(datagram)] };
  }
  const connection = findTuple(host, local.port, remote);
  if (connection !== undefined) return arriveAtConnection(host, connection, seg, source, now);
  const listener = findListener(host, local.port, remote);
  if (listener !== undefined) return arriveAtListener(host, listener, datagram, now);
  const arrival = { seg, source, isn: offerIsn(host, local, remote, now) };
  return { connection: undefined, microsteps: runArrival(undefined, closed(), arrival, now) };
}

function arriveAtConnection(
  host: Host,
  connection: Connection,
  seg: Segment,
  source: string,
  now: Instant,
): Handling {
  const { ref, tcb } = connection;
  const full = completionOverflow(host, connection, seg);
  if (full !== undefined) {
    return { connection: ref, microsteps: [overflowStep(host, connection, seg, source, full)] };
  }
  const arrival = { seg, source, isn: offerIsn(host, tcb.local, tcb.remote, now) };
  const steps = runArrival(ref, tcb, arrival, now);
  const queued = queuedClose(ref, steps.at(-1)?.after, now);
  const microsteps = queued.length === 0 ? steps : [...steps, ...queued];
  const more = settle(host, connection, microsteps, now);
  return { connection: ref, microsteps: more.length === 0 ? microsteps : [...microsteps, ...more] };
}

/** A CLOSE that was queued in SYN_RCVD is processed "after entering ESTABLISHED state" (§3.10.4). */
function queuedClose(ref: ConnectionRef, tcb: Tcb | undefined, now: Instant): readonly Microstep[] {
  if (tcb?.closeCall === undefined || tcb.closing) return [];
  if (tcb.state !== 'ESTABLISHED' && tcb.state !== 'CLOSE_WAIT') return [];
  return runCall(closeRules, ref, tcb, { call: tcb.closeCall }, now);
}

/** LISTEN: the rules run on a copy of the listener's TCB, which becomes a child if a SYN makes it one. */
function arriveAtListener(
  host: Host,
  listener: Connection,
  { source, destination, segment: seg }: Datagram,
  now: Instant,
): Handling {
  const { tcb, ref } = listener;
  const opens = (seg.ctl & (SYN | ACK | RST)) === SYN;
  const remote = { address: source, port: seg.sourcePort };
  const local = { address: destination, port: tcb.local.port };
  const arrival = { seg, source, isn: offerIsn(host, local, remote, now) };
  if (!opens) return { connection: ref, microsteps: runArrival(ref, tcb, arrival, now) };
  const full = synOverflow(host, listener);
  if (full !== undefined) {
    return { connection: ref, microsteps: [overflowStep(host, listener, seg, source, full)] };
  }
  const id = host.nextId;
  const child: ConnectionRef = { host: host.name, id };
  const copy = { ...tcb, local, receives: [], sends: [] };
  const microsteps = runArrival(child, copy, arrival, now);
  const after = microsteps.at(-1)?.after;
  assert(after?.state === 'SYN_RCVD', () => `a SYN left the child in ${after?.state}`);
  takeIsn(host, tcb, microsteps);
  const entry = { id, name: undefined, parent: ref.id, createdAt: now };
  addHalfOpen(host, addConnection(host, after, entry));
  return { connection: child, microsteps };
}

/** When this host's next timer goes off; undefined when none is armed. */
export function nextTimeout(host: Host): Instant | undefined {
  return nextWakeUp(host)?.wakeAt;
}

/** One timer that is due goes off (§3.10.8). There must be one: `nextTimeout(host)` =< now. */
export function timeout(
  host: Host,
  now: Instant,
): Handling & { readonly timer: TimerName; readonly connection: ConnectionRef } {
  const connection = nextWakeUp(host);
  const timer = connection && soonestTimer(connection.tcb.timers);
  assert(
    connection?.wakeAt !== undefined && connection.wakeAt <= now && timer !== undefined,
    () => {
      return `${host.name} has no timer that is due at ${now}`;
    },
  );
  pop(host.wakeUps);
  connection.wakeAt = undefined;
  const { ref, tcb } = connection;
  const microsteps = runRules(timeoutRules[timer], ref, tcb, undefined, now);
  const more = settle(host, connection, microsteps, now, timer === 'keepalive');
  return { connection: ref, timer, microsteps: [...microsteps, ...more] };
}

/**
 * Puts a connection into the table as it is (`given`), or in the place of the one that has its sockets or its name (a
 * debugger's edit).
 */
export function giveConnection(
  host: Host,
  tcb: Tcb,
  name: string | undefined,
  now: Instant,
): Connection {
  const named = name === undefined ? undefined : host.names.get(name);
  const known =
    (named === undefined ? undefined : host.connections.get(named)) ??
    (tcb.remote === undefined || tcb.state === 'LISTEN'
      ? undefined
      : findTuple(host, tcb.local.port, tcb.remote));
  if (known !== undefined) {
    put(host, known, tcb, now);
    return known;
  }
  const entry = { id: host.nextId, name, parent: undefined, createdAt: now };
  const connection = addConnection(host, tcb, entry);
  if (tcb.state === 'LISTEN')
    host.queues.set(connection.ref.id, createQueues(host.settings.backlog));
  return connection;
}

/** The half-open children of a listener (SYN_RCVD), oldest first. */
export function halfOpen(host: Host, listenerId: number): readonly Connection[] {
  return members(host, host.queues.get(listenerId)?.halfOpen);
}

/** The complete children of a listener that wait for ACCEPT, oldest first. */
export function acceptQueue(host: Host, listenerId: number): readonly Connection[] {
  return members(host, host.queues.get(listenerId)?.complete);
}

function members(host: Host, ids: ReadonlySet<number> | undefined): readonly Connection[] {
  return [...(ids ?? [])].flatMap((id) => host.connections.get(id) ?? []);
}

/** The table follows what the rules made of a connection. Steps of the host's own are returned, to be added. */
function settle(
  host: Host,
  connection: Connection,
  microsteps: readonly Microstep[],
  now: Instant,
  probing = false,
): readonly Microstep[] {
  const after = microsteps.at(-1)?.after;
  if (after === undefined) return [];
  return put(host, connection, probing ? after : restartKeepalive(after, now), now);
}

function put(host: Host, connection: Connection, tcb: Tcb, _now: Instant): readonly Microstep[] {
  const from = connection.tcb.state;
  const listened = from === 'LISTEN';
  if (listened && tcb.state !== 'LISTEN') dropFromListeners(host, connection);
  connection.tcb = tcb;
  if (from === tcb.state) {
    schedule(host, connection);
    return [];
  }
  if (tcb.state === 'CLOSED' || (tcb.state === 'LISTEN' && connection.parent !== undefined)) {
    leaveQueues(host, connection);
    removeConnection(host, connection);
    return [];
  }
  if (listened || tcb.state === 'LISTEN') addIndexes(host, connection);
  schedule(host, connection);
  return from === 'SYN_RCVD' ? completeChild(host, connection) : [];
}
