/** What somebody does who has just installed the extension: from F5 on a first script to its end, and back. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Opened, openWorkbench, targets } from './open.js';
import {
  arrowAt,
  arrowText,
  closePane,
  frames,
  inOrder,
  openPane,
  openScopes,
  openScript,
  pressF5,
  rulesClosed,
} from './story.js';
import {
  addFunctionBreakpoint,
  consoleLine,
  editor,
  expandVariable,
  poll,
  toolbar,
  variable,
  variableIs,
  webview,
} from './workbench.js';

const FIRST_STATEMENT = 8;

/** The first script, with an expectation that does not come to be. */
const wrong = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }

scenario "a wrong expectation" {
  server: listen 80
  client: connect server:80
  expect server -> client SYN,ACK  seq=300 ack=102
}
`;

for (const target of targets) {
  describe(`the newcomer's story, ${target}`, function () {
    inOrder(this);
    let opened: Opened;
    let page: Page;

    before(async () => {
      opened = await openWorkbench(target, { files: { 'wrong.tcpflow': wrong } });
      page = opened.page;
    });
    after(() => opened?.close());

    it('F5 without a launch.json stops at the first statement', async () => {
      await openScript(page, 'handshake.tcpflow');
      await pressF5(page, FIRST_STATEMENT);
      await poll(page, 'the statement alone in the call stack', async () => {
        const seen = await frames(page); // drawn after the arrow
        return seen.join() === 'server: listen 80' || seen.join(' | ');
      });
    });

    it('the sequence diagram stands beside the script', async () => {
      const frame = await webview(page, '.figure');
      await frame.locator('.head', { hasText: 'client' }).waitFor();
      const script = await editor(page).boundingBox();
      const diagram = await page.locator('iframe.webview').first().boundingBox();
      assert.ok(script && diagram && diagram.x >= script.x + script.width - 2);
      await opened.shot('1-first-statement');
    });

    it('a function breakpoint stops where the server enters SYN_RCVD', async () => {
      await addFunctionBreakpoint(page, 'server:SYN_RCVD');
      await toolbar(page, 'Continue').click();
      await arrowAt(page, 'Third, check for a SYN');
      await closePane(page, 'Breakpoints');
      await closePane(page, 'Watch');
      await poll(page, 'check, event and statement in the call stack', async () => {
        const [check = '', event = '', statement = ''] = await frames(page);
        const isCheck = check.startsWith('Third, check for a SYN: LISTEN -> SYN_RCVD');
        const isEvent = event.startsWith('segment arrives <SEQ=100><CTL=SYN> from client');
        const isStatement = statement.startsWith('client: connect server:80');
        return (isCheck && isEvent && isStatement) || [check, event, statement].join(' | ');
      });
    });

    it('the script stays in sight, with a mark on the statement that led there', async () => {
      const line = editor(page).locator('.view-line', { hasText: 'connect' });
      assert.ok(await line.isVisible());
      await opened.shot('2-syn-rcvd');
    });

    it('the variables show segment, connection, timers, ISN and connection table', async () => {
      await variableIs(page, 'SEG.SEQ', '100');
      await closePane(page, 'Call Stack'); // room for the variables: rows out of sight are not there
      await openScopes(page, ['Connection']);
      await variableIs(page, 'STATE', 'SYN_RCVD');
      await variableIs(page, 'IRS', '100');
      await variableIs(page, 'SND.NXT', '301');
      await opened.shot('3-connection');
      await openScopes(page, ['Timers', 'ISN', 'Connection table']);
      await variableIs(page, 'retransmission', 'in 1 s, at 1.010000');
      await variableIs(page, 'ISS', '300');
      await expandVariable(page, 'half-open');
      await variable(page, 'c1').filter({ hasText: 'SYN_RCVD' }).waitFor();
      await opened.shot('4-isn-and-table');
      await openPane(page, 'Call Stack');
    });

    it('the connections view has the half-open entry apart', async () => {
      await openPane(page, 'Connections');
      const view = await webview(page, '.badge.SYN_RCVD');
      await view.getByText('Half-open').first().waitFor();
      await opened.shot('5-connections');
      await closePane(page, 'Connections');
    });

    it('F11 walks the checks one by one, and Step Back goes back over the same places', async () => {
      const there = [await place(page)];
      for (let i = 0; i < 7; i++) there.push(await step(page, 'Step Into', there.at(-1)));
      await opened.shot('6-checks');
      const headings = there.map(({ arrow }) => arrow);
      const first = headings.indexOf('First, check the ACK bit');
      assert.ok(first > 0, `no check of SYN-SENT in: ${headings.join(' | ')}`);
      assert.equal(headings[first + 1], 'Second, check the RST bit');
      const back = [there.at(-1)];
      for (let i = 0; i < 7; i++) back.push(await step(page, 'Step Back', back.at(-1)));
      assert.deepEqual(back.reverse(), there);
      await opened.shot('7-back');
    });

    it('a click on an arrow of the diagram travels to its moment', async () => {
      const frame = await webview(page, '.figure');
      const syn = frame.locator('.item.arrow', { hasText: 'SYN' }).first();
      await syn.locator('.hit').click();
      await poll(page, 'the moment of the SYN', async () => {
        const status = await frame.locator('.status').innerText();
        return status.startsWith('0.000000 s, client') || status;
      });
      await arrowAt(page, 'CLOSED STATE (i.e., TCB does not exist)');
      await opened.shot('8-travelled');
    });

    it('to the end: all expectations hold, and the diagram stays', async () => {
      await toolbar(page, 'Continue').click();
      await arrowAt(page, 'Third, check for a SYN'); // the same stop again
      await toolbar(page, 'Continue').click();
      await consoleLine(page, '9 of 9 expectations hold').waitFor();
      await toolbar(page, 'Continue').waitFor({ state: 'hidden' });
      const frame = await webview(page, '.figure');
      await frame.locator('.item.state', { hasText: 'TIME_WAIT' }).waitFor();
      await rulesClosed(page);
      await opened.shot('9-end');
    });

    it('a wrong expectation stops there, with expected against actual', async () => {
      await page.locator('.activitybar .action-label[aria-label^="Explorer"]').click();
      await openScript(page, 'wrong.tcpflow');
      await pressF5(page, 5);
      for (const _ of ['server:SYN_RCVD', 'the failure']) await toolbar(page, 'Continue').click();
      const explanation = page.locator('.exception-widget');
      await explanation.waitFor();
      const text = (await explanation.innerText()).replaceAll('\u00a0', ' ');
      assert.match(text, /ack\s+expected 102\s+actual 101/);
      assert.match(text, /Third, check for a SYN/);
      await opened.shot('10-wrong-expectation');
    });
  });
}

interface Place {
  readonly arrow: string | undefined;
  readonly status: string;
}

/** Where the debugger stands: its arrow, and what the diagram says of the moment. */
async function place(page: Page): Promise<Place> {
  const frame = await webview(page, '.figure');
  return { arrow: await arrowText(page), status: await frame.locator('.status').innerText() };
}

/** Presses a button of the debug toolbar and waits until the place is another one, and is so for a while. */
async function step(page: Page, button: string, before: Place | undefined): Promise<Place> {
  await toolbar(page, button).click();
  let last: Place | undefined;
  let since = Date.now();
  return poll(page, `${button} from ${before?.status}`, async () => {
    const now = await place(page);
    if (now.status !== last?.status || now.arrow !== last?.arrow) since = Date.now();
    last = now;
    // The diagram is told at once, the arrow comes later.
    const settled = now.arrow !== undefined && Date.now() - since > 400;
    return settled && now.status !== before?.status ? now : now.status;
  });
}
