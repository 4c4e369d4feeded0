/** An immutable queue: adding and taking cost nothing that grows, and copies share everything. */

interface Cell<T> {
  readonly item: T;
  readonly rest: Cell<T> | undefined;
}

/** First in, first out. `back` is in reverse order. */
export interface Queue<T> {
  readonly front: Cell<T> | undefined;
  readonly back: Cell<T> | undefined;
  readonly size: number;
}

export const EMPTY_QUEUE: Queue<never> = { front: undefined, back: undefined, size: 0 };

/** The queue with one more item at its end. */
export function enqueue<T>(queue: Queue<T>, item: T): Queue<T> {
  if (queue.front === undefined) {
    return { front: { item, rest: undefined }, back: undefined, size: 1 };
  }
  return { ...queue, back: { item, rest: queue.back }, size: queue.size + 1 };
}

/** The first item; it stays. */
export function first<T>(queue: Queue<T>): T | undefined {
  return queue.front?.item;
}

/** The queue without its first item. */
export function dequeue<T>(queue: Queue<T>): Queue<T> {
  if (queue.front === undefined) return queue;
  const size = queue.size - 1;
  if (queue.front.rest !== undefined) return { ...queue, front: queue.front.rest, size };
  return { front: reversed(queue.back), back: undefined, size };
}

/** All items, first to last. */
export function itemsOf<T>(queue: Queue<T>): readonly T[] {
  return [...cells(queue.front), ...cells(reversed(queue.back))];
}

function reversed<T>(list: Cell<T> | undefined): Cell<T> | undefined {
  let turned: Cell<T> | undefined;
  for (let cell = list; cell !== undefined; cell = cell.rest) {
    turned = { item: cell.item, rest: turned };
  }
  return turned;
}

function cells<T>(list: Cell<T> | undefined): readonly T[] {
  const items: T[] = [];
  for (let cell = list; cell !== undefined; cell = cell.rest) items.push(cell.item);
  return items;
}
