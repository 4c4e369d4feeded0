/** What an expression gives at a frame, as a variable: a value, or a thing with parts. */

import { NAME } from '../lang/name-pattern.js';
import { type Environment, type Problem, SEGMENT } from '../run/environment.js';
import { evaluateText } from '../run/evaluate.js';
import { environmentAt, segmentAt } from '../run/look.js';
import { type Part, printValue, type Value } from '../run/values.js';
import type { Segment } from '../tcp/segment.js';
import { seq } from '../tcp/seq.js';
import { momentNow, type Session } from './debugger.js';
import { type Frame, momentOf } from './frames.js';
import { mistakenItem } from './isn-items.js';
import {
  type Children,
  type Item,
  listSummary,
  named,
  numbered,
  segmentItem,
  summaryOfParts,
} from './items.js';
import { entryByName, focusOf, type Moment, subjectAt } from './moment.js';
import { connectionItem } from './table-items.js';
import { tcbRow } from './tcb-items.js';
import { readVariable } from './watched.js';

/** What an expression gives at a frame, or without one where the run stands; what is wrong with it when it gives nothing. */
export function frameItem(
  session: Session,
  frame: Frame | undefined,
  text: string,
): Item | Problem {
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

/** What an expression gives at a moment, as a variable; what is wrong with it when it gives nothing. */
function itemAt(
  session: Session,
  moment: Moment,
  host: string | undefined,
  text: string,
): Item | Problem {
  const whole = wholeThing(session, moment, text.trim());
  if (whole) return whole;
  const [number] = /^\s*#\d+/.exec(text) ?? [];
  if (number !== undefined) return notUnderWay(number, text.length);
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

/** `#3` begins a comment to whoever reads expressions. */
function notUnderWay(number: string, length: number): Problem {
  const start = { line: 0, character: 0 };
  const message = `No segment ${number.trim()} is under way here: *In flight* has those that are, each opens alone.`;
  return { kind: 'problem', message, range: { start, end: { line: 0, character: length } } };
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
  if (value.parts.every((part) => /^\d+$/.test(part.name))) return listOf(name, value.parts);
  const parts = value.parts.map((part) => valueItem(part.name, part.value));
  const there = parts.filter((_, i) => value.parts[i]?.value.kind !== 'absent');
  return { name, value: summaryOfParts(there), children: named(parts) };
}

/** What has numbers for names is a list. */
function listOf(name: string, parts: readonly Part[]): Item {
  const value = listSummary(parts.length);
  if (parts.length === 0) return { name, value };
  const children = numbered(parts, (part, index) => valueItem(`[${index}]`, part.value));
  return { name, value, children };
}
