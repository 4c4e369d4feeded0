/** Every capability that is announced works, and nothing is announced that this file does not try. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Conversation, example, refusal, type Serving, serving } from './conversation.js';

const HANDSHAKE = example('handshake');

type Try = (conversation: Conversation, server: Serving) => Promise<void>;

/** Each begins at the first statement of the handshake. */
const TRIES: { readonly [capability: string]: Try } = {
  // `launch` waits for it, in every conversation here.
  supportsConfigurationDoneRequest: async ({ at }) => {
    assert.match(await at(), /^server: listen 80/);
  },
  supportsFunctionBreakpoints: async ({ client, go }) => {
    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'server:SYN_RCVD' }] });
    assert.equal((await go('continue')).reason, 'function breakpoint');
  },
  supportsDataBreakpoints: async ({ client, go, evaluate }) => {
    const { body } = await client.dataBreakpointInfoRequest({ name: 'client.c1.SND.UNA' });
    assert.ok(body.dataId);
    await client.setDataBreakpointsRequest({ breakpoints: [{ dataId: body.dataId }] });
    assert.equal((await go('continue')).reason, 'data breakpoint');
    assert.equal(await evaluate('client.SND.UNA'), '100');
  },
  supportsDataBreakpointBytes: async ({ client, go, evaluate }) => {
    const wanted = { name: '0x65', asAddress: true, bytes: 5 } as never;
    const { body } = await client.dataBreakpointInfoRequest(wanted);
    await client.setDataBreakpointsRequest({ breakpoints: [{ dataId: String(body.dataId) }] });
    assert.equal((await go('continue')).reason, 'data breakpoint');
    assert.match(await evaluate('SEG.SEQ'), /^10[1-5]$/);
  },
  supportsConditionalBreakpoints: async (conversation) => {
    await onLine(conversation, { line: 15, condition: 'client.STATE == LISTEN' });
    assert.equal((await conversation.go('continue')).kind, 'terminated');
  },
  supportsHitConditionalBreakpoints: async (conversation) => {
    const { client, go, evaluate } = conversation;
    const breakpoints = [{ name: 'CLOSED->', hitCondition: '2' }];
    await client.setFunctionBreakpointsRequest({ breakpoints });
    await go('continue');
    assert.equal(await evaluate('client.STATE'), 'SYN_SENT');
  },
  supportsLogPoints: async (conversation) => {
    await onLine(conversation, { line: 14, logMessage: 'client is {client.STATE}' });
    assert.equal((await conversation.go('continue')).kind, 'terminated');
    assert.ok(conversation.lines().includes('client is ESTABLISHED'));
  },
  supportsBreakpointLocationsRequest: async ({ client }) => {
    const args = { source: { path: HANDSHAKE }, line: 9, endLine: 11 };
    const { body } = await client.customRequest('breakpointLocations', args);
    const lines = body.breakpoints.map(({ line }: { line: number }) => line);
    assert.deepEqual([...new Set(lines)], [9, 11]);
  },
  supportsExceptionFilterOptions: async ({ client, go, evaluate }) => {
    const filterOptions = [{ filterId: 'state', condition: 'server.STATE == CLOSE_WAIT' }];
    const { body } = await client.setExceptionBreakpointsRequest({ filters: [], filterOptions });
    assert.deepEqual(
      body?.breakpoints?.map(({ verified }) => verified),
      [true],
    );
    assert.equal((await go('continue')).reason, 'exception');
    assert.equal(await evaluate('server.STATE'), 'CLOSE_WAIT');
  },
  supportsExceptionInfoRequest: async ({ client, go }) => {
    await client.setExceptionBreakpointsRequest({ filters: ['state'] });
    const stop = await go('continue');
    const { body } = await client.exceptionInfoRequest({ threadId: stop.thread });
    assert.match(body.description ?? '', /LISTEN/);
  },
  exceptionBreakpointFilters: async ({ client }, server) => {
    const { body: told } = await (await server.converse()).client.initializeRequest();
    const filters = told?.exceptionBreakpointFilters?.map(({ filter }) => filter) ?? [];
    const { body } = await client.setExceptionBreakpointsRequest({ filters });
    assert.ok(filters.length >= 8);
    assert.deepEqual(
      body?.breakpoints?.map(({ verified }) => verified),
      filters.map(() => true),
    );
  },
  supportsEvaluateForHovers: async ({ client, go }) => {
    await go('next', 'next');
    const args = { expression: 'client.SND.NXT', context: 'hover' };
    assert.equal((await client.evaluateRequest(args)).body.result, '101');
    const statement = client.evaluateRequest({ expression: 'client: close', context: 'hover' });
    assert.match(await refusal(statement), /.+/, 'a hover executes nothing');
  },
  supportsClipboardContext: async ({ client, go, stack }) => {
    await go('next', 'next');
    const frameId = (await stack())[0]?.id ?? 0;
    const args = { expression: 'client', context: 'clipboard', frameId };
    assert.match((await client.evaluateRequest(args)).body.result, /SYN_SENT|ESTABLISHED/);
  },
  supportsCompletionsRequest: async ({ client }) => {
    const { body } = await client.completionsRequest({ text: 'SYN_R', column: 6 });
    assert.deepEqual(
      body.targets.map(({ label, start, length }) => [label, start, length]),
      [['SYN_RCVD', 0, 5]],
    );
  },
  completionTriggerCharacters: async ({ client, go }) => {
    await go('next', 'next');
    const { body } = await client.completionsRequest({ text: 'client.', column: 8 });
    assert.ok(body.targets.some(({ label }) => label === 'client.ISS'));
  },
  supportsValueFormattingOptions: async ({ client, go, stack }) => {
    await go('next', 'next');
    const format = { hex: true };
    const args = { expression: 'client.ISS', context: 'watch', format };
    assert.equal((await client.evaluateRequest(args)).body.result, '0x64');
    const frameId = (await stack())[0]?.id ?? 0;
    const { scopes } = (await client.scopesRequest({ frameId })).body;
    const variablesReference = scopes.find(({ name }) => name === 'Connection')?.variablesReference;
    const asked = { variablesReference: variablesReference ?? 0, format };
    const { variables } = (await client.variablesRequest(asked)).body;
    assert.equal(variables.find(({ name }) => name === 'ISS')?.value, '0x64');
  },
  supportsDelayedStackTraceLoading: async ({ client, go }) => {
    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'client:TIME_WAIT' }] });
    await go('continue');
    const args = { threadId: 1, startFrame: 0, levels: 1 };
    const { stackFrames, totalFrames } = (await client.stackTraceRequest(args)).body;
    assert.equal(stackFrames.length, 1);
    assert.ok((totalFrames ?? 0) > 6);
  },
  supportsStepBack: async ({ go, at }) => {
    const places = [await at()];
    for (let i = 0; i < 5; i++) {
      await go('stepIn');
      places.push(await at());
    }
    for (let i = 4; i >= 0; i--) {
      await go('stepBack');
      assert.equal(await at(), places[i]);
    }
    await go('next', 'next', 'next');
    assert.equal((await go('reverseContinue')).reason, 'entry');
    assert.equal(await at(), places[0]);
  },
  supportsStepInTargetsRequest: async ({ client, go, stop, stack, lines }) => {
    await go('next', 'next');
    const frameId = (await stack())[0]?.id ?? 0;
    const { targets } = (await client.customRequest('stepInTargets', { frameId }))
      .body as DebugProtocol.StepInTargetsResponse['body'];
    const target = targets.find(({ label }) => label.startsWith('deliver #1'));
    assert.ok(target);
    await client.stepInRequest({ threadId: 1, targetId: target.id });
    await stop();
    await go('stepOut');
    assert.ok(
      lines().some((line) => line.includes('LISTEN -> SYN_RCVD')),
      lines().join('\n'),
    );
  },
  supportsTerminateThreadsRequest: async ({ client, go, stop, evaluate }) => {
    await go('next', 'next');
    await client.customRequest('terminateThreads', { threadIds: [1] });
    await stop();
    assert.equal(await evaluate('client.connections'), '0');
  },
  supportsSetVariable: async ({ client, go, stop, evaluate, stack }) => {
    await go('next', 'next');
    const frameId = (await stack())[0]?.id ?? 0;
    const { scopes } = (await client.scopesRequest({ frameId })).body;
    const variablesReference = scopes.find(({ name }) => name === 'Connection')?.variablesReference;
    const args = { variablesReference: variablesReference ?? 0, name: 'SND.WND', value: '77' };
    await client.setVariableRequest(args);
    await stop();
    assert.equal(await evaluate('client.SND.WND'), '77');
  },
  supportsSetExpression: async ({ client, go, stop, evaluate }) => {
    await go('next', 'next');
    await client.customRequest('setExpression', { expression: 'client.SND.WND', value: '77' });
    await stop();
    assert.equal(await evaluate('client.SND.WND'), '77');
  },
  supportsReadMemoryRequest: async ({ client, go }) => {
    await go('next', 'next');
    const args = { memoryReference: '#1', offset: 12, count: 2 };
    const { body } = await client.customRequest('readMemory', args);
    assert.equal(Buffer.from(body.data, 'base64').toString('hex'), '0800'); // IPv4, in Ethernet's words
  },
  supportsWriteMemoryRequest: async ({ client, go, stop }) => {
    await go('next', 'next');
    const window = { memoryReference: '#1', offset: 14 + 20 + 14 };
    const data = Buffer.from([1, 2]).toString('base64');
    await client.customRequest('writeMemory', { ...window, data });
    await stop();
    const { body } = await client.customRequest('readMemory', { ...window, count: 2 });
    assert.equal(body.data, data);
  },
  supportsRestartFrame: async ({ client, go, stop, stack, at }) => {
    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'server:SYN_RCVD' }] });
    await go('continue');
    const statement = (await stack()).find(({ name }) => name.startsWith('client: connect'));
    await client.restartFrameRequest({ frameId: statement?.id ?? 0 });
    await stop();
    assert.match(await at(), /^client: connect/);
  },
  supportsGotoTargetsRequest: async ({ client, go, stop, at }) => {
    await go('next', 'next', 'next');
    const args = { source: { path: HANDSHAKE }, line: 9 };
    const [target] = (await client.gotoTargetsRequest(args)).body.targets;
    await client.gotoRequest({ threadId: 1, targetId: target?.id ?? 0 });
    assert.equal((await stop()).reason, 'goto');
    assert.match(await at(), /^client: connect/);
  },
  supportsRestartRequest: async ({ client, go, stop, at }) => {
    await go('next', 'next');
    await client.restartRequest({});
    assert.equal((await stop()).reason, 'entry');
    assert.match(await at(), /^server: listen/);
  },
  supportsTerminateRequest: async ({ client, stop }) => {
    await client.terminateRequest();
    assert.equal((await stop()).kind, 'terminated');
  },
  supportsCancelRequest: async (_, server) => {
    const { client, stop } = await server.converse();
    const program = server.script(`host client
host server
server: listen 80
repeat 1000000 {
  inject server -> client ACK seq=1 ack=1
  wait 10ms
}
`);
    await client.initializeRequest({ ...CLIENT, supportsProgressReporting: true });
    const ready = client.waitForEvent('initialized');
    const launch = { program, maxSteps: 10_000_000, stopOnEntry: false };
    await client.launchRequest(launch as never);
    await ready;
    const begun = client.waitForEvent('progressStart', 20_000);
    await client.configurationDoneRequest();
    const { progressId } = (await begun).body;
    const over = client.waitForEvent('progressEnd', 20_000);
    await client.customRequest('cancel', { progressId });
    assert.equal((await stop()).reason, 'pause');
    assert.equal((await over).body.progressId, progressId);
  },
};

const CLIENT = { adapterID: 'tcpflow', pathFormat: 'path' };

describe('a capability that is announced works', () => {
  const server = serving();

  it('is tried here, and what is not announced is not', async () => {
    const { client } = await server.converse();
    const { body } = await client.initializeRequest();
    const names = Object.entries(body ?? {}).flatMap(([name, value]) => (value ? [name] : []));
    assert.deepEqual(names.sort(), Object.keys(TRIES).sort());
  });

  for (const [name, attempt] of Object.entries(TRIES)) {
    it(name, async () => {
      const conversation = await server.converse();
      await conversation.launch({ program: HANDSHAKE });
      await attempt(conversation, server);
    });
  }
});

async function onLine(
  { client }: Conversation,
  breakpoint: DebugProtocol.SourceBreakpoint,
): Promise<void> {
  const args = { source: { path: HANDSHAKE }, breakpoints: [breakpoint] };
  const { breakpoints } = (await client.setBreakpointsRequest(args)).body;
  assert.deepEqual(
    breakpoints.map(({ verified }) => verified),
    [true],
  );
}
