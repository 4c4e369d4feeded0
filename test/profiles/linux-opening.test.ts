import assert from 'node:assert/strict';
import { chooseIsn } from '../../src/tcp/isn.js';
import { settingsOfProfile } from '../../src/tcp/profiles.js';
import { agrees, CONNECT, differs, lab, trouble } from './lab.js';

const row = (title: string, how: Parameters<typeof differs>[2]) => differs('linux', title, how);

describe('profile linux: opening a connection', () => {
  const linear = `tcp: connect probe:80
expect tcp -> probe SYN within 0s
${'expect tcp -> probe SYN within 1s\n'.repeat(5)}expect tcp -> probe SYN within 2s
expect tcp -> probe SYN within 4s
`;
  row('LP-01 the first SYN retransmissions come at 1 s distance', {
    by: 'syn-linear-timeouts 4',
    script: linear,
  });

  row('LP-02 a SYN is given up after ten retransmissions, at 131 s', {
    by: 'syn-linear-timeouts 4, syn-retries 6, user-timeout 0s',
    script: `tcp: connect probe:80
wait 130s
expect tcp SYN_SENT
expect tcp fails "excessive retransmissions" within 1s
expect time == 131s
`,
  });

  row('LP-02 without linear time-outs at 127 s', {
    by: 'syn-retries 6',
    more: 'syn-linear-timeouts 0',
    script: `tcp: connect probe:80
wait 126s
expect tcp SYN_SENT
expect tcp fails "excessive retransmissions" within 1s
`,
  });

  row('the SYN,ACK of SYNs that have crossed is given up as a SYN is, but nothing is linear', {
    by: 'syn-retries 6',
    more: 'user-timeout 0s',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=100
expect tcp -> probe SYN,ACK
wait 126s
expect tcp:1000 SYN_RCVD
expect tcp fails "excessive retransmissions" within 1s
`,
  });

  agrees(
    'linux',
    'LP-03 a SYN,ACK is repeated after 1, 2, 4, 8, 16 s and forgotten at 63 s; a late ACK meets LISTEN',
    `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK
expect tcp -> probe SYN,ACK within 1s
expect tcp -> probe SYN,ACK within 2s
expect tcp -> probe SYN,ACK within 4s
expect tcp -> probe SYN,ACK within 8s
expect tcp -> probe SYN,ACK within 16s
expect tcp connections == 0 within 32s
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301
expect tcp -> probe RST seq=301
`,
  );

  row('LP-04 a repeated SYN has its SYN,ACK at once, once in 500 ms', {
    by: 'half-open request, challenge-ack-limit 1, challenge-ack-interval 500ms',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK seq=300 ack=101 within 5ms
inject probe -> tcp SYN from 1000 to 80 seq=100
never tcp -> probe SYN,ACK for 400ms
wait 200ms
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK within 5ms
`,
  });

  row('LP-05 a new SYN in SYN_RCVD deletes the request and is reset', {
    by: 'half-open request',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100
expect tcp -> probe SYN,ACK
inject probe -> tcp SYN from 1000 to 80 seq=200
expect tcp -> probe RST,ACK seq=0 ack=201 within 5ms
expect tcp connections == 0
inject probe -> tcp SYN from 1000 to 80 seq=200
expect tcp -> probe SYN,ACK ack=201
`,
  });

  row('LP-06 text of a SYN is neither acknowledged nor kept', {
    by: 'syn-text ignore',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 len=10
expect tcp -> probe SYN,ACK ack=101
inject probe -> tcp ACK seq=101 ack=301
expect tcp ESTABLISHED
expect tcp RCV.NXT == 101
`,
  });

  row('LP-06 nor in a simultaneous open', {
    by: 'syn-text ignore',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=500 len=10
expect tcp -> probe SYN,ACK ack=501
inject probe -> tcp ACK from 80 to 1000 seq=501 ack=301
expect tcp ESTABLISHED
expect tcp RCV.NXT == 501
`,
  });

  row('LP-07 text of a SYN,ACK is ignored, its SYN acknowledged', {
    by: 'syn-text ignore',
    script: `${CONNECT}inject probe -> tcp SYN,ACK from 80 to 1000 seq=500 ack=301 len=10
expect tcp -> probe ACK ack=501
expect tcp ESTABLISHED
`,
  });

  row('LP-08 so is a FIN of a SYN,ACK', {
    by: 'syn-text ignore',
    script: `${CONNECT}inject probe -> tcp SYN,FIN,ACK from 80 to 1000 seq=500 ack=301
expect tcp -> probe ACK ack=501
wait 1s
expect tcp ESTABLISHED
`,
  });

  row('LP-09 a SYN,FIN in LISTEN is dropped silently', {
    by: 'syn-fin refuse',
    script: `tcp: listen 80
inject probe -> tcp SYN,FIN from 1000 to 80 seq=100
never tcp -> probe for 500ms
expect tcp connections == 0
`,
  });

  row('LP-10 after an unacceptable ACK the SYN follows the reset at once', {
    by: 'bad-syn-ack repeat',
    script: `${CONNECT}inject probe -> tcp ACK from 80 to 1000 seq=500 ack=999
expect tcp -> probe RST seq=999
expect tcp -> probe SYN seq=300 within 10ms
inject probe -> tcp ACK from 80 to 1000 seq=500 ack=999
expect tcp -> probe RST seq=999
never tcp -> probe SYN for 500ms
`,
  });

  row('LP-11 after a RST with an unacceptable ACK, too', {
    by: 'bad-syn-ack repeat',
    script: `${CONNECT}inject probe -> tcp RST,ACK from 80 to 1000 seq=500 ack=999
expect tcp -> probe SYN seq=300 within 10ms
`,
  });

  row('LP-12 a RST in SYN_RCVD after an active OPEN is "connection reset"', {
    by: 'syn-rcvd-reset reset',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=500
expect tcp -> probe SYN,ACK
inject probe -> tcp RST from 80 to 1000 seq=501
expect tcp fails "connection reset"
`,
  });

  row('LP-13 the crossing SYN,ACK completes a simultaneous open and is acknowledged', {
    by: 'simultaneous-open figure-ack',
    script: `${CONNECT}inject probe -> tcp SYN from 80 to 1000 seq=500
expect tcp -> probe SYN,ACK seq=300 ack=501
inject probe -> tcp SYN,ACK from 80 to 1000 seq=500 ack=301
expect tcp -> probe ACK seq=301 ack=501
expect tcp ESTABLISHED within 0s
`,
  });

  it('LP-14 the clock of ISNs ticks every 64 ns', () => {
    const socket = { address: '10.0.0.1', port: 80 };
    const at = (now: number, speed: 'slow' | 'fast') =>
      chooseIsn({ kind: 'clock' }, '', { taken: 0, random: 1 as never }, socket, socket, now, speed)
        .value;
    assert.equal(at(1_000_000, 'fast'), 15_625_000);
    assert.equal(at(1_000_000, 'slow'), 250_000);
    assert.equal(settingsOfProfile('linux')?.isnClock, 'fast');
  });

  row('LP-15 OPEN and SEND leave a listener what it is', {
    by: 'listen-calls refuse',
    script: `tcp: listen 80 for probe:1000
expect tcp: send "x" fails "remote socket unspecified"
expect tcp: connect probe:1000 from 80 fails "connection already exists"
expect tcp LISTEN
`,
  });

  agrees(
    'linux',
    'LP-16 an OPEN of a four-tuple in TIME_WAIT fails',
    `given tcp:1000 TIME_WAIT with probe:80 { snd.nxt 300, rcv.nxt 100 }
expect tcp: connect probe:80 from 1000 fails "connection already exists"
`,
  );

  row('LP-17 a handshake ACK with a TSecr that was never sent is answered, SYN_RCVD stays', {
    base: 'timestamps on',
    by: 'handshake-echo check',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 ts=5000:0
expect tcp -> probe SYN,ACK as synack
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 ts=5001:77777777
expect tcp -> probe ACK seq=301 ack=101
expect tcp SYN_RCVD
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 ts=5001:synack.tsval
expect tcp ESTABLISHED
`,
  });

  agrees(
    'linux',
    'LP-18 a handshake ACK with an older TSval is answered, SYN_RCVD stays',
    `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 ts=5000:0
expect tcp -> probe SYN,ACK as synack
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 ts=4000:synack.tsval
expect tcp -> probe ACK seq=301 ack=101
expect tcp SYN_RCVD
`,
    'timestamps on',
  );

  row('LP-98 a RST with an older TSval does not end a request', {
    base: 'timestamps on',
    by: 'half-open request',
    script: `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 ts=5000:0
expect tcp -> probe SYN,ACK as synack
inject probe -> tcp RST from 1000 to 80 seq=101 ts=4999:0
never tcp -> probe for 100ms
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 ts=5001:synack.tsval
expect tcp ESTABLISHED
`,
  });

  agrees(
    'linux',
    'LP-98 one with the same TSval does',
    `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 ts=5000:0
expect tcp -> probe SYN,ACK as synack
inject probe -> tcp RST from 1000 to 80 seq=101 ts=5000:0
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 ts=5001:synack.tsval
expect tcp -> probe RST seq=301
`,
    'timestamps on',
  );

  it('LP-99 a request forgives no tick of TSval, and a repeated SYN may echo anything', () => {
    const script = `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 ts=5000:0
expect tcp -> probe SYN,ACK as synack
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 ts=4999:synack.tsval
expect tcp -> probe ACK seq=301 ack=101
expect tcp SYN_RCVD
wait 600ms
inject probe -> tcp SYN from 1000 to 80 seq=100 ts=5000:77777777
expect tcp -> probe SYN,ACK within 5ms
`;
    assert.equal(trouble(lab('profile linux, isn 300', script)), undefined);
  });

  const withMss = (mss: number, sndMss: number) => `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=${mss}
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301
expect tcp ESTABLISHED
expect tcp SND.MSS == ${sndMss}
`;
  row('LP-20 an MSS below 48 counts as 48', { by: 'mss-min 48', script: withMss(20, 48) });
  agrees('linux', 'LP-20 an MSS of 0 is none: 536', withMss(0, 536));

  row('LP-22 the RTO after a handshake of 0.1 s is 0.3 s', {
    by: 'rto-min 200ms',
    script: `${CONNECT}wait 99ms
inject probe -> tcp SYN,ACK from 80 to 1000 seq=500 ack=301
expect tcp ESTABLISHED
expect tcp RTO == 300ms
`,
  });

  agrees(
    'linux',
    'LP-23 the RTO after a retransmitted SYN is 3 s',
    `${CONNECT}expect tcp -> probe SYN within 1s
inject probe -> tcp SYN,ACK from 80 to 1000 seq=500 ack=301
expect tcp ESTABLISHED
expect tcp RTO == 3s
`,
  );

  it('LP-83 QUE-03 without cookies 13 of 16 SYNs are kept: a quarter of the places stays free', () => {
    const flood = `tcp: listen 80
repeat 16 as i {
  inject probe -> tcp SYN from 2000+i to 80 seq=i
}
wait 10ms
expect tcp syn-queue == 13 within 1ms
`;
    const keptWith = (settings: string) => trouble(lab(settings, flood)) === undefined;
    assert.ok(keptWith('profile linux, syncookies off, max-syn-backlog 16'));
    assert.ok(keptWith('syncookies off, max-syn-backlog 16'));
    assert.ok(!keptWith('syncookies off'));
    assert.ok(!keptWith('profile linux, max-syn-backlog 16'), 'with cookies all places are used');
  });
});
