/** When a socket wakes those who wait for news of it, as Linux does: what epoll tells of edges follows from that. */

import type { Microstep } from '../../tcp/rule.js';
import { hasPeersFin, type State } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { heldForUser } from '../../tcp/window.js';
import { type Surroundings, tcbOf } from './context.js';
import { withReady } from './epoll-instance.js';
import { isReadable } from './readable.js';
import { isWritable } from './send-space.js';
import type { SocketTable } from './table.js';

/** What a wake-up is of; of anything: the state of the socket is another. */
export type News = 'read' | 'write' | 'error' | 'state';

const TOLD: Readonly<Record<Exclude<News, 'state'>, readonly string[]>> = {
  read: ['POLLIN', 'POLLPRI', 'POLLRDNORM'],
  write: ['POLLOUT', 'POLLWRNORM'],
  error: ['POLLERR'],
};

/** Wakes who watches a socket for this: of those that want to be the only ones no more than one that waits. */
export function wake(table: SocketTable, fd: number, news: News): void {
  const events = news === 'state' ? undefined : TOLD[news];
  let taken = false;
  for (const exclusive of [false, true]) {
    for (const [id, epoll] of table.epolls) {
      const how = epoll.watched.get(fd);
      if (how === undefined || how.spent || how.exclusive !== exclusive || taken) continue;
      if (events !== undefined && !events.some((event) => how.events.includes(event))) continue;
      table.epolls.set(id, withReady(epoll, fd));
      taken = exclusive && events !== undefined && isAwaited(table, id);
    }
  }
}

/** A call waits for what the instance will tell. */
function isAwaited({ blocked }: SocketTable, id: number): boolean {
  return [...blocked.values()].some(({ call }) => call.kind === 'epoll_wait' && call.epoll === id);
}

/** Wakes who watches a connection to which a rule has done something. */
export function wakeAfter(within: Surroundings, step: Microstep): void {
  const { table } = within;
  const { connection, before, after, effects } = step;
  const fd = table.descriptors.get(connection?.id ?? -1);
  if (fd === undefined || before === undefined || after === undefined) return;
  if (isNews(before, after)) wake(table, fd, 'state');
  // Who reads makes room for what was dropped.
  if (effects.some((one) => one.kind === 'discard' && one.reason === NO_MEMORY))
    wake(table, fd, 'read');
  const socket = table.sockets.get(fd);
  const urgent = before.rcv.up !== after.rcv.up;
  if (socket === undefined || (!urgent && heldForUser(after) <= heldForUser(before))) return;
  if (urgent || isReadable(within, socket)) wake(table, fd, 'read');
}

const NO_MEMORY = 'no memory';

/** The states that wake whoever waits when they are entered; calls that close wake of their own, and TIME_WAIT is nobody's. */
const WAKING: ReadonlySet<State> = new Set<State>([
  'ESTABLISHED',
  'CLOSE_WAIT',
  'FIN_WAIT_2',
  'CLOSING',
  'TIME_WAIT',
  'CLOSED',
]);

function isNews(before: Tcb, after: Tcb): boolean {
  // It is open, and what was shut down meanwhile has sent its FIN.
  if (before.state === 'SYN_RCVD' && after.state === 'FIN_WAIT_1') return true;
  // A second FIN.
  if (hasPeersFin(before.state) && before.rcv.nxt !== after.rcv.nxt) return true;
  return before.state !== after.state && before.state !== 'TIME_WAIT' && WAKING.has(after.state);
}

/** Options of Linux after which it looks whether there is enough to read, or room to write. */
export function wakeAfterOption(within: Surroundings, fd: number, name: string): void {
  const { table } = within;
  const socket = table.sockets.get(fd);
  if (socket === undefined) return;
  if (name === 'SO_RCVLOWAT' && isReadable(within, socket)) wake(table, fd, 'read');
  if (name !== 'SO_SNDBUF' && name !== 'TCP_NOTSENT_LOWAT') return;
  const tcb = tcbOf(within, socket);
  if (tcb === undefined || isWritable(within, socket, tcb)) wake(table, fd, 'write');
}
