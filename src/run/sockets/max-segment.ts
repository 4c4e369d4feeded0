/** TCP_MAXSEG, and the sizes of segments that TCP_INFO tells of. */

import { addressOf } from '../../sim/world.js';
import { headerOctets } from '../../tcp/datagram.js';
import { pathMtu } from '../../tcp/icmp/paths.js';
import { defaultMss, TIMESTAMPS_LENGTH } from '../../tcp/options.js';
import type { Settings } from '../../tcp/settings.js';
import type { Tcb } from '../../tcp/tcb.js';
import { fullSegment } from '../../tcp/window.js';
import type { Context } from './context.js';
import { machine, settingsOf, tcbOf } from './context.js';
import type { BsdSocket } from './table.js';

/** What the path takes: TCP_MAXSEG says nothing of it. */
function pathMss(ctx: Context, { settings }: Tcb): number {
  return Math.max(settings.mss, machine(ctx).settings.mss);
}

/** The path MTU: what ICMP has told, or the first hop takes. */
export function mtuOf(ctx: Context, tcb: Tcb): number {
  const address = tcb.remote?.address ?? '';
  const first = pathMss(ctx, tcb) + headerOctets(address);
  return Math.min(first, pathMtu(machine(ctx), address, ctx.world.now) ?? first);
}

/** What TCP_MAXSEG made the MSS when the connection began; undefined when it was not asked for by then. */
function askedMss(
  ctx: Context,
  { options, offered }: BsdSocket,
  { mss }: Settings,
): number | undefined {
  if (offered !== undefined) return offered < machine(ctx).settings.mss ? offered : undefined;
  const { TCP_MAXSEG: asked } = options;
  const effective = typeof asked === 'number' && Math.min(asked, machine(ctx).settings.mss);
  return effective === mss ? effective : undefined;
}

/** How much text fits into a segment. */
export function textOfSegment(ctx: Context, socket: BsdSocket, tcb: Tcb): number {
  return tcb.state === 'SYN_SENT' ? unnegotiatedMss(ctx, socket, tcb) : fullSegment(tcb);
}

/** Before the peer has offered anything, its MSS is taken to be the default, or what TCP_MAXSEG says, as far as the path takes it. */
function unnegotiatedMss(
  ctx: Context,
  socket: BsdSocket,
  { settings, remote, fastOpen, snd }: Tcb,
): number {
  const timestamps = settings.timestamps ? TIMESTAMPS_LENGTH : 0;
  // Text on the SYN was made for the MSS that the peer is known to have.
  if (fastOpen?.role === 'client' && fastOpen.text > 0) {
    const known = machine(ctx).fastOpen.servers.get(remote?.address ?? '');
    return Math.min(snd.mss, known?.mss ?? snd.mss) - timestamps;
  }
  const least = askedMss(ctx, socket, settings) ?? defaultMss(remote?.address ?? '');
  return Math.min(socket.offered ?? settings.mss, least, snd.mss) - timestamps;
}

/** Once open, Linux takes the timestamps' octets off the MSS that was offered. */
export function advertisedMss({ settings, options, state }: Tcb, offered = settings.mss): number {
  const open = state !== 'SYN_SENT' && state !== 'SYN_RCVD';
  return offered - (open && options.timestamps ? TIMESTAMPS_LENGTH : 0);
}

/** The default MSS (MUST-15): Linux tells that of IPv4 whatever the family is. */
function usualMss({ table, world }: Context): number {
  return defaultMss(table.system === 'freebsd' ? addressOf(world, table.host) : '');
}

/** TCP_MAXSEG: Linux tells what is left for text, FreeBSD the agreed MSS; before there is a peer, the default. */
export function tcpMaxSegment(ctx: Context, socket: BsdSocket): number {
  const known = tcbOf(ctx, socket);
  const { mss } = settingsOf(ctx, socket);
  const linux = ctx.table.system === 'linux';
  // Linux keeps what it knew of a connection that is gone, or that has only a record in TIME_WAIT, unless it was asked for another.
  const alive = linux && known?.state === 'TIME_WAIT' ? undefined : known;
  const last = known ?? socket.last ?? socket.dissolved;
  const gone = linux && typeof socket.options.TCP_MAXSEG !== 'number' ? last : undefined;
  const tcb = alive ?? gone;
  if (linux && tcb?.state === 'SYN_SENT') return unnegotiatedMss(ctx, socket, tcb);
  if (tcb === undefined || tcb.remote === undefined || tcb.state === 'SYN_SENT') {
    const asked = socket.options.TCP_MAXSEG;
    return typeof asked === 'number' ? asked : Math.min(mss, usualMss(ctx));
  }
  const agreed = fullSegment(tcb);
  return !linux && tcb.options.timestamps ? agreed + TIMESTAMPS_LENGTH : agreed;
}
