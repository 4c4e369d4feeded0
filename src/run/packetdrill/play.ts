/** The lines of a packetdrill script: when they are due, what they do, and whether what was expected came to be. */

import { printInstant } from '../../base/time.js';
import { isDiscarded } from '../../lang/packet-icmp.js';
import {
  ICMP_QUERIES,
  isPacketOperation,
  KERNEL,
  type PacketOperation,
  type PacketOperationOf,
  PEER,
} from '../../lang/packet-operations.js';
import type { Instruction } from '../../lang/program.js';
import { icmp, inject } from '../../sim/sim.js';
import { addressOf } from '../../sim/world.js';
import { ipVersion } from '../../tcp/ip-version.js';
import type { Instant } from '../../tcp/rule.js';
import { type Begun, NOTHING } from '../begun.js';
import type { Judgement } from '../judge.js';
import { SCRIPT, scripted } from '../script-rules.js';
import type { RunState, Waiting } from '../state.js';
import { judgeAssertions } from './assertions.js';
import { beginCall, judgeWaitingCall } from './call.js';
import { clockAfter, dueTimes, toleranceOf, untimely } from './clock.js';
import { dropConnections, judgeCount, judgeCounter, setEnvironment } from './environment.js';
import { icmpMessage } from './icmp.js';
import { flowOf, inboundSegment } from './inbound.js';
import { expireOutbound, judgeOutbound } from './outbound.js';
import { strangeEcho } from './segments.js';
import type { PacketState } from './state.js';
import { mismatch } from './verdicts.js';

/** The packetdrill part of a run's state: a program of such lines has one. */
function packetsOf(state: RunState): PacketState {
  if (!state.packets) throw new Error('a packetdrill line in a program that is none');
  return state.packets;
}

/**
 * Until when time runs on before the script reaches this line, or its end (`undefined`); undefined when it is reached at once.
 * While a call waits in the background the script makes no other, and it does not outlive the call's time.
 */
export function reachedAt(
  { packets, world }: RunState,
  instruction: Instruction | undefined,
): Instant | undefined {
  if (!packets) return undefined;
  const { blocking } = packets;
  const limit = blocking && blocking.returnsAt + blocking.tolerance;
  const operation = instruction?.operation;
  if (!operation || operation.kind === 'pkt-call') {
    if (limit !== undefined) return limit;
    if (!operation) return undefined;
  }
  // What is expected is waited for by its own statement.
  if (!isPacketOperation(operation) || operation.kind === 'pkt-out') return undefined;
  const from = dueTimes(packets, operation.time)?.from;
  // A line that is late comes after all that happens now.
  const due = from === undefined ? undefined : Math.max(from, world.now);
  return due !== undefined && limit !== undefined ? Math.min(due, limit) : due;
}

/** Begins a line. A line of the script's own that comes too late fails: it has waited for another. */
export function beginPacket(
  state: RunState,
  instruction: Instruction,
  operation: PacketOperation,
): Begun {
  const packets = packetsOf(state);
  const { now } = state.world;
  const due = dueTimes(packets, operation.time);
  if (operation.kind === 'pkt-out') {
    // A time may have passed already where one before it was left open.
    const deadline = due && Math.max(now, due.to + toleranceOf(packets, due));
    return { part: NOTHING, waiting: { ...waiting(instruction), deadline } };
  }
  const late = packets.dueBefore === undefined ? [] : untimely(packets, due, now);
  state.packets = { ...packets, ...clockAfter(packets, due, now) };
  if (late.length > 0) {
    const text = `the script comes to this line at ${printInstant(now)} only`;
    return { part: NOTHING, mismatch: mismatch(state, instruction, text, late) };
  }
  return happen(state, instruction, operation, due?.from ?? now);
}

