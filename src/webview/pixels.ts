/** Heights of the diagram as pixels of the drawing. */

import type { Item } from '../views/contract.js';
import { BOTTOM } from '../views/scale.js';
import type { Store } from './store.js';

/** A store with heights in pixels. */
export interface Pixels extends Store {
  /** Where the record ends, a little above the diagram's lower edge. */
  readonly end: number;
}

/** The same with `stretch` pixels to a unit, counted from pixel `base`. Lines of text keep their distance. */
export function inPixels(store: Store, stretch: number, base: number): Pixels {
  const pixels = (units: number) => units * stretch - base;
  const items = new Map([...store.items].map(([id, item]) => [id, moved(item, stretch, base)]));
  return {
    ...store,
    items,
    cursor: { ...store.cursor, y: pixels(store.cursor.y) },
    height: pixels(store.height),
    end: pixels(store.height - BOTTOM),
    from: pixels(store.from),
    to: pixels(store.to),
  };
}

function moved(item: Item, stretch: number, base: number): Item {
  const y = item.y * stretch - base;
  switch (item.kind) {
    case 'arrow': {
      const reach = item.reach * stretch;
      if (item.arrival === undefined) return { ...item, y, reach };
      const arrival = { ...item.arrival, y: item.arrival.y * stretch - base };
      return { ...item, y, reach, arrival };
    }
    case 'mark':
    case 'state':
      return { ...item, y, textY: y + item.textY - item.y };
    case 'gap':
      return { ...item, y, height: item.height * stretch };
    case 'time':
    case 'note':
      return { ...item, y };
  }
}
