/** packetdrill scripts as text: Google's dialect and the FreeBSD community's. Parsing never fails and never throws. */

import { DIAGNOSTIC_LIMIT, type Diagnostic } from '../../lang/diagnostics.js';
import type { PacketTime } from '../../lang/packet-operations.js';
import type { EventLine, OptionLine, PacketEvent, PacketScriptTree } from './ast.js';
import { chooseLines } from './conditions.js';
import {
  accept,
  type Cursor,
  createCursor,
  isTrouble,
  needMatch,
  rangeOf,
  sees,
  skipSpace,
  take,
  takeHere,
  troubleAt,
  wrong,
} from './cursor.js';
import { optionLate, unclosed } from './messages.js';
import { parsePacket } from './packets.js';
import { parseCall } from './values.js';

export interface ParsedPackets {
  readonly tree: PacketScriptTree;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a script. `defined`: the names for `#ifdef`. Lines that cannot be read are left out, with a diagnostic each. */
export function parsePackets(text: string, defined: Iterable<string>): ParsedPackets {
  const chosen = chooseLines(text.replace(/\r\n?/g, '\n'), defined);
  const diagnostics: Diagnostic[] = [...chosen.diagnostics];
  const options: OptionLine[] = [];
  const lines: EventLine[] = [];
  const cursor = createCursor(chosen.text);
  for (;;) {
    skipSpace(cursor);
    if (cursor.at >= cursor.text.length || diagnostics.length >= DIAGNOSTIC_LIMIT) break;
    const from = cursor.at;
    try {
      const option = parseOptionLine(cursor);
      if (!option) lines.push(parseLine(cursor));
      else if (lines.length === 0) options.push(option);
      else throw troubleAt(cursor, from, cursor.taken, optionLate(option.name));
    } catch (thrown) {
      if (!isTrouble(thrown)) throw thrown;
      diagnostics.push(thrown.trouble);
      recover(cursor, from);
    }
  }
  return { tree: { options, lines }, diagnostics };
}

const OPTION = /--?([A-Za-z_]\w*)/y;
/** Text in quotes, `NAME="reno"`, or whatever goes on until a space or a comment. */
const OPTION_VALUE =
  /(?:[A-Za-z_]\w*=)?(?:"(?:\\.|[^"\\])*"|'[^'\n]*'|`(?:\\[\s\S]|[^`\\])*`)|\S+?(?=\s|\/\/|\/\*|$)/y;
/** A value that stands alone after its option: packetdrill itself wants `=` before it. */
const SPACED_VALUE = /[ \t]+([^\s\-#/]\S*)[ \t]*(?=\n|#|\/\/|$)/y;

function parseOptionLine(cursor: Cursor): OptionLine | undefined {
  const from = cursor.at;
  const name = takeHere(cursor, OPTION)?.[1];
  if (name === undefined) return undefined;
  const text = accept(cursor, '=')
    ? needMatch(cursor, OPTION_VALUE, 'the value of the option')[0]
    : (takeHere(cursor, SPACED_VALUE)?.[1] ?? '');
  const value = text.replace(/^(["'])([\s\S]*)\1$/, '$2');
  return { name, value, range: rangeOf(cursor, from, cursor.taken) };
}

const NEXT_LINE = /\n(?=[ \t]*(?:\+[ \t]*\.?\d|\.?\d[\d.~+]*[ \t]+[<>`%A-Za-z]|\*|`|%\{|--))/g;

/** Goes on at the next line that begins as an event does. */
function recover(cursor: Cursor, from: number): void {
  NEXT_LINE.lastIndex = from;
  const next = NEXT_LINE.exec(cursor.text);
  cursor.at = next ? next.index + 1 : cursor.text.length;
}

function parseLine(cursor: Cursor): EventLine {
  const from = cursor.at;
  const { time, until } = parseTime(cursor);
  const event = parseEvent(cursor, until);
  return { time, event, range: rangeOf(cursor, from, cursor.taken) };
}

function parseEvent(cursor: Cursor, until: number | undefined): PacketEvent {
  skipSpace(cursor);
  const from = cursor.at;
  if (until !== undefined && /[<>`%]/.test(cursor.text[from] ?? ''))
    throw wrong(cursor, 'a system call, which alone can wait until another time');
  if (accept(cursor, '<')) return parsePacket(cursor, 'in');
  if (accept(cursor, '>')) return parsePacket(cursor, 'out');
  if (accept(cursor, '`')) {
    const command = takeHere(cursor, /((?:\\[\s\S]|[^`\\])*)`/y);
    if (!command)
      throw troubleAt(cursor, from, cursor.at, unclosed('command', 'another back quote'));
    return { kind: 'command', command: command[1] ?? '' };
  }
  if (accept(cursor, '%{')) {
    const code = takeHere(cursor, /([\s\S]*?)\}%/y);
    if (!code) throw troubleAt(cursor, from, cursor.at, unclosed('code', '`}%`'));
    return { kind: 'code', code: code[1] ?? '' };
  }
  const name = takeHere(cursor, LONE_NAME)?.[0];
  return name === undefined ? parseCall(cursor, until) : { kind: 'named', name };
}

/** A name with nothing after it: it may stand for a command. */
const LONE_NAME = /[A-Za-z_]\w*(?=[ \t]*(?:\n|\/\/|\/\*|#|$))/y;

// Time --------------------------------------------------------------------------------------------

const SECONDS = /(\+?)\s*(\d+(?:\.(?!\.)\d*)?|\.\d+)/y;

/** The end of a range is counted as its beginning is: `+1~+2`, `1~2`. */
const FROM_BEFORE = /(\+)\s*(\d+(?:\.(?!\.)\d*)?|\.\d+)/y;
const SINCE_START = /()(\d+(?:\.(?!\.)\d*)?|\.\d+)/y;

/** A time, and when a blocking call returns. Only a command may do without. */
function parseTime(cursor: Cursor): {
  readonly time: PacketTime | undefined;
  readonly until: number | undefined;
} {
  if (accept(cursor, '*')) return { time: { kind: 'any' }, until: undefined };
  const first = take(cursor, SECONDS);
  if (!first) {
    if (!sees(cursor, '`')) throw wrong(cursor, 'a time, such as `+0`');
    return { time: undefined, until: undefined };
  }
  const relative = first[1] === '+';
  const at = microseconds(cursor, first);
  if (accept(cursor, '~')) {
    const end = relative ? FROM_BEFORE : SINCE_START;
    const to = microseconds(cursor, needMatch(cursor, end, 'the end of a range of times'));
    const kind = relative ? 'relative-range' : 'absolute-range';
    return { time: { kind, from: at, to }, until: undefined };
  }
  const time: PacketTime = { kind: relative ? 'relative' : 'absolute', at };
  if (!accept(cursor, '...')) return { time, until: undefined };
  const end = needMatch(cursor, SECONDS, 'when the call returns');
  return { time, until: microseconds(cursor, end) };
}

/** A year: what is later happens to nobody. */
const LATEST = 366 * 86_400;

function microseconds(cursor: Cursor, match: RegExpExecArray): number {
  const seconds = Number(match[2]);
  if (!(seconds <= LATEST)) throw wrong(cursor, 'a time of less than a year before this');
  return Math.round(seconds * 1_000_000);
}
