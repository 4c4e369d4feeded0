/** What the console shows: each line once, however often the cursor passes it; a line leads to its moment. Noted as it is recorded. */

import { countUpTo, createColumn } from '../base/column.js';
import { visible } from '../base/visible.js';
import type { Place as Written } from '../lang/program.js';
import { comparePlaces } from '../run/places.js';
import type { Run } from '../run/run.js';
import type { Logged } from '../run/stop.js';
import type { Place, Step } from '../sim/step.js';
import type { Observer } from '../sim/timeline.js';
import type { Debugger, Session } from './debugger.js';
import { linkTo } from './line-links.js';
import { type Level, linesOf, type Said } from './lines.js';

/** A line for the console, and the moment that it tells of; `statement` is an index into the program. */
interface Line extends Said {
  readonly place: Place;
  readonly statement: number;
}

/** A line that was printed, and the statement that it is linked to. */
export interface Printed {
  readonly text: string;
  /** Undefined: the run has another past since. */
  place: Place | undefined;
  readonly written: Written;
}

export interface Output {
  /** The lines of everything up to `place` that was not given out before. */
  readonly upTo: (place: Place) => readonly Line[];
  /** The run stands still: how many lines were left out since it last did. */
  readonly leftOut: () => number;
  /** Keeps a line that was printed, under its number. */
  readonly keep: (line: Printed) => number;
  readonly printed: (number: number) => Printed | undefined;
  /** A new run, of which nothing is recorded yet: all is to be printed again. Who sees to it that it is told of the record. */
  readonly begin: (run: Run, level: Level) => Observer<unknown>;
}

/** More than anybody reads at one stop. Failures are never left out. */
const LINES = 1_000;

export function createOutput(): Output {
  const printed: Printed[] = [];
  /** Lines of the record that were not given out yet, in its order. */
  let waiting: Line[] = [];
  /** Of those that are too many to be kept: the steps. The first `passed` of them were left out. */
  const more = createColumn(Uint32Array);
  let passed = 0;
  let given = 0;
  let left = 0;

  function note(run: Run, step: Step, level: Level): void {
    const { index, origin: statement, microsteps } = step;
    for (let microstep = 0; microstep < microsteps.length; microstep++) {
      const lines = linesOf(run, step, microstep, level);
      for (let i = 0; i < lines.length; i++) {
        const { category, text } = lines[i] as Said;
        if (category === 'stdout' && waiting.length >= LINES) more.push(index);
        else waiting.push({ category, text, statement, place: { step: index, microstep } });
      }
    }
  }

  function upTo(place: Place): readonly Line[] {
    const end = waiting.findIndex((line) => comparePlaces(line.place, place) > 0);
    const due = waiting.splice(0, end < 0 ? waiting.length : end);
    const others = Math.max(passed, countUpTo(more, place.step));
    left += others - passed;
    passed = others;
    return due.filter(({ category }) => {
      const isTooMuch = category === 'stdout' && ++given > LINES;
      if (isTooMuch) left++;
      return !isTooMuch;
    });
  }

  function forget(index: number): void {
    waiting = waiting.filter(({ place }) => place.step < index);
    more.cut(countUpTo(more, index - 1));
    passed = Math.min(passed, more.length());
    for (const line of printed) {
      if (line.place !== undefined && line.place.step >= index) line.place = undefined;
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
    keep: (line) => printed.push(line) - 1,
    printed: (number) => printed[number],
    begin: (run, level) => {
      forget(0);
      return { note: (step) => note(run, step, level), forget };
    },
  };
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
  const lines = [...debugging.output.upTo(place), ...said];
  for (const line of lines.sort((a, b) => comparePlaces(a.place, b.place))) {
    const { category, statement, place } = line;
    const text = visible(line.text());
    const written = run.program.instructions[statement]?.place;
    const link = written ? linkTo(debugging, { text, place, written }) : {};
    debugging.send('output', { category, output: `${text}\n`, ...link });
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
  return [{ category: 'stdout', text: () => text, statement, place }];
}
