/** Expressions over RFC names: `SND.NXT - SND.UNA`, `server.c1.state == SYN_RCVD`, `synack.seq + 1`. */

import { diagnosticText } from '../lang/diagnostics.js';
import type {
  BinaryExpression,
  Expression,
  PathExpression,
  Template,
} from '../lang/expression-tree.js';
import { parseExpression } from '../lang/expressions.js';
import { type Reference, rangeOfUnknown, resolvePath, type Scope } from '../lang/paths.js';
import type { Range } from '../lang/range.js';
import { textOctets } from '../lang/text.js';
import type { Segment } from '../tcp/segment.js';
import type { Seq } from '../tcp/seq.js';
import { connectionField, fieldDoc, hostField, segmentField, unknownField } from './fields.js';
import {
  BLANK,
  booleanValue,
  calculate,
  compare,
  durationValue,
  equal,
  isTrue,
  numberValue,
  printValue,
  seqValue,
  type Value,
} from './values.js';
import { type Subject, seenConnection, subjectText, type View } from './view.js';

/** What the names in an expression stand for. */
export interface Environment {
  readonly view: View;
  readonly scope: Scope;
  readonly variables: ReadonlyMap<string, Value>;
  readonly segments: ReadonlyMap<string, Segment>;
  /** Where the numbers of the segment that is looked at begin. */
  readonly bases?: SegmentBases | undefined;
  /** What names without a host are about; undefined: they need one. */
  readonly subject: Subject | undefined;
}

/** Where the numbers of a segment begin: those of its sender, and those of the other side. */
export interface SegmentBases {
  readonly sender: Seq | undefined;
  readonly other: Seq | undefined;
}

/** The word for the segment that is looked at. */
export const SEGMENT = 'seg';

/** Why an expression has no value, and where in it. */
export interface Problem {
  readonly kind: 'problem';
  readonly message: string;
  readonly range: Range;
}

/** The value of an expression, or the problem with it. Never throws. */
export function evaluate(expression: Expression, env: Environment): Value | Problem {
  switch (expression.kind) {
    case 'number':
      return numberValue(expression.value);
    case 'duration':
      return durationValue(micros(expression.amount, expression.unit, env));
    case 'text':
      return { kind: 'text', value: expression.value, octets: textOctets(expression.text) };
    case 'state':
      return { kind: 'state', value: expression.state };
    case 'boolean':
      return booleanValue(expression.value);
    case 'path':
      return pathValue(expression, env);
    case 'group':
      return evaluate(expression.inner, env);
    case 'blank':
      return BLANK;
    case 'unary':
      return unary(expression.operator, evaluate(expression.operand, env), expression.range);
    case 'binary':
      return binary(expression, env);
  }
}

/** Whether an expression has a value that counts as true; the problem when it has none. */
export function holds(expression: Expression, env: Environment): boolean | Problem {
  const value = evaluate(expression, env);
  return value.kind === 'problem' ? value : isTrue(value);
}

/** Reads and evaluates what somebody typed. */
export function evaluateText(text: string, env: Environment): Value | Problem {
  const { expr, diagnostics } = parseExpression(text);
  if (expr) return evaluate(expr, env);
  const [first] = diagnostics;
  const start = { line: 0, character: 0 };
  return problem(
    first ? diagnosticText(first) : 'Type an expression such as `SND.NXT - SND.UNA`.',
    first?.range ?? { start, end: start },
  );
}

/** A text with its `{expression}` parts filled in; a problem is written where its value would be. */
export function fillTemplate(template: Template, env: Environment): string {
  return template.parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = evaluate(part.expression, env);
      return value.kind === 'problem' ? `{${value.message}}` : printValue(value);
    })
    .join('');
}

/** Whether a `?` stands in an expression. */
export function hasBlank(expression: Expression): boolean {
  switch (expression.kind) {
    case 'blank':
      return true;
    case 'group':
      return hasBlank(expression.inner);
    case 'unary':
      return hasBlank(expression.operand);
    case 'binary':
      return hasBlank(expression.left) || hasBlank(expression.right);
    default:
      return false;
  }
}

