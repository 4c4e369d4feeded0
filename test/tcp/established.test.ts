import assert from 'node:assert/strict';
import { findConnection } from '../../src/tcp/host.js';
import { num, seq } from '../../src/tcp/seq.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { arrive, arriveAll, call, established, numbers, seg } from './fixtures.js';
import { clientAndServer } from './network.js';

const ack = '<SEQ=301><ACK=101><CTL=ACK>';
const off = (tcb: Tcb): Tcb => ({ ...tcb, settings: { ...tcb.settings, challengeAck: 'off' } });
/** Ten octets of SEND 5 are under way. */
const sending = () => call.send(established(), 10, 5).tcb;

describe('SEGMENT ARRIVES in ESTABLISHED (RFC 9293 §3.10.7.4)', () => {
  it('EST-01 an ACK of new data advances SND.UNA and completes the SEND', () => {
    const seen = arrive(sending(), seg('ACK', { ack: 311 }));
    assert.equal(seen.tcb.snd.una, 311);
    assert.deepEqual(seen.completed, ['5 ok']);
    assert.equal(seen.tcb.retransmissions.length, 0);
  });

  it('EST-01 an ACK of a part keeps the segment, and the SEND waits', () => {
    const seen = arrive(sending(), seg('ACK', { ack: 306 }));
    assert.deepEqual([seen.tcb.snd.una, seen.completed], [306, []]);
    assert.equal(seen.tcb.retransmissions.length, 1);
  });

  it('EST-02 an old ACK is ignored, and the text processed', () => {
    const tcb = established({ snd: { una: seq(301), nxt: seq(301) } });
    const seen = arrive(tcb, seg('PSH,ACK', { ack: 290, data: 'hi' }));
    assert.equal(seen.tcb.rcv.nxt, 103);
    assert.equal(seen.tcb.snd.una, 301);
  });

  it('EST-03 an ACK of what was not sent is answered with an ACK, and the text dropped', () => {
    const seen = arrive(established(), seg('ACK', { ack: 302, data: 'hi' }));
    assert.deepEqual([seen.rule, seen.sent], ['other-states/5-ack', [ack]]);
    assert.equal(seen.tcb.rcv.nxt, 101);
  });

  it('EST-04 DUP-09 an ACK below SND.UNA-MAX.SND.WND is discarded with an ACK', () => {
    const tcb = established({ snd: { max: 100, wnd: 100 } });
    assert.deepEqual(arrive(tcb, seg('ACK', { ack: 200, data: 'hi' })).sent, [ack]);
    assert.equal(arrive(tcb, seg('ACK', { ack: 200, data: 'hi' })).tcb.rcv.nxt, 101);
    assert.equal(arrive(tcb, seg('ACK', { ack: 201, data: 'hi' })).tcb.rcv.nxt, 103);
    assert.equal(arrive(off(tcb), seg('ACK', { ack: 200, data: 'hi' })).tcb.rcv.nxt, 103);
  });

  it('EST-05 a newer segment updates the send window', () => {
    const tcb = established({ snd: { wl1: seq(101), wl2: seq(301) } });
    const seen = arrive(tcb, seg('ACK', { seq: 101, ack: 301, wnd: 7 }));
    assert.deepEqual([seen.tcb.snd.wnd, seen.tcb.snd.wl1, seen.tcb.snd.wl2], [7, 101, 301]);
    assert.equal(seen.tcb.snd.max, 65_535);
  });

  it('EST-06 an older segment does not', () => {
    const bySeq = established({ snd: { wl1: seq(102) } });
    assert.equal(arrive(bySeq, seg('ACK', { ack: 301, wnd: 7 })).tcb.snd.wnd, 65_535);
    const byAck = established({ snd: { una: seq(299), wl1: seq(101), wl2: seq(301) } });
    assert.equal(arrive(byAck, seg('ACK', { ack: 300, wnd: 7 })).tcb.snd.wnd, 65_535);
  });

  for (const flags of ['', 'FIN', 'PSH']) {
    it(`EST-07 EST-26 without ACK bit (${flags || 'none'}) it is dropped silently`, () => {
      const seen = arrive(established(), seg(flags, { data: 3 }));
      assert.deepEqual([seen.state, seen.sent, seen.tcb.rcv.nxt], ['ESTABLISHED', [], 101]);
    });
  }

  it('EST-08 RCV-09 RCV-10 RSG-11 a RST at RCV.NXT resets: calls, queues, signal', () => {
    const waiting = call.receive(call.close(sending(), 9).tcb, 100, 6).tcb;
    const tcb: Tcb = { ...waiting, state: 'ESTABLISHED' };
    const seen = arrive(tcb, seg('RST'));
    assert.equal(seen.state, 'CLOSED');
    assert.deepEqual(seen.signals, ['connection reset']);
    assert.deepEqual(seen.completed, [
      '6 error connection reset',
      '5 error connection reset',
      '9 error connection reset',
    ]);
    assert.equal(seen.tcb.retransmissions.length, 0);
    assert.ok(
      Object.values(seen.tcb.timers).every((at) => at === undefined),
      'TMR-32',
    );
  });

  for (const at of [102, 1100]) {
    it(`EST-09 CHA-05 a RST at ${at}, in the window, gets a challenge ACK`, () => {
      const seen = arrive(established(), seg('RST', { seq: at }));
      assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', [ack]]);
    });
  }

  for (const [id, at] of [
    ['EST-10', 100],
    ['EST-11', 1101],
  ] as const) {
    it(`${id} a RST at ${at}, outside the window, is dropped silently`, () => {
      const seen = arrive(established(), seg('RST', { seq: at }));
      assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', []]);
    });
  }

  it('EST-12 with challenge-ack off any RST in the window resets', () => {
    const seen = arrive(off(established()), seg('RST', { seq: 1100 }));
    assert.deepEqual([seen.state, seen.signals], ['CLOSED', ['connection reset']]);
    assert.deepEqual(seen.sent, []);
  });

  it('EST-13 a RST may carry text', () => {
    assert.equal(arrive(established(), seg('RST', { data: 20 })).state, 'CLOSED');
  });

  for (const number of [0, 301, 9999]) {
    it(`EST-14 of RST,ACK the ACK field (${number}) is not looked at`, () => {
      assert.equal(arrive(established(), seg('RST,ACK', { ack: number })).state, 'CLOSED');
    });
  }

  for (const at of [50, 100, 101, 500, 1101, 5000]) {
    it(`EST-16 a SYN at ${at} gets a challenge ACK`, () => {
      const seen = arrive(established(), seg('SYN', { seq: at }));
      assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', [ack]]);
    });
  }

  it('EST-17 DUP-04 the SYN,ACK and the SYN of the handshake again get an ACK', () => {
    const seen = arriveAll(
      established(),
      seg('SYN,ACK', { seq: 100, ack: 301 }),
      seg('SYN', { seq: 100 }),
    );
    assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', [ack, ack]]);
  });

  it('EST-18 with challenge-ack off a SYN in the window resets', () => {
    const seen = arrive(off(established()), seg('SYN', { seq: 150 }));
    assert.deepEqual([seen.state, seen.sent], ['CLOSED', ['<SEQ=301><ACK=101><CTL=RST,ACK>']]);
    assert.deepEqual(seen.signals, ['connection reset']);
  });

  it('EST-19 with challenge-ack off a SYN outside the window gets an ACK', () => {
    const seen = arrive(off(established()), seg('SYN', { seq: 1101 }));
    assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', [ack]]);
  });

  it('EST-20 RCV-08 a FIN in order: ACK, signal, pending RECEIVEs return, CLOSE_WAIT', () => {
    const seen = arrive(call.receive(established(), 10, 6).tcb, seg('FIN,ACK', { ack: 301 }));
    assert.equal(seen.state, 'CLOSE_WAIT');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=102><CTL=ACK>']);
    assert.deepEqual(seen.signals, ['connection closing']);
    assert.deepEqual(seen.completed, ['6 error connection closing']);
  });

  it('EST-21 text and FIN: the text first, one ACK for both, and the FIN implies PUSH', () => {
    const waiting = call.receive(call.receive(established(), 10, 6).tcb, 10, 7).tcb;
    const seen = arrive(waiting, seg('FIN,ACK', { ack: 301, data: 'hello' }));
    assert.deepEqual(seen.completed, ['6 ok', '7 error connection closing']);
    assert.equal(seen.given, 'hello');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=107><CTL=ACK>']);
  });

  it('EST-22 a FIN behind a hole waits until it is filled', () => {
    const first = arrive(established(), seg('FIN,ACK', { seq: 106, ack: 301 }));
    assert.deepEqual([first.state, first.sent], ['ESTABLISHED', [ack]]);
    const second = arrive(first.tcb, seg('PSH,ACK', { ack: 301, data: 'hello' }));
    assert.equal(second.state, 'CLOSE_WAIT');
    assert.deepEqual(second.sent, ['<SEQ=301><ACK=107><CTL=ACK>']);
  });

  it('EST-22 a FIN with text behind a hole, too', () => {
    const seen = arriveAll(
      established(),
      seg('FIN,ACK', { seq: 104, ack: 301, data: 'def' }),
      seg('ACK', { ack: 301, data: 'abc' }),
    );
    assert.equal(seen.state, 'CLOSE_WAIT');
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'abcdef');
    assert.deepEqual(seen.sent, [ack, '<SEQ=301><ACK=108><CTL=ACK>']);
  });

  it('EST-23 a FIN outside the window gets an ACK', () => {
    const seen = arrive(established(), seg('FIN,ACK', { seq: 1101, ack: 301 }));
    assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', [ack]]);
  });

  it('EST-24 a FIN beyond the window is trimmed off', () => {
    const seen = arrive(established(), seg('FIN,ACK', { ack: 301, data: 1000 }));
    assert.deepEqual([seen.state, seen.tcb.rcv.nxt], ['ESTABLISHED', 1101]);
    assert.equal(seen.segments[0]?.wnd, 0);
  });

  it('EST-25 a FIN with an ACK of what was not sent is not processed', () => {
    const seen = arrive(established(), seg('FIN,ACK', { ack: 999 }));
    assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', [ack]]);
  });

  it('EST-27 SYN,FIN meets the SYN rule', () => {
    const seen = arrive(established(), seg('SYN,FIN', { seq: 200 }));
    assert.deepEqual([seen.state, seen.rule], ['ESTABLISHED', 'other-states/4-syn']);
  });

  for (const flags of ['RST,FIN', 'SYN,RST']) {
    it(`EST-28 ${flags} meets the RST rule`, () => {
      const { rule, state, sent } = arrive(established(), seg(flags));
      assert.deepEqual([rule, state, sent], ['other-states/2-rst', 'CLOSED', []]);
    });
  }

  it('EST-30 text that is acknowledged already is always acknowledged again', () => {
    let tcb = established();
    for (let i = 0; i < 30; i++) {
      const seen = arrive(tcb, seg('ACK', { seq: 91, ack: 301, data: 10 }));
      assert.deepEqual(seen.sent, [ack]);
      tcb = seen.tcb;
    }
  });

  it('EST-32 SENDs that wait are still served in CLOSE_WAIT', () => {
    const tcb = established({ snd: { wnd: 0, max: 0 } });
    const queued = call.send(tcb, 'hello', 5);
    const closed = arrive(queued.tcb, seg('FIN,ACK', { ack: 301, wnd: 0 }));
    assert.equal(closed.state, 'CLOSE_WAIT');
    const seen = arrive(closed.tcb, seg('ACK', { seq: 102, ack: 301, wnd: 100 }));
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=102><DATA=5><CTL=PSH,ACK>']);
  });

  it('DUP-05 CHA-06 a duplicate ACK is ignored', () => {
    const seen = arriveAll(established(), seg('ACK', { ack: 301 }), seg('ACK', { ack: 301 }));
    assert.deepEqual([seen.state, seen.sent], ['ESTABLISHED', []]);
    assert.deepEqual(numbers(seen.tcb), numbers(established()));
  });

  it('DUP-08 without timestamps old text in the window is taken for new', () => {
    const seen = arrive(established(), seg('PSH,ACK', { ack: 301, data: 'old' }));
    assert.equal(seen.tcb.rcv.nxt, 104);
  });

  it('the URG bit advances RCV.UP and tells the user once', () => {
    const first = arrive(established(), seg('URG,ACK', { ack: 301, up: 5, data: 'abc' }));
    assert.deepEqual([first.signals, first.tcb.rcv.up], [['urgent data'], 106]);
    const second = arrive(first.tcb, seg('URG,ACK', { seq: 104, ack: 301, up: 4, data: 'd' }));
    assert.deepEqual([second.signals, second.tcb.rcv.up], [[], 108]);
    const read = call.receive(second.tcb).tcb;
    assert.equal(read.queued.urgent, true, 'the urgent octets have not all come');
    const last = arrive(read, seg('PSH,ACK', { seq: 105, ack: 301, data: 'efgh' }));
    assert.equal(call.receive(last.tcb).tcb.queued.urgent, false);
  });

  it('OPT-32 an urgent pointer without URG bit is ignored', () => {
    assert.equal(arrive(established(), seg('ACK', { ack: 301, up: 50 })).tcb.rcv.up, 101);
  });
});

