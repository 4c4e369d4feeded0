/** Which rule brought a failure about, and where in the record. */

import type { Delivery } from '../sim/delivery.js';
import type { Place, Step } from '../sim/step.js';
import { type Microstep, moveOf, type RuleInfo } from '../tcp/rule.js';
import type { Mismatch } from './expectations.js';
import type { Run } from './run.js';

/** What decided, and where in the record. */
export interface Decided {
  readonly rule: RuleInfo;
  readonly why: string;
  readonly place: Place;
  readonly at: number;
}

/** What decided a mismatch that was settled in a step: the rule that sent the segment, told the user, or put the host where it is. */
export function decider(run: Run, step: number, mismatch: Mismatch): Decided | undefined {
  const { seen, what } = mismatch;
  if (seen.kind === 'segment') return senderOf(run, step, seen.delivery);
  if (seen.kind === 'nothing') {
    return seen.nearest ? senderOf(run, step, seen.nearest) : undefined;
  }
  if (seen.kind === 'outcome') {
    const { told } = seen;
    const host = what.kind === 'call' ? what.host : undefined;
    return (
      lastMicrostep(
        run,
        step,
        (one) => told !== undefined && tells(one, (text) => text === told),
      ) ??
      lastMicrostep(run, step, (one) => one.connection?.host === host && moveOf(one) !== undefined)
    );
  }
  if (seen.kind !== 'fact' || what.kind !== 'fact') return undefined;
  return deciderOfFact(run, step, mismatch, what.hosts);
}

/** The rule that told the user something else, or put a host where it is. */
function deciderOfFact(
  run: Run,
  step: number,
  { differences }: Mismatch,
  hosts: readonly string[],
): Decided | undefined {
  const about = ({ connection }: Microstep) =>
    connection !== undefined && hosts.includes(connection.host);
  const told = differences.find(({ field }) => field === 'told')?.actual;
  if (told !== undefined) {
    // What is shown may go on: "connection reset (connection refused)".
    const teller = (one: Microstep) =>
      about(one) && tells(one, (text) => told.startsWith(`"${text}`));
    const found = lastMicrostep(run, step, teller);
    if (found) return found;
  }
  const onlyState = differences.every(({ field }) => field.toLowerCase().endsWith('state'));
  return lastMicrostep(run, step, (one) =>
    about(one) && onlyState ? changesState(one) : about(one) && one.before !== one.after,
  );
}

/** The last microstep up to and including those of a step for which `is` holds. */
function lastMicrostep(
  run: Run,
  step: number,
  is: (microstep: Microstep) => boolean,
): Decided | undefined {
  for (const one of backFrom(run, step)) {
    const at = one.microsteps.map(is).lastIndexOf(true);
    if (at >= 0) return decidedAt(one, at);
  }
  return undefined;
}

/** The microstep that sent this segment. */
function senderOf(run: Run, step: number, { id }: Delivery): Decided | undefined {
  for (const one of backFrom(run, step)) {
    const segment = one.departures.find((delivery) => delivery.id === id)?.segment;
    if (segment === undefined) continue;
    const at = one.microsteps.findIndex(({ effects }) =>
      effects.some((effect) => effect.kind === 'send' && effect.segment === segment),
    );
    return decidedAt(one, at);
  }
  return undefined;
}

function changesState(microstep: Microstep): boolean {
  return microstep.before?.state !== microstep.after?.state;
}

/** Whether its user is told a text of which `is` holds. */
function tells({ effects }: Microstep, is: (text: string) => boolean): boolean {
  return effects.some(
    (effect) =>
      (effect.kind === 'signal' && is(effect.text)) ||
      (effect.kind === 'complete' && effect.outcome.kind === 'error' && is(effect.outcome.text)),
  );
}

function decidedAt(step: Step, microstep: number): Decided | undefined {
  const found = step.microsteps[microstep];
  if (!found) return undefined;
  const place = { step: step.index, microstep };
  return { rule: found.rule, why: found.why(), place, at: step.at };
}

/** The steps up to and including one, the last first. */
export function* backFrom({ timeline }: Run, step: number): Iterable<Step> {
  for (let i = step; i >= 0 && step - i < SPAN; i--) yield timeline.step(i);
}

/** How far back an explanation looks for what led to a failure: beyond, it would be no help. */
const SPAN = 10_000;
