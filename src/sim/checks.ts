/** The rules of a link, in the order in which a departing segment meets them. */

import { printDuration } from '../base/time.js';
import { datagramOctets, LONGEST_HEADERS } from '../tcp/datagram.js';
import type { Duration, RuleInfo } from '../tcp/rule.js';
import { printSegment } from '../tcp/segment.js';
import type { Departure } from './delivery.js';
import type { Fault } from './fault.js';
import { takeFault } from './fault.js';
import type { Link, Way } from './link.js';
import { draw, percent } from './link.js';
import * as rules from './rules.js';
import type { World } from './world.js';

/** What one rule of the link says of a segment. Absent members leave things as they are. */
export interface Ruling {
  readonly why: () => string;
  /** The journey ends here. */
  readonly fate?: 'lose' | 'hold' | 'cut';
  /** The name of the hold. */
  readonly hold?: string;
  readonly corrupt?: true;
  /** Later by so much, and not in its place among the others. */
  readonly late?: Duration;
  readonly twice?: true;
}

type Check = (departure: Departure, link: Link, way: Way, world: World) => Ruling | undefined;

/** In the order in which they are asked. A rule that does not concern the segment leaves no record. */
export const CHECKS: readonly (readonly [RuleInfo, Check])[] = [
  [rules.CUT, checkCut],
  [rules.MTU, checkSize],
  [rules.LOSE, checkDrop],
  [rules.LOSE, checkLoss],
  [rules.CORRUPT, checkCorrupt],
  [rules.HOLD, checkHold],
  [rules.DELAY, checkDelay],
  [rules.REORDER, checkReorder],
  [rules.DUPLICATE, checkDuplicate],
  [rules.DUPLICATE, checkDoubling],
];

/** Whether no rule can concern the segment: nothing is armed, nothing left to chance, the link whole and wide enough. */
export function isSafe(world: World, { segment, destination }: Departure, link: Link): boolean {
  const { loss, duplicate, reorder, mtu } = link.settings;
  if (link.cut || world.faults.length > 0) return false;
  if (loss > 0 || duplicate > 0 || reorder > 0) return false;
  return (
    segment.data.length + LONGEST_HEADERS <= mtu || datagramOctets(segment, destination) <= mtu
  );
}

/** `client -> server <SEQ=100><CTL=SYN>`. */
export function describe({ from, to, segment }: Departure): string {
  return `${from} -> ${to} ${printSegment(segment)}`;
}

export function checkCut(departure: Departure, link: Link): Ruling | undefined {
  if (!link.cut) return undefined;
  return { fate: 'cut', why: () => `${describe(departure)}: ${link.a} -- ${link.b} is cut: lost` };
}

function checkSize(departure: Departure, link: Link): Ruling | undefined {
  const { mtu } = link.settings;
  const octets = datagramOctets(departure.segment, departure.destination);
  if (octets <= mtu) return undefined;
  const why = () =>
    `${describe(departure)}: a datagram of ${octets} octets > MTU ${mtu}, and nobody fragments it: lost`;
  return { fate: 'lose', why };
}

function checkDrop(departure: Departure, _link: Link, _way: Way, world: World): Ruling | undefined {
  const taken = take(world, 'drop', departure);
  return taken && { fate: 'lose', why: () => `${describe(departure)}: ${taken.text}: lost` };
}

function checkLoss(departure: Departure, { settings }: Link, way: Way): Ruling | undefined {
  const rolled = roll(way, 'loss', settings.loss);
  if (rolled === undefined) return undefined;
  const why = () => `${describe(departure)}: ${rolled.text()}: ${rolled.hit ? 'lost' : 'goes on'}`;
  return rolled.hit ? { fate: 'lose', why } : { why };
}

function checkCorrupt(
  departure: Departure,
  _link: Link,
  _way: Way,
  world: World,
): Ruling | undefined {
  const taken = take(world, 'corrupt', departure);
  return taken && { corrupt: true, why: () => `${describe(departure)}: ${taken.text}: damaged` };
}

function checkHold(departure: Departure, _link: Link, _way: Way, world: World): Ruling | undefined {
  const taken = take(world, 'hold', departure);
  if (taken === undefined) return undefined;
  const why = () => `${describe(departure)}: ${taken.text}: kept back as ${taken.name}`;
  return { fate: 'hold', hold: taken.name, why };
}

function checkDelay(
  departure: Departure,
  _link: Link,
  _way: Way,
  world: World,
): Ruling | undefined {
  const taken = take(world, 'delay', departure);
  if (taken === undefined) return undefined;
  const why = () =>
    `${describe(departure)}: ${taken.text}: ${printDuration(taken.by)} late, others may overtake`;
  return { late: taken.by, why };
}

/** A reordered segment takes up to twice as long as the link's delay, and does not keep others waiting. */
function checkReorder(departure: Departure, { settings }: Link, way: Way): Ruling | undefined {
  const rolled = roll(way, 'reorder', settings.reorder);
  if (rolled === undefined) return undefined;
  if (!rolled.hit)
    return { why: () => `${describe(departure)}: ${rolled.text()}: keeps its place` };
  const late = 1 + Math.floor(draw(way, 'reorder') * Math.max(settings.delay, 1_000));
  const why = () =>
    `${describe(departure)}: ${rolled.text()}: ${printDuration(late)} late, others may overtake`;
  return { late, why };
}

function checkDuplicate(
  departure: Departure,
  _link: Link,
  _way: Way,
  world: World,
): Ruling | undefined {
  const taken = take(world, 'duplicate', departure);
  return taken && { twice: true, why: () => `${describe(departure)}: ${taken.text}: sent twice` };
}

function checkDoubling(departure: Departure, { settings }: Link, way: Way): Ruling | undefined {
  const rolled = roll(way, 'duplicate', settings.duplicate);
  if (rolled === undefined) return undefined;
  const end = rolled.hit ? 'arrives twice' : 'arrives once';
  const why = () => `${describe(departure)}: ${rolled.text()}: ${end}`;
  return rolled.hit ? { twice: true, why } : { why };
}

function take<Kind extends Fault['kind']>(world: World, kind: Kind, departure: Departure) {
  if (world.faults.length === 0) return undefined;
  const taken = takeFault(world.faults, kind, departure);
  if (taken !== undefined) world.faults = taken.left;
  return taken?.fault;
}

/** `loss 1 %: drew 0.004 < 0.010`. Nothing is drawn where nothing is at stake. */
function roll(way: Way, chance: 'loss' | 'duplicate' | 'reorder', fraction: number) {
  if (fraction <= 0) return undefined;
  const drawn = draw(way, chance);
  const hit = drawn < fraction;
  const text = () =>
    `${chance} ${percent(fraction)} %: drew ${drawn.toFixed(6)} ${hit ? '<' : '>='} ${fraction}`;
  return { hit, text };
}
