/** What the webviews are sent: all they need to begin, and little after each stop. */

import assert from 'node:assert/strict';
import type { MovedMessage, ToView } from '../../src/views/contract.js';
import { createFeed } from '../../src/views/feed.js';
import * as plays from './plays.js';
import { example, running } from './running.js';

/** What must fit into a message after a step: the goal is 4 KB (G2). */
const SMALL = 4_096;

const octets = (messages: readonly ToView[]) => JSON.stringify(messages).length;
const start = { step: 0, microstep: -1 };

function movedOf(messages: readonly ToView[]): MovedMessage {
  const [moved] = messages.filter((message) => message.kind === 'moved');
  assert.ok(moved);
  return moved;
}

/** Without the properties that are `undefined`: nobody can tell them from absent ones. Lists are left as they are. */
function withoutGaps<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutGaps) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutGaps(one)])) as T;
}

describe('the feed of the webviews', () => {
  it('reads nothing of the record while nobody looks', () => {
    const source = plays.openTalkClose();
    let reads = 0;
    const feed = createFeed({
      ...source,
      step: (index) => {
        reads += 1;
        return source.step(index);
      },
    });
    assert.deepEqual(feed.moved(start), []);
    assert.deepEqual(feed.moved({ step: 5, microstep: 0 }), []);
    assert.equal(reads, 0);
  });

  it('begins with the lanes, the height and the rows around the cursor', () => {
    const feed = createFeed(plays.openTalkClose(), 7);
    feed.moved({ step: 3, microstep: -1 });
    const [diagram, rows, ...more] = feed.answer({ kind: 'ready', view: 'sequence' });
    assert.equal(more.length, 0);
    assert.ok(diagram?.kind === 'diagram' && rows?.kind === 'rows');
    assert.equal(diagram.run, 7);
    assert.deepEqual(
      diagram.lanes.map(({ name }) => name),
      ['client', 'server'],
    );
    assert.equal(diagram.cursor.text, '0.020000 s, client: SYN,ACK from server arrives');
    assert.ok(rows.from <= diagram.cursor.y && rows.to >= diagram.cursor.y);
    assert.ok(rows.items.length > 20);
  });

  it('says the same after a journey through JSON', () => {
    const feed = createFeed(plays.openTalkClose());
    const begun = feed.answer({ kind: 'ready', view: 'sequence' });
    const all = [...begun, ...feed.moved({ step: 3, microstep: 0 })];
    // What a page is told of a lane must not turn into something else on the way: `undefined` in a list becomes null.
    assert.deepEqual(JSON.parse(JSON.stringify(all)), all.map(withoutGaps));
    const rows = begun.find((message) => message.kind === 'rows');
    assert.deepEqual(rows?.states, ['CLOSED', 'CLOSED']);
  });

  it('sends a few hundred octets and the new items after a step, whatever the history', () => {
    for (const exchanges of [3, 2_000]) {
      const source = plays.chatter(exchanges);
      const last = source.length() - 1;
      source.shownTo(last - 2);
      const feed = createFeed(source);
      feed.answer({ kind: 'ready', view: 'sequence' });
      while (feed.isBehind()) feed.catchUp();
      for (const length of [last - 1, last, last + 1]) {
        source.shownTo(length);
        const messages = feed.moved({ step: length - 1, microstep: 0 });
        const moved = movedOf(messages);
        assert.ok(octets(messages) < SMALL, `${octets(messages)} octets`);
        assert.equal(moved.staleFrom, undefined);
        assert.ok(moved.items.length > 0);
      }
    }
  });

  it('lays out a long record in slices, and then tells of the whole', () => {
    const source = plays.chatter(2_000);
    const feed = createFeed(source);
    const [first] = feed.answer({ kind: 'ready', view: 'sequence' });
    assert.ok(first?.kind === 'diagram' && feed.isBehind());
    let told: readonly ToView[] = [];
    let slices = 0;
    for (; feed.isBehind(); slices++) {
      assert.deepEqual(told, []);
      told = feed.catchUp();
    }
    assert.ok(slices > 3, `${slices} slices`);
    const [whole] = told;
    const all = createFeed(source);
    all.answer({ kind: 'ready', view: 'sequence' });
    while (all.isBehind()) all.follow();
    const [again] = all.answer({ kind: 'ready', view: 'sequence' });
    assert.deepEqual(whole, again);
    assert.ok(whole?.kind === 'diagram' && whole.height > first.height);
  });

  it('sends no items when the cursor goes back', () => {
    const source = plays.openTalkClose();
    const feed = createFeed(source);
    feed.moved({ step: source.length(), microstep: -1 });
    feed.answer({ kind: 'ready', view: 'sequence' });
    const moved = movedOf(feed.moved({ step: 2, microstep: 0 }));
    assert.deepEqual(moved.items, []);
    assert.equal(moved.staleFrom, undefined);
    assert.equal(moved.cursor.recorded, source.length());
  });

  it('sends no flood of items after a long run: what is new is to be asked for', () => {
    const source = plays.chatter(1_000);
    const total = source.length();
    source.shownTo(10);
    const feed = createFeed(source);
    feed.answer({ kind: 'ready', view: 'sequence' });
    source.shownTo(total);
    const messages = feed.moved({ step: total - 1, microstep: -1 });
    const { staleFrom, items, height } = movedOf(messages);
    assert.ok(octets(messages) < SMALL);
    assert.deepEqual(items, []);
    assert.ok(staleFrom !== undefined && staleFrom < height);
    const [rows] = feed.answer({ kind: 'rows', run: 1, from: staleFrom, to: staleFrom + 500 });
    assert.ok(rows?.kind === 'rows');
    assert.ok(rows.items.some((item) => item.kind === 'arrow' && item.place.step >= 10));
    const [all] = feed.answer({ kind: 'rows', run: 1, from: 0, to: height });
    assert.ok(all?.kind === 'rows');
    const added = all.items.filter(({ place }) => place.step >= 10);
    assert.ok(Math.min(...added.map(({ y }) => y)) >= staleFrom, 'nothing new stands above');
  });

  it('turns the pages of what is there and of what is gone apart', () => {
    const source = running(`host client
host server
server: listen 80 backlog 100
server: listen 81
repeat 20 as i { client: connect server:80 from 2000+i }
wait 1s
repeat 20 as i { client: connect server:82 from 3000+i }
wait 1s
`);
    const feed = createFeed(source);
    feed.answer({ kind: 'ready', view: 'tables' });
    feed.moved({ step: source.length(), microstep: -1 });
    const page = (from: number, list?: 'gone') => {
      const request = { kind: 'page', host: 'client', from, ...(list ? { list } : {}) } as const;
      const [told] = feed.answer(request);
      assert.ok(told?.kind === 'tables');
      const [client, server] = told.hosts;
      assert.equal(server?.listeners.length, 2);
      return [client?.from, client?.goneFrom];
    };
    assert.deepEqual(page(8), [8, 0]);
    assert.deepEqual(page(16, 'gone'), [8, 16]);
    assert.deepEqual(page(0), [0, 16]);
  });

  it('marks in the tables what the rules of the last event have changed up to the cursor', () => {
    const source = running(`host client
host server
server: listen 80
client: connect server:80
wait 1s
`);
    const feed = createFeed(source);
    feed.answer({ kind: 'ready', view: 'tables' });
    const client = (step: number, microstep: number) => {
      const [told] = feed.moved({ step, microstep });
      assert.ok(told?.kind === 'tables');
      return told.hosts.find(({ name }) => name === 'client')?.connections[0];
    };
    const steps = Array.from({ length: source.length() }, (_, i) => source.step(i));
    const [open, established] = ['SYN_SENT', 'ESTABLISHED'].map((state) => {
      const step = steps.findIndex(({ host, microsteps }) =>
        microsteps.some(({ after, before }) => {
          return host === 'client' && after?.state === state && before?.state !== state;
        }),
      );
      const { microsteps } = steps[step]!;
      return {
        step,
        rule: microsteps.findIndex(({ after }) => after?.state === state),
        microsteps,
      };
    });
    assert.equal(client(open!.step, open!.rule)?.isNew, true, 'by the rule that made it');
    const { step, microsteps, rule } = established!;
    assert.ok(client(step, rule)?.changed.includes('state'));
    assert.ok(microsteps.length > rule + 1);
    const last = client(step, microsteps.length - 1);
    assert.ok(last?.changed.includes('state'), 'by the first of several rules');
  });

  it('does not answer for rows of a run that is over', () => {
    const feed = createFeed(plays.lostSyn(), 3);
    feed.answer({ kind: 'ready', view: 'sequence' });
    assert.deepEqual(feed.answer({ kind: 'rows', run: 2, from: 0, to: 100 }), []);
    assert.equal(feed.answer({ kind: 'rows', run: 3, from: 0, to: 100 }).length, 1);
  });

  it('begins anew after a fork', () => {
    const source = plays.openTalkClose();
    const feed = createFeed(source);
    feed.answer({ kind: 'ready', view: 'sequence' });
    source.cut(4);
    const [diagram, rows] = feed.forked(4, { step: 3, microstep: 0 });
    assert.ok(diagram?.kind === 'diagram' && rows?.kind === 'rows');
    assert.equal(diagram.run, 2);
    assert.ok(rows.items.length > 0 && rows.items.every(({ place }) => place.step < 4));
  });

  it('sends the tables to those who look at tables, and only what is on a page', () => {
    const source = example('handshake.tcpflow');
    const feed = createFeed(source);
    feed.answer({ kind: 'ready', view: 'tables' });
    for (let step = 0; step <= source.length(); step++) {
      const messages = feed.moved({ step, microstep: -1 });
      assert.deepEqual(
        messages.map(({ kind }) => kind),
        ['tables'],
      );
      assert.ok(octets(messages) < SMALL, `${octets(messages)} octets`);
    }
  });
});
