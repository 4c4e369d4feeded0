/** packetdrill scripts run: what passes, what fails and with which first difference. */

import assert from 'node:assert/strict';
import { ACCEPTED, CONNECTED, LISTENER, play } from './play.js';

/** Name, script and verdict; the profile is `linux` when none is named. */
const table: readonly (readonly [string, string, string, string?])[] = [
  ['a listener accepts', ACCEPTED, 'passed'],
  ['a connect is answered', CONNECTED, 'passed'],
  [
    'a close by us and then by the peer',
    `${ACCEPTED}+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+0 < F. 1:1(0) ack 2 win 9
+0 > . 2:2(0) ack 2
`,
    'passed',
  ],
  [
    'a SYN that nobody listens to begins no count of the peer’s numbers',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 < SF 17:20(3) win 32792 <mss 1000>
+0 > R. 0:0(0) ack 22 win 0
+0 listen(3, 1) = 0
+0 < S 40:40(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 41 <...>
+0 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
+0 < P. 1:11(10) ack 1 win 257
+0 > . 1:1(0) ack 11
`,
    'passed',
  ],
  [
    'what is signed is dropped under Linux, and the listener stays',
    `--local_ip=192.168.0.1 --remote_ip=192.0.2.1 // two on a line
${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+0 < P. 1:11(10) ack 1 win 257 <md5 000102030405060708090a0b0c0d0e0f,nop,nop>
+0 \`grep " 0A " /proc/net/tcp /proc/net/tcp6 | grep ":1F90"\`
+0 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
+0 \`grep " 08 " /proc/net/tcp\`
`,
    '12: CLOSE_WAIT some / 0',
  ],
  [
    'an option that nobody knows is ignored by the letter',
    `${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000,md5 000102030405060708090a0b0c0d0e0f,nop,nop>
+0 > S. 0:0(0) ack 1 <...>
`,
    'passed',
    'rfc9293',
  ],
  [
    'flags that differ',
    `${LISTENER}+0 < . 5:5(0) ack 7 win 9
+0 > R. 7:7(0)
`,
    '6: flags R. / R',
  ],
  [
    'numbers that differ',
    `${ACCEPTED}+0 < P. 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 12\n`,
    '10: ack 12 / 11',
  ],
  [
    'options that differ, whatever their order and padding',
    `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,nop,sackOK>
+0 > S. 0:0(0) ack 1 <nop,nop,sackOK,mss 1400>
`,
    '6: mss 1400 / 1460',
  ],
  [
    'a segment that comes too early',
    `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>\n+.5 > S. 0:0(0) ack 1 <mss 1460>\n`,
    '6: time 0.500000 / 0.000000',
  ],
  [
    'a segment that does not come',
    `${ACCEPTED}+0 < . 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n`,
    '10: segment . 1:1(0) ack 1 / nothing',
  ],
  [
    'a segment that nobody expected, before one that is',
    `${ACCEPTED}+0 < P. 1:11(10) ack 1 win 9
+0 close(4) = 0
+0 > R. 1:1(0) ack 11
`,
    '11: flags R. / .',
  ],
  [
    'Linux acknowledges a FIN after text 40 ms later',
    `${ACCEPTED}+0 < P. 1:11(10) ack 1 win 9
+0 > . 1:1(0) ack 11
+0 read(4, ..., 50) = 10
+0 < F. 11:11(0) ack 1 win 9
+.04 > . 1:1(0) ack 12
`,
    'passed',
  ],
  [
    'Linux acknowledges a FIN without text at once',
    `${ACCEPTED}+0 < F. 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 2\n`,
    'passed',
  ],
  ['what is sent after the last line does not matter', `${ACCEPTED}+0 close(4) = 0\n`, 'passed'],
  [
    'the tolerance that the script asks for',
    `--tolerance_usecs=600000\n${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>
+.5 > S. 0:0(0) ack 1 <mss 1460>
`,
    'passed',
  ],
  [
    'whenever it comes, and times counted from there',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
* > S 0:0(0) <...>
+.9~+1.1 > S 0:0(0) <...>
`,
    'passed',
  ],
  [
    'one line for several segments: they are seen before they are cut to the MSS',
    `${ACCEPTED}+0 write(4, ..., 2500) = 2500\n+0 > P. 1:2501(2500) ack 1\n`,
    'passed',
  ],
  [
    'where a long write is cut is the kernel’s affair, and so is its PSH',
    `${ACCEPTED}+0 write(4, ..., 3000) = 3000\n+0 > P. 1:2001(2000) ack 1\n`,
    'passed',
  ],
  [
    'the end of the text has a PSH',
    `${ACCEPTED}+0 write(4, ..., 3000) = 3000\n+0 > . 1:3001(3000) ack 1\n`,
    '10: flags . / P.',
  ],
  [
    'a result that differs',
    `${LISTENER}+0 accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)\n`,
    '5: result -1 EAGAIN / blocked',
  ],
  [
    'EWOULDBLOCK is EAGAIN',
    `${CONNECTED}+0 read(3, ..., 5) = -1 EWOULDBLOCK (Operation would block)\n`,
    'passed',
  ],
  [
    'SO_ERROR tells of a reset',
    `${CONNECTED}+0 < R 1:1(0) win 0
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0
`,
    'passed',
  ],
  [
    'an absolute time',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
1.00 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
1.00 > S 0:0(0) <...>
2.00 > S 0:0(0) <...>
`,
    'passed',
  ],
  [
    'TCP_INFO of the connection',
    `${CONNECTED}+0 %{ assert tcpi_state == TCP_ESTABLISHED, tcpi_state }%
+0 %{ assert (tcpi_options & TCPI_OPT_TIMESTAMPS) == 0; assert tcpi_snd_mss == 1480 - 20 }%
+0 %{ assert tcpi_state == TCP_LISTEN }%
`,
    '9: tcpi_state assert tcpi_state == TCP_LISTEN / 1',
  ],
  [
    'SO_MEMINFO: the sizes of the buffers, which may be told as products',
    `\`sysctl -q net.ipv4.tcp_rmem="4096 $((2*65536)) $((32*1024*1024))"\`
${CONNECTED}+0 %{ assert SK_MEMINFO_RCVBUF == 131072, SK_MEMINFO_RCVBUF }%
+0 setsockopt(3, SOL_SOCKET, SO_SNDBUF, [5000], 4) = 0
+0 %{ assert SK_MEMINFO_SNDBUF == 5000 }%
`,
    '10: SK_MEMINFO_SNDBUF assert SK_MEMINFO_SNDBUF == 5000 / 10000',
  ],
  [
    'what follows a timer that was late comes after what it brought',
    `0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 9 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+1 > S. 0:0(0) ack 1 <mss 1460>
+0 < . 1:1(0) ack 1 win 9
+0 accept(3, ..., ...) = 4
`,
    'passed',
  ],
  [
    'assertions with functions, lists and what is printed',
    `${CONNECTED}+0 %{ print(tcpi_rtt); assert tcpi_state in (TCP_ESTABLISHED, TCP_CLOSE_WAIT), tcpi_state
assert tcpi_state not in [TCP_LISTEN,] and abs(tcpi_snd_mss - 1470) == 10 and max(1, tcpi_lost, 2) == 2 }%
+0 %{ assert min(tcpi_unacked, 5) in (1, 2) }%
`,
    '9: tcpi_unacked assert min(tcpi_unacked, 5) in (1, 2) / 0',
  ],
  [
    'a port unreachable ends an attempt',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.1 < icmp unreachable port_unreachable [2:2(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+.1 < icmp unreachable port_unreachable [1:1(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
`,
    'passed',
  ],
  [
    'ICMP queries are nothing to TCP',
    `${CONNECTED}+0 < icmp echo_request [1:1(0)]
+0 < icmp timestamp_reply
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
`,
    'passed',
  ],
  [
    'against the RFC itself, buffers and options are nobody’s',
    `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,sackOK,eol,eol>
+0 > S. 0:0(0) ack 1 win 12345 <mss 1300,nop,wscale 6>
+0 getsockopt(3, SOL_SOCKET, SO_RCVBUF, [77], [4]) = 0
`,
    'passed',
    'rfc9293',
  ],
];

describe('packetdrill scripts', () => {
  for (const [name, script, verdict, profile] of table) {
    it(name, () => assert.equal(play(script, profile).verdict, verdict));
  }
});

describe('timestamps', () => {
  const script = (tick: string, later: number) => `${tick}\n${LISTENER}
+0 < S 0:0(0) win 9000 <mss 1000,nop,nop,TS val 700 ecr 0>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 100 ecr 700>
+.1 < P. 1:11(10) ack 1 win 9000 <nop,nop,TS val 800 ecr 100>
+0 > . 1:1(0) ack 11 <nop,nop,TS val ${later} ecr 800>
`;

  it('the host’s are the script’s, whatever they count from', () => {
    assert.equal(play(script('', 5)).verdict, 'passed');
  });

  it('are compared when the script says how long a tick is', () => {
    assert.equal(play(script('--tcp_ts_tick_usecs=1000', 200)).verdict, 'passed');
    assert.match(play(script('--tcp_ts_tick_usecs=1000', 900)).verdict, /^10: TS val 900 \/ /);
  });
});
