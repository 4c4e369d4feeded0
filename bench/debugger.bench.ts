/** D1 to D3, G2: the debug adapter in a process of its own, over the protocol, beside one that does nothing but count. */

import { performance } from 'node:perf_hooks';
import { compile } from '../src/lang/compile.js';
import { startRun } from '../src/run/run.js';
import { serveCounting } from './counting-adapter.js';
import { type Client, startAdapter } from './dap.js';
import { median, percentile, print } from './measure.js';
import { CHURN, fileOf, lineOf, talkBeside } from './scripts.js';

const SELF = process.argv[1] ?? '';
const COUNT = '--count';
const SERVER = 'dist/debug-server.js';
const STEPS = 400;
const MANY = 50_000;
const EVENTS = 1_000_000;

if (process.argv.includes(COUNT)) serveCounting();
else void measure();

async function measure(): Promise<void> {
  for (const connections of [1, MANY]) await stepping(connections);
  await continuing();
  await pausing();
}

function launched(adapter: Client, program: string, more: object = {}): Promise<unknown> {
  const ready = adapter.next('initialized');
  return (async () => {
    await adapter.ask('initialize', { adapterID: 'tcpflow', linesStartAt1: true });
    await adapter.ask('launch', { program, ...more });
    await ready;
  })();
}

// D1, D2 ----------------------------------------------------------------------------------------

/** Milliseconds from `next` to `stopped`, and to the last answer of a whole refresh. */
async function step(adapter: Client): Promise<{ stop: number; refresh: number }> {
  const began = performance.now();
  const stopped = adapter.next('stopped');
  void adapter.ask('next', { threadId: 1 });
  const { threadId } = (await stopped).body;
  const stop = performance.now() - began;
  await adapter.ask('threads');
  const { stackFrames } = await adapter.ask('stackTrace', { threadId, levels: 20 });
  const { scopes } = await adapter.ask('scopes', { frameId: stackFrames[0].id });
  for (const { variablesReference } of scopes.slice(0, 2)) {
    await adapter.ask('variables', { variablesReference });
  }
  return { stop, refresh: performance.now() - began };
}

async function stepping(connections: number): Promise<void> {
  const script = talkBeside(connections);
  const adapter = startAdapter([SERVER]);
  const bound = startAdapter([SELF, COUNT]);
  const path = fileOf(script, `talk-${connections}.tcpflow`);
  await launched(adapter, path, { stopOnEntry: false, maxSteps: 10_000_000 });
  const line = lineOf(script, 'print "established"');
  await adapter.ask('setBreakpoints', { source: { path }, breakpoints: [{ line }] });
  const reached = adapter.next('stopped');
  await adapter.ask('configurationDone');
  await reached;
  for (let i = 0; i < 50; i++) await Promise.all([step(adapter), step(bound)]);
  const ours: { stop: number; refresh: number }[] = [];
  const theirs: { stop: number; refresh: number }[] = [];
  for (let i = 0; i < STEPS; i++) {
    ours.push(await step(adapter));
    theirs.push(await step(bound));
  }
  adapter.end();
  bound.end();
  const ends = connections === 1 ? '2' : `${(2 * connections).toLocaleString('en')}`;
  const row = (what: string, key: 'stop' | 'refresh', share: number, must: number, aim: number) => {
    const of = (all: readonly { stop: number; refresh: number }[]) =>
      percentile(
        all.map((one) => one[key]),
        share,
      );
    const name = `${what}, p${100 * share}, ${ends} endpoints`;
    print({ name, unit: 'ms', measured: of(ours), goal: { must, aim, better: 'less' } });
    const [measured, peer] = [of(ours), of(theirs)];
    print({
      name: `${name}, against counting`,
      unit: 'ms',
      measured,
      peer,
      ratio: measured / peer,
    });
  };
  row('D1 next to stopped', 'stop', 0.5, 1, 0.1);
  row('D1 next to stopped', 'stop', 0.95, 5, 0.5);
  row('D2 refresh', 'refresh', 0.5, 5, 1);
  row('D2 refresh', 'refresh', 0.95, 20, 2);
}

// D3 --------------------------------------------------------------------------------------------

