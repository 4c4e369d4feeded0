/** What sysctls of Linux and of FreeBSD have in common: what their meaning rests on, units, bounds, and ECN. */

import type { Settings } from '../../tcp/settings.js';

/** What the meaning of a sysctl rests on. */
export interface Sysctls {
  /** The word of the profile. */
  readonly system: string;
  /** The profile's own settings: what `1` switches back on. */
  readonly profile: Settings;
  readonly version: 4 | 6;
  /** The numbers that the script has set so far: some mean something only together. */
  readonly values: Map<string, number>;
}

/** The settings that a value comes to; a text when it asks for what there is not. `text` is the command's. */
export type Reading = (value: number, sysctls: Sysctls, text: string) => Partial<Settings> | string;

/** The other way: the value that a sysctl has where a host has these settings; undefined where it cannot say them. */
export type Writing = (settings: Settings) => number | string | undefined;

export const bit = (on: boolean) => (on ? 1 : 0);

export const millisecond = 1_000;
export const second = 1_000_000;

/** A number of attempts as a setting can have it. */
export function count(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

/** What there is here with this value alone. */
export function unlessUsual(usual: number): Reading {
  return (value, _, text) => (value === usual ? {} : `\`${text}\``);
}

/** A share as a setting can have it. */
export function percent(value: number): number {
  return Math.max(0, Math.min(1_000, Math.round(value)));
}

/** By the value of Linux's `tcp_mtu_probing`. */
export const LINUX_MTU_PROBING: readonly Settings['mtuProbing'][] = ['off', 'black-hole', 'always'];

/** Not at all, asked for, or only when the peer asks; above that with AccECN, which is asked for, or taken when the peer asks. */
export const LINUX_ECN: readonly Partial<Settings>[] = [
  { ecn: 'off', accurateEcn: 'off' },
  { ecn: 'ask', accurateEcn: 'off' },
  { ecn: 'accept', accurateEcn: 'off' },
  { ecn: 'ask', accurateEcn: 'ask' },
  { ecn: 'ask', accurateEcn: 'accept' },
  { ecn: 'accept', accurateEcn: 'accept' },
];
/** FreeBSD cannot ask for classic ECN while it takes AccECN. */
export const FREEBSD_ECN = LINUX_ECN.filter((_, value) => value !== 4);

/** The settings of a value; a text when there is no such value. */
export const linuxEcn: Reading = (value, _, text) => {
  const known = LINUX_ECN[value];
  // Kernels that have AccECN treat a SYN,ACK that comes again otherwise than those before.
  return known ? { ...known, ecnAnswer: value < 3 ? 'any' : 'latest' } : `\`${text}\``;
};
export const freebsdEcn: Reading = (value, _, text) => FREEBSD_ECN[value] ?? `\`${text}\``;

/** Not at all, after changes, with every segment, and that whatever becomes of it. */
const ECN_OPTION = ['off', 'changed', 'all', 'always'] as const;

export const linuxEcnOption: Reading = (value, _, text) => {
  const accurateEcnOption = ECN_OPTION[value];
  return accurateEcnOption === undefined ? `\`${text}\`` : { accurateEcnOption };
};
