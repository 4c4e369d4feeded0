import { differs, OPEN } from './lab.js';

const row = (title: string, how: Parameters<typeof differs>[2]) => differs('linux', title, how);

/** ESTABLISHED with SACK agreed on, and a round trip of 2 ms: SND.NXT=301, RCV.NXT=101. */
const OPEN_WITH_SACK = OPEN.replace('mss=1460', 'mss=1460 sackok');

/** What a running kernel did with random scripts, beyond the rows that have an id. */
describe('profile linux: retransmission, probes and giving up', () => {
  row('the last segment is a probe before the RTO, which is not doubled by it', {
    by: 'tail-loss-probe on, sack on',
    base: 'rto-min 200ms, rto-bound variance',
    script: `${OPEN_WITH_SACK}tcp: send 10 bytes
expect tcp -> probe ACK,PSH seq=301
expect tcp -> probe ACK,PSH seq=301 within 215ms
expect tcp -> probe ACK,PSH seq=301 within 215ms
`,
  });

  row('what follows the first segment is sent again with it', {
    by: 'repacketize on',
    script: `${OPEN}tcp: send 10 bytes
expect tcp -> probe ACK,PSH seq=301 len=10
tcp: close
expect tcp -> probe FIN,ACK seq=311
expect tcp -> probe FIN,ACK,PSH seq=301 len=10 within 2s
`,
  });

  row('nothing new is sent between the RTO and its acknowledgment', {
    by: 'loss-window on',
    script: `${OPEN}tcp: send 10 bytes
expect tcp -> probe ACK,PSH seq=301
wait 2500ms
tcp: send 20 bytes
never tcp -> probe ACK,PSH seq=311 for 100ms
`,
  });

  row('a small segment waits for the acknowledgment of another', {
    by: 'nagle on, nagle-holds small',
    script: `${OPEN}tcp: send 10 bytes
expect tcp -> probe ACK,PSH seq=301 len=10
tcp: send 20 bytes
never tcp -> probe ACK,PSH seq=311 for 100ms
inject probe -> tcp ACK seq=101 ack=311
expect tcp -> probe ACK,PSH seq=311 len=20
`,
  });

  row('the FIN travels on text that has not left', {
    by: 'fin-with-text on, nagle on, nagle-holds small',
    script: `${OPEN}tcp: send 10 bytes
expect tcp -> probe ACK,PSH seq=301 len=10
tcp: send 20 bytes
tcp: close
expect tcp -> probe FIN,ACK,PSH seq=311 len=20
`,
  });

  row('keep-alive ends with a reset', {
    by: 'keepalive-reset reset, abort-flags rst-ack',
    always: 'isn 300, keepalive 1s, keepalive-interval 1s, keepalive-probes 1',
    script: `${OPEN}expect tcp -> probe ACK seq=300 within 2s
expect tcp -> probe RST,ACK seq=301 within 2s
`,
  });

  row('a segment outside the window does not answer a keep-alive probe', {
    by: 'keepalive-hears acceptable, keepalive-reset reset, abort-flags rst-ack',
    always: 'isn 300, keepalive 1s, keepalive-interval 1s, keepalive-probes 1',
    script: `${OPEN}expect tcp -> probe ACK seq=300 within 2s
inject probe -> tcp ACK seq=50 ack=301
expect tcp -> probe ACK seq=301 within 5ms
expect tcp -> probe RST,ACK seq=301 within 2s
`,
  });

  row('text is given up when its retries would have taken 3 s, not when there were three', {
    by: 'give-up time, rto-min 200ms',
    always: 'isn 300, retries 3',
    script: `${OPEN}tcp: send 10 bytes
expect tcp -> probe ACK,PSH seq=301
expect tcp -> probe ACK,PSH seq=301 within 10s
expect tcp -> probe ACK,PSH seq=301 within 10s
expect tcp -> probe ACK,PSH seq=301 within 10s
expect tcp -> probe ACK,PSH seq=301 within 10s
expect tcp fails "excessive retransmissions" within 10s
`,
  });

  row('a segment without ACK outside the window has no answer', {
    by: 'no-ack-bit first',
    script: `${OPEN}inject probe -> tcp FIN seq=50
never tcp -> probe for 100ms
`,
  });
});
