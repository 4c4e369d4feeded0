/** The conversations of a recorded run, host by host: what exported scripts are about. */

import type { Delivery } from '../../sim/delivery.js';
import { GIVEN } from '../../sim/rules.js';
import type { Step } from '../../sim/step.js';
import { opens, opensFast } from './export-fast-open.js';

/** A host with a TCP, as a program names it. */
export interface ExportedHost {
  readonly name: string;
  readonly role: 'host' | 'peer';
  readonly address: string;
}

/** What tells the conversations of a host apart. */
export interface Tuple {
  readonly local: number;
  readonly remote: number;
  readonly address: string;
}

/** What a host said to one remote socket, and heard from it. */
export interface Conversation {
  readonly host: ExportedHost;
  readonly tuple: Tuple;
  /** The host's connection, by its id: the one that sent something first. */
  id: number | undefined;
  /** When its active open succeeds; undefined: never. */
  openedAt: number | undefined;
}

/** What a host took part in. */
export interface Side {
  readonly host: ExportedHost;
  /** By their keys, in the order in which they began. */
  readonly conversations: Map<string, Conversation>;
  /** By the connection's id. */
  readonly byId: Map<number, Conversation[]>;
  /** Connections that a script put into the host's table. */
  readonly given: Set<number>;
  /** Whether it opens fast at all, on either side. */
  fast: boolean;
}

export function createSide(host: ExportedHost): Side {
  return { host, conversations: new Map(), byId: new Map(), given: new Set(), fast: false };
}

/** Notes what a step tells of the host's conversations. */
export function survey(side: Side, step: Step): void {
  const { host, byId, given } = side;
  for (const delivery of arrivalsOf(step, host)) conversationOf(side, delivery);
  for (const delivery of departuresOf(step, host)) {
    const conversation = conversationOf(side, delivery);
    const id = delivery.sender?.id;
    if (conversation === undefined || conversation.id !== undefined || id === undefined) continue;
    conversation.id = id;
    byId.set(id, [...(byId.get(id) ?? []), conversation]);
  }
  for (const microstep of step.microsteps) {
    const { connection } = microstep;
    if (connection?.host !== host.name) continue;
    if (microstep.rule.id === GIVEN.id) given.add(connection.id);
    side.fast ||= opensFast(microstep);
    if (!opens(microstep)) continue;
    for (const one of byId.get(connection.id) ?? []) one.openedAt ??= step.at;
  }
}

/** The conversation that a delivery is part of; it begins with its first. */
function conversationOf({ host, conversations }: Side, delivery: Delivery) {
  const tuple = tupleOf(host, delivery);
  if (tuple === undefined) return undefined;
  const key = keyOf(tuple);
  const known = conversations.get(key);
  if (known) return known;
  const conversation: Conversation = { host, tuple, id: undefined, openedAt: undefined };
  conversations.set(key, conversation);
  return conversation;
}

/** The same for the same conversation of a host. */
export function keyOf({ local, remote, address }: Tuple): string {
  return `${local} ${address} ${remote}`;
}

/** The conversation that a delivery is part of, from or to the host. */
export function tupleOf({ name }: ExportedHost, delivery: Delivery): Tuple | undefined {
  const { from, to, source, destination, segment } = delivery;
  const { sourcePort, destinationPort } = segment;
  if (from === name) return { local: sourcePort, remote: destinationPort, address: destination };
  if (to === name) return { local: destinationPort, remote: sourcePort, address: source };
  return undefined;
}

/** What reaches the host whole. */
export function arrivalsOf({ cause }: Step, { name }: ExportedHost): readonly Delivery[] {
  if (cause.kind !== 'arrival' || cause.delivery.to !== name || cause.delivery.corrupt) return [];
  return [cause.delivery];
}

/** What the host itself sends. */
export function departuresOf({ departures }: Step, { name }: ExportedHost): readonly Delivery[] {
  return departures.filter(
    ({ from, kind }) => from === name && (kind === 'first' || kind === 'retransmission'),
  );
}
