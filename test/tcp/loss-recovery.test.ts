import assert from 'node:assert/strict';
import { listOf } from '../../src/base/pieces.js';
import type { SackBlock } from '../../src/tcp/loss-recovery/sack-state.js';
import { editRto } from '../../src/tcp/retransmission/variables.js';
import { num, seq } from '../../src/tcp/seq.js';
import { editOptions, editTcb, type Tcb } from '../../src/tcp/tcb.js';
import { arrive, call, established, expire, type Seen, seg } from './fixtures.js';

/** Ten segments of 100 octets are outstanding, from 301 on; they left at 0. */
function outstanding(settings = {}, sack = false): Tcb {
  const tcb = established({ snd: { mss: 100 }, settings });
  const options = editOptions(tcb.options, { sack });
  const rto = editRto(tcb.rto, { srtt: 100_000, rttvar: 50_000, latest: 100_000, least: 100_000 });
  return call.send(editTcb(tcb, { options, rto }), 1_000).tcb;
}

/** The first number of each segment that left. */
function left({ segments }: Seen): readonly number[] {
  return segments.map(({ seq: first }) => num(first));
}

const block = ([left, right]: readonly [number, number]): SackBlock => ({
  left: seq(left),
  right: seq(right),
});

/** An ACK of a number, with blocks. */
const ack = (number: number, ...blocks: readonly (readonly [number, number])[]) =>
  seg('ACK', {
    seq: 101,
    ack: number,
    options: blocks.length > 0 ? { sack: blocks.map(block) } : {},
  });

/** These arrive one after the other at an instant: what left after each, and the connection then. */
function hears(tcb: Tcb, at: number, ...acks: readonly ReturnType<typeof ack>[]) {
  let now = tcb;
  const sent: (readonly number[])[] = [];
  for (const one of acks) {
    const seen = arrive(now, one, at);
    now = seen.tcb;
    sent.push(left(seen));
  }
  return { tcb: now, sent };
}

describe('RFC 5681 §3.2: fast retransmit and fast recovery', () => {
  it('the third duplicate ACK lets the first segment go again, and no other one does', () => {
    const { tcb, sent } = hears(
      outstanding(),
      100_000,
      ...Array.from({ length: 6 }, () => ack(301)),
    );
    assert.deepEqual(sent, [[], [], [301], [], [], []]);
    assert.equal(tcb.rto.recovery?.phase, 'recovery');
    assert.equal(num(tcb.rto.recovery.until), 1_301);
  });

  it('an ACK with text or another window is no duplicate', () => {
    const text = seg('ACK', { seq: 101, ack: 301, data: 'x' });
    const window = seg('ACK', { seq: 101, ack: 301, wnd: 50 });
    const { sent } = hears(outstanding(), 100_000, ack(301), ack(301), window, text);
    assert.equal(sent.flat().includes(301), false);
  });

  it('RFC 6582 §3.2: a partial ACK lets the next hole go, and the end of recovery nothing', () => {
    const third = hears(outstanding(), 100_000, ack(301), ack(301), ack(301)).tcb;
    const { tcb, sent } = hears(third, 200_000, ack(501), ack(701), ack(1_301));
    assert.deepEqual(sent, [[501], [701], []]);
    assert.equal(tcb.rto.recovery?.phase ?? 'open', 'recovery');
    const fresh = call.send(tcb, 300);
    assert.equal(arrive(fresh.tcb, ack(1_401), 300_000).tcb.rto.recovery, undefined);
  });

  it('`loss-recovery timeout` waits for the RTO', () => {
    const tcb = outstanding({ lossRecovery: 'timeout' });
    const seen = hears(tcb, 100_000, ack(301), ack(301), ack(301), ack(301));
    assert.deepEqual(seen.sent.flat(), []);
    assert.deepEqual(left(expire(seen.tcb, 'retransmission', 1_000_000)), [301]);
  });

  it('the reason tells what came and what it shows', () => {
    const two = hears(outstanding(), 100_000, ack(301), ack(301)).tcb;
    const { steps } = arrive(two, ack(301), 100_000);
    const loss = steps.find(({ rule }) => rule.id === 'other-states/5-loss');
    assert.equal(
      loss?.why(),
      'duplicate ACK of 301: 3 of 3; one segment is taken to be lost: 301; fast recovery until SEG.ACK=1301',
    );
    const fifth = steps.find(({ rule }) => rule.id === 'other-states/5-ack');
    assert.equal(fifth?.why(), 'SEG.ACK=301 = SND.UNA=301: nothing new; 301 again');
  });

  it('after the RTO the duplicates of before count for nothing', () => {
    const third = hears(outstanding(), 100_000, ack(301), ack(301), ack(301)).tcb;
    const late = expire(third, 'retransmission', 1_200_000);
    assert.deepEqual(left(late), [301]);
    assert.equal(late.tcb.rto.recovery, undefined);
    assert.equal(
      listOf(late.tcb.retransmissions).some(({ mark }) => mark !== undefined),
      false,
    );
  });
});

