/** RFC 6675 §4 and RFC 8985 §6.2 on long queues: what is read piece by piece is what the sections say segment by segment, and an ACK copies little. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inPieces, listOf } from '../../src/base/pieces.js';
import { markLost } from '../../src/tcp/loss-recovery/is-lost.js';
import { detectLoss, NOTHING_ARRIVED } from '../../src/tcp/loss-recovery/rack.js';
import {
  countMarked,
  firstDue,
  highestSacked,
  isOdd,
  pipe,
} from '../../src/tcp/loss-recovery/scoreboard.js';
import type { SentSegment } from '../../src/tcp/retransmission/sent-queue.js';
import { endOf } from '../../src/tcp/retransmission/sent-queue.js';
import type { Segment } from '../../src/tcp/segment.js';
import { segLen } from '../../src/tcp/segment.js';
import { add, before, seq } from '../../src/tcp/seq.js';
import { editOptions, editTcb, type Tcb } from '../../src/tcp/tcb.js';
import { arrive, call, established, seg } from './fixtures.js';

const MARKS = [undefined, 'sacked', 'lost', 'late'] as const;

/** Runs of segments that are alike: of how many, which mark, sent again or not, when, behind other text of that moment or not. */
const runs = fc.array(
  fc.record({
    count: fc.nat({ max: 150 }),
    mark: fc.constantFrom(...MARKS),
    again: fc.boolean(),
    sentAt: fc.nat({ max: 30 }),
    isBehind: fc.boolean(),
  }),
  { maxLength: 12 },
);

function queueOf(all: typeof runs extends fc.Arbitrary<infer T> ? T : never): SentSegment[] {
  const queue: SentSegment[] = [];
  for (const { count, mark, again, sentAt, isBehind } of all) {
    for (let i = 0; i < count; i++) {
      const data = new Uint8Array(1 + (queue.length % 3));
      const last = queue.at(-1);
      const segment: Segment = seg('ACK', { seq: 1, ack: 1 });
      const numbered = { ...segment, seq: last ? endOf(last) : seq(4_294_967_200), data };
      const sent = { segment: numbered, sentAt, retransmissions: again ? 1 : 0, mark };
      queue.push(again ? { ...sent, again: 1, behind: isBehind || undefined } : sent);
    }
  }
  return queue;
}

/** RFC 6675 §4, IsLost, by its words: of one segment at a time. */
function isLost(queue: readonly SentSegment[], place: number, full: number): boolean {
  let [sequences, octets] = [0, 0];
  for (let i = place + 1; i < queue.length; i++) {
    if (queue[i]?.mark !== 'sacked') continue;
    if (queue[i - 1]?.mark !== 'sacked' || i === place + 1) sequences += 1;
    octets += segLen((queue[i] as SentSegment).segment);
  }
  return sequences >= 3 || octets > 2 * full;
}

