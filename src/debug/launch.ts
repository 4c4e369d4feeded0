/** A session's life: the script that is launched, its beginning and its end. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { START } from '../run/places.js';
import { type Run, startRun } from '../run/run.js';
import type { Limits } from '../run/state.js';
import { DEFAULT_PROFILE, PROFILE_NAMES } from '../tcp/profiles.js';
import { dapBreakpoint, type Resolved } from './breakpoints.js';
import { stopAtEntry, travelOn } from './cursor.js';
import type { Answer, Debugger, Session } from './debugger.js';
import { launchedSession } from './debugger.js';
import * as errors from './errors.js';
import { createHistory } from './history.js';
import { LEVELS, type Level } from './lines.js';
import type { Numbers } from './numbers.js';
import { loadScript, type Script } from './script.js';
import { pastOf } from './table-items.js';
import { feedOf } from './view-feed.js';

/** The launch attributes. */
interface LaunchArguments extends DebugProtocol.LaunchRequestArguments {
  readonly program?: unknown;
  readonly scenario?: unknown;
  /** What a packetdrill script runs against. */
  readonly profile?: unknown;
  readonly seed?: unknown;
  readonly stopOnEntry?: unknown;
  /** The same as `limits.steps`. */
  readonly maxSteps?: unknown;
  readonly limits?: unknown;
  /** How much the console tells. */
  readonly output?: unknown;
  /** `decimal`, or `hexadecimal`. */
  readonly numbers?: unknown;
  /** `absolute`, or `relative` to each side's ISS. */
  readonly sequenceNumbers?: unknown;
}

/** A script that was launched, and its run. */
export interface Launched extends Script {
  /** As they were given. */
  readonly attributes: Partial<LaunchArguments>;
  readonly run: Run;
  readonly stopOnEntry: boolean;
  readonly noDebug: boolean;
  readonly level: Level;
}

export async function launch(debugging: Debugger, args: Partial<LaunchArguments>): Promise<Answer> {
  if (debugging.phase !== 'new') throw errors.alreadyLaunched();
  debugging.numbers = numbersFrom(args);
  debugging.phase = 'launching';
  const launched = await load(debugging, args).catch((error: unknown) => {
    if (debugging.phase === 'launching') debugging.phase = 'new';
    throw error;
  });
  if (isOver(debugging)) throw errors.runEnded('launch');
  debugging.session = openSession(debugging, launched, 1);
  debugging.phase = 'ready';
  return {
    after: () => {
      tellBreakpoints(debugging, debugging.breakpoints.renew(launched));
      debugging.send('initialized');
    },
  };
}

/** There is no run before a client begins one. */
export function attach(): Answer {
  throw errors.nothingToAttachTo();
}

async function load({ environment }: Debugger, args: Partial<LaunchArguments>): Promise<Launched> {
  const { program, scenario, profile, seed, stopOnEntry, maxSteps, limits, noDebug } = args;
  const level = oneOf('output', LEVELS, args.output, 'transitions');
  if (typeof program !== 'string' || program === '') throw errors.noProgram();
  if (scenario !== undefined && typeof scenario !== 'string') {
    throw errors.wrongAttribute('scenario', scenario, 'the name of a scenario, in quotes');
  }
  const against = oneOf('profile', PROFILE_NAMES, profile, DEFAULT_PROFILE);
  const chosen = wholeNumber('seed', seed, 0);
  const bounds = limitsFrom(maxSteps, limits);
  const stops = switchOf('stopOnEntry', stopOnEntry, true);
  const script = await loadScript(environment, environment.pathOf(program), scenario, against);
  const run = startRun(script.program, { seed: chosen, limits: bounds });
  const quiet = noDebug === true;
  return { ...script, attributes: args, run, stopOnEntry: stops, noDebug: quiet, level };
}

function switchOf(name: string, given: unknown, otherwise: boolean): boolean {
  if (given === undefined || given === null) return otherwise;
  if (typeof given === 'boolean') return given;
  throw errors.wrongAttribute(name, given, 'true or false');
}

function numbersFrom({ numbers, sequenceNumbers }: Partial<LaunchArguments>): Numbers {
  const radix = oneOf('numbers', ['decimal', 'hexadecimal'], numbers, 'decimal');
  const counted = oneOf('sequenceNumbers', ['absolute', 'relative'], sequenceNumbers, 'absolute');
  return { hex: radix === 'hexadecimal', relative: counted === 'relative' };
}

function oneOf<T extends string>(
  name: string,
  known: readonly T[],
  given: unknown,
  otherwise: T,
): T {
  if (given === undefined || given === null) return otherwise;
  const found = known.find((one) => one === given);
  if (found === undefined) throw errors.wrongAttribute(name, given, `one of ${known.join(', ')}`);
  return found;
}

