/** The command line as a user of a shell meets it: what is printed where, and the exit code. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { main } from '../../src/cli/main.js';

const HANDSHAKE = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }

scenario "opens" {
  server: listen 80
  client: connect server:80
  expect client -> server SYN seq=100
  expect server -> client SYN,ACK seq=300 ack=101
  expect server ESTABLISHED
}
`;

interface Shell {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the command line', () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tcpflow-cli-'));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  /** What the last command wrote besides text. */
  let captured: Uint8Array[] = [];

  function shell(...args: readonly string[]): Shell {
    let out = '';
    let err = '';
    captured = [];
    const code = main(args, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      octets: (some) => captured.push(some),
    });
    return { code, out, err };
  }

  function script(name: string, text: string): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  }

  describe('run', () => {
    it('says which version it is', () => {
      const { code, out } = shell('--version');
      assert.equal(code, 0);
      assert.match(out, /^tcpflow \d+\.\d+\.\d+\n$/);
      assert.deepEqual(shell('version'), shell('--version'));
    });

    it('prints what the script prints, with --trace at its time', () => {
      const text = `${HANDSHAKE.replace(/}\n$/, '')}  wait 70ms\n  print "{client.SND.NXT} is next"\n}\n`;
      const file = script('prints.tcpflow', text);
      assert.match(shell('run', file).out, /^101 is next\n.*passed/);
      assert.match(shell('run', file, '--trace').out, /\n {2}0\.100000 {2}print {2}101 is next\n/);
      assert.doesNotMatch(shell('run', file, '--json').out, /^101/m);
    });

    it('lets no script steer the terminal', () => {
      const text = `${HANDSHAKE.replace(/}\n$/, '')}  print "\\x1b[31mred"\n  expect server received "\x1b[2J" within 1s\n}\n`;
      const file = script('steers.tcpflow', text);
      const { out, err } = shell('run', file, '--trace');
      assert.match(out, /print {2}\\x1b\[31mred/);
      assert.match(out, /expected server received "\\x1b\[2J" within 1s/);
      const wrong = shell('check', script('garbage.tcpflow', '\x1b]0;title\x07\n\u200b\n'));
      assert.match(wrong.err, /not `\\x1b`.*\n.*not `\\u\{200b\}`/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(out + err + wrong.out + wrong.err, /[\x00-\x09\x0b-\x1f]/);
      const json = shell('run', file, '--json').out.trim().split('\n');
      for (const line of json) JSON.parse(line);
    });

    it('exits with 0 when all expectations hold', () => {
      const { code, out, err } = shell('run', script('right.tcpflow', HANDSHAKE));
      assert.equal(err, '');
      assert.match(
        out,
        /right\.tcpflow: opens: passed, 3 expectations hold\n1 passed, 0 failed\n$/,
      );
      assert.equal(code, 0);
    });

    it('counts one expectation in the singular', () => {
      const text = 'host a\nhost b\nscenario "one" {\n  expect a connections == 0\n}\n';
      assert.match(
        shell('run', script('one.tcpflow', text)).out,
        /one: passed, 1 expectation holds\n/,
      );
    });

    it('exits with 1 when one fails, and says expected against actual', () => {
      const file = script('wrong.tcpflow', HANDSHAKE.replace('ack=101', 'ack=102'));
      const { code, out } = shell('run', file);
      assert.equal(code, 1);
      assert.match(out, /wrong\.tcpflow:8:3: expected /);
      assert.match(out, /ack\s+expected 102\s+actual 101/);
      assert.match(out, /0 passed, 1 failed\n$/);
    });

    it('exits with 2 when a script has errors, at file:line:column, and still runs the others', () => {
      const bad = script('bad.tcpflow', HANDSHAKE.replace('client: connect', 'clent: connect'));
      const { code, out, err } = shell('run', bad, script('right.tcpflow', HANDSHAKE));
      assert.equal(code, 2);
      assert.match(err, /bad\.tcpflow:6:3: error: .*clent.*client/);
      assert.match(out, /1 with errors\n1 passed, 0 failed\n$/);
    });

    it('runs the scenarios without a mistake of a file in which another has one', () => {
      const again = HANDSHAKE.slice(66).replace('opens', 'again').replace('client:', 'clent:');
      const { code, out, err } = shell('run', script('half.tcpflow', `${HANDSHAKE}${again}`));
      assert.equal(code, 2);
      assert.match(err, /error: .*clent/);
      assert.match(out, /opens: passed/);
      assert.match(out, /1 with errors\n1 passed, 0 failed\n$/);
    });

    it('exits with 2 when one fails and another has errors, and says no more of the latter', () => {
      const wrong = script('wrong.tcpflow', HANDSHAKE.replace('ack=101', 'ack=102'));
      const bad = script('errors.tcpflow', 'host a\nhost a\n');
      assert.equal(shell('run', wrong, bad).code, 2);
      assert.doesNotMatch(shell('run', bad).err, /nothing to run/);
    });

    it('reads no file that is larger than a script may be', () => {
      const file = script('large.tcpflow', HANDSHAKE);
      fs.truncateSync(file, 64 * 1024 * 1024 + 1);
      const { code, err } = shell('run', file);
      assert.equal(code, 2);
      assert.match(
        err,
        /:1:1: error: The file has 67108865 octets; a script may have 67108864\.\n$/,
      );
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

    it('says that a file with hosts only has nothing to run', () => {
      const { code, out, err } = shell('run', script('hosts.tcpflow', 'host a\nhost b\n'));
      assert.equal(code, 2);
      assert.match(err, /hosts\.tcpflow:1:1: error: There is nothing to run\. Write a statement/);
      assert.match(out, /1 with errors\n0 passed, 0 failed\n$/);
      assert.equal(shell('run', script('no-hosts.tcpflow', '# nothing\n')).code, 2);
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
      assert.match(
        err,
        /many holds more than 10000 scripts: name the folders in it one by one\.\n$/,
      );
    });

    it('runs the scenario that is named, and suggests one when there is none of that name', () => {
      const two = script(
        'two.tcpflow',
        `${HANDSHAKE}${HANDSHAKE.slice(66).replace('opens', 'again')}`,
      );
      const one = shell('run', two, '--scenario', 'again');
      assert.equal(one.err, '');
      assert.match(one.out, /again: passed/);
      assert.doesNotMatch(one.out, /opens/);
      assert.match(shell('run', two).out, /2 passed, 0 failed\n$/);
      const none = shell('run', two, '--scenario', 'agian');
      assert.equal(none.code, 2);
      assert.match(none.err, /again/);
    });

    it('prints the readable record with --trace', () => {
      const { out } = shell('run', script('right.tcpflow', HANDSHAKE), '--trace');
      assert.match(out, /0\.010000 .*server.*LISTEN -> SYN_RCVD.*listen\//);
      assert.match(out, /<SEQ=300><ACK=101><CTL=SYN,ACK>/);
    });

    it('prints an object with --json for a script that cannot run, too', () => {
      const file = script('wrong.tcpflow', 'host a\nhost b\nb: lisen 80\n');
      const { out, code } = shell('run', file, '--json');
      const reason = 'There is no call `lisen`. Did you mean `listen`?';
      const verdict = { event: 'verdict', file, verdict: 'error', reason, line: 3 };
      assert.deepEqual(JSON.parse(out), verdict);
      assert.equal(code, 2);
    });

    it('prints one JSON object a line with --json, the same bytes each time', () => {
      const file = script('right.tcpflow', HANDSHAKE);
      const { out } = shell('run', file, '--json');
      const lines = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const synReceived = lines.find((line) =>
        line.moves?.some((m: { to: string }) => m.to === 'SYN_RCVD'),
      );
      assert.equal(synReceived.time, 10_000);
      assert.equal(synReceived.host, 'server');
      assert.equal(synReceived.event, 'segment arrives');
      assert.equal(synReceived.segments[0].ack, 101);
      assert.ok(synReceived.rules.length > 0);
      assert.equal(lines.at(-1).verdict, 'passed');
      assert.equal(shell('run', file, '--json').out, out);
    });

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

    it('says that a failure ended the scenario, where something follows', () => {
      const wrong = HANDSHAKE.replace('seq=100', 'seq=99');
      assert.match(
        shell('run', script('early.tcpflow', wrong)).out,
        /\n {2}what follows .* not run\n/,
      );
      const late = HANDSHAKE.replace('server ESTABLISHED', 'server CLOSED');
      assert.doesNotMatch(shell('run', script('late.tcpflow', late)).out, /what follows/);
    });

    it('ends an endless script by its limit, with the reason', () => {
      const endless = HANDSHAKE.replace(
        'expect server ESTABLISHED',
        'repeat 100000 {\n    client: send "x"\n    wait 100ms\n  }',
      );
      const { code, out } = shell('run', script('long.tcpflow', endless), '--max-steps', '500');
      assert.equal(code, 1);
      assert.match(out, /500 steps/);
    });
  });

  describe('packetdrill scripts', () => {
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
      const { code, out, err } = shell(
        'run',
        script('a.tcpflow', HANDSHAKE),
        right,
        wrong,
        strange,
      );
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

  describe('check and format', () => {
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
});
