/** Requests that look at the moment under the cursor: threads, stack, scopes, variables, sources. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Place as Written } from '../lang/program.js';
import { isSettable } from '../lang/settable.js';
import { childrenOfExpression } from './console.js';
import {
  type Answer,
  type Debugger,
  launchedSession,
  momentNow,
  type Session,
  stoppedSession,
} from './debugger.js';
import * as errors from './errors.js';
import {
  type Frame,
  frameAt,
  momentOf,
  NETWORK,
  ownerPath,
  stackOf,
  standInAt,
  type Where,
} from './frames.js';
import { joinPath, splitPath } from './handles.js';
import type { Children, Item } from './items.js';
import { locationsOf } from './last-change.js';
import { lineVariable } from './locations.js';
import { memoryName } from './memory.js';
import { type Numbers, show } from './numbers.js';
import { documentUri } from './rfc-document.js';
import { type Scope, scopesAt } from './scopes.js';
import { eventDocument, scriptSource, sourceNumber } from './sources.js';

/** The network's thread; hosts are numbered from 1 in the order of their declaration. */
const NETWORK_THREAD = 1_000_000;

/** Where documents without a file come from. */
const ORIGIN = 'the rules that decide, with the numbers of this event';

/** Elements and frames that are sent at once when the client does not say how many. */
const PAGE = 1_000;

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
  const start = count(args.startFrame, 0);
  const levels = count(args.levels, 0) || PAGE;
  const moment = momentNow(session);
  const { frames, total } = stackOf(moment, session.history, host, start, levels);
  const stackFrames = frames.map((frame) => dapFrame(debugging, session, frame));
  return { body: { stackFrames, totalFrames: total } };
}

/** A whole number of at least 0, whatever was sent. */
function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value > 0 ? Math.floor(value) : otherwise;
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
  if (where.kind === 'script') return scriptLocation(debugging, where.written);
  const { document, line } = where.rfc;
  return {
    source: rfcSource(debugging, session, document),
    line: line - 1 + firstLine,
    column: firstColumn,
  };
}

