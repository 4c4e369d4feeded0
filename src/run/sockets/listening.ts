/** listen and accept. */

import { freePort } from '../../tcp/host.js';
import type { Settings } from '../../tcp/settings.js';
import type { Attempt, Context } from './context.js';
import { act, change, done, failed, machine, settingsOf, unsupported, WAIT } from './context.js';
import { ungrown } from './option-buffers.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket, ReadyChild } from './table.js';
import { addSocket, freshSocket } from './table.js';

/** `listen`: a passive OPEN; a second one changes the backlog. */
export function listen(
  ctx: Context,
  socket: BsdSocket,
  { fd, backlog }: SocketCallOf<'listen'>,
): Attempt {
  const room = queueRoom(ctx, backlog);
  if (socket.role === 'listening') {
    act(ctx, {
      kind: 'SET',
      connection: socket.connection,
      settings: halfOpenRoom(ctx, room),
      backlog: room,
    });
    return done(0);
  }
  if (socket.role !== 'fresh') return failed('EINVAL');
  const host = machine(ctx);
  // What TCP_QUICKACK said before is forgotten.
  const { ackDelay: _, ...settings } = socket.settings;
  const port = socket.bound?.port ?? freePort(host);
  const local = { address: host.address, port };
  const { outcome, connection } = act(ctx, {
    kind: 'OPEN',
    open: 'passive',
    local,
    remote: undefined,
    backlog: room,
    settings: {
      // The buffer of a child grows only once it is accepted.
      ...ungrown(host.settings),
      ...settings,
      ...halfOpenRoom(ctx, room),
      ...fastRoom(ctx, socket, room - 1),
    },
  });
  if (outcome.kind === 'error' || connection === undefined) return failed('EADDRINUSE');
  const role = 'listening';
  const { TCP_QUICKACK: _told, ...told } = socket.options;
  const options = { ...told, ...fastOption(ctx, socket, room - 1) };
  change(ctx, fd, socket, { role, bound: local, connection: connection.id, options });
  return done(0);
}

/** The child is accepted: its buffer may grow, unless the listener was told its size. */
function letGrow(ctx: Context, listener: BsdSocket, connection: number): void {
  const { receiveSpace } = machine(ctx).settings;
  const grows = receiveSpace === 'growing-memory' && listener.settings.receiveSpace === undefined;
  if (grows) act(ctx, { kind: 'SET', connection, settings: { receiveSpace } });
}

/** Listeners that need not ask for Fast Open (bit 0x400 of net.ipv4.tcp_fastopen) take as many as their backlog, unless they have asked for another number. */
function takesFast(ctx: Context, { options }: BsdSocket): boolean {
  const { fastOpen, fastOpenQueue } = machine(ctx).settings;
  const server = fastOpen === 'server' || fastOpen === 'both';
  return (
    ctx.table.system === 'linux' && server && fastOpenQueue === undefined && !options.TCP_FASTOPEN
  );
}

function fastRoom(ctx: Context, socket: BsdSocket, backlog: number): Partial<Settings> {
  return takesFast(ctx, socket) ? { fastOpenQueue: backlog } : {};
}

function fastOption(ctx: Context, socket: BsdSocket, backlog: number): BsdSocket['options'] {
  return takesFast(ctx, socket) ? { TCP_FASTOPEN: backlog } : {};
}

/** Linux keeps as many half-open connections as complete ones (LP-82). */
function halfOpenRoom({ table }: Context, room: number): { readonly synQueue?: number } {
  return table.system === 'linux' ? { synQueue: room } : {};
}

/** A queue as long as `somaxconn` on the two systems. */
export const SOMAXCONN = { linux: 4096, freebsd: 128 };

/** How many complete connections wait at most: one more than asked for; FreeBSD adds half as many. */
function queueRoom({ table: { system } }: Context, backlog: number): number {
  const most = SOMAXCONN[system];
  const asked = backlog < 0 || backlog > most ? most : backlog;
  return (system === 'linux' ? asked : Math.floor((asked * 3) / 2)) + 1;
}

const ACCEPT_FLAGS = ['SOCK_NONBLOCK', 'SOCK_CLOEXEC'];

/** `accept`: the connection that was complete first. */
export function accept(ctx: Context, socket: BsdSocket, call: SocketCallOf<'accept'>): Attempt {
  const strange = call.flags.find((flag) => !ACCEPT_FLAGS.includes(flag));
  if (strange !== undefined) return unsupported(strange);
  if (socket.role !== 'listening') return failed('EINVAL');
  const [child, ...ready] = socket.ready;
  if (child === undefined) return socket.nonblocking ? failed('EAGAIN') : WAIT;
  change(ctx, call.fd, socket, { ready });
  const stays = settingsOf(ctx, socket).endedChild === 'stays';
  if (child.ended === undefined || stays)
    act(ctx, { kind: 'ACCEPT', port: socket.bound?.port, name: undefined });
  if (child.ended === undefined) {
    letGrow(ctx, socket, child.connection);
  } else if (ctx.table.system === 'freebsd') return failed('ECONNABORTED');
  return done(addSocket(ctx.table, accepted(ctx, socket, child, call.flags)), {
    peer: child.remote,
  });
}

/** FreeBSD hands the listener's O_NONBLOCK on, Linux does not; both hand on the options. */
function accepted(
  { table }: Context,
  listener: BsdSocket,
  { connection, remote, ended }: ReadyChild,
  flags: readonly string[],
): BsdSocket {
  const inherited = table.system === 'freebsd' && listener.nonblocking;
  const fresh = freshSocket(listener.family, inherited || flags.includes('SOCK_NONBLOCK'));
  const { bound } = listener;
  const { deferAccept: _time, ...settings } = listener.settings;
  const { TCP_FASTOPEN: _queue, TCP_DEFER_ACCEPT: _told, ...options } = listener.options;
  const child = {
    ...fresh,
    role: 'connection',
    closeOnExec: flags.includes('SOCK_CLOEXEC'),
    // Linux gives its port back with the connection.
    bound: table.system === 'linux' ? undefined : bound,
    options,
    settings,
    connection,
    remote,
  } as const;
  return ended === undefined
    ? child
    : { ...child, ended: true, error: ended.error, left: ended.left, last: ended.last };
}
