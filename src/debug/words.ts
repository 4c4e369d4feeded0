/** What the debugger says of breakpoints, stops and results. One voice, one file; refusals are in `errors.ts`. */

import { listed, suggest } from '../lang/suggest.js';
import { variableName } from '../run/data-breakpoint.js';
import type { Results } from '../run/run.js';
import type { SpotKind } from '../run/spots.js';
import { type Microstep, moveOf } from '../tcp/rule.js';
import type { Variable } from './watched.js';

// Breakpoints -----------------------------------------------------------------------------------

export const notLaunchedYet = 'No script is being debugged yet.';

export function otherFile(path: string): string {
  return `This file is not part of the run: ${path} is being debugged.`;
}

export function pastTheEnd(lines: number): string {
  return `The script has ${lines} line${lines === 1 ? '' : 's'}.`;
}

export function otherScenario(name: string, running: string): string {
  return `This line belongs to the scenario "${name}"; "${running}" is being debugged.`;
}

export function noStatementAfter(last: number | undefined): string {
  return last === undefined
    ? 'The scenario has no statements.'
    : `No statement follows: the last one is on line ${last + 1}.`;
}

export const noRuleAfter = 'No rule follows this line.';

export function noSuchFilter(filter: string, known: readonly string[]): string {
  const near = suggest(filter, known);
  const hint = near === undefined ? `There are ${listed(known)}.` : `Did you mean "${near}"?`;
  return `There is no filter "${filter}". ${hint}`;
}

export function noSuchVariable(name: string, why: string | undefined): string {
  if (why !== undefined) return `"${name}" cannot be watched: ${why}`;
  return `"${name}" is nothing that can be watched. Write a variable such as server.c1.SND.NXT, an expression, or numbers such as server.c1 sent 100..199.`;
}

/** What a breakpoint in the middle of a line is for; nothing for one at its beginning. */
export function atSpot(kind: SpotKind): string | undefined {
  switch (kind) {
    case 'reached':
      return undefined;
    case 'leaves':
      return "one of the statement's segments leaves";
    case 'arrives':
      return "one of the statement's segments arrives";
    case 'settled':
      return 'the statement is settled';
  }
}

/** `server.c1: SND.NXT changes`. */
export function variableChanges({ host, connection, path }: Variable): string {
  const owner = connection === undefined ? host : `${host}.${connection}`;
  return `${owner}: ${variableName(path)} changes`;
}

/** `server: syn-queue changes`. */
export function counterChanges(host: string, field: string): string {
  return `${host}: ${field} changes`;
}

export function expressionChanges(text: string): string {
  return `${text} changes`;
}

/** `server.c1: 1000..1999 sent or acknowledged`. */
export function numbersHappen(owner: string, range: string, happenings: readonly string[]): string {
  return `${owner === '' ? 'anybody' : owner}: ${range} ${listed(happenings, 'or')}`;
}

export function noSuchAccess(what: string, access: string, possible: readonly string[]): string {
  return `"${what}" cannot be watched for "${access}", but for "${possible.join('", "')}".`;
}

export const notWatchable =
  'Nothing here can be watched. A variable of a connection can (SND.NXT), a counter of a host (syn-queue), an expression, and sequence numbers (server.c1 sent 100..199).';

export const noExpression = 'Type an expression such as SND.NXT == ISS + 1.';

export function wrongCondition(condition: string, why: string): string {
  return `The condition "${condition}" cannot be evaluated: ${why}`;
}

export function wrongHitCount(text: string): string {
  return `The hit count "${text}" is not understood. Write 5 (only the fifth), >= 3, or % 2 (every second).`;
}

/** `what`: a hit count or a log message. */
export function twice(what: string): string {
  return `The ${what} is given twice: once in its field, and once at the end of the condition.`;
}

export function wrongLogMessage(text: string, why: string): string {
  return `The log message "${text}" cannot be read: ${why}`;
}

