/** The README's pictures: drives the packed extension in a real VS Code. `npm run pictures` runs this. */

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openWorkbench } from '../test/e2e/open.js';
import { examplesFolder, projectRoot } from '../test/e2e/paths.js';
import {
  addFunctionBreakpoint,
  callStack,
  command,
  consoleLine,
  openFile,
  startDebugging,
  toolbar,
  webview,
} from '../test/e2e/workbench.js';

const images = path.join(projectRoot, 'docs/images');
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' };

async function main(): Promise<void> {
  mkdirSync(images, { recursive: true });
  for (const [theme, colorTheme] of Object.entries(themes)) await takeAll(theme, colorTheme);
}

async function takeAll(theme: string, colorTheme: string): Promise<void> {
  const handshake = readFileSync(path.join(examplesFolder, 'handshake.tcpflow'), 'utf8');
  const wrong = handshake.replace('ack=101', 'ack=102');
  const opened = await openWorkbench('code-server', {
    files: { 'wrong.tcpflow': wrong },
    settings: { 'workbench.colorTheme': colorTheme, 'editor.fontSize': 13 },
  });
  const { page } = opened;
  const take = async (name: string) => {
    await page.mouse.move(700, 895); // no hover in the picture
    await page.waitForTimeout(1000); // scrolling and fading have ended
    await page.screenshot({ path: path.join(images, `${name}-${theme}.png`) });
    console.log(`docs/images/${name}-${theme}.png`);
  };
  try {
    await stopAtSynRcvd(page);
    await take('syn-rcvd');
    for (let i = 0; i < 2; i++) await step(page, 'Step Into');
    await take('rfc-view');
    await toolbar(page, 'Stop').click();
    await toolbar(page, 'Stop').waitFor({ state: 'hidden' });
    await command(page, 'Remove All Breakpoints');
    await stopAtFailure(page);
    await take('failed-expectation');
  } finally {
    await opened.close();
  }
}

async function stopAtSynRcvd(page: Page): Promise<void> {
  await openFile(page, 'handshake.tcpflow');
  await command(page, 'Show Run and Debug');
  await addFunctionBreakpoint(page, 'server:SYN_RCVD');
  await startDebugging(page);
  await step(page, 'Continue');
  await callStack(page, 'function breakpoint').first().waitFor();
  await webview(page, 'svg');
}

async function stopAtFailure(page: Page): Promise<void> {
  await openFile(page, 'wrong.tcpflow');
  await startDebugging(page);
  await step(page, 'Continue');
  await consoleLine(page, 'ack').first().waitFor();
}

async function step(page: Page, button: string): Promise<void> {
  await toolbar(page, button).click();
  await page.waitForTimeout(500);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
