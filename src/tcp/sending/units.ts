/** RFC 9293 §3.8 Data Communication: the units in which text waits and is handed to an interface that cuts it into segments (deviation initial-window). */

import { sumOf } from '../loss-recovery/tally.js';
import { own } from '../own.js';
import type { Seq } from '../seq.js';
import { add, distance } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { dividedWindow, textOfFull } from '../window.js';
import { unsentOctets } from './queued.js';

/** Text that goes together, as far as windows let it. */
export interface Unit {
  readonly octets: number;
  /** Its last segment has PSH. */
  readonly push: boolean;
  /** Nothing joins it any more: a record of the user ends with it. */
  readonly closed?: true | undefined;
}

export interface Units {
  /** Text that was not sent yet. */
  readonly waiting: readonly Unit[];
  /** Up to where PSH was set. */
  readonly pushed: Seq;
  /** The last SEND goes on with the next. */
  readonly goesOn: boolean;
  /** What begins with this number was expected, and lets nothing go that waits. */
  readonly stay?: Seq | undefined;
}

/** The most octets of a unit. */
const MOST = 65_343;

/** Whether text goes in units at all. */
export function goesInUnits({ settings }: Tcb): boolean {
  return settings.initialWindow !== undefined;
}

/** Whole segments, and not more than half of the peer's largest window; of urgent text one. */
export function unitGoal(tcb: Tcb, urgent?: true): number {
  const segment = textOfFull(tcb);
  if (urgent) return segment;
  const { max } = tcb.snd;
  const bound = max === 0 ? MOST : dividedWindow(max);
  return Math.max(1, Math.floor(Math.min(MOST, bound) / segment)) * segment;
}

/** The units that wait. Text of which none were made yet, as it came before the connection was open, is in units of its own. */
export function unitsOf(tcb: Tcb): readonly Unit[] {
  const waiting = tcb.units?.waiting ?? [];
  let missing = unsentOctets(tcb.queued) - octetsOf(waiting);
  if (missing === 0) return waiting;
  const goal = unitGoal(tcb);
  const made: Unit[] = [];
  for (; missing > 0; missing -= goal) {
    made.push({ octets: Math.min(goal, missing), push: missing <= goal });
  }
  return [...waiting, ...made];
}

/** All octets of some units. */
export function octetsOf(units: readonly Unit[]): number {
  let octets = 0;
  for (const unit of units) octets += unit.octets;
  return octets;
}

/** How many octets the last unit has room for; undefined when a new one must be begun. */
export function roomInLast(tcb: Tcb, urgent?: true): number | undefined {
  const last = unitsOf(tcb).at(-1);
  if (last === undefined || last.closed) return undefined;
  const room = unitGoal(tcb, urgent) - last.octets;
  return room > 0 ? room : undefined;
}

/** A connection with these units. */
export function withUnits(tcb: Tcb, waiting: readonly Unit[], pushed = pushedTo(tcb)): Tcb {
  const after = own(tcb);
  after.units = { waiting, pushed, goesOn: tcb.units?.goesOn ?? false };
  return after;
}

/** A connection on which nothing goes that waits because of what begins with this number. */
export function staying(tcb: Tcb, at: Seq): Tcb {
  const { units, queued } = tcb;
  if (units === undefined || queued.sends.length === 0) return tcb;
  return editTcb(tcb, { units: { ...units, stay: at } });
}

/** Whether the next SEND goes on with what this one gives. */
export function goingOn(tcb: Tcb, goesOn: boolean): Tcb {
  const units = { waiting: unitsOf(tcb), pushed: pushedTo(tcb), goesOn };
  return editTcb(tcb, { units });
}

/** Units, there are some, whose last has these changes. */
function withLast(units: readonly Unit[], changes: Partial<Unit>): readonly Unit[] {
  return [...units.slice(0, -1), { ...(units.at(-1) as Unit), ...changes }];
}

/** The last unit when more text joins it: it ends with PSH no more. */
export function withoutPush(units: readonly Unit[]): readonly Unit[] {
  const last = units.at(-1);
  return last?.push ? withLast(units, { push: false }) : units;
}

function pushedTo({ units, iss }: Tcb): Seq {
  return units?.pushed ?? add(iss, 1);
}

/** The number after the last octet that the user has given. */
function writtenTo(tcb: Tcb): Seq {
  return add(tcb.snd.nxt, octetsOf(unitsOf(tcb)));
}

/** `units` with up to so many octets more: what the last has room for, or a new one. */
export function appended(
  tcb: Tcb,
  units: readonly Unit[],
  octets: number,
  urgent?: true,
): readonly Unit[] {
  const goal = unitGoal(tcb, urgent);
  const last = units.at(-1);
  const room = last === undefined || last.closed ? 0 : goal - last.octets;
  if (last === undefined || room <= 0) {
    return [...units, { octets: Math.min(octets, goal), push: false }];
  }
  return withLast(units, { octets: last.octets + Math.min(octets, room) });
}

/** More than half of the largest window was written since the last PSH. */
export function isPushDue(tcb: Tcb): boolean {
  return distance(pushedTo(tcb), writtenTo(tcb)) > Math.floor(tcb.snd.max / 2);
}

/** The last unit ends with PSH. */
export function withPush(tcb: Tcb): Tcb {
  const units = unitsOf(tcb);
  return units.length === 0 ? tcb : withUnits(tcb, withLast(units, { push: true }), writtenTo(tcb));
}

/** Nothing joins the last unit. */
export function withRecordEnd(tcb: Tcb): Tcb {
  const units = unitsOf(tcb);
  return units.length === 0 ? tcb : withUnits(tcb, withLast(units, { closed: true }));
}

/** The first unit with as much of the second as it lacks to `goal`. */
export function grown(units: readonly Unit[], goal: number): readonly Unit[] {
  const [first, second, ...rest] = units;
  if (first === undefined || second === undefined || first.closed) return units;
  const taken = Math.min(goal - first.octets, second.octets);
  if (taken <= 0) return units;
  const octets = first.octets + taken;
  if (taken < second.octets) {
    return [{ ...first, octets }, { ...second, octets: second.octets - taken }, ...rest];
  }
  const push = first.push || second.push;
  return [{ octets, push, closed: second.closed }, ...rest];
}

/** Without what was sent of the first unit. */
export function withoutSent(tcb: Tcb, units: readonly Unit[], octets: number): Tcb {
  const [first, ...rest] = units;
  const left = (first?.octets ?? 0) - octets;
  return withUnits(tcb, first && left > 0 ? [{ ...first, octets: left }, ...rest] : rest);
}

/** A unit of which a time-out sends the beginning: that ends with PSH. */
export function pushedBy(tcb: Tcb, unit: Unit): Tcb {
  const end = add(tcb.snd.nxt, unit.octets);
  const further = distance(pushedTo(tcb), end) < 2 ** 31;
  return further ? withUnits(tcb, unitsOf(tcb), end) : tcb;
}

/** What each unit takes beside its text, octets. */
export const RECORD = 832;

/** The memory of what waits and of what was sent, octets: what was sent again is a unit of its own. */
export function sendMemory(tcb: Tcb): number {
  const waiting = unitsOf(tcb);
  const sent = tcb.retransmissions;
  const records = waiting.length + sumOf(sent, 'units');
  return RECORD * records + octetsOf(waiting) + sumOf(sent, 'octets');
}
