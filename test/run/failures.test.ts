/** What a failed expectation says: what was seen, what would have been right, which rule decided. */

import assert from 'node:assert/strict';
import { failureAt, finish, startRun } from '../../src/run/run.js';
import { golden } from '../golden.js';
import { program, scenario, TWO_HOSTS } from './scenario.js';

const HANDSHAKE = 'server: listen 80\nclient: connect server:80\n';

/** Scripts that fail, each in its own way. */
const FAILING: readonly (readonly [title: string, statements: string])[] = [
  [
    'a wrong field',
    `${HANDSHAKE}expect client -> server SYN seq=100\nexpect server -> client SYN,ACK seq=300 ack=102`,
  ],
  [
    'another segment',
    'client: connect server:80\nexpect client -> server SYN\nexpect server -> client SYN,ACK',
  ],
  ['an option that was not sent', `${HANDSHAKE}expect client -> server SYN wscale=7 sackok`],
  [
    'nothing in time, because a segment was lost',
    `server: listen 80\ndrop client -> server SYN\nclient: connect server:80\nexpect server -> client SYN,ACK within 500ms`,
  ],
  ['nothing at all', 'server: listen 80\nexpect client -> server SYN'],
  ['nothing like it', `${HANDSHAKE}eventually client -> server FIN,ACK within 1s`],
  [
    'a state that is not reached, because a segment was lost',
    `server: listen 80\ndrop client -> server ACK\nclient: connect server:80\nexpect server ESTABLISHED within 50ms`,
  ],
  ['a variable', `${HANDSHAKE}expect client ESTABLISHED\nexpect client SND.NXT == ISS+2 within 1s`],
  [
    'one half of a fact',
    `${HANDSHAKE}expect client ESTABLISHED\nexpect client SND.NXT == 101 and RCV.NXT == 300 within 1s`,
  ],
  [
    'text that came',
    `${HANDSHAKE}expect client ESTABLISHED\nclient: send "hello\\n"\nexpect server received "hallo" within 1s`,
  ],
  [
    'text for which there was no room, as nobody received',
    `${HANDSHAKE}expect client ESTABLISHED\nclient: send 70000 bytes\nexpect server received 70000 bytes within 1s`,
  ],
  [
    'a segment that no header has room for',
    'server: listen 80\ninject client -> server SYN seq=1 mss=1460 wscale=7 sackok ts=1:0 uto=70000 fo="00112233445566778899aabbccddeeff"',
  ],
  [
    'a segment under way that would be such a one',
    `${HANDSHAKE}set client -> server SYN with wscale=7 sackok ts=1:0 uto=70000 fo="00112233445566778899aabbccddeeff"`,
  ],
  ['a variable of no connection', 'expect client.SND.NXT == 101 within 1s'],
  ['what the user was told', `${HANDSHAKE}expect client fails "connection reset" within 1s`],
  [
    'what the user was told before the connection went on',
    `server: listen 80\nclient: connect server:80\nexpect client ESTABLISHED\nicmp host-unreachable client -> server seq=101\nclient: send "x"\nicmp host-unreachable client -> server\nwait 1s\nexpect client fails "reset" within 1s`,
  ],
  ['a call that fails', 'expect client: send "x"'],
  [
    'a call that should have failed',
    `server: listen 80\nexpect client: connect server:80 fails "connection refused"`,
  ],
  ['a call that should have succeeded', 'expect client: connect server:80'],
  ['a call without an answer', 'server: listen 80\nexpect server: accept within 1s'],
  ['what must not be sent', `never server -> client RST,ACK\nclient: connect server:80\nwait 1s`],
  [
    'what must not be sent for a while',
    `client: connect server:80\nnever server -> client RST,ACK for 1s`,
  ],
  [
    'what must not be sent, and was before',
    `${HANDSHAKE}wait 100ms\nnever server -> client SYN,ACK`,
  ],
  [
    'a later segment than the next',
    `${HANDSHAKE}expect client ESTABLISHED\nexpect client -> server ACK`,
  ],
  [
    'nothing, because a call was refused',
    `${HANDSHAKE}client: connect server:80 from 5000\nclient: connect server:80 from 5000\neventually client -> server RST within 1s`,
  ],
  ['what must not hold', `${HANDSHAKE}never client ESTABLISHED for 1s`],
  [
    'a host with several connections',
    `${HANDSHAKE}client: connect server:80\nexpect server.c2 ESTABLISHED\nclient.c1: send "x"\nexpect server received "x" within 1s`,
  ],
  ['a connection that is not there', `${HANDSHAKE}wait 1s\nexpect client.c9 ESTABLISHED`],
  ['a wait in vain', 'server: listen 80\nwait until server ESTABLISHED within 1s'],
  ['a value that is not there', 'let x = client.SND.NXT + 1'],
];

