/** TCP Fast Open in packetdrill scripts: Linux's and FreeBSD's sockets, as their kernels answer. */

import assert from 'node:assert/strict';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { play } from './play.js';

const OPTIONS = 'mss 1460,nop,nop,sackOK,nop,wscale 10';

/** Linux without timestamps; the cookie abcd1234 is cached, with a MSS of 1460. */
const WARM = `\`sysctl -q net.ipv4.tcp_timestamps=0\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 sendto(3, ..., 0, MSG_FASTOPEN, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <${OPTIONS},FO,nop,nop>
+.01 < S. 123:123(0) ack 1 win 5840 <mss 1460,FO abcd1234,nop,nop>
+0 > . 1:1(0) ack 1
+.01 close(3) = 0
+0 > F. 1:1(0) ack 1
+.01 < F. 1:1(0) ack 2 win 92
+0 > . 2:2(0) ack 2
`;

/** A non-blocking socket that has sent 1000 octets with its SYN. */
const OPENED = `${WARM}+.01 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 sendto(4, ..., 1000, MSG_FASTOPEN, ..., ...) = 1000
+0 > S 0:1000(1000) <${OPTIONS},FO abcd1234,nop,nop>
`;

/** A listener of Linux's with Fast Open; TFO_COOKIE is the peer's. */
const SERVER = `\`./defaults.sh\`
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 2) = 0
+0 setsockopt(3, SOL_TCP, TCP_FASTOPEN, [2], 4) = 0
`;

const EARLY = `${SERVER}+0 < S 0:10(10) win 32792 <mss 1460,sackOK,nop,nop,FO TFO_COOKIE,nop,nop>
+0 > S. 0:0(0) ack 11 <mss 1460,nop,nop,sackOK>
+0 accept(3, ..., ...) = 4
`;

const FREEBSD = `0 \`sysctl -w net.inet.tcp.fastopen.client_enable=1\`
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, IPPROTO_TCP, TCP_FASTOPEN, [1], 4) = 0
+0 sendto(3, ..., 100, 0, ..., ...) = 100
+0 > S 0:0(0) win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 0 ecr 0,FO,eol,eol>
`;

