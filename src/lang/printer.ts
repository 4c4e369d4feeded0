/** The canonical text of each piece of a script; `formatter.ts` puts the pieces on lines. */

import type { HostDeclaration, LinkDeclaration, Setting } from './declaration-tree.js';
import type { BinaryExpression, Expression } from './expression-tree.js';
import { hasUnit } from './numbers.js';
import { type Field, type FieldName, isCounters, type SegmentPattern } from './segment-tree.js';
import type {
  Call,
  Fact,
  GivenStatement,
  SetStatement,
  Statement,
  Subject,
} from './statement-tree.js';

/** `SND.NXT == ISS + 1`; sums are tight where blanks separate fields: `ack=synack.seq+1`. */
function printExpression(expression: Expression, style: 'loose' | 'tight' = 'loose'): string {
  switch (expression.kind) {
    case 'number':
    case 'text':
    case 'state':
      return expression.text;
    case 'duration':
      return `${expression.text}${expression.unit}`;
    case 'boolean':
      return String(expression.value);
    case 'path':
      return dotted(expression.parts);
    case 'group':
      return `(${printExpression(expression.inner, style)})`;
    case 'blank':
      return '?';
    case 'unary': {
      const operand = printExpression(expression.operand, style);
      const sign = operand.startsWith('-') ? '- ' : '-';
      return `${expression.operator === 'not' ? 'not ' : sign}${operand}`;
    }
    case 'binary':
      return printBinary(expression, style);
    default:
      return expression satisfies never;
  }
}

function printBinary(expression: BinaryExpression, style: 'loose' | 'tight'): string {
  const { operator } = expression;
  const left = printExpression(expression.left, style);
  const right = printExpression(expression.right, style);
  // `syn - queue` and `syn-queue - 1` without blanks would be one word, and `1--1` would have an arrow's `--`.
  const joins = /^[\p{L}_-]/u.test(right) || (/\p{L}-\p{L}+$/u.test(left) && /^\d/.test(right));
  const apart = operator === '-' && joins;
  const gap = style === 'loose' || apart || /[a-z=<>]/.test(operator) ? ' ' : '';
  return `${left}${gap}${operator}${gap}${right}`;
}

const tight = (expression: Expression) => printExpression(expression, 'tight');

/** ` word VALUE`, or nothing. */
function option(word: string, value: Expression | { readonly text: string } | undefined): string {
  if (value === undefined) return '';
  return ` ${word} ${'kind' in value ? tight(value) : value.text}`;
}

/** `client`, `client.c1`, `server:80`. */
export function printSubject({ host, connection, port }: Subject): string {
  if (connection) return `${host.text}.${connection.text}`;
  return port ? `${host.text}:${tight(port)}` : host.text;
}

function printEndpoint({
  host,
  port,
}: {
  readonly host: { readonly text: string };
  readonly port: Expression;
}) {
  return `${host.text}:${tight(port)}`;
}

/** `client -> server SYN seq=100`. */
function printPattern(pattern: SegmentPattern): string {
  const { from, to, fields, notation, flagsAt } = pattern;
  const arrow = `${from.text} -> ${to.text}`;
  const bits = bitsOf(pattern);
  if (notation === 'fields') return `${arrow} ${printBits(pattern)}`.trimEnd();
  const parts = fields.map(printRfcField);
  if (bits !== undefined) parts.splice(flagsAt, 0, `<CTL=${bits}>`);
  return `${arrow} ${parts.join('')}`;
}

function bitsOf({ flags }: SegmentPattern): string | undefined {
  return flags === 'blank' ? '?' : flags?.length === 0 ? 'none' : flags?.join(',');
}

/** The control bits and the fields. */
function printBits(pattern: SegmentPattern): string {
  return [bitsOf(pattern), ...pattern.fields.map(printField)].filter(Boolean).join(' ');
}

function printField({ name, value, echo }: Field): string {
  if (value === undefined) return name;
  const after = echo ? `:${tight(echo)}` : '';
  return `${name}${name === 'from' || name === 'to' ? ' ' : '='}${fieldValue(name, value)}${after}`;
}

/** Counters stand without quotes. */
function fieldValue(name: FieldName, value: Expression): string {
  return isCounters(name) && value.kind === 'text' ? value.value : tight(value);
}

function printRfcField({ name, value, echo }: Field): string {
  const after = echo ? `:${tight(echo)}` : '';
  return `<${name.toUpperCase()}${value === undefined ? '' : `=${fieldValue(name, value)}${after}`}>`;
}

function printCall(call: Call): string {
  switch (call.kind) {
    case 'listen': {
      const remote = call.remote ? ` for ${printEndpoint(call.remote)}` : '';
      return `listen ${tight(call.port)}${remote}${option('backlog', call.backlog)}${option('as', call.as)}`;
    }
    case 'connect': {
      const text = call.send ? ` send ${printOctets(call.send.data, call.send.bytes)}` : '';
      return `connect ${printEndpoint(call.to)}${option('from', call.from)}${text}${option('as', call.as)}`;
    }
    case 'accept':
      return `accept${option('as', call.as)}`;
    case 'send':
      return `send ${printOctets(call.data, call.bytes)}${call.urgent ? ' urgent' : ''}`;
    case 'receive':
      return call.count ? `receive ${printOctets(call.count, 'count')}` : 'receive';
    default:
      return call.kind;
  }
}

/** A text, `100 bytes`, or `64KiB`. */
function printOctets(data: Expression, bytes: 'text' | 'count'): string {
  return bytes === 'text' || hasUnit(data) ? printExpression(data) : `${tight(data)} bytes`;
}

