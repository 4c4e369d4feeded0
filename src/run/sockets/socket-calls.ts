/** The sockets interface (POSIX.1-2017) as values: calls that name descriptors, and how they end. */

import type { Part } from '../../sim/step.js';
import type { Instant } from '../../tcp/rule.js';
import type { Socket } from '../../tcp/tcb.js';
import type { Errno } from './errno.js';

/** Whose habits the interface has. */
export type System = 'linux' | 'freebsd';

export type Family = 'AF_INET' | 'AF_INET6';
export type ShutdownHow = 'SHUT_RD' | 'SHUT_WR' | 'SHUT_RDWR';

/** What `setsockopt` is given and `getsockopt` returns. */
export type OptionValue =
  | number
  /** SO_ERROR, when there is one; 0 when not. */
  | { readonly errno: Errno }
  /** `TCP_FASTOPEN_KEY`. */
  | { readonly octets: Uint8Array }
  /** `TCP_CONGESTION`: a name. */
  | { readonly text: string }
  /** `struct linger`, seconds. */
  | { readonly onoff: number; readonly linger: number }
  /** `struct timeval`, microseconds; 0: no end; below 0: no time. */
  | { readonly wait: number }
  /** `struct tcp_info`: the fields that are known here, by the names of the structure. */
  | { readonly info: Readonly<Record<string, number>> };

/** One entry of `poll`: names as `POLLIN`, `POLLOUT`. */
export interface PollEntry {
  readonly fd: number;
  readonly events: readonly string[];
}

/** What an event of epoll carries back to the program, by the member of the union that it is written to. */
export interface EpollData {
  readonly kind: 'fd' | 'ptr' | 'u32' | 'u64';
  readonly value: number;
}

/** Names as `EPOLLIN`, `EPOLLET`. */
export interface EpollEvent {
  readonly events: readonly string[];
  readonly data: EpollData;
}

/** `struct sock_extended_err`. */
export interface ExtendedError {
  readonly errno: number;
  readonly origin: number;
  readonly type: number;
  readonly code: number;
  readonly info: number;
  readonly data: number;
}

/** What comes with a message that is read, beside its text. */
export type ControlMessage =
  /** IP_RECVERR, or IPV6_RECVERR. */
  | { readonly kind: 'error'; readonly family: Family; readonly error: ExtendedError }
  /** A time, in the form that this option asks for. */
  | {
      readonly kind: 'time';
      readonly name: 'SO_TIMESTAMP' | 'SO_TIMESTAMPNS' | 'SO_TIMESTAMPING';
      readonly at: Instant;
    }
  /** TCP_CM_INQ: so many octets can be read after it. */
  | { readonly kind: 'inq'; readonly octets: number };

/**
 * A call. `read` is read, recv, recvfrom and recvmsg with one buffer; `write` is write, send, sendto and sendmsg with
 * one buffer. `flags` are names (`MSG_DONTWAIT`, `O_NONBLOCK`).
 */
