/** RFC 9293 §3.10 Event Processing: a host's TCP, event by event. Calls, segments and time-outs come in, records go out. */

import { assert } from '../base/assert.js';
import type { UserCall } from './calls.js';
import type { Datagram, Handling } from './handling.js';
import { accept } from './host/accept.js';
import {
  arriveAside,
  arriveAtClosed,
  arriveAtConnection,
  arriveAtListener,
  arriveAtTimeWait,
  asksForReuse,
} from './host/arrivals.js';
import { callConnection, endListening } from './host/calls.js';
import type { Connection, Host } from './host/connection-table.js';
import { addConnection } from './host/connection-table.js';
import { learnFromOpen } from './host/fast-open.js';
import { findConnection, findListener, findTuple } from './host/lookup.js';
import { openAt } from './host/open.js';
import { put, settle } from './host/settle.js';
import { nextWakeUp, takeWakeUp } from './host/wake-ups.js';
import type { ConnectionRef, Instant, Microstep, Outcome } from './rule.js';
import { joinSteps, runRules } from './rule.js';
import { isForeignLoopback, isUnicast, strayStep } from './segment-arrives/address.js';
import { isUnwantedSignature, signatureStep } from './segment-arrives/signature.js';
import { isDroppedSynFin, synFinStep } from './segment-arrives/syn-fin.js';
import type { Tcb } from './tcb.js';
import { timeoutRulesFor } from './timeouts.js';
import { isMereRecord } from './timers/fin-wait-2.js';
import type { TimerName } from './timers.js';
import { soonestTimer } from './timers.js';
import { isForOthers, isOfTunnel, udpPortStep } from './udp-encapsulation.js';

export type { Handling } from './handling.js';
export type { Connection, Host } from './host/connection-table.js';
export { copyHost, createHost, nameOf, rebootHost } from './host/connection-table.js';
export { childNumber, findConnection } from './host/lookup.js';
export { freePort } from './host/open.js';
export { nextTimeout } from './host/wake-ups.js';
export type { IcmpMessage } from './icmp/messages.js';
export { icmpArrives } from './icmp.js';

/** A user call (§3.10.1 to §3.10.6) or an ACCEPT. Errors are outcomes, with the RFC's texts. */
export function callHost(host: Host, call: UserCall, callId: number, now: Instant): Handling {
  switch (call.kind) {
    case 'OPEN': {
      const { connection, microsteps } = openAt(host, call, callId, now);
      if (connection === undefined) return answered(callId, undefined, microsteps);
      const queues = host.queues.get(connection.ref.id);
      const steps = settle(host, connection, microsteps, now);
      const ended = endListening(host, connection, queues, now);
      return answered(callId, connection.ref, joinSteps(steps, ended));
    }
    case 'ACCEPT': {
      const step = accept(host, call.port, call.name, callId);
      return answered(callId, step.connection, [step]);
    }
    default: {
      const { connection, microsteps } = callConnection(host, call, callId, now);
      return answered(callId, connection, microsteps);
    }
  }
}

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

/** It is from or to what no host has as its address (§3.9.2.3). */
function isStray(host: Host, source: string, destination: string): boolean {
  const { address: own } = host;
  if (destination !== own && !isUnicast(destination)) return true;
  if (source === host.soundSource) return false;
  if (!isUnicast(source) || isForeignLoopback(source, own)) return true;
  host.soundSource = source;
  return false;
}

/** A segment arrives (§3.10.7): its connection's rules decide, a listener's, or those of CLOSED. */
export function segmentArrives(host: Host, datagram: Datagram, now: Instant): Handling {
  const { source, destination, segment: seg } = datagram;
  if (isStray(host, source, destination)) {
    return { connection: undefined, microsteps: [strayStep(datagram)] };
  }
  if (isForOthers(host.settings, seg)) {
    return { connection: undefined, microsteps: [udpPortStep(host.settings, seg)] };
  }
  const connection = findTuple(host, seg.destinationPort, source, seg.sourcePort);
  if (isUnwantedSignature(host.settings, seg) && !(connection && isMereRecord(connection.tcb))) {
    return { connection: undefined, microsteps: [signatureStep()] };
  }
  if (isDroppedSynFin(host.settings, seg, connection?.tcb.state)) {
    return { connection: undefined, microsteps: [synFinStep(host.settings)] };
  }
  if (connection !== undefined) {
    if (!isOfTunnel(connection.tcb, seg)) return arriveAside(host, connection, datagram, now);
    return asksForReuse(connection, seg)
      ? arriveAtTimeWait(host, connection, datagram, now)
      : arriveAtConnection(host, connection, seg, source, now);
  }
  const listener = findListener(host, seg.destinationPort, source, seg.sourcePort);
  return listener === undefined
    ? arriveAtClosed(host, datagram, now)
    : arriveAtListener(host, listener, datagram, now);
}

/** A timer of a connection. */
export interface ConnectionTimer {
  readonly connection: ConnectionRef;
  readonly timer: TimerName;
}

/** One timer that is due goes off (§3.10.8): the soonest, or this one. There must be one: `nextTimeout(host)` =< now. */
export function timeout(
  host: Host,
  now: Instant,
  chosen?: ConnectionTimer,
): Handling & { readonly timer: TimerName; readonly entry: Connection } {
  const connection = chosen ? host.connections.get(chosen.connection.id) : nextWakeUp(host);
  const timer = chosen?.timer ?? (connection && soonestTimer(connection.tcb.timers));
  const at = timer && connection?.tcb.timers[timer];
  const due = connection !== undefined && timer !== undefined && at !== undefined && at <= now;
  assert(due, () => `${host.name} has no timer that is due at ${now}`);
  connection.wakeAt = undefined;
  if (chosen === undefined) takeWakeUp(host);
  const { ref, tcb } = connection;
  const fired = runRules(timeoutRulesFor(tcb, timer), ref, tcb, connection.heardAt, now);
  const learned = learnFromOpen(host, connection, fired.at(-1)?.after, undefined, now);
  const microsteps = joinSteps(fired, learned);
  // A probe is no sign of life: only what arrives makes the connection busy again.
  const steps = settle(host, connection, microsteps, now, timer === 'keepalive');
  return { connection: ref, entry: connection, timer, microsteps: steps };
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
  const known =
    (name === undefined ? undefined : findConnection(host, name)) ??
    (tcb.remote === undefined || tcb.state === 'LISTEN'
      ? undefined
      : findTuple(host, tcb.local.port, tcb.remote.address, tcb.remote.port));
  if (known !== undefined) {
    put(host, known, tcb, now);
    return known;
  }
  const entry = { id: host.nextId, name, parent: undefined, createdAt: now };
  return addConnection(host, tcb, entry);
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
