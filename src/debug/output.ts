/** What the console shows: each line once, however often the cursor passes it; a line leads to its moment. */

import type { Place as Written } from '../lang/program.js';
import { comparePlaces } from '../run/places.js';
import type { Run } from '../run/run.js';
import type { Logged } from '../run/stop.js';
import type { Place } from '../sim/step.js';
import type { Debugger, Session } from './debugger.js';
import { type Level, linesOf, type Said } from './lines.js';
import { linkTo } from './locations.js';

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
  readonly upTo: (run: Run, place: Place, level: Level) => readonly Line[];
  /** The run stands still: how many lines were left out since it last did. */
  readonly leftOut: () => number;
  /** Keeps a line that was printed, under its number. */
  readonly keep: (line: Printed) => number;
  readonly printed: (number: number) => Printed | undefined;
  /** A new run: all is to be printed again. */
  readonly begin: () => void;
  /** Steps from `index` on are others now, and were not printed. */
  readonly forget: (index: number) => void;
}

/** More than anybody reads at one stop. Failures are never left out. */
const LINES = 1_000;

export function createOutput(): Output {
  const printed: Printed[] = [];
  let next: Place = { step: 0, microstep: 0 };
  let given = 0;
  let left = 0;

  function upTo(run: Run, place: Place, level: Level): readonly Line[] {
    const lines: Line[] = [];
    const last = Math.min(place.step, run.timeline.length() - 1);
    for (let i = next.step; i <= last; i++) {
      const step = run.timeline.step(i);
      const end = i === place.step ? place.microstep + 1 : step.microsteps.length;
      for (let k = i === next.step ? next.microstep : 0; k < end; k++) {
        for (const said of linesOf(run, step, k, level)) {
          const line = { ...said, statement: step.origin, place: { step: i, microstep: k } };
          if (said.category === 'stdout' && ++given > LINES) left++;
          else lines.push(line);
        }
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

  function forget(index: number): void {
    if (next.step > index) next = { step: index, microstep: 0 };
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
    begin: () => {
      forget(0);
      next = { step: 0, microstep: 0 };
    },
    forget,
  };
}

/** Prints what happened up to a place and was not printed before, and what log points said, in the record's order. */
export function printLines(
  debugging: Debugger,
  session: Session,
  place: Place,
  logs: readonly Logged[],
): void {
  const { run, level } = session.launched;
  const said = logs.flatMap((log) => newLog(session, log));
  const lines = [...debugging.output.upTo(run, place, level), ...said];
  for (const line of lines.sort((a, b) => comparePlaces(a.place, b.place))) {
    const { category, statement, place } = line;
    const text = line.text();
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
