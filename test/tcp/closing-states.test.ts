import assert from 'node:assert/strict';
import { seq } from '../../src/tcp/seq.js';
import type { State } from '../../src/tcp/states.js';
import {
  arrive,
  arriveAll,
  call,
  closeWait,
  closing,
  established,
  expire,
  finWait1,
  finWait2,
  inState,
  lastAck,
  seg,
} from './fixtures.js';

/** The state, its prefix in the list of behaviours, and its acceptable SEQ and ACK. */
const rows: readonly [State, string, number, string][] = [
  ['FIN_WAIT_1', 'FW1-08 FW1-09 FW1-10', 101, '<SEQ=302><ACK=101><CTL=ACK>'],
  ['FIN_WAIT_2', 'FW2-06 FW2-07 FW2-08', 101, '<SEQ=302><ACK=101><CTL=ACK>'],
  ['CLOSE_WAIT', 'CLW-07 CLW-08 CLW-10', 102, '<SEQ=301><ACK=102><CTL=ACK>'],
  ['CLOSING', 'CLG-04 CLG-05 CLG-06', 102, '<SEQ=302><ACK=102><CTL=ACK>'],
  ['LAST_ACK', 'LAK-06 LAK-07 LAK-08', 102, '<SEQ=302><ACK=102><CTL=ACK>'],
];

describe('SEGMENT ARRIVES in the closing states (RFC 9293 §3.10.7.4)', () => {
  for (const [state, ids, at, ack] of rows) {
    const told = state === 'CLOSING' || state === 'LAST_ACK' ? [] : ['connection reset'];

    it(`${ids} in ${state} a RST resets at RCV.NXT, and is challenged elsewhere; so is a SYN`, () => {
      const exact = arrive(inState(state), seg('RST', { seq: at }));
      assert.deepEqual([exact.state, exact.signals, exact.sent], ['CLOSED', told, []]);
      for (const [flags, where] of [
        ['RST', at + 1],
        ['SYN', at],
        ['SYN', at + 500],
        ['SYN', at - 60],
        ['SYN', at + 5000],
        ['SYN,ACK', at],
      ] as const) {
        const seen = arrive(inState(state), seg(flags, { seq: where, ack: 301 }));
        assert.deepEqual([seen.state, seen.sent], [state, [ack]], `${flags} at ${where}`);
      }
      const outside = arrive(inState(state), seg('RST', { seq: at - 1 }));
      assert.deepEqual([outside.state, outside.sent], [state, []], 'CLW-09');
    });

    it(`RSG-04 in ${state} an unacceptable SEQ or ACK gets an empty ACK (FW1-14, FW1-16, FW2-09, CLW-11, CLG-09)`, () => {
      for (const segment of [
        seg('ACK', { seq: at + 5000, ack: 301 }),
        seg('FIN,ACK', { seq: at + 5000, ack: 301 }),
        seg('ACK', { seq: at - 50, ack: 301, data: 10 }),
        seg('ACK', { seq: at, ack: 500 }),
      ]) {
        const seen = arrive(inState(state), segment);
        assert.deepEqual([seen.state, seen.sent], [state, [ack]]);
      }
    });
  }
});

