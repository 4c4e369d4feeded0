/** Calls at a socket in whatever state it is: those that fit, and those that are refused. */

import { type Draft, write } from './draft.js';

const READ_FLAGS = `0 0 MSG_PEEK MSG_DONTWAIT MSG_OOB MSG_TRUNC MSG_WAITALL`.split(' ');
const SEND_FLAGS = `0 MSG_MORE MSG_OOB MSG_NOSIGNAL MSG_EOR`.split(' ');

type Choice = readonly [name: string, ...values: readonly number[]];

/** Options of either level, and values at and beyond their bounds. */
const SOCKET_OPTIONS: readonly Choice[] = [
  ['SO_KEEPALIVE', 0, 1, 2],
  ['SO_REUSEADDR', 0, 1],
  ['SO_RCVBUF', 0, 1, 2304, 5000, 100_000, -1],
  ['SO_SNDBUF', 0, 1, 5000, 100_000, -1],
  ['SO_RCVLOWAT', 0, 1, 50, 5000],
  ['SO_OOBINLINE', 0, 1],
  ['SO_PRIORITY', 0, 3, 6],
];

const TCP_OPTIONS: readonly Choice[] = [
  ['TCP_NODELAY', 0, 1],
  ['TCP_CORK', 0, 1],
  ['TCP_MAXSEG', 0, 1, 87, 88, 500, 1460, 32_767, 32_768, -1],
  ['TCP_KEEPIDLE', 0, 1, 60, 32_767, 32_768],
  ['TCP_KEEPINTVL', 0, 1, 75, 32_768],
  ['TCP_KEEPCNT', 0, 1, 127, 128],
  ['TCP_SYNCNT', 0, 1, 6, 127, 128],
  ['TCP_LINGER2', -1, 0, 1, 60, 120, 121],
  ['TCP_DEFER_ACCEPT', 0, 1, 3, 10],
  ['TCP_WINDOW_CLAMP', 0, 1, 500, 5000, 1_000_000],
  ['TCP_QUICKACK', 0, 1, 2],
  ['TCP_USER_TIMEOUT', 0, 1, 1000, -1],
  ['TCP_FASTOPEN', 0, 1, 5, -1],
  ['TCP_NOTSENT_LOWAT', 0, 1, 1000, -1],
  ['TCP_SAVE_SYN', 0, 1, 2, 3],
  ['TCP_THIN_LINEAR_TIMEOUTS', 0, 1, 2],
  ['TCP_INQ', 0, 1, 2],
  ['TCP_FASTOPEN_CONNECT', 0, 1, 2],
  ['TCP_FASTOPEN_NO_COOKIE', 0, 1],
];

/** What is only told. */
const TOLD = `SO_ERROR SO_ERROR SO_ACCEPTCONN SO_SNDLOWAT SO_TYPE SO_PROTOCOL SO_DOMAIN`.split(' ');

const EVENTS = `POLLIN POLLOUT POLLIN|POLLOUT POLLIN|POLLOUT|POLLRDHUP|POLLPRI POLLRDHUP 0`.split(
  ' ',
);

/** Some calls, one after the other. */
export function oddCalls(draft: Draft): void {
  const { dice } = draft;
  for (let count = dice.one(2, 3, 4, 6, 8); count > 0; count--) {
    const { fd = 3 } = draft;
    write(draft, call(draft, dice.chance(0.9) ? fd : 3), dice.one(0, 0, 10, 50));
  }
}

function call({ dice }: Draft, fd: number): string {
  const [level, choices] = dice.one(
    ['SOL_SOCKET', SOCKET_OPTIONS] as const,
    ['SOL_TCP', TCP_OPTIONS] as const,
  );
  const [option, ...values] = dice.one(...choices);
  const length = dice.one(0, 1, 10, 100, 1000, 3000);
  return dice.weighted([
    [6, `getsockopt(${fd}, ${level}, ${option}, [0], [4]) = 0`],
    [4, `getsockopt(${fd}, SOL_SOCKET, ${dice.one(...TOLD)}, [0], [4]) = 0`],
    [12, `setsockopt(${fd}, ${level}, ${option}, [${dice.one(...values)}], 4) = 0`],
    [9, `recv(${fd}, ..., ${length}, ${dice.one(...READ_FLAGS)}) = 0`],
    [5, `read(${fd}, ..., ${length}) = 0`],
    [8, `write(${fd}, ..., ${length}) = 0`],
    [6, `send(${fd}, ..., ${length}, ${dice.one(...SEND_FLAGS)}) = 0`],
    [9, `poll([{fd=${fd}, events=${dice.one(...EVENTS)}, revents=0}], 1, 0) = 0`],
    [5, `shutdown(${fd}, ${dice.one('SHUT_RD', 'SHUT_WR', 'SHUT_RDWR')}) = 0`],
    [4, `ioctl(${fd}, ${dice.one('SIOCINQ', 'SIOCOUTQ', 'SIOCOUTQNSD', 'SIOCATMARK')}, [0]) = 0`],
    [4, `connect(${fd}, ..., ...) = 0`],
    [2, `accept(${fd}, ..., ...) = 5`],
    [2, `listen(${fd}, 1) = 0`],
    [2, `bind(${fd}, ..., ...) = 0`],
    [3, `fcntl(${fd}, F_GETFL) = 0`],
  ]);
}
