/** The newcomer's story, told to the debug server by the protocol's own client. */

import assert from 'node:assert/strict';
import { type Conversation, converseByStdio, example, serving } from './conversation.js';

const HANDSHAKE = example('handshake');

describe('debugging the handshake', () => {
  const server = serving();

  async function atSynReceived(): Promise<Conversation> {
    const conversation = await server.converse();
    const entry = await conversation.launch(
      { program: HANDSHAKE },
      { functions: [{ name: 'server:SYN_RCVD' }], filters: ['failed'] },
    );
    assert.equal(entry.reason, 'entry');
    await conversation.go('continue');
    return conversation;
  }

  it('stops before the first statement', async () => {
    const conversation = await server.converse();
    const stop = await conversation.launch({ program: HANDSHAKE });
    assert.equal(stop.description, 'Paused at the first statement');
    assert.equal(await conversation.at(), 'server: listen 80 @ handshake.tcpflow:8');
  });

  it('stops on server:SYN_RCVD and says why', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE }, { functions: [{ name: 'server:SYN_RCVD' }] });
    const stop = await conversation.go('continue');
    assert.equal(stop.reason, 'function breakpoint');
    assert.equal(stop.description, 'Paused on entering SYN_RCVD');
    assert.equal(stop.text, 'server entered SYN_RCVD from LISTEN: Third, check for a SYN');
    assert.equal(stop.ids.length, 1);
    const { threads } = (await conversation.client.threadsRequest()).body;
    assert.deepEqual(
      threads.map(({ name }) => name),
      ['client', 'server', 'network'],
    );
    assert.equal(threads.find(({ id }) => id === stop.thread)?.name, 'server');
  });

  it('shows RFC check, event, statement and history in the call stack', async () => {
    const conversation = await atSynReceived();
    const frames = await conversation.stack();
    assert.deepEqual(
      frames.map(({ name, presentationHint }) => `${presentationHint ?? ''}|${name}`),
      [
        '|Third, check for a SYN: LISTEN -> SYN_RCVD',
        '|segment arrives <SEQ=100><CTL=SYN> from client',
        '|client: connect server:80',
        'label|history',
        'subtle|0.000000 s CLOSED -> LISTEN: OPEN Call, CLOSED STATE (i.e., TCB does not exist)',
      ],
    );
    assert.deepEqual(frames.map(({ source, line }) => `${source?.name}:${line}`).slice(0, 3), [
      '3.10.7.2 LISTEN STATE.txt:13',
      '3.10.7.2 LISTEN STATE.txt:1',
      'handshake.tcpflow:9',
    ]);
  });

  it('shows a host that has no part in the event with its state and its last event', async () => {
    const conversation = await atSynReceived();
    const [top] = await conversation.stack(1);
    assert.equal(top?.name, 'c1: SYN_SENT, since 0.000000 s: user call: OPEN');
    assert.equal(top?.presentationHint, 'subtle');
  });

  it('shows the segment, the connection, its timers, its ISN and the table with a half-open entry', async () => {
    const conversation = await atSynReceived();
    const value = async (scope: string, name: string) =>
      (await conversation.scope(scope)).get(name)?.value;
    assert.equal(await value('Segment', 'segment'), '<SEQ=100><CTL=SYN>');
    assert.equal(await value('Segment', 'sends'), '<SEQ=300><ACK=101><CTL=SYN,ACK>');
    assert.equal(await value('Connection', 'STATE'), 'SYN_RCVD');
    assert.equal(await value('Connection', 'SND.NXT'), '301');
    assert.equal(await value('Connection', 'RCV.NXT'), '101');
    assert.equal(await value('Timers', 'retransmission'), 'in 1 s, at 1.010000');
    assert.equal(await value('ISN', 'ISS'), '300');
    assert.equal(await value('Listen queues', 'port 80'), '1 half-open, 0 waiting for accept');
    assert.equal(await value('Changed', 'STATE'), 'LISTEN -> SYN_RCVD');
    const table = await conversation.scope('Connection table');
    assert.equal(table.get('complete')?.value, 'none');
    const halfOpen = await table.get('half-open')?.inner();
    assert.equal(halfOpen?.get('c1')?.value, 'SYN_RCVD 10.0.0.2:80 <- 10.0.0.1:49152');
  });

  it('walks the checks of SEGMENT ARRIVES in a document with the numbers filled in', async () => {
    const conversation = await atSynReceived();
    const [top] = await conversation.stack();
    const { source } = top ?? {};
    const sourceReference = source?.sourceReference ?? 0;
    const { content } = (await conversation.client.sourceRequest({ sourceReference })).body;
    const lines = content.split('\n');
    assert.equal(lines[(top?.line ?? 0) - 1], 'Third, check for a SYN');
    assert.match(lines[top?.line ?? 0] ?? '', /IRS=100, RCV\.NXT=101, ISS=300/);
    await conversation.client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'syn-sent/1-ack' }],
    });
    await conversation.go('continue');
    const walked = [await conversation.at()];
    for (let i = 0; i < 3; i++) {
      await conversation.go('stepIn');
      walked.push(await conversation.at());
    }
    assert.deepEqual(walked, [
      'First, check the ACK bit @ 3.10.7.3 SYN-SENT STATE.txt:5',
      'Second, check the RST bit @ 3.10.7.3 SYN-SENT STATE.txt:9',
      'Third, check the security @ 3.10.7.3 SYN-SENT STATE.txt:13',
      'Fourth, check the SYN bit: SYN_SENT -> ESTABLISHED @ 3.10.7.3 SYN-SENT STATE.txt:17',
    ]);
  });

  it('steps back over exactly the same places', async () => {
    const conversation = await atSynReceived();
    const visited = [await conversation.at()];
    const moves = ['stepIn', 'stepIn', 'next', 'stepIn', 'stepOut', 'stepIn', 'next'] as const;
    for (const move of moves) {
      await conversation.go(move);
      visited.push(await conversation.at());
    }
    const back = [await conversation.at()];
    for (const _ of moves) {
      await conversation.go('stepBack');
      back.push(await conversation.at());
    }
    assert.deepEqual(back.reverse(), visited);
  });

  it('keeps the numbers of scopes from stop to stop, so that an open tree stays open', async () => {
    const conversation = await atSynReceived();
    const numbers = async () => {
      const [top] = await conversation.stack(2);
      const { scopes } = (await conversation.client.scopesRequest({ frameId: top?.id ?? 0 })).body;
      return new Map(scopes.map((scope) => [scope.name, scope.variablesReference]));
    };
    const before = await numbers();
    await conversation.client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'server:ESTABLISHED' }],
    });
    await conversation.go('continue');
    assert.equal((await numbers()).get('Connection'), before.get('Connection'));
  });

  it('prints one line a transition, linked to its statement, and none twice', async () => {
    const conversation = await atSynReceived();
    await conversation.go('next', 'stepBack', 'next', 'reverseContinue', 'continue');
    const lines = conversation.outputs.filter(({ output }) => output.includes('->'));
    assert.deepEqual(
      lines.slice(0, 3).map(({ output, line }) => `${line} ${output.trimEnd()}`),
      [
        '8 0.000000 s  server  CLOSED -> LISTEN  OPEN Call, CLOSED STATE (i.e., TCB does not exist)',
        '9 0.000000 s  client  CLOSED -> SYN_SENT  OPEN Call, CLOSED STATE (i.e., TCB does not exist)',
        '9 0.010000 s  server  LISTEN -> SYN_RCVD  Third, check for a SYN',
      ],
    );
    assert.equal(new Set(conversation.lines()).size, conversation.lines().length);
  });

  it('ends with the verdict, and with exit code 0', async () => {
    const conversation = await converseByStdio();
    const exited = conversation.client.waitForEvent('exited');
    await conversation.launch({ program: HANDSHAKE });
    assert.equal((await conversation.go('continue')).kind, 'terminated');
    assert.match(conversation.lines().at(-1) ?? '', /^(\d+) of \1 expectations hold\.$/);
    assert.deepEqual((await exited).body, { exitCode: 0 });
    await conversation.close();
  });

  it('stops once at the end of the run when stepping, so that one can go back', async () => {
    const conversation = await server.converse();
    await conversation.launch(
      { program: HANDSHAKE },
      { functions: [{ name: 'client:TIME_WAIT->' }] },
    );
    await conversation.go('continue');
    let stop = await conversation.go('next');
    for (let i = 0; i < 5 && stop.description !== 'Paused at the end of the run'; i++) {
      stop = await conversation.go('next');
    }
    assert.equal(stop.description, 'Paused at the end of the run');
    assert.match(await conversation.at(), /^end of the run @/);
    const table = await conversation.scope('Connection table');
    assert.equal(table.get('complete')?.value, 'none');
    await conversation.go('stepBack');
    assert.match(await conversation.at(), /connections == 0/);
    assert.equal((await conversation.go('next', 'continue')).kind, 'terminated');
  });

  it('runs without debugging to the results', async () => {
    const conversation = await server.converse();
    const end = await conversation.launch(
      { program: HANDSHAKE, noDebug: true },
      { functions: [{ name: 'server:SYN_RCVD' }] },
    );
    assert.equal(end.kind, 'terminated');
  });
});

