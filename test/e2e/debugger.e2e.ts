/** The debugger's commands as a user reaches them: toolbar, menus, views, keys. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Opened, openWorkbench } from './open.js';
import {
  arrowAt,
  askingCommand,
  closePane,
  inOrder,
  lens,
  menuItem,
  openPane,
  openScript,
  pickFromMenu,
  pressF5,
} from './story.js';
import {
  addFunctionBreakpoint,
  breakpointRow,
  callStack,
  command,
  consoleLine,
  editor,
  notification,
  openFile,
  poll,
  setBreakpoint,
  setBreakpointRow,
  toolbar,
  webview,
} from './workbench.js';

const head = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
`;
const talk = `${head}
scenario "talk" {
  server: listen 80
  client: connect server:80
  wait 2s
  client: send "hello"
  wait 100ms
  client: close
  server: close
  wait 5min
}
`;
const long = `${head}
scenario "long" {
  server: listen 80
  client: connect server:80
  repeat 100000 {
    client: send "x"
    wait 20ms
  }
}
`;
const packetdrill = `// A passive opening.
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0

+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
+0 close(4) = 0
`;

describe("the debugger's commands, code-server", function () {
  inOrder(this);
  let opened: Opened;
  let page: Page;

  before(async () => {
    opened = await openWorkbench('code-server', {
      files: { 'talk.tcpflow': talk, 'long.tcpflow': long, 'opening.pkt': packetdrill },
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
    for (const pane of ['Watch', 'Breakpoints']) await closePane(page, pane);
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
    await arrowAt(page, /^wait +2s/); // that is what the script was at when the segment arrived
  });

  it('Run to Cursor, and Jump to Cursor back', async () => {
    await openScriptLine(page, 10);
    await command(page, 'Run to Cursor');
    await arrowAt(page, /^client: close/);
    await openScriptLine(page, 6);
    await command(page, 'Jump to Cursor');
    await arrowAt(page, /^client: connect/);
  });

  it('Restart Frame, of the Call Stack, leads to the beginning of what the frame stands for', async () => {
    await toolbar(page, 'Step Into').click();
    await arrowAt(page, /^CLOSED STATE/);
    await menuItem(page, callStack(page, /^client: connect/).first(), 'Restart Frame');
    await arrowAt(page, /^client: connect/);
  });

  it('Step Into Target, of the menu of the editor, delivers a segment now', async () => {
    await toolbar(page, 'Step Over').click();
    await arrowAt(page, /^wait +2s/);
    const here = editor(page).locator('.view-line', { hasText: 'wait 2s' }).first();
    await menuItem(page, here, 'Step Into Target', 'deliver #1');
    await arrowAt(page, 'First, check for a RST');
    await toolbar(page, 'Step Back').click();
    await arrowAt(page, 'The network'); // before the edit, which stays until another takes its place
  });

  it('Choose What Happens Next drops a segment, and the diagram shows it', async () => {
    await askingCommand(page, 'Choose What Happens Next...', 'drop #1');
    await arrowAt(page, /^wait +2s/);
    const frame = await webview(page, '.figure');
    await frame.locator('.item.arrow', { hasText: 'dropped by you' }).waitFor();
    await frame.locator('.item.note', { hasText: 'drop #1' }).waitFor();
    await opened.shot('d2-dropped');
  });

  it('Save Run as Script makes a script that runs to the same result', async () => {
    await toolbar(page, 'Step Over').click();
    await arrowAt(page, /^client: send/);
    await command(page, 'Save Run as Script');
    await editor(page).locator('.view-line', { hasText: 'drop client -> server SYN' }).waitFor();
    await toolbar(page, 'Continue').click();
    await toolbar(page, 'Continue').waitFor({ state: 'hidden' });
    await consoleLine(page, 'The run is over').waitFor();
    const edited = await movesAfterTheDrop(page);
    await command(page, 'Clear Console');
    await page.mouse.move(0, 0); // where the toolbar was a hover of the tab is in the way
    await editor(page).locator('.view-line').first().click(); // lenses may wait for the editor's attention
    await lens(page, 'Run').click();
    await consoleLine(page, 'The run is over').waitFor();
    assert.deepEqual(await movesAfterTheDrop(page), edited);
    await opened.shot('d3-saved');
  });

  it('Terminate Thread crashes a host', async () => {
    await page.locator('.tabs-container .tab', { hasText: 'talk.tcpflow' }).first().click();
    await pressF5(page, 5);
    await openScriptLine(page, 8);
    await command(page, 'Run to Cursor');
    await arrowAt(page, /^client: send/);
    await menuItem(page, callStack(page, /^server/).first(), 'Terminate Thread');
    await consoleLine(page, 'ESTABLISHED -> CLOSED  The host loses its memory').waitFor();
    await toolbar(page, 'Step Back').click();
    await arrowAt(page, 'The network');
  });

  it('the console completes variables', async () => {
    await page.locator('.repl-input-wrapper .monaco-editor .view-lines').click();
    await page.keyboard.type('client.c1.SND.');
    const una = page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'UNA' });
    await poll(page, 'a suggestion', async () => {
      if (await una.first().isVisible()) return true;
      await page.keyboard.press('Control+Space');
      await page.waitForTimeout(500);
      return 'none';
    });
    await una.first().click();
    await page.keyboard.press('Enter');
    await consoleLine(page, /^101/).waitFor();
  });

  it('an exception filter stops where its condition holds', async () => {
    await openPane(page, 'Breakpoints');
    await closePane(page, 'Call Stack');
    await toolbar(page, 'Restart').click(); // without the crash
    await arrowAt(page, /^server: listen/);
    await setBreakpointRow(page, 'Any state change', true);
    await menuItem(page, breakpointRow(page, 'Any state change'), 'Edit Condition');
    await intoBreakpoints(page, 'STATE == CLOSING');
    await breakpointRow(page, 'STATE == CLOSING').waitFor();
    await toolbar(page, 'Continue').click();
    await arrowAt(page, 'Eighth, check the FIN bit');
    await page.locator('.exception-widget', { hasText: 'FIN_WAIT_1 -> CLOSING' }).waitFor();
    await opened.shot('d4-filter');
    await setBreakpointRow(page, 'Any state change', false);
  });

  it('a function breakpoint stops where its condition holds', async () => {
    await addFunctionBreakpoint(page, 'client:*->CLOSED');
    const row = breakpointRow(page, 'client:*->CLOSED');
    await row.hover();
    await row.locator('.action-label').first().click(); // the pencil
    await pickFromMenu(page, 'Edit Condition');
    await intoBreakpoints(page, 'time > 4min');
    await breakpointRow(page, 'time > 4min').waitFor();
    await toolbar(page, 'Continue').click();
    await arrowAt(page, /^TIME-WAIT/);
    await command(page, 'Remove All Breakpoints');
    await toolbar(page, 'Stop').click();
    await toolbar(page, 'Stop').waitFor({ state: 'hidden' });
  });

  it('a long run shows its progress; it can be paused, and cancelled', async () => {
    await command(page, 'Show Explorer');
    await openScript(page, 'long.tcpflow');
    await pressF5(page, 5);
    await toolbar(page, 'Continue').click();
    const progress = notification(page, 'Running: event');
    await progress.first().waitFor();
    await opened.shot('d5-progress');
    await toolbar(page, 'Pause').click();
    await toolbar(page, 'Continue').waitFor();
    await progress.first().waitFor({ state: 'detached' });
    await toolbar(page, 'Continue').click();
    await progress.getByRole('button', { name: 'Cancel' }).first().click();
    await toolbar(page, 'Continue').waitFor();
    await toolbar(page, 'Stop').click();
    await toolbar(page, 'Stop').waitFor({ state: 'hidden' });
  });

  it('F5 in a packetdrill script stops at its first line, and at a breakpoint', async () => {
    await command(page, 'Show Explorer');
    await openFile(page, 'opening.pkt');
    await setBreakpoint(page, 7);
    await pressF5(page, 2);
    await toolbar(page, 'Continue').click();
    await arrowAt(page, /^\+0 > S\./);
    const frame = await webview(page, '.figure');
    await frame.locator('.item.arrow', { hasText: 'SYN' }).first().waitFor();
    await opened.shot('d6-packetdrill');
  });
});

/** The transitions that the console tells of from the first second on, without the names of scripts; once no row is drawn any more. */
async function movesAfterTheDrop(page: Page): Promise<readonly string[]> {
  const rows = page.locator('.repl .monaco-list-row .value');
  let before: readonly string[] = [];
  return poll(page, 'eight transitions, and no more', async () => {
    const texts = (await rows.allInnerTexts()).map((text) => text.trim());
    const moves = texts.filter((text) => /^[1-9].*->/.test(text));
    const settled = moves.length >= 8 && moves.join('\n') === before.join('\n');
    before = moves;
    await page.waitForTimeout(300);
    return settled ? moves : moves.join('\n');
  });
}

/** Types into the box that is open in the Breakpoints view. */
async function intoBreakpoints(page: Page, text: string): Promise<void> {
  const box = page.locator('.debug-breakpoints .monaco-inputbox input');
  await box.fill(text);
  await box.press('Enter');
  await box.waitFor({ state: 'detached' });
}

/** Puts the cursor into a line of the script. */
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
