/** The words of the language: the parser, the grammar, the snippets and completion take them from here. */

import { ICMP_TEXT } from '../tcp/icmp/messages.js';
import type { Options } from '../tcp/options.js';
import { FLAGS } from '../tcp/segment.js';
import { SETTINGS } from '../tcp/settings.js';
import { rfcName, STATES } from '../tcp/states.js';
import { CONNECTION_FIELDS, HOST_FIELDS } from './fields.js';
import { MICROSECONDS, OCTETS, RATES } from './numbers.js';
import type { FieldName } from './segment-tree.js';

export interface KeywordInfo {
  readonly word: string;
  /** How a line with it looks. */
  readonly form: string;
  readonly doc: string;
}

/** Lines outside scenarios. */
export const DECLARATIONS: readonly KeywordInfo[] = [
  { word: 'host', form: 'host NAME [ADDRESS] { settings }', doc: 'A host with a TCP.' },
  {
    word: 'peer',
    form: 'peer NAME [ADDRESS]',
    doc: 'A host without a TCP: it sends what is injected and records what reaches it.',
  },
  { word: 'link', form: 'link A -- B { options }', doc: 'How two hosts are joined.' },
  { word: 'seed', form: 'seed NUMBER', doc: 'The randomness of the run.' },
  { word: 'include', form: 'include "FILE"', doc: 'The declarations of another file.' },
  { word: 'scenario', form: 'scenario "NAME" { steps }', doc: 'Steps that run in a fresh world.' },
];

/** The words that a step of the director begins with. */
export const STEPS: readonly KeywordInfo[] = [
  {
    word: 'expect',
    form: 'expect A -> B FLAGS [fields] | H STATE | FACT | H: call [fails "text"]',
    doc: 'The next segment is this one, a fact comes to hold, or a call ends like this.',
  },
  {
    word: 'eventually',
    form: 'eventually A -> B FLAGS [fields] [within T]',
    doc: 'Such a segment comes; others may come before it.',
  },
  {
    word: 'never',
    form: 'never A -> B FLAGS [fields] [for T] | never FACT [for T]',
    doc: 'Nothing like it may come, or may hold.',
  },
  {
    word: 'inject',
    form: 'inject A -> B FLAGS seq=N [fields]',
    doc: 'Puts a segment on the wire as if A had sent it.',
  },
  {
    word: 'icmp',
    form: 'icmp ERROR [mtu=N] A -> B [from PORT] [to PORT] [seq=N]',
    doc: 'An ICMP error message reaches A: about a segment that it sent to B.',
  },
  {
    word: 'drop',
    form: 'drop [N] A -> B FLAGS [fields] [now]',
    doc: 'The next such segments are lost; with `now` those under way.',
  },
  {
    word: 'duplicate',
    form: 'duplicate [N] A -> B FLAGS [fields] [now]',
    doc: 'The next such segments arrive twice; with `now` those under way.',
  },
  {
    word: 'delay',
    form: 'delay [N] A -> B FLAGS [fields] by T [now]',
    doc: 'The next such segments arrive later by T; with `now` those under way.',
  },
  {
    word: 'corrupt',
    form: 'corrupt [N] A -> B FLAGS [fields] [now]',
    doc: 'The next such segments arrive damaged: their checksum fails; with `now` those under way.',
  },
  {
    word: 'hold',
    form: 'hold [N] A -> B FLAGS [fields] as NAME [now]',
    doc: 'The next such segments are kept back until they are released; with `now` those under way.',
  },
  { word: 'release', form: 'release NAME', doc: 'What was held goes on its way.' },
  { word: 'cut', form: 'cut A -- B', doc: 'Nothing gets through between the two any more.' },
  { word: 'mend', form: 'mend A -- B', doc: 'The path works again.' },
  { word: 'crash', form: 'crash H', doc: 'The host stops and forgets everything.' },
  { word: 'restart', form: 'restart H', doc: 'The host starts again with empty tables.' },
  {
    word: 'deliver',
    form: 'deliver A -> B FLAGS [fields] [nth N] [in T]',
    doc: 'Of the segments under way, the first like it arrives now, before all else, or so much later.',
  },
  {
    word: 'fire',
    form: 'fire H.timers.TIMER',
    doc: 'An armed timer of a connection goes off now, before all else.',
  },
  {
    word: 'set',
    form: 'set H.VARIABLE = VALUE | set H.timers.TIMER = T | set A -- B OPTION = VALUE | set A -> B ... with ...',
    doc: 'A variable or a timer of a connection, or an option of a link, is another from now on.',
  },
  {
    word: 'wait',
    form: 'wait T | wait until FACT [within T] | wait N events | wait quiet',
    doc: 'Time passes: so much, until a fact holds, until so much has happened, or until nothing is on its way or armed.',
  },
  {
    word: 'repeat',
    form: 'repeat N [as NAME [from N]] { steps }',
    doc: 'The steps, N times; the name counts from 0, or from what it says.',
  },
  { word: 'let', form: 'let NAME = VALUE', doc: 'A name for a value.' },
  { word: 'print', form: 'print "text {expression}"', doc: 'A note in the output.' },
  {
    word: 'given',
    form: 'given A:PORT STATE with B:PORT [STATE] [as NAME] { snd.nxt N rcv.nxt N }',
    doc: 'A connection that is there from the start.',
  },
];

