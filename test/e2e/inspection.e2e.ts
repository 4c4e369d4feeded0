/** Looking into a run: the way back to a value's last change, numbers switched everywhere, what each side knows, tables over time. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Opened, openWorkbench } from './open.js';
import { arrowAt, closePane, inOrder, openPane, openScript, pressF5 } from './story.js';
import {
  addFunctionBreakpoint,
  command,
  consoleLine,
  evaluate,
  expandVariable,
  poll,
  toolbar,
  variable,
  variableIs,
  webview,
} from './workbench.js';

const FIRST_STATEMENT = 8;

for (const theme of ['Default Light Modern']) {
  const look = theme.includes('Dark') ? 'dark' : 'light';
  describe(`looking into a run, code-server, ${look}`, function () {
    inOrder(this);
    let opened: Opened;
    let page: Page;

    before(async () => {
      opened = await openWorkbench('code-server', {
        settings: { 'workbench.colorTheme': theme },
      });
      page = opened.page;
      await openScript(page, 'handshake.tcpflow');
      await pressF5(page, FIRST_STATEMENT);
      await addFunctionBreakpoint(page, 'server:ESTABLISHED');
      await toolbar(page, 'Continue').click();
      await arrowAt(page, 'Fifth, check the ACK field');
      for (const pane of ['Breakpoints', 'Watch', 'Call Stack']) await closePane(page, pane);
    });
    after(() => opened?.close());

    it('each side knows all four after the third message', async () => {
      for (const one of ['Segment', 'Connection']) await collapse(page, one);
      await expandScope(page, 'What each side knows');
      await variableIs(page, 'server.c1', 'the peer can receive (ESTABLISHED)');
      await expandVariable(page, 'server.c1');
      await variableIs(page, 'I can send', '<CTL=ACK> at 0.030000 s, other-states/5-ack');
      await opened.shot(`inspection-knows-${look}`);
      await collapse(page, 'What each side knows');
    });

    it('the connections show it, with a way to each proof and to the making of the entry', async () => {
      await openPane(page, 'Connections');
      const frame = await webview(page, 'section[aria-label="Connections of server"]');
      const server = frame.getByRole('region', { name: 'Connections of server' });
      assert.equal(await server.locator('.knows .proven').count(), 4);
      await opened.shot(`inspection-connections-${look}`);
      await server.getByRole('button', { name: /^created 0\.010/ }).click();
      await arrowAt(page, 'Third, check for a SYN');
      await poll(page, 'a claim that only a SYN makes', async () => {
        const heard = await server.locator('.knows .heard').count();
        return heard === 1 || `${heard} such claims`;
      });
      await closePane(page, 'Connections');
    });

    it('a command makes numbers relative, in the variables and in the diagram', async () => {
      await expandScope(page, 'Connection');
      await variableIs(page, 'SND.NXT', '301');
      await command(page, 'Switch Between Relative and Absolute Sequence Numbers');
      await variableIs(page, 'SND.NXT', '1');
      const frame = await webview(page, '.figure');
      await frame.locator('text.label', { hasText: 'seq=0' }).first().waitFor();
      await command(page, 'Switch Between Hexadecimal and Decimal Numbers');
      await variableIs(page, 'SND.NXT', '0x1');
      await frame.locator('text.label', { hasText: 'seq=0x0' }).first().waitFor();
      await opened.shot(`inspection-numbers-${look}`);
      await command(page, 'Switch Between Hexadecimal and Decimal Numbers');
      await command(page, 'Switch Between Relative and Absolute Sequence Numbers');
      await variableIs(page, 'SND.NXT', '301');
    });

    it('Go to Last Change in the menu of a variable travels there', async () => {
      await toolbar(page, 'Continue').click();
      await arrowAt(page, 'Fifth, check the ACK field');
      await variable(page, 'IRS').first().click({ button: 'right' });
      await page.locator('.monaco-menu .action-label', { hasText: 'Go to Last Change' }).hover();
      await page.keyboard.press('Enter');
      await arrowAt(page, 'Third, check for a SYN');
      await opened.shot(`inspection-last-change-${look}`);
    });

    it('the console points at the place of a mistake, and judges an old number', async () => {
      await command(page, 'Debug Console: Focus on Debug Console View');
      await evaluate(page, 'SND.NXT + foo');
      await consoleLine(page, '^^^').waitFor();
      await evaluate(page, 'server.mistaken(300)');
      await consoleLine(page, /^true: it is the ISS itself/).waitFor();
      await opened.shot(`inspection-console-${look}`);
    });
  });
}

/** Closes an open scope: a view shows no more than fits into it. */
async function collapse(page: Page, name: string): Promise<void> {
  const row = page
    .locator(`.debug-variables .monaco-list-row[aria-label^="Scope ${name}"]`)
    .first();
  if ((await row.getAttribute('aria-expanded')) === 'true')
    await row.locator('.monaco-tl-twistie').click();
}

async function expandScope(page: Page, name: string): Promise<void> {
  const row = page
    .locator(`.debug-variables .monaco-list-row[aria-label^="Scope ${name}"]`)
    .first();
  if ((await row.getAttribute('aria-expanded')) === 'false')
    await row.locator('.monaco-tl-twistie').click();
}
