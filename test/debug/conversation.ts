/** A conversation with the debug server by the protocol's own test client. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';

const root = path.resolve(__dirname, '../..');
export const SERVER = path.join(root, 'dist/debug-server.js');

export function example(name: string): string {
  return path.join(root, 'examples', `${name}.tcpflow`);
}

/** Two hosts open, talk and close, with times to step in between. */
export const TALK = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 10ms }
server: listen 80
client: connect server:80
expect client ESTABLISHED
wait 100ms
client: send "hello"
wait 50ms
client: close
wait 1s
`;

/** Builds the server when a source is newer than it. */
export function buildServer(): void {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.map((file) => statSync(path.join(root, 'src', file)).mtimeMs));
  if (existsSync(SERVER) && statSync(SERVER).mtimeMs > newest) return;
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')]);
}

/** A stop as a reader sees it, or the end of the session. */
export interface Stop {
  readonly kind: 'stopped' | 'terminated';
  readonly reason: string;
  readonly description: string;
  readonly text: string;
  readonly thread: number;
  readonly ids: readonly number[];
}

export interface Conversation {
  readonly client: DebugClient;
  /** What the console shows, a line each. */
  readonly lines: () => readonly string[];
  readonly outputs: DebugProtocol.OutputEvent['body'][];
  readonly changes: DebugProtocol.Breakpoint[];
  /** The next stop, or the end. */
  readonly stop: () => Promise<Stop>;
  /** Launches, sets up, and waits for the first stop or the end. */
  readonly launch: (args: Launch, setUp?: SetUp) => Promise<Stop>;
  /** A move, and where it led. */
  readonly go: (command: Move, ...more: readonly Move[]) => Promise<Stop>;
  readonly stack: (thread?: number) => Promise<readonly DebugProtocol.StackFrame[]>;
  /** `statement text:line` or the check, of the top frame of the thread in focus. */
  readonly at: () => Promise<string>;
  readonly scope: (name: string, frame?: number) => Promise<Tree>;
  readonly evaluate: (expression: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export type Tree = ReadonlyMap<string, Variable>;
export interface Variable {
  readonly value: string;
  readonly reference: number;
  readonly inner: () => Promise<Tree>;
}

export type Move = 'next' | 'stepIn' | 'stepOut' | 'stepBack' | 'continue' | 'reverseContinue';

export interface Launch {
  readonly program: string;
  readonly [attribute: string]: unknown;
}

export interface SetUp {
  readonly lines?: readonly DebugProtocol.SourceBreakpoint[];
  readonly functions?: readonly DebugProtocol.FunctionBreakpoint[];
  readonly filters?: readonly string[];
  readonly options?: DebugProtocol.ExceptionFilterOptions[];
}

/** A server for many conversations, one after the other or at once. */
export interface Serving {
  readonly converse: () => Promise<Conversation>;
  /** Writes a script and gives its path. */
  readonly script: (text: string, name?: string) => string;
}

export interface Server extends Serving {
  readonly stop: () => Promise<void>;
}

/** A conversation in which the run has come to a line for the first time. */
export async function stoppedOn(
  server: Serving,
  program: string,
  line: number,
): Promise<Conversation> {
  const conversation = await server.converse();
  await conversation.launch({ program }, { lines: [{ line }] });
  await conversation.go('continue');
  return conversation;
}

/** The server of a suite: there from its first test on, gone after the last. */
export function serving(): Serving {
  let server: Server;
  before(async function () {
    this.timeout(60_000); // it may have to be built
    server = await startServer();
  });
  after(() => server.stop());
  return {
    converse: () => server.converse(),
    script: (text, name) => server.script(text, name),
  };
}

export async function startServer(): Promise<Server> {
  buildServer();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tcpflow-debug-'));
  const child = spawn(process.execPath, [SERVER, '--port', '0'], { cwd: folder });
  const port = await portOf(child);
  const open: Conversation[] = [];
  return {
    converse: async () => {
      const client = new DebugClient('node', SERVER, 'tcpflow');
      await client.start(port);
      const conversation = conversationOf(client);
      open.push(conversation);
      return conversation;
    },
    script: (text, name = 'script.tcpflow') => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    },
    stop: async () => {
      await Promise.all(open.map(({ close }) => close()));
      child.kill();
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The port on which a server says that it listens. */
export function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stderr?.on('data', (data: Buffer) => {
      const found = /127\.0\.0\.1:(\d+)/.exec(data.toString());
      if (found) resolve(Number(found[1]));
    });
  });
}

/** A conversation over standard input and output, with a server of its own; `server` is another build of it. */
export async function converseByStdio(server?: string): Promise<Conversation> {
  if (server === undefined) buildServer();
  const client = new DebugClient('node', server ?? SERVER, 'tcpflow');
  await client.start();
  return conversationOf(client);
}

function conversationOf(client: DebugClient): Conversation {
  client.defaultTimeout = 8_000;
  const outputs: DebugProtocol.OutputEvent['body'][] = [];
  const changes: DebugProtocol.Breakpoint[] = [];
  const { stop, push } = queueOfStops();
  let last: Stop | undefined;
  client.on('output', ({ body }: DebugProtocol.OutputEvent) => outputs.push(body));
  client.on('breakpoint', ({ body }: DebugProtocol.BreakpointEvent) =>
    changes.push(body.breakpoint),
  );
  client.on('stopped', ({ body }: DebugProtocol.StoppedEvent) => push(stopOf(body)));
  client.on('terminated', () => push(TERMINATED));
  // After its answer to that the server hangs up, and would not answer it again.
  let isOver = false;
  const disconnect = client.disconnectRequest.bind(client);
  client.disconnectRequest = (args) => {
    isOver = true;
    return disconnect(args);
  };

  const wait = async () => {
    last = await stop();
    return last;
  };
  const stack = async (threadId = last?.thread ?? 1) =>
    (await client.stackTraceRequest({ threadId })).body.stackFrames;
  const conversation: Conversation = {
    client,
    outputs,
    changes,
    stop: wait,
    lines: () => outputs.map(({ output }) => output.trimEnd()),
    launch: async (args, setUp = {}) => {
      const ready = client.waitForEvent('initialized').then(() => prepare(client, args, setUp));
      await Promise.all([ready, client.launch(args)]);
      return wait();
    },
    go: async (...moves) => {
      for (const move of moves) {
        await client.send(move, { threadId: last?.thread ?? 1 });
        await wait();
      }
      return last as Stop;
    },
    stack,
    at: async () => {
      const [top] = await stack();
      return `${top?.name} @ ${top?.source?.name}:${top?.line}`;
    },
    scope: async (name, frame) => {
      const frameId = frame ?? (await stack())[0]?.id ?? 0;
      const { scopes } = (await client.scopesRequest({ frameId })).body;
      const found = scopes.find((one) => one.name === name);
      if (!found) throw new Error(`no scope ${name} in ${scopes.map((one) => one.name)}`);
      return treeOf(client, found.variablesReference);
    },
    evaluate: async (expression) => {
      const frameId = (await stack())[0]?.id;
      const args = { expression, context: 'repl', ...(frameId === undefined ? {} : { frameId }) };
      return (await client.evaluateRequest(args)).body.result;
    },
    close: () => (isOver ? Promise.resolve() : client.stop()),
  };
  return conversation;
}

const TERMINATED: Stop = {
  kind: 'terminated',
  reason: '',
  description: '',
  text: '',
  thread: 1,
  ids: [],
};

function stopOf(body: DebugProtocol.StoppedEvent['body']): Stop {
  return {
    kind: 'stopped',
    reason: body.reason,
    description: body.description ?? '',
    text: body.text ?? '',
    thread: body.threadId ?? 1,
    ids: body.hitBreakpointIds ?? [],
  };
}

function queueOfStops() {
  const come: Stop[] = [];
  const waiting: ((stop: Stop) => void)[] = [];
  return {
    push: (stop: Stop) => {
      const next = waiting.shift();
      if (next) next(stop);
      else come.push(stop);
    },
    stop: () => {
      const next = come.shift();
      if (next) return Promise.resolve(next);
      return new Promise<Stop>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no stop came in 60 s')), 60_000);
        waiting.push((stop) => {
          clearTimeout(timer);
          resolve(stop);
        });
      });
    },
  };
}

async function prepare(client: DebugClient, { program }: Launch, setUp: SetUp): Promise<void> {
  const { lines, functions, filters, options } = setUp;
  if (lines) {
    await client.setBreakpointsRequest({ source: { path: program }, breakpoints: [...lines] });
  }
  if (functions) await client.setFunctionBreakpointsRequest({ breakpoints: [...functions] });
  if (filters || options) {
    const filterOptions = options ? { filterOptions: options } : {};
    await client.setExceptionBreakpointsRequest({
      filters: [...(filters ?? [])],
      ...filterOptions,
    });
  }
  await client.configurationDoneRequest();
}

async function treeOf(client: DebugClient, reference: number): Promise<Tree> {
  const { variables } = (await client.variablesRequest({ variablesReference: reference })).body;
  return new Map(
    variables.map(({ name, value, variablesReference }) => [
      name,
      { value, reference: variablesReference, inner: () => treeOf(client, variablesReference) },
    ]),
  );
}

/** The message with which a request is refused. */
export async function refusal(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('the request was granted');
}
