/** Serves VS Code with a packed extension and the examples until Ctrl+C: serve.ts VSIX PORT. `npm start` runs this. */

import { startCodeServer } from '../test/e2e/code-server.js';
import { examplesFolder } from '../test/e2e/paths.js';

async function main(vsix: string, port: number): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  const server = await startCodeServer({
    folder: examplesFolder,
    vsix,
    extensionHost: 'node',
    port,
    settings: { 'git.enabled': true, 'workbench.reduceMotion': 'auto' },
  });
  console.log(`\nVS Code with TCP Flow and the examples:\n\n    ${server.url}\n`);
  console.log('Open handshake.tcpflow there and press F5. Ctrl+C here ends it.');
  await stopped;
  await server.close();
}

const [vsix = '', port = '0'] = process.argv.slice(2);
main(vsix, Number(port)).catch((error: Error) => {
  const taken = /EADDRINUSE/.test(error.message);
  console.error(taken ? `Port ${port} is taken; choose another: --port N` : error.message);
  process.exitCode = 1;
});
