/** Long searches that can be cancelled, and the ways back that the toolbar adds. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Conversation, example, serving } from './conversation.js';

const ENDLESS = `host client
host server
repeat 1000000 {
  client: connect server:80
  wait 1s
}
`;

describe('a long continue', () => {
  const server = serving();

  async function running(supportsProgressReporting: boolean): Promise<Conversation> {
    const conversation = await server.converse();
    const { client } = conversation;
    await client.send('initialize', { adapterID: 'tcpflow', supportsProgressReporting });
    const ready = client.waitForEvent('initialized').then(() => client.configurationDoneRequest());
    const program = server.script(ENDLESS);
    await Promise.all([ready, client.send('launch', { program, maxSteps: 10_000_000 })]);
    await conversation.stop();
    await client.continueRequest({ threadId: 1 });
    return conversation;
  }

  it('reports its progress and can be cancelled', async function () {
    this.timeout(20_000);
    const { client, stop, evaluate } = await running(true);
    const started = await client.waitForEvent('progressStart');
    const { progressId, cancellable, title } =
      started.body as DebugProtocol.ProgressStartEvent['body'];
    assert.deepEqual([title, cancellable], ['Running', true]);
    const { body } = await client.waitForEvent('progressUpdate');
    assert.match(body.message, /^event \d+, [\d.]+ s$/);
    const ended = client.waitForEvent('progressEnd');
    await client.send('cancel', { progressId: 'another' });
    await client.send('cancel', { progressId });
    assert.equal((await ended).body.progressId, progressId);
    assert.equal((await stop()).reason, 'pause');
    assert.notEqual(await evaluate('time'), '0 s'); // it has come so far, and stands there
  });

  it('says nothing of progress to a client that shows none', async () => {
    const { client, stop } = await running(false);
    const told: unknown[] = [];
    client.on('progressStart', (event) => told.push(event));
    await new Promise((resolve) => setTimeout(resolve, 900));
    await client.pauseRequest({ threadId: 1 });
    assert.equal((await stop()).reason, 'pause');
    assert.deepEqual(told, []);
  });
});

describe('a long search for the last change', () => {
  const server = serving();

  it('takes its progress away when the run is started anew meanwhile', async function () {
    this.timeout(60_000);
    const { client, stop, evaluate } = await server.converse();
    await client.send('initialize', { adapterID: 'tcpflow', supportsProgressReporting: true });
    const ready = client.waitForEvent('initialized').then(() => client.configurationDoneRequest());
    const program = server.script(`host client
host server
given client:1 ESTABLISHED with server:80
repeat 1000000 {
  inject server -> client ACK seq=1 ack=1 from 80 to 1
  wait 10ms
}
`);
    await Promise.all([ready, client.send('launch', { program, maxSteps: 400_000 })]);
    await stop();
    await client.continueRequest({ threadId: 1 });
    await stop(); // at the limit
    const begun = client.waitForEvent('progressStart', 20_000);
    await client.send('tcpflow/lastChange', { expression: 'client.ISS' });
    const { progressId } = (await begun).body;
    const over = client.waitForEvent('progressEnd', 20_000);
    await client.send('restart', {});
    assert.equal((await over).body.progressId, progressId);
    assert.equal((await stop()).reason, 'entry');
    assert.equal(await evaluate('time'), '0 s');
  });
});

describe('the ways back of the toolbar', () => {
  const server = serving();

  /** In the middle of the event in which the server receives the SYN. */
  async function inside(): Promise<Conversation> {
    const conversation = await server.converse();
    const functions = [{ name: 'server:SYN_RCVD' }];
    await conversation.launch({ program: example('handshake') }, { functions });
    await conversation.go('continue');
    return conversation;
  }

  async function ask(conversation: Conversation, command: string): Promise<string> {
    await conversation.client.send(command);
    const { kind } = await conversation.stop();
    return kind === 'stopped' ? conversation.at() : kind;
  }

  it('reverse over leads to the statement before, each time', async () => {
    const conversation = await inside();
    const lines: string[] = [];
    for (let i = 0; i < 6; i++) lines.push(await ask(conversation, 'tcpflow/reverseOver'));
    assert.match(lines[0] ?? '', /handshake\.tcpflow:\d+$/);
    assert.equal(lines.at(-1), 'server: listen 80 @ handshake.tcpflow:8');
    const numbers = lines.map((line) => Number(line.split(':').at(-1)));
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => b - a),
    );
  });

  it('reverse out leads to the first check of the event, then to the statement before', async () => {
    const conversation = await inside();
    const event = (await conversation.stack())[1]?.name;
    await ask(conversation, 'tcpflow/reverseOut');
    assert.equal((await conversation.stack())[1]?.name, event);
    const [check] = await conversation.stack();
    await conversation.client.send('stepBack', { threadId: 1 });
    await conversation.stop();
    assert.notEqual((await conversation.stack())[1]?.name, event);
    await conversation.go('stepIn');
    assert.equal((await conversation.stack())[0]?.name, check?.name);
    assert.match(await ask(conversation, 'tcpflow/reverseOut'), /handshake\.tcpflow:\d+$/);
  });
});
