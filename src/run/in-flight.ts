/** Segments under way, as statements speak of them: found by what they are like, met by a fault now, made into others. */

import { OPTION_FIELDS } from '../lang/keywords.js';
import type { OperationOf } from '../lang/program.js';
import { quoteOctets } from '../lang/text.js';
import type { Delivery } from '../sim/delivery.js';
import * as edits from '../sim/edits.js';
import type { Part } from '../sim/step.js';
import type { World } from '../sim/world.js';
import { printCodepoint } from '../tcp/ecn/ip.js';
import type { Duration } from '../tcp/rule.js';
import { ACK, has, printCtl, type Segment } from '../tcp/segment.js';
import { num } from '../tcp/seq.js';
import type { Problem } from './environment.js';
import { matches, sameCtl, type Wanted } from './pattern.js';
import { sameOctets } from './values.js';

/** All that are under way, in the order in which they arrive, then those that are held. */
export function underWay(world: World): readonly Delivery[] {
  const moving = [...world.queue].sort((a, b) => a.at - b.at || a.serial - b.serial);
  return [...moving.map(({ delivery }) => delivery), ...[...world.held.values()].flat()];
}

/** `count` of those that are like the pattern, from the `nth` (from 1) on. */
export function findUnderWay(
  world: World,
  wanted: Wanted,
  nth: number,
  count = 1,
): readonly Delivery[] | Problem {
  const alike = underWay(world).filter(
    ({ from, to, segment }) => from === wanted.from && to === wanted.to && matches(wanted, segment),
  );
  const found = alike.slice(nth - 1, nth - 1 + count);
  if (found.length === count) return found;
  const message =
    alike.length === 0
      ? 'No such segment is under way.'
      : `Of such segments only ${alike.length} ${alike.length === 1 ? 'is' : 'are'} under way.`;
  return { kind: 'problem', message, range: NO_RANGE };
}

const NO_RANGE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** What a fault does to one that is under way. */
export type Fate = OperationOf<'fault'>['fault'];

/** The fault befalls it now. `by`: how much later, of `delay`; `as`: the name that `release` takes, of `hold`. */
export function meetNow(
  world: World,
  id: number,
  fate: Fate,
  { by, as }: { readonly by: Duration; readonly as: string },
): Part {
  switch (fate) {
    case 'drop':
      return edits.dropInFlight(world, id);
    case 'duplicate':
      return edits.duplicateInFlight(world, id);
    case 'delay':
      return edits.delayInFlight(world, id, by);
    case 'corrupt':
      return edits.corruptInFlight(world, id);
    case 'hold':
      return edits.holdInFlight(world, id, as);
  }
}

/** What was done to several, as one part. */
export function together(parts: readonly Part[]): Part {
  return {
    microsteps: parts.flatMap(({ microsteps }) => microsteps),
    departures: parts.flatMap(({ departures }) => departures),
    ended: parts.flatMap(({ ended = [] }) => ended),
  };
}

// As statements ---------------------------------------------------------------------------------

/** `client -> server SYN seq=100`, with ` nth 2` where another that reads the same comes before it. */
export function spokenOf(world: World, id: number): string | undefined {
  const found = edits.findDelivery(world, id);
  return found && spoken(underWay(world), found);
}

function spoken(all: readonly Delivery[], delivery: Delivery): string {
  const { from, to, segment } = delivery;
  const ack = has(segment, ACK) ? ` ack=${num(segment.ack)}` : '';
  const before = all
    .slice(
      0,
      all.findIndex(({ id }) => id === delivery.id),
    )
    .filter((one) => one.from === from && one.to === to && isAlike(segment, one.segment));
  const nth = before.length === 0 ? '' : ` nth ${before.length + 1}`;
  return `${from} -> ${to} ${printCtl(segment.ctl)} seq=${num(segment.seq)}${ack}${nth}`;
}

/** Whether the pattern that one segment is spoken of by fits another, too. */
function isAlike(segment: Segment, other: Segment): boolean {
  const sameAck = !has(segment, ACK) || other.ack === segment.ack;
  return sameCtl(segment.ctl, other.ctl) && other.seq === segment.seq && sameAck;
}

