/** The sequence diagram's layout: where arrows, states, marks and breaks stand. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ArrowItem, Item } from '../../src/views/contract.js';
import { ARROW_GAP, LINE } from '../../src/views/scale.js';
import { changesOf } from '../../src/views/segment-view.js';
import { createSequence, type Sequence, type Source } from '../../src/views/sequence.js';
import { remarks } from '../../src/views/words.js';
import { golden } from '../golden.js';
import { seg } from '../tcp/fixtures.js';
import * as plays from './plays.js';
import { printDiagram } from './print.js';
import { ms, play, second } from './record.js';
import { example, running } from './running.js';

function laidOut(source: Source): Sequence {
  const sequence = createSequence(source);
  sequence.extend();
  return sequence;
}

function allItems(source: Source): readonly Item[] {
  const sequence = laidOut(source);
  return sequence.window(0, sequence.height()).items;
}

function arrows(source: Source): readonly ArrowItem[] {
  return allItems(source).filter((item) => item.kind === 'arrow');
}

describe('the sequence diagram', () => {
  it('draws open, talk and close like a textbook', () => {
    golden('views/open-talk-close.txt', printDiagram(plays.openTalkClose()));
  });

  it('draws a lost SYN and its retransmission', () => {
    golden('views/lost-syn.txt', printDiagram(plays.lostSyn()));
  });

  it('draws SYNs that cross', () => {
    golden('views/simultaneous-open.txt', printDiagram(plays.simultaneousOpen()));
  });

  it('draws three hosts with forged, cut and held segments', () => {
    golden('views/three-hosts.txt', printDiagram(plays.threeHosts()));
  });

  it('draws the first script as it really runs', () => {
    golden('views/handshake.txt', printDiagram(example('handshake.tcpflow')));
  });

  it('draws the old duplicate SYN of figure 8 as it really runs', () => {
    golden('views/figure-08.txt', printDiagram(example('rfc9293-figure-08.tcpflow')));
  });

  it('draws a crash and the half-open connection of figure 10 as it really runs', () => {
    golden('views/figure-10.txt', printDiagram(example('rfc9293-figure-10.tcpflow')));
  });

  it('an answer leaves where what it answers arrived', () => {
    const [syn, synAck, ack] = arrows(plays.openTalkClose());
    assert.equal(syn?.arrival?.y, synAck?.y);
    assert.equal(synAck?.arrival?.y, ack?.y);
  });

  it('a longer delay falls further', () => {
    const p = play('a', 'b');
    const sent = [5, 10, 20, 40].map((delay, i) => {
      const at = i * second;
      const [one] = p.call(at, 'a: send', {
        send: [{ to: 'b', ctl: 'ACK', seq: 1, delay: delay * ms }],
      });
      p.arrive(one);
      return one;
    });
    const falls = arrows(p).map(({ y, arrival }) => (arrival?.y ?? 0) - y);
    assert.equal(falls.length, sent.length);
    assert.deepEqual(
      [...falls].sort((a, b) => a - b),
      falls,
    );
    assert.equal(new Set(falls).size, falls.length);
  });

  it('an hour takes no more room than a minute, and says how long it was', () => {
    const waiting = (wait: number) => {
      const p = play('a', 'b');
      p.call(0, 'a: send', { send: [{ to: 'b', ctl: 'ACK', seq: 1 }] });
      p.call(wait, 'a: send', {});
      return p;
    };
    const [minute, hour] = [60 * second, 3_600 * second].map(waiting);
    assert.equal(laidOut(minute!).height(), laidOut(hour!).height());
    const gaps = allItems(hour!).flatMap((item) => (item.kind === 'gap' ? [item.text] : []));
    assert.deepEqual(gaps, ['1 h later']);
  });

  it('an arrow is told to cross only if it meets one that goes the other way', () => {
    assert.deepEqual(
      arrows(plays.simultaneousOpen()).map(({ crossing }) => crossing),
      [true, true, true, true],
    );
    const alone = arrows(plays.lostSyn());
    assert.ok(alone.length > 0 && alone.every(({ crossing }) => !crossing));
  });

  it('arrows and texts never stand on each other', () => {
    for (const make of [plays.openTalkClose, plays.threeHosts, () => plays.chatter(40)]) {
      const items = allItems(make());
      const texts = items.flatMap((item) =>
        item.kind === 'mark' || item.kind === 'state' ? [[item.lane, item.side, item.textY]] : [],
      );
      const tails = items.flatMap((item) =>
        item.kind === 'arrow' ? [[item.from, item.to, item.y]] : [],
      );
      assertApart(texts, LINE);
      assertApart(tails, ARROW_GAP);
    }
  });

  it('later steps never stand higher, and every arrow falls', () => {
    const p = plays.threeHosts();
    const sequence = laidOut(p);
    for (let i = 1; i < p.length(); i++) {
      assert.ok(sequence.stepY(i) >= sequence.stepY(i - 1), `step ${i}`);
    }
    for (const { y, arrival, id } of arrows(p)) assert.ok(!arrival || arrival.y > y, id);
  });

  it('the cursor stands at the lowest of what has happened in its step', () => {
    const p = play('a', 'b');
    const send = [1, 2, 3].map((seq) => ({ to: 'b', ctl: 'ACK', seq }));
    p.call(0, 'a: send', { send });
    const sequence = laidOut(p);
    const tails = arrows(p).map(({ y }) => y);
    assert.equal(sequence.placeY({ step: 0, microstep: -1 }), tails[0]);
    assert.equal(sequence.placeY({ step: 0, microstep: 0 }), tails[2]);
    assert.equal(tails[2], (tails[0] ?? 0) + 2 * ARROW_GAP);
  });
});

/** Of those that agree in all but the last number, no two are nearer than `least` in that. */
function assertApart(places: readonly (readonly (number | string)[])[], least: number): void {
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const key = place.slice(0, -1).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), Number(place.at(-1))]);
  }
  for (const [key, heights] of groups) {
    heights.sort((a, b) => a - b);
    heights.forEach((y, i) => {
      const next = heights[i + 1];
      assert.ok(next === undefined || next - y >= least, `${key}: ${y} and ${next}`);
    });
  }
}

