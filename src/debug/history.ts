/**
 * What is known of every step of the record, in a few octets a step: whose event it was, transitions, births of connections, when
 * statements were reached. Made as the record grows, so that nobody walks through it at a stop.
 */

import { countWhile } from '../base/bisect.js';
import { type Column, countUpTo, createColumn } from '../base/column.js';
import { comparePlaces, createPlaces, type Places } from '../run/places.js';
import type { RunState } from '../run/state.js';
import type { Place, Step } from '../sim/step.js';
import type { Observer } from '../sim/timeline.js';
import { type ConnectionRef, type Instant, moveOf } from '../tcp/rule.js';
import { createLives, type Lives, NEVER } from './lives.js';

export interface History extends Observer<RunState> {
  /** When connections were made and deleted. */
  readonly lives: Lives;
  /** The host's state changes at or before `place`, newest first, from the `start`-th on, at most `count`. */
  readonly transitions: (
    host: string,
    place: Place,
    start: number,
    count: number,
  ) => readonly Place[];
  readonly transitionCount: (host: string, place: Place) => number;
  /** The last step at or before `place` that was the host's event. */
  readonly lastEvent: (host: string, place: Place) => number | undefined;
  /** What a connection was called when it was first spoken of; undefined before. */
  readonly nameOf: (connection: ConnectionRef) => string | undefined;
  /** The last step at or before `step` in which the script reached a statement. */
  readonly begun: (statement: number, step: number) => number | undefined;
  /** When the script reached a statement: how often, and each time, counted from 0. */
  readonly reached: (statement: number) => Times;
}

export interface Reached {
  readonly step: number;
  readonly at: Instant;
}

export interface Times {
  readonly count: number;
  readonly at: (n: number) => Reached;
  /** How many of them are at or before a step. */
  readonly upTo: (step: number) => number;
}

const NOT_REACHED: Times = {
  count: 0,
  at: () => ({ step: -1, at: 0 }),
  upTo: () => 0,
};

interface Births {
  /** By the connection's id: the step of its birth, and its n where it is called `cn`. */
  readonly steps: Column;
  readonly numbers: Column;
  /** Other names, by id. */
  readonly names: Map<number, string>;
}

interface Index {
  /** By step: the host's number in `hosts`, from 1; 0 for nobody. */
  readonly owners: Column;
  readonly hosts: Map<string, number>;
  readonly transitions: Map<string, Places>;
  readonly births: Map<string, Births>;
  /** By statement. */
  readonly statements: Map<number, { readonly steps: Column; readonly times: Column }>;
}

export function createHistory(): History {
  const index: Index = {
    owners: createColumn(Uint16Array),
    hosts: new Map(),
    transitions: new Map(),
    births: new Map(),
    statements: new Map(),
  };
  const lives = createLives();
  return {
    lives,
    note: (step, after) => {
      note(index, step, after);
      lives.note(step);
    },
    forget: (from) => {
      forget(index, from);
      lives.forget(from);
    },
    transitionCount: (host, place) => transitionCount(index, host, place),
    transitions: (host, place, start, count) => transitions(index, host, place, start, count),
    lastEvent: (host, place) => lastEvent(index, host, place),
    nameOf: (ref) => nameOf(index, ref),
    begun: (statement, step) => {
      const steps = index.statements.get(statement)?.steps;
      const count = steps === undefined ? 0 : countUpTo(steps, step);
      return count === 0 ? undefined : steps?.at(count - 1);
    },
    reached: (statement) => {
      const { steps, times } = index.statements.get(statement) ?? {};
      if (steps === undefined || times === undefined) return NOT_REACHED;
      return {
        count: steps.length(),
        at: (n) => ({ step: steps.at(n), at: times.at(n) }),
        upTo: (step) => countUpTo(steps, step),
      };
    },
  };
}

