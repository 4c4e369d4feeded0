/** How the hosts of a script are joined. */

/** How a link treats what it carries. Equal in both directions. */
export interface LinkSettings {
  /** Microseconds from one end to the other. */
  readonly delay: number;
  /** Microseconds: up to so much is added to the delay, by chance. */
  readonly jitter: number;
  /** Percent, 0 to 100. */
  readonly lossPercent: number;
  readonly duplicatePercent: number;
  readonly reorderPercent: number;
  /** Bits a second; undefined without a limit. */
  readonly rate: number | undefined;
  /** Octets of an IP datagram. */
  readonly mtu: number;
}

/** The link between two hosts for which the script declares none: lossless, 10 ms. */
export const DEFAULT_LINK: LinkSettings = {
  delay: 10_000,
  jitter: 0,
  lossPercent: 0,
  duplicatePercent: 0,
  reorderPercent: 0,
  rate: undefined,
  mtu: 1500,
};
