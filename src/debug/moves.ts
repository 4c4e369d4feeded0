/** The requests that move the cursor, by the words of `docs/debugging.md`: each is a direction and a grain. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { backGrain, type Grain } from '../run/stop.js';
import { chosenEdit } from './choices.js';
import { arrive, go, type Move, tellUnasked, travelTo } from './cursor.js';
import { type Answer, type Debugger, momentNow, type Session, stoppedSession } from './debugger.js';
import { edit, tellEdit } from './edits.js';
import * as errors from './errors.js';
import { focusOf } from './moment.js';
import { frameHere, hostOfThread } from './stack.js';

export function next(debugging: Debugger): Answer {
  return step(debugging, 'next', 'statement');
}

/** Into what comes next; with a target, into what the user chose to happen instead. */
export function stepIn(
  debugging: Debugger,
  args: Partial<DebugProtocol.StepInArguments> = {},
): Answer {
  if (args.targetId === undefined) return step(debugging, 'stepIn', 'rule');
  const session = stoppedSession(debugging, 'stepIn');
  const made = chosenEdit(debugging, session, args.targetId);
  const { index, call, microsteps } = edit(debugging, session, made);
  session.lastGrain = 'rule';
  const move: Move = { direction: 1, grain: 'rule', atEnd: 'stop' };
  const edited = { step: index, microstep: microsteps.length - 1 };
  if (made.chosen !== undefined) return { after: () => go(debugging, session, move, edited) };
  if (call === undefined) return { after: () => tellEdit(debugging, session, made.text) };
  return { after: () => go(debugging, session, move, { step: index, microstep: -1 }) };
}

export function stepOut(debugging: Debugger): Answer {
  return step(debugging, 'stepOut', 'out');
}

export function resume(debugging: Debugger): Answer {
  const session = stoppedSession(debugging, 'continue');
  session.trail.length = 0;
  session.lastGrain = undefined;
  const move: Move = { direction: 1, grain: 'breakpoint', atEnd: 'finish' };
  return {
    body: { allThreadsContinued: true },
    after: () => go(debugging, session, move, session.cursor),
  };
}

export function reverseContinue(debugging: Debugger): Answer {
  const session = stoppedSession(debugging, 'reverseContinue');
  session.trail.length = 0;
  session.lastGrain = undefined;
  const move: Move = { direction: -1, grain: 'breakpoint', atEnd: 'stop' };
  return { after: () => go(debugging, session, move, session.cursor) };
}

/** To the next event of the thread's host, or with `back` to the one before. */
export function eventAtHost(
  debugging: Debugger,
  { threadId: id, back }: { readonly threadId?: unknown; readonly back?: unknown },
): Answer {
  const session = stoppedSession(debugging, 'tcpflow/eventAtHost');
  const wanted = typeof id === 'number' ? hostOfThread(session, id) : focusOf(momentNow(session));
  if (wanted === undefined) throw errors.noHost();
  const grain: Grain = `at ${wanted}`;
  if (back === true) return reverse(debugging, 'tcpflow/eventAtHost', grain);
  const { after } = step(debugging, 'tcpflow/eventAtHost', grain);
  return {
    after: () => {
      tellUnasked(debugging);
      return after?.();
    },
  };
}

function step(debugging: Debugger, command: string, grain: Grain): Answer {
  const session = stoppedSession(debugging, command);
  const over = atEnd(session);
  if (!over) session.trail.push(session.cursor);
  session.lastGrain = grain;
  const move: Move = { direction: 1, grain, atEnd: over ? 'finish' : 'stop' };
  return { after: () => go(debugging, session, move, session.cursor) };
}

/** Undoes the last step; with none left to undo, one back at the grain of where the cursor is. */
export function stepBack(debugging: Debugger): Answer {
  const session = stoppedSession(debugging, 'stepBack');
  const place = session.trail.pop();
  if (place !== undefined) return { after: () => arrive(debugging, session, place, 'step') };
  const grain = backGrain(session.cursor, session.lastGrain);
  const move: Move = { direction: -1, grain, atEnd: 'stop' };
  return { after: () => go(debugging, session, move, session.cursor) };
}

export function restartFrame(
  debugging: Debugger,
  args: Partial<DebugProtocol.RestartFrameArguments>,
): Answer {
  const session = stoppedSession(debugging, 'restartFrame');
  const { beginning, name } = frameHere(debugging, session, args.frameId);
  if (beginning === undefined) throw errors.cannotRestart(name);
  return { after: () => travelTo(debugging, session, beginning) };
}

/** Heard between two slices of a search; when nothing is searched for, there is nothing to pause. */
export function pause(debugging: Debugger): Answer {
  if (debugging.phase === 'running' && debugging.session) debugging.session.pausing = true;
  return {};
}

/** To the statement before; from within an event, to the one that it goes on from. */
export function reverseOver(debugging: Debugger): Answer {
  return reverse(debugging, 'tcpflow/reverseOver', 'statement');
}

/** To the first check of this event; from there, or from a statement, to the statement before. */
export function reverseOut(debugging: Debugger): Answer {
  return reverse(debugging, 'tcpflow/reverseOut', 'out');
}

function reverse(debugging: Debugger, command: string, grain: Grain): Answer {
  const session = stoppedSession(debugging, command);
  session.trail.length = 0;
  session.lastGrain = undefined;
  const move: Move = { direction: -1, grain, atEnd: 'stop' };
  const after = () => {
    tellUnasked(debugging);
    return go(debugging, session, move, session.cursor);
  };
  return { after };
}

/** Stops the search whose progress is shown. Other requests are answered at once: there is nothing of them to cancel. */
export function cancel(debugging: Debugger, args: Partial<DebugProtocol.CancelArguments>): Answer {
  const { session, phase } = debugging;
  const shown = session?.progress !== undefined && args.progressId === session.progress;
  if (session && shown && phase === 'running') session.pausing = true;
  return {};
}

function atEnd({ cursor, launched: { run } }: Session): boolean {
  return cursor.step >= run.timeline.length() && run.timeline.extend() === undefined;
}
