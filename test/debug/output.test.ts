/** What the console tells: as much as was asked for, each line once, and each leads to its moment. */

import assert from 'node:assert/strict';
import { type Conversation, example, refusal, serving } from './conversation.js';
import { inline } from './in-process.js';

const HANDSHAKE = example('handshake');

/** Two SYNs: the first is lost, the second arrives. */
const LOST = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
drop client -> server SYN
server: listen 80
client: connect server:80
print "called"
expect client ESTABLISHED within 3s
`;

describe('the console', () => {
  const server = serving();

  async function told(output: string | undefined): Promise<readonly string[]> {
    const conversation = await server.converse();
    const program = server.script(LOST, 'lost.tcpflow');
    const level = output === undefined ? {} : { output };
    await conversation.launch({ program, stopOnEntry: false, ...level });
    return conversation.lines();
  }

  const QUIET = ['called', '1 of 1 expectation holds.'];
  const TRANSITIONS = [
    '0.000000 s  server  CLOSED -> LISTEN  OPEN Call, CLOSED STATE (i.e., TCB does not exist)',
    '0.000000 s  client  CLOSED -> SYN_SENT  OPEN Call, CLOSED STATE (i.e., TCB does not exist)',
    'called',
    '1.010000 s  server  LISTEN -> SYN_RCVD  Third, check for a SYN',
    '1.020000 s  client  SYN_SENT -> ESTABLISHED  Fourth, check the SYN bit',
    '1 of 1 expectation holds.',
  ];

  it('tells state changes when nothing else is asked for', async () => {
    assert.deepEqual(await told(undefined), TRANSITIONS);
    assert.deepEqual(await told('transitions'), TRANSITIONS);
  });

  it('is quiet but for what the script prints, failures and results', async () => {
    assert.deepEqual(await told('quiet'), QUIET);
  });

  it('tells segments: sent, arrived, lost', async () => {
    const lines = await told('segments');
    assert.deepEqual(lines.slice(2, 8), [
      '0.000000 s  client  CLOSED -> SYN_SENT  OPEN Call, CLOSED STATE (i.e., TCB does not exist)',
      '0.000000 s  client  sends <SEQ=100><CTL=SYN>',
      '0.000000 s  network  client -> server <SEQ=100><CTL=SYN>: drop client -> server SYN: lost',
      'called',
      '1.000000 s  client  sends <SEQ=100><CTL=SYN> again',
      '1.010000 s  server  receives <SEQ=100><CTL=SYN> from client',
    ]);
    assert.deepEqual(
      TRANSITIONS.filter((line) => !lines.includes(line)),
      [],
    );
  });

  it('tells every rule with its reason', async () => {
    const lines = await told('rules');
    const arrived = lines.findIndex((line) => line.includes('server  receives'));
    assert.deepEqual(
      lines.slice(arrived + 1, arrived + 4).map((line) => line.slice(0, 52)),
      [
        '1.010000 s  server  First, check for a RST: RST bit ',
        '1.010000 s  server  Second, check for an ACK: ACK bi',
        '1.010000 s  server  LISTEN -> SYN_RCVD  Third, check',
      ],
    );
    assert.ok(lines.some((line) => line.includes('network  When does the segment arrive?: ')));
  });

  it('tells of a long run a thousand lines, how many more there are, and those of another future anew', async () => {
    const session = inline(`peer mallory
