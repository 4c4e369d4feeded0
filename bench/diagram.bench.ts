/**
 * G1: the sequence diagram of a long run in a real browser: opening, scrolling, redrawing after a step, and how much is drawn. Times are
 * those that the page's main thread was busy: how long a busy machine lets it wait says nothing.
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createHistory } from '../src/debug/history.js';
import { momentAt } from '../src/debug/moment.js';
import { pastOf } from '../src/debug/table-items.js';
import { feedSource } from '../src/debug/view-feed.js';
import { compile } from '../src/lang/compile.js';
import { startRun } from '../src/run/run.js';
import type { FromView, ToView } from '../src/views/contract.js';
import { createFeed, type Feed, type FeedSource } from '../src/views/feed.js';
import { median, percentile, print } from './measure.js';
import { CHURN } from './scripts.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ORIGIN = 'http://webview.test';
const TIMES = 60;
const sizes = process.argv.includes('--long') ? [1_000, 1_000_000] : [1_000, 100_000];

/** What the page keeps for us. Functions that run in the page have no names: they are sent as text. */
interface InPage {
  readonly toBench: (message: FromView) => Promise<void>;
}

if (existsSync(CHROMIUM)) void measure();
else console.error(`no browser at ${CHROMIUM}`);

async function measure(): Promise<void> {
  const require = createRequire(path.resolve('package.json'));
  const { chromium } = require('playwright-core') as typeof import('playwright-core');
  const args = ['--no-sandbox', '--disable-gpu'];
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args });
  try {
    for (const events of sizes) await measureRun(browser, events);
  } finally {
    await browser.close();
  }
}

async function measureRun(browser: import('playwright-core').Browser, events: number) {
  const source = recorded(events);
  const feed = createFeed(source);
  const middle = { step: Math.floor(events / 2), microstep: 0 };
  feed.moved(middle);
  feed.answer({ kind: 'ready', view: 'sequence' });
  while (feed.isBehind()) feed.catchUp();
  const opened: number[] = [];
  for (let i = 0; i < 5; i++) {
    const one = await openPage(browser, feed);
    await one.page.evaluate(firstPaint);
    opened.push(await one.clock());
    if (i === 4) await measurePage(one, feed, events, median(opened));
    await one.page.close();
  }
}

async function measurePage({ page, clock }: Opened, feed: Feed, events: number, opened: number) {
  const scrolled: number[] = [];
  const redrawn: number[] = [];
  let nodes = 0;
  let dice = 1;
  for (let i = 0; i < TIMES; i++) {
    dice = (dice * 48_271) % 2_147_483_647;
    // By a screen, and every fourth time anywhere.
    const to = i % 4 === 0 ? dice / 2_147_483_647 : undefined;
    scrolled.push(await timed(clock, () => page.evaluate(scroll, to)));
    nodes = Math.max(nodes, await page.evaluate(() => document.querySelectorAll('*').length));
  }
  for (let i = 0; i < TIMES; i++) {
    const messages = feed.moved({ step: Math.floor(events / 2) + i, microstep: 0 });
    redrawn.push(await timed(clock, () => page.evaluate(redraw, messages)));
  }
  const run = `diagram of ${events.toLocaleString('en')} events`;
  const row = (what: string, unit: string, measured: number, must: number, aim: number) =>
    print({ name: `G1 ${run}, ${what}`, unit, measured, goal: { must, aim, better: 'less' } });
  row('first paint', 'ms', opened, 100, 50);
  row('scroll p95', 'ms', percentile(scrolled, 0.95), 50, 25);
  row('redraw after a step p95', 'ms', percentile(redrawn, 0.95), 50, 34);
  row('nodes', '', nodes, 1_500, 500);
}

type Clock = () => Promise<number>;

interface Opened {
  readonly page: import('playwright-core').Page;
  /** Began with the page. */
  readonly clock: Clock;
}

/** How many milliseconds of processor time the page's main thread has worked. */
async function clockOf(page: import('playwright-core').Page): Promise<Clock> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    const worked = metrics.find(({ name }) => name === 'TaskDuration');
    if (worked === undefined) throw new Error('this browser does not tell how long it works');
    return worked.value * 1_000;
  };
}

async function timed(clock: Clock, work: () => Promise<void>): Promise<number> {
  const before = await clock();
  await work();
  return (await clock()) - before;
}

function recorded(events: number): FeedSource {
  const { program } = compile(CHURN, { file: 'churn.tcpflow' });
  if (program === undefined) throw new Error('the script has mistakes');
  const run = startRun(program, { limits: { steps: events + 1 } });
  const history = createHistory();
  run.timeline.observe(history);
  for (let i = 0; i < events; i++) run.timeline.extend();
  return feedSource(run, pastOf(history, run), (place) => momentAt(run, place));
}

async function openPage(browser: import('playwright-core').Browser, feed: Feed): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 700, height: 800 } });
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = path.resolve('media/webview', pathname.slice(1));
    if (pathname !== '/' && existsSync(file)) return route.fulfill({ path: file });
    const html = `<!DOCTYPE html><link rel="stylesheet" href="style.css">
<body class="vscode-dark" data-view="sequence"><script src="main.js"></script>`;
    return route.fulfill({ contentType: 'text/html', body: pathname === '/' ? html : '' });
  });
  await page.exposeFunction('toBench', async (message: FromView) => {
    if (message.kind === 'ready') return; // asked for by the measurement
    await page.evaluate(hand, feed.answer(message));
  });
  await page.addInitScript(() => {
    const scope = globalThis as unknown as InPage & Record<string, unknown>;
    scope.acquireVsCodeApi = () => ({
      postMessage: (message: FromView) => {
        void scope.toBench(message);
      },
    });
  });
  const messages = feed.answer({ kind: 'ready', view: 'sequence' });
  await page.addInitScript((all) => {
    addEventListener('DOMContentLoaded', () => {
      for (const one of all) window.postMessage(one);
    });
  }, messages);
  const clock = await clockOf(page);
  await page.goto(`${ORIGIN}/`);
  return { page, clock };
}

function hand(messages: readonly ToView[]): void {
  for (const one of messages) window.postMessage(one);
}

/** Until the first picture with arrows in it. */
async function firstPaint(): Promise<void> {
  while (document.querySelector('.item.arrow') === null) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Scrolls by a screen, or to a share of the whole, until what is there is drawn. */
async function scroll(share: number | undefined): Promise<void> {
  const area = document.querySelector('.area') as HTMLElement;
  area.scrollTop =
    share === undefined ? area.scrollTop + area.clientHeight : share * area.scrollHeight;
  for (let isThere = false; !isThere; ) {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const { top, bottom } = area.getBoundingClientRect();
    isThere = [...document.querySelectorAll('.item')].some((item) => {
      const box = item.getBoundingClientRect();
      return box.bottom > top + 60 && box.top < bottom;
    });
  }
}

/** Hands over what a step tells, and waits for the picture. */
async function redraw(messages: readonly ToView[]): Promise<void> {
  for (const one of messages) window.postMessage(one);
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
