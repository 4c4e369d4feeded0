/** RFC 9293 §3.8 Data Communication: text that goes in units, as far as the windows and Nagle let it (deviation initial-window). */

import { frontOf, lastOf } from '../../base/pieces.js';
import { congestionWindow, flight } from '../congestion/flight.js';
import { isRecovering } from '../loss-recovery/recovery.js';
import type { Effect, Instant } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { fullSegment, isNagled, textOfFull, usableWindow } from '../window.js';
import { paceOf } from './pace.js';
import type { Why } from './send-queued.js';
import type { Marks, Output } from './transmit.js';
import { sendText } from './transmit.js';
import type { Unit } from './units.js';
import { grown, pushedBy, unitsOf, withoutSent, withUnits } from './units.js';
import { hasUrgentText } from './urgent.js';

/** What leaves joins `effects`. `called`: because of the user, and not of an ACK. */
export function sendUnits(
  tcb: Tcb,
  effects: Effect[],
  now: Instant,
  why: Why,
  called = false,
): Tcb {
  if (why === 'override') return sendOverriding(tcb, effects, now);
  const full = textOfFull(tcb);
  const most = mostSegments(tcb, full);
  let sent = tcb;
  for (let units = unitsOf(sent); units.length > 0; units = unitsOf(sent)) {
    const free = congestionWindow(sent) - flight(sent);
    if (free <= 0 && why !== 'loss-probe') break;
    const half = Math.max(1, Math.floor(congestionWindow(sent) / 2));
    const room = free <= 0 ? 1 : Math.min(half, free, most);
    units = grown(units, room * full);
    sent = withUnits(sent, units);
    const last = units.length === 1;
    const offer = { unit: units[0] as Unit, last, full, most, room, free, called };
    const fits = octetsToSend(sent, offer, why, now);
    // What is urgent is handed to the interface segment by segment.
    const octets = hasUrgentText(sent) ? Math.min(fits, full) : fits;
    if (octets === 0) break;
    sent = sendUnit(sent, units, octets, full, effects, now);
    if (why === 'one' || why === 'loss-probe') break;
  }
  return sent;
}

interface Offer {
  readonly unit: Unit;
  /** No other follows it. */
  readonly last: boolean;
  /** Octets of a full segment. */
  readonly full: number;
  /** The most segments of a unit, of this one now, and that may be under way besides. */
  readonly most: number;
  readonly room: number;
  readonly free: number;
  /** The user has called. */
  readonly called: boolean;
}

/** How much of the first unit goes; 0: it waits. */
function octetsToSend(tcb: Tcb, offer: Offer, why: Why, now: Instant): number {
  const { unit, last, full, room } = offer;
  const window = usableWindow(tcb);
  const fin = last && bringsFin(tcb);
  const whole = unit.octets <= full;
  if (Math.min(unit.octets, full) + (fin && whole ? 1 : 0) > window) return 0;
  if (whole) {
    const held = unit.octets < full && last && !fin && isHeldBack(tcb, why);
    return held ? 0 : unit.octets;
  }
  if (why !== 'one' && why !== 'loss-probe' && isDeferred(tcb, offer, now)) return 0;
  if (room * full <= window && !last) return Math.min(unit.octets, room * full);
  const fits = Math.min(unit.octets, window, room * full);
  const partial = fits % full;
  return fits < room * full && partial > 0 && isHeldBack(tcb, why) ? fits - partial : fits;
}

/** CLOSE was called: the FIN goes with the last text. */
function bringsFin({ queued, fin, settings }: Tcb): boolean {
  return settings.finWithText && queued.closing && fin === undefined;
}

/** `cork`, and the deviation `nagle`: what is not a full segment waits, or while another such one is unacknowledged; not what is urgent. */
function isHeldBack(tcb: Tcb, why: Why): boolean {
  if (hasUrgentText(tcb)) return false;
  if (why === 'push' || why === 'one' || why === 'probe' || why === 'loss-probe') return false;
  return why === 'full' || tcb.settings.cork || isNagled(tcb);
}

/** So often in a second something leaves. */
const PACING = 1_024;
/** No more octets than that are one, and a short round trip adds as many. */
const MOST = 65_343;
/** Without a part of the window that is waited for, as Linux has it. */
const WORTH_SEGMENTS = 3;