describe('challenge ACKs (RFC 5961 §7)', () => {
  const flood = (tcb: Tcb, count: number, now: number) => {
    let at = tcb;
    let sent = 0;
    for (let i = 0; i < count; i++) {
      const seen = arrive(at, seg(i % 2 === 0 ? 'RST' : 'SYN', { seq: 150 + i }), now);
      sent += seen.sent.length;
      at = seen.tcb;
    }
    return { tcb: at, sent };
  };

  it('CHA-01 CHA-02 at most ten leave in five seconds; the connection is unaffected', () => {
    const first = flood(established(), 25, 1_000_000);
    assert.deepEqual([first.sent, first.tcb.state], [10, 'ESTABLISHED']);
    assert.equal(flood(first.tcb, 5, 5_999_999).sent, 0);
    assert.equal(flood(first.tcb, 5, 6_000_000).sent, 5);
  });

  it('CHA-03 number and interval can be set', () => {
    const tcb = established({ settings: { challengeAckLimit: 2, challengeAckInterval: 1_000 } });
    const first = flood(tcb, 5, 0);
    assert.equal(first.sent, 2);
    assert.equal(flood(first.tcb, 5, 1_000).sent, 2);
  });

  it('CHA-04 each connection of a host has a throttle of its own', () => {
    const network = clientAndServer();
    for (const from of [1000, 1001]) network.connect('client', 'server', { from });
    network.deliver();
    network.sent();
    const rst = (sourcePort: number, connection: string) => {
      const { ref } = findConnection(network.host('server'), connection) ?? assert.fail();
      const { tcb } = network.host('server').connections.get(ref.id) ?? assert.fail();
      const segment = seg('RST', { seq: num(tcb.rcv.nxt) + 1 });
      network.arrive('server', '10.0.0.1', { ...segment, sourcePort });
      return network.sent().length;
    };
    const answers = Array.from({ length: 12 }, () => rst(1000, 'c1'));
    assert.deepEqual(answers, [...Array(10).fill(1), 0, 0]);
    assert.equal(rst(1001, 'c2'), 1);
  });

  it('CHA-08 a SYN with text outside the window is throttled like any SYN', () => {
    const used = flood(established(), 10, 0).tcb;
    assert.deepEqual(arrive(used, seg('SYN', { seq: 5000, data: 10 })).sent, []);
  });
});
