/** write, send, sendto, sendmsg. */

import type { Attempt, Context } from './context.js';
import {
  act,
  change,
  done,
  failed,
  isOpening,
  settingsOf,
  stateOf,
  takeError,
  tcbOf,
  unsupported,
  WAIT,
} from './context.js';
import { rateAtWrite } from './delivery-rate.js';
import { opensFast, writeFast } from './fast-open.js';
import { clientEnabled } from './fast-open-offer.js';
import { textOfSegment } from './max-segment.js';
import { openTo } from './opening.js';
import { lookAtBuffers, noteFull } from './send-growth.js';
import { isWritable, sendRoom } from './send-space.js';
import { noteWritten, tailOf } from './sent-notes.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { asksTooMuch } from './timestamping.js';
import {
  beginZeroCopy,
  endZeroCopy,
  MOST_PAGES,
  notePinned,
  octetsIn,
  PAGE,
  pagesInTail,
  pagesOf,
  pinnedParts,
} from './zerocopy.js';

const WRITE_FLAGS = ['MSG_DONTWAIT', 'MSG_NOSIGNAL', 'MSG_FASTOPEN', 'MSG_MORE', 'MSG_OOB'];
/** Of Linux alone: nothing joins the text that ends here. */
const RECORD_END = 'MSG_EOR';
/** Of datagrams, or of reading: Linux does not look at them here. */
const PASSED_OVER = ['MSG_DONTROUTE', 'MSG_CONFIRM', 'MSG_PEEK', 'MSG_TRUNC', 'MSG_WAITALL'];
const LINUX_FLAGS = [...WRITE_FLAGS, RECORD_END, 'MSG_ZEROCOPY', ...PASSED_OVER];

/** How a `write` went: the attempt, and how many octets have been taken so far. */
export interface Written {
  readonly attempt: Attempt;
  readonly written: number;
  /** It waits, and for room in the send buffer. */
  readonly full?: boolean;
}

/** A `write` that has waited already: for room, or for something else. */
export type WaitedFor = 'room' | 'other' | undefined;

/** Octets go as far as the send buffer has room; `written` of them went before. */
export function write(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'write'>,
  written: number,
  waited: WaitedFor,
): Written {
  const flags = ctx.table.system === 'linux' ? LINUX_FLAGS : WRITE_FLAGS;
  const strange = call.flags.find((flag) => !flags.includes(flag));
  if (strange !== undefined) return { attempt: unsupported(strange), written };
  if (asksTooMuch(call)) return { attempt: failed('EINVAL'), written };
  if (waited === undefined) {
    noteWrite(ctx, socket);
    beginZeroCopy(ctx, call);
  }
  const tail = waited === undefined ? tailOf(ctx, socket, call) : undefined;
  // Nothing is told of text that travels with a SYN.
  const opens = opensFast(ctx, socket, call);
  const begun = ctx.table.sockets.get(call.fd) ?? socket;
  const after = (opens ? writeOpening : writeOpen)(ctx, begun, call, written, waited);
  if (after.attempt.kind !== 'done') return after;
  const taken = Math.max(0, after.attempt.result);
  endZeroCopy(ctx, call, taken);
  if (taken > 0 && !opens) noteWritten(ctx, call, taken, tail);
  return after;
}

/** Linux looks, with each call, whether all has left that there was (tcp_rate_check_app_limited). */
function noteWrite(ctx: Context, socket: BsdSocket): void {
  const { connection = -1 } = socket;
  const tcb = tcbOf(ctx, socket);
  const known = ctx.table.counts.get(connection);
  if (tcb === undefined || known === undefined) return;
  const rate = rateAtWrite(known.rate, tcb, known.delivered, textOfSegment(ctx, socket, tcb));
  ctx.table.counts.set(connection, { ...known, rate });
}

/** The text of a fast open, and what follows it. */
function writeOpening(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'write'>,
  written: number,
  waited: WaitedFor,
): Written {
  const fast = writeFast(ctx, socket, call, written, waited !== undefined);
  if (fast.attempt !== 'go-on') return { ...fast, attempt: fast.attempt };
  return writeOpen(ctx, ctx.table.sockets.get(call.fd) ?? socket, call, fast.written);
}

/** On a socket that has a connection, or gets one by FreeBSD's `sendto`. */
function writeOpen(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'write'>,
  written: number,
  waited?: WaitedFor,
): Written {
  const { data, flags } = call;
  const end = (attempt: Attempt): Written => ({ attempt, written });
  const immediate = socket.nonblocking || flags.includes('MSG_DONTWAIT');
  if (socket.role === 'fresh' && implies(ctx, call)) return writeImplied(ctx, socket, call);
  const neverOpen = socket.last !== undefined && isOpening(socket.last);
  const refusal = refuseWrite(ctx, socket, call);
  if (refusal !== undefined) {
    if (written === 0 || neverOpen) return end(refusal);
    // Linux tells the error to the next call.
    const { error } = socket;
    if (ctx.table.system === 'linux' && error) change(ctx, call.fd, socket, { error });
    return end(done(written));
  }
  const tcb = tcbOf(ctx, socket);
  if (tcb === undefined) return end(failed('EPIPE'));
  const waits = isOpening(tcb) && !implies(ctx, call);
  if (waits && ctx.table.system === 'linux') {
    if (immediate) return end(failed('EAGAIN'));
    if (waited === undefined) announce(ctx, socket, true);
    return end(WAIT);
  }
  if (call.unmapped && data.length > 0 && !waits) return end(failed('EFAULT'));
  // Linux wakes who waits for room once poll would tell of it.
  const asleep = waited === 'room' && ctx.table.system === 'linux' && !isWritable(ctx, socket, tcb);
  if (asleep) return { attempt: WAIT, written, full: true };
  const total = waits && (immediate || call.unmapped) ? written : fill(ctx, socket, call, written);
  if (total === data.length && !waits) return { attempt: done(total), written: total };
  if (!immediate) return { attempt: WAIT, written: total, full: !waits };
  return { attempt: total > 0 ? done(total) : failed('EAGAIN'), written: total };
}

