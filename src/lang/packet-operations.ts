/** What the lines of a packetdrill script do, as plain data: the instructions of a program made of a `.pkt` file. */

import type { AccEcnOption } from '../tcp/ecn/option.js';
import type { Ports } from '../tcp/segment.js';
import type { Settings } from '../tcp/settings.js';
import type { State } from '../tcp/states.js';

/** The host under test in a program made of a `.pkt` file, and the peer that the script plays. */
export const KERNEL = 'kernel';
export const PEER = 'peer';

/** When something happens or is due, microseconds. `relative`: counted from the line before. `any`: whenever it comes. */
export type PacketTime =
  | { readonly kind: 'absolute' | 'relative'; readonly at: number }
  | {
      readonly kind: 'absolute-range' | 'relative-range';
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'any' };

/** An argument of a system call, or a part of one. */
export type PacketValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly text: string }
  /** `SOCK_STREAM`, or several joined by `|`. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** `...`: whatever is right; `= ...`: whatever comes. */
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly items: readonly PacketValue[] }
  | { readonly kind: 'struct'; readonly fields: readonly PacketMember[] };

export interface PacketMember {
  readonly name: string;
  /** How many there are, as it says of itself: `msg_iov(2)=[...]`. */
  readonly count?: number;
  readonly value: PacketValue;
}

/** What a call must return: a number, a number and an errno, or anything (`= ...`). */
export interface PacketResult {
  /** Undefined: any, or what names stand for. */
  readonly value: number | undefined;
  /** Names that are joined by `|`, where it is written so: `= O_RDWR|O_NONBLOCK`. */
  readonly names?: readonly string[];
  readonly errno: string | undefined;
}

/** An option of a segment as written. */
export type PacketOption =
  | { readonly kind: 'nop' | 'eol' | 'sackOK' }
  /** `any`: its value is not compared, only that it is there. */
  | { readonly kind: 'mss' | 'wscale'; readonly value: number; readonly any?: true }
  /** `val` undefined: any. `absolute`: `ecr` is the number on the wire. */
  | {
      readonly kind: 'timestamps';
      readonly val: number | undefined;
      readonly ecr: number;
      readonly absolute?: true;
    }
  /** Fast Open. The cookie as hexadecimal digits, empty for a request; or a name that stands for one. */
  | { readonly kind: 'FO' | 'FOEXP'; readonly cookie: string }
  | { readonly kind: 'sack'; readonly blocks: readonly PacketBlock[] }
  /** RFC 9768 §3.2.3. */
  | { readonly kind: 'ECN'; readonly option: AccEcnOption }
  /** RFC 2385: a signature, of which nothing but its being there is known. */
  | { readonly kind: 'md5' };

export interface PacketBlock {
  readonly start: number;
  readonly end: number;
}

/** A segment as a script writes it: numbers relative to each side's initial sequence number as the script has it. */
export interface PacketSegment {
  /** The control bits as in the header, nine of them. */
  readonly ctl: number;
  /** Undefined: any (`...(0)`). */
  readonly seq: number | undefined;
  /** `seq` is the number on the wire (`1:1(0)!`). */
  readonly absolute?: true | undefined;
  readonly length: number;
  readonly ack: number | undefined;
  /** The window field, octets before scaling. */
  readonly window: number | undefined;
  readonly up: number | undefined;
  /** Undefined: any (`<...>`). */
  readonly options: readonly PacketOption[] | undefined;
  /** The ECN field of the IP header, where it is written. */
  readonly ecn: 'noecn' | 'ect0' | 'ect1' | 'ect01' | 'ce' | undefined;
  /** The type of service, or traffic class, of the IP header where it is written as a whole; its two lowest bits are the ECN field. */
  readonly tos?: number;
  /** The six bits above the ECN field, where they are written. */
  readonly dscp?: number;
  /** The time to live in the IP header, where it is written. */
  readonly ttl?: number;
  /** The UDP header that it is behind, if it is in UDP: `/udp(9899 > 9900)`. */
  readonly udp?: Ports | undefined;
  /** Its ports, where they are written: of another connection than the one before it. */
  readonly ports?: Ports | undefined;
}

export type PacketBinary =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '|'
  | '^'
  | '&'
  | '<<'
  | '>>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%'
  | '**';

/** A calculation with members of `TCP_INFO` and values that were kept; what is true is 1. */
export type PacketExpression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'member'; readonly name: string }
  | {
      readonly kind: 'unary';
      readonly operator: '-' | '~' | 'not';
      readonly operand: PacketExpression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: PacketBinary;
      readonly left: PacketExpression;
      readonly right: PacketExpression;
    }
  /** At least one argument. */
  | {
      readonly kind: 'function';
      readonly name: PacketFunction;
      readonly arguments: readonly PacketExpression[];
    };

export const PACKET_FUNCTIONS = ['abs', 'min', 'max', 'int'] as const;
export type PacketFunction = (typeof PACKET_FUNCTIONS)[number];

/** What `TCP_INFO` must say, or a value that is kept for what follows. */
export interface PacketAssertion {
  readonly expression: PacketExpression;
  /** Under this name. */
  readonly kept?: string | undefined;
  readonly text: string;
}

