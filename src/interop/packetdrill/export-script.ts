/** A step as lines of an exported script: what reached the host in a conversation, what its TCP was asked, what it sent. */

import { printInstant } from '../../base/time.js';
import { icmpNameOf } from '../../lang/packet-icmp.js';
import { printPacket } from '../../lang/packet-printer.js';
import type { Delivery } from '../../sim/delivery.js';
import type { Step } from '../../sim/step.js';
import type { Options } from '../../tcp/options.js';
import type { Instant } from '../../tcp/rule.js';
import { ACK, has, type Segment, SYN, segLen, URG } from '../../tcp/segment.js';
import { distance, type Seq, seq } from '../../tcp/seq.js';
import { addCall, completeReads } from './export-calls.js';
import {
  arrivalsOf,
  type Conversation,
  departuresOf,
  isCrash,
  keyOf,
  systemOf,
  tupleOf,
} from './export-conversations.js';
import { add, end, type Script, startAgain } from './export-draft.js';
import { opens, withKernelsCookie } from './export-fast-open.js';
import { addBound, closeListener } from './export-sockets.js';

/** What a step did in the conversation, or before it began. */
export function addStep(draft: Script, step: Step): void {
  const { conversation } = draft;
  const { host, begins } = conversation;
  if (draft.ended) return;
  if (isCrash(step, host)) {
    if (step.index < begins) startAgain(draft);
    else end(draft, step.at, 'the host crashes');
    return;
  }
  const isOurs = isOf(conversation, step);
  if (systemOf(host) === 'linux' && isInUdp(step, isOurs)) {
    end(draft, step.at, 'it goes on in UDP, which Linux does not have');
    return;
  }
  const arrived = arrivalsOf(step, host).filter(isOurs);
  const moved = [...arrived, ...departuresOf(step, host).filter(isOurs)];
  if (systemOf(host) === 'freebsd' && moved.some(({ segment }) => segment.options.fastOpen)) {
    end(draft, step.at, 'Fast Open, of which FreeBSD makes cookies with a key of its own');
    return;
  }
  for (const { segment } of arrived) addArrival(draft, step, segment);
  addIcmp(draft, step);
  if (step.microsteps.some((one) => opens(one) && one.connection?.id === conversation.id))
    open(draft, step.at, arrived[0]?.segment);
  if (step.host === host.name) closeListener(draft, step);
  const sent = departuresOf(step, host).filter(isOurs);
  if (step.call && step.host === host.name) addCall(draft, step, step.call, sent[0]?.segment);
  for (const { segment } of sent) {
    const told = withKernelsCookie(step, segment, draft.version, 'out');
    addPacket(draft, step.at, told, 'out');
  }
  if (!draft.ended) completeReads(draft, step, host);
}

/** Whether something of the conversation that leaves or arrives in this step is in UDP. */
function isInUdp({ cause, departures }: Step, isOurs: (delivery: Delivery) => boolean): boolean {
  const moved = cause.kind === 'arrival' ? [cause.delivery, ...departures] : departures;
  return moved.some((delivery) => delivery.segment.udp !== undefined && isOurs(delivery));
}

/** Whether a delivery of this step is part of the conversation. */
function isOf(
  { host, tuple, begins, ends }: Conversation,
  { index }: Step,
): (delivery: Delivery) => boolean {
  const key = keyOf(tuple);
  return (delivery) => {
    if (index < begins || index >= ends) return false;
    const its = tupleOf(host, delivery);
    return its !== undefined && keyOf(its) === key;
  };
}

function addArrival(draft: Script, step: Step, segment: Segment): void {
  const { listener, connection, bound, gone } = draft;
  if ((listener ?? connection ?? bound) === undefined && !gone) addBound(draft, step.at);
  if (has(segment, SYN)) draft.irs ??= segment.seq;
  if (has(segment, URG) && segment.up > 0 && draft.irs !== undefined)
    draft.urgent = distance(draft.irs, segment.seq) + segment.up - 2;
  addPacket(draft, step.at, withKernelsCookie(step, segment, draft.version, 'in'), 'in');
}