describe('the scoreboard of a long queue', () => {
  it('counts what each segment has', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const list = queueOf(all);
        const queue = inPieces(list);
        const having = (has: (sent: SentSegment) => boolean) => list.filter(has).length;
        const flies = having(({ mark }) => mark === undefined || mark === 'late');
        const again = having((sent) => sent.again !== undefined);
        assert.equal(pipe(queue, 0), flies + again);
        assert.equal(
          countMarked(queue, 'sacked'),
          having(({ mark }) => mark === 'sacked'),
        );
        assert.equal(
          firstDue(queue),
          list.find((sent) => sent.mark === 'lost' && !sent.again),
        );
        const last = list.filter(({ mark }) => mark === 'sacked').at(-1);
        assert.equal(highestSacked(queue), last && endOf(last));
        const odd = having(
          ({ mark, retransmissions }) =>
            mark === 'sacked' || mark === 'lost' || retransmissions > 0,
        );
        assert.equal(isOdd(queue), odd > 0);
      }),
    );
  });

  it('IsLost: three sequences behind it, or more octets than in two full segments', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 200 }), (all, full) => {
        const list = queueOf(all);
        const expected = list.map((sent, i) => {
          const fresh = sent.mark === undefined && !sent.again;
          return fresh && isLost(list, i, full) ? 'lost' : sent.mark;
        });
        const { queue, lost } = markLost(inPieces(list), full);
        assert.deepEqual(
          listOf(queue).map(({ mark }) => mark),
          expected,
        );
        assert.equal(lost, expected.filter((mark, i) => mark !== list[i]?.mark).length);
      }),
      { numRuns: 60 },
    );
  });

  it('RACK: what was sent before what has arrived, and has had its time', () => {
    const cases = fc.tuple(runs, fc.nat({ max: 30 }), fc.nat({ max: 999 }), fc.nat({ max: 20 }));
    fc.assert(
      fc.property(cases, ([all, sentAt, place, window]) => {
        const list = queueOf(all);
        const end = add(seq(4_294_967_200), 2 * place);
        const rack = { ...NOTHING_ARRIVED, sentAt, end, rtt: 10 };
        const now = 35;
        const earlier = (sent: SentSegment) =>
          sent.sentAt < sentAt ||
          (sent.sentAt === sentAt && !sent.behind && before(endOf(sent), end));
        const judged = (sent: SentSegment) =>
          earlier(sent) &&
          (sent.mark === undefined || (sent.mark === 'lost' && sent.again !== undefined));
        const left = (sent: SentSegment) => 10 + window - (now - sent.sentAt);
        const lost = list.filter((sent) => judged(sent) && left(sent) <= 0);
        const waits = list.filter((sent) => judged(sent) && left(sent) > 0).map(left);
        const found = detectLoss(inPieces(list), rack, window, now);
        assert.equal(found.lost, lost.length);
        assert.equal(found.again, lost.filter((sent) => sent.again && sent.mark === 'lost').length);
        assert.equal(found.wait, Math.max(0, ...waits));
        assert.deepEqual(
          listOf(found.queue).map(({ mark }) => mark),
          list.map((sent) => (lost.includes(sent) ? 'lost' : sent.mark)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('RACK: what went again at the moment of the text that has arrived does not hide text that left before it', () => {
    const [front, ...others] = queueOf([
      { count: 3, mark: undefined, again: false, sentAt: 5, isBehind: false },
    ]);
    assert.ok(front);
    const again = { ...front, again: 1, retransmissions: 1, behind: true } as const;
    const rack = { ...NOTHING_ARRIVED, sentAt: 5, end: endOf(others[1] as SentSegment), rtt: 10 };
    const found = detectLoss(inPieces([again, ...others]), rack, 1, 35);
    const marks = listOf(found.queue).map(({ mark }) => mark);
    assert.deepEqual(marks, [undefined, 'lost', undefined]);
  });

  it('RACK: it does not keep the reordering timer waiting either', () => {
    const [first, last] = queueOf([
      { count: 1, mark: undefined, again: false, sentAt: 3, isBehind: false },
      { count: 1, mark: undefined, again: true, sentAt: 5, isBehind: true },
    ]) as [SentSegment, SentSegment];
    const rack = { ...NOTHING_ARRIVED, sentAt: 5, end: endOf(last), rtt: 10 };
    assert.equal(detectLoss(inPieces([first, last]), rack, 1, 6).wait, 10 + 1 - (6 - 3));
  });
});

describe('a flight of 20,000 segments', () => {
  const COUNT = 20_000;

  /** They are outstanding, from 301 on, two octets each. */
  function outstanding(lossRecovery: 'rack' | 'duplicates'): Tcb {
    const settings = { lossRecovery, sendBuffer: 1_000_000 };
    const tcb = established({ snd: { mss: 2, wnd: 1_000_000, max: 1_000_000 }, settings });
    const options = editOptions(tcb.options, { sack: true });
    return call.send(editTcb(tcb, { options }), 2 * COUNT).tcb;
  }

  /** How many pieces of the queue were made anew from one TCB to the next. */
  function copied(from: Tcb, to: Tcb): number {
    const known = new Set(from.retransmissions);
    return to.retransmissions.filter((piece) => !known.has(piece)).length;
  }

  for (const lossRecovery of ['rack', 'duplicates'] as const) {
    it(`each ACK of what arrives behind a hole copies a few pieces of it (loss-recovery ${lossRecovery})`, () => {
      let tcb = outstanding(lossRecovery);
      assert.ok(tcb.retransmissions.length > 100, `${tcb.retransmissions.length} pieces`);
      let most = 0;
      for (let i = 1; i <= 600; i++) {
        const sack = [{ left: seq(303), right: seq(303 + 2 * i) }];
        const seen = arrive(tcb, seg('ACK', { seq: 101, ack: 301, options: { sack } }), 100 + i);
        most = Math.max(most, copied(tcb, seen.tcb));
        tcb = seen.tcb;
      }
      assert.ok(most <= 3, `an ACK has copied ${most} pieces`);
      assert.equal(countMarked(tcb.retransmissions, 'sacked'), 600);
    });
  }

  it('blocks that lie anywhere copy the pieces that they end in, and what they show to be lost is marked once', () => {
    let tcb = outstanding('duplicates');
    let all = 0;
    for (let i = 0; i < 600; i++) {
      const left = 301 + 2 * ((i * 7_919) % COUNT);
      const sack = [{ left: seq(left), right: seq(left + 2) }];
      const seen = arrive(tcb, seg('ACK', { seq: 101, ack: 301, options: { sack } }), 100 + i);
      all += copied(tcb, seen.tcb);
      tcb = seen.tcb;
    }
    // Each segment is found lost once; beside that an ACK SACKs one, and lets a few go again.
    assert.ok(all <= 600 * 3 + 4 * tcb.retransmissions.length, `${all} pieces in all`);
  });
});
