/** RFC 3168 §6.1.2 and §6.1.3, RFC 9768 §3.2: what marks lead to, on both sides. */

import assert from 'node:assert/strict';
import { accurateEcn, CLASSIC } from '../../src/tcp/ecn/feedback.js';
import { CE, type Codepoint, ECT0, ECT1, NOT_ECT } from '../../src/tcp/ecn/ip.js';
import { ACK, CWR, ECE, FIN, printCtl, type Segment, segment } from '../../src/tcp/segment.js';
import { add } from '../../src/tcp/seq.js';
import type { Settings } from '../../src/tcp/settings.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { arrive, call, expire, inState, type Seen } from './fixtures.js';

/** A connection in one of the feedback modes, step by step. */
function open(mode: 'classic' | 'accurate', set: Partial<Settings> = {}) {
  const ecn = mode === 'classic' ? CLASSIC : accurateEcn(NOT_ECT);
  let tcb = inState('ESTABLISHED', {
    options: { ecn, ...(set.sack ? { sack: true } : {}) },
    snd: { wnd: 60_000, mss: 1000 },
    rcv: { wnd: 60_000 },
    settings: { window: 60_000, ...set },
  });
  const sent: Segment[] = [];
  const note = (seen: Seen) => {
    tcb = seen.tcb;
    sent.push(...seen.segments);
    return seen.segments.map(({ ctl }) => printCtl(ctl));
  };
  return {
    tcb: () => tcb,
    sent,
    /** The peer acknowledges so many octets more, with these bits. */
    ack: (bits: number, octets = 0, more: Partial<Segment> = {}) =>
      note(
        arrive(
          tcb,
          segment({
            ...{ seq: tcb.rcv.nxt, ack: add(tcb.snd.una, octets), wnd: 60_000 },
            ...more,
            ctl: ACK | bits,
          }),
          LATER,
        ),
      ),
    /** Text of the peer's arrives with this codepoint. */
    text: (ecn: Codepoint, bits = 0, more: Partial<Segment> = {}) =>
      note(
        arrive(
          tcb,
          segment({
            ...{ seq: tcb.rcv.nxt, ack: tcb.snd.una, wnd: 60_000, data: new Uint8Array(100) },
            ...{ ecn, ...more },
            ctl: ACK | bits,
          }),
        ),
      ),
    send: (octets: number) => note(call.send(tcb, octets)),
    timeout: () => note(expire(tcb, 'retransmission')),
  };
}

function counters(tcb: Tcb) {
  const { ecn } = tcb.options;
  assert.ok(ecn?.mode === 'accurate');
  return ecn;
}

/** When ACKs arrive: not in the moment in which something left. */
const LATER = 10_000;

const windowed = { initialWindow: 10, congestionAlgorithm: 'cubic', mss: 1000 } as const;
/** The ACE field 5, and so many more. */
const ace = (more: number) => ((5 + more) & 7) << 6;

describe('the TCP receiver of classic ECN (RFC 3168 §6.1.3)', () => {
  it('ECN-12 echoes CE with every ACK until CWR comes, and begins again with CE on the same segment', () => {
    const one = open('classic');
    assert.deepEqual(one.text(ECT0), ['ACK']);
    assert.deepEqual(one.text(CE), ['ECE,ACK']);
    assert.deepEqual(one.text(ECT0), ['ECE,ACK']);
    assert.deepEqual(one.send(10), ['PSH,ECE,ACK']);
    assert.deepEqual(one.text(ECT0, CWR), ['ACK']);
    assert.deepEqual(one.text(CE, CWR), ['ECE,ACK']);
  });

  it('takes no notice of CE on a pure ACK, nor on text that is old or beyond the window', () => {
    const one = open('classic');
    one.ack(0, 0, { ecn: CE });
    assert.deepEqual(one.text(NOT_ECT), ['ACK']);
    assert.deepEqual(one.text(CE, 0, { seq: add(one.tcb().rcv.nxt, -100) }), ['ACK']);
    assert.deepEqual(one.text(CE, 0, { seq: add(one.tcb().rcv.nxt, 70_000) }), ['ACK']);
  });

  it('echoes CE on text out of order', () => {
    const one = open('classic');
    assert.deepEqual(one.text(CE, 0, { seq: add(one.tcb().rcv.nxt, 500) }), ['ECE,ACK']);
  });
});

