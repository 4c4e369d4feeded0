/** The profile freebsd: segments of open connections, closing, TIME_WAIT. */

import assert from 'node:assert/strict';
import { TEXT } from '../../src/tcp/user-texts.js';
import {
  agrees,
  CLOSE,
  CONNECT,
  differs,
  lab,
  OPEN,
  OPEN_WITH_TIMESTAMPS,
  signals,
} from './lab.js';

const row = (title: string, how: Parameters<typeof differs>[2]) => differs('freebsd', title, how);
const TIME_WAIT = `${OPEN}${CLOSE}`;

describe('profile freebsd: closing', () => {
  row('what is given up sends a reset', {
    by: 'give-up-reset reset, abort-flags rst-ack-closed',
    always: 'isn 300, retries 2',
    script: `${OPEN}tcp: send 10 bytes
expect tcp -> probe ACK,PSH seq=301
expect tcp -> probe ACK,PSH seq=301 within 10s
expect tcp -> probe ACK,PSH seq=301 within 10s
expect tcp -> probe RST,ACK seq=311 ack=101 wnd=0 within 10s
`,
  });

  row('so does an open whose SYN has crossed another', {
    by: 'give-up-reset reset, open-timeout 75s, abort-flags rst-ack-closed, rto-slop 200ms, syn-retries 12',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=100
expect tcp -> probe SYN,ACK ack=101
never tcp -> probe RST for 74.9s
eventually tcp -> probe RST,ACK seq=301 ack=101 within 200ms
`,
  });

  agrees(
    'freebsd',
    'an active open that is given up sends none',
    `${CONNECT}never tcp -> probe RST for 80s
expect tcp:1000 CLOSED
`,
    'open-timeout 75s',
  );

  agrees(
    'freebsd',
    'nor does a request',
    `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK
never tcp -> probe RST for 80s
`,
  );

  row('in CLOSING the acknowledgment of the FIN repeats ours', {
    by: 'closing-fin repeat',
    script: `${OPEN}tcp: close
expect tcp -> probe FIN,ACK seq=301 ack=101
inject probe -> tcp FIN,ACK seq=101 ack=301
expect tcp -> probe FIN,ACK seq=301 ack=102
expect tcp CLOSING
`,
  });

  row('while the FIN is outstanding it goes with whatever is acknowledged, but with no challenge', {
    by: 'closing-fin repeat',
    script: `${OPEN}tcp: shutdown
expect tcp -> probe FIN,ACK seq=301 ack=101
inject probe -> tcp ACK seq=101 ack=900
expect tcp -> probe FIN,ACK seq=301 ack=101 within 5ms
inject probe -> tcp SYN seq=101
expect tcp -> probe ACK seq=302 ack=101
inject probe -> tcp ACK,PSH seq=101 ack=301 len=10
expect tcp -> probe FIN,ACK seq=301 ack=111
inject probe -> tcp ACK seq=111 ack=302
expect tcp FIN_WAIT_2
inject probe -> tcp ACK,PSH seq=111 ack=302 len=10
expect tcp -> probe ACK seq=302 ack=121
`,
  });

  row('a segment before the window acknowledges', {
    by: 'before-window trim',
    script: `${OPEN}tcp: shutdown
expect tcp -> probe FIN,ACK seq=301 ack=101
inject probe -> tcp ACK seq=90 ack=302
expect tcp -> probe ACK seq=302 ack=101
expect tcp FIN_WAIT_2
inject probe -> tcp ACK seq=90 ack=303
expect tcp -> probe ACK seq=302 ack=101
`,
  });

  row('an empty segment at the right edge is looked at, a RST there and text are not', {
    by: 'window-edges right',
    always: 'isn 300, window 1000',
    script: `${OPEN}inject probe -> tcp ACK seq=1101 ack=301
never tcp -> probe for 100ms
inject probe -> tcp RST seq=1101
never tcp -> probe for 100ms
inject probe -> tcp ACK,PSH seq=1101 ack=301 len=1
expect tcp -> probe ACK seq=301 ack=101
`,
  });

  row('what the path does not take goes again at once, in pieces', {
    by: 'too-big-segments again',
    script: `${OPEN}tcp: send 1400 bytes
expect tcp -> probe ACK,PSH seq=301 len=1400
icmp too-big mtu=1040 tcp -> probe
expect tcp -> probe ACK seq=301 len=1000 within 5ms
expect tcp -> probe ACK,PSH seq=1301 len=400 within 5ms
`,
  });

  row('what is partly old is acknowledged at once, with SACK', {
    by: 'dsack text',
    always: 'isn 300, sack on, ack-delay 40ms',
    script: `${OPEN.replace('mss=1460', 'mss=1460 sackok')}inject probe -> tcp ACK,PSH seq=101 ack=301 len=10
expect tcp -> probe ACK ack=111
inject probe -> tcp ACK,PSH seq=106 ack=301 len=10
expect tcp -> probe ACK ack=116 within 5ms
`,
  });

  row('an old timestamp without text has no answer', {
    by: 'paws-answer text',
    always: 'isn 300, timestamps on',
    script: `${OPEN_WITH_TIMESTAMPS}inject probe -> tcp ACK seq=101 ack=301 ts=4000:0
never tcp -> probe for 100ms
inject probe -> tcp ACK,PSH seq=101 ack=301 ts=4000:0 len=3
expect tcp -> probe ACK ack=101
`,
  });

  row('in TIME_WAIT what lacks the timestamp that was agreed on has no answer', {
    by: 'time-wait silence',
    always: 'isn 300, timestamps on',
    script: `${OPEN_WITH_TIMESTAMPS}tcp: close
expect tcp -> probe FIN,ACK seq=301 ack=101 as fin
inject probe -> tcp FIN,ACK seq=101 ack=302 ts=5000:fin.tsval
expect tcp -> probe ACK seq=302 ack=102
expect tcp TIME_WAIT
inject probe -> tcp FIN seq=50 ts=5000:0
inject probe -> tcp FIN,ACK seq=101 ack=302
never tcp -> probe for 100ms
inject probe -> tcp FIN,ACK seq=101 ack=302 ts=5000:0
expect tcp -> probe ACK seq=302 ack=102
`,
  });

  row('a second FIN has no answer, an old one has', {
    by: 'after-fin silence',
    script: `${OPEN}inject probe -> tcp FIN,ACK seq=101 ack=301
expect tcp -> probe ACK ack=102
inject probe -> tcp FIN,ACK seq=102 ack=301
never tcp -> probe for 100ms
inject probe -> tcp FIN,ACK seq=101 ack=301
expect tcp -> probe ACK ack=102
inject probe -> tcp ACK,PSH seq=101 ack=301 len=10
expect tcp CLOSE_WAIT
`,
  });

  it('the user is told of a RST in LAST_ACK', () => {
    const script = `${OPEN}inject probe -> tcp FIN,ACK seq=101 ack=301
expect tcp CLOSE_WAIT
tcp: shutdown
expect tcp LAST_ACK
inject probe -> tcp RST seq=102
expect tcp CLOSED within 5ms
`;
    const told = (settings: string) =>
      signals(lab(`${settings}isn 300`, script)).includes(TEXT.reset);
    assert.equal(told('profile freebsd, '), true);
    assert.equal(told('profile linux, '), true);
    assert.equal(told('closing-reset told, '), true);
    assert.equal(told(''), false);
  });

  row('in TIME_WAIT a segment without ACK is dropped', {
    by: 'time-wait silence',
    script: `${TIME_WAIT}inject probe -> tcp FIN seq=50
inject probe -> tcp SYN seq=50
never tcp -> probe for 300ms
expect tcp TIME_WAIT
`,
  });

  row('a RST does nothing there', {
    by: 'time-wait-resets ignore',
    script: `${TIME_WAIT}inject probe -> tcp RST seq=102
never tcp CLOSED for 1s
`,
  });

  row('a SYN beyond RCV.NXT ends it, if nobody listens', {
    by: 'time-wait silence, time-wait-reuse on',
    script: `tcp: connect probe:80 from 1000
expect tcp -> probe SYN
inject probe -> tcp SYN,ACK from 80 to 1000 seq=100 ack=301
expect tcp -> probe ACK
tcp: close
expect tcp -> probe FIN,ACK
inject probe -> tcp FIN,ACK from 80 to 1000 seq=101 ack=302
expect tcp -> probe ACK
expect tcp TIME_WAIT
inject probe -> tcp SYN from 80 to 1000 seq=200
expect tcp -> probe RST,ACK seq=0 ack=201
expect tcp:1000 CLOSED
`,
  });

  row('a SYN beyond RCV.NXT reopens', {
    by: 'time-wait silence, time-wait-reuse on',
    script: `${TIME_WAIT}inject probe -> tcp SYN seq=200
expect tcp -> probe SYN,ACK ack=201
`,
  });

  agrees(
    'freebsd',
    'the ACK that is expected is not answered, any other is; FIN,ACK always',
    `${TIME_WAIT}inject probe -> tcp ACK seq=102 ack=302
never tcp -> probe for 100ms
inject probe -> tcp ACK seq=50 ack=302
expect tcp -> probe ACK seq=302 ack=102
inject probe -> tcp FIN,ACK seq=101 ack=302
expect tcp -> probe ACK seq=302 ack=102
`,
  );
});
