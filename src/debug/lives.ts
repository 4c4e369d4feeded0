/** When the entries of connection tables came and went: an index that grows with the record, a few octets an entry. */

import { countWhile } from '../base/bisect.js';
import { type Column, createColumn } from '../base/column.js';
import { comparePlaces, createPlaces, type Places } from '../run/places.js';
import type { Place, Step } from '../sim/step.js';
import type { ConnectionRef, Microstep } from '../tcp/rule.js';

export interface Lives {
  /** The place at which an entry was made: its first state change, or the beginning of the step that first speaks of it. */
  readonly created: (connection: ConnectionRef) => Place | undefined;
  /** The place at which it was deleted, if that is recorded. */
  readonly deleted: (connection: ConnectionRef) => Place | undefined;
  /** How many of the host's entries were deleted at or before `place`. */
  readonly goneCount: (host: string, place: Place) => number;
  /** Those, the last one first, from the `start`-th on, at most `count`. */
  readonly gone: (
    host: string,
    place: Place,
    start: number,
    count: number,
  ) => readonly ConnectionRef[];
  readonly note: (step: Step) => void;
  /** Steps from `index` on are others now. */
  readonly forget: (index: number) => void;
}

interface HostLives {
  /** By an entry's id. */
  readonly births: Places;
  readonly deaths: Places;
  /** Ids, in the order in which the entries were deleted. */
  readonly gone: Column;
}

/** In a column of steps: none. */
export const NEVER = 0xffff_ffff;

export function createLives(): Lives {
  const hosts = new Map<string, HostLives>();
  const placeIn = (which: 'births' | 'deaths', { host, id }: ConnectionRef) => {
    const places = hosts.get(host)?.[which];
    return places && placeAt(places, id);
  };
  return {
    created: (ref) => placeIn('births', ref),
    deleted: (ref) => placeIn('deaths', ref),
    goneCount: (host, place) => goneCount(hosts.get(host), place),
    gone: (host, place, start, count) => {
      const lives = hosts.get(host);
      if (lives === undefined) return [];
      const last = goneCount(lives, place) - start;
      const length = Math.max(0, Math.min(count, last));
      return Array.from({ length }, (_, i) => ({ host, id: lives.gone.at(last - 1 - i) }));
    },
    note: ({ index, microsteps }) => {
      let unmade = NOBODY;
      for (let k = 0; k < microsteps.length; k++) {
        unmade = note(hosts, microsteps[k] as Microstep, { step: index, microstep: k }, unmade);
      }
    },
    forget: (from) => {
      for (const lives of hosts.values()) forget(lives, from);
    },
  };
}

/** Ids of entries that checks speak of already, before the rule that makes them. */
type Unmade = readonly number[];
const NOBODY: Unmade = [];

/** Gives the ids that are still unmade after this microstep. */
function note(
  hosts: Map<string, HostLives>,
  microstep: Microstep,
  place: Place,
  unmade: Unmade,
): Unmade {
  const { connection } = microstep;
  if (connection === undefined) return unmade;
  const known = hosts.get(connection.host);
  const { births, deaths, gone } = known ?? {
    births: createPlaces(),
    deaths: createPlaces(),
    gone: createColumn(Uint32Array),
  };
  if (known === undefined) hosts.set(connection.host, { births, deaths, gone });
  const { id } = connection;
  const isNew = births.steps.length() <= id || births.steps.at(id) === NEVER;
  const moves = isMove(microstep);
  let left = unmade;
  if (isNew || (moves && unmade.includes(id))) {
    // Which check spoke of it first is not recorded of a run that nobody watched.
    put(births, id, moves ? place : { ...place, microstep: 0 });
    left = moves ? unmade.filter((other) => other !== id) : [...unmade, id];
  }
  if (moves && isDeletion(microstep) && placeAt(deaths, id) === undefined) {
    put(deaths, id, place);
    gone.push(id);
  }
  return left;
}

function isMove({ before, after }: Microstep): boolean {
  return before?.state !== after?.state;
}

/** An entry goes when its connection is closed, or when a listener's child comes to nothing (§3.10.7.4, second check). */
export function isDeletion({ before, after }: Microstep): boolean {
  if (before === undefined || before.state === after?.state) return false;
  return after?.state === 'CLOSED' || (before.state === 'SYN_RCVD' && after?.state === 'LISTEN');
}

function placeAt({ steps, microsteps }: Places, id: number): Place | undefined {
  if (id >= steps.length() || steps.at(id) === NEVER) return undefined;
  return { step: steps.at(id), microstep: microsteps.at(id) };
}

function put({ steps, microsteps }: Places, id: number, place: Place): void {
  while (steps.length() <= id) {
    steps.push(NEVER);
    microsteps.push(0);
  }
  steps.put(id, place.step);
  microsteps.put(id, place.microstep);
}

function goneCount(lives: HostLives | undefined, place: Place): number {
  if (lives === undefined) return 0;
  const { gone, deaths } = lives;
  const isGone = (i: number) => comparePlaces(placeAt(deaths, gone.at(i)) as Place, place) <= 0;
  return countWhile(gone.length(), isGone);
}

function forget({ births, deaths, gone }: HostLives, from: number): void {
  let last = gone.length();
  for (; last > 0 && deaths.steps.at(gone.at(last - 1)) >= from; last--) {
    deaths.steps.put(gone.at(last - 1), NEVER);
  }
  gone.cut(last);
  // Ids rise with time: the entries made since are the last ones.
  let length = births.steps.length();
  while (length > 0 && births.steps.at(length - 1) >= from) length--;
  for (const { steps, microsteps } of [births, deaths]) {
    steps.cut(length);
    microsteps.cut(length);
  }
}