describe('the TCP sender of classic ECN (RFC 3168 §6.1.2)', () => {
  it('ECN-13 answers ECE once a round trip: a smaller window, and CWR with the next new text alone', () => {
    const one = open('classic', windowed);
    one.send(20_000);
    assert.equal(one.ack(ECE, 5000)[0], 'CWR,ACK');
    assert.equal(one.tcb().rto.congestion?.threshold, 7);
    one.ack(ECE, 2000);
    one.ack(ECE, 3000);
    assert.equal(one.tcb().rto.congestion?.threshold, 7);
    assert.equal(one.sent.filter(({ ctl }) => (ctl & CWR) !== 0).length, 1);
    one.ack(ECE, 4000);
    assert.equal(one.tcb().rto.congestion?.threshold, 4);
    assert.equal(one.sent.filter(({ ctl }) => (ctl & CWR) !== 0).length, 2);
  });

  it('without a congestion window it tells all the same that it has heard', () => {
    const one = open('classic');
    one.send(3000);
    assert.deepEqual(one.ack(ECE, 1000), []);
    assert.deepEqual(one.send(2000), ['CWR,ACK', 'PSH,ACK']);
    assert.equal(one.tcb().rto.congestion, undefined);
  });

  it('ECE with nothing outstanding asks for nothing', () => {
    const one = open('classic', windowed);
    one.ack(ECE);
    assert.deepEqual(one.send(10), ['PSH,ACK']);
  });

  it('tells of an RTO by CWR, on new text and not on the retransmission', () => {
    const one = open('classic', windowed);
    one.send(1000);
    assert.deepEqual(one.timeout(), ['PSH,ACK']);
    one.ack(0, 1000);
    assert.deepEqual(one.send(1000), ['PSH,CWR,ACK']);
    assert.deepEqual(one.timeout(), ['PSH,ACK']);
    assert.deepEqual(
      one.sent.map(({ ecn }) => ecn),
      [ECT0, NOT_ECT, ECT0, NOT_ECT],
    );
  });

  it('tells of a fast retransmit by CWR', () => {
    const one = open('classic', { ...windowed, sack: true });
    one.send(5000);
    const una = one.tcb().snd.una;
    const sack = [{ left: add(una, 1000), right: add(una, 4000) }];
    assert.deepEqual(one.ack(0, 0, { options: { sack } })[0], 'ACK', 'the first again');
    one.ack(0, 5000);
    assert.deepEqual(one.send(1000), ['PSH,CWR,ACK']);
  });

  it('what is lost besides reduces the window no further', () => {
    const one = open('classic', { ...windowed, sack: true });
    one.send(10_000);
    one.ack(ECE, 1000);
    const una = one.tcb().snd.una;
    one.ack(ECE, 0, { options: { sack: [{ left: add(una, 1000), right: add(una, 6000) }] } });
    assert.equal(one.tcb().rto.recovery?.phase, 'recovery');
    assert.equal(one.tcb().rto.congestion?.threshold, 7);
  });
});

describe('the Data Receiver of AccECN (RFC 9768 §3.2)', () => {
  it('ECN-09 counts packets with CE, pure ACKs, too, and octets of each codepoint', () => {
    const one = open('accurate');
    one.text(CE);
    one.text(ECT0);
    one.text(ECT1);
    one.text(NOT_ECT);
    one.ack(ace(0), 0, { ecn: CE });
    one.ack(ace(0), 0, { ecn: ECT0 });
    assert.deepEqual(counters(one.tcb()).r, { cep: 7, ceb: 100, e0b: 101, e1b: 101 });
    one.text(CE, 0, { seq: add(one.tcb().rcv.nxt, 70_000) });
    assert.equal(counters(one.tcb()).r.cep, 7, 'outside the window nothing counts');
  });

  it('tells the last three bits of r.cep on all segments, and goes round', () => {
    const one = open('accurate');
    const bits = Array.from({ length: 4 }, () => one.text(CE)[0]);
    assert.deepEqual(bits, ['CWR,AE,ACK', 'ECE,CWR,AE,ACK', 'ACK', 'ECE,ACK']);
    assert.deepEqual(one.send(10), ['PSH,ECE,ACK']);
  });

  it('ECN-10 acknowledges at once the first mark, and the second since the last ACK (§3.2.2.5.1)', () => {
    const one = open('accurate', { ackDelay: 100_000 });
    assert.equal(one.text(ECT0).length, 0);
    assert.equal(one.text(ECT0).length, 1, 'the second segment');
    assert.equal(one.text(CE).length, 1, 'the first mark');
    assert.equal(one.text(CE).length, 0);
    assert.equal(one.text(CE).length, 1);
    assert.equal(one.text(ECT0).length, 0, 'the end of the marks');
  });

  it('acknowledges ACKs when the third of them is marked', () => {
    const one = open('accurate');
    const acks = [1, 2, 3].map(() => one.ack(ace(0), 0, { ecn: CE }));
    assert.deepEqual(acks, [[], [], ['ACK']]);
  });

  it('with the deviation ecn-acks every change is acknowledged at once, and no ACK', () => {
    const one = open('accurate', { ackDelay: 100_000, ecnAcks: 'changes' });
    const text = [ECT0, CE, CE, ECT0, NOT_ECT] as const;
    assert.deepEqual(
      text.map((ecn) => one.text(ecn).length),
      [1, 1, 0, 1, 1],
    );
    for (let i = 0; i < 4; i++) assert.deepEqual(one.ack(ace(0), 0, { ecn: CE }), []);
  });

  it('a FIN that is marked counts', () => {
    const one = open('accurate');
    assert.deepEqual(one.ack(ace(0) | FIN, 0, { ecn: CE }), ['CWR,AE,ACK']);
  });
});

