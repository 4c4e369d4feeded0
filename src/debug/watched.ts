/** What can be watched: a variable, a counter, an expression, sequence numbers; each has an id that can be read again. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { parseExpression } from '../lang/expressions.js';
import { HOST_FIELDS } from '../lang/fields.js';
import { NAME } from '../lang/name-pattern.js';
import { resolvePath } from '../lang/paths.js';
import type { Program } from '../lang/program.js';
import type { Predicate } from '../run/breakpoint.js';
import {
  counterBreakpoint,
  expressionBreakpoint,
  HAPPENINGS,
  type Happening,
  type Numbers,
  numbersBreakpoint,
  type Owner,
  ownerName,
  rangeText,
  variableBreakpoint,
} from '../run/data-breakpoint.js';
import { isConnectionField } from '../run/fields.js';
import { unknownConnection } from '../run/names.js';
import { add, distance, num, seq } from '../tcp/seq.js';
import { ANY_TCB, expressionProblem } from './conditions.js';
import * as words from './words.js';

/** A variable of a connection; its id in the protocol is `host.connection.path`. */
export interface Variable {
  readonly host: string;
  /** Undefined: any of the host's. */
  readonly connection: string | undefined;
  /** In lower case: `snd.nxt`. */
  readonly path: string;
}

/** Reads `server.c1.SND.NXT` or `server.SND.NXT`; undefined when no connection has such a variable. */
export function readVariable(name: string, { hosts }: Program): Variable | undefined {
  const [host = '', ...rest] = name.trim().split('.');
  if (!hosts.some((one) => one.name === host && one.role === 'host')) return undefined;
  const whole = rest.join('.').toLowerCase();
  if (isVariable(whole)) return { host, connection: undefined, path: whole };
  const path = rest.slice(1).join('.').toLowerCase();
  return isVariable(path) ? { host, connection: rest[0], path } : undefined;
}

function isVariable(path: string): boolean {
  return path !== '' && isConnectionField(ANY_TCB, path);
}

// What can be watched ---------------------------------------------------------------------------

/** Something that can be watched. Its id in the protocol can be read again, also in another session. */
export type Watched =
  | { readonly kind: 'variable'; readonly variable: Variable }
  | { readonly kind: 'counter'; readonly host: string; readonly field: string }
  | { readonly kind: 'expression'; readonly owner: Owner; readonly text: string }
  | {
      readonly kind: 'numbers';
      readonly owner: Owner;
      readonly numbers: Numbers;
      /** Undefined: the way of access says. */
      readonly happenings: readonly Happening[] | undefined;
    };

export const ANYBODY: Owner = { host: undefined, connection: undefined };

export function idOf(watched: Watched): string {
  switch (watched.kind) {
    case 'variable': {
      const { host, connection, path } = watched.variable;
      return [host, ...(connection === undefined ? [] : [connection]), path].join('.');
    }
    case 'counter':
      return `${watched.host}.${watched.field}`;
    case 'expression': {
      const owner = ownerName(watched.owner);
      return owner === '' ? watched.text : `${owner}: ${watched.text}`;
    }
    case 'numbers': {
      const { owner, happenings, numbers } = watched;
      const { first, count } = numbers;
      const range = `${num(first)}..${num(add(first, count - 1))}`;
      const parts = [ownerName(owner), happenings?.join(',') ?? '', range];
      return parts.filter((part) => part !== '').join(' ');
    }
  }
}

/** `server: `, `server.c1: `, or nobody before what is watched. */
const OWNED = new RegExp(`^(?:(${NAME}(?:\\.${NAME})?): )?(.+)$`, 'u');

/** Reads an id again. Expressions are those that mean something in this program. */
export function readId(id: string, program: Program): Watched | undefined {
  const variable = readVariable(id, program);
  if (variable) return { kind: 'variable', variable };
  const counter = readCounter(id, program);
  if (counter) return counter;
  const numbers = readNumbers(id, program, ANYBODY, (text) =>
    /^\d+$/.test(text) ? Number(text) : undefined,
  );
  if (numbers) return numbers;
  const [, owner = '', text = ''] = OWNED.exec(id) ?? [];
  const whose = owner === '' ? ANYBODY : readOwner(owner, program);
  const { expr } = parseExpression(text);
  if (whose === undefined || !expr) return undefined;
  // A name alone is a variable of a connection, which was read above, or one of the script's.
  const isKnown =
    expr.kind === 'path'
      ? resolvePath(expr.parts, program.scope).kind !== 'unknown'
      : expressionProblem(text, program.scope) === undefined;
  return isKnown ? { kind: 'expression', owner: whose, text } : undefined;
}

const COUNTER = new RegExp(`^\\s*(${NAME})\\.([\\w-]+)\\s*$`, 'u');

/** `server.syn-queue`. */
export function readCounter(name: string, { hosts }: Program): Watched | undefined {
  const [, host = '', field = ''] = COUNTER.exec(name) ?? [];
  const known = hosts.some((one) => one.name === host && one.role === 'host');
  const found = HOST_FIELDS.find((one) => one.name === field.toLowerCase());
  return known && found ? { kind: 'counter', host, field: found.name } : undefined;
}

/** `server`, `server.c1`. */
function readOwner(text: string, { hosts }: Program): Owner | undefined {
  const [host = '', connection, ...more] = text.split('.');
  const known = hosts.some((one) => one.name === host);
  return known && more.length === 0 ? { host, connection } : undefined;
}

