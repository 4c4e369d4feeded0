/** From a value to the statement and the moment that last changed it: a search back through the record, in slices. */

import type { Place as Written } from '../lang/program.js';
import { connectionField } from '../run/fields.js';
import { printValue } from '../run/values.js';
import type { Place, Step } from '../sim/step.js';
import type { ConnectionRef, Microstep } from '../tcp/rule.js';
import { stopHere, travelUnasked } from './cursor.js';
import {
  type Answer,
  type Debugger,
  momentNow,
  othersTurn,
  type Session,
  stoppedSession,
} from './debugger.js';
import * as errors from './errors.js';
import { splitPath } from './handles.js';
import type { Item } from './items.js';
import { entryByName, subjectAt } from './moment.js';
import { beginProgress } from './progress.js';
import { LOCATION } from './value-links.js';
import { itemOfReference } from './variables.js';
import { readVariable, type Variable } from './watched.js';
import * as words from './words.js';

/** Steps that are looked at before others get their turn. */
const SLICE = 2_000;
/** How far back the statement behind a value is looked for; going there oneself has no such end. */
const FAR = 200_000;

/** The statement that a value's reference leads to; undefined for a reference that is none of a value. */
export async function statementBehind(
  debugging: Debugger,
  reference: unknown,
): Promise<Written | undefined> {
  const path = typeof reference === 'number' ? debugging.handles.pathOf(reference) : undefined;
  const [kind, what, ...rest] = splitPath(path ?? '');
  if (kind !== LOCATION) return undefined;
  const session = stoppedSession(debugging, 'locations');
  const place = await placeBehind(debugging, session, what, rest);
  const { run } = session.launched;
  const origin = place === undefined ? -1 : run.timeline.step(place.step).origin;
  const instruction = run.program.instructions[origin];
  if (instruction === undefined) throw errors.noLocation(rest.join('.'));
  return instruction.place;
}

async function placeBehind(
  debugging: Debugger,
  session: Session,
  what: string | undefined,
  [name = '', microstep = '']: readonly string[],
): Promise<Place | undefined> {
  const { program, timeline } = session.launched.run;
  if (what === 'place') {
    const place = { step: Number(name), microstep: Number(microstep) };
    return place.step < timeline.length() ? place : undefined;
  }
  if (what === 'connection') {
    const [host = '', connection = ''] = name.split('.');
    const entry = entryByName(momentNow(session), host, connection);
    return entry && session.past.lives.created(entry.ref);
  }
  const variable = readVariable(name, program);
  const search = variable && searchBack(session, variable);
  if (search === undefined) return undefined;
  const { cursor } = session;
  for (let slice = 0; slice < FAR / SLICE; slice++) {
    const found = search(SLICE);
    if (found !== 'more') return found;
    await othersTurn();
    // Whoever has moved on does not wait for this any more.
    if (session.cancelled || debugging.phase !== 'stopped' || session.cursor !== cursor) break;
  }
  return undefined;
}

/** Goes on looking back for so many steps: the place of the last change, `more` when it is not among them. */
type Search = (steps: number) => Place | undefined | 'more';

/** The last change of a variable before the one that the cursor stands at; undefined when there is no such connection. */
function searchBack(
  session: Session,
  variable: Variable,
  from = session.cursor,
): Search | undefined {
  const { timeline } = session.launched.run;
  const moment = momentNow(session);
  const { host, connection, path } = variable;
  const entry =
    connection === undefined ? subjectAt(moment, host) : entryByName(moment, host, connection);
  if (entry === undefined) return undefined;
  let index = Math.min(from.step, timeline.length() - 1);
  return (steps) => {
    for (const last = Math.max(-1, index - steps); index > last; index--) {
      const step = timeline.step(index);
      const end = index === from.step ? from.microstep : step.microsteps.length - 1;
      const microstep = lastChangeIn(step, end, entry.ref, path);
      if (microstep !== undefined) return { step: index, microstep };
    }
    return index < 0 ? undefined : 'more';
  };
}

function lastChangeIn(
  { microsteps }: Step,
  end: number,
  ref: ConnectionRef,
  path: string,
): number | undefined {
  for (let k = Math.min(end, microsteps.length - 1); k >= 0; k--) {
    if (changes(microsteps[k] as Microstep, ref, path)) return k;
  }
  return undefined;
}

/** Whether a rule gave this variable another value, or its first one. */
function changes(
  { connection, before, after }: Microstep,
  ref: ConnectionRef,
  path: string,
): boolean {
  if (connection?.host !== ref.host || connection.id !== ref.id || before === after) return false;
  const is = after && connectionField(after, path);
  const was = before && connectionField(before, path);
  if (is === undefined) return false;
  return was === undefined || printValue(was) !== printValue(is);
}

/**
 * Travels to the moment that last changed a variable: `{ expression }`, or a row by `{ variablesReference, name }`. At that moment
 * itself, to the change before it. A long search shows its progress, and can be cancelled or paused.
 */
export function goToLastChange(
  debugging: Debugger,
  args: {
    readonly expression?: unknown;
    readonly variablesReference?: unknown;
    readonly name?: unknown;
  },
): Answer {
  const session = stoppedSession(debugging, 'tcpflow/lastChange');
  const item = rowOf(debugging, session, args);
  if (item?.moment) {
    const { moment } = item;
    return { after: () => travelUnasked(debugging, session, moment) };
  }
  const name = item?.evaluateName ?? String(args.expression ?? '');
  const variable = readVariable(name, session.launched.run.program);
  const search = variable && searchBack(session, variable, justBefore(session.cursor));
  if (search === undefined) throw errors.noVariable(name);
  return { after: () => searchAndTravel(debugging, session, name, search) };
}

function rowOf(
  debugging: Debugger,
  session: Session,
  { variablesReference, name }: { readonly variablesReference?: unknown; readonly name?: unknown },
): Item | undefined {
  if (typeof variablesReference !== 'number' || typeof name !== 'string') return undefined;
  return itemOfReference(debugging, session, variablesReference, name).item;
}

/** The change that just happened is not asked for: it is in sight. */
function justBefore({ step, microstep }: Place): Place {
  return microstep < 0 ? { step, microstep: -2 } : { step, microstep: microstep - 1 };
}

async function searchAndTravel(
  debugging: Debugger,
  session: Session,
  name: string,
  search: Search,
): Promise<void> {
  debugging.phase = 'running';
  session.pausing = false;
  const { stopped } = session;
  const found = await searchInSlices(debugging, session, search);
  if (session.cancelled) return;
  debugging.phase = 'stopped';
  if (typeof found === 'object') return travelUnasked(debugging, session, found);
  const text = found === undefined ? words.neverChanged(name) : words.searchEnded(name);
  const { reason, description } = stopped ?? { reason: 'pause', description: words.onPause };
  debugging.send('output', { category: 'console', output: `${text}\n` });
  stopHere(debugging, session, { reason, description, text });
}

/** Ends where the search does, or with a pause, or with the session. */
async function searchInSlices(
  debugging: Debugger,
  session: Session,
  search: Search,
): Promise<ReturnType<Search>> {
  const { step } = session.cursor;
  const progress = beginProgress(debugging, session);
  try {
    let found = search(SLICE);
    for (let looked = SLICE; found === 'more' && !session.pausing; looked += SLICE) {
      progress.update({ step: Math.max(0, step - looked), microstep: -1 });
      await othersTurn();
      if (session.cancelled) return undefined;
      found = search(SLICE);
    }
    return found;
  } finally {
    progress.end();
  }
}
