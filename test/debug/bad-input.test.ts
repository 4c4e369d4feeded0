/** Scripts and launch configurations that are wrong: one clear message each, and never a hang. */

import assert from 'node:assert/strict';
import { example, refusal, serving } from './conversation.js';

const ENDLESS = `host client 10.0.0.1
host server 10.0.0.2
server: listen 80
repeat 1000000 {
  inject server -> client ACK seq=1 ack=1
  wait 10ms
}
`;

describe('a launch that cannot be', () => {
  const server = serving();

  async function refused(args: object): Promise<string> {
    const conversation = await server.converse();
    await conversation.client.initializeRequest();
    return refusal(conversation.client.launchRequest(args as never));
  }

  it('names a file that is missing', async () => {
    assert.equal(
      await refused({ program: '/no/such.tcpflow' }),
      'There is no file /no/such.tcpflow.',
    );
  });

  it('names a folder', async () => {
    assert.match(await refused({ program: '/' }), /^\/ cannot be read: .*EISDIR/);
  });

  it('names an empty file', async () => {
    const file = server.script(' \n', 'empty.tcpflow');
    assert.match(
      await refused({ program: file }),
      /empty\.tcpflow is empty\. A script needs a host/,
    );
  });

  it('names a file with nothing to run', async () => {
    const file = server.script('host a\nhost b\n', 'hosts.tcpflow');
    assert.match(await refused({ program: file }), /hosts\.tcpflow has nothing to run/);
  });

  it('names no file, or something else', async () => {
    assert.match(await refused({}), /names no script\. Set "program"/);
    assert.match(await refused({ program: 7 }), /names no script/);
  });

  it('names a script with errors: file, line, column, and a suggestion', async () => {
    const file = server.script(
      'host client\nhost server\nclient: connect sever:80\nserver: lissen 80\n',
    );
    assert.match(
      await refused({ program: file }),
      /script\.tcpflow:3:17: No host is called `sever`.*Did you mean `server`\? \(and 1 more/,
    );
  });

  it('names a scenario that is not there', async () => {
    assert.match(
      await refused({ program: example('handshake'), scenario: 'open, talk, clothe' }),
      /has no scenario "open, talk, clothe"\. Did you mean "open, talk, close"\?/,
    );
  });

  it('has attributes of the wrong kind', async () => {
    const program = example('handshake');
    assert.match(
      await refused({ program, seed: 'x' }),
      /"seed" is "x"\. It should be a whole number/,
    );
    assert.match(await refused({ program, maxSteps: 0 }), /"maxSteps" is 0\..*at least 1/);
    assert.match(await refused({ program, limits: 5 }), /"limits" is 5\./);
    assert.match(await refused({ program, scenario: 1 }), /"scenario" is 1\./);
  });

  it('names ten megabytes of garbage', async function () {
    this.timeout(30_000);
    let text = '';
    for (let i = 0; text.length < 10_000_000; i++) {
      text += String.fromCharCode(
        32 + ((i * 7919) % 95),
        0x100 + (i % 500),
        i % 97 === 0 ? 10 : 34,
      );
    }
    const message = await refused({ program: server.script(text, 'garbage.tcpflow') });
    assert.match(message, /garbage\.tcpflow:\d+:\d+: .*and \d+ more/);
  });

  it('can be mended and sent again in the same session', async () => {
    const conversation = await server.converse();
    const program = server.script('host a\nb: listen 80\n', 'mended.tcpflow');
    await conversation.client.initializeRequest();
    await refusal(conversation.client.launchRequest({ program } as never));
    server.script('host a\na: listen 80\n', 'mended.tcpflow');
    const ready = conversation.client.waitForEvent('initialized');
    await conversation.client.launchRequest({ program } as never);
    await ready;
    await conversation.client.configurationDoneRequest();
    assert.equal((await conversation.stop()).reason, 'entry');
  });

  it('includes a file that is missing, or outside', async () => {
    const missing = server.script('include "no.tcpflow"\nhost a\na: listen 80\n');
    assert.match(await refused({ program: missing }), /script\.tcpflow:1:\d+: .*no\.tcpflow/);
    const outside = server.script('include "../../etc/passwd"\nhost a\na: listen 80\n');
    assert.match(await refused({ program: outside }), /script\.tcpflow:1:\d+: .*passwd/);
  });

  it('may include another file, also one whose name begins with dots', async () => {
    for (const name of ['common.tcpflow', '..common.tcpflow']) {
      const conversation = await server.converse();
      server.script('host a\nhost b\n', name);
      const program = server.script(`include "${name}"\na: listen 80\n`, 'including.tcpflow');
      assert.equal((await conversation.launch({ program })).reason, 'entry');
    }
  });
});

describe('an endless script', () => {
  const server = serving();

  it('stops at the limit with the reason, and then ends', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(ENDLESS), maxSteps: 5_000 });
    const stop = await conversation.go('continue');
    assert.equal(stop.description, 'Paused at a limit of the run');
    assert.match(stop.text, /stopped after 5000 steps: .*maxSteps raises it/);
    assert.equal((await conversation.go('continue')).kind, 'terminated');
  });

  it('can be paused, answers while it runs, and goes on', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await conversation.launch({ program: server.script(ENDLESS), maxSteps: 10_000_000 });
    await client.continueRequest({ threadId: 1 });
    assert.equal((await client.threadsRequest()).body.threads.length, 3);
    assert.match(
      await refusal(client.stackTraceRequest({ threadId: 1 })),
      /^"stackTrace" needs a stop: the run goes on\. Send "pause" first\.$/,
    );
    await client.pauseRequest({ threadId: 1 });
    const stop = await conversation.stop();
    assert.deepEqual([stop.reason, stop.description], ['pause', 'Paused by you']);
    assert.match(await conversation.evaluate('time'), /^[\d.]+ m?s$/);
    await client.continueRequest({ threadId: 1 });
    await client.disconnectRequest();
  });

  it('can be restarted and terminated while it runs', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await conversation.launch({ program: server.script(ENDLESS), maxSteps: 10_000_000 });
    await client.continueRequest({ threadId: 1 });
    await client.restartRequest({});
    assert.equal((await conversation.stop()).reason, 'entry');
    await client.continueRequest({ threadId: 1 });
    await client.terminateRequest();
    assert.equal((await conversation.stop()).kind, 'terminated');
  });
});
