/** Which steps concerned a host, and its transitions in order: an index over the record, made as it grows. */

import { comparePlaces } from '../run/places.js';
import type { Place, Step } from '../sim/step.js';
import { type ConnectionRef, moveOf } from '../tcp/rule.js';

/** What is read of a timeline. */
interface Record {
  readonly length: () => number;
  readonly step: (index: number) => Step;
}

export interface History {
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
  /** The step in which a connection is first spoken of. */
  readonly firstStep: (connection: ConnectionRef) => number | undefined;
  /** Steps from `index` on are others now. */
  readonly forget: (index: number) => void;
}

interface HostIndex {
  readonly transitions: Place[];
  readonly events: number[];
  readonly births: Map<number, number>;
}

export function createHistory(record: Record): History {
  const hosts = new Map<string, HostIndex>();
  let scanned = 0;

  function indexOf(host: string): HostIndex {
    for (; scanned < record.length(); scanned++) note(record.step(scanned));
    return entry(host);
  }

  function entry(host: string): HostIndex {
    const known = hosts.get(host) ?? { transitions: [], events: [], births: new Map() };
    hosts.set(host, known);
    return known;
  }

  function note(step: Step): void {
    if (step.host !== undefined) entry(step.host).events.push(step.index);
    step.microsteps.forEach((microstep, index) => {
      noteBirth(microstep.connection, step.index);
      if (moveOf(microstep) === undefined) return;
      const host = microstep.connection?.host ?? step.host;
      if (host !== undefined) entry(host).transitions.push({ step: step.index, microstep: index });
    });
  }

  function noteBirth(connection: ConnectionRef | undefined, step: number): void {
    if (connection === undefined) return;
    const { births } = entry(connection.host);
    if (!births.has(connection.id)) births.set(connection.id, step);
  }

  function transitionCount(host: string, place: Place): number {
    const { transitions } = indexOf(host);
    return countWhile(transitions.length, (i) => comparePlaces(transitions[i]!, place) <= 0);
  }

  return {
    transitionCount,
    transitions: (host, place, start, count) => {
      const last = transitionCount(host, place) - start;
      return indexOf(host)
        .transitions.slice(Math.max(0, last - count), Math.max(0, last))
        .reverse();
    },
    lastEvent: (host, place) => {
      const { events } = indexOf(host);
      const before = place.microstep < 0 ? place.step - 1 : place.step;
      return events[countWhile(events.length, (i) => events[i]! <= before) - 1];
    },
    firstStep: ({ host, id }) => indexOf(host).births.get(id),
    forget: (index) => {
      if (index >= scanned) return;
      hosts.clear();
      scanned = 0;
    },
  };
}

/** How many of the first `length` indexes satisfy `holds`, which is true up to some index and false after it. */
function countWhile(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
