import assert from 'node:assert/strict';
import {
  agrees,
  CLOSE,
  CLOSE_WITH_TIMESTAMPS,
  differs,
  lab,
  OPEN,
  OPEN_WITH_TIMESTAMPS,
  trouble,
} from './lab.js';

const row = (title: string, how: Parameters<typeof differs>[2]) => differs('linux', title, how);
const TIME_WAIT = `${OPEN}${CLOSE}`;
const TIME_WAIT_WITH_TIMESTAMPS = `${OPEN_WITH_TIMESTAMPS}${CLOSE_WITH_TIMESTAMPS}`;
/** The ISN of the next connection lies beyond what the first has sent, as the RFC asks for. */
const ISNS = 'isn 300, 90000';
const REUSE = 'time-wait-reuse on';

describe('profile linux: TIME_WAIT', () => {
  row('LP-50 it lasts 60 s', {
    by: 'msl 30s',
    script: `${TIME_WAIT}wait 59s
expect tcp TIME_WAIT
wait 2s
expect tcp connections == 0 within 0s
`,
  });

  agrees(
    'linux',
    'LP-51 a repeated FIN is acknowledged and starts the 60 s anew',
    `${TIME_WAIT}wait 30s
inject probe -> tcp FIN,ACK seq=101 ack=302
expect tcp -> probe ACK seq=302 ack=102
wait 59s
expect tcp TIME_WAIT
wait 2s
expect tcp connections == 0 within 0s
`,
    'msl 30s',
  );

  row('LP-52 a FIN without ACK is answered', {
    by: 'time-wait answer',
    script: `${TIME_WAIT}inject probe -> tcp FIN seq=150
expect tcp -> probe ACK seq=302 ack=102
`,
  });

  row('LP-53 a RST that is not exact is not answered', {
    by: 'time-wait answer',
    script: `${TIME_WAIT}inject probe -> tcp RST seq=150
never tcp -> probe for 300ms
expect tcp TIME_WAIT
`,
  });

  agrees(
    'linux',
    'LP-54 an exact RST ends it',
    `${TIME_WAIT}inject probe -> tcp RST seq=102
expect tcp CLOSED within 5ms
`,
  );

  row('LP-54 one with an older timestamp does not', {
    base: 'timestamps on',
    by: 'time-wait answer',
    script: `${TIME_WAIT_WITH_TIMESTAMPS}inject probe -> tcp RST seq=102 ts=4000:0
never tcp CLOSED for 1s
`,
  });

  row('LP-54 with tcp_rfc1337=1 it does not', {
    by: 'time-wait answer',
    more: 'time-wait-resets ignore',
    script: `${TIME_WAIT}inject probe -> tcp RST seq=102
never tcp CLOSED for 1s
`,
  });

  row('LP-55 a bare ACK at RCV.NXT is not answered, whatever it acknowledges', {
    by: 'time-wait answer',
    script: `${TIME_WAIT}inject probe -> tcp ACK seq=102 ack=999
never tcp -> probe for 300ms
`,
  });

  row('LP-56 others are, once in 500 ms; text always', {
    by: 'time-wait answer, ack-throttle all, challenge-ack-limit 1, challenge-ack-interval 500ms',
    script: `${TIME_WAIT}inject probe -> tcp ACK seq=102 ack=302
never tcp -> probe for 100ms
inject probe -> tcp ACK seq=150 ack=302
expect tcp -> probe ACK seq=302 ack=102 within 5ms
inject probe -> tcp ACK seq=151 ack=302
never tcp -> probe for 300ms
inject probe -> tcp ACK seq=102 ack=302 len=5
expect tcp -> probe ACK seq=302 ack=102 within 5ms
`,
  });

  row('LP-57 a SYN beyond RCV.NXT reopens with ISS=SND.NXT+65537', {
    by: `time-wait answer, ${REUSE}`,
    script: `${TIME_WAIT}inject probe -> tcp SYN seq=200
expect tcp -> probe SYN,ACK seq=65839 ack=201
`,
  });

  row('LP-58 a newer timestamp with an older SEQ reopens', {
    base: 'timestamps on',
    by: `time-wait answer, ${REUSE}`,
    script: `${TIME_WAIT_WITH_TIMESTAMPS}inject probe -> tcp SYN seq=50 ts=9000:0
expect tcp -> probe SYN,ACK ack=51
`,
  });

  row('LP-58 so do an equal one, and none, with a newer SEQ', {
    base: 'timestamps on',
    by: `time-wait answer, ${REUSE}`,
    script: `${TIME_WAIT_WITH_TIMESTAMPS}inject probe -> tcp SYN seq=200 ts=5000:0
expect tcp -> probe SYN,ACK ack=201
`,
  });

  row('LP-59 a SYN that is not newer is answered with an ACK', {
    always: ISNS,
    base: REUSE,
    by: 'time-wait answer',
    script: `${TIME_WAIT}inject probe -> tcp SYN seq=50
expect tcp -> probe ACK seq=302 ack=102
expect tcp TIME_WAIT
`,
  });

  row('LP-59 so is one with an older timestamp and a newer SEQ', {
    always: ISNS,
    base: `timestamps on, ${REUSE}`,
    by: 'time-wait answer',
    script: `${TIME_WAIT_WITH_TIMESTAMPS}inject probe -> tcp SYN seq=200 ts=4000:0
expect tcp -> probe ACK seq=302 ack=102
expect tcp TIME_WAIT
`,
  });

  row('LP-60 timestamps that the old connection had not do not count', {
    always: ISNS,
    base: `timestamps on, ${REUSE}`,
    by: 'time-wait answer',
    script: `${TIME_WAIT}inject probe -> tcp SYN seq=50 ts=9000:0
expect tcp -> probe ACK seq=302 ack=102
`,
  });

  row('LP-61 a newer SYN,FIN ends it, and the listener drops it', {
    base: REUSE,
    by: 'time-wait answer, syn-fin refuse',
    script: `${TIME_WAIT}inject probe -> tcp SYN,FIN seq=200
never tcp -> probe for 300ms
expect tcp connections == 0
`,
  });

  row('LP-62 above the limit there is none', {
    by: '',
    more: 'time-wait-limit 0',
    script: `${OPEN}tcp: close
inject probe -> tcp FIN,ACK seq=101 ack=302
expect tcp CLOSED within 5ms
expect tcp connections == 0
`,
  });
});

