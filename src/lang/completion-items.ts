/** What is offered for each thing that the parser wants: words of the language, names of the script, with what they mean. */

import { CODEPOINTS } from '../tcp/ecn/ip.js';
import { PROFILE_LIST } from '../tcp/profiles.js';
import { SETTINGS } from '../tcp/settings.js';
import { STATES } from '../tcp/states.js';
import { TIMER_NAMES } from '../tcp/timers.js';
import { fieldDoc, keywordDoc, settingDoc, stateDoc, variableDoc } from './docs.js';
import {
  CONNECTION_FIELDS,
  type FieldInfo,
  GIVEN_FIELDS,
  HOST_FIELDS,
  SEGMENT_FIELDS,
} from './fields.js';
import {
  CALLS,
  DECLARATIONS,
  FIELD_NAMES,
  FLAG_WORDS,
  ICMP_WORDS,
  type KeywordInfo,
  LINK_SETTINGS,
  LOOSE_MODIFIERS,
  MODIFIERS,
  STEPS,
} from './keywords.js';
import { fieldInfo } from './paths.js';
import { SETTABLE_NAMES } from './settable.js';
import { ISN_WORDS } from './settings.js';
import type { ScriptSymbol } from './symbols.js';
import type { Settled, Wanted } from './wanted.js';

export interface Completion {
  readonly label: string;
  readonly kind: 'keyword' | 'call' | 'host' | 'name' | 'state' | 'constant' | 'field' | 'setting';
  /** What stands beside the label. */
  readonly detail: string;
  /** Markdown; empty: nothing more to say. */
  readonly doc: string;
}

/** The names given before a place. */
export type Names = readonly ScriptSymbol[];

const HELD = 'held';

function named({ name, kind, detail }: ScriptSymbol): Completion {
  if (isHost(kind))
    return { label: name, kind: 'host', detail: `${kind} ${detail}`.trim(), doc: '' };
  const of = kind === 'connection' && detail !== '' ? `connection of ${detail}` : kind;
  return { label: name, kind: 'name', detail: detail === HELD ? 'held' : of, doc: '' };
}

const keyword =
  (kind: 'keyword' | 'call') =>
  (info: KeywordInfo): Completion => ({
    label: info.word,
    kind,
    detail: info.form,
    doc: keywordDoc(info),
  });

const plain =
  (kind: Completion['kind'], detail = '') =>
  (label: string): Completion => ({
    label,
    kind,
    detail,
    doc: '',
  });

const state = (label: (typeof STATES)[number]): Completion => ({
  ...plain('state', 'state')(label),
  doc: stateDoc(label),
});

/** What may stand where the parser wants this. */
export function itemsFor(wanted: Wanted, names: Names): readonly Completion[] {
  const kept = (keep: (symbol: ScriptSymbol) => boolean) => names.filter(keep).map(named);
  switch (wanted.kind) {
    case 'declaration':
      return DECLARATIONS.map(keyword('keyword'));
    case 'statement':
      return STEPS.map(keyword('keyword'));
    case 'call':
      return CALLS.map(keyword('call'));
    case 'host':
      return kept(({ kind }) => isHost(kind));
    case 'held':
      return kept(({ detail }) => detail === HELD);
    case 'connection':
      return connectionsOf(wanted.of[0], names);
    case 'state':
      return STATES.map(state);
    case 'flag':
      return [...FLAG_WORDS, 'none'].map(plain('constant', 'control bit'));
    case 'field':
      return FIELD_NAMES.map(segmentField);
    case 'codepoint':
      return CODEPOINTS.map((word) => plain('constant', 'ECN field')(word.toLowerCase()));
    case 'icmp':
      return ICMP_WORDS.map(plain('constant', 'ICMP error'));
    case 'given': {
      const fields = CONNECTION_FIELDS.filter(({ name }) => GIVEN_FIELDS.includes(name));
      return after(wanted.of, fields.map(variable));
    }
    case 'path':
      return wanted.of.length === 0 ? values(names) : partsOf(wanted.of, names);
    case 'settable':
      return settableOf(wanted.of, SETTABLE_NAMES, names);
    case 'timer':
      return settableOf(
        wanted.of,
        TIMER_NAMES.map((timer) => `timers.${timer}`),
        names,
      );
    case 'setting':
      return settingsOf(wanted.of);
    case 'value':
      return valuesOf(wanted.of, wanted.setting);
    case 'words':
      return wanted.words.filter((word) => WORDS.has(word)).map(plain('keyword'));
    default:
      return wanted satisfies never;
  }
}

