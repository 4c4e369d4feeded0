/** Save run as script: a script that does again what was done in the debugger. */

import assert from 'node:assert/strict';
import { type Conversation, serving, stoppedOn } from './conversation.js';

const TALK = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 10ms }

scenario "talk" {
  server: listen 80
  client: connect server:80
  expect client ESTABLISHED
  wait 100ms
  client: send "hello"
  wait 50ms       # the text arrives
  client: close
  wait 1s
}
`;

describe('saving a run as a script', () => {
  const server = serving();

  const stoppedAt = (line: number, text = TALK) => stoppedOn(server, server.script(text), line);

  async function choose({ client, stack, stop }: Conversation, label: RegExp): Promise<void> {
    const frameId = (await stack())[0]?.id ?? 0;
    const { targets } = (await client.stepInTargetsRequest({ frameId })).body;
    const targetId = targets.find((one) => label.test(one.label))?.id;
    await client.send('stepIn', { threadId: 1, targetId });
    await stop();
  }

  async function execute(conversation: Conversation, statement: string): Promise<void> {
    await conversation.evaluate(statement);
    await conversation.stop();
  }

  async function saved({ client }: Conversation): Promise<readonly string[]> {
    const { body } = await client.send('tcpflow/script');
    return (body.text as string).split('\n');
  }

  /** Runs to the end, one statement at a time. */
  async function toTheEnd(conversation: Conversation): Promise<readonly string[]> {
    while ((await conversation.go('next')).description !== 'Paused at the end of the run');
    return conversation.lines().filter((line) => / s {2}/.test(line));
  }

  it('writes a statement of the console where it was executed', async () => {
    const conversation = await stoppedAt(10);
    await execute(conversation, 'server: close');
    const lines = await saved(conversation);
    assert.deepEqual(lines.slice(8, 11), [
      '  wait 100ms',
      '  server: close',
      '  client: send "hello"',
    ]);
    const before = await toTheEnd(conversation);
    const again = await stoppedAt(7, (await saved(conversation)).join('\n'));
    assert.deepEqual(await toTheEnd(again), before);
  });

  it('writes the drop of a segment under way as what it was', async () => {
    const conversation = await stoppedAt(8);
    await choose(conversation, /^drop #1/);
    const before = await toTheEnd(conversation);
    const lines = await saved(conversation);
    assert.equal(lines[7], '  drop client -> server SYN seq=100 now');
    assert.deepEqual(await toTheEnd(await stoppedAt(7, lines.join('\n'))), before);
  });

  it('divides a wait in the middle of which an edit was made', async () => {
    const conversation = await stoppedAt(11);
    await conversation.go('stepIn');
    await execute(conversation, 'server: close');
    const before = await toTheEnd(conversation);
    const lines = await saved(conversation);
    assert.deepEqual(lines.slice(10, 13), [
      '  wait 10ms',
      '  server: close',
      '  wait 40ms       # the text arrives',
    ]);
    assert.deepEqual(await toTheEnd(await stoppedAt(7, lines.join('\n'))), before);
  });

  it('adds to the end what was done there, and lets it happen', async () => {
    const conversation = await stoppedAt(13);
    await toTheEnd(conversation);
    await execute(conversation, 'server: abort');
    const lines = await saved(conversation);
    assert.deepEqual(lines.slice(13, 16), ['  server: abort', '  wait quiet', '}']);
  });

  it('is the script itself where nothing was edited', async () => {
    assert.equal((await saved(await stoppedAt(12))).join('\n'), TALK);
  });

  /** Saves the run after an edit, runs what was saved, and compares. */
  async function comesAgain(conversation: Conversation, ...lines: readonly string[]) {
    const before = await toTheEnd(conversation);
    const text = await saved(conversation);
    for (const line of lines) assert.ok(text.includes(line), `${line} in\n${text.join('\n')}`);
    assert.deepEqual(await toTheEnd(await stoppedAt(7, text.join('\n'))), before);
  }

  it('writes a variable, a timer and an option of a link that were set', async () => {
    const window = await stoppedAt(10);
    await execute(window, 'client.SND.WND = 1 + 1');
    await comesAgain(window, '  set client.SND.WND = 2');
    const timer = await stoppedAt(8);
    await execute(timer, 'client.timers.retransmission = 5ms');
    await comesAgain(timer, '  set client.timers.retransmission = 5ms');
    const off = await stoppedAt(8);
    await execute(off, 'client.timers.user = off');
    await comesAgain(off, '  set client.timers.user = off');
    const iss = await stoppedAt(7);
    await execute(iss, 'client.ISS = 77');
    await comesAgain(iss, '  set client.ISS = 77');
    const link = await stoppedAt(10);
    await execute(link, 'client -- server.loss = 100%');
    await execute(link, 'client -- server.delay = 70ms');
    await execute(link, 'client -- server.rate = off');
    await comesAgain(
      link,
      '  set client -- server loss = 100',
      '  set client -- server delay = 70ms',
      '  set client -- server rate = off',
    );
  });

  it('writes a timer that was fired, and a segment that was delivered early', async () => {
    const fired = await stoppedAt(8);
    await choose(fired, /^fire client\.c1: retransmission/);
    await comesAgain(fired, '  fire client.c1.timers.retransmission');
    const delivered = await stoppedAt(8);
    await choose(delivered, /^deliver #1/);
    await comesAgain(delivered, '  deliver client -> server SYN seq=100');
    const late = await stoppedAt(11);
    await late.go('stepIn');
    await choose(late, /^deliver #/);
    await comesAgain(late);
  });

  it('writes fields of a segment under way that were set', async () => {
    const altered = await stoppedAt(8);
    await execute(altered, '#1.seq = 7000');
    await execute(altered, '#1.wnd = 5');
    await comesAgain(
      altered,
      '  set client -> server SYN seq=100 with seq=7000',
      '  set client -> server SYN seq=7000 with win=5',
    );
    const reset = await stoppedAt(11);
    await execute(reset, '#4.ctl = RST');
    await comesAgain(reset, '  set client -> server PSH,ACK seq=101 ack=301 with RST');
  });

  it('writes another time of arrival, and octets of a segment under way', async () => {
    const early = await stoppedAt(10);
    await early.go('next');
    await execute(early, '#4.arrives = 1us');
    await comesAgain(early, '  deliver client -> server PSH,ACK seq=101 ack=301 in 1us');
    const octets = await stoppedAt(11);
    const write = async (offset: number, text: string) => {
      const data = Buffer.from(text, 'latin1').toString('base64');
      await octets.client.send('writeMemory', { memoryReference: '#4', offset, data });
      await octets.stop();
    };
    await write(54, '\0J"');
    await write(50, '\x12\x34');
    await comesAgain(
      octets,
      '  set client -> server PSH,ACK seq=101 ack=301 with data="\\x00J\\x22lo"',
      '  set client -> server PSH,ACK seq=101 ack=301 with seq=101',
      '  corrupt client -> server PSH,ACK seq=101 ack=301 now',
    );
  });

  const LOOP = `host client { isn 100 }
