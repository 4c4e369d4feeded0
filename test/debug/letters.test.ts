/** Names have letters of any script: the debugger knows them wherever somebody types one. */

import assert from 'node:assert/strict';
import { serving } from './conversation.js';

const SCRIPT = `host müller { isn 100 }
host 客户 { isn 300 }
link müller -- 客户 { delay 10ms }
客户: listen 80
müller: connect 客户:80 as größe
expect 客户 -> müller SYN,ACK
müller: send "x"
wait 1s
`;

describe('hosts and connections with letters of any script', () => {
  const server = serving();

  it('are known to breakpoints, the console, watches, completion and edits', async () => {
    const conversation = await server.converse();
    const { client, evaluate, stop, at } = conversation;
    await conversation.launch({ program: server.script(SCRIPT) });

    const { body } = await client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: '客户:SYN_RCVD' }],
    });
    assert.deepEqual(
      body.breakpoints.map(({ message }) => message),
      ['客户 enters SYN_RCVD'],
    );
    await conversation.go('continue');
    assert.match(await at(), /LISTEN -> SYN_RCVD/);

    for (const dataId of ['müller.größe.snd.una', '客户.syn-queue', '客户: SND.NXT - SND.UNA']) {
      const set = await client.setDataBreakpointsRequest({ breakpoints: [{ dataId }] });
      assert.equal(set.body.breakpoints[0]?.verified, true, dataId);
    }
    await client.setDataBreakpointsRequest({ breakpoints: [] });

    assert.equal(await evaluate('müller.größe.SND.NXT - müller.ISS'), '1');
    assert.match(await evaluate('müller.größe.mistaken(4000)'), /^false: the SYN has 100/);

    const labels = async (text: string) => {
      const { targets } = (await client.completionsRequest({ text, column: text.length + 1 })).body;
      return targets.map(({ label }) => label);
    };
    assert.deepEqual(
      (await labels('müller: con')).filter((one) => one.startsWith('con')),
      ['connect'],
    );
    assert((await labels('客户.SND.N')).includes('客户.SND.NXT'));

    await evaluate('müller--客户.delay = 20ms');
    await stop();
    await evaluate('müller.größe.SND.WND = 7');
    await stop();
    await evaluate('müller: abort');
    await stop();
    assert.equal(await evaluate('müller.connections'), '0');
    const saved = await client.customRequest('tcpflow/script', {});
    assert.match(saved.body.text, /set müller -- 客户 delay = 20ms(?:.|\n)*müller: abort/);
  });

  it('have their spots in the middle of a line', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    const program = server.script(SCRIPT);
    await conversation.launch({ program });
    const { breakpoints } = (
      await client.customRequest('breakpointLocations', { source: { path: program }, line: 6 })
    ).body;
    assert.deepEqual(
      breakpoints.map(({ column }: { readonly column: number }) => column),
      [1, 8, 14, 21],
    );
  });
});
