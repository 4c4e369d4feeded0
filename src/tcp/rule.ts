/** RFC 9293 §3.10 Event Processing as rules: what a rule is, what it answers, and how a list of them is run. */

import { beginRule, endRules } from './own.js';
import type { Segment } from './segment.js';
import type { Move, State } from './states.js';
import { STATES } from './states.js';
import type { Tcb } from './tcb.js';

/** Virtual time since the run began, integer microseconds. */
export type Instant = number;
/** A length of virtual time, integer microseconds. */
export type Duration = number;

/** What is known of a rule without running it: breakpoints, diagrams, the RFC view and docs are made from it. */
export interface RuleInfo {
  /** Stable: breakpoints, traces and tests refer to it. `other-states/5-ack`. */
  readonly id: string;
  /** `RFC 9293 §3.10.7.4`, or the name of the part that decides (`link`, `script`) where no RFC does. */
  readonly rfc: string;
  /** The RFC's own heading: `Fifth, check the ACK field`. */
  readonly title: string;
  /** Every state change that it may make. */
  readonly moves: readonly Move[];
}

export interface Rule<Input> extends RuleInfo {
  readonly run: (tcb: Tcb, input: Input, now: Instant) => Verdict;
  /** The record of its having said "go on" where only places are recorded. */
  readonly passed: Microstep;
  /** `moves` as states, from and to in turns: every change of a state is held against it. */
  readonly edges: readonly State[];
}

export interface Verdict {
  /** Go on to the next check, or done. */
  readonly flow: 'next' | 'return';
  /** In RFC terms, with the numbers. Called only when somebody reads it; closes over values that never change. */
  readonly why: () => string;
  /** The connection afterwards; absent when nothing changed. */
  readonly tcb?: Tcb | undefined;
  readonly effects?: readonly Effect[];
}

/** What an event does to the world outside the TCB. */
export type Effect =
  /** A segment leaves for the host at `to`. `retransmission` when it repeats sequence numbers sent before. */
  | {
      readonly kind: 'send';
      readonly segment: Segment;
      readonly to: string;
      readonly retransmission: boolean;
    }
  /** The user is told something unasked: `connection reset`, `connection closing`, ... (§3.9.1). */
  | { readonly kind: 'signal'; readonly text: string }
  /** A call that was queued completes: RECEIVE with octets, SEND or CLOSE with `ok`, or any with the RFC's error text. */
  | { readonly kind: 'complete'; readonly call: number; readonly outcome: Outcome }
  /** A segment was discarded, wholly and without effect. */
  | { readonly kind: 'discard'; readonly reason: string };

/**
 * How a user call ends. `pending`: it was queued and completes later under the same call number. The text of an error
 * is the RFC's without the leading "error: ", which `kind` says.
 */
export type Outcome =
  | {
      readonly kind: 'ok';
      readonly data?: Uint8Array;
      readonly text?: string;
      readonly push?: true;
    }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'pending' };

export const NO_EFFECTS: readonly Effect[] = [];

/** The effects of two parts of one rule, in order. */
export function joinEffects(a: readonly Effect[], b: readonly Effect[]): readonly Effect[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}

/** The records of two parts of one event, in order. */
export function joinSteps(a: readonly Microstep[], b: readonly Microstep[]): readonly Microstep[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}

/** Makes the rules of one procedure: `rulesOf<Arrival>('other-states', 'RFC 9293 §3.10.7.4')`. */
export function rulesOf<Input>(
  procedure: string,
  rfc: string,
): (step: string, title: string, moves: readonly Move[], run: Rule<Input>['run']) => Rule<Input> {
  return (step, title, moves, run) =>
    createRule({ id: `${procedure}/${step}`, rfc, title, moves }, run);
}

/** A rule of this name that does this. */
export function createRule<Input>(info: RuleInfo, run: Rule<Input>['run']): Rule<Input> {
  const { id, rfc, title, moves } = info;
  return { id, rfc, title, moves, run, passed: passed(info), edges: moves.flatMap(edgeOf) };
}

function edgeOf(wanted: Move): readonly State[] {
  return wanted.split(' -> ').flatMap((name) => STATES.find((state) => state === name) ?? []);
}

