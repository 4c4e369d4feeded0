/** The constants of the sockets interface that a script may write as numbers, as the two systems number them. */

import type { PacketValue } from '../../lang/packet-operations.js';
import type { System } from '../sockets/socket-calls.js';

/** What a number can stand for: one constant of a kind, or several joined. */
type ConstantKind =
  | 'family'
  | 'type'
  | 'level'
  | 'SOL_SOCKET'
  | 'IPPROTO_TCP'
  | 'IPPROTO_IP'
  | 'IPPROTO_IPV6'
  | 'fcntl'
  | 'open'
  | 'descriptor'
  | 'message'
  | 'splice'
  | 'poll'
  | 'epoll'
  | 'epoll_ctl'
  | 'SO_TIMESTAMPING'
  | 'control';

type Constants = Readonly<Record<ConstantKind, Readonly<Record<string, number>>>>;

/** Events that both systems number alike. */
const POLL = {
  POLLIN: 0x1,
  POLLPRI: 0x2,
  POLLOUT: 0x4,
  POLLERR: 0x8,
  POLLHUP: 0x10,
  POLLNVAL: 0x20,
  POLLRDNORM: 0x40,
  POLLRDBAND: 0x80,
};

const LINUX: Constants = {
  family: { AF_INET: 2, AF_INET6: 10 },
  type: {
    SOCK_STREAM: 1,
    SOCK_DGRAM: 2,
    SOCK_RAW: 3,
    SOCK_NONBLOCK: 0o4000,
    SOCK_CLOEXEC: 0o2000000,
  },
  level: { IPPROTO_IP: 0, SOL_SOCKET: 1, IPPROTO_TCP: 6, IPPROTO_IPV6: 41 },
  SOL_SOCKET: {
    SO_DEBUG: 1,
    SO_REUSEADDR: 2,
    SO_TYPE: 3,
    SO_ERROR: 4,
    SO_DONTROUTE: 5,
    SO_BROADCAST: 6,
    SO_SNDBUF: 7,
    SO_RCVBUF: 8,
    SO_KEEPALIVE: 9,
    SO_OOBINLINE: 10,
    SO_PRIORITY: 12,
    SO_LINGER: 13,
    SO_REUSEPORT: 15,
    SO_RCVLOWAT: 18,
    SO_SNDLOWAT: 19,
    SO_RCVTIMEO: 20,
    SO_SNDTIMEO: 21,
    SO_TIMESTAMP: 29,
    SO_ACCEPTCONN: 30,
    SO_SNDBUFFORCE: 32,
    SO_RCVBUFFORCE: 33,
    SO_TIMESTAMPNS: 35,
    SO_MARK: 36,
    SO_TIMESTAMPING: 37,
    SO_PROTOCOL: 38,
    SO_DOMAIN: 39,
    SO_RXQ_OVFL: 40,
    SO_PEEK_OFF: 42,
    SO_ZEROCOPY: 60,
    ...{ SO_NO_CHECK: 11, SO_BSDCOMPAT: 14, SO_PASSCRED: 16, SO_PASSSEC: 34 },
    ...{ SO_WIFI_STATUS: 41, SO_NOFCS: 43, SO_LOCK_FILTER: 44, SO_SELECT_ERR_QUEUE: 45 },
    ...{ SO_BUSY_POLL: 46, SO_INCOMING_NAPI_ID: 56, SO_PREFER_BUSY_POLL: 69 },
    ...{ SO_BUSY_POLL_BUDGET: 70, SO_TXREHASH: 74, SO_RCVMARK: 75, SO_PASSPIDFD: 76 },
  },
  IPPROTO_TCP: {
    TCP_NODELAY: 1,
    TCP_MAXSEG: 2,
    TCP_CORK: 3,
    TCP_KEEPIDLE: 4,
    TCP_KEEPINTVL: 5,
    TCP_KEEPCNT: 6,
    TCP_SYNCNT: 7,
    TCP_LINGER2: 8,
    TCP_DEFER_ACCEPT: 9,
    TCP_WINDOW_CLAMP: 10,
    TCP_INFO: 11,
    TCP_QUICKACK: 12,
    TCP_CONGESTION: 13,
    TCP_THIN_LINEAR_TIMEOUTS: 16,
    TCP_THIN_DUPACK: 17,
    TCP_USER_TIMEOUT: 18,
    TCP_REPAIR: 19,
    TCP_REPAIR_QUEUE: 20,
    TCP_QUEUE_SEQ: 21,
    TCP_REPAIR_OPTIONS: 22,
    TCP_FASTOPEN: 23,
    TCP_FASTOPEN_CONNECT: 30,
    TCP_FASTOPEN_KEY: 33,
    TCP_TIMESTAMP: 24,
    TCP_NOTSENT_LOWAT: 25,
    TCP_SAVE_SYN: 27,
    TCP_REPAIR_WINDOW: 29,
    TCP_FASTOPEN_NO_COOKIE: 34,
    TCP_INQ: 36,
    TCP_IS_MPTCP: 43,
    TCP_RTO_MAX_MS: 44,
    TCP_RTO_MIN_US: 45,
    TCP_DELACK_MAX_US: 46,
  },
  IPPROTO_IP: {
    ...{ IP_TOS: 1, IP_TTL: 2, IP_RECVOPTS: 6, IP_RETOPTS: 7, IP_PKTINFO: 8 },
    ...{ IP_MTU_DISCOVER: 10, IP_RECVERR: 11 },
    ...{ IP_RECVTTL: 12, IP_RECVTOS: 13, IP_MTU: 14, IP_FREEBIND: 15, IP_TRANSPARENT: 19 },
    ...{ IP_BIND_ADDRESS_NO_PORT: 24, IP_MULTICAST_LOOP: 34, IP_HDRINCL: 3, IP_PASSSEC: 18 },
    ...{ IP_RECVORIGDSTADDR: 20, IP_NODEFRAG: 22, IP_CHECKSUM: 23, IP_RECVFRAGSIZE: 25 },
    ...{ IP_RECVERR_RFC4884: 26, IP_MULTICAST_TTL: 33, IP_MULTICAST_ALL: 49 },
  },
  IPPROTO_IPV6: {
    ...{ IPV6_UNICAST_HOPS: 16, IPV6_MTU: 24, IPV6_RECVERR: 25, IPV6_V6ONLY: 26 },
    ...{ IPV6_TCLASS: 67, IPV6_MULTICAST_HOPS: 18, IPV6_MULTICAST_LOOP: 19, IPV6_MTU_DISCOVER: 23 },
    ...{
      IPV6_MULTICAST_ALL: 29,
      IPV6_RECVPKTINFO: 49,
      IPV6_RECVHOPLIMIT: 51,
      IPV6_RECVPATHMTU: 60,
    },
    ...{ IPV6_DONTFRAG: 62, IPV6_RECVTCLASS: 66, IPV6_TRANSPARENT: 75, IPV6_FREEBIND: 78 },
  },
  fcntl: { F_GETFD: 1, F_SETFD: 2, F_GETFL: 3, F_SETFL: 4 },
  open: { O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_APPEND: 0o2000, O_NONBLOCK: 0o4000 },
  descriptor: { FD_CLOEXEC: 1 },
  splice: { SPLICE_F_MOVE: 1, SPLICE_F_NONBLOCK: 2, SPLICE_F_MORE: 4, SPLICE_F_GIFT: 8 },
  message: {
    MSG_OOB: 0x1,
    MSG_PEEK: 0x2,
    MSG_DONTROUTE: 0x4,
    MSG_TRUNC: 0x20,
    MSG_DONTWAIT: 0x40,
    MSG_EOR: 0x80,
    MSG_WAITALL: 0x100,
    MSG_CONFIRM: 0x800,
    MSG_ERRQUEUE: 0x2000,
    MSG_NOSIGNAL: 0x4000,
    MSG_MORE: 0x8000,
    MSG_ZEROCOPY: 0x4000000,
    MSG_FASTOPEN: 0x20000000,
  },
  poll: { ...POLL, POLLWRNORM: 0x100, POLLWRBAND: 0x200, POLLRDHUP: 0x2000 },
  epoll: {
    ...{ EPOLLIN: 0x1, EPOLLPRI: 0x2, EPOLLOUT: 0x4, EPOLLERR: 0x8, EPOLLHUP: 0x10 },
    ...{ EPOLLRDNORM: 0x40, EPOLLRDBAND: 0x80, EPOLLWRNORM: 0x100, EPOLLWRBAND: 0x200 },
    ...{ EPOLLMSG: 0x400, EPOLLRDHUP: 0x2000, EPOLLEXCLUSIVE: 1 << 28, EPOLLWAKEUP: 1 << 29 },
    ...{ EPOLLONESHOT: 1 << 30, EPOLLET: 2 ** 31 },
  },
  epoll_ctl: { EPOLL_CTL_ADD: 1, EPOLL_CTL_DEL: 2, EPOLL_CTL_MOD: 3 },
  SO_TIMESTAMPING: {
    SOF_TIMESTAMPING_TX_HARDWARE: 1,
    SOF_TIMESTAMPING_TX_SOFTWARE: 1 << 1,
    SOF_TIMESTAMPING_RX_HARDWARE: 1 << 2,
    SOF_TIMESTAMPING_RX_SOFTWARE: 1 << 3,
    SOF_TIMESTAMPING_SOFTWARE: 1 << 4,
    SOF_TIMESTAMPING_SYS_HARDWARE: 1 << 5,
    SOF_TIMESTAMPING_RAW_HARDWARE: 1 << 6,
    SOF_TIMESTAMPING_OPT_ID: 1 << 7,
    SOF_TIMESTAMPING_TX_SCHED: 1 << 8,
    SOF_TIMESTAMPING_TX_ACK: 1 << 9,
    SOF_TIMESTAMPING_OPT_CMSG: 1 << 10,
    SOF_TIMESTAMPING_OPT_TSONLY: 1 << 11,
    SOF_TIMESTAMPING_OPT_STATS: 1 << 12,
    SOF_TIMESTAMPING_OPT_PKTINFO: 1 << 13,
    SOF_TIMESTAMPING_OPT_TX_SWHW: 1 << 14,
    SOF_TIMESTAMPING_BIND_PHC: 1 << 15,
    SOF_TIMESTAMPING_OPT_ID_TCP: 1 << 16,
    SOF_TIMESTAMPING_OPT_RX_FILTER: 1 << 17,
    SOF_TIMESTAMPING_TX_COMPLETION: 1 << 18,
  },
  control: {
    ...{ SOL_IP: 0, SOL_TCP: 6, SOL_IPV6: 41, IP_RECVERR: 11, IPV6_RECVERR: 25 },
    ...{ SCM_TIMESTAMPING: 37, SCM_TIMESTAMPING_OPT_STATS: 54, TCP_CM_INQ: 36 },
    ...{ SCM_TSTAMP_SND: 0, SCM_TSTAMP_SCHED: 1, SCM_TSTAMP_ACK: 2 },
    ...{ SO_EE_ORIGIN_NONE: 0, SO_EE_ORIGIN_LOCAL: 1, SO_EE_ORIGIN_ICMP: 2 },
    ...{ SO_EE_ORIGIN_ICMP6: 3, SO_EE_ORIGIN_TIMESTAMPING: 4, SO_EE_ORIGIN_ZEROCOPY: 5 },
    ...{ SO_EE_CODE_ZEROCOPY_COPIED: 1, MSG_CTRUNC: 0x8 },
  },
};

