/** Drives VS Code's workbench in a page, as a user would. Works from VS Code 1.91 to 1.139. */

import type { Frame, Locator, Page } from 'playwright-core';

/** How long to wait for what must come, in milliseconds: a busy machine is not a defect. */
export const patience = 45_000;

/** Asks again until the answer is no text; the last text says what was seen instead. */
export async function poll<T>(
  page: Page,
  what: string,
  ask: () => Promise<T | string>,
  timeout = patience,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (typeof answer !== 'string') return answer;
    if (Date.now() > end) throw new Error(`Waited in vain for: ${what}. Seen: ${answer}`);
    await page.waitForTimeout(50);
  }
}

/** The workbench is up and lists the folder's files. The extension may still be starting. */
export async function ready(page: Page): Promise<void> {
  const timeout = 90_000;
  await page.locator('.part.statusbar .statusbar-item').first().waitFor({ timeout });
  await explorerRow(page, '').first().waitFor({ timeout });
}

/** Runs a command by its title, with or without its category: `Add Function Breakpoint`. */
export async function command(page: Page, title: string): Promise<void> {
  const widget = page.locator('.quick-input-widget:visible');
  const input = widget.locator('.quick-input-filter input');
  const label = page.locator('.label-name', { hasText: new RegExp(`(^|: )${literally(title)}$`) });
  const row = widget.locator('.monaco-list-row').filter({ has: label }).first();
  // The key is lost while the workbench is busy, and the palette closes when something takes the focus.
  await retry(10, async () => {
    await page.keyboard.press('F1');
    await input.fill(`>${title}`, { timeout: 3000 });
    await row.click({ timeout: 5000 });
  });
  await input.waitFor({ state: 'hidden' });
}

/** Opens a file from the explorer and waits for its text. */
export async function openFile(page: Page, name: string): Promise<void> {
  if (!(await explorerRow(page, '').first().isVisible())) await command(page, 'Show Explorer');
  await explorerRow(page, name).first().dblclick();
  await page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
  await editor(page).locator('.view-line').first().waitFor();
}

function explorerRow(page: Page, name: string): Locator {
  return page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
}

/** The name of the active editor's language in the status bar. */
export async function languageIs(page: Page, name: string): Promise<void> {
  await page.locator('.statusbar-item[id="status.editor.mode"]', { hasText: name }).waitFor();
}

/** The text editors from left to right, counted from 0. */
export function editor(page: Page, index = 0): Locator {
  return page.locator('.editor-instance .monaco-editor').nth(index);
}

/**
 * Sets the only breakpoint by a click in the glyph margin. The dim hint shows that the editor takes breakpoints there; a
 * click before it is lost. When a lens moves the lines meanwhile it is set in another one: then it is taken away again.
 */
export async function setBreakpoint(
  page: Page,
  line: number,
  inEditor = editor(page),
): Promise<void> {
  const lineNumbers = inEditor.locator('.margin-view-overlays .line-numbers');
  const number = lineNumbers.filter({ hasText: new RegExp(`^${line}$`) });
  const hint = inEditor.locator('.codicon-debug-hint, .codicon-debug-breakpoint');
  await retry(10, async () => {
    const row = await number.boundingBox();
    const margin = await inEditor.locator('.margin').first().boundingBox();
    if (row === null || margin === null) throw new Error(`line ${line} is not in view`);
    const [x, y] = [margin.x + 9, row.y + row.height / 2];
    await page.mouse.move(x, y + 3 * row.height);
    await page.mouse.move(x, y, { steps: 3 });
    await hint.first().waitFor({ timeout: 1500 });
    await page.mouse.click(x, y);
    const set = inEditor.locator('.codicon-debug-breakpoint');
    await set.first().waitFor({ timeout: 1500 });
    const lines = await glyphLines(inEditor, '.codicon-debug-breakpoint');
    if (lines.join() === String(line)) return;
    await command(page, 'Remove All Breakpoints');
    throw new Error(`breakpoints in lines ${lines.join(', ')}, not in ${line}`);
  });
}

/** The lines whose glyph margin shows one of these icons. Read at one moment: rows are drawn anew at any time. */
async function glyphLines(inEditor: Locator, icons: string): Promise<readonly number[]> {
  return inEditor.evaluate((element, selector) => {
    const top = (e: Element) => e.getBoundingClientRect().top;
    const rows = [...element.querySelectorAll('.margin-view-overlays .line-numbers')];
    const lines = rows.map((e) => ({ line: Number(e.textContent), top: top(e) }));
    return [...element.querySelectorAll(selector)]
      .map((icon) => {
        const away = (at: { top: number }) => Math.abs(at.top - top(icon));
        return lines.sort((a, b) => away(a) - away(b))[0]?.line ?? 0;
      })
      .sort((a, b) => a - b);
  }, icons);
}

/** The debugger is paused and its arrow points at this line. */
export async function pausedAt(page: Page, line: number, inEditor = editor(page)): Promise<void> {
  await poll(page, `the arrow at line ${line}`, async () => {
    const seen = await arrowLines(inEditor);
    return seen.includes(line) ? true : `the arrow at ${seen.join(', ') || 'no line'}`;
  });
}