/** Events a second of a run to `EVENTS` in this process: what P1 is measured by, with this script. */
function recordedHere(): number {
  const { program } = compile(CHURN, { file: 'churn.tcpflow' });
  if (program === undefined) throw new Error('the script has mistakes');
  const run = startRun(program, { limits: { steps: EVENTS } });
  const began = performance.now();
  while (run.timeline.extend() !== undefined);
  return EVENTS / ((performance.now() - began) / 1_000);
}

async function continued(condition?: string): Promise<number> {
  const adapter = startAdapter([SERVER]);
  const path = fileOf(CHURN, 'churn.tcpflow');
  await launched(adapter, path, { maxSteps: EVENTS });
  await adapter.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'client:SYN_RCVD' }] });
  if (condition !== undefined) {
    const breakpoints = [{ line: lineOf(CHURN, 'client: close'), condition }];
    await adapter.ask('setBreakpoints', { source: { path }, breakpoints });
  }
  const entry = adapter.next('stopped');
  await adapter.ask('configurationDone');
  await entry;
  const began = performance.now();
  const stopped = adapter.next('stopped');
  void adapter.ask('continue', { threadId: 1 });
  await stopped;
  const rate = EVENTS / ((performance.now() - began) / 1_000);
  adapter.end();
  return rate;
}

async function continuing(): Promise<void> {
  const [plain, conditional, here]: [number[], number[], number[]] = [[], [], []];
  recordedHere();
  for (let round = 0; round < 3; round++) {
    here.push(recordedHere());
    plain.push(await continued());
    conditional.push(await continued('i == 987654321'));
  }
  const peer = median(here);
  const goal = { must: 0.5, aim: 0.8, better: 'more' } as const;
  const row = (name: string, measured: number) =>
    print({ name, unit: 'events/s', measured, peer, ratio: measured / peer, goal });
  row('D3 continue, no breakpoint hits, against recording', median(plain));
  row('D3 continue, a condition in the loop, against recording', median(conditional));
}

async function pausing(): Promise<void> {
  const adapter = startAdapter([SERVER]);
  const octets: number[] = [];
  await launched(adapter, fileOf(CHURN, 'churn.tcpflow'), { maxSteps: 1_000_000 });
  const entry = adapter.next('stopped');
  await adapter.ask('configurationDone');
  await entry;
  const pause = async (command: string) => {
    await adapter.ask(command, { threadId: 1 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    const stopped = adapter.next('stopped');
    await adapter.ask('pause', { threadId: 1 });
    await stopped;
    return performance.now() - began;
  };
  const there = [];
  const back = [];
  for (let i = 0; i < 10; i++) there.push(await pause('continue'));
  for (let i = 0; i < 3; i++) back.push(await pause('reverseContinue'));
  const goal = { must: 100, aim: 50, better: 'less' } as const;
  print({ name: 'D3 pause answered', unit: 'ms', measured: Math.max(...there), goal });
  print({ name: 'D3 pause answered, going back', unit: 'ms', measured: Math.max(...back), goal });
  await shown(adapter);
  adapter.onEvent = ({ event, length }) => {
    if (event === 'tcpflow/view') octets[octets.length - 1] = (octets.at(-1) ?? 0) + length;
  };
  for (let i = 0; i < 50; i++) {
    octets.push(0);
    await step(adapter);
  }
  const size = { must: 16_384, aim: 4_096, better: 'less' } as const;
  const measured = Math.max(...octets);
  print({ name: 'G2 octets to the views after a step', unit: 'octets', measured, goal: size });
  adapter.end();
}

/** Both views, told of the whole: a late diagram is told of its beginning at once, and again once it is laid out. That is no step's. */
function shown(adapter: Client): Promise<void> {
  return new Promise((resolve) => {
    let diagrams = 0;
    adapter.onEvent = ({ event, body }) => {
      if (event === 'tcpflow/view' && body.kind === 'diagram') diagrams += 1;
      else if (diagrams === 2) resolve(); // the rows that follow it
    };
    for (const view of ['tables', 'sequence'])
      void adapter.ask('tcpflow/view', { kind: 'ready', view });
  });
}
