/** Requests for the threads, the stack of each, and the documents in which its frames stand. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { FRAMES, wholeNumber } from './arguments.js';
import {
  type Answer,
  type Debugger,
  launchedSession,
  momentNow,
  type Session,
  stoppedSession,
} from './debugger.js';
import * as errors from './errors.js';
import { type Frame, frameAt, NETWORK, stackOf, standInAt, type Where } from './frames.js';
import { joinPath, splitPath } from './handles.js';
import { documentUri } from './rfc-document.js';
import { eventDocument, placeInSource, sourceNumber } from './sources.js';

/** The network's thread; hosts are numbered from 1 in the order of their declaration. */
const NETWORK_THREAD = 1_000_000;

/** Where documents without a file come from. */
const ORIGIN = 'the rules that decide, with the numbers of this event';

export function threadId({ launched }: Session, host: string | undefined): number {
  if (host === undefined) return NETWORK_THREAD;
  return launched.run.program.hosts.findIndex(({ name }) => name === host) + 1;
}

/** The host of a thread; undefined for the network. */
export function hostOfThread({ launched }: Session, id: number | undefined): string | undefined {
  if (id === NETWORK_THREAD) return undefined;
  const host = id === undefined ? undefined : launched.run.program.hosts[id - 1];
  if (host === undefined) throw errors.unknownThread(id);
  return host.name;
}

/** Known as long as the session lives, whether the run goes on or stands still. */
export function threads(debugging: Debugger): Answer {
  const hosts = debugging.session?.launched.run.program.hosts ?? [];
  if (hosts.length === 0) return { body: { threads: [] } };
  const list = hosts.map(({ name }, index) => ({ id: index + 1, name }));
  return { body: { threads: [...list, { id: NETWORK_THREAD, name: NETWORK }] } };
}

// Frames ----------------------------------------------------------------------------------------

export function stackTrace(
  debugging: Debugger,
  args: Partial<DebugProtocol.StackTraceArguments>,
): Answer {
  const session = stoppedSession(debugging, 'stackTrace');
  const host = hostOfThread(session, args.threadId);
  const start = wholeNumber(args.startFrame, 0);
  const levels = wholeNumber(args.levels, 0) || FRAMES;
  const moment = momentNow(session);
  const { frames, total } = stackOf(moment, session.history, host, start, levels);
  const stackFrames = frames.map((frame) => dapFrame(debugging, session, frame));
  return { body: { stackFrames, totalFrames: total } };
}

function dapFrame(debugging: Debugger, session: Session, frame: Frame): DebugProtocol.StackFrame {
  const { name, look, where, path, beginning } = frame;
  const place = where ? locate(debugging, session, where) : { line: 0, column: 0 };
  return {
    id: debugging.handles.idOf(joinPath('frame', path)),
    name,
    ...place,
    ...(look === 'normal' ? {} : { presentationHint: look }),
    canRestart: beginning !== undefined,
  };
}

/** A frame's place in the client's own counting. */
function locate(
  debugging: Debugger,
  session: Session,
  where: Where,
): Pick<DebugProtocol.StackFrame, 'source' | 'line' | 'column'> {
  const { firstLine, firstColumn } = debugging.client;
  if (where.kind === 'script') return placeInSource(debugging, where.written);
  const { document, line } = where.rfc;
  return {
    source: rfcSource(debugging, session, document),
    line: line - 1 + firstLine,
    column: firstColumn,
  };
}

function rfcSource(
  debugging: Debugger,
  { cursor }: Session,
  document: string,
): DebugProtocol.Source {
  if (debugging.environment.documents === 'uri') {
    return { name: document, path: documentUri(document), origin: ORIGIN };
  }
  const sourceReference = sourceNumber(debugging, document, cursor.step);
  return { name: document, sourceReference, origin: ORIGIN };
}

/** The frame of an id that `stackTrace` gave, now or at an earlier stop; then it is what has taken its place. For all that only looks. */
export function frameOfId(debugging: Debugger, session: Session, id: number | undefined): Frame {
  const path = framePath(debugging, id);
  const [moment, { history }] = [momentNow(session), session];
  const frame = frameAt(moment, history, path) ?? standInAt(moment, history, path);
  if (frame === undefined) throw errors.unknownFrame(id);
  return frame;
}

/** The frame of an id, refused when it is not there at this stop. */
export function frameHere(debugging: Debugger, session: Session, id: number | undefined): Frame {
  const frame = frameAt(momentNow(session), session.history, framePath(debugging, id));
  if (frame === undefined) throw errors.unknownFrame(id);
  return frame;
}

function framePath(debugging: Debugger, id: number | undefined): string {
  const [kind, path] = splitPath(debugging.handles.pathOf(id ?? 0) ?? '');
  if (kind !== 'frame' || path === undefined) throw errors.unknownFrame(id);
  return path;
}

// Sources ---------------------------------------------------------------------------------------

/** The text of an RFC document for clients that know no URIs of ours. */
export function source(debugging: Debugger, args: Partial<DebugProtocol.SourceArguments>): Answer {
  const session = launchedSession(debugging, 'source');
  const reference = args.source?.sourceReference ?? args.sourceReference ?? 0;
  const text = eventDocument(debugging, session, reference);
  if (text === undefined) throw errors.unknownSource(args.source?.path ?? reference);
  return { body: { content: text.text, mimeType: 'text/plain' } };
}
