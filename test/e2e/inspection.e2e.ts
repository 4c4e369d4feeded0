/** Looking into a run: what each side knows, tables over time, numbers switched everywhere, and from a value to its causes. */

import type { Page } from 'playwright-core';
import { type Opened, openWorkbench } from './open.js';
import {
  arrowAt,
  closePane,
  inOrder,
  openPane,
  openScopes,
  openScript,
  pressF5,
  variableMenu,
} from './story.js';
import {
  addFunctionBreakpoint,
  breakpointRow,
  callStack,
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

describe('looking into a run, code-server', function () {
  inOrder(this);
  let opened: Opened;
  let page: Page;

  before(async () => {
    opened = await openWorkbench('code-server');
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
    await openScopes(page, ['What each side knows']);
    await variableIs(page, 'server.c1', 'the peer can receive (ESTABLISHED)');
    await expandVariable(page, 'server.c1');
    await variableIs(page, 'I can send', '<CTL=ACK> at 0.030000 s, other-states/5-ack');
    await opened.shot('inspection-1-knows');
  });

  it('the connections show it, with a way to the making of the entry', async () => {
    await openPane(page, 'Connections');
    const frame = await webview(page, 'section[aria-label="Connections of server"]');
    const server = frame.getByRole('region', { name: 'Connections of server' });
    await poll(page, 'four claims that are proven', async () => {
      const proven = await server.locator('.knows .proven').count();
      return proven === 4 || `${proven} such claims`;
    });
    await opened.shot('inspection-2-connections');
    await server.getByRole('button', { name: /^created 0\.010/ }).click();
    await arrowAt(page, 'Third, check for a SYN');
    await poll(page, 'a claim that only a SYN makes', async () => {
      const heard = await server.locator('.knows .heard').count();
      return heard === 1 || `${heard} such claims`;
    });
    await closePane(page, 'Connections');
  });

  it('a command makes numbers relative, in the variables and in the diagram', async () => {
    await openScopes(page, ['Connection']);
    await variableIs(page, 'SND.NXT', '301');
    await command(page, 'Switch Between Relative and Absolute Sequence Numbers');
    await variableIs(page, 'SND.NXT', '1');
    const frame = await webview(page, '.figure');
    await frame.locator('text.label', { hasText: 'seq=0' }).first().waitFor();
    await command(page, 'Switch Between Hexadecimal and Decimal Numbers');
    await variableIs(page, 'SND.NXT', '0x1');
    await frame.locator('text.label', { hasText: 'seq=0x0' }).first().waitFor();
    await opened.shot('inspection-3-numbers');
    await command(page, 'Switch Between Hexadecimal and Decimal Numbers');
    await command(page, 'Switch Between Relative and Absolute Sequence Numbers');
    await variableIs(page, 'SND.NXT', '301');
  });

  it('Go to Last Change in the menu of a variable travels there', async () => {
    await toolbar(page, 'Continue').click();
    await arrowAt(page, 'Fifth, check the ACK field');
    await openScopes(page, ['Connection']);
    await variableIs(page, 'STATE', 'ESTABLISHED');
    await variableMenu(page, 'IRS', 'Go to Last Change');
    await arrowAt(page, 'Third, check for a SYN');
  });

  it('a double click on a value sets it', async () => {
    await toolbar(page, 'Continue').click();
    await arrowAt(page, 'Fifth, check the ACK field');
    await openScopes(page, ['Connection']); // at each stop the first scope opens by itself, and takes the room
    await variableIs(page, 'STATE', 'ESTABLISHED');
    await setValue(page, 'SND.WND', '1000');
    await variableIs(page, 'SND.WND', '1000');
    const frame = await webview(page, '.figure');
    await frame.getByText('server.c1.SND.WND = 1000').first().waitFor(); // the edit stands in the diagram
    await opened.shot('inspection-4-set');
  });

  it('Break on Value Change stops where the value changes, and says so', async () => {
    await command(page, 'Remove All Breakpoints');
    await openScopes(page, ['Connection']);
    await variableMenu(page, 'RCV.NXT', 'Break on Value Change');
    await openPane(page, 'Breakpoints');
    await breakpointRow(page, 'server.c1: RCV.NXT changes').waitFor();
    await closePane(page, 'Breakpoints');
    await toolbar(page, 'Continue').click();
    await arrowAt(page, 'Seventh, process the segment text');
    await openScopes(page, ['Connection']);
    await variableIs(page, 'RCV.NXT', '119');
    await openPane(page, 'Call Stack');
    await callStack(page, /paused on a change/i)
      .first()
      .waitFor();
    await opened.shot('inspection-5-changed');
    await closePane(page, 'Call Stack');
  });

  it('a segment offers its octets', async () => {
    await openScopes(page, ['Segment']);
    const row = variable(page, 'segment').first();
    await row.hover();
    await row.locator('.action-label[aria-label="View Binary Data"]').waitFor();
  });

  it('the console points at the place of a mistake, and judges an old number', async () => {
    await command(page, 'Debug Console: Focus on Debug Console View');
    await evaluate(page, 'SND.NXT + foo');
    await consoleLine(page, '^^^').waitFor();
    await evaluate(page, 'server.mistaken(300)');
    await consoleLine(page, /^false: 1 before the window/).waitFor();
    await opened.shot('inspection-6-console');
  });
});

/** Double-clicks a variable and types its new value. The box vanishes when the view is drawn anew, and what was typed with it. */
async function setValue(page: Page, name: string, value: string): Promise<void> {
  const box = page.locator('.debug-variables .monaco-inputbox input');
  const row = variable(page, name).filter({ hasText: new RegExp(`= ?\\s*${value}$`) });
  await poll(page, `${name} set to ${value}`, async () => {
    try {
      await variable(page, name).first().locator('.name').dblclick({ timeout: 3000 });
      await box.fill(value, { timeout: 3000 });
      await box.press('Enter', { timeout: 3000 });
      await row.first().waitFor({ timeout: 5000 });
      return true;
    } catch (problem) {
      return String(problem);
    }
  });
}
