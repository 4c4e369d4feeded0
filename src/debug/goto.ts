/** Jump to cursor: one target for each time that a line of the script was reached. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { printInstant } from '../base/time.js';
import { spotsOf } from '../run/spots.js';
import { travelTo } from './cursor.js';
import { type Answer, type Debugger, type Session, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import { joinPath, splitPath } from './handles.js';
import type { Reached } from './history.js';

/** Of the times that a line ran, so many are offered on each side of the cursor; of the others some, evenly spread. */
const NEAR = 45;
const FAR = 10;

export function gotoTargets(
  debugging: Debugger,
  args: Partial<DebugProtocol.GotoTargetsArguments>,
): Answer {
  const session = stoppedSession(debugging, 'gotoTargets');
  const { client, environment, handles } = debugging;
  const { launched } = session;
  const wanted = (args.line ?? 0) - client.firstLine;
  const path = args.source?.path;
  const here = path !== undefined && environment.normalise(path) === launched.key;
  const spots = here ? spotsOf(launched.run.program) : [];
  const lines = spots.filter(({ kind }) => kind === 'reached');
  const line = lines.find((one) => one.line >= wanted)?.line;
  const statements = lines.filter((one) => one.line === line).map(({ statement }) => statement);
  const targets = timesOf(session, statements).map(({ step, at, text }) => ({
    id: handles.idOf(joinPath('goto', String(step))),
    label: `line ${(line ?? 0) + 1}, ${text}: ${printInstant(at)} s`,
    line: (line ?? 0) + client.firstLine,
  }));
  return { body: { targets } };
}

interface Time extends Reached {
  /** `time 3`; where not all are offered, `time 3 of 5000`. */
  readonly text: string;
}

/** The times that these statements of one line were reached: all, or those near the cursor and some of the others. */
function timesOf({ history, cursor }: Session, statements: readonly number[]): readonly Time[] {
  const times = statements.flatMap((statement) => {
    const { count, at, upTo } = history.reached(statement);
    const { text, chosen } = chosenOf(count, upTo(cursor.step));
    return chosen.map((n): Time => ({ ...at(n), text: text(n) }));
  });
  return times.sort((a, b) => a.step - b.step);
}

/** Numbers of the times that are offered, from 0, and how they are called. `here`: how many are over at the cursor. */
function chosenOf(count: number, here: number) {
  if (count <= 2 * NEAR + FAR) {
    return {
      chosen: Array.from({ length: count }, (_, n) => n),
      text: (n: number) => `time ${n + 1}`,
    };
  }
  const from = Math.min(Math.max(0, here - NEAR), count - 2 * NEAR);
  const near = Array.from({ length: 2 * NEAR }, (_, i) => from + i);
  const spread = Array.from({ length: FAR }, (_, i) => Math.round((i * (count - 1)) / (FAR - 1)));
  const chosen = [...new Set([...near, ...spread])];
  return { chosen, text: (n: number) => `time ${n + 1} of ${count}` };
}

export function goTo(debugging: Debugger, args: Partial<DebugProtocol.GotoArguments>): Answer {
  const session = stoppedSession(debugging, 'goto');
  const [kind, index] = splitPath(debugging.handles.pathOf(args.targetId ?? 0) ?? '');
  const step = Number(index);
  if (kind !== 'goto' || step >= session.launched.run.timeline.length()) {
    throw errors.unknownTarget(args.targetId);
  }
  return { after: () => travelTo(debugging, session, { step, microstep: -1 }) };
}
