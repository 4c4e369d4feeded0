import assert from 'node:assert/strict';
import type { Tcb } from '../../src/tcp/tcb.js';
import { arrive, call, closeWait, established, expire, seg } from './fixtures.js';

const second = 1_000_000;
const narrow = (wnd: number, changes = {}) =>
  established({ snd: { wnd, max: wnd, mss: 10 }, ...changes });

describe('the send window (RFC 9293 §3.8.6)', () => {
  it('text goes as far as SND.UNA+SND.WND, the rest when the window lets it', () => {
    const first = call.send(narrow(20), 35);
    assert.deepEqual(first.sent.length, 2);
    const seen = arrive(first.tcb, seg('ACK', { ack: 321, wnd: 20 }));
    assert.deepEqual(seen.sent, [
      '<SEQ=321><ACK=101><DATA=10><CTL=ACK>',
      '<SEQ=331><ACK=101><DATA=5><CTL=PSH,ACK>',
    ]);
  });

  it('a window that shrank below what was sent lets nothing go (MUST-34)', () => {
    const first = call.send(narrow(30), 40).tcb;
    const seen = arrive(first, seg('ACK', { ack: 301, wnd: 5 }));
    assert.deepEqual([seen.sent, seen.tcb.snd.wnd], [[], 5]);
    assert.equal(expire(seen.tcb, 'retransmission').sent.length, 1, 'SHLD-16');
  });

  it('silly window avoidance waits for a full segment or half the largest window (MUST-38)', () => {
    const first = call.send(narrow(40), 60).tcb;
    assert.equal(first.queued.sends[0]?.[0]?.data.length, 20);
    const small = arrive(first, seg('ACK', { ack: 311, wnd: 33 }));
    assert.deepEqual(small.sent, [], 'three octets of room');
    const enough = arrive(small.tcb, seg('ACK', { ack: 321, wnd: 33 }));
    assert.deepEqual(enough.sent, ['<SEQ=341><ACK=101><DATA=10><CTL=ACK>']);
  });

  it('when nothing is under way the override time-out sends what fits', () => {
    const tcb = established({ snd: { wnd: 3, max: 40, mss: 10 } });
    const queued = call.send(tcb, 20);
    assert.deepEqual([queued.sent, queued.tcb.timers.persist], [[], 500_000]);
    const seen = expire(queued.tcb, 'persist');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=101><DATA=3><CTL=ACK>']);
  });
});

describe('zero-window probing (RFC 9293 §3.8.6.1)', () => {
  /** Text waits behind a window that is closed. */
  const closed = (text: string): Tcb => call.send(narrow(0), text, 5).tcb;
  const answer = (ack: number, wnd: number) => seg('ACK', { ack, wnd });

  it('TMR-25 the first probe after one RTO, then at doubled intervals', () => {
    let tcb = closed('hello');
    assert.equal(tcb.timers.retransmission, undefined);
    const times: number[] = [];
    const sent: string[] = [];
    for (let i = 0; i < 4; i++) {
      const now = tcb.timers.persist ?? 0;
      times.push(now / second);
      const seen = expire(tcb, 'persist', now);
      sent.push(...seen.sent);
      tcb = arrive(seen.tcb, answer(301, 0), now + 10).tcb;
    }
    assert.deepEqual(times, [1, 3, 7, 15]);
    assert.deepEqual(new Set(sent), new Set(['<SEQ=301><ACK=101><DATA=1><CTL=ACK>']));
  });

  it('TMR-24 while probes are acknowledged the connection stays open, far beyond R2 and user timeout', () => {
    let tcb = closed('hello');
    let now = 0;
    for (let i = 0; i < 60; i++) {
      now = tcb.timers.persist ?? 0;
      assert.ok((tcb.timers.user ?? Number.POSITIVE_INFINITY) > now);
      tcb = arrive(expire(tcb, 'persist', now).tcb, answer(301, 0), now + 10).tcb;
    }
    assert.equal(tcb.state, 'ESTABLISHED');
    assert.ok(now > 600 * second);
  });

  it('TMR-23 unanswered probes let the user timeout expire', () => {
    let tcb = closed('hello');
    while (tcb.timers.persist !== undefined && tcb.timers.persist < (tcb.timers.user ?? 0)) {
      tcb = expire(tcb, 'persist').tcb;
    }
    assert.equal(tcb.timers.user, 300 * second);
    assert.equal(expire(tcb, 'user').state, 'CLOSED');
  });

  it('without user timeout they are given up at R2', () => {
    let tcb = { ...closed('hello') };
    tcb = {
      ...tcb,
      settings: { ...tcb.settings, userTimeout: 0 },
      timers: { ...tcb.timers, user: undefined },
    };
    let probes = 0;
    while (tcb.state === 'ESTABLISHED') {
      tcb = expire(tcb, 'persist').tcb;
      probes += 1;
    }
    assert.equal(probes, 16);
  });

  it('a probe that is taken and the window opening: the rest goes at once', () => {
    const probed = expire(closed('hello'), 'persist').tcb;
    const seen = arrive(probed, answer(302, 100));
    assert.deepEqual(seen.sent, ['<SEQ=302><ACK=101><DATA=4><CTL=PSH,ACK>']);
    assert.equal(seen.tcb.timers.persist, undefined);
    assert.deepEqual(arrive(seen.tcb, answer(306, 100)).completed, ['5 ok']);
  });

  it('the window opening without the probe’s octet: the retransmission timer takes over', () => {
    const probed = expire(closed('hello'), 'persist').tcb;
    const seen = arrive(probed, answer(301, 100), 2 * second);
    assert.deepEqual(seen.sent, ['<SEQ=302><ACK=101><DATA=4><CTL=PSH,ACK>']);
    assert.equal(seen.tcb.timers.persist, undefined);
    assert.deepEqual(expire(seen.tcb, 'retransmission').sent, [
      '<SEQ=301><ACK=101><DATA=1><CTL=ACK>',
    ]);
  });

  it('MUST-35 when the window shrinks to zero, what is outstanding serves as the probe', () => {
    const sent = call.send(narrow(100), 'hello', 5).tcb;
    const shut = arrive(sent, answer(301, 0), 10).tcb;
    assert.deepEqual([shut.timers.retransmission, shut.timers.persist], [undefined, second + 10]);
    assert.deepEqual(expire(shut, 'persist').sent, ['<SEQ=301><ACK=101><DATA=5><CTL=PSH,ACK>']);
  });

  it('FW1-13 a FIN that waits for a closed window is the probe itself', () => {
    const waiting = call.close(narrow(0), 9).tcb;
    assert.deepEqual([waiting.state, waiting.fin], ['FIN_WAIT_1', undefined]);
    const seen = expire(waiting, 'persist');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=101><CTL=FIN,ACK>']);
    const half = call.close(closeWait({ snd: { wnd: 0, max: 0 } }), 9).tcb;
    assert.equal(half.state, 'CLOSE_WAIT');
    assert.equal(expire(half, 'persist').state, 'LAST_ACK');
  });
});

