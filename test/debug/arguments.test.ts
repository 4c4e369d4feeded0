/** Arguments of the wrong kind: whatever a client sends, it is told what is wrong, and the session goes on. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Conversation, example, refusal, serving } from './conversation.js';

const HANDSHAKE = example('handshake');

/** Every request with its arguments. `disconnect` and `terminate`, which end the session, take none that matter. */
const REQUESTS: { readonly [command: string]: readonly string[] } = {
  initialize: ['clientID', 'linesStartAt1', 'columnsStartAt1', 'pathFormat'],
  launch: ['program'],
  attach: ['program'],
  configurationDone: [],
  restart: ['arguments'],
  setBreakpoints: ['source', 'breakpoints', 'lines', 'sourceModified'],
  breakpointLocations: ['source', 'line', 'column', 'endLine', 'endColumn'],
  setFunctionBreakpoints: ['breakpoints'],
  setExceptionBreakpoints: ['filters', 'filterOptions', 'exceptionOptions'],
  dataBreakpointInfo: ['variablesReference', 'name', 'frameId', 'bytes', 'asAddress', 'mode'],
  setDataBreakpoints: ['breakpoints'],
  exceptionInfo: ['threadId'],
  threads: [],
  stackTrace: ['threadId', 'startFrame', 'levels', 'format'],
  scopes: ['frameId'],
  variables: ['variablesReference', 'filter', 'start', 'count', 'format'],
  source: ['source', 'sourceReference'],
  locations: ['locationReference'],
  evaluate: ['expression', 'frameId', 'context', 'format', 'line', 'column', 'source'],
  completions: ['frameId', 'text', 'column', 'line'],
  continue: ['threadId', 'singleThread'],
  next: ['threadId', 'granularity', 'singleThread'],
  stepIn: ['threadId', 'targetId', 'granularity'],
  stepOut: ['threadId'],
  stepBack: ['threadId'],
  reverseContinue: ['threadId'],
  restartFrame: ['frameId'],
  gotoTargets: ['source', 'line', 'column'],
  goto: ['threadId', 'targetId'],
  pause: ['threadId'],
  cancel: ['requestId', 'progressId'],
  stepInTargets: ['frameId'],
  terminateThreads: ['threadIds'],
  setVariable: ['variablesReference', 'name', 'value', 'format'],
  setExpression: ['expression', 'value', 'frameId', 'format'],
  readMemory: ['memoryReference', 'offset', 'count'],
  writeMemory: ['memoryReference', 'offset', 'data', 'allowPartial'],
  'tcpflow/view': ['kind', 'view', 'host', 'from', 'to', 'step', 'microstep', 'statement'],
  'tcpflow/travel': ['step', 'microstep'],
  'tcpflow/rfc': ['uri'],
  'tcpflow/hex': ['hex'],
  'tcpflow/script': [],
  'tcpflow/reverseOver': [],
  'tcpflow/reverseOut': [],
};

/** Values that mean something somewhere, and values that mean nothing anywhere. */
const PLAUSIBLE: readonly unknown[] = [
  ...[0, -1, 1, 2, 3, 1.5, 1e300, -1e300, 2 ** 53],
  ...['', 'x', 'client.ISS', 'SND.NXT', 'repl', 'server: close', '#1', 'SYN_RCVD', 'AAAA'],
  ...['ready', 'rows', 'page', 'travel', 'open', 'sequence', 'tables', 'client'],
  ...[{ path: HANDSHAKE }, { path: 5 }, { sourceReference: -1 }, { hex: 'x' }, { toString: 5 }],
  [{ name: 'SYN_RCVD', condition: 5, hitCondition: {} }],
  [{ line: 9, condition: [], logMessage: 5 }],
  [{ line: -5 }, { line: 1e300 }, { line: 'x' }],
  [{ filterId: 5 }, { dataId: {} }],
  [null],
];

const value = fc.oneof(fc.constantFrom(...PLAUSIBLE), fc.jsonValue({ maxDepth: 2 }));

describe('arguments', () => {
  const server = serving();

  async function stopped(): Promise<Conversation> {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE });
    await conversation.go('next', 'next', 'next');
    return conversation;
  }

  it('of any kind find an answer, and never a defect', async function () {
    this.timeout(120_000);
    let conversation = await stopped();
    const answer = async (command: string, args: unknown): Promise<string> => {
      const answered = conversation.client.send(command, args).then(
        () => '',
        (error: Error) => error.message,
      );
      const late = new Promise<string>((resolve) => {
        setTimeout(() => resolve('no answer in 15 s'), 15_000).unref();
      });
      return Promise.race([answered, late]);
    };
    const request = fc.constantFrom(...Object.keys(REQUESTS)).chain((command) => {
      const members = Object.fromEntries((REQUESTS[command] ?? []).map((name) => [name, value]));
      const args = fc.oneof(
        { weight: 6, arbitrary: fc.record(members, { requiredKeys: [] }) },
        { weight: 1, arbitrary: value },
      );
      return fc.tuple(fc.constant(command), args);
    });
    const property = fc.asyncProperty(request, async ([command, args]) => {
      const message = await answer(command, args);
      assert.doesNotMatch(message, /defect|no answer/);
      if (/came after the end/.test(message)) conversation = await stopped();
    });
    await fc.assert(property, { numRuns: 1_500 });
  });

  it('of the wrong kind are named, with what would have been right', async () => {
    const { client } = await stopped();
    const told = async (command: string, args: object) => refusal(client.send(command, args));
    assert.equal(
      await told('stackTrace', { threadId: 'main' }),
      '"stackTrace" has "main" as its threadId: it should be a number.',
    );
    assert.equal(
      await told('setBreakpoints', { source: { path: 5 }, breakpoints: [] }),
      '"setBreakpoints" has 5 as its path: it should be a string.',
    );
    assert.equal(
      await told('setBreakpoints', { source: 'x.tcpflow' }),
      '"setBreakpoints" has "x.tcpflow" as its source: it should be an object.',
    );
    assert.equal(
      await told('terminateThreads', { threadIds: 1 }),
      '"terminateThreads" has 1 as its threadIds: it should be a list.',
    );
    const lines = Array(20_000).fill(1);
    assert.equal(
      await told('setBreakpoints', { source: { path: 'x.tcpflow' }, lines }),
      '"setBreakpoints" has a list of 20000 as its lines: it should be a list of at most 10000.',
    );
    assert.equal(
      await told('scopes', {}),
      'There is no stack frame (none given) at this stop: ask for "stackTrace".',
    );
  });
});
