/** The webview in a headless browser, under the extension's own content policy, fed by a record of the test. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { FromView, ToView, ViewName } from '../../src/views/contract.js';
import { createFeed, type Feed, type FeedSource } from '../../src/views/feed.js';
import { THEMES, type ThemeName } from './themes.js';

const ORIGIN = 'http://webview.test';
const root = path.resolve(__dirname, '../..');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export interface Stage {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: ThemeName;
  readonly view?: ViewName;
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly forcedColors?: 'active' | 'none';
  /** `none`: as when there is no run to ask. */
  readonly answers?: 'all' | 'none';
}

export interface OpenPage {
  readonly page: Page;
  readonly feed: Feed;
  /** What the page posted, oldest first. */
  readonly posted: readonly FromView[];
  /** Everything the page complained about: errors, refused content. */
  readonly complaints: readonly string[];
  /** Hands messages to the page and waits until they are drawn. */
  readonly tell: (messages: readonly ToView[]) => Promise<void>;
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Whether there is a browser to test with. */
export function hasBrowser(): boolean {
  return existsSync(executablePath);
}

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu'],
  });
}

let built: Promise<{ readonly script: string; readonly style: string }> | undefined;

/** The bundle as the build makes it. */
function bundle() {
  built ??= esbuild
    .build({
      absWorkingDir: root,
      entryPoints: ['src/webview/main.ts', 'src/webview/style.css'],
      outdir: 'media/webview',
      bundle: true,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      write: false,
    })
    .then(({ outputFiles }) => {
      const text = (end: string) => outputFiles.find((file) => file.path.endsWith(end))?.text ?? '';
      return { script: text('.js'), style: text('.css') };
    });
  return built;
}

/** Opens the page of a view. What it asks is answered by a feed on `source`. */
export async function open(
  browser: Browser,
  source: FeedSource,
  stage: Stage = {},
): Promise<OpenPage> {
  const { width = 900, height = 700, theme = 'dark', view = 'sequence' } = stage;
  const { reducedMotion = 'reduce', forcedColors = 'none' } = stage;
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion,
    forcedColors,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await serve(page, view, theme);

  const feed = createFeed(source);
  const posted: FromView[] = [];
  const tell = async (messages: readonly ToView[]) => {
    await page.evaluate((all) => {
      for (const message of all) window.postMessage(message);
    }, asJson(messages));
    await settle();
  };
  const settle = () =>
    page.evaluate(
      () =>
        new Promise<void>((done) => {
          setTimeout(() => requestAnimationFrame(() => setTimeout(done, 30)), 30);
        }),
    );
  await page.exposeFunction('postToTest', async (message: FromView) => {
    posted.push(message);
    if (stage.answers === 'none') return;
    const answers = feed.answer(message);
    await page.evaluate((all) => {
      for (const one of all) window.postMessage(one);
    }, asJson(answers));
  });
  await page.addInitScript(prepare, THEMES[theme].variables);
  await page.goto(`${ORIGIN}/`);
  await settle();
  return { page, feed, posted, complaints, tell, settle, close: () => context.close() };
}

/** What is left of messages on their way through VS Code. */
function asJson(messages: readonly ToView[]): readonly ToView[] {
  return JSON.parse(JSON.stringify(messages));
}

/** Runs in the page before anything else: what VS Code provides. No function in it has a name: tsx would wrap it. */
function prepare(variables: Readonly<Record<string, string>>): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  scope.acquireVsCodeApi = () => ({ postMessage: scope.postToTest });
  document.addEventListener('DOMContentLoaded', () => {
    for (const [name, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
  });
}

async function serve(page: Page, view: ViewName, theme: ThemeName): Promise<void> {
  const { script, style } = await bundle();
  const policy = `default-src 'none'; style-src ${ORIGIN}; font-src ${ORIGIN}; script-src 'nonce-abc'`;
  const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${ORIGIN}/style.css"><title>TCP Flow</title></head>
<body class="${THEMES[theme].body}" data-view="${view}"><script nonce="abc" src="${ORIGIN}/main.js"></script></body></html>`;
  const files: Readonly<Record<string, readonly [string, string]>> = {
    '/': ['text/html', html],
    '/main.js': ['text/javascript', script],
    '/style.css': ['text/css', style],
  };
  await page.route('**/*', (route) => {
    const file = files[new URL(route.request().url()).pathname];
    if (file === undefined) return route.fulfill({ status: 404, body: '' });
    return route.fulfill({ contentType: `${file[0]}; charset=utf-8`, body: file[1] });
  });
}
