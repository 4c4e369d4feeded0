/** What a statement that expects something makes of the world as it stands: come to be, failed, or wait on. */

import { printInstant } from '../base/time.js';
import { isPacketOperation } from '../lang/packet-operations.js';
import type { Instruction, OperationOf, ProgramFact } from '../lang/program.js';
import type { Delivery } from '../sim/delivery.js';
import { printSegment, type Segment } from '../tcp/segment.js';
import { toldText } from './calls.js';
import type { Mismatch, Until } from './expectations.js';
import { environmentOf, includesText, standingOf } from './facts.js';
import {
  callMismatch,
  factMismatch,
  nothingCame,
  problemMismatch,
  wrongSegment,
} from './mismatches.js';
import { expirePacket, judgePacket } from './packetdrill/play.js';
import { differencesFrom, isUnanswered, matches, type Wanted, wantedOf } from './pattern.js';
import { dequeue, EMPTY_QUEUE, first, itemsOf } from './queue.js';
import { direction, type Met, type RunState, type Waiting } from './state.js';
import { refKey } from './view.js';

/** What came of looking. */
export type Judgement =
  | { readonly kind: 'wait' }
  | { readonly kind: 'met'; readonly met: Met }
  | { readonly kind: 'failed'; readonly mismatch: Mismatch };

const WAIT: Judgement = { kind: 'wait' };

/** Looks whether what is waited for has come to be. Matched segments are taken out of those unmatched. */
export function judge(state: RunState, instruction: Instruction, waiting: Waiting): Judgement {
  const { operation } = instruction;
  switch (operation.kind) {
    case 'segment':
      return operation.mode === 'never' ? WAIT : judgeSegment(state, instruction, operation);
    case 'fact':
      return operation.mode === 'never' ? WAIT : judgeFact(state, operation.fact);
    case 'wait-until':
      return judgeFact(state, operation.fact);
    case 'call':
      return judgeCall(state, instruction, operation, waiting);
    default:
      return isPacketOperation(operation) ? judgePacket(state, instruction, operation) : WAIT;
  }
}

/** What it comes to when the time is over or nothing is left to happen. */
export function expire(state: RunState, instruction: Instruction, until: Until): Judgement {
  const { operation } = instruction;
  switch (operation.kind) {
    case 'wait':
      return passed(() => 'the time has passed');
    case 'wait-quiet':
    case 'wait-events':
      return passed(() => 'nothing is on its way and no timer is armed');
    case 'segment':
      if (operation.mode === 'never') return passed(() => 'no such segment was sent');
      return failed(nothingCame(state, instruction, operation, until));
    case 'fact':
      if (operation.mode === 'never') return passed(() => 'it did not come to hold');
      return failed(factMismatch(state, instruction, operation.fact, 'expect', until));
    case 'wait-until':
      return failed(factMismatch(state, instruction, operation.fact, 'wait', until));
    case 'call':
      return failed(callMismatch(state, instruction, operation, undefined, until));
    default:
      if (isPacketOperation(operation)) return expirePacket(state, instruction, operation, until);
      return passed(() => 'done');
  }
}

function passed(why: () => string): Judgement {
  return { kind: 'met', met: { verdict: 'passed', why } };
}

function blank(): Judgement {
  return { kind: 'met', met: { verdict: 'blank', why: () => 'not answered yet' } };
}

function failed(mismatch: Mismatch): Judgement {
  return { kind: 'failed', mismatch };
}

// Segments ----------------------------------------------------------------------------------------

