/** What sysctls of Linux and of FreeBSD have in common: what their meaning rests on, units, bounds, and ECN. */

import type { Settings } from '../../tcp/settings.js';

/** What the meaning of a sysctl rests on. */
export interface Sysctls {
  /** The profile's own settings: what `1` switches back on. */
  readonly profile: Settings;
  readonly version: 4 | 6;
  /** The numbers that the script has set so far: some mean something only together. */
  readonly values: Map<string, number>;
}

/** The settings that a value comes to; a text when it asks for what there is not. `text` is the command's. */
export type Reading = (value: number, sysctls: Sysctls, text: string) => Partial<Settings> | string;

export const millisecond = 1_000;
export const second = 1_000_000;

/** A number of attempts as a setting can have it. */
export function count(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

/** Not at all, asked for, or only when the peer asks; what lies above is accurate ECN. */
const ECN: readonly Partial<Settings>[] = [{ ecn: 'off' }, { ecn: 'ask' }, { ecn: 'accept' }];

/** The settings of a value; a text when there is nothing of the kind here. */
export const ecn: Reading = (value, _, text) => ECN[value] ?? `\`${text}\` (accurate ECN)`;
