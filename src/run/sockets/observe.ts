/** What a table of sockets learns from the record: connections that ended, and children that are complete. */

import { isOpenEarly } from '../../tcp/fast-open.js';
import { ICMP_TEXT } from '../../tcp/icmp/messages.js';
import { isIPv6 } from '../../tcp/ip-version.js';
import type { Instant, Microstep } from '../../tcp/rule.js';
import type { Segment } from '../../tcp/segment.js';
import { NONE } from '../../tcp/sending/queued.js';
import type { Tcb } from '../../tcp/tcb.js';
import { editSnd, editTcb } from '../../tcp/tcb.js';
import { noteArrival } from './arrivals.js';
import { linuxState, type Surroundings } from './context.js';
import { beginCounting, type Counts, countHoldups, countStep } from './counting.js';
import { countArrival } from './counting-arrivals.js';
import { rateAfter } from './delivery-rate.js';
import type { Errno } from './errno.js';
import { endErrno } from './errno.js';
import { enqueue, icmpNote } from './error-queue.js';
import { lookAtBuffers } from './send-growth.js';
import { sparePages } from './send-memory.js';
import { noteSent } from './sent-notes.js';
import type { BsdSocket, Ended, SocketTable } from './table.js';
import { setSocket } from './table.js';
import { noteUrgent } from './urgent.js';
import { wake, wakeAfter } from './wakeups.js';

/** What happened at an instant: the rules that ran, and the segment that arrived for the connection, if one did. */
export interface Happening {
  readonly at: Instant;
  readonly microsteps: readonly Microstep[];
  /** It was the network's or a timer's doing, and no call's. */
  readonly network?: boolean;
  readonly segment?: Segment | undefined;
}

/** Takes note of what happened on the table's host. To be given the microsteps of every step, in order, once. */
export function observeSockets({ table, world }: Surroundings, happening: Happening): void {
  const { at, microsteps, network, segment } = happening;
  if (network) lookAtBuffers({ table, world }, microsteps, at, segment !== undefined);
  countAll(table, happening);
  noteText(table, happening);
  for (const step of microsteps) {
    const { connection, before, after } = step;
    if (connection?.host !== table.host || before === undefined || after === undefined) continue;
    forgetSoftError(table, connection.id, step);
    noteSent(table, step, at);
    if (table.epolls.size > 0) wakeAfter({ table, world }, step);
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

/** When text has come. */
function noteText(table: SocketTable, { at, microsteps, segment }: Happening): void {
  if (segment === undefined || segment.data.length === 0) return;
  const own = microsteps.filter(({ connection }) => connection?.host === table.host);
  const { connection, after } = own.at(-1) ?? {};
  if (connection === undefined || after === undefined) return;
  noteUrgent(table, connection.id, segment, after, own);
  const fd = table.descriptors.get(connection.id);
  if (fd !== undefined) noteArrival(table, fd, segment, after, at);
}

/** What `tcp_info` counts. */
function countAll({ host, counts }: SocketTable, { at, microsteps, segment }: Happening): void {
  const first = new Map<number, { readonly tcb: Tcb; readonly delivered: number }>();
  const last = new Map<number, Tcb>();
  const acked = new Set<number>();
  let left = 0;
  for (const step of microsteps) {
    const { connection, before, after } = step;
    if (connection?.host !== host || before === undefined || after === undefined) continue;
    if (after.state === 'LISTEN') continue;
    const { id } = connection;
    const known = counts.get(id) ?? beginCounting(at);
    if (!first.has(id)) first.set(id, { tcb: before, delivered: known.delivered });
    last.set(id, after);
    if (acknowledges(step)) acked.add(id);
    counts.set(id, countStep(known, { step, before, after, at, segment }));
    left += step.effects.filter((one) => one.kind === 'send' && !one.retransmission).length;
  }
  for (const [id, { tcb: before, delivered: deliveredBefore }] of first) {
    const after = last.get(id) as Tcb;
    const known = countHoldups(counts.get(id) as Counts, after, at);
    const seg = after.remote?.port === segment?.sourcePort ? segment : undefined;
    const { delivered } = known;
    const passed = { before, after, at, arrived: seg !== undefined, deliveredBefore, delivered };
    const rated = {
      ...known,
      rate: rateAfter(known.rate, passed),
      sparePages: sparePages(known.sparePages, {
        before,
        after,
        seg: acked.has(id) ? seg : undefined,
      }),
    };
    const come = seg && { seg, before, after, at, left };
    counts.set(id, come ? countArrival(rated, come) : rated);
  }
}

/** The ACK of a segment is acceptable. */
function acknowledges({ rule, effects }: Microstep): boolean {
  return rule.id === 'other-states/5-ack' && !effects.some(({ kind }) => kind === 'discard');
}

/** An acceptable ACK proves that the connection works (Linux: sk_err_soft). */
function forgetSoftError(table: SocketTable, id: number, step: Microstep): void {
  if (!acknowledges(step)) return;
  const fd = table.descriptors.get(id);
  const socket = fd === undefined ? undefined : table.sockets.get(fd);
  if (fd === undefined || socket?.softError === undefined) return;
  setSocket(table, fd, { ...socket, softError: undefined });
}

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
    if (reason === undefined || !isKept(table, step, reason, before)) return;
    if (wantsErrors(socket, before)) {
      setSocket(table, fd, { ...socket, error: reason });
      wake(table, fd, 'error');
    } else setSocket(table, fd, { ...socket, softError: reason });
    return;
  }
  const error = reason === 'ETIMEDOUT' ? (socket.softError ?? reason) : reason;
  setSocket(table, fd, {
    ...socket,
    ended: true,
    last,
    error: error ?? socket.error,
    left: socket.left ?? left,
  });
  if (queuesError(table, step, socket, before)) enqueue(table, fd, icmpNote(step, before, error));
}

/** IP_RECVERR: no error is a soft one. */
function wantsErrors({ options }: BsdSocket, { local }: Tcb): boolean {
  return Boolean(isIPv6(local.address) ? options.IPV6_RECVERR : options.IP_RECVERR);
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

/**
 * Linux keeps the ICMP message that ends an open, too: poll tells of it until somebody reads it. Over IPv6 it does so if it was
 * asked to.
 */
function queuesError(
  { system }: SocketTable,
  { rule }: Microstep,
  socket: BsdSocket,
  tcb: Tcb,
): boolean {
  if (system !== 'linux' || rule.id !== 'icmp/5-error') return false;
  return !isIPv6(tcb.local.address) || wantsErrors(socket, tcb);
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
  wake(table, fd, 'read');
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
        linuxState(before),
        isIPv6(before.local.address),
      );
  }
  // The RFC tells nobody of a reset once both sides have closed; sockets do.
  const late = before.state === 'CLOSING' || before.state === 'LAST_ACK';
  if (late && rule.id === 'other-states/2-rst') error ??= 'ECONNRESET';
  const acked = before.state === 'LAST_ACK' && ACKS.includes(rule.id);
  return { error, left: before.queued.received, last: acked ? withAllAcked(before) : before };
}

/** The rules by which the ACK of our FIN ends a connection. */
const ACKS: readonly string[] = ['other-states/5-ack', 'other-states/before-window'];

function withAllAcked(tcb: Tcb): Tcb {
  const snd = editSnd(tcb.snd, { una: tcb.snd.nxt });
  return editTcb(tcb, { snd, retransmissions: NONE });
}
