/** Lines of the console lead to their statements: what the client is given for that, and reads again. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debugger } from './debugger.js';
import { joinPath, splitPath } from './handles.js';
import type { Printed } from './output.js';
import { placeInSource } from './sources.js';

/** How the paths of such references begin. */
const LINE = 'line';

/** What an output event says of where its line leads. */
export function linkTo(
  debugging: Debugger,
  line: Printed,
): Partial<DebugProtocol.OutputEvent['body']> {
  const { output, handles, client } = debugging;
  const reference = handles.idOf(joinPath(LINE, String(output.keep(line))));
  return {
    ...placeInSource(debugging, line.written),
    locationReference: reference,
    // VS Code follows such a reference at a variable only; one that is alone it shows as the line itself.
    ...(client.isVsCode ? { variablesReference: reference } : {}),
  };
}

/** The line that a reference was given for; undefined for a reference that is none of a line. */
export function printedLine(
  { handles, output }: Debugger,
  reference: unknown,
): Printed | undefined {
  const path = typeof reference === 'number' ? handles.pathOf(reference) : undefined;
  const [kind, number] = splitPath(path ?? '');
  return kind === LINE ? output.printed(Number(number)) : undefined;
}

/** The only variable of a line's reference. It is asked for while the run goes on, too. */
export function lineVariable(
  debugging: Debugger,
  reference: unknown,
): DebugProtocol.Variable | undefined {
  const line = printedLine(debugging, reference);
  if (line === undefined) return undefined;
  const valueLocationReference = reference as number;
  return { name: '', value: line.text, variablesReference: 0, valueLocationReference };
}
