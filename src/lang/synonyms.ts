/** What people write who know the word from elsewhere: `sleep` is `wait` here, `bind` is `listen`. */

import type { FieldName } from './segment-tree.js';
import { suggest } from './suggest.js';

type Synonyms = Readonly<Record<string, string>>;

/** First words of statements and declarations. */
export const STATEMENT_SYNONYMS: Synonyms = {
  ...words('wait', 'sleep pause advance'),
  ...words('expect', 'assert check verify require ensure should'),
  ...words('restart', 'reboot boot start'),
  ...words('crash', 'kill fail'),
  ...words('drop', 'lose loss discard'),
  ...words('print', 'echo log printf note'),
  ...words('let', 'var const def define'),
  ...words('repeat', 'loop for while times'),
  ...words('scenario', 'test case describe it'),
  ...words('host', 'node machine'),
  ...words('include', 'import source'),
  ...words('cut', 'partition unplug block'),
  ...words('mend', 'heal repair plug'),
};

/** Calls. */
export const CALL_SYNONYMS: Synonyms = {
  ...words('listen', 'bind serve'),
  ...words('connect', 'open dial'),
  ...words('send', 'write push'),
  ...words('receive', 'read recv get'),
  ...words('close', 'disconnect end quit'),
  ...words('abort', 'reset kill rst'),
};

/** What is said of a host. */
export const FACT_SYNONYMS: Synonyms = {
  ...words('received', 'receives receive got gets read reads'),
  ...words('fails', 'fail failed error errors'),
};

/** Fields of a segment. */
export const FIELD_SYNONYMS: Readonly<Record<string, FieldName>> = {
  ...words('from', 'sport srcport src source'),
  ...words('to', 'dport dstport dst destination'),
  ...words('seq', 'sequence seqno seqnum'),
  ...words('ack', 'acknowledgment acknowledgement ackno acknum'),
  ...words('win', 'window'),
  ...words('len', 'length size'),
  ...words('data', 'payload text'),
  ...words('wscale', 'ws scale'),
  ...words('sackok', 'sackperm sack'),
  ...words('ts', 'timestamp timestamps'),
  ...words('up', 'urp urgptr'),
};

/** Settings of hosts, as sockets, kernels and courses call them. */
const HOST_SETTING_SYNONYMS: Synonyms = {
  ...words('window', 'receive-buffer receive-window recv-buffer rcvbuf so-rcvbuf rwnd rmem buffer'),
  ...words('send-buffer', 'sndbuf so-sndbuf wmem'),
  ...words('isn', 'iss initial-sequence-number initial-seq'),
  ...words('mss', 'maximum-segment-size maxseg'),
  ...words('rto', 'initial-rto retransmission-timeout rexmit-initial timeout-initial'),
  ...words('ack-delay', 'delayed-ack delayed-acks delack delay-ack'),
  ...words('window-scale', 'wscale window-scaling scale'),
  ...words('timestamps', 'timestamp ts'),
  ...words('sack', 'sackok selective-ack'),
  ...words('syncookies', 'syn-cookies cookies'),
  ...words('msl', 'maximum-segment-lifetime time-wait-timeout'),
  ...words('keepalive', 'keep-alive keepidle keepalive-time'),
  ...words('keepalive-interval', 'keepintvl keepalive-intvl'),
  ...words('keepalive-probes', 'keepcnt keepalive-count'),
  ...words('fin-wait-2-timeout', 'fin-timeout linger2'),
  ...words('retries', 'retries2 retransmissions max-retries'),
  ...words('backlog', 'somaxconn accept-queue'),
  ...words('on-overflow', 'abort-on-overflow'),
  ...words('initial-window', 'initial-cwnd init-cwnd initcwnd iw cwnd'),
  ...words('congestion-algorithm', 'congestion-control congestion cc'),
  ...words('loss-recovery', 'rack recovery'),
  ...words('tail-loss-probe', 'tlp early-retrans'),
  ...words('fast-open', 'fastopen tfo'),
};

/** Settings of links. */
const LINK_SETTING_SYNONYMS: Synonyms = {
  ...words('delay', 'latency rtt propagation'),
  ...words('loss', 'drop packet-loss drop-rate lossrate'),
  ...words('rate', 'bandwidth bw capacity speed'),
  ...words('duplicate', 'dup duplication'),
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
  ...words('s', 'sec secs second seconds'),
  ...words('ms', 'msec msecs millisecond milliseconds'),
  ...words('us', 'usec usecs microsecond microseconds'),
  ...words('min', 'm mins minute minutes'),
  ...words('h', 'hr hrs hour hours'),
};

/** What may follow a statement. */
export const MODIFIER_SYNONYMS: Synonyms = words('within', 'in before');

function words<Word extends string>(meant: Word, others: string): Readonly<Record<string, Word>> {
  return Object.fromEntries(others.split(' ').map((other) => [other, meant]));
}

/** The word that is meant here: as known elsewhere, or else misspelt. Never the word itself. */
export function meant(
  word: string,
  synonyms: Synonyms,
  known: readonly string[],
): string | undefined {
  const other = word.toLowerCase();
  if (Object.hasOwn(synonyms, other)) return synonyms[other];
  return suggest(
    word,
    known.filter((one) => one !== other),
  );
}
