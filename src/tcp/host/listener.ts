/** RFC 4987 §2.2: a listener's half-open children, and what happens when there is no room. */

import { frontOf, withFront } from '../../base/pieces.js';
import { deleteTcb } from '../delete-tcb.js';
import { isOpenEarly } from '../fast-open.js';
import { resetFor } from '../reset.js';
import type { Effect, Instant, Microstep, RuleInfo } from '../rule.js';
import { NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, RST, SYN } from '../segment.js';
import { isTimely } from '../segment-arrives/0-timestamps.js';
import { atOrBefore, before } from '../seq.js';
import { editTcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { inWindow } from '../window.js';
import type { Connection, Host } from './connection-table.js';
import type { ListenQueues } from './listen-queues.js';

const OVERFLOW: RuleInfo = {
  id: 'listener/overflow',
  rfc: 'RFC 4987 §2.2',
  title: 'The queue is full',
  moves: ['SYN_RCVD -> CLOSED'],
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
export const listenerRules: readonly RuleInfo[] = [OVERFLOW, RECYCLE, DEFER, FORGOTTEN];

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
  if (!completes(child, seg)) return undefined;
  const queues = host.queues.get(child.parent);
  // What was opened fast has its place already.
  if (queues?.complete.has(child.ref.id)) return undefined;
  return queues === undefined ? undefined : acceptOverflow(queues);
}

/** What is wrong has the answer of the checks, however full the queue is. */
function completes({ tcb }: Connection, seg: Segment): boolean {
  if ((seg.ctl & (ACK | RST | SYN)) !== ACK || !inWindow(tcb, seg.seq)) return false;
  const { una, nxt } = tcb.snd;
  return before(una, seg.ack) && atOrBefore(seg.ack, nxt) && isTimely(tcb, seg);
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

/** The record of a segment that found a queue full: silence, or a reset that ends a half-open connection. */
export function overflowStep(
  host: Host,
  connection: Connection,
  seg: Segment,
  source: string,
  why: () => string,
): Microstep {
  const { onOverflow } = host.settings;
  // What only the listener knows of, a SYN or the ACK of a cookie, is dropped by `reset-ack`.
  const isHalfOpen = connection.tcb.state !== 'LISTEN';
  const reset = onOverflow === 'reset' || (onOverflow === 'reset-ack' && isHalfOpen);
  const effects: readonly Effect[] = reset
    ? [resetFor(seg, source, host.settings), { kind: 'discard', reason: 'queue full' }]
    : [{ kind: 'discard', reason: 'queue full' }];
  const { ref, tcb } = connection;
  return {
    rule: OVERFLOW,
    why: () => `${why()}: ${reset ? 'reset' : 'dropped, so that the peer tries again'}`,
    connection: ref,
    before: tcb,
    after: reset && isHalfOpen ? deleteTcb(tcb, TEXT.reset).tcb : tcb,
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
  const bare = seg.data.length === 0 && seg.seq === tcb.rcv.nxt;
  if (!bare || now >= until || seg.ack !== tcb.snd.nxt) return undefined;
  if (!isTimely(tcb, seg)) return undefined;
  const synAck = frontOf(tcb.retransmissions);
  const sent = tcb.retransmissions;
  const deferred = synAck ? withFront(sent, { ...synAck, deferred: true }) : sent;
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

/** Takes a child that has ended out of its listener's queues; with `ended-child stays` it still waits for its ACCEPT. */
export function leaveQueues(host: Host, child: Connection): void {
  if (child.parent === undefined) return;
  const queues = host.queues.get(child.parent);
  queues?.halfOpen.delete(child.ref.id);
  queues?.early.delete(child.ref.id);
  if (child.tcb.settings.endedChild === 'leaves') queues?.complete.delete(child.ref.id);
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
