/** RFC 9293 §3.10: the switches by which a TCP leaves the letter of the text, as deployed stacks do; each with what the text says. */

import type { Duration } from './rule.js';
import type { SettingInfo } from './settings.js';
import { CLOSING_SWITCHES } from './switches/closing.js';
import { ECN_SWITCHES } from './switches/ecn.js';
import { OPENING_SWITCHES } from './switches/opening.js';
import { SEGMENT_SWITCHES } from './switches/segments.js';
import { TIMER_SWITCHES } from './switches/timers.js';

/** Every one of them can be used alone, in any profile. */
export interface DeviationSettings {
  readonly synLinearTimeouts: number;
  readonly rtoSlop: Duration;
  readonly persistMin: Duration;
  readonly persistMax: Duration;
  readonly openTimeout: Duration;
  readonly orphanRetries: number | undefined;
  readonly orphanRetriesLate: number | undefined;
  readonly rtoBound: 'rto' | 'variance';
  readonly rttSpread: 'mean' | 'peak';
  readonly rtoAfterSynLoss: 'always' | 'unmeasured';
  readonly crossingOptions: 'agreed' | 'all';
  readonly afterFin: 'answer' | 'silence' | 'ignore';
  readonly icmpRange: 'outstanding' | 'sent';
  readonly giveUp: 'count' | 'time';
  readonly tailLossProbe: boolean;
  readonly repacketize: boolean;
  readonly rtoPartAck: boolean;
  readonly lossWindow: boolean;
  readonly initialWindow: number | undefined;
  readonly congestionAlgorithm: 'reno' | 'cubic';
  readonly slowStartEnd: 'loss' | 'delay';
  readonly lossRecovery: 'timeout' | 'duplicates' | 'rack';
  readonly spuriousTimeout: 'ignore' | 'echo' | 'undo';
  readonly giveUpReset: 'silent' | 'reset';
  readonly keepaliveReset: 'silent' | 'reset';
  readonly keepaliveHears: 'everything' | 'acceptable';
  readonly keepaliveTimer: 'idle' | 'running';
  readonly mssBound: 'peer' | 'half-window';
  readonly windowProbe: 'octet' | 'empty';
  readonly windowShrink: 'take' | 'ignore';
  readonly dsack: 'off' | 'on' | 'text';
  readonly ackNumber: 'next' | 'window';
  readonly nagle: boolean;
  readonly nagleHolds: 'all' | 'small';
  readonly finWindow: 'inside' | 'any';
  readonly finWithText: boolean;
  readonly noAckBit: 'fifth' | 'first';
  readonly halfOpen: 'tcb' | 'request' | 'cache';
  readonly synText: 'keep' | 'text' | 'ignore';
  readonly cookieForm: 'xor' | 'sum';
  readonly cookieOptions: 'timestamp' | 'number';
  readonly synFin: 'take' | 'refuse' | 'unsynchronized' | 'drop';
  readonly badSynAck: 'wait' | 'repeat';
  readonly ecnSyn: 'any' | 'unmarked';
  readonly ecnAnswer: 'asked' | 'any' | 'latest';
  readonly ecnMangling: 'check' | 'marked' | 'off';
  readonly ecnMarks: 'text' | 'all';
  readonly ecnAcks: 'marks' | 'changes';
  readonly ecnCounts: 'every' | 'progress';
  readonly synRcvdReset: 'refused' | 'reset';
  readonly maxSynBacklog: number | undefined;
  readonly endedChild: 'leaves' | 'stays';
  readonly listenCalls: 'open' | 'refuse';
  readonly listenSynAck: 'reset' | 'drop';
  readonly isnClock: 'slow' | 'fast';
  readonly mssMin: number;
  readonly firstPort: number;
  readonly lastPort: number;
  readonly missingTimestamps: 'drop' | 'accept';
  readonly pawsTolerance: number;
  readonly pawsZero: 'check' | 'ignore';
  readonly pawsAnswer: 'always' | 'late' | 'text';
  readonly handshakeEcho: 'trust' | 'check';
  readonly resetTimestamps: 'echo' | 'none';
  readonly signedSegments: 'process' | 'drop';
  readonly firstWindow: 'buffer' | 'segments';
  readonly windowRounding: 'down' | 'up';
  readonly receiveSpace: 'octets' | 'segments' | 'memory' | 'growing-memory';
  readonly windowEdges: 'exclusive' | 'right' | 'inclusive';
  readonly beforeWindow: 'refuse' | 'trim';
  readonly beyondWindow: 'trim' | 'whole';
  readonly urgentZero: 'nothing' | 'octet';
  readonly lateReset: 'drop' | 'obey';
  readonly sackedReset: 'challenge' | 'obey';
  readonly closingReset: 'silent' | 'told';
  readonly ackRange: 'window' | 'acknowledged';
  readonly ackThrottle: 'challenges' | 'all';
  readonly abortFlags: 'rst' | 'rst-ack' | 'rst-ack-closed';
  readonly unreadOnClose: 'fin' | 'reset';
  readonly windowUpdate: 'segment' | 'doubled' | 'never';
  readonly compressedAcks: number;
  readonly compressedAckDelay: Duration;
  readonly interactiveAck: Duration;
  readonly interactiveAckMax: Duration;
  readonly finAck: 'at-once' | 'late';
  readonly closingFin: 'once' | 'repeat';
  readonly closedFinWait2: 'text' | 'answer' | 'reset';
  readonly timeWait: 'text' | 'answer' | 'silence';
  readonly timeWaitLimit: number | undefined;
  readonly tooBigOffer: 'same' | 'lower-ipv6' | 'lower';
  readonly tooBigSegments: 'wait' | 'again';
  readonly pathMtuMin: number;
  readonly pathMtuExpiry: Duration;
  readonly pathMtuUnsaid: 'plateau' | 'least';
  readonly icmpBackoff: 'keep' | 'revert';
  readonly icmpAbort: 'hard' | 'none';
  readonly icmpAbortOpen: 'hard' | 'refusal' | 'any' | 'none';
  readonly icmpSoftLimit: number | undefined;
}

