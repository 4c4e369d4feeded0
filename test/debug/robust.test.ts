/** Requests out of order, unknown numbers, pages beyond the end: a clear answer each. */

import assert from 'node:assert/strict';
import { type Conversation, example, refusal, serving } from './conversation.js';

const HANDSHAKE = example('handshake');

describe('the session answers', () => {
  const server = serving();

  const NEED_A_RUN = [
    'stackTrace',
    'scopes',
    'variables',
    'evaluate',
    'completions',
    'exceptionInfo',
    'continue',
    'next',
    'stepIn',
    'stepOut',
    'stepBack',
    'reverseContinue',
    'restartFrame',
    'gotoTargets',
    'goto',
    'restart',
    'source',
    'configurationDone',
    'stepInTargets',
    'terminateThreads',
    'setVariable',
    'setExpression',
    'readMemory',
    'writeMemory',
    'tcpflow/script',
    'tcpflow/reverseOver',
    'tcpflow/reverseOut',
    'tcpflow/view',
    'tcpflow/travel',
    'tcpflow/rfc',
  ];

  it('what needs a run before the launch by saying so', async () => {
    const conversation = await server.converse();
    await conversation.client.initializeRequest();
    for (const command of NEED_A_RUN) {
      assert.equal(
        await refusal(conversation.client.send(command, {})),
        `"${command}" needs a run: send "launch" first.`,
      );
    }
  });

  it('a request that it does not know', async () => {
    const conversation = await server.converse();
    for (const command of ['disassemble', 'toString', '__proto__']) {
      assert.equal(
        await refusal(conversation.client.send(command)),
        `This debugger does not know the request "${command}".`,
      );
    }
  });

  it('a second launch', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE });
    assert.match(
      await refusal(conversation.client.launchRequest({ program: HANDSHAKE } as never)),
      /already: use "restart"/,
    );
  });

  it('numbers that it never gave', async () => {
    const { client } = await launched();
    const none = [999_999, 0, -1, 1.5];
    for (const n of none) {
      assert.match(await refusal(client.stackTraceRequest({ threadId: n })), /There is no thread/);
      assert.match(await refusal(client.scopesRequest({ frameId: n })), /There is no stack frame/);
      const args = { variablesReference: n };
      assert.match(await refusal(client.variablesRequest(args)), /There is no variables reference/);
      const goto = client.gotoRequest({ threadId: 1, targetId: n });
      assert.match(await refusal(goto), /There is no target/);
      const source = client.sourceRequest({ sourceReference: n });
      assert.match(await refusal(source), /There is no source/);
    }
    for (const command of ['stackTrace', 'scopes', 'variables', 'goto', 'source', 'restartFrame']) {
      assert.match(await refusal(client.send(command)), /There is no/);
    }
  });

  it('a frame that was there at an earlier stop: what has taken its place is told, and it has no beginning', async () => {
    const conversation = await launched();
    const { client } = conversation;
    await conversation.go('stepIn'); // a check, an event, a statement
    const before = await conversation.stack();
    await conversation.go('next');
    const after = await conversation.stack();
    assert.ok(before.length > after.length);
    const here = await client.scopesRequest({ frameId: after[0]?.id ?? 0 });
    for (const { id } of before) {
      const { body } = await client.scopesRequest({ frameId: id });
      assert.deepEqual(
        body.scopes.map(({ name }) => name),
        here.body.scopes.map(({ name }) => name),
      );
      const { body: value } = await client.evaluateRequest({
        ...{ expression: 'time', frameId: id, context: 'watch' },
      });
      assert.equal(value.result, '0 s');
    }
    const [check] = before;
    const args = { frameId: check?.id ?? 0 };
    assert.match(await refusal(client.restartFrameRequest(args)), /There is no stack frame/);
  });

  it('pages of the stack, and those beyond its end', async () => {
    const conversation = await launched();
    await conversation.client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'client:TIME_WAIT' }],
    });
    await conversation.go('continue');
    const all = await conversation.stack();
    const pages: string[] = [];
    for (let startFrame = 0; startFrame < all.length + 4; startFrame += 2) {
      const args = { threadId: 1, startFrame, levels: 2 };
      const { body } = await conversation.client.stackTraceRequest(args);
      assert.equal(body.totalFrames, all.length);
      pages.push(...body.stackFrames.map(({ id }) => String(id)));
    }
    assert.deepEqual(
      pages,
      all.map(({ id }) => String(id)),
    );
  });

  it('pages of variables, and those beyond their end', async () => {
    const conversation = await launched();
    await conversation.go('next', 'next');
    const [top] = await conversation.stack();
    const { scopes } = (await conversation.client.scopesRequest({ frameId: top?.id ?? 0 })).body;
    const variablesReference = scopes.find(({ name }) => name === 'Connection')?.variablesReference;
    const page = async (start: number, count: number) => {
      const args = { variablesReference: variablesReference ?? 0, start, count };
      return (await conversation.client.variablesRequest(args)).body.variables.length;
    };
    assert.deepEqual([await page(0, 3), await page(10_000, 5), await page(-3, 2)], [3, 0, 2]);
  });

  it('numbers in hexadecimal when asked', async () => {
    const conversation = await launched();
    await conversation.go('next', 'next');
    assert.equal(await conversation.evaluate('client.ISS + 155'), '255');
    await conversation.client.customRequest('tcpflow/hex', { hex: true });
    assert.equal(await conversation.evaluate('client.ISS + 155'), '0xff');
    assert.equal((await conversation.scope('Connection')).get('ISS')?.value, '0x64');
  });

  it('an expression that means nothing in the words of the evaluator', async () => {
    const conversation = await launched();
    assert.match(await refusal(conversation.evaluate('foo')), /`foo`/);
    assert.match(await refusal(conversation.evaluate('1 +')), /.+/);
    assert.equal(await conversation.evaluate('1 + 2 * 3'), '7');
  });

  it('what may follow in the console', async () => {
    const conversation = await launched();
    const args = { text: 'client.SND.N', column: 13 };
    const { body } = await conversation.client.completionsRequest(args);
    assert.deepEqual(
      body.targets.map(({ label, start, length }) => [label, start, length]),
      [['client.SND.NXT', 0, 12]],
    );
  });

  it('where a line was reached, and goes there', async () => {
    const conversation = await launched();
    await conversation.go('next', 'next', 'next');
    const args = { source: { path: HANDSHAKE }, line: 9 };
    const { targets } = (await conversation.client.gotoTargetsRequest(args)).body;
    assert.deepEqual(
      targets.map(({ label, line }) => [label, line]),
      [['line 9, time 1: 0.000000 s', 9]],
    );
    await conversation.client.gotoRequest({ threadId: 1, targetId: targets[0]?.id ?? 0 });
    assert.equal((await conversation.stop()).reason, 'goto');
    assert.match(await conversation.at(), /:9$/);
    const none = { source: { path: HANDSHAKE }, line: 30 };
    assert.deepEqual((await conversation.client.gotoTargetsRequest(none)).body.targets, []);
  });

  it('restart frame on a line of the history with that moment', async () => {
    const conversation = await launched();
    await conversation.client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'client:FIN_WAIT_1' }],
    });
    await conversation.go('continue');
    const frames = await conversation.stack();
    const past = frames.find(({ name }) => name.includes('CLOSED -> SYN_SENT'));
    await conversation.client.restartFrameRequest({ frameId: past?.id ?? 0 });
    assert.equal((await conversation.stop()).reason, 'goto');
    assert.equal(await conversation.evaluate('client.STATE'), 'SYN_SENT');
  });

  it('restart with the run from its beginning, and all lines again', async () => {
    const conversation = await launched();
    await conversation.go('next', 'next', 'next');
    const before = conversation.lines();
    await conversation.client.restartRequest({});
    assert.equal((await conversation.stop()).reason, 'entry');
    await conversation.go('next', 'next', 'next');
    assert.deepEqual(conversation.lines(), [...before, ...before]);
  });

  it('requests after the end, and a second end', async () => {
    const conversation = await launched();
    await conversation.go('continue');
    assert.match(
      await refusal(conversation.client.nextRequest({ threadId: 1 })),
      /"next" came after the end of the session/,
    );
    await conversation.client.terminateRequest();
    await conversation.client.disconnectRequest();
  });

  it('lines and columns in the way that the client counts', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await client.initializeRequest({
      adapterID: 'tcpflow',
      linesStartAt1: false,
      columnsStartAt1: false,
      pathFormat: 'path',
    });
    const ready = client.waitForEvent('initialized');
    await client.launchRequest({ program: HANDSHAKE } as never);
    await ready;
    const args = { source: { path: HANDSHAKE }, breakpoints: [{ line: 8 }] };
    const { breakpoints } = (await client.setBreakpointsRequest(args)).body;
    assert.deepEqual(
      breakpoints.map(({ line }) => line),
      [8],
    );
    await client.configurationDoneRequest();
    await conversation.stop();
    const [top] = await conversation.stack();
    assert.deepEqual([top?.line, top?.column], [7, 2]);
  });

  async function launched(): Promise<Conversation> {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE });
    return conversation;
  }
});
