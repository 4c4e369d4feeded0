/** TCP options of packetdrill: `mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7`. */

import type { Message } from '../../lang/diagnostics.js';
import type { PacketBlock, PacketOption } from '../../lang/packet-operations.js';
import { accEcnLength, FIELD_ORDERS } from '../../tcp/ecn/option.js';
import { accept, type Cursor, need, needMatch, sees, take, troubleAt } from './cursor.js';
import { badRange, notSupported, strange } from './messages.js';

/** Options up to and including `>`. */
export function parseOptions(cursor: Cursor): readonly PacketOption[] {
  const options: PacketOption[] = [];
  do {
    options.push(parseOption(cursor));
  } while (accept(cursor, ','));
  need(cursor, '>');
  return options;
}

/** How many octets of a header options take. A cookie that only has a name has the usual length. */
export function optionOctets(options: readonly PacketOption[]): number {
  return options.reduce((sum, option) => sum + octetsOf(option), 0);
}

const USUAL_COOKIE = 8;

function octetsOf(option: PacketOption): number {
  switch (option.kind) {
    case 'nop':
    case 'eol':
      return 1;
    case 'sackOK':
      return 2;
    case 'wscale':
      return 3;
    case 'mss':
      return 4;
    case 'timestamps':
      return 10;
    case 'md5':
      return 18;
    case 'sack':
      return 2 + 8 * option.blocks.length;
    case 'ECN':
      return accEcnLength(option.option);
    case 'FO':
    case 'FOEXP': {
      const { cookie, kind } = option;
      const named = /[^0-9a-f]/.test(cookie);
      return (kind === 'FO' ? 2 : 4) + (named ? USUAL_COOKIE : cookie.length / 2);
    }
  }
}

function parseOption(cursor: Cursor): PacketOption {
  const [name] = needMatch(cursor, /[A-Za-z_][\w-]*/y, 'a TCP option, such as `mss 1460`');
  const from = cursor.taken - name.length;
  if (name === 'md5' && take(cursor, /[0-9a-fA-F]{32}\b/y)) return { kind: 'md5' };
  const counters = /^AccECN([01])$/i.exec(name);
  if (counters) return ecnOption(cursor, from, Number(counters[1]) as 0 | 1);
  switch (name) {
    case 'nop':
    case 'eol':
    case 'sackOK':
      return { kind: name };
    case 'EOL':
      return { kind: 'eol' };
    case 'mss':
      return { kind: 'mss', value: bounded(cursor, 'An MSS', 65_535) };
    case 'wscale':
      if (accept(cursor, '*')) return { kind: 'wscale', value: 0, any: true };
      return { kind: 'wscale', value: bounded(cursor, 'A shift count', 255) };
    case 'TS':
      return timestamps(cursor);
    case 'FO':
    case 'FOEXP':
      return { kind: name, cookie: cookie(cursor) };
    case 'exp-FO':
    case 'EXP-FO':
      return { kind: 'FOEXP', cookie: cookie(cursor) };
    case 'ECN':
      return ecnOption(cursor, from);
    case 'sack':
      return { kind: 'sack', blocks: blocks(cursor) };
    default:
      take(cursor, /[^,>\n]*/y);
      throw troubleAt(cursor, from, cursor.taken, refused(name));
  }
}

/** Options of Multipath TCP, which some packetdrills have. */
const MULTIPATH = /^(?:mp_\w+|mpcapable\w*|mpcdatalen|dss|add_addr\w*|remove_addr\w*)$/;

/** Experiments (RFC 6994) that the FreeBSD community's packetdrill knows: Fast Open has a number of its own now, and is read. */
const EXPERIMENT = /^exp-(?:AccECN[01]|tarr)$/i;

function refused(name: string): Message {
  if (name === 'md5') return notSupported('TCP MD5 signatures');
  if (EXPERIMENT.test(name)) return notSupported(`the experimental TCP option \`${name}\``);
  return MULTIPATH.test(name) ? notSupported('Multipath TCP') : strange('TCP option', name);
}

/** Octets as digits, or the name that the command line gives them; nothing asks for a cookie. */
function cookie(cursor: Cursor): string {
  const text = take(cursor, /[A-Za-z0-9_]+/y)?.[0] ?? '';
  const digits = /^(?:[0-9a-fA-F]{2})*$/.test(text);
  if (digits || /^[A-Z]\w*$/.test(text)) return digits ? text.toLowerCase() : text;
  throw troubleAt(
    cursor,
    cursor.taken - text.length,
    cursor.taken,
    badRange('A cookie', 'whole octets, two hexadecimal digits each'),
  );
}

/**
 * `e1b 1 ceb 0 e0b 1`, or in the other order, or fewer: the first name tells which. FreeBSD's dialect tells the order in the name of
 * the option, and calls the counters `EE0B`, `EE1B`, `ECEB`.
 */
function ecnOption(cursor: Cursor, from: number, told?: 0 | 1): PacketOption {
  const names: string[] = [];
  const fields: number[] = [];
  for (let name = counterName(cursor); name !== undefined; name = counterName(cursor)) {
    names.push(name);
    fields.push(bounded(cursor, 'A byte counter', 2 ** 24 - 1));
  }
  const order = told ?? (names[0] === 'e0b' ? 0 : 1);
  if (names.every((name, i) => name === FIELD_ORDERS[order][i])) {
    return { kind: 'ECN', option: { order, fields } };
  }
  const message = badRange('The order of an `ECN` option', '`e0b ceb e1b` or `e1b ceb e0b`');
  throw troubleAt(cursor, from, cursor.taken, message);
}

function counterName(cursor: Cursor): string | undefined {
  return take(cursor, /e?(e0b|ceb|e1b)\b/iy)?.[1]?.toLowerCase();
}

function timestamps(cursor: Cursor): PacketOption {
  need(cursor, 'val');
  const val = accept(cursor, '...') ? undefined : bounded(cursor, 'A timestamp', 2 ** 32 - 1);
  need(cursor, 'ecr');
  const ecr = bounded(cursor, 'A timestamp', 2 ** 32 - 1);
  const option = { kind: 'timestamps', val, ecr } as const;
  return accept(cursor, '!') ? { ...option, absolute: true } : option;
}

function blocks(cursor: Cursor): readonly PacketBlock[] {
  const found: PacketBlock[] = [];
  do {
    const start = bounded(cursor, 'A sequence number', 2 ** 32 - 1);
    need(cursor, ':');
    found.push({ start, end: bounded(cursor, 'A sequence number', 2 ** 32 - 1) });
  } while (!sees(cursor, ',') && !sees(cursor, '>'));
  return found;
}

function bounded(cursor: Cursor, what: string, most: number): number {
  const [digits] = needMatch(cursor, /0x[0-9a-fA-F]+|\d+/y, 'a number');
  const value = Number(digits);
  if (value <= most) return value;
  const message = badRange(what, `0 to ${most}`);
  throw troubleAt(cursor, cursor.taken - digits.length, cursor.taken, message);
}
