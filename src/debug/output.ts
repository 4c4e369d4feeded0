/** What the console shows: one line a transition, printed once however often the cursor passes it. */

import { printInstant } from '../base/time.js';
import type { Place as Written } from '../lang/program.js';
import { comparePlaces } from '../run/places.js';
import { failureAt, type Run } from '../run/run.js';
import { isFailure, SCRIPT } from '../run/script-rules.js';
import type { Logged } from '../run/stop.js';
import type { Place, Step } from '../sim/step.js';
import { moveOf } from '../tcp/rule.js';
import type { Debugger, Session } from './debugger.js';
import { scriptSource } from './sources.js';

/** One line for the console; `statement` is an index into the program, where a click goes. */
interface Line {
  readonly place: Place;
  /** None is `console`: VS Code shows that category as warnings. */
  readonly category: 'stdout' | 'stderr' | 'important';
  readonly text: string;
  readonly statement: number;
}

export interface Output {
  /** The lines of everything up to `place` that was not given out before. */
  readonly upTo: (run: Run, place: Place) => readonly Line[];
  /** The run stands still: how many lines were left out since it last did. */
  readonly leftOut: () => number;
  /** A new run: all is to be printed again. */
  readonly begin: () => void;
  /** Steps from `index` on are others now, and were not printed. */
  readonly forget: (index: number) => void;
}

/** More than anybody reads at one stop. Failures are never left out. */
const LINES = 1_000;

export function createOutput(): Output {
  let next: Place = { step: 0, microstep: 0 };
  let given = 0;
  let left = 0;

  function upTo(run: Run, place: Place): readonly Line[] {
    const lines: Line[] = [];
    const last = Math.min(place.step, run.timeline.length() - 1);
    for (let i = next.step; i <= last; i++) {
      const step = run.timeline.step(i);
      const end = i === place.step ? place.microstep + 1 : step.microsteps.length;
      for (let k = i === next.step ? next.microstep : 0; k < end; k++) {
        const line = lineOf(run, step, k);
        if (line === undefined) continue;
        if (line.category === 'stdout' && ++given > LINES) left++;
        else lines.push(line);
      }
    }
    advance(run, place);
    return lines;
  }

  function advance(run: Run, place: Place): void {
    if (place.step > next.step || (place.step === next.step && place.microstep >= next.microstep)) {
      const step = Math.min(place.step, run.timeline.length());
      next = { step, microstep: place.microstep + 1 };
    }
  }

  return {
    upTo,
    leftOut: () => {
      const count = left;
      given = 0;
      left = 0;
      return count;
    },
    begin: () => {
      next = { step: 0, microstep: 0 };
    },
    forget: (index) => {
      if (next.step > index) next = { step: index, microstep: 0 };
    },
  };
}

function lineOf(run: Run, step: Step, index: number): Line | undefined {
  const microstep = step.microsteps[index];
  if (microstep === undefined) return undefined;
  const { rule } = microstep;
  const line = { statement: step.origin, place: { step: step.index, microstep: index } };
  if (rule.id === SCRIPT.print.id) return { ...line, category: 'stdout', text: microstep.why() };
  if (rule.id === SCRIPT.limit.id) return { ...line, category: 'stderr', text: microstep.why() };
  if (isFailure(microstep)) {
    const text = failureAt(run, step.index)?.message ?? microstep.why();
    return { ...line, category: 'stderr', text };
  }
  const move = moveOf(microstep);
  const host = microstep.connection?.host ?? step.host ?? '';
  if (move === undefined) return undefined;
  const text = `${printInstant(step.at)} s  ${host}  ${move}  ${rule.title}`;
  return { ...line, category: 'stdout', text };
}

/** Prints what happened up to a place and was not printed before, and what log points said, in the record's order. */
export function printLines(
  debugging: Debugger,
  session: Session,
  place: Place,
  logs: readonly Logged[],
): void {
  const { run } = session.launched;
  const said = logs.flatMap((log) => newLog(session, log));
  const lines = [...debugging.output.upTo(run, place), ...said];
  for (const line of lines.sort((a, b) => comparePlaces(a.place, b.place))) {
    const written = run.program.instructions[line.statement]?.place;
    debugging.send('output', {
      category: line.category,
      output: `${line.text}\n`,
      ...(written ? linkTo(debugging, written) : {}),
    });
  }
}

/** Says how much of a long run was not printed. */
export function printLeftOut({ output, send }: Debugger): void {
  const count = output.leftOut();
  if (count === 0) return;
  const text = `... and ${count} more lines (tcpflow run --trace prints all)\n`;
  send('output', { category: 'stdout', output: text });
}

/** A log point speaks once of each place. */
function newLog({ logged, launched }: Session, log: Logged): readonly Line[] {
  const { breakpoint, text, place } = log;
  const mark = logged.get(breakpoint.id);
  if (mark !== undefined && comparePlaces(place, mark) <= 0) return [];
  logged.set(breakpoint.id, place);
  const statement = launched.run.timeline.step(place.step).origin;
  return [{ category: 'stdout', text, statement, place }];
}

function linkTo({ client }: Debugger, { file, range: { start } }: Written): object {
  const line = start.line + client.firstLine;
  const column = start.character + client.firstColumn;
  return { source: scriptSource(file), line, column };
}
