/** What people add to a breakpoint, read and checked: condition, hit count, log message. */

import { diagnosticText } from '../lang/diagnostics.js';
import type { Expression, TemplatePart } from '../lang/expression-tree.js';
import { parseExpression } from '../lang/expressions.js';
import { isNumbered, resolvePath, type Scope } from '../lang/paths.js';
import type { Name } from '../lang/range.js';
import { parseTemplate } from '../lang/template.js';
import { parseHitCondition, type Refinement } from '../run/breakpoint.js';
import { SEGMENT } from '../run/environment.js';
import { isConnectionField } from '../run/fields.js';
import { type Run, stateNow } from '../run/run.js';
import { seq } from '../tcp/seq.js';
import { RFC9293 } from '../tcp/settings.js';
import { closedTcb, type Tcb } from '../tcp/tcb.js';
import * as words from './words.js';

/** As it was written. */
export interface Written {
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  readonly logMessage?: string | undefined;
}

/** What may end a condition where the client has no field for it: `hit >= 3`, `log "{STATE}"`. */
const ENDING = /(?:^|\s)(?:hit\s+([=<>%]*\s*\w+)\s*)?(?:\blog\s+("(?:[^"\\]|\\.)*")\s*)?$/;

/** What was written, with a hit count and a log message that stand in the condition taken out of it. */
function spread({
  condition = '',
  hitCondition = '',
  logMessage = '',
}: Written): Required<Written> | string {
  const [whole = '', hit = '', log = ''] = ENDING.exec(condition) ?? [];
  if (hit !== '' && hitCondition.trim() !== '') return words.twice('hit count');
  if (log !== '' && logMessage !== '') return words.twice('log message');
  return {
    condition: condition.slice(0, condition.length - whole.length),
    hitCondition: hit === '' ? hitCondition : hit,
    logMessage: log === '' ? logMessage : log.slice(1, -1).replace(/\\(["\\])/g, '$1'),
  };
}

/** The refinement that was meant, or what is wrong with it. */
export function refine(written: Written, run: Run): Refinement | string {
  const parts = spread(written);
  if (typeof parts === 'string') return parts;
  const { condition = '', hitCondition = '', logMessage = '' } = parts;
  const { scope } = stateNow(run).setup.program;
  const wrong = condition.trim() === '' ? undefined : expressionProblem(condition, scope);
  if (wrong !== undefined) return words.wrongCondition(condition, wrong);
  const hits = hitCondition.trim() === '' ? undefined : parseHitCondition(hitCondition);
  if (hitCondition.trim() !== '' && hits === undefined) return words.wrongHitCount(hitCondition);
  const log = logMessage === '' ? undefined : parseTemplate(logMessage);
  const [mistake] = log?.diagnostics ?? [];
  const wrongLog = mistake ? diagnosticText(mistake) : unknownIn(log?.parts ?? [], scope);
  if (wrongLog !== undefined) return words.wrongLogMessage(logMessage, wrongLog);
  const start = { line: 0, character: 0 };
  const range = { start, end: start };
  return {
    condition: condition.trim() === '' ? undefined : condition,
    hits,
    log: log && { parts: log.parts, text: logMessage, range },
  };
}

/** What is wrong with the first name in a text's expressions that nothing has. */
function unknownIn(parts: readonly TemplatePart[], scope: Scope): string | undefined {
  for (const part of parts) {
    const wrong =
      part.kind === 'text' ? undefined : unknownName(part.expression, withSegment(scope));
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** What is wrong with an expression wherever it is evaluated: its grammar, or a name that nothing has. */
export function expressionProblem(text: string, scope: Scope): string | undefined {
  const { expr, diagnostics } = parseExpression(text);
  if (expr) return unknownName(expr, withSegment(scope));
  const [first] = diagnostics;
  return first ? diagnosticText(first) : words.noExpression;
}

function unknownName(expression: Expression, scope: Scope): string | undefined {
  switch (expression.kind) {
    case 'path':
      return unknownPath(expression.parts, scope);
    case 'unary':
      return unknownName(expression.operand, scope);
    case 'group':
      return unknownName(expression.inner, scope);
    case 'binary':
      return unknownName(expression.left, scope) ?? unknownName(expression.right, scope);
    default:
      return undefined;
  }
}

function withSegment(scope: Scope): Scope {
  return { ...scope, segments: new Set([...scope.segments, SEGMENT]) };
}

const NOBODY = { address: '0.0.0.0', port: 0 };

/** Any TCB has all fields; this one has a value in those that may have none. */
export const ANY_TCB: Tcb = {
  ...closedTcb(NOBODY, NOBODY, RFC9293),
  isn: { kind: 'given', value: seq(0) },
};

/** What the script does not declare may still be there when the time comes: `server.c1.STATE`, `timers.timeWait`. */
function unknownPath(parts: readonly Name[], scope: Scope): string | undefined {
  const resolved = resolvePath(parts, scope);
  if (resolved.kind !== 'unknown') return undefined;
  const [first = '', ...rest] = parts.map(({ text }) => text);
  const path = scope.hosts.has(first) ? rest : [first, ...rest];
  const [second = '', ...others] = path;
  const named = [...scope.connections.values()].some((names) => names.has(second));
  const isConnection = named || isNumbered(second);
  const fields = [path, ...(isConnection ? [others] : [])].map((one) =>
    one.join('.').toLowerCase(),
  );
  const known = fields.some((field) => field !== '' && isConnectionField(ANY_TCB, field));
  return known ? undefined : diagnosticText(resolved);
}
