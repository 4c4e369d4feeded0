/** RFC 4821 Packetization Layer Path MTU Discovery: setting `mtu-probing`. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Run } from '../../src/run/run.js';
import { finish, startRun } from '../../src/run/run.js';
import type { PathSearch } from '../../src/tcp/loss-recovery/path-search.js';
import {
  besideText,
  inBlackHole,
  inconclusive,
  proven,
} from '../../src/tcp/loss-recovery/path-search.js';
import { add, seq } from '../../src/tcp/seq.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { program } from '../run/scenario.js';
import { established, ISS } from './fixtures.js';

/** A client that sends so much text through a path of this MTU, of which nobody tells it. */
function sendThrough(mtu: number, octets: number, client: string): Run {
  const run = startRun(
    program(`host client 10.0.0.1 { ${client}, isn 100 }
host server 10.0.0.2 { isn 300, window 500000, window-scale 4 }
link client -- server { delay 10ms, mtu ${mtu} }
scenario "sends" {
  server: listen 80
  client: connect server:80
  expect server ESTABLISHED
  client: send ${octets} bytes
  wait 2000s
}
`),
  );
  finish(run);
  return run;
}

function lastOf({ timeline }: Run, name: string): Tcb {
  const { world } = timeline.stateBefore(timeline.length());
  const host = world.hosts.get(name);
  const entry = [...(host?.connections.values() ?? [])].find(
    ({ tcb }) => tcb.state === 'ESTABLISHED',
  );
  assert(entry, `${name} has no connection`);
  return entry.tcb;
}

const clients = [
  'window-scale 0, mtu-probing always',
  'profile linux, mtu-probing always',
  'profile linux, mtu-probing always, sack off',
  'profile freebsd, mtu-probing always',
];

describe('Path MTU discovery by longer segments (RFC 4821)', () => {
  for (const client of clients) {
    it(`finds what any path takes, and all text arrives: ${client}`, () => {
      const someMtu = fc.integer({ min: 1100, max: 1500 });
      fc.assert(
        fc.property(someMtu, fc.integer({ min: 1, max: 120_000 }), (mtu, octets) => {
          const run = sendThrough(mtu, octets, client);
          assert.equal(lastOf(run, 'server').rcv.nxt, 101 + octets);
          const { snd, rto, options } = lastOf(run, 'client');
          assert.equal(snd.una, snd.nxt);
          const datagram = snd.mss + besideText(lastOf(run, 'client'));
          assert(datagram <= mtu, `${snd.mss} octets with ${options.timestamps}, ${mtu}`);
          if (octets === 120_000) assert(rto.search !== undefined && mtu - datagram < 2 * 8);
        }),
        { numRuns: 15, examples: [[1400, 120_000]] },
      );
    });
  }

  it('gets through a black hole with ever shorter segments (§7.7)', () => {
    const someMtu = fc.integer({ min: 200, max: 1500 });
    fc.assert(
      fc.property(
        someMtu,
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom('', 'profile linux, '),
        (mtu, octets, profile) => {
          const run = sendThrough(mtu, octets, `${profile}mtu-probing black-hole`);
          assert.equal(lastOf(run, 'server').rcv.nxt, 101 + octets);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is not done by itself: nothing arrives, and the connection is given up', () => {
    const run = sendThrough(1300, 1400, 'retries 9');
    assert.equal(lastOf(run, 'server').rcv.nxt, 101);
    assert.throws(() => lastOf(run, 'client'), /no connection/);
  });
});

describe('What a probe tells', () => {
  const probe = { from: seq(ISS + 1), end: seq(ISS + 1301), octets: 1340 };
  const search: PathSearch = { low: 1064, high: 1500, probe, since: 0 };
  const tcb = (changes: Partial<PathSearch> = {}) =>
    established({
      snd: { nxt: add(probe.end, 100), mss: 1024, wnd: 10_000 },
      rto: { search: { ...search, ...changes } },
      settings: { mtuProbing: 'always' },
    });

  it('that the path takes it, once it is acknowledged as a whole (§7.6.1)', () => {
    assert.equal(proven(tcb(), add(probe.end, -1)).snd.mss, 1024);
    const after = proven(tcb(), probe.end);
    assert.equal(after.snd.mss, 1300);
    assert.deepEqual(after.rto.search, { ...search, low: 1340, probe: undefined });
  });

  it('nothing, when something goes again before (§7.6.3)', () => {
    assert.deepEqual(inconclusive(tcb().rto).search, { ...search, probe: undefined });
    const { rto } = tcb({ probe: undefined });
    assert.equal(inconclusive(rto), rto);
  });

  it('that a black hole halves the segments, down to 48 octets (§7.7)', () => {
    const lengths: number[] = [];
    let now = established({ snd: { mss: 1460 }, settings: { mtuProbing: 'black-hole' } });
    for (let i = 0; i < 8; i++) {
      now = inBlackHole(now, i);
      lengths.push(now.snd.mss);
    }
    assert.deepEqual(lengths, [1024, 512, 256, 128, 64, 48, 48, 48]);
    const off = established({ snd: { mss: 1460 } });
    assert.equal(inBlackHole(off, 0), off);
  });
});
