/** Runs exported as packetdrill scripts, and run again from there. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { exportPackets } from '../../../src/interop/packetdrill/export.js';
import { compile } from '../../../src/lang/compile.js';
import { finish, startRun, stepsOf } from '../../../src/run/run.js';
import { generate } from '../../fuzz/generate.js';
import { textOf } from '../../fuzz/script.js';
import { play } from './play.js';

function exported(text: string) {
  const { program } = compile(text, { file: 'test.tcpflow' });
  assert.ok(program);
  const run = startRun(program);
  finish(run);
  return exportPackets(() => stepsOf(run), program.hosts, 'test');
}

const TALK = `host client { isn 100 }
host server { isn 300 }

scenario "talk" {
  server: listen 80
  client: connect server:80
  expect client ESTABLISHED
  expect server ESTABLISHED
  client: send "hello"
  wait 1s
  server: receive
  server: close
  wait 1s
  client: close
  wait 1s
}
`;

/** The text of each connection goes with its SYN when there is a cookie. */
const FAST = `host client { isn 100, fast-open client }
host server { isn 300, fast-open server }

scenario "fast" {
  server: listen 80
  client: connect server:80 send "first"
  wait 1s
  client: connect server:80 send "second"
  wait 1s
  server: receive
  wait 1s
}
`;

