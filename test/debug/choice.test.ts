/** What happens next, by choice: each edit forks the run at the cursor. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Conversation, refusal, serving, stoppedOn, TALK } from './conversation.js';

describe('choosing what happens next', () => {
  const server = serving();

  const stoppedAt = (line: number) => stoppedOn(server, server.script(TALK), line);

  async function targets({ client, stack }: Conversation): Promise<DebugProtocol.StepInTarget[]> {
    const frameId = (await stack())[0]?.id ?? 0;
    return (await client.stepInTargetsRequest({ frameId })).body.targets;
  }

  async function choose(conversation: Conversation, label: RegExp) {
    const offered = await targets(conversation);
    const target = offered.find((one) => label.test(one.label));
    assert.ok(target, `${label} in ${offered.map((one) => one.label).join('\n')}`);
    await conversation.client.send('stepIn', { threadId: 1, targetId: target.id });
    return conversation.stop();
  }

  /** The transitions and times in the order in which the console says them. */
  const lines = (conversation: Conversation) =>
    conversation.lines().filter((line) => / {2}/.test(line));

  it('offers the fates of what is under way, timers and calls', async () => {
    const conversation = await stoppedAt(6);
    assert.deepEqual(
      (await targets(conversation)).map(({ label }) => label),
      [
        'deliver #1 client -> server <SEQ=100><CTL=SYN>',
        'drop #1 client -> server <SEQ=100><CTL=SYN>',
        'duplicate #1 client -> server <SEQ=100><CTL=SYN>',
        'delay #1 client -> server <SEQ=100><CTL=SYN> by 1 s',
        'corrupt #1 client -> server <SEQ=100><CTL=SYN>',
        'fire client.c1: retransmission timer (due in 1 s)',
        'fire client.c1: user timer (due in 300 s)',
        'client: close',
        'client: abort',
        'server: close',
        'server: abort',
      ],
    );
  });

  it('delivers a segment at once', async () => {
    const conversation = await stoppedAt(6);
    await choose(conversation, /^deliver #1/);
    const [check, event] = await conversation.stack();
    assert.equal(event?.name, 'segment arrives <SEQ=100><CTL=SYN> from client');
    assert.ok(check);
    assert.equal(await conversation.evaluate('time'), '0 s');
  });

  it('drops a segment: it is sent again', async () => {
    const conversation = await stoppedAt(6);
    const stop = await choose(conversation, /^drop #1/);
    assert.equal(stop.reason, 'edit');
    assert.match(stop.text, /^drop #1/);
    assert.equal(await conversation.at(), 'expect client ESTABLISHED @ script.tcpflow:6');
    const end = await conversation.go('continue');
    assert.equal(end.kind, 'terminated');
    assert.match(lines(conversation).join('\n'), /^1\.010000 s {2}server {2}LISTEN -> SYN_RCVD/m);
  });

  it('duplicates, delays and corrupts a segment', async () => {
    const twice = await stoppedAt(6);
    await choose(twice, /^duplicate #1/);
    const flight = await twice.scope('In flight');
    assert.equal(flight.size, 2);
    const late = await stoppedAt(6);
    await choose(late, /^delay #1/);
    assert.match((await late.scope('In flight')).get('#1')?.value ?? '', /arrives in 1\.01 s$/);
    const damaged = await stoppedAt(6);
    await choose(damaged, /^corrupt #1/);
    await damaged.go('stepIn');
    assert.equal((await damaged.stack())[0]?.name, 'Is the checksum right?');
  });

  it('fires a timer at once', async () => {
    const conversation = await stoppedAt(6);
    await choose(conversation, /retransmission timer/);
    const [, event] = await conversation.stack();
    assert.equal(event?.name, 'time-out: retransmission');
    assert.equal(await conversation.evaluate('time'), '0 s');
  });

  it('fires the timer that was chosen, whatever else of its host is due just now', async () => {
    const conversation = await stoppedAt(6);
    const { evaluate, stack, stop } = conversation;
    await evaluate('client: connect server:81');
    await stop();
    await evaluate('client.c1.timers.retransmission = 0 ms');
    await stop();
    await choose(conversation, /client\.c2: user timer/);
    const [check, event] = await stack();
    assert.deepEqual(
      [check?.name, event?.name],
      ['USER TIMEOUT: SYN_SENT -> CLOSED', 'time-out: user'],
    );
    assert.equal(await evaluate('client.c1.STATE'), 'SYN_SENT');
    assert.equal(await evaluate('time'), '0 s');
  });

  it('lets a host make a call', async () => {
    const conversation = await stoppedAt(8);
    await choose(conversation, /^client: close/);
    const names = (await conversation.stack()).map(({ name }) => name);
    assert.equal(names[1], 'edit: client: close');
    assert.equal(await conversation.evaluate('client.STATE'), 'FIN_WAIT_1');
  });

  it('leaves the past as it was, and steps back to it', async () => {
    const conversation = await stoppedAt(8);
    const before = lines(conversation);
    await choose(conversation, /^client: abort/);
    assert.deepEqual(lines(conversation).slice(0, before.length), before);
    assert.equal(await conversation.evaluate('client.STATE'), 'CLOSED');
    await conversation.go('stepBack');
    assert.equal(await conversation.evaluate('client.STATE'), 'ESTABLISHED');
    await conversation.go('reverseContinue');
    assert.equal(await conversation.at(), 'server: listen 80 @ script.tcpflow:4');
  });

  it('forgets the future that was recorded, and prints the new one', async () => {
    const conversation = await stoppedAt(10);
    await conversation.go('stepBack', 'stepBack');
    assert.equal(await conversation.at(), 'client: send "hello" @ script.tcpflow:8');
    await choose(conversation, /^client: abort/);
    const stop = await conversation.go('continue');
    assert.equal(stop.kind, 'stopped');
    assert.equal(await conversation.at(), 'client: close @ script.tcpflow:10');
    assert.match(lines(conversation).join('\n'), /ESTABLISHED -> CLOSED/);
  });

  it('crashes a host with its thread', async () => {
    const conversation = await stoppedAt(8);
    await conversation.client.send('terminateThreads', { threadIds: [2] });
    const stop = await conversation.stop();
    assert.equal(stop.reason, 'edit');
    assert.equal(stop.text, 'crash server');
    const table = await conversation.scope('Connection table');
    assert.match(table.get('complete')?.value ?? '', /^1: ESTABLISHED/);
    assert.equal(await conversation.evaluate('server.connections'), '0');
    const network = conversation.client.send('terminateThreads', { threadIds: [1_000_000] });
    assert.match(await refusal(network), /The network cannot crash/);
  });

  it('runs on to quiet what was begun after the end of the script', async () => {
    const conversation = await server.converse();
    const program = server.script(TALK.slice(0, TALK.indexOf('wait 50ms')), 'open.tcpflow');
    await conversation.launch({ program });
    while ((await conversation.go('next')).description !== 'Paused at the end of the run');
    await conversation.evaluate('client: close');
    await conversation.stop();
    const end = await conversation.go('stepIn');
    assert.equal(end.kind, 'stopped');
    await conversation.go('continue');
    assert.match(lines(conversation).join('\n'), /server {2}ESTABLISHED -> CLOSE_WAIT/);
  });

  it('tells the views that the record is another from here on', async () => {
    const conversation = await stoppedAt(10);
    await conversation.go('stepBack', 'stepBack');
    const told: { kind: string; run: number; items?: { kind: string; text?: string }[] }[] = [];
    conversation.client.on('tcpflow/view', ({ body }) => told.push(body));
    await conversation.client.send('tcpflow/view', { kind: 'ready', view: 'sequence' });
    await choose(conversation, /^client: abort/);
    const diagrams = told.filter(({ kind }) => kind === 'diagram');
    assert.deepEqual(
      diagrams.map(({ run }) => run - (diagrams[0]?.run ?? 0)),
      [0, 1],
    );
    const drawn = told.slice(told.indexOf(diagrams[1]!)).flatMap(({ items }) => items ?? []);
    assert.ok(drawn.some(({ kind, text }) => kind === 'note' && text === 'client: abort'));
    assert.ok(drawn.every(({ text }) => text !== 'SEND'));
  });

  it('refuses a target that is none', async () => {
    const { client } = await stoppedAt(6);
    const answer = client.send('stepIn', { threadId: 1, targetId: 4711 });
    assert.match(await refusal(answer), /There is no target 4711/);
  });
});
