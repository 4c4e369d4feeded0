/** What a scenario means, or why it means nothing: names, units, ranges, one function per sentence. */

import { TIMER_NAMES } from '../tcp/timers.js';
import type {
  CallStatement,
  Fact,
  FactStatement,
  FaultStatement,
  FireStatement,
  GivenStatement,
  HostStatement,
  IcmpStatement,
  PathStatement,
  RepeatStatement,
  SendPart,
  SetStatement,
  Statement,
  Subject,
  WaitStatement,
} from './ast.js';
import * as say from './checker-messages.js';
import {
  type Checking,
  checkNumber,
  checkTime,
  PORTS,
  SEQUENCE,
  type Turns,
  typing,
} from './checking.js';
import * as sayDeclared from './declaration-messages.js';
import { DIAGNOSTIC_LIMIT, type Diagnostic, type Message } from './diagnostics.js';
import type { Expression, Template } from './expression-tree.js';
import { CONNECTION_FIELDS } from './fields.js';
import { LINK_SETTINGS } from './keywords.js';
import * as names from './names.js';
import type { Scope } from './paths.js';
import { checkPattern } from './pattern-checker.js';
import type { Name } from './range.js';
import { isSettable, SETTABLE_NAMES, timerNamed } from './settable.js';
import { listed, suggest } from './suggest.js';
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
  known?: Scope,
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
  for (const name of names.neverReleased(scenario)) report(say.unusedHold(name.text), name.range);
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
      typeOf(statement.value, typing(checking));
      names.defineVariable(
        checking.names,
        statement.name,
        constantOf(statement.value, checking.names.constants),
      );
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

/** An expression in a text has no place of its own: its mistakes are the text's. */
function checkTemplate({ parts, range }: Template, checking: Checking): void {
  const here = { ...checking, report: (message: Message) => checking.report(message, range) };
  for (const part of parts) {
    if (part.kind === 'expression') typeOf(part.expression, typing(here));
  }
}

function checkPort(port: Expression | undefined, checking: Checking): void {
  checkNumber(port, 'A port', PORTS, checking);
}

function checkSubject(subject: Subject, checking: Checking): void {
  const { host, connection, port } = subject;
  if (names.needHost(checking.names, host) && connection) {
    names.needConnection(checking.names, host.text, connection);
  }
  checkPort(port, checking);
}

/** Octets of one call: more is a mistake, not a lesson. */
const OCTETS_LIMIT = 16 * 1024 * 1024;

function checkCall({ subject, call, fails, within }: CallStatement, checking: Checking): void {
  const { names: known } = checking;
  if (names.needCaller(known, subject.host) && subject.connection) {
    names.needConnection(known, subject.host.text, subject.connection);
  }
  switch (call.kind) {
    case 'listen':
      checkPort(call.port, checking);
      checkNumber(call.backlog, 'A backlog', [0, 1_000_000], checking);
      if (call.remote) names.needAnyHost(known, call.remote.host);
      checkPort(call.remote?.port, checking);
      break;
    case 'connect':
      names.needAnyHost(known, call.to.host);
      checkPort(call.to.port, checking);
      checkPort(call.from, checking);
      if (call.send) checkSend(call.send, checking);
      break;
    case 'send':
      checkSend(call, checking);
      break;
    case 'receive':
      checkNumber(call.count, 'This', [1, OCTETS_LIMIT], checking);
      break;
  }
  if ('as' in call && call.as) names.defineConnection(known, subject.host.text, call.as);
  if (fails?.kind === 'blank') checking.report(say.unanswered(), fails.range);
  checkTime(within, checking);
}

function checkSend({ data, bytes }: SendPart, checking: Checking): void {
  if (bytes === 'count') checkNumber(data, 'This', [0, OCTETS_LIMIT], checking);
}

function checkFactStatement({ fact, within, during }: FactStatement, checking: Checking): void {
  checkFact(fact, checking);
  checkTime(within ?? during, checking);
}

function checkFact(fact: Fact, checking: Checking): void {
  if (fact.subject) checkSubject(fact.subject, checking);
  switch (fact.kind) {
    case 'state':
      if (fact.state.kind === 'blank') checking.report(say.unanswered(), fact.state.range);
      break;
    case 'fails':
      if (fact.message.kind === 'blank') checking.report(say.unanswered(), fact.message.range);
      break;
    case 'received':
      if (fact.bytes === 'count') checkNumber(fact.data, 'This', [0, OCTETS_LIMIT], checking);
      break;
    case 'expression': {
      const { expression, subject } = fact;
      const [word] = expression.kind === 'path' && subject ? expression.parts : [];
      // One word after a name is a state that was meant, far more often than anything else.
      if (expression.kind === 'path' && word && expression.parts.length === 1) {
        names.stateMeant(checking.names, word, checking.report);
      } else need(expression, 'boolean', typing(checking, subject ? 'subject' : 'none'));
      break;
    }
    default:
      fact satisfies never;
  }
}

function checkNth(nth: Expression | undefined, checking: Checking): void {
  checkNumber(nth, 'Which one', [1, 1_000_000], checking);
}

function checkFault(statement: FaultStatement, checking: Checking): void {
  const { fault, count, pattern, by, as, nth } = statement;
  checkNumber(count, 'How many', [1, 1_000_000], checking);
  checkPattern(pattern, 'fault', checking);
  checkNth(nth, checking);
  checkTime(by, checking);
  if (fault === 'hold' && as) names.defineHeld(checking.names, as);
}

function checkPath({ from, to }: Pick<PathStatement, 'from' | 'to'>, checking: Checking): void {
  names.needAnyHost(checking.names, from);
  names.needAnyHost(checking.names, to);
}

