/** A client that knows of the protocol only how messages are framed: it can send what no well-behaved client would. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import net from 'node:net';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SERVER } from './conversation.js';

type Message = DebugProtocol.ProtocolMessage & {
  readonly command?: string;
  readonly event?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  // The tests say what they expect in it.
  readonly body?: Record<string, unknown>;
};

export interface Raw {
  /** Sends octets as they are. */
  readonly write: (text: string | Uint8Array) => void;
  /** Sends a request and waits for its answer, whatever that is. */
  readonly ask: (command: string, args?: unknown) => Promise<Message>;
  /** Sends a request and waits for nothing; gives its number. */
  readonly tell: (command: string, args?: unknown) => number;
  readonly answerTo: (seq: number) => Promise<Message>;
  /** The next event of this name, or the last one of it that nobody has waited for. */
  readonly event: (name: string) => Promise<Message>;
  readonly received: readonly Message[];
  /** Nothing more is sent. */
  readonly end: () => void;
  /** The other side has closed: the exit code of a server on standard input and output. */
  readonly closed: Promise<number | undefined>;
}

export function frame(message: unknown): string {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const children: ChildProcessWithoutNullStreams[] = [];

/** Ends the servers that are left, after a test that failed. */
export function endAll(): void {
  for (const child of children.splice(0)) child.kill();
}

/** A server of its own, over standard input and output. */
export function rawByStdio(): Raw & { readonly child: ChildProcessWithoutNullStreams } {
  const child = spawn(process.execPath, [SERVER]);
  children.push(child);
  const closed = new Promise<number | undefined>((resolve) => {
    child.once('close', (code) => resolve(code ?? undefined));
  });
  child.stdin.on('error', () => undefined); // it may have gone already
  const { stdin } = child;
  const write = (text: string | Uint8Array) => void stdin.write(text);
  const raw = rawOf({ write, end: () => stdin.end(), closed });
  child.stdout.on('data', raw.read);
  return { ...raw.client, child };
}

/** A connection to a server that listens. */
export function rawBySocket(port: number): Raw {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = new Promise<undefined>((resolve) => {
    socket.once('close', () => resolve(undefined));
  });
  const write = (text: string | Uint8Array) => void socket.write(text);
  const raw = rawOf({ write, end: () => socket.end(), closed });
  socket.on('data', raw.read);
  return raw.client;
}

function rawOf(way: Pick<Raw, 'write' | 'end' | 'closed'>) {
  const received: Message[] = [];
  const waiting: {
    readonly wanted: (message: Message) => boolean;
    resolve: (m: Message) => void;
  }[] = [];
  const heard = new Set<Message>();
  let seq = 0;
  let rest = Buffer.alloc(0);

  function read(octets: Buffer): void {
    rest = Buffer.concat([rest, octets]);
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(rest.toString('latin1', 0, end))?.[1]);
      if (end < 0 || rest.length < end + 4 + length) return;
      receive(JSON.parse(rest.toString('utf8', end + 4, end + 4 + length)) as Message);
      rest = rest.subarray(end + 4 + length);
    }
  }

  function receive(message: Message): void {
    received.push(message);
    const index = waiting.findIndex(({ wanted }) => wanted(message));
    if (index < 0) return;
    heard.add(message);
    waiting.splice(index, 1)[0]?.resolve(message);
  }

  function wait(what: string, wanted: (message: Message) => boolean): Promise<Message> {
    const come = received.find((message) => !heard.has(message) && wanted(message));
    if (come) {
      heard.add(come);
      return Promise.resolve(come);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${what} in 20 s`)), 20_000);
      waiting.push({
        wanted,
        resolve: (message) => {
          clearTimeout(timer);
          resolve(message);
        },
      });
    });
  }

  const tell = (command: string, args?: unknown) => {
    seq += 1;
    way.write(frame({ seq, type: 'request', command, arguments: args }));
    return seq;
  };
  const answerTo = (asked: number) =>
    wait(`answer to ${asked}`, ({ request_seq }) => request_seq === asked);
  const client: Raw = {
    ...way,
    tell,
    answerTo,
    ask: (command, args) => answerTo(tell(command, args)),
    event: (name) => wait(`event ${name}`, ({ event }) => event === name),
    received,
  };
  return { client, read };
}
