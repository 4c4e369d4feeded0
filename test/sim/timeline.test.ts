/** The timeline over a machine small enough to see through: seek, fork, and how much is kept. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Step } from '../../src/sim/step.js';
import type { Edit, Machine } from '../../src/sim/timeline.js';
import { createTimeline } from '../../src/sim/timeline.js';

/** Counts, and writes down in `log` what it did. `end` steps and it is over. */
interface Counter {
  value: number;
  readonly log: number[];
}

function counter(end: number, size = 1): Machine<Counter> & { readonly copies: () => number } {
  let copies = 0;
  return {
    start: () => ({ value: 0, log: [] }),
    copy: ({ value, log }) => {
      copies += 1;
      return { value, log: [...log] };
    },
    advance: (state, index) => (index < end ? count(state, index, 1) : undefined),
    size: () => size,
    copies: () => copies,
  };
}

function count(state: Counter, index: number, by: number): Step {
  state.value = (state.value * 31 + by) % 1_000_003;
  state.log.push(by);
  return {
    index,
    at: state.value,
    cause: { kind: 'edit', text: `${by}` },
    host: undefined,
    connection: undefined,
    origin: -1,
    microsteps: [],
    departures: [],
  };
}

const editBy =
  (by: number): Edit<Counter> =>
  (state, index) =>
    count(state, index, by);

/** The state before each step, computed the slow way. */
function states(changes: readonly number[]): readonly Counter[] {
  const state: Counter = { value: 0, log: [] };
  return [...changes, 0].map((by, index) => {
    const before = { value: state.value, log: [...state.log] };
    count(state, index, by);
    return before;
  });
}

describe('timeline', () => {
  it('knows the state before every step, in whatever order it is asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat({ max: 300 })), (every, asks) => {
        const timeline = createTimeline(counter(300), every);
        while (timeline.extend() !== undefined);
        const known = states(new Array<number>(300).fill(1));
        for (const index of asks) assert.deepEqual(timeline.stateBefore(index), known[index]);
      }),
    );
  });

  it('forks: what came before stays, what comes after is new, and edits are replayed', () => {
    const forks = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.integer({ min: 2, max: 9 })));
    fc.assert(
      fc.property(forks, fc.integer({ min: 1, max: 9 }), (all, every) => {
        const timeline = createTimeline(counter(50), every);
        while (timeline.extend() !== undefined);
        const changes = new Array<number>(50).fill(1);
        for (const [index, by] of all) {
          const past = Array.from({ length: index }, (_, i) => timeline.step(i));
          timeline.fork(index, editBy(by));
          changes.splice(index, changes.length, by);
          past.forEach((step, i) => {
            assert.deepEqual(timeline.step(i), step);
          });
          assert.equal(timeline.length(), index + 1);
          for (; changes.length < 50; changes.push(1)) timeline.extend();
        }
        const known = states(changes);
        for (let i = timeline.length(); i >= 0; i--) {
          assert.deepEqual(timeline.stateBefore(i), known[i]);
        }
      }),
    );
  });

  it('forgets nothing when an edit fails', () => {
    const timeline = createTimeline(counter(20));
    while (timeline.extend() !== undefined);
    const failing = () => timeline.fork(5, () => assert.fail('no such variable'));
    assert.throws(failing, /no such variable/);
    assert.equal(timeline.length(), 20);
    assert.deepEqual(timeline.stateBefore(20), states(new Array<number>(20).fill(1))[20]);
  });

  it('copies large states seldom', () => {
    const large = counter(10_000, 4_000);
    const timeline = createTimeline(large);
    while (timeline.extend() !== undefined);
    assert.ok(large.copies() <= 12, `${large.copies()} copies of 4 000 entries for 10 000 steps`);
  });

  it('steps back and back at a small cost', () => {
    let advanced = 0;
    const plain = counter(4_096);
    const advance: Machine<Counter>['advance'] = (state, index) => {
      advanced += 1;
      return plain.advance(state, index);
    };
    const timeline = createTimeline({ ...plain, advance }, 1_024);
    while (timeline.extend() !== undefined);
    advanced = 0;
    for (let i = 4_095; i > 3_072; i--) timeline.stateBefore(i);
    assert.ok(advanced < 20_000, `${advanced} steps were computed again to go back 1 023`);
  });
});
