/** SO_RCVBUF and SO_SNDBUF: on Linux half of a buffer is for bookkeeping, and buffers have bounds. */

import { memoryForText } from '../../tcp/receiving/memory.js';
import { FIELD_MAX } from '../../tcp/segment.js';
import type { Settings } from '../../tcp/settings.js';
import type { Context } from './context.js';
import { machine, settingsOf, tcbOf } from './context.js';
import { tcpMaxSegment } from './max-segment.js';
import type { Option } from './option-kinds.js';
import { both, linux } from './option-kinds.js';
import { sendBuffer } from './send-space.js';
import type { System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

/** The least of SO_RCVBUF and SO_SNDBUF before they are doubled, octets (SOCK_MIN_RCVBUF, SOCK_MIN_SNDBUF). */
const LEAST_BUFFER = 1_152;
const LEAST_SEND_BUFFER = 2_304;

/** Linux keeps half of its buffers for bookkeeping, and has a least size of them, octets. */
const doubled =
  (least: number, within = bounded) =>
  (value: number, system: System) =>
    system === 'linux' ? 2 * Math.max(least, within(value)) : value;

/** net.core.wmem_max and rmem_max; a number below 0 is a very large one. */
function bounded(value: number): number {
  return Math.min(value >>> 0, MOST_BUFFER);
}

const MOST_BUFFER = 4_194_304;

/** What bounds a buffer for those who administer the network: half of an integer; a number below 0 is none. */
function forced(value: number): number {
  return Math.min(Math.max(0, value), 2 ** 30 - 1);
}

/** SO_RCVBUF. */
export const RECEIVE_BUFFER: Option = {
  level: 'SOL_SOCKET',
  systems: both,
  apply: (value, ctx, socket) =>
    ctx.table.system === 'linux' ? linuxBuffer(bounded(value), ctx, socket) : { window: value },
  told: doubled(LEAST_BUFFER),
  get: receiveBuffer,
};

/** SO_RCVBUFFORCE: the administrator's bound is none. */
export const FORCED_RECEIVE_BUFFER: Option = {
  ...RECEIVE_BUFFER,
  systems: linux,
  as: 'SO_RCVBUF',
  apply: (value, ctx, socket) => linuxBuffer(forced(value), ctx, socket),
  told: doubled(LEAST_BUFFER, forced),
};

/** SO_RCVLOWAT: half of the buffer at most. One that a program has not bounded grows to what holds so much. */
export const LOW_WATER: Option = {
  level: 'SOL_SOCKET',
  systems: both,
  apply: (value, ctx, socket) => {
    if (ctx.table.system === 'freebsd') return value < 1 ? undefined : {};
    const octets = Math.max(1, lowWaterOf(value, settingsOf(ctx, socket)));
    return { lowWater: octets, ...roomFor(octets, ctx, socket) };
  },
  told: (value, system, settings) =>
    system === 'freebsd' ? value : Math.max(1, lowWaterOf(value, settings)),
  get: () => 1,
};

function lowWaterOf(value: number, { receiveSpace, window, windowMemory }: Settings): number {
  const most = receiveSpace === 'growing-memory' ? windowMemory / 2 : window;
  return value < 0 ? most : Math.min(value, most);
}

/** What makes the buffer as large as so much text takes, if it is not. */
function roomFor(octets: number, ctx: Context, socket: BsdSocket): Partial<Settings> {
  const { receiveSpace, window } = settingsOf(ctx, socket);
  const space = tcbOf(ctx, socket)?.space;
  const memory = space === undefined ? 2 * octets : memoryForText(octets, space);
  const fits = memory <= Math.max(2 * window, space?.grownTo ?? 0);
  if (receiveSpace !== 'growing-memory' || fits) return {};
  return { window: Math.ceil(memory / 2) };
}

/** TCP_WINDOW_CLAMP: the least is half of the least buffer; 0 is none, before there is a connection. */
export const WINDOW_CLAMP: Option = {
  level: 'IPPROTO_TCP',
  systems: linux,
  apply: (value, ctx, socket) => {
    if (value === 0) {
      if (socket.role !== 'fresh' && !socket.ended) return undefined;
      return { windowClamp: undefined, ...scaleWithin(ctx, socket, { clamp: NO_BOUND }) };
    }
    const windowClamp = leastClamp(value);
    return { windowClamp, ...scaleWithin(ctx, socket, { clamp: windowClamp }) };
  },
  told: leastClamp,
  get: windowClamp,
};

function leastClamp(value: number): number {
  return value === 0 ? 0 : Math.max(LEAST_BUFFER, value);
}

/** A connection knows it better than who has asked for it. */
function windowClamp(ctx: Context, socket: BsdSocket): number {
  const tcb = tcbOf(ctx, socket) ?? socket.last;
  const asked = settingsOf(ctx, socket).windowClamp;
  if (tcb === undefined || socket.role === 'listening') return asked ?? 0;
  const most = FIELD_MAX * 2 ** (tcb.settings.windowScale ?? 0);
  return tcb.space?.clamp ?? Math.min(most, asked ?? most);
}

/** SO_SNDBUF. */
export const SEND_BUFFER: Option = {
  level: 'SOL_SOCKET',
  systems: both,
  apply: (value, { table }) => ({ sendBuffer: doubled(LEAST_SEND_BUFFER)(value, table.system) }),
  told: doubled(LEAST_SEND_BUFFER),
  get: sendBuffer,
};

/** SO_SNDBUFFORCE. */
export const FORCED_SEND_BUFFER: Option = {
  ...SEND_BUFFER,
  systems: linux,
  as: 'SO_SNDBUF',
  apply: (value) => ({ sendBuffer: doubled(LEAST_SEND_BUFFER, forced)(value, 'linux') }),
  told: doubled(LEAST_SEND_BUFFER, forced),
};

/** Linux has room for bookkeeping beside the text; the window scale fits the largest window that this buffer can have. */
function linuxBuffer(asked: number, ctx: Context, socket: BsdSocket): Partial<Settings> {
  const window = Math.max(LEAST_BUFFER, asked);
  // What a program asks for does not grow any more, nor does what a listener's children have.
  const kept = ungrown(machine(ctx).settings);
  return { window, ...kept, ...scaleWithin(ctx, socket, { window }) };
}

/** What makes a buffer stay as large as it is; nothing when it would anyway. */
export function ungrown({ receiveSpace }: Settings): Partial<Settings> {
  return receiveSpace === 'growing-memory' ? { receiveSpace: 'memory' } : {};
}

/** The shift that such a window needs, unless an option says less. */
export function scaleWithin(
  ctx: Context,
  socket: BsdSocket,
  asked: { readonly window?: number; readonly clamp?: number },
): Partial<Settings> {
  const { windowScale } = machine(ctx).settings;
  if (windowScale === undefined || socket.role === 'connection') return {};
  const { SO_RCVBUF: memory, TCP_WINDOW_CLAMP: told } = socket.options;
  const buffer = asked.window ?? (typeof memory === 'number' ? memory / 2 : NO_BOUND);
  const clamp = asked.clamp ?? (typeof told === 'number' && told > 0 ? told : NO_BOUND);
  const shift = Math.max(0, Math.floor(Math.log2(Math.min(buffer, clamp))) - 15);
  return { windowScale: Math.min(windowScale, shift) };
}

const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** FreeBSD rounds the buffer up to whole segments once the MSS is agreed. */
function receiveBuffer(ctx: Context, socket: BsdSocket): number {
  const { window } = settingsOf(ctx, socket);
  const tcb = tcbOf(ctx, socket);
  // Half of it is for bookkeeping; it may have grown.
  if (ctx.table.system === 'linux') return Math.max(2 * window, tcb?.space?.grownTo ?? 0);
  if (tcb === undefined || socket.role !== 'connection') return window;
  if (tcb.state === 'SYN_SENT' || tcb.snd.mss === 0) return window;
  const segment = tcpMaxSegment(ctx, socket);
  return Math.ceil(window / segment) * segment;
}
