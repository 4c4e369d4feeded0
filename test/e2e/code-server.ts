/** Serves a current VS Code (code-server) with the packed extension and a folder on disk. */

import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeServerEntry, codeServerNode } from './paths.js';
import { quietSettings, type Server, type Settings } from './settings.js';

export interface CodeServerOptions {
  /** The folder to open. */
  readonly folder: string;
  readonly vsix: string;
  /** Where the extension runs: `web` is a worker in the browser. */
  readonly extensionHost: 'node' | 'web';
  readonly settings?: Settings;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly serverArguments?: readonly string[];
}

/** On a very busy machine its two processes miss each other, and it gives up after ten seconds. */
const ATTEMPTS = 4;

/** Starts the server; its own data lies in a scratch folder that `close` removes. */
export async function startCodeServer(options: CodeServerOptions): Promise<Server> {
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await attempt(options);
    } catch (error) {
      if (left === 1 || !/timed out/.test(String(error))) throw error;
    }
  }
}

async function attempt(options: CodeServerOptions): Promise<Server> {
  // Sockets are put below this folder and their paths may have 107 bytes: keep it short.
  const work = mkdtempSync(path.join(os.tmpdir(), 'tf-'));
  const inWork = (name: string) => path.join(work, name);
  mkdirSync(inWork('data/User'), { recursive: true });
  mkdirSync(inWork('tmp'));
  writeFileSync(inWork('data/User/settings.json'), JSON.stringify(settingsFor(options), null, 2));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    XDG_CONFIG_HOME: inWork('xdg'),
    XDG_DATA_HOME: inWork('xdg'),
    TMPDIR: inWork('tmp'),
  };
  for (const name of ['PORT', 'PASSWORD', 'HASHED_PASSWORD', 'VSCODE_IPC_HOOK_CLI'])
    delete env[name];
  const folders = ['--user-data-dir', inWork('data'), '--extensions-dir', inWork('extensions')];
  const common = [codeServerEntry, '--config', inWork('config.yaml'), ...folders];
  execFileSync(codeServerNode, [...common, '--install-extension', options.vsix, '--force'], {
    env,
    stdio: 'pipe', // its warnings matter only when it fails; then the error has them
  });

  const output = openSync(inWork('server.log'), 'w');
  const child = spawn(codeServerNode, [...common, ...serverFlags(options)], {
    env,
    stdio: ['ignore', output, output],
    detached: true, // a group of its own, which can be ended as a whole
  });
  const endGroup = () => {
    try {
      process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
    } catch {
      // nobody is left in it
    }
  };
  process.once('exit', endGroup);
  closeSync(output);
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  const log = () => readFileSync(inWork('server.log'), 'utf8');
  const close = async () => {
    if (!hasExited()) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exited;
      clearTimeout(timer);
    }
    endGroup(); // its children would go on writing into the folder
    process.off('exit', endGroup);
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const origin = await serving(log, hasExited);
    return { url: `${origin}/?folder=${encodeURIComponent(options.folder)}`, log, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function settingsFor({ extensionHost, settings = {} }: CodeServerOptions): Settings {
  const host: Settings =
    extensionHost === 'web' ? { 'remote.extensionKind': { 'tcpflow.tcpflow': ['web'] } } : {};
  return { ...quietSettings, ...host, ...settings };
}

function serverFlags({ port = 0, serverArguments = [] }: CodeServerOptions): readonly string[] {
  return [
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
    ...['--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'],
    ...serverArguments,
  ];
}

/** Waits until the workbench page is served and gives its origin. `/healthz` would say so too early. */
async function serving(log: () => string, hasExited: () => boolean): Promise<string> {
  const end = Date.now() + 60_000;
  while (!hasExited() && Date.now() < end) {
    const port = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log())?.[1];
    if (port !== undefined) {
      const page = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      if (page?.ok) return `http://localhost:${port}`; // a secure origin for the browser by its name
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`code-server did not start:\n${log().slice(-4000)}`);
}
