/** All stepping: where each word of the debugger leads from each kind of place, and back again. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createBreakpoint, lineBreakpoint } from '../../src/run/breakpoint.js';
import { FILTERS } from '../../src/run/filters.js';
import { comparePlaces, endOf, START } from '../../src/run/places.js';
import { finish, type Run, startRun } from '../../src/run/run.js';
import { backGrain, findStop, type Grain } from '../../src/run/stop.js';
import type { Place } from '../../src/sim/step.js';
import { program, programsOf, TWO_HOSTS } from './scenario.js';

const HANDSHAKE = `${TWO_HOSTS}
server: listen 80
client: connect server:80
expect client ESTABLISHED
client: send "x"
expect server received "x"
`;

/** Where the cursor is, as a reader would say it. */
function told(run: Run, place: Place): string {
  if (place.step >= run.timeline.length()) return 'end';
  const step = run.timeline.step(place.step);
  const { cause } = step;
  if (place.microstep >= 0) return step.microsteps[place.microstep]?.rule.id ?? '';
  return cause.kind === 'statement'
    ? `> ${run.program.instructions[cause.statement]?.text}`
    : cause.kind;
}

/** Goes on until the end, or the beginning, and tells all places on the way. */
function walk(run: Run, direction: 1 | -1, grain: Grain, from: Place): readonly string[] {
  const places: string[] = [];
  let place = from;
  for (;;) {
    const stop = findStop(run, place, direction, grain);
    place = stop.place;
    places.push(told(run, place));
    if (stop.reason === 'end' || stop.reason === 'entry') return places;
  }
}

/** Says "enough" when it was asked so many times. */
function askedTimes(times: number): () => boolean {
  let asked = 0;
  return () => asked++ >= times;
}

function handshake(): Run {
  return startRun(program(HANDSHAKE));
}

