/** What a packetdrill script sets on its host: options of the script, sysctls, its interface. */

import assert from 'node:assert/strict';
import { CONNECTED, LISTENER, play } from './play.js';

/** Name, script and verdict; the profile is `linux` when none is named. */
const table: readonly (readonly [string, string, string, string?])[] = [
  [
    'an interface that takes nothing is asked every half second, until the user timeout',
    `${CONNECTED}+0 setsockopt(3, SOL_TCP, TCP_USER_TIMEOUT, [2000], 4) = 0
+0 \`tc qdisc delete dev tun0 root 2>/dev/null ; tc qdisc add dev tun0 root pfifo limit 0\`
+0 write(3, ..., 24) = 24
+2 write(3, ..., 24) = 24
+.4 write(3, ..., 24) = -1 ETIMEDOUT (Connection timed out)
+0 %{ assert tcpi_probes == 4 and tcpi_backoff == 0 and tcpi_unacked == 0 }%
`,
    'passed',
  ],
  [
    'an interface that has room again takes what waited',
    `${CONNECTED}+0 \`tc qdisc add dev tun0 root pfifo limit 0\`
+0 write(3, ..., 24) = 24
+0 \`tc qdisc del dev tun0 root\`
+.3 > P. 1:25(24) ack 1
`,
    'passed',
  ],
  [
    'IPv6 has addresses and an MSS of its own',
    `--ip_version=ipv6\n${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>\n+0 > S. 0:0(0) ack 1 <mss 1440>\n`,
    'passed',
  ],
  [
    'an MTU sets the MSS under IPv6, too, be it that of IPv4',
    `--ip_version=ipv6\n--mtu=1520\n${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>\n+0 > S. 0:0(0) ack 1 <mss 1460>\n`,
    'passed',
  ],
  [
    'an MTU sets the MSS',
    `--mtu=9000\n${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>\n+0 > S. 0:0(0) ack 1 <mss 8960>\n`,
    'passed',
  ],
  [
    'a sysctl switches an option off, and a note says what means nothing',
    `\`sysctl -q net.ipv4.tcp_sack=0 net.ipv4.tcp_fack=0\`
${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,nop,sackOK>
+0 > S. 0:0(0) ack 1 <mss 1460>
`,
    'passed',
  ],
  [
    'buffers set the window and its shift count, as Linux does it',
    `\`sysctl -q net.ipv4.tcp_rmem="4096 131072 $((32*1024*1024))"\`
${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,wscale 7>
+0 > S. 0:0(0) ack 1 win 64240 <mss 1460,nop,wscale 10>
`,
    'passed',
  ],
  [
    'what every script of Google’s sets first',
    `\`../common/defaults.sh\`
${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,wscale 7>
+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 8>
`,
    'passed',
  ],
  [
    'FreeBSD: a count of connections, the window counted from the buffer, drops',
    `\`sysctl -w net.inet.tcp.recvspace=65536\`
${CONNECTED}+0 getsockopt(3, SOL_SOCKET, SO_RCVBUF, [65700], [4]) = 0
+.1 < R 65701:65701(0) win 9
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+.1 < R 65700:65700(0) win 9
+0 > . 1:1(0) ack 1 win 65535
+0 \`sockstat -4 -P tcp -s | grep packetdril | grep -c ESTABLISHED | grep 1\`
+0 \`tcpdrop -s ESTABLISHED\`
+0 \`sockstat -4 -P tcp -s | grep packetdril | grep -c ESTABLISHED | grep 0\`
`,
    'passed',
    'freebsd',
  ],
  [
    'FreeBSD: rfc1323=2 is window scaling alone, 3 timestamps alone',
    `\`sysctl -w net.inet.tcp.rfc1323=2\`
${CONNECTED.replace('S 0:0(0) <...>', 'S 0:0(0) <mss 1460,nop,wscale 6,sackOK,eol,eol>')}+0 \`sysctl -w net.inet.tcp.rfc1323=3\`
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(4, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0>
`,
    'passed',
    'freebsd',
  ],
];

describe('settings of a packetdrill script', () => {
  for (const [name, script, verdict, profile] of table) {
    it(name, () => assert.equal(play(script, profile).verdict, verdict));
  }
});

describe('congestion control in packetdrill scripts', () => {
  const lost = (
    before: string,
    option = '',
    threshold = 5,
  ) => `${before}0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+.1 < S 0:0(0) win 32792 <mss 1000,nop,nop,sackOK>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
${option}+0 write(4, ..., 8000) = 8000
+0 > P. 1:8001(8000) ack 1
+.1 < . 1:1(0) ack 1001 win 32792 <nop,nop,sack 3001:6001>
+0 > . 1001:3001(2000) ack 1
+.01 %{ assert tcpi_snd_ssthresh == ${threshold} }%
`;
  const sysctl = (name: string) => `0 \`sysctl -q net.ipv4.tcp_congestion_control=${name}\`\n`;
  const option = (name: string) =>
    `+0 setsockopt(4, IPPROTO_TCP, TCP_CONGESTION, "${name}", ${name.length}) = 0\n`;

  it('is Reno where nothing else is said, and what is said otherwise', () => {
    assert.equal(play(lost('')).verdict, 'passed');
    assert.equal(play(lost(sysctl('reno'))).verdict, 'passed');
    assert.equal(play(lost(sysctl('cubic'), '', 7)).verdict, 'passed');
    assert.equal(play(lost('', option('cubic'), 7)).verdict, 'passed');
    assert.equal(play(lost(sysctl('cubic'), option('reno'))).verdict, 'passed');
  });

  it('is named when it is none that is here', () => {
    assert.throws(() => play(lost(sysctl('bbr'))), /not supported: the congestion control `bbr`/);
    const set = (name: string, result: string) =>
      `+0 setsockopt(4, IPPROTO_TCP, TCP_CONGESTION, "${name}", 9) = ${result}\n`;
    assert.match(play(lost('', set('bbr', '0'))).verdict, /not supported: .*bbr/);
    assert.equal(play(lost('', set('none', '-1 ENOENT (No such file)'))).verdict, 'passed');
  });
});
