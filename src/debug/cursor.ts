/** Moving the cursor: each move is a search for the next place to stop at, in slices, so that a pause is heard. */

import type { Enough } from '../run/breakpoint.js';
import { endOf, START } from '../run/places.js';
import { type Results, results } from '../run/run.js';
import { findStop, type Grain, type Hit, type Stop } from '../run/stop.js';
import type { Place } from '../sim/step.js';
import { type Debugger, momentNow, othersTurn, type Session, type Stopped } from './debugger.js';
import { focusOf } from './moment.js';
import { printLeftOut, printLines } from './output.js';
import { beginProgress } from './progress.js';
import { threadId } from './stack.js';
import { stoppedOn } from './stops.js';
import { layOutRest, tellViews } from './view-feed.js';
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

/** A search for a place to stop at. */
export interface Move {
  readonly direction: 1 | -1;
  readonly grain: Grain;
  /** Whether it stops at the end of the run, or ends the session there. */
  readonly atEnd: 'stop' | 'finish';
}

/** To where a statement is settled that the user typed, and that waits. */
export function untilSettled(debugging: Debugger, session: Session): Promise<void> {
  session.lastGrain = undefined;
  tellUnasked(debugging);
  return go(debugging, session, { direction: 1, grain: 'typed', atEnd: 'stop' }, session.cursor);
}

/** Just before the first place, which is one to stop at, too. */
const BEFORE: Place = { ...START, microstep: START.microstep - 1 };

/** From the beginning of the run to the first breakpoint, or to the end. */
export function travelOn(debugging: Debugger, session: Session): Promise<void> {
  return go(debugging, session, { direction: 1, grain: 'breakpoint', atEnd: 'finish' }, BEFORE);
}

/** The first place of all, a statement, whatever breakpoints are there. */
export function stopAtEntry(debugging: Debugger, session: Session): void {
  const breakpoints = debugging.breakpoints.active();
  const { hits, logs } = findStop(session.launched.run, BEFORE, 1, 'statement', breakpoints);
  printLines(debugging, session, START, logs);
  const met = hitsHere(debugging, session, hits);
  const both = { ...met, description: words.alsoAtEntry(met.description) };
  stopHere(debugging, session, hits.length === 0 ? AT_ENTRY : both);
}

const AT_ENTRY: Stopped = { reason: 'entry', description: words.atEntry };

function hitsHere(debugging: Debugger, session: Session, hits: readonly Hit[]): Stopped {
  return stoppedOn(debugging, momentNow(session), hits);
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

/** Stands still at a place that is known. */
export function arrive(
  debugging: Debugger,
  session: Session,
  place: Place,
  reason: 'goto' | 'step',
): void {
  session.cursor = place;
  const description = reason === 'goto' ? words.afterTravel : words.afterStep;
  stopHere(debugging, session, { reason, description });
}

// Searching -------------------------------------------------------------------------------------

/** Moves the cursor from a place on, and tells everybody where it has come to stand. */
export async function go(
  debugging: Debugger,
  session: Session,
  move: Move,
  from: Place,
): Promise<void> {
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
    printLines(debugging, session, stop.place, stop.logs);
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
    const reached = stop.reason === 'entry' ? AT_ENTRY : hitsHere(debugging, session, stop.hits);
    stopHere(debugging, session, reached);
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
