/** epoll_create, epoll_ctl, epoll_wait of Linux: what happened to descriptors since it was told, and what is so. */

import type { Attempt, Context } from './context.js';
import { done, failed, unsupported, WAIT } from './context.js';
import {
  EMPTY_EPOLL,
  type Epoll,
  unwatched,
  type Watched,
  watching,
  withReady,
} from './epoll-instance.js';
import { readiness } from './poll.js';
import type { EpollEvent, SocketCallOf } from './socket-calls.js';
import { isOpen, takeDescriptor } from './table.js';

/** Those of sockets, which `poll` has, too. */
const EVENTS = ['POLLIN', 'POLLPRI', 'POLLOUT', 'POLLRDNORM', 'POLLWRNORM', 'POLLRDHUP'];
/** Told even when nobody asked. */
const TOLD = ['POLLERR', 'POLLHUP'];
/** Asked of a socket of TCP in vain; what EPOLLWAKEUP keeps awake is no simulated machine. */
const VAIN = ['EPOLLRDBAND', 'EPOLLWRBAND', 'EPOLLMSG', 'EPOLLWAKEUP'];
const MODES = ['EPOLLET', 'EPOLLONESHOT', 'EPOLLEXCLUSIVE'];
/** What EPOLLEXCLUSIVE can be joined with. */
const EXCLUSIVE = ['EPOLLIN', 'EPOLLOUT', 'EPOLLERR', 'EPOLLHUP', 'EPOLLWAKEUP', 'EPOLLET'];

/** The most events whose array the kernel can address (EP_MAX_EVENTS). */
const MOST_EVENTS = Math.floor((2 ** 31 - 1) / 12);

/** `epoll_create`: the size is none, but it must be one. */
export function epollCreate({ table }: Context, { size }: SocketCallOf<'epoll_create'>): Attempt {
  if (table.system === 'freebsd') return unsupported('epoll_create');
  if (size <= 0) return failed('EINVAL');
  const fd = takeDescriptor(table);
  table.epolls.set(fd, EMPTY_EPOLL);
  return done(fd);
}

/** `epoll_ctl`: what is watched, and what of it is told. What is so already is told at once. */
export function epollControl(ctx: Context, call: SocketCallOf<'epoll_ctl'>): Attempt {
  const { epoll: id, operation, target, event } = call;
  const { table } = ctx;
  if (!isOpen(table, id) || !isOpen(table, target)) return failed('EBADF');
  if (table.files.has(target)) return failed('EPERM');
  if (table.pipeEnds.has(target)) return unsupported('a pipe that epoll watches');
  const epoll = table.epolls.get(id);
  if (id === target || epoll === undefined) return failed('EINVAL');
  if (table.epolls.has(target)) return unsupported('an epoll descriptor that epoll watches');
  const known = epoll.watched.get(target);
  switch (operation) {
    case 'EPOLL_CTL_DEL':
      if (known === undefined) return failed('ENOENT');
      table.epolls.set(id, unwatched(epoll, target));
      return done(0);
    case 'EPOLL_CTL_ADD':
      if (isExclusive(event) && !event.events.every(fitsExclusive)) return failed('EINVAL');
      return known === undefined ? watch(ctx, call, epoll) : failed('EEXIST');
    case 'EPOLL_CTL_MOD':
      if (isExclusive(event)) return failed('EINVAL');
      if (known === undefined) return failed('ENOENT');
      return known.exclusive ? failed('EINVAL') : watch(ctx, call, epoll);
    default:
      return failed('EINVAL');
  }
}

function isExclusive({ events }: EpollEvent): boolean {
  return events.includes('EPOLLEXCLUSIVE');
}

function fitsExclusive(event: string): boolean {
  return event === 'EPOLLEXCLUSIVE' || EXCLUSIVE.includes(event);
}

function watch(
  ctx: Context,
  { epoll: id, target, event }: SocketCallOf<'epoll_ctl'>,
  epoll: Epoll,
): Attempt {
  const { events, data } = event;
  const asked = events.filter((one) => !MODES.includes(one) && !VAIN.includes(one)).map(pollName);
  const strange = asked.find((one) => !EVENTS.includes(one) && !TOLD.includes(one));
  if (strange !== undefined) return unsupported(`E${strange}`);
  const how: Watched = {
    events: [...asked, ...TOLD],
    edge: events.includes('EPOLLET'),
    once: events.includes('EPOLLONESHOT'),
    spent: false,
    exclusive: isExclusive(event),
    data,
  };
  const watched = watching(epoll, target, how);
  const news = newsOf(ctx, target, how);
  ctx.table.epolls.set(id, news.length > 0 ? withReady(watched, target) : watched);
  return done(0);
}

function pollName(event: string): string {
  return event.replace(/^E(?=POLL)/, '');
}

function newsOf(ctx: Context, fd: number, { events }: Watched): readonly string[] {
  const socket = ctx.table.sockets.get(fd);
  const all = socket === undefined ? [] : readiness(ctx, socket);
  return all.filter((event) => events.includes(event));
}

/** `epoll_wait`: what there is news of; it waits while there is none. `over`: the time-out is. */
export function epollWait(
  ctx: Context,
  { epoll: id, count, timeout }: SocketCallOf<'epoll_wait'>,
  over: boolean,
): Attempt {
  if (count <= 0 || count > MOST_EVENTS) return failed('EINVAL');
  if (!isOpen(ctx.table, id)) return failed('EBADF');
  const epoll = ctx.table.epolls.get(id);
  if (epoll === undefined) return failed('EINVAL');
  const events = takeNews(ctx, id, epoll, count);
  return events.length > 0 || over || timeout === 0 ? done(events.length, { events }) : WAIT;
}

/** What was ready and is not any more is forgotten; what is not told by its edges alone comes after the others again. */
function takeNews(ctx: Context, id: number, epoll: Epoll, count: number): readonly EpollEvent[] {
  const told: EpollEvent[] = [];
  const again: number[] = [];
  const watched = new Map(epoll.watched);
  let looked = 0;
  for (const fd of epoll.ready) {
    if (told.length === count) break;
    looked += 1;
    const how = watched.get(fd);
    const news = how === undefined ? [] : newsOf(ctx, fd, how);
    if (how === undefined || news.length === 0) continue;
    told.push({ events: news.map((event) => `E${event}`), data: how.data });
    if (how.once) watched.set(fd, { ...how, spent: true });
    else if (!how.edge) again.push(fd);
  }
  ctx.table.epolls.set(id, { watched, ready: [...epoll.ready.slice(looked), ...again] });
  return told;
}
