import assert from 'node:assert/strict';
import type { Settings } from '../../src/tcp/settings.js';
import { arrive, expire, finWait2, seg, timeWait } from './fixtures.js';

const ack = '<SEQ=302><ACK=102><CTL=ACK>';
const MSL2 = 240_000_000;

describe('TIME_WAIT (RFC 9293 §3.6.1, §3.10.7.4)', () => {
  it('TWT-02 TMR-31 after 2 MSL the TCB is deleted, and nothing is sent', () => {
    const seen = expire(timeWait(), 'timeWait');
    assert.deepEqual([seen.state, seen.sent, seen.signals], ['CLOSED', [], []]);
  });

  it('TWT-03 MSL is two minutes, and can be set', () => {
    const entered = (settings: Partial<Settings>) =>
      arrive(finWait2({ settings }), seg('FIN,ACK', { ack: 302 }), 7).tcb.timers.timeWait;
    assert.equal(entered({}), MSL2 + 7);
    assert.equal(entered({ msl: 30_000_000 }), 60_000_007);
  });

  it('TWT-04 SCL-04 the remote FIN again gets an ACK and restarts the 2 MSL', () => {
    const seen = arrive(timeWait(), seg('FIN,ACK', { seq: 101, ack: 302 }), 1_000);
    assert.deepEqual([seen.state, seen.sent], ['TIME_WAIT', [ack]]);
    assert.equal(seen.tcb.timers.timeWait, MSL2 + 1_000);
  });

  it('TWT-04 so does the FIN with text before it', () => {
    const seen = arrive(timeWait(), seg('FIN,ACK', { seq: 96, ack: 302, data: 5 }), 1_000);
    assert.equal(seen.tcb.timers.timeWait, MSL2 + 1_000);
  });

  it('TWT-05 an unacceptable SEQ gets an ACK, and the timer goes on', () => {
    for (const segment of [
      seg('ACK', { seq: 50, ack: 302 }),
      seg('ACK', { seq: 5000, ack: 302 }),
      seg('FIN,ACK', { seq: 50, ack: 302 }),
    ]) {
      const seen = arrive(timeWait(), segment, 1_000);
      assert.deepEqual([seen.state, seen.sent], ['TIME_WAIT', [ack]]);
      assert.equal(seen.tcb.timers.timeWait, MSL2);
    }
  });

  it('TWT-06 a pure ACK at RCV.NXT has no answer', () => {
    const seen = arrive(timeWait(), seg('ACK', { seq: 102, ack: 302 }), 1_000);
    assert.deepEqual([seen.state, seen.sent, seen.tcb.timers.timeWait], ['TIME_WAIT', [], MSL2]);
  });

  it('TWT-07 a pure ACK past RCV.NXT is acknowledged, and the 2 MSL go on', () => {
    for (const at of [103, 150]) {
      const seen = arrive(timeWait(), seg('ACK', { seq: at, ack: 302 }), 1_000);
      assert.deepEqual(
        [seen.state, seen.sent, seen.rule, seen.tcb.timers.timeWait],
        ['TIME_WAIT', [ack], 'other-states/5-ack', MSL2],
      );
    }
  });

  it('TWT-07 two TCPs in TIME_WAIT whose numbers do not fit do not answer each other for ever', () => {
    let tcb = timeWait();
    let answers = 0;
    for (let now = 0; now < 3_600_000_000; now += 1_000_000) {
      const seen = arrive(tcb, seg('ACK', { seq: 150, ack: 302 }), now);
      answers += seen.sent.length;
      tcb = seen.tcb;
    }
    assert.equal(answers, 100);
  });

  it('TWT-08 TWT-09 a FIN without ACK is dropped in the window, acknowledged outside', () => {
    assert.deepEqual(arrive(timeWait(), seg('FIN', { seq: 102 })).sent, []);
    assert.deepEqual(arrive(timeWait(), seg('FIN', { seq: 50 })).sent, [ack]);
  });

  it('TWT-10 a RST at RCV.NXT deletes the TCB', () => {
    const seen = arrive(timeWait(), seg('RST', { seq: 102 }));
    assert.deepEqual([seen.state, seen.signals], ['CLOSED', []]);
  });

  it('TWT-11 with time-wait-resets ignore it does nothing (RFC 1337 F1)', () => {
    const tcb = timeWait({ settings: { timeWaitResets: 'ignore' } });
    const seen = arrive(tcb, seg('RST', { seq: 102 }));
    assert.deepEqual([seen.state, seen.sent, seen.tcb.timers.timeWait], ['TIME_WAIT', [], MSL2]);
  });

  it('TWT-12 TWT-13 a RST elsewhere is challenged in the window, dropped outside', () => {
    assert.deepEqual(arrive(timeWait(), seg('RST', { seq: 103 })).sent, [ack]);
    assert.deepEqual(arrive(timeWait(), seg('RST', { seq: 101 })).sent, []);
  });

  it('TWT-14 TWT-26 TWT-27 a SYN, SYN,ACK or SYN,FIN gets a challenge ACK', () => {
    for (const flags of ['SYN', 'SYN,ACK', 'SYN,FIN']) {
      const seen = arrive(timeWait(), seg(flags, { seq: 200, ack: 302 }));
      assert.deepEqual([seen.state, seen.sent], ['TIME_WAIT', [ack]]);
    }
  });

  it('TWT-28 an ACK of what was not sent gets an ACK', () => {
    assert.deepEqual(arrive(timeWait(), seg('ACK', { seq: 102, ack: 400 })).sent, [ack]);
  });

  it('TWT-35 with challenge-ack off a SYN in the window resets', () => {
    const tcb = timeWait({ settings: { challengeAck: 'off' } });
    const seen = arrive(tcb, seg('SYN', { seq: 200 }));
    assert.deepEqual([seen.state, seen.sent], ['CLOSED', ['<SEQ=302><ACK=102><CTL=RST,ACK>']]);
  });
});
