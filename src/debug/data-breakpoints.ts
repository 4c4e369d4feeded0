/** Data breakpoints: which variable of which connection is meant, by a row of the Variables view or by an expression. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Program } from '../lang/program.js';
import { connectionField } from '../run/fields.js';
import { ANY_TCB } from './conditions.js';
import { type Answer, type Debugger, momentNow, type Session, stoppedSession } from './debugger.js';
import { momentOf } from './frames.js';
import { frameOfId, itemOfReference } from './inspect.js';
import { subjectAt } from './moment.js';
import * as words from './words.js';

/** A variable of a connection; its id in the protocol is `host.connection.path`. */
export interface Variable {
  readonly host: string;
  /** Undefined: any of the host's. */
  readonly connection: string | undefined;
  /** In lower case: `snd.nxt`. */
  readonly path: string;
}

/** Reads `server.c1.SND.NXT` or `server.SND.NXT`; undefined when no connection has such a variable. */
export function readVariable(name: string, { hosts }: Program): Variable | undefined {
  const [host = '', ...rest] = name.trim().split('.');
  if (!hosts.some((one) => one.name === host && one.role === 'host')) return undefined;
  const whole = rest.join('.').toLowerCase();
  if (isVariable(whole)) return { host, connection: undefined, path: whole };
  const path = rest.slice(1).join('.').toLowerCase();
  return isVariable(path) ? { host, connection: rest[0], path } : undefined;
}

function isVariable(path: string): boolean {
  const value = path === '' ? undefined : connectionField(ANY_TCB, path);
  return value !== undefined && value.kind !== 'parts';
}

/** What a stop on a change of this variable would be called; without an id when it cannot be had, and why. */
export function dataBreakpointInfo(
  debugging: Debugger,
  args: Partial<DebugProtocol.DataBreakpointInfoArguments>,
): Answer {
  const session = stoppedSession(debugging, 'dataBreakpointInfo');
  const { program } = session.launched.run;
  const name = wholeName(debugging, session, args);
  const variable = name === undefined ? undefined : readVariable(name, program);
  if (variable === undefined) return { body: { dataId: null, description: words.noConnection } };
  const { host, connection, path } = variable;
  const dataId = [host, ...(connection === undefined ? [] : [connection]), path].join('.');
  const description = words.variableChanges(variable);
  return { body: { dataId, description, accessTypes: ['write'], canPersist: true } };
}

/** The variable's name from its host on. */
function wholeName(
  debugging: Debugger,
  session: Session,
  { variablesReference, name = '', frameId }: Partial<DebugProtocol.DataBreakpointInfoArguments>,
): string | undefined {
  if (variablesReference) {
    return itemOfReference(debugging, session, variablesReference, name).item?.evaluateName;
  }
  const known = readVariable(name, session.launched.run.program);
  if (known !== undefined || frameId === undefined) return name;
  const frame = frameOfId(debugging, session, frameId);
  const entry = frame.host && subjectAt(momentOf(momentNow(session), frame), frame.host);
  return entry ? `${frame.host}.${entry.name}.${name}` : undefined;
}
