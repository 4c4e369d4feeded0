/** The command line: help, mistakes in the command, check and format. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { HANDSHAKE, useShell } from './shell.js';

describe('the command line', () => {
  const { folder, shell, script } = useShell();

  it('says which version it is', () => {
    const { code, out } = shell('--version');
    assert.equal(code, 0);
    assert.match(out, /^tcpflow \d+\.\d+\.\d+\n$/);
    assert.deepEqual(shell('version'), shell('--version'));
  });

  it('says how it is used', () => {
    assert.equal(shell().code, 2);
    for (const words of [['help'], ['-h'], ['--help'], ['run', '-h']]) {
      const { code, out } = shell(...words);
      assert.deepEqual([code, out.startsWith('Usage:')], [0, true], words.join(' '));
    }
    assert.match(shell('rnu', 'x').err, /no command "rnu"\. Did you mean run\?/);
    assert.match(shell('play', 'x').err, /There are run, check, format and export\./);
    assert.match(shell('run').err, /Name at least one/);
    assert.match(shell('run', 'x', '--seed', 'abc').err, /--seed takes a whole number/);
    assert.match(shell('run', 'x', '--seed', '99999999999999999999').err, /--seed takes a whole/);
    const unknown = shell('run', '--nonsense', 'x');
    assert.equal(unknown.code, 2);
    assert.equal(unknown.err, "tcpflow: Unknown option '--nonsense'; try: tcpflow help\n");
    assert.equal(
      shell('run', 'x', '--seed', '-1').err,
      'tcpflow: --seed needs a value, and what follows it looks like an option; try: tcpflow help\n',
    );
    const file = script('file.tcpflow', HANDSHAKE);
    const aimless = shell('run', '--profile', 'linux', file);
    assert.equal(aimless.code, 0);
    assert.match(aimless.err, /changes nothing here: .*host NAME \{ profile linux \}/);
    for (const words of [['format'], ['export', '--packetdrill']]) {
      const { code, err } = shell(...words, script('other.pkt', '0 close(3) = 0\n'));
      assert.equal(code, 2);
      assert.match(err, /other\.pkt is a packetdrill script; this takes \.tcpflow scripts\.\n$/);
    }
    assert.match(shell('run', `${file}/x.tcpflow`).err, /There is no such file/);
    assert.match(shell('run', '/dev/zero').err, /This is a device/);
    const loop = path.join(folder, 'loop.tcpflow');
    fs.symlinkSync(loop, loop);
    assert.match(
      shell('run', loop).err,
      /loop\.tcpflow:1:1: error: The file cannot be read: ELOOP/,
    );
  });

  it('check tells every mistake and exits with 2, or with 0 when there is none', () => {
    assert.equal(shell('check', script('right.tcpflow', HANDSHAKE)).code, 0);
    const bad = script('bad2.tcpflow', 'host a\nhost a\nscenario "s" {\n  b: close\n}\n');
    const { code, err } = shell('check', bad);
    assert.equal(code, 2);
    assert.match(err, /:2:6: error: /);
    assert.match(err, /:4:3: error: /);
  });

  it('format rewrites a file once and then leaves it alone', () => {
    const file = script(
      'loose.tcpflow',
      HANDSHAKE.replace('  server: listen 80', 'server:   listen   80'),
    );
    assert.equal(shell('format', '--check', file).code, 1);
    assert.match(fs.readFileSync(file, 'utf8'), / {3}listen/);
    assert.deepEqual(shell('format', file), { code: 0, out: `${file}\n`, err: '' });
    assert.equal(fs.readFileSync(file, 'utf8'), HANDSHAKE);
    assert.deepEqual(shell('format', file), { code: 0, out: '', err: '' });
  });

  it('format leaves a file with mistakes as it is', () => {
    const file = script('broken.tcpflow', 'scenario "x {\n  a: close\n');
    assert.equal(shell('format', file).code, 2);
    assert.equal(fs.readFileSync(file, 'utf8'), 'scenario "x {\n  a: close\n');
  });
});
