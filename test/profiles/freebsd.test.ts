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

describe('profile freebsd: opening a connection', () => {
  row('a SYN,ACK in LISTEN is not answered', {
    by: 'listen-syn-ack drop',
    script: `tcp: listen 80
inject probe -> tcp SYN,ACK from 1000 to 80 seq=100 ack=200
never tcp -> probe for 300ms
`,
  });

  agrees(
    'freebsd',
    'an ACK in LISTEN is reset',
    `tcp: listen 80
inject probe -> tcp ACK from 1000 to 80 seq=100 ack=200
expect tcp -> probe RST seq=200
`,
  );

  agrees(
    'freebsd',
    'a SYN,FIN in LISTEN is a SYN',
    `tcp: listen 80
inject probe -> tcp SYN,FIN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK ack=101
`,
  );

  const synFins = `inject probe -> tcp SYN,FIN from 1000 to 79 seq=100
never tcp -> probe for 100ms
tcp: listen 80
inject probe -> tcp SYN,FIN from 1000 to 80 seq=100
never tcp -> probe for 100ms
${CONNECT.replace('from 1000', 'from 2000')}inject probe -> tcp SYN,FIN from 80 to 2000 seq=100
never tcp -> probe for 100ms
expect tcp SYN_SENT
`;
  row('with drop_synfin=1 it is dropped in every state', {
    by: '',
    more: 'syn-fin drop',
    script: synFins,
  });

  row('with syn-fin unsynchronized it is dropped where nothing is synchronized', {
    by: '',
    more: 'syn-fin unsynchronized',
    script: synFins,
  });

  agrees(
    'freebsd',
    'with syn-fin unsynchronized a synchronized connection challenges it',
    `${OPEN}inject probe -> tcp SYN,FIN from 1000 to 80 seq=101
expect tcp -> probe ACK seq=301 ack=101
expect tcp ESTABLISHED
`,
    'syn-fin unsynchronized',
  );

  row('an open fails after 75 s', {
    by: 'open-timeout 75s',
    script: `tcp: connect probe:80
wait 74s
expect tcp SYN_SENT
expect tcp fails "timeout" within 1s
expect time == 75s
`,
  });

  row('a repeated SYN has its SYN,ACK again', {
    by: 'half-open request',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK seq=300 ack=101 within 5ms
`,
  });

  row('the RTO has 200 ms more once it has expired: SYNs at 0, 1 and 3.2 s', {
    by: 'rto-slop 200ms',
    script: `tcp: connect probe:80
expect tcp -> probe SYN within 0s
expect tcp -> probe SYN within 1s
never tcp -> probe SYN for 2100ms
expect tcp -> probe SYN within 100ms
expect time == 3200ms
`,
  });

  row('of a SYN its text is kept, not its FIN', {
    by: 'syn-text text',
    script: `${CONNECT}inject probe -> tcp SYN,FIN from 80 to 1000 seq=500 len=3
expect tcp -> probe SYN,ACK ack=501
inject probe -> tcp ACK from 80 to 1000 seq=504 ack=301
expect tcp ESTABLISHED
expect tcp RCV.NXT == 504
wait 1s
expect tcp ESTABLISHED
`,
  });

  row('of a SYN to a listener nothing is kept', {
    by: 'syn-text text',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=500 len=3
expect tcp -> probe SYN,ACK ack=501
inject probe -> tcp ACK from 1000 to 80 seq=501 ack=301
expect tcp:80 ESTABLISHED
expect tcp RCV.NXT == 501
`,
  });

  const half = `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=500
expect tcp -> probe SYN,ACK seq=300 ack=501
`;
  const gone = (ack: string, reset: string) => ({
    by: 'half-open cache',
    script: `${half}inject probe -> tcp ${ack}
expect tcp -> probe RST seq=${reset}
inject probe -> tcp ACK from 1000 to 80 seq=501 ack=301
expect tcp -> probe RST seq=301
`,
  });
  row('an ACK of something else deletes the entry', gone('ACK from 1000 to 80 seq=501 ack=7', '7'));
  row('so does one outside the window', gone('ACK from 1000 to 80 seq=90000 ack=301', '301'));

  row('any SYN has the SYN,ACK of the first', {
    by: 'half-open cache',
    script: `${half}inject probe -> tcp SYN from 1000 to 80 seq=9000
expect tcp -> probe SYN,ACK seq=300 ack=501 within 5ms
inject probe -> tcp FIN from 1000 to 80 seq=501
never tcp -> probe for 100ms
inject probe -> tcp ACK from 1000 to 80 seq=501 ack=301
expect tcp:80 ESTABLISHED
`,
  });

  row(
    'a SYN that crosses ours: a wrong ACK is reset wherever it lies, and so is what is before the SYN',
    {
      by: 'half-open cache, before-window trim',
      base: 'simultaneous-open figure',
      more: '',
      script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=500
expect tcp -> probe SYN,ACK ack=501
inject probe -> tcp ACK from 80 to 1000 seq=90000 ack=7
expect tcp -> probe RST seq=7
inject probe -> tcp ACK from 80 to 1000 seq=499 ack=301
expect tcp -> probe RST seq=301
expect tcp SYN_RCVD
inject probe -> tcp ACK from 80 to 1000 seq=500 ack=301
expect tcp -> probe ACK seq=301 ack=501
expect tcp ESTABLISHED
`,
    },
  );

  row('a CLOSE in SYN_RCVD tells nobody', {
    by: 'half-open cache',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=500
expect tcp -> probe SYN,ACK ack=501
tcp: close
expect tcp:1000 CLOSED
never tcp -> probe for 2s
`,
  });

  row('a shutdown in SYN_RCVD waits for ESTABLISHED', {
    by: 'half-open cache',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=500
expect tcp -> probe SYN,ACK ack=501
tcp: shutdown
never tcp -> probe for 100ms
expect tcp SYN_RCVD
inject probe -> tcp ACK from 80 to 1000 seq=501 ack=301
expect tcp -> probe FIN,ACK seq=301 ack=501
`,
  });

  row('the SYN,ACK that crosses ours establishes, and is acknowledged', {
    by: 'simultaneous-open figure-ack',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=500
expect tcp -> probe SYN,ACK ack=501
inject probe -> tcp SYN,ACK from 80 to 1000 seq=500 ack=301
expect tcp -> probe ACK seq=301 ack=501
expect tcp ESTABLISHED
`,
  });

  row('the SYN,ACK has the timestamp of the last SYN, and asks for ECN twice', {
    by: 'half-open cache, ecn-retries 1',
    base: 'ecn accept',
    always: 'isn 300, timestamps on, sack on',
    script: `tcp: listen 80
inject probe -> tcp SYN,ECE,CWR from 1000 to 80 seq=500 ts=100:0
expect tcp -> probe SYN,ACK,ECE
inject probe -> tcp SYN,ECE,CWR from 1000 to 80 seq=500 ts=200:0
expect tcp -> probe SYN,ACK,ECE as second within 5ms
expect second.tsecr == 200
expect tcp -> probe SYN,ACK as third within 2s
expect third.tsecr == 200
inject probe -> tcp ACK from 1000 to 80 seq=501 ack=301 ts=150:0
never tcp -> probe for 100ms
inject probe -> tcp SYN from 1000 to 80 seq=500
expect tcp -> probe SYN,ACK as plain within 5ms
inject probe -> tcp ACK from 1000 to 80 seq=501 ack=301
expect tcp:80 ESTABLISHED
`,
  });

  row('two soft errors end an open after four retransmissions', {
    by: 'icmp-soft-limit 4, rto-slop 200ms',
    script: `tcp: connect probe:80 from 1000
wait 10s
icmp host-unreachable tcp -> probe
wait 7s
icmp net-unreachable tcp -> probe
expect tcp:1000 CLOSED within 100ms
`,
  });

  agrees(
    'freebsd',
    'text of a SYN,ACK is taken',
    `${CONNECT}inject probe -> tcp SYN,ACK from 80 to 1000 seq=500 ack=301 len=10
expect tcp -> probe ACK ack=511
`,
  );
});

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
