/** Breakpoints on lines, by name and by filter, with conditions, hit counts and log messages. */

import assert from 'node:assert/strict';
import { example, type Server, serving, startServer } from './conversation.js';

const HANDSHAKE = example('handshake');

/** Ten connections, one after the other. */
const MANY = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }

scenario "many" {
  server: listen 80

  # nothing stands on this line
  repeat 10 as i {
    client: connect server:80
    wait 100ms
    print "turn {i}"
  }
}

scenario "other" {
  server: listen 81
}
`;

const NAMED = `host client { isn 100 }
host server { isn 300 }
peer mallory
server: listen 80
client: connect server:80 as mail
expect client ESTABLISHED
wait 1s
client: close
`;

describe('breakpoints', () => {
  let server: Server;
  let many: string;
  before(async function () {
    this.timeout(60_000); // it may have to be built
    server = await startServer();
    many = server.script(MANY, 'many.tcpflow');
  });
  after(() => server.stop());

  async function setLines(lines: readonly number[]) {
    const conversation = await server.converse();
    await conversation.launch({ program: many });
    const { body } = await conversation.client.setBreakpointsRequest({
      source: { path: many },
      breakpoints: lines.map((line) => ({ line })),
    });
    return body.breakpoints;
  }

  it('on a line without a statement goes to the next one', async () => {
    const [comment, blank, exact] = await setLines([7, 6, 9]);
    assert.deepEqual([comment?.verified, comment?.line], [true, 8]);
    assert.deepEqual([blank?.verified, blank?.line], [true, 8]);
    assert.deepEqual([exact?.verified, exact?.line], [true, 9]);
  });

  it('that can never be hit says why', async () => {
    const [behind, other, after] = await setLines([100, 16, 13]);
    assert.equal(behind?.message, 'The script has 18 lines.');
    assert.equal(
      other?.message,
      'This line belongs to the scenario "other"; "many" is being debugged.',
    );
    assert.equal(after?.message, 'No statement follows: the last one is on line 11.');
    assert.deepEqual(
      [behind, other, after].map((one) => one?.verified),
      [false, false, false],
    );
  });

  it('in another file says which one is debugged', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: many });
    const args = { source: { path: HANDSHAKE }, breakpoints: [{ line: 9 }] };
    const [one] = (await conversation.client.setBreakpointsRequest(args)).body.breakpoints;
    assert.equal(one?.verified, false);
    assert.match(one?.message ?? '', /many\.tcpflow is being debugged/);
  });

  it('set before the launch are looked at when the script is known', async () => {
    const conversation = await server.converse();
    await conversation.client.initializeRequest();
    const args = { source: { path: many }, breakpoints: [{ line: 9 }] };
    const [early] = (await conversation.client.setBreakpointsRequest(args)).body.breakpoints;
    assert.deepEqual([early?.verified, (early as { reason?: string }).reason], [false, 'pending']);
    const ready = conversation.client.waitForEvent('initialized');
    await conversation.client.launchRequest({ program: many, stopOnEntry: false } as never);
    await ready;
    assert.deepEqual(
      conversation.changes.map(({ id, verified, line }) => ({ id, verified, line })),
      [{ id: early?.id, verified: true, line: 9 }],
    );
    await conversation.client.configurationDoneRequest();
    const stop = await conversation.stop();
    assert.deepEqual([stop.reason, stop.ids], ['breakpoint', [early?.id]]);
  });

  it('on a line stop each time, before the statement begins', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: many }, { lines: [{ line: 9 }] });
    await conversation.go('continue', 'continue', 'continue');
    assert.equal(await conversation.evaluate('i'), '2');
    assert.equal(await conversation.at(), 'client: connect server:80 @ many.tcpflow:9');
    await conversation.go('reverseContinue');
    assert.equal(await conversation.evaluate('i'), '1');
  });

  it('with a condition stop only where it holds', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: many }, { lines: [{ line: 9, condition: 'i == 7' }] });
    const stop = await conversation.go('continue');
    assert.equal(await conversation.evaluate('i'), '7');
    assert.match(stop.text, /i == 7/);
    assert.equal((await conversation.go('continue')).kind, 'terminated');
  });

  it('with a hit count stop at that hit, from either side', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: many }, { lines: [{ line: 9, hitCondition: '% 4' }] });
    await conversation.go('continue');
    assert.equal(await conversation.evaluate('i'), '3');
    await conversation.go('continue');
    assert.equal(await conversation.evaluate('i'), '7');
    await conversation.go('next', 'next', 'reverseContinue', 'reverseContinue');
    assert.equal(await conversation.evaluate('i'), '3');
  });

  it('with a log message print it instead of stopping, and not again', async () => {
    const conversation = await server.converse();
    await conversation.launch(
      { program: many },
      { lines: [{ line: 9, logMessage: 'connection {i} at {time}' }, { line: 11 }] },
    );
    await conversation.go('continue', 'continue', 'reverseContinue', 'continue');
    const said = conversation.outputs.filter(({ output }) => output.startsWith('connection'));
    assert.deepEqual(
      said.map(({ output, line }) => `${line}: ${output.trimEnd()}`),
      ['9: connection 0 at 0 s', '9: connection 1 at 100 ms'],
    );
  });

  it('at the first statement are said together with the entry, and logged there', async () => {
    const conversation = await server.converse();
    const lines = [{ line: 5 }, { line: 5, logMessage: 'at {time}' }];
    const { reason, description } = await conversation.launch({ program: many }, { lines });
    assert.equal(reason, 'breakpoint');
    assert.equal(description, 'Paused at the first statement, on a breakpoint');
    assert.ok(conversation.lines().includes('at 0 s'));
  });

  it('with something that cannot be read are not verified, and say what would be right', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: many });
    const { body } = await conversation.client.setBreakpointsRequest({
      source: { path: many },
      breakpoints: [
        { line: 9, condition: 'i ==' },
        { line: 9, condition: 'SND.NTX == 5' },
        { line: 9, hitCondition: 'often' },
        { line: 9, logMessage: 'turn {i' },
        { line: 9, condition: 'server.c1.SND.NXT == seg.ack' },
      ],
    });
    assert.deepEqual(
      body.breakpoints.map(({ verified }) => verified),
      [false, false, false, false, true],
    );
    assert.match(body.breakpoints[1]?.message ?? '', /SND\.NTX/);
    assert.match(body.breakpoints[2]?.message ?? '', /"often" is not understood\. Write 5/);
  });

  it('by name are verified, or say why not and what is near', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(NAMED, 'named.tcpflow') });
    const names = [
      'SYN_RCVD',
      'server:SYN-RECEIVED',
      'server.c1:ESTABLISHED',
      'LISTEN->SYN_RCVD',
      'client:*->CLOSED',
      'SYN_RCVD->',
      'other-states/5-ack',
      'LISTEN->TIME_WAIT',
      'sever:SYN_RCVD',
      'SYN_RCDV',
      'other-states/5-akc',
      '',
      '5-ack',
      'SYN_RCVD refusd',
      'client.mial:ESTABLISHED',
      'mallory:LISTEN',
    ];
    const { body } = await conversation.client.setFunctionBreakpointsRequest({
      breakpoints: names.map((name) => ({ name })),
    });
    const verified = body.breakpoints.map((one) => one.verified);
    assert.deepEqual(
      verified,
      names.map((_, i) => i < 7),
    );
    const messages = body.breakpoints.slice(7).map(({ message }) => message ?? '');
    assert.match(messages[0] ?? '', /No rule moves a connection from LISTEN to TIME_WAIT/);
    assert.match(messages[1] ?? '', /Did you mean `server/);
    assert.match(messages[2] ?? '', /Did you mean `SYN_RCVD`/);
    assert.match(messages[3] ?? '', /Did you mean `other-states\/5-ack`/);
    assert.match(messages[5] ?? '', /Did you mean `other-states\/5-ack`/);
    assert.match(messages[6] ?? '', /Did you mean `SYN_RCVD refused`/);
    assert.match(
      messages[7] ?? '',
      /there are mail and c1, c2 and so on\. Did you mean `client\.mail`/,
    );
    assert.match(messages[8] ?? '', /`mallory` is a peer without a TCP/);
  });

  it('by name know the names that were given in the console', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(NAMED, 'named.tcpflow') });
    const set = async () => {
      const args = { breakpoints: [{ name: 'client.later:FIN_WAIT_1' }] };
      const { body } = await conversation.client.setFunctionBreakpointsRequest(args);
      return body.breakpoints[0]?.verified;
    };
    assert.equal(await set(), false);
    await conversation.go('next', 'next');
    await conversation.evaluate('client: connect server:80 as later');
    await conversation.stop();
    assert.equal(await set(), true);
  });

  it('on any move of a host stop at each of its transitions', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE }, { functions: [{ name: 'client: *->*' }] });
    const texts = [];
    for (let i = 0; i < 2; i++) texts.push((await conversation.go('continue')).text);
    assert.match(texts[0] ?? '', /^client entered SYN_SENT/);
    assert.match(texts[1] ?? '', /^client entered ESTABLISHED from SYN_SENT: /);
  });

  it('on data say what is near where a name means nothing, and which hit counts there are none of', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await conversation.launch({ program: server.script(NAMED, 'named.tcpflow') });
    const why = async (name: string) =>
      (await client.dataBreakpointInfoRequest({ name })).body.description;
    assert.match(await why('client.mial.SND.NXT'), /Did you mean `client\.mail`/);
    assert.match(await why('client.SND.NXTT'), /Did you mean `SND\.NXT`/);
    assert.match(await why('client.timers.persit'), /Did you mean `timers\.persist`/);
    assert.match(await why('clent.SND.NXT'), /`clent` is not known.*Did you mean `client`/);
    assert.match(await why('mallory.SND.NXT'), /mallory/);
    const hits = ['0', '<1', '% 0', '<= 0', '1', '< 2', '>= 0', '%1'];
    const { breakpoints } = (
      await client.setDataBreakpointsRequest({
        breakpoints: hits.map((hitCondition) => ({ dataId: 'client.snd.nxt', hitCondition })),
      })
    ).body;
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      hits.map((_, i) => i >= 4),
    );
  });

  it('by name stop at the transition, at the leaving, at the rule', async () => {
    const conversation = await server.converse();
    const functions = ['client.c1:ESTABLISHED', 'SYN_RCVD->', 'server:listen/3-syn'];
    await conversation.launch(
      { program: HANDSHAKE },
      { functions: functions.map((name) => ({ name })) },
    );
    const texts = [];
    for (let i = 0; i < 3; i++) texts.push((await conversation.go('continue')).text);
    assert.match(texts[0] ?? '', /^server: Third, check for a SYN: /);
    assert.match(texts[1] ?? '', /^client entered ESTABLISHED from SYN_SENT: /);
    assert.match(texts[2] ?? '', /^server entered ESTABLISHED from SYN_RCVD: /);
  });

  it('say all reasons when several hold at one place', async () => {
    const conversation = await server.converse();
    await conversation.launch(
      { program: HANDSHAKE },
      { functions: [{ name: 'SYN_RCVD' }, { name: 'listen/3-syn' }] },
    );
    const stop = await conversation.go('continue');
    assert.equal(stop.ids.length, 2);
    assert.equal(stop.text.split('; ').length, 2);
  });

  it("on a heading of an RFC document stop after that rule's check", async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE }, { functions: [{ name: 'SYN_RCVD' }] });
    await conversation.go('continue');
    const [top] = await conversation.stack();
    const { body } = await conversation.client.setBreakpointsRequest({
      source: top?.source ?? {},
      breakpoints: [{ line: 10 }],
    });
    assert.deepEqual(
      body.breakpoints.map(({ verified, line }) => [verified, line]),
      [[true, 9]],
    );
    const back = await conversation.go('reverseContinue');
    assert.equal(back.ids[0], body.breakpoints[0]?.id);
    assert.equal(await conversation.at(), 'Second, check for an ACK @ 3.10.7.2 LISTEN STATE.txt:9');
  });

  it('on a variable stop where a rule changes it', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await conversation.launch({ program: HANDSHAKE }, { functions: [{ name: 'SYN_RCVD' }] });
    await conversation.go('continue');
    const [top] = await conversation.stack();
    const { scopes } = (await client.scopesRequest({ frameId: top?.id ?? 0 })).body;
    const variablesReference = scopes.find(({ name }) => name === 'Connection')?.variablesReference;
    const ask = async (args: object) =>
      (await client.dataBreakpointInfoRequest({ name: '', ...args })).body;
    const row = await ask({ variablesReference, name: 'SND.UNA' });
    assert.equal(row.dataId, 'server.c1.snd.una');
    assert.equal(row.description, 'server.c1: SND.UNA changes');
    assert.equal((await ask({ name: 'RCV.NXT', frameId: top?.id })).dataId, 'server.c1.rcv.nxt');
    assert.equal((await ask({ name: 'client.STATE' })).dataId, 'client.state');
    assert.equal((await ask({ name: 'backlog' })).dataId, null);
    const { breakpoints } = (
      await client.setDataBreakpointsRequest({
        breakpoints: [{ dataId: 'server.c1.snd.una' }, { dataId: 'nobody.snd.una' }],
      })
    ).body;
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [true, false],
    );
    const stop = await conversation.go('continue');
    assert.equal(stop.reason, 'data breakpoint');
    assert.match(stop.text, /^server: SND\.UNA changed from 300 to 301: /);
  });

  it('are offered at the spots of a line', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: many });
    const args = { source: { path: many }, line: 5, endLine: 9 };
    const { body } = await conversation.client.send('breakpointLocations', args);
    assert.deepEqual(body.breakpoints, [
      { line: 5, column: 3 },
      { line: 8, column: 3 },
      { line: 9, column: 5 },
      { line: 9, column: 13 },
      { line: 9, column: 30 },
    ]);
    const part = { ...args, line: 9, column: 6, endColumn: 20 };
    const within = (await conversation.client.send('breakpointLocations', part)).body;
    assert.deepEqual(within.breakpoints, [{ line: 9, column: 13 }]);
  });
});

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
