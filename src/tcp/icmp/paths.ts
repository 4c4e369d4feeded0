/** RFC 1191 §3 and RFC 8201 §5.2: what a host remembers of the paths to its peers, and for how long (deviation path-mtu-expiry). */

import { headerOctets } from '../datagram.js';
import { withEntry } from '../host/remembered.js';
import type { Instant } from '../rule.js';
import type { Settings } from '../settings.js';

/** By the peer's address. An immutable value: a host has its latest. */
export type Paths = ReadonlyMap<string, KnownPath>;

interface KnownPath {
  /** The largest datagram that it takes, octets. */
  readonly mtu: number;
  readonly until: Instant;
}

export const NO_PATHS: Paths = new Map();

/** Of a host: what it remembers, and how long. */
interface Rememberer {
  readonly paths: Paths;
  readonly settings: Settings;
}

/** The paths after ICMP has told what one takes; that it takes more than is known is no news. */
export function withPath(host: Rememberer, address: string, mtu: number, now: Instant): Paths {
  const { pathMtuExpiry } = host.settings;
  const known = pathMtu(host, address, now) ?? Number.POSITIVE_INFINITY;
  if (pathMtuExpiry === 0 || mtu >= known) return host.paths;
  return withEntry(host.paths, address, { mtu, until: now + pathMtuExpiry });
}

/** What the path to an address takes, octets; undefined when nothing is known, or not any more. */
export function pathMtu(
  { paths }: Pick<Rememberer, 'paths'>,
  address: string,
  now: Instant,
): number | undefined {
  const known = paths.get(address);
  return known === undefined || known.until <= now ? undefined : known.mtu;
}

/** The settings of a new connection to an address: no segment is longer than the path takes. */
export function alongPath(
  host: Rememberer,
  settings: Settings,
  address: string | undefined,
  now: Instant,
): Settings {
  const mtu = address === undefined ? undefined : pathMtu(host, address, now);
  if (address === undefined || mtu === undefined) return settings;
  const mss = mtu - headerOctets(address);
  return mss < settings.mss ? { ...settings, mss } : settings;
}
