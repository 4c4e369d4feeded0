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
import { show } from './numbers.js';
import { frameOfId } from './stack.js';
import { itemOfReference } from './variables.js';
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
  if (target === undefined) throw errors.notAssignable(name);
  const base = typeof item?.value === 'object' ? item.value.base : undefined;
  return assign(debugging, session, target, absolute(debugging, String(value), base), host);
}

/** What an expression names gets another value. */
export function setExpression(
  debugging: Debugger,
  args: Partial<DebugProtocol.SetExpressionArguments>,
): Answer {
  const session = stoppedSession(debugging, 'setExpression');
  const { expression = '', value = '', frameId } = args;
  const frame = frameId === undefined ? undefined : frameOfId(debugging, session, frameId);
  const env = environmentAt(session.launched.run, session.cursor, frame?.host);
  const old = evaluateText(String(expression), env);
  const base = old.kind === 'seq' ? old.base : undefined;
  const text = absolute(debugging, String(value), base);
  return assign(debugging, session, String(expression), text, frame?.host);
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
  // A timer is told what is left of it, and tells when it goes off.
  const is = target.kind === 'timer' ? undefined : valueNow(debugging, session, name, owner);
  return {
    body: { value: is ?? text.trim(), variablesReference: 0, result: made.text },
    after: () => tellEdit(debugging, session, made.text),
  };
}

/** What a name has come to be, as the client wants to see numbers; undefined for what is no expression. */
function valueNow(
  { numbers }: Debugger,
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
