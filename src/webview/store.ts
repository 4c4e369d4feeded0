/** What the page knows of the diagram: the last window of rows and what came after it. All of it can be asked for again. */

import type {
  Cursor,
  DiagramMessage,
  Item,
  Lane,
  MovedMessage,
  RowsMessage,
} from '../views/contract.js';

/** More items than this are not kept: a fresh window is asked for instead. */
const MOST = 900;

export interface Store {
  readonly run: number;
  readonly title: string;
  readonly lanes: readonly Lane[];
  readonly height: number;
  readonly cursor: Cursor;
  /** The part of the diagram whose items are known; empty when `to` is below `from`. */
  readonly from: number;
  readonly to: number;
  readonly states: RowsMessage['states'];
  readonly items: ReadonlyMap<string, Item>;
}

type Place = Cursor['place'];

/** A run begins: nothing but its outline is known. */
export function storeOf({ run, title, lanes, height, cursor }: DiagramMessage): Store {
  const none = { from: 0, to: -1, states: [], items: new Map<string, Item>() };
  return { run, title, lanes, height, cursor, ...none };
}

/** A window arrived: it takes the place of what was known. */
export function withRows(store: Store, { run, from, to, states, items }: RowsMessage): Store {
  if (run !== store.run) return store;
  return { ...store, from, to, states, items: new Map(items.map((item) => [item.id, item])) };
}

/** The cursor moved, and the record may have grown. New items are kept where the window reaches the end of the record. */
export function withMove(store: Store, message: MovedMessage): Store {
  if (message.run !== store.run) return store;
  const { height, cursor, staleFrom } = message;
  const moved = { ...store, height, cursor };
  if (staleFrom !== undefined && staleFrom <= store.to) {
    return { ...moved, to: Math.max(store.from - 1, Math.min(store.to, staleFrom)) };
  }
  if (message.items.length === 0 && height === store.height) return moved;
  const reachesEnd = store.to >= store.height;
  const items = new Map(store.items);
  for (const item of message.items) {
    if (reachesEnd || items.has(item.id)) items.set(item.id, item);
  }
  if (items.size > MOST) return { ...moved, to: store.from - 1 };
  return { ...moved, items, to: reachesEnd ? Math.max(store.to, height) : store.to };
}

/** Whether all items between two heights are known, as far as the diagram goes. */
export function covers(store: Store, from: number, to: number): boolean {
  return store.from <= Math.max(0, from) && store.to >= Math.min(store.height, to);
}

/** Whether something has happened by the cursor's place. */
export function isPast({ cursor }: Store, place: Place): boolean {
  const { step, microstep } = cursor.place;
  return place.step < step || (place.step === step && place.microstep <= microstep);
}

/** Top down; at one height in the order in which things happen. */
export function inOrder(a: Item, b: Item): number {
  return a.y - b.y || a.place.step - b.place.step || a.place.microstep - b.place.microstep;
}