// Stops -----------------------------------------------------------------------------------------

export const atEntry = 'Paused at the first statement';
export const atEnd = 'Paused at the end of the run';
export const afterStep = 'Paused after a step';
export const onPause = 'Paused by you';
export const afterTravel = 'Paused after travelling';
export const afterEdit = 'Paused after an edit';
export const atLimit = 'Paused at a limit of the run';
export const endText =
  'The script is over. Step back to look at what happened; any move forward ends the session.';

/** `Paused on entering SYN_RCVD`; it stands beside the thread, which is the host. */
export function onSeveral(what: readonly string[]): string {
  return `Paused on ${listed(what)}`;
}

/** `Paused at the first statement, on a breakpoint`, of what `onSeveral` says. */
export function alsoAtEntry(paused: string): string {
  return paused.replace(/^Paused/, `${atEntry},`);
}

export const breakpoint = 'a breakpoint';
export const change = 'a change';

/** `entering SYN_RCVD`. */
export function entering(microstep: Microstep): string | undefined {
  const to = microstep.after?.state;
  return moveOf(microstep) === undefined || to === undefined ? undefined : `entering ${to}`;
}

// Edits -----------------------------------------------------------------------------------------

export const networkStays = 'The network cannot crash. Cut a path instead: cut client -- server.';

export function frameEnds(length: number): string {
  return `The frame ends after ${length} octets: a segment cannot grow here.`;
}

export function onlyTcp(first: number): string {
  return `Only TCP can be altered: its header begins at octet ${first}, before it are Ethernet and IP.`;
}

export function noSegment(reason: string): string {
  return `These octets are no segment: ${reason}.`;
}

export const noBase64 = 'The octets are expected in base64.';

export function tooLongToSave(length: number, most: number): string {
  return `A run of ${length} events is not saved as a script: at most ${most} are. Go back, or launch it with a smaller maxSteps.`;
}

/** `happening`: the first that is not found again, with its time in microseconds. */
export function notTheSame(happening: string): string {
  return `No script says exactly what was done in this run: it would miss "${happening}".`;
}

// Long searches ---------------------------------------------------------------------------------

export const searching = 'Running';

/** `event 120000, 64.010000 s`. */
export function searched(event: number, time: string): string {
  return `event ${event}, ${time} s`;
}

// Last changes ----------------------------------------------------------------------------------

export function neverChanged(name: string): string {
  return `${name} has not changed before.`;
}

export function searchEnded(name: string): string {
  return `The search for the last change of ${name} was ended; the cursor is where it was.`;
}

// Results ---------------------------------------------------------------------------------------

/** `6 of 6 expectations hold.`, or what does not. */
export function resultText({ passed, failed, blank, ended }: Results): string {
  const all = passed + failed + blank;
  const limit = ended?.kind === 'limit' ? `The run was ${ended.reason}.\n` : '';
  if (all === 0) return `${limit}The run is over. The script expects nothing.`;
  const parts = [
    `${passed} of ${all} expectation${all === 1 ? '' : 's'} hold${all === 1 && passed === 1 ? 's' : ''}`,
  ];
  if (failed > 0) parts.push(`${failed} ${failed === 1 ? 'does' : 'do'} not`);
  if (blank > 0) parts.push(`${blank} ${blank === 1 ? 'is' : 'are'} not answered`);
  return `${limit}${parts.join(', ')}.`;
}

// The console --------------------------------------------------------------------------------------

/** What can be typed there. */
export const consoleHelp = [
  'An expression:    SND.NXT - SND.UNA, server.c1.STATE, seg, server.syn-queue >= 2',
  'A statement:      client: close, drop client -> server ACK, wait 10ms, crash server',
  'Another value:    client.SND.WND = 0, #3.ack = 301, client--server.loss = 50',
  'An old number:    mistaken(4000)',
  'A name without a host is of the frame that is chosen in the Call Stack.',
].join('\n');
