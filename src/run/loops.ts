/** `repeat`: how its turns begin and end. */

import type { Instruction, OperationOf } from '../lang/program.js';
import { type Begun, said } from './begun.js';
import { SCRIPT } from './script-rules.js';
import type { RunState } from './state.js';
import { numberValue } from './values.js';

/** The turns begin, or the script goes on behind the last of them when there are none. */
export function beginRepeat(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'repeat'>,
): Begun {
  const { times, as, from, end } = operation;
  if (times <= 0) return { part: said(SCRIPT.repeat, 'no turn at all'), next: end + 1 };
  state.loops = [...state.loops, { start: instruction.index, turn: 0 }];
  if (as !== undefined) state.variables.set(as, numberValue(from));
  return { part: said(SCRIPT.repeat, `${times} ${times === 1 ? 'turn' : 'turns'}`) };
}

/**
 * At the end of a `repeat`'s body its next turn begins, or the script leaves it. That happens with the step before, so that a
 * place before a statement knows the turn that it belongs to.
 */
export function turnLoops(state: RunState): void {
  const { instructions } = state.setup.program;
  for (;;) {
    const operation = instructions[state.pc]?.operation;
    if (operation?.kind !== 'end-repeat' || state.turns > state.setup.limits.turns) return;
    const { start } = operation;
    const head = instructions[start]?.operation;
    const loop = state.loops.at(-1);
    if (head?.kind !== 'repeat' || loop?.start !== start || loop.turn + 1 >= head.times) {
      state.loops = state.loops.slice(0, -1);
      state.pc += 1;
      continue;
    }
    state.turns += 1;
    const turn = loop.turn + 1;
    state.loops = [...state.loops.slice(0, -1), { start, turn }];
    if (head.as !== undefined) state.variables.set(head.as, numberValue(head.from + turn));
    state.pc = start + 1;
  }
}
