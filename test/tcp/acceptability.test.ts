import assert from 'node:assert/strict';
import { num, seq } from '../../src/tcp/seq.js';
import type { Seen } from './fixtures.js';
import {
  arrive,
  arriveAll,
  call,
  established,
  expire,
  finWait1,
  numbers,
  octets,
  seg,
  synReceived,
} from './fixtures.js';

const sequence = 'other-states/1-sequence';
const ack = '<SEQ=301><ACK=101><CTL=ACK>';

/** The first check let it pass: some later rule decided. */
function accepted(seen: Seen): void {
  assert.notEqual(seen.rule, sequence, seen.why);
}

/** The first check answered with an ACK and dropped it, and nothing changed. */
function refused(seen: Seen, before = established()): void {
  assert.equal(seen.rule, sequence);
  assert.deepEqual(seen.sent, [ack]);
  assert.deepEqual(numbers(seen.tcb), numbers(before));
}

describe('segment acceptability (RFC 9293 §3.4, Table 6)', () => {
  it('ACC-01 an empty segment at RCV.NXT is acceptable', () => {
    const seen = arrive(established(), seg('ACK', { ack: 301 }));
    accepted(seen);
    assert.equal(
      seen.steps[0]?.why(),
      'RCV.NXT=101 =< SEG.SEQ=101 < RCV.NXT+RCV.WND=1101: acceptable',
    );
    assert.deepEqual(seen.sent, []);
  });

  it('ACC-02 an empty segment at the right edge is acceptable', () => {
    accepted(arrive(established(), seg('ACK', { seq: 1100, ack: 301 })));
  });

  it('ACC-03 an empty segment just past the window is answered with an ACK and dropped', () => {
    refused(arrive(established(), seg('ACK', { seq: 1101, ack: 301 })));
  });

  it('ACC-04 a keep-alive probe at RCV.NXT-1 is answered with an ACK', () => {
    refused(arrive(established(), seg('ACK', { seq: 100, ack: 301 })));
  });

  it('ACC-05 with a closed window an empty segment at RCV.NXT has its ACK field processed', () => {
    const tcb = finWait1({ settings: { window: 0 } });
    const seen = arrive(tcb, seg('ACK', { ack: 302 }));
    assert.equal(seen.state, 'FIN_WAIT_2');
    assert.deepEqual(seen.sent, []);
  });

  it('ACC-06 with a closed window an empty segment elsewhere is answered with an ACK', () => {
    const tcb = established({ settings: { window: 0 } });
    refused(arrive(tcb, seg('ACK', { seq: 102, ack: 301 })), tcb);
  });

  it('ACC-07 with a closed window text is not accepted, but its ACK field counts', () => {
    const tcb = finWait1({ settings: { window: 0 } });
    const seen = arrive(tcb, seg('ACK', { ack: 302, data: 5 }));
    assert.equal(seen.state, 'FIN_WAIT_2');
    assert.deepEqual(seen.sent, ['<SEQ=302><ACK=101><CTL=ACK>']);
    assert.equal(seen.segments[0]?.wnd, 0);
    assert.equal(seen.tcb.rcv.nxt, 101);
  });

  it('with a closed window no SYN and no text without ACK bit is let through at RCV.NXT', () => {
    const closed = { settings: { window: 0, challengeAck: 'off' } } as const;
    const tcb = established(closed);
    refused(arrive(tcb, seg('SYN')), tcb);
    refused(arrive(tcb, seg('SYN,ACK', { ack: 301 })), tcb);
    refused(arrive(tcb, seg('', { data: 5 })), tcb);
    refused(arrive(tcb, seg('FIN')), tcb);
    const half = synReceived(closed);
    refused(arrive(half, seg('SYN')), half);
  });

  it('ACC-08 with a closed window a RST at RCV.NXT is processed', () => {
    const tcb = established({ settings: { window: 0 } });
    assert.equal(arrive(tcb, seg('RST')).state, 'CLOSED');
    assert.equal(arrive(tcb, seg('RST', { data: 3 })).state, 'CLOSED');
  });

  it('ACC-09 of text that begins before RCV.NXT only the new octets are taken', () => {
    const seen = arrive(established(), seg('PSH,ACK', { seq: 98, ack: 301, data: 'abcdef' }));
    assert.equal(seen.tcb.rcv.nxt, 104);
    assert.deepEqual(seen.tcb.queued.received, [octets('def')]);
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=104><CTL=ACK>']);
  });

  it('ACC-10 of text that ends past the window, octets and FIN beyond it are discarded', () => {
    const seen = arrive(established(), seg('FIN,ACK', { seq: 101, ack: 301, data: 1200 }));
    assert.equal(seen.tcb.rcv.nxt, 1101);
    assert.equal(seen.state, 'ESTABLISHED');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=1101><CTL=ACK>']);
  });

  it('ACC-11 text that covers the window on both sides is not acceptable, by the letter', () => {
    refused(arrive(established(), seg('ACK', { seq: 90, ack: 301, data: 1200 })));
  });

  it('ACC-12 DUP-07 text wholly before RCV.NXT is answered with an ACK and not delivered', () => {
    refused(arrive(established(), seg('ACK', { seq: 91, ack: 301, data: 10 })));
  });

  it('ACC-13 text wholly past the window is answered with an ACK', () => {
    refused(arrive(established(), seg('ACK', { seq: 1101, ack: 301, data: 10 })));
  });

  it('ACC-14 an unacceptable segment with RST is dropped without an answer', () => {
    const seen = arrive(established(), seg('RST', { seq: 1101 }));
    assert.equal(seen.rule, sequence);
    assert.deepEqual(seen.sent, []);
  });

  it('ACC-15 a SYN at RCV.NXT-1 is not acceptable', () => {
    refused(arrive(established(), seg('SYN', { seq: 100 })));
  });

  it('ACC-16 a FIN that fits the window exactly is acceptable, and held', () => {
    const seen = arrive(established(), seg('FIN,ACK', { seq: 1100, ack: 301 }));
    accepted(seen);
    assert.equal(seen.tcb.queued.outOfOrder.length, 1);
    assert.equal(seen.state, 'ESTABLISHED');
  });

  it('ACC-17 with a closed window a FIN is not acceptable', () => {
    const seen = arrive(established({ settings: { window: 0 } }), seg('FIN,ACK', { ack: 301 }));
    assert.equal(seen.state, 'ESTABLISHED');
    assert.deepEqual(seen.sent, [ack]);
    assert.equal(seen.segments[0]?.wnd, 0);
  });

  it('ACC-18 text ahead of RCV.NXT is held, and a duplicate ACK leaves at once', () => {
    const seen = arrive(established(), seg('ACK', { seq: 111, ack: 301, data: 10 }));
    assert.equal(seen.tcb.queued.outOfOrder.length, 1);
    assert.deepEqual(seen.sent, [ack]);
  });

  it('ACC-19 held segments that become processable are acknowledged by one ACK', () => {
    const seen = arriveAll(
      established(),
      seg('ACK', { seq: 106, ack: 301, data: 'fghij' }),
      seg('PSH,ACK', { seq: 111, ack: 301, data: 'klmno' }),
      seg('ACK', { seq: 101, ack: 301, data: 'abcde' }),
    );
    assert.deepEqual(seen.sent.slice(2), ['<SEQ=301><ACK=116><CTL=ACK>']);
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'abcdefghijklmno');
    assert.equal(seen.tcb.queued.outOfOrder.length, 0);
  });

  it('ACC-19 held segments may overlap and repeat', () => {
    const seen = arriveAll(
      established(),
      seg('ACK', { seq: 104, ack: 301, data: 'defg' }),
      seg('ACK', { seq: 104, ack: 301, data: 'de' }),
      seg('ACK', { seq: 106, ack: 301, data: 'fghij' }),
      seg('ACK', { seq: 104, ack: 301, data: 'defgh' }),
      seg('ACK', { seq: 101, ack: 301, data: 'abcde' }),
    );
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'abcdefghij');
    assert.equal(seen.tcb.queued.outOfOrder.length, 0);
  });

  it('ACC-20 the ACK of the first check carries no text, SEQ=SND.NXT behind our FIN, and the window', () => {
    const seen = arrive(finWait1(), seg('ACK', { seq: 50, ack: 301 }));
    assert.deepEqual(seen.sent, ['<SEQ=302><ACK=101><CTL=ACK>']);
    assert.equal(seen.segments[0]?.wnd, 1000);
  });

  it('ACC-21 an unacceptable segment has its ACK field ignored', () => {
    const seen = arrive(finWait1(), seg('ACK', { seq: 50, ack: 302 }));
    assert.equal(seen.state, 'FIN_WAIT_1');
    assert.equal(seen.tcb.snd.una, 301);
  });

  it('ACC-22 the right edge of the window never moves to the left', () => {
    let tcb = established({ settings: { window: 3000 }, rcv: { wnd: 3000 } });
    let edge = 101 + 3000;
    for (let at = 101; at < 2800; at += 100) {
      tcb = arrive(tcb, seg('PSH,ACK', { seq: at, ack: 301, data: 100 })).tcb;
      const now = num(tcb.rcv.nxt) + tcb.rcv.wnd;
      assert.ok(now >= edge, `${now} < ${edge}`);
      edge = now;
    }
  });

  it('the first check applies in SYN_RCVD too', () => {
    const seen = arrive(synReceived(), seg('ACK', { seq: 99, ack: 301 }));
    assert.equal(seen.state, 'SYN_RCVD');
    assert.deepEqual(seen.sent, [ack]);
  });
});

