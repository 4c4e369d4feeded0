/** Segments that the script expects of the host: in order, of the connection under test, at their time. */

import { listOf } from '../../base/pieces.js';
import { printInstant } from '../../base/time.js';
import {
  KERNEL,
  type PacketOperationOf,
  type PacketSegment,
  PEER,
} from '../../lang/packet-operations.js';
import type { Instruction } from '../../lang/program.js';
import type { Delivery } from '../../sim/delivery.js';
import { endOf, sentFrom } from '../../tcp/retransmission/sent-queue.js';
import { CWR, has, PSH, printPorts, type Segment, SYN } from '../../tcp/segment.js';
import { add, num } from '../../tcp/seq.js';
import type { Tcb } from '../../tcp/tcb.js';
import { fullSegment } from '../../tcp/window.js';
import type { Difference } from '../expectations.js';
import type { Judgement } from '../judge.js';
import { dequeue, EMPTY_QUEUE, first, type Queue } from '../queue.js';
import { direction, type RunState } from '../state.js';
import { clockAfter, dueTimes, untimely } from './clock.js';
import { differences, printLive } from './segments.js';
import {
  connectionsOf,
  currentFlow,
  type Flow,
  flowBetween,
  freshFlow,
  type PacketState,
  withFlow,
} from './state.js';
import { noted, ticks } from './timestamps.js';
import { failed, met, wasSent } from './verdicts.js';

type Outbound = PacketOperationOf<'pkt-out'>;

/** The direction in which the host under test sends. */
export const OUTBOUND = direction({ from: KERNEL, to: PEER });

/**
 * Looks whether what was sent is what the script expects. One line may stand for several segments that were sent one after
 * the other: packetdrill sees them before they are cut to the MSS.
 */
export function judgeOutbound(
  state: RunState,
  instruction: Instruction,
  operation: Outbound,
): Judgement {
  state.packets = chosen(state.packets as PacketState, operation.segment);
  let queue = state.unmatched.get(OUTBOUND) ?? EMPTY_QUEUE;
  queue = withoutStrangers(state, queue);
  state.unmatched.set(OUTBOUND, queue);
  const delivery = first(queue);
  if (!delivery) return { kind: 'wait' };
  const packets = anchored(state.packets as PacketState, operation.segment, delivery);
  const flow = currentFlow(packets);
  // A SYN that is not the one expected leaves the port unknown; it differs in what it is.
  const isOwn = flow !== undefined && isOf(flow, delivery.segment);
  if (!flow || !(isOwn || has(delivery.segment, SYN))) {
    const text = `${KERNEL} sent ${described(packets, delivery)}, which is of another connection`;
    return failed(state, instruction, text, [], wasSent(delivery));
  }
  const train = trainOf(state, queue, operation.segment, flow);
  if (train.kind === 'more') return { kind: 'wait' };
  const { segment } = train;
  const due = dueTimes(packets, operation.time);
  const found = [
    ...untimely(packets, due, delivery.sentAt),
    ...otherPorts(operation.segment, segment),
    ...differences(operation.segment, segment, counted(flow, segment), packets.script),
    ...ticks(packets, operation.segment, segment, flow, due?.from ?? state.world.now),
  ];
  const text = () => `${KERNEL} sent ${described(packets, delivery, segment)}`;
  if (found.length > 0) {
    return failed(state, instruction, text(), found, wasSent(delivery));
  }
  state.unmatched.set(OUTBOUND, train.rest);
  state.packets = {
    ...noted(packets, operation.segment, delivery, flow),
    ...clockAfter(packets, due, state.world.now),
  };
  return met(text);
}

