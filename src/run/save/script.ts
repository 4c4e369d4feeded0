/** A run with its edits as a script: each edit becomes a line at the place of the script where it was made. */

import { format } from '../../lang/formatter.js';
import type { Step } from '../../sim/step.js';
import { moveOf } from '../../tcp/rule.js';
import { printSegment } from '../../tcp/segment.js';
import { type Run, stepsOf } from '../run.js';
import { isScripted } from '../script-rules.js';
import { layoutOf, written } from './text.js';
import { visitsOf } from './visits.js';

/** The text of the script, or why the run cannot be said as one. */
export type Saved =
  | { readonly kind: 'script'; readonly text: string }
  | { readonly kind: 'problem'; readonly message: string };

/**
 * The script `text` with lines for each edit in the record; a loop in one turn of which something was edited is divided.
 * Whether it does the same is for a run of it to tell.
 */
export function scriptOf(run: Run, text: string): Saved {
  if (run.program.packets) return { kind: 'problem', message: NOT_OF_PACKETS };
  const visits = visitsOf(run, stepsOf(run));
  if (typeof visits === 'string') return { kind: 'problem', message: visits };
  if (visits.length === 0) return { kind: 'script', text };
  const { scenario } = run.program;
  const layout = layoutOf(text, scenario) ?? layoutOf(format(text), scenario);
  if (layout === undefined) return { kind: 'problem', message: 'The script cannot be read again.' };
  return { kind: 'script', text: written(run.program, layout, visits) };
}

const NOT_OF_PACKETS =
  'This is a run of a packetdrill script, which has no statements for edits: what was done in it cannot be saved.';

/** What happens in a run, to be compared: each event with its time, what was decided, and what left. */
export function happenings(run: Run): readonly string[] {
  return stepsOf(run).flatMap(happeningsIn);
}

function happeningsIn({ at, cause, host, microsteps, departures }: Step): readonly string[] {
  const happened =
    cause.kind === 'arrival'
      ? [`${at} ${cause.delivery.to} receives ${printSegment(cause.delivery.segment)}`]
      : cause.kind === 'timeout'
        ? [`${at} the ${cause.timer} timer of ${cause.connection.host} goes off`]
        : [];
  const decided = microsteps.flatMap((microstep) => {
    const move = moveOf(microstep);
    if (move) return [`${at} ${microstep.connection?.host ?? host}: ${move}`];
    const ofTcp = microstep.rule.rfc.startsWith('RFC') && !isScripted(microstep.rule);
    return ofTcp ? [`${at} ${microstep.rule.id}`] : [];
  });
  const left = departures
    .filter(({ kind }) => kind !== 'duplicate')
    .map(({ from, segment }) => `${at} ${from} sends ${printSegment(segment)}`);
  return [...happened, ...decided, ...left];
}