describe('the diagram of a long record', () => {
  const long = plays.chatter(400);
  const whole = laidOut(long);
  const everything = whole.window(0, whole.height()).items;

  it('is the same window by window as all at once', () => {
    fc.assert(
      fc.property(fc.nat(whole.height()), fc.nat(2_000), (from, size) => {
        const { items } = whole.window(from, from + size);
        const ids = new Set(items.map(({ id }) => id));
        const inside = everything.filter(({ y }) => y >= from && y <= from + size);
        assert.deepEqual(
          items.filter(({ id }) => inside.some((one) => one.id === id)),
          inside,
        );
        const spanning = everything.filter(
          (item) => item.kind === 'arrow' && item.y < from && (item.arrival?.y ?? 0) > from,
        );
        for (const { id } of spanning) assert.ok(ids.has(id), id);
      }),
    );
  });

  it('is the same whether it grew step by step or was there at once', () => {
    const growing = plays.simultaneousOpen();
    const complete = printDiagram(growing);
    const sequence = createSequence(growing);
    const total = growing.length();
    for (let length = 0; length <= total; length++) {
      growing.shownTo(length);
      sequence.extend();
      assert.equal(sequence.length(), length);
    }
    const atOnce = laidOut(growing);
    assert.deepEqual(sequence.window(0, sequence.height()), atOnce.window(0, sequence.height()));
    assert.equal(printDiagram(growing), complete);
  });

  it('tells of each step what is new, and of arrows that arrived or were met', () => {
    const growing = plays.simultaneousOpen();
    const total = growing.length();
    const sequence = createSequence(growing);
    const known = new Map<string, Item>();
    for (let length = 0; length <= total; length++) {
      growing.shownTo(length);
      const before = sequence.length();
      sequence.extend();
      for (const item of sequence.since(before)) known.set(item.id, item);
      const { items } = sequence.window(0, sequence.height());
      assert.deepEqual(new Map(items.map((item) => [item.id, item])), known, `step ${length}`);
    }
  });

  it('reads each step once while it grows, and a few per window', () => {
    let reads = 0;
    const counted: Source = {
      ...long,
      step: (index) => {
        reads += 1;
        return long.step(index);
      },
    };
    const sequence = laidOut(counted);
    assert.equal(reads, long.length());
    reads = 0;
    sequence.window(sequence.height() / 2, sequence.height() / 2 + 1_000);
    assert.ok(reads < 220, `${reads} reads`);
  });

  it('after a fork it is as if the old future had never been', () => {
    for (const index of [0, 1, 63, 64, 65, 200, 700]) {
      const record = plays.chatter(400);
      const sequence = laidOut(record);
      record.cut(index);
      sequence.truncate(index);
      sequence.extend();
      const fresh = laidOut(record);
      assert.equal(sequence.height(), fresh.height(), `cut at ${index}`);
      assert.deepEqual(
        sequence.window(0, fresh.height()),
        fresh.window(0, fresh.height()),
        `cut at ${index}`,
      );
    }
  });

  it('a segment that is dropped on its way ends there, and is whole again after a fork before that', () => {
    const p = play('client', 'server');
    const [syn] = p.call(0, 'client: connect server:80', {
      from: 'CLOSED',
      to: 'SYN_SENT',
      send: [{ to: 'server', ctl: 'SYN', seq: 100 }],
    });
    const sequence = laidOut(p);
    const arrow = () => {
      const { items } = sequence.window(0, sequence.height());
      return items.find((item) => item.kind === 'arrow');
    };
    assert.equal(arrow()?.fate, 'deliver');
    p.drop(5 * ms, syn);
    p.rule(second, 'script/print', 'much later');
    const before = sequence.length();
    sequence.extend();
    const changed = sequence.since(before).find((item) => item.kind === 'arrow');
    assert.deepEqual([changed?.fate, changed?.decidedBy], ['lose', 'edit/segment']);
    assert.deepEqual(arrow(), changed);
    // It does not go on for ever: it is none of what is at the height of the last note.
    const note = sequence.window(0, sequence.height()).items.at(-1);
    const { items } = sequence.window(note?.y ?? 0, sequence.height());
    assert.deepEqual(
      items.map(({ kind }) => kind).filter((kind) => kind === 'note' || kind === 'arrow'),
      ['note'],
    );
    p.cut(before);
    sequence.truncate(before);
    assert.equal(arrow()?.fate, 'deliver');
  });

  it('what a script does to segments under way is seen on their arrows', () => {
    const text = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 50ms }
server: listen 80
client: connect server:80
wait until client ESTABLISHED
client: send 1 bytes
client: send 2 bytes
client: send 3 bytes
wait 5ms
STATEMENT
wait 400ms
`;
    const fates = (statement: string) => {
      const source = running(text.replace('STATEMENT', statement));
      const sequence = createSequence(source);
      sequence.extend();
      const { items } = sequence.window(0, sequence.height());
      const last = sequence.height() - 30;
      const far = items.filter((item) => item.kind === 'arrow' && item.arrival === undefined);
      for (const item of far) assert.ok(item.y < last, 'no arrow goes on for ever');
      return items
        .filter((item): item is ArrowItem => item.kind === 'arrow' && item.from === 0)
        .filter(({ segment, how }) => segment.length > 0 && how !== 'retransmission')
        .map((arrow) => remarks(arrow));
    };
    assert.deepEqual(fates('wait 1ms'), ['', '', '']);
    assert.deepEqual(fates('drop client -> server len=2 now'), ['', 'dropped by the script', '']);
    assert.deepEqual(fates('drop 3 client -> server PSH,ACK now'), [
      'dropped by the script',
      'dropped by the script',
      'dropped by the script',
    ]);
    assert.deepEqual(fates('hold client -> server len=2 as x now'), ['', 'held back', '']);
    assert.deepEqual(fates('hold client -> server len=2 as x now\nwait 100ms\nrelease x'), [
      '',
      'held back',
      '',
      'released',
    ]);
    const hold = 'hold client -> server len=2 as x now';
    const deliver = 'deliver client -> server len=2';
    assert.deepEqual(fates(`${hold}\n${deliver}`), ['', '', ''], 'it arrives after all');
    assert.deepEqual(fates('corrupt client -> server len=3 now'), ['', '', 'damaged']);
    const set = 'set client -> server len=2 with';
    assert.deepEqual(fates(`${set} win=7`), ['', 'changed on its way', '']);
    assert.deepEqual(fates(`${set} len=2`), ['', '', ''], 'as it was');
  });

  it('what is changed on its way shows what was sent, and where it arrives what it is by then', () => {
    const changed = (statement: string) => {
      const source = running(`host client { isn 100 }
host server { isn 300 }
server: listen 80
client: connect server:80
wait 5ms
${statement}
wait 100ms
`);
      const sequence = createSequence(source);
      sequence.extend();
      const { items } = sequence.window(0, sequence.height());
      const marks = items.flatMap((item) => (item.kind === 'mark' ? [item] : []));
      const mark = marks.find(({ what }) => what === 'change');
      const arrow = items.find((item): item is ArrowItem => item.kind === 'arrow');
      assert.equal(arrow?.segment.seq, 100, 'as it was sent');
      assert.equal(arrow.changed, mark !== undefined);
      if (mark) assert.deepEqual([mark.y, mark.lane], [arrow.arrival?.y, 1]);
      return mark && [mark.text, mark.detail];
    };
    assert.equal(changed('wait 1ms'), undefined);
    assert.deepEqual(changed('set client -> server SYN with seq=500 win=17'), [
      'changed: seq=500 win=17',
      'It was sent with seq=100 win=65535.',
    ]);
    assert.deepEqual(changed('set client -> server SYN with RST,ACK seq=100 ack=5'), [
      'changed: RST,ACK ack=5',
      'It was sent with SYN ack=0.',
    ]);
    assert.deepEqual(changed('set client -> server SYN with up=3 data="hi"'), [
      'changed: up=3 len=2 data="hi"',
      'It was sent with up=0 len=0 data="".',
    ]);
    assert.deepEqual(changed('set client -> server SYN with mss=500'), [
      'changed: options=MSS=500',
      'It was sent with options=MSS=1460.',
    ]);
    const [sent, arrived] = ['x', 'y'].map((end) => seg('ACK', { data: 'a'.repeat(50) + end }));
    assert.ok(sent && arrived);
    assert.match(changesOf(sent, arrived), /^data="a+\.\.\."$/, 'behind what is shown of a text');
    assert.equal(changesOf(sent, { ...sent }), '');
  });

  it('a window knows the state that each lane is in where it begins', () => {
    const p = plays.openTalkClose();
    const sequence = laidOut(p);
    const established = allItems(p).find(
      (item) => item.kind === 'state' && item.lane === 0 && item.to === 'ESTABLISHED',
    );
    const y = established?.y ?? 0;
    assert.deepEqual(sequence.window(y - 1, y + 50).states, ['SYN_SENT', 'SYN_RCVD']);
    assert.deepEqual(sequence.window(y, y + 50).states, ['ESTABLISHED', 'SYN_RCVD']);
  });
});
