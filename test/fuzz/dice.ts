/** Seeded choices. */

import type { RandomState } from '../../src/base/random.js';
import { nextFraction, stream } from '../../src/base/random.js';

export interface Dice {
  /** An integer in [0, count). */
  readonly below: (count: number) => number;
  /** One of these. */
  readonly one: <Item>(...items: readonly Item[]) => Item;
  /** True so often: a fraction in [0, 1]. */
  readonly chance: (fraction: number) => boolean;
  /** One of these, each as often as its weight. */
  readonly weighted: <Item>(items: readonly (readonly [weight: number, item: Item])[]) => Item;
}

/** The same seed and label give the same choices. */
export function createDice(seed: number, label: string): Dice {
  let state: RandomState = stream(seed, label);

  function fraction(): number {
    const [value, moved] = nextFraction(state);
    state = moved;
    return value;
  }

  const below = (count: number) => Math.floor(fraction() * count);

  function one<Item>(...items: readonly Item[]): Item {
    return items[below(items.length)] as Item;
  }

  function weighted<Item>(items: readonly (readonly [number, Item])[]): Item {
    let left = fraction() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[0]?.[1] as Item;
  }

  return { below, one, chance: (limit) => fraction() < limit, weighted };
}
