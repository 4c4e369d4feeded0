/** The syntax tree of the steps of a scenario. */

import type {
  BlankExpression,
  Expression,
  StateExpression,
  Template,
  TextExpression,
} from './expression-tree.js';
import type { Name, Range } from './range.js';
import type { SegmentPattern } from './segment-tree.js';

/** `client`, `client.c1`, or `server:80` (the listener or connection at that local port). */
export interface Subject {
  readonly host: Name;
  readonly connection: Name | undefined;
  readonly port: Expression | undefined;
  readonly range: Range;
}

/** `server:80`. */
export interface Endpoint {
  readonly host: Name;
  readonly port: Expression;
  readonly range: Range;
}

/** What is sent: a text, or so many octets. */
export interface SendPart {
  readonly data: Expression;
  readonly bytes: 'text' | 'count';
}

/** A user call, with its remote sockets and names as they are written, or resolved. */
export type CallOf<Place, Label> =
  | {
      readonly kind: 'listen';
      readonly port: Expression;
      readonly remote: Place | undefined;
      readonly backlog: Expression | undefined;
      readonly as: Label | undefined;
    }
  | {
      readonly kind: 'connect';
      readonly to: Place;
      readonly from: Expression | undefined;
      /** Text that may travel on the SYN: `send "GET /"`, `send 100 bytes`. */
      readonly send: SendPart | undefined;
      readonly as: Label | undefined;
    }
  | { readonly kind: 'accept'; readonly as: Label | undefined }
  /** `urgent`: with the URGENT flag. */
  | ({ readonly kind: 'send'; readonly urgent: true | undefined } & SendPart)
  | { readonly kind: 'receive'; readonly count: Expression | undefined }
  | { readonly kind: 'shutdown' | 'close' | 'abort' | 'status' };

export type Call = CallOf<Endpoint, Name>;

export interface CallStatement {
  readonly kind: 'call';
  readonly subject: Subject;
  readonly call: Call;
  /** The outcome expected: `expect client: connect server:81 fails "connection refused"`. */
  readonly fails: TextExpression | BlankExpression | undefined;
  readonly within: Expression | undefined;
  /** `step` for a bare call, `expect` when the line begins with it. */
  readonly mode: 'step' | 'expect';
  readonly range: Range;
}

export interface InjectStatement {
  readonly kind: 'inject';
  readonly pattern: SegmentPattern;
  readonly as: Name | undefined;
  readonly range: Range;
}

export interface SegmentStatement {
  readonly kind: 'segment';
  readonly mode: 'expect' | 'eventually' | 'never';
  readonly pattern: SegmentPattern;
  readonly as: Name | undefined;
  /** `within T` of expect and eventually. */
  readonly within: Expression | undefined;
  /** `for T` of never. */
  readonly during: Expression | undefined;
  readonly range: Range;
}

export type Fact =
  /** `server SYN_RCVD`, `server ?`. */
  | {
      readonly kind: 'state';
      readonly subject: Subject;
      readonly state: StateExpression | BlankExpression;
      readonly range: Range;
    }
  /** `server.c1 SND.NXT == ISS+1`, `time == 3s`. */
  | {
      readonly kind: 'expression';
      readonly subject: Subject | undefined;
      readonly expression: Expression;
      readonly range: Range;
    }
  /** `server received "GET /"`, `server received 100 bytes`: all that came for the user so far. */
  | {
      readonly kind: 'received';
      readonly subject: Subject;
      readonly data: Expression;
      readonly bytes: 'text' | 'count';
      readonly range: Range;
    }
  /** `client fails "connection reset"`: what the user was told last. */
  | {
      readonly kind: 'fails';
      readonly subject: Subject;
      readonly message: TextExpression | BlankExpression;
      readonly range: Range;
    };

export interface FactStatement {
  readonly kind: 'fact';
  readonly mode: 'expect' | 'never';
  readonly fact: Fact;
  readonly within: Expression | undefined;
  readonly during: Expression | undefined;
  readonly range: Range;
}

export interface FaultStatement {
  readonly kind: 'fault';
  readonly fault: 'drop' | 'duplicate' | 'delay' | 'corrupt' | 'hold';
  readonly count: Expression | undefined;
  readonly pattern: SegmentPattern;
  /** `by T` of delay. */
  readonly by: Expression | undefined;
  /** The name that `release` takes, of hold. */
  readonly as: Name | undefined;
  /** What meets it: segments that are sent from now on, or, with `now`, those under way. */
  readonly meets: 'sent' | 'under-way';
  /** `nth 2`, of those under way. */
  readonly nth: Expression | undefined;
  readonly range: Range;
}

