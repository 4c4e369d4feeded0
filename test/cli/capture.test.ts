/** tcpflow run --pcap: where captures are written. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { HANDSHAKE, useShell } from './shell.js';

describe('tcpflow run --pcap', () => {
  const { folder, captured, shell, script } = useShell();

  it('says why a capture cannot be written, and never writes over a script', () => {
    const file = script('captured.tcpflow', HANDSHAKE);
    const capture = (name: string) => shell('run', file, '--pcap', name);
    const refused = (name: string, why: RegExp) => {
      const { code, err } = capture(name);
      assert.equal(code, 2);
      assert.match(err, why);
    };
    refused(folder, /cannot be written: it is a folder\.\n$/);
    refused(path.join(folder, 'none', 'x.pcapng'), /its folder does not exist/);
    refused(path.join(file, 'x.pcapng'), /a part of its path is no folder/);
    refused('', /--pcap needs the name of a file/);
    refused(path.join(folder, '.', 'captured.tcpflow'), /--pcap would write over .*captured/);
    assert.equal(fs.readFileSync(file, 'utf8'), HANDSHAKE);
    const plain = script('plain.txt', HANDSHAKE);
    assert.match(shell('run', plain, '--pcap', plain).err, /would write over/);
    // A device that takes nothing, where there is one.
    if (fs.existsSync('/dev/full')) refused('/dev/full', /there is no room left/);
    const existing = script('old.pcapng', 'an older one');
    assert.equal(capture(existing).code, 0);
    assert.equal(fs.readFileSync(existing).readUInt32LE(0), 0x0a0d0d0a);
  });

  it('writes a capture of its own for each run', () => {
    const twice = `${HANDSHAKE}${HANDSHAKE.slice(HANDSHAKE.indexOf('scenario')).replace('opens', 'again')}`;
    const capture = path.join(folder, 'runs.pcapng');
    assert.equal(shell('run', script('twice.tcpflow', twice), '--pcap', capture).code, 0);
    const written = fs.readdirSync(folder).filter((name) => name.startsWith('runs'));
    assert.equal(written.length, 2, written.join());
  });

  it('writes captures to the standard output, and then nothing else there', () => {
    const twice = `${HANDSHAKE}${HANDSHAKE.slice(HANDSHAKE.indexOf('scenario')).replace('opens', 'again')}`;
    const { code, out, err } = shell('run', script('twice.tcpflow', twice), '--pcap', '-');
    assert.deepEqual([code, out], [0, '']);
    assert.match(err, /standard output: 3 segments captured[\s\S]*2 passed/);
    const octets = Buffer.concat(captured);
    const section = Buffer.from('0a0d0d0a', 'hex');
    const first = octets.indexOf(section);
    assert.deepEqual([first, octets.indexOf(section, first + 4) > 0], [0, true]);
  });
});