describe('failed expectations', () => {
  it('say what was seen, what would have been right, and which rule decided', () => {
    const texts = FAILING.map(([title, statements]) => {
      const { results } = scenario(statements);
      assert.equal(results.verdict, 'failed', title);
      return `## ${title}\n${results.failures.map(({ message }) => message).join('\n')}\n`;
    });
    golden('run/failures.txt', texts.join('\n'));
  });

  it('end the run: nothing is recorded after them', () => {
    const run = scenario(`${HANDSHAKE}expect client -> server SYN seq=99\nclient: abort`);
    const last = run.timeline.step(run.timeline.length() - 1);
    assert.deepEqual(last.cause, { kind: 'statement', statement: 2 });
    assert.equal(failureAt(run, last.index)?.differences[0]?.field, 'seq');
    assert.equal(failureAt(run, 0), undefined);
  });

  it('are noted while the script goes on, when that is wanted', () => {
    const { results } = scenario(
      `${HANDSHAKE}expect client -> server SYN seq=99\nexpect client ESTABLISHED\nclient: listen 80\nexpect client: listen 80`,
      { afterFailure: 'go-on' },
    );
    assert.deepEqual([results.passed, results.failed, results.verdict], [1, 2, 'failed']);
    assert.equal(results.ended?.kind, 'end');
  });

  it('name the microstep that sent the wrong segment', () => {
    const run = scenario(`${HANDSHAKE}expect server -> client SYN,ACK ack=102`);
    const [failure] = run.results.failures;
    const { place, rule } = failure?.decided ?? assert.fail('nothing decided');
    assert.equal(rule.id, 'listen/3-syn');
    assert.equal(run.timeline.step(place.step).microsteps[place.microstep]?.rule, rule);
    assert.deepEqual(failure?.differences, [{ field: 'ack', expected: '102', actual: '101' }]);
  });
});

describe('a blank', () => {
  const STATEMENTS = `${HANDSHAKE}expect client -> server ? seq=?
expect server -> client SYN,ACK ack=?
expect server ?
expect client SND.NXT == ?
expect client: send "x" fails ?`;

  it('counts as not passed and stops nothing', () => {
    const { results } = scenario(STATEMENTS);
    assert.deepEqual([results.passed, results.failed, results.blank], [0, 0, 5]);
    assert.equal(results.verdict, 'blank');
  });

  it('does not hide what is wrong beside it, and is not answered by that', () => {
    const { results } = scenario(`${HANDSHAKE}expect client -> server ? seq=99 ack=?`);
    const [failure] = results.failures;
    assert.equal(results.failed, 1);
    assert.match(failure?.message ?? '', /seq +expected 99 +actual 100/);
    const told = JSON.stringify([failure?.message, failure?.actual, failure?.decided]);
    assert.doesNotMatch(told, /SYN/);
  });

  it('is answered by no message of any statement', () => {
    const scripts = [
      `${HANDSHAKE}expect client -> server ? seq=1`,
      `${HANDSHAKE}eventually client -> server ? seq=1 within 1s`,
      `${HANDSHAKE}expect server -> client SYN,ACK ack=? seq=1`,
      `${HANDSHAKE}wait 1s\nexpect server -> client ACK ack=?`,
    ];
    for (const statements of scripts) {
      const run = startRun(program(`${TWO_HOSTS}${statements}`));
      const [failure] = finish(run).failures;
      assert(failure, statements);
      const told = [failure.message, failure.summary, failure.decided?.why].join('\n');
      const answer = statements.includes('ack=?') ? /\b101\b/ : /SYN/;
      assert.doesNotMatch(told.replace(statements.split('\n').at(-1) ?? '', ''), answer, told);
    }
  });
});
