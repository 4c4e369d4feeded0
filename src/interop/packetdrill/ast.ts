/** The syntax tree of a packetdrill script: what was written and where, of either dialect. */

import type {
  PacketIcmp,
  PacketResult,
  PacketSegment,
  PacketTime,
  PacketValue,
} from '../../lang/packet-operations.js';
import type { Range } from '../../lang/range.js';

/** `--ip_version=ipv4`. A switch without a value has an empty one. */
export interface OptionLine {
  readonly name: string;
  readonly value: string;
  readonly range: Range;
}

/** What happens on a line, or on several when a call or a command is long. */
export type PacketEvent =
  | { readonly kind: 'segment-in' | 'segment-out'; readonly segment: PacketSegment }
  | { readonly kind: 'icmp-in'; readonly icmp: PacketIcmp }
  | {
      readonly kind: 'call';
      readonly call: string;
      readonly args: readonly PacketValue[];
      readonly result: PacketResult;
      /** When a blocking call must return, counted as its beginning is. */
      readonly until: number | undefined;
    }
  /** What stands between back quotes. */
  | { readonly kind: 'command'; readonly command: string }
  /** A name that stands for a command, as `--define` says. */
  | { readonly kind: 'named'; readonly name: string }
  /** What stands between `%{` and `}%`. */
  | { readonly kind: 'code'; readonly code: string };

export interface EventLine {
  /** Undefined: a command that prepares what follows, or tidies up after all of it. */
  readonly time: PacketTime | undefined;
  readonly event: PacketEvent;
  readonly range: Range;
}

export interface PacketScriptTree {
  readonly options: readonly OptionLine[];
  /** In the order of the text. */
  readonly lines: readonly EventLine[];
}