/** The value of a key; made when there is none. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

// As the record grows ---------------------------------------------------------------------------

function note(index: Index, step: Step, after: RunState): void {
  const { owners, hosts } = index;
  const { host, cause, microsteps } = step;
  owners.push(host === undefined ? 0 : entry(hosts, host, () => hosts.size + 1));
  if (cause.kind === 'statement') noteStatement(index, step, cause.statement);
  for (let k = 0; k < microsteps.length; k++) {
    const microstep = microsteps[k] as Step['microsteps'][number];
    noteBirth(index, microstep.connection, step.index, after);
    if (moveOf(microstep) === undefined) continue;
    const owner = microstep.connection?.host ?? host;
    if (owner !== undefined) noteTransition(index, owner, step.index, k);
  }
}

function noteStatement({ statements }: Index, { index, at }: Step, statement: number): void {
  const { steps, times } = entry(statements, statement, () => ({
    steps: createColumn(Uint32Array),
    times: createColumn(Float64Array),
  }));
  steps.push(index);
  times.push(at);
}

function noteTransition({ transitions }: Index, host: string, step: number, k: number): void {
  const { steps, microsteps } = entry(transitions, host, createPlaces);
  steps.push(step);
  microsteps.push(k);
}

function noteBirth(
  { births }: Index,
  ref: ConnectionRef | undefined,
  step: number,
  { world }: RunState,
): void {
  if (ref === undefined) return;
  const { steps, numbers, names } = entry(births, ref.host, () => ({
    steps: createColumn(Uint32Array),
    numbers: createColumn(Uint32Array),
    names: new Map(),
  }));
  if (ref.id < steps.length() && steps.at(ref.id) !== NEVER) return;
  while (steps.length() <= ref.id) {
    steps.push(NEVER);
    numbers.push(0);
  }
  const host = world.hosts.get(ref.host);
  const found = host?.connections.get(ref.id) ?? host?.latest;
  const called = found?.ref.id === ref.id ? found.called : ref.id;
  steps.put(ref.id, step);
  if (typeof called === 'number') numbers.put(ref.id, called);
  else names.set(ref.id, called);
}

function forget({ owners, transitions, births, statements }: Index, from: number): void {
  owners.cut(from);
  for (const { steps, microsteps } of transitions.values()) {
    steps.cut(countUpTo(steps, from - 1));
    microsteps.cut(steps.length());
  }
  for (const { steps, times } of statements.values()) {
    steps.cut(countUpTo(steps, from - 1));
    times.cut(steps.length());
  }
  for (const { steps, numbers, names } of births.values()) {
    let length = steps.length();
    for (; length > 0 && steps.at(length - 1) >= from; length--) names.delete(length - 1);
    steps.cut(length);
    numbers.cut(length);
  }
}

// What is asked of it ---------------------------------------------------------------------------

function transitionCount({ transitions }: Index, host: string, place: Place): number {
  const places = transitions.get(host);
  if (places === undefined) return 0;
  const at = placeAt(places);
  return countWhile(places.steps.length(), (i) => comparePlaces(at(i), place) <= 0);
}

function placeAt({ steps, microsteps }: Places): (i: number) => Place {
  return (i) => ({ step: steps.at(i), microstep: microsteps.at(i) });
}

function transitions(
  index: Index,
  host: string,
  place: Place,
  start: number,
  count: number,
): readonly Place[] {
  const places = index.transitions.get(host);
  if (places === undefined) return [];
  const last = transitionCount(index, host, place) - start;
  const length = Math.max(0, Math.min(count, last));
  const at = placeAt(places);
  return Array.from({ length }, (_, i) => at(last - 1 - i));
}

function lastEvent({ owners, hosts }: Index, host: string, place: Place): number | undefined {
  const wanted = hosts.get(host);
  if (wanted === undefined) return undefined;
  const before = place.microstep < 0 ? place.step - 1 : place.step;
  let step = Math.min(before, owners.length() - 1);
  while (step >= 0 && owners.at(step) !== wanted) step -= 1;
  return step < 0 ? undefined : step;
}

function nameOf({ births }: Index, { host, id }: ConnectionRef): string | undefined {
  const known = births.get(host);
  if (known === undefined || id >= known.steps.length() || known.steps.at(id) === NEVER) {
    return undefined;
  }
  return known.names.get(id) ?? `c${known.numbers.at(id)}`;
}
