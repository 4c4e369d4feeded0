/** Exception filters: stops at any state change, lost segment or reset. */

import assert from 'node:assert/strict';
import { example, serving } from './conversation.js';

const HANDSHAKE = example('handshake');

describe('exception filters', () => {
  const server = serving();

  async function stops(program: string, filter: string, condition?: string) {
    const conversation = await server.converse();
    const options = condition === undefined ? [] : [{ filterId: filter, condition }];
    await conversation.launch(
      { program },
      { filters: condition === undefined ? [filter] : [], options },
    );
    const texts: string[] = [];
    for (;;) {
      const stop = await conversation.go('continue');
      if (stop.kind === 'terminated') return texts;
      assert.equal(stop.reason, 'exception');
      texts.push(stop.text);
    }
  }

  it('stop on any state change, or on those of a condition', async () => {
    assert.equal((await stops(HANDSHAKE, 'state')).length, 12);
    const servers = await stops(HANDSHAKE, 'state', 'server.STATE == SYN_RCVD');
    assert.equal(servers[0]?.startsWith('server: LISTEN -> SYN_RCVD'), true);
  });

  it('stop on a lost segment and on its retransmission', async () => {
    const lost = example('lost-syn');
    assert.match((await stops(lost, 'lost'))[0] ?? '', /SYN/);
    assert.match((await stops(lost, 'retransmission'))[0] ?? '', /^client retransmits <SEQ=/);
  });

  it('stop on a reset, sent and arriving', async () => {
    const texts = await stops(example('connection-refused'), 'rst');
    assert.match(texts[0] ?? '', /^server sends <SEQ=0>.*RST/);
    assert.match(texts[1] ?? '', /arrives at client$/);
  });

  it('of other debuggers are answered one by one', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE });
    const { body } = await conversation.client.setExceptionBreakpointsRequest({
      filters: ['failed', 'uncaught'],
    });
    assert.deepEqual(
      body?.breakpoints?.map(({ verified, message }) => [verified, message]),
      [
        [true, 'What the script expects does not come to be.'],
        [
          false,
          'There is no filter "uncaught". There are failed, state, rst, retransmission, lost, discarded, challenge and overflow.',
        ],
      ],
    );
  });
});