/** Presses F5 in the editor until a session runs: the key is lost while the extension host is starting. */
export async function startDebugging(page: Page, inEditor = editor(page)): Promise<void> {
  await retry(10, async () => {
    await inEditor.locator('.view-line').first().click();
    await page.keyboard.press('F5');
    await toolbar(page, 'Stop').waitFor({ timeout: 5000 });
  });
}

/** Where the debugger's arrow points at this moment. */
export function arrowLines(inEditor: Locator): Promise<readonly number[]> {
  return glyphLines(inEditor, '.codicon-debug-stackframe, .codicon-debug-stackframe-dot');
}

/** A button of the debug toolbar: Continue, Step Over, Step Into, Step Out, Step Back, Reverse, Restart, Stop. */
export function toolbar(page: Page, label: string): Locator {
  return page.locator(`.debug-toolbar .action-label[aria-label^="${label}"]`).first();
}

/** Rows of the Variables view whose name begins so. */
export function variable(page: Page, name: string): Locator {
  const label = page.locator('.name', { hasText: new RegExp(`^${literally(name)}`) });
  return page.locator('.debug-variables .monaco-list-row').filter({ has: label });
}

/** The first variable of this name ends in this value. */
export async function variableIs(page: Page, name: string, value: string): Promise<void> {
  await poll(page, `${name} = ${value}`, async () => {
    const rows = await variable(page, name).allInnerTexts();
    const text = (rows[0] ?? '(no such row)').replaceAll(/\s+/g, ' ').trim();
    return text.endsWith(value) ? true : text;
  });
}

/** Opens a closed row of the Variables view, such as a scope. */
export async function expandVariable(page: Page, name: string): Promise<void> {
  const row = variable(page, name).first();
  await row.waitFor();
  if ((await row.getAttribute('aria-expanded')) === 'false') {
    await row.locator('.monaco-tl-twistie').click();
  }
}

/** Rows of the Call Stack view with this text. */
export function callStack(page: Page, text: string | RegExp): Locator {
  return page.locator('.debug-call-stack .monaco-list-row', { hasText: text });
}

/** Rows of the Breakpoints view with this text. */
export function breakpointRow(page: Page, text: string): Locator {
  return page.locator('.debug-breakpoints .monaco-list-row', { hasText: text });
}

/** Ticks or clears a row of the Breakpoints view, such as an exception filter. */
export async function setBreakpointRow(page: Page, text: string, on: boolean): Promise<void> {
  const row = breakpointRow(page, text).first();
  const box = row.locator('input[type=checkbox], .monaco-checkbox').first();
  const isOn = () =>
    box.evaluate((e) =>
      e instanceof HTMLInputElement ? e.checked : e.getAttribute('aria-checked') === 'true',
    );
  if ((await isOn()) !== on) await box.click();
  await poll(page, `${text}: ${on}`, async () => ((await isOn()) === on ? true : 'the contrary'));
}

/** Adds a function breakpoint through the command palette: a state, a transition or a rule id. */
export async function addFunctionBreakpoint(page: Page, name: string): Promise<void> {
  const input = page.locator('.debug-breakpoints .monaco-inputbox input').first();
  const rows = breakpointRow(page, name);
  const before = await rows.count();
  // The box vanishes when the view is drawn anew, and what was typed with it; or the breakpoint is there, and is only drawn late.
  await retry(5, async () => {
    if ((await rows.count()) > before) return;
    await command(page, 'Add Function Breakpoint');
    await input.fill(name, { timeout: 5000 });
    await input.press('Enter', { timeout: 5000 });
    await rows.first().waitFor({ timeout: 5000 });
  });
}

/** Notifications with this text. */
export function notification(page: Page, text: string): Locator {
  return page.locator('.notifications-toasts .notification-list-item', { hasText: text });
}

/** Lines of the Debug Console with this text. */
export function consoleLine(page: Page, text: string | RegExp): Locator {
  return page.locator('.repl .monaco-list-row', { hasText: text });
}

/** Types an expression into the Debug Console. */
export async function evaluate(page: Page, expression: string): Promise<void> {
  await page.locator('.repl-input-wrapper .monaco-editor .view-lines').click();
  await page.keyboard.type(expression);
  await page.keyboard.press('Escape'); // closes a suggestion, if one is open
  await page.keyboard.press('Enter');
}

/** The document of the webview that shows this selector; a webview is a frame in a frame in the workbench. */
export async function webview(page: Page, selector: string): Promise<Frame> {
  return poll(page, `a webview with ${selector}`, async () => {
    for (const frame of page.frames()) {
      if (!frame.parentFrame()?.parentFrame()) continue;
      const shown = frame.locator(selector).first().isVisible();
      if (await shown.catch(() => false)) return frame; // a frame may go while it is asked
    }
    return `${page.frames().length} frames without it`;
  });
}

async function retry(times: number, attempt: () => Promise<void>): Promise<void> {
  for (let left = times; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
