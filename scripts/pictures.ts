/** The README's pictures: drives the packed extension in a real VS Code. `npm run pictures` runs this. */

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openWorkbench, reportFailure } from '../test/e2e/open.js';
import { examplesFolder, projectRoot, screenshotsFolder } from '../test/e2e/paths.js';
import { closePane, openPane } from '../test/e2e/story.js';
import {
  addFunctionBreakpoint,
  callStack,
  command,
  openFile,
  startDebugging,
  toolbar,
  webview,
} from '../test/e2e/workbench.js';

/** The README shows the dark ones; the light ones are for those who change colours. */
const themes = [
  {
    name: 'dark',
    colorTheme: 'Default Dark Modern',
    folder: path.join(projectRoot, 'docs/images'),
  },
  { name: 'light', colorTheme: 'Default Light Modern', folder: screenshotsFolder },
];

async function main(): Promise<void> {
  for (const theme of themes) await takeAll(theme);
}

async function takeAll({
  name: theme,
  colorTheme,
  folder,
}: (typeof themes)[number]): Promise<void> {
  mkdirSync(folder, { recursive: true });
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
    const file = path.join(folder, `${name}-${theme}.png`);
    await page.screenshot({ path: file });
    console.log(path.relative(projectRoot, file));
  };
  try {
    await stopAtSynRcvd(page);
    await take('syn-rcvd');
    await stopInOtherStates(page);
    await take('rfc-view');
    await toolbar(page, 'Stop').click();
    await toolbar(page, 'Stop').waitFor({ state: 'hidden' });
    await command(page, 'Remove All Breakpoints');
    await stopAtFailure(page);
    await take('failed-expectation');
  } catch (error) {
    await reportFailure(opened, `pictures-${theme}`);
    throw error;
  } finally {
    await opened.close();
  }
}

async function stopAtSynRcvd(page: Page): Promise<void> {
  await openFile(page, 'handshake.tcpflow');
  await command(page, 'Show Run and Debug');
  for (const move of ['server:SYN_RCVD', 'server:ESTABLISHED']) {
    await addFunctionBreakpoint(page, move); // now: the list is full once it has the exception filters, too
  }
  await startDebugging(page);
  await closePane(page, 'Watch'); // it is empty: room for the others
  await step(page, 'Continue');
  await callStack(page, /entering SYN_RCVD/i)
    .first()
    .waitFor();
  await webview(page, '.figure');
  await command(page, 'Toggle Panel Visibility');
  await closePane(page, 'Breakpoints');
  await openPane(page, 'Connections');
  await webview(page, '.badge.SYN_RCVD');
}

async function stopInOtherStates(page: Page): Promise<void> {
  await step(page, 'Continue');
  await callStack(page, /entering ESTABLISHED/i)
    .first()
    .waitFor();
}

async function stopAtFailure(page: Page): Promise<void> {
  await openFile(page, 'wrong.tcpflow');
  await command(page, 'Show Run and Debug');
  await startDebugging(page);
  await step(page, 'Continue');
  await page.locator('.exception-widget').waitFor();
}

async function step(page: Page, button: string): Promise<void> {
  await toolbar(page, button).click();
  await page.waitForTimeout(500);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
