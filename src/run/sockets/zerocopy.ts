/** MSG_ZEROCOPY of Linux: the calls of a socket whose text is not copied, numbered from 0, and which of them are over together. */

import { octetsOf, unitsOf } from '../../tcp/sending/units.js';
import { add, before, type Seq } from '../../tcp/seq.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Context } from './context.js';
import { change, tcbOf } from './context.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';

/** Calls that share their memory: those whose text joined text of the others that waited. */
export interface SharedCalls {
  readonly first: number;
  readonly last: number;
  readonly octets: number;
  /** Where their text begins; undefined while it opens a connection. */
  readonly begin: Seq | undefined;
  /** The number behind their text; undefined while a call still writes. */
  readonly end: Seq | undefined;
}

export interface ZeroCopies {
  /** The number of the next call. */
  readonly next: number;
  readonly shared: readonly SharedCalls[];
  /** Whole pages are taken for text: up to which number, and how many octets more than the text has. */
  readonly pinned: readonly Pinned[];
  /** To how many pages the unit refers that ends there. */
  readonly tail: { readonly end: Seq; readonly pages: number } | undefined;
}

export interface Pinned {
  readonly end: Seq;
  readonly more: number;
}

/** The most octets and calls that share their memory. */
const MOST_OCTETS = 2 ** 19;
const MOST_CALLS = 65_534;

/** Whether a `write` leaves its text where it is: both it and the socket say so. */
function isZeroCopy({ options }: BsdSocket, { flags, data }: SocketCallOf<'write'>): boolean {
  return flags.includes('MSG_ZEROCOPY') && options.SO_ZEROCOPY === 1 && data.length > 0;
}

/** A `write` begins: it has a number, if its text is not copied. */
export function beginZeroCopy(ctx: Context, call: SocketCallOf<'write'>): void {
  const socket = ctx.table.sockets.get(call.fd);
  if (socket === undefined || !isZeroCopy(socket, call)) return;
  const tcb = tcbOf(ctx, socket);
  const { next, shared } = socket.zerocopy;
  const last = shared.at(-1);
  const { length: octets } = call.data;
  const joins = last !== undefined && tcb !== undefined && isJoined(last, tcb, octets);
  const calls: SharedCalls = joins
    ? { ...last, last: next, octets: last.octets + octets, end: undefined }
    : { first: next, last: next, octets, begin: tcb && writtenTo(tcb), end: undefined };
  const all = [...(joins ? shared.slice(0, -1) : shared), calls];
  change(ctx, call.fd, socket, { zerocopy: { ...socket.zerocopy, next: next + 1, shared: all } });
}

/** Text of these calls is in the unit that waits last. */
function isJoined({ first, last, octets, end }: SharedCalls, tcb: Tcb, more: number): boolean {
  const unit = unitsOf(tcb).at(-1);
  if (unit === undefined || end === undefined) return false;
  if (octets + more > MOST_OCTETS || last - first + 1 >= MOST_CALLS) return false;
  return before(add(writtenTo(tcb), -unit.octets), end);
}

/** The number behind the last octet that was written. */
export function writtenTo(tcb: Tcb): Seq {
  return add(tcb.snd.nxt, octetsOf(unitsOf(tcb)));
}

/** The `write` is over; one that took nothing had no number. */
export function endZeroCopy(ctx: Context, { fd }: SocketCallOf<'write'>, taken: number): void {
  const socket = ctx.table.sockets.get(fd);
  const calls = socket?.zerocopy.shared.at(-1);
  if (socket === undefined || calls === undefined || calls.end !== undefined) return;
  const { next, shared } = socket.zerocopy;
  const others = shared.slice(0, -1);
  const tcb = tcbOf(ctx, socket);
  const end = tcb === undefined ? calls.begin : writtenTo(tcb);
  const begin = calls.begin ?? tcb?.iss;
  if (taken > 0) {
    const after = { ...socket.zerocopy, shared: [...others, { ...calls, begin, end }] };
    change(ctx, fd, socket, { zerocopy: after });
    return;
  }
  const rest = calls.last > calls.first ? [{ ...calls, last: calls.last - 1, end }] : [];
  const after = { ...socket.zerocopy, next: next - 1, shared: [...others, ...rest] };
  change(ctx, fd, socket, { zerocopy: after });
}

// Pages -------------------------------------------------------------------------------------------

export const PAGE = 4_096;
/** Where in a page the memory of a program begins: behind what the C library notes of it. */
const BEGIN = 16;
/** How many pages of text a unit refers to at most (MAX_SKB_FRAGS). */
export const MOST_PAGES = 17;

/** The lengths of the pieces in which a call that is not copied has its text; undefined when the text is copied. */
export function pinnedParts(
  { zerocopy }: BsdSocket,
  { parts, data }: SocketCallOf<'write'>,
): readonly number[] | undefined {
  const calls = zerocopy.shared.at(-1);
  if (calls === undefined || calls.end !== undefined) return undefined;
  return parts ?? [data.length];
}

/** How many pages so many octets of the pieces lie in, from the octet `from` on. */
export function pagesOf(parts: readonly number[], from: number, octets: number): number {
  let pages = 0;
  let at = 0;
  for (const length of parts) {
    const [begin, end] = [Math.max(at, from), Math.min(at + length, from + octets)];
    if (begin < end) pages += pageAt(end - 1 - at) - pageAt(begin - at) + 1;
    at += length;
  }
  return pages;
}

function pageAt(place: number): number {
  return Math.floor((BEGIN + place) / PAGE);
}

/** How many octets of the pieces lie in so many pages, from the octet `from` on. */
export function octetsIn(parts: readonly number[], from: number, pages: number): number {
  let octets = 0;
  let left = pages;
  let at = 0;
  for (const length of parts) {
    for (let place = Math.max(0, from - at); place < length && left > 0; left -= 1) {
      const end = Math.min(length, (pageAt(place) + 1) * PAGE - BEGIN);
      octets += end - place;
      place = end;
    }
    at += length;
  }
  return octets;
}

/** To how many pages the unit refers that waits last, if text in it was not copied. */
export function pagesInTail({ zerocopy: { tail } }: BsdSocket, tcb: Tcb): number {
  return tail?.end === writtenTo(tcb) && unitsOf(tcb).length > 0 ? tail.pages : 0;
}

/** Text was taken that lies in so many pages; `more`: octets that they have beside it. `inUnit`: the pages of its unit. */
export function notePinned(ctx: Context, fd: number, more: number, inUnit: number): void {
  const socket = ctx.table.sockets.get(fd);
  const tcb = socket && tcbOf(ctx, socket);
  if (socket === undefined || tcb === undefined) return;
  const { zerocopy } = socket;
  const end = writtenTo(tcb);
  const pinned = more > 0 ? [...zerocopy.pinned, { end, more }] : zerocopy.pinned;
  change(ctx, fd, socket, { zerocopy: { ...zerocopy, pinned, tail: { end, pages: inUnit } } });
}

/** The memory that pages take of a send buffer beside their text. */
export function pinnedMemory({ zerocopy }: BsdSocket, tcb: Tcb): number {
  let memory = 0;
  for (const { end, more } of zerocopy.pinned) if (before(tcb.snd.una, end)) memory += more;
  return memory;
}
