/** One event after the other: what happens next in a world, and what it does. */

import { assert } from '../base/assert.js';
import { peek, pop } from '../base/heap.js';
import type { UserCall } from '../tcp/calls.js';
import type { ConnectionTimer, Handling, Host, IcmpMessage } from '../tcp/host.js';
import { callHost, icmpArrives, nextTimeout, segmentArrives, timeout } from '../tcp/host.js';
import type { Instant, Microstep, Outcome, RuleInfo } from '../tcp/rule.js';
import { joinSteps } from '../tcp/rule.js';
import type { Segment } from '../tcp/segment.js';
import { printSegment } from '../tcp/segment.js';
import type { Delivery } from './delivery.js';
import { depart, note } from './depart.js';
import * as rules from './rules.js';
import type { Draft, Part, Step } from './step.js';
import { draft, stepOf } from './step.js';
import type { World } from './world.js';
import { addressOf, hostOf, nextToWake, routeOf, routeTo } from './world.js';

/** When the world does something by itself next; undefined when it is quiet, or ended by a limit. */
export function nextEventAt(world: World): Instant | undefined {
  if (world.ended !== undefined) return undefined;
  const arrival = peek(world.queue)?.at;
  const host = nextToWake(world);
  const timer = host && nextTimeout(host);
  if (arrival === undefined || timer === undefined) return arrival ?? timer;
  return Math.min(arrival, timer);
}

/** When the next segment arrives that is under way; undefined when none is. */
export function nextArrivalAt(world: World): Instant | undefined {
  return world.ended === undefined ? peek(world.queue)?.at : undefined;
}

/**
 * Handles the soonest event and moves the clock to it; undefined when nothing is to come. Of arrivals and timers at
 * one instant, the arrivals come first, in the order of departure (an ACK in time stops a retransmission);
 * then the hosts' timers, in the order in which the hosts were declared.
 */
export function advanceWorld(world: World, index: number): Step | undefined {
  if (world.ended !== undefined) return undefined;
  const arrival = peek(world.queue);
  const host = nextToWake(world);
  const timer = host && nextTimeout(host);
  if (arrival !== undefined && (timer === undefined || arrival.at <= timer)) {
    pop(world.queue);
    return arrive(world, arrival.delivery, arrival.at, index);
  }
  if (host === undefined || timer === undefined) return undefined;
  return goOff(world, host, timer, index);
}

/** A timer that is due at this instant goes off before anything else does. */
export function goOffNow(world: World, chosen: ConnectionTimer, index: number): Step {
  return goOff(world, hostOf(world, chosen.connection.host), world.now, index, chosen);
}

/** Lets the clock run to `until` with nothing happening on the way: no event may be due before it. */
export function passTime(world: World, until: Instant): void {
  const next = nextEventAt(world);
  assert(until >= world.now, () => `the clock stands at ${world.now}, past ${until}`);
  assert(
    next === undefined || next >= until,
    () => `something happens at ${next}, before ${until}`,
  );
  world.now = until;
}

/** A user call (RFC 9293 §3.9.1). What the RFC answers with an error is an outcome. `origin`: the statement. */
export function doCall(
  world: World,
  host: string,
  call: UserCall,
  callId: number,
  origin: number,
): Part {
  if (world.down.has(host)) return callOfTheDead(host, call, callId);
  const machine = hostOf(world, host);
  const handling = callHost(machine, call, callId, world.now);
  const outcome: Outcome = handling.outcome ?? { kind: 'pending' };
  const { microsteps, departures, host: at, connection } = settle(world, machine, handling, origin);
  const record = { id: callId, call, outcome };
  return { microsteps, departures, host: at, connection, call: record, outcome };
}

/** Puts a segment on the wire as if `from` had sent it to `to`; hosts and peers by name. */
export function inject(
  world: World,
  from: string,
  to: string,
  segment: Segment,
  origin: number,
): Part {
  const out = draft(from);
  note(out, rules.INJECT, () => `${printSegment(segment)} is put on the wire as if from ${from}`);
  const [source, destination] = [addressOf(world, from), addressOf(world, to)];
  const nobody = { sender: undefined, senderState: undefined };
  const kind = 'injected';
  const departure = { from, to, source, destination, segment, kind, ...nobody, origin } as const;
  depart(world, departure, routeTo(world, from, destination), out);
  return out;
}