/** What a line does itself. `at`: when it is due. */
function happen(
  state: RunState,
  instruction: Instruction,
  operation: Exclude<PacketOperation, { readonly kind: 'pkt-out' }>,
  at: Instant,
): Begun {
  switch (operation.kind) {
    case 'pkt-in':
      return beginInbound(state, instruction, operation);
    case 'pkt-call':
      return beginCall(state, instruction, operation, at);
    case 'pkt-icmp':
      return beginIcmp(state, instruction, operation);
    case 'pkt-environment':
      return { part: setEnvironment(state, instruction, operation) };
    case 'pkt-drop':
      return { part: dropConnections(state, instruction, operation) };
    case 'pkt-count':
      return judged(judgeCount(state, instruction, operation));
    case 'pkt-counter':
      return judged(judgeCounter(state, instruction, operation));
    case 'pkt-assert':
      return judged(judgeAssertions(state, instruction, operation));
  }
}

function waiting({ index }: Instruction): Waiting {
  return { statement: index, deadline: undefined, met: undefined, call: undefined };
}

/** A line that is decided at once. */
function judged(
  judgement: Judgement | { readonly kind: 'unsupported'; readonly what: string },
): Begun {
  switch (judgement.kind) {
    case 'failed':
      return { part: NOTHING, mismatch: judgement.mismatch };
    case 'met':
      return { part: { microsteps: [scripted(SCRIPT.met, judgement.met.why)], departures: [] } };
    case 'unsupported':
      return { part: NOTHING, unsupported: judgement.what };
    case 'wait':
      return { part: NOTHING };
  }
}

function beginIcmp(
  state: RunState,
  { index }: Instruction,
  operation: PacketOperationOf<'pkt-icmp'>,
): Begun {
  const { type, code } = operation.icmp;
  const version = ipVersion(addressOf(state.world, KERNEL));
  const isQuery = ICMP_QUERIES.includes(type);
  if (isQuery || isDiscarded(type, code, version)) {
    const why = () =>
      isQuery
        ? `${type} is no error message: nothing for TCP`
        : `${[type, code].filter(Boolean).join(' ')} means nothing: a host is silent about it (RFC 1122 §3.2.2)`;
    return { part: { microsteps: [scripted(SCRIPT.environment, why)], departures: [] } };
  }
  const message = icmpMessage(state, operation.icmp);
  if (typeof message === 'string') return { part: NOTHING, unsupported: message };
  return { part: icmp(state.world, KERNEL, message, index) };
}

function beginInbound(
  state: RunState,
  instruction: Instruction,
  { segment }: PacketOperationOf<'pkt-in'>,
): Begun {
  const packets = packetsOf(state);
  const echo = strangeEcho(segment, flowOf(packets, segment), packets.script);
  if (echo !== undefined) {
    const difference = { field: 'TS ecr', expected: 'a TS val of the host', actual: String(echo) };
    const text = `no segment of ${KERNEL} was expected with the TS val ${echo} that this one echoes`;
    return { part: NOTHING, mismatch: mismatch(state, instruction, text, [difference]) };
  }
  const live = inboundSegment(state, segment);
  return { part: inject(state.world, PEER, KERNEL, live, instruction.index) };
}

/** Looks whether what a line waits for has come to be. */
export function judgePacket(
  state: RunState,
  instruction: Instruction,
  operation: PacketOperation,
): Judgement {
  switch (operation.kind) {
    case 'pkt-out':
      return judgeOutbound(state, instruction, operation);
    case 'pkt-call':
      return judgeWaitingCall(state, instruction, operation);
    default:
      return { kind: 'met', met: { verdict: 'passed', why: () => 'done' } };
  }
}

/** Its time is over, or nothing is left to happen. */
export function expirePacket(
  state: RunState,
  instruction: Instruction,
  operation: PacketOperation,
  until: 'deadline' | 'quiet' | 'now',
): Judgement {
  if (operation.kind === 'pkt-out') return expireOutbound(state, instruction, operation, until);
  if (operation.kind === 'pkt-call') return judgeWaitingCall(state, instruction, operation, until);
  return { kind: 'met', met: { verdict: 'passed', why: () => printInstant(state.world.now) } };
}
