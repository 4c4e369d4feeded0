/** RFC 9293 §3.10.8 Timeouts: which connection of a host has the next one. */

import { peek, pop, push } from '../../base/heap.js';
import { soonestInstant } from '../timers.js';
import type { Connection, Host } from './connection-table.js';

/** Sees to it that the host wakes up at the connection's soonest timer. */
export function schedule(host: Host, connection: Connection): void {
  const at = soonestInstant(connection.tcb.timers);
  if (at === undefined) return;
  if (connection.wakeAt !== undefined && connection.wakeAt <= at) return;
  connection.wakeAt = at;
  push(host.wakeUps, { at, serial: connection.ref.id });
}

/** The connection whose timer goes off next; of two at the same instant, the one created first. */
export function nextWakeUp(host: Host): Connection | undefined {
  for (let top = peek(host.wakeUps); top !== undefined; top = peek(host.wakeUps)) {
    const connection = host.connections.get(top.serial);
    const current = connection !== undefined && connection.wakeAt === top.at;
    if (current && soonestInstant(connection.tcb.timers) === top.at) return connection;
    // A timer that was stopped or moved on since: booked anew at the instant that holds now.
    pop(host.wakeUps);
    if (!current) continue;
    connection.wakeAt = undefined;
    schedule(host, connection);
  }
  return undefined;
}
