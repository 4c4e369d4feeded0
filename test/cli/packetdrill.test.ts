/** The command line and packetdrill scripts: run, and written by export. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { HANDSHAKE, useShell } from './shell.js';

describe('packetdrill scripts of a command', () => {
  const { folder, shell, script } = useShell();

  const ACCEPTS = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
`;

  const FAILS = `${ACCEPTS}+.1 < P. 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 12\n`;

  it('run with those of our own, and the summary counts what is not supported apart', () => {
    const [right, wrong] = [script('right.pkt', ACCEPTS), script('wrong.pkt', FAILS)];
    const strange = script('strange.pkt', '0 usleep(5) = 0\n');
    const { code, out, err } = shell('run', script('a.tcpflow', HANDSHAKE), right, wrong, strange);
    assert.equal(code, 1);
    assert.match(out, /right\.pkt: passed\n/);
    assert.match(
      out,
      /wrong\.pkt: failed\n\S*wrong\.pkt:7:\d+: expected .* sent \. 1:1\(0\) ack 11 /,
    );
    assert.match(out, /strange\.pkt: unsupported\n2 passed, 1 failed, 1 unsupported\n$/);
    assert.match(err, /strange\.pkt:1:1: error: not supported: the call `usleep`\n$/);
  });

  it('exit with 3 when none fails but something is not supported, with 2 when one has errors', () => {
    const strange = script('strange.pkt', '0 usleep(5) = 0\n');
    assert.equal(shell('run', script('right.pkt', ACCEPTS), strange).code, 3);
    assert.equal(shell('run', strange, script('bad.pkt', '0 what is this\n')).code, 2);
    assert.equal(shell('run', '--profile', 'plan9', strange).code, 2);
  });

  it('are known by their ending, in either case', () => {
    assert.match(shell('run', script('LOUD.PKT', ACCEPTS)).out, /LOUD\.PKT: passed\n/);
    const loud = path.join(folder, 'loud');
    fs.mkdirSync(loud);
    script('loud/RIGHT.PKT', ACCEPTS);
    script('loud/OPENS.TCPFLOW', HANDSHAKE);
    assert.match(shell('run', loud).out, /2 passed, 0 failed, 0 unsupported\n$/);
  });

  it('print one JSON object a line and file, with the first difference', () => {
    const files = [
      script('right.pkt', ACCEPTS),
      script('wrong.pkt', FAILS),
      script('strange.pkt', '0 usleep(5) = 0\n'),
      script('bad.pkt', '0 what is this\n'),
    ];
    const { out } = shell('run', '--json', '--profile', 'linux', ...files);
    const told = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      told.map(({ file, verdict }) => [path.basename(file), verdict]),
      [
        ['right.pkt', 'passed'],
        ['wrong.pkt', 'failed'],
        ['strange.pkt', 'unsupported'],
        ['bad.pkt', 'error'],
      ],
    );
    assert.deepEqual(told[1].difference, {
      line: 7,
      field: 'ack',
      expected: '12',
      actual: '11',
    });
  });

  it('are written by export, and pass when they are run', () => {
    const from = script('opens.tcpflow', HANDSHAKE);
    const { code, out } = shell('export', from, '--packetdrill', '--out', folder);
    assert.equal(code, 0);
    const files = out.trimEnd().split('\n');
    assert.deepEqual(
      files.map((file) => path.basename(file)),
      ['opens-client.pkt', 'opens-server.pkt'],
    );
    assert.match(shell('run', ...files).out, /2 passed, 0 failed, 0 unsupported\n$/);
  });

  it('are written one for each conversation, also when another script cannot be', () => {
    const text = 'host a\nhost b\nb: listen 80\na: connect b:80\na: connect b:80\nwait 1s\n';
    const bad = script('unwritten.tcpflow', 'host a\n');
    const twice = script('twice.tcpflow', text);
    const { code, out } = shell('export', bad, twice, '--packetdrill', '--out', folder);
    assert.equal(code, 2);
    const names = out
      .trimEnd()
      .split('\n')
      .map((file) => path.basename(file));
    for (const name of ['twice-a.pkt', 'twice-a-2.pkt']) assert.ok(names.includes(name), out);
  });

  it('are not written over those of a script of the same name', () => {
    const folders = ['one', 'other'].map((name) => path.join(folder, name));
    for (const one of folders) fs.mkdirSync(one);
    const files = folders.map((one) => script(`${path.basename(one)}/same.tcpflow`, HANDSHAKE));
    const to = path.join(folder, 'exported');
    const { code, out, err } = shell('export', ...files, '--packetdrill', '--out', to);
    assert.equal(code, 2);
    assert.deepEqual(out.trimEnd().split('\n').length, 2);
    assert.match(err, /other.same\.tcpflow:1:1: error: .*same-client\.pkt is that of another/);
  });

  it('export takes from a folder what runs, and tells of a script that is named and does not', () => {
    const declared = script('declared.tcpflow', 'host a\nhost b\n');
    const { code, err } = shell('export', declared, '--packetdrill', '--out', folder);
    assert.equal(code, 2);
    assert.match(err, /declared\.tcpflow:1:1: error: There is nothing to run\./);
    const inside = path.join(folder, 'inside');
    fs.mkdirSync(inside);
    script('inside/declared.tcpflow', 'host a\nhost b\n');
    const nothing = shell('export', inside, '--packetdrill', '--out', inside);
    assert.deepEqual([nothing.code, nothing.out], [2, '']);
    assert.match(nothing.err, /none of these scripts has a scenario or a statement/);
    script('inside/opens.tcpflow', HANDSHAKE);
    const opens = ['--scenario', 'opens', '--out', inside];
    assert.equal(shell('export', inside, '--packetdrill', ...opens).code, 0);
    assert.equal(shell('export', inside, '--packetdrill', '--scenario', 'x').code, 2);
  });
});