/** An ICMP error message reaches a host, from wherever: it has no way of its own through the world. */
export function icmp(world: World, host: string, message: IcmpMessage, origin: number): Part {
  if (world.down.has(host)) {
    return discard(
      host,
      rules.DOWN,
      'the host is down',
      () => `${host} is down: the message is lost`,
    );
  }
  const machine = hostOf(world, host);
  return {
    ...settle(world, machine, icmpArrives(machine, message, world.now), origin),
    icmp: message,
  };
}

/** Tells the world of what a host did: its segments leave. */
function settle(world: World, host: Host, handling: Handling, origin: number): Part {
  const { connection } = handling;
  const out = draft(host.name, connection);
  for (const microstep of handling.microsteps) send(world, host, microstep, origin, out);
  const entry = connection && host.connections.get(connection.id);
  if (entry !== undefined) entry.origin = origin;
  const microsteps = joinSteps(handling.microsteps, out.microsteps);
  return { microsteps, departures: out.departures, host: host.name, connection };
}

function arrive(world: World, delivery: Delivery, at: Instant, index: number): Step {
  world.now = at;
  routeOf(world, delivery).way.underWay -= 1;
  const cause = { kind: 'arrival', delivery } as const;
  const { origin } = delivery;
  return stepOf(receive(world, delivery), { index, at, cause, origin });
}

function receive(world: World, delivery: Delivery): Part {
  const { to, origin } = delivery;
  const host = world.hosts.get(to);
  if (host === undefined) return arriveAtPeer(world, delivery);
  if (world.down.has(to) || delivery.corrupt) return arriveInVain(world, delivery);
  return settle(world, host, segmentArrives(host, delivery, world.now), origin);
}

function arriveAtPeer(world: World, delivery: Delivery): Part {
  const { to, segment } = delivery;
  const peer = world.peers.get(to);
  assert(peer !== undefined, () => `no host or peer is called ${to}`);
  peer.received += 1;
  peer.latest = delivery;
  const out = draft(to);
  const seen = () => printSegment(segment);
  note(out, rules.RECORD, () => `${to} has no TCP: ${seen()} is recorded and not answered`);
  return out;
}

function arriveInVain(world: World, { to, segment }: Delivery): Part {
  const seen = () => printSegment(segment);
  if (world.down.has(to)) {
    return discard(to, rules.DOWN, 'the host is down', () => `${to} is down: ${seen()} is lost`);
  }
  const why = () => `${seen()}: the checksum does not match: discarded (RFC 9293 §3.1)`;
  return discard(to, rules.CHECKSUM, 'checksum', why);
}

function goOff(
  world: World,
  host: Host,
  at: Instant,
  index: number,
  chosen?: ConnectionTimer,
): Step {
  world.now = at;
  const handling = timeout(host, at, chosen);
  const { timer, entry } = handling;
  const { origin } = entry;
  const cause = { kind: 'timeout', timer, connection: entry.ref } as const;
  return stepOf(settle(world, host, handling, origin), { index, at, cause, origin });
}

function send(world: World, host: Host, microstep: Microstep, origin: number, out: Draft): void {
  const { effects, connection: sender, after } = microstep;
  for (const effect of effects) {
    if (effect.kind !== 'send') continue;
    const { segment, to: destination } = effect;
    const { name: from, address: source } = host;
    const route = routeTo(world, from, destination);
    const to = route?.to ?? destination;
    const kind = effect.retransmission ? 'retransmission' : 'first';
    const senderState = after?.state;
    const departure = {
      from,
      to,
      source,
      destination,
      segment,
      kind,
      sender,
      senderState,
      origin,
    } as const;
    depart(world, departure, route, out);
  }
}

function callOfTheDead(host: string, call: UserCall, callId: number): Part {
  const out = draft(host);
  const outcome: Outcome = { kind: 'error', text: 'host is down' };
  note(out, rules.DOWN, () => `${host} is down: nobody takes the call until it is restarted`);
  return { ...out, call: { id: callId, call, outcome }, outcome };
}

function discard(host: string, rule: RuleInfo, reason: string, why: () => string): Part {
  const effects = [{ kind: 'discard', reason }] as const;
  const nothing = { connection: undefined, before: undefined, after: undefined };
  return draft(host, undefined, [{ rule, why, ...nothing, effects }]);
}
