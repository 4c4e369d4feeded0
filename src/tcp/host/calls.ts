/** RFC 9293 §3.10.2 to §3.10.6: the user calls that name a connection, and what becomes of a listener's children. */

import type { AbortCall } from '../calls/abort.js';
import { abortRules } from '../calls/abort.js';
import { runCall } from '../calls/call-rule.js';
import { closeRules } from '../calls/close.js';
import { receiveRules } from '../calls/receive.js';
import { sendRules } from '../calls/send.js';
import { setRules } from '../calls/set.js';
import { statusRules } from '../calls/status.js';
import type { UserCall } from '../calls.js';
import { deleteTcb } from '../delete-tcb.js';
import { isOpenEarly } from '../fast-open.js';
import type { ConnectionRef, Instant, Microstep } from '../rule.js';
import { joinSteps } from '../rule.js';
import { NO_CALL } from '../sending/queued.js';
import type { Tcb } from '../tcb.js';
import { closedTcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { abandonAccepts, leaveAcceptQueue } from './accept.js';
import type { Connection, Host } from './connection-table.js';
import { offerIsn, takeIsn } from './isn.js';
import type { ListenQueues } from './listen-queues.js';
import { forgetStep } from './listener.js';
import { settle } from './settle.js';

type ConnectionCall = Exclude<UserCall, { readonly kind: 'OPEN' | 'ACCEPT' }>;

/** Runs a call on a connection; on none, or on one that is gone, the rules of CLOSED. */
export function callConnection(
  host: Host,
  call: ConnectionCall,
  callId: number,
  now: Instant,
): { readonly connection: ConnectionRef | undefined; readonly microsteps: readonly Microstep[] } {
  const connection =
    call.connection === undefined ? undefined : host.connections.get(call.connection);
  if (connection === undefined) {
    const nobody = closedTcb({ address: host.address, port: 0 }, undefined, host.settings);
    const microsteps = runConnectionCall(host, undefined, nobody, call, callId, now);
    return { connection: undefined, microsteps };
  }
  if (call.kind !== 'STATUS' && call.kind !== 'SET') claim(host, connection);
  const { ref, tcb } = connection;
  const queues = host.queues.get(ref.id);
  if (call.kind === 'SET' && call.backlog !== undefined && queues !== undefined) {
    queues.backlog = call.backlog;
  }
  const steps = settle(host, connection, runConnectionCall(host, ref, tcb, call, callId, now), now);
  const ended = endListening(host, connection, queues, now);
  return { connection: ref, microsteps: joinSteps(steps, ended) };
}

/**
 * A listener that was closed, or has become active (§3.10.1, §3.10.2), serves nobody any more: ACCEPTs that wait fail, and
 * its children are nobody's. `queues`: as they were before the call. Nothing happens to one that still listens.
 */
export function endListening(
  host: Host,
  connection: Connection,
  queues: ListenQueues | undefined,
  now: Instant,
): readonly Microstep[] {
  if (queues === undefined || (!connection.closed && connection.tcb.state === 'LISTEN')) return [];
  host.queues.delete(connection.ref.id);
  const abandoned = abandonAccepts(connection, queues, TEXT.closing);
  return joinSteps(abandoned, endChildren(host, childrenOf(host, queues), now));
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
      const { data, more, part, urgent, fits } = call;
      const input = { call: callId, data, more, part, urgent, fits, isn };
      const steps = runCall(sendRules, ref, tcb, input, now);
      takeIsn(host, tcb, steps);
      return steps;
    }
    case 'RECEIVE': {
      const { count, across } = call;
      return runCall(receiveRules, ref, tcb, { call: callId, count, across }, now);
    }
    case 'CLOSE':
      return runCall(closeRules, ref, tcb, { call: callId, half: call.half === true }, now);
    case 'ABORT':
      return runCall(abortRules, ref, tcb, { call: callId }, now);
    case 'SET':
      return runCall(setRules, ref, tcb, { call: callId, settings: call.settings }, now);
    case 'STATUS':
      return runCall(statusRules, ref, tcb, { call: callId }, now);
  }
}

/** A child that is named in a call is the user's without an ACCEPT. */
function claim(host: Host, connection: Connection): void {
  if (connection.accepted) return;
  connection.accepted = true;
  leaveAcceptQueue(host, connection);
}

function childrenOf(host: Host, queues: ListenQueues): readonly Connection[] {
  return [...queues.complete, ...queues.halfOpen].flatMap((id) => host.connections.get(id) ?? []);
}

/** The listener is closed: complete children are aborted, half-open ones forgotten as sockets have it. */
function endChildren(
  host: Host,
  children: readonly Connection[],
  now: Instant,
): readonly Microstep[] {
  return children.flatMap((child) => {
    if (child.tcb.state === 'SYN_RCVD' && !isOpenEarly(child.tcb)) {
      const step = forgetStep(child, deleteTcb(child.tcb, TEXT.closing).tcb);
      return settle(host, child, [step], now);
    }
    const call: AbortCall = { call: NO_CALL };
    return settle(host, child, runCall(abortRules, child.ref, child.tcb, call, now), now);
  });
}
