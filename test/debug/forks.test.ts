/** What is noted while a run is recorded: after any edits it is what somebody would note who saw that record alone. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createHistory, type History } from '../../src/debug/history.js';
import { createLives } from '../../src/debug/lives.js';
import { editRun, typedStatement } from '../../src/run/edit.js';
import { finish, type Run, startRun } from '../../src/run/run.js';
import type { Step } from '../../src/sim/step.js';
import { program, TWO_HOSTS } from '../run/scenario.js';

const SCRIPT = `${TWO_HOSTS}server: listen 80
client: connect server:80 as one
client: connect server:80
expect client ESTABLISHED
repeat 3 {
  client: send "hello"
  wait 15ms
}
client.one: close
server: close
wait 50ms
crash server
client: send "more"
wait 3s
restart server
wait 5min
`;

const EDITS = [
  'client: abort',
  'client.one: abort',
  'server: close',
  'client: connect server:80 as two',
  'client: connect server:81',
  'crash client',
  'drop client -> server now',
  'inject client -> server RST seq=101 from 49152 to 80',
  'wait 7ms',
];

/** All that can be asked of it, at every place where something may be different. */
function told({ lives, ...history }: History, { timeline, program: { instructions } }: Run) {
  const answers: unknown[] = [];
  for (let step = 0; step < timeline.length(); step++) {
    const length = timeline.step(step).microsteps.length;
    for (const microstep of [-1, Math.floor(length / 2), length - 1]) {
      const place = { step, microstep };
      for (const host of ['client', 'server', 'nobody']) {
        const count = history.transitionCount(host, place);
        answers.push(
          ...[count, history.transitions(host, place, 0, 99), history.lastEvent(host, place)],
          ...[lives.goneCount(host, place), lives.gone(host, place, 0, 99)],
        );
        assert.equal(history.transitions(host, place, 0, 99).length, count);
        assert.deepEqual(
          history.transitions(host, place, 1, 2),
          history.transitions(host, place, 0, 99).slice(1, 3),
        );
        assert.deepEqual(lives.gone(host, place, 1, 2), lives.gone(host, place, 0, 99).slice(1, 3));
      }
    }
    answers.push(instructions.map((_, statement) => history.begun(statement, step)));
  }
  for (const host of ['client', 'server']) {
    for (let id = 0; id < 12; id++) {
      const ref = { host, id };
      answers.push([lives.created(ref), lives.deleted(ref), history.nameOf(ref)]);
    }
  }
  const times = instructions.map((_, statement) => history.reached(statement));
  answers.push(times.map(({ count, at }) => Array.from({ length: count }, (_, n) => at(n))));
  answers.push(times.map(({ upTo }) => upTo(timeline.length() / 2)));
  return answers;
}

/** A history of the record as it stands. */
function noted({ timeline }: Run): History {
  const history = createHistory();
  for (let i = 0; i < timeline.length(); i++) {
    history.note(timeline.step(i), timeline.stateBefore(i + 1));
  }
  return history;
}

describe('the history of a run', () => {
  it('is that of its record, whatever was forked, and however often', () => {
    const edit = fc.record({
      where: fc.double({ min: 0, max: 1, noNaN: true }),
      check: fc.integer({ min: -1, max: 9 }),
      text: fc.constantFrom(...EDITS),
      more: fc.constantFrom(0, 3, 8, Number.POSITIVE_INFINITY),
    });
    let forks = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const run = startRun(program(SCRIPT), { afterFailure: 'go-on' });
        const history = createHistory();
        run.timeline.observe(history);
        finish(run);
        for (const { where, check, text, more } of edits) {
          const step = Math.floor(where * (run.timeline.length() - 1));
          const last = run.timeline.step(step).microsteps.length - 1;
          const place = { step, microstep: Math.min(check, last) };
          const { edit: made } = typedStatement(run, place, text);
          if (made && typeof editRun(run, place, made) !== 'string') forks++;
          for (let i = 0; i < more && run.timeline.extend(); i++);
          assert.deepEqual(told(history, run), told(noted(run), run));
        }
      }),
      { numRuns: 40 },
    );
    assert.ok(forks > 30);
  });

  it('knows which of very many connections a crash has ended', () => {
    const lives = createLives();
    const [before, after] = ['ESTABLISHED', 'CLOSED'].map((state) => ({ state }));
    const microsteps = Array.from({ length: 70_000 }, (_, id) => {
      return { connection: { host: 'a', id }, before, after };
    });
    lives.note({ index: 0, microsteps } as unknown as Step);
    assert.deepEqual(lives.deleted({ host: 'a', id: 66_000 }), { step: 0, microstep: 66_000 });
  });

  it('counts what was there at a place, that place with it', () => {
    const run = startRun(
      program(`${TWO_HOSTS}peer p\nserver: listen 80\ninject p -> server SYN seq=1 from 7 to 80
expect server SYN_RCVD\ninject p -> server RST seq=2 from 7 to 80\nclient: connect server:80
expect client ESTABLISHED\nclient: abort\nclient: connect server:81\nwait 1s\n`),
    );
    const history = createHistory();
    run.timeline.observe(history);
    finish(run);
    const { transitions, lastEvent, lives } = history;
    let last: number | undefined;
    const gone: number[] = [];
    const moves: object[] = [];
    for (let step = 0; step < run.timeline.length(); step++) {
      const { host, microsteps } = run.timeline.step(step);
      assert.equal(lastEvent('server', { step, microstep: -1 }), last);
      if (host === 'server') last = step;
      for (const [microstep, { connection, before, after }] of microsteps.entries()) {
        const place = { step, microstep };
        const isOwn = connection?.host === 'server';
        if (isOwn && before?.state !== after?.state) {
          moves.unshift(place);
          const reset = before?.state === 'SYN_RCVD' && after?.state === 'LISTEN';
          if (before && (reset || after?.state === 'CLOSED')) gone.unshift(connection.id);
        }
        assert.deepEqual(transitions('server', place, 0, 99), moves);
        assert.deepEqual(
          lives.gone('server', place, 0, 99).map(({ id }) => id),
          gone,
        );
        assert.equal(lives.goneCount('server', place), gone.length);
        assert.equal(lastEvent('server', place), last);
      }
    }
    assert.equal(gone.length, 2);
  });
});