/** Who waits for the connection has text for it, or waits no more: the ACK of the handshake may travel with the text. */
export function announce(ctx: Context, { connection }: BsdSocket, comes: boolean): void {
  const part = comes ? 'goes-on' : 'cut';
  act(ctx, { kind: 'SEND', connection, data: new Uint8Array(0), part, fits: true });
}

/** SENDs as much as there is room for; how much has been taken then. */
function fill(
  ctx: Context,
  { connection }: BsdSocket,
  call: SocketCallOf<'write'>,
  written: number,
): number {
  const { data, flags } = call;
  let total = written;
  const fd = ctx.table.descriptors.get(connection ?? -1) ?? -1;
  const units = ctx.table.system === 'linux';
  const urgent = flags.includes('MSG_OOB') ? true : undefined;
  const more = flags.includes('MSG_MORE') ? true : undefined;
  let pages: number | undefined;
  while (total < data.length) {
    const socket = ctx.table.sockets.get(fd);
    const tcb = socket && tcbOf(ctx, socket);
    if (socket === undefined || tcb === undefined) break;
    const room = sendRoom(ctx, socket, tcb, urgent);
    const parts = pinnedParts(socket, call);
    pages ??= pagesInTail(socket, tcb);
    const most = parts ? Math.min(room, octetsIn(parts, total, MOST_PAGES - pages)) : room;
    const part = data.subarray(total, total + most);
    if (part.length === 0) break;
    const pinned = parts ? pagesOf(parts, total, part.length) : 0;
    // What is copied beside text that is not lies in a page of its own.
    if (pages + pinned > 0) pages += Math.max(1, pinned);
    total += part.length;
    // A unit that refers to as many pages as it can is closed.
    const closed = pages >= MOST_PAGES || (total === data.length && flags.includes(RECORD_END));
    const reach = closed ? 'record' : units && total < data.length ? 'goes-on' : undefined;
    act(ctx, { kind: 'SEND', connection, data: part, more, part: reach, urgent, fits: true });
    if (closed || part.length === room) pages = 0;
    if (pinned + pages > 0) notePinned(ctx, fd, pinned && pinned * PAGE - part.length, pages);
  }
  if (total < data.length) meetFull(ctx, fd, units && written < total);
  return total;
}

/** The buffer is full. What waits for room need not wait for the rest, if something of this call does: it is `cut` there. */
function meetFull(ctx: Context, fd: number, cut: boolean): void {
  const socket = ctx.table.sockets.get(fd);
  if (socket === undefined) return;
  noteFull(ctx, socket);
  if (!cut) return;
  const { connection } = socket;
  const data = new Uint8Array(0);
  const part = act(ctx, { kind: 'SEND', connection, data, part: 'cut', fits: true });
  if (part.departures.length === 0) return;
  lookAtBuffers(ctx, part.microsteps, ctx.world.now, false);
  noteFull(ctx, socket);
}

/** FreeBSD's `sendto` with an address connects first. */
function implies({ table }: Context, { to }: SocketCallOf<'write'>): boolean {
  return table.system === 'freebsd' && to !== undefined;
}

/** It opens fast when the program has asked for that; the text follows in any case. */
function writeImplied(ctx: Context, socket: BsdSocket, call: SocketCallOf<'write'>): Written {
  const { fd, data, to } = call;
  const end = (attempt: Attempt, written = 0): Written => ({ attempt, written });
  if (to === undefined || to === 'unspecified') return end(failed('EAFNOSUPPORT'));
  const text = data.subarray(0, settingsOf(ctx, socket).sendBuffer);
  const fast = Boolean(socket.options.TCP_FASTOPEN) && clientEnabled(ctx);
  const errno = openTo(ctx, fd, socket, to, fast ? text : undefined);
  if (errno !== undefined) return end(failed(errno));
  if (!fast) return writeOpen(ctx, ctx.table.sockets.get(fd) ?? socket, call, 0);
  const whole = text.length === data.length || socket.nonblocking;
  return end(whole ? done(text.length) : WAIT, text.length);
}

function refuseWrite(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'write'>,
): Attempt | undefined {
  const { fd } = call;
  const linux = ctx.table.system === 'linux';
  if (socket.role !== 'connection') {
    return (linux ? takeError(ctx, fd, socket) : undefined) ?? failed(linux ? 'EPIPE' : 'ENOTCONN');
  }
  if (!linux && (socket.shutWrite || socket.ended)) return failed('EPIPE');
  const error = takeError(ctx, fd, socket);
  if (error !== undefined) return error;
  // Linux waits for the connection before it looks what was shut.
  const tcb = tcbOf(ctx, socket);
  const opens = tcb !== undefined && isOpening(tcb);
  if (socket.ended || (socket.shutWrite && !opens)) return failed('EPIPE');
  if (!linux && stateOf(ctx, socket) === 'SYN_SENT' && call.to === undefined) {
    return failed('ENOTCONN');
  }
  return undefined;
}
