/** What came of a line of a packetdrill script, as the run's judgements. */

import { KERNEL } from '../../lang/packet-operations.js';
import type { Instruction } from '../../lang/program.js';
import type { Delivery } from '../../sim/delivery.js';
import type { Difference, Mismatch, Seen } from '../expectations.js';
import type { Judgement } from '../judge.js';
import type { RunState } from '../state.js';

/** It is as the script says. */
export function met(why: () => string): Judgement {
  return { kind: 'met', met: { verdict: 'passed', why } };
}

/** It is not. `text`: what was seen instead, in words. */
export function failed(
  state: RunState,
  instruction: Instruction,
  text: string,
  differences: readonly Difference[],
  seen: Seen = { kind: 'fact', until: 'now' },
): Judgement {
  return { kind: 'failed', mismatch: mismatch(state, instruction, text, differences, seen) };
}

/** A segment that the host has sent and should not have. */
export function wasSent(delivery: Delivery): Seen {
  return { kind: 'segment', delivery, later: undefined, already: false };
}

/** What is wrong with a line. */
export function mismatch(
  state: RunState,
  instruction: Instruction,
  text: string,
  differences: readonly Difference[],
  seen: Seen = { kind: 'fact', until: 'now' },
): Mismatch {
  return {
    statement: instruction.index,
    at: state.world.now,
    what: { kind: 'fact', mode: 'expect', hosts: [KERNEL], text },
    expected: differences.map(({ field, expected }) => ({ name: field, text: expected })),
    actual: differences.map(({ field, actual }) => ({ name: field, text: actual })),
    differences,
    seen,
    unanswered: false,
  };
}
