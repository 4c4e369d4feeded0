/** What names in a script stand for that the script does not explain: cookies, ICMP codes, numbers. */

import {
  isNumber,
  type PacketIcmp,
  type PacketOption,
  type PacketResult,
  type PacketSegment,
  type PacketValue,
} from '../../lang/packet-operations.js';
import { makeFastOpenCookie } from '../../tcp/fast-open.js';
import type { Settings } from '../../tcp/settings.js';
import type { ScriptOptions } from './options.js';
import { DEFAULT_KEY, linuxFastOpenKey } from './sysctls.js';

/** What each name stands for, as it would be written. */
export type Names = ReadonlyMap<string, string>;

/** The names that the runners of Google's and the kernel's scripts define: the peer's cookies under two keys, an ICMP code, names that differ with the version of IP. */
export function wellKnownNames(
  settings: Settings,
  { localAddress, remoteAddress, version }: ScriptOptions,
): readonly (readonly [name: string, value: string])[] {
  const cookie = (key: string) => {
    const fastOpenKey = linuxFastOpenKey(key) ?? '';
    return makeFastOpenCookie({ ...settings, fastOpenKey }, remoteAddress, localAddress);
  };
  return [
    ['TFO_COOKIE', cookie(DEFAULT_KEY)],
    ['TFO_COOKIE_ZERO', cookie('0-0-0-0')],
    // An error on which Linux gives up a half-open request.
    ['CODE', 'host_unreachable'],
    // Where the messages of the error queue come from.
    ['CMSG_LEVEL_IP', version === 4 ? 'SOL_IP' : 'SOL_IPV6'],
    ['CMSG_TYPE_RECVERR', version === 4 ? 'IP_RECVERR' : 'IPV6_RECVERR'],
  ];
}

/** A segment whose names for cookies are replaced by what they stand for. */
export function namedSegment(
  segment: PacketSegment,
  names: Names,
  unknown: (name: string) => void,
): PacketSegment {
  if (!segment.options?.some((option) => 'cookie' in option)) return segment;
  const options = segment.options.map((option): PacketOption => {
    if (!('cookie' in option) || !/[^0-9a-f]/.test(option.cookie)) return option;
    const cookie = names.get(option.cookie);
    if (cookie === undefined) unknown(option.cookie);
    return { ...option, cookie: cookie ?? '' };
  });
  return { ...segment, options };
}

/** A message whose type or code is a name for another. */
export function namedIcmp(
  icmp: PacketIcmp,
  names: Names,
  unknown: (name: string) => void,
): PacketIcmp {
  const type = names.get(icmp.type) ?? icmp.type;
  const code = icmp.code === undefined ? undefined : (names.get(icmp.code) ?? icmp.code);
  if (code !== undefined && /^[A-Z_]+$/.test(code)) unknown(code);
  return { ...icmp, type, code };
}

/** The command that a name stands for: what it is defined as stands between back quotes. */
export function namedCommand(name: string, names: Names): string | undefined {
  return /^`([\s\S]*)`$/.exec(names.get(name) ?? '')?.[1];
}

/** An argument with the names in it that the command line or an option explains. */
export function namedValue(value: PacketValue, names: Names): PacketValue {
  const inner = (one: PacketValue) => namedValue(one, names);
  switch (value.kind) {
    case 'words':
      return namedWords(value.words, names);
    case 'list':
      return { ...value, items: value.items.map(inner) };
    case 'struct':
      return {
        ...value,
        fields: value.fields.map((field) => ({ ...field, value: inner(field.value) })),
      };
    default:
      return value;
  }
}

/** What one name stands for may be a number or a text, too. */
function namedWords(words: readonly string[], names: Names): PacketValue {
  const meant = words.map((word) => names.get(word) ?? word);
  const [only = ''] = meant;
  if (words.length !== 1 || only === words[0]) return { kind: 'words', words: meant };
  const text = /^"([\s\S]*)"$/.exec(only)?.[1];
  if (text !== undefined) return { kind: 'text', text };
  return isNumber(only) ? { kind: 'number', value: Number(only) } : { kind: 'words', words: meant };
}

/** What a call must return, with what its names stand for. */
export function namedResult(result: PacketResult, names: Names): PacketResult {
  if (result.names === undefined) return result;
  const value = namedWords(result.names, names);
  if (value.kind === 'number') return { value: value.value, errno: result.errno };
  return value.kind === 'words' ? { ...result, names: value.words } : result;
}
