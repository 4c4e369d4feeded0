/** The sequence diagram in a browser, for its tests: a browser for each suite, and pages whose complaints fail the test. */

import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { FromView } from '../../src/views/contract.js';
import type { FeedSource } from '../../src/views/feed.js';
import { running } from '../views/running.js';
import * as pages from './page.js';

export interface Diagrams {
  /** A page as it opens. */
  readonly open: (source: FeedSource, stage?: pages.Stage) => Promise<pages.OpenPage>;
  /** The page of a record with the cursor at a place; at its end when none is given. */
  readonly show: (
    source: FeedSource,
    stage?: pages.Stage,
    step?: number,
    microstep?: number,
  ) => Promise<pages.OpenPage>;
}

/** For the tests of a `describe`, which has to call it. */
export function useBrowser(): Diagrams {
  let browser: Browser;
  const opened: pages.OpenPage[] = [];

  before(async function () {
    if (!pages.hasBrowser()) this.skip();
    browser = await pages.launch();
  });
  afterEach(async () => {
    // Whatever the test was about: nothing was refused by the content policy, nothing failed.
    const complaints = opened.flatMap((one) => one.complaints);
    await Promise.all(opened.splice(0).map((one) => one.close()));
    assert.deepEqual(complaints, []);
  });
  after(async () => browser?.close());

  const open: Diagrams['open'] = async (source, stage = {}) => {
    const one = await pages.open(browser, source, stage);
    opened.push(one);
    return one;
  };
  const show: Diagrams['show'] = async (
    source,
    stage = {},
    step = source.length(),
    microstep = -1,
  ) => {
    const one = await open(source, stage);
    await one.tell(one.feed.moved({ step, microstep }));
    return one;
  };
  return { open, show };
}

/** What a screen reader says of everything that is drawn. */
export const labels = (one: pages.OpenPage) =>
  one.page.$$eval('g.item', (groups) => groups.map((g) => g.getAttribute('aria-label') ?? ''));
export const arrow = (one: pages.OpenPage, n: number) => one.page.locator('g.item.arrow').nth(n);
export const travels = (posted: readonly FromView[]) =>
  posted.filter(({ kind }) => kind === 'travel');

/** Each host opens to the one after it, one after the other. */
export const chain = (hosts: readonly string[]) => {
  const pairs = hosts.slice(1).map((to, i) => [hosts[i], to] as const);
  return running(`${hosts.map((name) => `host ${name} { isn 1000000000 }`).join('\n')}
scenario "a chain" {
${pairs.map(([from, to]) => `${to}: listen 80\n${from}: connect ${to}:80\nwait 1s`).join('\n')}
}
`);
};
