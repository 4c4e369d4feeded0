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
