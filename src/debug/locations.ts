/** Where a line of the console leads: to its statement, and the cursor to its moment. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Place as Written } from '../lang/program.js';
import { travelUnasked } from './cursor.js';
import { type Answer, type Debugger, launchedSession } from './debugger.js';
import * as errors from './errors.js';
import { joinPath, splitPath } from './handles.js';
import { statementBehind } from './last-change.js';
import type { Printed } from './output.js';
import { scriptSource } from './sources.js';

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
    ...sourceOf(debugging, line.written),
    locationReference: reference,
    // VS Code follows such a reference at a variable only; one that is alone it shows as the line itself.
    ...(client.isVsCode ? { variablesReference: reference } : {}),
  };
}

function sourceOf(debugging: Debugger, { file, range: { start } }: Written) {
  const { firstLine, firstColumn } = debugging.client;
  const source = scriptSource(debugging, file);
  return { source, line: start.line + firstLine, column: start.character + firstColumn };
}

function printedLine({ handles, output }: Debugger, reference: unknown): Printed | undefined {
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

/**
 * Where a value comes from: its statement. Or a click on a line: the cursor travels if the run stands still, and its record still
 * has that moment.
 */
export async function locations(
  debugging: Debugger,
  { locationReference }: Partial<DebugProtocol.LocationsArguments>,
): Promise<Answer> {
  const session = launchedSession(debugging, 'locations');
  const behind = await statementBehind(debugging, locationReference);
  if (behind) return { body: sourceOf(debugging, behind) };
  const line = printedLine(debugging, locationReference);
  if (line === undefined) throw errors.unknownLocation(locationReference);
  const body = sourceOf(debugging, line.written);
  const { place } = line;
  const still = debugging.phase === 'stopped' || debugging.phase === 'ended';
  if (place === undefined || !still) return { body };
  return { body, after: () => travelUnasked(debugging, session, place) };
}
