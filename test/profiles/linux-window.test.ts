import { differs, OPEN } from './lab.js';

const row = (title: string, how: Parameters<typeof differs>[2]) => differs('linux', title, how);

/** A connection whose peer has offered a window of 1000 and no more. */
const SMALL = `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=1460 win=1000
expect tcp -> probe SYN,ACK seq=300 ack=101
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 win=1000
expect tcp ESTABLISHED
`;

describe('profile linux: the peer’s window', () => {
  row('a full segment is half of the largest window', {
    by: 'mss-bound half-window, nagle on, nagle-holds small',
    script: `${SMALL}tcp: send 1200 bytes
expect tcp -> probe ACK seq=301 len=500
expect tcp -> probe ACK seq=801 len=500
never tcp -> probe for 100ms
inject probe -> tcp ACK seq=101 ack=801 win=1000
expect tcp -> probe ACK seq=1301 len=200
`,
  });

  row('a closed window is probed without text, before it', {
    by: 'window-probe empty, rto-min 200ms, rto-bound variance',
    script: `${OPEN}inject probe -> tcp ACK seq=101 ack=301 win=0
wait 5ms
tcp: send 100 bytes
expect tcp -> probe ACK seq=300 ack=101 len=0 within 300ms
expect tcp -> probe ACK seq=300 ack=101 len=0 within 500ms
inject probe -> tcp ACK seq=101 ack=301 win=1000
expect tcp -> probe PSH,ACK seq=301 len=100 within 5ms
`,
  });

  row('an ACK’s SEQ is in the window when the peer has taken it back', {
    by: 'ack-number window',
    script: `${OPEN}tcp: send 100 bytes
expect tcp -> probe PSH,ACK seq=301 len=100
inject probe -> tcp ACK seq=101 ack=301 win=0
inject probe -> tcp PSH,ACK seq=101 ack=301 len=10 win=0
expect tcp -> probe ACK seq=301 ack=111 len=0 within 5ms
`,
  });
});
