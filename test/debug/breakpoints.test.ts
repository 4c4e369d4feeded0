/** Breakpoints on lines and headings, with conditions, hit counts and log messages. */

import assert from 'node:assert/strict';
import { example, type Server, startServer } from './conversation.js';

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
