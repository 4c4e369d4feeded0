/** What the editor does with a script, and the commands around it. */

import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { type Opened, openWorkbench, type Target } from './open.js';
import {
  arrowAt,
  askingCommand,
  inOrder,
  lens,
  openPane,
  openScript,
  pressF5,
  rulesClosed,
} from './story.js';
import {
  breakpointRow,
  command,
  consoleLine,
  editor,
  notification,
  openFile,
  poll,
  toolbar,
  webview,
} from './workbench.js';

const facts = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }

scenario "facts" {
  server: listen 80
    client: connect sever:80
  expect client ESTABLISHED
  expect client SND.NXT == ISS + 1
}
`;

const packets = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 \`sleep 1\`
+0 bind(3, ..., ...) = 0
`;

const tried: readonly Target[] = ['code-server', 'vscode-web'];

for (const target of tried) {
  describe(`a script in the editor, ${target}`, function () {
    inOrder(this);
    let opened: Opened;
    let page: Page;

    before(async () => {
      opened = await openWorkbench(target, {
        files: { 'facts.tcpflow': facts, 'facts.pkt': packets },
        settings: { 'debug.inlineValues': 'auto' },
      });
      page = opened.page;
      await openScript(page, 'facts.tcpflow');
    });
    after(() => opened?.close());

    it('a mistake is underlined', async () => {
      await editor(page).locator('.squiggly-error').first().waitFor();
    });

    it('F5 on a script with a mistake goes to it, and nothing runs', async () => {
      const told = notification(page, 'Line 6: No host is called `sever`');
      await editor(page).locator('.view-line').first().click();
      await page.keyboard.press('F5');
      await told.waitFor();
      await page.locator('.statusbar-item', { hasText: 'Ln 6, Col 26 (5 selected)' }).waitFor();
      assert.equal(await toolbar(page, 'Stop').count(), 0);
      await command(page, 'Notifications: Clear All Notifications');
      await told.waitFor({ state: 'detached' });
    });

    it('a quick fix mends it', async () => {
      await word(page, 'sever').click();
      await page.keyboard.press('Control+.');
      await page.getByText('Change to "server"').first().waitFor();
      await opened.shot('e1-quick-fix');
      await page.keyboard.press('Enter');
      await poll(page, 'the name mended', async () => {
        const lines = await lineTexts(page);
        return lines.some((line) => line.includes('connect server:80')) || lines.join('\n');
      });
      await editor(page).locator('.squiggly-error').first().waitFor({ state: 'detached' });
    });

    it('formatting puts each line in its place', async () => {
      await command(page, 'Format Document');
      await poll(page, 'the line formatted', async () => {
        const lines = await lineTexts(page);
        return lines.includes('  client: connect server:80') || lines.join('\n');
      });
    });

    it('what may be typed next is offered, with its meaning', async () => {
      await editor(page).locator('.view-line', { hasText: 'SND.NXT' }).click();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.keyboard.type('expect server ');
      await page.keyboard.type('EST', { delay: 50 });
      await detailsTell(page, 'ESTABLISHED', 'is open: data flows both ways');
      await opened.shot('e1-completion');
      await poll(page, 'the state written', async () => {
        const lines = await lineTexts(page);
        if (lines.includes('  expect server ESTABLISHED')) return true;
        const row = await suggestion(page, 'ESTABLISHED');
        await row.click({ timeout: 2000 }).catch(() => undefined);
        return lines.join('\n');
      });
    });

    it('the form of what is being written stands above it, the part that comes next marked', async () => {
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.keyboard.type('client: connect server:80 ');
      const hints = page.locator('.parameter-hints-widget.visible');
      await hints.getByText('H: connect H2:PORT [from PORT]').waitFor();
      await hints.locator('.parameter.active', { hasText: '[from PORT]' }).waitFor();
      await opened.shot('e1-form');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Shift+K');
      await poll(page, 'the line gone', async () => {
        const lines = await lineTexts(page);
        return lines.filter((line) => line.includes('connect')).length === 1 || lines.join('\n');
      });
    });

    it('a name leads to its declaration, and is renamed wherever it stands', async () => {
      await word(page, 'server').click();
      await page.keyboard.press('F12');
      await page.getByText('Ln 2, Col 6').first().waitFor(); // `server` of its declaration
      await rename(page, 'client'); // another host's name
      await page
        .getByText(/already names? a host/)
        .first()
        .waitFor();
      await page.keyboard.press('Escape');
      await rename(page, 'web');
      await poll(page, 'the host renamed', async () => {
        const lines = await lineTexts(page);
        const wanted = ['  web: listen 80', '  client: connect web:80', '  expect web ESTABLISHED'];
        return wanted.every((line) => lines.includes(line)) || lines.join('\n');
      });
      await opened.shot('e1-renamed');
      await rename(page, 'server');
      await poll(page, 'the name back', async () => {
        const lines = await lineTexts(page);
        return lines.includes('  client: connect server:80') || lines.join('\n');
      });
    });

    it('Run above a scenario runs it, unsaved as it is, to its results and its diagram', async () => {
      await lens(page, 'Run').click();
      await consoleLine(page, '3 of 3 expectations hold').waitFor();
      const frame = await webview(page, '.figure');
      await frame.locator('.item.arrow', { hasText: 'seq=101' }).waitFor();
      await opened.shot('e2-run');
    });

    it('a double click on an arrow opens the statement behind it', async () => {
      const frame = await webview(page, '.figure');
      await frame.locator('.item.arrow', { hasText: 'SYN' }).first().locator('.hit').dblclick();
      await editor(page).locator('.active-line-number', { hasText: /^6$/ }).waitFor();
    });

    it('the diagram comes back, with the run in it, after it was closed', async () => {
      await page.locator('.tab', { hasText: 'Sequence Diagram' }).click({ button: 'middle' });
      await page.locator('.tab', { hasText: 'Sequence Diagram' }).waitFor({ state: 'detached' });
      await command(page, 'Show Sequence Diagram');
      const frame = await webview(page, '.figure');
      await frame.locator('.item.arrow', { hasText: 'seq=101' }).waitFor();
    });

    it('while debugging, a word tells its value at this moment', async () => {
      await pressF5(page, 5);
      for (const text of ['client: connect', 'expect client EST', 'expect client SND']) {
        await toolbar(page, 'Step Over').click();
        await arrowAt(page, new RegExp(text));
      }
      await editor(page).getByText('client.SND.NXT = 101').first().waitFor(); // at the line's end
      await editor(page).getByText('0.000000 s: LISTEN').first().waitFor(); // what came of a call
      await editor(page).getByText('0.000000 s: SYN_SENT, SND.NXT=101').first().waitFor();
      await hoverTells(page, 'ISS', '100');
      await opened.shot('e3-values');
      await page.mouse.move(5, 5);
    });

    it('Restart runs the text as it stands now, in the diagram too', async () => {
      const frame = await webview(page, '.figure');
      await frame.locator('.item.arrow', { hasText: 'SYN,ACK' }).waitFor();
      await editor(page).locator('.view-line', { hasText: 'connect server:80' }).click();
      await page.keyboard.press('End');
      await page.keyboard.type(' from 5000');
      await toolbar(page, 'Restart').click();
      await frame.locator('.item.arrow', { hasText: 'SYN,ACK' }).waitFor({ state: 'detached' });
      await arrowAt(page, /^server: listen 80/); // values stand at the line's end
      await toolbar(page, 'Step Over').click();
      await toolbar(page, 'Step Over').click();
      await arrowAt(page, /^expect client EST/);
      await frame.locator('.item.arrow', { hasText: 'SYN' }).first().hover();
      await frame.getByText('10.0.0.1:5000').first().waitFor();
    });

    it('numbers relative to the ISN are a click away, and remembered', async () => {
      const frame = await webview(page, '.figure');
      await frame.getByRole('button', { name: 'Relative numbers' }).click();
      await frame.locator('.item.arrow', { hasText: 'seq=0' }).first().waitFor();
      await toolbar(page, 'Stop').click();
      await toolbar(page, 'Stop').waitFor({ state: 'hidden' });
    });

    it('Break on State sets the function breakpoint that was picked, and takes it away', async () => {
      const row = breakpointRow(page, 'server:SYN_RCVD');
      await openPane(page, 'Breakpoints');
      await askingCommand(page, 'Break on State...', 'server:SYN_RCVD');
      await row.waitFor();
      await askingCommand(page, 'Break on State...', 'server:SYN_RCVD');
      await row.waitFor({ state: 'detached' });
    });

    it("the RFC's rules can be read without a run, and take breakpoints", async () => {
      await askingCommand(page, 'Show the Rules of RFC 9293...', '3.10.7.2 LISTEN STATE');
      await page.locator('.view-line', { hasText: 'First, check for a RST' }).click();
      await page.keyboard.press('F9');
      await breakpointRow(page, '3.10.7.2 LISTEN STATE').waitFor();
      await opened.shot('e4-rules');
    });

    it('a new script is debugged before it is saved', async () => {
      await editor(page).locator('.view-line').first().click();
      await command(page, 'New Script');
      await editor(page).locator('.view-line', { hasText: '# A handshake' }).waitFor();
      await lens(page, 'Debug').waitFor();
      await page.keyboard.press('F5');
      await arrowAt(page, /^server: listen 80/);
    });

    it('a breakpoint on a rule stops where that rule has decided', async () => {
      await toolbar(page, 'Continue').click();
      await arrowAt(page, 'First, check for a RST');
      await opened.shot('e5-new-script');
    });

    it('what a packetdrill script asks for that cannot be meant is underlined', async () => {
      await toolbar(page, 'Stop').click();
      await rulesClosed(page);
      await openFile(page, 'facts.pkt');
      await editor(page).locator('.squiggly-error').first().waitFor();
      await page.keyboard.press('F5');
      await notification(page, 'not supported').waitFor();
      await page.locator('.statusbar-item', { hasText: 'Ln 2, ' }).waitFor();
    });
  });
}

