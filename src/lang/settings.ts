/** Settings blocks of hosts and links, checked against the tables of what there is, as values. */

import { usualMss } from '../tcp/datagram.js';
import { DEFAULT_PROFILE, PROFILE_NAMES, settingsOfProfile } from '../tcp/profiles.js';
import { fixedIsn, RFC9293, SETTINGS, type SettingInfo, type Settings } from '../tcp/settings.js';
import * as say from './checker-messages.js';
import * as sayDeclared from './declaration-messages.js';
import type { Setting, SettingsBlock, SettingValue } from './declaration-tree.js';
import type { Message } from './diagnostics.js';
import { HOST_SETTINGS, LINK_SETTINGS, type LinkSettingInfo } from './keywords.js';
import { DEFAULT_LINK, type LinkSettings } from './links.js';
import { quoted } from './message-forms.js';
import { durationUnit, microseconds, OCTETS, RATES, unitValue } from './numbers.js';
import type { Range } from './range.js';
import { listed, suggest } from './suggest.js';
import { settingMeant } from './synonyms.js';

export type Report = (message: Message, range: Range) => void;

const MAX_SEQ = 2 ** 32 - 1;

/** The settings of a host: its profile, and what the block changes. */
export function hostSettings(
  block: SettingsBlock | undefined,
  address: string,
  report: Report,
): { readonly profile: string; readonly settings: Settings } {
  let profile: string = DEFAULT_PROFILE;
  const changes: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const [i, setting] of (block?.settings ?? []).entries()) {
    const word = setting.name.text;
    if (seen.has(word)) report(sayDeclared.settingTwice(word), setting.name.range);
    seen.add(word);
    if (word === 'profile') {
      if (i > 0) report(sayDeclared.profileNotFirst(), setting.name.range);
      profile = profileNamed(setting, report) ?? profile;
      continue;
    }
    const info = SETTINGS.find((known) => known.word === word);
    if (info) changes[info.name] = hostValue(info, setting, report);
    else reportUnknown('host', setting, report);
  }
  const usual = { ...(settingsOfProfile(profile) ?? RFC9293), mss: usualMss(address) };
  // The table says what each name's kind is; what does not fit it is reported, and then nothing runs.
  return { profile, settings: { ...usual, ...(changes as Partial<Settings>) } };
}

function reportUnknown(of: 'host' | 'link', { name }: Setting, report: Report): void {
  const other = of === 'host' ? LINK_SETTINGS.map(({ word }) => word) : HOST_SETTINGS;
  const known = of === 'host' ? HOST_SETTINGS : LINK_SETTINGS.map(({ word }) => word);
  if (other.includes(name.text)) {
    report(sayDeclared.settingOfOther(name.text, of === 'host' ? 'link' : 'host'), name.range);
  } else
    report(
      sayDeclared.unknownSetting(of, name.text, settingMeant(name.text, of, known), known),
      name.range,
    );
}

function profileNamed({ name, value }: Setting, report: Report): string | undefined {
  const known = PROFILE_NAMES;
  if (value?.kind !== 'word') {
    report(sayDeclared.settingValue('profile', listed(known, 'or')), value?.range ?? name.range);
    return undefined;
  }
  if (known.includes(value.text)) return value.text;
  report(sayDeclared.unknownProfile(value.text, known, suggest(value.text, known)), value.range);
  return undefined;
}

function hostValue(info: SettingInfo, { value, name }: Setting, report: Report): unknown {
  if (!value) return undefined;
  const wrong = (wanted: string, words: readonly string[] = []) => {
    const suggestion = value.kind === 'word' ? suggest(value.text, words) : undefined;
    report(sayDeclared.settingValue(name.text, wanted, suggestion), value.range);
    return undefined;
  };
  const word = value.kind === 'word' ? value.text : undefined;
  switch (info.kind) {
    case 'isn':
      return isnChoice(value, report) ?? wrong(ISN_WANTED, ISN_WORDS);
    case 'string':
      return value.kind === 'text' ? value.value : wrong('a text in quotes');
    case 'switch':
      return word === 'on' || word === 'off'
        ? word === 'on'
        : wrong('`on` or `off`', ['on', 'off']);
    case 'choice': {
      const choices = info.choices ?? [];
      return word && choices.includes(word) ? word : wrong(quoted(choices, 'or'), choices);
    }
    case 'count-or-off':
      if (word === 'off') return undefined;
      return within(info, value, plainNumber(value), report) ?? wrong('a number or `off`', ['off']);
    case 'count':
      return within(info, value, plainNumber(value), report) ?? wrong('a whole number');
    case 'octets':
      return (
        within(info, value, octets(value), report) ?? wrong('octets, such as `1460` or `64KiB`')
      );
    case 'duration':
      return (
        within(info, value, duration(value), report) ?? wrong('a time with its unit, such as `30s`')
      );
    default:
      return info.kind satisfies never;
  }
}

/** How ISNs may be chosen, other than by numbers. */
export const ISN_WORDS = ['rfc6528', 'siphash', 'clock', 'random'] as const;
const ISN_WANTED = 'a number, a list of numbers, `rfc6528`, `siphash`, `clock` or `random`';

