/** The sequence diagram in a browser: what is drawn. */

import assert from 'node:assert/strict';
import { createFeed } from '../../src/views/feed.js';
import * as plays from '../views/plays.js';
import { example, running } from '../views/running.js';
import { arrow, chain, labels, travels, useBrowser } from './diagram.js';

const SELF_SYN = '0.000000 s: client to client, SYN, sequence number 100, arrives 0.001000 s';

describe('the sequence diagram in a browser', function () {
  this.timeout(60_000);
  const { show, open } = useBrowser();

  it('asks with "ready" and draws lanes, arrows and states', async () => {
    const one = await show(plays.openTalkClose());
    assert.deepEqual(one.posted[0], { kind: 'ready', view: 'sequence' });
    assert.deepEqual(await one.page.locator('.head strong').allTextContents(), [
      'client',
      'server',
    ]);
    assert.equal(await one.page.locator('g.arrow').count(), 9);
    const states = await one.page.locator('g.state .name').allTextContents();
    assert.ok(states.includes('SYN_RCVD') && states.includes('TIME_WAIT'));
    assert.equal(await one.page.locator('.break').textContent(), '⋯ 4 min later ⋯');
  });

  it('says so when there is nothing to show yet', async () => {
    const one = await open(plays.lostSyn(), { answers: 'none' });
    assert.match(await one.page.locator('body').innerText(), /^Debug a \.tcpflow script/);
    await one.tell(one.feed.answer({ kind: 'ready', view: 'sequence' }));
    assert.equal(await one.page.getByText('Debug a .tcpflow script').isVisible(), false);
    assert.ok((await one.page.locator('g.item').count()) > 5);
  });

  it('what is after the cursor is faint, and an arrow is drawn as far as it has come', async () => {
    const one = await show(plays.simultaneousOpen(), {}, 0, 0);
    assert.equal(await one.page.locator('g.arrow:not(.coming)').count(), 1);
    assert.equal(await one.page.locator('g.arrow.coming').count(), 3);
    await one.tell(one.feed.moved({ step: 4, microstep: -1 }));
    assert.equal(await one.page.locator('g.arrow.coming').count(), 0);
    assert.equal(await one.page.locator('g.state.coming').count(), 2);
    assert.equal(await one.page.locator('.now-time').textContent(), '0.020');
    assert.equal(
      await one.page.locator('[role=status]').textContent(),
      '0.020000 s, A: SYN,ACK from B arrives',
    );
  });

  it('arrows fall by their delay and cross where they meet', async () => {
    const one = await show(plays.simultaneousOpen());
    const ends = await one.page.$$eval('g.arrow .line', (lines) =>
      lines.map((line) => {
        const [, x1, y1, x2, y2] = /M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)/
          .exec(line.getAttribute('d') ?? '')
          ?.map(Number) ?? [0, 0, 0, 0, 0];
        return { x1: x1 ?? 0, y1: y1 ?? 0, x2: x2 ?? 0, y2: y2 ?? 0 };
      }),
    );
    const [a, b] = ends;
    assert.ok(a && b);
    assert.ok(a.y2 > a.y1 && b.y2 > b.y1);
    assert.ok(a.x1 < b.x1 && a.x2 > b.x2);
    assert.ok(a.y1 < b.y2 && b.y1 < a.y2);
  });

  it('losses are crossed out, held ones barred, retransmissions dashed, and all say so', async () => {
    const lost = await show(plays.lostSyn());
    assert.equal(await lost.page.locator('g.arrow.lose .end').count(), 1);
    assert.equal(await lost.page.locator('g.arrow.lose .remark').textContent(), 'lost');
    const dash = await lost.page
      .locator('g.arrow.retransmission .line')
      .evaluate((line) => getComputedStyle(line).strokeDasharray);
    assert.notEqual(dash, 'none');
    const three = await show(plays.threeHosts(), { width: 1200, height: 1_400 });
    assert.equal(await three.page.locator('g.arrow.hold .remark').textContent(), 'held back');
    assert.equal(await three.page.locator('g.arrow.injected').count(), 2);
    assert.equal(await three.page.locator('g.note.failure').count(), 1);
  });

  it('tells where a segment arrives what was changed on its way', async () => {
    const source = running(`host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
server: listen 80
client: connect server:80
wait 5ms
set client -> server SYN with seq=500 win=17 mss=900
wait 3s
`);
    const one = await show(source, { width: 900, height: 3000 });
    const marks = one.page.locator('g.mark.change');
    assert.equal(await marks.count(), 1);
    const texts = await marks.locator('text').allTextContents();
    assert.equal(texts.join(' '), 'changed: seq=500 win=17 options=MSS=900');
    const sentence = '0.120000 s: server, changed: seq=500 win=17 options=MSS=900';
    const told = (await labels(one)).filter((label) => label.includes('changed:'));
    assert.deepEqual(
      told.map((label) => label.replace(/^[\d.]+/, '0.120000')),
      [sentence],
    );
    await one.page.locator('g.item.arrow', { hasText: 'changed on its way' }).waitFor();
  });

  it('a failure says in two lines what was expected, and nothing is drawn through it', async () => {
    const source = running(`host client { isn 100 }
host server { isn 300 }
scenario "wrong" {
  server: listen 80
  client: connect server:80
  expect server -> client SYN,ACK seq=300 ack=102
}
`);
    const failure = source.length() - 1;
    const one = await show(source, { width: 520 }, failure, 0);
    const note = one.page.locator('g.note.failure');
    assert.equal(await note.locator('tspan').count(), 2);
    const said = (await note.locator('tspan').allTextContents()).join(' ');
    assert.match(said, /^expected server -> client SYN,ACK seq=300 ack=102; server sent <SEQ=300>/);
    const box = await note.locator('.hit').boundingBox();
    // The arrow that passes it does not show between its words.
    const text = await note.locator('text').boundingBox();
    const ground = await note.locator('.ground').boundingBox();
    assert.ok(text && ground && ground.height >= 28);
    assert.ok(ground.x <= text.x + 4 && ground.x + ground.width >= text.x + text.width - 4);
    const line = await one.page.locator('.now').getAttribute('d');
    const [left, right] =
      /^M\S+ \S+H([\d.]+)M([\d.]+) /
        .exec(line ?? '')
        ?.slice(1)
        .map(Number) ?? [];
    assert.deepEqual([left, right], [box?.x, (box?.x ?? 0) + (box?.width ?? 0)]);
    // The segment that is still on its way goes on below the note.
    const tip = await arrow(one, 1).locator('.line').last().boundingBox();
    assert.ok(tip && box && tip.y + tip.height > box.y + box.height + 8);
  });

  it('no line goes through the name of a state that a host enters as it sends', async () => {
    const one = await show(chain(['a', 'b', 'c']), { width: 520, height: 3000 });
    const order = await one.page.$$eval('g.item', (all) =>
      all.map((g) => g.getAttribute('aria-label')),
    );
    const state = order.findIndex((label) => /b goes from LISTEN to SYN RCVD/.test(label ?? ''));
    const answer = order.findIndex((label) => /b to a, SYN ACK/.test(label ?? ''));
    assert.ok(answer >= 0 && answer < state, order.join('\n'));
  });

  it('what a host sends to itself leaves its lane and comes back to it, at any width', async () => {
    for (const width of [300, 900]) {
      const one = await show(example('self-connect.tcpflow'), { width, height: 1_400 }, 1);
      assert.equal(await arrow(one, 0).getAttribute('aria-label'), SELF_SYN);
      const boxes = await one.page.$$eval('g.arrow', (arrows) =>
        arrows.flatMap((group) => {
          const [lane, text] = [group.querySelector('.line'), group.querySelector('.label')];
          const [{ left, right, height }, label] = [lane, text].map((part) =>
            (part as Element).getBoundingClientRect(),
          ) as [DOMRect, DOMRect];
          return [{ width: right - left, height, clear: label.left >= right, end: label.right }];
        }),
      );
      assert.equal(boxes.length, 7);
      for (const box of boxes) {
        assert.ok(box.width > 20 && box.height > 20, `${width}: ${JSON.stringify(box)}`);
        assert.ok(box.clear && box.end <= width, `${width}: ${JSON.stringify(box)}`);
      }
      // A click on the upper half leads to where it leaves, on the lower half to where it arrives.
      const { right, top, height } = await arrow(one, 0)
        .locator('.line')
        .evaluate((line) => line.getBoundingClientRect());
      for (const share of [0.2, 0.8]) await one.page.mouse.click(right, top + height * share);
      await one.settle();
      const [departure, arrival] = travels(one.posted).map((message) =>
        'step' in message ? message.step : -1,
      );
      assert.ok(departure !== undefined && arrival !== undefined && departure < arrival);
    }
  });

  it('another run has the names of its own hosts at the heads', async () => {
    const one = await show(plays.openTalkClose());
    const other = createFeed(example('simultaneous-open.tcpflow'), 2);
    await one.tell(other.answer({ kind: 'ready', view: 'sequence' }));
    assert.deepEqual(await one.page.locator('.head strong').allTextContents(), ['A', 'B']);
  });
});
