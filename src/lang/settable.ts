/** What `set` can change while a run goes on: variables and timers of a connection, and what sort of value each takes. */

import { TIMER_NAMES } from '../tcp/timers.js';

/** What a value must be. `field`: 16 bits of a header. `timer`: the time from now, or off. */
export type ValueKind =
  | 'sequence'
  | 'octets'
  | 'size'
  | 'field'
  | 'mtu'
  | 'time'
  | 'interval'
  | 'timer'
  | 'fraction'
  | 'rate'
  | 'flags';

/** Variables of a connection, by their path in lower case. An ISS is its host's, for the connections to come. */
export const SETTABLE = {
  'snd.una': 'sequence',
  'snd.nxt': 'sequence',
  'snd.up': 'sequence',
  'snd.wl1': 'sequence',
  'snd.wl2': 'sequence',
  'snd.wnd': 'octets',
  'snd.max': 'octets',
  'snd.mss': 'size',
  'rcv.nxt': 'sequence',
  'rcv.up': 'sequence',
  'rcv.wnd': 'octets',
  irs: 'sequence',
  iss: 'sequence',
  rto: 'interval',
  'rto.value': 'interval',
  'rto.srtt': 'interval',
  'rto.rttvar': 'interval',
} as const satisfies Readonly<Record<string, ValueKind>>;

/** The timer of a path such as `timers.timeWait` or `timewait`; undefined when it names none. */
export function timerNamed(path: string): (typeof TIMER_NAMES)[number] | undefined {
  const name = path
    .toLowerCase()
    .replace(/^timers\./, '')
    .replace(/[-_]/g, '');
  return TIMER_NAMES.find((timer) => timer.toLowerCase() === name);
}

/** Whether a path of a connection, in lower case, can be set. */
export function isSettable(path: string): boolean {
  return Object.hasOwn(SETTABLE, path) || timerNamed(path) !== undefined;
}

/** Every name that can be set, as it is written. */
export const SETTABLE_NAMES: readonly string[] = [
  ...Object.keys(SETTABLE).map((path) => path.toUpperCase()),
  ...TIMER_NAMES.map((timer) => `timers.${timer}`),
];
