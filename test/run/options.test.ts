/** Options of segments as scripts write them: injected, compared, told when they differ. */

import assert from 'node:assert/strict';
import { finish, startRun } from '../../src/run/run.js';
import { program } from './scenario.js';

const ACCURATE = `host server { accurate-ecn accept, isn 300 }
peer probe
server: listen 80
inject probe -> server SYN,ECE,CWR,AE from 1000 to 80 seq=100 mss=1460
expect server -> probe SYN,ACK,CWR accecn1=1:0:1
inject probe -> server ACK,CWR from 1000 to 80 seq=101 ack=301 accecn1=1:0:1
inject probe -> server ACK from 1000 to 80 seq=101 ack=301 len=10 ecn=ce
`;

function verdict(statements: string): string {
  const { verdict: of, failures } = finish(startRun(program(ACCURATE + statements)));
  return [of, ...failures.map(({ message }) => message)].join(': ');
}

describe('the AccECN Option of a segment (RFC 9768 §3.2.3)', () => {
  for (const [what, pattern] of [
    ['by its counters', 'ACK,CWR,AE accecn0=1:10'],
    ['as there at all', 'ACK,CWR,AE accecn0'],
    ["in the RFC's notation", '<ACK=111><CTL=ACK,CWR,AE><ACCECN0=1:10>'],
  ]) {
    it(`is expected ${what}`, () =>
      assert.equal(verdict(`expect server -> probe ${pattern}`), 'passed'));
  }

  it('differs by a counter', () =>
    assert.match(
      verdict('expect server -> probe ACK,CWR,AE accecn0=1:2'),
      /^failed: .*\n {2}accecn0 {2}expected 1:2 {2}actual 1:10\n/,
    ));

  it('differs by its order', () =>
    assert.match(
      verdict('expect server -> probe ACK,CWR,AE accecn1'),
      /^failed: .*\n {2}accecn1 /,
    ));

  it('is injected with its counters', () =>
    assert.equal(
      verdict(
        'expect server -> probe ACK,CWR,AE\ninject probe -> server ACK,CWR from 1000 to 80 seq=111 ack=301 len=5 accecn0=8:2\nexpect server -> probe ACK,CWR,AE ack=116',
      ),
      'passed',
    ));
});