/** The statement by which a fault befalls it now: `delay A -> B SYN seq=100 by 1s now nth 2`. */
export function fateStatement(world: World, id: number, fate: Fate, by?: string): string {
  return befalling(fate, spokenOf(world, id) ?? '', by);
}

/** The same of one that is spoken of so: what the fault adds stands before `nth`. */
function befalling(fate: Fate, spokenOf: string, by?: string): string {
  const [pattern, nth] = spokenOf.split(' nth ');
  const late = by === undefined ? '' : ` by ${by}`;
  return `${fate} ${pattern}${late} now${nth === undefined ? '' : ` nth ${nth}`}`;
}

/** Statements that make a segment under way another; undefined where no statement can. */
export function alteration(
  world: World,
  id: number,
  segment: Segment,
  corrupt: boolean,
): string | undefined {
  const was = edits.findDelivery(world, id);
  const changes = was && changesBetween(was.segment, segment);
  if (was === undefined || changes === undefined) return undefined;
  const all = underWay(world);
  const lines = [`set ${spoken(all, was)} ${changes}`];
  if (!corrupt) return lines.join('\n');
  const now = all.map((one) => (one.id === id ? { ...one, segment } : one));
  return [...lines, befalling('corrupt', spoken(now, { ...was, segment }))].join('\n');
}

/** `with seq=7 win=5 without ts`; undefined where something else differs. */
function changesBetween(old: Segment, now: Segment): string | undefined {
  const options = optionChanges(old, now);
  if (options === undefined) return undefined;
  const ackWritten = has(now, ACK) && old.ack !== now.ack;
  const changes = [
    ...(old.ctl === now.ctl ? [] : [printCtl(now.ctl)]),
    ...(old.sourcePort === now.sourcePort ? [] : [`from ${now.sourcePort}`]),
    ...(old.destinationPort === now.destinationPort ? [] : [`to ${now.destinationPort}`]),
    ...(old.seq === now.seq ? [] : [`seq=${num(now.seq)}`]),
    ...(ackWritten ? [`ack=${num(now.ack)}`] : []),
    ...(old.wnd === now.wnd ? [] : [`win=${now.wnd}`]),
    ...(old.up === now.up ? [] : [`up=${now.up}`]),
    ...(old.ecn === now.ecn ? [] : [`ecn=${printCodepoint(now.ecn).toLowerCase()}`]),
    ...(sameOctets(old.data, now.data) ? [] : [`data=${quoteOctets(now.data)}`]),
    ...options.set,
  ];
  const gone = options.gone.length === 0 ? [] : [`without ${options.gone.join(',')}`];
  // Setting anything makes the checksum right: so does what sets nothing.
  const set = changes.length > 0 || gone.length > 0 ? changes : [`seq=${num(now.seq)}`];
  return [...(set.length > 0 ? [`with ${set.join(' ')}`] : []), ...gone].join(' ');
}

/** The options that are others, as fields, and the names of those that are gone. */
function optionChanges(
  { options: old }: Segment,
  { options: now }: Segment,
): { readonly set: readonly string[]; readonly gone: readonly string[] } | undefined {
  const set: string[] = [];
  const gone: string[] = [];
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)]) as Set<keyof typeof now>) {
    if (JSON.stringify(old[key]) === JSON.stringify(now[key])) continue;
    const [name] = Object.entries(OPTION_FIELDS).find(([, option]) => option === key) ?? [];
    if (name === undefined) return undefined;
    if (now[key] === undefined) gone.push(name);
    else set.push(optionText(name, now));
  }
  return { set, gone };
}

function optionText(name: string, options: Segment['options']): string {
  const { mss, windowScale, timestamps, userTimeout, fastOpen, accurateEcn } = options;
  switch (name) {
    case 'mss':
      return `mss=${mss}`;
    case 'wscale':
      return `wscale=${windowScale}`;
    case 'ts':
      return `ts=${timestamps?.val}:${timestamps?.ecr}`;
    case 'uto':
      return `uto=${userTimeout}`;
    case 'accecn0':
      return `accecn${accurateEcn?.order}=${accurateEcn?.fields.join(':')}`;
    case 'fo':
      return `${fastOpen?.experimental ? 'foexp' : 'fo'}="${fastOpen?.cookie}"`;
    default:
      return name;
  }
}
