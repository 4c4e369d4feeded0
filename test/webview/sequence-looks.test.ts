/** The sequence diagram in a browser: narrow panels, themes, forced colours, less motion. */

import assert from 'node:assert/strict';
import * as plays from '../views/plays.js';
import { example } from '../views/running.js';
import { arrow, useBrowser } from './diagram.js';

describe('the looks of the sequence diagram', function () {
  this.timeout(60_000);
  const { show } = useBrowser();

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
