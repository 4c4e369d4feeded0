/** What a statement does when the script reaches it: the part of its step that is its own, and what it waits for. */

import { printDuration } from '../base/time.js';
import type { Expression } from '../lang/expression-tree.js';
import type { Instruction, Operation, ProgramSegment } from '../lang/program.js';
import { timerNamed } from '../lang/settable.js';
import type { Delivery } from '../sim/delivery.js';
import { arm, crash, cut, giveConnections, mend, release, restart } from '../sim/director.js';
import { alterInFlight, deliverIn, fireTimer } from '../sim/edits.js';
import type { Fault } from '../sim/fault.js';
import { doCall, icmp, inject } from '../sim/sim.js';
import type { Part } from '../sim/step.js';
import type { Duration, Instant } from '../tcp/rule.js';
import { userCall } from './calls.js';
import { evaluate, fillTemplate, type Problem } from './evaluate.js';
import type { Mismatch } from './expectations.js';
import { environmentOf, subjectOf } from './facts.js';
import { givenConnections } from './given.js';
import { findUnderWay, meetNow, together } from './in-flight.js';
import { portsBetween, quoting } from './injection.js';
import { forbidden, problemMismatch, unmatchedOf } from './judge.js';
import { beginPacket } from './packetdrill/play.js';
import { alteredBy, matches, segmentFrom, wantedOf } from './pattern.js';
import { SCRIPT, scripted } from './script-rules.js';
import type { RunState, Waiting } from './state.js';
import { canBeOff, linkTarget, newValueOf, variableTarget, WANTED } from './targets.js';
import { numberValue, printValue, showValue } from './values.js';
import { seenConnection, subjectText, viewOf } from './view.js';

/** How a statement began. */
export interface Begun {
  readonly part: Part;
  /** It is not over: events happen until it is settled. */
  readonly waiting?: Waiting;
  /** It failed at once. */
  readonly mismatch?: Mismatch;
  /** Watch from now on that it does not happen. */
  readonly watch?: true;
  /** It asks for what there is not: the run ends here. */
  readonly unsupported?: string;
  /** Where the script goes on; the next instruction when left out. */
  readonly next?: number;
}

type Of<Kind extends Operation['kind']> = Operation & { readonly kind: Kind };

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

/** A part with one microstep of the script's own. */
export function said(rule: (typeof SCRIPT)[keyof typeof SCRIPT], text: string): Part {
  return { microsteps: [scripted(rule, () => text)], departures: [] };
}

function troubled(state: RunState, instruction: Instruction, problem: Problem): Begun {
  return { part: NOTHING, mismatch: problemMismatch(state, instruction, problem) };
}

const NOTHING: Part = { microsteps: [], departures: [] };

