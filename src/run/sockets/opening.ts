/** socket, bind, connect. */

import { freePort } from '../../tcp/host.js';
import { isIPv6 } from '../../tcp/ip-version.js';
import type { Duration } from '../../tcp/rule.js';
import type { Settings } from '../../tcp/settings.js';
import type { State } from '../../tcp/states.js';
import type { Socket, Tcb } from '../../tcp/tcb.js';
import type { Attempt, Context } from './context.js';
import {
  act,
  change,
  done,
  failed,
  machine,
  stateOf,
  takeError,
  tcbOf,
  unsupported,
  WAIT,
} from './context.js';
import { countAnew } from './counting.js';
import type { Errno } from './errno.js';
import { openErrno } from './errno.js';
import { isPrepared, offerTo } from './fast-open-offer.js';
import { scaleWithin } from './option-buffers.js';
import { sendBuffer } from './send-space.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { addSocket, freshSocket, type Sharing, sharingOf, takeDescriptor } from './table.js';
import { wake } from './wakeups.js';

const SOCKET_FLAGS = ['SOCK_STREAM', 'SOCK_NONBLOCK', 'SOCK_CLOEXEC'];

/** `socket`: a stream socket with the lowest free descriptor. */
export function openSocket({ table }: Context, { family, flags }: SocketCallOf<'socket'>): Attempt {
  const strange = flags.find((flag) => !SOCKET_FLAGS.includes(flag));
  if (strange !== undefined) return unsupported(strange);
  const fresh = freshSocket(family, flags.includes('SOCK_NONBLOCK'));
  return done(addSocket(table, { ...fresh, closeOnExec: flags.includes('SOCK_CLOEXEC') }));
}

/** `open`: a file with the lowest free descriptor. */
export function openFile({ table }: Context): Attempt {
  if (table.system === 'freebsd') return unsupported('open');
  const fd = takeDescriptor(table);
  table.files.add(fd);
  return done(fd);
}

/** `bind`: once for each socket, to an address of the host and a port that is free, or shared by SO_REUSEADDR. */
export function bind(
  ctx: Context,
  socket: BsdSocket,
  { fd, address }: SocketCallOf<'bind'>,
): Attempt {
  // The port that Linux chose is given back with the connection; of one in TIME_WAIT it keeps a record apart.
  const ended = socket.ended || stateOf(ctx, socket) === 'TIME_WAIT';
  const gone = ctx.table.system === 'linux' && ended;
  if (socket.bound !== undefined || (socket.role !== 'fresh' && !gone)) return failed('EINVAL');
  if (!isOwn(ctx, address.address)) return failed('EADDRNOTAVAIL');
  if (address.port !== 0 && isTaken(ctx, socket, address.port)) return failed('EADDRINUSE');
  const port = address.port === 0 ? freePort(machine(ctx)) : address.port;
  change(ctx, fd, socket, { bound: { ...address, port } });
  return done(0);
}

function isOwn(ctx: Context, address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === machine(ctx).address;
}

/** Another socket has the port, or a connection that was left behind: both sides must agree to share. */
function isTaken(ctx: Context, socket: BsdSocket, port: number): boolean {
  const own = sharingOf(socket);
  const owned = new Set<number>();
  for (const other of ctx.table.sockets.values()) {
    const local = tcbOf(ctx, other)?.local.port ?? other.bound?.port;
    if (other.connection !== undefined) owned.add(other.connection);
    if (local === port && !agree(ctx, own, other)) return true;
  }
  const free = (id: number) => {
    if (ctx.table.system === 'freebsd') return own.address || own.port;
    const left = ctx.table.sharing.get(id);
    return left !== undefined && ((own.address && left.address) || (own.port && left.port));
  };
  const host = machine(ctx);
  for (const { ref, tcb } of host.connections.values()) {
    if (tcb.local.port === port && !owned.has(ref.id) && !free(ref.id)) return true;
  }
  return false;
}

/** Whether two sockets share a port: by SO_REUSEADDR not with one that listens; on Linux each option speaks for itself. */
function agree({ table }: Context, own: Sharing, other: BsdSocket): boolean {
  const { address, port } = sharingOf(other);
  const listens = other.role === 'listening';
  if (table.system === 'freebsd') return !listens && (own.address || own.port) && (address || port);
  return (own.address && address && !listens) || (own.port && port);
}

