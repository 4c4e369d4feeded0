/** Packets of packetdrill: `S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>`, and ICMP messages. */

import type { Message } from '../../lang/diagnostics.js';
import type { PacketSegment } from '../../lang/packet-operations.js';
import { OPTION_SPACE } from '../../tcp/options.js';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../../tcp/segment.js';
import type { PacketEvent } from './ast.js';
import { accept, type Cursor, need, needMatch, sees, take, troubleAt } from './cursor.js';
import { parseIcmp } from './icmp-packets.js';
import {
  aceTwice,
  badRange,
  notPadded,
  notSupported,
  onlyOutbound,
  strange,
  windowMissing,
} from './messages.js';
import { anyNumber, parseNumbers, parsePorts, parseUdp, refuseOther } from './packet-parts.js';
import { optionOctets, parseOptions } from './tcp-options.js';

type Direction = 'in' | 'out';

/** What stands after `<` or `>`. */
export function parsePacket(cursor: Cursor, direction: Direction): PacketEvent {
  const from = cursor.at;
  const before = parseIpFields(cursor);
  refuseOther(cursor, from);
  if (take(cursor, /icmp(?:v[46])?\b/y)) return parseIcmp(cursor, direction, from);
  const segment = parseSegment(cursor, { ...before, ...parseIpFields(cursor) });
  const problem = impossible(segment, direction);
  if (problem) throw troubleAt(cursor, from, cursor.taken, problem);
  const udp = parseUdp(cursor);
  // Some packetdrills damage a packet before it goes out: `{ mut tcp mss }`.
  if (sees(cursor, '{'))
    throw troubleAt(cursor, from, cursor.taken, notSupported('fuzzed packets'));
  const whole = udp === undefined ? segment : { ...segment, udp };
  return { kind: direction === 'in' ? 'segment-in' : 'segment-out', segment: whole };
}

// IP ----------------------------------------------------------------------------------------------

/** By the number of the codepoint. */
const CODES = ['noecn', 'ect1', 'ect0', 'ce'] as const;

type IpFields = Partial<Pick<PacketSegment, 'ecn' | 'tos' | 'dscp' | 'ttl'>>;

/** `[ect0]`, `(ttl 64)`, `[tos 0x02]`, `[dscp ef]`, of IPv6 `hlim` and `class`; labels of flows are passed over. */
function parseIpFields(cursor: Cursor): IpFields {
  let fields: IpFields = {};
  for (;;) {
    const from = cursor.at;
    const field = take(cursor, /\[([^\]\n]*)\]|\(([^)\n]*)\)/y);
    if (!field) return fields;
    for (const words of (field[1] ?? field[2] ?? '').split(',')) {
      const read = ipField(words.trim());
      if (!read) throw troubleAt(cursor, from, cursor.taken, strange('IP field', words.trim()));
      fields = { ...fields, ...read };
    }
  }
}

function ipField(words: string): IpFields | undefined {
  if (/^(?:flowlabel|flags)\b/i.test(words) || words === '') return {};
  const number = /^(?:(tos|class)|ttl|hlim)\s+(0x[0-9a-f]{1,2}|\d{1,3})$/i.exec(words);
  const value = Number(number?.[2]);
  if (value > 255) return undefined;
  if (number)
    return number[1] === undefined ? { ttl: value } : { tos: value, ecn: CODES[value & 3] };
  const service = /^dscp\s*=?\s*([\w-]+)$/i.exec(words)?.[1];
  if (service !== undefined) return classOf(service);
  const code = /^(?:ecn\s+)?(noecn|ect01|ect0|ect1|ce)$/i.exec(words)?.[1];
  return code === undefined ? undefined : { ecn: code.toLowerCase() as PacketSegment['ecn'] };
}

/** Differentiated services by their names (RFC 2474, RFC 2597, RFC 3246, RFC 8622), or as a number. */
function classOf(service: string): IpFields | undefined {
  const [, kind, x = '', y = '0'] = /^(cs|af)(\d)(\d)?$/i.exec(service) ?? [];
  const named = NAMED_CLASSES[service.toLowerCase().replace('-', '_')];
  const dscp = kind === undefined ? (named ?? Number(service)) : 8 * Number(x) + 2 * Number(y);
  return dscp >= 0 && dscp < 64 ? { dscp } : undefined;
}

const NAMED_CLASSES: Readonly<Record<string, number>> = {
  df: 0,
  be: 0,
  le: 1,
  ef: 46,
  va: 44,
  voice_admit: 44,
};

// TCP ---------------------------------------------------------------------------------------------

/** The point comes last. A digit is the ACE field: AE, CWR and ECE as one number, and those letters are not beside it. */
const FLAGS = /(?:(?=[^\s])[FSRPEWUA]*(?:\.[0-7]?|[0-7]?[FSRPEWUA]*\.?)|-)(?=\s)/y;
const TWICE = /[EWA].*\d|\d.*[EWA]/;

const BITS: Readonly<Record<string, number>> = {
  F: FIN,
  S: SYN,
  R: RST,
  P: PSH,
  U: URG,
  E: ECE,
  W: CWR,
  A: AE,
  '.': ACK,
  '-': 0,
};

function parseSegment(cursor: Cursor, fields: IpFields): PacketSegment {
  const ports = parsePorts(cursor);
  const from = cursor.at;
  const [flags = ''] = needMatch(cursor, FLAGS, 'the flags of a packet, such as `S.` or `.`');
  if (TWICE.test(flags)) throw troubleAt(cursor, from, cursor.taken, aceTwice(flags));
  const ctl = [...flags].reduce((bits, flag) => bits | (BITS[flag] ?? Number(flag) * ECE), 0);
  const numbers = parseNumbers(cursor);
  // What is not written is 0 and must be 0, but for the window of what is sent.
  const ack = take(cursor, /ack\b/y) ? anyNumber(cursor) : 0;
  const window = take(cursor, /win\b/y) ? anyNumber(cursor) : undefined;
  if (window !== undefined && window > 65_535) {
    throw troubleAt(cursor, from, cursor.taken, badRange('A window field', '0 to 65535'));
  }
  const up = take(cursor, /urg\b/y) ? anyNumber(cursor) : 0;
  if (up !== undefined && up > 65_535) {
    throw troubleAt(cursor, from, cursor.taken, badRange('An urgent pointer', '0 to 65535'));
  }
  const options = sees(cursor, '<') ? optionsOf(cursor) : [];
  const segment = { ctl, ...numbers, ack, window, up, options, ecn: undefined, ...fields };
  return ports === undefined ? segment : { ...segment, ports };
}

/** What no packet can be, or what of the peer's must be said. */
function impossible(
  { options, window, ecn }: PacketSegment,
  direction: Direction,
): Message | undefined {
  if (direction === 'in') {
    if (options === undefined) return onlyOutbound('`<...>`');
    if (options.some((option) => 'any' in option)) return onlyOutbound('`wscale *`');
    if (ecn === 'ect01') return onlyOutbound('`[ect01]`');
    if (window === undefined) return windowMissing();
  }
  const octets = options === undefined ? 0 : optionOctets(options);
  if (octets % 4 !== 0) return notPadded(octets);
  return octets > OPTION_SPACE ? badRange('The options', `0 to ${OPTION_SPACE} octets`) : undefined;
}

function optionsOf(cursor: Cursor): PacketSegment['options'] {
  need(cursor, '<');
  if (accept(cursor, '...')) {
    need(cursor, '>');
    return undefined;
  }
  return parseOptions(cursor);
}
