/** What the console shows: one line a transition, printed once however often the cursor passes it. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { printInstant } from '../base/time.js';
import type { Run } from '../run/run.js';
import { isFailure, SCRIPT } from '../run/script-rules.js';
import type { Place, Step } from '../sim/step.js';
import { type Microstep, moveOf } from '../tcp/rule.js';

/** One line for the console; `statement` is an index into the program, where a click goes. */
export interface Line {
  readonly category: 'console' | 'stdout' | 'stderr' | 'important';
  readonly text: string;
  readonly statement: number;
}

export interface Output {
  /** The lines of everything up to `place` that was not given out before; at most `LINES` of them, then how many there were. */
  readonly upTo: (run: Run, place: Place) => readonly Line[];
  /** A new run: all is to be printed again. */
  readonly begin: () => void;
}

/** More than anybody reads at one stop. */
const LINES = 1_000;

export function createOutput(): Output {
  let next: Place = { step: 0, microstep: 0 };

  function upTo(run: Run, place: Place): readonly Line[] {
    const lines: Line[] = [];
    let left = 0;
    const last = Math.min(place.step, run.timeline.length() - 1);
    for (let i = next.step; i <= last; i++) {
      const step = run.timeline.step(i);
      const end = i === place.step ? place.microstep + 1 : step.microsteps.length;
      for (let k = i === next.step ? next.microstep : 0; k < end; k++) {
        const line = lineOf(step, step.microsteps[k] as Microstep);
        if (line === undefined) continue;
        if (lines.length < LINES) lines.push(line);
        else left++;
      }
    }
    advance(run, place);
    return left === 0 ? lines : [...lines, more(left)];
  }

  function advance(run: Run, place: Place): void {
    if (place.step > next.step || (place.step === next.step && place.microstep >= next.microstep)) {
      const step = Math.min(place.step, run.timeline.length());
      next = { step, microstep: place.microstep + 1 };
    }
  }

  return {
    upTo,
    begin: () => {
      next = { step: 0, microstep: 0 };
    },
  };
}

function more(count: number): Line {
  const text = `... and ${count} more lines (tcpflow run --trace prints all)`;
  return { category: 'console', text, statement: -1 };
}

function lineOf(step: Step, microstep: Microstep): Line | undefined {
  const { rule } = microstep;
  const statement = step.origin;
  if (rule.id === SCRIPT.print.id) return { category: 'stdout', text: microstep.why(), statement };
  if (isFailure(microstep)) return { category: 'stderr', text: microstep.why(), statement };
  const move = moveOf(microstep);
  const host = microstep.connection?.host ?? step.host ?? '';
  if (move === undefined) return undefined;
  const text = `${printInstant(step.at)} s  ${host}  ${move}  ${rule.title}`;
  return { category: 'console', text, statement };
}

/** A line as the protocol's event, with the statement that it goes back to. */
export function outputEvent(
  { category, text }: Pick<Line, 'category' | 'text'>,
  written?: { readonly source: DebugProtocol.Source; readonly line: number; readonly column: number },
): DebugProtocol.OutputEvent['body'] {
  return { category, output: `${text}\n`, ...written };
}

