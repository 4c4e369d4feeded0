/** The statements of a checked scenario as a flat list of instructions; blocks become jumps. */

import { isIcmpError } from '../tcp/icmp/messages.js';
import type { Turns } from './checking.js';
import { givenEnds } from './given-ends.js';
import { FIELD_SPELLINGS } from './keywords.js';
import type {
  Instruction,
  Operation,
  OperationOf,
  ProgramCall,
  ProgramEndpoint,
  ProgramFact,
  ProgramField,
  ProgramHost,
  ProgramSegment,
  ProgramSubject,
} from './program.js';
import type { Name, Range } from './range.js';
import type { Field, SegmentPattern } from './segment-tree.js';
import { isSettable } from './settable.js';
import type {
  CallStatement,
  Endpoint,
  Fact,
  GivenStatement,
  RepeatStatement,
  SetStatement,
  Statement,
  Subject,
} from './statement-tree.js';

export interface Flattening {
  readonly file: string;
  /** The text's lines, for the text of each instruction. */
  readonly lines: readonly string[];
  readonly roles: ReadonlyMap<string, ProgramHost['role']>;
  readonly times: ReadonlyMap<RepeatStatement, Turns>;
}

export function flatten(
  body: readonly Statement[],
  flattening: Flattening,
): readonly Instruction[] {
  const instructions: Instruction[] = [];
  add(body, flattening, instructions);
  return instructions;
}

function add(body: readonly Statement[], flattening: Flattening, into: Instruction[]): void {
  for (const statement of body) {
    if (statement.kind === 'repeat') addRepeat(statement, flattening, into);
    else push(operationOf(statement, flattening), rangeOf(statement), flattening, into);
  }
}

/** A statement's own line; of one with a block its first. */
function rangeOf(statement: Statement): Range {
  return statement.kind === 'repeat' ? statement.head : statement.range;
}

function push(
  operation: Operation,
  range: Range,
  { file, lines }: Flattening,
  into: Instruction[],
): void {
  const { start, end } = range;
  const line = lines[start.line] ?? '';
  const text = line.slice(start.character, end.line === start.line ? end.character : undefined);
  into.push({ index: into.length, place: { file, range }, text: text.trimEnd(), operation });
}

function addRepeat(statement: RepeatStatement, flattening: Flattening, into: Instruction[]): void {
  const start = into.length;
  const { times, from } = flattening.times.get(statement) ?? { times: 0, from: 0 };
  const as = statement.as?.text;
  const { end } = statement.range;
  const brace: Range = { start: { line: end.line, character: end.character - 1 }, end };
  push({ kind: 'repeat', times, as, from, end: start }, statement.head, flattening, into);
  add(statement.body, flattening, into);
  push({ kind: 'end-repeat', start }, brace, flattening, into);
  const head = into[start]!;
  into[start] = { ...head, operation: { kind: 'repeat', times, as, from, end: into.length - 1 } };
}

function operationOf(
  statement: Exclude<Statement, RepeatStatement>,
  flattening: Flattening,
): Operation {
  switch (statement.kind) {
    case 'call':
      return callOf(statement);
    case 'inject':
      return { kind: 'inject', segment: segmentOf(statement.pattern), as: statement.as?.text };
    case 'segment': {
      const { mode, pattern, as, within, during } = statement;
      return { kind: 'segment', mode, segment: segmentOf(pattern), as: as?.text, within, during };
    }
    case 'fact': {
      const { mode, fact, within, during } = statement;
      return { kind: 'fact', mode, fact: factOf(fact), within, during };
    }
    case 'fault': {
      const { fault, count, pattern, by, as, meets, nth } = statement;
      const segment = segmentOf(pattern);
      return { kind: 'fault', fault, count, segment, by, as: as?.text, meets, nth };
    }
    case 'release':
      return { kind: 'release', name: statement.name.text };
    case 'cut':
    case 'mend':
      return { kind: statement.kind, from: statement.from.text, to: statement.to.text };
    case 'crash':
    case 'restart':
      return { kind: statement.kind, host: statement.host.text };
    case 'wait': {
      const { until } = statement;
      if (until.kind === 'duration') return { kind: 'wait', duration: until.duration };
      if (until.kind === 'quiet') return { kind: 'wait-quiet' };
      if (until.kind === 'events') return { kind: 'wait-events', count: until.count };
      return { kind: 'wait-until', fact: factOf(until.fact), within: until.within };
    }
    case 'deliver': {
      const { pattern, nth, in: after } = statement;
      return { kind: 'deliver', segment: segmentOf(pattern), nth, in: after };
    }
    case 'icmp': {
      const word = statement.error.text.toLowerCase();
      const error = isIcmpError(word) ? word : 'host-unreachable';
      return { kind: 'icmp', error, mtu: statement.mtu, segment: segmentOf(statement.pattern) };
    }
    case 'fire':
      return { kind: 'fire', ...variableOf(statement.parts) };
    case 'set':
      return { kind: 'set', target: targetOf(statement), value: statement.value };
    case 'let':
      return { kind: 'let', name: statement.name.text, value: statement.value };
    case 'print':
      return { kind: 'print', template: statement.template };
    case 'given':
      return givenOf(statement, flattening);
    default:
      return statement satisfies never;
  }
}

