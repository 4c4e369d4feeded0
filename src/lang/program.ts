/** A script made ready to run, as data: flat, resolved instructions, each with its place. */

import type { IcmpError } from '../tcp/icmp/messages.js';
import type { Flag } from '../tcp/segment.js';
import type { Settings } from '../tcp/settings.js';
import type { State } from '../tcp/states.js';
import type { Expression, Template } from './expression-tree.js';
import type { LinkSettings } from './links.js';
import type { PacketOperation, PacketScript } from './packet-operations.js';
import type { Scope } from './paths.js';
import type { Range } from './range.js';
import type { FieldName } from './segment-tree.js';
import type { CallOf } from './statement-tree.js';

/** Where something is written, for stops, messages and editors. */
export interface Place {
  readonly file: string;
  readonly range: Range;
}

export interface ProgramHost {
  readonly name: string;
  /** A peer has no TCP: it sends what is injected and records what reaches it. */
  readonly role: 'host' | 'peer';
  /** As written, or 10.0.0.N made up in the order of declaration. */
  readonly address: string;
  /** The word after `profile`. */
  readonly profile: string;
  /** The profile with what the script changes. */
  readonly settings: Settings;
  readonly place: Place;
}

/** A link that the script declares. Other pairs of hosts are joined by `DEFAULT_LINK`. */
export interface ProgramLink {
  readonly from: string;
  readonly to: string;
  readonly settings: LinkSettings;
  readonly place: Place;
}

/** `client` (its only connection), `client.c1`, or what is at a local port (`server:80`). */
export interface ProgramSubject {
  readonly host: string;
  readonly connection: string | undefined;
  readonly port: Expression | undefined;
}

export interface ProgramEndpoint {
  readonly host: string;
  readonly port: Expression;
}

/** What is expected of a field. `any` for `sackok` and `<DATA>`, which need only be there. */
export interface ProgramField {
  readonly name: FieldName;
  readonly value: Expression | 'any';
  /** TSecr of `ts=VAL:ECR`. */
  readonly echo: Expression | undefined;
  readonly range: Range;
}

/**
 * A segment as it must be, or is to be made. Fields not written are not checked. `flags` are compared
 * exactly, save that PSH counts only when it is written; `blank` is a student's `?`.
 */
export interface ProgramSegment {
  readonly from: string;
  readonly to: string;
  readonly flags: readonly Flag[] | 'blank' | undefined;
  readonly fields: readonly ProgramField[];
}

export type ProgramCall = CallOf<ProgramEndpoint, string>;

export type ProgramFact =
  /** `state` is `blank` for a student's `?`. */
  | { readonly kind: 'state'; readonly subject: ProgramSubject; readonly state: State | 'blank' }
  /** Paths without a host are the subject's, if there is one. */
  | {
      readonly kind: 'expression';
      readonly subject: ProgramSubject | undefined;
      readonly expression: Expression;
    }
  | {
      readonly kind: 'received';
      readonly subject: ProgramSubject;
      readonly data: Expression;
      readonly bytes: 'text' | 'count';
    }
  | {
      readonly kind: 'fails';
      readonly subject: ProgramSubject;
      readonly message: string | 'blank';
    };

/** One end of a connection that is there from the start. */
export interface GivenEnd {
  readonly host: string;
  readonly port: Expression;
  readonly state: State;
  /** By path in lower case (`snd.nxt`); the other end's are mirrored from what was written. */
  readonly values: readonly { readonly name: string; readonly value: Expression }[];
  /** The name of the connection at this end, by `as`. */
  readonly as: string | undefined;
}

