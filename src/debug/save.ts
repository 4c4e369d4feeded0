/** *Save run as script*: the run with its edits as a script that does the same, seen to by running it. */

import { isError } from '../lang/diagnostics.js';
import { startRun } from '../run/run.js';
import { happenings, scriptOf } from '../run/save/script.js';
import { type Answer, type Debugger, type Session, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import { compileWithIncludes } from './script.js';
import * as words from './words.js';

/** Saving looks at the whole record, and at that of the script that was made: nobody waits for more. */
const MOST_STEPS = 100_000;

/** The script of the run as it is recorded so far. */
export async function saveRun(debugging: Debugger): Promise<Answer> {
  const session = stoppedSession(debugging, 'tcpflow/script');
  const { launched } = session;
  const length = launched.run.timeline.length();
  if (length > MOST_STEPS) throw errors.cannotEdit(words.tooLongToSave(length, MOST_STEPS));
  const saved = scriptOf(launched.run, launched.text);
  if (saved.kind === 'problem') throw errors.cannotEdit(saved.message);
  const difference = await firstDifference(debugging, session, saved.text);
  if (difference !== undefined) throw errors.cannotEdit(words.notTheSame(difference));
  return { body: { text: saved.text } };
}

/** Runs the script and compares what happens with the record; undefined: it is the same as far as that goes. */
async function firstDifference(
  { environment }: Debugger,
  { launched }: Session,
  text: string,
): Promise<string | undefined> {
  const { run, path } = launched;
  const { scenario } = run.program;
  const compiled = await compileWithIncludes(environment, text, path, scenario);
  if (compiled.program === undefined) {
    return compiled.diagnostics.find(isError)?.message;
  }
  const again = startRun(compiled.program, { seed: run.seed, limits: run.limits });
  const wanted = happenings(run);
  const length = run.timeline.length();
  for (let i = 0; i < 2 * length + 100 && again.timeline.extend() !== undefined; i++);
  const got = happenings(again);
  const at = wanted.findIndex((one, i) => got[i] !== one);
  return at < 0 ? undefined : wanted[at];
}
