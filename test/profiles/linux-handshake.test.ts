import {
  agrees,
  CLOSE_WITH_TIMESTAMPS,
  CONNECT,
  differs,
  OPEN,
  OPEN_WITH_TIMESTAMPS,
} from './lab.js';

const row = (title: string, how: Parameters<typeof differs>[2]) => differs('linux', title, how);

/** What a running kernel did with random scripts, beyond the rows that have an id. */
describe('profile linux: windows, options and timers of a handshake', () => {
  row('the first window is whole segments', {
    by: 'first-window segments, window 65536, window-scale 10, timestamps on, sack on',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=1000
expect tcp -> probe SYN,ACK win=64240
`,
  });

  row('which are shorter with timestamps', {
    by: 'first-window segments, window 65536, window-scale 10, timestamps on, sack on',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=1000 ts=1:0
expect tcp -> probe SYN,ACK win=65160
`,
  });

  row('a scaled window is rounded up', {
    by: 'window-rounding up, first-window segments, window 65536, window-scale 10, timestamps on, sack on',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=1460 wscale=0
expect tcp -> probe SYN,ACK win=64240
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 len=10
expect tcp -> probe ACK ack=111 win=63
`,
  });

  row('RTO = SRTT + max(rto-min, 4 * RTTVAR)', {
    by: 'rto-bound variance',
    base: 'rto-min 200ms',
    script: `${CONNECT}wait 48ms
inject probe -> tcp SYN,ACK from 80 to 1000 seq=100 ack=301 mss=1460
expect tcp ESTABLISHED
expect tcp RTO.VALUE == 249ms
`,
  });

  row('the SYN,ACK of a simultaneous open offers what the SYN did', {
    by: 'crossing-options all',
    base: 'timestamps on, sack on',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=100 mss=1000
expect tcp -> probe SYN,ACK seq=300 ack=101 sackok
`,
  });

  row('a TSecr in SYN_SENT that was never sent is reset', {
    by: 'handshake-echo check',
    base: 'timestamps on',
    script: `${CONNECT}inject probe -> tcp SYN,ACK from 80 to 1000 seq=100 ack=301 mss=1000 ts=1:5000
expect tcp -> probe RST seq=301
expect tcp SYN_SENT
`,
  });

  row('the ACK of a half-open connection is looked at before its sequence number', {
    by: 'half-open request',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=1460
expect tcp -> probe SYN,ACK
inject probe -> tcp ACK from 1000 to 80 seq=100 ack=300
expect tcp -> probe RST seq=300
`,
  });

  row('after a SYN cookie the RTO is 3 s, as nothing was measured', {
    by: 'rto-after-syn-loss unmeasured',
    always: 'syncookies always',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=1460
expect tcp -> probe SYN,ACK as synack
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=synack.seq+1
expect tcp ESTABLISHED
expect tcp RTO.VALUE == 3s
`,
  });

  row('text in the window after the FIN has no answer', {
    by: 'after-fin ignore',
    script: `${OPEN}inject probe -> tcp FIN,ACK seq=101 ack=301
expect tcp CLOSE_WAIT
expect tcp -> probe ACK ack=102
wait 1s
inject probe -> tcp FIN,ACK seq=102 ack=301
never tcp -> probe for 300ms
`,
  });

  agrees(
    'linux',
    'in TIME_WAIT the peer’s clock is followed',
    `${OPEN_WITH_TIMESTAMPS}${CLOSE_WITH_TIMESTAMPS}wait 1s
inject probe -> tcp ACK seq=102 ack=302 ts=6000:1
never tcp -> probe for 100ms
expect tcp OPTIONS.TSRECENT == 6000
inject probe -> tcp ACK seq=102 ack=302 len=1 ts=5900:1
expect tcp -> probe ACK seq=302 ack=102
`,
    'timestamps on',
  );
});