/** None came in time. */
export function expireOutbound(
  state: RunState,
  instruction: Instruction,
  operation: Outbound,
  until: 'deadline' | 'quiet' | 'now',
): Judgement {
  const queued = first(state.unmatched.get(OUTBOUND) ?? EMPTY_QUEUE);
  const text = queued
    ? `${KERNEL} sent only ${described(state.packets as PacketState, queued)} of it`
    : `${KERNEL} sent nothing${until === 'quiet' ? '' : ` until ${printInstant(state.world.now)}`}`;
  const wanted = operation.segment;
  const missing: Difference = {
    field: 'segment',
    expected: instruction.text.replace(/^[^>]*>\s*/, '') || String(wanted.ctl),
    actual: 'nothing',
  };
  return failed(state, instruction, text, [missing], {
    kind: 'nothing',
    until,
    nearest: undefined,
  });
}

/** What was sent, in the script's notation and with the numbers of its connection; `segment`: of several in a row, all as one. */
function described(packets: PacketState, sent: Delivery, segment: Segment = sent.segment): string {
  const known = [...listOf(packets.flows), currentFlow(packets)].filter(
    (flow) => flow && isOf(flow, segment),
  );
  const flow = counted(known.at(-1) ?? freshFlow({ role: 'fresh' }), segment);
  return `${printLive(segment, flow, packets.script.system)} at ${printInstant(sent.sentAt)}`;
}

/** A SYN of which the script has said no number is its 0, as the first one of packetdrill's own. */
function counted(flow: Flow, segment: Segment): Flow {
  if (flow.anchored || !has(segment, SYN)) return flow;
  return { ...flow, iss: num(segment.seq), scriptIss: 0 };
}

/** The state in which packets are of the connection whose ports the packet says, if there is one. */
function chosen(packets: PacketState, { ports }: PacketSegment): PacketState {
  const known = ports ? flowBetween(packets, ports.source, ports.destination) : -1;
  return known < 0 || known === packets.current ? packets : { ...packets, current: known };
}

function otherPorts(
  { ports }: PacketSegment,
  { sourcePort: source, destinationPort: destination }: Segment,
): readonly Difference[] {
  if (ports === undefined) return [];
  const [expected, actual] = [printPorts(ports), printPorts({ source, destination })];
  return expected === actual ? [] : [{ field: 'ports', expected, actual }];
}

// Connections -------------------------------------------------------------------------------------

function isOf({ localPort, remotePort }: Flow, { sourcePort, destinationPort }: Segment): boolean {
  return localPort === sourcePort && remotePort === destinationPort;
}

/** Only what is of the socket under test counts, as for packetdrill: others that were closed may still send. */
function withoutStrangers(state: RunState, queue: Queue<Delivery>): Queue<Delivery> {
  const packets = state.packets as PacketState;
  const flow = currentFlow(packets);
  const known = ({ segment }: Delivery) => flow !== undefined && mayBeOf(packets, flow, segment);
  let rest = queue;
  for (let next = first(rest); next !== undefined && !known(next); next = first(rest)) {
    rest = dequeue(rest);
  }
  return rest;
}

/** A socket that connects has no port of its own before its SYN is seen: what is of no other may be of it. */
function mayBeOf({ flows }: PacketState, flow: Flow, segment: Segment): boolean {
  if (flow.role !== 'connecting' || flow.localPort !== 0) return isOf(flow, segment);
  return (
    flow.remotePort === segment.destinationPort &&
    !flows.some((piece) => piece.some((one) => isOf(one, segment)))
  );
}

/** The first SYN of the host tells what its numbers count from, and of an active open which port it has. */
function anchored(packets: PacketState, wanted: PacketSegment, { segment }: Delivery): PacketState {
  const flow = currentFlow(packets);
  if (!flow || flow.anchored || !has(segment, SYN) || (wanted.ctl & SYN) === 0) return packets;
  const asks = flow.role === 'connecting' && flow.localPort === 0;
  const ports = asks
    ? { localPort: segment.sourcePort, remotePort: segment.destinationPort }
    : { localPort: flow.localPort, remotePort: flow.remotePort };
  if (!isOf({ ...flow, ...ports }, segment)) return packets;
  if (wanted.seq === undefined) return withFlow(packets, packets.current, ports);
  const numbers = { iss: num(segment.seq), scriptIss: wanted.seq, anchored: true };
  return withFlow(packets, packets.current, { ...ports, ...numbers });
}