/** A place of the script in the client's own counting. */
function scriptLocation(
  debugging: Debugger,
  { file, range }: Written,
): Pick<DebugProtocol.StackFrame, 'line' | 'column'> & { readonly source: DebugProtocol.Source } {
  return {
    source: scriptSource(debugging, file),
    line: range.start.line + debugging.client.firstLine,
    // No end: VS Code would select the statement, and the next key press would replace it.
    column: range.start.character + debugging.client.firstColumn,
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

// Variables -------------------------------------------------------------------------------------

export function scopes(debugging: Debugger, args: Partial<DebugProtocol.ScopesArguments>): Answer {
  const session = stoppedSession(debugging, 'scopes');
  const frame = frameOfId(debugging, session, args.frameId);
  const found = scopesOfFrame(session, frame);
  const list = found.map(
    ({ name, hint }): DebugProtocol.Scope => ({
      name,
      variablesReference: debugging.handles.idOf(
        joinPath('scope', ownerPath(frame, session.cursor), name),
      ),
      expensive: false,
      ...(hint ? { presentationHint: hint } : {}),
    }),
  );
  return { body: { scopes: list } };
}

function scopesOfFrame(session: Session, frame: Frame): readonly Scope[] {
  if (frame.look === 'label') return [];
  return scopesAt(momentOf(momentNow(session), frame), frame.host, session.past);
}

export function sizeOf(children: Children): { indexedVariables?: number; namedVariables?: number } {
  return children.indexed ? { indexedVariables: children.size } : { namedVariables: children.size };
}

/** A variable that was shown, those beside it, and the host of the frame that it belongs to. */
export function itemOfReference(
  debugging: Debugger,
  session: Session,
  reference: number,
  name: string,
): {
  readonly item: Item | undefined;
  readonly siblings: Children;
  readonly host: string | undefined;
} {
  const path = splitPath(debugging.handles.pathOf(reference) ?? '');
  const children = childrenAt(session, path);
  if (children === undefined) throw errors.unknownReference(reference);
  const frame = frameAt(momentNow(session), session.history, path[1] ?? '');
  return { item: childNamed(children, name), siblings: children, host: frame?.host };
}

export function variables(
  debugging: Debugger,
  args: Partial<DebugProtocol.VariablesArguments>,
): Answer {
  const line = lineVariable(debugging, args.variablesReference);
  if (line) return { body: { variables: [line] } };
  const session = stoppedSession(debugging, 'variables');
  const path = debugging.handles.pathOf(args.variablesReference ?? 0);
  const children = path === undefined ? undefined : childrenAt(session, splitPath(path));
  if (path === undefined || children === undefined) {
    throw errors.unknownReference(args.variablesReference);
  }
  const other = args.filter === (children.indexed ? 'named' : 'indexed');
  const start = Math.min(count(args.start, 0), children.size);
  const end = Math.min(start + (count(args.count, 0) || PAGE), children.size);
  const items = other ? [] : children.slice(start, end);
  const numbers = numbersWanted(debugging, args.format);
  const list = items.map((item, i) =>
    dapVariable(debugging, item, `${path}/${part(children, item, start + i)}`, numbers),
  );
  return { body: { variables: list } };
}

/** How a child is found again: elements without a name of their own by their index, others by their name. */
function part(children: Children, item: Item, index: number): string {
  return joinPath(isCounted(children) ? String(index) : item.name);
}

/** Elements that have nothing but their place in the list. */
function isCounted({ indexed, find }: Children): boolean {
  return indexed && find === undefined;
}

function childNamed(children: Children, name: string): Item | undefined {
  return children.find
    ? children.find(name)
    : children.slice(0, children.size).find((one) => one.name === name);
}

/** How the user wants to see numbers; a request may ask for hexadecimal on its own. */
export function numbersWanted(
  { numbers }: Debugger,
  format: DebugProtocol.ValueFormat | undefined,
): Numbers {
  return format?.hex === undefined ? numbers : { ...numbers, hex: format.hex };
}

/** What a path opens into: `scope/<frame>/<scope>/<name>/...`; undefined when it is not there now. */
function childrenAt(
  session: Session,
  [kind, owner, name, ...rest]: readonly string[],
): Children | undefined {
  if (owner === undefined || name === undefined) return undefined;
  const frame = owner === '' ? undefined : frameAt(momentNow(session), session.history, owner);
  if (kind === 'value') return descend(childrenOfExpression(session, frame, name), rest);
  if (kind !== 'scope') return undefined;
  const scope = frame && scopesOfFrame(session, frame).find((one) => one.name === name);
  return descend(scope?.children(), rest);
}

function descend(children: Children | undefined, path: readonly string[]): Children | undefined {
  let at = children;
  for (const step of path) {
    if (at === undefined) return undefined;
    const index = Number(step);
    const item = isCounted(at) ? at.slice(index, index + 1)[0] : childNamed(at, step);
    at = item?.children;
  }
  return at;
}

function dapVariable(
  debugging: Debugger,
  item: Item,
  path: string,
  numbers: Numbers,
): DebugProtocol.Variable {
  const { name, value, evaluateName, setName, delivery, children } = item;
  const attributes = [
    ...(canBeSet(setName, evaluateName) ? [] : ['readOnly']),
    ...(item.was === undefined ? [] : ['changed']),
  ];
  const type = typeOf(item, numbers);
  return {
    name,
    value: show(value, numbers),
    ...(type === undefined ? {} : { type }),
    ...(evaluateName === undefined ? {} : { evaluateName }),
    ...(attributes.length === 0 ? {} : { presentationHint: { attributes } }),
    ...(delivery === undefined ? {} : { memoryReference: memoryName(delivery) }),
    ...locationsOf(debugging, item),
    variablesReference: children ? debugging.handles.idOf(path) : 0,
    ...(children ? sizeOf(children) : {}),
  };
}

/** What changed says so where its type stands: `sequence number, was 300`. */
function typeOf({ type, was }: Item, numbers: Numbers): string | undefined {
  if (was === undefined) return type;
  return `${type === undefined ? '' : `${type}, `}was ${show(was, numbers)}`;
}

/** `server.c1.SND.WND`: what is left of an expression below its connection can be set. */
function canBeSet(setName: string | undefined, evaluateName = ''): boolean {
  const path = evaluateName.split('.').slice(2).join('.').toLowerCase();
  return setName !== undefined || isSettable(path);
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
