/** What a program on Linux wants to be told of text that it has written: when it left and was acknowledged (SO_TIMESTAMPING), and that its memory is free (MSG_ZEROCOPY). */

import { elementsFrom } from '../../base/pieces.js';
import { isIPv6 } from '../../tcp/ip-version.js';
import { optionsLength } from '../../tcp/options.js';
import type { SentQueue, SentSegment } from '../../tcp/retransmission/sent-queue.js';
import type { Effect, Instant, Microstep } from '../../tcp/rule.js';
import { roomInLast, unitsOf } from '../../tcp/sending/units.js';
import { add, atOrBefore, distance, before as isBefore, type Seq } from '../../tcp/seq.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Context } from './context.js';
import { change, tcbOf } from './context.js';
import { enqueue, ORIGIN } from './error-queue.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket, SocketTable } from './table.js';
import { setSocket } from './table.js';
import { wantsTime, wantsTimeOf } from './timestamping.js';
import { writtenTo } from './zerocopy.js';

type WriteCall = SocketCallOf<'write'>;

/** The last octet of a `write`, of which something is told. */
export interface Stamp {
  readonly key: Seq;
  /** When it is handed to the interface's queue, and to the interface. */
  readonly sched: boolean;
  readonly software: boolean;
  /** When it is acknowledged. */
  readonly ack: boolean;
}

/** The unit that a `write` can join: where it begins, and how many octets it has room for. */
export interface Tail {
  readonly begin: Seq;
  readonly room: number;
}

function tellsOfSent(socket: BsdSocket, call: WriteCall): boolean {
  return (['txSched', 'txSoftware', 'txAck'] as const).some((flag) =>
    wantsTimeOf(socket, call, flag),
  );
}

/** What a `write` would join now; undefined when it begins a unit of its own. */
export function tailOf(ctx: Context, socket: BsdSocket, call: WriteCall): Tail | undefined {
  if (!tellsOfSent(socket, call)) return undefined;
  const tcb = tcbOf(ctx, socket);
  const last = tcb && unitsOf(tcb).at(-1);
  const room = tcb && roomInLast(tcb);
  if (tcb === undefined || last === undefined || room === undefined) return undefined;
  return { begin: add(writtenTo(tcb), -last.octets), room };
}

/** A `write` has taken so many octets, perhaps not all: what of it is to be told. A unit tells of its last `write` only. */
export function noteWritten(
  ctx: Context,
  call: WriteCall,
  taken: number,
  tail: Tail | undefined,
): void {
  const { fd, data } = call;
  const socket = ctx.table.sockets.get(fd);
  const tcb = socket && tcbOf(ctx, socket);
  if (socket === undefined || tcb === undefined || !tellsOfSent(socket, call)) return;
  const key = add(writtenTo(tcb), -1);
  // What did not fit had the rest pushed before anything was noted of it.
  const gone = taken < data.length && isBefore(key, tcb.snd.nxt);
  const stamp: Stamp = {
    key,
    sched: wantsTimeOf(socket, call, 'txSched') && !gone,
    software: wantsTimeOf(socket, call, 'txSoftware') && !gone,
    ack: wantsTimeOf(socket, call, 'txAck'),
  };
  const replaced = tail !== undefined && taken <= tail.room ? tail.begin : undefined;
  const stamps = socket.stamps.filter(
    (one) => replaced === undefined || isBefore(one.key, replaced),
  );
  change(ctx, fd, socket, { stamps: [...stamps, stamp] });
}

/** What a rule has done to text that something is to be told of. */
export function noteSent(table: SocketTable, step: Microstep, at: Instant): void {
  const { connection, before, after, effects } = step;
  const fd = table.descriptors.get(connection?.id ?? -1) ?? -1;
  const socket = table.sockets.get(fd);
  if (socket === undefined || before === undefined || after === undefined) return;
  for (const stamp of socket.stamps) {
    for (const effect of effects) tellLeft(table, fd, stamp, effect, { tcb: after, at });
  }
  if (before.snd.una !== after.snd.una) tellAcknowledged(table, fd, before, after, at);
  if (socket.zerocopy.shared.length > 0) tellFree(table, fd, after);
}

