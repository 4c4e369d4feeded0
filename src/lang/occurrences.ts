/** Where the names that a script declares are written: each declaration and each use, and which belong together. */

import type { Item } from './ast.js';
import type { Expression } from './expression-tree.js';
import type { Name } from './range.js';
import {
  type Block,
  beginReading,
  connectionAt,
  connectionKey,
  declareConnection,
  declareLocal,
  escapedJoins,
  heldAt,
  hostAt,
  isConnection,
  type Join,
  linkAt,
  type Occurrence,
  type Reading,
  useLocal,
} from './reading.js';
import type { SegmentPattern } from './segment-tree.js';
import type {
  Call,
  Endpoint,
  Fact,
  GivenStatement,
  SetStatement,
  Statement,
  Subject,
  WaitStatement,
} from './statement-tree.js';

/** The occurrences in an item that stands outside statements: a host or a link. */
export function declarationOccurrences(item: Item): readonly Occurrence[] {
  const found: Occurrence[] = [];
  if (item.kind === 'host') found.push(hostAt(item.name, 'declaration'));
  if (item.kind === 'link') {
    found.push(hostAt(item.from), linkAt(item, 'declaration'), hostAt(item.to));
  }
  return found;
}

/** The occurrences in the statements of one scenario; `scenario` tells it from the others. */
export function statementOccurrences(
  body: readonly Statement[],
  scenario: string,
  hosts: ReadonlySet<string>,
): { readonly found: readonly Occurrence[]; readonly joins: readonly Join[] } {
  const reading = beginReading(scenario, hosts);
  readBody(body, [], reading);
  return { found: reading.found, joins: [...reading.joins, ...escapedJoins(reading)] };
}

function readBody(body: readonly Statement[], block: Block, reading: Reading): void {
  for (const statement of body) readStatement(statement, block, reading);
}

/** In the order in which the checker knows the names: a name counts from the statement after the one that gives it. */
function readStatement(statement: Statement, block: Block, reading: Reading): void {
  const use: Use = (...all) => {
    for (const one of all) if (one) readExpression(one, block, reading);
  };
  switch (statement.kind) {
    case 'inject':
    case 'segment':
      readPattern(statement.pattern, use, reading);
      if (statement.kind === 'segment') use(statement.within, statement.during);
      if (statement.as) declareLocal(statement.as, 'segment', block, reading);
      break;
    case 'let':
      use(statement.value);
      declareLocal(statement.name, 'value', block, reading);
      break;
    case 'repeat': {
      use(statement.count, statement.from);
      const inner = [...block, statement];
      if (statement.as) declareLocal(statement.as, 'value', inner, reading);
      readBody(statement.body, inner, reading);
      break;
    }
    case 'call':
      readSubject(statement.subject, use, reading);
      readCall(statement.call, statement.subject.host.text, use, reading);
      use(statement.within);
      break;
    case 'given':
      readGiven(statement, use, reading);
      break;
    default:
      readStep(statement, use, reading);
  }
}

type Use = (...all: readonly (Expression | undefined)[]) => void;

/** The statements that give no names, or only one of something held. */
function readStep(
  statement: Exclude<
    Statement,
    { kind: 'inject' | 'segment' | 'let' | 'repeat' | 'call' | 'given' }
  >,
  use: Use,
  reading: Reading,
): void {
  switch (statement.kind) {
    case 'fact':
      readFact(statement.fact, use, reading);
      use(statement.within, statement.during);
      break;
    case 'fault':
      use(statement.count, statement.nth, statement.by);
      readPattern(statement.pattern, use, reading);
      if (statement.as) heldAt(statement.as, 'declaration', reading);
      break;
    case 'release':
      heldAt(statement.name, 'use', reading);
      break;
    case 'cut':
    case 'mend':
      readPair(statement, reading);
      break;
    case 'crash':
    case 'restart':
      reading.found.push(hostAt(statement.host));
      break;
    case 'wait':
      readWait(statement.until, use, reading);
      break;
    case 'set':
      readTarget(statement.target, use, reading);
      use(statement.value);
      break;
    case 'deliver':
      readPattern(statement.pattern, use, reading);
      use(statement.nth, statement.in);
      break;
    case 'icmp':
      use(statement.mtu);
      readPattern(statement.pattern, use, reading);
      break;
    case 'fire':
      readVariable(statement.parts, reading);
      break;
    case 'print':
      for (const part of statement.template.parts) {
        if (part.kind === 'expression') use(part.expression);
      }
      break;
    default:
      statement satisfies never;
  }
}