describe('the receive window (RFC 9293 §3.8.6.2.2)', () => {
  const buffer = (window: number) => established({ settings: { window }, snd: { mss: 100 } });

  it('it shrinks as text waits for the user, the right edge stays', () => {
    const seen = arrive(buffer(1000), seg('PSH,ACK', { ack: 301, data: 300 }));
    assert.deepEqual([seen.tcb.rcv.wnd, seen.segments[0]?.wnd], [700, 700]);
  });

  it('it opens by a full segment at least, and the sender is told (MUST-39)', () => {
    const tcb = arrive(buffer(1000), seg('PSH,ACK', { ack: 301, data: 300 })).tcb;
    const some = call.receive(tcb, 99);
    assert.deepEqual([some.tcb.rcv.wnd, some.sent], [700, []]);
    const more = call.receive(some.tcb, 1);
    assert.deepEqual([more.tcb.rcv.wnd, more.sent], [800, ['<SEQ=301><ACK=401><CTL=ACK>']]);
  });

  it('with window-update doubled the sender is told at once only if it doubles', () => {
    const set = { window: 1000, windowUpdate: 'doubled' } as const;
    const open = established({ settings: set, snd: { mss: 100 } });
    const tcb = arrive(open, seg('PSH,ACK', { ack: 301, data: 600 })).tcb;
    const some = call.receive(tcb, 300);
    assert.deepEqual([some.tcb.rcv.wnd, some.sent], [700, []]);
    const full = arrive(open, seg('PSH,ACK', { ack: 301, data: 1000 })).tcb;
    const more = call.receive(full, 100);
    assert.deepEqual([more.tcb.rcv.wnd, more.sent], [100, ['<SEQ=301><ACK=1101><CTL=ACK>']]);
  });

  it('text that goes straight to a RECEIVE leaves it as it was, by full segments', () => {
    const waiting = call.receive(buffer(1000)).tcb;
    const seen = arrive(waiting, seg('PSH,ACK', { ack: 301, data: 100 }));
    assert.equal(seen.tcb.rcv.wnd, 1000);
  });
});

describe('delayed acknowledgments (RFC 9293 §3.8.6.3)', () => {
  const tcb = established({ settings: { ackDelay: 200_000 } });
  const text = (at: number) => seg('PSH,ACK', { seq: at, ack: 301, data: 'ab' });

  it('the first segment waits, the second does not', () => {
    const first = arrive(tcb, text(101));
    assert.deepEqual([first.sent, first.tcb.timers.delayedAck], [[], 200_000]);
    const second = arrive(first.tcb, text(103));
    assert.deepEqual(second.sent, ['<SEQ=301><ACK=105><CTL=ACK>']);
    assert.equal(second.tcb.timers.delayedAck, undefined);
  });

  it('its time-out acknowledges', () => {
    const seen = expire(arrive(tcb, text(101)).tcb, 'delayedAck');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=103><CTL=ACK>']);
    assert.equal(seen.tcb.timers.delayedAck, undefined);
  });

  it('a SEND carries it', () => {
    const sent = call.send(arrive(tcb, text(101)).tcb, 'x');
    assert.deepEqual(sent.sent, ['<SEQ=301><ACK=103><DATA=1><CTL=PSH,ACK>']);
    assert.equal(sent.tcb.timers.delayedAck, undefined);
  });

  it('out of order, or with a FIN, nothing waits', () => {
    assert.equal(arrive(tcb, text(111)).sent.length, 1);
    assert.equal(arrive(tcb, seg('FIN,ACK', { ack: 301, data: 'x' })).sent.length, 1);
  });

  it('what fills a gap does not wait, wholly or in part (RFC 5681 §4.2)', () => {
    const held = arrive(arrive(tcb, text(103)).tcb, text(107)).tcb;
    const inPart = arrive(held, text(101));
    assert.deepEqual(inPart.sent, ['<SEQ=301><ACK=105><CTL=ACK>']);
    assert.deepEqual(arrive(inPart.tcb, text(105)).sent, ['<SEQ=301><ACK=109><CTL=ACK>']);
  });
});
