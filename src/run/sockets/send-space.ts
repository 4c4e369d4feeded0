/** How much of a `write` a socket takes: FreeBSD counts octets, Linux the memory of what waits, in units of many segments. */

import { octetsWaiting } from '../../tcp/calls/send.js';
import { congestionWindow } from '../../tcp/congestion/flight.js';
import { isOpenEarly } from '../../tcp/fast-open.js';
import { TIMESTAMPS_LENGTH } from '../../tcp/options.js';
import { unsentOctets } from '../../tcp/sending/queued.js';
import { roomInLast, sendMemory, unitGoal } from '../../tcp/sending/units.js';
import { RFC9293 } from '../../tcp/settings.js';
import { isSynchronized } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Surroundings } from './context.js';
import { machine, settingsOf, tcbOf } from './context.js';
import type { BsdSocket } from './table.js';
import { pinnedMemory } from './zerocopy.js';

/** Twice ten segments make the buffer, each of a power of two with this much beside its text, and a head. */
const OVERHEAD = 512;
const HEAD = 256;
const FIRST_BUFFER = 16_384;
/** The middle of net.ipv4.tcp_wmem is what a buffer has at first, the last what it grows to at most. */
const LARGEST_BUFFER = 'net.ipv4.tcp_wmem';
const LARGEST = 4_194_304;

/** SO_SNDBUF: on Linux there is room for twice the initial window once the connection is open, and for more when it was not enough. */
export function sendBuffer(ctx: Surroundings, socket: BsdSocket): number {
  const own = settingsOf(ctx, socket).sendBuffer;
  const usual = machine(ctx).settings.sendBuffer;
  if (ctx.table.system === 'freebsd' || own !== usual) return own;
  const first = usual === RFC9293.sendBuffer ? FIRST_BUFFER : usual;
  // It stays as large as it was.
  const tcb = tcbOf(ctx, socket) ?? socket.last;
  if (tcb === undefined || !(isSynchronized(tcb.state) || isOpenEarly(tcb)))
    return Math.max(first, socket.grownSend ?? 0);
  const begun = roomFor(ctx, socket, tcb, leastSegments(tcb));
  return Math.max(first, begun, socket.grownSend ?? 0);
}

/** The memory for twice so many segments, as far as the host lets a buffer grow. */
function roomFor(
  { table }: Surroundings,
  { connection = -1, options: { TCP_MAXSEG: asked } }: BsdSocket,
  { snd, options, settings }: Tcb,
  segments: number,
): number {
  const own = snd.mss + (options.timestamps ? TIMESTAMPS_LENGTH : 0);
  // What the peer takes counts, whether the path does or not.
  const mss = Math.max(own, table.counts.get(connection)?.peerMss ?? 0);
  // TCP_MAXSEG bounds what the peer is believed to take.
  const offered = typeof asked === 'number' ? Math.min(mss, settings.mss) : mss;
  const segment = 2 ** Math.ceil(Math.log2(offered + OVERHEAD)) + HEAD;
  return Math.min(2 * segments * segment, table.usual.get(LARGEST_BUFFER) ?? LARGEST);
}

/** The initial window, or as many as may overtake one, and that one. */
function leastSegments({ settings, rto }: Tcb): number {
  const degree = rto.recovery?.rack.degree ?? settings.reorderingDegree;
  return Math.max(settings.initialWindow ?? 1, degree + 1);
}

/** What the buffer of a connection grows to that lets more segments be under way than it has room for. */
export function grownBuffer(ctx: Surroundings, socket: BsdSocket, tcb: Tcb): number {
  const segments = Math.max(leastSegments(tcb), congestionWindow(tcb));
  return Math.max(sendBuffer(ctx, socket), roomFor(ctx, socket, tcb, segments));
}

/** How many octets may be added at once; 0 when a `write` must wait. */
export function sendRoom(ctx: Surroundings, socket: BsdSocket, tcb: Tcb, urgent?: true): number {
  const buffer = sendBuffer(ctx, socket);
  if (ctx.table.system === 'freebsd') return Math.max(0, buffer - octetsWaiting(tcb));
  // The last unit is filled whatever there is.
  const room = roomInLast(tcb, urgent);
  if (room !== undefined) return room;
  const memory = sendMemory(tcb) + pinnedMemory(socket, tcb);
  return memory >= buffer || isHighWater(ctx, socket, tcb, 1) ? 0 : unitGoal(tcb, urgent);
}

/** Whether `poll` tells that there is room: on Linux a third of the buffer. */
export function isWritable(ctx: Surroundings, socket: BsdSocket, tcb: Tcb): boolean {
  const buffer = sendBuffer(ctx, socket);
  if (ctx.table.system === 'freebsd') return octetsWaiting(tcb) < buffer;
  const memory = sendMemory(tcb) + pinnedMemory(socket, tcb);
  return buffer - memory >= Math.floor(memory / 2) && !isHighWater(ctx, socket, tcb, 2);
}

/** TCP_NOTSENT_LOWAT, or what the host says: so much has not left yet. */
function isHighWater({ table }: Surroundings, socket: BsdSocket, tcb: Tcb, times: number): boolean {
  const own = socket.options.TCP_NOTSENT_LOWAT;
  const usual = table.usual.get('TCP_NOTSENT_LOWAT') ?? 0;
  const most = typeof own === 'number' && own > 0 ? own : usual;
  return most > 0 && unsentOctets(tcb.queued) * times >= most;
}
