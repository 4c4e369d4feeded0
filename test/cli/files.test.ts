/** Which files a command reads. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { HANDSHAKE, useShell } from './shell.js';

describe('the files of a command', () => {
  const { folder, shell, script } = useShell();

  it('reads no file that is larger than a script may be', () => {
    const file = script('large.tcpflow', HANDSHAKE);
    fs.truncateSync(file, 64 * 1024 * 1024 + 1);
    const { code, err } = shell('run', file);
    assert.equal(code, 2);
    assert.match(err, /:1:1: error: The file has 67108865 octets; a script may have 67108864\.\n$/);
  });

  it('says that a file is missing, or a folder empty', () => {
    const missing = shell('run', path.join(folder, 'none.tcpflow'));
    assert.equal(missing.code, 2);
    assert.match(missing.err, /none\.tcpflow:1:1: error: There is no such file\./);
    const empty = path.join(folder, 'empty');
    fs.mkdirSync(empty);
    const { code, err } = shell('run', empty);
    assert.equal(code, 2);
    assert.match(err, /empty:1:1: error: This is a folder without a script in it\./);
  });

  it('takes the scripts of a folder and below it, by name, what they include aside', () => {
    const all = path.join(folder, 'all');
    for (const inner of ['all/b', 'all/.hidden', 'all/node_modules']) {
      fs.mkdirSync(path.join(folder, inner), { recursive: true });
    }
    script('all/z.tcpflow', HANDSHAKE);
    script('all/b/two.tcpflow', HANDSHAKE.replace('opens', 'two'));
    script('all/Z.tcpflow', HANDSHAKE);
    script('all/hosts.tcpflow', 'host a\nhost b\n');
    script('all/notes.txt', 'no script');
    for (const hidden of ['all/.hidden/x.tcpflow', 'all/node_modules/x.tcpflow']) {
      script(hidden, 'not read');
    }
    fs.symlinkSync(all, path.join(all, 'loop.tcpflow'));
    const { code, out, err } = shell('run', all);
    assert.deepEqual([code, err], [0, '']);
    const ran = out.split('\n').flatMap((line) => /([^/]+): passed/.exec(line)?.[1] ?? []);
    assert.deepEqual(ran, ['Z.tcpflow: opens', 'two.tcpflow: two', 'z.tcpflow: opens']);
    assert.match(out, /3 passed, 0 failed\n$/);
    assert.match(shell('run', all, '--scenario', 'two').out, /1 passed, 0 failed\n$/);
    const none = shell('run', all, '--scenario', 'three');
    assert.equal(none.code, 2);
    assert.match(none.err, /nothing to run: none of these scripts has a scenario "three"\./);
    assert.equal(shell('run', path.join(all, 'hosts.tcpflow'), all).code, 2, 'it was named');
    assert.equal(shell('check', all).out, '4 without errors, 0 with errors\n');
    assert.deepEqual(shell('format', all), { code: 0, out: '', err: '' });
    script('all/b/0.pkt', '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n');
    assert.match(shell('run', all).out, /4 passed, 0 failed, 0 unsupported\n$/);
    assert.equal(shell('check', all).out, '5 without errors, 0 with errors\n');
    assert.deepEqual(shell('format', '--check', all), { code: 0, out: '', err: '' });
  });

  it('takes no folder with more scripts than a command takes', () => {
    const many = path.join(folder, 'many');
    fs.mkdirSync(many);
    for (let i = 0; i <= 10_000; i++) fs.writeFileSync(path.join(many, `${i}.tcpflow`), '');
    const { code, err } = shell('check', many);
    assert.equal(code, 2);
    assert.match(err, /many holds more than 10000 scripts: name the folders in it one by one\.\n$/);
  });

  it('reads what a byte order mark begins, and no included file outside the folder', () => {
    assert.equal(shell('run', script('mark.tcpflow', `\uFEFF${HANDSHAKE}`)).code, 0);
    fs.mkdirSync(path.join(folder, 'inner'));
    script('outer.tcpflow', 'host client { isn 100 }\nhost server { isn 300 }\n');
    const text = `include "../outer.tcpflow"\n${HANDSHAKE.slice(HANDSHAKE.indexOf('scenario'))}`;
    const { code, err } = shell('check', script('inner/x.tcpflow', text));
    assert.equal(code, 2);
    assert.match(err, /x\.tcpflow:1:9: error: .*outer\.tcpflow/);
    script('inner/hosts.tcpflow', 'host client { isn 100 }\nhost server { isn 300 }\n');
    const inside = text.replace('../outer', 'hosts');
    assert.equal(shell('run', script('inner/y.tcpflow', inside)).code, 0);
  });
});
