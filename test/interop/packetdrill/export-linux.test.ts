/** Exported scripts for a kernel of Linux: what it is told, and what it has otherwise. */

import assert from 'node:assert/strict';
import { exported, FAST, linux, passes } from './exported.js';
import { play } from './play.js';

describe('an exported script for Linux', () => {
  it('tells a kernel of Linux what the host is told, and nothing that such a kernel does of its own', () => {
    const of = (settings: string) =>
      exported(`host a 10.0.0.1 { ${settings} }
host b 10.0.0.2 { profile linux }
b: listen 80
a: connect b:80
wait 1s
`).map(({ text }) => text);
    const [plain, other] = of('profile linux');
    assert.doesNotMatch(`${plain}${other}`, /sysctl|setsockopt\(.*TCP/);
    const six = exported(
      'host a fd00::1 { profile linux }\nhost b fd00::2\na: connect b:80\nwait 1s\n',
    );
    assert.doesNotMatch(six[0]?.text ?? '', /MAXSEG/);
    const [told = ''] = of(
      'profile linux, mss 1000, nagle off, sack off, rto-min 300ms, retries 4, keepalive 60s, user-timeout 7s, window-scale off',
    );
    assert.match(
      told,
      /`sysctl -q -e net\.ipv4\.tcp_sack=0 net\.ipv4\.tcp_window_scaling=0 net\.ipv4\.tcp_retries2=4 net\.ipv4\.tcp_rto_min_us=300000`/,
    );
    assert.deepEqual(
      [...told.matchAll(/(T?[A-Z_]+), \[(\d+)\], 4\)/g)].map(
        ([, name, value]) => `${name} ${value}`,
      ),
      [
        'TCP_MAXSEG 1000',
        'TCP_NODELAY 1',
        'SO_KEEPALIVE 1',
        'TCP_KEEPIDLE 60',
        'TCP_USER_TIMEOUT 7000',
      ],
    );
    assert.equal(play(told, 'linux').verdict, 'passed', told);
  });

  it('lets a kernel that can shift more offer a smaller window scale', () => {
    const scripts = exported(`host a 10.0.0.1 { profile linux, window-scale 3 }
host b 10.0.0.2 { profile linux, window-scale 2 }
b: listen 80
a: connect b:80
wait 1s
`);
    passes(scripts);
    const [asks, answers] = scripts.map(({ text }) => text);
    assert.match(asks ?? '', /TCP_WINDOW_CLAMP, \[524280\], 4\) = 0/);
    assert.match(asks ?? '', /> S 0:0\(0\) <.*wscale 3>/);
    assert.match(answers ?? '', /> S\. 0:0\(0\) ack 1 <.*wscale 2>/);
  });

  it('tells SYNs apart that are refused, and lets a peer have timestamps that the host has not', () => {
    const refused = linux(`  a: connect b:80 from 1000
  wait 1s
  a: connect b:80 from 1000
  wait 1s`);
    assert.equal(refused.filter(({ host }) => host === 'b').length, 2);
    const mixed = exported(`host a 10.0.0.1 { profile linux, timestamps off }
host b 10.0.0.2 { profile linux }
a: connect b:80 from 1000
b: connect a:1000 from 80
wait 1s
`);
    passes([...refused, ...mixed]);
  });

  it('opens fast with a cookie that the kernel has or makes, and passes under Linux', () => {
    const scripts = exported(FAST);
    assert.deepEqual(
      scripts.map(({ host }) => host),
      ['client', 'client', 'server', 'server'],
    );
    const [asks, brings, gives, takes] = scripts.map(({ text }) => text);
    assert.match(
      asks ?? '',
      /\.\.\.0\.\d+ sendto\(3, \.\.\., 5, MSG_FASTOPEN, \.\.\., \.\.\.\) = 5\n\S+ > S 0:0\(0\)/,
    );
    assert.match(brings ?? '', /> S 0:6\(6\) <\.\.\.>/);
    assert.match(gives ?? '', /TCP_FASTOPEN, \[128\], 4\) = 0/);
    assert.match(takes ?? '', /< S 0:6\(6\) .*FO 3021b9d889017eeb/);
    for (const { text } of scripts) assert.equal(play(text, 'linux').verdict, 'passed', text);
  });

  it('gives the cookie of the key that the script tells the kernel, whatever the host has', () => {
    const key = 'fast-open-key "00112233445566778899aabbccddeeff"';
    const scripts = exported(FAST.replace('fast-open server', `fast-open server, ${key}`));
    const takes = scripts[3]?.text ?? '';
    assert.match(takes, /tcp_fastopen_key=a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4/);
    assert.match(takes, /< S 0:6\(6\) .*FO 3021b9d889017eeb/);
    for (const { text } of scripts) assert.equal(play(text, 'linux').verdict, 'passed', text);
  });

  it('counts SACK blocks as all numbers are counted', () => {
    const both = linux(`  b: listen 80
  a: connect b:80
  wait 100ms
  drop a -> b seq=a.SND.NXT
  a: send 5000 bytes
  wait 1s`);
    passes(both);
    const [sender, receiver] = both.map(({ text }) => text);
    assert.match(sender ?? '', /< \. 1:1\(0\) ack 1 win \d+ <.*sack 1449:2897>/);
    assert.match(receiver ?? '', /> \. 1:1\(0\) ack 1 <.*sack 1449:2897>/);
  });

  it('tells the connections between the same sockets apart, by the ISS', () => {
    const scripts = linux(`  b: listen 80
  a: connect b:80 from 1000
  wait 100ms
  a: abort
  wait 1s
  a: connect b:80 from 1000
  wait 100ms`);
    assert.deepEqual(
      scripts.map(({ host, conversation }) => `${host} ${conversation}`),
      ['a 1', 'a 2', 'b 1', 'b 2'],
    );
    passes(scripts);
    for (const { text } of scripts) assert.equal(text.match(/[<>] S 0:0\(0\)/g)?.length, 1, text);
  });

  it('has the ICMP messages that reach the host', () => {
    const [client] = linux(`  b: listen 80
  a: connect b:80
  wait 100ms
  icmp too-big mtu=600 a -> b
  a: send 2000 bytes
  wait 1s`);
    assert.match(client?.text ?? '', /< icmp unreachable frag_needed mtu 600 \[\d+:\d+\(0\)\]/);
    passes([client!]);
  });

  it('ends where segments are in UDP, which Linux does not have', () => {
    const scripts = exported(`host a 10.0.0.1 { profile linux, udp-port 9899, udp-peer 9899 }
host b 10.0.0.2 { profile linux, udp-port 9899 }
link a -- b { delay 10ms }
scenario "in UDP" {
  b: listen 80
  a: connect b:80
  wait 1s
}
`);
    assert.ok(scripts.length > 0);
    for (const { text } of scripts) {
      assert.match(
        text,
        /: it goes on in UDP, which Linux does not have\. This script ends here\.$/m,
      );
      assert.doesNotMatch(text, /udp\(/);
    }
    passes(scripts);
  });
});
