/** The order of events: (time, serial), always. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Heap, Timed } from '../../src/base/heap.js';
import { peek, pop, push } from '../../src/base/heap.js';

const times = fc.array(fc.nat({ max: 20 }), { maxLength: 200 });

describe('heap', () => {
  it('gives what it was given, sorted by time and then by serial number', () => {
    fc.assert(
      fc.property(times, (ats) => {
        const items = ats.map((at, serial) => ({ at, serial }));
        const sorted = [...items].sort((a, b) => a.at - b.at || a.serial - b.serial);
        assert.deepEqual(drain(filled(items)), sorted);
      }),
    );
  });

  it('stays in order while items come and go', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.nat({ max: 9 }), { nil: undefined }), { maxLength: 200 }),
        (moves) => {
          const heap: Heap<Timed> = [];
          const model: Timed[] = [];
          moves.forEach((at, serial) => {
            if (at !== undefined) {
              push(heap, { at, serial });
              model.push({ at, serial });
              model.sort((a, b) => a.at - b.at || a.serial - b.serial);
            } else assert.deepEqual(pop(heap), model.shift());
            assert.deepEqual(peek(heap), model[0]);
            assert.equal(heap.length, model.length);
          });
        },
      ),
    );
  });

  it('is copied by slice: the copy and the original do not know of each other', () => {
    const heap = filled([
      { at: 2, serial: 1 },
      { at: 1, serial: 2 },
    ]);
    const copy = heap.slice();
    pop(heap);
    push(heap, { at: 0, serial: 3 });
    assert.deepEqual(drain(copy), [
      { at: 1, serial: 2 },
      { at: 2, serial: 1 },
    ]);
  });

  it('has nothing to give when it is empty', () => {
    assert.equal(pop([]), undefined);
    assert.equal(peek([]), undefined);
  });
});

function filled(items: readonly Timed[]): Heap<Timed> {
  const heap: Heap<Timed> = [];
  for (const item of items) push(heap, item);
  return heap;
}

function drain(heap: Heap<Timed>): readonly Timed[] {
  const drained: Timed[] = [];
  for (let item = pop(heap); item !== undefined; item = pop(heap)) drained.push(item);
  return drained;
}
