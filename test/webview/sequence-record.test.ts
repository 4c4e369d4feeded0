/** The sequence diagram in a browser: records that are long, that grow, and that are replaced; where the view is. */

import assert from 'node:assert/strict';
import * as plays from '../views/plays.js';
import { running } from '../views/running.js';
import { chain, labels, useBrowser } from './diagram.js';
import type { OpenPage } from './page.js';

describe('the sequence diagram and its record', function () {
  this.timeout(60_000);
  const { show } = useBrowser();

  const nodes = (one: OpenPage) => one.page.$$eval('*', (all) => all.length);

  it('stays within 500 nodes, whatever the history, and finds its rows when scrolled', async () => {
    const one = await show(plays.chatter(1_000), { height: 1_000 }, 0);
    assert.ok((await nodes(one)) <= 500, `${await nodes(one)} nodes`);
    const bottom = () =>
      one.page.$eval('.area', (area) =>
        area.scrollTo({ top: area.scrollHeight, behavior: 'auto' }),
      );
    await bottom();
    await one.settle();
    await one.settle();
    const names = await labels(one);
    assert.ok(names.some((name) => name.startsWith('24.975000 s: client to server')));
    assert.ok((await nodes(one)) <= 500, `${await nodes(one)} nodes`);
    assert.equal(one.posted.filter(({ kind }) => kind === 'rows').length, 1);
  });

  it('a diagram higher than a browser can scroll is reached to its end', async () => {
    const one = await show(plays.chatter(10), {}, 0);
    const [diagram] = one.feed.answer({ kind: 'ready', view: 'sequence' });
    assert.ok(diagram?.kind === 'diagram');
    const height = 90_000_000;
    const rows = { kind: 'rows', run: 9, from: 0, to: 1_000, states: [], items: [] } as const;
    await one.tell([{ ...diagram, run: 9, height }, rows]);
    await one.page.$eval('.area', (area) => area.scrollTo({ top: area.scrollHeight }));
    await one.settle();
    const asked = one.posted.at(-1);
    assert.ok(
      asked?.kind === 'rows' && asked.run === 9 && asked.to >= height,
      JSON.stringify(asked),
    );
    const box = await one.page.locator('svg.figure').boundingBox();
    assert.ok(box && box.y < 700 && box.y + box.height > 300, JSON.stringify(box));
  });

  it('follows the cursor, unless it is told not to', async () => {
    const source = plays.chatter(200);
    const one = await show(source, {}, 0);
    const top = () => one.page.$eval('.area', (area) => area.scrollTop);
    assert.equal(await top(), 0);
    await one.tell(one.feed.moved({ step: 300, microstep: -1 }));
    await one.settle();
    const there = await top();
    assert.ok(there > 1_000);
    assert.equal(await one.page.locator('.now').count(), 1);
    await one.page.getByRole('button', { name: 'Follow' }).click();
    await one.tell(one.feed.moved({ step: 0, microstep: -1 }));
    assert.equal(await top(), there);
    await one.page.getByRole('button', { name: 'Follow' }).click();
    await one.settle();
    assert.equal(await top(), 0);
  });

  it('opens where the cursor is, however long the numbers turn out to be', async () => {
    const source = running(`host client 10.0.0.1 { isn 1000000000 msl 1s }
host server 10.0.0.2 { isn 3000000000 msl 1s }
server: listen 80
repeat 60 as i {
  client: connect server:80 from 2000+i
  wait 50ms
  client: close
  server: close
  wait 50ms
}
`);
    const one = await show(source, { width: 700 }, 0);
    await one.tell(one.feed.moved({ step: Math.floor(source.length() / 2), microstep: 0 }));
    const before = one.posted.length;
    await one.tell(one.feed.answer({ kind: 'ready', view: 'sequence' }));
    await one.settle();
    const line = await one.page.locator('.now').first().boundingBox();
    const area = await one.page.locator('.area').boundingBox();
    assert.ok(line && area && line.y > area.y && line.y < area.y + area.height);
    assert.deepEqual(one.posted.slice(before), []);
  });

  it('of many hosts brings those into sight that the event at the cursor is about', async () => {
    const source = chain(['a', 'b', 'c', 'd', 'e', 'f']);
    const one = await show(source, { width: 520, height: 1000 });
    const inSight = () =>
      one.page.$$eval('.head', (heads) =>
        heads
          .filter((head) => {
            const { left, right } = head.getBoundingClientRect();
            return left >= 0 && right <= window.innerWidth;
          })
          .map((head) => head.querySelector('strong')?.textContent ?? ''),
      );
    const last = Array.from({ length: source.length() }, (_, i) => i).filter(
      (i) => source.step(i).host === 'f',
    );
    await one.tell(one.feed.moved({ step: last.at(-1) ?? 0, microstep: 0 }));
    assert.deepEqual((await inSight()).slice(-2), ['e', 'f']);
    await one.tell(one.feed.moved({ step: 1, microstep: 0 }));
    assert.deepEqual((await inSight()).slice(0, 2), ['a', 'b']);
  });

  it('grows with the record, step by step and by leaps', async () => {
    const source = plays.chatter(300);
    const total = source.length();
    source.shownTo(1);
    const one = await show(source, {}, 0);
    for (const length of [2, 3, 4, 5]) {
      source.shownTo(length);
      await one.tell(one.feed.moved({ step: length - 1, microstep: 0 }));
    }
    assert.equal(await one.page.locator('g.arrow').count(), 4);
    assert.equal(one.posted.filter(({ kind }) => kind === 'rows').length, 0);
    source.shownTo(total);
    await one.tell(one.feed.moved({ step: total - 1, microstep: 0 }));
    await one.settle();
    assert.ok((await labels(one)).some((name) => name.startsWith('7.495000 s: client')) === false);
    assert.ok((await labels(one)).some((name) => name.startsWith('7.475000 s: client')));
  });

  it('a fork or a new run takes the place of the old one', async () => {
    const source = plays.openTalkClose();
    const one = await show(source);
    source.cut(3);
    await one.tell(one.feed.forked(3, { step: 2, microstep: 0 }));
    assert.equal(await one.page.locator('g.arrow').count(), 2);
    // What is still under way for the old run is of no use.
    await one.tell([{ kind: 'rows', run: 1, from: 0, to: 99, states: [], items: [] }]);
    assert.equal(await one.page.locator('g.arrow').count(), 2);
  });
});
