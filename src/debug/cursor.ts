/** Moving the cursor: each move is a search for the next place to stop at, in slices, so that a pause is heard. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Enough } from '../run/breakpoint.js';
import { comparePlaces, endOf, START } from '../run/places.js';
import { type Results, results } from '../run/run.js';
import { backGrain, findStop, type Grain, type Stop } from '../run/stop.js';
import type { Place } from '../sim/step.js';
import { chosenEdit } from './choices.js';
import {
  type Answer,
  type Debugger,
  momentNow,
  othersTurn,
  type Session,
  type Stopped,
  stoppedSession,
} from './debugger.js';
import { edit, tellEdit } from './edits.js';
import * as errors from './errors.js';
import { focusOf } from './frames.js';
import { frameHere, hostOfThread, threadId } from './inspect.js';
import { printLeftOut, printLines } from './output.js';
import { beginProgress } from './progress.js';
import { stoppedOn } from './stops.js';
import { layOutRest, tellViews } from './view-requests.js';
import * as words from './words.js';

/** Milliseconds after which others get their turn. */
const TURN = 15;
/** Steps that are done in any case, so that a short search is over at once; and before the diagram follows: they are at hand then. */
const LEAST_STEPS = 200;
const PORTION = 400;

/** Whether a portion of the work is done: so many steps, or fewer when the turn is over. */
function portionOfTurn(end: number): Enough {
  let steps = 0;
  return () => {
    steps += 1;
    return steps >= PORTION || (steps >= LEAST_STEPS && Date.now() >= end);
  };
}

interface Move {
  readonly direction: 1 | -1;
  readonly grain: Grain;
  /** Whether it stops at the end of the run, or ends the session there. */
  readonly atEnd: 'stop' | 'finish';
}

// Requests --------------------------------------------------------------------------------------

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

