/** RFC 9293 §3.4.1 Initial Sequence Number Selection: where an ISS comes from, with its parts kept. */

import type { Seq } from './seq.js';

/** How a host chooses its ISNs (the setting `isn`). */
export type IsnChoice =
  | { readonly kind: 'fixed'; readonly values: readonly Seq[] }
  | { readonly kind: 'rfc6528' }
  | { readonly kind: 'clock' }
  | { readonly kind: 'random' };

/** An ISN with its derivation. `value` is the ISS that was used. */
export type Isn =
  /** `isn 100`, or the n-th of a list (the last one repeats). */
  | { readonly kind: 'fixed'; readonly value: Seq; readonly index: number }
  /** RFC 793's clock alone: one tick every 4 microseconds. */
  | { readonly kind: 'clock'; readonly value: Seq; readonly m: Seq; readonly at: number }
  /** ISN = M + F(localip, localport, remoteip, remoteport, secretkey), all modulo 2^32. */
  | {
      readonly kind: 'rfc6528';
      readonly value: Seq;
      readonly m: Seq;
      readonly f: Seq;
      /** What was hashed, readable: `10.0.0.1:49152 10.0.0.2:80 secret`. */
      readonly input: string;
      /** The hash's whole output, hexadecimal. */
      readonly digest: string;
      readonly at: number;
    }
  /** A draw of the host's own random stream. */
  | { readonly kind: 'random'; readonly value: Seq }
  /** Chosen by a `given` statement or by a debugger's user. */
  | { readonly kind: 'given'; readonly value: Seq };
