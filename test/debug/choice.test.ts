/** What happens next, by choice: each edit forks the run at the cursor. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Conversation, refusal, serving, stoppedOn } from './conversation.js';

const TALK = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 10ms }
server: listen 80
client: connect server:80
expect client ESTABLISHED
wait 100ms
client: send "hello"
wait 50ms
client: close
wait 1s
`;

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

describe('setting variables', () => {
  const server = serving();

  const stoppedAt = (line: number) => stoppedOn(server, server.script(TALK), line);

  async function set(conversation: Conversation, expression: string, value: string) {
    const frameId = (await conversation.stack())[0]?.id ?? 0;
    const { body } = await conversation.client.send('setExpression', {
      expression,
      value,
      frameId,
    });
    await conversation.stop();
    return body.value;
  }

  it('sets a send window: the text waits', async () => {
    const conversation = await stoppedAt(8);
    assert.equal(await set(conversation, 'client.SND.WND', '1 - 1'), '0');
    assert.equal(await conversation.evaluate('client.SND.WND'), '0');
    await conversation.go('next');
    assert.equal(await conversation.evaluate('client.SND.NXT - client.SND.UNA'), '0');
    assert.match(await conversation.evaluate('client.timers.persist'), / s$/);
  });

  it('sets a row of the Variables view', async () => {
    const conversation = await stoppedAt(8);
    const frameId = (await conversation.stack())[0]?.id ?? 0;
    const { scopes } = (await conversation.client.scopesRequest({ frameId })).body;
    const reference = scopes.find(({ name }) => name === 'Connection')?.variablesReference ?? 0;
    const args = { variablesReference: reference, name: 'SND.NXT', value: 'SND.NXT + 1000' };
    await conversation.client.setVariableRequest(args);
    const stop = await conversation.stop();
    assert.equal(stop.description, 'Paused after an edit');
    assert.equal(await conversation.evaluate('client.SND.NXT'), '1101');
    const state = { ...args, name: 'STATE', value: 'CLOSED' };
    assert.match(await refusal(conversation.client.setVariableRequest(state)), /cannot be set/);
    const empty = { ...args, value: ' ' };
    assert.match(
      await refusal(conversation.client.setVariableRequest(empty)),
      /SND\.NXT cannot be nothing: it is a sequence number/,
    );
  });

  it('marks as read-only what cannot be set', async () => {
    const conversation = await stoppedAt(8);
    const frameId = (await conversation.stack())[0]?.id ?? 0;
    const { scopes } = (await conversation.client.scopesRequest({ frameId })).body;
    const reference = scopes.find(({ name }) => name === 'Connection')?.variablesReference ?? 0;
    const { variables } = (
      await conversation.client.variablesRequest({ variablesReference: reference })
    ).body;
    const hint = (name: string) =>
      variables.find((one) => one.name === name)?.presentationHint?.attributes;
    assert.equal(hint('SND.WND'), undefined);
    assert.deepEqual(hint('STATE'), ['readOnly']);
    const evaluated = async (expression: string) => {
      const { body } = await conversation.client.evaluateRequest({ expression, context: 'watch' });
      return body.presentationHint?.attributes;
    };
    for (const name of ['client.c1.SND.WND', 'client.SND.WND', 'SND.WND']) {
      assert.equal(await evaluated(name), undefined, name);
    }
    for (const name of ['client.STATE', 'SND.WND + 1', 'client', 'time']) {
      assert.deepEqual(await evaluated(name), ['readOnly'], name);
    }
    // An acknowledgment number means nothing without the bit ACK.
    const early = await stoppedAt(6);
    const syn = await (await early.scope('In flight')).get('#1')?.inner();
    const fields = (
      await early.client.variablesRequest({
        variablesReference: syn?.get('segment')?.reference ?? 0,
      })
    ).body.variables;
    const readOnly = fields.filter(({ presentationHint }) => presentationHint !== undefined);
    assert.deepEqual(
      readOnly.map(({ name }) => name),
      ['SEG.ACK', 'SEG.LEN', 'ECN', 'source port', 'destination port', 'options', 'data'],
    );
  });

  it('sets RTO, and timers by the time that is left', async () => {
    const conversation = await stoppedAt(6);
    await set(conversation, 'client.timers.retransmission', '5ms');
    await conversation.go('stepIn');
    assert.equal((await conversation.stack())[1]?.name, 'time-out: retransmission');
    assert.equal(await conversation.evaluate('time'), '5 ms');
    await set(conversation, 'client.rto', '30s');
    assert.equal(await conversation.evaluate('client.rto'), '30 s');
    await set(conversation, 'client.timers.retransmission', 'off');
    assert.equal((await conversation.scope('Timers')).has('retransmission'), false);
  });

  it('sets an ISS before its SYN, and says why not after it', async () => {
    const conversation = await stoppedAt(5);
    await set(conversation, 'client.ISS', '5000');
    await conversation.go('next');
    assert.equal(await conversation.evaluate('client.ISS'), '5000');
    const late = conversation.client.send('setExpression', {
      expression: 'client.ISS',
      value: '1',
    });
    assert.match(await refusal(late), /The SYN with ISS 5000 has been sent/);
  });

  it('sets fields of a segment under way', async () => {
    const conversation = await stoppedAt(6);
    await set(conversation, '#1.seq', '7000');
    await set(conversation, '#1.ctl', 'SYN,ACK');
    await set(conversation, '#1.arrives', '50ms');
    await conversation.go('stepIn');
    const [, event] = await conversation.stack();
    assert.equal(event?.name, 'segment arrives <SEQ=7000><ACK=0><CTL=SYN,ACK> from client');
    assert.equal(await conversation.evaluate('time'), '50 ms');
    const gone = conversation.client.send('setExpression', { expression: '#1.seq', value: '1' });
    assert.match(await refusal(gone), /#1 is not under way/);
  });

  it('sets the loss and delay of a link', async () => {
    const conversation = await stoppedAt(8);
    await set(conversation, 'client--server.loss', '100%');
    const network = (await conversation.stack(1_000_000))[0]?.id ?? 0;
    const links = await conversation.scope('Links', network);
    assert.equal((await links.get('client -- server')?.inner())?.get('loss')?.value, '100%');
    await conversation.go('next');
    assert.equal((await conversation.scope('In flight')).get('(none)')?.value, 'nothing');
    await set(conversation, 'client--server.loss', '0');
    await set(conversation, 'client -- server.delay', '70ms');
    await conversation.go('stepIn');
  });

  it('refuses values that are none, and leaves the run as it was', async () => {
    const conversation = await stoppedAt(8);
    const { client } = conversation;
    const tried = (expression: string, value: string) =>
      refusal(client.send('setExpression', { expression, value }));
    assert.match(await tried('client.SND.WND', '-5'), /it is a number of octets/);
    assert.match(await tried('client.SND.WND', 'no'), /it is a number of octets/);
    assert.match(await tried('client.SND.UNA', 'client.SND.NXT + 1'), /cannot be beyond SND.NXT/);
    assert.match(await tried('client.rto', '0'), /1ms to 30 days/);
    assert.match(await tried('client--nobody.loss', '5'), /No host is called nobody/);
    assert.match(await tried('client--server.loss', '101'), /a percentage/);
    assert.match(await tried('client.STATE', 'CLOSED'), /cannot be set/);
    assert.match(await tried('server.c9.SND.WND', '5'), /has no connection here/);
    assert.equal(await conversation.at(), 'client: send "hello" @ script.tcpflow:8');
  });
});

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