/** The user calls of RFC 9293 §3.9.1, after `HOST:`. */
export const CALLS: readonly KeywordInfo[] = [
  {
    word: 'listen',
    form: 'H: listen PORT [for H2:PORT] [backlog N] [as NAME]',
    doc: 'OPEN, passive: waits for a SYN.',
  },
  {
    word: 'connect',
    form: 'H: connect H2:PORT [from PORT] [send "text"] [as NAME]',
    doc: 'OPEN, active: sends a SYN.',
  },
  {
    word: 'accept',
    form: 'H: accept [as NAME]',
    doc: 'Takes a complete connection off the queue.',
  },
  {
    word: 'send',
    form: 'H: send "text" [urgent] | H: send N bytes [urgent]',
    doc: 'SEND: text for the other side; with `urgent` the urgent pointer tells how far it goes.',
  },
  { word: 'receive', form: 'H: receive [N bytes]', doc: 'RECEIVE: takes what has arrived.' },
  { word: 'shutdown', form: 'H: shutdown', doc: 'Ends the own direction; still receives.' },
  { word: 'close', form: 'H: close', doc: 'CLOSE: nothing more to send.' },
  { word: 'abort', form: 'H: abort', doc: 'ABORT: sends a RST and forgets the connection.' },
  {
    word: 'status',
    form: 'H: status',
    doc: 'STATUS: tells the state, sockets, windows and queues of the connection; the record has it.',
  },
];

export const CALL_WORDS: readonly string[] = CALLS.map(({ word }) => word);

/** Words inside statements. */
export const MODIFIERS: readonly string[] = [
  'as',
  'backlog',
  'by',
  'bytes',
  'fails',
  'for',
  'from',
  'none',
  'quiet',
  'received',
  'to',
  'until',
  'with',
  'within',
];

/** Words inside statements that can be names too: they stand where no name can. */
export const LOOSE_MODIFIERS: readonly string[] = [
  'event',
  'events',
  'in',
  'now',
  'nth',
  'urgent',
  'without',
];

/** What an ICMP message may say. */
export const ICMP_WORDS: readonly string[] = Object.keys(ICMP_TEXT);

/** Words of expressions. */
const EXPRESSION_WORDS: readonly string[] = ['and', 'or', 'not', 'true', 'false', 'time'];

/** Each way to write a field of a segment, in lower case, and the field. */
export const FIELD_SPELLINGS: Readonly<Record<string, FieldName>> = {
  from: 'from',
  to: 'to',
  seq: 'seq',
  ack: 'ack',
  win: 'win',
  wnd: 'win',
  len: 'len',
  data: 'data',
  mss: 'mss',
  wscale: 'wscale',
  sackok: 'sackok',
  ts: 'ts',
  uto: 'uto',
  up: 'up',
  ecn: 'ecn',
  fo: 'fo',
  foexp: 'foexp',
  accecn0: 'accecn0',
  accecn1: 'accecn1',
};

/** The fields that are options of a segment, and which. */
export const OPTION_FIELDS: Readonly<Partial<Record<FieldName, keyof Options>>> = {
  mss: 'mss',
  wscale: 'windowScale',
  sackok: 'sackPermitted',
  ts: 'timestamps',
  uto: 'userTimeout',
  fo: 'fastOpen',
  foexp: 'fastOpen',
  accecn0: 'accurateEcn',
  accecn1: 'accurateEcn',
};

export const FIELD_NAMES: readonly string[] = Object.keys(FIELD_SPELLINGS);

/** Units of time, size and rate. */
export const UNITS: readonly string[] = [
  ...Object.keys(MICROSECONDS),
  'msl',
  ...Object.keys(OCTETS),
  ...Object.keys(RATES),
];

export interface LinkSettingInfo {
  readonly word: string;
  readonly kind: 'duration' | 'percent' | 'rate' | 'octets';
  /** Inclusive bounds: microseconds, percent, bits a second, octets. */
  readonly range: readonly [min: number, max: number];
  readonly doc: string;
}

const HOUR = MICROSECONDS.h;

export const LINK_SETTINGS: readonly LinkSettingInfo[] = [
  { word: 'delay', kind: 'duration', range: [0, HOUR], doc: 'Time from one end to the other.' },
  { word: 'jitter', kind: 'duration', range: [0, HOUR], doc: 'Up to so much more, by chance.' },
  { word: 'loss', kind: 'percent', range: [0, 100], doc: 'So many of a hundred are lost.' },
  { word: 'duplicate', kind: 'percent', range: [0, 100], doc: 'So many of a hundred come twice.' },
  { word: 'reorder', kind: 'percent', range: [0, 100], doc: 'So many of a hundred are overtaken.' },
  { word: 'rate', kind: 'rate', range: [1, 1e12], doc: 'Bits a second.' },
  { word: 'mtu', kind: 'octets', range: [68, 65_535], doc: 'The largest datagram, octets.' },
];

/** Everything written after `{` of a host: its settings, and the profile they start from. */
export const HOST_SETTINGS: readonly string[] = ['profile', ...SETTINGS.map(({ word }) => word)];

/** The states in both spellings. */
export const STATE_SPELLINGS: readonly string[] = [
  ...new Set([...STATES, ...STATES.map((state) => rfcName(state))]),
];

/** TCB variables as the RFC writes them, and what is asked of a host. */
export const CONNECTION_WORDS: readonly string[] = CONNECTION_FIELDS.map(({ name }) => name);
export const HOST_WORDS: readonly string[] = HOST_FIELDS.map(({ name }) => name);
export const FLAG_WORDS: readonly string[] = FLAGS;

/** Words that cannot name a host, a segment, a connection or a value: a line would read in two ways. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...DECLARATIONS.map(({ word }) => word),
  ...STEPS.map(({ word }) => word),
  ...EXPRESSION_WORDS,
  ...MODIFIERS,
]);
