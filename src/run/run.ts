/** A run: a program, its recorded timeline, and what came of its expectations. */

import type { Program, ProgramHost } from '../lang/program.js';
import type { Step } from '../sim/step.js';
import { createTimeline, type Machine, type Timeline } from '../sim/timeline.js';
import { createWorld, sizeOfWorld, type World } from '../sim/world.js';
import { explain, type Failure } from './explain.js';
import { OUTBOUND } from './packetdrill/outbound.js';
import { createPackets } from './packetdrill/state.js';
import { advance } from './runner.js';
import {
  copyState,
  DEFAULT_LIMITS,
  direction,
  type Ended,
  type Limits,
  oldestFirst,
  type RunState,
  type Settled,
  type Setup,
} from './state.js';

export interface Run {
  readonly program: Program;
  readonly seed: number;
  readonly limits: Limits;
  /** Extended on demand; forked by edits. */
  readonly timeline: Timeline<RunState>;
}

/** How to start a run; what is left out is the program's, or usual. */
export interface RunOptions {
  readonly seed?: number | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Whether a failed expectation ends the run (the usual), or is noted and the script goes on. */
  readonly afterFailure?: 'end' | 'go-on' | undefined;
}

/** A run of this program at its beginning: nothing is recorded yet. */
export function startRun(program: Program, options: RunOptions = {}): Run {
  const seed = options.seed ?? program.seed;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const setup: Setup = {
    program,
    seed,
    limits,
    afterFailure: options.afterFailure ?? 'end',
    directions: directionsIn(program),
  };
  const machine: Machine<RunState> = {
    start: () => startState(setup),
    copy: copyState,
    advance,
    size: ({ world, variables, given, told, calls }) =>
      sizeOfWorld(world) + variables.size + given.size + told.size + calls.size + 8,
  };
  return { program, seed, limits, timeline: createTimeline(machine) };
}

function directionsIn({ instructions, packets }: Program): ReadonlySet<string> {
  if (packets) return new Set([OUTBOUND]);
  return new Set(
    instructions.flatMap(({ operation }) =>
      operation.kind === 'segment' ? [direction(operation.segment)] : [],
    ),
  );
}

function startState(setup: Setup): RunState {
  return {
    setup,
    world: worldOf(setup.program, setup.seed),
    pc: 0,
    waiting: undefined,
    typed: undefined,
    loops: [],
    turns: 0,
    watches: [],
    variables: new Map(),
    segments: new Map(),
    unmatched: new Map(),
    nearest: undefined,
    nextCall: 0,
    calls: new Map(),
    given: new Map(),
    told: new Map(),
    violation: undefined,
    settled: undefined,
    ended: undefined,
    chosen: undefined,
    aftermath: false,
    packets: setup.program.packets && createPackets(setup.program.packets),
  };
}

function worldOf({ hosts, links }: Program, seed: number): World {
  const named = (role: ProgramHost['role']) => hosts.filter((host) => host.role === role);
  return createWorld({
    seed,
    hosts: named('host').map(({ name, address, settings }) => ({ name, address, settings })),
    peers: named('peer').map(({ name, address }) => ({ name, address })),
    links: links.map(({ from, to, settings }) => ({
      a: from,
      b: to,
      delay: settings.delay,
      jitter: settings.jitter,
      loss: settings.lossPercent / 100,
      duplicate: settings.duplicatePercent / 100,
      reorder: settings.reorderPercent / 100,
      rate: settings.rate,
      mtu: settings.mtu,
    })),
  });
}

/** How a statement came out. */
export interface Result {
  readonly statement: number;
  /** The step in which it was settled; undefined: it stood to the end. */
  readonly step: number | undefined;
  readonly verdict: 'passed' | 'failed' | 'blank';
}

export interface Results {
  readonly passed: number;
  readonly failed: number;
  /** Blanks that a student has yet to answer: not passed. */
  readonly blank: number;
  /** In the order in which they were settled. */
  readonly statements: readonly Result[];
  readonly failures: readonly Failure[];
  /** Why the run is over; undefined while it can go on. */
  readonly ended: Ended | undefined;
  /** `passed`: the script is over, nothing failed and nothing is blank. */
  readonly verdict: 'passed' | 'failed' | 'blank' | 'unsupported' | 'stopped' | 'running';
}

/** What came of the expectations recorded so far. */
export function results(run: Run): Results {
  const state = stateNow(run);
  const settled = oldestFirst(state.settled);
  const over = state.ended?.kind === 'end';
  const stood = over ? state.watches.map(({ statement }) => passedToTheEnd(statement)) : [];
  const statements = [
    ...settled.map(({ statement, step, verdict }): Result => ({ statement, step, verdict })),
    ...stood,
  ];
  const count = (verdict: Result['verdict']) =>
    statements.filter((result) => result.verdict === verdict).length;
  const counts = { passed: count('passed'), failed: count('failed'), blank: count('blank') };
  return {
    ...counts,
    statements,
    failures: settled.flatMap((one) => failureOf(run, one)),
    ended: state.ended,
    verdict: verdictOf(counts, state.ended),
  };
}

function passedToTheEnd(statement: number): Result {
  return { statement, step: undefined, verdict: 'passed' };
}

function verdictOf(
  { failed, blank }: Pick<Results, 'failed' | 'blank'>,
  ended: Ended | undefined,
): Results['verdict'] {
  if (failed > 0) return 'failed';
  if (ended === undefined) return 'running';
  if (ended.kind === 'limit') return 'stopped';
  if (ended.kind === 'unsupported') return 'unsupported';
  return blank > 0 ? 'blank' : 'passed';
}

/** Records the run to its end, which every run has: limits see to it. */
export function finish(run: Run): Results {
  while (run.timeline.extend() !== undefined) {
    // Each turn records one step.
  }
  return results(run);
}

/** Records the run to its end and gives each step as it comes: who looks at them in passing keeps none. */
export function* play({ timeline }: Run): Iterable<Step> {
  for (let step = timeline.extend(); step !== undefined; step = timeline.extend()) yield step;
}

/** The run's state at the end of what is recorded. */
export function stateNow({ timeline }: Run): RunState {
  return timeline.stateBefore(timeline.length());
}

/** The expectation that failed in this step, explained; undefined when none did. */
export function failureAt(run: Run, step: number): Failure | undefined {
  const settled = run.timeline.stateBefore(step + 1).settled?.item;
  return settled?.step === step ? failureOf(run, settled)[0] : undefined;
}

function failureOf(run: Run, settled: Settled): readonly Failure[] {
  return settled.mismatch ? [explain(run, settled, settled.mismatch)] : [];
}

/** The recorded steps, first to last. */
export function stepsOf({ timeline }: Run): readonly Step[] {
  return Array.from({ length: timeline.length() }, (_, i) => timeline.step(i));
}