/**
 * The row of the suggestions with this label. Whoever types faster than the workbench asks is offered what fits an
 * earlier word: then the list is closed, and asked for again.
 */
async function suggestion(page: Page, label: string): Promise<Locator> {
  const rows = page.locator('.suggest-widget.visible .monaco-list-row');
  const row = rows.filter({ hasText: label }).first();
  return poll(page, `${label} among the suggestions`, async () => {
    if (await row.isVisible()) return row;
    const seen = await rows.allInnerTexts();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Space');
    await row.waitFor({ timeout: 3000 }).catch(() => undefined);
    return seen.join(' | ');
  });
}

/** The details of a suggestion say this. The key that shows them hides them, too, and asks where there is no list. */
async function detailsTell(page: Page, label: string, text: string): Promise<void> {
  const details = page.locator('.suggest-details-container').getByText(text);
  await poll(page, `${text} in the details`, async () => {
    await suggestion(page, label);
    if (await details.isVisible()) return true;
    await page.keyboard.press('Control+Space');
    await details.waitFor({ timeout: 3000 }).catch(() => undefined);
    return 'no such details';
  });
}

/** Renames what the cursor stands on. */
async function rename(page: Page, name: string): Promise<void> {
  await page.keyboard.press('F2');
  const box = page.locator('.rename-box input');
  await box.waitFor();
  await box.fill(name);
  await page.keyboard.press('Enter');
}

/** A word in the first editor. */
function word(page: Page, text: string) {
  return editor(page)
    .locator('.view-line span span', { hasText: new RegExp(`^\\s*${text}\\s*$`) })
    .last();
}

/** Hovering over a word while debugging shows its value. A hover is lost while the editor is busy. */
async function hoverTells(page: Page, text: string, value: string): Promise<void> {
  await poll(page, `${text} = ${value} in a hover`, async () => {
    await word(page, text).hover({ position: { x: 3, y: 8 } });
    await page.waitForTimeout(100);
    await word(page, text).hover({ position: { x: 9, y: 9 } });
    await page.waitForTimeout(1500);
    const hovers = page.locator('.debug-hover-widget, .monaco-hover');
    const texts = await hovers.allInnerTexts();
    return texts.some((one) => one.includes(value)) || texts.join(' | ');
  });
}

/** The visible lines of the first editor, from top to bottom. */
async function lineTexts(page: Page): Promise<readonly string[]> {
  const texts = await editor(page).locator('.view-line').allInnerTexts();
  return texts.map((text) => text.replaceAll('\u00a0', ' '));
}