/** What an instruction does. Expressions are evaluated when it runs, with `Program.scope`. */
export type Operation =
  | {
      readonly kind: 'call';
      readonly subject: ProgramSubject;
      readonly call: ProgramCall;
      /** `step`: whatever comes of it; `expect`: it must fail as `fails` says, or succeed. */
      readonly mode: 'step' | 'expect';
      /** The RFC's text; a blank is a student's `?`; undefined when it must succeed. */
      readonly fails:
        | { readonly kind: 'text'; readonly text: string }
        | { readonly kind: 'blank' }
        | undefined;
      readonly within: Expression | undefined;
    }
  | { readonly kind: 'inject'; readonly segment: ProgramSegment; readonly as: string | undefined }
  | {
      readonly kind: 'segment';
      readonly mode: 'expect' | 'eventually' | 'never';
      readonly segment: ProgramSegment;
      readonly as: string | undefined;
      readonly within: Expression | undefined;
      readonly during: Expression | undefined;
    }
  | {
      readonly kind: 'fact';
      readonly mode: 'expect' | 'never';
      readonly fact: ProgramFact;
      readonly within: Expression | undefined;
      readonly during: Expression | undefined;
    }
  | {
      readonly kind: 'fault';
      readonly fault: 'drop' | 'duplicate' | 'delay' | 'corrupt' | 'hold';
      /** How many matching segments; undefined is one. */
      readonly count: Expression | undefined;
      readonly segment: ProgramSegment;
      readonly by: Expression | undefined;
      readonly as: string | undefined;
      readonly meets: 'sent' | 'under-way';
      /** Which of those under way that are like it, from 1; undefined is the first. */
      readonly nth: Expression | undefined;
    }
  | { readonly kind: 'release'; readonly name: string }
  | { readonly kind: 'cut' | 'mend'; readonly from: string; readonly to: string }
  | { readonly kind: 'crash' | 'restart'; readonly host: string }
  | { readonly kind: 'wait'; readonly duration: Expression }
  | {
      readonly kind: 'wait-until';
      readonly fact: ProgramFact;
      readonly within: Expression | undefined;
    }
  | { readonly kind: 'wait-quiet' }
  /** Until so many events (arrivals and time-outs) have happened, and nothing beyond the last of them. */
  | { readonly kind: 'wait-events'; readonly count: Expression }
  | {
      readonly kind: 'deliver';
      readonly segment: ProgramSegment;
      readonly nth: Expression | undefined;
      /** How long from now it arrives; undefined is at once, before all else. */
      readonly in: Expression | undefined;
    }
  /** An ICMP error message about a segment reaches its sender. */
  | {
      readonly kind: 'icmp';
      readonly error: IcmpError;
      readonly mtu: Expression | undefined;
      readonly segment: ProgramSegment;
    }
  /** An armed timer of a connection goes off now, before all else. */
  | { readonly kind: 'fire'; readonly subject: ProgramSubject; readonly path: string }
  /** `value` undefined: off. */
  | {
      readonly kind: 'set';
      readonly target:
        | { readonly kind: 'variable'; readonly subject: ProgramSubject; readonly path: string }
        | {
            readonly kind: 'link';
            readonly from: string;
            readonly to: string;
            readonly setting: string;
          }
        | {
            readonly kind: 'segment';
            readonly segment: ProgramSegment;
            readonly nth: Expression | undefined;
            readonly changes: ProgramSegment;
            readonly without: readonly FieldName[];
          };
      readonly value: Expression | undefined;
    }
  | { readonly kind: 'let'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'print'; readonly template: Template }
  /** The ends that know of the connection: one, or both. */
  | {
      readonly kind: 'given';
      readonly ends: readonly GivenEnd[];
      readonly remote: ProgramEndpoint;
      readonly local: ProgramEndpoint;
    }
  /**
   * Runs the instructions up to its `end-repeat` `times` times, `as` counting from `from`. With 0 times, jump
   * past `end`. `times` is known: the product of nested counts is at most `REPEAT_LIMIT`.
   */
  | {
      readonly kind: 'repeat';
      readonly times: number;
      readonly as: string | undefined;
      readonly from: number;
      readonly end: number;
    }
  /** Back to the instruction after `start` while turns are left. Not a place to stop. */
  | { readonly kind: 'end-repeat'; readonly start: number }
  /** A line of a packetdrill script. */
  | PacketOperation;

export type OperationOf<Kind extends Operation['kind']> = Operation & { readonly kind: Kind };

export interface Instruction {
  /** Its place in `Program.instructions`. */
  readonly index: number;
  readonly place: Place;
  /** The statement as written, without comment; of a block its first line. */
  readonly text: string;
  readonly operation: Operation;
}

export interface Program {
  readonly file: string;
  /** The scenario's name; the file's name when it has no scenario blocks. */
  readonly scenario: string;
  readonly seed: number;
  readonly hosts: readonly ProgramHost[];
  readonly links: readonly ProgramLink[];
  readonly instructions: readonly Instruction[];
  /** What the names in expressions mean. */
  readonly scope: Scope;
  /** Of a program that was made of a packetdrill script. */
  readonly packets?: PacketScript;
}
