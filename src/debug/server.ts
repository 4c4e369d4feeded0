/** The debugger for any client of the Debug Adapter Protocol: over standard input and output, or a socket. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Environment } from './debugger.js';
import { TcpFlowSession } from './session.js';

const USAGE = `Usage: node debug-server.js [--port N]

Without --port, one session over standard input and output. With --port, one session for each connection to 127.0.0.1:N.
`;

const environment: Environment = {
  readFile: (file) => readFile(file, 'utf8'),
  // Windows knows a drive by either case.
  normalise: (file) => path.resolve(file).replace(/^[A-Z]:/, (drive) => drive.toLowerCase()),
  resolve: (from, relative) => {
    const file = path.resolve(path.dirname(from), relative);
    const known = [path.dirname(path.resolve(from)), process.cwd()];
    return known.some((folder) => isBelow(file, folder)) ? file : undefined;
  },
  documents: 'reference',
};

/** What is included lies below the script's own folder, or below the one we were started in. */
function isBelow(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && !way.startsWith('..') && !path.isAbsolute(way);
}

function main(): void {
  const port = portOf(process.argv.slice(2));
  if (port === 'usage') {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  if (port === undefined) {
    // A client that closes its end has done with us.
    process.stdout.on('error', () => process.exit(0));
    new TcpFlowSession(environment).start(process.stdin, process.stdout);
    return;
  }
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    const session = new TcpFlowSession(environment);
    session.setRunAsServer(true);
    session.start(socket, socket);
  });
  server.on('error', (error) => {
    process.stderr.write(`tcpflow: port ${port} cannot be used: ${error.message}\n`);
    process.exitCode = 1;
  });
  server.listen(port, '127.0.0.1', () => {
    process.stderr.write(`tcpflow: waiting for debuggers on 127.0.0.1:${portOfServer(server)}\n`);
  });
}

function portOfServer(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function portOf(args: string[]): number | undefined | 'usage' {
  try {
    const { port } = parseArgs({ args, options: { port: { type: 'string' } } }).values;
    if (port === undefined) return undefined;
    return /^\d{1,5}$/.test(port) && Number(port) < 65_536 ? Number(port) : 'usage';
  } catch {
    return 'usage';
  }
}

main();
