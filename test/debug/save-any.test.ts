/** Whatever was done in a session, in whatever order: the saved script does the same again, or it is said why there is none. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inline } from './in-process.js';

const SCRIPT = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 10ms }
server: listen 80
client: connect server:80
expect client ESTABLISHED
wait 100ms
client: send "hello"
wait 50ms
server: send "good day"
expect client received "good day"
client: close
wait 1s
server: close
wait 5s
`;

const EDITS = [
  'client.SND.WND = 3',
  'client.timers.retransmission = 1ms',
  'client--server.loss = 100%',
  'client--server.delay = 3ms',
  'client.rto = 2s',
  'server.RCV.WND = 100',
  'client: send "x"',
  'server: close',
  'client: abort',
  'inject client -> server RST seq=101',
  'drop client -> server',
  'crash server',
  'restart server',
  'cut client -- server',
  'wait 20ms',
  'expect client ESTABLISHED within 1s',
];

type Doing =
  | { readonly kind: 'move'; readonly move: string }
  | { readonly kind: 'choose'; readonly n: number }
  | { readonly kind: 'say'; readonly text: string };

const doings: fc.Arbitrary<Doing> = fc.oneof(
  fc.record({
    kind: fc.constant('move' as const),
    move: fc.constantFrom('next', 'stepIn', 'stepOut'),
  }),
  fc.record({ kind: fc.constant('choose' as const), n: fc.nat(30) }),
  fc.record({ kind: fc.constant('say' as const), text: fc.constantFrom(...EDITS) }),
);

type Inline = ReturnType<typeof inline>;

/** Does it where it can be done. */
function attempt({ ask }: Inline, doing: Doing): void {
  if (doing.kind === 'move') return void ask(doing.move, { threadId: 1 });
  if (doing.kind === 'choose') {
    const { stackFrames } = ask<{ stackFrames: { id: number }[] }>('stackTrace', { threadId: 1 });
    const frameId = stackFrames[0]?.id;
    const { targets } = ask<{ targets: { id: number }[] }>('stepInTargets', { frameId });
    const target = targets[doing.n % Math.max(1, targets.length)];
    if (target) ask('stepIn', { threadId: 1, targetId: target.id });
    return;
  }
  try {
    ask('evaluate', { expression: doing.text, context: 'repl' });
  } catch (error) {
    assert.match(String(error), /not armed|no connection|cannot be/);
  }
}

/** What the console was told of transitions, with their times. */
function transitions({ named }: Inline): readonly string[] {
  return named('output')
    .map(({ body }) => String(body.output).trimEnd())
    .filter((line) => /^\d+\.\d{6} s {2}/.test(line));
}

describe('a saved run', () => {
  it('does the same, whatever was done', async function () {
    this.timeout(120_000);
    const outcomes = { saved: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(doings, { minLength: 3, maxLength: 25 }), async (all) => {
        const session = inline(SCRIPT);
        await session.launch({ program: '/talk.tcpflow' });
        for (const doing of all) {
          if (session.named('terminated').length > 0) return;
          attempt(session, doing);
        }
        if (session.named('terminated').length > 0) return;
        const { success, message, body } = await session.later('tcpflow/script');
        outcomes[success ? 'saved' : 'refused']++;
        if (!success) return assert.match(message ?? '', /^No script says exactly/);
        const again = inline(body.text);
        await again.launch({ program: '/talk.tcpflow', stopOnEntry: false });
        const [before, after] = [transitions(session), transitions(again)];
        assert.deepEqual(after.slice(0, before.length), before);
      }),
      { numRuns: 150 },
    );
    assert.ok(outcomes.refused * 8 < outcomes.saved, JSON.stringify(outcomes));
  });
});