describe('sequence numbers that wrap', () => {
  const top = 2 ** 32;
  const near = (edge: number) => established({ rcv: { nxt: seq(top - edge) } });

  it('WRP-03 a window that straddles 0 accepts what lies in it', () => {
    const tcb = near(10);
    accepted(arrive(tcb, seg('ACK', { seq: top - 10, ack: 301 })));
    accepted(arrive(tcb, seg('ACK', { seq: 989, ack: 301 })));
    assert.equal(arrive(tcb, seg('ACK', { seq: 990, ack: 301 })).rule, sequence);
    assert.equal(arrive(tcb, seg('ACK', { seq: top - 11, ack: 301 })).rule, sequence);
  });

  it('WRP-04 ACK tests hold when SND.UNA is before 0 and SND.NXT behind it', () => {
    const tcb = established({ snd: { una: seq(top - 5), nxt: seq(5) } });
    assert.equal(arrive(tcb, seg('ACK', { ack: 3 })).tcb.snd.una, 3);
    assert.equal(arrive(tcb, seg('ACK', { ack: 6 })).rule, 'other-states/5-ack');
    assert.equal(arrive(tcb, seg('ACK', { ack: 6 })).sent.length, 1);
  });

  it('WRP-05 a FIN at 2^32-1 is acknowledged by 0', () => {
    const seen = arrive(near(1), seg('FIN,ACK', { seq: top - 1, ack: 301 }));
    assert.equal(seen.state, 'CLOSE_WAIT');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=0><CTL=ACK>']);
  });

  it('WRP-06 RST tests hold near 2^32', () => {
    assert.equal(arrive(near(1), seg('RST', { seq: top - 1 })).state, 'CLOSED');
    assert.equal(arrive(near(1), seg('RST', { seq: 0 })).sent.length, 1);
    assert.equal(arrive(near(1), seg('RST', { seq: top - 2 })).sent.length, 0);
  });

  it('WRP-07 a segment 2^31 away counts as outside', () => {
    const seen = arrive(established(), seg('ACK', { seq: 101 + 2 ** 31, ack: 301 }));
    assert.equal(seen.rule, sequence);
  });

  it('WRP-08 text across 0 has its last octet calculated modulo 2^32', () => {
    const seen = arrive(near(3), seg('PSH,ACK', { seq: top - 3, ack: 301, data: 'abcdef' }));
    assert.equal(seen.tcb.rcv.nxt, 3);
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=3><CTL=ACK>']);
  });

  it('WRP-09 the segment before 0 is sent again before the one behind it', () => {
    const open = established({ snd: { una: seq(top - 2), nxt: seq(top - 2), mss: 2 } });
    const sent = call.send(open, 'abcdef').tcb;
    assert.equal(num(sent.snd.nxt), 4);
    assert.deepEqual(expire(sent, 'retransmission').sent, [
      `<SEQ=${top - 2}><ACK=101><DATA=2><CTL=ACK>`,
    ]);
    const acked = arrive(sent, seg('ACK', { ack: 0 })).tcb;
    assert.deepEqual(expire(acked, 'retransmission').sent, ['<SEQ=0><ACK=101><DATA=2><CTL=ACK>']);
    assert.equal(arrive(acked, seg('ACK', { ack: 4 })).tcb.retransmissions.length, 0);
  });

  it('WRP-09 held segments are ordered by sequence space, not by number', () => {
    const seen = arriveAll(
      near(6),
      seg('ACK', { seq: 0, ack: 301, data: 'ghi' }),
      seg('ACK', { seq: top - 3, ack: 301, data: 'def' }),
      seg('ACK', { seq: top - 6, ack: 301, data: 'abc' }),
    );
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'abcdefghi');
  });
});
