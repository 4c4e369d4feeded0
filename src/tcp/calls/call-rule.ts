/** RFC 9293 §3.10.1 to §3.10.6: rules of user calls, one for each group of states. */

import type { ConnectionRef, Effect, Instant, Microstep, Outcome, Rule } from '../rule.js';
import { createRule, runRules } from '../rule.js';
import type { Move, State } from '../states.js';
import { rfcName } from '../states.js';
import type { Tcb } from '../tcb.js';

/** What a call does in these states. */
export interface CallRule<Input> extends Rule<Input> {
  readonly states: readonly State[];
}

/** Makes the rules of one call: `callRulesOf<CloseCall>('close', 'RFC 9293 §3.10.4')`. */
export function callRulesOf<Input>(
  procedure: string,
  rfc: string,
): (
  step: string,
  states: readonly State[],
  moves: readonly Move[],
  run: Rule<Input>['run'],
) => CallRule<Input> {
  return (step, states, moves, run) => {
    const title = states.map(stateHeading).join(', ');
    // Field by field, so that all have one shape.
    const { id, passed, edges } = createRule(
      { id: `${procedure}/${step}`, rfc, title, moves },
      run,
    );
    return { id, rfc, title, moves, run, passed, edges, states };
  };
}

/** The RFC's heading of what a call does in a state. */
export function stateHeading(state: State): string {
  return `${rfcName(state)} STATE${state === 'CLOSED' ? ' (i.e., TCB does not exist)' : ''}`;
}

/** Runs the rule of the connection's state. */
export function runCall<Input>(
  rules: readonly CallRule<Input>[],
  connection: ConnectionRef | undefined,
  tcb: Tcb,
  input: Input,
  now: Instant,
): readonly Microstep[] {
  for (let i = 0; i < rules.length; i++) {
    if (rules[i]?.states.includes(tcb.state)) {
      return runRules(rules, connection, tcb, input, now, i);
    }
  }
  throw new Error(`no rule for a call in ${tcb.state}`);
}

/** The call completes well. */
export function completes(
  call: number,
  more: { readonly data?: Uint8Array; readonly text?: string; readonly push?: true } = {},
): Effect {
  return { kind: 'complete', call, outcome: { kind: 'ok', ...more } };
}

/** The call meets an error with the RFC's text. */
export function fails(call: number, text: string): Effect {
  const outcome: Outcome = { kind: 'error', text };
  return { kind: 'complete', call, outcome };
}
