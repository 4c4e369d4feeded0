/** System calls of a packetdrill script: made, waited for, and their results compared. */

import { printInstant } from '../../base/time.js';
import { COUNTERS } from '../../lang/packet-operations.js';
import type { Instruction } from '../../lang/program.js';
import type { Part, Step } from '../../sim/step.js';
import type { Instant } from '../../tcp/rule.js';
import { type Begun, NOTHING } from '../begun.js';
import type { Mismatch } from '../expectations.js';
import type { Judgement } from '../judge.js';
import { SCRIPT, scripted } from '../script-rules.js';
import type { Caller, Done } from '../sockets/socket-calls.js';
import { callSocket, observeSockets, progress } from '../sockets/sockets.js';
import { passOver } from '../sockets/urgent.js';
import type { RunState } from '../state.js';
import { noteCall, noteDone } from './call-notes.js';
import { type PacketCall, socketCall } from './calls.js';
import { misuse } from './misuse.js';
import { printResult, printWanted, resultDifferences } from './results.js';
import type { Blocking, PacketState } from './state.js';
import { failed, met, mismatch } from './verdicts.js';

/** Makes the call, which was due then. One that blocks is waited for, or goes on in the background when the script says until when. */
export function beginCall(
  state: RunState,
  instruction: Instruction,
  operation: PacketCall,
  due: Instant,
): Begun {
  const { index } = instruction;
  const packets = state.packets as PacketState;
  const problem = misuse(packets, operation);
  if (problem !== undefined)
    return { part: NOTHING, mismatch: misused(state, instruction, problem) };
  const call = socketCall(packets, state.world, operation);
  if (call.kind === 'unsupported') return { part: NOTHING, unsupported: call.what };
  const answer = callSocket(packets.table, state.world, call, callerOf(state, index));
  if (answer.kind === 'unsupported') return { part: answer.part, unsupported: answer.what };
  const { part } = answer;
  noteCall(state, call);
  if (answer.kind === 'done') {
    noteDone(state, operation, call, answer);
    return { part, waiting: foreground(state, index, { id: -1, call, done: answer }) };
  }
  const { id } = answer;
  if (operation.until === undefined) {
    return { part, waiting: foreground(state, index, { id, call, done: undefined }) };
  }
  const returnsAt = untilOf(operation, due);
  const known = state.packets as PacketState;
  // A long time may be off by a part of it, as a kernel's timers are.
  const share = Math.floor((returnsAt - due) * known.script.tolerancePart);
  const tolerance = Math.max(known.script.tolerance, share);
  state.packets = { ...known, blocking: { statement: index, id, call, returnsAt, tolerance } };
  const why = () => `${operation.call} waits, until ${printInstant(returnsAt)} by the script`;
  return { part: { ...part, microsteps: [...part.microsteps, scripted(SCRIPT.wait, why)] } };
}

function misused(state: RunState, instruction: Instruction, problem: string): Mismatch {
  const wrong = { field: 'call', expected: 'one that can be made', actual: problem };
  return mismatch(state, instruction, `the call cannot be made: ${problem}`, [wrong]);
}

function callerOf(state: RunState, origin: number): Caller {
  return {
    origin,
    number: () => {
      state.nextCall += 1;
      return state.nextCall;
    },
  };
}

function foreground(
  state: RunState,
  statement: number,
  call: NonNullable<PacketState['foreground']>,
): NonNullable<Begun['waiting']> {
  const packets = state.packets as PacketState;
  state.packets = { ...packets, foreground: call };
  const deadline = state.world.now + packets.script.tolerance;
  return { statement, deadline, met: undefined, call: undefined };
}

/** `a...b`: both are counted from the same instant. */
function untilOf({ time, until = 0 }: PacketCall, due: Instant): Instant {
  if (time.kind === 'absolute') return until;
  return time.kind === 'relative' ? due - time.at + until : due + until;
}

/** Looks whether the call that the script waits for is over, and as it should. */
export function judgeWaitingCall(
  state: RunState,
  instruction: Instruction,
  operation: PacketCall,
  until?: 'deadline' | 'quiet' | 'now',
): Judgement {
  const packets = state.packets as PacketState;
  const { done } = packets.foreground ?? {};
  if (!done) {
    if (until === undefined) return { kind: 'wait' };
    const wanted = printWanted(operation);
    const blocked = { field: 'result', expected: wanted, actual: 'blocked' };
    return failed(state, instruction, `${operation.call} is still waiting`, [blocked]);
  }
  state.packets = { ...packets, foreground: undefined, base: state.world.now };
  const found = resultDifferences(packets, operation, done);
  const text = () => `${operation.call} returned ${printResult(done)}`;
  return found.length === 0 ? met(text) : failed(state, instruction, text(), found);
}

