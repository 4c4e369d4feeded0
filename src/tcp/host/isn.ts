/** RFC 9293 §3.4.1 Initial Sequence Number Selection: a host offers an ISN to its rules and notes whether it was used. */

import { assert } from '../../base/assert.js';
import type { Isn } from '../isn.js';
import { afterIsn, chooseIsn } from '../isn.js';
import type { Instant, Microstep } from '../rule.js';
import type { Socket, Tcb } from '../tcb.js';
import type { Host } from './connection-table.js';

/** The ISN that a connection of these sockets gets now; calculated when a rule asks for it. */
export function offerIsn(
  host: Host,
  local: Socket,
  remote: Socket | undefined,
  now: Instant,
): () => Isn {
  return () => {
    assert(remote !== undefined, () => 'an ISN is chosen for two sockets');
    const { isn, secret, isnClock } = host.settings;
    return chooseIsn(isn, secret, host.isn, local, remote, now, isnClock);
  };
}

/** The host's sequence of ISNs goes on if the rules took the one that was offered. */
export function takeIsn(host: Host, before: Tcb, microsteps: readonly Microstep[]): void {
  const after = microsteps.at(-1)?.after;
  if (after?.isn !== undefined && after.isn !== before.isn) host.isn = afterIsn(host.isn);
}
