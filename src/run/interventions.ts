/** What a script does to the network and to a host's variables: faults, a delivery out of turn, a timer that goes off, `set`. */

import type { Expression } from '../lang/expression-tree.js';
import type { Instruction, OperationOf, ProgramSegment } from '../lang/program.js';
import { timerNamed } from '../lang/settable.js';
import type { Delivery } from '../sim/delivery.js';
import { arm } from '../sim/director.js';
import { alterInFlight, deliverIn, fireTimer } from '../sim/edits.js';
import type { Fault } from '../sim/fault.js';
import type { Part } from '../sim/step.js';
import type { Duration } from '../tcp/rule.js';
import { type Begun, countOf, durationOf, impossible, said, troubled } from './begun.js';
import type { Problem } from './environment.js';
import { evaluate } from './evaluate.js';
import { environmentOf, subjectOf } from './facts.js';
import { findUnderWay, meetNow, together } from './in-flight.js';
import { alteredBy, whyNone } from './made-segments.js';
import { canBeOff, newValueOf, WANTED } from './new-values.js';
import { matches, type Wanted, wantedOf } from './pattern.js';
import { SCRIPT } from './script-rules.js';
import type { RunState } from './state.js';
import { linkTarget, variableTarget } from './targets.js';
import { showValue } from './values.js';
import { seenConnection, subjectText, viewOf } from './view.js';

/** The fault waits for segments that are to be sent, or meets those under way. */
export function beginFault(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'fault'>,
): Begun {
  const env = environmentOf(state);
  const wanted = wantedOf(operation.segment, env);
  if ('kind' in wanted) return troubled(state, instruction, wanted);
  const times = countOf(state, operation.count);
  if (typeof times === 'object') return troubled(state, instruction, times);
  if (times < 1) return { part: said(SCRIPT.fault, `${instruction.text}: no segment at all`) };
  const by = operation.by ? durationOf(state, operation.by) : 0;
  if (typeof by === 'object') return troubled(state, instruction, by);
  if (operation.meets === 'under-way') {
    const parts = meetUnderWay(state, operation, wanted, times, by);
    return 'kind' in parts ? troubled(state, instruction, parts) : { part: together(parts) };
  }
  const { from, to } = operation.segment;
  const base = {
    matches: (departure: Parameters<Fault['matches']>[0]) =>
      departure.from === from && departure.to === to && matches(wanted, departure.segment),
    count: times,
    text: instruction.text,
  };
  return { part: arm(state.world, faultOf(operation, base, by, instruction.index)) };
}

/** The fault meets segments that have left already, at once. */
function meetUnderWay(
  state: RunState,
  { fault, nth, as = '' }: OperationOf<'fault'>,
  wanted: Wanted,
  times: number,
  by: Duration,
): readonly Part[] | Problem {
  const place = countOf(state, nth);
  if (typeof place === 'object') return place;
  const found = findUnderWay(state.world, wanted, place, times);
  if ('kind' in found) return found;
  return found.map(({ id }) => meetNow(state.world, id, fault, { by, as }));
}

function faultOf(
  { fault, as }: OperationOf<'fault'>,
  base: Pick<Fault, 'matches' | 'count' | 'text'>,
  by: Duration,
  statement: number,
): Fault {
  switch (fault) {
    case 'delay':
      return { ...base, kind: fault, by };
    case 'hold':
      return { ...base, kind: fault, name: as ?? `held in statement ${statement}` };
    default:
      return { ...base, kind: fault };
  }
}

/** Of the segments under way one that is like it: it comes next, whatever else is due, or so much later. */
export function beginDeliver(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'deliver'>,
): Begun {
  const found = oneUnderWay(state, operation);
  if ('message' in found) return troubled(state, instruction, found);
  const after = operation.in ? durationOf(state, operation.in) : 0;
  if (typeof after === 'object') return troubled(state, instruction, after);
  if (operation.in === undefined) state.chosen = { kind: 'arrival' };
  return { part: deliverIn(state.world, found.id, after) };
}

/** The segment under way that a statement is about. */
function oneUnderWay(
  state: RunState,
  { segment, nth }: { readonly segment: ProgramSegment; readonly nth: Expression | undefined },
): Delivery | Problem {
  const wanted = wantedOf(segment, environmentOf(state));
  if ('kind' in wanted) return wanted;
  const place = countOf(state, nth);
  if (typeof place === 'object') return place;
  const found = findUnderWay(state.world, wanted, place);
  return 'kind' in found ? found : (found[0] as Delivery);
}

/** An armed timer goes off next, whatever else is due. */
export function beginFire(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'fire'>,
): Begun {
  const { path } = operation;
  const subject = subjectOf(state, operation.subject);
  if ('kind' in subject) return troubled(state, instruction, subject);
  const timer = timerNamed(path);
  const seen = seenConnection(viewOf(state.world), subject);
  if (timer === undefined || seen === undefined || seen.closed) {
    return impossible(state, instruction, `${subjectText(subject)} has no connection here.`);
  }
  if (seen.tcb.timers[timer] === undefined) {
    const whose = subjectText(subject);
    return impossible(state, instruction, `The ${timer} timer of ${whose} is not armed.`);
  }
  state.chosen = { kind: 'timeout', timer: { connection: seen.ref, timer } };
  return { part: fireTimer(state.world, seen.ref, timer, instruction.text) };
}

/** A variable, an option of a link or a segment under way gets another value. */
export function beginSet(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'set'>,
): Begun {
  const { target, value: written } = operation;
  if (target.kind === 'segment') return alter(state, instruction, target);
  const subject = target.kind === 'variable' ? subjectOf(state, target.subject) : undefined;
  if (subject && 'kind' in subject) return troubled(state, instruction, subject);
  const found =
    target.kind === 'link'
      ? linkTarget(target.from, target.to, target.setting)
      : subject && variableTarget({ subject, path: target.path });
  if (found === undefined) return impossible(state, instruction, 'This cannot be set.');
  const value = written && evaluate(written, environmentOf(state, subject));
  if (value?.kind === 'problem') return troubled(state, instruction, value);
  const number = value && newValueOf(found.kind, value);
  if (number === undefined && !(written === undefined && canBeOff(found.kind))) {
    const seen = value ? showValue(value) : 'off';
    return impossible(state, instruction, `It cannot be ${seen}: it is ${WANTED[found.kind]}.`);
  }
  const text = value ? showValue(value) : 'off';
  const part = found.edit(number, text).apply(state, -1);
  return typeof part === 'string' ? impossible(state, instruction, part) : { part };
}

/** Other bits, fields and options for a segment under way. */
function alter(
  state: RunState,
  instruction: Instruction,
  target: OperationOf<'set'>['target'] & { readonly kind: 'segment' },
): Begun {
  const found = oneUnderWay(state, target);
  if ('message' in found) return troubled(state, instruction, found);
  const wanted = wantedOf(target.changes, environmentOf(state));
  if ('kind' in wanted) return troubled(state, instruction, wanted);
  const altered = alteredBy(wanted, target.without, found.segment);
  const none = whyNone(altered);
  if (none !== undefined) return impossible(state, instruction, none);
  return { part: alterInFlight(state.world, found.id, altered, false) };
}