describe('profile linux: closing', () => {
  row('LP-63 after close FIN_WAIT_2 lasts 60 s, and a late FIN is reset', {
    by: 'fin-wait-2-timeout 60s',
    script: `${OPEN}tcp: close
inject probe -> tcp ACK seq=101 ack=302
expect tcp FIN_WAIT_2
wait 59s
expect tcp FIN_WAIT_2
expect tcp connections == 0 within 2s
inject probe -> tcp FIN,ACK from 1000 to 80 seq=101 ack=302
eventually tcp -> probe RST seq=302
`,
  });

  agrees(
    'linux',
    'LP-63 after shutdown it has no limit',
    `${OPEN}tcp: shutdown
inject probe -> tcp ACK seq=101 ack=302
expect tcp FIN_WAIT_2
wait 130s
expect tcp FIN_WAIT_2
`,
    'fin-wait-2-timeout 60s',
  );

  it('LP-63 a close after the shutdown has', () => {
    const script = `${OPEN}tcp: shutdown
inject probe -> tcp ACK seq=101 ack=302
expect tcp FIN_WAIT_2
wait 130s
expect tcp: close fails "connection closing"
wait 59s
expect tcp FIN_WAIT_2
expect tcp connections == 0 within 2s
`;
    assert.equal(trouble(lab('profile linux, isn 300', script)), undefined);
  });

  row('LP-64 the FIN of a closed connection is sent again eight times', {
    base: 'user-timeout 0s',
    by: 'orphan-retries 8',
    script: `${OPEN}tcp: close
expect tcp -> probe FIN,ACK
${'expect tcp -> probe FIN,ACK within 120s\n'.repeat(8)}expect tcp connections == 0 within 121s
never tcp -> probe for 300s
`,
  });

  agrees(
    'linux',
    'LP-64 after a shutdown it goes on',
    `${OPEN}tcp: shutdown
expect tcp -> probe FIN,ACK
${'expect tcp -> probe FIN,ACK within 121s\n'.repeat(10)}`,
    'user-timeout 0s',
  );

  row('LP-65 close with unread text sends RST,ACK', {
    by: 'unread-on-close reset, abort-flags rst-ack',
    script: `${OPEN}inject probe -> tcp ACK seq=101 ack=301 len=10
expect tcp -> probe ACK ack=111
tcp: close
expect tcp -> probe RST,ACK seq=301 ack=111
expect tcp connections == 0
`,
  });

  row('LP-65 in CLOSE_WAIT, too', {
    by: 'unread-on-close reset, abort-flags rst-ack',
    script: `${OPEN}inject probe -> tcp FIN,ACK seq=101 ack=301 len=10
expect tcp -> probe ACK ack=112
expect tcp CLOSE_WAIT
tcp: close
expect tcp -> probe RST,ACK seq=301 ack=112
`,
  });

  agrees(
    'linux',
    'LP-65 with nothing unread it sends a FIN',
    `${OPEN}inject probe -> tcp ACK seq=101 ack=301 len=10
expect tcp -> probe ACK ack=111
tcp: receive
inject probe -> tcp ACK seq=101 ack=301 len=10
expect tcp -> probe ACK ack=111
tcp: close
expect tcp -> probe FIN,ACK seq=301 ack=111
`,
  );

  row('LP-66 text after close is reset', {
    by: 'text-after-close reset',
    script: `${OPEN}tcp: close
expect tcp -> probe FIN,ACK
inject probe -> tcp ACK seq=101 ack=302 len=5
expect tcp -> probe RST seq=302
expect tcp connections == 0
`,
  });

  agrees(
    'linux',
    'LP-66 after shutdown it is kept',
    `${OPEN}tcp: shutdown
expect tcp -> probe FIN,ACK
inject probe -> tcp ACK seq=101 ack=302 len=5
expect tcp -> probe ACK ack=106
`,
  );
});
