/** The debugger for any client of the Debug Adapter Protocol: over standard input and output, or a socket. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { OutputEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { Environment } from './debugger.js';
import { createReader, frameOf } from './framing.js';
import { TcpFlowSession } from './session.js';

const USAGE = `Usage: node debug-server.js [--port N]

Without --port, one session over standard input and output. With --port, one session for each connection to 127.0.0.1:N.
`;

const environment: Environment = {
  readFile: (file) => readFile(file, 'utf8'),
  // Windows knows a drive by either case.
  pathOf: (name) => (name.startsWith('file:') ? pathOfUri(name) : name),
  uriOf: (file) => pathToFileURL(file).href,
  normalise: (file) =>
    path.resolve(environment.pathOf(file)).replace(/^[A-Z]:/, (drive) => drive.toLowerCase()),
  resolve: (from, relative) => {
    const file = path.resolve(path.dirname(from), relative);
    const known = [path.dirname(path.resolve(from)), process.cwd()];
    return known.some((folder) => isBelow(file, folder)) ? file : undefined;
  },
  documents: 'reference',
};

/** A URI that is none of a file here is a name that no file has. */
function pathOfUri(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    return uri;
  }
}

/** What is included lies below the script's own folder, or below the one we were started in. */
function isBelow(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
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
    process.stdout.on('error', () => process.exit());
    // With nothing to read the process ends by itself, and what was written is written.
    serve(process.stdin, process.stdout, () => process.stdin.destroy());
    return;
  }
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    serve(socket, socket, () => socket.end());
  });
  server.on('error', (error) => {
    process.stderr.write(`tcpflow: port ${port} cannot be used: ${error.message}\n`);
    process.exitCode = 1;
  });
  server.listen(port, '127.0.0.1', () => {
    process.stderr.write(`tcpflow: waiting for debuggers on 127.0.0.1:${portOfServer(server)}\n`);
  });
}

/** One session between two streams, until the client has gone, says so, or cannot be understood. */
function serve(input: Readable, output: Writable, close: () => void): void {
  const session = new TcpFlowSession(environment, close);
  const reader = createReader();
  session.onDidSendMessage((message) => {
    if (!output.writable) return;
    // What is said at one go leaves in one piece: the answer to `next`, and the stop.
    if (output.writableCorked === 0) {
      output.cork();
      process.nextTick(() => output.uncork());
    }
    output.write(frameOf(message));
  });
  const read = (octets: Buffer) => {
    try {
      for (const message of reader.feed(octets)) session.handleMessage(message);
    } catch (error) {
      input.off('data', read);
      refuse(session, error instanceof Error ? error.message : String(error));
      session.dispose();
      if (output === process.stdout) process.exitCode = 1;
      close();
    }
  };
  input.on('data', read);
  // A search that nobody waits for goes no further.
  input.on('close', () => session.dispose());
  input.on('end', () => session.dispose());
}

/** Says why no more is read, where the client shows it and where its log is. */
function refuse(session: TcpFlowSession, why: string): void {
  const text = `tcpflow: no message of the Debug Adapter Protocol: ${why}\n`;
  process.stderr.write(text);
  session.sendEvent(new OutputEvent(text, 'stderr'));
  session.sendEvent(new TerminatedEvent());
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