describe('RFC 6675: recovery with SACK', () => {
  it('what lies before more octets than in two full segments is lost, all of it goes again at once', () => {
    const { sent } = hears(
      outstanding({}, true),
      100_000,
      ack(301, [601, 801]),
      ack(301, [601, 901]),
    );
    assert.deepEqual(sent, [[], [301, 401, 501]]);
  });

  it('so is what lies before three sequences apart from each other', () => {
    const { sent } = hears(
      outstanding({}, true),
      100_000,
      ack(301, [501, 601]),
      ack(301, [701, 801], [501, 601]),
      ack(301, [901, 1_001], [701, 801], [501, 601]),
    );
    assert.deepEqual(sent, [[], [], [301, 401]]);
  });

  it('what was SACKed is not sent again, what went again neither', () => {
    const begun = hears(outstanding({}, true), 100_000, ack(301, [401, 801])).tcb;
    const { tcb, sent } = hears(begun, 110_000, ack(301, [401, 901]), ack(801, [801, 901]));
    assert.deepEqual(sent, [[], []]);
    assert.deepEqual(
      listOf(tcb.retransmissions).map(({ segment, mark }) => [num(segment.seq), mark]),
      [
        [801, 'sacked'],
        [901, undefined],
        [1_001, undefined],
        [1_101, undefined],
        [1_201, undefined],
      ],
    );
  });

  it('blocks of what is not outstanding are not believed', () => {
    const { tcb, sent } = hears(
      outstanding({}, true),
      100_000,
      ack(301, [1_201, 1_501]),
      ack(301, [1, 201]),
    );
    assert.deepEqual(sent.flat(), []);
    assert.equal(
      listOf(tcb.retransmissions).some(({ mark }) => mark !== undefined),
      false,
    );
  });
});

describe('RFC 8985: recovery by time (deviation loss-recovery)', () => {
  const linux = {
    lossRecovery: 'rack',
    initialWindow: 10,
    congestionAlgorithm: 'cubic',
    spuriousTimeout: 'undo',
  };

  it('a hole waits a quarter of the shortest round trip, then the reordering timer lets it go', () => {
    const { tcb, sent } = hears(outstanding(linux, true), 100_000, ack(301, [401, 501]));
    assert.deepEqual(sent, [[]]);
    assert.equal(tcb.rto.tail, 'reordering');
    assert.equal(tcb.timers.retransmission, 100_000 + 25_000 + 2_000);
    const late = expire(tcb, 'retransmission', 127_000);
    assert.deepEqual(left(late), [301]);
    assert.equal(late.tcb.rto.recovery?.phase, 'recovery');
    assert.equal(late.rule, 'timeout/reordering');
  });

  it('three that have arrived leave nothing to wait for', () => {
    const { tcb, sent } = hears(outstanding(linux, true), 100_000, ack(301, [401, 701]));
    assert.deepEqual(sent, [[301]]);
    // RFC 6937: seven of ten may be under way, and so many are; one is forced.
    assert.equal(tcb.rto.congestion?.threshold, 7);
  });

  it('a retransmission may be lost, too', () => {
    const first = hears(outstanding(linux, true), 100_000, ack(301, [401, 701])).tcb;
    const fresh = call.send(first, 100, 110_000).tcb;
    const again = hears(fresh, 110_000, ack(301, [401, 901]));
    const late = hears(again.tcb, 260_000, ack(301, [401, 1_401]));
    assert.equal(late.sent.flat().includes(301), true);
  });

  it('DSACK of all that went again brings the congestion window back', () => {
    const first = hears(outstanding(linux, true), 100_000, ack(301, [401, 701])).tcb;
    const all = hears(first, 120_000, ack(1_301)).tcb;
    // RFC 9438 §4.2: a round trip later CUBIC's window is one larger, and seven have arrived.
    assert.equal(all.rto.congestion?.window, 8);
    const told = hears(all, 200_000, ack(1_301, [301, 401])).tcb;
    assert.equal(told.rto.congestion?.window, 10);
  });

  it('what arrives late, though it was sent once, makes reordering known', () => {
    const { tcb } = hears(
      outstanding(linux, true),
      100_000,
      ack(301, [801, 901]),
      ack(401, [801, 901]),
    );
    assert.equal(tcb.rto.recovery?.rack.reordered, 1);
    assert.equal(tcb.rto.recovery.rack.degree, 6);
  });
});
