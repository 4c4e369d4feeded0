/** Edits of a run at any place: the past stays, the future goes on, and replay makes the same again. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editIndex, editRun, typedStatement } from '../../src/run/edit.js';
import { type Run, startRun, stepsOf } from '../../src/run/run.js';
import * as edits from '../../src/sim/edits.js';
import { stepJson } from '../../src/sim/json.js';
import type { Place } from '../../src/sim/step.js';
import { program, TWO_HOSTS } from './scenario.js';

const TALK = `${TWO_HOSTS}
server: listen 80
client: connect server:80
wait 3s
client: send "hello"
wait 50ms
server: send "good day"
wait 1s
client: close
wait 1s
server: close
wait 5s
`;

const STATEMENTS = [
  'client: close',
  'client: abort',
  'server: send "more"',
  'crash server',
  'restart server',
  'cut client -- server',
  'mend client -- server',
  'drop 2 client -> server ACK',
  'inject client -> server RST seq=101',
  'inject server -> client SYN seq=7',
  'let x = 5',
  'set client.SND.WND = 3',
  'set server.RCV.NXT = RCV.NXT + 1',
  'set client.ISS = 5',
  'set client -- server loss = 100',
  'deliver client -> server',
  'wait 20ms',
  'expect client ESTABLISHED within 5ms',
  'eventually server -> client ACK within 50ms',
  'never client -> server RST for 10ms',
  'expect client: connect server:81 fails "refused"',
];

type FlightEdit = (
  world: Parameters<typeof edits.dropInFlight>[0],
  id: number,
) => ReturnType<typeof edits.dropInFlight>;

const deliverNow: FlightEdit = (world, id) => edits.deliverIn(world, id, 0);

const FATES: readonly FlightEdit[] = [
  deliverNow,
  edits.dropInFlight,
  edits.duplicateInFlight,
  edits.corruptInFlight,
  (world, id) => edits.delayInFlight(world, id, 70_000),
];

/** One edit: where it is made, as a part of the record, and which. */
const anyEdit = fc.record({
  where: fc.double({ min: 0, max: 1, noNaN: true }),
  which: fc.nat({ max: STATEMENTS.length + FATES.length - 1 }),
});

function goOn(run: Run, steps: number): void {
  for (let i = 0; i < steps && run.timeline.extend() !== undefined; i++);
}

function make(run: Run, place: Place, which: number): void {
  const text = STATEMENTS[which];
  if (text !== undefined) {
    const { edit } = typedStatement(run, place, text);
    assert.ok(edit, text);
    editRun(run, place, edit);
    return;
  }
  const { world } = run.timeline.stateBefore(editIndex(run, place));
  const id = world.queue[0]?.delivery.id;
  const fate = FATES[which - STATEMENTS.length];
  if (id === undefined || fate === undefined) return;
  const chosen = fate === deliverNow ? { chosen: { kind: 'arrival' } as const } : {};
  editRun(run, place, { text: 'fate', apply: (state) => fate(state.world, id), ...chosen });
}

describe('an edit of a run', () => {
  it('leaves the past as it was, whatever it is and wherever', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { minLength: 1, maxLength: 6 }), (made) => {
        const run = startRun(program(TALK));
        goOn(run, 400);
        for (const { where, which } of made) {
          const step = Math.floor(where * (run.timeline.length() - 1));
          const before = stepsOf(run).slice(0, step);
          make(run, { step, microstep: -1 }, which);
          assert.deepEqual(stepsOf(run).slice(0, step), before);
          goOn(run, 400);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is made again by replay, with all that followed, bit for bit', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { minLength: 1, maxLength: 4 }), (made) => {
        const told = [1, 2].map(() => {
          const run = startRun(program(TALK));
          goOn(run, 400);
          for (const { where, which } of made) {
            const step = Math.floor(where * (run.timeline.length() - 1));
            make(run, { step, microstep: -1 }, which);
            goOn(run, 400);
          }
          return run;
        });
        const [one, other] = told as [Run, Run];
        const json = (run: Run) => stepsOf(run).map((step) => JSON.stringify(stepJson(step)));
        assert.deepEqual(json(one), json(other));
        // Seeking back replays the edits: each state is the one that the next step began with.
        for (let index = one.timeline.length() - 1; index >= 0; index -= 7) {
          const { world } = one.timeline.stateBefore(index);
          assert.ok(world.now <= one.timeline.step(index).at);
          assert.equal(world.lastDelivery, departedBefore(one, index));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a copy', () => {
  it('of what is held is held with it, and goes on with it', () => {
    const run = startRun(
      program(`host client
host server
server: listen 80
hold client -> server SYN as old
client: connect server:80
duplicate client -> server SYN now
wait 5ms
release old
wait 50ms
`),
    );
    goOn(run, 400);
    const arrivals = stepsOf(run).flatMap(({ at, cause, host }) =>
      cause.kind === 'arrival' && host === 'server' ? [[at, cause.delivery.kind]] : [],
    );
    assert.deepEqual(arrivals.slice(0, 2), [
      [15_000, 'released'],
      [15_000, 'released'],
    ]);
  });
});

/** The number of the last delivery that left before a step. */
function departedBefore(run: Run, index: number): number {
  const ids = stepsOf(run)
    .slice(0, index)
    .flatMap(({ departures }) => departures.map(({ id }) => id));
  return Math.max(0, ...ids);
}
