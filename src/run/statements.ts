/** What a statement does when the script reaches it: the part of its step that is its own, and what it waits for. */

import { printDuration } from '../base/time.js';
import type { Instruction, OperationOf } from '../lang/program.js';
import { crash, cut, giveConnections, mend, release, restart } from '../sim/director.js';
import { doCall, icmp, inject } from '../sim/sim.js';
import {
  type Begun,
  countOf,
  deadlineOf,
  durationOf,
  impossible,
  NOTHING,
  said,
  troubled,
  waitingFor,
} from './begun.js';
import { userCall } from './calls.js';
import { evaluate, fillTemplate } from './evaluate.js';
import { environmentOf, subjectOf } from './facts.js';
import { givenConnections } from './given.js';
import { portsBetween, quoting } from './injection.js';
import { beginDeliver, beginFault, beginFire, beginSet } from './interventions.js';
import { forbidden, unmatchedOf } from './judge.js';
import { beginRepeat } from './loops.js';
import { segmentFrom, whyNone } from './made-segments.js';
import { beginPacket } from './packetdrill/play.js';
import { wantedOf } from './pattern.js';
import { SCRIPT, scripted } from './script-rules.js';
import type { RunState } from './state.js';
import { printValue, showValue } from './values.js';

/** Begins the instruction. `index`: of the step being made. */
export function begin(state: RunState, instruction: Instruction, index: number): Begun {
  const { operation } = instruction;
  switch (operation.kind) {
    case 'call':
      return beginCall(state, instruction, operation, index);
    case 'inject':
      return beginInject(state, instruction, operation);
    case 'icmp':
      return beginIcmp(state, instruction, operation);
    case 'segment':
    case 'fact':
      return beginExpectation(state, instruction, operation);
    case 'fault':
      return beginFault(state, instruction, operation);
    case 'release':
      return { part: release(state.world, operation.name, instruction.index) };
    case 'cut':
      return { part: cut(state.world, operation.from, operation.to) };
    case 'mend':
      return { part: mend(state.world, operation.from, operation.to) };
    case 'crash':
      return { part: crash(state.world, operation.host) };
    case 'restart':
      return { part: restart(state.world, operation.host) };
    case 'wait':
    case 'wait-until':
    case 'wait-quiet':
    case 'wait-events':
      return beginWait(state, instruction, operation);
    case 'deliver':
      return beginDeliver(state, instruction, operation);
    case 'fire':
      return beginFire(state, instruction, operation);
    case 'set':
      return beginSet(state, instruction, operation);
    case 'let':
      return beginLet(state, instruction, operation);
    case 'print': {
      const text = fillTemplate(operation.template, environmentOf(state));
      return { part: said(SCRIPT.print, text) };
    }
    case 'given': {
      const given = givenConnections(state, operation);
      if ('kind' in given) return troubled(state, instruction, given);
      return { part: giveConnections(state.world, given, instruction.index) };
    }
    case 'repeat':
      return beginRepeat(state, instruction, operation);
    case 'end-repeat':
      return { part: said(SCRIPT.repeat, 'the end of a turn') };
    default:
      return beginPacket(state, instruction, operation);
  }
}

function beginCall(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'call'>,
  index: number,
): Begun {
  const subject = subjectOf(state, operation.subject);
  if ('kind' in subject) return troubled(state, instruction, subject);
  const call = userCall(state, subject, operation.call);
  if (call.kind === 'problem') return troubled(state, instruction, call);
  state.nextCall += 1;
  const id = state.nextCall;
  const part = doCall(state.world, subject.host, call, id, instruction.index);
  const { outcome = { kind: 'pending' }, connection } = part;
  const statement = instruction.index;
  state.calls.set(id, { statement, step: index, call: operation.call.kind, connection, outcome });
  if (operation.mode === 'expect') {
    const deadline = deadlineOf(state, operation.within);
    if (typeof deadline === 'object') return troubled(state, instruction, deadline);
    return { part, waiting: waitingFor(state, instruction, deadline, id) };
  }
  if (outcome.kind !== 'error') return { part };
  const remark = () => `error: ${outcome.text}; to have this checked, write: expect ... fails`;
  const microsteps = [...part.microsteps, scripted(SCRIPT.callFailed, remark)];
  return { part: { ...part, microsteps } };
}