describe('FIN_WAIT_1', () => {
  it('FW1-01 an ACK of our FIN leads to FIN_WAIT_2 and completes the CLOSE', () => {
    const seen = arrive(finWait1({ queued: { closeCall: 9 } }), seg('ACK', { ack: 302 }));
    assert.deepEqual([seen.state, seen.completed, seen.sent], ['FIN_WAIT_2', ['9 ok'], []]);
    assert.equal(seen.tcb.timers.retransmission, undefined);
  });

  it('FW1-02 an ACK of text before our FIN does not', () => {
    const tcb = call.close(call.send(established(), 10, 5).tcb, 9).tcb;
    const seen = arrive(tcb, seg('ACK', { ack: 311 }));
    assert.deepEqual([seen.state, seen.completed, seen.tcb.snd.una], ['FIN_WAIT_1', ['5 ok'], 311]);
    assert.deepEqual(seen.sent, []);
  });

  it('FW1-03 SCL-02 TWT-01 FIN with an ACK of our FIN leads to TIME_WAIT', () => {
    const seen = arrive(finWait1({ queued: { closeCall: 9 } }), seg('FIN,ACK', { ack: 302 }), 50);
    assert.equal(seen.state, 'TIME_WAIT');
    assert.deepEqual(seen.sent, ['<SEQ=302><ACK=102><CTL=ACK>']);
    const { timeWait, ...others } = seen.tcb.timers;
    assert.equal(timeWait, 50 + 240_000_000);
    assert.ok(Object.values(others).every((at) => at === undefined));
  });

  it('FW1-04 SCL-01 FIN without an ACK of our FIN leads to CLOSING', () => {
    const seen = arrive(finWait1(), seg('FIN,ACK', { ack: 301 }));
    assert.deepEqual([seen.state, seen.sent], ['CLOSING', ['<SEQ=302><ACK=102><CTL=ACK>']]);
  });

  it('FW1-05 text is delivered and acknowledged', () => {
    const seen = arrive(
      call.receive(finWait1(), undefined, 6).tcb,
      seg('ACK', { ack: 301, data: 'hi' }),
    );
    assert.deepEqual(
      [seen.state, seen.given, seen.sent],
      ['FIN_WAIT_1', 'hi', ['<SEQ=302><ACK=103><CTL=ACK>']],
    );
  });

  it('FW1-06 text, FIN and the ACK of our FIN', () => {
    const seen = arrive(
      call.receive(finWait1(), 10, 6).tcb,
      seg('FIN,ACK', { ack: 302, data: 'hi' }),
    );
    assert.deepEqual(
      [seen.state, seen.given, seen.sent],
      ['TIME_WAIT', 'hi', ['<SEQ=302><ACK=104><CTL=ACK>']],
    );
  });

  it('FW1-07 FW2-10 a FIN behind a hole is held', () => {
    for (const tcb of [finWait1(), finWait2()]) {
      const first = arrive(tcb, seg('FIN,ACK', { seq: 104, ack: 302 }));
      assert.equal(first.state, 'FIN_WAIT_2');
      const second = arrive(first.tcb, seg('ACK', { ack: 302, data: 'abc' }));
      assert.deepEqual([second.state, second.sent], ['TIME_WAIT', ['<SEQ=302><ACK=105><CTL=ACK>']]);
    }
  });

  it('FW1-11 the time-out sends the FIN again with its own SEQ', () => {
    const tcb = call.close(call.send(established(), 10, 5).tcb, 9).tcb;
    assert.deepEqual(expire(tcb, 'retransmission').sent, [
      '<SEQ=301><ACK=101><DATA=10><CTL=PSH,ACK>',
    ]);
    const acked = arrive(tcb, seg('ACK', { ack: 311 }));
    assert.deepEqual(expire(acked.tcb, 'retransmission').sent, ['<SEQ=311><ACK=101><CTL=FIN,ACK>']);
  });

  it('FW1-13 behind a closed window the FIN waits for the text, and the window is probed', () => {
    const sent = call.send(established({ snd: { wnd: 0, max: 4 } }), 'abc', 5).tcb;
    const closed = call.close(sent, 9);
    assert.deepEqual([closed.state, closed.sent, closed.tcb.fin], ['FIN_WAIT_1', [], undefined]);
    const first = expire(closed.tcb, 'persist');
    assert.deepEqual(first.sent, ['<SEQ=301><ACK=101><DATA=1><CTL=ACK>']);
    const refused = arrive(first.tcb, seg('ACK', { ack: 301, wnd: 0 }));
    assert.deepEqual([refused.state, refused.sent], ['FIN_WAIT_1', []]);
    assert.deepEqual(expire(refused.tcb, 'persist').sent, first.sent);
    const opened = arrive(refused.tcb, seg('ACK', { ack: 302, wnd: 100 }));
    assert.deepEqual(opened.sent, [
      '<SEQ=302><ACK=101><DATA=2><CTL=PSH,ACK>',
      '<SEQ=304><ACK=101><CTL=FIN,ACK>',
    ]);
  });

  it('TWT-01 from FIN_WAIT_2 and CLOSING too the 2 MSL start, and no other timer runs', () => {
    const running = { keepalive: 7200, user: 300, retransmission: 1, persist: 2, delayedAck: 3 };
    const stories = [
      [finWait2(), seg('FIN,ACK', { ack: 302 })],
      [closing(), seg('ACK', { seq: 102, ack: 302 })],
    ] as const;
    for (const [tcb, last] of stories) {
      const timers = { ...tcb.timers, ...running };
      const { state, tcb: waiting } = arrive({ ...tcb, timers }, last, 50);
      const { timeWait, ...others } = waiting.timers;
      assert.deepEqual([state, timeWait], ['TIME_WAIT', 50 + 240_000_000]);
      assert.ok(Object.values(others).every((at) => at === undefined));
    }
  });

  it('FW1-12 CLO-06 SND-07 CLOSE with unsent text: FIN_WAIT_1 at once, the FIN after the last octet', () => {
    const tcb = established({ snd: { wnd: 4, max: 4 } });
    const closed = call.close(call.send(tcb, 'abcdef', 5).tcb, 9);
    assert.deepEqual([closed.state, closed.sent, closed.tcb.fin], ['FIN_WAIT_1', [], undefined]);
    const seen = arrive(closed.tcb, seg('ACK', { ack: 305, wnd: 100 }));
    assert.deepEqual(seen.sent, [
      '<SEQ=305><ACK=101><DATA=2><CTL=PSH,ACK>',
      '<SEQ=307><ACK=101><CTL=FIN,ACK>',
    ]);
    assert.equal(arrive(seen.tcb, seg('ACK', { ack: 308 })).state, 'FIN_WAIT_2');
  });

  it('FW1-17 LAK-10 after R2 the connection is aborted and the user told', () => {
    for (const tcb of [
      finWait1({ queued: { closeCall: 9 }, rto: { expiries: 15 } }),
      lastAck({ queued: { closeCall: 9 }, rto: { expiries: 15 } }),
    ]) {
      const seen = expire(tcb, 'retransmission');
      assert.equal(seen.state, 'CLOSED');
      assert.equal(seen.signals.length, 1);
      assert.match(seen.completed[0] ?? '', /^9 error .*excessive retransmissions/);
    }
  });
});

