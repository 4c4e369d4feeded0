/** What the director does to a world: faults, cuts, crashes, releases, and connections that are there from the start. */

import { assert } from '../base/assert.js';
import type { Connection } from '../tcp/host.js';
import { giveConnection, nameOf, rebootHost } from '../tcp/host.js';
import type { ConnectionRef, Microstep, RuleInfo } from '../tcp/rule.js';
import { printSocket, type Tcb } from '../tcp/tcb.js';
import { NO_TIMERS } from '../tcp/timers.js';
import { goOn, note } from './depart.js';
import type { Fault } from './fault.js';
import * as rules from './rules.js';
import { addMicrostep, type Draft, draft, type Part } from './step.js';
import type { World } from './world.js';
import { hostOf, linkBetween } from './world.js';

/** Arms a fault: the next `count` segments that it matches meet it. */
export function arm(world: World, fault: Fault): Part {
  assert(fault.count >= 1, () => `${fault.text}: a fault takes at least one segment`);
  world.faults = [...world.faults, { fault, left: fault.count }];
  const next =
    fault.count === 1 ? 'the next such segment' : `the next ${fault.count} such segments`;
  return only(rules.ARM, () => `${fault.text}: waits for ${next}`);
}

/** Lets go what was held under this name, in the order of departure. */
export function release(world: World, name: string, origin: number): Part {
  const held = world.held.get(name) ?? [];
  world.held.delete(name);
  const out = draft();
  note(out, rules.RELEASE, () =>
    held.length === 0
      ? `nothing is held as ${name}`
      : `${name}: ${held.length === 1 ? 'the segment goes' : `${held.length} segments go`} on`,
  );
  for (const delivery of held) goOn(world, delivery, origin, out);
  return out;
}

/** Cuts the path between two hosts or peers: what leaves from now on is lost; what is under way arrives. */
export function cut(world: World, a: string, b: string): Part {
  const link = linkBetween(world, a, b);
  const was = link.cut;
  link.cut = true;
  return only(rules.CUT, () => `${a} -- ${b} ${was ? 'was cut already' : 'is cut'}`);
}

/** Mends the path again. */
export function mend(world: World, a: string, b: string): Part {
  const link = linkBetween(world, a, b);
  const was = link.cut;
  link.cut = false;
  return only(rules.MEND, () => `${a} -- ${b} ${was ? 'is whole again' : 'was whole'}`);
}

/** The host loses its memory and is down until `restart`: connections and listeners are gone without a word. */
export function crash(world: World, name: string): Part {
  const host = hostOf(world, name);
  const out = draft(name);
  if (world.down.has(name)) {
    note(out, rules.CRASH, () => 'was down already');
    return out;
  }
  const entries = [...host.connections.values()];
  note(out, rules.CRASH, () => `goes down and forgets ${count(entries)}; nobody is told`);
  for (const { ref, tcb } of entries) addMicrostep(out, forget(ref, tcb));
  const rebooted = rebootHost(host);
  world.hosts.set(name, rebooted);
  world.down.add(name);
  return out;
}

/** Boots the host: down or not, it begins with an empty table. ISNs go on: M is a clock that never stops. */
export function restart(world: World, name: string): Part {
  const before = world.down.has(name) ? [] : crash(world, name).microsteps;
  world.down.delete(name);
  const out = draft(name, undefined, before);
  note(
    out,
    rules.RESTART,
    () => 'boots with an empty table; no quiet time is kept (RFC 9293 §3.4.3)',
  );
  return out;
}

/** One end of a connection that is there from the start. */
export interface GivenConnection {
  readonly host: string;
  readonly name: string | undefined;
  readonly tcb: Tcb;
}

/** Puts connections into the tables of their hosts, in whatever state they are given. */
export function giveConnections(
  world: World,
  given: readonly GivenConnection[],
  origin: number,
): Part {
  const microsteps = given.map(({ host: at, name, tcb }) => {
    const host = hostOf(world, at);
    const entry = giveConnection(host, tcb, name, world.now);
    entry.origin = origin;
    const { ref } = entry;
    const known = nameOf(entry);
    const why = () => `${known} is ${tcb.state} from the start`;
    return changed(rules.GIVEN, why, ref, undefined, tcb);
  });
  const [first, second] = microsteps;
  const alone = second === undefined ? first?.connection : undefined;
  return { microsteps, departures: [], host: alone?.host, connection: alone };
}

function forget(ref: ConnectionRef, tcb: Tcb): Microstep {
  const who = () => (tcb.remote === undefined ? 'anybody' : printSocket(tcb.remote));
  const why = () => `${tcb.state} with ${who()} is forgotten without a word`;
  return changed(rules.CRASH, why, ref, tcb, { ...tcb, state: 'CLOSED', timers: NO_TIMERS });
}

/** The record of a rule that gave a connection another TCB. */
export function changed(
  rule: RuleInfo,
  why: () => string,
  connection: ConnectionRef,
  before: Tcb | undefined,
  after: Tcb,
): Microstep {
  return { rule, why, connection, before, after, effects: [] };
}

/** `2 connections and 1 listener`. */
function count(entries: readonly Connection[]): string {
  const listeners = entries.filter(({ tcb }) => tcb.state === 'LISTEN').length;
  const some = (n: number, noun: string) => (n === 0 ? [] : [`${n} ${noun}${n === 1 ? '' : 's'}`]);
  const parts = [...some(entries.length - listeners, 'connection'), ...some(listeners, 'listener')];
  return parts.length === 0 ? 'nothing, for its table was empty' : parts.join(' and ');
}

/** A part of one rule that concerns no connection. `host`: whose event it is. */
export function only(rule: RuleInfo, why: () => string, host?: string): Draft {
  const out = draft(host);
  note(out, rule, why);
  return out;
}