describe('a run exported as packetdrill scripts', () => {
  it('sends urgent text by MSG_OOB, and ends where no call can do what was done', () => {
    const urgent = TALK.replace('send "hello"', 'send "hello" urgent');
    const [client] = exported(urgent);
    assert.match(client?.text ?? '', /send\(3, \.\.\., 5, MSG_OOB\) = 5\n.*urg 5/);
    assert.equal(play(client?.text ?? '', 'rfc9293').verdict, 'passed');
    const early = urgent.replace(/ {2}expect client ESTABLISHED\n {2}expect server .*\n/, '');
    assert.match(exported(early)[0]?.text ?? '', /urgent text before the connection is open/);
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
    const [, , gives] = scripts.map(({ text }) => text);
    assert.match(
      gives ?? '',
      /> S\. 0:0\(0\) ack 1 .*<\.\.\.>|> S\. 0:0\(0\) .*FO 3021b9d889017eeb/,
    );
    for (const { text } of scripts) assert.equal(play(text, 'linux').verdict, 'passed', text);
  });

  it('reads and writes what is more than a socket has room for at once', () => {
    const scripts = exported(`host client { profile linux, isn 100 }
host server { profile linux, isn 300 }
server: listen 80
client: connect server:80
expect server ESTABLISHED
server: accept
client: send 40000 bytes
wait 1s
client: send 40000 bytes
wait 5s
server: receive
`);
    const [writes, reads] = scripts.map(({ text }) => text);
    assert.match(
      writes ?? '',
      /SO_SNDBUFFORCE, \[160000\], 4\) = 0\n\S+ write\(3, \.\.\., 40000\)/,
    );
    assert.match(reads ?? '', /read\(4, \.\.\., 80000\) = 80000/);
    for (const { host, text } of scripts) assert.equal(play(text).verdict, 'passed', host);
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

  it('closes the socket where a CLOSE leaves no user, and writes the timestamps that the peer echoes', () => {
    const both = exported(`host a 10.0.0.1 { profile linux }
host b 10.0.0.2 { profile linux }
link a -- b { delay 10ms }
scenario "both close" {
  b: listen 80
  a: connect b:80
  wait 100ms
  a: close
  wait 100ms
  b: close
  wait 1s
}
`);
    for (const { text } of both) {
      assert.equal(play(text, 'linux').verdict, 'passed', text);
      assert.match(text, /\bclose\([34]\) = 0/);
      assert.match(text, /> S\.? 0:0\(0\).* <mss 1460,sackOK,TS val \d+ ecr \d+,nop,wscale 10>/);
    }
    assert.equal(both.length, 2);
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

  /** Two hosts of Linux, 10 ms apart, and what happens there. */
  const linux = (story: string) =>
    exported(`host a 10.0.0.1 { profile linux }
host b 10.0.0.2 { profile linux }
link a -- b { delay 10ms }
scenario "story" {
${story}
}
`);
  const passes = (scripts: readonly { readonly text: string }[]) => {
    for (const { text } of scripts) assert.equal(play(text, 'linux').verdict, 'passed', text);
  };

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

  it('sends what the user sends too early by one call that waits, and lets other calls wait for it', () => {
    const sending = linux(`  b: listen 80
  a: connect b:80
  a: send "hello"
  wait 1ms
  a: send 10 bytes
  wait 1s`);
    const answering = linux(`  b: listen 80
  a: connect b:80
  wait 11ms
  b: send "early"
  b: shutdown
  wait 1s`);
    passes([...sending, ...answering]);
    const [client, server] = [sending[0]?.text, answering[1]?.text];
    assert.match(client ?? '', /\n\+0\.000000\.\.\.0\.020000 write\(3, \.\.\., 15\) = 15\n/);
    const [, twice] = linux(`  b: listen 80
  a: connect b:80
  wait 11ms
  b: send "early"
  b: send 10 bytes
  wait 1s`);
    passes([twice!]);
    assert.match(twice?.text ?? '', /write\(4, \.\.\., 15\) = 15\n\S+ > P\. 1:16\(15\)/);
    assert.match(
      server ?? '',
      /\n\S+ accept\(3, \.\.\., \.\.\.\) = 4\n\S+ write\(4, \.\.\., 5\) = 5\n\S+ shutdown\(4, SHUT_WR\) = 0\n/,
    );
  });

  it('makes no call that would wait for ever', () => {
    const [client] = linux(`  a: connect b:80
  a: send "never"
  wait 1s`);
    assert.doesNotMatch(client?.text ?? '', /write/);
    passes([client!]);
  });

  it('nor one that would wait beyond the end of the script', () => {
    const [client] = linux(`  b: listen 80
  a: connect b:80
  a: send "early"
  a: send "now" urgent
  wait 1s`);
    assert.match(client?.text ?? '', /urgent text before the connection is open/);
    assert.doesNotMatch(client?.text ?? '', /write/);
    passes([client!]);
  });

  it('reads to an urgent octet, and from there on', () => {
    const scripts = linux(`  b: listen 80
  a: connect b:80
  wait 100ms
  a: send "one"
  a: send "two" urgent
  a: send "three"
  wait 1s
  b: receive
  wait 1s`);
    passes(scripts);
    assert.match(
      scripts[1]?.text ?? '',
      /SO_OOBINLINE, \[1\], 4\) = 0\n\S+ read\(4, \.\.\., 65536\) = 5\n\S+ read\(4, \.\.\., 65531\) = 6\n/,
    );
  });

  it('closes the listener, and binds the port of one that was closed before', () => {
    const scripts = linux(`  b: listen 80
  a: connect b:80
  wait 100ms
  b.l1: close
  wait 100ms
  a: connect b:80
  wait 1s`);
    passes(scripts);
    const [, , , refusing] = scripts.map(({ text }) => text);
    assert.match(
      refusing ?? '',
      /= 3\n\S+ bind\(3, \.\.\., \.\.\.\) = 0\n\S+ < S 0:0\(0\).*\n\S+ > R\./,
    );
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

  it('ends, and says why, where no socket can do what comes next', () => {
    const story = (last: string) => `  b: listen 80 backlog 1
  a: connect b:80
  wait 11ms
  ${last}
  wait 1s`;
    const told = (last: string) =>
      linux(story(last))
        .map(({ text }) => /\/\/ \d.*/.exec(text)?.[0])
        .filter((line) => line !== undefined);
    assert.deepEqual(told('crash b'), ['// 0.011000 s: the host crashes. This script ends here.']);
    assert.deepEqual(told('b.c1: abort'), [
      '// 0.011000 s: ABORT of a connection: it has no socket yet. This script ends here.',
    ]);
    assert.deepEqual(told('b: send 10 bytes urgent'), [
      '// 0.011000 s: urgent text before the connection is open. This script ends here.',
    ]);
    const early = (calls: string) =>
      linux(`  b: listen 80
  a: connect b:80
  ${calls}
  wait 1s`);
    const half = early('a: shutdown');
    assert.match(half[0]?.text ?? '', /: a half-close before the connection is open\. This/);
    const both = early('a: send "hello"\n  wait 11ms\n  b: send "early"');
    assert.match(
      both[1]?.text ?? '',
      /: text from before the connection is open answers the text that opens it\. This/,
    );
    const never = early('a: send "hello"\n  drop 9 a -> b SYN\n  wait 1ms\n  a: close');
    passes([...linux(story('crash b')), ...half, ...both, ...never]);
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

/** Each script of a talk between two hosts with these settings, played under a profile. */
function verdicts(settings: string, profile: string, talk = TALK): readonly string[] {
  const text = talk
    .replace('{ isn 100 }', `{ ${settings} }`)
    .replace('{ isn 300 }', `{ ${settings} }`);
  return exported(text).map((one) => play(one.text, profile).verdict);
}

describe('what exported scripts say of the host', () => {
  it('is for FreeBSD where that is its profile', () => {
    const settings = 'profile freebsd, mss 1000, sack off, window-scale 3, keepalive 1min';
    const scripts = exported(TALK.replace('{ isn 100 }', `{ ${settings} }`));
    const [client] = scripts.map(({ text }) => text);
    assert.match(client ?? '', /`sysctl kern.ipc.maxsockbuf=524280 net.inet.tcp.sack.enable=0`/);
    assert.match(
      client ?? '',
      /^--mtu=1040\n.*[\s\S]*SO_KEEPALIVE.*\n.*IPPROTO_TCP, TCP_KEEPIDLE/m,
    );
    assert.doesNotMatch(client ?? '', /SOL_TCP|net\.ipv4/);
    assert.deepEqual(verdicts(settings, 'freebsd'), ['passed', 'passed']);
    const bulk = TALK.replace('"hello"', '20000 bytes');
    for (const more of [
      '',
      ', timestamps off',
      ', ecn accept',
      ', window-scale off',
      ', nagle off',
    ])
      assert.deepEqual(verdicts(`profile freebsd${more}`, 'freebsd', bulk), ['passed', 'passed']);
  });

  it('is for FreeBSD in UDP, too, and ends where that has no call', () => {
    const settings = 'profile freebsd, udp-port 9899, udp-peer 9899';
    const [client] = exported(TALK.replace('{ isn 100 }', `{ ${settings} }`));
    assert.match(
      client?.text ?? '',
      /TCP_REMOTE_UDP_ENCAPS_PORT, \[9899\], 4[\s\S]*\/udp\(9899 > 9899\)/,
    );
    assert.deepEqual(verdicts(settings, 'freebsd'), ['passed', 'passed']);
    const fast = exported(FAST.replaceAll('isn', 'profile freebsd, isn'));
    for (const { text } of fast) {
      assert.match(text, /Fast Open, of which FreeBSD makes cookies .* This script ends here/);
      assert.equal(play(text, 'freebsd').verdict, 'passed', text);
    }
    const early = TALK.replace(/ {2}expect client ESTABLISHED\n {2}expect server .*\n/, '');
    const [hasty] = exported(early.replace('{ isn 100 }', '{ profile freebsd }'));
    assert.match(hasty?.text ?? '', /text before the connection is open, which sockets of FreeBSD/);
  });

  it('has the MTU that its MSS needs', () => {
    const settings = 'profile linux, mss 8960';
    const [client] = exported(TALK.replace('{ isn 100 }', `{ ${settings} }`));
    assert.match(client?.text ?? '', /^--mtu=9000$/m);
    assert.deepEqual(verdicts(settings, 'linux'), ['passed', 'passed']);
  });

  it('has what Linux does of its own where its profile does not', () => {
    const [, server] = exported(TALK.replace('{ isn 300 }', '{ ecn accept }'));
    assert.match(server?.text ?? '', /net\.ipv4\.tcp_ecn=2/);
    const ask = TALK.replace('{ isn 100 }', '{ ecn ask }').replace('{ isn 300 }', '{ ecn accept }');
    assert.deepEqual(
      exported(ask).map(({ text }) => play(text, 'rfc9293').verdict),
      ['passed', 'passed'],
    );
  });
});

describe('what comes at the instant of a timer in an exported script', () => {
  it('comes before it, as arrivals do', () => {
    const lost = TALK.replace('server: listen', 'drop server -> client SYN,ACK\n  server: listen');
    for (const profile of ['rfc9293', 'freebsd', 'linux'])
      assert.deepEqual(verdicts(`profile ${profile}`, profile, lost), ['passed', 'passed']);
  });
});

describe('a child that is opened fast', () => {
  it('is used before the handshake is over', () => {
    const answer = `${FAST.replace('wait 1s\n  server: receive', 'wait 15ms\n  server: send "answer"')}`;
    for (const { text } of exported(answer))
      assert.equal(play(text, 'linux').verdict, 'passed', text);
    assert.match(exported(answer).at(-1)?.text ?? '', /write\(4, .*\n.*> P\. 1:7\(6\) ack 7\n.*< /);
  });
});
