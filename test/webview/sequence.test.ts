/** The sequence diagram in a browser: what is drawn, what a click, a key and a screen reader find. */

import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { FromView } from '../../src/views/contract.js';
import { createFeed, type FeedSource } from '../../src/views/feed.js';
import { overlap, shapeOf } from '../../src/webview/boxes.js';
import * as plays from '../views/plays.js';
import { example, running } from '../views/running.js';
import { hasBrowser, launch, type OpenPage, open, type Stage } from './page.js';

const SELF_SYN = '0.000000 s: client to client, SYN, sequence number 100, arrives 0.001000 s';
const travels = (posted: readonly FromView[]) => posted.filter(({ kind }) => kind === 'travel');

describe('the sequence diagram in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  const opened: OpenPage[] = [];

  before(async function () {
    if (!hasBrowser()) this.skip();
    browser = await launch();
  });
  afterEach(async () => {
    // Whatever the test was about: nothing was refused by the content policy, nothing failed.
    const complaints = opened.flatMap((one) => one.complaints);
    await Promise.all(opened.splice(0).map((one) => one.close()));
    assert.deepEqual(complaints, []);
  });
  after(async () => browser?.close());

  /** The page of a record with the cursor at a place; at its end when none is given. */
  async function show(
    source: FeedSource,
    stage: Stage = {},
    step = source.length(),
    microstep = -1,
  ) {
    const one = await open(browser, source, stage);
    opened.push(one);
    await one.tell(one.feed.moved({ step, microstep }));
    return one;
  }

  const labels = (one: OpenPage) =>
    one.page.$$eval('g.item', (groups) => groups.map((g) => g.getAttribute('aria-label') ?? ''));
  const nodes = (one: OpenPage) => one.page.$$eval('*', (all) => all.length);
  const arrow = (one: OpenPage, n: number) => one.page.locator('g.item.arrow').nth(n);

  it('says less along arrows that leave close to each other, and all of it to whoever points at one', async () => {
    const source = running(`host client 10.0.0.1 { isn 1000000000 }
host server 10.0.0.2 { isn 2000000000 }
scenario "at once" {
  server: listen 80
  client: connect server:80
  expect server ESTABLISHED
  client: send "one"
  client: send "two"
  server: send "three"
  server: send "four"
  wait 1s
}
`);
    const one = await show(source, { width: 521, height: 1200 });
    const texts = await one.page.$$eval('g.item.arrow', (groups) =>
      groups.map((group) =>
        [...group.querySelectorAll('text tspan')].map(({ textContent }) => textContent).join(' '),
      ),
    );
    assert.deepEqual(texts.slice(3, 7), [
      'PSH,ACK len=3',
      'PSH,ACK seq=1000000004 ack=2000000001 len=3', // below it there is room
      'PSH,ACK len=5',
      'PSH,ACK len=4',
    ]);
    assert.match(texts[1] ?? '', /^SYN,ACK seq=2000000000 ack=1000000001$/, 'alone it says all');
    const sentences = (await labels(one)).filter((label) => label.includes('PSH'));
    assert.equal(sentences.length, 4);
    assert.ok(sentences.every((sentence) => /sequence number \d{10}/.test(sentence)));
  });

  /** The texts of the figure as they are drawn, and the corners of what each covers. */
  const boxes = (one: OpenPage) =>
    one.page.$$eval('g.item text', (texts) =>
      texts.flatMap((text) => {
        const element = text as SVGTextElement;
        const matrix = element.getCTM();
        return [...element.querySelectorAll('tspan'), element]
          .filter(({ children }) => children.length === 0)
          .map((part) => {
            const box = (part as SVGTSpanElement).getBBox();
            const corners = [
              [box.x + 1, box.y + 3],
              [box.x + box.width - 1, box.y + 3],
              [box.x + box.width - 1, box.y + box.height - 3],
              [box.x + 1, box.y + box.height - 3],
            ].map(([x = 0, y = 0]) => {
              const { x: left = 0, y: top = 0 } = new DOMPoint(x, y).matrixTransform(
                matrix ?? undefined,
              );
              return { x: left, y: top };
            });
            return { text: part.textContent ?? '', corners };
          });
      }),
    );

  /** Which texts cover each other. */
  async function covered(one: OpenPage): Promise<readonly string[]> {
    const shapes = (await boxes(one)).map(({ text, corners }) => ({
      text,
      shape: shapeOf(corners),
    }));
    assert.ok(shapes.length > 5);
    return shapes.flatMap((a, i) =>
      shapes
        .slice(i + 1)
        .filter((b) => overlap(a.shape, b.shape))
        .map((b) => `${a.text} / ${b.text}`),
    );
  }

  const CROWD = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
link client -- server { delay 10ms }
server: listen 80
drop client -> server SYN
client: connect server:80
expect client ESTABLISHED
delay client -> server ACK data="one" by 25ms
duplicate client -> server ACK data="two"
drop client -> server ACK data="three"
hold client -> server ACK data="four" as h
client: send "one"
wait 1ms
client: send "two"
wait 4ms
client: send "three"
client: send "four"
wait 100ms
release h
client: connect server:80
wait 5ms
set client -> server SYN with seq=500 win=17 mss=900
wait 3s
`;

  for (const width of [520, 700, 900]) {
    it(`lets no text cover another where much is under way, ${width} px wide`, async () => {
      const one = await show(running(CROWD), { width, height: 3000 });
      assert.deepEqual(await covered(one), []);
    });
  }

  it('leaves what is unusual to the lines where remarks would cover what stands beside them', async () => {
    const source = running(`host client { isn 100 }
host near { isn 200 }
host far { isn 300 }
link client -- near { delay 40ms }
near: listen 80
far: listen 80
client: connect near:80 as one
expect client.one ESTABLISHED
client: connect far:80 as two
expect client.two ESTABLISHED
cut client -- near
cut client -- far
client.one: send "x"
client.two: send "lost"
wait 1500ms
mend client -- near
wait 3s
`);
    for (const width of [520, 900]) {
      const one = await show(source, { width, height: 3000 });
      assert.deepEqual(await covered(one), [], `${width} px`);
      await one.page.locator('text', { hasText: 'retransmission, lost' }).first().waitFor();
    }
  });

  for (const file of ['lost-syn', 'lost-fin', 'simultaneous-open', 'handshake', 'reset-attack']) {
    it(`lets no text cover another in ${file}, in a narrow panel either`, async () => {
      for (const width of [320, 520, 900]) {
        const one = await show(example(`${file}.tcpflow`), { width, height: 3000 });
        assert.deepEqual(await covered(one), [], `${width} px`);
      }
    });
  }

  /** Each host opens to the one after it, one after the other. */
  const chain = (hosts: readonly string[]) => {
    const pairs = hosts.slice(1).map((to, i) => [hosts[i], to] as const);
    return running(`${hosts.map((name) => `host ${name} { isn 1000000000 }`).join('\n')}
scenario "a chain" {
  ${pairs.map(([from, to]) => `${to}: listen 80\n${from}: connect ${to}:80\nwait 1s`).join('\n')}
}
`);
  };

  it('has room for three hosts where the panel shares the window with the script', async () => {
    const one = await show(chain(['alice', 'bob', 'carol']), { width: 520, height: 3000 });
    const [whole, room] = await one.page.$eval('.area', (area) => [
      area.scrollWidth,
      area.clientWidth,
    ]);
    assert.equal(whole, room);
    assert.deepEqual(await covered(one), []);
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

  it('writes a long text beside a lane on two lines, or a shorter word for it', async () => {
    const texts = async (statement: string) => {
      const source = running(`host client { isn 100, syn-retries 1 }
host server
drop client -> server SYN
${statement}
wait 10s
`);
      const one = await show(source, { width: 520, height: 3000 });
      return one.page.$$eval('g.mark', (groups) =>
        groups.map((group) => [...group.querySelectorAll('text')].map((t) => t.textContent)),
      );
    };
    const retried = await texts('client: connect server:80');
    assert.deepEqual(retried[1], ['retransmission', 'timeout']);
    const long = await texts('client: connect server:80 from 12345 as a_long_name');
    assert.equal(long[0]?.length, 1, 'a state stands right below it');
    assert.match(long[0]?.[0] ?? '', /^connect server:8.*…$/);
  });

  it('tells where a segment arrives what was changed on its way', async () => {
    const one = await show(running(CROWD), { width: 900, height: 3000 });
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
    const one = await open(browser, plays.lostSyn(), { answers: 'none' });
    opened.push(one);
    assert.match(await one.page.locator('body').innerText(), /^Debug a \.tcpflow script/);
    await one.tell(one.feed.answer({ kind: 'ready', view: 'sequence' }));
    assert.equal(await one.page.getByText('Debug a .tcpflow script').isVisible(), false);
    assert.ok((await one.page.locator('g.item').count()) > 5);
  });

  it('a screen reader reads each arrow as a sentence, and everything has a name', async () => {
    const one = await show(plays.threeHosts(), { height: 1_400 });
    const names = await labels(one);
    assert.ok(names.length > 20);
    for (const name of names) assert.match(name, /^\d+\.\d{6} s: \w/);
    assert.ok(
      names.includes(
        '0.010000 s: server to client, SYN ACK, sequence number 3405691582, acknowledges 3735928560, arrives 0.020000 s',
      ),
    );
    const unnamed = await one.page.$$eval(
      'button, svg',
      (all) =>
        all.filter((e) => !(e.textContent ?? '').trim() && !e.getAttribute('aria-label')).length,
    );
    assert.equal(unnamed, 0);
    assert.equal(await one.page.locator('[role=status]').getAttribute('aria-live'), 'polite');
  });

  it('a click near the tail travels to the departure, near the head to the arrival', async () => {
    const one = await show(plays.openTalkClose());
    const box = await arrow(one, 1).locator('.hit').boundingBox();
    assert.ok(box);
    // The second arrow, SYN,ACK, runs from right to left, downward.
    await one.page.mouse.click(box.x + box.width * 0.9, box.y + box.height * 0.12 + 3);
    await one.page.mouse.click(box.x + box.width * 0.25, box.y + box.height * 0.72);
    await one.settle();
    assert.deepEqual(travels(one.posted), [
      { kind: 'travel', step: 2, microstep: 0 },
      { kind: 'travel', step: 3, microstep: -1 },
    ]);
  });

  it('a double click opens the statement, even if the first click moved the cursor', async () => {
    const one = await show(plays.openTalkClose());
    const pill = one.page.locator('g.state.FIN_WAIT_1 .pill');
    const box = await pill.boundingBox();
    assert.ok(box);
    const [x, y] = [box.x + 5, box.y + 5];
    await one.page.mouse.click(x, y);
    await one.tell(one.feed.moved({ step: 6, microstep: 0 }));
    await one.page.mouse.click(x, y, { clickCount: 2 });
    await one.settle();
    assert.deepEqual(one.posted.at(-1), { kind: 'open', statement: 3 });
  });

  it('arrow keys walk the events, Enter travels, o opens the statement', async () => {
    const one = await show(plays.lostSyn(), {}, 0);
    const stops = await one.page.$$eval('g.item[tabindex="0"]', (all) => all.length);
    assert.equal(stops, 1);
    await one.page.locator('g.item[tabindex="0"]').focus();
    const walked: string[] = [];
    for (let i = 0; i < 4; i++) {
      const name = await one.page.evaluate(() =>
        document.activeElement?.getAttribute('aria-label'),
      );
      walked.push(name ?? '');
      await one.page.keyboard.press('ArrowDown');
    }
    assert.deepEqual(walked, [
      '0.000000 s: client, the user calls connect server:80',
      '0.000000 s: client goes from CLOSED to SYN SENT',
      '0.000000 s: client to server, SYN, sequence number 100, lost',
      '1.000000 s: client, retransmission timeout',
    ]);
    await one.page.keyboard.press('Enter');
    await one.page.keyboard.press('Shift+Enter');
    await one.page.keyboard.press('ArrowUp');
    await one.page.keyboard.press('o');
    await one.settle();
    assert.deepEqual(one.posted.slice(-3), [
      { kind: 'travel', step: 1, microstep: 0 },
      { kind: 'travel', step: 2, microstep: -1 },
      { kind: 'open', statement: 0 },
    ]);
    assert.equal(await one.page.locator('g.item[tabindex="0"]').count(), 1);
  });

  it('keys with Ctrl, Alt or Meta belong to the editor, and an edit has no statement to open', async () => {
    const one = await show(plays.lostSyn(), {}, 0);
    await one.page.locator('g.item[tabindex="0"]').focus();
    const before = one.posted.length;
    for (const modifier of ['Control', 'Alt', 'Meta']) {
      for (const key of ['o', 'Enter', 'ArrowDown'])
        await one.page.keyboard.press(`${modifier}+${key}`);
    }
    await one.settle();
    assert.deepEqual(one.posted.slice(before), []);
    const name = await one.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    assert.equal(name, '0.000000 s: client, the user calls connect server:80');
  });

  it('a pointer that only passes shows no header', async () => {
    const one = await show(plays.openTalkClose());
    await arrow(one, 3).locator('.label').first().hover();
    await one.page.mouse.move(2, 400);
    await one.page.waitForTimeout(500);
    assert.equal(await one.page.locator('.tooltip').isVisible(), false);
  });

  it('a header waits until the pointer has rested on one event', async () => {
    const one = await show(plays.openTalkClose());
    const { page } = one;
    const tooltip = page.locator('.tooltip');
    const pointAt = async (index: number) => {
      const box = await arrow(one, index).locator('.label').first().boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    };
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await pointAt(3);
    await page.clock.runFor(299);
    assert.equal(await tooltip.isVisible(), false);
    await pointAt(2);
    await page.clock.runFor(299);
    assert.equal(await tooltip.isVisible(), false, 'the time on another does not count');
    await page.clock.runFor(1);
    assert.equal(await tooltip.isVisible(), true);
    const described = await page.locator('[aria-describedby=tooltip]').getAttribute('aria-label');
    assert.equal(described, await arrow(one, 2).getAttribute('aria-label'));
  });

  it('a header says what is there: no urgent pointer that points nowhere, no number twice', async () => {
    const source = running(`host client { isn 0 }
host server { isn 300 }
server: listen 80
client: connect server:80
expect client ESTABLISHED
inject client -> server URG,ACK seq=1 ack=301 up=1 len=1
wait 1s
`);
    const one = await show(source, { height: 300 });
    const header = async (name: string) => {
      await one.page.locator(`g.item.arrow[aria-label*="${name}"]`).first().hover();
      const tooltip = one.page.locator('.tooltip');
      await tooltip.waitFor({ state: 'visible' });
      const box = await tooltip.boundingBox();
      assert.ok(box && box.y >= 0 && box.y + box.height <= 300, 'within the window');
      return (await tooltip.innerText()).replaceAll(/\s+/g, ' ');
    };
    await one.tell(one.feed.moved({ step: 0, microstep: -1 }));
    await one.settle();
    const syn = await header('SYN, sequence number 0');
    assert.match(syn, /Sequence number 0 Control bits/);
    assert.doesNotMatch(syn, /relative|Urgent/);
    assert.match(await header('URG'), /Acknowledgment 301 \(relative 1\).* Urgent pointer 1 /);
  });

  it('keyboard focus shows the dissected header, Escape hides it', async () => {
    const one = await show(plays.openTalkClose());
    for (let i = 0; i < 4; i++) await one.page.keyboard.press('Tab');
    for (let i = 0; i < 40; i++) {
      const name = await one.page.evaluate(() =>
        document.activeElement?.getAttribute('aria-label'),
      );
      if (name?.includes('PSH ACK')) break;
      await one.page.keyboard.press('ArrowUp');
    }
    await one.settle();
    const tooltip = one.page.locator('.tooltip');
    const text = (await tooltip.innerText()).replaceAll(/\s+/g, ' ');
    assert.match(text, /Source 10\.0\.0\.1:40000 Destination 10\.0\.0\.2:80 Sequence number 101/);
    assert.match(text, /101 \(relative 1\) Acknowledgment 301 \(relative 1\)/);
    assert.match(text, /Text 18 octets: GET \/ HTTP\/1\.0\\r\\n/);
    assert.match(text, /Sent 0\.030000 s Arrives 0\.040000 s/);
    const described = one.page.locator('[aria-describedby=tooltip]');
    assert.match((await described.getAttribute('aria-label')) ?? '', /PSH ACK/);
    await one.page.keyboard.press('Escape');
    assert.equal(await tooltip.isVisible(), false);
    assert.equal(await described.count(), 0);
  });

  it('the pointer shows the header, too', async () => {
    const one = await show(plays.openTalkClose());
    await arrow(one, 3).locator('.label').first().hover();
    await one.page.locator('.tooltip').waitFor({ state: 'visible' });
    await one.page.mouse.move(2, 400);
    await one.page.locator('.tooltip').waitFor({ state: 'hidden' });
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

  it('relative numbers are a button away, and the wish is posted', async () => {
    const one = await show(plays.openTalkClose());
    const label = () => arrow(one, 1).locator('.label').first().textContent();
    assert.equal(await label(), 'SYN,ACKseq=300 ack=101');
    await one.page.getByRole('button', { name: 'Relative numbers' }).click();
    await one.settle();
    assert.equal(await label(), 'SYN,ACKseq=0 ack=1');
    assert.match((await labels(one)).join(), /SYN ACK, sequence number 0, acknowledges 1,/);
    await one.settle();
    assert.deepEqual(one.posted.at(-1), {
      kind: 'setting',
      settings: { numbers: 'relative', follow: true },
    });
    await one.tell([{ kind: 'settings', settings: { numbers: 'absolute', follow: true } }]);
    assert.equal(await label(), 'SYN,ACKseq=300 ack=101');
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

  it('another run has the names of its own hosts at the heads', async () => {
    const one = await show(plays.openTalkClose());
    const other = createFeed(example('simultaneous-open.tcpflow'), 2);
    await one.tell(other.answer({ kind: 'ready', view: 'sequence' }));
    assert.deepEqual(await one.page.locator('.head strong').allTextContents(), ['A', 'B']);
  });

  for (const width of [380, 520, 1_000]) {
    it(`labels stand clear of each other in a panel of ${width} pixels`, async () => {
      for (const file of ['handshake', 'simultaneous-open']) {
        const one = await show(example(`${file}.tcpflow`), { width, height: 4_000 });
        const clashes = await one.page.evaluate(overlaps);
        assert.deepEqual(clashes, [], file);
      }
    });
  }

  it('the usual calls are not cut, and long texts only where there is no room', async () => {
    for (const width of [480, 520, 900]) {
      const one = await show(example('handshake.tcpflow'), { width, height: 2_000 });
      const texts = await one.page.locator('g.mark .text').allTextContents();
      for (const text of ['connect server:80', 'listen 80', '“connection closing”']) {
        assert.ok(texts.includes(text), `${text}: ${texts.join(' | ')}`);
      }
      const out = await one.page.$$eval(
        'g.mark .text',
        (all) => all.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length,
      );
      assert.equal(out, 0);
    }
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

  it('long names and addresses at the heads stand clear of each other and of the time axis, and scroll nothing', async () => {
    const address = '2001:db8:1234:5678:9abc:def0:1234:';
    const hosts = ['a_client_with_a_long_name', 'the_server_of_the_computer_science_department'];
    for (const names of [hosts, [...hosts, 'between', 'the_last_of_all_the_hosts']]) {
      const source = running(`${names.map((name, i) => `host ${name} ${address}${i}`).join('\n')}
${names[0]}: connect ${names[1]}:80
wait 50ms
`);
      for (const width of [520, 900]) {
        const one = await show(source, { width });
        const edges = await one.page.$$eval('.axis-head, .head', (all) =>
          all
            .map((head) => head.getBoundingClientRect())
            .flatMap(({ left, right }) => [left, right]),
        );
        const inOrder = edges.every((edge, i) => i === 0 || edge > (edges[i - 1] ?? 0));
        assert.ok(inOrder, `${width} px: ${edges.map(Math.round)}`);
        const beyond = await one.page.$eval(
          '.area',
          (area) =>
            area.scrollWidth -
            Math.max(area.clientWidth, area.querySelector('svg')?.width.baseVal.value ?? 0),
        );
        assert.equal(beyond, 0, `${width} px`);
      }
    }
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

  it('fits a panel of 300 pixels: nothing is cut off at the side', async () => {
    const one = await show(example('handshake.tcpflow'), { width: 300 });
    const overflow = await one.page.$eval('.area', (area) => area.scrollWidth - area.clientWidth);
    assert.equal(overflow, 0);
    const outside = await one.page.$$eval('svg.figure text', (texts) =>
      texts.flatMap((text) => {
        const { left, right } = text.getBoundingClientRect();
        return left < 0 || right > 300 ? [text.textContent] : [];
      }),
    );
    assert.deepEqual(outside, []);
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

  for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
    it(`can be read in the theme ${theme}`, async () => {
      const one = await show(plays.threeHosts(), { theme, width: 1_100 }, 9);
      const weak = await one.page.evaluate(weakContrast, {
        selector: 'svg.figure g.item:not(.coming) text, .head *',
        property: 'fill',
        least: 4.5,
      } as const);
      assert.deepEqual(weak, []);
      const all = await show(plays.openTalkClose(), { theme, height: 2_000 });
      for (const [selector, property] of [
        ['.strip', 'fill'],
        ['.pill', 'stroke'],
      ] as const) {
        const signs = { selector, property, least: 3 };
        assert.deepEqual(await all.page.evaluate(weakContrast, signs), []);
      }
    });
  }

  it('can be read with forced colours', async () => {
    const one = await show(plays.openTalkClose(), { forcedColors: 'active' });
    const line = await arrow(one, 0)
      .locator('.line')
      .evaluate((e) => getComputedStyle(e).stroke);
    const ground = await one.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.notEqual(line, ground);
  });

  it('nothing moves for those who asked for less motion', async () => {
    const source = plays.chatter(40);
    const one = await show(source, { reducedMotion: 'reduce' }, 0);
    await one.page.evaluate(() => {
      const scope = globalThis as unknown as Record<string, unknown>;
      const area = document.querySelector('.area') as HTMLElement;
      const scrollTo = area.scrollTo.bind(area) as (options: ScrollToOptions) => void;
      scope.behaviors = [];
      area.scrollTo = ((options: ScrollToOptions) => {
        (scope.behaviors as unknown[]).push(options.behavior);
        scrollTo(options);
      }) as typeof area.scrollTo;
    });
    await one.tell(one.feed.moved({ step: 30, microstep: 0 }));
    const behaviors = await one.page.evaluate(
      () => (globalThis as unknown as Record<string, unknown>).behaviors,
    );
    assert.deepEqual(behaviors, ['auto']);
  });
});

/** Labels of arrows of which one covers a part of the other, as pairs. Runs in the page. */
function overlaps(): readonly string[] {
  const texts = [...document.querySelectorAll('.arrow .label')] as SVGTextElement[];
  const boxes = texts.map((text) => {
    const { x, y, width, height } = text.getBBox();
    const matrix = text.getScreenCTM() as DOMMatrix;
    // Letters do not fill their box.
    const corners = [
      [x + 4, y + 4],
      [x + width - 4, y + 4],
      [x + width - 4, y + height - 4],
      [x + 4, y + height - 4],
    ].map(([px, py]) => new DOMPoint(px, py).matrixTransform(matrix));
    return { text: text.textContent ?? '', owner: text.parentElement, corners };
  });
  const found: string[] = [];
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      if (a.owner === b.owner) continue;
      // Two convex shapes are apart if they are so along the normal of one of their sides.
      let apart = false;
      for (const { corners } of [a, b]) {
        for (let side = 0; side < 4; side++) {
          const from = corners[side] as DOMPoint;
          const to = corners[(side + 1) % 4] as DOMPoint;
          const [nx, ny] = [from.y - to.y, to.x - from.x];
          const [pa, pb] = [a, b].map((one) => one.corners.map(({ x, y }) => x * nx + y * ny));
          if (!pa || !pb) continue;
          if (Math.max(...pa) <= Math.min(...pb) || Math.max(...pb) <= Math.min(...pa))
            apart = true;
        }
      }
      if (!apart) found.push(`${a.text} | ${b.text}`);
    }
  }
  return found;
}

interface Looked {
  readonly selector: string;
  readonly property: 'fill' | 'stroke';
  /** The least contrast with the ground. */
  readonly least: number;
}

/** Texts of what has happened whose colour is too near to the ground's: below 4.5 to 1. Runs in the page. */
function weakContrast({ selector, property, least }: Looked): string[] {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const weak: string[] = [];
  for (const one of document.querySelectorAll(selector)) {
    const style = getComputedStyle(one);
    const colour = one instanceof SVGElement ? style[property] : style.color;
    const luminances: number[] = [];
    for (const layer of [getComputedStyle(document.body).backgroundColor, colour]) {
      if (context === null) continue;
      if (luminances.length === 0) context.clearRect(0, 0, 1, 1);
      context.fillStyle = layer;
      context.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      luminances.push(0.2126 * r + 0.7152 * g + 0.0722 * b);
    }
    const [a = 0, b = 0] = luminances;
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const what = one.textContent || one.getAttribute('class');
    if (ratio < least) weak.push(`${what} ${colour} ${ratio.toFixed(2)}`);
  }
  return [...new Set(weak)];
}
