/** The debugger's commands as a user reaches them: toolbar, menus, views, keys. */

import type { Page } from 'playwright-core';
import { type Opened, openWorkbench } from './open.js';
import { arrowAt, inOrder, openScript, pressF5 } from './story.js';
import { command, consoleLine, editor, poll, toolbar } from './workbench.js';

const talk = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }

scenario "talk" {
  server: listen 80
  client: connect server:80
  wait 100ms
  client: send "hello"
  wait 100ms
  client: close
  server: close
  wait 2msl
}
`;

describe("the debugger's commands, code-server", function () {
  inOrder(this);
  let opened: Opened;
  let page: Page;

  before(async () => {
    opened = await openWorkbench('code-server', {
      files: { 'talk.tcpflow': talk },
    });
    page = opened.page;
  });
  after(() => opened?.close());

  it('a condition and a log message on lines', async () => {
    await openScript(page, 'talk.tcpflow');
    await onLine(page, 8, 'Add Logpoint...', 'the client is {client.STATE}');
    await onLine(page, 9, 'Add Conditional Breakpoint...', 'client.SND.UNA == 101');
    await pressF5(page, 5);
    await toolbar(page, 'Continue').click();
    await arrowAt(page, /^wait +100ms/);
    await consoleLine(page, 'the client is ESTABLISHED').first().waitFor();
    await command(page, 'Remove All Breakpoints');
  });

  it('a click on a line of the console travels to its moment', async () => {
    const line = consoleLine(page, 'LISTEN -> SYN_RCVD').first();
    await line
      .locator('.value a')
      .first()
      .click({ modifiers: ['ControlOrMeta'] });
    await arrowAt(page, 'Third, check for a SYN');
    await opened.shot('d1-travelled');
  });

  it('Reverse Out and Reverse Over, of the toolbar', async () => {
    await toolbar(page, 'Reverse Out').click();
    await arrowAt(page, 'First, check for a RST');
    await toolbar(page, 'Reverse Over').click();
    await arrowAt(page, /^wait +100ms/); // that is what the script was at when the segment arrived
  });
});

/** Puts the cursor into a line of the first editor. */
async function openScriptLine(page: Page, line: number): Promise<void> {
  await page.locator('.tabs-container .tab', { hasText: 'talk.tcpflow' }).first().click();
  const number = editor(page).locator('.margin-view-overlays .line-numbers', {
    hasText: new RegExp(`^${line}$`),
  });
  await poll(page, `the cursor in line ${line}`, async () => {
    const row = await number.boundingBox();
    const text = await editor(page).locator('.view-lines').boundingBox();
    if (!row || !text) return 'not in view';
    await page.mouse.click(text.x + 200, row.y + row.height / 2);
    const active = await editor(page).locator('.active-line-number').first().innerText();
    return active === String(line) || active;
  });
  await page.keyboard.press('Home'); // a command for breakpoints takes the part of the line that the cursor is in
}

/** Sets a breakpoint with a text on a line, by a command of the palette. */
async function onLine(page: Page, line: number, title: string, text: string): Promise<void> {
  await openScriptLine(page, line);
  await command(page, title);
  await page.locator('.breakpoint-widget .monaco-editor.focused').waitFor();
  await page.keyboard.insertText(text); // typed, it would open suggestions, which take the Enter
  await page.keyboard.press('Enter');
  await page.locator('.breakpoint-widget').waitFor({ state: 'detached' });
}
