/** What `seg` is at each rule: the segment that a link decides about, also among others that leave at once. */

import assert from 'node:assert/strict';
import { segmentAt } from '../../src/run/look.js';
import { finish, startRun } from '../../src/run/run.js';
import { printSegment } from '../../src/tcp/segment.js';
import { program, scenario } from './scenario.js';

const BUSY = `host client { isn 100 }
host server { isn 300 }
peer mallory
link client -- server { delay 10ms, jitter 3ms, loss 10%, duplicate 20%, reorder 20%, rate 1Mbps, mtu 1000 }
seed 5
server: listen 80
hold client -> server SYN as old
client: connect server:80
wait 2s
inject mallory -> server SYN seq=7 from 1 to 80
drop client -> server data="one"
corrupt client -> server data="two"
delay client -> server data="three" by 1s
client: send "one"
client: send "two"
client: send "three"
wait 3s
client: send 4000 bytes
release old
server: send 3000 bytes
wait 20s
cut client -- server
client: send "x"
wait 3s
mend client -- server
wait 20s
`;

describe('the segment at hand', () => {
  it('is the one that the link decides about, at each of its rules', () => {
    const run = startRun(program(BUSY), { afterFailure: 'go-on' });
    finish(run);
    const met = new Set<string>();
    for (let i = 0; i < run.timeline.length(); i++) {
      const step = run.timeline.step(i);
      for (const [at, { rule, why }] of step.microsteps.entries()) {
        const said = /^\w+ -> \w+ (<SEQ=\S+>)/.exec(why())?.[1];
        if (!rule.id.startsWith('link/') || said === undefined) continue;
        const segment = segmentAt(step, at);
        assert.equal(segment && printSegment(segment), said, `${rule.id} in step ${i}`);
        met.add(rule.id.slice(5));
      }
    }
    assert.deepEqual(
      [...met].sort(),
      'corrupt cut delay deliver duplicate hold lose mtu reorder'.split(' '),
    );
  });

  it('is at the rules of TCP what arrived, also where they answer it, else what they send', () => {
    const run = scenario('server: listen 80\nclient: connect server:80\nexpect client ESTABLISHED');
    const said: string[] = [];
    for (let i = 0; i < run.timeline.length(); i++) {
      const step = run.timeline.step(i);
      for (const [at, { rule }] of step.microsteps.entries()) {
        const segment = segmentAt(step, at);
        if (/^(listen|open|link)/.test(rule.id)) {
          said.push(`${rule.id} ${segment ? printSegment(segment) : 'none'}`);
        }
      }
    }
    assert.deepEqual(said.slice(0, 6), [
      'open/closed none',
      'open/closed <SEQ=100><CTL=SYN>',
      'link/deliver <SEQ=100><CTL=SYN>',
      'listen/1-rst <SEQ=100><CTL=SYN>',
      'listen/2-ack <SEQ=100><CTL=SYN>',
      'listen/3-syn <SEQ=100><CTL=SYN>',
    ]);
  });
});
