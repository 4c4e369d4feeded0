/** Where a line of the console leads: to its statement, and the cursor to its moment. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { travelUnasked } from './cursor.js';
import { type Answer, type Debugger, launchedSession } from './debugger.js';
import * as errors from './errors.js';
import { statementBehind } from './last-change.js';
import { printedLine } from './line-links.js';
import { placeInSource } from './sources.js';

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
  if (behind) return { body: placeInSource(debugging, behind) };
  const line = printedLine(debugging, locationReference);
  if (line === undefined) throw errors.unknownLocation(locationReference);
  const body = placeInSource(debugging, line.written);
  const { place } = line;
  const still = debugging.phase === 'stopped' || debugging.phase === 'ended';
  if (place === undefined || !still) return { body };
  return { body, after: () => travelUnasked(debugging, session, place) };
}
