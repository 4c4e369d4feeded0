/** The descriptors of one host's process, and what each socket remembers beside its connection. */

import type { Instant } from '../../tcp/rule.js';
import type { Seq } from '../../tcp/seq.js';
import type { Settings } from '../../tcp/settings.js';
import type { Socket, Tcb } from '../../tcp/tcb.js';
import type { Arrival } from './arrivals.js';
import type { Counts } from './counting.js';
import { type Epoll, unwatched } from './epoll-instance.js';
import type { Errno } from './errno.js';
import type { QueuedMessage } from './error-queue.js';
import type { Stamp } from './sent-notes.js';
import type { Family, OptionValue, SocketCall, System } from './socket-calls.js';
import type { ZeroCopies } from './zerocopy.js';

/** A socket, an immutable value: the table holds its latest. */
export interface BsdSocket {
  readonly family: Family;
  readonly role:
    | 'fresh'
    | 'listening'
    /** A connection was asked for or accepted: `connection` is or was in the host's table. */
    | 'connection';
  readonly nonblocking: boolean;
  /** FD_CLOEXEC: another program that the process runs does not have it. */
  readonly closeOnExec: boolean;
  /** What `bind` said. */
  readonly bound: Socket | undefined;
  readonly remote: Socket | undefined;
  /** TCP_FASTOPEN_CONNECT: `connect` went well and has sent nothing; the first `write` opens. */
  readonly deferred: Socket | undefined;
  /** The id of the connection or listener in the host's table. */
  readonly connection: number | undefined;
  /** `connect` has not told the user of its success yet. */
  readonly connecting: boolean;
  /** The MSS that its SYN offered, when TCP_MAXSEG has said another in SYN_SENT. */
  readonly offered: number | undefined;
  /** The connection's entry is gone. */
  readonly ended: boolean;
  /** Its TCB as it was last, once the entry is gone. */
  readonly last: Tcb | undefined;
  /** The same, when the association was dissolved. */
  readonly dissolved: Tcb | undefined;
  /** What stays then of what was counted. */
  readonly counted: Counts | undefined;
  /** SO_ERROR: told to the next call that asks, once. */
  readonly error: Errno | undefined;
  /** What an ICMP error said that did not end the connection: the reason, should it time out. */
  readonly softError: Errno | undefined;
  /** Messages that wait in a queue of their own; SO_ERROR does not take them away. */
  readonly errorQueue: readonly QueuedMessage[];
  /** When unread text came, if that is to be told. */
  readonly arrivals: readonly Arrival[];
  /** What is to be told of text that was written. */
  readonly stamps: readonly Stamp[];
  readonly zerocopy: ZeroCopies;
  /** What SOF_TIMESTAMPING_OPT_ID counts octets from. */
  readonly stampBase: Seq | undefined;
  /** Octets that outlived the connection, or that its TCB gives no more; undefined while RECEIVE does. */
  readonly left: readonly Uint8Array[] | undefined;
  /** RCV.UP whose urgent octet was read apart from the others. */
  readonly urgentRead: Seq | undefined;
  /** The user has read to the peer's FIN. */
  readonly finRead: boolean;
  /** It was shut down while SYNs had crossed: no connect will say that it is open. */
  readonly shutOpening: boolean;
  /** What its send buffer has grown to. */
  readonly grownSend: number | undefined;
  readonly shutRead: boolean;
  readonly shutWrite: boolean;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** What the options change of the host's settings. */
  readonly settings: Partial<Settings>;
  /** Of a listener: children whose handshake is complete, in the order in which they are accepted. */
  readonly ready: readonly ReadyChild[];
}

/** A child that waits for `accept`. One that was reset while it waited has `ended`. */
export interface ReadyChild {
  readonly connection: number;
  readonly remote: Socket;
  readonly ended: Ended | undefined;
}

/** How a connection ended, and what was left for its user. */
export interface Ended {
  readonly last: Tcb;
  readonly error: Errno | undefined;
  readonly left: readonly Uint8Array[];
}

/** A call that waits. */
export interface BlockedCall {
  readonly id: number;
  readonly call: SocketCall;
  /** `poll` and lingering `close`: when it ends in any case. */
  readonly deadline: Instant | undefined;
  /** `write`, and a read with MSG_WAITALL: octets that were taken before it had to wait. */
  readonly written: number;
  /** `write`: it waits for room in the send buffer. */
  readonly full: boolean;
  /** What the descriptor stood for when the call was made: a close has given it up. */
  readonly connection: number | undefined;
  /** The statement that made it. */
  readonly origin: number;
}

/** An urgent octet of text that was not taken, as the FIN was before it, and RCV.UP that named it. */
export interface UrgentAside {
  readonly up: Seq;
  readonly octet: Uint8Array;
}

/** What a descriptor of a pipe is for; `pipe` is a number of ours. */
export interface PipeEnd {
  readonly pipe: number;
  readonly end: 'read' | 'write';
}

