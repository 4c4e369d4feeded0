import assert from 'node:assert/strict';
import { arrive, arriveAll, call, expire, inState, numbers, seg, synReceived } from './fixtures.js';

const ack = '<SEQ=301><ACK=101><CTL=ACK>';
const active = () => synReceived({ open: 'active', queued: { openCall: 7 } });

describe('SEGMENT ARRIVES in SYN_RCVD (RFC 9293 §3.10.7.4)', () => {
  it('SYR-01 an acceptable ACK establishes the connection', () => {
    const tcb = synReceived({ snd: { wnd: 0, max: 0 } });
    const seen = arrive(tcb, seg('ACK', { ack: 301, wnd: 2000 }));
    assert.equal(seen.state, 'ESTABLISHED');
    const { snd, timers, retransmissions } = seen.tcb;
    assert.deepEqual([snd.wnd, snd.wl1, snd.wl2, snd.una, snd.max], [2000, 101, 301, 301, 2000]);
    assert.equal(timers.retransmission, undefined);
    assert.equal(retransmissions.length, 0);
    assert.deepEqual(seen.sent, []);
  });

  for (const [id, number] of [
    ['SYR-02', 300],
    ['SYR-02', 250],
    ['SYR-03', 302],
  ] as const) {
    it(`${id} RSG-03 SEG.ACK=${number} is answered with a reset, and the state stays`, () => {
      const seen = arrive(synReceived(), seg('ACK', { ack: number, data: 5 }));
      assert.equal(seen.state, 'SYN_RCVD');
      assert.deepEqual(seen.sent, [`<SEQ=${number}><CTL=RST>`]);
      assert.equal(seen.rule, 'other-states/5-ack');
      assert.deepEqual(seen.tcb.queued.received, []);
    });
  }

  for (const flags of ['', 'FIN', 'PSH']) {
    it(`SYR-04 without ACK bit (${flags || 'none'}) it is dropped silently`, () => {
      const seen = arrive(synReceived(), seg(flags, { data: 4 }));
      assert.equal(seen.state, 'SYN_RCVD');
      assert.deepEqual(seen.sent, []);
    });
  }

  it('SYR-05 an unacceptable SEQ gets an ACK, and a later good ACK still completes', () => {
    const seen = arriveAll(
      synReceived(),
      seg('ACK', { seq: 1101, ack: 301 }),
      seg('ACK', { seq: 101, ack: 301 }),
    );
    assert.deepEqual(seen.sent, [ack]);
    assert.equal(seen.state, 'ESTABLISHED');
  });

  it('SYR-06 a RST at RCV.NXT returns a passive connection to LISTEN, and the user is not told', () => {
    const seen = arrive(synReceived(), seg('RST'));
    assert.equal(seen.state, 'LISTEN');
    assert.deepEqual([seen.sent, seen.signals], [[], []]);
    assert.equal(seen.tcb.retransmissions.length, 0);
    assert.equal(seen.tcb.timers.retransmission, undefined, 'TMR-32');
  });

  it('SYR-07 a RST at RCV.NXT refuses an active one', () => {
    const seen = arrive(active(), seg('RST'));
    assert.equal(seen.state, 'CLOSED');
    assert.deepEqual(seen.signals, ['connection refused']);
    assert.deepEqual(seen.completed, ['7 error connection refused']);
  });

  it('SYR-08 a RST elsewhere in the window gets a challenge ACK', () => {
    const seen = arrive(synReceived(), seg('RST', { seq: 102 }));
    assert.equal(seen.state, 'SYN_RCVD');
    assert.deepEqual(seen.sent, [ack]);
  });

  it('SYR-09 with challenge-ack off a RST anywhere in the window does it', () => {
    const off = { settings: { challengeAck: 'off' as const } };
    assert.equal(arrive(synReceived(off), seg('RST', { seq: 102 })).state, 'LISTEN');
    const refused = arrive(synReceived({ ...off, open: 'active' }), seg('RST', { seq: 1100 }));
    assert.deepEqual([refused.state, refused.signals], ['CLOSED', ['connection refused']]);
  });

  for (const at of [100, 1101]) {
    it(`SYR-10 a RST at ${at}, outside the window, is dropped`, () => {
      const seen = arrive(synReceived(), seg('RST', { seq: at }));
      assert.deepEqual([seen.state, seen.sent], ['SYN_RCVD', []]);
    });
  }

  for (const number of [299, 300, 301, 302]) {
    it(`SYR-11 of RST,ACK the ACK field (${number}) is not looked at`, () => {
      assert.equal(arrive(synReceived(), seg('RST,ACK', { ack: number })).state, 'LISTEN');
    });
  }

  it('SYR-12 a SYN in the window returns a passive connection to LISTEN', () => {
    const seen = arrive(synReceived(), seg('SYN', { seq: 150 }));
    assert.deepEqual([seen.state, seen.sent], ['LISTEN', []]);
  });

  it('SYR-13 the SYN again is answered with an ACK', () => {
    const seen = arrive(synReceived(), seg('SYN', { seq: 100 }));
    assert.deepEqual([seen.state, seen.sent], ['SYN_RCVD', [ack]]);
  });

  it('SYR-14 a SYN in the window of an active connection gets a challenge ACK', () => {
    const seen = arrive(active(), seg('SYN', { seq: 150 }));
    assert.deepEqual([seen.state, seen.sent], ['SYN_RCVD', [ack]]);
  });

  it('SYR-14 with challenge-ack off it resets', () => {
    const tcb = { ...active(), settings: { ...active().settings, challengeAck: 'off' as const } };
    const seen = arrive(tcb, seg('SYN', { seq: 150 }));
    assert.deepEqual([seen.state, seen.sent], ['CLOSED', ['<SEQ=301><ACK=101><CTL=RST,ACK>']]);
    assert.deepEqual(seen.signals, ['connection reset']);
  });

  it('SYR-15 SYR-22 an acceptable ACK with text establishes, and the text is acknowledged', () => {
    const seen = arrive(synReceived(), seg('PSH,ACK', { ack: 301, data: 'hello' }));
    assert.equal(seen.state, 'ESTABLISHED');
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'hello');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=106><CTL=ACK>']);
  });

  it('SYR-16 an acceptable FIN,ACK leads through ESTABLISHED to CLOSE_WAIT', () => {
    const seen = arrive(synReceived(), seg('FIN,ACK', { ack: 301 }));
    assert.equal(seen.state, 'CLOSE_WAIT');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=102><CTL=ACK>']);
    const states = seen.steps.map(({ after }) => after?.state);
    assert.ok(states.includes('ESTABLISHED'));
  });

  it('SYR-18 ISN-07 SOP-06 the time-out sends the SYN,ACK again with the same ISS', () => {
    const syn = arrive(inState('LISTEN'), seg('SYN', { seq: 100 }));
    const seen = expire(syn.tcb, 'retransmission');
    assert.deepEqual(seen.sent, syn.sent);
    assert.deepEqual(seen.segments[0]?.options, syn.segments[0]?.options);
    assert.equal(seen.state, 'SYN_RCVD');
  });

  it('SYR-19 after R2 the TCB is deleted and nothing is sent', () => {
    const seen = expire(synReceived({ rto: { expiries: 5 } }), 'retransmission');
    assert.deepEqual([seen.state, seen.sent, seen.rule], ['CLOSED', [], 'timeout/r2']);
    assert.deepEqual(seen.signals, ['connection aborted due to excessive retransmissions']);
  });

  it('SYR-19 of SYNs that crossed R2 is that of the SYN, at least three minutes (MUST-23)', () => {
    const before = expire({ ...active(), rto: { ...active().rto, expiries: 6 } }, 'retransmission');
    assert.deepEqual([before.state, before.rule], ['SYN_RCVD', 'timeout/retransmission']);
    const after = expire({ ...active(), rto: { ...active().rto, expiries: 7 } }, 'retransmission');
    assert.deepEqual([after.state, after.rule], ['CLOSED', 'timeout/r2']);
  });

  it('SYR-21 a closed window establishes all the same', () => {
    const seen = arrive(synReceived(), seg('ACK', { ack: 301, wnd: 0 }));
    assert.deepEqual([seen.state, seen.tcb.snd.wnd], ['ESTABLISHED', 0]);
  });

  it('SYR-23 PWS-01 an older timestamp than the SYN’s is not acceptable', () => {
    const tcb = synReceived({ options: { timestamps: true, tsRecent: 50 } });
    const options = { timestamps: { val: 49, ecr: 0 } };
    const seen = arrive(tcb, seg('ACK', { ack: 301, options }));
    assert.deepEqual([seen.state, seen.sent], ['SYN_RCVD', [ack]]);
    assert.equal(seen.rule, 'other-states/0-paws');
  });

  it('SOP-04 a bare ACK completes a simultaneous open', () => {
    const seen = arrive(active(), seg('ACK', { ack: 301 }));
    assert.deepEqual([seen.state, seen.completed], ['ESTABLISHED', ['7 ok']]);
  });

  it('SOP-03 by the letter the crossing SYN,ACK is answered with an ACK', () => {
    const seen = arrive(active(), seg('SYN,ACK', { seq: 100, ack: 301 }));
    assert.deepEqual([seen.state, seen.sent], ['SYN_RCVD', [ack]]);
  });

  it('SOP-02 with simultaneous-open figure it completes, as Figure 7 shows', () => {
    const tcb = {
      ...active(),
      settings: { ...active().settings, simultaneousOpen: 'figure' as const },
    };
    const seen = arrive(tcb, seg('SYN,ACK', { seq: 100, ack: 301 }));
    assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', []]);
    assert.match(seen.steps[0]?.why() ?? '', /deviation simultaneous-open/);
    const bad = arrive(tcb, seg('SYN,ACK', { seq: 100, ack: 302 }));
    assert.deepEqual([bad.state, bad.sent], ['SYN_RCVD', [ack]]);
  });

  it('CLO-04 SOP-10 CLOSE with nothing queued sends a FIN and enters FIN_WAIT_1', () => {
    const seen = call.close(synReceived());
    assert.deepEqual([seen.state, seen.sent], ['FIN_WAIT_1', ['<SEQ=301><ACK=101><CTL=FIN,ACK>']]);
    assert.deepEqual([numbers(seen.tcb).una, numbers(seen.tcb).nxt], [300, 302]);
    const acked = arrive(seen.tcb, seg('ACK', { ack: 302 }));
    assert.deepEqual([acked.state, acked.completed], ['FIN_WAIT_2', ['1 ok']]);
  });

  it('CLO-05 CLOSE behind queued SENDs waits for ESTABLISHED', () => {
    const queued = call.close(call.send(synReceived(), 'hello', 1).tcb, 2);
    assert.deepEqual([queued.state, queued.sent, queued.completed], ['SYN_RCVD', [], []]);
  });
});
