/** What a path stands for: `SND.NXT`, `server.c1.state`, `synack.seq`. */

import { diagnosticText } from '../lang/diagnostics.js';
import type { PathExpression } from '../lang/expression-tree.js';
import { type Reference, rangeOfUnknown, resolvePath } from '../lang/paths.js';
import type { Range } from '../lang/range.js';
import { type Environment, type Problem, problem, SEGMENT } from './environment.js';
import {
  connectionField,
  connectionFieldAt,
  hostField,
  segmentField,
  unknownField,
} from './fields.js';
import { durationValue, seqValue, type Value } from './values.js';
import { type Subject, seenConnection, subjectText, type View } from './view.js';

/** The value at a path, or why there is none. */
export function pathValue(expression: PathExpression, env: Environment): Value | Problem {
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

/** What the words of a path name: by the scope of the script, or else by what the run has made since. */
export function referenceOf(expression: PathExpression, env: Environment): Reference | Problem {
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
  const value = connectionFieldAt(seen.tcb, field, env.view.now);
  return value ?? problem(unknownField('connection', field), range);
}

function needsHost(field: string, view: View): string {
  const [first = 'client'] = view.world.hosts.keys();
  return `Whose \`${field}\` is meant? Write the host before it: \`${first}.${field}\`.`;
}
