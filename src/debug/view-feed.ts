/** What the views are told of a run: where the cursor stands, and the record laid out for the diagram. */

import type { Run } from '../run/run.js';
import type { Place } from '../sim/step.js';
import type { ToView } from '../views/contract.js';
import { createFeed, type Feed, type FeedSource } from '../views/feed.js';
import { type Debugger, othersTurn, type Session } from './debugger.js';
import type { Launched } from './launch.js';
import { type Moment, momentAt } from './moment.js';
import { type Past, tableSource } from './table-items.js';

/** What the views read of a run. `serial` numbers the runs of one session. */
export function feedOf({ run }: Launched, past: Past, serial: number): Feed {
  const { timeline } = run;
  let moments = new Map<string, Moment>();
  let length = -1;
  let forks = timeline.forks();

  // The tables of all hosts are asked for one after the other, at the same two places.
  const at = (place: Place): Moment => {
    // After an edit the record may be as long as before.
    if (length !== timeline.length() || forks !== timeline.forks()) moments = new Map();
    length = timeline.length();
    forks = timeline.forks();
    const key = `${place.step}/${place.microstep}`;
    const moment = moments.get(key) ?? momentAt(run, place);
    if (moments.size > 3) moments.clear();
    moments.set(key, moment);
    return moment;
  };
  const feed = createFeed(feedSource(run, past, at), serial);
  // The state at the cursor moves on with it: what was made of it is out of date.
  const moved: Feed['moved'] = (place) => {
    moments.clear();
    return feed.moved(place);
  };
  return { ...feed, moved };
}

/** A run as the views read it; `at` makes the moment at a place, of which a table is asked. */
export function feedSource(run: Run, past: Past, at: (place: Place) => Moment): FeedSource {
  const { program, timeline } = run;
  return {
    title: program.scenario,
    lanes: program.hosts.map(({ name, address, role }) => ({ name, address, role })),
    length: timeline.length,
    step: timeline.step,
    statement: (index) => program.instructions[index]?.text ?? '',
    connectionName: past.nameOf,
    table: (place, host) => tableSource(at(place), host, past),
  };
}

/** Tells the views, one event a message. */
export function tellViews({ send }: Debugger, messages: readonly ToView[]): void {
  for (const message of messages) send('tcpflow/view', message);
}

/** A long record is laid out in slices, between which others get their turn; a search lays out what it records by itself. */
export async function layOutRest(debugging: Debugger, session: Session): Promise<void> {
  const { feed } = session;
  if (session.layingOut) return;
  session.layingOut = true;
  while (feed.isBehind() && debugging.session === session && debugging.phase !== 'running') {
    tellViews(debugging, feed.catchUp());
    await othersTurn();
  }
  session.layingOut = false;
}
