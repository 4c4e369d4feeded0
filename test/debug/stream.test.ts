/** The server process and its streams: framing that is odd or broken, clients that go, several at once. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildServer, example, portOf, SERVER } from './conversation.js';
import { endAll, frame, type Raw, rawBySocket, rawByStdio } from './raw.js';

const HANDSHAKE = example('handshake');

async function launched(client: Raw, program = HANDSHAKE, more: object = {}): Promise<void> {
  await client.ask('initialize', { adapterID: 'tcpflow' });
  await client.ask('launch', { program, ...more });
  await client.event('initialized');
  await client.ask('configurationDone');
  await client.event('stopped');
}

/** A script that goes on for a long time. */
function endless(): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'tcpflow-stream-')), 'endless.tcpflow');
  writeFileSync(
    file,
    `host client 10.0.0.1
host server 10.0.0.2
server: listen 80
repeat 1000000 {
  inject server -> client ACK seq=1 ack=1
  wait 10ms
}
`,
  );
  folders.push(path.dirname(file));
  return file;
}

const folders: string[] = [];
after(() => {
  endAll();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the server on standard input and output', () => {
  before(function () {
    this.timeout(60_000);
    buildServer();
  });

  it('reads messages in whatever pieces they come', async () => {
    const client = rawByStdio();
    const asked = [1, 2, 3].map((seq) => frame({ seq, type: 'request', command: 'threads' }));
    const text = Buffer.from(asked.join(''));
    for (let i = 0; i < text.length; i += 7) {
      client.write(text.subarray(i, i + 7));
      if (i % 70 === 0) await new Promise(setImmediate);
    }
    for (const seq of [1, 2, 3]) assert.equal((await client.answerTo(seq)).success, true);
    client.end();
    assert.equal(await client.closed, 0);
  });

  it('reads headers in any case, and others beside the length', async () => {
    const client = rawByStdio();
    const body = JSON.stringify({ seq: 9, type: 'request', command: 'threads' });
    client.write(`content-type: x\r\ncontent-length:${body.length}\r\n\r\n${body}`);
    assert.deepEqual((await client.answerTo(9)).body, { threads: [] });
    client.end();
    await client.closed;
  });

  it('reads a message of several megabytes', async () => {
    const client = rawByStdio();
    await launched(client);
    const expression = `1 + ${'1 + '.repeat(20)}1${' '.repeat(5_000_000)}`;
    const { message } = await client.ask('evaluate', { expression, context: 'watch' });
    assert.match(message ?? '', /^This line has 50\d{5} characters/);
    assert.equal((await client.ask('threads')).success, true);
    client.end();
    await client.closed;
  });

  it('counts octets, not characters, and takes them one by one', async () => {
    const client = rawByStdio();
    const program = '/tmp/ämter/☃/𝄞.tcpflow';
    const { message } = await client.ask('launch', { program });
    assert.equal(message, `There is no file ${program}.`);
    const asked = { seq: 77, type: 'request', command: 'launch', arguments: { program } };
    for (const octet of Buffer.from(frame(asked))) {
      client.write(Uint8Array.of(octet));
      await new Promise(setImmediate);
    }
    assert.equal((await client.answerTo(77)).message, message);
    client.end();
    await client.closed;
  });

  it('reads lists in lists, however deep', async () => {
    const client = rawByStdio();
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const body = `{"seq":9,"type":"request","command":"scopes","arguments":{"frameId":${deep}}}`;
    client.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    const { message } = await client.answerTo(9);
    assert.equal(message, '"scopes" has a list of 1 as its frameId: it should be a number.');
    client.end();
    await client.closed;
  });

  const BROKEN: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['no length', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /expected "Content-Length: N".*GET \//],
    ['a length that is none', 'Content-Length: x\r\n\r\n{}', /expected "Content-Length: N"/],
    ['a negative length', 'Content-Length: -5\r\n\r\n{}', /expected "Content-Length: N"/],
    ['a length beyond reason', 'Content-Length: 99999999999\r\n\r\n', /a message of 99999999999/],
    ['a length of nothing', 'Content-Length: 0\r\n\r\n', /expected JSON, saw ""/],
    [
      'two lengths',
      'Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}',
      /two lengths in one header, 2 and 9/,
    ],
    ['something before the header', `hello${frame({ seq: 1 })}`, /expected "Content-Length: N"/],
    ['a header without end', 'x'.repeat(10_000), /no header ends within 4096 octets/],
    ['octets', Uint8Array.from({ length: 9_000 }, (_, i) => i % 251), /no header ends/],
    ['no JSON', 'Content-Length: 5\r\n\r\n{"a":', /expected JSON, saw "\{"a":"/],
    ['no object', frame(null), /expected a request.*saw null/],
    ['a list', frame([1]), /expected a request/],
    ['a request without a command', frame({ seq: 1, type: 'request' }), /expected a request/],
    ['a message of no type', frame({ seq: 1, type: 'x', command: 'y' }), /expected a request/],
  ];
  for (const [what, sent, expected] of BROKEN) {
    it(`says why it reads no more, and ends: ${what}`, async () => {
      const client = rawByStdio();
      let log = '';
      client.child.stderr.on('data', (data: Buffer) => {
        log += data.toString();
      });
      client.write(sent);
      assert.match(String((await client.event('output')).body?.output), expected);
      await client.event('terminated');
      assert.equal(await client.closed, 1);
      assert.match(log, expected);
    });
  }

  it('does not mind responses and events', async () => {
    const client = rawByStdio();
    client.write(frame({ seq: 1, type: 'response', request_seq: 77, success: true, command: 'x' }));
    client.write(frame({ seq: 2, type: 'event', event: 'x' }));
    assert.equal((await client.ask('threads')).success, true);
    client.end();
    assert.equal(await client.closed, 0);
  });

  it('ends when the client goes, in the middle of a long run too', async () => {
    const client = rawByStdio();
    await launched(client, endless(), { maxSteps: 10_000_000 });
    await client.ask('continue', { threadId: 1 });
    client.end();
    assert.equal(await client.closed, 0);
  });

  it('ends on disconnect, in the middle of a long run too', async () => {
    const client = rawByStdio();
    await launched(client, endless(), { maxSteps: 10_000_000 });
    await client.ask('continue', { threadId: 1 });
    assert.equal((await client.ask('disconnect')).success, true);
    assert.equal(await client.closed, 0);
  });

  it('answers a client that names files by URIs in URIs', async () => {
    const client = rawByStdio();
    const uri = pathToFileURL(HANDSHAKE).href;
    await client.ask('initialize', { adapterID: 'tcpflow', pathFormat: 'uri' });
    await client.ask('launch', { program: uri });
    await client.event('initialized');
    const lines = { source: { path: uri }, breakpoints: [{ line: 12 }] };
    const { body: set } = await client.ask('setBreakpoints', lines);
    assert.equal(verifiedIn(set), true);
    await client.ask('configurationDone');
    await client.event('stopped');
    const { body } = await client.ask('stackTrace', { threadId: 2 });
    const [top] = (body as { stackFrames: { source: { path: string; name: string } }[] })
      .stackFrames;
    assert.deepEqual([top?.source.path, top?.source.name], [uri, 'handshake.tcpflow']);
    await client.ask('disconnect');
    await client.closed;
  });

  it('takes a path from such a client as well, and a URI from others', async () => {
    const client = rawByStdio();
    await client.ask('initialize', { adapterID: 'tcpflow', clientID: 'somebody' });
    const { success } = await client.ask('launch', { program: pathToFileURL(HANDSHAKE).href });
    assert.equal(success, true);
    await client.event('initialized');
    const lines = { source: { path: HANDSHAKE }, breakpoints: [{ line: 12 }] };
    const { body } = await client.ask('setBreakpoints', lines);
    assert.equal(verifiedIn(body), true);
    await client.ask('disconnect');
    await client.closed;
  });

  it('needs no optional field, and takes null and empty lists for what is absent', async () => {
    const client = rawByStdio();
    assert.equal((await client.ask('initialize')).success, true);
    await client.ask('launch', { program: HANDSHAKE, scenario: null, seed: null, limits: [] });
    await client.event('initialized');
    await client.ask('setFunctionBreakpoints', { breakpoints: {} });
    await client.ask('setExceptionBreakpoints', []);
    await client.ask('configurationDone', null);
    assert.equal((await client.event('stopped')).body?.reason, 'entry');
    assert.equal((await client.ask('next')).success, true);
    await client.event('stopped');
    const { body } = await client.ask('evaluate', {
      expression: 'time',
      frameId: null,
      format: [],
    });
    assert.equal(body?.result, '0 s');
    await client.ask('disconnect', { restart: null });
    assert.equal(await client.closed, 0);
  });

  it('answers requests that come all at once, in their order', async () => {
    const client = rawByStdio();
    await launched(client);
    const asked = ['next', 'next', 'threads', 'stackTrace', 'pause', 'next'].map((command) =>
      client.tell(command, { threadId: 1 }),
    );
    for (const seq of asked) await client.answerTo(seq);
    const order = client.received.flatMap(({ request_seq: seq = 0 }) =>
      asked.includes(seq) ? [seq] : [],
    );
    assert.deepEqual(order, asked);
    await client.ask('disconnect');
    await client.closed;
  });
});

