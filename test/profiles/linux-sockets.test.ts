import assert from 'node:assert/strict';
import { play } from '../interop/packetdrill/play.js';
import { lab, trouble } from './lab.js';

/** A script of sockets holds under the profile. */
function sockets(title: string, script: string): void {
  it(title, () => {
    assert.equal(play(script).verdict, 'passed');
  });
}

const LISTENER = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
`;
const HALF_OPEN = `${LISTENER}+.1 < S 0:0(0) win 1000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
`;
const COMPLETE = `${HALF_OPEN}+.1 < . 1:1(0) ack 1 win 1000
`;
const ACCEPTED = `${COMPLETE}+0 accept(3, ..., ...) = 4
`;
const CONNECTING = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+.1 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
`;

describe('profile linux: sockets', () => {
  sockets(
    'LP-43 host unreachable fails a connect at once',
    `${CONNECTING}+.1 < icmp unreachable host_unreachable [0:0(0)]
+0 connect(3, ..., ...) = -1 EHOSTUNREACH (No route to host)
`,
  );

  sockets(
    'LP-44 a hard error of an open connection is kept for SO_ERROR, and the connection lives on',
    `${ACCEPTED}+0 write(4, ..., 10) = 10
+0 > P. 1:11(10) ack 1
+.1 < icmp unreachable port_unreachable [1:11(10)]
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
+0 < . 1:1(0) ack 11 win 1000
+0 write(4, ..., 10) = 10
+0 > P. 11:21(10) ack 1
`,
  );

  sockets(
    'LP-67 SHUT_RD sends nothing, and what comes is acknowledged and can be read',
    `${ACCEPTED}+0 shutdown(4, SHUT_RD) = 0
+.1 < P. 1:11(10) ack 1 win 1000
+0 > . 1:1(0) ack 11
+0 read(4, ..., 100) = 10
+0 read(4, ..., 100) = 0
`,
  );

  sockets(
    'LP-68 SHUT_RD of a listener ends it: its port has no socket, and it may listen anew',
    `${LISTENER}+0 shutdown(3, SHUT_RD) = 0
+0 accept(3, ..., ...) = -1 EINVAL (Invalid argument)
+0 < S 0:0(0) win 1000 <mss 1000>
+0 > R. 0:0(0) ack 1
+0 listen(3, 1) = 0
`,
  );

  sockets(
    'LP-68 SHUT_WR of a listener does nothing',
    `${LISTENER}+0 shutdown(3, SHUT_WR) = 0
+0 < S 0:0(0) win 1000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
`,
  );

  sockets(
    'LP-69 the socket of a connection in TIME_WAIT is in TCP_CLOSE',
    `${ACCEPTED}+0 shutdown(4, SHUT_WR) = 0
+0 > F. 1:1(0) ack 1
+.1 < F. 1:1(0) ack 2 win 1000
+0 > . 2:2(0) ack 2
+0 %{ assert tcpi_state == TCP_CLOSE }%
+0 write(4, ..., 10) = -1 EPIPE (Broken pipe)
+0 shutdown(4, SHUT_WR) = -1 ENOTCONN (Transport endpoint is not connected)
`,
  );

  const cookies = LISTENER.replace('0 socket', '0 `sysctl -q net.ipv4.tcp_syncookies=2`\n0 socket');
  sockets(
    'LP-87 a cookie without timestamps offers the MSS alone',
    `${cookies}+0 < S 0:0(0) win 1000 <mss 1000,nop,nop,sackOK,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 1000
+0 accept(3, ..., ...) = 4
+0 %{ assert tcpi_options == 0 }%
`,
  );

  sockets(
    'LP-87 with timestamps SACK and window scale survive in them',
    `${cookies}+0 < S 0:0(0) win 1000 <mss 1000,sackOK,TS val 5 ecr 0,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 5,nop,wscale 10>
+.1 < . 1:1(0) ack 1 win 1000 <nop,nop,TS val 6 ecr 100>
+0 accept(3, ..., ...) = 4
+0 %{ assert tcpi_options == TCPI_OPT_TIMESTAMPS + TCPI_OPT_SACK + TCPI_OPT_WSCALE }%
`,
  );

  sockets(
    'LP-88 a connection that was reset before accept is accepted, and read tells of it',
    `${COMPLETE}+0 < R 1:1(0) win 0
+0 accept(3, ..., ...) = 4
+0 read(4, ..., 100) = -1 ECONNRESET (Connection reset by peer)
`,
  );

  sockets(
    'LP-89 a listener that closes resets complete children',
    `${COMPLETE}+0 close(3) = 0
+0 > R. 1:1(0) ack 1
`,
  );

  sockets(
    'LP-89 half-open ones are forgotten, and their ACK is reset',
    `${HALF_OPEN}+0 close(3) = 0
+.1 < . 1:1(0) ack 1 win 1000
+0 > R 1:1(0)
`,
  );
});

