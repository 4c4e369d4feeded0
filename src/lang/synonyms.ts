/** What people write who know the word from elsewhere: `sleep` is `wait` here, `bind` is `listen`. */

import type { FieldName } from './segment-tree.js';
import { suggest } from './suggest.js';

/** A word of ours, and others for it. */
type Synonyms = Readonly<Record<string, string>>;

/** First words of statements and declarations. */
export const STATEMENT_SYNONYMS: Synonyms = {
  wait: 'sleep pause advance',
  expect: 'assert check verify require ensure should',
  restart: 'reboot boot start',
  crash: 'kill fail',
  drop: 'lose loss discard',
  print: 'echo log printf note',
  let: 'var const def define',
  repeat: 'loop for while times',
  scenario: 'test case describe it',
  host: 'node machine',
  include: 'import source',
  cut: 'partition unplug block',
  mend: 'heal repair plug',
};

/** Calls. */
export const CALL_SYNONYMS: Synonyms = {
  listen: 'bind serve',
  connect: 'open dial',
  send: 'write push',
  receive: 'read recv get',
  close: 'disconnect end quit',
  abort: 'reset kill rst',
};

/** What is said of a host. */
export const FACT_SYNONYMS: Synonyms = {
  received: 'receives receive got gets read reads',
  fails: 'fail failed error errors',
};

/** Fields of a segment. */
export const FIELD_SYNONYMS: Readonly<Partial<Record<FieldName, string>>> = {
  from: 'sport srcport src source',
  to: 'dport dstport dst destination',
  seq: 'sequence seqno seqnum',
  ack: 'acknowledgment acknowledgement ackno acknum',
  win: 'window',
  len: 'length size',
  data: 'payload text',
  wscale: 'ws scale',
  sackok: 'sackperm sack',
  ts: 'timestamp timestamps',
  up: 'urp urgptr',
};

/** Settings of hosts, as sockets, kernels and courses call them. */
const HOST_SETTING_SYNONYMS: Synonyms = {
  window: 'receive-buffer receive-window recv-buffer rcvbuf so-rcvbuf rwnd rmem buffer',
  'send-buffer': 'sndbuf so-sndbuf wmem',
  isn: 'iss initial-sequence-number initial-seq',
  mss: 'maximum-segment-size maxseg',
  rto: 'initial-rto retransmission-timeout rexmit-initial timeout-initial',
  'ack-delay': 'delayed-ack delayed-acks delack delay-ack',
  'window-scale': 'wscale window-scaling scale',
  timestamps: 'timestamp ts',
  sack: 'sackok selective-ack',
  syncookies: 'syn-cookies cookies',
  msl: 'maximum-segment-lifetime time-wait-timeout',
  keepalive: 'keep-alive keepidle keepalive-time',
  'keepalive-interval': 'keepintvl keepalive-intvl',
  'keepalive-probes': 'keepcnt keepalive-count',
  'fin-wait-2-timeout': 'fin-timeout linger2',
  retries: 'retries2 retransmissions max-retries',
  backlog: 'somaxconn accept-queue',
  'on-overflow': 'abort-on-overflow',
  'initial-window': 'initial-cwnd init-cwnd initcwnd iw cwnd',
  'congestion-algorithm': 'congestion-control congestion cc',
  'loss-recovery': 'rack recovery',
  'tail-loss-probe': 'tlp early-retrans',
  'fast-open': 'fastopen tfo',
};

/** Settings of links. */
const LINK_SETTING_SYNONYMS: Synonyms = {
  delay: 'latency rtt propagation',
  loss: 'drop packet-loss drop-rate lossrate',
  rate: 'bandwidth bw capacity speed',
  duplicate: 'dup duplication',
};

/** The setting that is meant: named otherwise, as a variable of a kernel (`tcp_syn_retries`), or misspelt. */
export function settingMeant(
  word: string,
  of: 'host' | 'link',
  known: readonly string[],
): string | undefined {
  const plain = word.toLowerCase().replaceAll('_', '-').replace(/^tcp-/, '');
  if (known.includes(plain)) return plain;
  return meant(plain, of === 'host' ? HOST_SETTING_SYNONYMS : LINK_SETTING_SYNONYMS, known);
}

/** Units of time. */
export const UNIT_SYNONYMS: Synonyms = {
  s: 'sec secs second seconds',
  ms: 'msec msecs millisecond milliseconds',
  us: 'usec usecs microsecond microseconds',
  min: 'm mins minute minutes',
  h: 'hr hrs hour hours',
};

/** What may follow a statement. */
export const MODIFIER_SYNONYMS: Synonyms = { within: 'in before' };

/** The word of ours that `word` is another for. */
export function synonymOf(word: string, synonyms: Synonyms): string | undefined {
  const is = ([, others]: readonly [string, string]) => others.split(' ').includes(word);
  return Object.entries(synonyms).find(is)?.[0];
}

/** The word that is meant here: as known elsewhere, or else misspelt. Never the word itself. */
export function meant(
  word: string,
  synonyms: Synonyms,
  known: readonly string[],
): string | undefined {
  const other = word.toLowerCase();
  const others = known.filter((one) => one !== other);
  return synonymOf(other, synonyms) ?? suggest(word, others);
}