host server { isn 300 }
scenario "talk" {
  server: listen 80
  client: connect server:80
  expect client ESTABLISHED
  repeat 4 as i {  # the talk
    client: send "{i}"
    eventually client -> server ACK,PSH as text
    wait 10ms
    server: send 2 bytes
    hold server -> client ACK as late
  }
  client: close
}
`;

  it('divides a loop in one turn of which an edit was made', async () => {
    const conversation = await stoppedAt(11, LOOP);
    await conversation.go('continue');
    await execute(conversation, 'server.SND.WND = 9');
    const before = await toTheEnd(conversation);
    const lines = await saved(conversation);
    assert.deepEqual(lines.slice(6, 22), [
      '  repeat 1 as i {  # the talk',
      ...LOOP.split('\n').slice(7, 13),
      '  repeat 1 as i from 1 {  # the talk',
      '    client: send "{i}"',
      '    eventually client -> server ACK,PSH as text',
      '    wait 10ms',
      '    set server.SND.WND = 9',
      '    server: send 2 bytes',
      '    hold server -> client ACK as late',
      '  }',
      '  repeat 2 as i from 2 {  # the talk',
    ]);
    assert.deepEqual(await toTheEnd(await stoppedAt(6, lines.join('\n'))), before);
  });

  it('gives each statement a line of its own where an edit needs one', async () => {
    const text = LOOP.replace(
      /\{ {2}# the talk[\s\S]*late\n {2}\}/,
      '{ client: send "x"\n wait 3ms }',
    );
    const conversation = await stoppedAt(8, text);
    await conversation.go('continue');
    await execute(conversation, 'client: send "once"');
    const before = await toTheEnd(conversation);
    const lines = await saved(conversation);
    assert.deepEqual(lines.slice(10, 16), [
      '  repeat 1 as i from 1 {',
      '    client: send "x"',
      '    client: send "once"',
      '    wait 3ms',
      '  }',
      '  repeat 2 as i from 2 {',
    ]);
    assert.deepEqual(await toTheEnd(await stoppedAt(6, lines.join('\n'))), before);
  });

  it('tells two segments apart that read the same', async () => {
    const conversation = await stoppedAt(8);
    await choose(conversation, /^duplicate #1/);
    await choose(conversation, /^drop #2/);
    await comesAgain(
      conversation,
      '  duplicate client -> server SYN seq=100 now',
      '  drop client -> server SYN seq=100 now nth 2',
    );
  });
});
