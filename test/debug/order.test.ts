/** What a client knows of the run by the order of what it is sent: whatever is asked, in whatever order, it is right. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import fc from 'fast-check';
import { inline } from './in-process.js';

const SCRIPT = `host client 10.0.0.1 { isn 100, msl 1s }
host server 10.0.0.2 { isn 300, msl 1s }
link client -- server { delay 10ms }
scenario "many" {
  server: listen 80
  repeat 60 as i {
    client: connect server:80
    wait 30ms
    client: send "hello"
    wait 30ms
    client: close
    server: close
    wait 5s
  }
}
`;

/** Requests after whose answer a client takes the run to go on, until it hears of a stop. */
const RUNS = [
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'stepBack',
  'reverseContinue',
  'restartFrame',
  'goto',
] as const;
/** Requests of which a client does not know that they move the cursor. */
const UNASKED = [
  ['tcpflow/reverseOver', {}],
  ['tcpflow/reverseOut', {}],
  ['tcpflow/eventAtHost', { threadId: 1 }],
  ['tcpflow/eventAtHost', { threadId: 2, back: true }],
  ['tcpflow/travel', { step: 3, microstep: -1 }],
  ['tcpflow/lastChange', { expression: 'client.SND.NXT' }],
  ['tcpflow/view', { kind: 'travel', step: 4, microstep: 0 }],
  ['evaluate', { expression: 'client: send "x"', context: 'repl' }],
  ['evaluate', { expression: 'drop client -> server', context: 'repl' }],
  ['terminateThreads', { threadIds: [1] }],
  ['setVariable', { variablesReference: 1, name: 'SND.WND', value: '7' }],
  ['setExpression', { expression: 'client.SND.WND', value: '7' }],
  ['pause', { threadId: 1 }],
  ['restart', {}],
  ['threads', {}],
] as const;

type Request = readonly [command: string, args: object];

const requests: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...RUNS).map((command): Request => [command, { threadId: 1 }]),
  },
  fc.constantFrom<Request>(...UNASKED),
  fc
    .constantFrom('server:SYN_RCVD', 'TIME_WAIT', 'link/deliver', 'never')
    .map((name): Request => ['setFunctionBreakpoints', { breakpoints: [{ name }] }]),
);

const isRun = (command: string) => RUNS.some((one) => one === command);

/** An editor as far as it knows from what it was sent whether the run goes on or stands still: as VS Code does it. */
function editorOf(messages: readonly DebugProtocol.ProtocolMessage[], sent: Map<number, string>) {
  let state: 'running' | 'stopped' | 'ended' = 'running';
  let stops = 0;
  let read = 0;
  function take(message: DebugProtocol.ProtocolMessage): void {
    const { type, event, body } = message as DebugProtocol.Event;
    const { success, request_seq } = message as DebugProtocol.Response;
    if (type === 'response' && success && isRun(sent.get(request_seq) ?? '')) state = 'running';
    if (type !== 'event') return;
    if (event === 'continued') state = 'running';
    if (event === 'stopped') {
      state = 'stopped';
      stops++;
      assert.equal(body.allThreadsStopped, true);
    }
    if (event === 'terminated') state = 'ended';
  }
  return () => {
    for (; read < messages.length; read++) take(messages[read]!);
    return { state, stops };
  };
}

async function begun() {
  const session = inline(SCRIPT);
  await session.launch({ program: '/order.tcpflow' });
  const sent = new Map<number, string>();
  const editor = editorOf(session.messages, sent);
  const send = ([command, args]: Request) => {
    const seq = session.post(command, targeted(session, command, args));
    sent.set(seq, command);
    return seq;
  };
  const answers = new Map<number, DebugProtocol.Response>();
  let read = 0;
  const answerTo = (seq: number) => {
    for (; read < session.messages.length; read++) {
      const one = session.messages[read] as DebugProtocol.Response;
      if (one.type === 'response') answers.set(one.request_seq, one);
    }
    return answers.get(seq);
  };
  /** Until every request is answered and nothing runs: the adapter gives the stack again, or has ended. */
  const settled = async () => {
    for (;;) {
      const stack = session.post('stackTrace', { threadId: 1 });
      const answer = answerTo(stack);
      const open = [...sent.keys()].some((seq) => answerTo(seq) === undefined);
      if (
        !open &&
        answer &&
        (answer.success || !/goes on|is running|pause/i.test(answer.message ?? ''))
      ) {
        return answer.success;
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { ...session, send, editor, settled };
}

/** Numbers that a client has to have been given before it may send them. */
function targeted(session: ReturnType<typeof inline>, command: string, args: object): object {
  try {
    if (command === 'restartFrame') {
      const { stackFrames } = session.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
        threadId: 1,
      });
      return { frameId: stackFrames.at(-1)?.id };
    }
    if (command === 'goto') {
      const where = { source: { path: '/order.tcpflow' }, line: 7 };
      const { targets } = session.ask<DebugProtocol.GotoTargetsResponse['body']>(
        'gotoTargets',
        where,
      );
      return { threadId: 1, targetId: targets[0]?.id };
    }
  } catch {
    // the run goes on: it is refused
  }
  return args;
}

describe('the order of messages', () => {
  it('a run is answered before it stops, and stops once', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 14 }), async (all) => {
        const session = await begun();
        await session.settled();
        for (const request of all) {
          const before = session.editor();
          if (before.state === 'ended') break;
          const from = session.messages.length;
          const seq = session.send(request);
          const standing = await session.settled();
          const told = session.messages.slice(from).filter((one) => isTold(one, seq));
          const kinds = told.map(kindOf);
          assert.equal(kinds.filter((kind) => kind === 'response').length, 1);
          const ends = kinds.filter((kind) => kind === 'stopped' || kind === 'terminated');
          const [granted] = told.filter(({ type }) => type === 'response');
          const runs = isRun(request[0]) && (granted as DebugProtocol.Response).success;
          assert.ok(runs ? ends.length === 1 : ends.length <= 1, `${request[0]}: ${kinds}`);
          if (ends.length > 0) {
            assert.ok(
              kinds.indexOf('response') < kinds.indexOf(ends[0]!),
              `${request[0]}: ${kinds}`,
            );
          }
          assert.equal(
            session.editor().state,
            standing ? 'stopped' : 'ended',
            `${request[0]}: ${kinds}`,
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('whoever sends requests without waiting knows in the end whether the run stands still', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(requests, fc.nat(2)), { minLength: 2, maxLength: 20 }),
        async (all) => {
          const session = await begun();
          await session.settled();
          for (const [request, turns] of all) {
            session.send(request);
            for (let i = 0; i < turns; i++) await new Promise((resolve) => setTimeout(resolve, 0));
          }
          const standing = await session.settled();
          assert.equal(session.editor().state, standing ? 'stopped' : 'ended');
        },
      ),
      { numRuns: 30 },
    );
  });
});

function kindOf(message: DebugProtocol.ProtocolMessage): string {
  return message.type === 'event' ? (message as DebugProtocol.Event).event : message.type;
}

function isTold(message: DebugProtocol.ProtocolMessage, seq: number): boolean {
  if (message.type === 'response') return (message as DebugProtocol.Response).request_seq === seq;
  return ['stopped', 'continued', 'terminated'].includes((message as DebugProtocol.Event).event);
}
