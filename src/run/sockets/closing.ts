/** shutdown and close: CLOSE or ABORT, and what the connection is to do once nobody owns it. */

import type { State } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Attempt, Context } from './context.js';
import { act, change, done, failed, machine, readable, stateOf, tcbOf, WAIT } from './context.js';
import { disconnect } from './opening.js';
import type { ShutdownHow, SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { dropSocket } from './table.js';
import { wake } from './wakeups.js';

const MICROSECONDS = 1_000_000;

/** `shutdown`: one half is closed, the descriptor stays. */
export function shutdown(ctx: Context, socket: BsdSocket, call: SocketCallOf<'shutdown'>): Attempt {
  if (call.how === undefined) return failed('EINVAL');
  const attempt = shut(ctx, socket, { ...call, how: call.how });
  // Linux wakes who waits, whatever was done.
  wake(ctx.table, call.fd, 'state');
  return attempt;
}

function shut(ctx: Context, socket: BsdSocket, { fd, how }: Shut): Attempt {
  const linux = ctx.table.system === 'linux';
  if (socket.role === 'listening' && linux) {
    // Linux: the end of reading is the end of listening.
    if (how !== 'SHUT_WR') disconnect(ctx, fd, socket);
    return done(0);
  }
  if (socket.deferred !== undefined && linux) {
    // A connect that is deferred has begun.
    disconnect(ctx, fd, socket, 'ECONNRESET');
    return done(0);
  }
  const state = stateOf(ctx, socket);
  const gone = state === 'CLOSED' || (state === 'TIME_WAIT' && linux);
  if (socket.role !== 'connection' || gone) {
    // Linux notes what was shut all the same, for the next connection, too.
    if (linux) change(ctx, fd, socket, shutBy(socket, how));
    return failed('ENOTCONN');
  }
  if (state === 'SYN_SENT' && linux) {
    disconnect(ctx, fd, socket, 'ECONNRESET');
    return done(0);
  }
  const { shutRead, shutWrite } = shutBy(socket, how);
  const connecting = socket.connecting && state === 'SYN_SENT';
  const crossed = linux && socket.connecting && state === 'SYN_RCVD';
  const shutOpening = socket.shutOpening || crossed;
  change(ctx, fd, socket, { shutRead, shutWrite, connecting, shutOpening });
  const { connection } = socket;
  if (shutRead && linux && !socket.shutRead)
    act(ctx, { kind: 'SET', connection, settings: SHUT_READ });
  if (!shutWrite) return done(0);
  // Nobody reads any more once both halves are shut; the connection has a user all the same.
  if (shutRead && linux) act(ctx, { kind: 'SET', connection, settings: REFUSING });
  // FreeBSD: what is shut before the connection is open waits for that, however much it is.
  const whole = shutRead && !linux && state !== 'SYN_SENT' && state !== 'SYN_RCVD';
  const half = whole ? {} : ({ half: true } as const);
  if (mayClose(state) && !isClosing(tcbOf(ctx, socket)))
    act(ctx, { kind: 'CLOSE', connection, ...half });
  else if (whole && !socket.shutRead) act(ctx, { kind: 'CLOSE', connection });
  return done(0);
}

function shutBy(socket: BsdSocket, how: ShutdownHow): Pick<BsdSocket, 'shutRead' | 'shutWrite'> {
  return {
    shutRead: socket.shutRead || how !== 'SHUT_WR',
    shutWrite: socket.shutWrite || how !== 'SHUT_RD',
  };
}

type Shut = SocketCallOf<'shutdown'> & { readonly how: ShutdownHow };

/** Nobody is told of room for what nobody expects. */
const SHUT_READ = { windowUpdate: 'never' } as const;

const REFUSING = { textAfterClose: 'refuse' } as const;

/** CLOSE was called, or waits for its turn. */
function isClosing(tcb: Tcb | undefined): boolean {
  return tcb !== undefined && (tcb.queued.closing || tcb.queued.closeCall !== undefined);
}

/** CLOSE has not been called: in the other states it would be an error. */
function mayClose(state: State): boolean {
  return (
    state === 'SYN_SENT' ||
    state === 'SYN_RCVD' ||
    state === 'ESTABLISHED' ||
    state === 'CLOSE_WAIT'
  );
}

/** `close`: the descriptor is free at once, whatever the connection still has to do. */
export function close(ctx: Context, socket: BsdSocket, { fd }: SocketCallOf<'close'>): Attempt {
  const { connection } = socket;
  const state = stateOf(ctx, socket);
  const { SO_LINGER: option } = socket.options;
  const linger =
    typeof option === 'object' && 'onoff' in option && option.onoff ? option : undefined;
  dropSocket(ctx.table, fd);
  if (state === 'CLOSED') return done(0);
  if (socket.role === 'listening') {
    act(ctx, { kind: 'CLOSE', connection });
    return done(0);
  }
  // Unread text is looked at first, and resets what an ABORT would forget.
  const forgets = state === 'CLOSING' || state === 'LAST_ACK';
  const resets = forgets && ctx.table.system === 'linux' && readable(ctx, socket) > 0;
  if (linger?.linger === 0 && state !== 'TIME_WAIT' && !resets) {
    act(ctx, { kind: 'ABORT', connection });
    return done(0);
  }
  const { TCP_LINGER2: seconds } = socket.options;
  if (typeof seconds === 'number' && seconds < 0) {
    if (state === 'FIN_WAIT_2') {
      act(ctx, { kind: 'ABORT', connection });
      return done(0);
    }
    act(ctx, { kind: 'SET', connection, settings: { closedFinWait2: 'reset' } });
  }
  if (typeof seconds === 'number' && seconds > 0) {
    const finWait2Timeout = seconds * MICROSECONDS;
    act(ctx, { kind: 'SET', connection, settings: { finWait2Timeout } });
  }
  // What was read after both FINs the RFC's user could not RECEIVE any more.
  const isRead = socket.left !== undefined && readable(ctx, socket) === 0;
  if (isRead) act(ctx, { kind: 'SET', connection, settings: { unreadOnClose: 'fin' } });
  act(ctx, { kind: 'CLOSE', connection });
  return linger !== undefined && lingers(ctx, connection) ? WAIT : done(0);
}

/** Text or a FIN is still unacknowledged: a close that lingers waits. */
export function lingers(ctx: Context, connection: number | undefined): boolean {
  const tcb = connection === undefined ? undefined : machine(ctx).connections.get(connection)?.tcb;
  if (tcb === undefined) return false;
  return ['ESTABLISHED', 'FIN_WAIT_1', 'CLOSING', 'CLOSE_WAIT', 'LAST_ACK'].includes(tcb.state);
}