host server { syn-queue 100000 }
server: listen 80
repeat 3000 as i {
  inject mallory -> server SYN from 1000+i to 80 seq=i
}
wait 1s
print "over"
wait 1s
`);
    await session.launch({ program: '/flood.tcpflow' });
    session.ask('setBreakpoints', {
      source: { path: '/flood.tcpflow' },
      breakpoints: [{ line: 9 }],
    });
    const lines = () => session.named('output').map(({ body }) => String(body.output));
    await session.move('continue', { threadId: 1 });
    assert.equal(lines().filter((line) => line.includes('LISTEN -> SYN_RCVD')).length, 999);
    assert.ok(lines().includes('... and 2002 more lines (tcpflow run --trace prints all)\n'));
    const before = lines().length;
    await session.move('stepBack', { threadId: 1 });
    await session.move('evaluate', { expression: 'server: abort', context: 'repl' });
    await session.move('next', { threadId: 1 });
    const after = lines().slice(before);
    assert.deepEqual(
      after.map((line) =>
        line
          .replace(/^\S+ s {2}/, '')
          .trimEnd()
          .slice(0, 26),
      ),
      ['server  SYN_RCVD -> CLOSED', 'over'],
    );
  });

  it('puts what log points say between the lines, where it was said', async () => {
    const conversation = await server.converse();
    const program = server.script(LOST, 'lost.tcpflow');
    const functions = [
      { name: 'SYN_RCVD', logMessage: '> half-open' },
      { name: 'LISTEN', logMessage: '> open' },
    ];
    await conversation.launch({ program }, { functions: functions as never });
    await conversation.go('continue');
    const lines = [...TRANSITIONS];
    lines.splice(4, 0, '> half-open');
    lines.splice(1, 0, '> open');
    assert.deepEqual(conversation.lines(), lines);
  });

  it('refuses a level that it does not have', async () => {
    const conversation = await server.converse();
    await conversation.client.initializeRequest();
    const launch = conversation.client.launchRequest({ program: HANDSHAKE, output: 7 } as never);
    assert.equal(
      await refusal(launch),
      'The launch attribute "output" is 7. It should be one of quiet, transitions, segments, rules.',
    );
  });

  it('refuses a stopOnEntry that is neither true nor false', async () => {
    const conversation = await server.converse();
    await conversation.client.initializeRequest();
    const args = { program: HANDSHAKE, stopOnEntry: 'no' };
    assert.equal(
      await refusal(conversation.client.launchRequest(args as never)),
      'The launch attribute "stopOnEntry" is "no". It should be true or false.',
    );
  });

  it('keeps its level over a restart, unless the restart names another', async () => {
    const conversation = await server.converse();
    const program = server.script(LOST, 'lost.tcpflow');
    await conversation.launch({ program, output: 'quiet' });
    await restarted(conversation, {});
    await conversation.go('next', 'next');
    assert.deepEqual(conversation.lines(), []);
    await restarted(conversation, { arguments: { output: 'transitions' } });
    await conversation.go('next', 'next');
    assert.deepEqual(conversation.lines(), TRANSITIONS.slice(0, 1));
  });

  it('says nothing twice, however one goes back and forth', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE, output: 'rules' });
    await conversation.go('next', 'next', 'next', 'stepIn', 'stepIn', 'stepIn');
    await conversation.go('stepBack', 'stepBack', 'reverseContinue');
    await conversation.go('stepIn', 'stepOut', 'next', 'next', 'next', 'next');
    await conversation.client.customRequest('tcpflow/travel', { step: 2, microstep: -1 });
    await conversation.stop();
    await conversation.go('continue');
    const lines = conversation.lines();

    const straight = await server.converse();
    await straight.launch({ program: HANDSHAKE, output: 'rules', stopOnEntry: false });
    assert.deepEqual(lines, straight.lines());
  });

  it('tells after a fork only what is new', async () => {
    const conversation = await server.converse();
    const program = server.script(LOST, 'lost.tcpflow');
    await conversation.launch({ program });
    for (let i = 0; i < 5; i++) await conversation.go('next');
    const before = conversation.lines();
    await conversation.go('stepBack', 'stepBack');
    await conversation.client.evaluateRequest({ expression: 'server: close', context: 'repl' });
    await conversation.stop();
    await conversation.go('next', 'next');
    const after = conversation.lines().slice(before.length);
    assert.ok(after[0]?.includes('server  LISTEN -> CLOSED'), after.join('\n'));
    assert.deepEqual(after.slice(1, 2), ['called']);
  });

  it('leads from a line to its statement, and the cursor to its moment', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await conversation.launch({ program: HANDSHAKE });
    for (let i = 0; i < 6; i++) await conversation.go('next');
    const line = lineOf(conversation, 'LISTEN -> SYN_RCVD');
    assert.deepEqual([line.source?.path, line.line, line.column], [HANDSHAKE, 9, 3]);
    assert.equal(line.variablesReference, undefined, 'a client that is not VS Code');
    const args = { locationReference: line.locationReference ?? 0 };
    const { body } = await client.customRequest('locations', args);
    assert.deepEqual([body.source.path, body.line, body.column], [HANDSHAKE, 9, 3]);
    assert.equal((await conversation.stop()).reason, 'goto');
    assert.match(await conversation.at(), /^Third, check for a SYN: LISTEN -> SYN_RCVD @/);
    assert.equal(await conversation.evaluate('server.STATE'), 'SYN_RCVD');
  });

  it('gives VS Code each line as the only variable of its reference, also while the run goes on', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await client.initializeRequest({
      adapterID: 'tcpflow',
      clientID: 'vscode',
      pathFormat: 'path',
    });
    const ready = client.waitForEvent('initialized');
    await client.launchRequest({ program: HANDSHAKE, stopOnEntry: false } as never);
    await ready;
    await client.configurationDoneRequest();
    assert.equal((await conversation.stop()).kind, 'terminated');
    const { locationReference, variablesReference = 0 } = lineOf(
      conversation,
      'LISTEN -> SYN_RCVD',
    );
    const { variables } = (await client.variablesRequest({ variablesReference })).body;
    assert.deepEqual(variables, [
      {
        name: '',
        value: '0.010000 s  server  LISTEN -> SYN_RCVD  Third, check for a SYN',
        variablesReference: 0,
        valueLocationReference: locationReference,
      },
    ]);
  });

  it('leads to the statement alone when the run has forked away, or begun anew', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    const program = server.script(LOST, 'lost.tcpflow');
    await conversation.launch({ program });
    for (let i = 0; i < 5; i++) await conversation.go('next');
    const line = lineOf(conversation, 'LISTEN -> SYN_RCVD');
    await conversation.go('stepBack', 'stepBack');
    await client.evaluateRequest({ expression: 'crash server', context: 'repl' });
    await conversation.stop();
    const here = await conversation.at();
    const args = { locationReference: line.locationReference ?? 0 };
    const { body } = await client.customRequest('locations', args);
    assert.equal(body.line, 5);
    assert.equal(await conversation.at(), here);
  });

  it('refuses a location that it never gave', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE });
    for (const locationReference of [0, 999_999, -1, 1.5]) {
      const asked = conversation.client.customRequest('locations', { locationReference });
      assert.match(await refusal(asked), /^There is no location reference/);
    }
  });

  async function restarted(conversation: Conversation, args: object): Promise<void> {
    await conversation.client.customRequest('restart', args);
    await conversation.stop();
  }

  function lineOf(conversation: Conversation, text: string) {
    const found = conversation.outputs.find(({ output }) => output.includes(text));
    assert.ok(found, conversation.lines().join('\n'));
    return found;
  }
});
