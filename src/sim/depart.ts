/** A segment leaves: the rules of its link decide, in order, whether and when it arrives. */

import { push } from '../base/heap.js';
import { printDuration, printInstant } from '../base/time.js';
import { datagramOctets } from '../tcp/datagram.js';
import type { Duration, Instant, RuleInfo } from '../tcp/rule.js';
import { detailNow, NO_EFFECTS, passed } from '../tcp/rule.js';
import { CHECKS, checkCut, describe, isSafe } from './checks.js';
import type { Delivery, Departure } from './delivery.js';
import type { Link, Way } from './link.js';
import { draw, transmission } from './link.js';
import * as rules from './rules.js';
import { addDeparture, addMicrostep, type Draft } from './step.js';
import type { Route, World } from './world.js';
import { routeOf } from './world.js';

/** Puts a segment on its link: adds what the link's rules said and the deliveries that came of it. `route`: to its destination. */
export function depart(
  world: World,
  departure: Departure,
  route: Route | undefined,
  out: Draft,
): void {
  if (route === undefined) {
    const why = () => `${describe(departure)}: nobody has the address ${departure.destination}`;
    note(out, rules.NO_ROUTE, why);
    addDeparture(out, delivery(world, departure, { fate: 'lose', rule: rules.NO_ROUTE }));
    return;
  }
  const { link, way } = route;
  const sent = occupy(world, departure, link, way);
  if (isSafe(world, departure, link)) {
    deliver(world, departure, { link, way, sent, corrupt: false }, out);
    return;
  }
  let corrupt = false;
  let late: Duration | undefined;
  let twice = false;
  for (const [rule, check] of CHECKS) {
    const ruling = check(departure, link, way, world);
    if (ruling === undefined) continue;
    note(out, rule, ruling.why);
    if (ruling.fate !== undefined) {
      const ended = delivery(world, departure, { fate: ruling.fate, rule, corrupt });
      if (ruling.hold !== undefined) keep(world, ruling.hold, ended);
      addDeparture(out, ended);
      return;
    }
    corrupt ||= ruling.corrupt ?? false;
    if (ruling.late !== undefined) late = (late ?? 0) + ruling.late;
    twice ||= ruling.twice ?? false;
  }
  const first = deliver(world, departure, { link, way, sent, late, corrupt }, out);
  if (!twice) return;
  const copy: Departure = { ...departure, kind: 'duplicate' };
  const sentAgain = occupy(world, copy, link, way);
  deliver(world, copy, { link, way, sent: sentAgain, late, corrupt, copyOf: first.id }, out);
}

/** A segment that was held goes on: nothing happens to it any more but a cut and its journey. */
export function goOn(world: World, held: Delivery, origin: number, out: Draft): void {
  const { from, to, source, destination, segment, sender, senderState, corrupt } = held;
  const kind = 'released';
  const departure: Departure = {
    ...{ from, to, source, destination, segment, sender, senderState, kind, origin },
  };
  const { link, way } = routeOf(world, held);
  const ruling = checkCut(departure, link);
  if (ruling !== undefined) {
    note(out, rules.CUT, ruling.why);
    const end = { fate: 'cut', rule: rules.CUT, copyOf: held.id, corrupt } as const;
    addDeparture(out, delivery(world, departure, end));
    return;
  }
  deliver(world, departure, { link, way, sent: world.now, corrupt, copyOf: held.id }, out);
}

/** The record of a rule that concerns no connection. */
export function note(out: Draft, rule: RuleInfo, why: () => string): void {
  addMicrostep(out, {
    rule,
    why,
    connection: undefined,
    before: undefined,
    after: undefined,
    effects: NO_EFFECTS,
  });
}

interface Journey {
  readonly link: Link;
  readonly way: Way;
  /** When its last bit has left. */
  readonly sent: Instant;
  readonly late?: Duration | undefined;
  readonly corrupt: boolean;
  readonly copyOf?: number;
}