/** The letter of the text. */
export const BY_THE_LETTER: DeviationSettings = {
  synLinearTimeouts: 0,
  rtoSlop: 0,
  persistMin: 0,
  persistMax: 0,
  openTimeout: 0,
  orphanRetries: undefined,
  orphanRetriesLate: undefined,
  rtoBound: 'rto',
  rttSpread: 'mean',
  rtoAfterSynLoss: 'always',
  crossingOptions: 'agreed',
  afterFin: 'answer',
  icmpRange: 'outstanding',
  giveUp: 'count',
  tailLossProbe: false,
  repacketize: false,
  rtoPartAck: true,
  lossWindow: false,
  initialWindow: undefined,
  congestionAlgorithm: 'reno',
  slowStartEnd: 'loss',
  lossRecovery: 'duplicates',
  spuriousTimeout: 'ignore',
  giveUpReset: 'silent',
  keepaliveReset: 'silent',
  keepaliveHears: 'everything',
  keepaliveTimer: 'idle',
  mssBound: 'peer',
  windowProbe: 'octet',
  windowShrink: 'take',
  dsack: 'off',
  ackNumber: 'next',
  nagle: false,
  nagleHolds: 'all',
  finWindow: 'inside',
  finWithText: false,
  noAckBit: 'fifth',
  halfOpen: 'tcb',
  synText: 'keep',
  cookieForm: 'xor',
  cookieOptions: 'timestamp',
  synFin: 'take',
  badSynAck: 'wait',
  ecnSyn: 'any',
  ecnAnswer: 'asked',
  ecnMangling: 'check',
  ecnMarks: 'text',
  ecnAcks: 'marks',
  ecnCounts: 'every',
  synRcvdReset: 'refused',
  maxSynBacklog: undefined,
  endedChild: 'leaves',
  listenCalls: 'open',
  listenSynAck: 'reset',
  isnClock: 'slow',
  mssMin: 1,
  firstPort: 49_152,
  lastPort: 65_535,
  missingTimestamps: 'drop',
  pawsTolerance: 0,
  pawsZero: 'check',
  pawsAnswer: 'always',
  handshakeEcho: 'trust',
  resetTimestamps: 'echo',
  signedSegments: 'process',
  firstWindow: 'buffer',
  windowRounding: 'down',
  receiveSpace: 'octets',
  windowEdges: 'exclusive',
  beforeWindow: 'refuse',
  beyondWindow: 'trim',
  urgentZero: 'nothing',
  lateReset: 'drop',
  sackedReset: 'challenge',
  closingReset: 'silent',
  ackRange: 'window',
  ackThrottle: 'challenges',
  abortFlags: 'rst',
  unreadOnClose: 'fin',
  windowUpdate: 'segment',
  compressedAcks: 0,
  compressedAckDelay: 0,
  interactiveAck: 0,
  interactiveAckMax: 500_000,
  finAck: 'at-once',
  closingFin: 'once',
  closedFinWait2: 'text',
  timeWait: 'text',
  timeWaitLimit: undefined,
  tooBigOffer: 'same',
  tooBigSegments: 'wait',
  pathMtuMin: 68,
  pathMtuExpiry: 0,
  pathMtuUnsaid: 'plateau',
  icmpBackoff: 'keep',
  icmpAbort: 'hard',
  icmpAbortOpen: 'hard',
  icmpSoftLimit: undefined,
};

/** A setting that turns a deviation on; the deviation's id is the setting's word. */
export type Switch = SettingInfo & { readonly name: keyof DeviationSettings };

/** The switches: a part of `SETTINGS`. What each deviates from is in `deviations-*.ts`, apart: only the docs print that. */
export const DEVIATION_SETTINGS: readonly Switch[] = [
  ...TIMER_SWITCHES,
  ...OPENING_SWITCHES,
  ...ECN_SWITCHES,
  ...SEGMENT_SWITCHES,
  ...CLOSING_SWITCHES,
];
