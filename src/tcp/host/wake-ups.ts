/** RFC 9293 §3.10.8 Timeouts: which connection of a host has the next one. */

import { peek, pop, push } from '../../base/heap.js';
import type { Instant } from '../rule.js';
import { soonestInstant } from '../timers.js';
import type { Connection, Host } from './connection-table.js';

// The heap holds instants that may be out of date, but never at its top: whoever changes a connection's timers, or takes
// its entry out of the table, sees to that.

/** Sees to it that the host wakes up at the connection's soonest timer: to be called when its timers are others. */
export function schedule(host: Host, connection: Connection): void {
  const at = soonestInstant(connection.tcb.timers);
  if (at !== undefined && (connection.wakeAt === undefined || at < connection.wakeAt)) {
    book(host, connection, at);
  }
  const top = peek(host.wakeUps);
  if (top !== undefined && top.serial === connection.ref.id && top.at !== at) tidy(host);
}

/** The entry was taken out of the table: nothing goes off for it. */
export function unschedule(host: Host, connection: Connection): void {
  if (peek(host.wakeUps)?.serial === connection.ref.id) tidy(host);
}

/** Takes the soonest instant out: its timer goes off now, and the connection is scheduled anew. */
export function takeWakeUp(host: Host): void {
  pop(host.wakeUps);
  tidy(host);
}

/** When the next timer of any connection goes off; undefined when none is armed. */
export function nextTimeout(host: Host): Instant | undefined {
  return peek(host.wakeUps)?.at;
}

/** The connection whose timer goes off next; of two at the same instant, the one created first. */
export function nextWakeUp(host: Host): Connection | undefined {
  const top = peek(host.wakeUps);
  return top && host.connections.get(top.serial);
}

/** Takes instants from the top of the heap until there is one that holds. */
function tidy(host: Host): void {
  for (let top = peek(host.wakeUps); top !== undefined; top = peek(host.wakeUps)) {
    const connection = host.connections.get(top.serial);
    const current = connection !== undefined && connection.wakeAt === top.at;
    const at = current ? soonestInstant(connection.tcb.timers) : undefined;
    if (at === top.at) return;
    // A timer that was stopped or moved on since: booked anew at the instant that holds now.
    pop(host.wakeUps);
    if (current) book(host, connection, at);
  }
}

function book(host: Host, connection: Connection, at: Instant | undefined): void {
  connection.wakeAt = at;
  if (at !== undefined) push(host.wakeUps, { at, serial: connection.ref.id });
}