export type SocketCall =
  | {
      readonly kind: 'socket';
      readonly family: Family;
      /** `SOCK_STREAM` and, on both systems, `SOCK_NONBLOCK`. */
      readonly flags: readonly string[];
    }
  | { readonly kind: 'bind'; readonly fd: number; readonly address: Socket }
  | { readonly kind: 'listen'; readonly fd: number; readonly backlog: number }
  /** No address: `AF_UNSPEC`, which dissolves the association. */
  | { readonly kind: 'connect'; readonly fd: number; readonly address: Socket | undefined }
  | { readonly kind: 'accept'; readonly fd: number; readonly flags: readonly string[] }
  | {
      readonly kind: 'read';
      /** `read` itself, not one of its relatives. */
      readonly plain?: boolean;
      /** `recvmsg`, which tells what comes with the text. */
      readonly message?: boolean;
      readonly fd: number;
      /** Octets at most. */
      readonly count: number;
      readonly flags: readonly string[];
      /** The program has no memory at that address. */
      readonly unmapped?: boolean;
    }
  | {
      readonly kind: 'write';
      readonly fd: number;
      readonly data: Uint8Array;
      /** Which times of this text are to be told, whatever the socket says of others (SO_TIMESTAMPING as a control message). */
      readonly times?: number | undefined;
      /** The lengths of the pieces that the text lies in, if they are several. */
      readonly parts?: readonly number[] | undefined;
      readonly flags: readonly string[];
      /** The destination of sendto or sendmsg, if it names one; `unspecified`: of the family AF_UNSPEC. */
      readonly to: Socket | 'unspecified' | undefined;
      /** The program has no memory at that address. */
      readonly unmapped?: boolean;
    }
  /** `how` undefined: a number that is none of the three. */
  | { readonly kind: 'shutdown'; readonly fd: number; readonly how: ShutdownHow | undefined }
  | { readonly kind: 'close'; readonly fd: number }
  /** `timeout` in milliseconds; negative waits for ever. */
  | { readonly kind: 'poll'; readonly entries: readonly PollEntry[]; readonly timeout: number }
  /** A file, of which nothing is known but that there is enough of it. */
  | { readonly kind: 'open' }
  | { readonly kind: 'pipe' }
  /** From one descriptor to another; `flags` are names (`SPLICE_F_MORE`). */
  | {
      readonly kind: 'splice';
      readonly from: number;
      readonly to: number;
      /** Octets at most. */
      readonly count: number;
      readonly flags: readonly string[];
      /** Whether the program says where in a file to begin. */
      readonly offsets: { readonly from: boolean; readonly to: boolean };
    }
  /** Linux's epoll. */
  | { readonly kind: 'epoll_create'; readonly size: number }
  | {
      readonly kind: 'epoll_ctl';
      readonly epoll: number;
      /** `EPOLL_CTL_ADD`, ... */
      readonly operation: string;
      readonly target: number;
      readonly event: EpollEvent;
    }
  | {
      readonly kind: 'epoll_wait';
      readonly epoll: number;
      /** Events at most. */
      readonly count: number;
      /** As that of `poll`. */
      readonly timeout: number;
    }
  | {
      readonly kind: 'fcntl';
      readonly fd: number;
      readonly command: string;
      /** The flags of `F_SETFL`, or of `F_SETFD`. */
      readonly flags: readonly string[];
    }
  | {
      readonly kind: 'getsockopt';
      readonly fd: number;
      /** `SOL_SOCKET`, `IPPROTO_TCP` or `SOL_TCP`, `IPPROTO_IP`, `IPPROTO_IPV6`, ... */
      readonly level: string;
      readonly name: string;
    }
  | {
      readonly kind: 'setsockopt';
      readonly fd: number;
      readonly level: string;
      readonly name: string;
      readonly value: OptionValue;
      /** Fewer octets are given than the value has. */
      readonly short?: boolean;
    }
  /** `SIOCINQ` or `FIONREAD`; `SIOCOUTQ` or `TIOCOUTQ` or `FIONWRITE`. */
  | { readonly kind: 'ioctl'; readonly fd: number; readonly request: string };

/** A call of one kind. */
export type SocketCallOf<Kind extends SocketCall['kind']> = Extract<
  SocketCall,
  { readonly kind: Kind }
>;

/** How a call ended. `result` is the C function's: -1 with an `errno`. */
export interface Done {
  readonly kind: 'done';
  readonly result: number;
  readonly errno?: Errno;
  /** Octets that were read. */
  readonly data?: Uint8Array;
  /** The option's value (getsockopt), or the count (ioctl). */
  readonly value?: OptionValue;
  /** `F_GETFL`: the flags that are set, `O_RDWR` among them. */
  readonly flags?: readonly string[];
  /** The two descriptors of a pipe. */
  readonly descriptors?: readonly number[];
  /** The other side's socket (accept). */
  readonly peer?: Socket;
  /** `poll`: the events that came true, in the order of the entries. */
  readonly revents?: readonly (readonly string[])[];
  /** What came with a message, and its flags. */
  readonly control?: readonly ControlMessage[];
  readonly messageFlags?: readonly string[];
  /** `epoll_wait`. */
  readonly events?: readonly EpollEvent[];
}

/** What an answer has besides: what the call did in the world, for the step in which it was made. */
export interface WithPart {
  readonly part: Part;
}

export type Answer = WithPart &
  (
    | Done
    /** It waits; `progress` tells when it ends, by this number. */
    | { readonly kind: 'blocked'; readonly id: number }
    /** It cannot be meant here: say so, and do not go on as if it had been done. `what` is a name, `TCP_MD5SIG`. */
    | { readonly kind: 'unsupported'; readonly what: string }
  );

/** Who calls: the statement, for the record, and where numbers of user calls come from. */
export interface Caller {
  /** The statement's index in the program. */
  readonly origin: number;
  /** A fresh number of a user call: `() => state.nextCall++`. */
  readonly number: () => number;
}