describe('the Data Sender of AccECN (RFC 9768 §3.2.2.2)', () => {
  it('adds what the ACE field has grown by, and reduces the window once a round trip', () => {
    const one = open('accurate', windowed);
    one.send(20_000);
    one.ack(ace(0), 1000);
    assert.equal(one.tcb().rto.recovery, undefined);
    one.ack(ace(2), 2000);
    one.ack(ace(3), 1000);
    assert.equal(counters(one.tcb()).s.cep, 8);
    assert.equal(one.tcb().rto.congestion?.threshold, 7);
    assert.ok(
      one.sent.every(({ ctl }) => (ctl & (CWR | ECE)) === ECE),
      'ACE says 5, and never CWR',
    );
  });

  it('ECN-11 believes that the field went round where that is possible (§3.2.2.5.2)', () => {
    for (const [octets, more, grown] of [
      [7000, 1, 1],
      [8000, 0, 8],
      [9000, 1, 9],
      [10_000, 1, 9],
      [10_000, 3, 3],
      [16_000, 2, 10],
    ] as const) {
      const one = open('accurate');
      one.send(20_000);
      one.ack(ace(more), octets);
      assert.equal(counters(one.tcb()).s.cep, 5 + grown, `${octets} ${more}`);
    }
  });

  it('ignores an ACK that another has superseded, and counts one without progress', () => {
    const one = open('accurate');
    one.send(5000);
    one.ack(ace(0), 3000);
    one.ack(ace(4), -1000);
    assert.equal(counters(one.tcb()).s.cep, 5);
    one.ack(ace(1));
    assert.equal(counters(one.tcb()).s.cep, 6);
  });

  it('with the deviation ecn-counts only an ACK of something new counts', () => {
    const one = open('accurate', { ecnCounts: 'progress' });
    one.send(5000);
    one.ack(ace(1));
    assert.equal(counters(one.tcb()).s.cep, 5);
    one.ack(ace(1), 1000);
    assert.equal(counters(one.tcb()).s.cep, 6);
  });

  it('with the deviation ecn-marks all that leaves is ECT(0)', () => {
    const one = open('accurate', { ecnMarks: 'all' });
    one.send(1000);
    one.timeout();
    one.text(NOT_ECT);
    assert.deepEqual(
      one.sent.map(({ ecn }) => ecn),
      [ECT0, ECT0, ECT0],
    );
  });

  it('does not heed a peer that may not have AccECN', () => {
    const one = open('accurate', windowed);
    const ecn = { ...counters(one.tcb()), heeded: false };
    const deaf = inState('ESTABLISHED', { options: { ecn }, snd: { wnd: 9000, mss: 1000 } });
    const after = call.send(deaf, 2000).tcb;
    const ack = { seq: after.rcv.nxt, ack: add(after.snd.una, 1000), wnd: 99, ctl: ACK | ace(3) };
    const rules = arrive(after, segment(ack)).steps.map(({ rule }) => rule.id);
    assert.ok(!rules.includes('other-states/ecn-ace'));
  });

  it('names the rule and the numbers', () => {
    const one = open('accurate', windowed);
    one.send(3000);
    const seg = { seq: one.tcb().rcv.nxt, ack: add(one.tcb().snd.una, 1000), wnd: 99 };
    const { steps } = arrive(one.tcb(), segment({ ...seg, ctl: ACK | ace(1) }));
    const ruled = steps.find(({ rule }) => rule.id === 'other-states/ecn-ace');
    assert.match(ruled?.why() ?? '', /ACE=0b110, s\.cep=5 \(0b101\).*s\.cep <- 6; ssthresh <- 7/);
  });
});
