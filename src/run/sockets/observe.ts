/** What a table of sockets learns from the record: connections that ended, and children that are complete. */

import { isOpenEarly } from '../../tcp/fast-open.js';
import { ICMP_TEXT } from '../../tcp/icmp.js';
import { countAcked } from '../../tcp/retransmission/sent-queue.js';
import type { Microstep } from '../../tcp/rule.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Errno } from './errno.js';
import { endErrno } from './errno.js';
import type { BsdSocket, Ended, SocketTable } from './table.js';
import { setSocket } from './table.js';

/** Takes note of what happened on the table's host. To be given the microsteps of every step, in order, once. */
export function observeSockets(table: SocketTable, microsteps: readonly Microstep[]): void {
  for (const step of microsteps) {
    const { connection, before, after } = step;
    if (connection?.host !== table.host || before === undefined || after === undefined) continue;
    count(table, connection.id, step, before, after);
    forgetSoftError(table, connection.id, step);
    const soft = step.rule.id.startsWith('icmp/');
    const early = isOpenEarly(after) && before.state === 'LISTEN';
    if (before.state === after.state && !soft) continue;
    if (early) {
      noteReady(table, connection.id, after);
      continue;
    }
    const fd = table.descriptors.get(connection.id);
    const socket = fd === undefined ? undefined : table.sockets.get(fd);
    if (fd !== undefined && socket !== undefined) noteOwn(table, fd, socket, step, before, after);
    else noteChild(table, connection.id, step, before, after);
  }
}

/** An acceptable ACK proves that the connection works (Linux: sk_err_soft). */
function forgetSoftError(table: SocketTable, id: number, step: Microstep): void {
  if (step.rule.id !== 'other-states/5-ack') return;
  const fd = table.descriptors.get(id);
  const socket = fd === undefined ? undefined : table.sockets.get(fd);
  if (fd === undefined || socket?.softError === undefined) return;
  if (step.effects.some(({ kind }) => kind === 'discard')) return;
  setSocket(table, fd, { ...socket, softError: undefined });
}

/** `tcpi_delivered` and `tcpi_total_retrans`: SYN and SYN,ACK count; a SYN and its text are one. */
function count(
  { counts }: SocketTable,
  id: number,
  step: Microstep,
  before: Tcb,
  after: Tcb,
): void {
  const repeated = step.effects.filter(({ kind, ...effect }) => {
    return kind === 'send' && 'retransmission' in effect && effect.retransmission;
  }).length;
  const moved = before.snd.una !== after.snd.una && before.retransmissions.length > 0;
  if (repeated === 0 && !moved) return;
  const acked = countAcked(before.retransmissions, after.snd.una);
  const withText = before.state === 'SYN_SENT' && acked > 1 ? 1 : 0;
  const { delivered, retransmitted } = counts.get(id) ?? NOTHING_COUNTED;
  counts.set(id, {
    delivered: delivered + (moved ? acked - withText : 0),
    retransmitted: retransmitted + repeated,
  });
}

const NOTHING_COUNTED = { delivered: 0, retransmitted: 0 };

function noteOwn(
  table: SocketTable,
  fd: number,
  socket: BsdSocket,
  step: Microstep,
  before: Tcb,
  after: Tcb,
): void {
  if (socket.role !== 'connection') return;
  const { error: reason, left, last } = endOf(table, step, before);
  if (after.state !== 'CLOSED') {
    if (reason !== undefined && isKept(table, step, reason, before)) {
      setSocket(table, fd, { ...socket, softError: reason });
    }
    return;
  }
  const error = reason === 'ETIMEDOUT' ? (socket.softError ?? reason) : reason;
  setSocket(table, fd, {
    ...socket,
    ended: true,
    last,
    error: error ?? socket.error,
    left: socket.left ?? left,
    queuedError: socket.queuedError || queuesError(table, step, before),
  });
}

/**
 * Whether a soft error is kept for the time-out that it may explain. FreeBSD (tcp_notify) does not keep what refuses an open, and
 * not in ESTABLISHED that somebody cannot be reached.
 */
function isKept(
  { system }: SocketTable,
  { effects }: Microstep,
  errno: Errno,
  before: Tcb,
): boolean {
  if (system !== 'freebsd') return true;
  const expired = effects.some(
    (effect) => effect.kind === 'signal' && effect.text === ICMP_TEXT['time-exceeded'],
  );
  const refuses = errno === 'ECONNREFUSED' || expired;
  if (refuses && before.settings.icmpAbortOpen === 'refusal') return false;
  return before.state !== 'ESTABLISHED' || errno !== 'EHOSTUNREACH';
}

/** Linux keeps the ICMP message that ends an open over IPv4, too: poll tells of it until somebody reads it. */
function queuesError({ system }: SocketTable, { rule }: Microstep, { local }: Tcb): boolean {
  return system === 'linux' && rule.id === 'icmp/5-error' && !local.address.includes(':');
}

function noteChild(table: SocketTable, id: number, step: Microstep, before: Tcb, after: Tcb): void {
  const found = listenerOf(table, before.local.port);
  if (found === undefined || before.open !== 'passive' || before.remote === undefined) return;
  const [fd, listener] = found;
  const known = listener.ready.some(({ connection }) => connection === id);
  if (after.state === 'CLOSED') {
    if (!known) return;
    const ended = endOf(table, step, before);
    const ready = listener.ready.map((child) =>
      child.connection === id ? { ...child, ended } : child,
    );
    setSocket(table, fd, { ...listener, ready });
    return;
  }
  const complete = before.state === 'SYN_RCVD' && after.state !== 'SYN_RCVD';
  if (known || !complete || after.state === 'LISTEN') return;
  noteReady(table, id, before);
}

/** A child is complete: for its user, if it was opened fast. */
function noteReady(table: SocketTable, id: number, { local, remote }: Tcb): void {
  const found = listenerOf(table, local.port);
  if (found === undefined || remote === undefined) return;
  const [fd, listener] = found;
  const child = { connection: id, remote, ended: undefined };
  setSocket(table, fd, { ...listener, ready: [...listener.ready, child] });
}

function listenerOf(
  { sockets }: SocketTable,
  port: number,
): readonly [fd: number, socket: BsdSocket] | undefined {
  for (const [fd, socket] of sockets) {
    if (socket.role === 'listening' && socket.bound?.port === port) return [fd, socket];
  }
  return undefined;
}

function endOf(table: SocketTable, { rule, effects }: Microstep, before: Tcb): Ended {
  let error: Errno | undefined;
  for (const effect of effects) {
    if (effect.kind === 'signal')
      error ??= endErrno(
        table.system,
        effect.text,
        before.state,
        before.local.address.includes(':'),
      );
  }
  // The RFC tells nobody of a reset once both sides have closed; sockets do.
  const late = before.state === 'CLOSING' || before.state === 'LAST_ACK';
  if (late && rule.id === 'other-states/2-rst') error ??= 'ECONNRESET';
  return { error, left: before.queued.received, last: before };
}
