/** The readable record: its header, columns, and what each kind of event looks like. */

import assert from 'node:assert/strict';
import { arm, cut, giveConnections, mend, release } from '../../src/sim/director.js';
import { trace, traceHeader } from '../../src/sim/trace.js';
import type { WorldConfig } from '../../src/sim/world.js';
import { createWorld, hostOf } from '../../src/sim/world.js';
import { closedTcb } from '../../src/tcp/tcb.js';
import { golden } from '../golden.js';
import type { Action } from './scenes.js';
import { connect, listen, numbered, pair, peers, play } from './scenes.js';

const header = (config: WorldConfig) => traceHeader(createWorld(config));

describe('trace', () => {
  it('begins with the seed and the links', () => {
    assert.equal(header(pair()), '# seed 1   link client--server 10 ms');
    assert.equal(header({ ...pair(), links: [] }), '# seed 1   link client--server 10 ms');
  });

  it('says of a link what is out of the ordinary', () => {
    const bad = { delay: 1_500, jitter: 200, loss: 0.07, duplicate: 0.5, reorder: 0.001 };
    assert.equal(
      header(peers({ ...bad, rate: 10_000_000, mtu: 576 }, 42)),
      '# seed 42   link left--right 1.5 ms, jitter 200 us, loss 7 %, duplicate 50 %, ' +
        'reorder 0.1 %, rate 10 Mbit/s, mtu 576',
    );
  });

  it('sums up the links that nobody declared', () => {
    const config = pair();
    const more = { ...config, peers: [{ name: 'eve', address: '10.0.0.9' }] };
    assert.equal(header(more), '# seed 1   link client--server 10 ms   other links 10 ms');
  });

  it('names the receiver when there are more than two', () => {
    const config = { ...pair(), peers: [{ name: 'eve', address: '10.0.0.9' }] };
    const { steps } = play(config, [connect(0, 'client', '10.0.0.9')], () => {}, 100);
    const text = trace(createWorld(config), steps.slice(0, 2));
    assert.match(text, /client {2}--> eve <SEQ=100><CTL=SYN>\n/);
    assert.match(text, / {2}eve {2}<-- <SEQ=100><CTL=SYN> +peer\/record\n$/);
  });

  it('tells what the director does in words', () => {
    const matches = () => true;
    const acts: readonly Action[] = [
      {
        at: 0,
        act: (world) =>
          arm(world, { kind: 'hold', name: 'x', count: 1, matches, text: 'hold SYN' }),
      },
      listen(0, 'server'),
      connect(0, 'client', '10.0.0.2'),
      { at: 100, act: (world) => cut(world, 'client', 'server') },
      { at: 200, act: (world) => release(world, 'x', 0) },
      { at: 300, act: (world) => mend(world, 'client', 'server') },
      {
        at: 400,
        act: (world) => {
          const { address, settings } = hostOf(world, 'server');
          const tcb = closedTcb({ address, port: 7 }, { address: '10.0.0.1', port: 9 }, settings);
          const given = { ...tcb, state: 'ESTABLISHED' } as const;
          return giveConnections(world, [{ host: 'server', name: 'old', tcb: given }], 0);
        },
      },
      { at: 500, act: (world) => cut(world, 'client', 'server') },
    ];
    const { steps } = play(pair({ synRetries: 0 }), acts);
    golden('sim/director.trace', trace(createWorld(pair()), steps));
  });

  it('shows a segment that nobody answers as it arrives', () => {
    const { steps } = play(peers(), [numbered(0, 5)]);
    const text = trace(createWorld(peers()), steps);
    assert.deepEqual(text.split('\n').slice(1), [
      '  0.000000  left  --> <SEQ=5><CTL=none> injected',
      `${'  0.010000         right  <-- <SEQ=5><CTL=none>'.padEnd(74)}  peer/record`,
      '',
    ]);
  });
});
