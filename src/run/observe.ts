/** What a run takes note of after each of its steps: departures, outcomes of calls, what users were told. */

import { withAfter } from '../base/pieces.js';
import type { Step } from '../sim/step.js';
import type { ConnectionRef, Effect, Outcome } from '../tcp/rule.js';
import { toldText } from './calls.js';
import { forbidden } from './judge.js';
import { EMPTY_QUEUE, enqueue } from './queue.js';
import { direction, instructionOf, type RunState } from './state.js';
import { refKey } from './view.js';

/** Takes note of a step. `watching`: statements that watch for what must not happen, oldest first. */
export function observe(state: RunState, step: Step, watching: readonly number[]): void {
  for (const delivery of step.departures) {
    if (delivery.kind !== 'first' && delivery.kind !== 'retransmission') continue;
    const key = direction(delivery);
    if (!state.setup.directions.has(key)) continue;
    state.unmatched.set(key, enqueue(state.unmatched.get(key) ?? EMPTY_QUEUE, delivery));
  }
  const { call } = step;
  if (call && !completes(step, call.id)) {
    outcomeOf(state, step, step.connection, call.id, call.outcome);
  }
  for (const { connection, effects } of step.microsteps) {
    for (const effect of effects) noteEffect(state, step, connection ?? step.connection, effect);
  }
  if (watching.length > 0) lookOut(state, step, watching);
  forgetGone(state, step);
}

/** What users of this many connections more than there are may be remembered. */
const MANY_GONE = 64;

/** What was told and given to users whose connections are gone is nobody's business any more. */
function forgetGone({ told, given, calls, world }: RunState, { index }: Step): void {
  let living = MANY_GONE;
  for (const { connections } of world.hosts.values()) living += 1 + connections.size;
  if (told.size <= 2 * living && given.size <= 2 * living) return;
  const known = new Set(world.hosts.keys());
  for (const { connection } of calls.values()) if (connection) known.add(refKey(connection));
  for (const { connections, latest } of world.hosts.values()) {
    for (const { ref } of connections.values()) known.add(refKey(ref));
    if (latest !== undefined) known.add(refKey(latest.ref));
  }
  for (const [key, { step }] of told) if (step !== index && !known.has(key)) told.delete(key);
  for (const key of given.keys()) if (!known.has(key)) given.delete(key);
}

/** Whether a rule of the step tells the outcome of a call: then it is not to be counted twice. */
function completes({ microsteps }: Step, call: number): boolean {
  return microsteps.some(({ effects }) =>
    effects.some((effect) => effect.kind === 'complete' && effect.call === call),
  );
}

function noteEffect(
  state: RunState,
  step: Step,
  connection: ConnectionRef | undefined,
  effect: Effect,
): void {
  if (effect.kind === 'signal') tell(state, step, connection, effect.text);
  if (effect.kind === 'complete') outcomeOf(state, step, connection, effect.call, effect.outcome);
}

function outcomeOf(
  state: RunState,
  step: Step,
  connection: ConnectionRef | undefined,
  call: number,
  outcome: Outcome,
): void {
  const called = state.calls.get(call);
  if (outcome.kind === 'error') tell(state, step, connection, toldText(called, outcome.text));
  if (outcome.kind === 'ok' && outcome.data && connection) {
    const key = refKey(connection);
    state.given.set(key, withAfter(state.given.get(key) ?? [], outcome.data));
  }
  if (!called) return;
  if (outcome.kind === 'pending' || state.waiting?.call === call) {
    state.calls.set(call, { ...called, connection: called.connection ?? connection, outcome });
  } else state.calls.delete(call);
}

/** The user of a connection hears something; for its host it is the latest news too. */
function tell(
  state: RunState,
  step: Step,
  connection: ConnectionRef | undefined,
  text: string,
): void {
  const host = connection?.host ?? step.host;
  for (const key of [host, connection && refKey(connection)]) {
    if (key === undefined) continue;
    const before = state.told.get(key);
    const texts = before?.step === step.index ? [...before.texts, text] : [text];
    state.told.set(key, { texts, step: step.index });
  }
}

function lookOut(state: RunState, step: Step, watching: readonly number[]): void {
  if (state.violation) return;
  const sent = step.departures.filter(({ kind }) => kind === 'first' || kind === 'retransmission');
  for (const statement of watching) {
    const instruction = instructionOf(state, statement);
    const mismatch = instruction && forbidden(state, instruction, sent);
    if (!mismatch) continue;
    state.violation = mismatch;
    return;
  }
}
