/** RFC 4987 §2.2 and the sockets interface: a listener's children, its queues, and ACCEPT. */

import type { Connection, Host } from './connection-table.js';
import { nameOf, renameConnection } from './connection-table.js';
import { isOpenEarly } from './fast-open.js';
import type { ListenQueues } from './listen-queues.js';
import { resetFor } from './reset.js';
import type { Effect, Instant, Microstep, Outcome, RuleInfo } from './rule.js';
import { NO_EFFECTS } from './rule.js';
import type { Segment } from './segment.js';
import { ACK, FIN, has, RST, SYN } from './segment.js';
import { editTcb } from './tcb.js';
import { TEXT } from './user-texts.js';

const ACCEPT: RuleInfo = {
  id: 'accept/queue',
  rfc: 'RFC 9293 §3.9.1',
  title: 'ACCEPT: the first complete connection',
  moves: [],
};
const OVERFLOW: RuleInfo = {
  id: 'listener/overflow',
  rfc: 'RFC 4987 §2.2',
  title: 'The queue is full',
  moves: [],
};
const FORGOTTEN: RuleInfo = {
  id: 'listener/half-open',
  rfc: 'RFC 9293 §3.10.4',
  title: 'A half-open child of a listener that was closed',
  moves: ['SYN_RCVD -> CLOSED'],
};
const DEFER: RuleInfo = {
  id: 'listener/defer',
  rfc: 'RFC 9293 §3.9.1',
  title: 'Deferred accept: the handshake waits for text',
  moves: [],
};
const RECYCLE: RuleInfo = {
  id: 'listener/recycle',
  rfc: 'RFC 4987 §3.4',
  title: 'Recycling the Oldest Half-Open TCB',
  moves: ['SYN_RCVD -> CLOSED'],
};
/** The rules that decide about a listener's queues, for the catalogue. */
export const listenerRules: readonly RuleInfo[] = [OVERFLOW, RECYCLE, DEFER, FORGOTTEN, ACCEPT];

/** Why a SYN finds no room at this listener; undefined when there is room. */
export function synOverflow(
  host: Host,
  listener: Connection,
  proven: boolean,
): (() => string) | undefined {
  const queues = host.queues.get(listener.ref.id);
  if (queues === undefined) return undefined;
  const full = proven ? undefined : halfOpenOverflow(listener, queues);
  return full ?? acceptOverflow(queues);
}

/** Why there is no room for one more half-open connection (RFC 4987 §2.2). */
export function halfOpenOverflow(
  { tcb }: Connection,
  queues: ListenQueues,
): (() => string) | undefined {
  const { synQueue, synCookies, maxSynBacklog } = tcb.settings;
  const halfOpen = queues.halfOpen.size;
  if (synCookies === 'off' && maxSynBacklog !== undefined) {
    const free = maxSynBacklog - halfOpen;
    if (free < Math.floor(maxSynBacklog / 4)) {
      return () =>
        `${free} free places are less than a quarter of ${maxSynBacklog} (deviation max-syn-backlog)`;
    }
  }
  if (halfOpen < synQueue) return undefined;
  return () => `${halfOpen} half-open connections fill syn-queue=${synQueue}`;
}

/** Why a handshake must not be completed now: nobody takes what is complete (QUE-01). */
export function completionOverflow(
  host: Host,
  child: Connection,
  seg: Segment,
): (() => string) | undefined {
  if (child.parent === undefined || child.tcb.state !== 'SYN_RCVD' || child.accepted)
    return undefined;
  if (!has(seg, ACK) || has(seg, RST) || has(seg, SYN)) return undefined;
  const queues = host.queues.get(child.parent);
  // What was opened fast has its place already.
  if (queues?.complete.has(child.ref.id)) return undefined;
  return queues === undefined ? undefined : acceptOverflow(queues);
}

/** Why there is no room for one more complete connection. */
export function acceptOverflow({
  complete,
  accepts,
  backlog,
}: ListenQueues): (() => string) | undefined {
  const { size } = complete;
  if (size < backlog || accepts.length > 0) return undefined;
  return () => `${size} complete connections wait for ACCEPT and fill backlog=${backlog}`;
}

