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
  /** When text was sent last. */
  readonly sentAt: Instant;
  /** Since when the window is not used: it was, or something was acknowledged, or it came down. */
  readonly unusedSince: Instant;
  /** The most that was outstanding since it came down, while it was not used. */
  readonly mostUnused: number;
  /** What the window and ssthresh were when it came down for that; until the next ACK text leaves at their pace. */
  readonly paced?: Pick<Congestion, 'window' | 'threshold'> | undefined;
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
  const spell = known ?? { unusedSince: now, mostUnused: 0 };
  const use =
    less && before(snd.una, known.until)
      ? { ...known, sentAt }
      : { ...spell, filled, most, until: snd.nxt, sentAt };
  const first = sent > 0 && flight(tcb) === sent;
  return lowered(withWindow(tcb, { use, ...(first ? laterEpoch(tcb, now) : undefined) }), now);
}

/** RFC 9438 §5.8: the time in which nothing was under way lets the window not grow. */
function laterEpoch({ rto }: Tcb, now: Instant): Pick<Congestion, 'cubic'> | undefined {
  const { cubic, use } = rto.congestion ?? {};
  if (cubic?.epoch === undefined || use === undefined) return undefined;
  const since = Math.min(now, cubic.epoch.since + (now - use.sentAt));
  return { cubic: { ...cubic, epoch: { ...cubic.epoch, since } } };
}

/** RFC 7661 §4.4: a window that was not used for an RTO comes down half of the way to what was. */
function lowered(tcb: Tcb, now: Instant): Tcb {
  const { rto, settings, retransmissions } = tcb;
  const { congestion, recovery } = rto;
  const use = congestion?.use;
  if (use === undefined) return tcb;
  if (isUsed(tcb, congestion ?? uncongested(tcb)))
    return withWindow(tcb, { use: { ...use, unusedSince: now, mostUnused: 0 } });
  const mostUnused = Math.max(use.mostUnused, countOf(retransmissions));
  if (settings.idleWindow === 'keep' || now - use.unusedSince < rto.value)
    return withWindow(tcb, { use: { ...use, mostUnused } });
  const calm = congestion?.loss === undefined && (recovery?.phase ?? 'open') === 'open';
  if (!calm) return withWindow(tcb, { use: { ...use, mostUnused, unusedSince: now } });
  const window = congestionWindow(tcb);
  const after = cameDown(tcb, use, now);
  const used = Math.max(mostUnused, settings.initialWindow ?? 0);
  if (used >= window) return withWindow(tcb, { use: after });
  const threshold = thresholdOf(tcb, window);
  return withWindow(tcb, { use: after, window: Math.floor((window + used) / 2), threshold });
}

/** The window comes down, and is to be used anew; text leaves at the pace of before. */
function cameDown(tcb: Tcb, use: WindowUse, now: Instant): WindowUse {
  return { ...use, mostUnused: 0, unusedSince: now, paced: pacedOf(tcb) };
}

/** The window and ssthresh of the pace at which text leaves. */
export function pacedOf(tcb: Tcb): Pick<Congestion, 'window' | 'threshold'> {
  const { congestion } = tcb.rto;
  const { window, threshold } = congestion?.use?.paced ?? congestion ?? uncongested(tcb);
  return { window, threshold };
}

/** Something new is acknowledged: the window counts as used until then. */
export function usedUntil(congestion: Congestion | undefined, now: Instant): typeof congestion {
  const use = congestion?.use;
  if (congestion === undefined || use === undefined) return congestion;
  return { ...congestion, use: { ...use, unusedSince: now, paced: undefined } };
}

/** RFC 5681 §4.1, as the user gives text: after an RTO in which nothing was sent the window is halved, once more for each RTO, down to the initial one. */
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
  const threshold = thresholdOf(tcb, window);
  const after = cameDown(tcb, use, now);
  return withWindow(tcb, { window: Math.max(least, halved), threshold, use: after });
}

/** ssthresh remembers the window that comes down. */
function thresholdOf({ rto }: Tcb, window: number): number {
  const quarters = threeQuarters(window);
  return Math.max(rto.congestion?.threshold ?? quarters, quarters);
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