/** What is at a path and what it means, for hovers: `SND.NXT`, `server.c1.snd`, `synack.seq`. */
export function valueAt(
  text: string,
  env: Environment,
): { readonly value: Value; readonly doc: string | undefined } | Problem {
  const value = evaluateText(text, env);
  if (value.kind === 'problem') return value;
  const { expr } = parseExpression(text);
  const found = expr?.kind === 'path' ? referenceOf(expr, env) : undefined;
  const doc = found && found.kind !== 'problem' ? docOf(found) : undefined;
  return { value, doc };
}

function docOf(reference: Reference): string | undefined {
  switch (reference.kind) {
    case 'time':
      return 'Virtual time since the run began.';
    case 'variable':
      return 'A value named by `let` or `repeat`.';
    default:
      return fieldDoc(reference.kind, reference.field);
  }
}

function problem(message: string, range: Range): Problem {
  return { kind: 'problem', message, range };
}

const UNITS = { us: 1, ms: 1_000, s: 1_000_000, min: 60_000_000, h: 3_600_000_000 } as const;

/** `msl` is the subject's host's; without one the longest of all hosts. */
function micros(amount: number, unit: keyof typeof UNITS | 'msl', env: Environment): number {
  return Math.round(amount * (unit === 'msl' ? mslOf(env) : UNITS[unit]));
}

function mslOf({ view, subject }: Environment): number {
  const host = subject && view.world.hosts.get(subject.host);
  if (host) return host.settings.msl;
  return Math.max(0, ...[...view.world.hosts.values()].map(({ settings }) => settings.msl));
}

function unary(operator: '-' | 'not', value: Value | Problem, range: Range): Value | Problem {
  if (value.kind === 'problem' || value.kind === 'blank') return value;
  if (operator === 'not') return booleanValue(!isTrue(value));
  return calculate('-', numberValue(0), value) ?? mismatch('-', value, undefined, range);
}

