/** What the launch said holds again after Restart, of a script that may have changed; and sessions end once. */

import assert from 'node:assert/strict';
import { type Conversation, serving } from './conversation.js';

const DICE = `host client { isn random }
host server { isn random }
server: listen 80
client: connect server:80
expect client ESTABLISHED
print "ISS {client.ISS}"
wait 1h
print "late"
`;

describe('a restart', () => {
  const server = serving();

  async function again(conversation: Conversation, args: object = {}) {
    await conversation.client.restartRequest({ arguments: args } as object);
    return conversation.stop();
  }

  const chosen = (conversation: Conversation) =>
    conversation.lines().filter((line) => line.startsWith('ISS'));

  it('throws the same dice, or others when it says so', async () => {
    const conversation = await server.converse();
    const program = server.script(DICE, 'dice.tcpflow');
    await conversation.launch({ program, seed: 7 }, { lines: [{ line: 7 }] });
    await conversation.go('continue');
    await again(conversation);
    await conversation.go('continue');
    await again(conversation, { seed: 8 });
    await conversation.go('continue');
    const [first, second, third] = chosen(conversation);
    assert.equal(second, first);
    assert.notEqual(third, first);
  });

  it('stops at the entry only when the launch did', async () => {
    const conversation = await server.converse();
    const program = server.script(DICE, 'dice.tcpflow');
    const setUp = { lines: [{ line: 5 }] };
    const first = await conversation.launch({ program, stopOnEntry: false }, setUp);
    assert.equal(first.reason, 'breakpoint');
    assert.equal((await again(conversation)).reason, 'breakpoint');
    assert.equal((await again(conversation, { stopOnEntry: true })).reason, 'entry');
  });

  it('has the same limits, in events and in time', async () => {
    for (const limits of [{ time: 60 }, { steps: 5 }, { steps: 5, time: 3600 }]) {
      const conversation = await server.converse();
      const program = server.script(DICE, 'dice.tcpflow');
      await conversation.launch({ program, limits, maxSteps: 500_000 });
      const stops = [];
      for (let i = 0; i < 2; i++) {
        const stop = await conversation.go('continue');
        stops.push([stop.text, await conversation.evaluate('time')]);
        await again(conversation);
      }
      assert.deepEqual(stops[1], stops[0]);
      assert.match(stops[0]?.[0] ?? '', limits.steps === undefined ? /60 s|1 min/ : /5/);
      assert.equal(conversation.lines().includes('late'), false);
    }
  });

  it('has the attributes of the latest configuration', async () => {
    const conversation = await server.converse();
    const program = server.script(DICE, 'dice.tcpflow');
    const launch = { program, maxSteps: 5 };
    await conversation.launch(launch);
    assert.match((await conversation.go('continue')).text, /5/);
    await again(conversation, { ...launch, maxSteps: 6 });
    assert.match((await conversation.go('continue')).text, /6/);
    await again(conversation, { program });
    assert.equal((await conversation.go('continue')).kind, 'terminated');
  });

  it('has the seed and the first scenario that the script has now', async () => {
    const conversation = await server.converse();
    const scripted = (seed: number, name: string) =>
      `seed ${seed}\n${DICE.slice(0, DICE.indexOf('server: listen'))}
scenario "${name}" {
${DICE.slice(DICE.indexOf('server: listen'))}}
`;
    const program = server.script(scripted(1, 'one'), 'seeds.tcpflow');
    await conversation.launch({ program }, { lines: [{ line: 11 }] });
    await conversation.go('continue');
    server.script(scripted(2, 'two'), 'seeds.tcpflow');
    await again(conversation);
    await conversation.go('continue');
    const [first, second] = chosen(conversation);
    assert.notEqual(second, first);
  });

  it('twice at once leaves one run', async () => {
    const conversation = await server.converse();
    const program = server.script(DICE, 'dice.tcpflow');
    await conversation.launch({ program });
    await conversation.go('next', 'next', 'next');
    const both = [1, 2].map(() => conversation.client.restartRequest({}));
    await Promise.all(both);
    for (let i = 0; i < 2; i++) assert.equal((await conversation.stop()).reason, 'entry');
    await conversation.go('next');
    assert.equal(await conversation.at(), 'client: connect server:80 @ dice.tcpflow:4');
    assert.equal((await conversation.go('continue')).kind, 'terminated');
  });

  it('tells where breakpoints are in a script that has changed', async () => {
    const conversation = await server.converse();
    const program = server.script(DICE, 'changing.tcpflow');
    await conversation.launch({ program }, { lines: [{ line: 5 }] });
    const before = conversation.changes.length;
    server.script(DICE.replace('expect client ESTABLISHED\n', '\n'), 'changing.tcpflow');
    await again(conversation);
    assert.deepEqual(
      conversation.changes.slice(before).map(({ line, verified }) => [line, verified]),
      [[6, true]],
    );
    await conversation.go('continue');
    assert.equal(await conversation.at(), 'print "ISS {client.ISS}" @ changing.tcpflow:6');
  });

  it('leaves the run as it is when the script has mistakes now', async () => {
    const conversation = await server.converse();
    const program = server.script(DICE, 'broken.tcpflow');
    await conversation.launch({ program });
    await conversation.go('next', 'next');
    const at = await conversation.at();
    server.script(DICE.replace('listen', 'lisen'), 'broken.tcpflow');
    await assert.rejects(conversation.client.restartRequest({}), /listen/);
    assert.equal(await conversation.at(), at);
    await conversation.go('next');
  });

  it('after the end there is none, and the end is told once', async () => {
    const conversation = await server.converse();
    const program = server.script(DICE, 'dice.tcpflow');
    let ends = 0;
    conversation.client.on('terminated', () => ends++);
    await conversation.launch({ program });
    assert.equal((await conversation.go('continue')).kind, 'terminated');
    await assert.rejects(conversation.client.restartRequest({}), /end of the session/);
    await conversation.client.terminateRequest();
    await conversation.client.threadsRequest();
    assert.equal(ends, 1);
  });
});