/** `connect`: an active OPEN, whose end is awaited or asked for later. */
export function connect(
  ctx: Context,
  socket: BsdSocket,
  { fd, address }: SocketCallOf<'connect'>,
  waited: boolean,
): Attempt {
  if (address === undefined) return dissolve(ctx, fd, socket);
  const linux = ctx.table.system === 'linux';
  switch (socket.role) {
    case 'listening':
      return failed(linux ? 'EISCONN' : 'EOPNOTSUPP');
    case 'fresh':
      if (socket.deferred !== undefined) return failed('EISCONN');
      return begin(ctx, fd, socket, address);
    case 'connection':
      return goOn(ctx, fd, socket, waited);
  }
}

function begin(ctx: Context, fd: number, socket: BsdSocket, address: Socket): Attempt {
  const fast = Boolean(
    socket.options[ctx.table.system === 'linux' ? 'TCP_FASTOPEN_CONNECT' : 'TCP_FASTOPEN'],
  );
  if (fast && ctx.table.system === 'linux' && isPrepared(offerTo(ctx, socket, address))) {
    change(ctx, fd, socket, { deferred: address });
    return done(0);
  }
  const refused = openTo(ctx, fd, socket, address, fast ? new Uint8Array(0) : undefined);
  if (refused !== undefined) return failed(refused);
  return socket.nonblocking ? failed('EINPROGRESS') : WAIT;
}

/**
 * The active OPEN of `connect`, and of a `sendto` that connects; the errno when it is refused at once. `fast`: the text of
 * a fast open, which may be empty; `asks`: for a cookie, even if one is known.
 */
export function openTo(
  ctx: Context,
  fd: number,
  socket: BsdSocket,
  remote: Socket,
  fast?: Uint8Array,
  asks?: true,
): Errno | undefined {
  if (socket.family === 'AF_INET' && isIPv6(remote.address)) return 'EAFNOSUPPORT';
  const local = { address: machine(ctx).address, port: socket.bound?.port ?? 0 };
  const { outcome, connection } = act(ctx, {
    kind: 'OPEN',
    open: 'active',
    local,
    remote,
    name: undefined,
    apart: true,
    settings: { ...socket.settings, ...(fast === undefined ? ({ fastOpen: 'off' } as const) : {}) },
    text: fast,
    asks,
  });
  if (outcome.kind === 'error' || connection === undefined) {
    return openErrno(ctx.table.system, outcome.kind === 'error' ? outcome.text : '');
  }
  const opened = {
    role: 'connection',
    connection: connection.id,
    connecting: true,
    remote,
  } as const;
  const ended = { ended: false, last: undefined, dissolved: undefined } as const;
  keepCounted(ctx, connection.id, socket);
  const fresh = { ...ended, error: undefined, left: undefined, finRead: false } as const;
  change(ctx, fd, socket, { ...opened, ...fresh, deferred: undefined });
  return undefined;
}

/** What an association that was dissolved has measured is believed of the next, too. */
function keepCounted({ table, world }: Context, id: number, { counted }: BsdSocket): void {
  if (counted !== undefined) table.counts.set(id, { ...counted, since: world.now });
}

function goOn(ctx: Context, fd: number, socket: BsdSocket, waited: boolean): Attempt {
  const linux = ctx.table.system === 'linux';
  const state = stateOf(ctx, socket);
  if (socket.shutOpening) return failed('EINVAL');
  if (state === 'SYN_SENT' || state === 'SYN_RCVD')
    return waited || (linux && !socket.nonblocking) ? WAIT : failed('EALREADY');
  const wasConnecting = socket.connecting && (linux || waited);
  if (!socket.ended) {
    if (socket.connecting) change(ctx, fd, socket, { connecting: false });
    return wasConnecting ? done(0) : failed('EISCONN');
  }
  if (!linux)
    return takeError(ctx, fd, socket) ?? failed(socket.connecting ? 'ECONNREFUSED' : 'EISCONN');
  if (!socket.connecting) return failed('EISCONN');
  if (socket.shutRead || socket.shutWrite) return failed('EINVAL');
  // Linux lets a socket whose connect has failed try again.
  change(ctx, fd, socket, { ...anew(ctx, socket), dissolved: socket.last });
  return failed(socket.error ?? 'ECONNABORTED');
}