// In the background -------------------------------------------------------------------------------

/** The sockets take note of a step, and calls that waited go on: what they do is part of the same step. */
export function goOnWithCalls(state: RunState, step: Step): Step {
  const { packets } = state;
  if (!packets) return step;
  const { at, microsteps, cause } = step;
  const segment = cause.kind === 'arrival' ? cause.delivery.segment : undefined;
  const within = { table: packets.table, world: state.world };
  const network = cause.kind === 'arrival' || cause.kind === 'timeout';
  observeSockets(within, { at, microsteps, segment, network });
  countDiscards(state, step);
  let whole = step;
  let moved = false;
  const join = ({ microsteps: more, departures }: Part) => {
    moved = true;
    whole = {
      ...whole,
      microsteps: [...whole.microsteps, ...more],
      departures: [...whole.departures, ...departures],
    };
    observeSockets(within, { at, microsteps: more });
  };
  const caller = callerOf(state, step.origin);
  for (const one of microsteps) {
    const part = passOver(within, one, caller);
    if (part !== undefined) join(part);
  }
  do {
    moved = false;
    for (const { id, part, ...done } of progress(packets.table, state.world, caller, join)) {
      join(part);
      finishCall(state, id, done);
    }
  } while (moved);
  return whole;
}

/** Takes note of what was discarded for a reason that a counter has. */
function countDiscards(state: RunState, { microsteps }: Step): void {
  for (const { effects } of microsteps) {
    for (const effect of effects) {
      if (effect.kind !== 'discard' || !COUNTED.has(effect.reason)) continue;
      const packets = state.packets as PacketState;
      const count = (packets.discards.get(effect.reason) ?? 0) + 1;
      const discards = new Map([...packets.discards, [effect.reason, count]]);
      state.packets = { ...packets, discards };
    }
  }
}

const COUNTED = new Set(Object.values(COUNTERS));

function finishCall(state: RunState, id: number, done: Done): void {
  const packets = state.packets as PacketState;
  const { foreground: waited, blocking } = packets;
  if (waited?.id === id) {
    state.packets = { ...packets, foreground: { ...waited, done } };
    const operation = operationAt(state, state.waiting?.statement ?? -1);
    if (operation) noteDone(state, operation, waited.call, done);
    return;
  }
  if (blocking?.id !== id) return;
  state.packets = { ...packets, blocking: undefined };
  const instruction = state.setup.program.instructions[blocking.statement];
  const operation = operationAt(state, blocking.statement);
  if (!instruction || !operation) return;
  const found = [...resultDifferences(packets, operation, done), ...early(state, blocking)];
  noteDone(state, operation, blocking.call, done);
  if (found.length === 0 || state.violation) return;
  const text = `${operation.call} returned ${printResult(done)} at ${printInstant(state.world.now)}`;
  state.violation = mismatch(state, instruction, text, found);
}

function operationAt({ setup }: RunState, statement: number): PacketCall | undefined {
  const operation = setup.program.instructions[statement]?.operation;
  return operation?.kind === 'pkt-call' ? operation : undefined;
}

function early({ world }: RunState, { returnsAt, tolerance }: Blocking) {
  if (Math.abs(world.now - returnsAt) <= tolerance) return [];
  return [{ field: 'time', expected: printInstant(returnsAt), actual: printInstant(world.now) }];
}

/** The call in the background has not returned in time. */
export function overdue(state: RunState): void {
  const { blocking } = state.packets ?? {};
  if (!blocking || state.world.now < blocking.returnsAt + blocking.tolerance) return;
  const instruction = state.setup.program.instructions[blocking.statement];
  const operation = operationAt(state, blocking.statement);
  if (!instruction || !operation) return;
  const wanted = printWanted(operation);
  const blocked = { field: 'result', expected: wanted, actual: 'blocked' };
  const text = `${operation.call} is still waiting at ${printInstant(state.world.now)}`;
  state.violation = mismatch(state, instruction, text, [blocked]);
  state.packets = { ...(state.packets as PacketState), blocking: undefined };
}
