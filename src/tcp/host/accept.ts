/** RFC 9293 §3.9.1 and the sockets interface: complete children of a listener, and ACCEPT. */

import type { Effect, Microstep, Outcome, RuleInfo } from '../rule.js';
import { NO_EFFECTS } from '../rule.js';
import { TEXT } from '../user-texts.js';
import type { Connection, Host } from './connection-table.js';
import { nameOf, renameConnection } from './connection-table.js';
import type { ListenQueues } from './listen-queues.js';

const ACCEPT: RuleInfo = {
  id: 'accept/queue',
  rfc: 'RFC 9293 §3.9.1',
  title: 'ACCEPT: the first complete connection',
  moves: [],
};

/** For the catalogue. */
export const acceptRules: readonly RuleInfo[] = [ACCEPT];

/** The child is its user's. */
export function leaveAcceptQueue(host: Host, child: Connection): void {
  if (child.parent !== undefined) host.queues.get(child.parent)?.complete.delete(child.ref.id);
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
  if (id !== undefined && child === undefined) {
    queues.complete.delete(id);
    const outcome: Outcome = { kind: 'error', text: TEXT.reset };
    const why = () => 'the first that was complete has ended (deviation ended-child)';
    return acceptStep(listener, why, [{ kind: 'complete', call, outcome }]);
  }
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
