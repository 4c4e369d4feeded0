import assert from 'node:assert/strict';
import { endErrno } from '../../src/run/sockets/errno.js';
import { RST } from '../../src/tcp/segment.js';
import { TEXT } from '../../src/tcp/user-texts.js';
import { agrees, differs, lab, OPEN, OPEN_WITH_TIMESTAMPS, sent } from './lab.js';

const row = (title: string, how: Parameters<typeof differs>[2]) => differs('linux', title, how);

const ONCE_IN_500_MS = 'challenge-ack-limit 1, challenge-ack-interval 500ms';

describe('profile linux: validity of segments, RST and SYN', () => {
  row('LP-30 an empty ACK at RCV.NXT+RCV.WND is accepted silently, one octet further is answered', {
    by: 'window-edges inclusive',
    script: `${OPEN}let edge = tcp.RCV.NXT + tcp.RCV.WND
inject probe -> tcp ACK seq=edge ack=301
never tcp -> probe for 300ms
inject probe -> tcp ACK seq=edge+1 ack=301
expect tcp -> probe ACK seq=301 ack=101
`,
  });

  row('LP-31 a RST at RCV.NXT+RCV.WND is challenged', {
    by: 'window-edges inclusive',
    script: `${OPEN}inject probe -> tcp RST seq=tcp.RCV.NXT+tcp.RCV.WND
expect tcp -> probe ACK seq=301 ack=101
expect tcp ESTABLISHED
`,
  });

  row('LP-31 also in SYN_RCVD', {
    by: 'window-edges inclusive',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK
inject probe -> tcp RST from 1000 to 80 seq=tcp.RCV.NXT+tcp.RCV.WND
expect tcp -> probe ACK seq=301 ack=101 within 5ms
`,
  });

  row('LP-32 a repeated FIN that acknowledges ours brings CLOSING to TIME_WAIT', {
    by: 'window-edges inclusive',
    script: `${OPEN}tcp: close
expect tcp -> probe FIN,ACK seq=301
inject probe -> tcp FIN,ACK seq=101 ack=301
expect tcp CLOSING
inject probe -> tcp FIN,ACK seq=101 ack=302
expect tcp TIME_WAIT within 5ms
`,
  });

  row('LP-33 text beyond the window is taken whole when everything was read', {
    by: 'beyond-window whole',
    always: 'isn 300, window 1000',
    script: `${OPEN}inject probe -> tcp ACK seq=101 ack=301 len=1400
expect tcp -> probe ACK ack=1501
`,
  });

  row('LP-33 and dropped whole when not', {
    by: 'beyond-window whole',
    always: 'isn 300, window 1000',
    script: `${OPEN}inject probe -> tcp ACK seq=101 ack=301 len=100
expect tcp -> probe ACK ack=201
inject probe -> tcp ACK seq=201 ack=301 len=1400
expect tcp -> probe ACK ack=201
expect tcp RCV.NXT == 201
`,
  });

  row('LP-34 a FIN at RCV.NXT is taken with a closed window', {
    by: 'window-edges inclusive',
    always: 'isn 300, window 100',
    script: `${OPEN}inject probe -> tcp ACK seq=101 ack=301 len=100
expect tcp -> probe ACK ack=201 win=0
inject probe -> tcp FIN,ACK seq=201 ack=301
expect tcp -> probe ACK ack=202
expect tcp CLOSE_WAIT
`,
  });

  row('LP-35 a RST at RCV.NXT-1 is obeyed after the FIN', {
    by: 'late-reset obey',
    script: `${OPEN}inject probe -> tcp FIN,ACK seq=101 ack=301
expect tcp -> probe ACK ack=102
inject probe -> tcp RST seq=101
expect tcp CLOSED
`,
  });

  row('a RST behind the last octet held is obeyed, one behind another is not', {
    by: 'sacked-reset obey',
    always: 'isn 300, sack on',
    script: `${OPEN.replace('mss=1460', 'mss=1460 sackok')}inject probe -> tcp ACK seq=201 ack=301 len=10
inject probe -> tcp ACK seq=301 ack=301 len=10
expect tcp -> probe ACK ack=101
expect tcp -> probe ACK ack=101
inject probe -> tcp RST seq=211
expect tcp -> probe ACK ack=101
inject probe -> tcp RST seq=311
expect tcp CLOSED within 5ms
`,
  });

  row('LP-35 in CLOSING and LAST_ACK, too', {
    by: 'late-reset obey',
    script: `${OPEN}tcp: close
inject probe -> tcp FIN,ACK seq=101 ack=301
expect tcp CLOSING
inject probe -> tcp RST seq=101
expect tcp connections == 0 within 5ms
inject probe -> tcp SYN from 2000 to 80 seq=100
inject probe -> tcp ACK from 2000 to 80 seq=101 ack=301
inject probe -> tcp FIN,ACK from 2000 to 80 seq=101 ack=301
expect tcp CLOSE_WAIT
tcp: close
expect tcp LAST_ACK
inject probe -> tcp RST from 2000 to 80 seq=101
expect tcp connections == 0 within 5ms
`,
  });

  it('LP-36 to a socket a reset after the FIN is EPIPE', () => {
    assert.equal(endErrno('linux', TEXT.reset, 'CLOSE_WAIT'), 'EPIPE');
    assert.equal(endErrno('linux', TEXT.reset, 'ESTABLISHED'), 'ECONNRESET');
    assert.equal(endErrno('freebsd', TEXT.reset, 'CLOSE_WAIT'), 'ECONNRESET');
  });

  row('LP-37 on a new connection an ACK below SND.UNA is challenged', {
    by: 'ack-range acknowledged',
    script: `${OPEN}inject probe -> tcp ACK seq=101 ack=300
expect tcp -> probe ACK seq=301 ack=101
`,
  });

  row('LP-38 one answer in 500 ms for wrong segments without text', {
    by: `ack-throttle all, ${ONCE_IN_500_MS}`,
    script: `${OPEN}inject probe -> tcp RST seq=150
expect tcp -> probe ACK within 5ms
inject probe -> tcp ACK seq=50 ack=301
inject probe -> tcp RST seq=151
never tcp -> probe for 400ms
wait 200ms
inject probe -> tcp ACK seq=50 ack=301
expect tcp -> probe ACK within 5ms
`,
  });

  agrees(
    'linux',
    'LP-38 wrong segments with text are always answered',
    `${OPEN}repeat 10 {
  inject probe -> tcp ACK seq=50 ack=301 len=1
  expect tcp -> probe ACK within 5ms
}
`,
  );

  row('LP-39 a segment without the agreed timestamps is accepted', {
    base: 'timestamps on',
    by: 'missing-timestamps accept',
    script: `${OPEN_WITH_TIMESTAMPS}inject probe -> tcp ACK seq=101 ack=301 len=5
expect tcp -> probe ACK ack=106
`,
  });

  row('LP-40 a timestamp may be one tick old, not two', {
    base: 'timestamps on',
    by: 'paws-tolerance 1',
    script: `${OPEN_WITH_TIMESTAMPS}inject probe -> tcp ACK seq=101 ack=301 len=5 ts=4999:1
expect tcp -> probe ACK ack=106
inject probe -> tcp ACK seq=106 ack=301 len=5 ts=4998:1
expect tcp -> probe ACK ack=106
expect tcp RCV.NXT == 106
`,
  });

  it('LP-41 a reset that answers a segment has no timestamps, that of an ABORT has', () => {
    const script = `inject probe -> tcp ACK from 1000 to 81 seq=1 ack=2 ts=5:6
expect tcp -> probe RST seq=2
${OPEN_WITH_TIMESTAMPS}tcp: abort
eventually tcp -> probe seq=301
`;
    const stamps = (settings: string) =>
      sent(lab(`${settings}, isn 300`, script))
        .filter(({ ctl }) => (ctl & RST) !== 0)
        .map(({ options }) => options.timestamps !== undefined);
    assert.deepEqual(stamps('profile linux'), [false, true]);
    assert.deepEqual(stamps('timestamps on, reset-timestamps none'), [false, true]);
    assert.deepEqual(stamps('timestamps on'), [true, true]);
  });

  row('LP-42 an ABORT sends RST,ACK', {
    by: 'abort-flags rst-ack',
    script: `${OPEN}tcp: abort
expect tcp -> probe RST,ACK seq=301 ack=101
`,
  });
});
