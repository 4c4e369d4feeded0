/** A check under way, and what most checks need: numbers in a range, times, types. */

import * as say from './checker-messages.js';
import type { Diagnostic, Message } from './diagnostics.js';
import type { Expression } from './expression-tree.js';
import { type Names, needAnyHost, reportUnknownPath } from './names.js';
import type { PathStatement, RepeatStatement } from './statement-tree.js';
import { constantOf, need, type Typing, typeOf } from './types.js';

/** The ranges of ports and of sequence numbers. */
const PORTS = [1, 65_535] as const;
export const SEQUENCE = [0, 2 ** 32 - 1] as const;

/** How often a `repeat` repeats, and what its name counts from. */
export interface Turns {
  readonly times: number;
  readonly from: number;
}

/** A check under way: the names met so far, and what was found. */
export interface Checking {
  readonly names: Names;
  readonly times: Map<RepeatStatement, Turns>;
  readonly report: (message: Message, range: Diagnostic['range']) => void;
  readonly found: readonly Diagnostic[];
  /** How often the statement being checked runs, by the blocks around it. */
  turns: number;
}

/** How expressions are checked here. */
export function typing(checking: Checking, subject: Typing['subject'] = 'none'): Typing {
  return {
    scope: checking.names,
    subject,
    blank: say.blankHere,
    report: checking.report,
    unknownPath: (path, message, wrong) =>
      reportUnknownPath(checking.names, path, message, wrong, checking.report),
  };
}

/** A whole number in a range, as far as it is known before the run. */
export function checkNumber(
  expression: Expression | undefined,
  what: string,
  range: readonly [min: number, max: number],
  checking: Checking,
): void {
  if (!expression) return;
  if (expression.kind === 'blank') {
    checking.report(say.blankHere(), expression.range);
    return;
  }
  need(expression, 'number', typing(checking));
  if (!mayBeNumber(expression, checking)) return;
  const value = constantOf(expression, checking.names.constants);
  const [min, max] = range;
  if (value !== undefined && (value < min || value > max || !Number.isInteger(value))) {
    checking.report(say.outOfRange(what, `${value}`, `${min}`, `${max}`), expression.range);
  }
}

/** Whether this is a number, or may be one once it runs, without a word about it: what is wrong has been told already. */
export function mayBeNumber(expression: Expression, checking: Checking): boolean {
  let isWrong = false;
  const wrong = () => {
    isWrong = true;
  };
  const type = typeOf(expression, { ...typing(checking), report: wrong, unknownPath: wrong });
  return !isWrong && (type === undefined || type === 'number');
}

/** A time, as far as it is known before the run. */
export function checkTime(time: Expression | undefined, checking: Checking): void {
  if (!time) return;
  if (time.kind === 'blank') {
    checking.report(say.blankHere(), time.range);
    return;
  }
  const value = constantOf(time, checking.names.constants);
  if (value !== undefined && value < 0) checking.report(say.negativeTime(), time.range);
  else need(time, 'duration', typing(checking));
}

/** A port, where one is written. */
export function checkPort(port: Expression | undefined, checking: Checking): void {
  checkNumber(port, 'A port', PORTS, checking);
}

/** Which of several segments under way. */
export function checkNth(nth: Expression | undefined, checking: Checking): void {
  checkNumber(nth, 'Which one', [1, 1_000_000], checking);
}

/** The two ends of a path. */
export function checkPath(
  { from, to }: Pick<PathStatement, 'from' | 'to'>,
  checking: Checking,
): void {
  needAnyHost(checking.names, from);
  needAnyHost(checking.names, to);
}