/** The record of a rule that has done nothing, in which nothing but the rule can be read. */
export function passed(rule: RuleInfo): Microstep {
  return {
    rule,
    why: () => 'passed',
    connection: undefined,
    before: undefined,
    after: undefined,
    effects: NO_EFFECTS,
  };
}

/** The rule has nothing against it: go on to the next one. */
export function goOn(why: () => string, tcb?: Tcb, effects?: readonly Effect[]): Verdict {
  return verdict('next', why, tcb, effects);
}

/** The rule decides: nothing after it runs. */
export function finish(why: () => string, tcb?: Tcb, effects?: readonly Effect[]): Verdict {
  return verdict('return', why, tcb, effects);
}

function verdict(
  flow: Verdict['flow'],
  why: () => string,
  tcb: Tcb | undefined,
  effects: readonly Effect[] = NO_EFFECTS,
): Verdict {
  return { flow, why, tcb, effects };
}

/** The record of one rule having run. Rules of links and scripts concern no connection and have no TCB. */
export interface Microstep {
  readonly rule: RuleInfo;
  readonly why: () => string;
  readonly connection: ConnectionRef | undefined;
  readonly before: Tcb | undefined;
  readonly after: Tcb | undefined;
  readonly effects: readonly Effect[];
}

/** A connection's stable name: the host's, and the connection's own within it (`c1`, or what `as` said). */
export interface ConnectionRef {
  readonly host: string;
  readonly id: number;
}

/** The state change a microstep made, if it made one. */
export function moveOf(step: Microstep): Move | undefined {
  const from = step.before?.state;
  const to = step.after?.state;
  return from === undefined || to === undefined || from === to ? undefined : move(from, to);
}

export function move(from: State, to: State): Move {
  const known = moves.get(from)?.get(to);
  if (known !== undefined) return known;
  const made: Move = `${from} -> ${to}`;
  const those = moves.get(from) ?? new Map<State, Move>();
  moves.set(from, those.set(to, made));
  return made;
}

/** Every move's name, made once. */
const moves = new Map<State, Map<State, Move>>();

/**
 * How much is recorded of the rules that changed nothing, did nothing and said "go on", and of links on which a segment simply
 * arrives: `all`; where they stand in the record but no reasons and no numbers (`places`); `nothing`. What decides or changes
 * something is recorded in any case, and all that is done is the same.
 */
export type Detail = 'all' | 'places' | 'nothing';

let detail: Detail = 'all';

/** How much is recorded of what is done now. */
export function detailNow(): Detail {
  return detail;
}

/** Does `work` with a record of so much detail. */
export function recording<Result>(wanted: Detail, work: () => Result): Result {
  const before = detail;
  detail = wanted;
  try {
    return work();
  } finally {
    detail = before;
  }
}

/**
 * Runs rules in order until one returns. Asserts that each state change was declared and that some rule returned.
 * `from` resumes in the middle, with an edited TCB.
 */
export function runRules<Input>(
  rules: readonly Rule<Input>[],
  connection: ConnectionRef | undefined,
  tcb: Tcb,
  input: Input,
  now: Instant,
  from = 0,
): readonly Microstep[] {
  let steps: Microstep[] = [];
  let before = tcb;
  for (let i = from; i < rules.length; i++) {
    const rule = rules[i] as Rule<Input>;
    beginRule();
    const { flow, why, tcb: after = before, effects = NO_EFFECTS } = rule.run(before, input, now);
    const changed = after !== before;
    if (changed && before.state !== after.state) declared(rule, before.state, after.state);
    const done = flow === 'return';
    if (done || changed || effects.length > 0 || detail === 'all') {
      const step = { rule, why, connection, before, after, effects };
      // The usual single one has a list of its own size.
      if (steps.length === 0) steps = [step];
      else steps.push(step);
    } else if (detail === 'places') steps.push(rule.passed);
    if (!done) {
      before = after;
      continue;
    }
    endRules();
    return steps;
  }
  throw new Error(`no rule returned: ${rules.map((rule) => rule.id).join(', ')}`);
}

function declared<Input>({ id, edges }: Rule<Input>, from: State, to: State): void {
  for (let i = 0; i < edges.length; i += 2) if (edges[i] === from && edges[i + 1] === to) return;
  throw new Error(`${id} made an undeclared move: ${move(from, to)}`);
}
