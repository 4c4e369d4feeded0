/** Jump to cursor: one target for each time that a line of the script was reached. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { printInstant } from '../base/time.js';
import { spotsOf } from '../run/spots.js';
import type { Place } from '../sim/step.js';
import { travelTo } from './cursor.js';
import { type Answer, type Debugger, type Session, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import { joinPath, splitPath } from './handles.js';

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
  const targets = timesOf(session, new Set(statements)).map(({ step }, n) => ({
    id: handles.idOf(joinPath('goto', String(step))),
    label: `line ${(line ?? 0) + 1}, time ${n + 1}: ${printInstant(launched.run.timeline.step(step).at)} s`,
    line: (line ?? 0) + client.firstLine,
  }));
  return { body: { targets } };
}

/** The places at which these statements were reached so far. */
function timesOf(
  { launched: { run } }: Session,
  statements: ReadonlySet<number>,
): readonly Place[] {
  const places: Place[] = [];
  const length = statements.size === 0 ? 0 : run.timeline.length();
  for (let step = 0; step < length && places.length < TARGETS; step++) {
    const { cause } = run.timeline.step(step);
    if (cause.kind === 'statement' && statements.has(cause.statement)) {
      places.push({ step, microstep: -1 });
    }
  }
  return places;
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
