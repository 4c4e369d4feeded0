/** Stations of a debugging session that scenarios and pictures share. */

import type { Context, Suite } from 'mocha';
import type { Locator, Page } from 'playwright-core';
import { command, openFile, pausedAt, poll, variable } from './workbench.js';

/** Each test of the suite goes on where the one before has ended: after a failure the rest is skipped. */
export function inOrder(suite: Suite): void {
  suite.beforeEach(function (this: Context) {
    if (suite.tests.some(({ state }) => state === 'failed')) this.skip();
  });
}

/** Opens a script and waits until the extension knows it: its lenses are there. */
export async function openScript(page: Page, file: string): Promise<void> {
  await openFile(page, file);
  await lens(page, 'Debug').waitFor();
}

/** The documents of the RFC close by themselves when a session ends. */
export async function rulesClosed(page: Page): Promise<void> {
  await poll(page, 'the RFC documents to close', async () => {
    const tabs = await page.locator('.tabs-container .tab').allInnerTexts();
    return tabs.every((tab) => !/^3\.10/.test(tab)) || tabs.join(' | ');
  });
}

/** A lens above a scenario: `Run` or `Debug`. */
export function lens(page: Page, text: string): Locator {
  return page.locator('.codelens-decoration a', { hasText: text }).first();
}

/** Presses F5 in the open script, with the debug views in sight, and waits for the arrow at this line. */
export async function pressF5(page: Page, line: number): Promise<void> {
  await command(page, 'Show Run and Debug'); // Variables and Call Stack expand only when they are in sight
  await page.keyboard.press('Control+1'); // the first group of editors, wherever its text has been scrolled to
  await page.keyboard.press('F5');
  await pausedAt(page, line);
}

/** The text of the line where the debugger's arrow is, in whatever editor; undefined while there is none. */
export async function arrowText(page: Page): Promise<string | undefined> {
  const lines = await page.locator('.editor-instance .monaco-editor').evaluateAll((editors) =>
    editors.flatMap((element) => {
      const icon = element.querySelector(
        '.codicon-debug-stackframe, .codicon-debug-stackframe-dot',
      );
      if (!icon) return [];
      const top = icon.getBoundingClientRect().top;
      const away = (line: Element) => Math.abs(line.getBoundingClientRect().top - top);
      const rows = [...element.querySelectorAll('.view-line')];
      return rows.sort((a, b) => away(a) - away(b))[0]?.textContent ?? [];
    }),
  );
  // The inline arrow is a character of the icon font.
  return lines[0]
    ?.replaceAll('\u00a0', ' ')
    .replaceAll(/[\ue000-\uf8ff]/g, '')
    .trim();
}

/** Waits for the arrow at a line with this text. */
export async function arrowAt(page: Page, text: string | RegExp): Promise<void> {
  const matches = (line: string) => (typeof text === 'string' ? line === text : text.test(line));
  await poll(page, `the arrow at ${text}`, async () => {
    const line = await arrowText(page);
    return line !== undefined && matches(line) ? true : (line ?? 'no arrow');
  });
}

/** The rows of the Call Stack view that are frames, the top one first. */
export async function frames(page: Page): Promise<readonly string[]> {
  const rows = page.locator('.debug-call-stack .monaco-list-row .stack-frame .label');
  return (await rows.allInnerTexts()).map((text) => text.trim());
}

/** Folds a section of the side bar, to give the others room. */
export async function closePane(page: Page, title: string): Promise<void> {
  await togglePane(page, title, 'false');
}

export async function openPane(page: Page, title: string): Promise<void> {
  await togglePane(page, title, 'true');
}

async function togglePane(page: Page, title: string, wanted: 'true' | 'false'): Promise<void> {
  const header = page.locator('.sidebar .pane-header', { hasText: new RegExp(`^${title}`) });
  if ((await header.getAttribute('aria-expanded')) !== wanted) await header.click();
}

/** Opens these scopes of the Variables view and closes all others. Rows are drawn anew at any time: one click, one look. */
export async function openScopes(page: Page, names: readonly string[]): Promise<void> {
  const rows = page.locator('.debug-variables .monaco-list-row[aria-level="1"]');
  await poll(page, `the scopes ${names.join(', ')}`, async () => {
    const seen = await rows.evaluateAll((all) =>
      all.map((row) => ({
        name: (row.textContent ?? '').trim(),
        isOpen: row.getAttribute('aria-expanded') === 'true',
      })),
    );
    const odd = seen.find(({ name, isOpen }) => isOpen !== names.includes(name));
    if (odd === undefined) return seen.length > 0 || 'no scopes';
    const click = rows.filter({ hasText: new RegExp(`^${odd.name}$`) }).click({ timeout: 2000 });
    await click.catch(() => undefined);
    await page.waitForTimeout(200);
    return `${odd.name}: ${odd.isOpen}`;
  });
}

/** Picks an item of a variable's context menu. */
export async function variableMenu(page: Page, name: string, item: string): Promise<void> {
  await menuItem(page, variable(page, name).first(), item);
}

/** Opens the context menu of something and picks an item, and another of the menu that this opens. Menus close when a view is drawn anew. */
export async function menuItem(
  page: Page,
  target: Locator,
  item: string,
  further?: string,
): Promise<void> {
  await poll(page, `${item} in a menu`, async () => {
    try {
      await target.click({ button: 'right', timeout: 3000 });
      await pickFromMenu(page, item, 3000);
      if (further !== undefined) await pickFromMenu(page, further, 5000);
      return true;
    } catch (problem) {
      await page.keyboard.press('Escape');
      return String(problem);
    }
  });
}

/** Picks an item of the menu that is open. A click counts only once the pointer has rested on the item: hence the key. */
export async function pickFromMenu(page: Page, item: string, timeout = 5000): Promise<void> {
  const label = page.locator('.monaco-menu .action-label', { hasText: item }).first();
  await label.hover({ timeout });
  await page.keyboard.press('Enter');
  await label.waitFor({ state: 'detached', timeout });
}

/**
 * Runs a command that asks, and picks the answer of this label. The palette closes when a busy workbench moves the focus:
 * then it is opened again.
 */
export async function askingCommand(page: Page, title: string, answer: string): Promise<void> {
  const input = page.locator('.quick-input-widget:visible .quick-input-filter input');
  const rows = page.locator('.quick-input-widget:visible .monaco-list-row');
  const answers = rows.filter({ hasText: answer }).first();
  const soon = { timeout: 5000 };
  await poll(page, `the answers of ${title}`, async () => {
    try {
      await page.keyboard.press('F1');
      await input.fill(`>TCP Flow: ${title}`, soon);
      await rows.filter({ hasText: title }).first().click(soon);
      await rows
        .filter({ hasText: 'TCP Flow' })
        .first()
        .waitFor({ state: 'detached', ...soon });
      await input.fill(answer, soon);
      await answers.click(soon);
      return true;
    } catch (problem) {
      return String(problem);
    }
  });
  await input.waitFor({ state: 'hidden' });
}
