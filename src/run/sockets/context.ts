/** What every socket call works with: the table, the world, and the record of what the call does in the world. */

import { octetCount } from '../../base/octets.js';
import { doCall } from '../../sim/sim.js';
import type { Draft, Part } from '../../sim/step.js';
import { draft } from '../../sim/step.js';
import type { World } from '../../sim/world.js';
import { hostOf } from '../../sim/world.js';
import type { UserCall } from '../../tcp/calls.js';
import { isOpenEarly } from '../../tcp/fast-open.js';
import type { Host } from '../../tcp/host.js';
import type { Outcome } from '../../tcp/rule.js';
import type { State } from '../../tcp/states.js';
import { hasPeersFin } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { heldForUser } from '../../tcp/window.js';
import type { Errno } from './errno.js';
import type { Caller, Done } from './socket-calls.js';
import type { BsdSocket, SocketTable } from './table.js';
import { setSocket } from './table.js';

/** A process and the world it is in. */
export interface Surroundings {
  readonly table: SocketTable;
  readonly world: World;
}

export interface Context extends Surroundings {
  readonly caller: Caller;
  /** What the world did so far in this call. */
  out: Part & Draft;
}

/** How a call stands after it was tried: over, to be tried again, or not to be had here. */
export type Attempt =
  | Done
  | { readonly kind: 'wait' }
  | { readonly kind: 'unsupported'; readonly what: string };

export const WAIT: Attempt = { kind: 'wait' };

export function done(result: number, more: Omit<Done, 'kind' | 'result'> = {}): Done {
  return { kind: 'done', result, ...more };
}

/** -1 and an errno. */
export function failed(errno: Errno): Done {
  return { kind: 'done', result: -1, errno };
}

export function unsupported(what: string): Attempt {
  return { kind: 'unsupported', what };
}

/** A context with an empty record. */
export function contextOf(table: SocketTable, world: World, caller: Caller): Context {
  return { table, world, caller, out: draft(table.host) };
}

/** Makes a user call of the socket's host. */
export function act(ctx: Context, call: UserCall): Part & { readonly outcome: Outcome } {
  const { table, world, caller, out } = ctx;
  const part = doCall(world, table.host, call, caller.number(), caller.origin);
  ctx.out = {
    ...part,
    microsteps: [...out.microsteps, ...part.microsteps],
    departures: [...out.departures, ...part.departures],
  };
  return { ...part, outcome: part.outcome ?? { kind: 'pending' } };
}

/** The host whose process it is. */
export function machine({ table, world }: Surroundings): Host {
  return hostOf(world, table.host);
}

/** The socket's connection or listener, while it is in the host's table. */
export function tcbOf(ctx: Surroundings, { connection }: BsdSocket): Tcb | undefined {
  if (connection === undefined) return undefined;
  return machine(ctx).connections.get(connection)?.tcb;
}

/** The state of the socket's connection; CLOSED when there is none. */
export function stateOf(ctx: Surroundings, socket: BsdSocket): State {
  return tcbOf(ctx, socket)?.state ?? 'CLOSED';
}

/** Linux is in LAST_ACK once the user has closed, whether the FIN could leave or not. */
export function linuxState({ state, queued }: Tcb): State {
  return state === 'CLOSE_WAIT' && queued.closing ? 'LAST_ACK' : state;
}

/** Changes a socket; the table has the new one. */
export function change(
  ctx: Surroundings,
  fd: number,
  socket: BsdSocket,
  changes: Partial<BsdSocket>,
): BsdSocket {
  const changed = { ...socket, ...changes };
  setSocket(ctx.table, fd, changed);
  return changed;
}

/** Tells the pending error, which is thereby forgotten; undefined when there is none. */
export function takeError(ctx: Context, fd: number, socket: BsdSocket): Done | undefined {
  if (socket.error === undefined) return undefined;
  change(ctx, fd, socket, { error: undefined });
  return failed(socket.error);
}

/** The peer will send nothing more, or nothing more is wanted of it. */
export function isAtEnd(ctx: Context, socket: BsdSocket): boolean {
  if (socket.ended || socket.shutRead) return true;
  const state = stateOf(ctx, socket);
  return state === 'CLOSED' || hasPeersFin(state);
}

/** The handshake goes on, and nothing can be sent yet: of a fast open's child something can. */
export function isOpening(tcb: Tcb): boolean {
  return tcb.state === 'SYN_SENT' || (tcb.state === 'SYN_RCVD' && !isOpenEarly(tcb));
}

/** Octets that can be read now. */
export function readable(ctx: Surroundings, socket: BsdSocket): number {
  if (socket.left !== undefined) return octetCount(socket.left);
  const tcb = tcbOf(ctx, socket);
  return tcb === undefined ? 0 : heldForUser(tcb);
}

/** The settings that the socket's connection has or will have. */
export function settingsOf(ctx: Surroundings, socket: BsdSocket): Tcb['settings'] {
  return tcbOf(ctx, socket)?.settings ?? { ...machine(ctx).settings, ...socket.settings };
}

/** SO_RCVLOWAT: so many octets make a socket readable. */
export function lowWater({ options: { SO_RCVLOWAT: octets } }: BsdSocket): number {
  return typeof octets === 'number' ? octets : 1;
}