// Trains ------------------------------------------------------------------------------------------

type Train =
  | { readonly kind: 'whole'; readonly segment: Segment; readonly rest: Queue<Delivery> }
  | { readonly kind: 'more' };

/** The segments at the head of the queue that one line of the script stands for, as one. */
function trainOf(
  state: RunState,
  queue: Queue<Delivery>,
  wanted: PacketSegment,
  flow: Flow,
): Train {
  let segment: Segment | undefined;
  let rest = queue;
  for (;;) {
    const next = first(rest)?.segment;
    if (next === undefined) break;
    if (segment !== undefined && !continues(segment, next, flow)) break;
    segment = segment === undefined ? next : joined(segment, next);
    rest = dequeue(rest);
    if (segment.data.length >= wanted.length || segment.data.length === 0) {
      return { kind: 'whole', segment: pushedAtCut(state, segment, wanted, rest, flow), rest };
    }
  }
  return first(rest) === undefined || segment === undefined
    ? { kind: 'more' }
    : { kind: 'whole', segment, rest };
}

/**
 * Where another system cuts a long write, and sets PSH there, is its own affair: only the end of the text must have it. Linux's
 * PSH is compared; but of several that go again at once the last has it, and how many those are is not known here.
 */
function pushedAtCut(
  state: RunState,
  segment: Segment,
  wanted: PacketSegment,
  rest: Queue<Delivery>,
  flow: Flow,
): Segment {
  if (segment.data.length === 0 || ((segment.ctl ^ wanted.ctl) & PSH) === 0) return segment;
  const pushed = { ...segment, ctl: segment.ctl ^ PSH };
  const { script } = state.packets as PacketState;
  if (script.comparison.windows) {
    const last =
      !has(segment, PSH) &&
      connectionsOf(state.world, flow).some(({ tcb }) => goesWith(tcb, segment));
    return last ? pushed : segment;
  }
  const next = first(rest)?.segment;
  const follows = next !== undefined && continues(segment, next, flow);
  return follows || moreWaits(state, segment, flow) ? pushed : segment;
}

/** The segment went again with others before it, at once. */
function goesWith({ retransmissions }: Tcb, { seq, data }: Segment): boolean {
  const end = add(seq, data.length);
  const again = listOf(retransmissions).filter((sent) => sent.retransmissions > 0);
  const last = again.find((sent) => endOf(sent) === end);
  const before = again.find((sent) => endOf(sent) === last?.segment.seq);
  return last !== undefined && before?.sentAt === last.sentAt;
}

function wentAgain({ retransmissions }: Tcb, { seq }: Segment): boolean {
  return (sentFrom(retransmissions, seq)?.retransmissions ?? 0) > 0;
}

/** The rest of the SEND that the segment is of has not left yet, or not left again: the window, or Nagle's algorithm, holds it. */
function moreWaits(state: RunState, segment: Segment, flow: Flow): boolean {
  const end = add(segment.seq, segment.data.length);
  return connectionsOf(state.world, flow).some(({ tcb }) => {
    const follows = wentAgain(tcb, segment) && sentFrom(tcb.retransmissions, end) !== undefined;
    const ofMore = !has(segment, PSH) && segment.data.length >= fullSegment(tcb);
    return ofMore || follows || (tcb.queued.sends.length > 0 && tcb.snd.nxt === end);
  });
}

function continues(one: Segment, next: Segment, flow: Flow): boolean {
  const end = add(one.seq, one.data.length);
  return isOf(flow, next) && next.seq === end && next.ack === one.ack && next.data.length > 0;
}

function joined(one: Segment, next: Segment): Segment {
  const data = new Uint8Array(one.data.length + next.data.length);
  data.set(one.data);
  data.set(next.data, one.data.length);
  // Of several that leave as one the first has CWR.
  return { ...one, ctl: (one.ctl & (PSH | CWR)) | next.ctl, data };
}