/** A debugger's user can pause at any time, and the record takes some 100 MB at this length. */
const STEPS = 1_000_000;

function limitsFrom(maxSteps: unknown, limits: unknown): Partial<Limits> {
  if (limits !== undefined && (typeof limits !== 'object' || limits === null)) {
    throw errors.wrongAttribute('limits', limits, 'an object such as { "steps": 100000 }');
  }
  const given: { steps?: unknown; time?: unknown; turns?: unknown } = limits ?? {};
  const steps = wholeNumber('limits.steps', given.steps, 1) ?? wholeNumber('maxSteps', maxSteps, 1);
  const seconds = wholeNumber('limits.time', given.time, 1);
  const turns = wholeNumber('limits.turns', given.turns, 1);
  return {
    steps: steps ?? STEPS,
    ...(seconds === undefined ? {} : { time: seconds * 1_000_000 }),
    ...(turns === undefined ? {} : { turns }),
  };
}

function wholeNumber(name: string, value: unknown, least: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw errors.wrongAttribute(name, value, `a whole number of at least ${least}`);
}

/** The client may have left while a file was being read. */
function isOver({ phase }: Debugger): boolean {
  return phase === 'ended';
}

function openSession({ output }: Debugger, launched: Launched, serial: number): Session {
  const { run, level } = launched;
  const history = createHistory();
  const lines = output.begin(run, level);
  run.timeline.observe({
    note: (step, after) => {
      history.note(step, after);
      lines.note(step, after);
    },
    forget: (index) => {
      history.forget(index);
      lines.forget(index);
    },
  });
  const past = pastOf(history, launched.run);
  return {
    launched,
    serial,
    history,
    past,
    feed: feedOf(launched, past, serial),
    cursor: START,
    stopped: undefined,
    trail: [],
    lastGrain: undefined,
    pausing: false,
    progress: undefined,
    layingOut: false,
    searches: 0,
    cancelled: false,
    logged: new Map(),
  };
}

/** What became of the breakpoints that were set before. */
function tellBreakpoints({ send, client }: Debugger, resolved: readonly Resolved[]): void {
  for (const one of resolved) {
    if (one.wanted.target.kind === 'filter') continue;
    send('breakpoint', { reason: 'changed', breakpoint: dapBreakpoint(one, client) });
  }
}

// Beginning and end -----------------------------------------------------------------------------

export function configurationDone(debugging: Debugger): Answer {
  const session = launchedSession(debugging, 'configurationDone');
  if (debugging.phase !== 'ready') return {};
  debugging.phase = 'stopped';
  return { after: () => begin(debugging, session) };
}

async function begin(debugging: Debugger, session: Session): Promise<void> {
  const { run, stopOnEntry, noDebug } = session.launched;
  run.timeline.extend();
  session.cursor = START;
  if (stopOnEntry && !noDebug && run.timeline.length() > 0) {
    stopAtEntry(debugging, session);
  } else {
    await travelOn(debugging, session);
  }
}

/** Reads the script again and runs it from its beginning; when it has errors now, the old run stays. */
export async function restart(
  debugging: Debugger,
  args: Partial<DebugProtocol.RestartArguments>,
): Promise<Answer> {
  const { attributes } = launchedSession(debugging, 'restart').launched;
  if (isOver(debugging)) throw errors.runEnded('restart');
  const latest = (args.arguments ?? {}) as Partial<LaunchArguments>;
  // Whoever names the program gives all attributes, as they are now.
  const isWhole = latest.program !== undefined;
  const launched = await load(debugging, isWhole ? latest : { ...attributes, ...latest });
  if (isOver(debugging)) throw errors.runEnded('restart');
  // Another restart may have been quicker.
  const before = launchedSession(debugging, 'restart');
  before.cancelled = true;
  const session = openSession(debugging, launched, before.serial + 1);
  debugging.session = session;
  debugging.phase = 'stopped';
  return {
    after: () => {
      tellBreakpoints(debugging, debugging.breakpoints.renew(launched));
      return begin(debugging, session);
    },
  };
}

export function terminate(debugging: Debugger): Answer {
  const wasOver = debugging.phase === 'ended';
  stop(debugging);
  return {
    after: () => {
      if (!wasOver) debugging.send('terminated');
    },
  };
}

export function disconnect(debugging: Debugger): Answer {
  stop(debugging);
  return { after: debugging.close };
}

function stop(debugging: Debugger): void {
  if (debugging.session) debugging.session.cancelled = true;
  debugging.phase = 'ended';
}