function printFact(fact: Fact): string {
  const subject = fact.subject ? `${printSubject(fact.subject)} ` : '';
  switch (fact.kind) {
    case 'state':
      return `${subject}${printExpression(fact.state)}`;
    case 'expression':
      return `${subject}${printExpression(fact.expression)}`;
    case 'received':
      return `${subject}received ${printOctets(fact.data, fact.bytes)}`;
    case 'fails':
      return `${subject}fails ${printExpression(fact.message)}`;
    default:
      return fact satisfies never;
  }
}

/** A statement on one line; of one with a block what stands before the brace. */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'call': {
      const { subject, call, fails, within, mode } = statement;
      const verb = mode === 'expect' ? 'expect ' : '';
      const outcome = fails ? ` fails ${printExpression(fails)}` : '';
      return `${verb}${printSubject(subject)}: ${printCall(call)}${outcome}${option('within', within)}`;
    }
    case 'inject':
      return `inject ${printPattern(statement.pattern)}${option('as', statement.as)}`;
    case 'segment': {
      const { mode, pattern, as, within, during } = statement;
      const options = `${option('as', as)}${option('within', within)}${option('for', during)}`;
      return `${mode} ${printPattern(pattern)}${options}`;
    }
    case 'fact': {
      const { mode, fact, within, during } = statement;
      return `${mode} ${printFact(fact)}${option('within', within)}${option('for', during)}`;
    }
    case 'fault': {
      const { fault, count, pattern, by, as, meets, nth } = statement;
      const times = count ? ` ${tight(count)}` : '';
      const now = meets === 'under-way' ? ` now${option('nth', nth)}` : '';
      return `${fault}${times} ${printPattern(pattern)}${option('by', by)}${option('as', as)}${now}`;
    }
    case 'release':
      return `release ${statement.name.text}`;
    case 'cut':
    case 'mend':
      return `${statement.kind} ${statement.from.text} -- ${statement.to.text}`;
    case 'crash':
    case 'restart':
      return `${statement.kind} ${statement.host.text}`;
    case 'wait': {
      const { until } = statement;
      if (until.kind === 'quiet') return 'wait quiet';
      if (until.kind === 'duration') return `wait ${tight(until.duration)}`;
      if (until.kind === 'events') return `wait ${printEvents(until.count)}`;
      return `wait until ${printFact(until.fact)}${option('within', until.within)}`;
    }
    case 'deliver':
      return `deliver ${printPattern(statement.pattern)}${option('nth', statement.nth)}${option('in', statement.in)}`;
    case 'icmp': {
      const mtu = statement.mtu ? ` mtu=${tight(statement.mtu)}` : '';
      return `icmp ${statement.error.text}${mtu} ${printPattern(statement.pattern)}`;
    }
    case 'fire':
      return `fire ${dotted(statement.parts)}`;
    case 'set':
      return printSet(statement);
    case 'let':
      return `let ${statement.name.text} = ${printExpression(statement.value)}`;
    case 'print':
      return `print ${statement.template.text}`;
    case 'repeat':
      return `repeat ${tight(statement.count)}${option('as', statement.as)}${option('from', statement.from)}`;
    case 'given':
      return printGiven(statement);
    default:
      return statement satisfies never;
  }
}

function printEvents(count: Expression): string {
  const one = count.kind === 'number' && count.value === 1;
  return `${tight(count)} ${one ? 'event' : 'events'}`;
}

function dotted(parts: readonly { readonly text: string }[]): string {
  return parts.map(({ text }) => text).join('.');
}

function printSet({ target, value }: SetStatement): string {
  if (target.kind === 'segment') {
    const { pattern, nth, changes, without } = target;
    const bits = printBits(changes);
    const gone = without.map(({ text }) => text).join(',');
    const what = [bits && `with ${bits}`, gone && `without ${gone}`].filter(Boolean).join(' ');
    return `set ${printPattern(pattern)}${option('nth', nth)} ${what}`;
  }
  const name =
    target.kind === 'variable'
      ? dotted(target.parts)
      : `${target.from.text} -- ${target.to.text} ${target.setting.text}`;
  return `set ${name} = ${value ? printExpression(value) : 'off'}`;
}

function printGiven({ local, state, remote, remoteState, as }: GivenStatement): string {
  const other = remoteState ? ` ${remoteState.text}` : '';
  return `given ${printEndpoint(local)} ${state.text} with ${printEndpoint(remote)}${other}${option('as', as)}`;
}

/** A value in the block of a `given`: `snd.nxt 100`. */
export function printGivenValue({ name, value }: GivenStatement['values'][number]): string {
  return `${name.text} ${tight(value)}`;
}

/** `host client 10.0.0.1`, without its block. */
export function printHost({ role, name, address }: HostDeclaration): string {
  return `${role} ${name.text}${address ? ` ${address.text}` : ''}`;
}

/** `link client -- server`, without its block. */
export function printLink({ from, to }: LinkDeclaration): string {
  return `link ${from.text} -- ${to.text}`;
}

/** `delay 10ms`. */
export function printSetting({ name, value }: Setting): string {
  switch (value?.kind) {
    case 'word':
    case 'text':
      return `${name.text} ${value.text}`;
    case 'quantity':
      return `${name.text} ${value.text}${value.unit}`;
    case 'numbers':
      return `${name.text} ${value.values.map(({ text }) => text).join(',')}`;
    default:
      return name.text;
  }
}