/** To where a statement is settled that the user typed, and that waits. */
export function untilSettled(debugging: Debugger, session: Session): Promise<void> {
  session.lastGrain = undefined;
  tellUnasked(debugging);
  return go(debugging, session, { direction: 1, grain: 'typed', atEnd: 'stop' }, session.cursor);
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

/** Just before the first place, which is one to stop at, too. */
const BEFORE: Place = { ...START, microstep: START.microstep - 1 };

/** From the beginning of the run to the first breakpoint, or to the end. */
export function travelOn(debugging: Debugger, session: Session): Promise<void> {
  return go(debugging, session, { direction: 1, grain: 'breakpoint', atEnd: 'finish' }, BEFORE);
}

/** The first place of all, whatever breakpoints are there. */
export function stopAtEntry(debugging: Debugger, session: Session): void {
  const breakpoints = debugging.breakpoints.active();
  const { place, hits, logs } = findStop(session.launched.run, BEFORE, 1, 'rule', breakpoints);
  const here = comparePlaces(place, START) === 0 ? hits : [];
  printLines(
    debugging,
    session,
    START,
    logs.filter((one) => comparePlaces(one.place, START) === 0),
  );
  const entry = { reason: 'entry', description: words.atEntry };
  const met = stoppedOn(debugging, momentNow(session), here);
  const both = { ...met, description: words.alsoAtEntry(met.description) };
  stopHere(debugging, session, here.length === 0 ? entry : both);
}

/** A place that the user chose. Where there is no session any more, only the views go there. */
export function travelTo(debugging: Debugger, session: Session, place: Place): void {
  session.trail.length = 0;
  session.lastGrain = undefined;
  arrive(debugging, session, place, 'goto');
}

/** The same, where no request of the client's own moves the cursor. */
export function travelUnasked(debugging: Debugger, session: Session, place: Place): void {
  if (debugging.phase !== 'ended') tellUnasked(debugging);
  travelTo(debugging, session, place);
}

/** Without this a client that has not asked for a move would keep what it knows of the other threads. */
export function tellUnasked({ send }: Debugger): void {
  send('continued', { threadId: 1, allThreadsContinued: true });
}

function arrive(
  debugging: Debugger,
  session: Session,
  place: Place,
  reason: 'goto' | 'step',
): void {
  session.cursor = place;
  const description = reason === 'goto' ? words.afterTravel : words.afterStep;
  stopHere(debugging, session, { reason, description });
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

// Searching -------------------------------------------------------------------------------------

function atEnd({ cursor, launched: { run } }: Session): boolean {
  return cursor.step >= run.timeline.length() && run.timeline.extend() === undefined;
}

async function go(debugging: Debugger, session: Session, move: Move, from: Place): Promise<void> {
  debugging.phase = 'running';
  session.stopped = undefined;
  session.pausing = false;
  const progress = beginProgress(debugging, session);
  try {
    await search(debugging, session, move, from, progress.update);
  } finally {
    progress.end();
  }
}

async function search(
  debugging: Debugger,
  session: Session,
  move: Move,
  from: Place,
  update: (place: Place) => void,
): Promise<void> {
  const { launched } = session;
  let place = from;
  let done = false;
  let turn = Date.now() + TURN;
  for (;;) {
    // What was set in the meantime counts from here on.
    const breakpoints = launched.noDebug ? [] : debugging.breakpoints.active();
    const how = { enough: portionOfTurn(turn), passing: isUnwatched(session), done };
    const stop = findStop(launched.run, place, move.direction, move.grain, breakpoints, how);
    if (move.direction > 0) printLines(debugging, session, stop.place, stop.logs);
    // Once begun, it has read the step where it is interrupted: reading it again, whole, would copy a state each time.
    done ||= stop.place !== place;
    place = stop.place;
    if (stop.reason !== 'budget') return land(debugging, session, move, stop);
    update(place);
    // While its steps are at hand: the diagram, if somebody looks at it.
    session.feed.follow();
    if (Date.now() < turn) continue;
    await othersTurn();
    turn = Date.now() + TURN;
    if (session.cancelled) return;
    if (session.pausing) {
      session.cursor = place;
      return stopHere(debugging, session, { reason: 'pause', description: words.onPause });
    }
  }
}

/** Nobody wants the steps of a long run as they come: no diagram, and no console that tells of every rule. */
function isUnwatched({ feed, launched: { level } }: Session): boolean {
  return level !== 'rules' && !feed.isShown();
}

function land(debugging: Debugger, session: Session, move: Move, stop: Stop): void {
  if (stop.reason === 'end') {
    landAtEnd(debugging, session, move);
  } else {
    session.cursor = stop.place;
    const entry = { reason: 'entry', description: words.atEntry };
    const reached = () => stoppedOn(debugging, momentNow(session), stop.hits);
    stopHere(debugging, session, stop.reason === 'entry' ? entry : reached());
  }
}

/** A run that was not to end yet, by a limit or by steps, is kept where it ended once. */
function landAtEnd(debugging: Debugger, session: Session, move: Move): void {
  const { run, noDebug } = session.launched;
  const end = results(run);
  const already = session.cursor.step >= run.timeline.length();
  session.cursor = endOf(run);
  const limited = end.ended?.kind === 'limit' && !noDebug && !already;
  if (move.atEnd === 'finish' && !limited) {
    finish(debugging, session, end);
  } else {
    const text = limited ? (end.ended?.reason ?? '') : words.endText;
    const description = limited ? words.atLimit : words.atEnd;
    stopHere(debugging, session, { reason: 'step', description, text });
  }
}

/** Prints what came of the run and ends the session; the views keep the record. */
function finish(debugging: Debugger, session: Session, end: Results): void {
  const good = end.verdict === 'passed';
  const output = `${words.resultText(end)}\n`;
  debugging.phase = 'ended';
  printLeftOut(debugging);
  debugging.send('output', { category: good ? 'stdout' : 'stderr', output });
  tellMoved(debugging, session);
  debugging.send('exited', { exitCode: good ? 0 : 1 });
  debugging.send('terminated');
}

/** Tells everybody that the run stands still at the cursor, and why. */
export function stopHere(debugging: Debugger, session: Session, stopped: Stopped): void {
  const { cursor, launched } = session;
  printLines(debugging, session, cursor, []);
  printLeftOut(debugging);
  session.stopped = stopped;
  if (debugging.phase !== 'ended') debugging.phase = 'stopped';
  tellMoved(debugging, session);
  if (debugging.phase === 'ended') return;
  const { exception, ...said } = stopped;
  const focus =
    cursor.step < launched.run.timeline.length() ? focusOf(momentNow(session)) : lastFocus(session);
  const thread = threadId(session, focus);
  debugging.send('stopped', { ...said, threadId: thread, allThreadsStopped: true });
}

/** At the end nobody's event is next: the host that had the last one keeps the focus. */
function lastFocus({ launched: { run } }: Session): string | undefined {
  const SPAN = 1_000;
  const length = run.timeline.length();
  for (let step = length - 1; step >= Math.max(0, length - SPAN); step--) {
    const { host } = run.timeline.step(step);
    if (host !== undefined) return host;
  }
  return undefined;
}

/** Documents and views first: what the client opens on `stopped` is up to date then. */
function tellMoved(debugging: Debugger, session: Session): void {
  const { cursor, feed } = session;
  debugging.send('tcpflow/moved', { ...cursor });
  tellViews(debugging, feed.moved(cursor));
  void layOutRest(debugging, session);
}
