/** Requests for the scopes of a frame and for what is in them. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { isSettable } from '../lang/settable.js';
import { ELEMENTS, wholeNumber } from './arguments.js';
import { type Answer, type Debugger, momentNow, type Session, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import { childrenOfExpression } from './expressions.js';
import { type Frame, frameAt, momentOf, ownerPath } from './frames.js';
import { joinPath, splitPath } from './handles.js';
import type { Children, Item } from './items.js';
import { lineVariable } from './line-links.js';
import { memoryName } from './memory.js';
import { type Numbers, show } from './numbers.js';
import { type Scope, scopesAt } from './scopes.js';
import { frameOfId } from './stack.js';
import { locationsOf } from './value-links.js';

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
  if (children.uncounted) return {};
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
  const start = Math.min(wholeNumber(args.start, 0), children.size);
  const wanted = wholeNumber(args.count, 0);
  const end = Math.min(start + (wanted || ELEMENTS), children.size);
  const items = other ? [] : children.slice(start, end);
  const numbers = numbersWanted(debugging, args.format);
  const list = items.map((item, i) =>
    dapVariable(debugging, item, `${path}/${part(children, item, start + i)}`, numbers),
  );
  const left = wanted > 0 || other ? 0 : children.size - end;
  return { body: { variables: left > 0 ? [...list, notSent(end, left)] : list } };
}

/** The last row for a client that wants everything at once of what is too much for that. */
function notSent(from: number, count: number): DebugProtocol.Variable {
  const value = `${count} more: ask for them with start=${from} and a count`;
  return { name: '...', value, variablesReference: 0 };
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