/** Words within a statement that are worth offering; of two spellings one. */
const WORDS: ReadonlySet<string> = new Set([
  ...[...MODIFIERS, ...LOOSE_MODIFIERS].filter((word) => word !== 'event'),
  ...['mtu', 'send', 'ctl', 'syn-ack'],
]);

function connectionsOf(host: string | undefined, names: Names): readonly Completion[] {
  const known = names.filter(({ kind }) => kind === 'connection');
  return known.filter(({ detail }) => detail === host || detail === '').map(named);
}

function segmentField(label: string): Completion {
  const info = SEGMENT_FIELDS.find(({ name }) => name === label);
  return { ...plain('field', 'field of a segment')(label), doc: info ? fieldDoc(info) : '' };
}

function variable(info: FieldInfo): Completion {
  const label = info.name === 'state' ? info.name : info.name.toUpperCase();
  return { ...plain('field', info.type)(label), doc: variableDoc(info) };
}

function ofHost(info: FieldInfo): Completion {
  return { ...plain('field', info.type)(info.name), doc: fieldDoc(info) };
}

/** What an expression can begin with. */
function values(names: Names): readonly Completion[] {
  const time = fieldInfo({ kind: 'time' });
  return [
    ...names.filter(({ kind }) => kind === 'value' || kind === 'segment').map(named),
    ...names.filter(({ kind }) => kind === 'host').map(named),
    ...(time ? [ofHost(time)] : []),
    ...STATES.map(state),
  ];
}

/** What can follow the first parts of a path. */
function partsOf(of: readonly string[], names: Names): readonly Completion[] {
  const [first = '', ...rest] = of;
  const what = names.find(({ name }) => name === first)?.kind;
  if (what === 'segment') return rest.length > 0 ? [] : SEGMENT_FIELDS.map(ofHost);
  if (what !== 'host') return [];
  const connections = connectionsOf(first, names);
  const [second] = rest;
  const isConnection = connections.some(({ label }) => label === second);
  const path = isConnection ? rest.slice(1) : rest;
  const fields = CONNECTION_FIELDS.map(variable);
  if (path.length > 0) return after(path, fields);
  return isConnection ? fields : [...connections, ...fields, ...HOST_FIELDS.map(ofHost)];
}

/** Of those that begin with this path, the rest of their names. */
function after(path: readonly string[], items: readonly Completion[]): readonly Completion[] {
  if (path.length === 0) return items;
  const prefix = `${path.join('.').toLowerCase()}.`;
  return items
    .filter(({ label }) => label.toLowerCase().startsWith(prefix))
    .map((item) => ({ ...item, label: item.label.slice(prefix.length) }));
}

function settableOf(
  [host = '', ...rest]: readonly string[],
  known: readonly string[],
  names: Names,
): readonly Completion[] {
  const connections = connectionsOf(host, names);
  const isConnection = connections.some(({ label }) => label === rest[0]);
  const path = isConnection ? rest.slice(1) : rest;
  const all = known.map((label): Completion => {
    const info = CONNECTION_FIELDS.find(({ name }) => name === label.toLowerCase());
    return info
      ? variable(info)
      : plain('field', label.startsWith('timers.') ? 'timer' : '')(label);
  });
  if (path.length > 0) return after(path, all);
  return isConnection ? all : [...connections, ...all];
}

function settingsOf(of: Settled): readonly Completion[] {
  if (of === 'peer') return [];
  const known = of === 'host' ? SETTINGS : LINK_SETTINGS;
  const settings = known.map(
    (info): Completion => ({
      ...plain('setting', `setting of a ${of}`)(info.word),
      doc: settingDoc(info),
    }),
  );
  return of === 'host'
    ? [plain('setting', 'what the settings start from')('profile'), ...settings]
    : settings;
}

function valuesOf(of: Settled, setting: string): readonly Completion[] {
  if (of !== 'host') return [];
  if (setting === 'profile') {
    return PROFILE_LIST.map(({ name, doc }) => ({ ...plain('constant', 'profile')(name), doc }));
  }
  const info = SETTINGS.find(({ word }) => word === setting);
  const words = {
    isn: ISN_WORDS,
    switch: ['on', 'off'],
    choice: info?.choices ?? [],
    'count-or-off': ['off'],
  } as const satisfies Partial<Record<NonNullable<typeof info>['kind'], readonly string[]>>;
  const kind = info?.kind;
  const found = kind !== undefined && kind in words ? words[kind as keyof typeof words] : [];
  return found.map(plain('constant', setting));
}

export function isHost(kind: ScriptSymbol['kind']): boolean {
  return kind === 'host' || kind === 'peer';
}
