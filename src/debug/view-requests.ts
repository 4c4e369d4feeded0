/** Requests that are none of the protocol's own: what the views ask, and the RFC's documents. */

import type { Run } from '../run/run.js';
import type { Place } from '../sim/step.js';
import type { FromView, ToView } from '../views/contract.js';
import { createFeed, type Feed, type FeedSource } from '../views/feed.js';
import { travelUnasked } from './cursor.js';
import type { Answer, Debugger, Session } from './debugger.js';
import { launchedSession, othersTurn, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import type { Launched } from './launch.js';
import { type Moment, momentAt } from './moment.js';
import { documentAtCursor, scriptSource } from './sources.js';
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

/** A message of a view. Answered also after the end: the record stays. */
export function view(debugging: Debugger, message: Partial<FromView>): Answer {
  const session = launchedSession(debugging, 'tcpflow/view');
  switch (message.kind) {
    case 'travel':
      return travel(debugging, message);
    case 'open':
      return open(debugging, message.statement ?? -1);
    case 'ready':
    case 'rows':
    case 'page':
      tellViews(debugging, session.feed.answer(message as FromView));
      return { after: () => layOutRest(debugging, session) };
    default:
      return {};
  }
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

/** Shows a statement of the script: the editor is asked to. */
function open(debugging: Debugger, statement: number): Answer {
  const session = launchedSession(debugging, 'tcpflow/view');
  const instruction = session.launched.run.program.instructions[statement];
  if (instruction === undefined) return {};
  const { file, range } = instruction.place;
  const { firstLine, firstColumn } = debugging.client;
  const line = range.start.line + firstLine;
  const column = range.start.character + firstColumn;
  debugging.send('tcpflow/open', { ...scriptSource(debugging, file), line, column });
  return {};
}

/** A click on an arrow: the cursor goes to that place of the record. */
export function travel(debugging: Debugger, args: Partial<Place>): Answer {
  const over = debugging.phase === 'ended';
  const session = (over ? launchedSession : stoppedSession)(debugging, 'tcpflow/travel');
  const { timeline } = session.launched.run;
  const { step, microstep = -1 } = args;
  if (step === undefined || !isRecorded(timeline, { step, microstep })) {
    throw errors.wrongPlace(step, microstep, timeline.length());
  }
  return { after: () => travelUnasked(debugging, session, { step, microstep }) };
}

function isRecorded(timeline: Run['timeline'], { step, microstep }: Place): boolean {
  if (!Number.isInteger(step) || step < 0 || step >= timeline.length()) return false;
  const { microsteps } = timeline.step(step);
  return Number.isInteger(microstep) && microstep >= -1 && microstep < microsteps.length;
}

/** A document of the RFC with the numbers of the event at the cursor. Answered also after the end. */
export function rfc(debugging: Debugger, args: { readonly uri?: unknown }): Answer {
  const session = launchedSession(debugging, 'tcpflow/rfc');
  const text = documentAtCursor(session, String(args.uri));
  if (text === undefined) throw errors.unknownSource(args.uri);
  return { body: text };
}

/** Numbers in hexadecimal, or no longer. */
export function hex(debugging: Debugger, args: { readonly hex?: unknown }): Answer {
  const wanted = typeof args.hex === 'boolean' ? args.hex : !debugging.numbers.hex;
  return numbers(debugging, { hex: wanted });
}

/** How numbers are shown from now on: in variables, what is evaluated, hovers, inline values. What is left out stays. */
export function numbers(
  debugging: Debugger,
  args: { readonly hex?: unknown; readonly relative?: unknown },
): Answer {
  const before = debugging.numbers;
  debugging.numbers = {
    hex: typeof args.hex === 'boolean' ? args.hex : before.hex,
    relative: typeof args.relative === 'boolean' ? args.relative : before.relative,
  };
  const after = () => {
    const stopped = debugging.phase === 'stopped';
    if (stopped && debugging.client.invalidated) {
      debugging.send('invalidated', { areas: ['variables'] });
    }
  };
  return { body: { ...debugging.numbers }, after };
}
