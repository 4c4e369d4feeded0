/** packetdrill scripts for FreeBSD: the packets of its dialect, and what is not TCP over IP. */

import assert from 'node:assert/strict';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { CONNECT, LISTEN, passes, SOCKET } from './freebsd-scripts.js';
import { play } from './play.js';

describe('FreeBSD: packets of its dialect', () => {
  const listener = `${SOCKET}${LISTEN}`;

  it('have ports before their flags: of two connections at once, each with its numbers', () => {
    passes(`${listener}+0 < 1234 > 8080 S 100:100(0) win 65535 <mss 1460>
+0 > 8080 > 1234 S. 0:0(0) ack 101 <mss 1460>
+0 < 1235 > 8080 S 200:200(0) win 65535 <mss 1460>
+0 > 8080 > 1235 S. 0:0(0) ack 201 <mss 1460>
+0 < 1234 > 8080 R 1:1(0) win 0
+0 < 1235 > 8080 . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
+0 close(4) = 0
+0 > 8080 > 1235 F. 1:1(0) ack 1
`);
    const { verdict } = play(
      `0 \`true\`\n${listener}+0 < 1234 > 8080 S 0:0(0) win 65535 <mss 1460>\n+0 > 8080 > 1235 S. 0:0(0) ack 1 <...>\n`,
      'freebsd',
    );
    assert.match(verdict, /ports 8080 > 1235 \/ 8080 > 1234$/);
  });

  it('have numbers as on the wire', () => {
    passes(`${listener}+0 < . 5:5(0) ack 10 win 65535
+0 > R 10:10(0)!
+0 < S 7:7(0) win 65535 <mss 1460,sackOK,TS val 100 ecr 0>
+0 > S. 0:0(0) ack 8 <mss 1460,sackOK,TS val ... ecr 100!>
+.1 < . 8:8(0)! ack 1 win 65535 <nop,nop,TS val 200 ecr 0!>
+0 accept(3, ..., ...) = 4
`);
  });

  it('a socket tells its congestion control, and takes another', () => {
    passes(`${SOCKET}+0 getsockopt(3, IPPROTO_TCP, TCP_CONGESTION, ["cubic"], [16]) = 0
+0 setsockopt(3, IPPROTO_TCP, TCP_CONGESTION, "newreno", 7) = 0
+0 getsockopt(3, IPPROTO_TCP, TCP_CONGESTION, ["newreno"], [16]) = 0
+0 setsockopt(3, IPPROTO_TCP, TCP_CONGESTION, "none", 4) = -1 ESRCH (No such process)
`);
  });

  it('say several fields of IP', () => {
    passes(`${listener}+0 < (dscp 0x10, ecn noecn, ttl 64) S 0:0(0) win 65535 <mss 1460>
+0 > [class 0x0] S. 0:0(0) ack 1 <mss 1460>
`);
  });
});

describe('FreeBSD: what is not TCP over IP', () => {
  for (const [text, what] of [
    ['+0 socket(..., SOCK_STREAM, 132) = 3\n', 'sockets of protocol 132'],
    [`${CONNECT}+0 < icmp unreachable port_unreachable [udp (100)]\n`, 'UDP'],
  ] as const) {
    it(`${text.split('\n').at(-2)} is named`, () => {
      const { diagnostics } = compilePackets(text, { file: 'udp.pkt', profile: 'freebsd' });
      const messages = diagnostics.map(({ message }) => message);
      assert.ok(messages.length > 0);
      for (const message of messages)
        assert.ok(message.startsWith(`not supported: ${what}`), message);
    });
  }
});
