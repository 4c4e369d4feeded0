import { agrees, differs, OPEN, OPEN_WITH_TIMESTAMPS } from './lab.js';

const ANSWER = 'closed-fin-wait-2 answer';
const row = (title: string, script: string, base = '') =>
  differs('linux', title, { by: ANSWER, base, script });

const CLOSED = `tcp: close
expect tcp -> probe FIN,ACK seq=301 ack=101
inject probe -> tcp ACK seq=101 ack=302
expect tcp FIN_WAIT_2
`;
const FIN_WAIT_2 = `${OPEN}${CLOSED}`;

describe('profile linux: FIN_WAIT_2 after a close', () => {
  row(
    'LP-90 a RST outside the window is answered with an ACK',
    `${FIN_WAIT_2}inject probe -> tcp RST seq=200000
expect tcp -> probe ACK seq=302 ack=101
expect tcp FIN_WAIT_2
`,
  );

  agrees(
    'linux',
    'LP-90 so is a segment without ACK',
    `${FIN_WAIT_2}inject probe -> tcp PSH seq=200000
expect tcp -> probe ACK seq=302 ack=101
`,
  );

  row(
    'LP-91 a RST anywhere inside the window ends it',
    `${FIN_WAIT_2}inject probe -> tcp RST seq=150
never tcp -> probe for 300ms
expect tcp connections == 0
`,
  );

  row(
    'LP-92 a SYN at RCV.NXT is reset and ends it',
    `${FIN_WAIT_2}inject probe -> tcp SYN seq=101
expect tcp -> probe RST,ACK seq=0 ack=102
expect tcp connections == 0
`,
  );

  row(
    'LP-93 so is new text',
    `${FIN_WAIT_2}inject probe -> tcp ACK seq=101 ack=302 len=5
expect tcp -> probe RST seq=302
expect tcp connections == 0
`,
  );

  row(
    'LP-93 so is a FIN behind a hole',
    `${FIN_WAIT_2}inject probe -> tcp FIN,ACK seq=150 ack=302
expect tcp -> probe RST seq=302
expect tcp connections == 0
`,
  );

  agrees(
    'linux',
    'LP-94 the FIN at RCV.NXT leads to TIME_WAIT',
    `${FIN_WAIT_2}inject probe -> tcp FIN,ACK seq=101 ack=302
expect tcp -> probe ACK seq=302 ack=102
expect tcp TIME_WAIT
`,
  );

  agrees(
    'linux',
    'LP-95 an ACK, or a FIN without one, has no answer',
    `${FIN_WAIT_2}inject probe -> tcp ACK seq=150 ack=302
inject probe -> tcp FIN seq=101
never tcp -> probe for 300ms
expect tcp FIN_WAIT_2
`,
  );

  row(
    'LP-96 a RST with an older timestamp is answered',
    `${OPEN_WITH_TIMESTAMPS}${CLOSED.replace('ack=302\n', 'ack=302 ts=5000:1\n')}inject probe -> tcp RST seq=101 ts=4000:0
expect tcp -> probe ACK seq=302 ack=101
expect tcp FIN_WAIT_2
`,
    'timestamps on',
  );

  agrees(
    'linux',
    'LP-97 after a shutdown all checks are made',
    `${OPEN}${CLOSED.replace('close', 'shutdown')}inject probe -> tcp RST seq=150
expect tcp -> probe ACK seq=302 ack=101
expect tcp FIN_WAIT_2
`,
  );
});