export interface PacketIcmp {
  /** `unreachable`, `packet_too_big`, ... */
  readonly type: string;
  /** `port_unreachable`, ...; undefined for a type that has only one. */
  readonly code: string | undefined;
  readonly mtu: number | undefined;
  /** The sequence number of the segment that it quotes; undefined: of the last one sent. */
  readonly seq: number | undefined;
  /** The UDP header of that segment, if it was in UDP. */
  readonly udp?: Ports | undefined;
}

/** ICMP messages that ask or answer and quote nothing: they are nothing to TCP. */
export const ICMP_QUERIES: readonly string[] = [
  'echo_request',
  'echo_reply',
  'timestamp_request',
  'timestamp_reply',
  'information_request',
  'information_reply',
  'address_mask_request',
  'address_mask_reply',
];

/** What is compared of what is sent: an RFC's own profile is no kernel's, and neither its buffers nor its options are. */
export interface PacketComparison {
  readonly windows: boolean;
  readonly options: boolean;
}

/** What is the same for all lines of a script. */
export interface PacketScript {
  /** Microseconds that a time may be off. */
  readonly tolerance: number;
  /** The part of the time since the line before that a time may be off, if that is more. */
  readonly tolerancePart: number;
  readonly comparison: PacketComparison;
  /** Whose sockets the host has. */
  readonly system: 'linux' | 'freebsd';
  /** How long a tick of the timestamps is that the script counts in; undefined: timestamps are not compared. */
  readonly timestampTick: number | undefined;
  /** What the peer echoes is counted on from the host's first timestamp where it is none that was seen. */
  readonly echoScaled: boolean;
  /** The port that `bind` takes and the one that `connect` goes to. */
  readonly bindPort: number;
  readonly connectPort: number;
}

/** What a line of a packetdrill script does. */
export type PacketOperation =
  | {
      readonly kind: 'pkt-call';
      readonly time: PacketTime;
      /** Of a call that blocks: when it must return, counted as `time` is. */
      readonly until: number | undefined;
      /** `socket`, `getsockopt`, ... */
      readonly call: string;
      readonly args: readonly PacketValue[];
      readonly result: PacketResult;
    }
  | { readonly kind: 'pkt-in'; readonly time: PacketTime; readonly segment: PacketSegment }
  | { readonly kind: 'pkt-out'; readonly time: PacketTime; readonly segment: PacketSegment }
  | { readonly kind: 'pkt-icmp'; readonly time: PacketTime; readonly icmp: PacketIcmp }
  /** A line of the environment: other settings for the host from here on, or nothing that matters here. */
  | {
      readonly kind: 'pkt-environment';
      readonly time: PacketTime;
      readonly settings: Partial<Settings>;
      /** What each command comes to, in words. */
      readonly notes: readonly string[];
      /** Cookies of Fast Open are forgotten. */
      readonly forgets: boolean;
      /** What socket options come to that no program has set. */
      readonly usual?: Readonly<Record<string, number>>;
    }
  /** How many connections must be in a state (`sockstat ... | grep -c STATE | grep N`); undefined: one at least. */
  | {
      readonly kind: 'pkt-count';
      readonly time: PacketTime;
      readonly state: State;
      readonly count: number | undefined;
    }
  /** A counter of the system since `nstat` was last called: something, or so many; without a name counting begins anew. */
  | {
      readonly kind: 'pkt-counter';
      readonly time: PacketTime;
      readonly name: string;
      readonly count: number | undefined;
    }
  /** Connections in a state are dropped (`tcpdrop -s STATE`). */
  | { readonly kind: 'pkt-drop'; readonly time: PacketTime; readonly state: State }
  | {
      readonly kind: 'pkt-assert';
      readonly time: PacketTime;
      readonly assertions: readonly PacketAssertion[];
    };

/** The counters that mean something here, and the reason for which a segment or message is discarded that each counts. */
export const COUNTERS: Readonly<Record<string, string>> = {
  TcpExtOutOfWindowIcmps: 'ICMP for nothing outstanding',
  TcpExtBeyondWindow: 'beyond the window',
};

export type PacketOperationOf<Kind extends PacketOperation['kind']> = PacketOperation & {
  readonly kind: Kind;
};

/** Whether an operation is a line of a packetdrill script. */
export function isPacketOperation<Other extends { readonly kind: string }>(
  operation: Other | PacketOperation,
): operation is PacketOperation {
  return operation.kind.startsWith('pkt-');
}

/** Whether a word among names is a number: `MSG_DONTWAIT|0x4000`. */
export function isNumber(word: string): boolean {
  return /^(?:0x[0-9a-f]+|\d+)$/i.test(word);
}

/** The constants that are named in a value, and in what it is made of. */
export function namesIn(value: PacketValue): readonly string[] {
  switch (value.kind) {
    case 'words':
      return value.words;
    case 'list':
      return value.items.flatMap(namesIn);
    case 'struct':
      return value.fields.flatMap((field) => namesIn(field.value));
    default:
      return [];
  }
}
