/** What was done where: the edits of a record, gathered by the statement that the script had come to. */

import { durationText } from '../../lang/numbers.js';
import { parse } from '../../lang/parser.js';
import { printStatement } from '../../lang/printer.js';
import type { Instruction } from '../../lang/program.js';
import { nextEventAt } from '../../sim/sim.js';
import type { Step } from '../../sim/step.js';
import type { Instant } from '../../tcp/rule.js';
import type { Run } from '../run.js';
import { isFailure } from '../script-rules.js';
import { direction, type RunState, TYPED, type Waiting } from '../state.js';

/** The script came to a statement, and somebody did something before it was over. */
export interface Visit {
  /** Undefined: the script is over. */
  readonly statement: number | undefined;
  /** In which turn of each loop around it, the outermost first. */
  readonly turns: readonly number[];
  /** Lines to stand before it. */
  readonly lines: readonly string[];
  /** What is to stand for the statement itself; undefined: it stays as it is. */
  readonly own: Own | undefined;
}

/** `time`, `events`: so much of it is left, in microseconds or a number. `gone`: it is over with the lines before it. */
export type Own =
  | { readonly kind: 'time' | 'events'; readonly left: number }
  | { readonly kind: 'gone'; readonly why: 'met' | 'failed' };

/** The visits of a record, in its order; a text tells which edit cannot be said. */
export function visitsOf(run: Run, steps: readonly Step[]): readonly Visit[] | string {
  const record: Recorded = { run, steps, lastEdit: lastBefore(steps, steps.length, isEdit) };
  const visits: Visit[] = [];
  for (let i = 0; i <= record.lastEdit; i++) {
    if (!isEdit(steps[i]) && !failedBefore(record, i)) continue;
    const stay = stayAt(record, i);
    const visit = tell(record, stay);
    if (typeof visit === 'string') return visit;
    visits.push(visit);
    i = failedBefore(record, stay.end) ? stay.end : stay.end - 1;
  }
  return visits;
}

interface Recorded {
  readonly run: Run;
  readonly steps: readonly Step[];
  readonly lastEdit: number;
}

/** From when the script had come to a statement to when it was over. */
interface Stay {
  readonly state: RunState;
  /** The first step after the script came there. */
  readonly start: number;
  /** The step with which the statement was over; beyond the record if it was not. */
  readonly end: number;
}

/** The last step before an index that is like this; -1 when none is. */
function lastBefore(
  steps: readonly Step[],
  index: number,
  isLike: (step: Step) => boolean,
): number {
  for (let i = index - 1; i >= 0; i--) {
    const step = steps[i];
    if (step !== undefined && isLike(step)) return i;
  }
  return -1;
}

function isEdit(step: Step | undefined): boolean {
  return step?.cause.kind === 'edit';
}

/** Whether a step is of a statement of the script's own. */
function isOwn({ cause }: Step): boolean {
  return (cause.kind === 'statement' || cause.kind === 'settled') && cause.statement !== TYPED;
}

function isTyped(step: Step | undefined): boolean {
  return step?.cause.kind === 'settled' && step.cause.statement === TYPED;
}

/** A statement of the script that failed, although the run went on: something was edited later. */
function failedBefore({ steps, lastEdit }: Recorded, index: number): boolean {
  const step = steps[index];
  return step !== undefined && index < lastEdit && isOwn(step) && step.microsteps.some(isFailure);
}

/** The statement of the script that waits, below those that were typed. */
function ownWaiting(state: RunState): Waiting | undefined {
  let { typed, waiting } = state;
  for (; typed !== undefined; typed = typed.before) waiting = typed.resumed;
  return waiting;
}

function stayAt({ run, steps }: Recorded, index: number): Stay {
  const state = run.timeline.stateBefore(index);
  const before = lastBefore(steps, index, isOwn);
  // It began before: with that step, or after the one before it.
  const start = ownWaiting(state) === undefined ? before + 1 : before;
  let end = start;
  for (; end < steps.length; end++) {
    const step = steps[end];
    if (step !== undefined && isOwn(step) && !isBegun(run, end)) break;
  }
  return { state, start, end };
}

