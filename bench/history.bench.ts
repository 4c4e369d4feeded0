/** T1, T2: a million events with about a hundred connections: what their history takes, and how long it takes to go back in it. */

import { createHistory } from '../src/debug/history.js';
import { compile } from '../src/lang/compile.js';
import { startRun } from '../src/run/run.js';
import { heapInUse, percentile, print } from './measure.js';
import { CHURN } from './scripts.js';

const EVENTS = 1_000_000;

const { program } = compile(CHURN, { file: 'churn.tcpflow' });
if (program === undefined) throw new Error('the script has mistakes');
const run = startRun(program, { limits: { steps: EVENTS + 1 } });
const history = createHistory();
run.timeline.observe(history);
const before = heapInUse();
for (let i = 0; i < EVENTS; i++) run.timeline.extend();
const { timeline } = run;
if (timeline.length() !== EVENTS) throw new Error(`${timeline.length()} events are recorded`);
const memory = (heapInUse() - before) / 1e6;
const size = { must: 128, aim: 40, better: 'less' } as const;
print({ name: 'T2 history of 1,000,000 events', unit: 'MB', measured: memory, goal: size });

/** Processor milliseconds of going to a step: the state there, and what happens. */
function goTo(index: number): number {
  const began = process.cpuUsage();
  timeline.stateBefore(index);
  timeline.step(Math.min(index, EVENTS - 1));
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

const back = Array.from({ length: 200 }, (_, i) => goTo(EVENTS - i));
let dice = 1;
const jumps = Array.from({ length: 100 }, () => {
  dice = (dice * 48_271) % 2_147_483_647;
  // A small integer, as what clients send: a remainder of large numbers is kept as a fraction, and code is compiled anew for it.
  return goTo((dice % EVENTS) | 0);
});
for (const [what, times] of [
  ['step back', back],
  ['jump', jumps],
] as const) {
  for (const [share, must, aim] of [
    [0.5, 10, 2],
    [0.95, 50, 4],
  ] as const) {
    const goal = { must, aim, better: 'less' } as const;
    const name = `T1 ${what} at event 1,000,000, p${100 * share}`;
    print({ name, unit: 'ms', measured: percentile(times, share), goal });
  }
}
if (history.lastEvent('client', { step: EVENTS, microstep: -1 }) === undefined) {
  throw new Error('the index is empty');
}