interface Moment {
  readonly tcb: Tcb;
  readonly at: Instant;
}

/** SCM_TSTAMP_*. */
const TOLD = { software: 0, sched: 1, ack: 2 };

/** It left, perhaps again. */
function tellLeft(
  table: SocketTable,
  fd: number,
  stamp: Stamp,
  effect: Effect,
  { tcb, at }: Moment,
): void {
  if (effect.kind !== 'send') return;
  const { seq, data, options } = effect.segment;
  if (distance(seq, stamp.key) >= data.length) return;
  const headers = (isIPv6(tcb.local.address) ? 40 : 20) + 20 + optionsLength(options);
  const text = effect.retransmission ? data.length : unitAt(tcb.retransmissions, stamp.key);
  for (const kind of ['sched', 'software'] as const) {
    if (stamp[kind]) tell(table, fd, stamp, kind, at, headers + text);
  }
}

function tell(
  table: SocketTable,
  fd: number,
  { key }: Stamp,
  kind: keyof typeof TOLD,
  at: Instant,
  octets: number,
): void {
  const socket = table.sockets.get(fd);
  if (socket === undefined) return;
  const base = wantsTime(socket, 'optId') ? socket.stampBase : undefined;
  const data = base === undefined ? 0 : distance(base, key);
  const error = { ...NOTE, info: TOLD[kind], data };
  const whole = wantsTime(socket, 'optTsonly') ? 0 : octets;
  enqueue(table, fd, { kind: 'note', error, at, octets: whole });
}

/** ENOMSG: that it tells of no error. */
const NOTE = { errno: 42, origin: ORIGIN.timestamping, type: 0, code: 0 };

function tellAcknowledged(
  table: SocketTable,
  fd: number,
  before: Tcb,
  after: Tcb,
  at: Instant,
): void {
  const { stamps = [] } = table.sockets.get(fd) ?? {};
  const over = stamps.filter(({ key }) => isBefore(key, after.snd.una));
  if (over.length === 0) return;
  for (const stamp of over) {
    if (stamp.ack) tell(table, fd, stamp, 'ack', at, unitAt(before.retransmissions, stamp.key));
  }
  const socket = table.sockets.get(fd);
  if (socket === undefined) return;
  setSocket(table, fd, { ...socket, stamps: stamps.filter((one) => !over.includes(one)) });
}

/** The octets of what was handed to the interface as one, with this octet in it. */
function unitAt(queue: SentQueue, key: Seq): number {
  let unit: SentSegment[] = [];
  for (const sent of elementsFrom(queue, 0)) {
    unit.push(sent);
    if (sent.joined) continue;
    if (unit.some(({ segment }) => distance(segment.seq, key) < segment.data.length)) break;
    unit = [];
  }
  return unit.reduce((octets, { segment }) => octets + segment.data.length, 0);
}

/** Calls whose text is acknowledged, or was given up, have their memory back. */
function tellFree(table: SocketTable, fd: number, tcb: Tcb): void {
  const gone = tcb.state === 'CLOSED';
  const socket = table.sockets.get(fd);
  if (socket === undefined) return;
  const { shared, pinned } = socket.zerocopy;
  const over = shared.filter(
    ({ end }) => gone || (end !== undefined && atOrBefore(end, tcb.snd.una)),
  );
  if (over.length === 0) return;
  const zerocopy = {
    ...socket.zerocopy,
    shared: shared.filter((calls) => !over.includes(calls)),
    pinned: pinned.filter(({ end }) => isBefore(tcb.snd.una, end)),
  };
  setSocket(table, fd, { ...socket, zerocopy });
  for (const { first: info, last: data, begin } of over) {
    const code = begin !== undefined && isBefore(begin, tcb.snd.nxt) ? COPIED : 0;
    const error = { errno: 0, origin: ORIGIN.zerocopy, type: 0, code, info, data };
    enqueue(table, fd, { kind: 'note', error, octets: 0 });
  }
}

/** SO_EE_CODE_ZEROCOPY_COPIED: the interface of these scripts copies what it sends. */
const COPIED = 1;
