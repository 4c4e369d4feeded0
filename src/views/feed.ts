/** What the webviews are sent: answers to what they ask, and after each stop the little that is new. */

import type { Place } from '../sim/step.js';
import type {
  Cursor,
  FromView,
  MovedMessage,
  TablesMessage,
  ToView,
  ViewName,
} from './contract.js';
import { momentText } from './moment.js';
import type { Sequence, Source } from './sequence.js';
import { createSequence } from './sequence.js';
import type { Page, TableSource } from './tables.js';
import { hostTable } from './tables.js';

/** A record, and the connection tables at its places. */
export interface FeedSource extends Source {
  /** A host's table as of a place. */
  readonly table: (place: Place, host: string) => TableSource;
}

/**
 * Lays out nothing before the first `ready`: a session that nobody looks at pays nothing. `travel`, `open` and `setting` are not
 * answered here.
 */
export interface Feed {
  readonly answer: (message: FromView) => readonly ToView[];
  /** The cursor is there now, and the record may have grown. */
  readonly moved: (place: Place) => readonly ToView[];
  /** Steps from `index` on are others now; the cursor is at `place`. */
  readonly forked: (index: number, place: Place) => readonly ToView[];
  /** Whether a view looks at the record. */
  readonly isShown: () => boolean;
  /** Whether a part of the record is still to be laid out for it. */
  readonly isBehind: () => boolean;
  /** The record grows: lays out what a view will want of it, at most `SLICE` steps, and tells nobody yet. */
  readonly follow: () => void;
  /** Lays out the next `SLICE` steps; once nothing is left to do, the views are told of the whole. */
  readonly catchUp: () => readonly ToView[];
}

/** More new items than this are asked for by `rows`: the message stays small. */
const MANY = 16;
/** Steps that a view is told of item by item. */
const FEW_STEPS = 16;
/** How many statements that only look are passed over to find the last event. */
const LOOK_BACK = 50;
/** Steps that are laid out at once; the rest of a long record follows in slices, so that nobody has to wait for it. */
const SLICE = 500;
const AT_ONCE = 4_000;
/** Around the cursor, for a page that begins. */
const FIRST_WINDOW = 1_600;

interface State {
  readonly source: FeedSource;
  sequence: Sequence;
  readonly views: Set<ViewName>;
  readonly pages: Map<string, Page>;
  run: number;
  place: Place;
  /** How many steps the diagram's views know of. */
  told: number;
}

/** `run` is the serial number of this run among those that the webviews may see. */
export function createFeed(source: FeedSource, run = 1): Feed {
  const state: State = {
    source,
    sequence: createSequence(source),
    views: new Set(),
    pages: new Map(),
    run,
    place: { step: 0, microstep: -1 },
    told: 0,
  };
  return {
    answer: (message) => answer(state, message),
    moved: (place) => {
      state.place = place;
      return [...movedMessages(state), ...tablesMessages(state)];
    },
    forked: (index, place) => {
      state.place = place;
      state.run += 1;
      state.sequence.truncate(index);
      return [...begin(state), ...tablesMessages(state)];
    },
    isShown: () => state.views.has('sequence'),
    isBehind: () => isBehind(state),
    follow: () => {
      if (isBehind(state)) state.sequence.extend(SLICE);
    },
    catchUp: () => catchUp(state),
  };
}

function isBehind({ views, sequence, source }: State): boolean {
  return views.has('sequence') && sequence.length() < source.length();
}

function catchUp(state: State): readonly ToView[] {
  state.sequence.extend(SLICE);
  return isBehind(state) ? [] : begin(state);
}

function answer(state: State, message: FromView): readonly ToView[] {
  switch (message.kind) {
    case 'ready':
      state.views.add(message.view);
      return message.view === 'sequence' ? begin(state) : tablesMessages(state);
    case 'rows':
      return message.run === state.run ? [rows(state, message.from, message.to)] : [];
    case 'page':
      turnPage(state, message.host, message.list === 'gone' ? 'goneFrom' : 'from', message.from);
      return tablesMessages(state);
    case 'travel':
    case 'open':
    case 'setting':
      return [];
  }
}

function begin(state: State): readonly ToView[] {
  if (!state.views.has('sequence')) return [];
  const { sequence, source, run } = state;
  sequence.extend(AT_ONCE);
  state.told = sequence.length();
  const cursor = cursorOf(state);
  return [
    {
      kind: 'diagram',
      run,
      title: source.title,
      lanes: source.lanes,
      height: sequence.height(),
      cursor,
    },
    rows(state, Math.max(0, cursor.y - FIRST_WINDOW), cursor.y + FIRST_WINDOW),
  ];
}

function rows(state: State, from: number, to: number): ToView {
  return { kind: 'rows', run: state.run, ...state.sequence.window(from, to) };
}

function movedMessages(state: State): readonly MovedMessage[] {
  if (!state.views.has('sequence')) return [];
  const { sequence, run, told } = state;
  sequence.extend(AT_ONCE);
  const length = sequence.length();
  state.told = length;
  const added = length - told;
  const items = added > 0 && added <= FEW_STEPS ? sequence.since(told) : [];
  const complete = added <= FEW_STEPS && items.length <= MANY;
  return [
    {
      kind: 'moved',
      run,
      height: sequence.height(),
      cursor: cursorOf(state),
      items: complete ? items : [],
      staleFrom: complete ? undefined : Math.max(0, sequence.stepY(told) - 1),
    },
  ];
}

function cursorOf({ source, sequence, place }: State): Cursor {
  const recorded = source.length();
  const step = place.step < recorded ? source.step(place.step) : undefined;
  const last = recorded > 0 ? source.step(recorded - 1).at : 0;
  return {
    place,
    at: step?.at ?? last,
    y: sequence.placeY(place),
    text: momentText(step, place, source.statement),
    recorded,
  };
}

function turnPage({ pages }: State, host: string, list: keyof Page, from: number): void {
  const page = pages.get(host) ?? { from: 0, goneFrom: 0 };
  pages.set(host, { ...page, [list]: from });
}

/** The last event of a host that has begun at `place`; statements that only look change nothing. */
function lastEvent(source: Source, { step, microstep }: Place): number {
  const last = Math.max(0, microstep >= 0 ? step : step - 1);
  const first = Math.max(0, last - LOOK_BACK);
  let index = last;
  while (index > first && source.step(index).host === undefined) index -= 1;
  return index;
}

function tablesMessages(state: State): readonly TablesMessage[] {
  if (!state.views.has('tables')) return [];
  const { source, place, run, pages } = state;
  const recorded = source.length();
  const event = recorded === 0 ? 0 : lastEvent(source, place);
  const timed = Math.min(place.step, recorded - 1);
  const now = timed < 0 ? 0 : source.step(timed).at;
  const moment = { place, now, event, record: source };
  const hosts = source.lanes
    .filter(({ role }) => role === 'host')
    .map((lane) => hostTable(lane, source.table(place, lane.name), moment, pages.get(lane.name)));
  return [{ kind: 'tables', run, at: now, hosts }];
}
