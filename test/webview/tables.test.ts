/** The connection table in a browser. */

import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { TablesMessage } from '../../src/views/contract.js';
import { createFeed } from '../../src/views/feed.js';
import type { HostTable } from '../../src/views/table-rows.js';
import { example, running } from '../views/running.js';
import { hasBrowser, launch, type OpenPage, open } from './page.js';

describe('the connection table in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let one: OpenPage;

  before(async function () {
    if (!hasBrowser()) this.skip();
    browser = await launch();
    one = await open(browser, example('handshake.tcpflow'), { view: 'tables', width: 300 });
  });
  after(async () => browser?.close());

  const section = (name: string) =>
    one.page.getByRole('region', { name: `Connections of ${name}` });

  it('asks with "ready", and lists hosts that have no connections', async () => {
    assert.deepEqual(one.posted, [{ kind: 'ready', view: 'tables' }]);
    await one.tell(one.feed.moved({ step: 0, microstep: -1 }));
    assert.match(await section('client').innerText(), /10\.0\.0\.1\s+no connections/);
  });

  it('shows the half-open entry apart, marked as new, with its variables and timers', async () => {
    await one.tell(one.feed.moved({ step: 5, microstep: -1 }));
    const server = section('server');
    assert.match(await server.innerText(), /LISTEN\s+10\.0\.0\.2:80 half-open 1\/128/);
    assert.match(await server.innerText(), /Half-open 1/i);
    const entry = server.getByRole('article');
    assert.match((await entry.getAttribute('class')) ?? '', /\bnew\b/);
    const text = (await entry.innerText()).replaceAll(/\s+/g, ' ');
    assert.match(text, /SYN_RCVD c1 10\.0\.0\.2:80 — 10\.0\.0\.1:49152/);
    assert.match(text, /ISS 300 IRS 100 SND\.UNA 300 SND\.NXT 301/);
    assert.match(text, /retransmission in 1 s/);
  });

  it('marks what the last event changed', async () => {
    await one.tell(one.feed.moved({ step: 8, microstep: -1 }));
    const changed = await section('client').locator('.changed dt').allTextContents();
    assert.ok(changed.includes('SND.UNA') && changed.includes('IRS'), changed.join());
    assert.ok(!changed.includes('ISS'));
  });

  it('strikes out what was just deleted', async () => {
    const source = example('handshake.tcpflow');
    const last = Array.from({ length: source.length() }, (_, i) => source.step(i)).findIndex(
      ({ cause }) => cause.kind === 'timeout',
    );
    await one.tell(one.feed.moved({ step: last + 1, microstep: -1 }));
    const client = section('client');
    assert.match(await client.innerText(), /Deleted 1/i);
    assert.equal(await client.locator('.past.new .struck .badge').textContent(), 'TIME_WAIT');
  });

  it('travels to where an entry came and went', async () => {
    await section('client')
      .getByRole('button', { name: /^deleted 240.050 s/ })
      .click();
    const gone = one.posted.at(-1);
    assert.ok(gone?.kind === 'travel');
    await section('client')
      .getByRole('button', { name: /^created 0.000 s/ })
      .click();
    assert.deepEqual(one.posted.at(-1), { kind: 'travel', step: 1, microstep: 0 });
    assert.ok(gone.step > 1);
  });

  it('shows what each side knows, and from which segment', async () => {
    await one.tell(one.feed.moved({ step: 5, microstep: -1 }));
    const knows = (name: string) =>
      section(name)
        .getByRole('list', { name: `What ${name} knows` })
        .getByRole('listitem');
    const standings = async (name: string) =>
      Promise.all((await knows(name).all()).map((item) => item.getAttribute('class')));
    assert.deepEqual(await standings('client'), ['unknown', 'unknown', 'unknown', 'unknown']);
    assert.deepEqual(await standings('server'), ['unknown', 'proven', 'heard', 'unknown']);
    const heard = section('server').getByRole('button', {
      name: /^the peer can send: said by a SYN/,
    });
    assert.match(
      (await heard.getAttribute('aria-label')) ?? '',
      /by SYN seq=100, 0.010 s, listen\/3-syn/,
    );
    await heard.click();
    assert.equal(one.posted.at(-1)?.kind, 'travel');
    await one.tell(one.feed.moved({ step: 12, microstep: -1 }));
    assert.deepEqual(await standings('server'), ['proven', 'proven', 'proven', 'proven']);
  });

  it('counts from the ISS, or in hexadecimal, as soon as the user wants it', async () => {
    const values = async () => section('server').locator('dd').allTextContents();
    const settings = (more: object) =>
      one.tell([{ kind: 'settings', settings: { numbers: 'absolute', follow: true, ...more } }]);
    const received = async () => (await values())[5];
    assert.equal(await received(), '101');
    assert.deepEqual((await values()).slice(0, 4), ['300', '100', '301', '301']);
    await settings({ numbers: 'relative' });
    assert.deepEqual((await values()).slice(0, 4), ['0', '0', '1', '1']);
    assert.equal(await received(), '1', 'counted from the ISS of the other side');
    await settings({ hex: true });
    assert.deepEqual((await values()).slice(0, 4), ['0x12c', '0x64', '0x12d', '0x12d']);
    await settings({});
  });

  /** As if the client had 30 connections: the page that begins with one of them. */
  function turned(from: number): TablesMessage {
    const feed = createFeed(example('handshake.tcpflow'));
    feed.moved({ step: 8, microstep: -1 });
    const [tables] = feed.answer({ kind: 'ready', view: 'tables' });
    assert.ok(tables?.kind === 'tables' && tables.hosts[0]);
    const many: HostTable = { ...tables.hosts[0], total: 30, from };
    return { ...tables, hosts: [many] };
  }

  it('turns pages when there are too many', async () => {
    await one.tell([turned(8)]);
    assert.match(await section('client').innerText(), /9–9 of 30/);
    const button = (title: string) => one.page.getByTitle(title);
    for (const [title, from, target] of [
      ['Later connections', 8, 9],
      ['Earlier connections', 8, 0],
      ['Earlier connections', 29, 21],
    ] as const) {
      await one.tell([turned(from)]);
      await button(title).click();
      assert.deepEqual(one.posted.at(-1), { kind: 'page', host: 'client', from: target });
    }
    await one.tell([turned(29)]);
    assert.equal(await button('Later connections').isDisabled(), true);
    await one.tell([turned(0)]);
    assert.equal(await button('Earlier connections').isDisabled(), true);
  });

  it('leaves the focus at a button whose page it turns', async () => {
    await one.tell([turned(8)]);
    await one.page.getByTitle('Later connections').focus();
    await one.tell([turned(9)]);
    const title = await one.page.evaluate(() => document.activeElement?.getAttribute('title'));
    assert.equal(title, 'Later connections');
  });

  it('counts those that are complete apart from the half-open ones, and what waits for ACCEPT', async () => {
    const source = running(`peer mallory
host client { isn 100 }
host server { isn 300, backlog 7, syn-queue 9 }
server: listen 80
inject mallory -> server SYN from 1 to 80 seq=1
inject mallory -> server SYN from 2 to 80 seq=1
client: connect server:80
expect server:80 ESTABLISHED within 50ms
wait 1ms
`);
    const other = await open(browser, source, { view: 'tables', width: 300 });
    await other.tell(other.feed.moved({ step: source.length(), microstep: -1 }));
    const text = await other.page
      .getByRole('region', { name: 'Connections of server' })
      .innerText();
    assert.match(text, /half-open 2\/9, to accept 1\/7/);
    assert.match(text, /Half-open 2[\s\S]*Connections 1/i);
    await other.close();
  });

  it('has the whole of long names and addresses in a narrow side bar', async () => {
    const source =
      running(`host client_of_the_computer_science_department 2001:db8:1234:5678:9abc:def0:1234:1
host server 2001:db8:1234:5678:9abc:def0:1234:2
server: listen 8080
client_of_the_computer_science_department: connect server:8080
wait 15ms
`);
    const other = await open(browser, source, { view: 'tables', width: 300 });
    await other.tell(other.feed.moved({ step: source.length(), microstep: -1 }));
    const wide = await other.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 300, `${wide} px`);
    await other.close();
  });

  it('is not refused anything by the content policy', () => {
    assert.deepEqual(one.complaints, []);
  });
});
