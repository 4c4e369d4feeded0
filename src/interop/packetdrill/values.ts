/** System calls of packetdrill: their arguments and what they return. */

import type { PacketMember, PacketResult, PacketValue } from '../../lang/packet-operations.js';
import type { PacketEvent } from './ast.js';
import { accept, type Cursor, need, needMatch, sees, take, troubleAt, wrong } from './cursor.js';
import { notSupported } from './messages.js';

const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.])/y;
const STRING = /"((?:[^"\\\n]|\\.)*)"/y;

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

/** `4`, `-1 EAGAIN (Resource temporarily unavailable)`, `0x02 (flags O_RDWR)`, `...`. */
function parseResult(cursor: Cursor): PacketResult {
  if (accept(cursor, '...')) return { value: undefined, errno: undefined };
  const [text] = needMatch(cursor, NUMBER, 'what the call returns, a number or `...`');
  const value = numberOf(text);
  const errno = take(cursor, ERRNO)?.[0];
  // Google's tool may add what poll returned; the note in parentheses is for people.
  take(cursor, NOTE);
  return { value, errno };
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
  const first = parseOne(cursor, depth);
  if (!sees(cursor, '|') && !sees(cursor, '<<')) return first;
  const from = cursor.at;
  let value = first;
  for (;;) {
    if (accept(cursor, '<<')) {
      const shift = parseOne(cursor, depth);
      if (value.kind !== 'number' || shift.kind !== 'number') throw wrong(cursor, 'a number');
      value = { kind: 'number', value: value.value * 2 ** shift.value };
    } else if (accept(cursor, '|')) {
      value = joined(cursor, from, value, parseOne(cursor, depth));
    } else return value;
  }
}

function joined(cursor: Cursor, from: number, one: PacketValue, other: PacketValue): PacketValue {
  if (one.kind === 'number' && other.kind === 'number') {
    return { kind: 'number', value: (one.value | other.value) >>> 0 };
  }
  // A zero adds nothing to flags: `0|MSG_DONTWAIT`.
  if (one.kind === 'number' && one.value === 0) return other;
  if (other.kind === 'number' && other.value === 0) return one;
  if (one.kind === 'words' && other.kind === 'words') {
    return { kind: 'words', words: [...one.words, ...other.words] };
  }
  throw troubleAt(cursor, from, cursor.taken, notSupported('an expression of this kind'));
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
  const name = take(cursor, NAME);
  if (!name) throw wrong(cursor, 'an argument');
  if (accept(cursor, '(')) {
    // htons(8080), inet_addr("192.0.2.1"): their argument is all that they say.
    const args = listOf(cursor, ')', depth + 1);
    return args[args.length - 1] ?? { kind: 'any' };
  }
  return { kind: 'words', words: [name[0]] };
}

/** Several after each other are one, `"ab" "cd"`; an ellipsis tells that there is more. */
function textOf(cursor: Cursor): string | undefined {
  let text: string | undefined;
  for (let part = take(cursor, STRING); part; part = take(cursor, STRING)) {
    text = (text ?? '') + plainText(part[1] ?? '');
  }
  if (text !== undefined) accept(cursor, '...');
  return text;
}

/** `{onoff=1, linger=0}`, `{fd=3, events=POLLIN}`, `{..., 500}`: members without a name are counted. */
function membersOf(cursor: Cursor, depth: number): readonly PacketMember[] {
  const members: PacketMember[] = [];
  if (accept(cursor, '}')) return members;
  do {
    const from = cursor.at;
    const name = take(cursor, /\.?([A-Za-z_]\w*)(?:\s*\(\s*([^)\n]*?)\s*\))?\s*=(?!=)/y);
    if (!name) cursor.at = from;
    const value = parseValue(cursor, depth);
    const member = { name: name?.[1] ?? String(members.length), value };
    const count = name?.[2] ?? '';
    members.push(/^\d+$/.test(count) ? { ...member, count: Number(count) } : member);
  } while (accept(cursor, ','));
  need(cursor, '}');
  return members;
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
