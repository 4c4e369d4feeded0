/** Whatever was done in a session, in whatever order: the saved script does the same again. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Item } from '../../src/views/contract.js';
import { inline } from './in-process.js';

const LINKS = [
  'delay 10ms',
  'delay 10ms, jitter 2ms',
  'delay 10ms, loss 10%, duplicate 20%',
  'delay 0ms',
];

const scriptOver = (link: string) => `seed 7
host client { isn 100 }
host server { isn 300 }
link client -- server { ${link} }
server: listen 80
client: connect server:80
expect client ESTABLISHED
wait 100ms
client: send "hello"
wait 50ms
server: send "good day"
expect client received "good day"
repeat 3 as i {
  client: send 10 bytes
  client: send "again"
  wait 12ms
  repeat 2 {
    server: send "{i}"   # twice
    wait until server ESTABLISHED within 1ms
    wait 3ms
  }
}
never client -> server RST for 20ms
client: close
expect server CLOSE_WAIT within 30ms
wait 1s
expect server: close
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
  'expect client TIME_WAIT within 7ms',
  'expect client: connect server:81 fails "refused"',
  'eventually server -> client ACK within 30ms',
  '#A.arrives = 0ms',
  '#A.arrives = 7ms',
  '#A.arrives = 40ms',
  '#A.seq = 7',
  '#A.wnd = 3',
  '#A.ctl = RST',
  '#A.ctl = SYN',
  '#B.arrives = 25ms',
  '#B.ack = 5',
  'duplicate client -> server now',
  'hold server -> client as kept now',
  'wait 2 events',
  'fire client.timers.retransmission',
  'deliver client -> server nth 2',
];

type Doing =
  | { readonly kind: 'move'; readonly move: string; readonly times: number }
  | { readonly kind: 'choose'; readonly n: number }
  | { readonly kind: 'say'; readonly text: string }
  | {
      readonly kind: 'write';
      readonly which: number;
      readonly offset: number;
      readonly octet: number;
    };

const doings: fc.Arbitrary<Doing> = fc.oneof(
  fc.record({
    kind: fc.constant('move' as const),
    move: fc.constantFrom('next', 'next', 'stepIn', 'stepOut', 'stepBack'),
    times: fc.integer({ min: 1, max: 12 }),
  }),
  fc.record({ kind: fc.constant('choose' as const), n: fc.nat(30) }),
  fc.record({ kind: fc.constant('say' as const), text: fc.constantFrom(...EDITS) }),
  fc.record({
    kind: fc.constant('write' as const),
    which: fc.nat(1),
    offset: fc.integer({ min: 34, max: 90 }),
    octet: fc.nat(255),
  }),
);

type Inline = ReturnType<typeof inline>;

function isOver({ named }: Pick<Inline, 'named'>): boolean {
  return named('terminated').length > 0;
}

/** Does it where it can be done. */
async function attempt({ ask, move, named }: Inline, doing: Doing): Promise<void> {
  if (doing.kind === 'move') {
    for (let i = 0; i < doing.times && !isOver({ named }); i++) {
      await move(doing.move);
    }
    return;
  }
  if (doing.kind === 'choose') {
    const { stackFrames } = ask<{ stackFrames: { id: number }[] }>('stackTrace', { threadId: 1 });
    const frameId = stackFrames[0]?.id;
    const { targets } = ask<{ targets: { id: number }[] }>('stepInTargets', { frameId });
    const target = targets[doing.n % Math.max(1, targets.length)];
    if (target) await move('stepIn', { threadId: 1, targetId: target.id });
    return;
  }
  try {
    if (doing.kind === 'write') write(ask, doing);
    else {
      const expression = numbered(ask, doing.text);
      await move('evaluate', { expression, context: 'repl' });
    }
  } catch (error) {
    assert.match(String(error), REFUSED);
  }
}

