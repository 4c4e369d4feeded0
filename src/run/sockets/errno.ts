/** The one table from RFC 9293's texts to the errno of a socket call. */

import { ICMP_TEXT, type IcmpError } from '../../tcp/icmp/messages.js';
import type { State } from '../../tcp/states.js';
import { TEXT } from '../../tcp/user-texts.js';
import type { System } from './socket-calls.js';

/** The errors that socket calls answer here; EWOULDBLOCK is EAGAIN on both systems. */
export type Errno =
  | 'EACCES'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EAFNOSUPPORT'
  | 'EAGAIN'
  | 'EALREADY'
  | 'EBADF'
  | 'EDOM'
  | 'EEXIST'
  | 'ECONNABORTED'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EFAULT'
  | 'EHOSTDOWN'
  | 'EHOSTUNREACH'
  | 'EINPROGRESS'
  | 'EINVAL'
  | 'EISCONN'
  | 'EMSGSIZE'
  | 'ENETUNREACH'
  | 'ENOENT'
  | 'ENOMSG'
  | 'ENOBUFS'
  | 'ENONET'
  | 'ENOPROTOOPT'
  | 'ESRCH'
  | 'ENOTCONN'
  | 'ENOTSOCK'
  | 'ESPIPE'
  | 'EOPNOTSUPP'
  | 'EPERM'
  | 'EPIPE'
  | 'EPROTO'
  | 'ETIMEDOUT';

/** How the systems number them. */
const NUMBERS: Readonly<Record<System, Readonly<Partial<Record<Errno, number>>>>> = {
  linux: {
    ...{ EPERM: 1, ENOENT: 2, ESRCH: 3, EBADF: 9, EAGAIN: 11, EACCES: 13, EFAULT: 14, EEXIST: 17 },
    ...{
      EINVAL: 22,
      ESPIPE: 29,
      EPIPE: 32,
      EDOM: 33,
      ENOMSG: 42,
      ENONET: 64,
      EPROTO: 71,
      ENOTSOCK: 88,
      EMSGSIZE: 90,
      ENOPROTOOPT: 92,
      EOPNOTSUPP: 95,
    },
    ...{ EAFNOSUPPORT: 97, EADDRINUSE: 98, EADDRNOTAVAIL: 99, ENETUNREACH: 101 },
    ...{ ECONNABORTED: 103, ECONNRESET: 104, ENOBUFS: 105, EISCONN: 106, ENOTCONN: 107 },
    ...{ ETIMEDOUT: 110, ECONNREFUSED: 111, EHOSTDOWN: 112, EHOSTUNREACH: 113, EALREADY: 114 },
    EINPROGRESS: 115,
  },
  freebsd: {
    ...{ EPERM: 1, ENOENT: 2, ESRCH: 3, EBADF: 9, EACCES: 13, EFAULT: 14, EEXIST: 17, EINVAL: 22 },
    ...{
      EPIPE: 32,
      EDOM: 33,
      EAGAIN: 35,
      EINPROGRESS: 36,
      EALREADY: 37,
      ENOTSOCK: 38,
      EMSGSIZE: 40,
      ENOPROTOOPT: 42,
    },
    ...{ EOPNOTSUPP: 45, EAFNOSUPPORT: 47, EADDRINUSE: 48, EADDRNOTAVAIL: 49, ENETUNREACH: 51 },
    ...{ ECONNABORTED: 53, ECONNRESET: 54, ENOBUFS: 55, EISCONN: 56, ENOTCONN: 57 },
    ...{ ETIMEDOUT: 60, ECONNREFUSED: 61, EHOSTDOWN: 64, EHOSTUNREACH: 65, EPROTO: 92 },
  },
};

/** Whether a name is that of an error which there is here. */
export function isErrno(name: string): name is Errno {
  return Object.hasOwn(NUMBERS.linux, name);
}

/** The number of an error; undefined for one that the system does not have. */
export function errnoNumber(system: System, errno: Errno): number | undefined {
  return NUMBERS[system][errno];
}

