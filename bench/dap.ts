/** A client of the Debug Adapter Protocol that does nothing but wait: what an adapter in a child process needs to answer. */

import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A message of the protocol, as far as it is looked at. */
export interface Message {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly seq: number;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are the protocol's, and only this bench reads them
  readonly body?: any;
  /** Octets on the wire, without the header. */
  readonly length: number;
}

export interface Client {
  /** The answer's body; rejects with what the adapter says when it refuses. */
  readonly ask: (command: string, args?: object) => Promise<Message['body']>;
  /** The next event of this name that comes from now on. */
  readonly next: (event: string) => Promise<Message>;
  /** Called for every event. */
  onEvent: (message: Message) => void;
  readonly end: () => void;
}

/** An adapter in a process of its own, spoken to over its standard input and output. */
export function startAdapter(args: readonly string[]): Client {
  const child = spawn(process.execPath, args);
  child.stderr.pipe(process.stderr);
  const answers = new Map<number, (message: Message) => void>();
  const waiting = new Map<string, ((message: Message) => void)[]>();
  let seq = 0;
  const client: Client = {
    ask: (command, given = {}) => {
      seq += 1;
      write(child.stdin, { seq, type: 'request', command, arguments: given });
      return new Promise((resolve, reject) => {
        answers.set(seq, ({ success, message, body }) => {
          if (success === false) reject(new Error(`${command}: ${message}`));
          else resolve(body);
        });
      });
    },
    next: (event) =>
      new Promise((resolve) => {
        waiting.set(event, [...(waiting.get(event) ?? []), resolve]);
      }),
    onEvent: () => {},
    end: () => child.kill(),
  };
  readMessages(child.stdout, (message) => {
    if (message.type === 'response') {
      answers.get(message.request_seq ?? 0)?.(message);
      answers.delete(message.request_seq ?? 0);
      return;
    }
    client.onEvent(message);
    const [first, ...rest] = waiting.get(message.event ?? '') ?? [];
    waiting.set(message.event ?? '', rest);
    first?.(message);
  });
  return client;
}

/** Frames a message. */
export function write(stream: Writable, message: object): void {
  const text = JSON.stringify(message);
  stream.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

/** Hands on each message of a stream. */
export function readMessages(stream: Readable, take: (message: Message) => void): void {
  let waiting: Buffer = Buffer.alloc(0);
  stream.on('data', (data: Buffer) => {
    waiting = waiting.length === 0 ? data : Buffer.concat([waiting, data]);
    for (;;) {
      const head = waiting.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(
        /Content-Length: (\d+)/i.exec(waiting.toString('latin1', 0, head))?.[1],
      );
      const end = head + 4 + length;
      if (waiting.length < end) return;
      const text = waiting.toString('utf8', head + 4, end);
      waiting = waiting.subarray(end);
      take({ ...JSON.parse(text), length });
    }
  });
}
