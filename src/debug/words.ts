/** What the debugger says of breakpoints, stops and results. One voice, one file; refusals are in `errors.ts`. */

import type { Results } from '../run/run.js';
import { type Microstep, moveOf } from '../tcp/rule.js';
import type { Variable } from './data-breakpoints.js';

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

export function noSuchFilter(filter: string): string {
  return `There is no filter "${filter}".`;
}

export function noSuchVariable(name: string): string {
  return `"${name}" is no variable of a connection. Write one such as server.c1.SND.NXT.`;
}

/** `server.c1: SND.NXT changes`. */
export function variableChanges({ host, connection, path }: Variable): string {
  const owner = connection === undefined ? host : `${host}.${connection}`;
  return `${owner}: ${path.toUpperCase()} changes`;
}

export const noConnection = 'Only a variable of a connection, such as SND.NXT, can be watched.';

export const noExpression = 'Type an expression such as SND.NXT == ISS + 1.';

export function wrongCondition(condition: string, why: string): string {
  return `The condition "${condition}" cannot be evaluated: ${why}`;
}

export function wrongHitCount(text: string): string {
  return `The hit count "${text}" is not understood. Write 5 (only the fifth), >= 3, or % 2 (every second).`;
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
export const onBreakpoint = 'Paused on a breakpoint';
export const onChange = 'Paused on a change';
export const atLimit = 'Paused at a limit of the run';
export const endText =
  'The script is over. Step back to look at what happened; any move forward ends the session.';

/** `Paused on entering SYN_RCVD`; it stands beside the thread, which is the host. */
export function onTransition(microstep: Microstep): string | undefined {
  const to = microstep.after?.state;
  if (moveOf(microstep) === undefined || to === undefined) return undefined;
  return `Paused on entering ${to}`;
}

export function onRule(microstep: Microstep): string {
  return `Paused on ${microstep.rule.title}`;
}

export function onFilter(label: string): string {
  return `Paused on: ${label}`;
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