/** What a failed OPEN is to `connect`. */
const OPEN_ERRNO: Readonly<Record<System, Readonly<Record<string, Errno>>>> = {
  linux: {
    [TEXT.alreadyExists]: 'EADDRNOTAVAIL',
    [TEXT.illegal]: 'EADDRNOTAVAIL',
    [TEXT.insufficient]: 'EADDRNOTAVAIL',
    [TEXT.notUnicast]: 'ENETUNREACH',
    [TEXT.remoteUnspecified]: 'EINVAL',
  },
  freebsd: {
    [TEXT.alreadyExists]: 'EADDRINUSE',
    [TEXT.illegal]: 'EADDRNOTAVAIL',
    [TEXT.insufficient]: 'EADDRNOTAVAIL',
    [TEXT.notUnicast]: 'EAFNOSUPPORT',
    [TEXT.remoteUnspecified]: 'EINVAL',
  },
};

/** The errno of an OPEN that the TCP refuses at once. */
export function openErrno(system: System, text: string): Errno {
  return OPEN_ERRNO[system][text] ?? 'EINVAL';
}

/**
 * The pending error (`SO_ERROR`) of a connection that ended in `state` with this signal; undefined when it ended as it
 * should. A reset is a refusal in SYN_SENT, and on Linux a broken pipe once the FIN has been received.
 */
export function endErrno(
  system: System,
  text: string,
  state: State,
  ipv6 = false,
): Errno | undefined {
  switch (text) {
    case TEXT.reset:
    case TEXT.refused:
      return resetErrno(system, state);
    case TEXT.userTimeout:
    case TEXT.excessive:
    case TEXT.keepalive:
      return 'ETIMEDOUT';
    default:
      return icmpErrno(system, text, ipv6);
  }
}

/** What Linux makes of ICMP errors. */
const ICMP_LINUX: Readonly<Partial<Record<IcmpError, Errno>>> = {
  'net-unreachable': 'ENETUNREACH',
  'host-unreachable': 'EHOSTUNREACH',
  'protocol-unreachable': 'ENOPROTOOPT',
  'port-unreachable': 'ECONNREFUSED',
  'source-route-failed': 'EOPNOTSUPP',
  'net-unknown': 'ENETUNREACH',
  'host-unknown': 'EHOSTDOWN',
  'host-isolated': 'ENONET',
  'net-prohibited': 'ENETUNREACH',
  'net-tos': 'ENETUNREACH',
  'host-tos': 'EHOSTUNREACH',
  prohibited: 'EHOSTUNREACH',
  precedence: 'EHOSTUNREACH',
  'beyond-scope': 'EHOSTUNREACH',
  'time-exceeded': 'EHOSTUNREACH',
  'reassembly-time-exceeded': 'EHOSTUNREACH',
  'parameter-problem': 'EPROTO',
  'bad-length': 'EPROTO',
  'unknown-next-header': 'EPROTO',
};

/** FreeBSD: whoever refuses, refuses the connection. */
const ICMP_FREEBSD: Readonly<Partial<Record<IcmpError, Errno>>> = {
  'net-unreachable': 'EHOSTUNREACH',
  'host-unreachable': 'EHOSTUNREACH',
  'protocol-unreachable': 'ECONNREFUSED',
  'port-unreachable': 'ECONNREFUSED',
  'source-route-failed': 'EHOSTUNREACH',
  'net-unknown': 'EHOSTUNREACH',
  'host-unknown': 'EHOSTUNREACH',
  'host-isolated': 'EHOSTUNREACH',
  'net-prohibited': 'ECONNREFUSED',
  'net-tos': 'EHOSTUNREACH',
  'host-tos': 'EHOSTUNREACH',
  prohibited: 'ECONNREFUSED',
  precedence: 'EHOSTUNREACH',
  'beyond-scope': 'ENOPROTOOPT',
  'time-exceeded': 'EHOSTUNREACH',
  'parameter-problem': 'ENOPROTOOPT',
  'unknown-next-header': 'ECONNREFUSED',
};

function icmpErrno(system: System, text: string, ipv6: boolean): Errno | undefined {
  if (system === 'linux' && ipv6 && text === ICMP_TEXT.prohibited) return 'EACCES';
  const table = system === 'linux' ? ICMP_LINUX : ICMP_FREEBSD;
  const errors = Object.keys(table) as IcmpError[];
  const error = errors.find((one) => ICMP_TEXT[one] === text);
  return error && table[error];
}

function resetErrno(system: System, state: State): Errno {
  if (state === 'SYN_SENT') return 'ECONNREFUSED';
  if (state === 'SYN_RCVD') return system === 'linux' ? 'ECONNRESET' : 'ECONNREFUSED';
  return system === 'linux' && state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET';
}
