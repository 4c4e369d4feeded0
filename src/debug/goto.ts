/** Jump to cursor: one target for each time that a line of the script was reached. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { printInstant } from '../base/time.js';
import { spotsOf } from '../run/spots.js';
import { travelTo } from './cursor.js';
import { type Answer, type Debugger, type Session, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import { joinPath, splitPath } from './handles.js';
import type { Reached } from './history.js';

/** At most so many turns of a loop are offered. */
const TARGETS = 100;

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
  const targets = timesOf(session, statements).map(({ step, at }, n) => ({
    id: handles.idOf(joinPath('goto', String(step))),
    label: `line ${(line ?? 0) + 1}, time ${n + 1}: ${printInstant(at)} s`,
    line: (line ?? 0) + client.firstLine,
  }));
  return { body: { targets } };
}

/** The first times that one of these statements was reached. */
function timesOf({ history }: Session, statements: readonly number[]): readonly Reached[] {
  return statements
    .flatMap((statement) => history.reached(statement, TARGETS))
    .sort((a, b) => a.step - b.step)
    .slice(0, TARGETS);
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