function readWait(until: WaitStatement['until'], use: Use, reading: Reading): void {
  if (until.kind === 'duration') use(until.duration);
  if (until.kind === 'events') use(until.count);
  if (until.kind !== 'fact') return;
  readFact(until.fact, use, reading);
  use(until.within);
}

function readGiven(statement: GivenStatement, use: Use, reading: Reading): void {
  const { local, remote, as, values } = statement;
  readEndpoint(local, use, reading);
  readEndpoint(remote, use, reading);
  use(...values.map(({ value }) => value));
  if (!as) return;
  const hosts = [local.host.text, remote.host.text];
  for (const host of hosts) declareConnection(as, host, reading);
  const [one = '', other = ''] = hosts.map((host) => connectionKey(as.text, host, reading));
  reading.joins.push([one, other]);
}

function readCall(call: Call, host: string, use: Use, reading: Reading): void {
  switch (call.kind) {
    case 'listen':
      use(call.port);
      if (call.remote) readEndpoint(call.remote, use, reading);
      use(call.backlog);
      break;
    case 'connect':
      readEndpoint(call.to, use, reading);
      use(call.from, call.send?.data);
      break;
    case 'send':
      use(call.data);
      break;
    case 'receive':
      use(call.count);
      break;
  }
  if ('as' in call && call.as) declareConnection(call.as, host, reading);
}

function readFact(fact: Fact, use: Use, reading: Reading): void {
  if (fact.subject) readSubject(fact.subject, use, reading);
  if (fact.kind === 'received') use(fact.data);
  if (fact.kind === 'expression') use(fact.expression);
}

function readSubject({ host, connection, port }: Subject, use: Use, reading: Reading): void {
  reading.found.push(hostAt(host));
  if (connection) connectionAt(connection, host.text, 'use', reading);
  use(port);
}

function readEndpoint({ host, port }: Endpoint, use: Use, reading: Reading): void {
  reading.found.push(hostAt(host));
  use(port);
}

function readPair(pair: { readonly from: Name; readonly to: Name }, reading: Reading): void {
  reading.found.push(hostAt(pair.from), linkAt(pair), hostAt(pair.to));
}

function readPattern(pattern: SegmentPattern, use: Use, reading: Reading): void {
  readPair(pattern, reading);
  for (const { value, echo } of pattern.fields) use(value, echo);
}

function readTarget(target: SetStatement['target'], use: Use, reading: Reading): void {
  if (target.kind === 'variable') readVariable(target.parts, reading);
  else if (target.kind === 'link') readPair(target, reading);
  else {
    readPattern(target.pattern, use, reading);
    use(target.nth);
    for (const { value, echo } of target.changes.fields) use(value, echo);
  }
}

/** `client.c1.SND.WND`: a host, and a connection if the second part is one. */
function readVariable([host, second]: readonly Name[], reading: Reading): void {
  if (!host) return;
  reading.found.push(hostAt(host));
  if (second && isConnection(second.text, host.text, reading)) {
    connectionAt(second, host.text, 'use', reading);
  }
}

function readExpression(expression: Expression, block: Block, reading: Reading): void {
  switch (expression.kind) {
    case 'path': {
      const [first] = expression.parts;
      if (first && reading.latest.has(first.text)) useLocal(first, block, reading);
      else if (first && reading.hosts.has(first.text)) readVariable(expression.parts, reading);
      break;
    }
    case 'unary':
      readExpression(expression.operand, block, reading);
      break;
    case 'binary':
      readExpression(expression.left, block, reading);
      readExpression(expression.right, block, reading);
      break;
    case 'group':
      readExpression(expression.inner, block, reading);
      break;
  }
}