function targetOf({ target }: SetStatement): OperationOf<'set'>['target'] {
  if (target.kind === 'segment') {
    const { pattern, nth, changes, without } = target;
    const names = without.flatMap(({ text }) => FIELD_SPELLINGS[text.toLowerCase()] ?? []);
    const [segment, changed] = [segmentOf(pattern), segmentOf(changes)];
    return { kind: 'segment', segment, nth, changes: changed, without: names };
  }
  if (target.kind === 'link') {
    const { from, to, setting } = target;
    return { kind: 'link', from: from.text, to: to.text, setting: setting.text.toLowerCase() };
  }
  return { kind: 'variable', ...variableOf(target.parts) };
}

/** `client.SND.WND` or `client.c1.SND.WND`: whose it is, and its path in lower case. */
function variableOf(parts: readonly Name[]): {
  readonly subject: ProgramSubject;
  readonly path: string;
} {
  const [host = '', ...rest] = parts.map(({ text }) => text);
  const whole = rest.join('.').toLowerCase();
  const connection = isSettable(whole) ? undefined : rest[0];
  const path = connection === undefined ? whole : rest.slice(1).join('.').toLowerCase();
  return { subject: { host, connection, port: undefined }, path };
}

function subjectOf({ host, connection, port }: Subject): ProgramSubject {
  return { host: host.text, connection: connection?.text, port };
}

function endpointOf({ host, port }: Endpoint): ProgramEndpoint {
  return { host: host.text, port };
}

function callOf({ subject, call, mode, fails, within }: CallStatement): Operation {
  const outcome =
    fails?.kind === 'text' ? ({ kind: 'text', text: fails.value } as const) : fails && BLANK;
  return {
    kind: 'call',
    subject: subjectOf(subject),
    call: programCall(call),
    mode,
    fails: outcome,
    within,
  };
}

const BLANK = { kind: 'blank' } as const;

function programCall(call: CallStatement['call']): ProgramCall {
  switch (call.kind) {
    case 'listen': {
      const { port, remote, backlog, as } = call;
      return { kind: 'listen', port, remote: remote && endpointOf(remote), backlog, as: as?.text };
    }
    case 'connect':
      return { ...call, to: endpointOf(call.to), as: call.as?.text };
    case 'accept':
      return { kind: 'accept', as: call.as?.text };
    default:
      return call;
  }
}

function segmentOf({ from, to, flags, fields }: SegmentPattern): ProgramSegment {
  return { from: from.text, to: to.text, flags, fields: fields.map(fieldOf) };
}

function fieldOf({ name, value, echo, range }: Field): ProgramField {
  return { name, value: value ?? 'any', echo, range };
}

function factOf(fact: Fact): ProgramFact {
  switch (fact.kind) {
    case 'state': {
      const state = fact.state.kind === 'blank' ? 'blank' : fact.state.state;
      return { kind: 'state', subject: subjectOf(fact.subject), state };
    }
    case 'expression': {
      const subject = fact.subject && subjectOf(fact.subject);
      return { kind: 'expression', subject, expression: fact.expression };
    }
    case 'received': {
      const { data, bytes } = fact;
      return { kind: 'received', subject: subjectOf(fact.subject), data, bytes };
    }
    case 'fails': {
      const message = fact.message.kind === 'blank' ? 'blank' : fact.message.value;
      return { kind: 'fails', subject: subjectOf(fact.subject), message };
    }
    default:
      return fact satisfies never;
  }
}

function givenOf(statement: GivenStatement, { roles }: Flattening): Operation {
  const [local, remote] = [endpointOf(statement.local), endpointOf(statement.remote)];
  return { kind: 'given', ends: givenEnds(statement, roles.get(remote.host)), local, remote };
}
