/** What a debugger's user does to a world: to segments under way, to timers and variables of connections, to links. */

import { assert } from '../base/assert.js';
import { push } from '../base/heap.js';
import { printInstant } from '../base/time.js';
import { giveConnection, nameOf } from '../tcp/host.js';
import type { ConnectionRef, Duration } from '../tcp/rule.js';
import { printSegment, type Segment } from '../tcp/segment.js';
import type { Seq } from '../tcp/seq.js';
import { num } from '../tcp/seq.js';
import type { Settings } from '../tcp/settings.js';
import { editTcb, type Tcb } from '../tcp/tcb.js';
import { editTimers, type TimerName } from '../tcp/timers.js';
import type { Delivery } from './delivery.js';
import { keep } from './depart.js';
import { changed, only } from './director.js';
import type { LinkSettings } from './link.js';
import * as rules from './rules.js';
import { addMicrostep, draft, type Part } from './step.js';
import type { World } from './world.js';
import { hostOf, linkBetween, routeOf } from './world.js';

// Segments --------------------------------------------------------------------------------------

/** A segment under way or held back, by its number; undefined when it has arrived, or was never to. */
export function findDelivery(world: World, id: number): Delivery | undefined {
  const moving = world.queue.find(({ delivery }) => delivery.id === id)?.delivery;
  return moving ?? [...world.held.values()].flat().find((held) => held.id === id);
}

/** The segment arrives so much later than now, before anything else that is due then. */
export function deliverIn(world: World, id: number, after: Duration): Part {
  const delivery = found(world, id);
  const arrivesAt = world.now + after;
  takeOut(world, delivery);
  putBack(world, { ...delivery, fate: 'deliver', arrivesAt }, first(world));
  return told(delivery, after === 0 ? 'arrives now' : `arrives at ${printInstant(arrivesAt)}`);
}

/** The segment will never arrive. */
export function dropInFlight(world: World, id: number): Part {
  const delivery = found(world, id);
  takeOut(world, delivery);
  return { ...told(delivery, 'is dropped'), ended: [{ id, fate: 'lose' }] };
}

/** A copy of the segment arrives just after it; of one that is held it is held, too. */
export function duplicateInFlight(world: World, id: number): Part {
  const delivery = found(world, id);
  world.lastDelivery += 1;
  const kind = 'duplicate';
  const copy: Delivery = { ...delivery, id: world.lastDelivery, kind, copyOf: id };
  put(world, copy, holdOf(world, id));
  const part = told(delivery, `is doubled: the copy is #${copy.id}`);
  return { ...part, departures: [copy] };
}

/** The segment arrives so much later than it would have. */
export function delayInFlight(world: World, id: number, by: Duration): Part {
  const delivery = found(world, id);
  const arrivesAt = (delivery.arrivesAt ?? world.now) + by;
  replace(world, delivery, { ...delivery, fate: 'deliver', arrivesAt });
  return told(delivery, `is late: arrives at ${printInstant(arrivesAt)}`);
}

/** The segment's checksum will be found wrong. */
export function corruptInFlight(world: World, id: number): Part {
  const delivery = found(world, id);
  replace(world, delivery, { ...delivery, corrupt: true });
  return told(delivery, 'is damaged on its way');
}

/** The segment is kept back until it is released, under a name. */
export function holdInFlight(world: World, id: number, name: string): Part {
  const delivery = found(world, id);
  takeOut(world, delivery);
  const held: Delivery = { ...delivery, fate: 'hold', arrivesAt: undefined };
  keep(world, name, held);
  return { ...told(delivery, `is held as ${name}`), ended: [{ id, fate: 'hold' }] };
}

/** Other fields, with a checksum that is right unless `corrupt` says otherwise. */
export function alterInFlight(world: World, id: number, segment: Segment, corrupt: boolean): Part {
  const delivery = found(world, id);
  replace(world, delivery, { ...delivery, segment, corrupt });
  return told(delivery, `is now ${printSegment(segment)}, window ${segment.wnd}`);
}

function told(delivery: Delivery, what: string): Part {
  const { id, from, to, segment } = delivery;
  const why = () => `#${id} ${from} -> ${to} ${printSegment(segment)} ${what}`;
  return only(rules.EDIT_SEGMENT, why);
}

