/** The messages between whoever holds the record (the debug session) and the webviews, both ways: plain JSON. */

import type { Place } from '../sim/step.js';
import type { Instant } from '../tcp/rule.js';
import type { State } from '../tcp/states.js';
import type { HostTable } from './table-rows.js';

// What a webview asks or tells -------------------------------------------------------------------

/** `feed.ts` answers `ready`, `rows` and `page`; the session does `travel` and `open`; `setting` is for whoever keeps it. */
export type FromView =
  /** The page listens now: send all it needs to begin. Nothing is sent before the first `ready`. */
  | { readonly kind: 'ready'; readonly view: ViewName }
  /** Send the part of the diagram between these heights (diagram units, see `Diagram.height`). */
  | { readonly kind: 'rows'; readonly run: number; readonly from: number; readonly to: number }
  /** Show the connections of this host, or those that are gone, from the n-th on (from 0). */
  | { readonly kind: 'page'; readonly host: string; readonly from: number; readonly list?: 'gone' }
  /** Put the cursor there. Microstep -1 is just before the step's first rule. */
  | { readonly kind: 'travel'; readonly step: number; readonly microstep: number }
  /** Show this statement of the script: an index into the program. */
  | { readonly kind: 'open'; readonly statement: number }
  /** The user changed how things are shown. */
  | { readonly kind: 'setting'; readonly settings: ViewSettings };

export type ViewName = 'sequence' | 'tables';

/** How a user likes to see things. Kept by the glue, sent back as `settings` when a page is made anew. */
export interface ViewSettings {
  /** Sequence numbers as on the wire, or counted from each side's ISS. */
  readonly numbers: 'absolute' | 'relative';
  /** Numbers in hexadecimal. */
  readonly hex?: boolean;
  /** Keep the cursor's moment in view. */
  readonly follow: boolean;
}

// What a webview is told ------------------------------------------------------------------------

export type ToView = DiagramMessage | MovedMessage | RowsMessage | TablesMessage | SettingsMessage;

/** A run begins, was restarted or forked: forget all. The rows around the cursor follow unasked. Sent for `ready`, too. */
export interface DiagramMessage {
  readonly kind: 'diagram';
  /** Serial number of the run; a message about another one is out of date. */
  readonly run: number;
  /** The scenario. */
  readonly title: string;
  /** Hosts and peers in the order of declaration, left to right. */
  readonly lanes: readonly Lane[];
  readonly height: number;
  readonly cursor: Cursor;
}

export interface Lane {
  readonly name: string;
  readonly address: string;
  readonly role: 'host' | 'peer';
}

/** After each stop: where the cursor is, and what is new or different in the record. A few hundred octets and a few items. */
export interface MovedMessage {
  readonly kind: 'moved';
  readonly run: number;
  /** The height of the whole diagram, in units: pixels at a zoom of 1. Grows with the record only. */
  readonly height: number;
  readonly cursor: Cursor;
  /** Items that are new or changed since the last message; those with a known id replace the old ones. */
  readonly items: readonly Item[];
  /** Everything of the record below this height is new to the page and not (wholly) in `items`: ask for it by `rows`. */
  readonly staleFrom: number | undefined;
}

/** The answer to `rows`: all items that touch `[from, to]`, top down. */
export interface RowsMessage {
  readonly kind: 'rows';
  readonly run: number;
  readonly from: number;
  readonly to: number;
  /** The state beside each lane as it is at `from`. */
  readonly states: readonly State[];
  readonly items: readonly Item[];
}

/** The moment the user looks at. */
export interface Cursor {
  readonly place: Place;
  readonly at: Instant;
  readonly y: number;
  /** One sentence, for the live region: `0.010000 s, server: LISTEN -> SYN_RCVD`. */
  readonly text: string;
  /** The number of steps recorded; equal to `place.step` when nothing was recorded after the cursor. */
  readonly recorded: number;
}

export interface SettingsMessage {
  readonly kind: 'settings';
  readonly settings: ViewSettings;
}

// The sequence diagram --------------------------------------------------------------------------

/** `place` is the first place at which an item is there: earlier, it is the future. */
export type Item = ArrowItem | MarkItem | StateItem | TimeItem | GapItem | NoteItem;