describe('the server on a port', () => {
  let child: ChildProcess;
  let port: number;
  before(async function () {
    this.timeout(60_000);
    buildServer();
    child = spawn(process.execPath, [SERVER, '--port', '0']);
    port = await portOf(child);
  });
  after(() => child.kill());

  it('serves sessions side by side, each with its own run', async () => {
    const clients = [1, 2, 3, 4].map(() => rawBySocket(port));
    await Promise.all(clients.map((client) => launched(client)));
    for (const [i, client] of clients.entries()) {
      for (let k = 0; k < i * 2; k++) {
        await client.ask('next', { threadId: 1 });
        await client.event('stopped');
      }
    }
    const lines = await Promise.all(
      clients.map(async (client) => {
        const { body } = await client.ask('evaluate', { expression: 'time', context: 'watch' });
        return body?.result;
      }),
    );
    assert.deepEqual(lines, ['0 s', '0 s', '10 ms', '20 ms']);
    for (const client of clients) await client.ask('disconnect');
    await Promise.all(clients.map(({ closed }) => closed));
  });

  it('outlives a client that breaks the framing, and one that goes in the middle', async () => {
    const broken = rawBySocket(port);
    broken.write('GET / HTTP/1.1\r\n\r\n');
    assert.match(String((await broken.event('output')).body?.output), /expected "Content-Length/);
    await broken.closed;
    const gone = rawBySocket(port);
    await launched(gone, endless(), { maxSteps: 10_000_000 });
    await gone.ask('continue', { threadId: 1 });
    gone.write('Content-Length: 100\r\n\r\n{');
    gone.end();
    await gone.closed;
    const next = rawBySocket(port);
    await launched(next);
    assert.equal((await next.ask('disconnect')).success, true);
    await next.closed;
    assert.equal(child.exitCode, null);
  });

  it('answers one while another runs', async () => {
    const busy = rawBySocket(port);
    await launched(busy, endless(), { maxSteps: 10_000_000 });
    await busy.ask('continue', { threadId: 1 });
    const other = rawBySocket(port);
    await launched(other);
    await other.ask('next', { threadId: 1 });
    await other.event('stopped');
    await other.ask('disconnect');
    await busy.ask('disconnect');
    await Promise.all([other.closed, busy.closed]);
  });
});

/** Whether the first breakpoint of an answer is verified. */
function verifiedIn(body: object | undefined): boolean | undefined {
  return (body as { breakpoints: { verified: boolean }[] }).breakpoints[0]?.verified;
}
