/** RFC 9293 §3.3.2 State Machine Overview: the connection table follows the states of its entries. */

import { deleteTcb } from '../delete-tcb.js';
import type { Instant, Microstep, RuleInfo } from '../rule.js';
import { joinSteps, NO_EFFECTS } from '../rule.js';
import { RETURN } from '../segment-arrives/reuse.js';
import { isHalfOpen } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { isMereRecord } from '../timers/fin-wait-2.js';
import { restartKeepalive } from '../timers/keep-alive.js';
import { editTimers } from '../timers.js';
import { TEXT } from '../user-texts.js';
import { completeChild } from './accept.js';
import type { Connection, Host } from './connection-table.js';
import { addConnection, removeConnection } from './connection-table.js';
import { leaveQueues } from './listener.js';
import { addIndexes, dropFromListeners, dropFromTuples } from './lookup.js';
import { schedule } from './wake-ups.js';

/** A host has room for so many connections in TIME_WAIT and not more. */
export const LIMIT: RuleInfo = {
  id: 'time-wait/limit',
  rfc: 'RFC 9293 §3.6.1',
  title: 'Too many connections in TIME-WAIT',
  moves: ['TIME_WAIT -> CLOSED', 'FIN_WAIT_2 -> CLOSED'],
};

/** The table follows what the rules made of a connection. The steps come back with those of the host's own. */
export function settle(
  host: Host,
  connection: Connection,
  microsteps: readonly Microstep[],
  now: Instant,
  probing = false,
): readonly Microstep[] {
  const last = microsteps.at(-1);
  if (last?.after === undefined) return microsteps;
  const after = probing ? last.after : restartKeepalive(last.after, connection.heardAt, now);
  const steps =
    after === last.after ? microsteps : [...microsteps.slice(0, -1), { ...last, after }];
  return joinSteps(steps, put(host, connection, after, now));
}

/** Replaces a connection's TCB and keeps indexes, queues and wake-ups right. */
export function put(
  host: Host,
  connection: Connection,
  tcb: Tcb,
  now: Instant,
): readonly Microstep[] {
  const from = connection.tcb.state;
  const counted = isMereRecord(connection.tcb);
  if (from === tcb.state) {
    const timed = connection.tcb.timers === tcb.timers && connection.wakeAt !== undefined;
    connection.tcb = tcb;
    if (!timed) schedule(host, connection);
    const counts = isMereRecord(tcb);
    if (counted && !counts) host.timeWaits -= 1;
    return counts && !counted ? countTimeWait(host, connection, now) : [];
  }
  if (from === 'LISTEN') dropFromListeners(host, connection);
  else if (tcb.state === 'LISTEN') dropFromTuples(host, connection);
  if (counted) host.timeWaits -= 1;
  if (isHalfOpen(tcb.state)) host.halfOpen.add(connection.ref.id);
  else if (isHalfOpen(from)) host.halfOpen.delete(connection.ref.id);
  connection.tcb = tcb;
  if (tcb.state === 'CLOSED' || (tcb.state === 'LISTEN' && connection.parent !== undefined)) {
    leaveQueues(host, connection);
    removeConnection(host, connection);
    return from === 'SYN_RCVD' ? returnToTimeWait(host, connection, now) : [];
  }
  if (from === 'LISTEN' || tcb.state === 'LISTEN') addIndexes(host, connection);
  schedule(host, connection);
  if (isMereRecord(tcb)) return countTimeWait(host, connection, now);
  return from === 'SYN_RCVD' ? completeChild(host, connection) : [];
}

/** One TIME_WAIT more; when the host has too many, it ends at once. */
function countTimeWait(host: Host, connection: Connection, now: Instant): readonly Microstep[] {
  host.timeWaits += 1;
  const limit = host.settings.timeWaitLimit;
  if (limit === undefined || host.timeWaits <= limit) return [];
  const before = connection.tcb;
  const closed = deleteTcb(before, TEXT.connectionClosing);
  const why = () =>
    `${limit} connections are in ${before.state}: this one is not (deviation time-wait-limit)`;
  const step = { rule: LIMIT, why, connection: connection.ref, before, after: closed.tcb };
  return [{ ...step, effects: closed.effects }, ...put(host, connection, closed.tcb, now)];
}

/** MAY-2, condition 2: the incarnation whose place the failed one took is back, until its 2 MSL are over. */
function returnToTimeWait(
  host: Host,
  { previous }: Connection,
  now: Instant,
): readonly Microstep[] {
  if (previous === undefined) return [];
  const timeWait = Math.max(now, previous.timers.timeWait ?? now);
  const tcb = editTcb(previous, { timers: editTimers(previous.timers, { timeWait }) });
  const entry = { id: host.nextId, name: undefined, parent: undefined, createdAt: now };
  const { ref } = addConnection(host, tcb, entry);
  const why = () => 'the SYN was an old duplicate: the connection before it is in TIME_WAIT again';
  return [
    { rule: RETURN, why, connection: ref, before: undefined, after: tcb, effects: NO_EFFECTS },
  ];
}
