/** What names in a script stand for that the script does not explain: cookies, ICMP codes, numbers. */

import type {
  PacketIcmp,
  PacketOption,
  PacketSegment,
  PacketValue,
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

/** A message whose code is a name for another. */
export function namedIcmp(
  icmp: PacketIcmp,
  names: Names,
  unknown: (name: string) => void,
): PacketIcmp {
  if (icmp.code === undefined || !/^[A-Z_]+$/.test(icmp.code)) return icmp;
  const code = names.get(icmp.code);
  if (code === undefined) unknown(icmp.code);
  return { ...icmp, code };
}

/** An argument with the names in it that the command line explains. */
export function namedValue(value: PacketValue, names: Names): PacketValue {
  const inner = (one: PacketValue) => namedValue(one, names);
  switch (value.kind) {
    case 'words': {
      const [only, ...others] = value.words;
      const text = only === undefined || others.length > 0 ? undefined : names.get(only);
      if (text === undefined) return value;
      return /^\d+$/.test(text)
        ? { kind: 'number', value: Number(text) }
        : { kind: 'words', words: [text] };
    }
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