describe('FIN_WAIT_2', () => {
  it('FW2-01 a FIN leads to TIME_WAIT', () => {
    const seen = arrive(finWait2(), seg('FIN,ACK', { ack: 302 }), 7);
    assert.deepEqual([seen.state, seen.sent], ['TIME_WAIT', ['<SEQ=302><ACK=102><CTL=ACK>']]);
    assert.equal(seen.tcb.timers.timeWait, 240_000_007);
  });

  it('FW2-02 FW2-03 text is delivered, with a FIN then TIME_WAIT', () => {
    const tcb = call.receive(finWait2(), undefined, 6).tcb;
    assert.equal(arrive(tcb, seg('ACK', { ack: 302, data: 'hi' })).given, 'hi');
    const seen = arrive(tcb, seg('FIN,ACK', { ack: 302, data: 'hi' }));
    assert.deepEqual([seen.state, seen.given], ['TIME_WAIT', 'hi']);
  });

  it('FW2-04 the retransmission queue is empty and the CLOSE was acknowledged', () => {
    const seen = arrive(finWait1({ queued: { closeCall: 9 } }), seg('ACK', { ack: 302 }));
    assert.equal(seen.tcb.retransmissions.length, 0);
    assert.equal(seen.tcb.queued.closeCall, undefined);
  });

  it('FW2-05 a duplicate ACK does nothing', () => {
    const seen = arrive(finWait2(), seg('ACK', { ack: 302 }));
    assert.deepEqual([seen.state, seen.sent], ['FIN_WAIT_2', []]);
  });

  it('FW2-11 there is no time-out by default', () => {
    const { timers } = arrive(finWait1(), seg('ACK', { ack: 302 })).tcb;
    assert.ok(Object.values(timers).every((at) => at === undefined));
  });

  it('FW2-12 fin-wait-2-timeout deletes the TCB', () => {
    const tcb = finWait1({ settings: { finWait2Timeout: 60_000_000 } });
    const waiting = arrive(tcb, seg('ACK', { ack: 302 }), 5).tcb;
    assert.equal(waiting.timers.finWait2, 60_000_005);
    const seen = expire(waiting, 'finWait2');
    assert.deepEqual([seen.state, seen.sent], ['CLOSED', []]);
  });

  it('FW2-13 a FIN with an ACK older than SND.UNA is processed', () => {
    const seen = arrive(finWait2(), seg('FIN,ACK', { ack: 301 }));
    assert.deepEqual([seen.state, seen.sent], ['TIME_WAIT', ['<SEQ=302><ACK=102><CTL=ACK>']]);
  });
});

