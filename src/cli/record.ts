/** A run as the command line makes it: recorded to its end, printed as it comes, captured when asked for. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { captureOf } from '../interop/capture.js';
import { encodeCapture } from '../interop/pcapng.js';
import type { Program } from '../lang/program.js';
import { type Run, startRun, stepsOf } from '../run/run.js';
import { stepJson } from '../sim/json.js';
import { lanesOf, traceHeader, traceStep } from '../sim/trace.js';
import type { Output } from './output.js';

export interface RunSettings {
  readonly scenario: string | undefined;
  /** Of packetdrill scripts, which name none: the host's profile. */
  readonly profile: string | undefined;
  readonly seed: number | undefined;
  readonly maxSteps: number | undefined;
  readonly trace: boolean;
  readonly json: boolean;
  /** The file to write a capture to. */
  readonly pcap: string | undefined;
}

/** Runs a program to its end. `before`: how many were run before it, for the name of its capture. */
export function record(
  program: Program,
  settings: RunSettings,
  before: number,
  output: Output,
): Run {
  const limits = settings.maxSteps === undefined ? {} : { steps: settings.maxSteps };
  const running = startRun(program, { seed: settings.seed, limits });
  play(running, settings, output);
  if (settings.pcap !== undefined) {
    writeCapture(running, numbered(settings.pcap, before + 1), output);
  }
  return running;
}

/** Records the run to its end and prints each step as it comes, so that a long run needs no room for its text. */
function play(running: Run, { trace, json }: RunSettings, output: Output): void {
  const { program, timeline } = running;
  const { world } = timeline.stateBefore(0);
  const lanes = lanesOf(world);
  if (trace && !json) output.out(`# ${program.scenario}\n${traceHeader(world)}\n`);
  for (let step = timeline.extend(); step !== undefined; step = timeline.extend()) {
    if (json && !program.packets) output.out(`${JSON.stringify(stepJson(step))}\n`);
    else if (trace && !json) for (const line of traceStep(step, lanes)) output.out(`${line}\n`);
  }
}

/** A capture holds one scenario, for each begins at time zero: the second goes to `OUT-2.pcapng`. */
function numbered(file: string, number: number): string {
  if (number === 1) return file;
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}-${number}${ext}`);
}

function writeCapture(running: Run, file: string, output: Output): void {
  const capture = captureOf(stepsOf(running), running.program.hosts);
  fs.writeFileSync(file, Buffer.concat([...encodeCapture(capture)]));
  output.err(`${file}: ${capture.packets.length} segments captured\n`);
}
