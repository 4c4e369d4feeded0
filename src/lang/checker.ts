/** What a scenario means, or why it means nothing: names, units, ranges, one function per sentence. */

import { checkCall, checkFact, checkFactStatement } from './call-checker.js';
import * as say from './checker-messages.js';
import {
  type Checking,
  checkNth,
  checkNumber,
  checkPath,
  checkTime,
  mayBeNumber,
  SEQUENCE,
  type Turns,
  typing,
} from './checking.js';
import { DIAGNOSTIC_LIMIT, type Diagnostic, type Message } from './diagnostics.js';
import type { Expression, Template } from './expression-tree.js';
import { checkGiven } from './given-checker.js';
import * as sayNamed from './name-messages.js';
import * as names from './names.js';
import type { Scope } from './paths.js';
import { checkPattern } from './pattern-checker.js';
import { checkSet, checkTimer } from './set-checker.js';
import type {
  FaultStatement,
  HostStatement,
  IcmpStatement,
  LetStatement,
  RepeatStatement,
  Statement,
  WaitStatement,
} from './statement-tree.js';
import { constantOf, need, typeOf } from './types.js';
import type { World } from './world.js';

/** How often the inner statements of nested `repeat`s may run in all. */
const REPEAT_LIMIT = 1_000_000;

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  /** All names of the scenario. */
  readonly scope: Scope;
  /** How often each `repeat` repeats. */
  readonly times: ReadonlyMap<RepeatStatement, Turns>;
}

/** Checks the statements of a scenario. Names in `lost` may be missing because of mistakes in the text. */
export function checkScenario(
  body: readonly Statement[],
  world: Pick<World, 'hosts'>,
  lost: ReadonlySet<string>,
  known?: names.Known,
): Checked {
  const diagnostics: Diagnostic[] = [];
  const report = (message: Message, range: Diagnostic['range']) => {
    diagnostics.push({ ...message, range });
  };
  const scenario = names.openNames(world.hosts, body, lost, report, known);
  const checking: Checking = {
    names: scenario,
    times: new Map(),
    report,
    found: diagnostics,
    turns: 1,
  };
  checkBody(body, checking);
  for (const name of names.neverReleased(scenario))
    report(sayNamed.unusedHold(name.text), name.range);
  return { diagnostics, scope: scenario, times: checking.times };
}

function checkBody(body: readonly Statement[], checking: Checking): void {
  for (const statement of body) {
    if (checking.found.length >= DIAGNOSTIC_LIMIT) return;
    checkStatement(statement, checking);
  }
}

function checkStatement(statement: Statement, checking: Checking): void {
  switch (statement.kind) {
    case 'call':
      checkCall(statement, checking);
      break;
    case 'inject':
      checkPattern(statement.pattern, 'inject', checking);
      if (statement.as) names.defineSegment(checking.names, statement.as);
      break;
    case 'segment':
      checkPattern(statement.pattern, 'expect', checking);
      checkTime(statement.within ?? statement.during, checking);
      if (statement.as) names.defineSegment(checking.names, statement.as);
      break;
    case 'fact':
      checkFactStatement(statement, checking);
      break;
    case 'fault':
      checkFault(statement, checking);
      break;
    case 'release':
      names.releaseHeld(checking.names, statement.name);
      break;
    case 'cut':
    case 'mend':
      checkPath(statement, checking);
      break;
    case 'crash':
    case 'restart':
      checkHostStep(statement, checking);
      break;
    case 'wait':
      checkWait(statement, checking);
      break;
    case 'repeat':
      checkRepeat(statement, checking);
      break;
    case 'deliver':
      checkPattern(statement.pattern, 'fault', checking);
      checkNth(statement.nth, checking);
      checkTime(statement.in, checking);
      break;
    case 'icmp':
      checkIcmp(statement, checking);
      break;
    case 'fire':
      checkTimer(statement, checking);
      break;
    case 'set':
      checkSet(statement, checking);
      break;
    case 'let':
      checkLet(statement, checking);
      break;
    case 'print':
      checkTemplate(statement.template, checking);
      break;
    case 'given':
      checkGiven(statement, checking);
      break;
    default:
      statement satisfies never;
  }
}

function checkLet({ name, value }: LetStatement, checking: Checking): void {
  const type = typeOf(value, typing(checking));
  names.defineVariable(checking.names, name, type, constantOf(value, checking.names.constants));
}

function checkTemplate({ parts }: Template, checking: Checking): void {
  for (const part of parts) {
    if (part.kind === 'expression') typeOf(part.expression, typing(checking));
  }
}

function checkFault(statement: FaultStatement, checking: Checking): void {
  const { fault, count, pattern, by, as, nth } = statement;
  checkNumber(count, 'How many', [1, 1_000_000], checking);
  checkPattern(pattern, 'fault', checking);
  checkNth(nth, checking);
  checkTime(by, checking);
  if (fault === 'hold' && as) names.defineHeld(checking.names, as);
}

/** What is quoted of the segment: enough to find its connection, and its number. */
const QUOTED: ReadonlySet<string> = new Set(['from', 'to', 'seq']);

function checkIcmp({ error, mtu, pattern }: IcmpStatement, checking: Checking): void {
  names.needHost(checking.names, pattern.from);
  checkPattern(pattern, 'fault', checking);
  const isTooBig = error.text.toLowerCase() === 'too-big';
  if (mtu && !isTooBig) checking.report(sayNamed.mtuOfWhat(), mtu.range);
  else checkNumber(mtu, 'An MTU', [68, 65_535], checking);
  const other = pattern.fields.find(({ name }) => !QUOTED.has(name));
  if (other || pattern.flags !== undefined) {
    checking.report(sayNamed.notQuoted(), other?.range ?? pattern.range);
  }
}

function checkHostStep({ host }: HostStatement, checking: Checking): void {
  names.needHost(checking.names, host);
}

function checkWait({ until }: WaitStatement, checking: Checking): void {
  if (until.kind === 'duration') checkTime(until.duration, checking);
  if (until.kind === 'events') checkNumber(until.count, 'How many', [1, 1_000_000], checking);
  if (until.kind !== 'fact') return;
  checkFact(until.fact, checking);
  checkTime(until.within, checking);
}

function checkRepeat(statement: RepeatStatement, checking: Checking): void {
  const { count, as, from, body } = statement;
  const around = checking.turns;
  need(count, 'number', typing(checking));
  const times = mayBeNumber(count, checking) ? constantOf(count, checking.names.constants) : 0;
  if (times === undefined) checking.report(say.repeatNotKnown(), count.range);
  else if (times < 0 || !Number.isInteger(times)) {
    checking.report(say.outOfRange('How often', `${times}`, '0', `${REPEAT_LIMIT}`), count.range);
  } else if (times * around > REPEAT_LIMIT) {
    checking.report(say.repeatTooOften(times * around, REPEAT_LIMIT), count.range);
  } else {
    checking.times.set(statement, { times, from: firstTurn(from, checking) });
    checking.turns = times * around;
  }
  const inner = names.openBlock(checking.names);
  if (as) names.defineVariable(checking.names, as, 'number', undefined);
  checkBody(body, checking);
  names.closeBlock(checking.names, inner);
  checking.turns = around;
}

/** What the name of a `repeat` counts from. */
function firstTurn(from: Expression | undefined, checking: Checking): number {
  if (from === undefined) return 0;
  checkNumber(from, 'This', SEQUENCE, checking);
  const first = constantOf(from, checking.names.constants);
  if (first === undefined && mayBeNumber(from, checking)) {
    checking.report(say.repeatNotKnown(), from.range);
  }
  return first ?? 0;
}
