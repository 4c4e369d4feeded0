/** A place of the record made ready to be shown: the step, the check, and the world as it stands there. */

import type { StateBefore } from '../run/look.js';
import type { Run } from '../run/run.js';
import { type RunState, TYPED } from '../run/state.js';
import { refKey, type View, viewOf, viewWithin } from '../run/view.js';
import type { Place, Step } from '../sim/step.js';
import type { Connection } from '../tcp/host/connection-table.js';
import { findConnection } from '../tcp/host/lookup.js';
import { nameOf } from '../tcp/host.js';
import type { ConnectionRef, Microstep } from '../tcp/rule.js';
import type { Tcb } from '../tcp/tcb.js';
import { isDeletion } from './lives.js';

/** To be made anew for each request: what it reads may change as the run goes on. */
export interface Moment {
  readonly run: Run;
  readonly place: Place;
  /** Undefined at the end of the run. */
  readonly step: Step | undefined;
  /** The rule that was just applied; undefined before the first one of a step. */
  readonly microstep: Microstep | undefined;
  readonly view: View;
  /** The run as it stood before the step, or after it once its last rule was applied. */
  readonly state: RunState;
}

/** An entry of a host's connection table as it stands at a moment. */
export interface Entry {
  readonly ref: ConnectionRef;
  readonly name: string;
  readonly tcb: Tcb;
  /** The listener that it came from. */
  readonly parent: number | undefined;
  readonly accepted: boolean;
}

/** `place` is recorded, or the end of the record. The cursor, which goes forward for the most part, comes by its states in passing. */
export function momentAt(
  run: Run,
  place: Place,
  stateBefore: StateBefore = run.timeline.stateBefore,
): Moment {
  const { timeline } = run;
  const step = place.step < timeline.length() ? timeline.step(place.step) : undefined;
  const microstep = step?.microsteps[place.microstep];
  if (step !== undefined && place.microstep === step.microsteps.length - 1) {
    const after = stateBefore(place.step + 1);
    return { run, place, step, microstep, view: viewOf(after.world), state: after };
  }
  const state = stateBefore(place.step);
  const view = step ? viewWithin(state.world, step, place.microstep) : viewOf(state.world);
  return { run, place, step, microstep, view, state };
}

/** Whose event it is: the host's name, or undefined for the network. */
export function focusOf({ step, run }: Moment): string | undefined {
  if (step === undefined) return undefined;
  return step.host ?? statementHost(run, step);
}

/** A statement without an event belongs to the host that it names first. */
function statementHost({ program, timeline }: Run, { cause, index }: Step): string | undefined {
  if (cause.kind !== 'statement' && cause.kind !== 'settled') return undefined;
  // One that was typed stands in no program: it waits until this step.
  const { statement } = cause;
  const typed = statement === TYPED ? timeline.stateBefore(index).typed?.instruction : undefined;
  const operation = (typed ?? program.instructions[statement])?.operation;
  switch (operation?.kind) {
    case 'call':
      return operation.subject.host;
    case 'inject':
    case 'segment':
      return operation.segment.from;
    case 'fact':
    case 'wait-until':
      return 'subject' in operation.fact ? operation.fact.subject?.host : undefined;
    case 'crash':
    case 'restart':
      return operation.host;
    default:
      return undefined;
  }
}

/** The delivery that arrives in this event, where the world does not know yet that it is no longer under way. */
export function arrivingAt({ step, place, view: { world } }: Moment): number | undefined {
  if (step?.cause.kind !== 'arrival' || place.microstep < 0) return undefined;
  const { id } = step.cause.delivery;
  return world.queue.some(({ delivery }) => delivery.id === id) ? id : undefined;
}

/** The connection that a host's variables are about: the event's own, else its latest, else its last listener. */
export function subjectAt(moment: Moment, host: string): Entry | undefined {
  const own = moment.step?.connection;
  if (own?.host === host && moment.place.microstep >= 0) {
    const entry = entryByRef(moment, own);
    if (entry) return entry;
  }
  const there = moment.view.world.hosts.get(host);
  if (there?.latest) return entryOf(moment, there.latest);
  return [...touchedAt(moment, host).values()].at(-1) ?? lastListener(moment, host);
}