const table: readonly (readonly [string, string, string?])[] = [
  [
    'all text is acknowledged with the SYN',
    `${OPENED}+.01 < S. 500:500(0) ack 1001 win 5840 <mss 1460>
+0 > . 1001:1001(0) ack 1
+0 %{ assert (tcpi_options & TCPI_OPT_SYN_DATA) != 0 and tcpi_delivered == 1 }%
`,
  ],
  [
    'only the SYN is acknowledged, and text of the SYN,ACK is not taken then',
    `${OPENED}+.01 < S. 500:505(5) ack 1 win 5840 <mss 1460>
+0 > P. 1:1001(1000) ack 1
+0 %{ assert (tcpi_options & TCPI_OPT_SYN_DATA) == 0; assert tcpi_fastopen_client_fail == 2 }%
`,
  ],
  [
    'part of the text is acknowledged',
    `${OPENED}+.01 < S. 500:500(0) ack 501 win 5840 <mss 1460>
+0 > P. 501:1001(500) ack 1
`,
  ],
  [
    'more than the text is acknowledged: a reset, and a plain SYN 8 ms later',
    `${OPENED}+.01 < S. 500:500(0) ack 1500 win 5840 <mss 1460>
+0 > R 1500:1500(0)
+.008 > S 0:0(0) <${OPTIONS}>
`,
  ],
  [
    'the SYN timer fires: a plain SYN, and the text with the ACK of its SYN,ACK',
    `${OPENED}+1 > S 0:0(0) <${OPTIONS}>
+.1 < S. 500:500(0) ack 1 win 5840 <mss 1460>
+0 > P. 1:1001(1000) ack 1
+0 %{ assert tcpi_fastopen_client_fail == TFO_SYN_RETRANSMITTED and tcpi_total_retrans == 2 }%
`,
  ],
  [
    'the path is narrower: a plain SYN at once, with the smaller MSS',
    `${OPENED}+.01 < icmp unreachable frag_needed mtu 800 [0:1000(1000)]
+0 > S 0:0(0) <mss 760,nop,nop,sackOK,nop,wscale 10>
+.01 < S. 500:500(0) ack 1 win 5840 <mss 760>
+0 > P. 1:1001(1000) ack 1
`,
  ],
  [
    'text of the SYN,ACK is read when it answers the fast open',
    `${OPENED}+.01 < S. 500:505(5) ack 1001 win 5840 <mss 1460>
+0 > . 1001:1001(0) ack 6
+0 read(4, ..., 100) = 5
`,
  ],
  [
    'a socket that opens is busy, then it is connected',
    `${OPENED}+0 sendto(4, ..., 9, MSG_FASTOPEN, ..., ...) = -1 EALREADY (Operation already in progress)
+0 write(4, ..., 9) = -1 EAGAIN (Resource temporarily unavailable)
+0 poll([{fd=4, events=POLLOUT, revents=0}], 1, 0) = 0
+.01 < S. 500:500(0) ack 1001 win 5840 <mss 1460>
+0 > . 1001:1001(0) ack 1
+0 poll([{fd=4, events=POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0 sendto(4, ..., 9, MSG_FASTOPEN, ..., ...) = 9
+0 > P. 1001:1010(9) ack 1
+0 sendto(4, ..., 9, MSG_FASTOPEN, ..., ...) = -1 EISCONN (Transport endpoint is already connected)
`,
  ],
  [
    'a refused open is told once',
    `${OPENED}+.01 < R. 0:0(0) ack 1 win 0
+0 write(4, ..., 9) = -1 ECONNREFUSED (Connection refused)
+0 write(4, ..., 9) = -1 EPIPE (Broken pipe)
`,
  ],
  [
    'what does not fit the SYN is not taken without waiting, and follows it with waiting',
    `${WARM}+.01 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 sendto(4, ..., 3000, MSG_FASTOPEN|MSG_DONTWAIT, ..., ...) = 1420
+0 > S 0:1420(1420) <${OPTIONS},FO abcd1234,nop,nop>
+0 close(4) = 0
+.01 socket(..., SOCK_STREAM, IPPROTO_TCP) = 5
+0...0.010 sendto(5, ..., 2000, MSG_FASTOPEN, ..., ...) = 2000
+0 > S 0:1420(1420) <${OPTIONS},FO abcd1234,nop,nop>
+.01 < S. 500:500(0) ack 1421 win 5840 <mss 1460>
+0 > P. 1421:2001(580) ack 1
`,
  ],
  [
    'a connect is deferred when a cookie is there, and the first write opens',
    `${WARM}+.01 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 setsockopt(4, SOL_TCP, TCP_FASTOPEN_CONNECT, [1], 4) = 0
+0 connect(4, ..., ...) = 0
+0 connect(4, ..., ...) = -1 EISCONN (Transport endpoint is already connected)
+0 poll([{fd=4, events=POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0 %{ assert tcpi_state == TCP_SYN_SENT }%
+0 read(4, ..., 5) = -1 EAGAIN (Resource temporarily unavailable)
+.01 write(4, ..., 100) = 100
+0 > S 0:100(100) <${OPTIONS},FO abcd1234,nop,nop>
`,
  ],
  [
    'without a cookie a connect asks for one',
    `\`sysctl -q net.ipv4.tcp_timestamps=0\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 setsockopt(3, SOL_TCP, TCP_FASTOPEN_CONNECT, [1], 4) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <${OPTIONS},FO,nop,nop>
+1 > S 0:0(0) <${OPTIONS}>
`,
  ],
  [
    'a plain connect has nothing of it',
    `\`sysctl -q net.ipv4.tcp_timestamps=0\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <${OPTIONS}>
`,
  ],
  [
    'what the administrator forbids is not supported, nor is no address',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 sendto(3, ..., 9, MSG_FASTOPEN, {sa_family=AF_UNSPEC}, ...) = -1 EOPNOTSUPP (Operation not supported)
+0 \`sysctl -q net.ipv4.tcp_fastopen=0\`
+0 sendto(3, ..., 9, MSG_FASTOPEN, ..., ...) = -1 EOPNOTSUPP (Operation not supported)
+0 setsockopt(3, SOL_TCP, TCP_FASTOPEN_CONNECT, [1], 4) = -1 EOPNOTSUPP (Operation not supported)
`,
  ],
  [
    'cookies of odd or other lengths are not kept',
    `\`sysctl -q net.ipv4.tcp_timestamps=0\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 sendto(3, ..., 9, MSG_FASTOPEN|MSG_DONTWAIT, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <${OPTIONS},FO,nop,nop>
+.01 < S. 123:123(0) ack 1 win 5840 <mss 1460,FO 0102030405,nop>
+0 > . 1:1(0) ack 1
+0 close(3) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 sendto(3, ..., 9, MSG_FASTOPEN|MSG_DONTWAIT, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <${OPTIONS},FOEXP>
`,
  ],
  [
    'the server gives a cookie, takes it, and takes no other',
    `${SERVER}+0 < S 0:10(10) win 32792 <mss 1460,sackOK,nop,nop,FO,nop,nop>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,FO TFO_COOKIE,nop,nop>
+0 close(3) = 0
+0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 2) = 0
+0 < S 0:10(10) win 32792 <mss 1460,sackOK,nop,nop,FO TFO_COOKIE_ZERO,nop,nop>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,FO TFO_COOKIE,nop,nop>
+0 accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)
`,
  ],
  [
    'a child that is open early is read, written and closed before the handshake is over',
    `${EARLY}+0 %{ assert tcpi_state == TCP_SYN_RECV and (tcpi_options & TCPI_OPT_SYN_DATA) != 0 }%
+0 read(4, ..., 512) = 10
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 11
+.1 close(4) = 0
+0 > F. 101:101(0) ack 11
`,
  ],
  [
    'a SYN that is not its own is reset, and the child stays',
    `${EARLY}+0 < S 500:500(0) win 32792 <mss 1460>
+0 > R. 0:0(0)! ack 501
+0 %{ assert tcpi_state == TCP_SYN_RECV }%
`,
  ],
  [
    'an ICMP error ends a child that waits for accept, and is told after its text',
    `${SERVER}+0 < S 0:10(10) win 32792 <mss 1460,sackOK,nop,nop,FO TFO_COOKIE,nop,nop>
+0 > S. 0:0(0) ack 11 <mss 1460,nop,nop,sackOK>
+.1 \`nstat > /dev/null\`
+0 < icmp unreachable [5000:6000(1000)]
+0 \`nstat | grep TcpExtOutOfWindowIcmps > /dev/null\`
+0 < icmp unreachable host_unreachable [0:10(10)]
+0 accept(3, ..., ...) = 4
+0 %{ assert tcpi_state == TCP_CLOSE }%
+0 read(4, ..., 512) = 10
+0 read(4, ..., 512) = -1 EHOSTUNREACH (No route to host)
+0 write(4, ..., 100) = -1 EPIPE (Broken pipe)
`,
  ],
  [
    'and is only noted of one that was accepted',
    `${EARLY}+.1 < icmp unreachable host_unreachable [0:10(10)]
+0 %{ assert tcpi_state == TCP_SYN_RECV }%
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [EHOSTUNREACH], [4]) = 0
`,
  ],
  [
    'the limit of TCP_FASTOPEN counts those that are in SYN_RCVD',
    `\`./defaults.sh\`
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 5) = 0
+0 setsockopt(3, SOL_TCP, TCP_FASTOPEN, [1], 4) = 0
+0 < S 0:10(10) win 32792 <mss 1460,FO TFO_COOKIE,nop,nop>
+0 > S. 0:0(0) ack 11 <mss 1460>
+0 < . 11:11(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 getsockopt(3, SOL_TCP, TCP_FASTOPEN, [1], [4]) = 0
`,
  ],
  [
    'keys are of 16 octets or twice 16, and two of them are good',
    `\`./defaults.sh\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_TCP, TCP_FASTOPEN_KEY, "short", 5) = -1 EINVAL (Invalid argument)
+0 setsockopt(3, SOL_TCP, TCP_FASTOPEN_KEY, "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xa1\\xa1\\xa1\\xa1\\xb2\\xb2\\xb2\\xb2\\xc3\\xc3\\xc3\\xc3\\xd4\\xd4\\xd4\\xd4", 32) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 5) = 0
+0 < S 0:10(10) win 32792 <mss 1460,FO TFO_COOKIE,nop,nop>
+0 > S. 0:0(0) ack 11 <mss 1460,FO TFO_COOKIE_ZERO,nop,nop>
`,
  ],
  [
    'FreeBSD: a cookie is used, and a path that refused the text is left alone',
    `${FREEBSD}+.05 < S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,FO 0102030405060708>
+0 > P. 1:101(100) ack 1 win 65535
+0 close(3) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 setsockopt(4, IPPROTO_TCP, TCP_FASTOPEN, [1], 4) = 0
+0 sendto(4, ..., 100, 0, ..., ...) = 100
+0 > S 0:100(100) win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 0 ecr 0,FO 0102030405060708,eol,eol>
+.05 < S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,nop,nop>
+0 > P. 1:101(100) ack 1 win 65535
+0 close(4) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 5
+0 setsockopt(5, IPPROTO_TCP, TCP_FASTOPEN, [1], 4) = 0
+0 sendto(5, ..., 100, 0, ..., ...) = 100
+0 > S 0:0(0) win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 0 ecr 0>
`,
    'freebsd',
  ],
  [
    'FreeBSD: switching clients off forgets the cookies',
    `${FREEBSD}+.05 < S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,FO 0102030405060708>
+0 > P. 1:101(100) ack 1 win 65535
+0 close(3) = 0
+0 \`sysctl -w net.inet.tcp.fastopen.client_enable=0\`
+0 \`sysctl -w net.inet.tcp.fastopen.client_enable=1\`
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 setsockopt(4, IPPROTO_TCP, TCP_FASTOPEN, [1], 4) = 0
+0 sendto(4, ..., 100, 0, ..., ...) = 100
+0 > S 0:0(0) win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 0 ecr 0,FO,eol,eol>
`,
    'freebsd',
  ],
];

describe('Fast Open in packetdrill scripts', () => {
  for (const [name, script, profile = 'linux'] of table) {
    it(name, () => {
      assert.equal(play(script, profile).verdict, 'passed');
    });
  }

  it('names stand for cookies as the command line says', () => {
    const script = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 < S 0:0(0) win 5 <FO MINE,nop,nop>\n`;
    const options = { file: 'a.pkt', profile: 'linux' };
    const defines = new Map([['MINE', 'abcd1234']]);
    assert.deepEqual(compilePackets(script, { ...options, defines }).diagnostics, []);
    const [unknown] = compilePackets(script, options).diagnostics;
    assert.match(unknown?.message ?? '', /^not supported: `MINE`, which stands for/);
  });
});
