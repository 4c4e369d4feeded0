/**
 * Opens a real VS Code with the extension and the examples. Only Node's own modules until the packages are installed.
 *
 *   npm start                        your own VS Code when `code` is on the PATH, otherwise one served on localhost
 *   npm start -- --serve --port N    always the served one, at this port
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installTools } from '../test/e2e/tools/install.mjs';
import { ensureInstalled, fail, findOnPath, root, run, scratchFolder } from './tools.mjs';

const options = readOptions();
ensureInstalled();
if (run(process.execPath, ['scripts/build.mjs']) !== 0) fail('The build failed (see above).');
const examples = path.join(root, 'examples');
if (options.serve || !openOwn()) await serve();

function readOptions() {
  const known = { serve: { type: 'boolean' }, port: { type: 'string', default: '0' } };
  try {
    const { values } = parseArgs({ options: known });
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535) {
      fail(`--port ${values.port}: expected a number from 0 to 65535; 0 takes any free port.`);
    }
    return values;
  } catch (error) {
    return fail(`${error.message}\nUsage: npm start -- [--serve] [--port N]`);
  }
}

/** The user's own VS Code. False when there is none, or none that can load an extension from a folder. */
function openOwn() {
  const code = findOnPath('code', 'code-insiders', 'codium');
  // In a terminal of a remote window, `code` only talks to that window.
  if (code === undefined || process.env.VSCODE_IPC_HOOK_CLI !== undefined) return false;
  console.log(`\nOpening ${examples} in ${code}, with the extension from ${root}`);
  const shell = process.platform === 'win32'; // code.cmd
  const quoted = (text) => (shell ? `"${text}"` : text);
  const flags = ['--new-window', `--extensionDevelopmentPath=${root}`, examples].map(quoted);
  if (run(quoted(code), flags, { shell }) === 0) {
    console.log('Open handshake.tcpflow there and press F5.');
    return true;
  }
  console.log(`${code} did not start; serving a VS Code instead.`);
  return false;
}

async function serve() {
  const problem = installTools();
  if (problem !== undefined) {
    console.log(`\nNo current VS Code can be served: ${problem}.`);
    console.log('Install VS Code and its `code` command to have one of your own opened.');
    process.exit(1);
  }
  const vsix = path.join(scratchFolder('start'), 'tcpflow.vsix');
  if (run(process.execPath, ['scripts/package.mjs', '--out', vsix]) !== 0) {
    fail('The extension could not be packed (see above).');
  }
  const serving = ['--require', 'tsx/cjs', 'scripts/serve.ts', vsix, options.port];
  process.exitCode = await foreground(serving);
}

/** Runs Node and leaves it to that process to end on Ctrl+C, so that it can clean up. */
async function foreground(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // Ctrl+C reaches the child by itself; the other signals do not.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