/** The record of a segment that found a queue full: silence, or a reset. */
export function overflowStep(
  host: Host,
  connection: Connection,
  seg: Segment,
  source: string,
  why: () => string,
): Microstep {
  const reset = host.settings.onOverflow === 'reset';
  const effects: readonly Effect[] = reset
    ? [resetFor(seg, source, host.settings), { kind: 'discard', reason: 'queue full' }]
    : [{ kind: 'discard', reason: 'queue full' }];
  return {
    rule: OVERFLOW,
    why: () => `${why()}: ${reset ? 'reset' : 'dropped, so that the peer tries again'}`,
    connection: connection.ref,
    before: connection.tcb,
    after: connection.tcb,
    effects,
  };
}

/**
 * The record of a bare ACK that would complete a handshake with `defer-accept`: it is dropped until text comes, or the time is
 * over (QUE-24). Undefined when there is nothing to wait for.
 */
export function deferStep(child: Connection, seg: Segment, now: Instant): Microstep | undefined {
  const { tcb, parent, createdAt, accepted } = child;
  const { deferAccept } = tcb.settings;
  if (isOpenEarly(tcb) || deferAccept === 0 || parent === undefined || accepted) return undefined;
  if (tcb.state !== 'SYN_RCVD' || (seg.ctl & (ACK | RST | SYN | FIN)) !== ACK) return undefined;
  const until = createdAt + deferAccept;
  if (seg.data.length > 0 || now >= until) return undefined;
  const [synAck, ...others] = tcb.retransmissions;
  const deferred = synAck ? [{ ...synAck, deferred: true } as const, ...others] : others;
  return {
    rule: DEFER,
    why: () => `an ACK without text before ${until} us: dropped (defer-accept)`,
    connection: child.ref,
    before: tcb,
    after: editTcb(tcb, { retransmissions: deferred }),
    effects: [{ kind: 'discard', reason: 'deferred until text comes' }],
  };
}

/** The oldest half-open child of a full queue gives up its place (QUE-22); undefined when there is no need. */
export function recycled(host: Host, listener: Connection): Connection | undefined {
  const queues = host.queues.get(listener.ref.id);
  if (host.settings.onOverflow !== 'recycle' || queues === undefined) return undefined;
  if (halfOpenOverflow(listener, queues) === undefined) return undefined;
  const [oldest] = queues.halfOpen;
  return oldest === undefined ? undefined : host.connections.get(oldest);
}

/** The record of a half-open child that was recycled. */
export function recycleStep(child: Connection, deleted: Microstep['after']): Microstep {
  return {
    rule: RECYCLE,
    why: () => 'the oldest half-open connection, and the queue is full: deleted, nothing is sent',
    connection: child.ref,
    before: child.tcb,
    after: deleted,
    effects: NO_EFFECTS,
  };
}

/** Enters a new child among the half-open. */
export function addHalfOpen(host: Host, child: Connection): readonly Microstep[] {
  if (child.parent !== undefined) host.queues.get(child.parent)?.halfOpen.add(child.ref.id);
  return [];
}

/** The child is its user's. */
export function leaveAcceptQueue(host: Host, child: Connection): void {
  if (child.parent !== undefined) host.queues.get(child.parent)?.complete.delete(child.ref.id);
}

/** Takes a child out of its listener's queues. */
export function leaveQueues(host: Host, child: Connection): void {
  if (child.parent === undefined) return;
  const queues = host.queues.get(child.parent);
  queues?.halfOpen.delete(child.ref.id);
  queues?.complete.delete(child.ref.id);
  queues?.early.delete(child.ref.id);
}

/** A child of a listener that was opened fast: complete for its user, and still in SYN_RCVD. */
export function completeEarly(host: Host, child: Connection): readonly Microstep[] {
  if (child.parent === undefined) return [];
  host.queues.get(child.parent)?.early.add(child.ref.id);
  return offerToUser(host, child);
}

