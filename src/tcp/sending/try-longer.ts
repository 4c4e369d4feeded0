/** RFC 4821 §7.4 Conducting Probes: when a longer segment than usual is tried, to find out whether the path takes it. */

import { congestionWindow, flight, withCongestion } from '../congestion/flight.js';
import { besideText, searchingAnew, withSearch } from '../loss-recovery/path-search.js';
import type { Effect, Instant } from '../rule.js';
import { add, distance } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { unsentOctets } from './queued.js';
import { sendText } from './transmit.js';
import type { Unit } from './units.js';
import { goesInUnits, unitsOf, withUnits } from './units.js';

/** No search is worth less, octets, as Linux has it. */
const WORTH = 8;
/** The probe is as much as two segments, beside what an initial window has. */
const LEAST_WINDOW = 11;

/**
 * Tries a longer segment, if it may be tried, in the place of the next ones; it joins `effects`. `wait`: there is enough to try one,
 * and no room for it yet, so that nothing goes.
 */
export function tryLonger(tcb: Tcb, effects: Effect[], now: Instant): Tcb | 'wait' {
  const { search } = tcb.rto;
  if (search === undefined || search.probe !== undefined || !isCalm(tcb)) return tcb;
  if (search.high - search.low < WORTH) return searchingAnew(tcb, search, now);
  const octets = Math.floor((search.high + search.low) / 2);
  const text = octets - besideText(tcb);
  const { snd } = tcb;
  const needed = text + (degree(tcb) + 1) * snd.mss;
  if (unsentOctets(tcb.queued) < needed || snd.wnd < needed) return tcb;
  if (distance(snd.una, snd.nxt) + needed > snd.wnd) return 'wait';
  const flying = flight(tcb);
  if (flying + 2 > congestionWindow(tcb)) return flying === 0 ? tcb : 'wait';
  const cut = takenFrom(unitsOf(tcb), text);
  if (cut === undefined) return tcb;
  const { left, push } = cut;
  const from = snd.nxt;
  const out = sendText(goesInUnits(tcb) ? withUnits(tcb, left) : tcb, text, now, { push });
  effects.push(...out.effects);
  const probe = { from, end: add(from, text), octets };
  return withSearch(withRoomForTwo(out.tcb), { ...search, probe });
}

/** The congestion window counts segments, and this one counts as two. */
function withRoomForTwo(tcb: Tcb): Tcb {
  const { congestion } = tcb.rto;
  if (congestion === undefined) return tcb;
  return withCongestion(tcb, { ...congestion, window: congestion.window - 1 });
}

/** Nothing is lost, or out of order on either way: options of varying length would spoil the measure. */
function isCalm(tcb: Tcb): boolean {
  const { rto, queued, options } = tcb;
  const quiet = rto.congestion?.loss === undefined && (rto.recovery?.phase ?? 'open') === 'open';
  const inOrder = queued.outOfOrder.length === 0 && options.sacks.twice === undefined;
  return quiet && inOrder && congestionWindow(tcb) >= LEAST_WINDOW;
}

function degree({ rto, settings }: Tcb): number {
  return rto.recovery?.rack.degree ?? settings.reorderingDegree;
}

/** The units without so much text at their front, and whether it ends with PSH; undefined when a record ends within it. */
function takenFrom(
  units: readonly Unit[],
  text: number,
): { readonly left: readonly Unit[]; readonly push: boolean } | undefined {
  let left = text;
  let push = false;
  for (const [i, unit] of units.entries()) {
    const rest = unit.octets - left;
    if (rest > 0) return { left: [{ ...unit, octets: rest }, ...units.slice(i + 1)], push };
    left -= unit.octets;
    push ||= unit.push;
    if (rest === 0) return { left: units.slice(i + 1), push };
    if (unit.closed) return undefined;
  }
  return undefined;
}