const FREEBSD: Constants = {
  family: { AF_INET: 2, AF_INET6: 28 },
  type: {
    SOCK_STREAM: 1,
    SOCK_DGRAM: 2,
    SOCK_RAW: 3,
    SOCK_CLOEXEC: 0x10000000,
    SOCK_NONBLOCK: 0x20000000,
  },
  level: { IPPROTO_IP: 0, IPPROTO_TCP: 6, IPPROTO_IPV6: 41, SOL_SOCKET: 0xffff },
  SOL_SOCKET: {
    SO_DEBUG: 0x1,
    SO_ACCEPTCONN: 0x2,
    SO_REUSEADDR: 0x4,
    SO_KEEPALIVE: 0x8,
    SO_DONTROUTE: 0x10,
    SO_BROADCAST: 0x20,
    SO_LINGER: 0x80,
    SO_REUSEPORT: 0x200,
    SO_NOSIGPIPE: 0x800,
    SO_SNDBUF: 0x1001,
    SO_RCVBUF: 0x1002,
    SO_ERROR: 0x1007,
    SO_TYPE: 0x1008,
    SO_PROTOCOL: 0x1016,
    SO_DOMAIN: 0x1019,
  },
  IPPROTO_TCP: {
    TCP_NODELAY: 1,
    TCP_MAXSEG: 2,
    TCP_NOPUSH: 4,
    TCP_NOOPT: 8,
    TCP_INFO: 32,
    TCP_CONGESTION: 64,
    TCP_KEEPINIT: 128,
    TCP_KEEPIDLE: 256,
    TCP_KEEPINTVL: 512,
    TCP_KEEPCNT: 1024,
    TCP_FASTOPEN: 1025,
  },
  IPPROTO_IP: { IP_TOS: 3, IP_TTL: 4 },
  IPPROTO_IPV6: { IPV6_UNICAST_HOPS: 4, IPV6_V6ONLY: 27, IPV6_TCLASS: 61 },
  fcntl: LINUX.fcntl,
  descriptor: { FD_CLOEXEC: 1 },
  open: { O_RDONLY: 0, O_WRONLY: 0x1, O_RDWR: 0x2, O_NONBLOCK: 0x4, O_APPEND: 0x8 },
  splice: LINUX.splice,
  message: {
    MSG_OOB: 0x1,
    MSG_PEEK: 0x2,
    MSG_DONTROUTE: 0x4,
    MSG_EOR: 0x8,
    MSG_TRUNC: 0x10,
    MSG_WAITALL: 0x40,
    MSG_DONTWAIT: 0x80,
    MSG_NOSIGNAL: 0x20000,
  },
  poll: { ...POLL, POLLWRBAND: 0x100, POLLRDHUP: 0x4000 },
  epoll: {},
  epoll_ctl: {},
  SO_TIMESTAMPING: {},
  control: { MSG_CTRUNC: 0x20 },
};