/** SYNs of ports 2000 and on, and the ACKs that complete them. */
const syn = (port: number) => `inject probe -> tcp SYN from ${port} to 80 seq=100 mss=1460\n`;
const ack = (port: number) => `inject probe -> tcp ACK from ${port} to 80 seq=101 ack=301\n`;
const synAck = (within: string) => `expect tcp -> probe SYN,ACK seq=300 within ${within}\n`;

describe('profile linux: queues', () => {
  const under = (settings: string, script: string) =>
    trouble(lab(`profile linux, ${settings}`, script));
  const FULL = `tcp: listen 80 backlog 1
${syn(2000)}${synAck('10ms')}${ack(2000)}expect tcp accept-queue == 1 within 10ms
`;

  it('LP-81 a SYN is dropped while the accept queue is full, with cookies or without', () => {
    const full = `tcp: listen 80 backlog 1
${syn(2000)}expect tcp -> probe SYN,ACK as made within 10ms
inject probe -> tcp ACK from 2000 to 80 seq=101 ack=made.seq+1
expect tcp accept-queue == 1 within 10ms
`;
    const dropped = `${full}${syn(2001)}never tcp -> probe SYN,ACK
wait 10s
expect tcp connections == 1
`;
    assert.equal(under('syncookies on-overflow', dropped), undefined);
    assert.equal(under('syncookies off', dropped), undefined);
    assert.equal(under('syncookies always', dropped), undefined);
  });

  it('LP-84 an ACK is dropped while the accept queue is full, and the SYN,ACK comes again', () => {
    const both = `tcp: listen 80 backlog 1
${syn(2000)}${synAck('10ms')}${syn(2001)}${synAck('10ms')}${ack(2000)}expect tcp accept-queue == 1 within 10ms
${ack(2001)}`;
    assert.equal(
      under('isn 300', `${both}expect tcp syn-queue == 1 within 10ms\n${synAck('2s')}`),
      undefined,
    );
    assert.equal(
      under(
        'isn 300, on-overflow reset',
        `${both}expect tcp -> probe RST seq=301 within 10ms\nexpect tcp syn-queue == 0\n`,
      ),
      undefined,
    );
  });

  it('LP-85 a stray ACK meets a reset while the accept queue is full', () => {
    const stray = `${FULL}inject probe -> tcp ACK from 2005 to 80 seq=101 ack=9999
expect tcp -> probe RST seq=9999
`;
    assert.equal(under('isn 300', stray), undefined);
  });

  const COOKIE = `tcp: listen 80
inject probe -> tcp SYN from 2000 to 80 seq=100 mss=1460 wscale=7 sackok
expect tcp -> probe SYN,ACK as made
expect tcp connections == 0
`;

  it('LP-86 a cookie is the same for the same SYN, is not sent again, and holds for two minutes', () => {
    const same = `${COOKIE}inject probe -> tcp SYN from 2000 to 80 seq=100 mss=1460 wscale=7 sackok
expect tcp -> probe SYN,ACK seq=made.seq
never tcp -> probe SYN,ACK
wait 62s
inject probe -> tcp ACK from 2000 to 80 seq=101 ack=made.seq+1
expect tcp ESTABLISHED
`;
    const old = `${COOKIE}wait 135s
inject probe -> tcp ACK from 2000 to 80 seq=101 ack=made.seq+1
expect tcp -> probe RST seq=made.seq+1
`;
    const far = `${COOKIE}inject probe -> tcp ACK from 2000 to 80 seq=101 ack=made.seq+100001
expect tcp -> probe RST
`;
    for (const script of [same, old, far])
      assert.equal(under('syncookies always', script), undefined);
  });
});
