/** Which rules decided while a test ran: what docs/conformance.md tells of it. */

import type { Microstep } from '../../src/tcp/rule.js';

/** The rules that decided since somebody last emptied it, in order, each once. */
export const deciders = new Set<string>();

/** The rule that decided an event: the last that changed or sent something, else the last that ran. */
export function decider(steps: readonly Microstep[]): string {
  const acted = [...steps]
    .reverse()
    .find(({ before, after, effects }) => before !== after || effects.length > 0);
  return (acted ?? steps.at(-1))?.rule.id ?? '';
}

/** Remembers the rule that decided an event. */
export function noteDecider(steps: readonly Microstep[]): void {
  const id = decider(steps);
  if (id !== '') deciders.add(id);
}
