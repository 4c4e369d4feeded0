/** Breakpoints in the middle of a line: where a statement's segments leave and arrive, and where it is settled. */

import assert from 'node:assert/strict';
import { type Conversation, serving } from './conversation.js';

const SCRIPT = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 10ms }
server: listen 80
client: connect server:80
expect server -> client SYN,ACK ack=101
eventually client -> server ACK
expect client: send "hello"
wait 50ms
inject client -> server RST seq=9
wait until server ESTABLISHED
server: close
wait 1s
`;

describe('breakpoints in the middle of a line', () => {
  const server = serving();

  /** Where the script has this text for the first time, counted from 1. */
  function spot(line: number, text: string) {
    const written = SCRIPT.split('\n')[line - 1] ?? '';
    const at = text === '' ? written.length : written.indexOf(text);
    assert.ok(at >= 0, `${text} in ${written}`);
    return { line, column: at + 1 };
  }

  async function set(...spots: { line: number; column: number }[]): Promise<Conversation> {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(SCRIPT) }, { lines: spots });
    return conversation;
  }

  /** All stops of a continue after the other. */
  async function stops(conversation: Conversation): Promise<readonly string[]> {
    const texts: string[] = [];
    for (;;) {
      const stop = await conversation.go('continue');
      if (stop.kind === 'terminated') return texts;
      texts.push(stop.text);
    }
  }

  it('are offered at the words that say what happens', async () => {
    const conversation = await set();
    const args = { source: { path: server.script(SCRIPT) }, line: 1, endLine: 13 };
    const { body } = await conversation.client.send('breakpointLocations', args);
    const marks = SCRIPT.split('\n').map((text, i) => {
      const here = body.breakpoints.filter(({ line }: { line: number }) => line === i + 1);
      const columns: number[] = here.map(({ column }: { column: number }) => column - 1);
      const line = [...`${text} `].map((_, at) => (columns.includes(at) ? '^' : ' ')).join('');
      return [text, line.trimEnd()];
    });
    assert.deepEqual(marks.slice(3, 13), [
      ['server: listen 80', '^'],
      ['client: connect server:80', '^       ^                ^'],
      ['expect server -> client SYN,ACK ack=101', '^      ^         ^      ^'],
      ['eventually client -> server ACK', '^          ^         ^      ^'],
      ['expect client: send "hello"', '^      ^       ^           ^'],
      ['wait 50ms', '^    ^'],
      ['inject client -> server RST seq=9', '^      ^         ^'],
      ['wait until server ESTABLISHED', '^          ^'],
      ['server: close', '^       ^    ^'],
      ['wait 1s', '^    ^'],
    ]);
  });

  it('say where they are, and what they are for', async () => {
    const { client } = await set();
    const answer = async (column: number) => {
      const args = { source: { path: server.script(SCRIPT) }, breakpoints: [{ line: 5, column }] };
      const [one] = (await client.setBreakpointsRequest(args)).body.breakpoints;
      return [one?.verified, one?.column, one?.message];
    };
    assert.deepEqual(await answer(1), [true, 1, undefined]);
    assert.deepEqual(await answer(12), [true, 9, "one of the statement's segments leaves"]);
    assert.deepEqual(await answer(99), [true, 26, "one of the statement's segments arrives"]);
  });

  it('stop where the segments of a call leave and arrive', async () => {
    const leaves = await set(spot(5, 'connect'));
    assert.deepEqual(await stops(leaves), [
      'client sends <SEQ=100><CTL=SYN>',
      'client sends <SEQ=101><ACK=301><CTL=ACK>',
    ]);
    const arrives = await set(spot(5, ''));
    assert.deepEqual(await stops(arrives), [
      '<SEQ=100><CTL=SYN> from client arrives at server',
      '<SEQ=101><ACK=301><CTL=ACK> from client arrives at server',
    ]);
    const close = await set(spot(12, 'close'), spot(12, ''));
    assert.deepEqual(await stops(close), [
      'server sends <SEQ=301><ACK=106><CTL=FIN,ACK>',
      '<SEQ=301><ACK=106><CTL=FIN,ACK> from server arrives at client',
    ]);
  });

  it('stop where an expected segment leaves, arrives and is found', async () => {
    const all = await set(spot(6, 'server'), spot(6, 'client'), spot(6, 'SYN'));
    assert.deepEqual(await stops(all), [
      'server sends <SEQ=300><ACK=101><CTL=SYN,ACK>',
      'What was expected came to be: server sent <SEQ=300><ACK=101><CTL=SYN,ACK> at 0.010000',
      '<SEQ=300><ACK=101><CTL=SYN,ACK> from server arrives at client',
    ]);
  });

  it('stop where an injected segment leaves and arrives, and where waiting is over', async () => {
    const all = await set(
      spot(10, 'client'),
      spot(10, 'server'),
      spot(11, 'server'),
      spot(9, '50'),
    );
    assert.deepEqual(await stops(all), [
      'Time has passed: the time has passed',
      'client sends <SEQ=9><CTL=RST>',
      'What was expected came to be: it holds',
      '<SEQ=9><CTL=RST> from client arrives at server',
    ]);
  });

  it('stop where the answer of a call is there, going back too', async () => {
    const conversation = await set(spot(8, 'client'));
    const { text } = await conversation.go('continue');
    assert.equal(text, 'What was expected came to be: it succeeded');
    await conversation.go('next');
    assert.equal((await conversation.go('reverseContinue')).text, text);
  });

  it('without a column, or at its beginning, stop before the statement', async () => {
    const conversation = await set({ line: 5, column: 1 });
    assert.deepEqual(await stops(conversation), ['the script reaches this statement']);
  });
});