function beginCall(
  state: RunState,
  instruction: Instruction,
  operation: Of<'call'>,
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

function beginInject(state: RunState, instruction: Instruction, operation: Of<'inject'>): Begun {
  const { from, to } = operation.segment;
  const wanted = wantedOf(operation.segment, environmentOf(state));
  if ('kind' in wanted) return troubled(state, instruction, wanted);
  const segment = segmentFrom(wanted, portsBetween(state.world, from, to));
  if (operation.as !== undefined) state.segments.set(operation.as, segment);
  return { part: inject(state.world, from, to, segment, instruction.index) };
}

/** The quoted segment is of the connection between the two and not acknowledged yet, unless the script says which it is. */
function beginIcmp(state: RunState, instruction: Instruction, operation: Of<'icmp'>): Begun {
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
  operation: Of<'segment'> | Of<'fact'>,
): Begun {
  const time = deadlineOf(state, operation.mode === 'never' ? operation.during : operation.within);
  if (typeof time === 'object') return troubled(state, instruction, time);
  if (operation.mode !== 'never') {
    return { part: NOTHING, waiting: waitingFor(state, instruction, time) };
  }
  const already = operation.kind === 'segment' ? unmatchedOf(state, operation) : [];
  const mismatch = forbidden(state, instruction, already);
  if (mismatch) return { part: NOTHING, mismatch };
  if (time !== undefined) {
    return { part: NOTHING, waiting: waitingFor(state, instruction, time) };
  }
  return { part: said(SCRIPT.never, 'from here to the end of the scenario'), watch: true };
}

function beginFault(state: RunState, instruction: Instruction, operation: Of<'fault'>): Begun {
  const env = environmentOf(state);
  const wanted = wantedOf(operation.segment, env);
  if ('kind' in wanted) return troubled(state, instruction, wanted);
  const times = countOf(state, operation.count);
  if (typeof times === 'object') return troubled(state, instruction, times);
  if (times < 1) return { part: said(SCRIPT.fault, `${instruction.text}: no segment at all`) };
  const by = operation.by ? durationOf(state, operation.by) : 0;
  if (typeof by === 'object') return troubled(state, instruction, by);
  if (operation.meets === 'under-way') {
    const nth = countOf(state, operation.nth);
    if (typeof nth === 'object') return troubled(state, instruction, nth);
    const found = findUnderWay(state.world, wanted, nth, times);
    if ('kind' in found) return troubled(state, instruction, found);
    const how = { by, as: operation.as ?? '' };
    const parts = found.map(({ id }) => meetNow(state.world, id, operation.fault, how));
    return { part: together(parts) };
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

function faultOf(
  { fault, as }: Of<'fault'>,
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
function beginDeliver(state: RunState, instruction: Instruction, operation: Of<'deliver'>): Begun {
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

/** How many, or which one; 1 when it is not said. */
function countOf(state: RunState, written: Expression | undefined): number | Problem {
  const count = written ? evaluate(written, environmentOf(state)) : numberValue(1);
  if (count.kind === 'problem') return count;
  return count.kind === 'number' ? Math.floor(count.value) : 1;
}

/** An armed timer goes off next, whatever else is due. */
function beginFire(state: RunState, instruction: Instruction, operation: Of<'fire'>): Begun {
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
  state.chosen = { kind: 'timeout', host: subject.host };
  return { part: fireTimer(state.world, seen.ref, timer, instruction.text) };
}

function beginSet(state: RunState, instruction: Instruction, operation: Of<'set'>): Begun {
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
  target: Of<'set'>['target'] & { readonly kind: 'segment' },
): Begun {
  const found = oneUnderWay(state, target);
  if ('message' in found) return troubled(state, instruction, found);
  const wanted = wantedOf(target.changes, environmentOf(state));
  if ('kind' in wanted) return troubled(state, instruction, wanted);
  const altered = alteredBy(wanted, target.without, found.segment);
  return { part: alterInFlight(state.world, found.id, altered, false) };
}

function impossible(state: RunState, instruction: Instruction, message: string): Begun {
  return troubled(state, instruction, { kind: 'problem', message, range: instruction.place.range });
}

function beginWait(
  state: RunState,
  instruction: Instruction,
  operation: Of<'wait'> | Of<'wait-until'> | Of<'wait-quiet'> | Of<'wait-events'>,
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

function beginLet(state: RunState, instruction: Instruction, operation: Of<'let'>): Begun {
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

function beginRepeat(state: RunState, instruction: Instruction, operation: Of<'repeat'>): Begun {
  const { times, as, from, end } = operation;
  if (times <= 0) return { part: said(SCRIPT.repeat, 'no turn at all'), next: end + 1 };
  state.loops = [...state.loops, { start: instruction.index, turn: 0 }];
  if (as !== undefined) state.variables.set(as, numberValue(from));
  return { part: said(SCRIPT.repeat, `${times} ${times === 1 ? 'turn' : 'turns'}`) };
}

function waitingFor(
  state: RunState,
  instruction: Instruction,
  deadline: Instant | undefined,
  call?: number,
): Waiting {
  state.nearest = undefined;
  return { statement: instruction.index, deadline, met: undefined, call };
}

function deadlineOf(
  state: RunState,
  within: Expression | undefined,
): Instant | Problem | undefined {
  if (within === undefined) return undefined;
  const time = durationOf(state, within);
  return typeof time === 'object' ? time : state.world.now + time;
}

/** A length of time, 0 or more; a bare number counts microseconds. */
function durationOf(state: RunState, expression: Expression): Duration | Problem {
  const value = evaluate(expression, environmentOf(state));
  if (value.kind === 'problem') return value;
  const time = value.kind === 'duration' || value.kind === 'number' ? value.value : undefined;
  if (time !== undefined && time >= 0) return Math.round(time);
  const seen = showValue(value);
  const message = `A length of time such as \`200ms\` is needed here, not ${seen}.`;
  return { kind: 'problem', message, range: expression.range };
}
