/** The conversations of a recorded run, host by host: what exported scripts are about. */

import type { Delivery } from '../../sim/delivery.js';
import { CRASH, GIVEN } from '../../sim/rules.js';
import type { Step } from '../../sim/step.js';
import type { UserCall } from '../../tcp/calls.js';
import type { ConnectionRef } from '../../tcp/rule.js';
import { ACK, has, RST, SYN } from '../../tcp/segment.js';
import type { Seq } from '../../tcp/seq.js';
import type { Settings } from '../../tcp/settings.js';
import { opens, opensFast } from './export-fast-open.js';

/** A host with a TCP, as a program names it. */
export interface ExportedHost {
  readonly name: string;
  readonly role: 'host' | 'peer';
  readonly address: string;
  /** The word of its profile: `rfc9293`, `linux`, `freebsd`. */
  readonly profile: string;
  readonly settings: Settings;
}

/** Whose sockets and sysctls a host's scripts are written for. */
export function systemOf({ profile }: ExportedHost): 'linux' | 'freebsd' {
  return profile === 'freebsd' ? 'freebsd' : 'linux';
}

/** What tells the conversations of a host apart that are there at the same time. */
export interface Tuple {
  readonly local: number;
  readonly remote: number;
  readonly address: string;
}

/** What a host said to one remote socket under one ISS, and heard from it. */
export interface Conversation {
  readonly host: ExportedHost;
  readonly tuple: Tuple;
  /** The index of its first step. */
  readonly begins: number;
  /** The index of the first step of the next one between the same sockets. */
  ends: number;
  /** The host's first sequence number; undefined while it has sent no SYN. */
  iss: Seq | undefined;
  /** The number of the first SYN that came; undefined while none has. */
  syn: Seq | undefined;
  /** The host's connection, by its id: the one that sent something first. */
  id: number | undefined;
  /** When its open succeeds; undefined: never. */
  openedAt: number | undefined;
  /** Octets that its user sends before that. */
  early: number;
}

/** What a host took part in. */
export interface Side {
  readonly host: ExportedHost;
  /** By their keys those between the same sockets, one after the other. */
  readonly conversations: Map<string, Conversation[]>;
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
  for (const delivery of departuresOf(step, host)) noteDeparture(side, delivery, step.index);
  for (const delivery of arrivalsOf(step, host)) noteArrival(side, delivery, step.index);
  for (const microstep of step.microsteps) {
    const { connection } = microstep;
    if (connection?.host !== host.name) continue;
    if (microstep.rule.id === GIVEN.id) given.add(connection.id);
    side.fast ||= opensFast(microstep);
    if (!opens(microstep)) continue;
    for (const one of byId.get(connection.id) ?? []) one.openedAt ??= step.at;
  }
  noteText(side, step);
}

/**
 * A SYN with another number than before, or of another connection, begins another conversation between the same sockets, and so does a reset without a TCB
 * that has SEQ=0: numbers that are counted from an ISS cannot say that.
 */
function noteDeparture(side: Side, delivery: Delivery, index: number): void {
  const { segment, senderState } = delivery;
  const sender = senderState === 'LISTEN' ? undefined : delivery.sender;
  const isSyn = has(segment, SYN);
  const known = conversationOf(side, delivery, index);
  if (known === undefined) return;
  const isStray = sender === undefined && has(segment, RST) && has(segment, ACK);
  const isAnothers = known.id !== undefined && sender !== undefined && sender.id !== known.id;
  const isOther = known.iss !== segment.seq || isAnothers;
  const another = isSyn ? isOther : isStray && known.iss !== undefined;
  const conversation = another && known.begins < index ? begin(side, known.tuple, index) : known;
  if (isSyn) conversation.iss ??= segment.seq;
  if (conversation.id !== undefined || sender === undefined) return;
  conversation.id = sender.id;
  side.byId.set(sender.id, [...(side.byId.get(sender.id) ?? []), conversation]);
}

/** A SYN with another number than before begins another conversation where no connection is: each is refused. */
function noteArrival(side: Side, delivery: Delivery, index: number): void {
  const { segment } = delivery;
  const known = conversationOf(side, delivery, index);
  if (known === undefined || !has(segment, SYN) || has(segment, ACK)) return;
  const isOther = known.syn !== undefined && known.syn !== segment.seq && known.id === undefined;
  const conversation = isOther ? begin(side, known.tuple, index) : known;
  conversation.syn ??= segment.seq;
}

/** Text that waits for the connection to open. */
function noteText({ host, byId }: Side, { call, connection, host: name }: Step): void {
  if (call === undefined || name !== host.name || call.outcome.kind === 'error') return;
  const [id, text] = textOf(call.call, connection);
  for (const one of byId.get(id ?? -1) ?? []) {
    if (one.openedAt === undefined) one.early += text?.length ?? 0;
  }
}

/** Whose text a call brings, and what. */
function textOf(call: UserCall, opened: ConnectionRef | undefined) {
  if (call.kind === 'SEND') return [call.connection, call.data] as const;
  if (call.kind === 'OPEN' && call.open === 'active') return [opened?.id, call.text] as const;
  return [undefined, undefined] as const;
}

/** The latest conversation between a delivery's sockets; it begins with its first. */
function conversationOf(side: Side, delivery: Delivery, index: number): Conversation | undefined {
  const tuple = tupleOf(side.host, delivery);
  if (tuple === undefined) return undefined;
  return side.conversations.get(keyOf(tuple))?.at(-1) ?? begin(side, tuple, index);
}

function begin({ host, conversations }: Side, tuple: Tuple, begins: number): Conversation {
  const conversation: Conversation = {
    host,
    tuple,
    begins,
    ends: Number.POSITIVE_INFINITY,
    iss: undefined,
    syn: undefined,
    id: undefined,
    openedAt: undefined,
    early: 0,
  };
  const key = keyOf(tuple);
  const before = conversations.get(key) ?? [];
  const last = before.at(-1);
  if (last) last.ends = begins;
  conversations.set(key, [...before, conversation]);
  return conversation;
}

/** The same for all conversations between the same sockets. */
export function keyOf({ local, remote, address }: Tuple): string {
  return `${local} ${address} ${remote}`;
}

/** The sockets of a delivery from or to the host. */
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
  return isWithin(cause.delivery) ? [] : [cause.delivery];
}

/** What the host itself sends. */
export function departuresOf({ departures }: Step, { name }: ExportedHost): readonly Delivery[] {
  return departures.filter(
    (one) =>
      one.from === name &&
      (one.kind === 'first' || one.kind === 'retransmission') &&
      !isWithin(one),
  );
}

/** A host talks to itself: packetdrill has no peer for that. */
function isWithin({ from, to }: Delivery): boolean {
  return from === to;
}

/** Whether the host forgets everything. */
export function isCrash({ host, microsteps }: Step, { name }: ExportedHost): boolean {
  return host === name && microsteps.some(({ rule }) => rule.id === CRASH.id);
}