/** What cannot be done is said, and nothing is changed by it. */
const REFUSED = /not armed|no connection|cannot be|under way|has no value|no segment|ends after/;

/** The numbers of the segments that can be altered, as the choices name them. */
function moving(ask: Inline['ask']): readonly string[] {
  const { targets } = ask<{ targets: { label: string }[] }>('stepInTargets', { frameId: 1 });
  return targets.flatMap(({ label }) => /^deliver (#\d+)/.exec(label)?.[1] ?? []);
}

/** `#A` is the first segment under way, `#B` the second. */
function numbered(ask: Inline['ask'], text: string): string {
  if (!text.startsWith('#')) return text;
  const all = moving(ask);
  return text.replace('#A', all[0] ?? '#999').replace('#B', all[1] ?? '#999');
}

function write(ask: Inline['ask'], doing: Doing & { readonly kind: 'write' }): void {
  const memoryReference = moving(ask)[doing.which];
  if (memoryReference === undefined) return;
  const data = Buffer.from([doing.octet]).toString('base64');
  ask('writeMemory', { memoryReference, offset: doing.offset, data });
}

/** What happens in the record as the diagram has it, with its times: segments, transitions, time-outs, what users are told. */
function drawn({ ask, named }: Inline): readonly string[] {
  ask('tcpflow/view', { kind: 'ready', view: 'sequence' });
  const before = named('tcpflow/view').length;
  const run = named('tcpflow/view')
    .filter(({ body }) => body.kind === 'diagram')
    .at(-1)?.body.run;
  ask('tcpflow/view', { kind: 'rows', run, from: 0, to: 1e9 });
  const rows = named('tcpflow/view').slice(before);
  const items = rows.find(({ body }) => body.kind === 'rows')?.body.items as readonly Item[];
  return items
    .flatMap(linesOf)
    .sort((a, b) => a.step - b.step || a.rank - b.rank)
    .map(({ text }) => text);
}

interface Line {
  readonly step: number;
  readonly rank: number;
  readonly text: string;
}

function linesOf(item: Item): readonly Line[] {
  const { step, microstep } = item.place;
  const rank = microstep + 1;
  switch (item.kind) {
    case 'arrow': {
      const { flags, seq, ack, length, window, options } = item.segment;
      const what = `${item.from}->${item.to} ${flags} ${seq} ${ack} ${length} ${window} ${options}`;
      const sent = { step, rank, text: `${item.sentAt} sent` };
      if (item.arrival === undefined || item.arrivesAt === undefined) return [sent];
      return [sent, { step: item.arrival.step, rank: 0, text: `${item.arrivesAt} ${what}` }];
    }
    case 'state':
      return [{ step, rank, text: `${item.at} ${item.lane} ${item.from} -> ${item.to}` }];
    case 'mark':
      // A call that was made in the debugger is an edit there.
      if (item.what === 'call') return [];
      return [{ step, rank, text: `${item.at} ${item.lane} ${item.what} ${item.text}` }];
    default:
      return [];
  }
}

describe('a saved run', () => {
  it('does the same, whatever was done', async function () {
    this.timeout(120_000);
    let saved = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...LINKS),
        fc.array(doings, { minLength: 3, maxLength: 25 }),
        async (link, all) => {
          const session = inline(scriptOver(link));
          await session.launch({ program: '/talk.tcpflow' });
          for (const doing of all) {
            if (isOver(session)) return;
            await attempt(session, doing);
          }
          if (isOver(session)) return;
          const { success, message, body } = await session.later('tcpflow/script');
          saved++;
          assert.ok(success, message);
          const again = inline(body.text);
          await again.launch({ program: '/talk.tcpflow', stopOnEntry: false });
          const [before, after] = [drawn(session), drawn(again)];
          assert.deepEqual(after.slice(0, before.length), before);
        },
      ),
      { numRuns: 150 },
    );
    assert.ok(saved > 75, `only ${saved} runs were saved`);
  });
});
