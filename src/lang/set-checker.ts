/** What `set` and `fire` change: variables, timers, options of links, segments under way. */

import { TIMER_NAMES } from '../tcp/timers.js';
import { type Checking, checkNth, checkPath, typing } from './checking.js';
import type { Message } from './diagnostics.js';
import { LINK_SETTINGS, OPTION_FIELDS } from './keywords.js';
import * as sayNamed from './name-messages.js';
import * as names from './names.js';
import { checkPattern } from './pattern-checker.js';
import type { Name } from './range.js';
import { isSettable, SETTABLE_NAMES, timerNamed } from './settable.js';
import type { FireStatement, SetStatement } from './statement-tree.js';
import { suggest } from './suggest.js';
import { typeOf } from './types.js';

/** `set H.VARIABLE = VALUE`, `set A -- B OPTION = VALUE`, `set A -> B ... with ...`. */
export function checkSet({ target, value }: SetStatement, checking: Checking): void {
  if (value) typeOf(value, typing(checking, 'subject'));
  if (target.kind === 'segment') {
    checkPattern(target.pattern, 'fault', checking);
    checkNth(target.nth, checking);
    checkPattern(target.changes, 'change', checking);
    for (const { text, range } of target.without) {
      if (OPTION_NAMES.includes(text.toLowerCase())) continue;
      checking.report(sayNamed.noOption(text, suggest(text, OPTION_NAMES)), range);
    }
    return;
  }
  if (target.kind === 'link') {
    checkPath(target, checking);
    const words = LINK_SETTINGS.map(({ word }) => word);
    const { text, range } = target.setting;
    if (words.includes(text.toLowerCase())) return;
    checking.report(sayNamed.unknownProperty('A link', text, suggest(text, words)), range);
    return;
  }
  checkVariable(target.parts, isSettable, SETTABLE_NAMES, sayNamed.notSettable, checking);
}

/** What a segment under way can be without. */
const OPTION_NAMES = Object.keys(OPTION_FIELDS);

/** `fire H.timers.TIMER`. */
export function checkTimer({ parts }: FireStatement, checking: Checking): void {
  const isTimer = (path: string) => timerNamed(path) !== undefined;
  checkVariable(parts, isTimer, TIMERS, sayNamed.noTimer, checking);
}

const TIMERS = TIMER_NAMES.map((timer) => `timers.${timer}`);

/** `client.SND.WND` or `client.c1.SND.WND`: a host, perhaps a connection, and one of the names. */
function checkVariable(
  parts: readonly Name[],
  isKnown: (path: string) => boolean,
  all: readonly string[],
  message: (path: string, suggestion: string | undefined, known: readonly string[]) => Message,
  checking: Checking,
): void {
  const [host, ...rest] = parts;
  const bare = parts.map(({ text }) => text).join('.');
  const last = parts.at(-1);
  if (host && last && isKnown(bare.toLowerCase()) && !checking.names.hosts.has(host.text)) {
    const range = { start: host.range.start, end: last.range.end };
    checking.report(sayNamed.ofWhich(bare, [...checking.names.hosts]), range);
    return;
  }
  if (!host || !last || !names.needHost(checking.names, host)) return;
  const paths = [rest, rest.slice(1)].map((some) => some.map(({ text }) => text).join('.'));
  if (paths.some((path) => isKnown(path.toLowerCase()))) return;
  const [whole = '', ofConnection = ''] = paths;
  const skipped = suggest(whole, all) === undefined && suggest(ofConnection, all) !== undefined;
  const path = skipped ? ofConnection : whole;
  const [first = host] = skipped ? rest.slice(1) : rest;
  const range = { start: first.range.start, end: last.range.end };
  checking.report(message(path, suggest(path, all), all), range);
}
