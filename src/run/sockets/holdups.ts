/** What the text of a connection has waited for, as `tcp_info` tells it: `tcpi_busy_time` and what of it a window or a buffer has cost. */

import { countOf } from '../../base/pieces.js';
import { congestionWindow, flight } from '../../tcp/congestion/flight.js';
import { countSyn } from '../../tcp/loss-recovery/scoreboard.js';
import type { Duration, Instant } from '../../tcp/rule.js';
import { unsentOctets } from '../../tcp/sending/queued.js';
import { finIsDue } from '../../tcp/sending/transmit.js';
import { unitsOf } from '../../tcp/sending/units.js';
import type { Tcb } from '../../tcp/tcb.js';
import { fullSegment, usableWindow } from '../../tcp/window.js';

/** Nothing; an acknowledgment or the congestion window; the peer's window; room in the send buffer. */
type Holdup = 'none' | 'busy' | 'window' | 'buffer';

/** For how long text was held up by each. */
export interface Holdups {
  readonly now: Holdup;
  readonly since: Instant;
  readonly busy: Duration;
  readonly window: Duration;
  readonly buffer: Duration;
  /** A `write` has met a full buffer, and there is no room yet. */
  readonly full: boolean;
}

export const NEVER_HELD_UP: Holdups = {
  now: 'none',
  since: 0,
  busy: 0,
  window: 0,
  buffer: 0,
  full: false,
};

/** The same after a rule has run. */
export function heldUp(holdups: Holdups, tcb: Tcb, at: Instant): Holdups {
  const found = holdupOf(tcb, holdups.full);
  // A buffer that is full is what counts until it has room.
  const stays = holdups.now === 'buffer' && holdups.full && found !== 'none';
  const now = stays ? 'buffer' : found;
  return now === holdups.now ? holdups : { ...waitedUntil(holdups, at), now };
}

/** The same with what has been waited until an instant. */
export function waitedUntil(holdups: Holdups, at: Instant): Holdups {
  const { now, since } = holdups;
  if (now === 'none') return { ...holdups, since: at };
  return { ...holdups, since: at, [now]: holdups[now] + at - since };
}

function holdupOf(tcb: Tcb, full: boolean): Holdup {
  const sent = countOf(tcb.retransmissions) - countSyn(tcb.retransmissions);
  const waiting = unsentOctets(tcb.queued);
  const fin = finIsDue(tcb);
  if (sent === 0 && waiting === 0 && !fin) return 'none';
  const room = congestionWindow(tcb) - flight(tcb);
  if (waiting > 0 && room > 0) return isWindowShort(tcb, room) ? 'window' : 'busy';
  if (fin && usableWindow(tcb) === 0) return 'window';
  return full && waiting === 0 && room > 0 ? 'buffer' : 'busy';
}

/** The peer's window, and not the congestion window, is what the next text does not fit into. */
function isWindowShort(tcb: Tcb, room: number): boolean {
  const [unit] = unitsOf(tcb);
  const next = unit?.octets ?? 0;
  return usableWindow(tcb) < Math.min(room * fullSegment(tcb), next);
}