function found(world: World, id: number): Delivery {
  const delivery = findDelivery(world, id);
  assert(delivery !== undefined, () => `no segment #${id} is under way`);
  return delivery;
}

function replace(world: World, old: Delivery, delivery: Delivery): void {
  put(world, delivery, takeOut(world, old));
}

/** Puts a segment on its link, or back into the hold of this name if it does not go on. */
function put(world: World, delivery: Delivery, hold: string | undefined): void {
  if (hold === undefined || delivery.fate === 'deliver') putBack(world, delivery, delivery.id);
  else keep(world, hold, delivery);
}

/** The name of the hold in which a segment is; undefined for one on its link. */
function holdOf({ held }: World, id: number): string | undefined {
  return [...held.keys()].find((name) => held.get(name)?.some((one) => one.id === id));
}

/** Takes a segment off its link, or out of the hold whose name it gives back. */
function takeOut(world: World, taken: Delivery): string | undefined {
  const { id } = taken;
  const hold = holdOf(world, id);
  if (hold !== undefined) {
    const others = world.held.get(hold)?.filter((one) => one.id !== id) ?? [];
    world.held.set(hold, others);
    return hold;
  }
  const others = world.queue.filter(({ delivery }) => delivery.id !== id);
  world.queue.length = 0;
  for (const arrival of others) push(world.queue, arrival);
  routeOf(world, taken).way.underWay -= 1;
  return undefined;
}

function putBack(world: World, delivery: Delivery, serial: number): void {
  const at = delivery.arrivesAt ?? world.now;
  push(world.queue, { at, serial, delivery });
  routeOf(world, delivery).way.underWay += 1;
}

/** A serial that comes before all others. */
function first({ queue }: World): number {
  return queue.reduce((least, { serial }) => Math.min(least, serial), 0) - 1;
}

// Connections and hosts -------------------------------------------------------------------------

/** The connection's variables are others from now on. Its state stays. */
export function editConnection(world: World, ref: ConnectionRef, tcb: Tcb, text: string): Part {
  const host = hostOf(world, ref.host);
  const connection = host.connections.get(ref.id);
  assert(connection !== undefined, () => `${ref.host} has no connection ${ref.id}`);
  const before = connection.tcb;
  assert(before.state === tcb.state, () => `an edit leaves ${before.state} as it is`);
  giveConnection(host, tcb, nameOf(connection), world.now);
  const out = draft(ref.host, ref);
  addMicrostep(
    out,
    changed(rules.EDIT_VARIABLE, () => text, ref, before, tcb),
  );
  return out;
}

/** Other settings of a host; connections that it has keep theirs. */
export function giveSettings(world: World, name: string, settings: Partial<Settings>): void {
  const host = hostOf(world, name);
  world.hosts.set(name, { ...host, settings: { ...host.settings, ...settings } });
}

/** The initial sequence number of every connection that this host makes from now on. */
export function editIsn(world: World, name: string, iss: Seq): Part {
  giveSettings(world, name, { isn: { kind: 'fixed', values: [num(iss)] } });
  const why = () => `${name} takes ${num(iss)} for its next initial sequence numbers`;
  return only(rules.EDIT_VARIABLE, why, name);
}

/** The timer is due now. */
export function fireTimer(world: World, ref: ConnectionRef, timer: TimerName, text: string): Part {
  const tcb = hostOf(world, ref.host).connections.get(ref.id)?.tcb;
  assert(tcb !== undefined, () => `${ref.host} has no connection ${ref.id}`);
  const timers = editTimers(tcb.timers, { [timer]: world.now });
  return editConnection(world, ref, editTcb(tcb, { timers }), `${text}: it is due now`);
}

// Links -----------------------------------------------------------------------------------------

/** The link treats so what leaves from now on; what is under way is not concerned. */
export function editLink(world: World, a: string, b: string, settings: LinkSettings): Part {
  const link = linkBetween(world, a, b);
  for (const [key, one] of world.links) {
    if (one === link) world.links.set(key, { ...link, settings });
  }
  world.routes.clear();
  return only(rules.EDIT_LINK, () => `${link.a} -- ${link.b} is another from now on`);
}