describe('CLOSE_WAIT', () => {
  it('CLW-01 a SEND is transmitted with the acknowledgment', () => {
    assert.deepEqual(call.send(closeWait(), 'hi').sent, [
      '<SEQ=301><ACK=102><DATA=2><CTL=PSH,ACK>',
    ]);
  });

  it('CLW-02 CLW-14 ACKs and retransmissions go on as in ESTABLISHED', () => {
    const tcb = call.send(closeWait(), 'hi', 5).tcb;
    assert.deepEqual(expire(tcb, 'retransmission').sent, [
      '<SEQ=301><ACK=102><DATA=2><CTL=PSH,ACK>',
    ]);
    assert.deepEqual(arrive(tcb, seg('ACK', { seq: 102, ack: 303 })).completed, ['5 ok']);
  });

  it('CLW-03 CLW-05 CLG-08 LAK-11 TWT-29 text and URG after the FIN are ignored', () => {
    for (const state of ['CLOSE_WAIT', 'CLOSING', 'LAST_ACK', 'TIME_WAIT'] as const) {
      const tcb = inState(state);
      const seen = arrive(tcb, seg('URG,ACK', { seq: 102, ack: 301, up: 9, data: 'hi' }));
      assert.deepEqual(seen.tcb.queued.received, []);
      assert.deepEqual([seen.state, seen.signals, seen.tcb.rcv.nxt], [state, [], 102]);
    }
  });

  it('CLW-04 CLG-03 LAK-05 DUP-06 the FIN again gets an ACK, and the state stays', () => {
    for (const state of ['CLOSE_WAIT', 'CLOSING', 'LAST_ACK', 'TIME_WAIT'] as const) {
      const seen = arrive(inState(state), seg('FIN,ACK', { seq: 101, ack: 301 }));
      assert.deepEqual(
        [seen.state, seen.sent.length, seen.rule],
        [state, 1, 'other-states/1-sequence'],
      );
      assert.equal(seen.tcb.rcv.nxt, 102);
    }
  });

  it('a second FIN beyond the first is acknowledged, and RCV.NXT stays (deviation second-fin)', () => {
    const seen = arrive(closeWait(), seg('FIN,ACK', { seq: 102, ack: 301 }));
    assert.deepEqual([seen.state, seen.tcb.rcv.nxt], ['CLOSE_WAIT', 102]);
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=102><CTL=ACK>']);
  });

  it('CLW-06 CLO-08 CLOSE sends the FIN and enters LAST_ACK', () => {
    const seen = call.close(closeWait());
    assert.deepEqual([seen.state, seen.sent], ['LAST_ACK', ['<SEQ=301><ACK=102><CTL=FIN,ACK>']]);
  });

  it('CLW-06 behind text that waits for the window, LAST_ACK comes with the FIN', () => {
    const tcb = closeWait({ snd: { wnd: 2, max: 2 } });
    const closed = call.close(call.send(tcb, 'abc', 5).tcb, 9);
    assert.deepEqual([closed.state, closed.sent], ['CLOSE_WAIT', []]);
    assert.equal(call.send(closed.tcb, 'more', 6).completed[0], '6 error connection closing');
    assert.equal(call.close(closed.tcb, 8).completed[0], '8 error connection closing');
    const seen = arrive(closed.tcb, seg('ACK', { seq: 102, ack: 303, wnd: 100 }));
    assert.deepEqual(
      [seen.state, seen.sent.length, seen.rule],
      ['LAST_ACK', 2, 'other-states/8-fin'],
    );
  });

  it('CLW-12 no timer runs while the user does not close', () => {
    const seen = arrive(established(), seg('FIN,ACK', { ack: 301 }));
    assert.ok(Object.values(seen.tcb.timers).every((at) => at === undefined));
  });
});

