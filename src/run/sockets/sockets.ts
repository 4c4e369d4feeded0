/** The sockets interface over RFC 9293's user calls: what a process on a host may ask of its TCP. */

import type { World } from '../../sim/world.js';
import type { Instant, Microstep } from '../../tcp/rule.js';
import type { Answer, Caller, Done, SocketCall, WithPart } from './socket-calls.js';
import type { SocketTable } from './table.js';

/** A call that had waited and is over. */
export type Progress = WithPart & Done & { readonly id: number };

/** A socket call, made now. Changes the table and the world; what the world did is the answer's part. */
export declare function callSocket(
  table: SocketTable,
  world: World,
  call: SocketCall,
  caller: Caller,
): Answer;

/** Takes note of what happened on the table's host. To be given the microsteps of every step, in order. */
export declare function observeSockets(table: SocketTable, microsteps: readonly Microstep[]): void;

/** Tries again what waits, oldest first: after each step that was observed, and at `nextDeadline`. */
export declare function progress(
  table: SocketTable,
  world: World,
  caller: Caller,
): readonly Progress[];

/** When a waiting call ends in any case (poll's timeout, close's linger); undefined when none has such an end. */
export declare function nextDeadline(table: SocketTable): Instant | undefined;
