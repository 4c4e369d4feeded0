/** Statements that the console executes at the cursor. */

import assert from 'node:assert/strict';
import { type Conversation, refusal, serving, stoppedOn, TALK } from './conversation.js';

describe('statements in the console', () => {
  const server = serving();

  const stoppedAt = (line: number) => stoppedOn(server, server.script(TALK), line);

  /** What the console answers; then the stop that follows. */
  async function execute(conversation: Conversation, statement: string): Promise<string> {
    const said = await conversation.evaluate(statement);
    await conversation.stop();
    return said;
  }

  it('makes a call, and says what came of it', async () => {
    const conversation = await stoppedAt(8);
    const said = await execute(conversation, 'server: close');
    assert.match(said, /^server: ESTABLISHED -> FIN_WAIT_1; sends <SEQ=301>/);
    assert.equal(await conversation.evaluate('server.STATE'), 'FIN_WAIT_1');
  });

  it('arms a fault, injects a segment, names a value', async () => {
    const conversation = await stoppedAt(8);
    await execute(conversation, 'drop client -> server ACK');
    await execute(conversation, 'let x = 40 + 2');
    assert.equal(await conversation.evaluate('x'), '42');
    await execute(conversation, 'inject client -> server RST seq=client.SND.NXT');
    const flight = await conversation.scope(
      'In flight',
      (await conversation.stack(1_000_000))[0]?.id,
    );
    assert.match([...flight.values()].at(-1)?.value ?? '', /<CTL=RST>/);
    await execute(conversation, 'print "x is {x}"');
    assert.equal(conversation.lines().includes('x is 42'), true);
  });

  it('gives a name once, as a script does, so that the run can be saved', async () => {
    const conversation = await stoppedAt(8);
    const { client, evaluate, go, stop } = conversation;
    await execute(conversation, 'let x = 1');
    await execute(conversation, 'inject client -> server RST seq=1 as old');
    const twice = /^`x` already names a value\. Choose another name\./;
    assert.match(await refusal(evaluate('let x = 2')), twice);
    assert.match(await refusal(evaluate('let old = 2')), /`old` already names a segment\. /);
    assert.match(
      await refusal(evaluate('expect client -> server FIN as x')),
      /`x` already names a value/,
    );
    const saved = async () => (await client.send('tcpflow/script')).body.text as string;
    assert.match(await saved(), /^let x = 1$/m);
    // Before it was given it is free.
    await go('stepBack', 'stepBack');
    await evaluate('let x = 2');
    await stop();
    assert.match(await saved(), /^let x = 2$/m);
  });

  it('knows later what was held and what was expected under a name', async () => {
    const conversation = await stoppedAt(8);
    await execute(conversation, 'hold server -> client FIN,ACK as late');
    await execute(conversation, 'server: close');
    assert.match(await execute(conversation, 'release late'), /^late: the segment goes on/);
    await execute(conversation, 'expect client -> server ACK ack=302 as answer');
    assert.equal(await conversation.evaluate('answer.ack'), '302');
    await assert.rejects(conversation.evaluate('release other'), /Nothing is held as `other`/);
  });

  it('knows the words of statements in either case', async () => {
    const conversation = await stoppedAt(8);
    assert.match(await execute(conversation, 'CRASH server'), /ESTABLISHED -> CLOSED/);
  });

  it('sets a variable', async () => {
    const conversation = await stoppedAt(8);
    assert.equal(await execute(conversation, 'SND.WND = 0'), 'client.c1.SND.WND = 0');
    assert.equal(await conversation.evaluate('client.SND.WND'), '0');
  });

  it('reads an expression where there is one, and changes nothing', async () => {
    const conversation = await stoppedAt(8);
    assert.equal(await conversation.evaluate('SND.WND == 0'), 'false');
    assert.match(await refusal(conversation.evaluate('SND.WDN')), /WND/);
    assert.equal(await conversation.at(), 'client: send "hello" @ script.tcpflow:8');
  });

  it('lets a statement wait, and stops where it is settled', async () => {
    const conversation = await stoppedAt(8);
    await conversation.evaluate('wait 30s');
    const waited = await conversation.stop();
    assert.equal(waited.text, 'Time has passed: the time has passed');
    assert.equal(await conversation.evaluate('time'), '30.12 s');
    await conversation.evaluate('client: send "more"');
    await conversation.stop();
    await conversation.evaluate('eventually server -> client ACK within 1s');
    const met = await conversation.stop();
    assert.match(met.text, /^What was expected came to be: server sent <SEQ=301>/);
    await conversation.evaluate('expect server received "more"');
    assert.match((await conversation.stop()).text, /came to be: it holds$/);
    await conversation.go('next');
    assert.equal(await conversation.at(), 'client: send "hello" @ script.tcpflow:8');
    await conversation.go('continue');
    assert.match(conversation.lines().join('\n'), /FIN_WAIT_1 -> FIN_WAIT_2/);
  });

  it('leaves the focus to the host that it waits for', async () => {
    for (const [statement, host] of [
      ['expect server ESTABLISHED within 1s', 'server'],
      ['expect client CLOSED within 1ms', 'client'],
      ['wait until server ESTABLISHED', 'server'],
      ['eventually server -> client SYN within 1ms', 'server'],
      ['expect server: send "hello"', 'server'],
      ['wait 1ms', 'network'],
    ] as const) {
      const conversation = await stoppedAt(8);
      await conversation.evaluate(statement);
      const { thread } = await conversation.stop();
      const { threads } = (await conversation.client.threadsRequest()).body;
      assert.equal(threads.find(({ id }) => id === thread)?.name, host, statement);
      const [top] = await conversation.stack();
      assert.match(top?.name ?? '', /^(What was expected|Time has passed)/, statement);
    }
  });

  it('says that what was expected does not come to be, and the run goes on', async () => {
    const conversation = await stoppedAt(8);
    await conversation.evaluate('expect client CLOSED within 10ms');
    const failed = await conversation.stop();
    assert.equal(failed.reason, 'exception');
    assert.equal(failed.text, 'expected client CLOSED within 10ms; client is ESTABLISHED');
    await conversation.evaluate('expect client: connect server:81 fails "refused"');
    assert.match((await conversation.stop()).text, /the user was told ".*connection refused/);
    await conversation.evaluate('never client -> server SYN for 10ms');
    assert.match((await conversation.stop()).text, /no such segment was sent$/);
    await conversation.evaluate('wait until time > 5s');
    await conversation.stop();
    assert.equal(await conversation.evaluate('time'), '5.000001 s');
    // Before a typed statement is settled there is no statement to stand at: threads say how things are.
    const [settled] = await conversation.stack();
    await conversation.client.send('restartFrame', { frameId: settled?.id });
    await conversation.stop();
    for (const thread of [1, 2, 1_000_000]) assert.ok((await conversation.stack(thread))[0]);
    const end = await conversation.go('continue', 'continue');
    assert.equal(end.kind, 'terminated');
    assert.match(conversation.lines().join('\n'), /1 of 1 expectation holds/);
  });

  it('lets a statement wait in the middle of another, and after the end', async () => {
    const conversation = await stoppedAt(10);
    await conversation.go('stepBack', 'stepIn');
    await conversation.evaluate('wait 1ms');
    await conversation.stop();
    await conversation.evaluate('let x = 7');
    await conversation.stop();
    await conversation.go('continue');
    assert.equal(await conversation.at(), 'client: close @ script.tcpflow:10');
    assert.equal(await conversation.evaluate('time'), '170 ms'); // what waited before waits no longer
    while ((await conversation.go('next')).description !== 'Paused at the end of the run');
    await conversation.evaluate('wait 1h');
    await conversation.stop();
    assert.match(await conversation.evaluate('time'), /^1\.0+\d* h|3601/);
  });

  it('says what is wrong with a statement', async () => {
    const conversation = await stoppedAt(8);
    assert.match(await refusal(conversation.evaluate('client: clse')), /close/);
    assert.match(await refusal(conversation.evaluate('crash nobody')), /nobody/);
    assert.match(await refusal(conversation.evaluate('never client CLOSED')), /for how long/);
    assert.match(await refusal(conversation.evaluate('set client.STATE = 1')), /cannot be set/);
    assert.equal(await conversation.at(), 'client: send "hello" @ script.tcpflow:8');
  });

  it('does nothing in a hover or a watch', async () => {
    const { client, at } = await stoppedAt(8);
    const watch = client.evaluateRequest({ expression: 'client: close', context: 'watch' });
    assert.ok(await refusal(watch));
    assert.equal(await at(), 'client: send "hello" @ script.tcpflow:8');
  });
});
