/** RFC 9768 §3.2.3 The AccECN Option: when it goes, which counters it has, and what the peer's tells. */

import type { Instant } from '../rule.js';
import { editOptions, editTcb, type Tcb } from '../tcb.js';
import { isMereRecord } from '../timers/fin-wait-2.js';
import { type EcnCounters, FIRST_COUNTERS } from './counters.js';
import type { AccurateEcn, OptionState } from './feedback.js';

/** EE0B, ECEB, EE1B in order 0 (kind 172), the other way round in order 1 (kind 174); the last ones may be left out. */
export interface AccEcnOption {
  readonly order: 0 | 1;
  readonly fields: readonly number[];
}

/** The names of the fields, in each order. */
export const FIELD_ORDERS = [
  ['e0b', 'ceb', 'e1b'],
  ['e1b', 'ceb', 'e0b'],
] as const;

/** The option on the wire, octets; its padding is where SACK has its own. */
export function accEcnLength({ fields }: AccEcnOption): number {
  return 2 + 3 * fields.length;
}

/** `ACCECN1=1:0:1`. */
export function printAccEcn({ order, fields }: AccEcnOption): string {
  return `ACCECN${order}=${fields.join(':')}`;
}

/** The fields have 24 bits (§3.2.3). */
const FIELD = 2 ** 24;

/** What the SYN,ACK has: so many of the counters, which begin where they begin (§3.2.3.2.1). */
export function handshakeOption(
  { settings, options: { ecn } }: Tcb,
  fields: number,
): AccEcnOption | undefined {
  if (settings.accurateEcnOption === 'off' || ecn?.mode !== 'accurate') return undefined;
  return fieldsOf(FIRST_COUNTERS, 1, fields);
}

/** What a segment without SYN has, where so many octets of options are free; undefined when the option does not go or does not fit. */
export function ecnOption(
  tcb: Tcb,
  room: number,
  now: Instant | undefined,
): AccEcnOption | undefined {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate' || !isDue(tcb, ecn, now)) return undefined;
  // Deviation `time-wait answer`: a record of few numbers has no counters.
  if (tcb.settings.timeWait === 'answer' && isMereRecord(tcb)) return undefined;
  const fit = Math.min(3, Math.floor((room - 2) / 3));
  const { order, least, most } = wanted(tcb, ecn);
  const count = Math.min(most, fit);
  return count < least ? undefined : fieldsOf(ecn.r, order, count);
}

/** A connection whose next segment has the option, if a beacon lets it go now: segments are cut to fit it. */
export function withBeacon(tcb: Tcb, now: Instant): Tcb {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate' || !isDue(tcb, ecn, now) || isDue(tcb, ecn, undefined)) return tcb;
  const option = { ...ecn.option, due: 1 };
  return editTcb(tcb, { options: editOptions(tcb.options, { ecn: { ...ecn, option } }) });
}

/** §3.2.3.3 Usage of the AccECN TCP Option. */
function isDue({ settings, rto }: Tcb, ecn: AccurateEcn, now: Instant | undefined): boolean {
  const { accurateEcnOption, accurateEcnBeacon } = settings;
  const { due, grown, heard, toldAt, dropped } = ecn.option;
  switch (accurateEcnOption) {
    case 'off':
      return false;
    case 'counted':
      return !dropped && (due > 0 || grown);
    case 'always':
      return heard !== 'nothing';
    case 'changed':
    case 'all':
      if (heard === 'nothing' || dropped) return false;
      if (accurateEcnOption === 'all' || due > 0) return true;
      if (now === undefined || accurateEcnBeacon === 0) return false;
      return (now - toldAt) * accurateEcnBeacon >= (rto.srtt ?? 0);
  }
}

/** Which counters: those that have ever changed, or with the deviation all that fit, in order 1; at least what has changed since the last option. */
function wanted({ settings }: Tcb, { r, option: { told } }: AccurateEcn) {
  if (settings.accurateEcnOption !== 'counted') {
    return { order: 1, least: countChanged(r, told, 1), most: 3 } as const;
  }
  const [first, second] = [countChanged(r, FIRST_COUNTERS, 0), countChanged(r, FIRST_COUNTERS, 1)];
  const order = first <= second ? 0 : 1;
  return {
    order,
    least: countChanged(r, told, order),
    most: Math.max(1, Math.min(first, second)),
  } as const;
}

/** How many fields it takes in this order to tell all counters that are others. */
function countChanged(now: EcnCounters, then: EcnCounters, order: 0 | 1): number {
  const changed = FIELD_ORDERS[order].map((name) => now[name] !== then[name]);
  return changed.lastIndexOf(true) + 1;
}

function fieldsOf(r: EcnCounters, order: 0 | 1, count: number): AccEcnOption {
  return { order, fields: FIELD_ORDERS[order].slice(0, count).map((name) => r[name] % FIELD) };
}

/** §3.2.3.2.4: the first option of the peer's that has counters says whether the path spoils them; the same state after any other. */
export function withHeard(option: OptionState, told: AccEcnOption | undefined): OptionState {
  const known = option.heard !== 'nothing' && option.heard !== 'empty';
  if (told === undefined || known) return option;
  const heard = whatIsHeard(told);
  return { ...option, heard, heeded: option.heeded && heard !== 'zeroed' };
}

/** A counter that begins at one may not be zeroed. */
function whatIsHeard({ order, fields }: AccEcnOption): OptionState['heard'] {
  if (fields.length === 0) return 'empty';
  const zeroed = fields.some((value, i) => value === 0 && FIELD_ORDERS[order][i] !== 'ceb');
  return zeroed ? 'zeroed' : 'counters';
}

/** How far a field is ahead of a counter, or behind it. */
function difference(counter: number, field: number): number {
  const ahead = (field - (counter % FIELD) + FIELD) % FIELD;
  return ahead < FIELD / 2 ? ahead : ahead - FIELD;
}

/** §3.2.3.1: the counters of the peer's, as far as the option has them. */
export function decoded(s: EcnCounters, { order, fields }: AccEcnOption): EcnCounters {
  const known = { ...s };
  for (const [i, value] of fields.entries()) {
    const name = FIELD_ORDERS[order][i];
    if (name !== undefined) known[name] = Math.max(0, known[name] + difference(known[name], value));
  }
  return known;
}
