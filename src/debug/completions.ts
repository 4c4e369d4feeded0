/** What may be typed next in the console: hosts, connections, variables, segments, states, and the statements that it executes. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { CONNECTION_FIELDS, HOST_FIELDS, SEGMENT_FIELDS } from '../lang/fields.js';
import { CALLS, type KeywordInfo, STEPS } from '../lang/keywords.js';
import { SEGMENT } from '../run/environment.js';
import { rfcName, STATES } from '../tcp/states.js';
import type { Tcb } from '../tcp/tcb.js';
import { type Answer, type Debugger, momentNow, stoppedSession } from './debugger.js';
import { momentOf } from './frames.js';
import { entryByName, focusOf, latestEntries, type Moment, subjectAt } from './moment.js';
import { frameOfId } from './stack.js';
import { type Table, tableAt } from './table.js';

type Candidate = Pick<DebugProtocol.CompletionItem, 'label' | 'type' | 'detail'>;

/** So many are sent at once: whoever looks for more types another letter. */
const MANY = 200;
/** Connections of one host that are offered before a part of their name is typed. */
const SOME = 20;

/** The statement that needs a block: the console does not execute it. */
const BLOCK = 'repeat';

export function completions(
  debugging: Debugger,
  args: Partial<DebugProtocol.CompletionsArguments>,
): Answer {
  const session = stoppedSession(debugging, 'completions');
  const now = momentNow(session);
  const frame =
    args.frameId === undefined ? undefined : frameOfId(debugging, session, args.frameId);
  const moment = frame ? momentOf(now, frame) : now;
  const text = typeof args.text === 'string' ? args.text : '';
  const typed = text.slice(0, (args.column ?? text.length + 1) - debugging.client.firstColumn);
  const { word, found } = candidatesFor(moment, frame?.host ?? focusOf(now), typed);
  const seen = new Set<string>();
  const targets = found
    .filter(({ label }) => label.toLowerCase().startsWith(word.toLowerCase()))
    .filter(({ label }) => !seen.has(label) && seen.add(label))
    .slice(0, MANY)
    .map((one) => ({ ...one, start: typed.length - word.length, length: word.length }));
  return { body: { targets } };
}

function candidatesFor(
  moment: Moment,
  host: string | undefined,
  typed: string,
): { readonly word: string; readonly found: readonly Candidate[] } {
  const [call, name = ''] = /^\s*[\p{L}\p{N}_.]+(?::\d+)?\s*:\s*([a-z-]*)$/u.exec(typed) ?? [];
  if (call !== undefined) return { word: name, found: CALLS.map(keyword) };
  const word = /[\p{L}\p{N}_.-]*$/u.exec(typed)?.[0] ?? '';
  const begins = typed.trim() === word;
  const owned = word.includes('.') ? ownedBy(moment, host, word) : undefined;
  if (owned) return { word, found: owned };
  const statements = begins ? STEPS.filter(({ word: step }) => step !== BLOCK).map(keyword) : [];
  return { word, found: [...names(moment, host), ...statements] };
}

function keyword({ word, form }: KeywordInfo): Candidate {
  return { label: word, type: 'keyword', detail: form };
}

/** Everything that a path can begin with. */
function names({ view, state }: Moment, host: string | undefined): readonly Candidate[] {
  const hosts = [...view.world.hosts.keys()];
  return [
    ...(host === undefined
      ? []
      : CONNECTION_FIELDS.map(({ name, doc }) => field(upper(name), doc))),
    ...hosts.map((label): Candidate => ({ label, type: 'class', detail: 'a host' })),
    ...[SEGMENT, ...state.segments.keys()].map(
      (label): Candidate => ({ label, type: 'variable', detail: 'a segment' }),
    ),
    ...[...state.variables.keys()].map(
      (label): Candidate => ({ label, type: 'variable', detail: 'named by let or repeat' }),
    ),
    ...HOST_FIELDS.map(({ name, doc }) => field(name, doc)),
    ...STATES.map((label): Candidate => ({ label, type: 'enum', detail: rfcName(label) })),
    field('time', 'Virtual time since the run began.'),
    {
      label: 'mistaken(',
      type: 'function',
      detail: 'whether an old number could be taken for a new one',
    },
  ];
}

function upper(name: string): string {
  return name.toUpperCase();
}

function field(label: string, detail: string): Candidate {
  return { label, type: 'property', detail };
}

/** What goes on after a dot; undefined where the path begins with nothing that has parts. */
function ownedBy(
  moment: Moment,
  host: string | undefined,
  word: string,
): readonly Candidate[] | undefined {
  const [first = '', second = ''] = word.split('.');
  const prefixed = (prefix: string, all: readonly Candidate[]) =>
    all.map((one) => ({ ...one, label: `${prefix}.${one.label}` }));
  if (first.toLowerCase() === SEGMENT || moment.state.segments.has(first)) {
    return prefixed(
      first,
      SEGMENT_FIELDS.map(({ name, doc }) => field(name, doc)),
    );
  }
  if (!moment.view.world.hosts.has(first)) {
    const own = host === undefined ? undefined : subjectAt(moment, host)?.tcb;
    return own && fieldsOf(own);
  }
  const connection = entryByName(moment, first, second);
  if (connection) return prefixed(`${first}.${connection.name}`, fieldsOf(connection.tcb));
  const tcb = subjectAt(moment, first)?.tcb;
  return prefixed(first, [
    ...connectionsOf(moment, first, second),
    ...(tcb ? fieldsOf(tcb) : CONNECTION_FIELDS.map(({ name, doc }) => field(upper(name), doc))),
    ...HOST_FIELDS.map(({ name, doc }) => field(name, doc)),
  ]);
}

/** The connections spoken of most, some of each kind, and the one whose name was typed. */
function connectionsOf(moment: Moment, host: string, typed: string): readonly Candidate[] {
  const table: Table = tableAt(moment, host);
  const named = table.find(typed);
  const groups = [table.listeners, table.halfOpen, table.complete];
  const all = [
    ...(named ? [named] : []),
    ...latestEntries(moment, host),
    ...groups.flatMap(({ slice }) => slice(0, SOME)),
  ];
  return all.map(({ name, tcb }) => ({ label: name, type: 'variable', detail: tcb.state }));
}

/** Parts of a TCB that have names of their own. */
const GROUPS = ['timers', 'isn', 'options', 'rto'] as const;

function fieldsOf(tcb: Tcb): readonly Candidate[] {
  const nested = GROUPS.flatMap((group) =>
    Object.keys(tcb[group] ?? {}).map((part) => field(`${group}.${part}`, `of ${group}`)),
  );
  return [...CONNECTION_FIELDS.map(({ name, doc }) => field(upper(name), doc)), ...nested];
}
