/** Setting variables: a row of the Variables view, an expression, or `SND.WND = 0` in the console. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ValueKind } from '../lang/settable.js';
import { evaluateText } from '../run/evaluate.js';
import { environmentAt } from '../run/look.js';
import { canBeOff, type NewValue, newValueOf, readFlags, WANTED } from '../run/new-values.js';
import { type Target, targetOf } from '../run/targets.js';
import { add, num, type Seq } from '../tcp/seq.js';
import { type Answer, type Debugger, momentNow, type Session, stoppedSession } from './debugger.js';
import { edit, tellEdit } from './edits.js';
import * as errors from './errors.js';
import { frameItem } from './expressions.js';
import { focusOf, subjectAt } from './moment.js';
import { type Numbers, show } from './numbers.js';
import { frameOfId } from './stack.js';
import { itemOfReference, numbersWanted } from './variables.js';
import { readVariable } from './watched.js';

/** A row of the Variables view gets another value. */
export function setVariable(
  debugging: Debugger,
  args: Partial<DebugProtocol.SetVariableArguments>,
): Answer {
  const session = stoppedSession(debugging, 'setVariable');
  const { variablesReference = 0, name = '', value = '' } = args;
  const { item, host } = itemOfReference(debugging, session, variablesReference, name);
  const target = item?.setName ?? item?.evaluateName;
  if (item === undefined || target === undefined) throw errors.notAssignable(name);
  const shown = show(item.value, numbersWanted(debugging, args.format));
  if (isConfirmed(session, target, String(value), shown, host)) return unchanged(shown);
  const base = typeof item.value === 'object' ? item.value.base : undefined;
  return assign(debugging, session, target, absolute(debugging, String(value), base), host);
}

/** What an expression names gets another value. */
export function setExpression(
  debugging: Debugger,
  args: Partial<DebugProtocol.SetExpressionArguments>,
): Answer {
  const session = stoppedSession(debugging, 'setExpression');
  const { value = '', frameId } = args;
  const expression = String(args.expression ?? '');
  const frame = frameId === undefined ? undefined : frameOfId(debugging, session, frameId);
  const shown = valueNow(numbersWanted(debugging, args.format), session, expression, frame?.host);
  if (isConfirmed(session, expression, String(value), shown, frame?.host)) return unchanged(shown);
  const env = environmentAt(session.launched.run, session.cursor, frame?.host);
  const old = evaluateText(expression, env);
  const base = old.kind === 'seq' ? old.base : undefined;
  const text = absolute(debugging, String(value), base);
  return assign(debugging, session, expression, text, frame?.host);
}

/** Whether a client gives back what it was shown: clients do when their user confirms a value that was not touched. */
function isConfirmed(
  session: Session,
  name: string,
  text: string,
  shown: string | undefined,
  host: string | undefined,
): shown is string {
  return text.trim() === shown && isAssignable(session, name, host);
}

/** Nothing is set, and the run is not forked. */
function unchanged(shown: string): Answer {
  return { body: { value: shown, variablesReference: 0 } };
}

/** While numbers are relative, a plain number that takes the place of one is relative, too. */
function absolute({ numbers }: Debugger, text: string, base: Seq | undefined): string {
  if (!numbers.relative || base === undefined) return text;
  const [, sign = '', digits] = /^\s*(-?)\s*(0x[\da-f]{1,8}|\d{1,10})\s*$/i.exec(text) ?? [];
  if (digits === undefined) return text;
  const counted = sign === '-' ? -Number(digits) : Number(digits);
  return String(num(add(base, counted)));
}

/** Sets what `name` names; names without a host are `host`'s, or of whose event it is. */
export function assign(
  debugging: Debugger,
  session: Session,
  name: string,
  text: string,
  host: string | undefined,
): Answer {
  const owner = ownerOf(session, host);
  const target = assignable(session, name, owner);
  if (target === undefined) throw errors.notAssignable(name);
  const value = readValue(session, target.kind, text, owner);
  if (typeof value === 'string') throw errors.wrongValue(name, text, value);
  const made = target.edit(value.value, text.trim());
  edit(debugging, session, made);
  const is =
    value.value === undefined ? undefined : valueNow(debugging.numbers, session, name, owner);
  return {
    body: { value: is ?? text.trim(), variablesReference: 0, result: made.text },
    after: () => tellEdit(debugging, session, made.text),
  };
}

/** What a name has come to be, as the client wants to see numbers; undefined for what is no expression. */
function valueNow(
  numbers: Numbers,
  session: Session,
  name: string,
  host: string | undefined,
): string | undefined {
  const names = host === undefined ? [name] : [`${host}.${name.trim()}`, name];
  for (const text of names) {
    const item = frameItem(session, undefined, text);
    if (item.kind !== 'problem') return show(item.value, numbers);
  }
  return undefined;
}

/** Whether `assign` could set what is named. */
export function isAssignable(session: Session, name: string, host: string | undefined): boolean {
  return assignable(session, name, ownerOf(session, host)) !== undefined;
}

/** Whose the names without a host are. */
function ownerOf(session: Session, host: string | undefined): string | undefined {
  return host ?? focusOf(momentNow(session));
}

/** What a name stands for, if it can be set. */
function assignable(session: Session, name: string, host: string | undefined): Target | undefined {
  const { program } = session.launched.run;
  return targetOf(name, (whole) => {
    const known = readVariable(whole, program);
    if (known) return { subject: { ...known, port: undefined }, path: known.path };
    const own = host === undefined ? undefined : readVariable(`${host}.${whole.trim()}`, program);
    if (own === undefined) return undefined;
    const connection = own.connection ?? subjectAt(momentNow(session), own.host)?.name;
    return { subject: { host: own.host, connection, port: undefined }, path: own.path };
  });
}

/** The value that was written, or what it should have been. */
function readValue(
  session: Session,
  kind: ValueKind,
  text: string,
  host: string | undefined,
): { readonly value: NewValue } | string {
  const wanted = WANTED[kind];
  const off = /^\s*(off|none)\s*$/i.test(text);
  if (off && canBeOff(kind)) return { value: undefined };
  if (kind === 'flags') {
    const ctl = readFlags(text);
    return ctl === undefined ? wanted : { value: ctl };
  }
  const plain = kind === 'fraction' ? text.replace(/%\s*$/, '') : text;
  const { run } = session.launched;
  const found = evaluateText(plain, environmentAt(run, session.cursor, host));
  if (found.kind === 'problem') return `${wanted} (${found.message})`;
  const value = newValueOf(kind, found);
  return value === undefined ? wanted : { value };
}
