/** When FreeBSD's text and FIN go, and how they go once more; scripts of the tests' own. */

import assert from 'node:assert/strict';
import { play } from '../interop/packetdrill/play.js';

const ACCEPTED = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32767 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 2500
+0 accept(3, ..., ...) = 4
`;

describe('profile freebsd', () => {
  const passes = (text: string) => assert.equal(play(ACCEPTED + text, 'freebsd').verdict, 'passed');

  it('holds what fills no segment while anything is unacknowledged, but not the end of what goes at once', () =>
    passes(`+0 write(4, ..., 1200) = 1200
+0 > . 1:1001(1000) ack 1
+0 > P. 1001:1201(200) ack 1
+0 write(4, ..., 10) = 10
+0 write(4, ..., 10) = 10
+.05 < . 1:1(0) ack 1001 win 2500
+.05 < . 1:1(0) ack 1201 win 2500
+0 > P. 1201:1221(20) ack 1
+0 setsockopt(4, IPPROTO_TCP, TCP_NODELAY, [1], 4) = 0
+0 write(4, ..., 10) = 10
+0 > P. 1221:1231(10) ack 1
`));

  it('sends the FIN with the last text, and both once more in one segment', () =>
    passes(`+0 write(4, ..., 10) = 10
+0 > P. 1:11(10) ack 1
+0 write(4, ..., 20) = 20
+0 close(4) = 0
+0 > FP. 11:31(20) ack 1
+.4~+.6 > FP. 1:31(30) ack 1
`));

  it('sends the FIN whatever the windows are, and again', () =>
    passes(`+0 write(4, ..., 2500) = 2500
+0 > . 1:1001(1000) ack 1
+0 > . 1001:2001(1000) ack 1
+0 > P. 2001:2501(500) ack 1
+0 shutdown(4, SHUT_WR) = 0
+0 > F. 2501:2501(0) ack 1
+.1 < . 1:1(0) ack 2501 win 0
+.4~+.6 > F. 2501:2501(0) ack 1
+.1 < . 1:1(0) ack 2502 win 0
`));

  it('probes a closed window after 5 s, and sends the octet again with the rest', () =>
    passes(`+0 < . 1:1(0) ack 1 win 0
+0 write(4, ..., 1100) = 1100
+5 > . 1:2(1) ack 1
+.1 < . 1:1(0) ack 1 win 0
+4.9 > . 1:2(1) ack 1
+.1 < . 1:1(0) ack 1 win 0
+4.9 > . 1:2(1) ack 1
+.1 < . 1:1(0) ack 1 win 2000
+0 > . 1:1001(1000) ack 1
+.1 < . 1:1(0) ack 1001 win 2000
+0 > P. 1001:1101(100) ack 1
+.1 < . 1:1(0) ack 1101 win 2000
`));

  it('probes as often as its sysctls say', () =>
    passes(`+0 \`sysctl net.inet.tcp.persmin=1000 net.inet.tcp.persmax=2000\`
+0 < . 1:1(0) ack 1 win 0
+0 write(4, ..., 10) = 10
+1 > . 1:2(1) ack 1
+1.6 > . 1:2(1) ack 1
+2 > . 1:2(1) ack 1
`));
});
