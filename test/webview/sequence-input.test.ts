/** The sequence diagram in a browser: what a click, a key, a pointer and a screen reader find. */

import assert from 'node:assert/strict';
import * as plays from '../views/plays.js';
import { running } from '../views/running.js';
import { arrow, labels, travels, useBrowser } from './diagram.js';

describe('the sequence diagram at hand', function () {
  this.timeout(60_000);
  const { show } = useBrowser();

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

  it('the pointer shows the header, too', async () => {
    const one = await show(plays.openTalkClose());
    await arrow(one, 3).locator('.label').first().hover();
    await one.page.locator('.tooltip').waitFor({ state: 'visible' });
    await one.page.mouse.move(2, 400);
    await one.page.locator('.tooltip').waitFor({ state: 'hidden' });
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
});
