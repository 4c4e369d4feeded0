/** Expressions at a frame: hovers, watches, the console, and conditions of breakpoints. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { parseExpression } from '../lang/expressions.js';
import { NAME } from '../lang/name-pattern.js';
import { type Environment, type Problem, SEGMENT } from '../run/environment.js';
import { evaluateText } from '../run/evaluate.js';
import { environmentAt, segmentAt } from '../run/look.js';
import { printValue, type Value } from '../run/values.js';
import type { Segment } from '../tcp/segment.js';
import { seq } from '../tcp/seq.js';
import { assign } from './assign.js';
import { untilSettled } from './cursor.js';
import { type Answer, type Debugger, momentNow, type Session, stoppedSession } from './debugger.js';
import { edit, statementEdit, summaryOf, tellEdit } from './edits.js';
import * as errors from './errors.js';
import { type Frame, momentOf, ownerPath } from './frames.js';
import { joinPath } from './handles.js';
import { mistakenItem } from './isn-items.js';
import { type Children, type Item, named, segmentItem, summaryOfParts } from './items.js';
import { locationsOf } from './last-change.js';
import { entryByName, focusOf, type Moment, subjectAt } from './moment.js';
import { show } from './numbers.js';
import { frameOfId } from './stack.js';
import { connectionItem } from './table-items.js';
import { tcbRow } from './tcb-items.js';
import { numbersWanted, sizeOf } from './variables.js';
import { readVariable } from './watched.js';

/** What an expression gives at a moment, as a variable; what is wrong with it when it gives nothing. */
function itemAt(
  session: Session,
  moment: Moment,
  host: string | undefined,
  text: string,
): Item | Problem {
  const whole = wholeThing(session, moment, text.trim());
  if (whole) return whole;
  const env = environmentAt(moment.run, moment.place, host);
  const asked = MISTAKEN.exec(text);
  if (asked) return mistakenAt(moment, env, asked, text);
  const value = evaluateText(text, env);
  if (value.kind === 'problem') return value;
  const isPlain = value.kind !== 'parts' && value.kind !== 'absent';
  return (isPlain ? undefined : rowOf(moment, host, text)) ?? valueItem(text, value);
}

/** What has parts, or is not there, as the Variables show it. */
function rowOf(moment: Moment, host: string | undefined, text: string): Item | undefined {
  const { program } = moment.run;
  const variable =
    readVariable(text, program) ??
    (host === undefined ? undefined : readVariable(`${host}.${text.trim()}`, program));
  if (variable === undefined) return undefined;
  const { connection, path } = variable;
  const entry =
    connection === undefined
      ? subjectAt(moment, variable.host)
      : entryByName(moment, variable.host, connection);
  return entry && tcbRow(entry.tcb, moment.view.now, `${variable.host}.${entry.name}`, path);
}

/** `server`, `server.c1`, `seg`, `synack`, `#3` under way: things with parts, not values to calculate with. */
function wholeThing(session: Session, moment: Moment, text: string): Item | undefined {
  const segment =
    text.toLowerCase() === SEGMENT
      ? segmentAt(moment.step, moment.place.microstep)
      : (moment.state.segments.get(text) ?? underWay(moment, text));
  if (segment) return segmentItem(text, segment);
  const [host = '', name, ...more] = text.split('.');
  if (more.length > 0 || !moment.view.world.hosts.has(host)) return undefined;
  const entry = name === undefined ? subjectAt(moment, host) : entryByName(moment, host, name);
  if (entry) return connectionItem(moment, entry, session.past);
  return name === undefined ? { name: text, value: 'no connection' } : undefined;
}

/** `#3`, as the rows of *In flight* have it. */
function underWay({ view: { world } }: Moment, text: string): Segment | undefined {
  return world.queue.find(({ delivery: { id } }) => `#${id}` === text)?.delivery.segment;
}

/** `mistaken(4000)`, `server.c1.mistaken(SND.NXT - 70000)`. */
const MISTAKEN = new RegExp(
  `^\\s*(?:(${NAME}(?:\\.${NAME})?)\\.)?mistaken\\s*\\((.*)\\)\\s*$`,
  'iu',
);

/** Whether the peer could take an old number for a new one. */
function mistakenAt(
  moment: Moment,
  env: Environment,
  [, owner, inner = '']: RegExpExecArray,
  text: string,
): Item | Problem {
  const [host = env.subject?.host ?? '', name] = owner?.split('.') ?? [];
  const entry = name === undefined ? subjectAt(moment, host) : entryByName(moment, host, name);
  const start = text.indexOf('(') + 1;
  const at = (from: number, to: number) => ({
    start: { line: 0, character: from },
    end: { line: 0, character: to },
  });
  if (entry === undefined) {
    const named = [owner ?? host].filter((name) => name !== '').map((name) => ` ${name}`);
    const message = `There is no connection${named.join('')} here: write one before it, as in server.c1.mistaken(4000).`;
    return { kind: 'problem', message, range: at(0, start) };
  }
  const subject = { host: entry.ref.host, connection: entry.name, port: undefined };
  const value = evaluateText(inner, { ...env, subject });
  if (value.kind === 'problem') {
    const { range } = value;
    return { ...value, range: at(range.start.character + start, range.end.character + start) };
  }
  if (value.kind !== 'number' && value.kind !== 'seq') {
    const message = 'Write a sequence number, as in mistaken(4000).';
    return { kind: 'problem', message, range: at(start, start + inner.length) };
  }
  return mistakenItem(text.trim(), entry.tcb, seq(value.value), moment.view.now);
}

function valueItem(name: string, value: Value): Item {
  if (value.kind === 'number') return { name, value: value.value, type: 'number' };
  if (value.kind === 'seq') {
    const { value: number, base } = value;
    return { name, value: { seq: seq(number), base }, type: 'sequence number' };
  }
  if (value.kind !== 'parts') return { name, value: printValue(value), type: value.kind };
  const parts = value.parts.map((part) => valueItem(part.name, part.value));
  const there = parts.filter((_, i) => value.parts[i]?.value.kind !== 'absent');
  return { name, value: summaryOfParts(there), children: named(parts) };
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
  if (item.kind === 'problem') {
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
    presentationHint: { attributes: ['readOnly'] },
    ...locationsOf(debugging, { ...item, evaluateName: item.evaluateName ?? text }, frame?.host),
    variablesReference: children ? debugging.handles.idOf(path) : 0,
    ...(children ? sizeOf(children) : {}),
  };
  return { body };
}

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
const STATEMENT =
  /^\s*(?:(?:inject|icmp|drop|duplicate|delay|corrupt|hold|release|cut|mend|crash|restart|let|print|set|deliver|fire|given|expect|eventually|never|wait|repeat)\b|[\p{L}\p{N}_.-]+(?::\w+)?\s*:)/u;

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

function frameItem(session: Session, frame: Frame | undefined, text: string): Item | Problem {
  const now = momentNow(session);
  return frame
    ? itemAt(session, momentOf(now, frame), frame.host, text)
    : itemAt(session, now, focusOf(now), text);
}

/** What an evaluated expression opens into: asked again, as the moment may have changed. */
export function childrenOfExpression(
  session: Session,
  frame: Frame | undefined,
  text: string,
): Children | undefined {
  const item = frameItem(session, frame, text);
  return item.kind === 'problem' ? undefined : item.children;
}