function isnChoice(value: SettingValue, report: Report): Settings['isn'] | undefined {
  if (value.kind === 'word') {
    const kind = ISN_WORDS.find((word) => word === value.text);
    if (kind === 'siphash') return { kind: 'rfc6528', hash: kind };
    return kind && { kind };
  }
  if (value.kind !== 'numbers') return undefined;
  for (const number of value.values) {
    if (!Number.isInteger(number.value)) return undefined;
    if (number.value > MAX_SEQ) {
      report(say.outOfRange('This sequence number', number.text, '0', `${MAX_SEQ}`), number.range);
    }
  }
  return fixedIsn(...value.values.map((number) => number.value % 2 ** 32));
}

/** The number when it is in range; a message when it is not; undefined when it is no number. */
function within(
  { word, kind, range }: Pick<SettingInfo, 'word' | 'range'> & { readonly kind: string },
  value: SettingValue,
  amount: number | undefined,
  report: Report,
): number | undefined {
  if (amount === undefined || !range || (amount >= range[0] && amount <= range[1])) return amount;
  const print = kind === 'duration' ? printDuration : String;
  const [min, max] = range.map(print);
  report(say.outOfRange(`\`${word}\``, print(amount), min!, max!), value.range);
  return range[0];
}

/** What a setting may be, for people: `0s to 10min`; undefined when any text or number will do. */
export function rangeText({
  kind,
  range,
}: Pick<SettingInfo, 'range'> & { readonly kind: string }): string | undefined {
  const print = kind === 'duration' ? printDuration : String;
  const unit =
    kind === 'percent' ? '%' : kind === 'octets' ? ' octets' : kind === 'rate' ? ' bit/s' : '';
  return range && `${print(range[0])} to ${print(range[1])}${unit}`;
}

/** Microseconds for people: `500ms`, `2min`. */
function printDuration(us: number): string {
  if (us === 0) return '0s';
  for (const [unit, size] of [
    ['min', 60_000_000],
    ['s', 1_000_000],
    ['ms', 1_000],
  ] as const) {
    if (us % size === 0) return `${us / size}${unit}`;
  }
  return `${us}us`;
}

function plainNumber(value: SettingValue): number | undefined {
  if (value.kind !== 'numbers' || value.values.length !== 1) return undefined;
  const [number] = value.values;
  return number && Number.isInteger(number.value) ? number.value : undefined;
}

function octets(value: SettingValue): number | undefined {
  if (value.kind !== 'quantity') return plainNumber(value);
  const scale = unitValue(OCTETS, value.unit);
  const amount = value.amount * (scale ?? Number.NaN);
  return Number.isInteger(amount) ? amount : undefined;
}

/** Only a zero may stand without a unit. `msl` would need a host: not here. */
function duration(value: SettingValue): number | undefined {
  if (value.kind !== 'quantity') return plainNumber(value) === 0 ? 0 : undefined;
  const unit = durationUnit(value.unit);
  return unit === undefined || unit === 'msl' ? undefined : microseconds(value.amount, unit, 0);
}

function rate(value: SettingValue): number | undefined {
  if (value.kind !== 'quantity') return undefined;
  const scale = unitValue(RATES, value.unit);
  return scale === undefined ? undefined : Math.round(value.amount * scale);
}

function percent(value: SettingValue): number | undefined {
  if (value.kind === 'quantity') return value.unit === '%' ? value.amount : undefined;
  return plainNumber(value) === 0 ? 0 : undefined;
}

const LINK_KINDS: Readonly<
  Record<LinkSettingInfo['kind'], readonly [(value: SettingValue) => number | undefined, string]>
> = {
  duration: [duration, 'a time with its unit, such as `10ms`'],
  percent: [percent, 'a percentage, such as `1%`'],
  rate: [rate, 'bits a second, such as `10Mbps`'],
  octets: [octets, 'octets, such as `1500`'],
};

const LINK_NAMES: Readonly<Record<string, keyof LinkSettings>> = {
  delay: 'delay',
  jitter: 'jitter',
  loss: 'lossPercent',
  duplicate: 'duplicatePercent',
  reorder: 'reorderPercent',
  rate: 'rate',
  mtu: 'mtu',
};

/** The settings of a link: the default link's, and what the block changes. */
export function linkSettings(block: SettingsBlock | undefined, report: Report): LinkSettings {
  const changes: Record<string, number> = {};
  const seen = new Set<string>();
  for (const setting of block?.settings ?? []) {
    const { name, value } = setting;
    if (seen.has(name.text)) report(sayDeclared.settingTwice(name.text), name.range);
    seen.add(name.text);
    const info = LINK_SETTINGS.find(({ word }) => word === name.text);
    const key = LINK_NAMES[name.text];
    if (!info || !key) reportUnknown('link', setting, report);
    else if (value) {
      const [read, wanted] = LINK_KINDS[info.kind];
      const amount = within(info, value, read(value), report);
      if (amount === undefined) report(sayDeclared.settingValue(name.text, wanted), value.range);
      else changes[key] = amount;
    }
  }
  return { ...DEFAULT_LINK, ...changes };
}