describe('CLOSING', () => {
  it('CLG-01 an ACK of our FIN leads to TIME_WAIT', () => {
    const seen = arrive(closing({ queued: { closeCall: 9 } }), seg('ACK', { seq: 102, ack: 302 }));
    assert.deepEqual([seen.state, seen.sent, seen.completed], ['TIME_WAIT', [], ['9 ok']]);
  });

  it('CLG-02 an ACK that does not cover it is ignored', () => {
    const seen = arrive(closing(), seg('ACK', { seq: 102, ack: 301 }));
    assert.deepEqual([seen.state, seen.sent, seen.rule], ['CLOSING', [], 'other-states/5-ack']);
  });

  it('CLG-07 SCL-04 the time-out sends the FIN again with the current ACK', () => {
    const closingNow = arrive(finWait1(), seg('FIN,ACK', { ack: 301 })).tcb;
    const seen = expire(closingNow, 'retransmission');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=102><CTL=FIN,ACK>']);
  });

  it('CLG-10 SCL-05 the FIN again, with an ACK of ours, has its ACK ignored; a pure ACK completes', () => {
    const seen = arriveAll(closing(), seg('FIN,ACK', { seq: 101, ack: 302 }));
    assert.deepEqual([seen.state, seen.sent.length], ['CLOSING', 1]);
    assert.equal(arrive(seen.tcb, seg('ACK', { seq: 102, ack: 302 })).state, 'TIME_WAIT');
  });

  it('SCL-03 text that waits is still sent in CLOSING', () => {
    const tcb = established({ snd: { wnd: 3, max: 3 } });
    const waiting = call.close(call.send(tcb, 'abcdef', 5).tcb, 9).tcb;
    const crossed = arrive(waiting, seg('FIN,ACK', { ack: 304, wnd: 100 }));
    assert.equal(crossed.state, 'CLOSING');
    assert.deepEqual(crossed.sent, [
      '<SEQ=304><ACK=102><DATA=3><CTL=PSH,ACK>',
      '<SEQ=307><ACK=102><CTL=FIN,ACK>',
    ]);
    assert.equal(arrive(crossed.tcb, seg('ACK', { seq: 102, ack: 308 })).state, 'TIME_WAIT');
  });
});

describe('LAST_ACK', () => {
  it('LAK-01 an ACK of our FIN deletes the TCB, and nothing is sent', () => {
    const seen = arrive(lastAck({ queued: { closeCall: 9 } }), seg('ACK', { seq: 102, ack: 302 }));
    assert.deepEqual([seen.state, seen.sent, seen.completed], ['CLOSED', [], ['9 ok']]);
  });

  it('LAK-02 an ACK that does not cover it changes nothing', () => {
    const seen = arrive(lastAck(), seg('ACK', { seq: 102, ack: 301 }));
    assert.deepEqual([seen.state, seen.sent], ['LAST_ACK', []]);
  });

  it('LAK-03 an ACK of text before it advances SND.UNA', () => {
    const tcb = lastAck({ snd: { una: seq(296) } });
    const seen = arrive(tcb, seg('ACK', { seq: 102, ack: 300 }));
    assert.deepEqual([seen.state, seen.tcb.snd.una], ['LAST_ACK', 300]);
  });

  it('LAK-04 the time-out sends the FIN again', () => {
    assert.deepEqual(expire(lastAck(), 'retransmission').sent, ['<SEQ=301><ACK=102><CTL=FIN,ACK>']);
  });
});
