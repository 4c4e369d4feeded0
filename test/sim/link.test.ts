/** Links between peers that only send and record: delay, chance, rate, size, cuts and faults. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { arm, cut, mend, release } from '../../src/sim/director.js';
import type { Fault } from '../../src/sim/fault.js';
import { copyWorld, createWorld } from '../../src/sim/world.js';
import { num } from '../../src/tcp/seq.js';
import type { Action } from './scenes.js';
import { arrivals, arrivalTimes, numbered, peers, play, reasons } from './scenes.js';

const all: Fault['matches'] = () => true;
const fault = (kind: 'drop' | 'duplicate' | 'corrupt', count = 1): Action => ({
  at: 0,
  act: (world) => arm(world, { kind, count, matches: all, text: `${kind} left -> right` }),
});
const hold = (name: string, matches = all): Action => ({
  at: 0,
  act: (world) => arm(world, { kind: 'hold', count: 1, name, matches, text: `hold as ${name}` }),
});
const ten = Array.from({ length: 10 }, (_, n) => numbered(n * 100, n));
const inOrder = ten.map((_, n) => n);

describe('link', () => {
  it('carries each segment in its delay, and says so', () => {
    const played = play(peers({ delay: 10_000 }), [numbered(500, 7)]);
    assert.deepEqual(arrivalTimes(played), [10_500]);
    const why = 'left -> right <SEQ=7><CTL=none>: delay 10 ms: arrives at 0.010500';
    assert.deepEqual(reasons(played, 'link/deliver'), [why]);
    assert.equal(played.world.peers.get('right')?.received, 1);
  });

  it('never lets a segment overtake another, whatever the jitter', () => {
    const jitters = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(jitters, fc.nat(), (jitter, seed) => {
        const played = play(peers({ jitter, reorder: 0 }, seed), ten);
        assert.deepEqual(arrivals(played, 'right'), inOrder);
        arrivalTimes(played).forEach((at, n) => {
          assert.ok(at >= n * 100 + 10_000 && at <= 900 + 10_000 + jitter);
        });
      }),
    );
  });

  it('loses the fraction that it should', () => {
    const flood = Array.from({ length: 5_000 }, (_, n) => numbered(n, n));
    const played = play(peers({ loss: 0.1 }), flood);
    const arrived = arrivals(played, 'right').length;
    assert.ok(arrived > 4_400 && arrived < 4_600, `${arrived} of 5 000`);
    assert.match(reasons(played, 'link/lose')[0] ?? '', /loss 10 %: drew 0\.\d{6} (<|>=) 0\.1: /);
  });

  it('turning one setting on shifts nobody else’s dice', () => {
    const lost = (changes: object) => {
      const { steps } = play(peers({ loss: 0.3, ...changes }, 5), ten);
      const first = steps.flatMap(({ departures }) => departures.slice(0, 1));
      return first.map(({ fate }) => fate);
    };
    assert.deepEqual(lost({ jitter: 50, duplicate: 0.5, reorder: 0.5 }), lost({}));
    assert.ok(lost({}).includes('lose') && lost({}).includes('deliver'));
  });

  it('doubles by chance: the copy is a delivery of its own and repeats the first', () => {
    const played = play(peers({ duplicate: 1 }), [numbered(0, 1)]);
    const [first, second] = played.steps[0]?.departures ?? [];
    assert.deepEqual([second?.kind, second?.copyOf], ['duplicate', first?.id]);
    assert.deepEqual(arrivals(played, 'right'), [1, 1]);
  });

  it('reorders by chance: a late segment is overtaken', () => {
    const played = play(peers({ reorder: 0.3 }), ten);
    const order = arrivals(played, 'right');
    assert.notDeepEqual(order, inOrder);
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      inOrder,
    );
  });

  it('sends one bit after the other when it has a rate', () => {
    // 1000 octets of text and 40 of headers at 8 Mbit/s: 1.04 ms each.
    const two = [numbered(0, 1, 1_000), numbered(0, 2, 1_000)];
    const played = play(peers({ delay: 0, rate: 8_000_000 }), two);
    assert.deepEqual(arrivalTimes(played), [1_040, 2_080]);
  });

  it('loses a datagram that does not fit, with the sizes', () => {
    const played = play(peers({ mtu: 576 }), [numbered(0, 1, 536), numbered(0, 2, 537)]);
    assert.deepEqual(arrivals(played, 'right'), [1]);
    assert.match(reasons(played, 'link/mtu')[0] ?? '', /datagram of 577 octets > MTU 576/);
  });

  it('a cut path loses what leaves, and delivers what is under way', () => {
    const played = play(peers({ delay: 10_000 }), [
      numbered(0, 1),
      { at: 1_000, act: (world) => cut(world, 'right', 'left') },
      numbered(2_000, 2),
      { at: 3_000, act: (world) => mend(world, 'left', 'right') },
      numbered(4_000, 3),
    ]);
    assert.deepEqual(arrivals(played, 'right'), [1, 3]);
    assert.equal(played.steps[2]?.departures[0]?.fate, 'cut');
  });
});

describe('faults', () => {
  it('drop takes as many segments as it was told', () => {
    const played = play(peers(), [fault('drop', 3), ...ten]);
    assert.deepEqual(arrivals(played, 'right'), inOrder.slice(3));
    assert.equal(reasons(played, 'link/lose').length, 3);
  });

  it('of two of one kind the older takes the first segment', () => {
    const played = play(peers(), [fault('drop'), fault('drop'), ...ten]);
    assert.deepEqual(arrivals(played, 'right'), inOrder.slice(2));
  });

  it('faults of different kinds meet one segment', () => {
    const late: Action = {
      at: 0,
      act: (world) =>
        arm(world, { kind: 'delay', count: 1, by: 500, matches: all, text: 'delay by 500us' }),
    };
    const played = play(peers(), [fault('duplicate'), late, ...ten]);
    assert.deepEqual(arrivals(played, 'right').slice(0, 7), [1, 2, 3, 4, 0, 0, 5]);
  });

  it('a damaged segment arrives; nobody but a TCP looks at its checksum', () => {
    const played = play(peers(), [fault('corrupt'), numbered(0, 1)]);
    assert.deepEqual(
      played.steps.map(({ departures }) => departures[0]?.corrupt),
      [undefined, true, undefined],
    );
  });

  it('a held segment is kept until it is released, and then takes its way', () => {
    const played = play(peers(), [
      hold('old', ({ segment: { seq } }) => num(seq) === 4),
      ...ten,
      { at: 50_000, act: (world) => release(world, 'old', 9) },
    ]);
    assert.deepEqual(arrivals(played, 'right'), [0, 1, 2, 3, 5, 6, 7, 8, 9, 4]);
    assert.equal(arrivalTimes(played).at(-1), 60_000);
    const released = played.steps.flatMap(({ departures }) => departures).at(-1);
    assert.deepEqual([released?.kind, released?.copyOf, released?.origin], ['released', 5, 9]);
    assert.equal(played.world.held.size, 0);
  });

  it('releasing what was never held says so and sends nothing', () => {
    const played = play(peers(), [{ at: 0, act: (world) => release(world, 'young', 0) }]);
    assert.deepEqual(reasons(played, 'link/release'), ['nothing is held as young']);
  });
});

describe('limits', () => {
  it('a link that carries too many ends the run with the reason', () => {
    const played = play({ ...peers(), limits: { link: 3 } }, ten);
    assert.match(played.world.ended ?? '', /3 segments are under way from left to right/);
    assert.equal(reasons(played, 'link/full').length, 1);
    assert.equal(played.steps.length, 4);
  });

  it('a world that carries too many ends with the reason', () => {
    const { world } = play({ ...peers(), limits: { queue: 5 } }, ten);
    assert.match(world.ended ?? '', /5 segments are under way: that is the limit of a run/);
  });
});

describe('copies of a world', () => {
  it('share nothing that changes', () => {
    const config = peers({ loss: 0.2, jitter: 700, duplicate: 0.2, reorder: 0.2, rate: 1e6 });
    const run = (world: ReturnType<typeof createWorld>) =>
      inOrder.map((n) => {
        const { departures } = numbered(0, n).act(world, 1);
        return departures.map(({ id, fate, arrivesAt }) => [id, fate, arrivesAt]);
      });
    const world = createWorld(config);
    run(world);
    const copy = copyWorld(world);
    const went = run(world);
    assert.deepEqual(run(copy), went);
  });
});
