/** What changed: in this event up to its last check, or at a statement since the one before it. */

import { comparePlaces } from '../run/places.js';
import type { Run } from '../run/run.js';
import type { Place } from '../sim/step.js';
import type { ConnectionRef, Microstep } from '../tcp/rule.js';
import type { Tcb } from '../tcp/tcb.js';
import { type Item, named } from './items.js';
import { entryByRef, type Moment } from './moment.js';
import { changedItems, tcbSummary } from './tcb-items.js';

export interface Change {
  readonly ref: ConnectionRef;
  /** Undefined: the connection was made. */
  readonly before: Tcb | undefined;
  after: Tcb | undefined;
}

export interface Changes {
  readonly all: readonly Change[];
  readonly get: (ref: ConnectionRef) => Change | undefined;
}

/** How far back the search for the last statement goes: what is shown is what one step changed. */
const SPAN = 1000;

/** The last answer for each run: requests at one stop ask for the same. */
const known = new WeakMap<
  Run,
  { readonly place: Place; readonly forks: unknown; readonly changes: Changes }
>();

/** The connections that changed, each as it was before and is now. */
export function changesAt(moment: Moment): Changes {
  const { run, place } = moment;
  const forks = run.timeline.forks();
  const last = known.get(run);
  if (last?.forks === forks && comparePlaces(last.place, place) === 0) return last.changes;
  const changes = changesOf(recent(moment));
  known.set(run, { place, forks, changes });
  return changes;
}

/** The variables that changed, those of one connection flat, those of several under its name. */
export function changedIn(moment: Moment, host: string | undefined): readonly Item[] {
  const { all } = changesAt(moment);
  const shown = all.filter(({ ref }) => host === undefined || ref.host === host);
  return shown.flatMap(({ ref, before, after }) => {
    const name = entryByRef(moment, ref)?.name ?? `c${ref.id}`;
    const owner = `${ref.host}.${name}`;
    if (!after) return [];
    if (!before) return [{ name: owner, value: `new: ${tcbSummary(after)}` }];
    const items = changedItems(before, after, owner);
    if (shown.length === 1 || items.length === 0) return items;
    return [
      { name: owner, value: items.map((item) => item.name).join(', '), children: named(items) },
    ];
  });
}

function recent({ run, place, step }: Moment): readonly Microstep[] {
  if (step && place.microstep >= 0) return step.microsteps.slice(0, place.microstep + 1);
  let from = place.step;
  while (from > 0 && place.step - from < SPAN) {
    from--;
    if (run.timeline.step(from).cause.kind === 'statement') break;
  }
  const microsteps: Microstep[] = [];
  for (let i = from; i < place.step; i++) microsteps.push(...run.timeline.step(i).microsteps);
  return microsteps;
}

function changesOf(microsteps: readonly Microstep[]): Changes {
  const changes = new Map<string, Change>();
  const key = ({ host, id }: ConnectionRef) => `${host}#${id}`;
  for (const { connection, before, after } of microsteps) {
    if (!connection || before === after) continue;
    const one = changes.get(key(connection));
    if (one) one.after = after;
    else changes.set(key(connection), { ref: connection, before, after });
  }
  return { all: [...changes.values()], get: (ref) => changes.get(key(ref)) };
}
