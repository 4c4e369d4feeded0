/** What the debugger says when it cannot do what was asked. One voice, one file. */

import { listed, suggest } from '../lang/suggest.js';

/** Not our defect: a wrong path, a wrong attribute, a request that does not fit the moment. */
export class UserError extends Error {
  /** `shown`: the editor shows it in a dialog; otherwise it only answers the request. */
  constructor(
    readonly id: number,
    message: string,
    readonly shown: boolean,
  ) {
    super(message);
  }
}

// Launching -------------------------------------------------------------------------------------

export function noProgram(): UserError {
  return new UserError(
    101,
    'The launch configuration names no script. Set "program" to a .tcpflow file.',
    true,
  );
}

export function wrongAttribute(name: string, seen: unknown, wanted: string): UserError {
  return new UserError(
    102,
    `The launch attribute "${name}" is ${shown(seen)}. It should be ${wanted}.`,
    true,
  );
}

export function nothingToAttachTo(): UserError {
  return new UserError(
    110,
    'There is nothing to attach to: a run begins with "launch". Set "request" to "launch" and "program" to a script.',
    true,
  );
}

export function unreadable(path: string, cause: unknown): UserError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  if (code === 'ENOENT' || code === 'FileNotFound') {
    return new UserError(103, `There is no file ${path}.`, true);
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(104, `${path} cannot be read: ${reason}`, true);
}

export function emptyScript(path: string): UserError {
  return new UserError(
    105,
    `${path} is empty. A script needs a host and a statement, such as: host client, then client: connect server:80`,
    true,
  );
}

export function noStatements(path: string): UserError {
  return new UserError(
    109,
    `${path} has nothing to run. Write a statement after the hosts, such as: client: connect server:80`,
    true,
  );
}

/** `first` as `file:line:column: message`. */
export function scriptErrors(first: string, more: number): UserError {
  const rest = more > 0 ? ` (and ${more} more; the Problems view lists them)` : '';
  return new UserError(107, `${first}${rest}`, true);
}

export function unknownScenario(name: string, path: string, known: readonly string[]): UserError {
  const near = suggest(name, known);
  const hint =
    near !== undefined
      ? `Did you mean "${near}"?`
      : known.length === 0
        ? 'It has none: leave the attribute "scenario" out.'
        : `It has ${listed(known.map((one) => `"${one}"`))}.`;
  return new UserError(108, `${path} has no scenario "${name}". ${hint}`, true);
}

// Requests that do not fit the moment -----------------------------------------------------------

export function notLaunched(command: string): UserError {
  return new UserError(201, `"${command}" needs a run: send "launch" first.`, false);
}

export function alreadyLaunched(): UserError {
  return new UserError(202, 'A script runs in this session already: use "restart".', false);
}

export function initializedLate(): UserError {
  return new UserError(216, '"initialize" comes first: a script was launched already.', false);
}

export function runEnded(command: string): UserError {
  return new UserError(203, `"${command}" came after the end of the session.`, false);
}

export function stillRunning(command: string): UserError {
  return new UserError(
    204,
    `"${command}" needs a stop: the run goes on. Send "pause" first.`,
    false,
  );
}

export function unknownCommand(command: string): UserError {
  return new UserError(205, `This debugger does not know the request "${command}".`, false);
}

/** What was sent as a value, short: it may be anything. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `"${called(value)}"` : called(value);
}

/** The same, of what was sent as a name or a number. */
function called(value: unknown): string {
  if (value === undefined) return '(none given)';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** `wanted`: the kind of value that the protocol has there. */
export function wrongArgument(
  command: string,
  name: string,
  seen: unknown,
  wanted: string,
): UserError {
  const article = wanted === 'object' ? 'an' : 'a';
  return new UserError(
    215,
    `"${command}" has ${shown(seen)} as its ${name}: it should be ${article} ${wanted}.`,
    false,
  );
}

export function unknownThread(id: unknown): UserError {
  return new UserError(206, `There is no thread ${called(id)}: ask for "threads".`, false);
}

export function noHost(): UserError {
  return new UserError(
    214,
    'The network has no events of its own: choose the thread of a host.',
    false,
  );
}

export function unknownFrame(id: unknown): UserError {
  return new UserError(
    207,
    `There is no stack frame ${called(id)} at this stop: ask for "stackTrace".`,
    false,
  );
}

export function unknownReference(id: unknown): UserError {
  return new UserError(
    208,
    `There is no variables reference ${called(id)} at this stop: ask for "scopes" or "variables".`,
    false,
  );
}

export function unknownLocation(id: unknown): UserError {
  return new UserError(
    217,
    `There is no location reference ${called(id)}: lines of the console and variables have them.`,
    false,
  );
}

export function unknownSource(what: unknown): UserError {
  return new UserError(
    209,
    `There is no source ${called(what)}. Scripts are read from their files.`,
    false,
  );
}

export function unknownTarget(id: unknown): UserError {
  return new UserError(210, `There is no target ${called(id)}: ask for "gotoTargets".`, false);
}

export function cannotRestart(name: string): UserError {
  return new UserError(211, `"${name}" has no beginning to go back to.`, false);
}

export function wrongPlace(step: unknown, microstep: unknown, length: number): UserError {
  return new UserError(
    212,
    `There is no place ${called(step)}/${shown(microstep)} in the record: steps 0 to ${length - 1} are recorded so far.`,
    false,
  );
}

export function notAnException(): UserError {
  return new UserError(213, 'The debugger did not stop on an exception filter here.', false);
}

/** The evaluator's own words, as the answer to a hover, a watch or the console. */
export function expressionError(text: string): UserError {
  return new UserError(301, text, false);
}

// Edits -----------------------------------------------------------------------------------------

/** `reason`: a sentence that says why not. */
export function cannotEdit(reason: string): UserError {
  return new UserError(401, reason, false);
}

export function notAssignable(name: string): UserError {
  return new UserError(
    403,
    `"${name}" cannot be set. Windows, sequence numbers, RTO and timers of a connection can (client.SND.WND), fields of a segment under way (#3.ack), and links (client--server.loss).`,
    false,
  );
}

export function wrongValue(name: string, text: string, wanted: string): UserError {
  const value = text.trim() === '' ? 'nothing' : text;
  return new UserError(404, `${name} cannot be ${value}: it is ${wanted}.`, false);
}

export function unknownChoice(id: unknown): UserError {
  return new UserError(
    405,
    `There is no target ${called(id)} at this stop: ask for "stepInTargets".`,
    false,
  );
}

export function unknownMemory(reference: unknown): UserError {
  return new UserError(
    406,
    `There is no memory ${called(reference)} at this stop: segments have one, named by their numbers, such as #3.`,
    false,
  );
}

// Defects ---------------------------------------------------------------------------------------

/** A defect of ours: what a report needs. */
export function ourDefect(command: string, error: unknown, where: string): UserError {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);
  return new UserError(
    900,
    `TCP Flow has a defect: please report it with the script. "${command}" ${where}: ${text}`,
    true,
  );
}

// Locations -------------------------------------------------------------------------------------

export function noLocation(name: string): UserError {
  return new UserError(502, `No statement is known that ${name} goes back to.`, false);
}

export function noVariable(name: string): UserError {
  return new UserError(
    503,
    `"${name}" is no variable of a connection that exists here: write one such as server.c1.SND.NXT.`,
    true,
  );
}
