/** What is evaluated: hovers, watches, and the console, which executes statements and assignments, too. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { parseExpression } from '../lang/expressions.js';
import { STEPS } from '../lang/keywords.js';
import type { Problem } from '../run/environment.js';
import { assign, isAssignable } from './assign.js';
import { untilSettled } from './cursor.js';
import { type Answer, type Debugger, type Session, stoppedSession } from './debugger.js';
import { edit, statementEdit, summaryOf, tellEdit } from './edits.js';
import * as errors from './errors.js';
import { frameItem } from './expressions.js';
import { type Frame, ownerPath } from './frames.js';
import { joinPath } from './handles.js';
import { show } from './numbers.js';
import { frameOfId } from './stack.js';
import { locationsOf } from './value-links.js';
import { numbersWanted, sizeOf } from './variables.js';
import { consoleHelp } from './words.js';

export function evaluate(
  debugging: Debugger,
  args: Partial<DebugProtocol.EvaluateArguments>,
): Answer {
  const session = stoppedSession(debugging, 'evaluate');
  const text = typeof args.expression === 'string' ? args.expression : '';
  const frame =
    args.frameId === undefined ? undefined : frameOfId(debugging, session, args.frameId);
  const item = frameItem(session, frame, text);
  if (item.kind === 'problem') {
    const isHelp = args.context === 'repl' && /^\s*help\s*$/i.test(text);
    if (isHelp) return { body: { result: consoleHelp, variablesReference: 0 } };
    if (args.context === 'repl' && !isExpression(text)) {
      return execute(debugging, session, frame, text, item);
    }
    throw errors.expressionError(problemText(text, item, args.context));
  }
  const { value, type, children } = item;
  const path = joinPath('value', frame ? ownerPath(frame, session.cursor) : '', text);
  const body = {
    result: show(value, numbersWanted(debugging, args.format)),
    ...(type === undefined ? {} : { type }),
    ...(isAssignable(session, text, frame?.host) ? {} : { presentationHint: READ_ONLY }),
    ...locationsOf(debugging, { ...item, evaluateName: item.evaluateName ?? text }, frame?.host),
    variablesReference: children ? debugging.handles.idOf(path) : 0,
    ...(children ? sizeOf(children) : {}),
  };
  return { body };
}

const READ_ONLY = { attributes: ['readOnly'] };

/** What is wrong, and where: the console has room to point at the place, others name it. */
function problemText(text: string, { message, range }: Problem, context?: string): string {
  const [from, to] = [
    range.start.character,
    Math.max(range.end.character, range.start.character + 1),
  ];
  if (context === 'repl' && !text.includes('\n')) {
    return `${message}\n${pointedAt(text, from, to)}`;
  }
  const place = text.slice(from, to).trim();
  return place === '' || message.includes(`\`${place}\``) ? message : `${message} (at "${place}")`;
}

/** What is shown of a long line on both sides of a place. */
const AROUND = 60;

/** The text with a mark below a place; of a long one what is near. */
function pointedAt(text: string, from: number, to: number): string {
  const start = from <= AROUND ? 0 : from - AROUND;
  const end = Math.min(text.length, Math.min(to, from + AROUND) + AROUND);
  const [before, after] = [start > 0 ? '…' : '', end < text.length ? '…' : ''];
  const mark = '^'.repeat(Math.max(1, Math.min(to, end) - from));
  return `  ${before}${text.slice(start, end)}${after}\n  ${' '.repeat(before.length + from - start)}${mark}`;
}

/** `SND.WND = 0`; no comparison. */
const ASSIGNMENT = /^\s*([^=<>!]+?)\s*=(?![=<])\s*(.+)$/;

/** How statements begin: with their word, or with a host and a colon. */
const STATEMENT = new RegExp(
  `^\\s*(?:(?:${STEPS.map(({ word }) => word).join('|')})\\b|[\\p{L}\\p{N}_.-]+(?::\\w+)?\\s*:)`,
  'iu',
);

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
  problem: Problem,
): Answer {
  if (STATEMENT.test(text)) {
    const made = statementEdit(session, text);
    const result = summaryOf(edit(debugging, session, made));
    const body = { result, variablesReference: 0 };
    if (made.waits) return { body, after: () => untilSettled(debugging, session) };
    return { body, after: () => tellEdit(debugging, session, made.text) };
  }
  const [, name, value] = ASSIGNMENT.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw errors.expressionError(problemText(text, problem, 'repl'));
  }
  const { body, ...rest } = assign(debugging, session, name, value, frame?.host);
  return { ...rest, body: { result: text.trim(), ...body } };
}