/** How many segments go as one unit: what leaves within a millisecond at the pace that is aimed at, and more to a near peer. */
export function mostSegments(tcb: Tcb, full: number): number {
  const { least } = tcb.rto;
  const { unitNearby, unitLeast } = tcb.settings;
  const near = least === undefined ? 0 : MOST / 2 ** Math.floor(least / unitNearby);
  const octets = Math.min(MOST, Math.floor(paceOf(tcb, 0) / PACING) + Math.floor(near));
  return Math.max(unitLeast, Math.floor(octets / full));
}

/** What left less than a millisecond ago: a script's next line by a millisecond comes later than that, as its line before took time. */
const JUST_NOW = 1_000;

/** A unit that might become larger waits for room for all of it, or a good part of all room, while an ACK is expected soon. */
function isDeferred(tcb: Tcb, { unit, last, most, free, called }: Offer, now: Instant): boolean {
  const { retransmissions, rto } = tcb;
  const oldest = frontOf(retransmissions);
  const newest = lastOf(retransmissions);
  if (isRecovering(tcb) || rto.congestion?.loss !== undefined) return false;
  if (oldest === undefined || newest === undefined || now - newest.sentAt >= JUST_NOW) return false;
  const segment = fullSegment(tcb);
  const window = usableWindow(tcb);
  const flying = free * segment;
  const limit = Math.min(window, flying);
  if (limit >= most * segment || (!last && limit >= unit.octets)) return false;
  if (isWorthSending(tcb, limit)) return false;
  // No round trip takes no time, but an ACK has taken one: what was sent at the moment of this one is old enough.
  const short = called && rto.srtt !== undefined ? 2 : 0;
  const srtt = Math.max(short, rto.srtt ?? 0);
  const awaited = oldest.sentAt + srtt - now;
  if (awaited > Math.min(srtt / 2, JUST_NOW)) return false;
  return limit <= unit.octets || !((last && bringsFin(tcb)) || unit.closed);
}

/** So much room is a good part of the window (`unit-wait`). */
function isWorthSending(tcb: Tcb, octets: number): boolean {
  const { unitWait } = tcb.settings;
  const segment = fullSegment(tcb);
  if (unitWait === 0) return octets > WORTH_SEGMENTS * segment;
  return octets >= Math.floor(Math.min(tcb.snd.wnd, congestionWindow(tcb) * segment) / unitWait);
}

/** So many octets of the first unit, in segments; of several the last has PSH. */
function sendUnit(
  tcb: Tcb,
  units: readonly Unit[],
  octets: number,
  full: number,
  effects: Effect[],
  now: Instant,
): Tcb {
  const unit = units[0] as Unit;
  const whole = octets === unit.octets;
  const fin = whole && units.length === 1 && bringsFin(tcb);
  let sent = withoutSent(tcb, units, octets);
  let options: Marks['options'];
  for (let left = octets; left > 0; ) {
    const length = Math.min(full, left);
    left -= length;
    const kept = left === 0 && whole && unit.push;
    const once = left === 0 && octets > full && !kept;
    const push = kept || once;
    const joined = left > 0;
    const small = length < full;
    const closed = left === 0 && whole && unit.closed;
    const marks: Marks = { options, push, once, fin: fin && left === 0, small, joined, closed };
    const out: Output = sendText(sent, length, now, marks);
    sent = out.tcb;
    effects.push(...out.effects);
    const [departed] = out.effects;
    if (departed?.kind === 'send') options = departed.segment.options;
  }
  return sent;
}

/** The override time-out of silly window avoidance: one segment, whatever fits, with PSH. */
function sendOverriding(tcb: Tcb, effects: Effect[], now: Instant): Tcb {
  const units = unitsOf(tcb);
  const [unit] = units;
  const window = usableWindow(tcb);
  if (unit === undefined || window === 0) return tcb;
  const octets = Math.min(unit.octets, window, textOfFull(tcb));
  const fin = octets === unit.octets && octets < window && units.length === 1 && bringsFin(tcb);
  const sent = withoutSent(pushedBy(tcb, unit), units, octets);
  const out = sendText(sent, octets, now, { push: true, fin });
  effects.push(...out.effects);
  return out.tcb;
}