const OF: Readonly<Record<System, Constants>> = { linux: LINUX, freebsd: FREEBSD };

/** The names of all constants of a system. */
export function constantNames(system: System): readonly string[] {
  return Object.values(OF[system]).flatMap((names) => Object.keys(names));
}

/** The one constant that an argument names or is the number of. */
export function constant(
  value: PacketValue | undefined,
  kind: ConstantKind | undefined,
  system: System,
): string {
  if (value?.kind === 'words') return value.words[0] ?? '';
  if (value?.kind !== 'number') return '';
  const names = kind === undefined ? {} : OF[system][kind];
  const known = Object.entries(names).find(([, number]) => number === value.value);
  return known?.[0] ?? `the number ${value.value}`;
}

/** The constants that an argument joins by `|`, or is the sum of. */
export function joinedConstants(
  value: PacketValue | undefined,
  kind: ConstantKind,
  system: System,
): readonly string[] {
  if (value?.kind === 'words') {
    return value.words.flatMap((word) =>
      isNumber(word) ? namesIn(Number(word), kind, system) : [word],
    );
  }
  return value?.kind === 'number' ? namesIn(value.value, kind, system) : [];
}

/** Whether what is joined to names is a number: `MSG_DONTWAIT|0x4000`. */
export function isNumber(word: string): boolean {
  return /^(?:0x[0-9a-f]+|\d+)$/i.test(word);
}

/** The constants that a number is the sum of. */
function namesIn(sum: number, kind: ConstantKind, system: System): readonly string[] {
  let rest = sum >>> 0;
  const names: string[] = [];
  for (const [name, bits] of Object.entries(OF[system][kind])) {
    if ((rest & bits) === 0) continue;
    names.push(name);
    rest = (rest & ~bits) >>> 0;
  }
  return rest === 0 ? names : [...names, `the flag 0x${rest.toString(16)}`];
}

/** The number of constants that are joined; undefined when one of them is unknown. */
export function numberOfConstants(names: readonly string[], system: System): number | undefined {
  let sum = 0;
  for (const name of names) {
    const found = isNumber(name)
      ? Number(name)
      : Object.values(OF[system]).find((kind) => Object.hasOwn(kind, name))?.[name];
    if (found === undefined) return undefined;
    sum = (sum | found) >>> 0;
  }
  return sum;
}