/** One journey of one segment. */
export interface ArrowItem {
  readonly kind: 'arrow';
  readonly id: string;
  readonly place: Place;
  readonly y: number;
  /** Indices of lanes. */
  readonly from: number;
  readonly to: number;
  readonly sentAt: Instant;
  /** What the network does with it. */
  readonly fate: 'deliver' | 'lose' | 'hold' | 'cut';
  /** The rule that decided its fate: `link/deliver`, `link/lose`, `link/mtu`. */
  readonly decidedBy: string;
  /** Who took it off its way, where neither the network nor a host did. */
  readonly endedBy?: 'you' | 'script';
  readonly how: 'first' | 'retransmission' | 'injected' | 'duplicate' | 'released';
  readonly corrupt: boolean;
  /** It arrived with other fields than it was sent with, which are what `segment` is. */
  readonly changed: boolean;
  /** When it is to arrive; absent when it never will, or not yet (held). */
  readonly arrivesAt?: Instant;
  /** Its arrival, once the record has come to it. */
  readonly arrival?: { readonly step: number; readonly y: number };
  /** How much lower it ends while `arrival` is absent, in units. */
  readonly reach: number;
  /** Meets one that goes the other way: its label stands near its tail. */
  readonly crossing: boolean;
  /** The statement that it goes back to: an index into the program; -1 for none. */
  readonly statement: number;
  readonly segment: SegmentView;
}

export interface SegmentView {
  readonly source: string;
  readonly destination: string;
  /** `SYN,ACK`. */
  readonly flags: string;
  readonly seq: number;
  /** Counted from the sender's ISS, where that is known. */
  readonly relativeSeq?: number;
  /** Absent without the ACK bit. */
  readonly ack?: number;
  /** Counted from the peer's ISS, where that is known. */
  readonly relativeAck?: number;
  /** What it tells of octets received beyond a gap (RFC 2018 §3), the block that changed last first. Absent without any. */
  readonly sack?: readonly SackView[];
  /** Octets of text. */
  readonly length: number;
  /** The window field as on the wire. */
  readonly window: number;
  readonly urgent: number;
  /** The ECN field of the IP header: `ECT0`, `CE`. Absent where it is Not-ECT. */
  readonly ecn?: string;
  /** The ports of the UDP header that it is behind: `9899 > 9900`. Absent where it is not in UDP. */
  readonly udp?: string;
  /** `MSS=1460,WS=7`, or empty. */
  readonly options: string;
  /** The beginning of the text, printable. */
  readonly preview: string;
}

/** A block of octets up to, not including, `right`; also counted from the peer's ISS, where that is known. */
export interface SackView {
  readonly left: number;
  readonly right: number;
  readonly relative?: { readonly left: number; readonly right: number };
}

/** Something that happens at one host: a user call, a time-out, what the user is told, a segment that is discarded or was changed on its way. */
export interface MarkItem {
  readonly kind: 'mark';
  readonly id: string;
  readonly place: Place;
  /** Where on the lane it happens, and where its text stands. */
  readonly y: number;
  readonly textY: number;
  readonly lane: number;
  readonly side: 'left' | 'right';
  readonly at: Instant;
  readonly what: 'call' | 'timeout' | 'signal' | 'discard' | 'change' | 'crash';
  readonly text: string;
  /** The whole reason, for the tooltip; may be empty. */
  readonly detail: string;
  readonly statement: number;
}

/** A connection enters a state. The strip along the lane has its colour from here on. */
export interface StateItem {
  readonly kind: 'state';
  readonly id: string;
  readonly place: Place;
  readonly y: number;
  readonly textY: number;
  readonly lane: number;
  readonly side: 'left' | 'right';
  readonly at: Instant;
  readonly from: State;
  readonly to: State;
  /** The connection's name, where a host has had several; else empty. */
  readonly connection: string;
  readonly detail: string;
  readonly statement: number;
}

/** A label of the time axis. */
export interface TimeItem {
  readonly kind: 'time';
  readonly id: string;
  readonly place: Place;
  readonly y: number;
  readonly at: Instant;
}

/** Time that is not drawn to scale: `2 min later`. */
export interface GapItem {
  readonly kind: 'gap';
  readonly id: string;
  readonly place: Place;
  readonly y: number;
  readonly height: number;
  readonly text: string;
}

/** Something that concerns the whole figure: a failed expectation, a cut link, an edit, a printed note. */
export interface NoteItem {
  readonly kind: 'note';
  readonly id: string;
  readonly place: Place;
  readonly y: number;
  readonly at: Instant;
  readonly what: 'failure' | 'fault' | 'edit' | 'note';
  readonly text: string;
  readonly detail: string;
  readonly statement: number;
}

// The connection table --------------------------------------------------------------------------

/** The connection tables of all hosts at the cursor. */
export interface TablesMessage {
  readonly kind: 'tables';
  readonly run: number;
  readonly at: Instant;
  readonly hosts: readonly HostTable[];
}
