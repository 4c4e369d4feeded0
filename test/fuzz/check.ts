/** Runs a script and looks after each event whether anything is as it must not be. */

import { compile } from '../../src/lang/compile.js';
import { diagnosticText } from '../../src/lang/diagnostics.js';
import { startRun, stateNow } from '../../src/run/run.js';
import { violations } from '../../src/sim/invariants.js';
import type { Step } from '../../src/sim/step.js';
import type { World } from '../../src/sim/world.js';
import { lasting, unfinished } from './lasting.js';
import { SILENCE } from './script.js';
import { createStreams } from './streams.js';

/** What is wrong with a script's run. */
export interface Finding {
  /** What kind of defect: two runs with the same kind show the same one. */
  readonly kind: string;
  /** In a sentence or more, with the step. */
  readonly what: string;
}

const FILE = 'fuzz.tcpflow';
const STEPS = 4_000;
/** So many empty segments in a row that provoke others and bring nothing new will never end. */
const QUARREL = 500;
const CROWD = 20;

/** The first defect that the run shows; undefined when there is none. */
export function check(text: string): Finding | undefined {
  const compiled = compile(text, { file: FILE });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  if (compiled.program === undefined || errors.length > 0) {
    const [first] = errors;
    const line = text.split('\n')[first?.range.start.line ?? 0] ?? '';
    return { kind: 'mistake', what: `${line}: ${first ? diagnosticText(first) : 'no scenario'}` };
  }
  let step: Step | undefined;
  try {
    const run = startRun(compiled.program, { limits: { steps: STEPS }, afterFailure: 'go-on' });
    const streams = createStreams(/inject|given/.test(text));
    for (let quarrel = 0; quarrel < QUARREL; ) {
      step = run.timeline.extend();
      const { world } = stateNow(run);
      // What the limit ended had no time to come to an end.
      if (step === undefined) return run.timeline.length() < STEPS ? ended(text, world) : undefined;
      // Answers to many segments that are under way at once come to an end.
      const crowded = world.queue.length > CROWD;
      quarrel = crowded || isNews(step) ? 0 : quarrel + provoked(step);
      const broken = streams.look(step);
      const [first = broken] = [...violations(world, step), ...lasting(world)];
      if (first !== undefined) {
        return { kind: first.split(':')[0] ?? first, what: `step ${step.index}: ${first}` };
      }
    }
    // Who asks for the letter of RFC 9293 §3.10.7.4 gets it.
    if (text.includes('ack-throttle challenges')) return undefined;
    return {
      kind: 'quarrel',
      what: `${QUARREL} segments answer each other, and bring nothing new`,
    };
  } catch (error) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const [message = '', place = ''] = told.split('\n');
    const kind = `${message.replace(/\d+/g, 'N')} ${place.trim().replace(/\(.*\)/, '')}`;
    return { kind, what: `after step ${step?.index ?? -1}: ${told}` };
  }
}

/** Settings that let a connection try for longer than days, or for ever. */
const PATIENT = /retries|rto|timeout|keepalive|probes|linear|slop|combine|window|msl/;

/** A script that ends with days of silence leaves nothing that ends by itself. */
function ended(text: string, world: World): Finding | undefined {
  if (!text.endsWith(`${SILENCE}\n`) || PATIENT.test(text) || world.ended !== undefined)
    return undefined;
  const what = unfinished(world);
  return what === undefined ? undefined : { kind: 'unfinished', what };
}

/** 1 for an empty segment that is answered, else 0. */
function provoked({ cause, departures }: Step): number {
  const empty = cause.kind === 'arrival' && cause.delivery.segment.data.length === 0;
  return empty && departures.length > 0 ? 1 : 0;
}

function isNews({ cause, microsteps }: Step): boolean {
  if (cause.kind !== 'arrival') return true;
  return microsteps.some(
    ({ before, after }) =>
      before?.state !== after?.state ||
      before?.snd.una !== after?.snd.una ||
      before?.rcv.nxt !== after?.rcv.nxt,
  );
}
