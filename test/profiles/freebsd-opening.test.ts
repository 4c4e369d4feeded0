/** The profile freebsd: how connections are opened. */

import { agrees, CONNECT, differs, OPEN } from './lab.js';

const row = (title: string, how: Parameters<typeof differs>[2]) => differs('freebsd', title, how);

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
