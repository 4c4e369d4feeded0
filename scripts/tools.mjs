/** What the scripts share. Only Node's own modules: the scripts run before anything is installed. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Ends the script with a message for the person who started it, without a stack trace. */
export function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** A folder for what only this run needs: it goes when the script ends, by `fail` too. */
export function scratchFolder(name) {
  const folder = mkdtempSync(path.join(os.tmpdir(), `tcpflow-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command in the foreground and returns its exit code. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** Runs a script of an installed package with the Node that runs us; no shell in between. */
export function runPackage(name, bin, args, options = {}) {
  const folder = path.join(root, 'node_modules', name);
  const { bin: bins } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = path.join(folder, typeof bins === 'string' ? bins : bins[bin]);
  return run(process.execPath, [file, ...args], options);
}

/** Runs npm, the same one that started us where there is one. */
export function npm(args, options = {}) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return run(process.execPath, [cli, ...args], options);
  return run('npm', args, { shell: process.platform === 'win32', ...options });
}

/** The full path of an executable, or undefined when the PATH has none of that name. */
export function findOnPath(...names) {
  const suffixes = process.platform === 'win32' ? ['.cmd', '.exe'] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter((f) => f !== '')) {
      for (const suffix of suffixes) {
        const file = path.join(folder, name + suffix);
        if (isExecutable(file)) return file;
      }
    }
  }
  return undefined;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs the packages of the lock file, unless node_modules holds exactly those. */
export function ensureInstalled() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(`TCP Flow needs Node 20 or newer; this is ${process.version}.`);
  }
  if (isInstalled()) return;
  console.log('Installing packages: npm ci');
  if (npm(['ci']) !== 0) {
    fail('npm ci failed (see above). Without a network? It needs the npm registry once.');
  }
}

/** True when every package that the lock file wants here is installed in that version. */
function isInstalled() {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const have = packagesOf(installed);
  return Object.entries(packagesOf(path.join(root, 'package-lock.json'))).every(
    ([name, { version, optional }]) => name === '' || optional || have[name]?.version === version,
  );
}