/** Whether the statement of a step was not over with it. */
function isBegun({ timeline }: Run, index: number): boolean {
  const { cause, microsteps } = timeline.step(index);
  if (cause.kind !== 'statement' || microsteps.some(isFailure)) return false;
  return ownWaiting(timeline.stateBefore(index + 1))?.statement === cause.statement;
}

/** A visit while it is told. */
interface Telling {
  readonly lines: string[];
  /** The instants of the events since the last line. */
  events: Instant[];
  /** When the last line is over. */
  clock: Instant;
}

function tell(record: Recorded, stay: Stay): Visit | string {
  const { run, steps } = record;
  const { state, start, end } = stay;
  const telling: Telling = { lines: [], events: [], clock: steps[start]?.at ?? 0 };
  const instruction = run.program.instructions[state.pc];
  let begun: number | undefined;
  let done = start;
  for (let i = start; i < end; i++) {
    const step = steps[i];
    if (step === undefined) break;
    if (isOwn(step)) {
      begun = i;
      const call = instruction && callOf(instruction.text);
      if (call !== undefined && editedIn(steps, i, end)) telling.lines.push(call);
    } else if (isEdit(step)) {
      const told = tellEdit(record, i, telling);
      if (typeof told === 'string') return told;
      done = told + 1;
      i = told;
    } else if (isTyped(step)) {
      passTo(telling, run, i, step.at);
      done = i + 1;
    } else if (isEdit(steps[i - 1]) && chose(run, i - 1)) {
      telling.clock = step.at;
      done = i + 1;
    } else telling.events.push(step.at);
  }
  const isOver = instruction === undefined;
  const own = isOver
    ? undefined
    : ownOf(record, stay, telling, begun !== undefined && begun < done, done);
  return {
    statement: isOver ? undefined : state.pc,
    turns: state.loops.map(({ turn }) => turn),
    lines: telling.lines,
    own,
  };
}

function editedIn(steps: readonly Step[], from: number, to: number): boolean {
  return steps.slice(from, to).some(isEdit);
}

/** Lines for an edit: the index of the last step that they cover; a text: it cannot be said. */
function tellEdit({ run, steps }: Recorded, index: number, telling: Telling): number | string {
  const step = steps[index];
  if (step?.cause.kind !== 'edit') return index;
  const { text, statement } = step.cause;
  if (statement === undefined) return cannotSay(text);
  letHappen(telling, run, index);
  telling.clock = step.at;
  const typed = run.timeline.stateBefore(index + 1).typed;
  const waits = typed !== undefined && typed !== run.timeline.stateBefore(index).typed;
  if (!waits) {
    const forgone = chose(run, index) && isEdit(steps[index + 1]);
    telling.lines.push(...(forgone ? inItsTurn(statement) : statement).split('\n'));
    return index;
  }
  const next = steps.findIndex((one, i) => i > index && (isEdit(one) || isTyped(one)));
  const settled = steps[next];
  const counts = settled !== undefined && isTyped(settled) && !settled.microsteps.some(isFailure);
  const { kind } = typed.instruction.operation;
  const meanwhile = steps.slice(index + 1, next).map(({ at }) => at);
  const atOnce = counts && settled.at === step.at && meanwhile.length > 0;
  if (!counts || looksBack(run, typed.instruction) || (atOnce && kind === 'call')) {
    // What it found counted for nothing; what happened meanwhile did.
    telling.lines.push(callOf(statement) ?? `# ${counts ? 'came to be' : 'not so'}: ${statement}`);
    return index;
  }
  // What is due when it is met happens before the script goes on, but not where it is met as soon as it is reached.
  const isMet = kind === 'segment' || kind === 'fact' || kind === 'wait-until';
  if (atOnce && isMet) telling.events.push(...meanwhile);
  letHappen(telling, run, next);
  telling.lines.push(statement);
  telling.clock = settled.at;
  return next;
}

