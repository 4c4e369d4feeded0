/** The RFC's procedures as sources: with the numbers of the event at the cursor, or of one that is named. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { fileNameOf } from '../base/file-name.js';
import type { Place as Written } from '../lang/program.js';
import type { Place } from '../sim/step.js';
import type { Debugger, Session } from './debugger.js';
import { eventName } from './frames.js';
import { joinPath, splitPath } from './handles.js';
import { documentName, type RfcEvent, type RfcText, rfcText } from './rfc-document.js';

/** A script as the client names it. */
function scriptSource({ client, environment }: Debugger, file: string): DebugProtocol.Source {
  return {
    name: fileNameOf(file),
    path: client.uris ? environment.uriOf(file) : file,
  };
}

/** Where something is written, as the client counts. */
export function placeInSource(debugging: Debugger, { file, range: { start } }: Written) {
  const { firstLine, firstColumn } = debugging.client;
  const source = scriptSource(debugging, file);
  // No end: VS Code would select what it goes to, and the next key press would replace it.
  return { source, line: start.line + firstLine, column: start.character + firstColumn };
}

/** A source number of the protocol. The number names the event: a client that keeps what it read shows what was true then. */
export function sourceNumber({ handles }: Debugger, document: string, step: number): number {
  return handles.idOf(joinPath('rfc', document, String(step)));
}

/** The text behind a source number, with the whole event's numbers; undefined when there is no such source. */
export function eventDocument(
  { handles }: Debugger,
  session: Session,
  reference: number,
): RfcText | undefined {
  const [kind, document, index] = splitPath(handles.pathOf(reference) ?? '');
  const { timeline } = session.launched.run;
  if (kind !== 'rfc' || document === undefined || Number(index) >= timeline.length()) {
    return undefined;
  }
  const made = timeline.step(Number(index)).microsteps.length;
  return rfcText(document, eventAt(session, { step: Number(index), microstep: made - 1 }));
}

/** The text of a document, named by its URI, at the cursor; undefined when there is no such document. */
export function documentAtCursor(session: Session, uri: string): RfcText | undefined {
  const document = documentName(uri);
  if (document === undefined) return undefined;
  return rfcText(document, eventAt(session, session.cursor));
}

function eventAt(session: Session, place: Place): RfcEvent | undefined {
  const { launched } = session;
  if (place.step >= launched.run.timeline.length()) return undefined;
  const step = launched.run.timeline.step(place.step);
  const host = step.host === undefined ? '' : `${step.host}: `;
  return {
    title: `${host}${eventName(launched.run.program, step)}`,
    microsteps: step.microsteps,
    made: place.microstep + 1,
  };
}
