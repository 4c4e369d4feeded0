/** RFC 7661 §4.1: how far the congestion window was filled lately; one that is not used does not grow (deviation initial-window). */

import { countOf } from '../../base/pieces.js';
import type { Congestion } from '../congestion.js';
import type { Instant } from '../rule.js';
import { unsentOctets } from '../sending/queued.js';
import { unitsOf } from '../sending/units.js';
import type { Seq } from '../seq.js';
import { before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { fullSegment, usableWindow } from '../window.js';
import { congestionWindow, flight, uncongested, withCongestion } from './flight.js';

/** What was seen last when something new was sent. */
export interface WindowUse {
  /** As much was under way as may be, or text waited for room in the congestion window. */
  readonly filled: boolean;
  /** So many segments were outstanding. */
  readonly most: number;
  /** SND.NXT then. Once it is acknowledged, less counts, too. */
  readonly until: Seq;
  /** When something was sent last. */
  readonly sentAt: Instant;
}

/** Text was to be sent, and `sent` segments of it left. */
export function withUse(tcb: Tcb, sent: number, now: Instant): Tcb {
  if (tcb.settings.initialWindow === undefined) return tcb;
  const filled = isFilled(tcb);
  if (sent === 0 && !filled) return tcb;
  const { snd, rto, retransmissions } = tcb;
  const known = rto.congestion?.use;
  const sentAt = sent === 0 ? (known?.sentAt ?? now) : now;
  const most = countOf(retransmissions);
  const less = known !== undefined && !filled && (known.filled || most <= known.most);
  const use =
    less && before(snd.una, known.until)
      ? { ...known, sentAt }
      : { filled, most, until: snd.nxt, sentAt };
  return withWindow(tcb, { use });
}

/** RFC 5681 §4.1: after an RTO in which nothing was sent the window is halved, once more for each RTO, down to the initial one. */
export function restarted(tcb: Tcb, now: Instant): Tcb {
  const { rto, settings, retransmissions } = tcb;
  const use = rto.congestion?.use;
  const { initialWindow } = settings;
  if (initialWindow === undefined || use === undefined || retransmissions.length > 0) return tcb;
  if (settings.idleWindow === 'keep') return tcb;
  const idle = now - use.sentAt;
  if (idle <= rto.value) return tcb;
  const window = congestionWindow(tcb);
  const least = Math.min(initialWindow, window);
  const halvings = Math.ceil(idle / rto.value) - 1;
  const halved = Math.floor(window / 2 ** Math.min(halvings, 31));
  const quarters = threeQuarters(window);
  const threshold = Math.max(rto.congestion?.threshold ?? quarters, quarters);
  return withWindow(tcb, { window: Math.max(least, halved), threshold });
}

/** What ssthresh is raised to where a window was in use. */
export function threeQuarters(window: number): number {
  return Math.floor(window / 2) + Math.floor(window / 4);
}

function withWindow(tcb: Tcb, changes: Partial<Congestion>): Tcb {
  return withCongestion(tcb, { ...(tcb.rto.congestion ?? uncongested(tcb)), ...changes });
}

function isFilled(tcb: Tcb): boolean {
  const free = congestionWindow(tcb) - flight(tcb);
  if (free <= 0) return true;
  if (unsentOctets(tcb.queued) === 0) return false;
  const [unit] = unitsOf(tcb);
  const room = free * fullSegment(tcb);
  return unit !== undefined && room < usableWindow(tcb) && room <= unit.octets;
}

/** Whether such a window was used so far that it may grow: filled, or in slow start more than half. */
export function isUsed(tcb: Tcb, limits: Pick<Congestion, 'window' | 'threshold'>): boolean {
  const use = tcb.rto.congestion?.use;
  const { window, threshold } = limits;
  if (use === undefined) return false;
  return use.filled || (window < threshold && window < 2 * use.most);
}