function beginInject(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'inject'>,
): Begun {
  const { from, to } = operation.segment;
  const wanted = wantedOf(operation.segment, environmentOf(state));
  if ('kind' in wanted) return troubled(state, instruction, wanted);
  const segment = segmentFrom(wanted, portsBetween(state.world, from, to));
  const none = whyNone(segment);
  if (none !== undefined) return impossible(state, instruction, none);
  if (operation.as !== undefined) state.segments.set(operation.as, segment);
  return { part: inject(state.world, from, to, segment, instruction.index) };
}

/** The quoted segment is of the connection between the two and not acknowledged yet, unless the script says which it is. */
function beginIcmp(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'icmp'>,
): Begun {
  const { error, mtu, segment } = operation;
  const { world } = state;
  const wanted = wantedOf(segment, environmentOf(state));
  if ('kind' in wanted) return troubled(state, instruction, wanted);
  const size = mtu && countOf(state, mtu);
  if (typeof size === 'object') return troubled(state, instruction, size);
  const message = quoting(world, wanted, portsBetween(world, segment.from, segment.to));
  return { part: icmp(world, segment.from, { error, mtu: size, ...message }, instruction.index) };
}

function beginExpectation(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'segment'> | OperationOf<'fact'>,
): Begun {
  const time = deadlineOf(state, operation.mode === 'never' ? operation.during : operation.within);
  if (typeof time === 'object') return troubled(state, instruction, time);
  if (operation.mode !== 'never') {
    return { part: NOTHING, waiting: waitingFor(state, instruction, time) };
  }
  const already = operation.kind === 'segment' ? unmatchedOf(state, operation) : [];
  const mismatch = forbidden(state, instruction, already, true);
  if (mismatch) return { part: NOTHING, mismatch };
  if (time !== undefined) {
    return { part: NOTHING, waiting: waitingFor(state, instruction, time) };
  }
  return { part: said(SCRIPT.never, 'from here to the end of the scenario'), watch: true };
}

function beginWait(
  state: RunState,
  instruction: Instruction,
  operation:
    | OperationOf<'wait'>
    | OperationOf<'wait-until'>
    | OperationOf<'wait-quiet'>
    | OperationOf<'wait-events'>,
): Begun {
  if (operation.kind === 'wait') {
    const time = durationOf(state, operation.duration);
    if (typeof time === 'object') return troubled(state, instruction, time);
    const part = said(SCRIPT.wait, `let ${printDuration(time)} pass`);
    return { part, waiting: waitingFor(state, instruction, state.world.now + time) };
  }
  if (operation.kind === 'wait-events') {
    const events = countOf(state, operation.count);
    if (typeof events === 'object') return troubled(state, instruction, events);
    const what = events === 1 ? 'one event has happened' : `${events} events have happened`;
    const part = said(SCRIPT.wait, `until ${what}`);
    return { part, waiting: { ...waitingFor(state, instruction, undefined), events } };
  }
  if (operation.kind === 'wait-quiet') {
    const part = said(SCRIPT.wait, 'until nothing is on its way and no timer is armed');
    return { part, waiting: waitingFor(state, instruction, undefined) };
  }
  const deadline = deadlineOf(state, operation.within);
  if (typeof deadline === 'object') return troubled(state, instruction, deadline);
  return { part: NOTHING, waiting: waitingFor(state, instruction, deadline) };
}

function beginLet(state: RunState, instruction: Instruction, operation: OperationOf<'let'>): Begun {
  const value = evaluate(operation.value, environmentOf(state));
  if (value.kind === 'problem') return troubled(state, instruction, value);
  if (value.kind === 'absent') {
    const { range } = operation.value;
    return troubled(state, instruction, {
      kind: 'problem',
      message: `There is no value: ${printValue(value)}.`,
      range,
    });
  }
  state.variables.set(operation.name, value);
  return { part: said(SCRIPT.let, `${operation.name} = ${showValue(value)}`) };
}
