/** What FreeBSD makes of a connection that is shut down before it is open. */

import assert from 'node:assert/strict';
import { play } from './play.js';

const OPENS = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
`;

describe('shutdown in SYN_SENT (FreeBSD)', () => {
  const passes = (text: string) => assert.equal(play(OPENS + text, 'freebsd').verdict, 'passed');

  it('of the half that sends waits for ESTABLISHED: the FIN acknowledges the SYN,ACK', () =>
    passes(`+0 shutdown(3, SHUT_WR) = 0
+0 write(3, ..., 10) = -1 EPIPE (Broken pipe)
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > F. 1:1(0) ack 1
+.1 < P. 1:11(10) ack 2 win 32767
+0 read(3, ..., 20) = 10
+.04 > . 2:2(0) ack 11
+.1 < F. 11:11(0) ack 2 win 32767
+0 > . 2:2(0) ack 12
`));

  it('does so after SYNs that cross, too, and of both halves', () =>
    passes(`+0 shutdown(3, SHUT_WR) = 0
+0 shutdown(3, SHUT_RDWR) = 0
+.1 < S 0:0(0) win 32767 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+0 shutdown(3, SHUT_RDWR) = 0
+.1 < . 1:1(0) ack 1 win 32767
+0 > F. 1:1(0) ack 1
+0 read(3, ..., 20) = 0
`));

  it('does not wait for a window', () =>
    passes(`+0 shutdown(3, SHUT_RDWR) = 0
+.1 < S. 0:0(0) ack 1 win 0 <mss 1460>
+0 > F. 1:1(0) ack 1
`));

  it('of the half that receives alone sends nothing; close forgets the connection all the same', () =>
    passes(`+0 shutdown(3, SHUT_RD) = 0
+0 read(3, ..., 20) = 0
+0 shutdown(3, SHUT_WR) = 0
+0 close(3) = 0
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > R 1:1(0) win 0
`));
});