describe('a wrong expectation', () => {
  const server = serving();

  const WRONG = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
server: listen 80
client: connect server:80
expect client -> server SYN seq=100
expect server -> client SYN,ACK seq=300 ack=102
`;

  it('stops there with expected against actual, field by field, and the rule that decided', async () => {
    const conversation = await server.converse();
    const exited = conversation.client.waitForEvent('exited');
    await conversation.launch({ program: server.script(WRONG) });
    const stop = await conversation.go('continue');
    assert.equal(stop.reason, 'exception');
    assert.equal(stop.description, 'Paused on Failed expectation');
    assert.match(await conversation.at(), /script\.tcpflow:6$/);
    const info = (await conversation.client.exceptionInfoRequest({ threadId: stop.thread })).body;
    assert.equal(info.exceptionId, 'Failed expectation');
    assert.match(info.details?.stackTrace ?? '', /ack +expected 102 +actual 101/);
    assert.match(
      info.details?.stackTrace ?? '',
      /decided at 0\.010000 by "Third, check for a SYN", RFC 9293/,
    );
    assert.match(conversation.lines().join('\n'), /ack +expected 102 +actual 101/);
    assert.equal((await conversation.go('continue')).kind, 'terminated');
    assert.deepEqual((await exited).body, { exitCode: 1 });
    assert.equal(conversation.lines().at(-1), '1 of 2 expectations hold, 1 does not.');
  });

  it('does not stop when the filter is off', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(WRONG) }, { filters: [] });
    assert.equal((await conversation.go('continue')).kind, 'terminated');
  });

  it('can be stepped back from, to see how it came about', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(WRONG) });
    await conversation.go('continue', 'stepBack');
    assert.equal(await conversation.at(), 'When does the segment arrive? @ The network.txt:45');
  });
});
