/** A run as the command line makes it: recorded to its end, printed as it comes, captured when asked for. */

import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join, parse } from 'node:path';
import { printInstant } from '../base/time.js';
import { createCapture } from '../interop/capture.js';
import type { Program } from '../lang/program.js';
import { type Run, startRun } from '../run/run.js';
import { SCRIPT } from '../run/script-rules.js';
import { stepJson } from '../sim/json.js';
import type { Step } from '../sim/step.js';
import { lanesOf, traceHeader, traceStep } from '../sim/trace.js';
import type { Output } from './output.js';

export interface RunSettings {
  readonly scenario: string | undefined;
  /** Of packetdrill scripts, which name none: the host's profile. */
  readonly profile: string | undefined;
  /** Of packetdrill scripts: what names stand for. */
  readonly defines?: ReadonlyMap<string, string> | undefined;
  readonly seed: number | undefined;
  readonly maxSteps: number | undefined;
  readonly trace: boolean;
  readonly json: boolean;
  /** The file to write a capture to. */
  readonly pcap: string | undefined;
}

/** The name of a capture that goes to the standard output. */
export const STDOUT = '-';

/** Runs a program to its end. `before`: how many were run before it, for the name of its capture. */
export function record(
  program: Program,
  settings: RunSettings,
  before: number,
  output: Output,
): Run {
  const limits = settings.maxSteps === undefined ? {} : { steps: settings.maxSteps };
  const running = startRun(program, { seed: settings.seed, limits });
  const { pcap } = settings;
  const file = pcap === undefined || pcap === STDOUT ? pcap : numbered(pcap, before + 1);
  const capture = file === undefined ? undefined : captureTo(file, program, output);
  try {
    play(running, settings, output, (step) => capture?.add(step));
  } finally {
    const told = capture?.close();
    if (told !== undefined) output.err(told);
  }
  return running;
}

/** Records the run to its end and prints each step as it comes, so that a long run needs no room for its text. */
function play(
  running: Run,
  { trace, json }: RunSettings,
  output: Output,
  seen: (step: Step) => void,
): void {
  const { program, timeline } = running;
  const { world } = timeline.stateBefore(0);
  const lanes = lanesOf(world);
  if (trace && !json) output.out(`# ${program.scenario}\n${traceHeader(world)}\n`);
  for (let step = timeline.extend(); step !== undefined; step = timeline.extend()) {
    if (json && !program.packets) output.out(`${JSON.stringify(stepJson(step))}\n`);
    else if (trace && !json) for (const line of traceStep(step, lanes)) output.out(`${line}\n`);
    if (!json)
      for (const note of notesOf(step)) output.out(trace ? traced(step, note) : `${note}\n`);
    seen(step);
  }
}

/** What `print` says in a step. */
function notesOf({ microsteps }: Step): readonly string[] {
  return microsteps.filter(({ rule }) => rule.id === SCRIPT.print.id).map(({ why }) => why());
}

function traced({ at }: Step, note: string): string {
  return `${printInstant(at).padStart(10)}  print  ${note}\n`;
}

/** A capture holds one scenario, for each begins at time zero: the second goes to `OUT-2.pcapng`. */
function numbered(file: string, number: number): string {
  if (number === 1) return file;
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}-${number}${ext}`);
}

/** So many octets are written at once. */
const CHUNK = 1 << 18;

/** Where a capture goes. On the standard output one follows the other: each is a section of its own. */
function sinkOf(file: string, { octets }: Output) {
  if (file === STDOUT) return { write: octets, close: () => undefined };
  const descriptor = openSync(file, 'w');
  const write = (data: Uint8Array) => {
    try {
      appendFileSync(descriptor, data);
    } catch (error) {
      // An open file has lost its name.
      throw Object.assign(error as Error, { path: file });
    }
  };
  return { write, close: () => closeSync(descriptor) };
}

/** A capture that grows with the run. `close` tells what is in it. */
function captureTo(file: string, { hosts }: Program, output: Output) {
  const capture = createCapture(hosts);
  const sink = sinkOf(file, output);
  let waiting = [...capture.head];
  let octets = 0;
  const flush = () => {
    sink.write(Buffer.concat(waiting));
    waiting = [];
    octets = 0;
  };
  return {
    add: (step: Step) => {
      for (const block of capture.add(step)) {
        waiting.push(block);
        octets += block.length;
      }
      if (octets > CHUNK) flush();
    },
    close: (): string => {
      flush();
      sink.close();
      const { captured, tooLarge } = capture.counts();
      const left = tooLarge === 0 ? '' : `, ${tooLarge} too large for a datagram left out`;
      return `${file === STDOUT ? 'standard output' : file}: ${captured} segments captured${left}\n`;
    },
  };
}
