/** Values lead to the statement that last changed them: what the client is given for that. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debugger } from './debugger.js';
import { joinPath } from './handles.js';
import type { Item } from './items.js';
import { readVariable } from './watched.js';

/** How the paths of such references begin. */
export const LOCATION = 'location';

type References = Pick<
  DebugProtocol.Variable,
  'valueLocationReference' | 'declarationLocationReference'
>;

/**
 * Where a value comes from, for clients that follow it: the statement that last changed it, the one that made its connection,
 * or that of the moment which it tells of. Nothing is looked for before somebody asks. Also what the editor's menu goes by.
 */
export function locationsOf(
  { handles, session }: Debugger,
  { evaluateName, moment, type }: Item,
  host?: string,
): References & { readonly __vscodeVariableMenuContext?: string } {
  if (moment !== undefined) {
    const { step, microstep } = moment;
    const path = joinPath(LOCATION, 'place', String(step), String(microstep));
    return { valueLocationReference: handles.idOf(path), __vscodeVariableMenuContext: 'moment' };
  }
  if (evaluateName === undefined || session === undefined) return {};
  if (type === 'connection') {
    const path = joinPath(LOCATION, 'connection', evaluateName);
    return { declarationLocationReference: handles.idOf(path) };
  }
  const { program } = session.launched.run;
  const known =
    readVariable(evaluateName, program) ??
    (host === undefined ? undefined : readVariable(`${host}.${evaluateName}`, program));
  if (known === undefined) return {};
  const name = [known.host, ...(known.connection ? [known.connection] : []), known.path].join('.');
  const path = joinPath(LOCATION, 'change', name);
  return { valueLocationReference: handles.idOf(path), __vscodeVariableMenuContext: 'variable' };
}
