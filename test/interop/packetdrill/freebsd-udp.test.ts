/** packetdrill scripts for FreeBSD: TCP over UDP. */

import assert from 'node:assert/strict';
import { LISTEN, passes, SOCKET, sysctls } from './freebsd-scripts.js';
import { play } from './play.js';

describe('FreeBSD: TCP over UDP', () => {
  const tunnel = sysctls('net.inet.tcp.udp_tunneling_port=9899');
  const asked = `${tunnel}${SOCKET}+0 setsockopt(3, IPPROTO_TCP, TCP_REMOTE_UDP_ENCAPS_PORT, [9898], 4) = 0
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) win 65535 <mss 1452,nop,wscale 6,sackOK,TS val 100 ecr 0>/udp(9899 > 9898)
`;
  const client = `${asked}+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460>/udp(9898 > 9899)
+0 > . 1:1(0) ack 1/udp(9899 > 9898)
`;
  const server = `${tunnel}${SOCKET}${LISTEN}+0 < S 0:0(0) win 65535 <mss 1460>/udp(1234 > 9899)
+0 > S. 0:0(0) ack 1 <mss 1452>/udp(9899 > 1234)
+.1 < . 1:1(0) ack 1 win 65535/udp(1234 > 9899)
+0 accept(3, ..., ...) = 4
`;

  it('a connection is in UDP with the port that was asked for, and its segments are 8 octets shorter', () => {
    passes(`${client}+0 send(3, ..., 3000, 0) = 3000
+0 > . 1:1453(1452) ack 1/udp(9899 > 9898)
+0 > . 1453:2905(1452) ack 1/udp(9899 > 9898)
+0 > P. 2905:3001(96) ack 1/udp(9899 > 9898)
`);
  });

  it('one that comes in UDP is answered to the port that it came from', () => {
    passes(`${server}+0 getsockopt(4, IPPROTO_TCP, TCP_REMOTE_UDP_ENCAPS_PORT, [1234], [4]) = 0
+0 close(4) = 0
+0 > F. 1:1(0) ack 1/udp(9899 > 1234)
`);
  });

  it('with SYN cookies, too', () => {
    passes(`${sysctls('net.inet.tcp.syncookies=1', 'net.inet.tcp.syncookies_only=1')}${server}+0 close(4) = 0
+0 > F. 1:1(0) ack 1/udp(9899 > 1234)
`);
  });

  it('a segment of the connection that is not behind its header is of none, and is reset as it came', () => {
    passes(`${client}+0 < . 1:1(0) ack 1 win 65535
+0 > R 1:1(0)
+0 < . 1:1(0) ack 1 win 65535/udp(9897 > 9899)
+0 > R 1:1(0)/udp(9899 > 9897)
+0 < F. 1:1(0) ack 1 win 65535/udp(9898 > 9899)
+0 > . 1:1(0) ack 2/udp(9899 > 9898)
`);
  });

  it('what is not taken at its port is discarded', () => {
    passes(`${client}+0 < R 1:1(0) win 0/udp(9898 > 9900)
+0 < F. 1:1(0) ack 1 win 65535/udp(9898 > 9899)
+0 > . 1:1(0) ack 2/udp(9899 > 9898)
`);
  });

  it('ICMP is of the connection when it quotes the header', () => {
    const icmp = (quoted: string) =>
      `+.1 < icmp unreachable port_unreachable [0:0(0)${quoted}]\n+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0\n`;
    passes(`${asked}${icmp('/udp(9899 > 9898)')}`);
    const { verdict } = play(`0 \`true\`\n${asked}${icmp('')}`, 'freebsd');
    assert.match(verdict, /SO_ERROR ECONNREFUSED/);
  });

  it('the path MTU counts the header', () => {
    passes(`${client}+0 send(3, ..., 1452, 0) = 1452
+0 > P. 1:1453(1452) ack 1/udp(9899 > 9898)
+0 < icmp unreachable frag_needed mtu 1000 [1:1453(1452)/udp(9899 > 9898)]
+0 getsockopt(3, IPPROTO_TCP, TCP_MAXSEG, [952], [4]) = 0
`);
  });

  it('the port is said before the connection is opened, and only where TCP is taken in UDP', () => {
    const set = (fd: string, result: string) =>
      `+0 setsockopt(${fd}, IPPROTO_TCP, TCP_REMOTE_UDP_ENCAPS_PORT, [9898], 4) = ${result}\n`;
    passes(`${SOCKET}${set('3', '-1 EINVAL (Invalid argument)')}`);
    passes(`${client}${set('3', '-1 EINVAL (Invalid argument)')}`);
  });

  it('a header that differs is the first difference', () => {
    const other = asked.replace('/udp(9899 > 9898)', '/udp(9899 > 9899)');
    const { verdict } = play(`0 \`true\`\n${other}`, 'freebsd');
    assert.match(verdict, /udp 9899 > 9899 \/ 9899 > 9898$/);
  });
});