/** Segments never overtake each other but where a rule made one late: arrivals are in the order of departure. */
function deliver(world: World, departure: Departure, journey: Journey, out: Draft): Delivery {
  const { link, way, sent, late, corrupt, copyOf } = journey;
  const { delay, jitter } = link.settings;
  const extra = jitter === 0 ? 0 : Math.floor(draw(way, 'jitter') * (jitter + 1));
  const alone = sent + delay + extra;
  const inPlace = Math.max(alone, way.lastArrival);
  const arrivesAt = inPlace + (late ?? 0);
  if (late === undefined) way.lastArrival = arrivesAt;
  if (isFull(world, departure, way, out)) {
    const lost = delivery(world, departure, { fate: 'lose', rule: rules.FULL, corrupt, copyOf });
    addDeparture(out, lost);
    return lost;
  }
  const end = { fate: 'deliver', rule: rules.DELIVER, arrivesAt, corrupt, copyOf } as const;
  const made = delivery(world, departure, end);
  const detail = detailNow();
  if (detail === 'places') addMicrostep(out, DELIVERED);
  else if (detail === 'all') {
    const held = inPlace > alone;
    noteArrival(out, departure, arrivesAt, {
      delay,
      waits: sent - world.now,
      jitter,
      extra,
      held,
      late,
    });
  }
  addDeparture(out, made);
  way.underWay += 1;
  push(world.queue, { at: arrivesAt, serial: made.id, delivery: made });
  return made;
}

/** That a segment arrives, where no numbers are recorded. */
const DELIVERED = passed(rules.DELIVER);

/** What an arrival's instant is made of. */
interface Parts {
  readonly delay: Duration;
  readonly waits: Duration;
  readonly jitter: Duration;
  readonly extra: Duration;
  readonly held: boolean;
  readonly late: Duration | undefined;
}

function noteArrival(out: Draft, departure: Departure, arrivesAt: Instant, parts: Parts): void {
  const { delay, waits, jitter, extra, held, late } = parts;
  note(out, rules.DELIVER, () => {
    const words = [`delay ${printDuration(delay)}`];
    if (waits > 0) words.push(`transmission ${printDuration(waits)}`);
    if (jitter > 0)
      words.push(`jitter ${printDuration(extra)} of at most ${printDuration(jitter)}`);
    if (held) words.push('not before the one ahead of it');
    if (late !== undefined) words.push(`${printDuration(late)} late`);
    return `${describe(departure)}: ${words.join(', ')}: arrives at ${printInstant(arrivesAt)}`;
  });
}

/** The limits of the simulation: the segment is lost, and the world ends with this step. */
function isFull(world: World, departure: Departure, way: Way, out: Draft): boolean {
  const { queue, link } = world.limits;
  const { from, to } = departure;
  const reason =
    way.underWay >= link
      ? `${link} segments are under way from ${from} to ${to}: that is the limit of one link`
      : world.queue.length >= queue
        ? `${queue} segments are under way: that is the limit of a run`
        : undefined;
  if (reason === undefined) return false;
  world.ended ??= reason;
  note(out, rules.FULL, () => `${describe(departure)}: ${reason}: lost, and the run ends here`);
  return true;
}

/** The transmitter sends one segment after the other: when the last bit of this one has left. */
function occupy(world: World, departure: Departure, { settings, cut }: Link, way: Way): Instant {
  if (settings.rate === undefined || cut) return world.now;
  const octets = datagramOctets(departure.segment, departure.destination);
  if (octets > settings.mtu) return world.now;
  way.freeAt = Math.max(way.freeAt, world.now) + transmission(octets, settings.rate);
  return way.freeAt;
}

function delivery(
  world: World,
  departure: Departure,
  end: {
    readonly fate: Delivery['fate'];
    readonly rule: RuleInfo;
    readonly arrivesAt?: Instant;
    readonly corrupt?: boolean;
    readonly copyOf?: number | undefined;
  },
): Delivery {
  const { from, to, source, destination, segment, kind, sender, senderState, origin } = departure;
  world.lastDelivery += 1;
  return {
    id: world.lastDelivery,
    from,
    to,
    source,
    destination,
    segment,
    sentAt: world.now,
    arrivesAt: end.arrivesAt,
    fate: end.fate,
    decidedBy: end.rule.id,
    kind,
    copyOf: end.copyOf,
    corrupt: end.corrupt ?? false,
    sender,
    senderState,
    origin,
  };
}

/** Keeps a segment back, behind those that are held under this name. */
export function keep(world: World, name: string, held: Delivery): void {
  world.held.set(name, [...(world.held.get(name) ?? []), held]);
}
