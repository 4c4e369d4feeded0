/** Sockets: what shutdown(SHUT_RD) means to the peer, which no standard says. */

import assert from 'node:assert/strict';
import { ACK, PSH } from '../../src/tcp/segment.js';
import { connected } from '../run/sockets/process.js';

describe('shutdown of the reading half', () => {
  for (const system of ['linux', 'freebsd'] as const) {
    it(`CLO-14 sends nothing, and text that comes later is acknowledged (LP-67, ${system})`, () => {
      const { process, c } = connected(system);
      assert.equal(c.shutdown(3, 'SHUT_RD'), '0');
      assert.deepEqual(process.since(), []);
      process.arrive(ACK | PSH, 301, { ack: 101, data: 'late' });
      // FreeBSD takes its time with an ACK.
      process.run(100);
      assert.deepEqual(process.since(), ['<SEQ=101><ACK=305><CTL=ACK>']);
      if (system === 'linux') assert.equal(c.read(3, 9), '4 late');
    });
  }
});
