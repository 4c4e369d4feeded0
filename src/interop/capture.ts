/** The record as a capture: every segment that was put on a link, when it left, with what decided it. */

import type { Delivery } from '../sim/delivery.js';
import type { Step } from '../sim/step.js';
import type { Capture, CapturedPacket } from './pcapng.js';

/** A host or peer that a capture may name. */
interface Named {
  readonly name: string;
  readonly address: string;
}

/**
 * A capture of these steps: one interface a link, in the order of first use. A held segment is on no link before it is
 * released; a lost one was sent, and is there.
 */
export function captureOf(steps: Iterable<Step>, names: readonly Named[]): Capture {
  const links = new Map<string, number>();
  const order = new Map(names.map(({ name }, i) => [name, i]));
  const packets: CapturedPacket[] = [];
  for (const step of steps) {
    for (const delivery of step.departures) {
      if (delivery.fate === 'hold') continue;
      const link = linkName(delivery, order);
      if (!links.has(link)) links.set(link, links.size);
      packets.push(packetOf(step, delivery, links.get(link) ?? 0));
    }
  }
  return { interfaces: [...links.keys()], names, packets };
}

/** `client--server`, the same in both directions: the end that was declared first stands first. */
function linkName({ from, to }: Delivery, order: ReadonlyMap<string, number>): string {
  const forth = (order.get(from) ?? 0) <= (order.get(to) ?? 0);
  return forth ? `${from}--${to}` : `${to}--${from}`;
}

function packetOf(step: Step, delivery: Delivery, link: number): CapturedPacket {
  const { source, destination, segment, corrupt } = delivery;
  return {
    at: delivery.sentAt,
    link,
    packet: { source, destination, segment },
    corrupt,
    identification: delivery.id & 0xffff,
    comment: commentOf(step, delivery),
  };
}

/** `sent by server in SYN_RCVD: listen/3-syn, Third, check for a SYN`, and what the link did when it did not deliver. */
function commentOf(step: Step, delivery: Delivery): string {
  const sender = step.microsteps.find(({ effects }) =>
    effects.some((effect) => effect.kind === 'send' && effect.segment === delivery.segment),
  );
  const state = delivery.senderState === undefined ? '' : ` in ${delivery.senderState}`;
  const rule = sender ? `: ${sender.rule.id}, ${sender.rule.title}` : '';
  const kind = delivery.kind === 'first' ? '' : `; ${delivery.kind}`;
  const fate = delivery.fate === 'deliver' ? '' : '; lost on the way';
  return `sent by ${delivery.from}${state}${rule}${kind}${fate}`;
}