/** A segment as a line. packetdrill has no way to write one whose text goes on at 0. */
function addPacket(draft: Script, at: Instant, segment: Segment, direction: 'in' | 'out'): void {
  if (draft.ended) return;
  if (ownNumber(draft, segment, direction) + segment.data.length >= 2 ** 32) {
    end(draft, at, 'a segment reaches back to before the first number of its sender');
    return;
  }
  const sign = direction === 'in' ? '<' : '>';
  add(draft, at, `${sign} ${packet(draft, segment, direction)}`);
}

/** SEG.SEQ, counted from the sender’s ISS. */
function ownNumber(
  { conversation: { iss }, irs }: Script,
  segment: Segment,
  direction: 'in' | 'out',
): number {
  return distance((direction === 'out' ? iss : irs) ?? seq(0), segment.seq);
}

/** `< icmp unreachable frag_needed mtu 1200 [1:1(0)]`: the number of the segment that it is about is counted from its ISS. */
function addIcmp(draft: Script, { icmp: message, host, at, microsteps }: Step): void {
  const { tuple, host: ours, iss } = draft.conversation;
  if (message === undefined || host !== ours.name || draft.at === undefined) return;
  const { source, destination, error, mtu } = message;
  const key = keyOf({
    local: source.port,
    remote: destination.port,
    address: destination.address,
  });
  if (key !== keyOf(tuple)) return;
  const name = icmpNameOf(error, draft.version);
  if (name === undefined) {
    const why = `${draft.version === 4 ? 'ICMP' : 'ICMPv6'} has no message ${error}`;
    const counts = microsteps.some(({ before, after }) => before !== after);
    if (counts) end(draft, at, why);
    else draft.lines.push(`// ${printInstant(at)} s: ${why}: left out`);
    return;
  }
  const size = error === 'too-big' && mtu !== undefined ? ` mtu ${mtu}` : '';
  const quoted = distance(iss ?? seq(0), message.seq);
  add(draft, at, `< icmp ${name}${size} [${quoted}:${quoted}(0)]`);
}

/** The connection is open: what the user has asked for before can be done. A child's user can when what opened it was answered. */
function open(draft: Script, at: Instant, opening: Segment | undefined): void {
  draft.isOpen = true;
  const { connection, conversation } = draft;
  const isAnswered = connection === undefined && opening !== undefined && segLen(opening) > 0;
  if (isAnswered && conversation.early > 0)
    end(draft, at, 'text from before the connection is open answers the text that opens it');
  else for (const act of draft.early.splice(0)) act(at);
}

/**
 * Of what the host sends, windows and the options of a SYN are the kernel's own affair; with timestamps they are written, as the
 * peer's echoes are counted from them.
 */
function packet(draft: Script, segment: Segment, direction: 'in' | 'out'): string {
  const out = direction === 'out';
  const other = (out ? draft.irs : draft.conversation.iss) ?? seq(0);
  const isOpen = out && has(segment, SYN) && segment.options.timestamps === undefined;
  const options = countedFrom(other, segment.options);
  return printPacket(
    { ...segment, options },
    {
      seq: ownNumber(draft, segment, direction),
      ack: has(segment, ACK) ? distance(other, segment.ack) : undefined,
      window: out ? undefined : segment.wnd,
      options: isOpen ? '<...>' : undefined,
      system: systemOf(draft.conversation.host),
    },
  );
}

/** Options whose SACK blocks are counted from the first sequence number of the side that they tell of. */
function countedFrom(iss: Seq, options: Options): Options {
  if (options.sack === undefined) return options;
  const counted = (edge: Seq) => seq(distance(iss, edge));
  return {
    ...options,
    sack: options.sack.map(({ left, right }) => ({ left: counted(left), right: counted(right) })),
  };
}
