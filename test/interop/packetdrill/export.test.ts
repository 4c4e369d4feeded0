/** Runs exported as packetdrill scripts, and run again from there. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from '../../fuzz/generate.js';
import { textOf } from '../../fuzz/script.js';
import { exported, TALK } from './exported.js';
import { play } from './play.js';

describe('a run exported as packetdrill scripts', () => {
  it('has one for each host, with its calls, what it sent and what reached it', () => {
    const [client, server, more] = exported(TALK);
    assert.equal(more, undefined);
    assert.equal(client?.host, 'client');
    assert.equal(
      server?.text,
      `// test: server
--tolerance_usecs=20000
--tcp_ts_ecr_scaled
\`sysctl -q -e net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0 net.ipv4.tcp_ecn=0 net.ipv4.tcp_syncookies=0 net.ipv4.tcp_syn_retries=7 net.ipv4.tcp_syn_linear_timeouts=0 net.ipv4.tcp_orphan_retries=15 net.ipv4.tcp_rto_min_us=1000000 net.ipv4.tcp_early_retrans=0 net.ipv4.tcp_retrans_collapse=0 net.ipv4.tcp_dsack=0\`
0.000000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0.000000 setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0
+0.000000 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0.000000 bind(3, ..., ...) = 0
+0.000000 listen(3, 128) = 0
+0.010000 < S 0:0(0) win 65535 <mss 1460>
+0.000000 > S. 0:0(0) ack 1 <...>
+0.020000 < . 1:1(0) ack 1 win 65535
+0.010000 < P. 1:6(5) ack 1 win 65535
+0.000000 > . 1:1(0) ack 6
+0.990000 accept(3, ..., ...) = 4
+0.000000 read(4, ..., 65536) = 5
+0.000000 shutdown(4, SHUT_WR) = 0
+0.000000 > F. 1:1(0) ack 6
+0.020000 < . 6:6(0) ack 2 win 65534
+0.990000 < F. 6:6(0) ack 2 win 65534
+0.000000 > . 2:2(0) ack 7
`,
    );
  });

  it('has none of a host that talks to itself', () => {
    const text = `host alone { isn 100 }
host other { isn 300 }
alone: listen 80
alone: connect alone:80
other: connect alone:80
wait 1s
`;
    assert.deepEqual(
      exported(text).map(({ host, conversation }) => `${host} ${conversation}`),
      ['alone 1', 'other 1'],
    );
  });

  it('leaves out what no call made: connections that are given', () => {
    const given = `host a 10.0.0.1
host b 10.0.0.2
scenario "given" {
  given a:1000 ESTABLISHED with b:80
  a: send "x"
  wait 1s
}
`;
    assert.deepEqual(exported(given), []);
  });

  it('binds the port of a host that neither listens nor connects, and is reached all the same', () => {
    const text = `host client
host server
scenario "refused" {
  client: connect server:81
  wait 1s
}
`;
    const server = exported(text).find(({ host }) => host === 'server')?.text ?? '';
    assert.match(
      server,
      /socket\(.*\) = 3\n.*\n\S+ bind\(3, \.\.\., \.\.\.\) = 0\n\S+ < S 0:0\(0\)/,
    );
    // What comes first is at 0, or packetdrill does not begin.
    assert.match(server, /^0\.000000 `true`\n0\.010000 socket/m);
    assert.equal(play(server, 'rfc9293').verdict, 'passed', server);
  });

  it('ends before a segment whose numbers packetdrill does not let wrap around', () => {
    const scripts = exported(`peer client
host server { isn 300 }
scenario "before the first" {
  server: listen 80
  inject client -> server SYN from 1000 to 80 seq=100
  wait 1s
  inject client -> server ACK from 1000 to 80 seq=98 ack=301 len=5
  wait 1s
}
`);
    const server = scripts.find(({ host }) => host === 'server');
    assert.match(
      server?.text ?? '',
      /: a segment reaches back to before the first number of its sender\. This script ends here\.\n$/,
    );
    assert.equal(play(server?.text ?? '', 'rfc9293').verdict, 'passed', server?.text);
  });

  it('passes when it is run here', () => {
    for (const { text } of exported(TALK)) assert.equal(play(text, 'rfc9293').verdict, 'passed');
  });

  const examples = [
    'handshake',
    'half-close',
    'connection-refused',
    'lost-syn',
    'sequence-wrap',
    'simultaneous-open',
  ];

  for (const name of examples) {
    it(`and so does the example ${name}`, () => {
      const file = path.join(__dirname, '../../../examples', `${name}.tcpflow`);
      const scripts = exported(readFileSync(file, 'utf8'));
      assert.ok(scripts.length >= 2);
      for (const { text } of scripts) assert.equal(play(text, 'rfc9293').verdict, 'passed', text);
    });
  }

  it('of random worlds passes, but where things happen at one instant or hang on other connections', () => {
    const failures: string[] = [];
    let scripts = 0;
    for (let seed = 0; seed < 60; seed++) {
      const text = textOf(generate(seed)).replace(/^(host \w+ \S+).*$/gm, '$1 { profile linux }');
      for (const { host, conversation, text: script } of exported(text).slice(0, 5)) {
        scripts += 1;
        const { verdict } = play(script, 'linux');
        if (verdict !== 'passed') failures.push(`${seed} ${host} ${conversation}: ${verdict}`);
      }
    }
    assert.ok(scripts > 150, `${scripts}`);
    assert.ok(failures.length <= scripts / 100, failures.join('\n'));
  }).timeout(60_000);
});
