/** RFC 9293 §3.4 Sequence Numbers: what a person sees of numbers that wrap. */

import assert from 'node:assert/strict';
import type { ArrowItem } from '../../src/views/contract.js';
import { createSequence } from '../../src/views/sequence.js';
import { numbersLabel } from '../../src/views/words.js';
import { running } from '../views/running.js';

describe('numbers across the wrap', () => {
  const sequence = createSequence(
    running(`host client 10.0.0.1 { isn 4294967294 }
host server 10.0.0.2 { isn 4294967295 }
link client -- server { delay 10ms }
server: listen 80
client: connect server:80
wait until client ESTABLISHED
client: send "hello"
server: send "hi"
wait quiet
`),
  );
  sequence.extend();
  const arrows = sequence
    .window(0, sequence.height())
    .items.filter((item): item is ArrowItem => item.kind === 'arrow');
  const labels = (numbers: 'absolute' | 'relative') =>
    arrows.map(({ segment }) => numbersLabel(segment, { numbers }));

  it('WRP-11 relative numbers go on where absolute ones begin again at 0', () => {
    assert.deepEqual(labels('absolute').slice(0, 4), [
      'seq=4294967294',
      'seq=4294967295 ack=4294967295',
      'seq=4294967295 ack=0',
      'seq=4294967295 ack=0 len=5',
    ]);
    assert.deepEqual(labels('relative').slice(0, 4), [
      'seq=0',
      'seq=0 ack=1',
      'seq=1 ack=1',
      'seq=1 ack=1 len=5',
    ]);
  });

  it('WRP-11 each is the other less an ISS, modulo 2^32', () => {
    const iss = { client: 4294967294, server: 4294967295 };
    for (const { segment } of arrows) {
      const own = segment.source.startsWith('10.0.0.1') ? iss.client : iss.server;
      const peer = own === iss.client ? iss.server : iss.client;
      assert.equal((own + (segment.relativeSeq ?? 0)) % 2 ** 32, segment.seq);
      if (segment.ack !== undefined) {
        assert.equal((peer + (segment.relativeAck ?? 0)) % 2 ** 32, segment.ack);
      }
    }
    assert.ok(arrows.length > 4);
  });
});