export function entryByRef(moment: Moment, ref: ConnectionRef): Entry | undefined {
  const host = moment.view.world.hosts.get(ref.host);
  const known = host?.connections.get(ref.id);
  if (known) return entryOf(moment, known);
  if (host?.latest?.ref.id === ref.id) return entryOf(moment, host.latest);
  return unborn(moment, ref.host).find((entry) => entry.ref.id === ref.id);
}

/** The entry of this name: `c1`, or what `as` said. */
export function entryByName(moment: Moment, host: string, name: string): Entry | undefined {
  const there = moment.view.world.hosts.get(host);
  const known = there && findConnection(there, name);
  if (known) return entryOf(moment, known);
  if (there?.latest && nameOf(there.latest) === name) return entryOf(moment, there.latest);
  return unborn(moment, host).find((entry) => entry.name === name);
}

function lastListener(moment: Moment, host: string): Entry | undefined {
  const there = moment.view.world.hosts.get(host);
  const id = [...(there?.listeners.values() ?? [])].at(-1)?.at(-1);
  const listener = id === undefined ? undefined : there?.connections.get(id);
  return listener && entryOf(moment, listener);
}

/** A connection as it stands at the moment. */
export function entryOf(moment: Moment, connection: Connection | Entry): Entry {
  const { ref, parent, accepted } = connection;
  const name = 'called' in connection ? nameOf(connection) : connection.name;
  const tcb = moment.view.newer.get(refKey(ref)) ?? connection.tcb;
  return { ref, name, tcb, parent, accepted };
}

/** The host's latest connection and its last listener: those that are spoken of most. */
export function latestEntries(moment: Moment, host: string): readonly Entry[] {
  const { latest } = moment.view.world.hosts.get(host) ?? {};
  const listener = lastListener(moment, host);
  return [...(latest ? [entryOf(moment, latest)] : []), ...(listener ? [listener] : [])];
}

/** The host's entries that this event has touched so far, those that it made included, by id. */
export function touchedAt(moment: Moment, host: string): ReadonlyMap<number, Entry> {
  const touched = new Map<number, Entry>();
  const there = moment.view.world.hosts.get(host);
  for (const ref of refsSoFar(moment, host)) {
    const known = there?.connections.get(ref.id);
    if (known) touched.set(ref.id, entryOf(moment, known));
  }
  for (const entry of unborn(moment, host)) touched.set(entry.ref.id, entry);
  return touched;
}

/** Whom the checks of this event were about so far; none once the world has taken in all that it did. */
function refsSoFar({ view, step, place }: Moment, host: string): readonly ConnectionRef[] {
  if (view.newer.size === 0) return [];
  const made = step?.microsteps.slice(0, place.microstep + 1) ?? [];
  return made.flatMap(({ connection }) => (connection?.host === host ? [connection] : []));
}

/** Connections made earlier in this very step: the world before it does not know them yet. */
function unborn(moment: Moment, host: string): readonly Entry[] {
  const { view, step, run } = moment;
  const table = view.world.hosts.get(host);
  const refs = new Map<number, Tcb>();
  for (const microstep of step?.microsteps.slice(0, moment.place.microstep + 1) ?? []) {
    const { connection, after } = microstep;
    if (connection?.host !== host || after === undefined) continue;
    // Such as a listener's child that was reset: its state is LISTEN then.
    if (isDeletion(microstep)) refs.delete(connection.id);
    if (isDeletion(microstep) || after.state === 'CLOSED') continue;
    if (table?.connections.has(connection.id) || table?.latest?.ref.id === connection.id) continue;
    refs.set(connection.id, after);
  }
  if (refs.size === 0 || step === undefined) return [];
  const later = run.timeline.stateBefore(step.index + 1).world.hosts.get(host);
  return [...refs].map(([id, tcb]) => {
    const born = later?.connections.get(id) ?? later?.latest;
    const known = born?.ref.id === id ? born : undefined;
    const name = known === undefined ? `c${id}` : nameOf(known);
    return { ref: { host, id }, name, tcb, parent: known?.parent, accepted: false };
  });
}