/**
 * Whether a typed expectation would find more in the script than it found when it was typed: segments of directions in which
 * the script expects none are looked at from then on only.
 */
function looksBack({ timeline }: Run, { operation }: Instruction): boolean {
  if (operation.kind !== 'segment') return false;
  return !timeline.stateBefore(0).setup.directions.has(direction(operation.segment));
}

/** Whether an edit chose what is to happen next. */
function chose({ timeline }: Run, index: number): boolean {
  return timeline.stateBefore(index + 1).chosen !== undefined;
}

/** A statement that lets something happen at once, so that it happens in its turn: another edit came between. */
function inItsTurn(statement: string): string {
  const [, timer] = /^fire (.*)/i.exec(statement) ?? [];
  return timer === undefined ? `${statement} in 0us` : `set ${timer} = 0us`;
}

function cannotSay(text: string): string {
  return `"${text}" has no statement in the script language: step back to before it and leave it out, or keep the session.`;
}

/** A line for the events that have happened since the last one, up to a step: so much time, if it says the same. */
function letHappen(telling: Telling, { timeline }: Run, index: number): void {
  const { clock, events } = telling;
  const last = events.at(-1);
  if (last === undefined) return;
  const next = nextEventAt(timeline.stateBefore(index).world);
  const whole = last > clock && (next === undefined || next > last);
  const count = `${events.length} ${events.length === 1 ? 'event' : 'events'}`;
  telling.lines.push(`wait ${whole ? durationText(last - clock) : count}`);
  telling.clock = last;
  telling.events = [];
}

/** Lines for what has happened up to an instant. */
function passTo(telling: Telling, run: Run, index: number, at: Instant): void {
  letHappen(telling, run, index);
  if (at > telling.clock) telling.lines.push(`wait ${durationText(at - telling.clock)}`);
  telling.clock = at;
}

/** What is left of the statement after the last line; what has happened of it by then becomes lines. */
function ownOf(
  record: Recorded,
  { end }: Stay,
  telling: Telling,
  begun: boolean,
  done: number,
): Own | undefined {
  const { run, steps } = record;
  const over = steps[end];
  if (failedBefore(record, end)) {
    passTo(telling, run, end, over?.at ?? telling.clock);
    return { kind: 'gone', why: 'failed' };
  }
  const waiting = ownWaiting(run.timeline.stateBefore(done));
  if (!begun || waiting === undefined) return undefined;
  const { kind } = run.program.instructions[waiting.statement]?.operation ?? { kind: 'wait' };
  const { clock } = telling;
  // What is due at the instant at which it is met still happens before the script goes on.
  const due = over?.at === clock ? telling.events.filter((at) => at === clock) : [];
  const isFact = kind === 'fact' || kind === 'wait-until';
  if (kind === 'call' || (isFact && (waiting.met !== undefined || due.length > 0))) {
    passTo(telling, run, end, over?.at ?? telling.events.at(-1) ?? clock);
    return { kind: 'gone', why: 'met' };
  }
  if (waiting.events !== undefined) return { kind: 'events', left: waiting.events };
  if (kind === 'segment') {
    telling.events = due;
    letHappen(telling, run, end);
  }
  const { deadline } = waiting;
  return deadline === undefined ? undefined : { kind: 'time', left: Math.max(0, deadline - clock) };
}

/** The call alone of a statement that expects something of one; undefined when it is none. */
function callOf(text: string): string | undefined {
  const [statement] = parse(text).script.items;
  if (statement?.kind !== 'call' || statement.mode !== 'expect') return undefined;
  return printStatement({ ...statement, mode: 'step', fails: undefined, within: undefined });
}
