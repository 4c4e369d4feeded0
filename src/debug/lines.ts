/** What a run says in the console: one line a happening, as much of them as the user wants. */

import { printInstant } from '../base/time.js';
import { placed } from '../run/explain.js';
import { failureAt, type Run } from '../run/run.js';
import { isFailure, isScripted, SCRIPT } from '../run/script-rules.js';
import { DELIVER } from '../sim/rules.js';
import type { Step } from '../sim/step.js';
import { type Effect, type Microstep, moveOf } from '../tcp/rule.js';
import { headingOf } from '../tcp/rules.js';
import { printSegment } from '../tcp/segment.js';
import { NETWORK } from './frames.js';

/**
 * Each says all that the one before it says. `quiet`: what `print` and log messages say, failures and results.
 * `transitions`: every state change. `segments`: what is sent, arrives and comes to nothing, and what users are told.
 * `rules`: every rule that was asked, with its reason.
 */
export const LEVELS = ['quiet', 'transitions', 'segments', 'rules'] as const;
export type Level = (typeof LEVELS)[number];

export interface Said {
  /** None is `console`: VS Code shows that category as warnings. */
  readonly category: 'stdout' | 'stderr';
  readonly text: () => string;
}

const NOTHING: readonly Said[] = [];

/** What the rule at `index` of a step has to say. A reason is built only where it is said. */
export function linesOf(run: Run, step: Step, index: number, level: Level): readonly Said[] {
  const microstep = step.microsteps[index];
  if (microstep === undefined) return [];
  const { rule, before, after } = microstep;
  const moves = before?.state !== after?.state;
  if (!moves && (level === 'transitions' || level === 'quiet') && !isScripted(rule)) return NOTHING;
  const rank = LEVELS.indexOf(level);
  if (rule.id === SCRIPT.print.id) return [{ category: 'stdout', text: microstep.why }];
  if (rule.id === SCRIPT.limit.id) return [{ category: 'stderr', text: microstep.why }];
  if (isFailure(microstep)) {
    const text = () => {
      const failure = failureAt(run, step.index);
      return failure ? placed(failure, run.program) : microstep.why();
    };
    return [{ category: 'stderr', text }];
  }
  const arrival = index === 0 && rank >= 2 ? arrivalOf(step) : undefined;
  const decision = decisionOf(microstep, rank);
  const effects = rank >= 2 ? microstep.effects.flatMap(effectText) : [];
  const texts = [...(arrival ?? []), ...(decision ?? []), ...effects];
  const head = () => `${printInstant(step.at)} s  ${ownerOf(microstep, step)}  `;
  return texts.map((text) => ({ category: 'stdout', text: () => head() + text }));
}

/** Whose decision it is. A link's stands in the step of the host that sends. */
function ownerOf({ connection, rule }: Microstep, step: Step): string {
  return rule.rfc === 'link' ? NETWORK : (connection?.host ?? step.host ?? NETWORK);
}

function arrivalOf({ cause }: Step): readonly string[] | undefined {
  if (cause.kind !== 'arrival') return undefined;
  const { segment, from } = cause.delivery;
  return [`receives ${printSegment(segment)} from ${from}`];
}

/** `rank` as in `LEVELS`. */
function decisionOf(microstep: Microstep, rank: number): readonly string[] | undefined {
  const { rule, why } = microstep;
  const move = moveOf(microstep);
  const head = move === undefined ? '' : `${move}  `;
  if (rank >= 3 && !isScripted(rule)) return [`${head}${headingOf(microstep)}: ${why()}`];
  if (rank >= 1 && move !== undefined) return [`${head}${headingOf(microstep)}`];
  // That a segment arrives in the end goes without saying.
  return rank >= 2 && rule.rfc === 'link' && rule.id !== DELIVER.id ? [why()] : undefined;
}

/** That a call is complete is said where the script asks. */
function effectText(effect: Effect): readonly string[] {
  switch (effect.kind) {
    case 'send': {
      const again = effect.retransmission ? ' again' : '';
      return [`sends ${printSegment(effect.segment)}${again}`];
    }
    case 'discard':
      return [`discards it: ${effect.reason}`];
    case 'signal':
      return [`tells its user: ${effect.text}`];
    case 'complete':
      return [];
  }
}
