/** The record as plain data. */

import assert from 'node:assert/strict';
import { arm } from '../../src/sim/director.js';
import type { StepJson } from '../../src/sim/json.js';
import { stepJson } from '../../src/sim/json.js';
import { close, connect, listen, pair, play, send } from './scenes.js';

const twice = {
  at: 0,
  act: (world: Parameters<typeof arm>[0]) =>
    arm(world, { kind: 'duplicate', count: 1, matches: () => true, text: 'duplicate' }),
};
const { steps } = play(pair({ timestamps: true, sack: true, windowScale: 7 }), [
  twice,
  listen(0, 'server'),
  connect(0, 'client', '10.0.0.2', 80, 1_000),
  send(100_000, 'client', 5, 'nobody'),
  close(500_000, 'client'),
]);
const objects = steps.map(stepJson);
const find = (event: string, host: string) =>
  objects.find((one) => one.event === event && one.host === host) as StepJson;

describe('the record as JSON', () => {
  it('is the same after a journey through text', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(objects)), objects);
  });

  it('tells of a call: the host, the rules, the move, the segment', () => {
    const { step, time, statement, rules, moves, segments, outcome } = find('OPEN', 'client');
    assert.deepEqual([step, time, statement, outcome], [2, 0, 2, 'pending']);
    assert.ok(rules.includes('open/closed') && rules.at(-1) === 'link/deliver');
    assert.deepEqual(moves, [{ host: 'client', connection: 1, from: 'CLOSED', to: 'SYN_SENT' }]);
    assert.deepEqual(segments[0], {
      ...{ id: 1, from: 'client', to: 'server', sourcePort: 1_000, destinationPort: 80 },
      ...{ seq: 100, flags: ['SYN'], window: 65_535, length: 0 },
      options: {
        ...{ mss: 1_460, windowScale: 7, sackPermitted: true },
        timestamps: { val: 0, ecr: 0 },
      },
      ...{ fate: 'deliver', rule: 'link/deliver', kind: 'first', corrupt: false, arrives: 10_000 },
    });
    assert.deepEqual([segments[1]?.kind, segments[1]?.copyOf], ['duplicate', 1]);
  });

  it('tells of an arrival which segment it was, and what was discarded', () => {
    const arrivals = objects.filter(({ event }) => event === 'segment arrives');
    assert.deepEqual(
      arrivals.slice(0, 2).map(({ arrived }) => arrived),
      [1, 2],
    );
    assert.equal(arrivals[1]?.discards.length, 1);
    assert.equal(arrivals[0]?.segments[0]?.ack, 101);
  });

  it('tells of an error in the RFC’s words', () => {
    assert.equal(find('SEND', 'client').outcome, 'error: connection does not exist');
  });
});
