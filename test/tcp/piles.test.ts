/** RFC 9293 §3.9.1 User/TCP Interface: SENDs and text that pile up; a step copies little of what waits already. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Pieces } from '../../src/base/pieces.js';
import { countOf, elementsFrom, listOf } from '../../src/base/pieces.js';
import { firstSpace, withoutRead } from '../../src/tcp/receiving/space.js';
import { unsentOctets } from '../../src/tcp/sending/queued.js';
import { takeText } from '../../src/tcp/sending/taken-text.js';
import { editTcb, type Tcb } from '../../src/tcp/tcb.js';
import { arrive, call, established, octets, seg } from './fixtures.js';

const COUNT = 5_000;

/** How many elements lie in pieces that the list did not have before. */
function copied<T>(before: Pieces<T>, after: Pieces<T>): number {
  const old = new Set(before);
  return countOf(after.filter((piece) => !old.has(piece)));
}

/** So many SENDs of one octet wait for a window. */
function waiting(count: number): Tcb {
  let tcb = established({ snd: { mss: 1_000, wnd: 0, max: 0 } });
  for (let number = 1; number <= count; number++) tcb = call.send(tcb, 'x', number).tcb;
  return tcb;
}

/** Too much for the room that a segment like it leaves in its block of memory. */
const BLOCK = 'x'.repeat(900);

/** So many segments were received, and nothing was read. */
function unread(count: number): Tcb {
  const bare = established({ settings: { receiveSpace: 'memory', window: 10_000_000 } });
  const rcv = { ...bare.rcv, wnd: 10_000_000 };
  let tcb = editTcb(bare, { rcv, space: firstSpace({ ...bare, rcv }, 1_460, 0) });
  for (let i = 0; i < count; i++)
    tcb = arrive(tcb, seg('ACK', { seq: 101 + i * BLOCK.length, data: BLOCK })).tcb;
  return tcb;
}

describe('what piles up', () => {
  it('a SEND copies a piece of those that wait', () => {
    const tcb = waiting(COUNT);
    assert.equal(countOf(tcb.queued.sends), COUNT);
    assert.equal(unsentOctets(tcb.queued), COUNT);
    const after = call.send(tcb, 'y', 9_999).tcb;
    assert.equal(countOf(after.queued.sends), COUNT + 1);
    assert.ok(copied(tcb.queued.sends, after.queued.sends) <= 128);
  });

  it('a window lets them go, and the ACK completes them, with no list copied for each', () => {
    const tcb = waiting(COUNT);
    const opened = arrive(tcb, seg('ACK', { ack: 301, wnd: 2_000 }));
    assert.equal(opened.sent.length, 2, 'of 1,000 SENDs each');
    const { sends, unacknowledged } = opened.tcb.queued;
    assert.deepEqual([countOf(sends), countOf(unacknowledged)], [COUNT - 2_000, 2_000]);
    assert.ok(copied(tcb.queued.sends, sends) <= 128);
    const acked = arrive(opened.tcb, seg('ACK', { ack: 1_301, wnd: 0 }));
    assert.equal(acked.completed.length, 1_000);
    assert.ok(copied(unacknowledged, acked.tcb.queued.unacknowledged) <= 128);
  });

  it('text that nobody reads: a segment copies a piece of what is known of it', () => {
    const tcb = unread(COUNT);
    const after = arrive(
      tcb,
      seg('ACK', { seq: 101 + COUNT * BLOCK.length, data: 'y'.repeat(900) }),
    ).tcb;
    const [before, held] = [tcb.space?.held ?? [], after.space?.held ?? []];
    assert.equal(countOf(held), COUNT + 1);
    assert.ok(copied(before, held) <= 128);
  });

  it('what was read is free: as much as leaves what is unread (receive-space)', () => {
    const sizes = fc.array(fc.nat({ max: 3 }), { maxLength: 400 });
    fc.assert(
      fc.property(
        sizes,
        fc.nat({ max: 1_300 }),
        fc.integer({ min: 1, max: 200 }),
        (all, left, cut) => {
          const list = all.map((size) => ({ octets: size, memory: 832, room: 0 }));
          const held = [list.slice(0, cut), list.slice(cut)].filter(({ length }) => length > 0);
          const total = (from: number) => all.slice(from).reduce((sum, size) => sum + size, 0);
          let first = 0;
          while (first < all.length && total(first + 1) >= left) first += 1;
          const space = firstSpace(unread(0), 1_460, 0);
          assert.ok(space);
          assert.deepEqual(
            [...listOf(withoutRead({ ...space, held }, left).held)],
            list.slice(first),
          );
        },
      ),
    );
  });

  it('text is taken from SENDs as from one text, and a SEND is done where it ends', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(lengths, fc.nat(), (all, number) => {
        let tcb = established({ snd: { mss: 1_000, wnd: 0, max: 0 } });
        let text = '';
        all.forEach((length, i) => {
          const part = String.fromCharCode(97 + (i % 26)).repeat(length);
          text += part;
          tcb = call.send(tcb, part, i).tcb;
        });
        const length = 1 + (number % text.length);
        const { data, rest, done, pushed } = takeText(tcb, length, tcb.snd.nxt);
        const left = [...elementsFrom(rest, 0)].map((send) => new TextDecoder().decode(send.data));
        assert.deepEqual(data, octets(text.slice(0, length)));
        assert.equal(left.join(''), text.slice(length));
        let end = 0;
        const ends = all.map((size) => (end += size));
        assert.deepEqual(
          done.map((one) => one.call),
          ends.flatMap((at, i) => (at <= length ? i : [])),
        );
        assert.equal(pushed, ends.includes(length));
      }),
      { numRuns: 60 },
    );
  });
});