/** `connect` with AF_UNSPEC: the association is dissolved, and the socket is as good as new. */
function dissolve(ctx: Context, fd: number, socket: BsdSocket): Attempt {
  if (ctx.table.system === 'freebsd') return failed('EAFNOSUPPORT');
  // What has a peer loses it.
  const begun = socket.deferred !== undefined || RESETTABLE.has(stateOf(ctx, socket));
  disconnect(ctx, fd, socket, begun ? 'ECONNRESET' : undefined);
  return done(0);
}

const RESETTABLE: ReadonlySet<State> = new Set<State>([
  'SYN_SENT',
  'SYN_RCVD',
  'ESTABLISHED',
  'CLOSE_WAIT',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
]);

/** Aborts what the socket has; it may listen or connect again. `error` is told to the next call. */
export function disconnect(ctx: Context, fd: number, socket: BsdSocket, error?: Errno): void {
  const { connection, role } = socket;
  const dissolved = tcbOf(ctx, socket);
  // It stays as large as it has become.
  const grownSend = sendBuffer(ctx, socket);
  if (dissolved !== undefined) {
    act(ctx, { kind: role === 'listening' ? 'CLOSE' : 'ABORT', connection });
  }
  const last = dissolved ?? socket.last ?? socket.dissolved;
  // What the user said of segments is forgotten with what the peer has said.
  const fresh = anew(ctx, socket);
  const { mss: _mss, mssUntold: _untold, ...kept } = fresh.settings;
  const { TCP_MAXSEG: _asked, ...options } = fresh.options;
  const settings = { ...kept, ...buffersOf(last) };
  const known = ctx.table.counts.get(connection ?? -1);
  const counted = known ? countAnew(known) : socket.counted;
  const again = { ...fresh, options, settings, grownSend, counted };
  change(ctx, fd, socket, { ...again, error: error ?? socket.error, dissolved: last });
  wake(ctx.table, fd, 'error');
}

/** What a connection has found out of its receive buffer stays, and what it has grown to. */
function buffersOf(tcb: Tcb | undefined): Partial<Settings> {
  if (tcb?.space === undefined) return {};
  const { share, grownTo } = tcb.space;
  const grown = grownTo > 2 * tcb.settings.window;
  return { receiveShare: share, ...(grown ? { window: Math.ceil(grownTo / 2) } : {}) };
}

/** As good as new: what TCP_QUICKACK, TCP_WINDOW_CLAMP, TCP_RTO_MIN_US and TCP_DELACK_MAX_US have said is forgotten, what is in the error queue stays there. */
export function anew(ctx: Context, socket: BsdSocket): BsdSocket {
  const { family, nonblocking, closeOnExec, bound, errorQueue } = socket;
  const {
    TCP_QUICKACK: _q,
    TCP_WINDOW_CLAMP: clamp,
    TCP_RTO_MIN_US: _r,
    TCP_DELACK_MAX_US: _d,
    ...options
  } = socket.options;
  const {
    ackDelay: _a,
    interactiveAckMax: _i,
    windowClamp: _w,
    rtoMin: _m,
    ...settings
  } = socket.settings;
  const kept = { closeOnExec, bound, options, settings, errorQueue };
  const fresh = { ...freshSocket(family, nonblocking), ...kept };
  // A buffer that a connection was given counts for the next one.
  const asked = clamp !== undefined || options.SO_RCVBUF !== undefined;
  const scale = asked ? scaleWithin(ctx, fresh, {}) : {};
  return { ...fresh, settings: { ...settings, ...scale, ...usualRtoMin(ctx) } };
}

/** Linux forgets what the host says of it, too. */
function usualRtoMin(ctx: Context): Partial<Settings> {
  const usual = ctx.table.system === 'freebsd' || machine(ctx).settings.rtoMin === RTO_MIN;
  return usual ? {} : { rtoMin: RTO_MIN };
}

/** TCP_RTO_MIN, microseconds. */
const RTO_MIN: Duration = 200_000;
