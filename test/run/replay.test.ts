/** What is recomputed is what was recorded, bit for bit: every step and every state, in whatever order they are asked for. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { compile } from '../../src/lang/compile.js';
import { editRun, typedStatement } from '../../src/run/edit.js';
import { type Run, startRun } from '../../src/run/run.js';
import type { RunState } from '../../src/run/state.js';
import { stepJson } from '../../src/sim/json.js';
import type { Step } from '../../src/sim/step.js';

/** Kept aside: what never changes, and what is only a faster way to something that is in the state as well. */
const ASIDE = new Set(['setup', 'settings', 'routes', 'wakeUps', 'wakeAt']);

function digest(value: unknown): string {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (ASIDE.has(key)) return undefined;
    if (inner instanceof Map) return [...inner];
    if (inner instanceof Set) return [...inner];
    if (inner instanceof Uint8Array) return [...inner];
    return inner;
  });
  return createHash('sha1').update(text).digest('base64');
}

const digestOfStep = (step: Step) => digest(stepJson(step));

/** Every so many steps, what the state before it and the step itself were when they were recorded. */
const STRIDE = 16;

interface Record {
  readonly states: Map<number, string>;
  readonly steps: Map<number, string>;
}

function recordInto(run: Run): Record {
  const record: Record = { states: new Map(), steps: new Map() };
  record.states.set(0, digest(run.timeline.stateBefore(0)));
  run.timeline.observe({
    note: (step: Step, after: RunState) => {
      const next = step.index + 1;
      if (step.index % STRIDE === 0) record.steps.set(step.index, digestOfStep(step));
      if (next % STRIDE === 0) record.states.set(next, digest(after));
    },
    forget: (index) => {
      for (const key of [...record.steps.keys()]) if (key >= index) record.steps.delete(key);
      for (const key of [...record.states.keys()]) if (key > index) record.states.delete(key);
    },
  });
  return record;
}

/** Connections that open, talk, lose segments, close and wait, one upon the other. */
function script(loss: number, jitter: number, turns: number): string {
  return `host a 10.0.0.1 { msl 200ms }
host b 10.0.0.2 { msl 200ms, backlog 5, syn-queue 5 }
link a -- b { delay 2ms, jitter ${jitter}ms, loss ${loss}%, duplicate 3%, reorder 3% }
scenario "churn" {
  b: listen 80
  repeat ${turns} as i {
    a: connect b:80
    wait 7ms
    a: send "x"
    wait 5ms
    a: close
    wait 6ms
    b: close
    wait 9ms
  }
}
`;
}

const EDITS = ['a: connect b:80', 'a: send "more"', 'b: abort', 'cut a -- b', 'mend a -- b'];

const plans = fc.record({
  seed: fc.nat(1_000),
  loss: fc.constantFrom(0, 5, 20),
  jitter: fc.constantFrom(0, 3),
  forks: fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), edit: fc.nat(4) }), {
    maxLength: 3,
  }),
  asked: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 }),
});

function goOn(run: Run, steps: number): void {
  for (let i = 0; i < steps && run.timeline.extend() !== undefined; i++);
}

describe('replay', () => {
  it('gives every state and every step as it was recorded, through forks too', () => {
    fc.assert(
      fc.property(plans, ({ seed, loss, jitter, forks, asked }) => {
        const { program } = compile(script(loss, jitter, 1_000), { file: 'churn.tcpflow' });
        assert(program);
        const run = startRun(program, { seed });
        const record = recordInto(run);
        // More than is at hand: what lies before must be made again.
        goOn(run, 5_000);
        for (const { at, edit } of forks) {
          const place = { step: Math.floor(at * run.timeline.length()), microstep: -1 };
          const { edit: made } = typedStatement(run, place, EDITS[edit] ?? '');
          assert(made);
          editRun(run, place, made);
          goOn(run, 400);
        }
        const { timeline } = run;
        const last = timeline.length() - 1;
        const check = (wanted: number) => {
          const index = wanted - (wanted % STRIDE);
          assert.equal(digest(timeline.stateBefore(index)), record.states.get(index), `${index}`);
          assert.equal(digestOfStep(timeline.step(index)), record.steps.get(index), `${index}`);
        };
        for (const at of asked) check(Math.floor(at * last));
        for (let index = last; index >= 0; index -= 4 * STRIDE) check(index);
        for (let index = 0; index <= last; index += 4 * STRIDE) {
          assert.equal(digest(timeline.passing(index)), record.states.get(index), `${index}`);
        }
      }),
      { numRuns: 4 },
    );
  }).timeout(120_000);
});