function binary(expression: BinaryExpression, env: Environment): Value | Problem {
  const { operator, range } = expression;
  const left = evaluate(expression.left, env);
  if (left.kind === 'problem') return left;
  if (operator === 'and' && left.kind !== 'blank' && !isTrue(left)) return booleanValue(false);
  if (operator === 'or' && isTrue(left)) return booleanValue(true);
  const right = evaluate(expression.right, env);
  if (right.kind === 'problem') return right;
  if (left.kind === 'blank' || right.kind === 'blank') return BLANK;
  const absent = [expression.left, expression.right][[left, right].findIndex(isAbsent)];
  const wrong = absent?.range ?? range;
  switch (operator) {
    case 'and':
    case 'or':
      return booleanValue(isTrue(right));
    case '==':
    case '!=': {
      const same = equal(left, right);
      if (same === undefined) return mismatch(operator, left, right, wrong);
      return booleanValue(same === (operator === '=='));
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(operator, left, right, range);
    default:
      return calculate(operator, left, right) ?? mismatch(operator, left, right, wrong);
  }
}

function isAbsent({ kind }: Value): boolean {
  return kind === 'absent';
}

function ordered(operator: string, left: Value, right: Value, range: Range): Value | Problem {
  // What is not there is neither before nor after anything.
  if (left.kind === 'absent' || right.kind === 'absent') return booleanValue(false);
  const order = compare(left, right);
  if (order === undefined) return mismatch(operator, left, right, range);
  if (order === 0) return booleanValue(operator === '<=' || operator === '>=');
  return booleanValue(order < 0 === operator.startsWith('<'));
}

const KINDS = {
  number: 'a number',
  seq: 'a sequence number',
  duration: 'a time',
  state: 'a state',
  boolean: 'true or false',
  text: 'a text',
  parts: 'a value with parts',
  blank: 'a blank',
} as const;

function mismatch(operator: string, left: Value, right: Value | undefined, range: Range): Problem {
  const absent = [left, right].find((value) => value?.kind === 'absent');
  if (absent?.kind === 'absent') return problem(`There is no value: ${absent.why}.`, range);
  const kind = (value: Value) => (value.kind === 'absent' ? 'nothing' : KINDS[value.kind]);
  const zero = (operator === '/' || operator === '%') && right && !isTrue(right);
  if (zero) return problem(`Division by zero: ${printValue(left)} ${operator} 0.`, range);
  const seen = right ? `${kind(left)} and ${kind(right)}` : kind(left);
  return problem(`\`${operator}\` does not go with ${seen}.`, range);
}

function referenceOf(expression: PathExpression, env: Environment): Reference | Problem {
  const resolved = resolvePath(expression.parts, env.scope);
  if (resolved.kind !== 'unknown') return resolved;
  const found = undeclared(
    expression.parts.map(({ text }) => text),
    env,
  );
  if (found) return found;
  const range = rangeOfUnknown(expression.parts, resolved) ?? expression.range;
  return problem(diagnosticText(resolved), range);
}

/** Names that only the run knows: `server.c1`, a child of a listener, and all that a TCB has, such as `timers.timeWait`. */
function undeclared(parts: readonly string[], env: Environment): Reference | undefined {
  const [first = '', ...rest] = parts;
  const named = env.view.world.hosts.has(first);
  const host = named ? first : undefined;
  const [second = '', ...path] = named ? rest : parts;
  const owner = host ?? env.subject?.host;
  if (owner === undefined) return undefined;
  const connection = knows(env.view, owner, second) ? second : undefined;
  const left = connection === undefined ? (named ? rest : parts) : path;
  const field = left.join('.').toLowerCase();
  const subject: Subject =
    host === undefined && connection === undefined && env.subject
      ? env.subject
      : { host: owner, connection, port: undefined };
  const seen = seenConnection(env.view, subject);
  if (field === '' || !seen || connectionField(seen.tcb, field) === undefined) return undefined;
  return { kind: 'connection', host, connection, field };
}

function knows(view: View, host: string, connection: string): boolean {
  return seenConnection(view, { host, connection, port: undefined }) !== undefined;
}

function pathValue(expression: PathExpression, env: Environment): Value | Problem {
  const { range } = expression;
  const reference = referenceOf(expression, env);
  switch (reference.kind) {
    case 'problem':
      return reference;
    case 'time':
      return durationValue(env.view.now);
    case 'variable': {
      const value = env.variables.get(reference.name);
      return value ?? problem(`\`${reference.name}\` has no value yet.`, range);
    }
    case 'segment': {
      const seg = env.segments.get(reference.name);
      if (!seg) return problem(`No segment called \`${reference.name}\` has been seen yet.`, range);
      const found = segmentField(seg, reference.field);
      const value = reference.name === SEGMENT ? withBase(found, reference.field, env) : found;
      return value ?? problem(unknownField('segment', reference.field), range);
    }
    case 'host':
      return hostValue(reference.host ?? env.subject?.host, reference.field, env, range);
    case 'connection':
      return connectionValue(reference, env, range);
  }
}

function withBase(value: Value | undefined, field: string, { bases }: Environment) {
  if (value?.kind !== 'seq') return value;
  const base = field === 'seq' ? bases?.sender : field === 'ack' ? bases?.other : undefined;
  return seqValue(value.value, base);
}

function hostValue(
  name: string | undefined,
  field: string,
  { view }: Environment,
  range: Range,
): Value | Problem {
  const host = name === undefined ? undefined : view.world.hosts.get(name);
  if (!host) return problem(needsHost(field, view), range);
  return hostField(host, field) ?? problem(unknownField('host', field), range);
}

function connectionValue(
  reference: Reference & { readonly kind: 'connection' },
  env: Environment,
  range: Range,
): Value | Problem {
  const { field } = reference;
  const subject: Subject | undefined =
    reference.host === undefined
      ? env.subject && reference.connection !== undefined
        ? { host: env.subject.host, connection: reference.connection, port: undefined }
        : env.subject
      : { host: reference.host, connection: reference.connection, port: undefined };
  if (!subject) return problem(needsHost(field, env.view), range);
  const seen = seenConnection(env.view, subject);
  if (!seen) {
    if (field === 'state') return { kind: 'state', value: 'CLOSED' };
    return { kind: 'absent', why: `${subjectText(subject)} has no connection` };
  }
  return connectionField(seen.tcb, field) ?? problem(unknownField('connection', field), range);
}

function needsHost(field: string, view: View): string {
  const [first = 'client'] = view.world.hosts.keys();
  return `Whose \`${field}\` is meant? Write the host before it: \`${first}.${field}\`.`;
}