/** What a segment under way can be without. */
const OPTION_FIELDS: readonly string[] = ['mss', 'wscale', 'sackok', 'ts', 'uto', 'fo', 'foexp'];

function checkSet({ target, value }: SetStatement, checking: Checking): void {
  if (value) typeOf(value, typing(checking, 'subject'));
  if (target.kind === 'segment') {
    checkPattern(target.pattern, 'fault', checking);
    checkNth(target.nth, checking);
    checkPattern(target.changes, 'change', checking);
    for (const { text, range } of target.without) {
      if (OPTION_FIELDS.includes(text.toLowerCase())) continue;
      checking.report(say.noOption(text, suggest(text, OPTION_FIELDS)), range);
    }
    return;
  }
  if (target.kind === 'link') {
    checkPath(target, checking);
    const words = LINK_SETTINGS.map(({ word }) => word);
    const { text, range } = target.setting;
    if (words.includes(text.toLowerCase())) return;
    checking.report(say.unknownProperty('A link', text, suggest(text, words)), range);
    return;
  }
  checkVariable(target.parts, isSettable, SETTABLE_NAMES, say.notSettable, checking);
}

/** What is quoted of the segment: enough to find its connection, and its number. */
const QUOTED: ReadonlySet<string> = new Set(['from', 'to', 'seq']);

function checkIcmp({ error, mtu, pattern }: IcmpStatement, checking: Checking): void {
  names.needHost(checking.names, pattern.from);
  checkPattern(pattern, 'fault', checking);
  const isTooBig = error.text.toLowerCase() === 'too-big';
  if (mtu && !isTooBig) checking.report(say.mtuOfWhat(), mtu.range);
  checkNumber(mtu, 'An MTU', [68, 65_535], checking);
  const other = pattern.fields.find(({ name }) => !QUOTED.has(name));
  if (other || pattern.flags !== undefined) {
    checking.report(say.notQuoted(), other?.range ?? pattern.range);
  }
}

function checkTimer({ parts }: FireStatement, checking: Checking): void {
  const isTimer = (path: string) => timerNamed(path) !== undefined;
  checkVariable(parts, isTimer, TIMERS, say.noTimer, checking);
}

const TIMERS = TIMER_NAMES.map((timer) => `timers.${timer}`);

/** `client.SND.WND` or `client.c1.SND.WND`: a host, perhaps a connection, and one of the names. */
function checkVariable(
  parts: readonly Name[],
  isKnown: (path: string) => boolean,
  all: readonly string[],
  message: (path: string, suggestion: string | undefined) => Message,
  checking: Checking,
): void {
  const [host, ...rest] = parts;
  if (!host || !names.needHost(checking.names, host)) return;
  const paths = [rest, rest.slice(1)].map((some) => some.map(({ text }) => text).join('.'));
  if (paths.some((path) => isKnown(path.toLowerCase()))) return;
  const last = rest.at(-1) ?? host;
  const range = { start: host.range.start, end: last.range.end };
  checking.report(message(paths[0] ?? '', suggest(paths[0] ?? '', all)), range);
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
  const times = constantOf(count, checking.names.constants);
  need(count, 'number', typing(checking));
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
  if (as) names.defineVariable(checking.names, as, undefined);
  checkBody(body, checking);
  names.closeBlock(checking.names, inner);
  checking.turns = around;
}

/** What the name of a `repeat` counts from. */
function firstTurn(from: Expression | undefined, checking: Checking): number {
  if (from === undefined) return 0;
  checkNumber(from, 'This', SEQUENCE, checking);
  const first = constantOf(from, checking.names.constants);
  if (first === undefined) checking.report(say.repeatNotKnown(), from.range);
  return first ?? 0;
}

/** What may be given of a connection: numbers that the run does not compute itself. */
const GIVEN_FIELDS = [
  'iss',
  'irs',
  'snd.una',
  'snd.nxt',
  'snd.wnd',
  'snd.up',
  'snd.wl1',
  'snd.wl2',
].concat(['snd.max', 'snd.mss', 'rcv.nxt', 'rcv.wnd', 'rcv.up']);

function checkGiven(statement: GivenStatement, checking: Checking): void {
  const { local, remote, state, remoteState, as, values } = statement;
  names.needHost(checking.names, local.host);
  const known = names.needAnyHost(checking.names, remote.host);
  if (local.host.text === remote.host.text) {
    checking.report(say.selfGiven(local.host.text), remote.host.range);
  }
  checkPort(local.port, checking);
  checkPort(remote.port, checking);
  if (state.state === 'LISTEN') checking.report(say.givenListen(local.host.text), state.range);
  if (state.state === 'CLOSED') checking.report(say.givenClosed(), state.range);
  if (remoteState && known === 'peer') {
    checking.report(say.peerHasNoState(remote.host.text), remoteState.range);
  } else if (remoteState?.state === 'LISTEN') {
    checking.report(say.givenListen(remote.host.text), remoteState.range);
  }
  const seen = new Set<string>();
  for (const { name, value } of values) {
    const field = name.text.toLowerCase();
    if (!GIVEN_FIELDS.includes(field)) {
      const words = GIVEN_FIELDS.map((word) => word.toUpperCase());
      const suggestion = suggest(field, words);
      checking.report(say.unknownGiven(name.text, suggestion, listed(words)), name.range);
    } else if (seen.has(field)) checking.report(sayDeclared.settingTwice(name.text), name.range);
    seen.add(field);
    const modular = CONNECTION_FIELDS.find((known) => known.name === field)?.modular;
    checkNumber(value, name.text.toUpperCase(), modular ? SEQUENCE : [0, 2 ** 30], checking);
  }
  if (!as) return;
  names.defineConnection(checking.names, local.host.text, as);
  if (known === 'host') names.defineConnection(checking.names, remote.host.text, as);
}
