/** Where a run ends although its script does not: steps, turns, time, what waits. */

import { printDuration } from '../base/time.js';
import type { RunState } from './state.js';

/** The limit that a run has reached before the step `index`, in words; undefined while there is none. */
export function limitReached(state: RunState, index: number): string | undefined {
  const { limits } = state.setup;
  const { world } = state;
  if (index >= limits.steps)
    return `${limitText(`${limits.steps} steps`)} (maxSteps raises it, on the command line --max-steps)`;
  if (state.turns > limits.turns) return limitText(`${limits.turns} turns of \`repeat\``);
  if (world.faults.length > FAULTS)
    return limitText(`${FAULTS} faults that wait for their segments`);
  if (state.watches.length > WATCHES) return limitText(`${WATCHES} of \`never\` that stand`);
  if (world.ended !== undefined) return `stopped: ${world.ended}`;
  if (world.now > limits.time) return timeLimit(state);
  return undefined;
}

/** What is said when the limit of virtual time is reached. */
export function timeLimit({ setup }: RunState): string {
  return limitText(`${printDuration(setup.limits.time)} of virtual time`);
}

function limitText(what: string): string {
  return `stopped after ${what}: the limit of a run`;
}

/** Each departure is held against all faults that wait, and each event against all that must never be. */
const FAULTS = 10_000;

const WATCHES = 1_000;