describe('stepping', () => {
  it('over goes from statement to statement and then to the end', () => {
    assert.deepEqual(walk(handshake(), 1, 'statement', START), [
      '> client: connect server:80',
      '> expect client ESTABLISHED',
      '> client: send "x"',
      '> expect server received "x"',
      'end',
    ]);
  });

  it("in goes through the rules of a call, of the next events, and over what the script's own rules say", () => {
    const places = walk(handshake(), 1, 'rule', START);
    assert.deepEqual(places.slice(0, 8), [
      'open/closed',
      '> client: connect server:80',
      'open/closed',
      'link/deliver',
      '> expect client ESTABLISHED',
      'listen/1-rst',
      'listen/2-ack',
      'listen/3-syn',
    ]);
    assert.ok(!places.some((place) => place.startsWith('script/')));
  });

  it('by event visits the first rule of each', () => {
    assert.deepEqual(walk(handshake(), 1, 'event', START).slice(0, 6), [
      'open/closed',
      '> client: connect server:80',
      'open/closed',
      '> expect client ESTABLISHED',
      'listen/1-rst',
      'syn-sent/1-ack',
    ]);
  });

  it('out goes to the end of the event, then to the next statement', () => {
    const run = handshake();
    const inside = [1, 2, 3, 4, 5, 6].reduce((at) => findStop(run, at, 1, 'rule').place, START);
    assert.equal(told(run, inside), 'listen/1-rst');
    const end = findStop(run, inside, 1, 'out');
    assert.equal(told(run, end.place), 'link/deliver');
    assert.equal(end.place.step, inside.step);
    const statement = findStop(run, end.place, 1, 'out');
    assert.equal(told(run, statement.place), '> client: send "x"');
    const over = findStop(run, statement.place, 1, 'out');
    assert.equal(told(run, over.place), '> expect server received "x"');
  });

  it('back from the middle of an event by "out" goes to its first rule, then to the statement before', () => {
    const run = handshake();
    finish(run);
    const last = findStop(run, endOf(run), -1, 'rule').place;
    const begin = findStop(run, last, -1, 'out').place;
    assert.equal(begin.step, last.step);
    assert.equal(told(run, findStop(run, begin, -1, 'out').place), '> expect server received "x"');
  });

  it('back visits the same places, in the other order', () => {
    for (const grain of ['rule', 'event', 'statement'] as const) {
      const run = handshake();
      const forward = walk(run, 1, grain, START);
      const back = walk(run, -1, grain, endOf(run));
      const start = '> server: listen 80';
      assert.deepEqual([...back.slice(0, -1)].reverse(), [start, ...forward.slice(0, -1)], grain);
    }
  });

  it('back retraces the last grain; without one, rules within an event and statements between them', () => {
    assert.equal(backGrain({ step: 3, microstep: -1 }, undefined), 'statement');
    assert.equal(backGrain({ step: 3, microstep: 2 }, undefined), 'rule');
    assert.equal(backGrain({ step: 3, microstep: -1 }, 'rule'), 'rule');
    assert.equal(backGrain({ step: 3, microstep: 2 }, 'statement'), 'statement');
    assert.equal(backGrain({ step: 3, microstep: 2 }, 'out'), 'rule');
  });

  it('stops at a breakpoint on the way, and says both why and that it is one', () => {
    const run = handshake();
    const filter = FILTERS.find(({ id }) => id === 'state');
    assert(filter);
    const breakpoint = createBreakpoint(7, filter.holds);
    const stop = findStop(run, START, 1, 'statement', [breakpoint]);
    assert.equal(stop.reason, 'breakpoint');
    assert.deepEqual(
      stop.hits.map(({ breakpoint: { id }, why }) => [id, why]),
      [[7, 'server: CLOSED -> LISTEN: OPEN Call, CLOSED STATE (i.e., TCB does not exist)']],
    );
  });

  it('gives up after its budget, and goes on from there to the same place', () => {
    const text = `${TWO_HOSTS}repeat 5000 as i {\nlet x = i\n}\nprint "done"`;
    const run = startRun(program(text));
    const line = createBreakpoint(1, lineBreakpoint(3));
    let stop = findStop(run, START, 1, 'breakpoint', [line], { enough: askedTimes(100) });
    let slices = 0;
    while (stop.reason === 'budget') {
      assert.ok(run.timeline.length() <= (slices + 1) * 102);
      stop = findStop(run, stop.place, 1, stop.grain, [line], { enough: askedTimes(100) });
      slices++;
    }
    assert.equal(stop.reason, 'breakpoint');
    assert.equal(told(run, stop.place), '> print "done"');
    assert.ok(slices > 40);
  });

  it('of an empty script ends where it begins', () => {
    const run = startRun(program('host client\nscenario "nothing" {\n}'));
    const stop = findStop(run, START, 1, 'statement');
    assert.deepEqual([stop.reason, stop.place], ['end', START]);
  });
});

describe('stepping in examples', () => {
  const files = [
    'handshake',
    'lost-syn',
    'connection-refused',
    'rfc9293-figure-07',
    'rfc9293-figure-09',
  ];
  const programs = files.flatMap((file) => programsOf(`examples/${file}.tcpflow`));

  it('n forward and n back is where it began, at every grain and with breakpoints', () => {
    const grains: readonly Grain[] = ['rule', 'event', 'statement', 'breakpoint'];
    const chosen = fc.record({
      program: fc.constantFrom(...programs),
      grain: fc.constantFrom(...grains),
      filters: fc.subarray([...FILTERS]),
      before: fc.nat(20),
      n: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(chosen, ({ program: one, grain, filters, before, n }) => {
        const run = startRun(one);
        const breakpoints = filters.map(({ holds }, id) => createBreakpoint(id, holds));
        const go = (from: Place, direction: 1 | -1) =>
          findStop(run, from, direction, grain, breakpoints);
        let place = START;
        for (let i = 0; i < before; i++) place = go(place, 1).place;
        const visited = [place];
        for (let i = 0; i < n; i++) {
          const stop = go(place, 1);
          if (comparePlaces(stop.place, place) === 0) break;
          place = stop.place;
          visited.push(place);
        }
        for (const expected of [...visited].reverse().slice(1)) {
          place = go(place, -1).place;
          assert.deepEqual(place, expected);
        }
      }),
      { numRuns: 150 },
    );
  });
});
