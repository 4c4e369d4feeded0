/** tcpflow run: verdicts, exit codes, and what is printed. */

import assert from 'node:assert/strict';
import { HANDSHAKE, useShell } from './shell.js';

describe('tcpflow run', () => {
  const { shell, script } = useShell();

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
    assert.match(out, /right\.tcpflow: opens: passed, 3 expectations hold\n1 passed, 0 failed\n$/);
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

  it('says that a file with hosts only has nothing to run', () => {
    const { code, out, err } = shell('run', script('hosts.tcpflow', 'host a\nhost b\n'));
    assert.equal(code, 2);
    assert.match(err, /hosts\.tcpflow:1:1: error: There is nothing to run\. Write a statement/);
    assert.match(out, /1 with errors\n0 passed, 0 failed\n$/);
    assert.equal(shell('run', script('no-hosts.tcpflow', '# nothing\n')).code, 2);
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
