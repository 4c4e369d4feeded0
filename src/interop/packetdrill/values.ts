/** System calls of packetdrill: their arguments and what they return. */

import { addressOctets } from '../../lang/addresses.js';
import type { PacketMember, PacketResult, PacketValue } from '../../lang/packet-operations.js';
import type { PacketEvent } from './ast.js';
import {
  accept,
  type Cursor,
  need,
  needMatch,
  sees,
  skipSpace,
  take,
  troubleAt,
  wrong,
} from './cursor.js';
import { badRange, notSupported } from './messages.js';

const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.])/y;
/** Text may go on in the next line; where it has an end in its own, that is it. */
const STRING = /"((?:[^"\\\n]|\\.)*)"|"((?:[^"\\]|\\[\s\S])*)"/y;

/** How deep structures may be nested. Whoever nests deeper wrote it with a program. */
const DEEPEST = 32;

/** `accept(3, ..., ...) = 4`. */
export function parseCall(cursor: Cursor, until: number | undefined): PacketEvent {
  const [call = ''] = needMatch(cursor, NAME, 'a system call or a packet (`<` or `>`)');
  need(cursor, '(');
  const args = listOf(cursor, ')', 0);
  need(cursor, '=');
  return { kind: 'call', call, args, result: parseResult(cursor), until };
}

const ERRNO = /E[A-Z0-9]+\b/y;
const NOTE = /\([^)\n]*\)/y;

/** `4`, `-1 EAGAIN (Resource temporarily unavailable)`, `0x02 (flags O_RDWR)`, `O_RDWR|O_NONBLOCK`, `...`. */
function parseResult(cursor: Cursor): PacketResult {
  if (accept(cursor, '...')) return { value: undefined, errno: undefined };
  const result = resultValue(cursor);
  const errno = take(cursor, ERRNO)?.[0];
  // Google's tool may add what poll returned; the note in parentheses is for people.
  take(cursor, NOTE);
  return { ...result, errno };
}

const JOINED = /-?\w+(?:\s*\|\s*\w+)*/y;
const WHOLE_NUMBER = /^-?(?:0[xX][0-9a-fA-F]+|\d+)$/;
const WHOLE_NAME = /^[A-Za-z_]\w*$/;

/** A number, or numbers and names that are joined; what follows in parentheses is no argument of theirs. */
function resultValue(cursor: Cursor): Pick<PacketResult, 'value' | 'names'> {
  skipSpace(cursor);
  const from = cursor.at;
  const parts = take(cursor, JOINED)?.[0].split(/\s*\|\s*/) ?? [];
  const areNumbers = parts.length > 0 && parts.every((part) => WHOLE_NUMBER.test(part));
  if (areNumbers) {
    const [first = 0, ...others] = parts.map(numberOf);
    return { value: others.reduce((sum, one) => (sum | one) >>> 0, first) };
  }
  const areKnown = parts.every((part) => WHOLE_NUMBER.test(part) || WHOLE_NAME.test(part));
  if (parts.length > 0 && areKnown) return { value: undefined, names: parts };
  cursor.at = from;
  throw wrong(cursor, 'what the call returns, a number or `...`');
}

function listOf(cursor: Cursor, close: string, depth: number): readonly PacketValue[] {
  const items: PacketValue[] = [];
  if (accept(cursor, close)) return items;
  do {
    items.push(parseValue(cursor, depth));
  } while (accept(cursor, ','));
  need(cursor, close);
  return items;
}

/** A value, or several joined by `|`. */
function parseValue(cursor: Cursor, depth: number): PacketValue {
  const first = parseShifted(cursor, depth);
  if (!sees(cursor, '|')) return first;
  const from = cursor.at;
  const parts = [first];
  while (accept(cursor, '|')) parts.push(parseShifted(cursor, depth));
  if (parts.every((part) => part.kind === 'number')) {
    return { kind: 'number', value: parts.reduce((sum, { value }) => (sum | value) >>> 0, 0) };
  }
  const names = parts.map(namesOf);
  if (names.every((some) => some !== undefined)) return { kind: 'words', words: names.flat() };
  throw troubleAt(cursor, from, cursor.taken, notSupported('an expression of this kind'));
}

/** A value; of a number perhaps `1 << 4`. */
function parseShifted(cursor: Cursor, depth: number): PacketValue {
  let value = parseOne(cursor, depth);
  while (accept(cursor, '<<')) {
    const shift = parseOne(cursor, depth);
    if (value.kind !== 'number' || shift.kind !== 'number') throw wrong(cursor, 'a number');
    value = { kind: 'number', value: value.value * 2 ** shift.value };
  }
  return value;
}

/** Names that are joined, numbers as digits among them. A zero adds nothing: `0|MSG_DONTWAIT`. */
function namesOf(value: PacketValue): readonly string[] | undefined {
  if (value.kind === 'words') return value.words;
  if (value.kind !== 'number') return undefined;
  return value.value === 0 ? [] : [String(value.value)];
}

function parseOne(cursor: Cursor, depth: number): PacketValue {
  if (depth > DEEPEST) throw wrong(cursor, 'a structure that is not nested so deeply');
  if (accept(cursor, '...')) return { kind: 'any' };
  const number = take(cursor, NUMBER);
  if (number) return { kind: 'number', value: numberOf(number[0]) };
  const text = textOf(cursor);
  if (text !== undefined) return { kind: 'text', text };
  if (accept(cursor, '[')) return { kind: 'list', items: listOf(cursor, ']', depth + 1) };
  if (accept(cursor, '{')) return { kind: 'struct', fields: membersOf(cursor, depth + 1) };
  return namedOne(cursor, depth);
}

/** `SOCK_STREAM`, or a function of what stands in parentheses: `htons(8080)`, `inet_addr("192.0.2.1")`. */
function namedOne(cursor: Cursor, depth: number): PacketValue {
  const [name = ''] = needMatch(cursor, NAME, 'an argument');
  const from = cursor.taken - name.length;
  if (accept(cursor, '(')) {
    // Their argument is all that they say.
    const args = listOf(cursor, ')', depth + 1);
    const value = args[args.length - 1] ?? { kind: 'any' };
    const isAddress = value.kind !== 'text' || addressOctets(value.text) !== undefined;
    if (/^inet6?_addr$/.test(name) && !isAddress)
      throw troubleAt(cursor, from, cursor.taken, badRange('An address', 'IPv4 or IPv6'));
    return value;
  }
  // Google's grammar has `name = value` among arguments; nothing that TCP is asked takes it.
  if (take(cursor, /=(?!=)/y))
    throw troubleAt(cursor, from, cursor.taken, notSupported('an argument with a name'));
  return { kind: 'words', words: [name] };
}

/** Several after each other are one, `"ab" "cd"`; an ellipsis tells that there is more. */
function textOf(cursor: Cursor): string | undefined {
  let text: string | undefined;
  for (let part = take(cursor, STRING); part; part = take(cursor, STRING)) {
    text = (text ?? '') + plainText(part[1] ?? part[2] ?? '');
  }
  if (text !== undefined) accept(cursor, '...');
  return text;
}

/** `{onoff=1, linger=0}`, `{fd=3, events=POLLIN}`, `{..., 500}`: members without a name are counted. */
function membersOf(cursor: Cursor, depth: number): readonly PacketMember[] {
  const members: PacketMember[] = [];
  if (accept(cursor, '}')) return members;
  refuseHeaders(cursor);
  do {
    const from = cursor.at;
    const name = take(cursor, /\.?([A-Za-z_]\w*)(?:\s*\(\s*([^)\n]*?)\s*\))?\s*=(?!=)/y);
    if (!name) cursor.at = from;
    // The octets of a key have no sign before them that they are no number, or no name.
    const key = name?.[1] === 'psk' ? take(cursor, /\w+/y)?.[0] : undefined;
    const value: PacketValue =
      key === undefined ? parseValue(cursor, depth) : { kind: 'text', text: key };
    const member = { name: name?.[1] ?? String(members.length), value };
    const count = name?.[2] ?? '';
    members.push(/^\d+$/.test(count) ? { ...member, count: Number(count) } : member);
  } while (accept(cursor, ','));
  need(cursor, '}');
  return members;
}

/** Headers of protocols that a tunnel puts before a packet: `{(label 1, tc 0, ttl 5)}`, `{flags [none], ...}`. */
function refuseHeaders(cursor: Cursor): void {
  skipSpace(cursor);
  const from = cursor.at;
  const found = take(cursor, /\(\s*label\b|[Ff]lags\s*(?=\[|\d)/y)?.[0];
  if (found === undefined) return;
  const what = found.startsWith('(') ? 'MPLS' : 'GRE';
  throw troubleAt(cursor, from, cursor.taken, notSupported(what));
}

/** A zero at the beginning means nothing: packetdrill reads `010` as ten. */
function numberOf(text: string): number {
  return text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
}

function plainText(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_, digits?: string, letter = '') =>
    digits === undefined
      ? (ESCAPES[letter] ?? letter)
      : String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };
