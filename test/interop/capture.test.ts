/** Captures: what a reader of pcapng finds in them, and what tshark says of them. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { captureOf } from '../../src/interop/capture.js';
import { encodeCapture } from '../../src/interop/pcapng.js';
import { compile } from '../../src/lang/program.js';
import { finish, startRun, stepsOf } from '../../src/run/run.js';

const SCRIPT = `host client 10.0.0.1 { isn 100 timestamps on sack on window-scale 3 }
host server 10.0.0.2 { isn 300 timestamps on sack on window-scale 7 }
host other 10.0.0.3
link client -- server { delay 10ms }

scenario "two links" {
  server: listen 80
  client: connect server:80 as first
  other: listen 80
  client: connect other:80 as second
  drop client -> server ACK
  expect server ESTABLISHED within 5s
  client.first: send "GET /"
  expect server received "GET /"
  client.first: close
  expect server CLOSE_WAIT
  server: close
  expect server CLOSED within 5s
}
`;

/** The script as it is over IPv4, or with IPv6 addresses in place. */
function capture(family: 'IPv4' | 'IPv6'): Buffer {
  const script = family === 'IPv4' ? SCRIPT : SCRIPT.replaceAll('10.0.0.', 'fd00::');
  const { program, diagnostics } = compile(script, { file: 'capture.tcpflow' });
  assert.deepEqual(diagnostics, []);
  assert.ok(program);
  const run = startRun(program);
  assert.equal(finish(run).verdict, 'passed');
  return Buffer.concat([...encodeCapture(captureOf(stepsOf(run), program.hosts))]);
}

/** The blocks of a pcapng file, whose two lengths must agree. */
function blocks(file: Buffer): readonly { readonly type: number; readonly body: Buffer }[] {
  const found: { type: number; body: Buffer }[] = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at + 4);
    assert.equal(length % 4, 0);
    assert.equal(file.readUInt32LE(at + length - 4), length);
    found.push({ type: file.readUInt32LE(at), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return found;
}

describe('a capture', () => {
  it('has a section, an interface a link, the names of hosts, and every segment with its moment and comment', () => {
    const file = blocks(capture('IPv4'));
    assert.deepEqual(
      file.slice(0, 4).map(({ type }) => type),
      [0x0a0d0d0a, 1, 1, 4],
    );
    const packets = file.filter(({ type }) => type === 6).map(({ body }) => body);
    const times = packets.map((body) => body.readUInt32LE(8));
    assert.deepEqual(times.slice(0, 3), [0, 0, 10_000]);
    const comments = packets.map((body) =>
      body.subarray(20 + Math.ceil(body.readUInt32LE(12) / 4) * 4 + 4).toString(),
    );
    assert.ok(comments.some((text) => text.startsWith('sent by server in SYN_RCVD: listen/3-syn')));
    assert.ok(
      comments.some((text) => /sent by client in ESTABLISHED.*; lost on the way/.test(text)),
    );
  });

  for (const family of ['IPv4', 'IPv6'] as const) {
    it(`over ${family} is read by tshark: nothing malformed, no bad checksum, a conversation as complete as it was`, function () {
      if (spawnSync('tshark', ['--version']).error) {
        console.log('      skipped: tshark is not installed (apt-get install tshark)');
        return this.skip();
      }
      this.timeout(60_000);
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tcpflow-pcap-'));
      const file = path.join(folder, 'run.pcapng');
      fs.writeFileSync(file, capture(family));
      const sums = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
      const read = (...args: readonly string[]) =>
        spawnSync('tshark', [...sums, '-r', file, ...args], { encoding: 'utf8' }).stdout;
      const count = (text: string) => text.split('\n').length - 1;
      const bad = '_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0';
      assert.equal(read('-Y', bad), '');
      const segments = blocks(capture(family)).filter(({ type }) => type === 6).length;
      assert.equal(count(read('-Y', 'tcp.checksum.status == 1')), segments);
      const completeness = ['-2', '-T', 'fields', '-e', 'tcp.completeness'];
      const streams = [0, 1].map((n) => read('-Y', `tcp.stream == ${n}`, ...completeness));
      // SYN 1, SYN,ACK 2, ACK 4, data 8, FIN 16: all there; the second connection is only opened.
      assert.deepEqual(
        streams.map((text) => text.trim().split('\n').at(-1)),
        ['31', '7'],
      );
      const links = read('-T', 'fields', '-e', 'frame.interface_name');
      assert.match(links, /client--server[\s\S]*client--other/);
      fs.rmSync(folder, { recursive: true });
    });
  }
});