export interface ReleaseStatement {
  readonly kind: 'release';
  readonly name: Name;
  readonly range: Range;
}

export interface PathStatement {
  readonly kind: 'cut' | 'mend';
  readonly from: Name;
  readonly to: Name;
  readonly range: Range;
}

export interface HostStatement {
  readonly kind: 'crash' | 'restart';
  readonly host: Name;
  readonly range: Range;
}

export interface WaitStatement {
  readonly kind: 'wait';
  readonly until:
    | { readonly kind: 'duration'; readonly duration: Expression }
    | { readonly kind: 'fact'; readonly fact: Fact; readonly within: Expression | undefined }
    | { readonly kind: 'events'; readonly count: Expression }
    | { readonly kind: 'quiet' };
  readonly range: Range;
}

export interface RepeatStatement {
  readonly kind: 'repeat';
  readonly count: Expression;
  readonly as: Name | undefined;
  /** What `as` counts from; 0 when left out. */
  readonly from: Expression | undefined;
  readonly body: readonly Statement[];
  /** The first line, up to its brace. */
  readonly head: Range;
  readonly range: Range;
}

/** `set client.c1.SND.WND = 0`, `set client.timers.retransmission = off`, `set client -- server loss = 30`. */
export interface SetStatement {
  readonly kind: 'set';
  readonly target:
    | { readonly kind: 'variable'; readonly parts: readonly Name[] }
    | { readonly kind: 'link'; readonly from: Name; readonly to: Name; readonly setting: Name }
    /** Of the segments under way the first (or nth) like `pattern`: its bits and fields in `changes` are others. */
    | {
        readonly kind: 'segment';
        readonly pattern: SegmentPattern;
        readonly nth: Expression | undefined;
        readonly changes: SegmentPattern;
        /** Options that it is to have no longer. */
        readonly without: readonly Name[];
      };
  /** Undefined: off; of a segment there is none. */
  readonly value: Expression | undefined;
  readonly range: Range;
}

export interface DeliverStatement {
  readonly kind: 'deliver';
  readonly pattern: SegmentPattern;
  readonly nth: Expression | undefined;
  /** `in T`: how long from now; undefined is at once. */
  readonly in: Expression | undefined;
  readonly range: Range;
}

/** `icmp too-big mtu=1400 client -> server seq=100`: what a segment of A's to B has met comes back to A. */
export interface IcmpStatement {
  readonly kind: 'icmp';
  readonly error: Name;
  readonly mtu: Expression | undefined;
  /** What is quoted: ports and `seq`. */
  readonly pattern: SegmentPattern;
  readonly range: Range;
}

/** `fire client.c1.timers.retransmission`: an armed timer goes off now. */
export interface FireStatement {
  readonly kind: 'fire';
  readonly parts: readonly Name[];
  readonly range: Range;
}

export interface LetStatement {
  readonly kind: 'let';
  readonly name: Name;
  readonly value: Expression;
  readonly range: Range;
}

export interface PrintStatement {
  readonly kind: 'print';
  readonly template: Template;
  readonly range: Range;
}

/** `snd.nxt 100` in the block of a `given`. */
export interface GivenValue {
  readonly name: Name;
  readonly value: Expression;
  readonly range: Range;
}

/** `given A:1000 ESTABLISHED with B:80 CLOSED as NAME { snd.nxt 100 rcv.nxt 300 }`. */
export interface GivenStatement {
  readonly kind: 'given';
  readonly local: Endpoint;
  readonly state: StateExpression;
  readonly remote: Endpoint;
  /** The other end's state; what mirrors `state` when left out; CLOSED when it knows nothing. */
  readonly remoteState: StateExpression | undefined;
  readonly as: Name | undefined;
  readonly values: readonly GivenValue[];
  /** The braces, when written. */
  readonly block: Range | undefined;
  readonly range: Range;
}

export type Statement =
  | CallStatement
  | InjectStatement
  | SegmentStatement
  | FactStatement
  | FaultStatement
  | ReleaseStatement
  | PathStatement
  | HostStatement
  | WaitStatement
  | RepeatStatement
  | SetStatement
  | DeliverStatement
  | FireStatement
  | IcmpStatement
  | LetStatement
  | PrintStatement
  | GivenStatement;
