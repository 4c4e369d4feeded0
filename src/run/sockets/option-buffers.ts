/** SO_RCVBUF and SO_SNDBUF: on Linux half of a buffer is for bookkeeping, and buffers have bounds. */

import type { Settings } from '../../tcp/settings.js';
import type { Context } from './context.js';
import { machine, settingsOf, tcbOf } from './context.js';
import { tcpMaxSegment } from './info.js';
import type { Option } from './option-kinds.js';
import { both } from './option-kinds.js';
import { sendBuffer } from './send-space.js';
import type { System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

/** The least of SO_RCVBUF and SO_SNDBUF before they are doubled, octets (SOCK_MIN_RCVBUF, SOCK_MIN_SNDBUF). */
const LEAST_BUFFER = 1_152;
const LEAST_SEND_BUFFER = 2_304;

/** Linux keeps half of its buffers for bookkeeping, and has a least size of them, octets. */
const doubled = (least: number) => (value: number, system: System) =>
  system === 'linux' ? 2 * Math.max(least, bounded(value)) : value;

/** net.core.wmem_max and rmem_max; a number below 0 is a very large one. */
function bounded(value: number): number {
  return Math.min(value >>> 0, MOST_BUFFER);
}

const MOST_BUFFER = 4_194_304;

/** SO_RCVBUF. */
export const RECEIVE_BUFFER: Option = {
  level: 'SOL_SOCKET',
  systems: both,
  apply: (value, ctx, socket) =>
    ctx.table.system === 'linux' ? linuxBuffer(value, ctx, socket) : { window: value },
  told: doubled(LEAST_BUFFER),
  get: receiveBuffer,
};

/** SO_SNDBUF. */
export const SEND_BUFFER: Option = {
  level: 'SOL_SOCKET',
  systems: both,
  apply: (value, { table }) => ({ sendBuffer: doubled(LEAST_SEND_BUFFER)(value, table.system) }),
  told: doubled(LEAST_SEND_BUFFER),
  get: sendBuffer,
};

/** Linux has room for bookkeeping beside the text; the window scale fits the largest window that this buffer can have. */
function linuxBuffer(value: number, ctx: Context, { role }: BsdSocket): Partial<Settings> {
  const window = Math.max(LEAST_BUFFER, bounded(value));
  const { windowScale } = machine(ctx).settings;
  if (windowScale === undefined || role === 'connection') return { window };
  return { window, windowScale: Math.max(0, Math.floor(Math.log2(window)) - 15) };
}

/** FreeBSD rounds the buffer up to whole segments once the MSS is agreed. */
function receiveBuffer(ctx: Context, socket: BsdSocket): number {
  const { window } = settingsOf(ctx, socket);
  const tcb = tcbOf(ctx, socket);
  // Half of it is for bookkeeping.
  if (ctx.table.system === 'linux') return 2 * window;
  if (tcb === undefined || socket.role !== 'connection') return window;
  if (tcb.state === 'SYN_SENT' || tcb.snd.mss === 0) return window;
  const segment = tcpMaxSegment(ctx, socket);
  return Math.ceil(window / segment) * segment;
}
