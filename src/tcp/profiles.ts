/** RFC 9293 §3.9.1: named sets of settings: the specification, and what two deployed stacks do otherwise. */

import type { Difference } from './profiles/difference.js';
import { FREEBSD_DIFFERENCES } from './profiles/freebsd.js';
import { LINUX_DIFFERENCES } from './profiles/linux.js';
import type { Settings } from './settings.js';
import { RFC9293 } from './settings.js';

/** A named set of settings, with its differences told apart. */
export interface Profile {
  readonly name: string;
  readonly doc: string;
  readonly differences: readonly Difference[];
}

/** What holds where no profile is named. */
export const DEFAULT_PROFILE = 'rfc9293';

export const PROFILE_LIST: readonly Profile[] = [
  {
    name: DEFAULT_PROFILE,
    doc: 'The letter of RFC 9293 and of the RFCs it rests on, with one switch against endless quarrels (`ack-throttle all`). It holds where no profile is named.',
    differences: [],
  },
  {
    name: 'linux',
    doc: 'Linux 6.18 with its default settings, as measured on a running kernel.',
    differences: LINUX_DIFFERENCES,
  },
  {
    name: 'freebsd',
    doc: 'FreeBSD 14 with its default settings, by its documentation and by the tests of its community.',
    differences: FREEBSD_DIFFERENCES,
  },
];

export const PROFILE_NAMES: readonly string[] = PROFILE_LIST.map(({ name }) => name);

const made = new Map<string, Settings>();

/** The settings of a profile: of the word after `profile`; undefined when there is none of this name. Made when they are first asked for. */
export function settingsOfProfile(wanted: string): Settings | undefined {
  const known = made.get(wanted);
  const profile = PROFILE_LIST.find(({ name }) => name === wanted);
  if (known !== undefined || profile === undefined) return known;
  const changes = profile.differences.map(({ setting, value }) => [setting, value]);
  const settings: Settings = { ...RFC9293, ...Object.fromEntries(changes) };
  made.set(wanted, settings);
  return settings;
}