function judgeSegment(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'segment'>,
): Judgement {
  const wanted = wantedOf(operation.segment, environmentOf(state));
  if ('kind' in wanted) return failed(problemMismatch(state, instruction, wanted));
  const key = direction(operation.segment);
  let queue = state.unmatched.get(key) ?? EMPTY_QUEUE;
  for (;;) {
    const next = first(queue);
    if (next === undefined) {
      state.unmatched.set(key, queue);
      return WAIT;
    }
    const fits = matches(wanted, next.segment);
    if (!fits && operation.mode === 'expect') {
      const later = itemsOf(queue).find(({ segment }) => matches(wanted, segment));
      const seen = { delivery: next, later, already: false };
      return failed(wrongSegment(state, instruction, operation, wanted, seen));
    }
    queue = dequeue(queue);
    if (!fits) {
      skip(state, wanted, next);
      continue;
    }
    state.unmatched.set(key, queue);
    if (operation.as !== undefined) state.segments.set(operation.as, next.segment);
    if (isUnanswered(wanted)) return blank();
    const { segment, sentAt } = next;
    return passed(() => sentText(operation.segment.from, segment, sentAt));
  }
}

function sentText(from: string, segment: Segment, sentAt: number): string {
  return `${from} sent ${printSegment(segment)} at ${printInstant(sentAt)}`;
}

/** Keeps the most similar of the segments that an `eventually` passed over, to show it when none comes. */
function skip(state: RunState, wanted: Wanted, seen: Delivery): void {
  const old = state.nearest;
  const distance = (delivery: Delivery) => differencesFrom(wanted, delivery.segment).length;
  if (old === undefined || distance(seen) <= distance(old)) state.nearest = seen;
}

// Facts -------------------------------------------------------------------------------------------

function judgeFact(state: RunState, fact: ProgramFact): Judgement {
  switch (standingOf(state, fact)) {
    case 'yes':
      return passed(() => 'it holds');
    case 'blank':
      return blank();
    case 'no':
      return WAIT;
  }
}

/** What a `never` sees in segments that were just sent, or `already` when it was reached: undefined when none is forbidden. */
export function forbidden(
  state: RunState,
  instruction: Instruction,
  deliveries: readonly Delivery[],
  already = false,
): Mismatch | undefined {
  const { operation } = instruction;
  if (operation.kind === 'fact') {
    if (standingOf(state, operation.fact) !== 'yes') return undefined;
    return factMismatch(state, instruction, operation.fact, 'never', 'now');
  }
  if (operation.kind !== 'segment') return undefined;
  const { segment } = operation;
  const wanted = wantedOf(segment, environmentOf(state));
  if ('kind' in wanted) return problemMismatch(state, instruction, wanted);
  const delivery = deliveries.find(
    (one) => one.from === segment.from && one.to === segment.to && matches(wanted, one.segment),
  );
  if (delivery === undefined) return undefined;
  const seen = { delivery, later: undefined, already };
  return wrongSegment(state, instruction, operation, wanted, seen);
}

/** The segments that a `never` finds when it begins: sent, and matched by nothing yet. */
export function unmatchedOf(
  state: RunState,
  operation: OperationOf<'segment'>,
): readonly Delivery[] {
  return itemsOf(state.unmatched.get(direction(operation.segment)) ?? EMPTY_QUEUE);
}

// Calls -------------------------------------------------------------------------------------------

function judgeCall(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'call'>,
  waiting: Waiting,
): Judgement {
  const called = waiting.call === undefined ? undefined : state.calls.get(waiting.call);
  if (!called) return WAIT;
  const { outcome, connection } = called;
  const { fails } = operation;
  if (fails?.kind === 'blank') return blank();
  if (fails === undefined) {
    if (outcome.kind === 'pending') return WAIT;
    if (outcome.kind === 'ok') return passed(() => 'it succeeded');
    return failed(callMismatch(state, instruction, operation, outcome.text, 'now'));
  }
  const signals = connection && state.told.get(refKey(connection));
  const heard = signals && signals.step >= called.step ? signals.texts : [];
  const told = outcome.kind === 'error' ? toldText(called, outcome.text) : undefined;
  const texts = told === undefined ? heard : [...heard, told];
  const found = texts.find((text) => includesText(text, fails.text));
  if (found !== undefined) return passed(() => `the user was told "${found}"`);
  if (outcome.kind === 'pending') return WAIT;
  return failed(callMismatch(state, instruction, operation, told, 'now'));
}
