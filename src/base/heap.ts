/** A priority queue ordered by (time, serial): ties have an order, always. */

/** What a heap holds: the smaller `at` first; of two equal ones, the smaller `serial`. */
export interface Timed {
  readonly at: number;
  readonly serial: number;
}

/** A binary heap in an array; copy it with `slice()`. */
export type Heap<T extends Timed> = T[];

/** Adds an item. O(log n). */
export function push<T extends Timed>(heap: Heap<T>, item: T): void {
  let i = heap.length;
  heap.push(item);
  while (i > 0) {
    const up = (i - 1) >> 1;
    const parent = heap[up] as T;
    if (!sooner(item, parent)) break;
    heap[i] = parent;
    i = up;
  }
  heap[i] = item;
}

/** The soonest item, left in place. */
export function peek<T extends Timed>(heap: Heap<T>): T | undefined {
  return heap[0];
}

/** Takes the soonest item out. O(log n). */
export function pop<T extends Timed>(heap: Heap<T>): T | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let i = 0;
  for (;;) {
    const left = 2 * i + 1;
    const right = left + 1;
    if (left >= heap.length) break;
    const child = right < heap.length && sooner(heap[right] as T, heap[left] as T) ? right : left;
    if (!sooner(heap[child] as T, last)) break;
    heap[i] = heap[child] as T;
    i = child;
  }
  heap[i] = last;
  return first;
}

function sooner(a: Timed, b: Timed): boolean {
  return a.at < b.at || (a.at === b.at && a.serial < b.serial);
}