const BY_NAME: Readonly<Record<string, readonly Happening[]>> = {
  sent: ['sent'],
  received: ['received'],
  acknowledged: ['acknowledged'],
  snd: ['sent', 'acknowledged'],
  rcv: ['received'],
};

/**
 * `server.c1 sent 1000..1999`, `SND ISS..ISS+99`, `1000..1999`. What happens to numbers without an owner happens to `own`;
 * numbers alone are anybody's. `numberOf` reads the ends.
 */
export function readNumbers(
  text: string,
  program: Program,
  own: Owner,
  numberOf: (text: string, owner: Owner) => number | undefined,
): Watched | undefined {
  const parts = text.trim().split(/\s+/);
  const named = readOwner(parts[0] ?? '', program);
  const rest = named ? parts.slice(1) : parts;
  const happenings = readHappenings(rest[0] ?? '');
  const range = rest.slice(happenings ? 1 : 0).join(' ');
  const [from = '', to = from, ...more] = range.split('..').map((part) => part.trim());
  if (more.length > 0 || (happenings === undefined && !range.includes('..'))) return undefined;
  const whose = named ?? own;
  const [first, last] = [numberOf(from, whose), numberOf(to, whose)];
  if (first === undefined || last === undefined) return undefined;
  const numbers = { first: seq(first), count: distance(seq(first), seq(last)) + 1 };
  const owner = named ?? (happenings ? own : ANYBODY);
  return { kind: 'numbers', owner, numbers, happenings };
}

function readHappenings(text: string): readonly Happening[] | undefined {
  const names = text.toLowerCase().split(',');
  if (!names.every((name) => Object.hasOwn(BY_NAME, name))) return undefined;
  return names.flatMap((name) => BY_NAME[name] ?? []);
}

/** What is watched, in words, and how it can be accessed. */
export function described(watched: Watched): {
  readonly description: string;
  readonly accessTypes: DebugProtocol.DataBreakpointAccessType[];
} {
  switch (watched.kind) {
    case 'variable':
      return { description: words.variableChanges(watched.variable), accessTypes: ['write'] };
    case 'counter':
      return {
        description: words.counterChanges(watched.host, watched.field),
        accessTypes: ['write'],
      };
    case 'expression':
      return { description: words.expressionChanges(idOf(watched)), accessTypes: ['write'] };
    case 'numbers': {
      const { happenings, owner, numbers } = watched;
      const text = words.numbersHappen(
        ownerName(owner),
        rangeText(numbers),
        happenings ?? HAPPENINGS,
      );
      if (happenings === undefined) {
        return { description: text, accessTypes: ['write', 'read', 'readWrite'] };
      }
      const [sent, other] = [happenings.includes('sent'), happenings.some((one) => one !== 'sent')];
      return { description: text, accessTypes: [sent ? (other ? 'readWrite' : 'write') : 'read'] };
    }
  }
}

/** Sending writes a number; its arrival and its acknowledgment read it. */
const BY_ACCESS: Readonly<Record<string, readonly Happening[]>> = {
  write: ['sent'],
  read: ['received', 'acknowledged'],
  readWrite: HAPPENINGS,
};

/** Why a variable can be nobody's: no connection will have the name. */
function unknownOwner({ host, connection }: Variable, { scope }: Program): string | undefined {
  if (connection === undefined) return undefined;
  const unknown = unknownConnection(host, connection, scope);
  if (unknown?.instead === undefined) return unknown?.message;
  return `${unknown.message} Did you mean \`${unknown.instead}\`?`;
}

/** Why something cannot be watched, if it could be but for a name in it. */
export function whyNot(text: string, program: Program): string | undefined {
  const variable = readVariable(text, program);
  if (variable) return unknownOwner(variable, program);
  return parseExpression(text).expr && expressionProblem(text, program.scope);
}

/** What an id means in a program, or why it means nothing. `access`: as in the protocol. */
export function findData(
  id: string,
  access: string | undefined,
  program: Program,
): { readonly meaning: string; readonly holds: Predicate } | string {
  const watched = readId(id, program);
  if (watched === undefined) return words.noSuchVariable(id, whyNot(id, program));
  const unknown = watched.kind === 'variable' && unknownOwner(watched.variable, program);
  if (unknown) return unknown;
  const { description, accessTypes } = described(watched);
  if (access !== undefined && !accessTypes.some((one) => one === access)) {
    return words.noSuchAccess(description, access, accessTypes);
  }
  switch (watched.kind) {
    case 'variable': {
      const { host, connection, path } = watched.variable;
      return { meaning: description, holds: variableBreakpoint(host, connection, path) };
    }
    case 'counter':
      return { meaning: description, holds: counterBreakpoint(watched.host, watched.field) };
    case 'expression':
      return { meaning: description, holds: expressionBreakpoint(watched.text, watched.owner) };
    case 'numbers': {
      const { owner, numbers } = watched;
      const happenings = watched.happenings ?? BY_ACCESS[access ?? 'readWrite'] ?? HAPPENINGS;
      const meaning = words.numbersHappen(ownerName(owner), rangeText(numbers), happenings);
      return { meaning, holds: numbersBreakpoint(numbers, owner, new Set(happenings)) };
    }
  }
}
