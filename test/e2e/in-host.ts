/** Runs a test inside the extension host, where it has the whole `vscode` API. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openBrowser } from './browser.js';
import { startCodeServer } from './code-server.js';
import { examplesFolder, projectRoot, vsixFile } from './paths.js';

/**
 * `body` is the body of an async function with the parameters `vscode` and `assert`; it sees `examples` as the workspace
 * and the built extension as one under development. Rejects with what it threw.
 */
export async function runInHost(body: string, timeout = 90_000): Promise<void> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'tf-test-'));
  const test = path.join(scratch, 'test.js');
  writeFileSync(test, moduleOf(body));
  const server = await startCodeServer({
    folder: examplesFolder,
    vsix: vsixFile(),
    extensionHost: 'node',
    // A built VS Code takes the payload below only with this on.
    serverArguments: ['--vscode-option', 'enable-smoke-test-driver'],
  });
  const browser = await openBrowser();
  try {
    const said: string[] = [];
    let exit: (code: number) => void = () => {};
    const exited = new Promise<number>((resolve) => {
      exit = resolve;
    });
    await browser.page.exposeFunction('codeAutomationExit', (code: number) => exit(code));
    await browser.page.exposeFunction('codeAutomationLog', (_: string, parts: unknown[]) => {
      said.push(parts.map(String).join(' '));
    });
    const remote = (file: string) => `vscode-remote://${new URL(server.url).host}${file}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote(projectRoot)],
      ['extensionTestsPath', remote(test)],
    ]);
    await browser.page.goto(`${server.url}&payload=${encodeURIComponent(payload)}`);
    const late = new Promise<number>((resolve) => setTimeout(() => resolve(-1), timeout).unref());
    const code = await Promise.race([exited, late]);
    if (code === 0) return;
    const why = code === -1 ? `no answer in ${timeout / 1000} s` : `exit code ${code}`;
    throw new Error(
      `The test inside the extension host failed (${why}):\n${said.slice(-20).join('\n')}`,
    );
  } finally {
    await browser.close();
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function moduleOf(body: string): string {
  return `const vscode = require('vscode');
const assert = require('node:assert/strict');
exports.run = async () => {
  try {
${body}
  } catch (error) {
    console.error(error.stack);
    throw error;
  }
};
`;
}