/**
 * A child's handshake is complete: it goes to the ACCEPT that has waited longest, else into the accept queue. The steps
 * tell of an ACCEPT that completes.
 */
export function completeChild(host: Host, child: Connection): readonly Microstep[] {
  if (child.parent === undefined) return [];
  const queues = host.queues.get(child.parent);
  if (queues === undefined) return [];
  queues.halfOpen.delete(child.ref.id);
  queues.early.delete(child.ref.id);
  return offerToUser(host, child);
}

/** To the ACCEPT that has waited longest, else into the accept queue, where one that was opened fast is already. */
function offerToUser(host: Host, child: Connection): readonly Microstep[] {
  const queues = child.parent === undefined ? undefined : host.queues.get(child.parent);
  if (queues === undefined || child.accepted) return [];
  const [first, ...rest] = queues.accepts;
  if (first === undefined) {
    queues.complete.add(child.ref.id);
    return [];
  }
  queues.accepts = rest;
  const known = nameOf(child);
  const outcome = take(host, child, first.name);
  const why = () => `${known} is complete, and an ACCEPT waited for it`;
  return [acceptStep(child, why, [{ kind: 'complete', call: first.call, outcome }])];
}

/** The ACCEPTs that wait at a listener which is being closed: they get the error `text`. */
export function abandonAccepts(
  listener: Connection,
  { accepts }: ListenQueues,
  text: string,
): readonly Microstep[] {
  if (accepts.length === 0) return [];
  const effects = accepts.map(
    ({ call }): Effect => ({ kind: 'complete', call, outcome: { kind: 'error', text } }),
  );
  return [acceptStep(listener, () => 'the listener is closed', effects)];
}

/** ACCEPT at the listener of this port, or at the only one. */
export function accept(
  host: Host,
  port: number | undefined,
  name: string | undefined,
  call: number,
): Microstep {
  const listener = listenerFor(host, port);
  const queues = listener && host.queues.get(listener.ref.id);
  if (listener === undefined || queues === undefined) {
    const at = port === undefined ? '' : ` at port ${port}`;
    const outcome: Outcome = { kind: 'error', text: TEXT.doesNotExist };
    return acceptStep(undefined, () => `nobody listens${at}`, [
      { kind: 'complete', call, outcome },
    ]);
  }
  const [id] = queues.complete;
  const child = id === undefined ? undefined : host.connections.get(id);
  if (child === undefined) {
    queues.accepts = [...queues.accepts, { call, name }];
    return acceptStep(listener, () => 'no complete connection: queued', NO_EFFECTS);
  }
  const known = nameOf(child);
  const outcome = take(host, child, name);
  const { size } = queues.complete;
  const why = () => `${known} was complete first; ${size} more wait`;
  return acceptStep(child, why, [{ kind: 'complete', call, outcome }]);
}

function listenerFor(host: Host, port: number | undefined): Connection | undefined {
  const ids = port === undefined ? host.queues.keys() : (host.listeners.get(port) ?? []);
  for (const id of ids) {
    const listener = host.connections.get(id);
    if (listener !== undefined) return listener;
  }
  return undefined;
}

/** The child is the user's from now on. */
function take(host: Host, child: Connection, name: string | undefined): Outcome {
  child.accepted = true;
  leaveAcceptQueue(host, child);
  if (name !== undefined) renameConnection(host, child, name);
  return { kind: 'ok', text: nameOf(child) };
}

function acceptStep(
  connection: Connection | undefined,
  why: () => string,
  effects: readonly Effect[],
): Microstep {
  const tcb = connection?.tcb;
  return { rule: ACCEPT, why, connection: connection?.ref, before: tcb, after: tcb, effects };
}

/** The record of a half-open child being forgotten with its listener: nothing is sent (QUE-19). */
export function forgetStep(child: Connection, deleted: Microstep['after']): Microstep {
  return {
    rule: FORGOTTEN,
    why: () => 'its listener is gone: deleted, nothing is sent; a late ACK meets CLOSED',
    connection: child.ref,
    before: child.tcb,
    after: deleted,
    effects: NO_EFFECTS,
  };
}
