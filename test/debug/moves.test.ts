/** The moves of docs/debugging.md, one row a move and a kind of place: where each leads, and what leads back. */

import assert from 'node:assert/strict';
import { type Conversation, type Server, startServer } from './conversation.js';

const SCRIPT = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 10ms }
server: listen 80
client: connect server:80
expect client ESTABLISHED
client: send "x"
wait 1s
`;

/** Places by what a reader would call them: a statement, a check of an event, the end. */
const PLACES = {
  'before the first statement': 'server: listen 80',
  'before a call': 'client: connect server:80',
  'the first check of the call':
    'OPEN Call, CLOSED STATE (i.e., TCB does not exist): CLOSED -> SYN_SENT',
  'the last check of the call': 'When does the segment arrive? < user call: OPEN',
  'before a statement that waits': 'expect client ESTABLISHED',
  'the first check of an arrival': 'First, check for a RST',
  'in the middle of an arrival': 'Second, check for an ACK',
  'the last check of an arrival':
    'When does the segment arrive? < segment arrives <SEQ=100><CTL=SYN>',
  'the first check of the next arrival': 'First, check the ACK bit',
  'before the next statement': 'client: send "x"',
  'before the last statement': 'wait 1s',
  'the first check of the last event': 'First, check sequence number < segment arrives <SEQ=301>',
  'the last check of the last event': 'Eighth, check the FIN bit < segment arrives <SEQ=301>',
  'the end': 'end of the run',
} as const;

type Name = keyof typeof PLACES;

const over = 'tcpflow/reverseOver';
const out = 'tcpflow/reverseOut';
const atServer = 'next at the server';
const backAtServer = 'back at the server';

/** From where, by what, to where. `over`: the session ends. */
const TABLE: readonly (readonly [Name, string, Name | 'over'])[] = [
  // Step Over: to the next statement.
  ['before the first statement', 'next', 'before a call'],
  ['before a call', 'next', 'before a statement that waits'],
  ['before a statement that waits', 'next', 'before the next statement'],
  ['in the middle of an arrival', 'next', 'before the next statement'],
  ['the last check of an arrival', 'next', 'before the next statement'],
  ['before the last statement', 'next', 'the end'],
  ['the end', 'next', 'over'],
  // Step Into: to the next check, or the next statement.
  ['before a call', 'stepIn', 'the first check of the call'],
  ['the last check of the call', 'stepIn', 'before a statement that waits'],
  ['before a statement that waits', 'stepIn', 'the first check of an arrival'],
  ['the first check of an arrival', 'stepIn', 'in the middle of an arrival'],
  ['the last check of an arrival', 'stepIn', 'the first check of the next arrival'],
  ['the last check of the last event', 'stepIn', 'the end'],
  ['the end', 'stepIn', 'over'],
  // Step Out: to the last check of the event, then to the next statement.
  ['before a call', 'stepOut', 'before a statement that waits'],
  ['the first check of the call', 'stepOut', 'the last check of the call'],
  ['in the middle of an arrival', 'stepOut', 'the last check of an arrival'],
  ['the last check of an arrival', 'stepOut', 'before the next statement'],
  ['the end', 'stepOut', 'over'],
  // The next event at a host: to its first check.
  ['before a call', atServer, 'the first check of an arrival'],
  ['the first check of the call', atServer, 'the first check of an arrival'],
  ['before a statement that waits', atServer, 'the first check of an arrival'],
  ['the last check of the last event', atServer, 'the end'],
  ['the end', atServer, 'over'],
  // And back: to the first check of this event, then of the event before.
  ['in the middle of an arrival', backAtServer, 'the first check of an arrival'],
  ['the first check of the next arrival', backAtServer, 'the first check of an arrival'],
  ['before the first statement', backAtServer, 'before the first statement'],
  // Step Back, with no step to undo: to the statement before, or to the check before.
  ['before a call', 'stepBack', 'before the first statement'],
  ['before the next statement', 'stepBack', 'before a statement that waits'],
  ['in the middle of an arrival', 'stepBack', 'the first check of an arrival'],
  ['the first check of the next arrival', 'stepBack', 'the last check of an arrival'],
  ['the first check of an arrival', 'stepBack', 'before a statement that waits'],
  ['before the first statement', 'stepBack', 'before the first statement'],
  // Reverse Over: to the statement before.
  ['before the next statement', over, 'before a statement that waits'],
  ['in the middle of an arrival', over, 'before a statement that waits'],
  ['the last check of the call', over, 'before a call'],
  ['the end', over, 'before the last statement'],
  // Reverse Out: to the first check of the event, then to the statement before.
  ['the last check of an arrival', out, 'the first check of an arrival'],
  ['the first check of an arrival', out, 'before a statement that waits'],
  ['before the next statement', out, 'before a statement that waits'],
  ['the end', out, 'before the last statement'],
  // Without breakpoints: to the end and over, and to the beginning.
  ['in the middle of an arrival', 'continue', 'over'],
  ['in the middle of an arrival', 'reverseContinue', 'before the first statement'],
  ['the end', 'continue', 'over'],
  ['the end', 'reverseContinue', 'before the first statement'],
];

describe('each move', () => {
  let server: Server;
  const places = new Map<Name, { step: number; microstep: number }>();
  before(async function () {
    this.timeout(60_000); // it may have to be built
    server = await startServer();
  });
  after(() => server.stop());

  interface Following {
    readonly conversation: Conversation;
    readonly place: () => { step: number; microstep: number };
  }

  async function launched(): Promise<Following> {
    const conversation = await server.converse();
    let place = { step: 0, microstep: -1 };
    conversation.client.on('tcpflow/moved', ({ body }) => {
      place = body;
    });
    await conversation.launch({ program: server.script(SCRIPT) });
    // From here on the client is told of the cursor.
    await conversation.client.send('tcpflow/hex', { hex: false });
    return { conversation, place: () => place };
  }

  /** Steps through the whole run, and remembers where each place of the table is. */
  async function survey(): Promise<Following> {
    const following = await launched();
    const { conversation, place } = following;
    for (;;) {
      const [top, event] = await conversation.stack();
      for (const [name, text] of Object.entries(PLACES)) {
        const [check, rest = ''] = text.split(' < ');
        const is = top?.name === check && (event?.name ?? '').startsWith(rest);
        if (is && !places.has(name as Name)) places.set(name as Name, place());
      }
      if (top?.name === PLACES['the end']) return following;
      await conversation.go('stepIn');
    }
  }

  const request = (move: string): readonly [string, object] =>
    move === atServer || move === backAtServer
      ? ['tcpflow/eventAtHost', { threadId: 2, back: move === backAtServer }]
      : [move, { threadId: 1 }];

  it('leads where the page of moves says', async function () {
    this.timeout(30_000);
    let following = await survey();
    assert.deepEqual(
      Object.keys(PLACES).filter((name) => !places.has(name as Name)),
      [],
    );
    for (const [from, move, to] of TABLE) {
      const { client, stop } = following.conversation;
      const isEnd = from === 'the end';
      await client.send(
        'tcpflow/travel',
        places.get(isEnd ? 'the last check of the last event' : from),
      );
      assert.equal((await stop()).kind, 'stopped');
      if (isEnd) await following.conversation.go('stepIn');
      await client.send(...request(move));
      const { kind } = await stop();
      const name = `${move} from ${from}`;
      if (to === 'over') {
        assert.equal(kind, 'terminated', name);
        following = await survey();
      } else assert.deepEqual(following.place(), places.get(to), name);
    }
  });

  it('forward is undone by Step Back, one after the other', async () => {
    const { conversation, place } = await launched();
    const visited = [place()];
    for (const move of [
      'stepIn',
      'next',
      'stepIn',
      'stepIn',
      'stepOut',
      'next',
      'stepIn',
      'stepOut',
    ] as const) {
      await conversation.go(move);
      visited.push(place());
    }
    await conversation.client.send(...request(atServer));
    await conversation.stop();
    for (const before of visited.reverse()) {
      await conversation.go('stepBack');
      assert.deepEqual(place(), before);
    }
  });

  it('that jumps leaves nothing for Step Back to undo', async () => {
    const { conversation, place } = await launched();
    const { client, stop, go, stack } = conversation;
    const jump = async (command: string, args: object) => {
      await go('stepIn', 'stepIn', 'stepIn');
      await client.send(command, args);
      await stop();
      assert.equal((await stack())[0]?.name, 'client: send "x"', command);
      await go('stepBack');
      assert.equal((await stack())[0]?.name, 'expect client ESTABLISHED', command);
      await client.send('tcpflow/travel', { step: 0, microstep: -1 });
      await stop();
    };
    await client.setBreakpointsRequest({
      source: { path: server.script(SCRIPT) },
      breakpoints: [{ line: 7 }],
    });
    await go('continue');
    const there = place();
    await client.send('tcpflow/travel', { step: 0, microstep: -1 });
    await stop();
    await jump('continue', { threadId: 1 });
    await jump('tcpflow/travel', there);
    const source = { path: server.script(SCRIPT) };
    const { targets } = (await client.send('gotoTargets', { source, line: 7 })).body;
    await jump('goto', { threadId: 1, targetId: targets[0].id });
  });

  it('that no request of the protocol makes tells the client that all threads go on', async () => {
    const { conversation } = await launched();
    const { client, stop, go } = conversation;
    let told: unknown[] = [];
    client.on('continued', ({ body }) => told.push(body));
    await go('next', 'next', 'next', 'next');
    assert.deepEqual(told, [], 'the client knows what its own requests do');
    const moves = [
      ['tcpflow/travel', places.get('in the middle of an arrival') ?? {}],
      [over, {}],
      ['tcpflow/view', { kind: 'travel', ...places.get('in the middle of an arrival') }],
      [out, {}],
      request(atServer),
      request(backAtServer),
    ] as const;
    for (const [command, args] of moves) {
      told = [];
      await client.send(command, args);
      assert.equal((await stop()).kind, 'stopped', command);
      assert.deepEqual(told, [{ threadId: 1, allThreadsContinued: true }], command);
    }
  });

  it('leads nowhere but to what is recorded', async () => {
    const { conversation, place } = await launched();
    const { client } = conversation;
    const before = place();
    for (const [args, seen] of [
      [{}, '(none given)/-1'],
      [{ microstep: 0 }, '(none given)/0'],
      [{ step: 1.5 }, '1.5/-1'],
      [{ step: -1 }, '-1/-1'],
      [{ step: 0, microstep: 99 }, '0/99'],
      [{ step: 100_000 }, '100000/-1'],
    ] as const) {
      await assert.rejects(client.send('tcpflow/travel', args), ({ message }: Error) => {
        const start = `There is no place ${seen} in the record: steps 0 to `;
        assert.equal(message.slice(0, start.length), start);
        return true;
      });
    }
    assert.deepEqual(place(), before);
  });

  it('at a host: its thread has the focus', async () => {
    const { conversation } = await launched();
    await conversation.client.send(...request(atServer));
    assert.equal((await conversation.stop()).thread, 2);
    await conversation.client.send('tcpflow/eventAtHost', { threadId: 1 });
    assert.equal((await conversation.stop()).thread, 1);
    const network = conversation.client.send('tcpflow/eventAtHost', { threadId: 1_000_000 });
    await assert.rejects(network, /choose the thread of a host/);
  });

  it('Restart Frame leads to the beginning of the frame, and on a line of the history to just after it', async () => {
    const { conversation, place } = await launched();
    await conversation.client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'client:ESTABLISHED' }],
    });
    const restart = async (name: RegExp) => {
      await conversation.go('reverseContinue');
      await conversation.go('continue');
      const frame = (await conversation.stack()).find((one) => name.test(one.name));
      assert.ok(frame?.canRestart, `${name}`);
      await conversation.client.send('restartFrame', { frameId: frame.id });
      await conversation.stop();
      return conversation.at();
    };
    const { step, microstep } = place();
    assert.deepEqual([step, microstep], [0, -1]);
    assert.match(await restart(/^Fourth/), /^Third, check the security/);
    assert.match(await restart(/^segment arrives/), /^segment arrives <SEQ=300>/);
    assert.match(await restart(/^client: connect/), /^client: connect server:80 @/);
    assert.match(
      await restart(/CLOSED -> SYN_SENT/),
      /^OPEN Call, CLOSED STATE.*CLOSED -> SYN_SENT @/,
    );
  });

  it('Jump to Cursor offers each time that the line ran, and leads there', async () => {
    const conversation = await server.converse();
    const text = SCRIPT.replace('wait 1s', 'repeat 5 as i {\nwait 1s\n}\n');
    const program = server.script(text, 'loop.tcpflow');
    await conversation.launch({ program });
    for (let i = 0; i < 9; i++) await conversation.go('next');
    const source = { path: program };
    const { targets } = (await conversation.client.send('gotoTargets', { source, line: 9 })).body;
    assert.deepEqual(
      targets.map(({ label }: { label: string }) => label),
      [0, 1, 2, 3, 4].map((n) => `line 9, time ${n + 1}: ${n}.020000 s`),
    );
    await conversation.client.send('goto', { threadId: 1, targetId: targets[3].id });
    assert.equal((await conversation.stop()).reason, 'goto');
    assert.equal(await conversation.evaluate('i'), '3');
  });

  it('Jump to Cursor offers of very many times those around the cursor, and some of all', async () => {
    const conversation = await server.converse();
    const text = SCRIPT.replace('wait 1s', 'repeat 5000 as i {\nwait 1ms\n}\n');
    const program = server.script(text, 'loop.tcpflow');
    const lines = [{ line: 9, condition: 'i == 3000' }];
    await conversation.launch({ program }, { lines });
    await conversation.go('continue');
    const source = { path: program };
    const times = async () => {
      const { targets } = (await conversation.client.send('gotoTargets', { source, line: 9 })).body;
      return (targets as { id: number; label: string }[]).map(({ id, label }) => ({
        id,
        time: Number(/time (\d+) of/.exec(label)?.[1]),
      }));
    };
    const targets = await times();
    assert.deepEqual([targets[0]?.time, targets.length <= 100], [1, true]);
    for (const time of [2970, 3001])
      assert.ok(
        targets.some((one) => one.time === time),
        `${time}`,
      );
    // Anywhere in a few jumps.
    for (let jumps = 0; (await conversation.evaluate('i')) !== '1233'; jumps++) {
      assert.ok(jumps < 10);
      const near = (await times()).sort(
        (a, b) => Math.abs(a.time - 1234) - Math.abs(b.time - 1234),
      );
      await conversation.client.send('goto', { threadId: 1, targetId: near[0]?.id });
      await conversation.stop();
    }
  });
});
