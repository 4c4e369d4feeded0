/** A host's connection table as variables: who is in it, who was, and by which rule they came and went. */

import { printInstant } from '../base/time.js';
import type { Run } from '../run/run.js';
import type { Place } from '../sim/step.js';
import type { ConnectionRef, Microstep } from '../tcp/rule.js';
import { headingOf } from '../tcp/rules.js';
import type { TableSource } from '../views/tables.js';
import { changesAt } from './changes.js';
import type { History } from './history.js';
import { type Item, keyed, named, namedUncounted } from './items.js';
import type { Lives } from './lives.js';
import type { Entry, Moment } from './moment.js';
import { createProofs, type FindProofs } from './proofs.js';
import { type Group, type Table, tableAt } from './table.js';
import { tcbSummary, tcbTree } from './tcb-items.js';

/** What tells of the past of a run's connections. */
export interface Past {
  readonly lives: Lives;
  readonly nameOf: (connection: ConnectionRef) => string;
  /** Where sides of connections came to know what they know. */
  readonly proofs: FindProofs;
}

/** The past of a run's connections, as far as it is recorded. */
export function pastOf({ lives, nameOf }: History, { timeline }: Run): Past {
  return {
    lives,
    nameOf: (ref) => nameOf(ref) ?? `c${ref.id}`,
    proofs: createProofs(timeline, lives.created),
  };
}

/** A host's table at a moment, as the views read it. */
export function tableSource(
  moment: Moment,
  host: string,
  { lives, nameOf, proofs }: Past,
): TableSource {
  return {
    ...tableAt(moment, host),
    created: lives.created,
    deleted: lives.deleted,
    goneCount: lives.goneCount(host, moment.place),
    gone: (start, count) => lives.gone(host, moment.place, start, count),
    nameOf,
    proofs,
  };
}

/** The host's entries in groups: listening, half-open, complete; and those that are gone, the last one first. */
export function tableItems(moment: Moment, host: string, past: Past): readonly Item[] {
  const table = tableAt(moment, host);
  const group = (name: string, of: Group): Item => groupItem(moment, table, past, name, of);
  return [
    group('listening', table.listeners),
    group('half-open', table.halfOpen),
    group('complete', table.complete),
    ...(table.closing.size > 0 ? [group('being deleted', table.closing)] : []),
    goneItem(moment, host, past),
  ];
}

function groupItem(moment: Moment, table: Table, past: Past, name: string, group: Group): Item {
  const { size, slice } = group;
  if (size === 0) return { name, value: 'none' };
  const [first] = size === 1 ? slice(0, 1) : [];
  const item = (entry: Entry) => connectionItem(moment, entry, past);
  const find = (wanted: string) => {
    const entry = table.find(wanted);
    return entry && item(entry);
  };
  return {
    name,
    value: first ? `1: ${tcbSummary(first.tcb)}` : `${size}`,
    children: keyed(size, (start, end) => slice(start, end).map(item), find),
  };
}

/** A connection as one variable. */
export function connectionItem(moment: Moment, entry: Entry, past: Past): Item {
  const { ref, name, tcb } = entry;
  const owner = `${ref.host}.${name}`;
  const before = changesAt(moment).get(ref)?.before;
  const created = past.lives.created(ref);
  return {
    name,
    value: tcbSummary(tcb),
    type: 'connection',
    evaluateName: owner,
    ...(before && before.state !== tcb.state ? { was: tcbSummary(before) } : {}),
    children: namedUncounted(() => [
      ...tcbTree(tcb, moment.view.now, owner, before),
      ...(created ? [momentItem(moment, 'created', created)] : []),
    ]),
  };
}

/** When something happened, and the rule that did it: one can go there. The step may lie far back: nobody reads it who does not look. */
function momentItem({ run }: Moment, name: string, place: Place): Item {
  const value = () => {
    const step = run.timeline.step(place.step);
    const microstep = step.microsteps[place.microstep];
    const by = microstep ? ` by ${microstep.rule.id}: ${headingOf(microstep)}` : '';
    return `${printInstant(step.at)} s${by}`;
  };
  return { name, value, type: 'moment', moment: place };
}

/** Entries that were deleted by now. */
function goneItem(moment: Moment, host: string, past: Past): Item {
  const { lives } = past;
  const size = lives.goneCount(host, moment.place);
  if (size === 0) return { name: 'deleted', value: 'none so far' };
  const item = (ref: ConnectionRef) => pastItem(moment, ref, past);
  return {
    name: 'deleted',
    value: `${size} so far, the last one first`,
    children: keyed(
      size,
      (start, end) => lives.gone(host, moment.place, start, end - start).map(item),
      (name) => {
        const ref = refOf(host, name);
        return ref && lives.deleted(ref) ? item(ref) : undefined;
      },
    ),
  };
}

/** `c1 (entry 3)`: names may be used again, ids are not. */
function pastName(ref: ConnectionRef, past: Past): string {
  return `${past.nameOf(ref)} (entry ${ref.id})`;
}

function refOf(host: string, name: string): ConnectionRef | undefined {
  const [, id] = /\(entry (\d+)\)$/.exec(name) ?? [];
  return id === undefined ? undefined : { host, id: Number(id) };
}

/** An entry that is gone, as it was last. */
function pastItem(moment: Moment, ref: ConnectionRef, past: Past): Item {
  const { lives } = past;
  const [created, deleted] = [lives.created(ref), lives.deleted(ref)];
  const last = deleted && microstepAt(moment, deleted);
  const moments = [
    ...(created ? [momentItem(moment, 'created', created)] : []),
    ...(deleted ? [momentItem(moment, 'deleted', deleted)] : []),
  ];
  const tcb = last?.before;
  const until = deleted
    ? `, until ${printInstant(moment.run.timeline.step(deleted.step).at)} s`
    : '';
  const name = pastName(ref, past);
  if (tcb === undefined) return { name, value: `gone${until}`, children: named(moments) };
  const now = deleted ? moment.run.timeline.step(deleted.step).at : 0;
  return {
    name,
    value: `${tcbSummary(tcb)}${until}`,
    type: 'connection',
    ...(deleted ? { moment: deleted } : {}),
    children: named([...moments, ...tcbTree(tcb, now, undefined)]),
  };
}

function microstepAt({ run }: Moment, { step, microstep }: Place): Microstep | undefined {
  return run.timeline.step(step).microsteps[microstep];
}

/** The listeners, each with its two queues. */
export function queueItems(moment: Moment, host: string, past: Past): readonly Item[] {
  const table = tableAt(moment, host);
  const { listeners } = table;
  return listeners.slice(0, listeners.size).map((listener) => {
    const { tcb } = listener;
    const { halfOpen, waiting, backlog } = table.queuesOf(listener);
    const queue = (name: string, group: Group, limit: number): Item => ({
      ...groupItem(moment, table, past, name, group),
      value: `${group.size} of at most ${limit}`,
    });
    const queues = [
      queue('half-open', halfOpen, tcb.settings.synQueue),
      queue('waiting for accept', waiting, backlog),
    ];
    return {
      name: `port ${tcb.local.port}`,
      value: `${halfOpen.size} half-open, ${waiting.size} waiting for accept`,
      children: named(queues),
    };
  });
}
