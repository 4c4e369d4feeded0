/** An instance of Linux's epoll, a value: what it watches, and of what there may be news. */

import type { EpollData } from './socket-calls.js';

export interface Epoll {
  /** By descriptor. */
  readonly watched: ReadonlyMap<number, Watched>;
  /** Descriptors that something has happened to, in the order in which they are told of. */
  readonly ready: readonly number[];
}

export interface Watched {
  /** What is told of it, as `POLLIN`: errors and hang-ups in any case. */
  readonly events: readonly string[];
  /** EPOLLET: told once each time that something happens; else as long as it is so. */
  readonly edge: boolean;
  /** EPOLLONESHOT: told once; `spent` once it was. */
  readonly once: boolean;
  readonly spent: boolean;
  /** EPOLLEXCLUSIVE: of those who wait for the same, one is woken. */
  readonly exclusive: boolean;
  readonly data: EpollData;
}

export const EMPTY_EPOLL: Epoll = { watched: new Map(), ready: [] };

/** The instance that watches a descriptor so from now on. */
export function watching(epoll: Epoll, fd: number, how: Watched): Epoll {
  return { ...epoll, watched: new Map([...epoll.watched, [fd, how]]) };
}

/** The instance that watches a descriptor no more. */
export function unwatched(epoll: Epoll, fd: number): Epoll {
  if (!epoll.watched.has(fd)) return epoll;
  const watched = new Map(epoll.watched);
  watched.delete(fd);
  return { watched, ready: epoll.ready.filter((one) => one !== fd) };
}

/** The instance that looks at a descriptor when it is asked next, after those that it knew of. */
export function withReady(epoll: Epoll, fd: number): Epoll {
  return epoll.ready.includes(fd) ? epoll : { ...epoll, ready: [...epoll.ready, fd] };
}
