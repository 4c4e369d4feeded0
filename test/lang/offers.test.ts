/** What the checker says of a mistake: a way out of it. */

import assert from 'node:assert/strict';
import { compile } from '../../src/lang/compile.js';
import { firstMessage, HOSTS } from './scripts.js';

describe('what a mistake says', () => {
  for (const [line, message] of [
    ['sleep 5s', 'No statement begins with `sleep`. Did you mean `wait`?'],
    ['wait for 5s', '`for` is no word here. Leave it out.'],
    [
      'wait for client ESTABLISHED',
      '`wait` takes a time, or `until` and a fact. Write `wait until`.',
    ],
    ['wait -5s', 'A time cannot be negative.'],
    ['wait 10secs', 'There is no unit `secs`. Did you mean `s`?'],
    ['client: write "x"', 'There is no call `write`. Did you mean `send`?'],
    ['client.send "x"', 'A call needs a colon after its host. Write `client: send`.'],
    ['client: listen', 'Expected a port, such as `80`, not the end of the line.'],
    [
      'client: connect 10.0.0.2:80',
      'A host is called by its name, not by its address. Write a host of this script and a port, such as `server:80`.',
    ],
    ["client: send 'x'", 'A text stands in double quotes. Write `"..."`.'],
    ['print “x”', 'A text stands in double quotes. Write `"..."`.'],
    ['print hello', 'Expected a text in quotes, not `hello`. Write `"hello"`.'],
    ['expect client > server SYN', '`>` is not an arrow here. Write `->`.'],
    ['expect client → server SYN', '`→` is not an arrow here. Write `->`.'],
    [
      'expect client -> server SYN ACK',
      'Control bits are joined by a comma, not by a blank. Write `SYN,ACK`.',
    ],
    [
      'expect client -> server SYN sequence=1',
      'A segment has no field `sequence`. Did you mean `seq`?',
    ],
    ['expect client state = CLOSED', 'A single `=` compares nothing. Write `==`.'],
    [
      'expect client CLOSED in 5s',
      'Expected the end of the statement, not `in`. Did you mean `within`?',
    ],
    ['expect client received "a" bytes', 'Expected the end of the statement, not `bytes`.'],
    [
      'expect client CLOSED and server TIME-WAIT',
      'Expected the end of the statement, not `TIME-WAIT`: a fact is about one host or connection. Write a line for each, or compare: `server.state == TIME-WAIT`.',
    ],
    [
      'fire client.timers.rto',
      '`timers.rto` is no timer of a connection. There are `timers.user`, `timers.retransmission`, `timers.timeWait`, `timers.persist`, `timers.delayedAck`, `timers.keepalive` and `timers.finWait2`.',
    ],
  ] as const) {
    it(`says of \`${line}\` what to write`, () =>
      assert.equal(firstMessage(HOSTS + line), message));
  }

  it('offers the right word for each kind of name', () => {
    const offers: readonly (readonly [string, string])[] = [
      ['exepct client CLOSED', 'expect'],
      ['client: conect server:80', 'connect'],
      ['expect client -> server SYM', 'SYN'],
      ['expect client -> server SYN sqe=1', 'seq'],
      ['expect client -> server SYN dport=80', 'to'],
      ['expect client ESTABLSHED', 'ESTABLISHED'],
      ['expect client SND.NXR == 1', 'SND.NXT'],
    ];
    for (const [source, offer] of offers) {
      assert.ok(
        firstMessage(HOSTS + source).includes(`Did you mean \`${offer}\`?`),
        firstMessage(HOSTS + source),
      );
    }
  });

  it('offers for a misspelt variable the variable alone: its host stays', () => {
    for (const [line, at] of [
      ['set client.SND.WMD = 5', 11],
      ['set client.c1.SND.WMD = 5', 14],
    ] as const) {
      const [found] = compile(`host client\n${line}`, {
        file: 'a',
        include: undefined,
      }).diagnostics;
      assert.deepEqual([found?.fix, found?.range.start.character], ['SND.WND', at], line);
    }
  });

  it('names of a hundred settings those that have to do with the word', () => {
    assert.match(
      firstMessage('host a { timeout 5s }'),
      /^A host has no setting `timeout`\. There are \d+, among them user-timeout, .* and spurious-timeout\.$/,
    );
    assert.match(firstMessage('host a { fairness 2 }'), /docs\/language\.md has a table/);
    assert.equal(
      firstMessage('host a { rto 1s; msl 5s }'),
      'Settings are separated by commas or line breaks, not by `;`. Write `,`.',
    );
  });

  it('knows settings by the names that they have elsewhere', () => {
    const elsewhere: readonly (readonly [string, string])[] = [
      ['host a { receive-buffer 2000 }', 'window'],
      ['host a { SO_RCVBUF 2000 }', 'window'],
      ['host a { tcp_syn_retries 2 }', 'syn-retries'],
      ['host a { tcp_fin_timeout 2s }', 'fin-wait-2-timeout'],
      ['host a { congestion-control reno }', 'congestion-algorithm'],
      ['host a { timestamp on }', 'timestamps'],
      ['host a\nhost b\nlink a -- b { latency 2ms }', 'delay'],
      ['host a\nhost b\nlink a -- b { bandwidth 2mbps }', 'rate'],
    ];
    for (const [text, meant] of elsewhere) {
      const [found] = compile(text, { file: 'a', include: undefined }).diagnostics;
      assert.deepEqual([found?.code, found?.fix], ['unknown-setting', meant], text);
    }
  });

  it('says how to ask for one of several states', () => {
    assert.equal(
      firstMessage(`${HOSTS}expect client SYN_SENT or ESTABLISHED`),
      'Expected true or false; this is a state. Write `state == SYN_SENT`.',
    );
    assert.match(
      firstMessage(`${HOSTS}expect client SYN_SENT, ESTABLISHED`),
      /Write `state == SYN_SENT or state == ESTABLISHED`/,
    );
  });

  it('says who is there when somebody is not, and who was probably meant', () => {
    assert.equal(
      firstMessage('host client\nhost server\nsever: listen 80'),
      'No host is called `sever`. This script has client and server. Did you mean `server`?',
    );
  });
});
