/** What stands behind the statements of a script once they have run: the state that a call led to, the segment that was met. */

import { printInstant } from '../base/time.js';
import type { Instruction } from '../lang/program.js';
import type { Step } from '../sim/step.js';
import { type Answer, type Debugger, momentNow, type Session, stoppedSession } from './debugger.js';
import { type Moment, subjectAt } from './moment.js';
import { basesOf, type Shown, show, shownSegment, shownText, withBases } from './numbers.js';

/** Statements that are told of at once, and settled ones that are looked through: a screenful, and what a loop repeats. */
const MANY = 200;

interface Range {
  readonly path?: unknown;
  /** Lines in the client's own counting, the last one included. */
  readonly first?: unknown;
  readonly last?: unknown;
}

/** `{ values: [{ line, text }] }`: for each statement of these lines that has run by now, what came of it the last time. */
export function inlineValues(debugging: Debugger, { path, first, last }: Range): Answer {
  const session = stoppedSession(debugging, 'tcpflow/inlineValues');
  const { client, environment, numbers } = debugging;
  const { launched } = session;
  if (typeof path !== 'string' || environment.normalise(path) !== launched.key) {
    return { body: { values: [] } };
  }
  const moment = momentNow(session);
  const settled = settledBy(moment);
  const from = lineOf(first, 0, client.firstLine);
  const to = lineOf(last, Number.MAX_SAFE_INTEGER, client.firstLine);
  const values = launched.run.program.instructions
    .map((instruction, statement) => ({ instruction, statement }))
    .filter(({ instruction: { place } }) => {
      const { line } = place.range.start;
      return place.file === launched.path && line >= from && line <= to;
    })
    .slice(0, MANY)
    .flatMap(({ instruction, statement }) => {
      const text = textOf(session, moment, instruction, statement, settled);
      if (text === undefined) return [];
      const line = instruction.place.range.start.line + client.firstLine;
      return [{ line, text: show(text, numbers) }];
    });
  return { body: { values } };
}

function lineOf(given: unknown, otherwise: number, base: number): number {
  return typeof given === 'number' ? given - base : otherwise;
}

/** The steps in which waiting statements were settled last, as far as they are among the newest. */
function settledBy({ state }: Moment): ReadonlyMap<number, number> {
  const steps = new Map<number, number>();
  let at = state.settled;
  for (let i = 0; i < MANY && at !== undefined; i++, at = at.before) {
    if (!steps.has(at.item.statement)) steps.set(at.item.statement, at.item.step);
  }
  return steps;
}

/** Undefined for a statement that has not run yet, and for one of which there is nothing to tell. */
function textOf(
  { history, launched: { run } }: Session,
  moment: Moment,
  { operation }: Instruction,
  statement: number,
  settled: ReadonlyMap<number, number>,
): Shown | undefined {
  const { step: now, microstep } = moment.place;
  const begun = history.begun(statement, microstep < 0 ? now - 1 : now);
  if (begun === undefined) return undefined;
  switch (operation.kind) {
    case 'call':
      return outcomeOf(run.timeline.step(begun));
    case 'segment':
    case 'fact':
    case 'wait-until': {
      const end = settled.get(statement);
      // In a loop it may wait again.
      if (end === undefined || end < begun) return undefined;
      const step = run.timeline.step(end);
      const why = step.microsteps.at(-1)?.why();
      if (why === undefined) return undefined;
      const sender = operation.kind === 'segment' ? operation.segment.from : undefined;
      const tcb = sender === undefined ? undefined : subjectAt(moment, sender)?.tcb;
      return withBases(`${printInstant(step.at)} s: ${why}`, tcb && basesOf(tcb));
    }
    default:
      return undefined;
  }
}

/** `SYN_SENT, SND.NXT=101, sends <SEQ=100><CTL=SYN>`. */
function outcomeOf(step: Step): Shown | undefined {
  const own = step.microsteps.filter(({ connection }) => connection !== undefined);
  const tcb = own.flatMap(({ after }) => after ?? []).at(-1);
  if (tcb === undefined) return undefined;
  const bases = basesOf(tcb);
  const state = tcb.isn
    ? shownText`${printInstant(step.at)} s: ${tcb.state}, SND.NXT=${{ seq: tcb.snd.nxt, base: bases.sender }}`
    : `${printInstant(step.at)} s: ${tcb.state}`;
  const sent = own.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'send' ? [effect.segment] : [])),
  );
  const [first] = sent;
  if (first === undefined) return state;
  const more = sent.length > 1 ? ` and ${sent.length - 1} more` : '';
  return shownText`${state}, sends ${shownSegment(first, bases)}${more}`;
}
