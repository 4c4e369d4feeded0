/** Expressions at a frame: hovers, watches, the console, and conditions of breakpoints. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { parseExpression } from '../lang/expressions.js';
import { CONNECTION_FIELDS, HOST_FIELDS, SEGMENT_FIELDS } from '../lang/fields.js';
import { evaluateText } from '../run/evaluate.js';
import { environmentAt, SEGMENT, segmentAt } from '../run/look.js';
import { printValue, type Value } from '../run/values.js';
import { STATES } from '../tcp/states.js';
import { assign } from './assign.js';
import { type Answer, type Debugger, momentNow, type Session, stoppedSession } from './debugger.js';
import { edit, statementEdit, summaryOf, tellEdit } from './edits.js';
import * as errors from './errors.js';
import { type Frame, focusOf, momentOf } from './frames.js';
import { joinPath } from './handles.js';
import { frameOfId, printNumber, sizeOf } from './inspect.js';
import { type Children, type Item, named, segmentItem } from './items.js';
import { entriesAt, type Moment, subjectAt } from './moment.js';
import { connectionItem } from './scopes.js';

/** What an expression gives at a moment, as a variable; the evaluator's words when it gives nothing. */
function itemAt(moment: Moment, host: string | undefined, text: string): Item | string {
  const whole = wholeThing(moment, text.trim());
  if (whole) return whole;
  const value = evaluateText(text, environmentAt(moment.run, moment.place, host));
  if (value.kind === 'problem') return value.message;
  return valueItem(text, value);
}

/** `server`, `server.c1`, `seg`: things with parts, not values to calculate with. */
function wholeThing(moment: Moment, text: string): Item | undefined {
  const segment = segmentAt(moment.step, moment.microstep);
  if (text.toLowerCase() === SEGMENT && segment) return segmentItem(text, segment);
  const [host = '', name, ...more] = text.split('.');
  if (more.length > 0 || !moment.view.world.hosts.has(host)) return undefined;
  const entry =
    name === undefined
      ? subjectAt(moment, host)
      : entriesAt(moment, host).find((one) => one.name === name);
  if (entry) return connectionItem(moment, entry);
  return name === undefined ? { name: text, value: 'no connection' } : undefined;
}

function valueItem(name: string, value: Value): Item {
  if (value.kind === 'number' || value.kind === 'seq') {
    return { name, value: value.value, type: value.kind === 'seq' ? 'sequence number' : 'number' };
  }
  if (value.kind !== 'parts') return { name, value: printValue(value), type: value.kind };
  const parts = value.parts.map((part) => valueItem(part.name, part.value));
  return { name, value: printValue(value), children: named(parts) };
}

export function evaluate(
  debugging: Debugger,
  args: Partial<DebugProtocol.EvaluateArguments>,
): Answer {
  const session = stoppedSession(debugging, 'evaluate');
  const text = typeof args.expression === 'string' ? args.expression : '';
  const frame =
    args.frameId === undefined ? undefined : frameOfId(debugging, session, args.frameId);
  const item = frameItem(session, frame, text);
  if (typeof item === 'string') {
    if (args.context === 'repl' && !isExpression(text)) {
      return execute(debugging, session, frame, text, item);
    }
    throw errors.expressionError(item);
  }
  const { value, type, children } = item;
  const path = joinPath('value', frame?.path ?? '', text);
  const body = {
    result: printNumber(value, args.format?.hex ?? debugging.hex),
    ...(type === undefined ? {} : { type }),
    presentationHint: { attributes: ['readOnly'] },
    variablesReference: children ? debugging.handles.idOf(path) : 0,
    ...(children ? sizeOf(children) : {}),
  };
  return { body };
}

/** `SND.WND = 0`; no comparison. */
const ASSIGNMENT = /^\s*([^=<>!]+?)\s*=(?![=<])\s*(.+)$/;

/** How statements begin: with their word, or with a host and a colon. */
const STATEMENT =
  /^\s*(?:(?:inject|drop|duplicate|delay|corrupt|hold|release|cut|mend|crash|restart|let|print|given|expect|eventually|never|wait|repeat)\b|[\w.-]+(?::\w+)?\s*:)/;

/** What can be read as an expression is one; only what cannot may be an assignment or a statement. */
function isExpression(text: string): boolean {
  return parseExpression(text).expr !== undefined;
}

/** The console executes what is no expression, at the cursor; `problem`: what is wrong with it as an expression. */
function execute(
  debugging: Debugger,
  session: Session,
  frame: Frame | undefined,
  text: string,
  problem: string,
): Answer {
  if (STATEMENT.test(text)) {
    const made = statementEdit(session, text);
    const result = summaryOf(edit(debugging, session, made));
    const body = { result, variablesReference: 0 };
    return { body, after: () => tellEdit(debugging, session, made.text) };
  }
  const [, name, value] = ASSIGNMENT.exec(text) ?? [];
  if (name === undefined || value === undefined) throw errors.expressionError(problem);
  const { body, ...rest } = assign(debugging, session, name, value, frame?.host);
  return { ...rest, body: { result: text.trim(), ...body } };
}

function frameItem(session: Session, frame: Frame | undefined, text: string): Item | string {
  const now = momentNow(session);
  return frame ? itemAt(momentOf(now, frame), frame.host, text) : itemAt(now, focusOf(now), text);
}

/** What an evaluated expression opens into: asked again, as the moment may have changed. */
export function childrenOfExpression(
  session: Session,
  frame: Frame | undefined,
  text: string,
): Children | undefined {
  const item = frameItem(session, frame, text);
  return typeof item === 'string' ? undefined : item.children;
}

// Completion ------------------------------------------------------------------------------------

/** Names that may follow what was typed so far, up to the cursor. */
export function completions(
  debugging: Debugger,
  args: Partial<DebugProtocol.CompletionsArguments>,
): Answer {
  const session = stoppedSession(debugging, 'completions');
  const text = typeof args.text === 'string' ? args.text : '';
  const typed = text.slice(0, (args.column ?? text.length + 1) - debugging.client.firstColumn);
  const word = /[\w.-]*$/.exec(typed)?.[0] ?? '';
  const targets = [...new Set(candidates(momentNow(session)))]
    .filter((name) => name.toLowerCase().startsWith(word.toLowerCase()))
    .slice(0, 200)
    .map((label) => ({
      label,
      start: typed.length - word.length,
      length: word.length,
    }));
  return { body: { targets } };
}

function candidates(moment: Moment): readonly string[] {
  const fields = CONNECTION_FIELDS.map(({ name }) => name.toUpperCase());
  const hosts = [...moment.view.world.hosts.keys()];
  const connections = hosts.flatMap((host) =>
    entriesAt(moment, host)
      .slice(-20)
      .map(({ name }) => `${host}.${name}`),
  );
  const owners = [...hosts, ...connections];
  return [
    ...fields,
    ...SEGMENT_FIELDS.map(({ name }) => `${SEGMENT}.${name}`),
    ...owners,
    ...owners.flatMap((owner) => fields.map((field) => `${owner}.${field}`)),
    ...hosts.flatMap((host) => HOST_FIELDS.map(({ name }) => `${host}.${name}`)),
    ...STATES,
    'time',
  ];
}