/** One process on one host. Changed in place by this folder; copied at checkpoints. */
export interface SocketTable {
  readonly host: string;
  readonly system: System;
  readonly sockets: Map<number, BsdSocket>;
  readonly epolls: Map<number, Epoll>;
  /** Descriptors of files that were opened. */
  readonly files: Set<number>;
  /** Descriptors of pipes. */
  readonly pipeEnds: Map<number, PipeEnd>;
  /** What each pipe holds, by its number. */
  readonly pipes: Map<number, readonly Uint8Array[]>;
  nextPipe: number;
  /** Descriptors by the id of their connection or listener. */
  readonly descriptors: Map<number, number>;
  /** How connections whose sockets are closed share their port, by their ids. */
  readonly sharing: Map<number, Sharing>;
  /** What was counted of a connection, by its id. */
  readonly counts: Map<number, Counts>;
  /** By the id of its connection, which nobody may have accepted yet. */
  readonly asides: Map<number, UrgentAside>;
  /** Calls that wait, in the order in which they were made. */
  readonly blocked: Map<number, BlockedCall>;
  nextBlocked: number;
  /** No descriptor below it is free. */
  free: number;
  /** Socket options that no program has set, and what bounds a buffer. */
  readonly usual: Map<string, number>;
}

/** A process that has nothing open but its standard streams: descriptors begin at 3. */
export function createSocketTable(host: string, system: System): SocketTable {
  return {
    host,
    system,
    sockets: new Map(),
    epolls: new Map(),
    files: new Set(),
    pipeEnds: new Map(),
    pipes: new Map(),
    nextPipe: 1,
    descriptors: new Map(),
    sharing: new Map(),
    counts: new Map(),
    asides: new Map(),
    blocked: new Map(),
    nextBlocked: 1,
    free: 3,
    usual: new Map(),
  };
}

/** A copy that shares nothing that changes. */
export function copySocketTable(table: SocketTable): SocketTable {
  return {
    ...table,
    sockets: new Map(table.sockets),
    epolls: new Map(table.epolls),
    files: new Set(table.files),
    pipeEnds: new Map(table.pipeEnds),
    pipes: new Map(table.pipes),
    descriptors: new Map(table.descriptors),
    sharing: new Map(table.sharing),
    counts: new Map(table.counts),
    asides: new Map(table.asides),
    blocked: new Map(table.blocked),
  };
}

/** A socket as `socket` makes it. */
export function freshSocket(family: Family, nonblocking: boolean): BsdSocket {
  return {
    family,
    role: 'fresh',
    nonblocking,
    closeOnExec: false,
    bound: undefined,
    remote: undefined,
    deferred: undefined,
    connection: undefined,
    connecting: false,
    offered: undefined,
    ended: false,
    last: undefined,
    dissolved: undefined,
    counted: undefined,
    error: undefined,
    softError: undefined,
    errorQueue: [],
    arrivals: [],
    stamps: [],
    zerocopy: { next: 0, shared: [], pinned: [], tail: undefined },
    stampBase: undefined,
    left: undefined,
    urgentRead: undefined,
    finRead: false,
    shutOpening: false,
    grownSend: undefined,
    shutRead: false,
    shutWrite: false,
    options: {},
    settings: {},
    ready: [],
  };
}

/** Gives a socket the lowest free descriptor. */
export function addSocket(table: SocketTable, socket: BsdSocket): number {
  const fd = takeDescriptor(table);
  setSocket(table, fd, socket);
  return fd;
}

/** The lowest descriptor that is free, which it is no more. */
export function takeDescriptor(table: SocketTable): number {
  let fd = table.free;
  while (isOpen(table, fd)) fd += 1;
  table.free = fd + 1;
  return fd;
}

/** Whether a descriptor stands for something. */
export function isOpen({ sockets, epolls, files, pipeEnds }: SocketTable, fd: number): boolean {
  return sockets.has(fd) || epolls.has(fd) || files.has(fd) || pipeEnds.has(fd);
}

/** The socket of this descriptor is this one from now on. */
export function setSocket(table: SocketTable, fd: number, socket: BsdSocket): void {
  const known = table.sockets.get(fd)?.connection;
  if (known !== undefined && known !== socket.connection) table.descriptors.delete(known);
  table.sockets.set(fd, socket);
  if (socket.connection !== undefined) table.descriptors.set(socket.connection, fd);
}

/** How a socket lets others have its port: SO_REUSEADDR, SO_REUSEPORT. */
export interface Sharing {
  readonly address: boolean;
  readonly port: boolean;
}

/** By what a socket lets others have its port, if they do by the same. */
export function sharingOf({ options }: BsdSocket): Sharing {
  return { address: Boolean(options.SO_REUSEADDR), port: Boolean(options.SO_REUSEPORT) };
}

/** The descriptor is free again, and nobody waits for news of it. */
export function dropSocket(table: SocketTable, fd: number): void {
  const socket = table.sockets.get(fd);
  if (socket?.connection !== undefined) {
    table.descriptors.delete(socket.connection);
    table.sharing.set(socket.connection, sharingOf(socket));
  }
  table.sockets.delete(fd);
  for (const [id, epoll] of table.epolls) table.epolls.set(id, unwatched(epoll, fd));
  freeDescriptor(table, fd);
}

/** The descriptor of a file, of a pipe, or of an epoll instance, is free again. */
export function dropOther(table: SocketTable, fd: number): void {
  table.epolls.delete(fd);
  table.files.delete(fd);
  table.pipeEnds.delete(fd);
  freeDescriptor(table, fd);
}

function freeDescriptor(table: SocketTable, fd: number): void {
  table.free = Math.min(table.free, Math.max(3, fd));
}
