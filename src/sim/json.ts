/** The record as plain data: one object a step, for `--json` and whoever reads it with a program. */

import { type CODEPOINTS, type Codepoint, NOT_ECT, printCodepoint } from '../tcp/ecn/ip.js';
import { moveOf } from '../tcp/rule.js';
import type { Flag, Ports } from '../tcp/segment.js';
import { ACK, FLAGS, has } from '../tcp/segment.js';
import { num } from '../tcp/seq.js';
import type { State } from '../tcp/states.js';
import type { Delivery } from './delivery.js';
import type { Step } from './step.js';

/** A step. Times are virtual microseconds, integers. A member with a `?` is absent where it has nothing to say. */
export interface StepJson {
  /** Position in the record, from 0. */
  readonly step: number;
  readonly time: number;
  /** The host or peer whose event it is; absent for the director's and the network's own. */
  readonly host?: string;
  /**
   * `OPEN`, `SEND`, ... for a user call, `segment arrives`, `timeout`, `statement` (reached), `settled` (a
   * statement that had waited), `edit`.
   */
  readonly event: string;
  /** The instruction of the script that it goes back to, from 0; -1 for none. */
  readonly statement: number;
  /** Of a timeout: which timer (`retransmission`, `timeWait`, ...). */
  readonly timer?: string;
  /** Of an arrival: the id of the segment, as in the step that sent it. */
  readonly arrived?: number;
  /** Of a call: how it ended: `ok`, `pending`, or `error: ...` in the RFC's words. */
  readonly outcome?: string;
  /** The ids of the rules that ran, in order. */
  readonly rules: readonly string[];
  readonly moves: readonly MoveJson[];
  /** What was put on links, lost and held ones too. */
  readonly segments: readonly SegmentJson[];
  /** What users were told unasked. */
  readonly signals: readonly string[];
  /** Why segments were discarded. */
  readonly discards: readonly string[];
}

/** A state change. */
export interface MoveJson {
  readonly host: string;
  /** The connection's number within its host. */
  readonly connection: number;
  readonly from: State;
  readonly to: State;
}

export interface SegmentJson {
  /** From 1, in the order of departure. */
  readonly id: number;
  /** Names of hosts or peers, and their ports. */
  readonly from: string;
  readonly to: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  /** Only with the ACK bit. */
  readonly ack?: number;
  readonly flags: readonly Flag[];
  /** The ECN field of the IP header, unless it is Not-ECT. */
  readonly ecn?: (typeof CODEPOINTS)[Codepoint];
  /** The ports of the UDP header that it is behind, if it is in UDP. */
  readonly udp?: Ports;
  /** The window field as on the wire. */
  readonly window: number;
  /** Octets of text. */
  readonly length: number;
  readonly options: OptionsJson;
  readonly fate: Delivery['fate'];
  /** The rule that decided the fate. */
  readonly rule: string;
  readonly kind: Delivery['kind'];
  /** Of a duplicate or a released one: the id of the segment that it repeats. */
  readonly copyOf?: number;
  readonly corrupt: boolean;
  /** When it reaches `to`; absent when it never will, or is held. */
  readonly arrives?: number;
}

/** Absent members are absent options. */
export interface OptionsJson {
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: true;
  readonly timestamps?: { readonly val: number; readonly ecr: number };
  /** Left edge, and right edge that is not included. */
  readonly sack?: readonly (readonly [left: number, right: number])[];
  /** Seconds. */
  readonly userTimeout?: number;
  /** The AccECN Option: which of its two orders, and the counters in it. */
  readonly accurateEcn?: { readonly order: 0 | 1; readonly fields: readonly number[] };
  /** The cookie as hexadecimal digits; empty: one is asked for. */
  readonly fastOpen?: { readonly cookie: string; readonly experimental?: true };
  /** The MD5 signature option. */
  readonly signature?: true;
}

/** A step as plain data, in a fixed order of members: equal steps are equal text. */
export function stepJson(step: Step): StepJson {
  const { cause, call } = step;
  const effects = step.microsteps.flatMap((microstep) => microstep.effects);
  return {
    step: step.index,
    time: step.at,
    ...(step.host === undefined ? {} : { host: step.host }),
    event: call?.call.kind ?? (cause.kind === 'arrival' ? 'segment arrives' : cause.kind),
    statement: step.origin,
    ...(cause.kind === 'timeout' ? { timer: cause.timer } : {}),
    ...(cause.kind === 'arrival' ? { arrived: cause.delivery.id } : {}),
    ...(call === undefined ? {} : { outcome: outcomeJson(call.outcome) }),
    rules: step.microsteps.map(({ rule }) => rule.id),
    moves: movesJson(step),
    segments: step.departures.map(segmentJson),
    signals: effects.flatMap((effect) => (effect.kind === 'signal' ? [effect.text] : [])),
    discards: effects.flatMap((effect) => (effect.kind === 'discard' ? [effect.reason] : [])),
  };
}

function outcomeJson(outcome: NonNullable<Step['call']>['outcome']): string {
  return outcome.kind === 'error' ? `error: ${outcome.text}` : outcome.kind;
}

function movesJson(step: Step): readonly MoveJson[] {
  return step.microsteps.flatMap((microstep) => {
    const { connection, before, after } = microstep;
    if (!connection || !before || !after || moveOf(microstep) === undefined) return [];
    const { host, id } = connection;
    return [{ host, connection: id, from: before.state, to: after.state }];
  });
}

function segmentJson(delivery: Delivery): SegmentJson {
  const { segment, id, from, to, fate, decidedBy, kind, copyOf, corrupt, arrivesAt } = delivery;
  const { mss, windowScale, sackPermitted, timestamps, sack, userTimeout } = segment.options;
  const { accurateEcn, fastOpen, signature } = segment.options;
  return {
    id,
    from,
    to,
    sourcePort: segment.sourcePort,
    destinationPort: segment.destinationPort,
    seq: num(segment.seq),
    ...(has(segment, ACK) ? { ack: num(segment.ack) } : {}),
    ...(segment.ecn === NOT_ECT ? {} : { ecn: printCodepoint(segment.ecn) }),
    ...(segment.udp === undefined ? {} : { udp: segment.udp }),
    flags: FLAGS.filter((_, bit) => (segment.ctl & (1 << bit)) !== 0),
    window: segment.wnd,
    length: segment.data.length,
    options: {
      ...(mss === undefined ? {} : { mss }),
      ...(windowScale === undefined ? {} : { windowScale }),
      ...(sackPermitted === undefined ? {} : { sackPermitted }),
      ...(timestamps === undefined
        ? {}
        : { timestamps: { val: timestamps.val, ecr: timestamps.ecr } }),
      ...(sack === undefined
        ? {}
        : { sack: sack.map(({ left, right }) => [num(left), num(right)] as const) }),
      ...(userTimeout === undefined ? {} : { userTimeout }),
      ...(accurateEcn === undefined ? {} : { accurateEcn }),
      ...(fastOpen === undefined ? {} : { fastOpen }),
      ...(signature === undefined ? {} : { signature }),
    },
    fate,
    rule: decidedBy,
    kind,
    ...(copyOf === undefined ? {} : { copyOf }),
    corrupt,
    ...(arrivesAt === undefined ? {} : { arrives: arrivesAt }),
  };
}
