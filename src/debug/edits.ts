/** Edits of the run at the cursor: another future begins, and the cursor stands just after what began it. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { diagnosticText, isError } from '../lang/diagnostics.js';
import { editIndex, editRun, type RunEdit, typedStatement } from '../run/edit.js';
import { comparePlaces } from '../run/places.js';
import type { Place, Step } from '../sim/step.js';
import type { World } from '../sim/world.js';
import { moveOf } from '../tcp/rule.js';
import { printSegment } from '../tcp/segment.js';
import { stopHere, tellUnasked } from './cursor.js';
import { type Answer, type Debugger, type Session, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import { hostOfThread } from './stack.js';
import { tellViews } from './view-feed.js';
import * as words from './words.js';

/** The world at the next step: where an edit begins. */
export function editedWorld({ launched: { run }, cursor }: Session): World {
  return run.timeline.stateBefore(editIndex(run, cursor)).world;
}

/** Forks the run at the cursor. Throws the reason when the edit cannot be made; then nothing has changed. */
export function edit(debugging: Debugger, session: Session, made: RunEdit): Step {
  const { cursor, launched, logged, trail, feed } = session;
  const step = editRun(launched.run, cursor, made);
  if (typeof step === 'string') throw errors.cannotEdit(step);
  const { index } = step;
  for (const [id, mark] of logged) {
    if (mark.step >= index) logged.set(id, { step: index, microstep: -1 });
  }
  trail.push(cursor);
  const known = trail.filter((place) => comparePlaces(place, { step: index, microstep: 0 }) < 0);
  trail.splice(0, trail.length, ...known);
  session.cursor = placeAfter(session, step, cursor);
  tellViews(debugging, feed.forked(index, session.cursor));
  return step;
}

/** Before the statement before which the user stood, if it is to come next; else just after the edit. */
function placeAfter({ launched: { run } }: Session, step: Step, from: Place): Place {
  const after = { step: step.index, microstep: step.microsteps.length - 1 };
  if (from.microstep >= 0) return after;
  const next = run.timeline.extend();
  return next === undefined || next.cause.kind === 'statement'
    ? { step: step.index + 1, microstep: -1 }
    : after;
}

/** Tells everybody where an edit led; nothing that the client asked for moves the cursor by its own meaning. */
export function tellEdit(debugging: Debugger, session: Session, text: string): void {
  tellUnasked(debugging);
  stopHere(debugging, session, { reason: 'edit', description: words.afterEdit, text });
}

/** A statement of the language as an edit; throws what is wrong with it. */
export function statementEdit({ launched, cursor }: Session, text: string): RunEdit {
  const typed = typedStatement(launched.run, cursor, text);
  if (typed.edit) return typed.edit;
  const [first] = typed.diagnostics.filter(isError);
  throw errors.expressionError(first ? diagnosticText(first) : words.noExpression);
}

/** What an edit did, in a line: transitions and segments, else the reason of its first rule. */
export function summaryOf({ microsteps }: Step): string {
  const done = microsteps.flatMap((microstep) => {
    const move = moveOf(microstep);
    const sent = microstep.effects.flatMap((effect) =>
      effect.kind === 'send' ? [`sends ${printSegment(effect.segment)}`] : [],
    );
    return [...(move ? [`${microstep.connection?.host ?? ''}: ${move}`] : []), ...sent];
  });
  return done.length > 0 ? done.join('; ') : (microsteps[0]?.why() ?? '');
}

/** The host of each thread crashes: it forgets its connections, and nobody is told. */
export function terminateThreads(
  debugging: Debugger,
  args: Partial<DebugProtocol.TerminateThreadsArguments>,
): Answer {
  const session = stoppedSession(debugging, 'terminateThreads');
  const hosts = (args.threadIds ?? []).map((id) => {
    const host = hostOfThread(session, id);
    if (host === undefined) throw errors.cannotEdit(words.networkStays);
    return host;
  });
  const edits = hosts.map((host) => statementEdit(session, `crash ${host}`));
  for (const made of edits) edit(debugging, session, made);
  if (edits.length === 0) return {};
  return {
    after: () => tellEdit(debugging, session, edits.map(({ text }) => text).join('; ')),
  };
}
