import assert from 'node:assert/strict';
import { printOptions } from '../../src/tcp/options.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { arrive, type Changes, call, established, seg } from './fixtures.js';

const AGREED: Changes = { options: { sack: true } };

/** The options of what leaves when these segments arrive one after the other, an empty text for none. */
function answers(tcb: Tcb, ...segments: readonly ReturnType<typeof seg>[]): readonly string[] {
  const told: string[] = [];
  let at = tcb;
  for (const one of segments) {
    const seen = arrive(at, one);
    told.push(...seen.segments.map(({ options }) => printOptions(options)));
    at = seen.tcb;
  }
  return told;
}

const text = (at: number, length: number) => seg('ACK', { seq: at, ack: 301, data: length });

describe('RFC 2018: what a receiver tells of text ahead of RCV.NXT', () => {
  const tcb = established(AGREED);

  it('an ACK has a block for what is held, until the hole is filled', () => {
    assert.deepEqual(answers(tcb, text(201, 100), text(101, 100)), ['SACK=201:301', '']);
  });

  it('without SACK-permitted there are none', () => {
    assert.deepEqual(answers(established(), text(201, 100)), ['']);
  });

  it('the first block is that of the segment which has just come', () => {
    const told = answers(tcb, text(201, 10), text(301, 10), text(401, 10), text(211, 10));
    assert.deepEqual(told.at(-1), 'SACK=201:221/401:411/301:311');
  });

  it('blocks that touch are one', () => {
    const told = answers(tcb, text(201, 10), text(221, 10), text(211, 10));
    assert.deepEqual(told.at(-1), 'SACK=201:231');
  });

  it('a FIN that is held counts', () => {
    const fin = seg('FIN,ACK', { seq: 201, ack: 301, data: 10 });
    assert.deepEqual(answers(tcb, fin), ['SACK=201:212']);
  });

  it('four blocks at most, three with timestamps', () => {
    const holes = [201, 301, 401, 501, 601].map((at) => text(at, 10));
    assert.equal(answers(tcb, ...holes).at(-1), 'SACK=601:611/501:511/401:411/301:311');
    const stamped = established({ options: { sack: true, timestamps: true, tsRecent: 5 } });
    const withStamp = holes.map((one) => ({
      ...one,
      options: { timestamps: { val: 5, ecr: 0 } },
    }));
    assert.match(answers(stamped, ...withStamp).at(-1) ?? '', /SACK=601:611\/501:511\/401:411$/);
  });

  it('text that is sent has them, too, and is so much shorter', () => {
    const held = arrive(established({ ...AGREED, snd: { mss: 100 } }), text(201, 100)).tcb;
    const sent = call.send(held, 200).segments;
    assert.deepEqual(
      sent.map(({ data, options }) => [data.length, printOptions(options)]),
      [
        [88, 'SACK=201:301'],
        [88, 'SACK=201:301'],
        [24, 'SACK=201:301'],
      ],
    );
  });
});

describe('RFC 2883: what came twice (deviation dsack)', () => {
  const tcb = established({ ...AGREED, settings: { dsack: 'on' } });

  const onlyText = established({ ...AGREED, settings: { dsack: 'text' } });

  it('is told once, by the next segment', () => {
    const again = text(101, 100);
    assert.deepEqual(answers(tcb, again, again, text(201, 10)), ['', 'SACK=101:201', '']);
  });

  it('comes before the blocks of what is held', () => {
    const told = answers(tcb, text(301, 10), text(301, 10));
    assert.equal(told.at(-1), 'SACK=301:311/301:311');
  });

  it('tells the part that was held when the hole is filled over it', () => {
    assert.equal(answers(tcb, text(151, 10), text(101, 100)).at(-1), 'SACK=151:161');
  });

  it('tells the part before RCV.NXT', () => {
    assert.equal(answers(tcb, text(101, 100), text(151, 100)).at(-1), 'SACK=151:201');
  });

  it('a FIN counts, but not with `text`', () => {
    const fin = seg('FIN,ACK', { seq: 101, ack: 301, data: 10 });
    assert.equal(answers(tcb, fin, fin).at(-1), 'SACK=101:112');
    assert.equal(answers(onlyText, fin, fin).at(-1), 'SACK=101:111');
    const ahead = seg('FIN,ACK', { seq: 201, ack: 301, data: 10 });
    assert.deepEqual(answers(onlyText, ahead), ['SACK=201:211']);
    assert.deepEqual(answers(onlyText, seg('FIN,ACK', { seq: 201, ack: 301 })), ['']);
  });

  it('with `text` it is told at once, even with text that is new', () => {
    const answered = (dsack: 'on' | 'text') => {
      const slow = established({ ...AGREED, settings: { ackDelay: 40_000, dsack } });
      return answers(slow, text(101, 10), text(111, 10), text(116, 10));
    };
    assert.deepEqual(answered('on'), ['']);
    assert.deepEqual(answered('text'), ['', 'SACK=116:121']);
  });

  it('is off by the letter of RFC 2018', () => {
    const again = text(101, 100);
    assert.deepEqual(answers(established(AGREED), again, again), ['', '']);
  });
});
