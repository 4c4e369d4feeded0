/** Declarations: `host`, `peer`, `link`, `seed`, `include`, and the blocks of settings. */

import { nextLineUnless } from './blocks.js';
import {
  atEnd,
  atSymbol,
  type Cursor,
  eatSymbol,
  fail,
  failAt,
  hyphenated,
  needName,
  needText,
  peek,
  report,
  seen,
  since,
  startOf,
  take,
  takeJoined,
  want,
} from './cursor.js';
import type { Declaration, Setting, SettingsBlock, SettingValue } from './declaration-tree.js';
import type { NumberExpression } from './expression-tree.js';
import { text } from './expressions.js';
import { refuseFiller } from './fillers.js';
import { DECLARATIONS, HOST_SETTINGS, LINK_SETTINGS, STEPS } from './keywords.js';
import * as say from './messages.js';
import { durationUnit, OCTETS, RATES, readQuantity, unitValue } from './numbers.js';
import { pair } from './phrases.js';
import type { Name } from './range.js';
import { textValue } from './text.js';
import type { Settled } from './wanted.js';

/** Whether a declaration begins here. `seed: close` is a call on a host with an unlucky name. */
export function atDeclaration(cursor: Cursor): boolean {
  const { kind, text: word } = peek(cursor);
  const known = ['host', 'peer', 'link', 'seed', 'include'].includes(word.toLowerCase());
  return kind === 'word' && known && !atSymbol(cursor, ':', 1) && !atSymbol(cursor, '->', 1);
}

/** Reads a declaration with its block; undefined when its first line has a mistake. */
export function declaration(cursor: Cursor): Declaration | undefined {
  const start = startOf(cursor);
  const word = take(cursor).text.toLowerCase();
  switch (word) {
    case 'host':
    case 'peer': {
      const name = needName(cursor, `a name after \`${word}\``);
      refuseFiller(cursor, ['ip', 'ipv4', 'ipv6', 'address', 'addr', 'at'], ['number', 'word']);
      const address = addressHere(cursor);
      const { block, usable } = blockHere(cursor, word === 'peer' ? 'peer' : 'host');
      const range = since(cursor, start);
      return usable ? { kind: 'host', role: word, name, address, block, range } : undefined;
    }
    case 'link': {
      const { from, to } = pair(cursor);
      const { block, usable } = blockHere(cursor, 'link');
      return usable ? { kind: 'link', from, to, block, range: since(cursor, start) } : undefined;
    }
    case 'seed': {
      const value = wholeNumber(cursor);
      return cursor.failed ? undefined : { kind: 'seed', value, range: since(cursor, start) };
    }
    default: {
      const written = needText(cursor, 'a file name in quotes');
      const path: Name = { text: textValue(written.text), range: written.range };
      return cursor.failed ? undefined : { kind: 'include', path, range: since(cursor, start) };
    }
  }
}

function wholeNumber(cursor: Cursor): NumberExpression {
  const token = peek(cursor);
  const quantity = token.kind === 'number' ? readQuantity(token.text) : undefined;
  const value = quantity?.amount ?? 0;
  if (quantity?.unit !== '' || !Number.isSafeInteger(value)) {
    fail(cursor, say.expected('a whole number', seen(cursor)));
  }
  const start = startOf(cursor);
  take(cursor);
  return { kind: 'number', value, text: token.text, range: since(cursor, start) };
}

/** Everything up to a blank or a brace: `10.0.0.1`, `2001:db8::1`. The checker reads it. */
function addressHere(cursor: Cursor): Name | undefined {
  if (atEnd(cursor) || atSymbol(cursor, '{')) return undefined;
  const start = startOf(cursor);
  let written = '';
  do written += take(cursor).text;
  while (!atEnd(cursor) && !peek(cursor).spaced && !atSymbol(cursor, '{'));
  return { text: written, range: since(cursor, start) };
}

/** A block of settings, if one opens here. Lines with mistakes are left out of it. */
function blockHere(
  cursor: Cursor,
  of: Settled,
): { readonly block: SettingsBlock | undefined; readonly usable: boolean } {
  if (cursor.failed || !atSymbol(cursor, '{')) {
    if (!atEnd(cursor)) fail(cursor, say.expected('`{` or the end of the line', seen(cursor)));
    return { block: undefined, usable: !cursor.failed };
  }
  const start = startOf(cursor);
  take(cursor);
  const opened = since(cursor, start);
  const settings: Setting[] = [];
  while (!atSymbol(cursor, '}')) {
    if (atEnd(cursor)) {
      // A line with a mistake that has the closing brace still closes.
      if (cursor.failed && cursor.tokens.at(-2)?.text === '}')
        return { block: { settings, range: opened }, usable: true };
      if (!nextLineUnless(cursor, startsSomethingElse)) {
        report(cursor, say.blockNotClosed(of), opened);
        return { block: { settings, range: opened }, usable: true };
      }
      continue;
    }
    const read = setting(cursor, of);
    if (!cursor.failed) settings.push(read);
    eatSymbol(cursor, ',');
  }
  take(cursor);
  return { block: { settings, range: since(cursor, start) }, usable: true };
}

/** Words that lines in a block of settings begin with: a colon after them is a sign too many. */
const INSIDE: ReadonlySet<string> = new Set([
  ...HOST_SETTINGS,
  ...LINK_SETTINGS.map(({ word }) => word),
]);

/** Words that no such line begins with. */
const OUTSIDE: ReadonlySet<string> = new Set(
  [...DECLARATIONS, ...STEPS].map(({ word }) => word).filter((word) => !INSIDE.has(word)),
);

function startsSomethingElse(cursor: Cursor): boolean {
  // Of the settings some begin with such a word and a hyphen.
  const { text: word } = hyphenated(cursor);
  const isCall = word !== '' && atSymbol(cursor, ':', 1) && !INSIDE.has(word.toLowerCase());
  return OUTSIDE.has(word.toLowerCase()) || isCall;
}

function setting(cursor: Cursor, of: Settled): Setting {
  const start = startOf(cursor);
  want(cursor, { kind: 'setting', of });
  const word = hyphenated(cursor);
  if (word.count === 0)
    fail(
      cursor,
      peek(cursor).text === ';'
        ? say.semicolon()
        : say.expected('the name of a setting', seen(cursor)),
    );
  let name = takeJoined(cursor, word.text.toLowerCase(), word.count);
  if (name.text === 'combine') {
    want(cursor, { kind: 'words', words: ['syn-ack'] });
    const second = hyphenated(cursor);
    takeJoined(cursor, second.text, second.count);
    name = { text: `combine ${second.text.toLowerCase()}`, range: since(cursor, start) };
  }
  if (atSymbol(cursor, '=') || atSymbol(cursor, ':')) fail(cursor, say.settingWithSign(name.text));
  want(cursor, { kind: 'value', of, setting: name.text });
  const none = atEnd(cursor) || atSymbol(cursor, ',') || atSymbol(cursor, '}');
  const value = none ? undefined : settingValue(cursor);
  if (!value) failAt(cursor, say.settingWithoutValue(name.text), name.range);
  return { name, value, range: since(cursor, start) };
}

function settingValue(cursor: Cursor): SettingValue {
  const start = startOf(cursor);
  const token = peek(cursor);
  if (token.kind === 'text') {
    const { value, text: written } = text(cursor);
    return { kind: 'text', value, text: written, range: since(cursor, start) };
  }
  if (token.kind === 'number') return numberValue(cursor);
  const word = hyphenated(cursor);
  if (word.count === 0) fail(cursor, say.expected('a value', seen(cursor)));
  const { text: name, range } = takeJoined(cursor, word.text, word.count);
  return { kind: 'word', text: name.toLowerCase(), range };
}

/** `5`, `10ms`, `10 ms`, `1%`, `10Mbps`, or a list of numbers. */
function numberValue(cursor: Cursor): SettingValue {
  const start = startOf(cursor);
  const token = take(cursor);
  const quantity = readQuantity(token.text);
  if (!quantity) fail(cursor, say.notANumber(token.text));
  const { amount, number, unit } = quantity ?? { amount: 0, number: '', unit: '' };
  if (unit !== '')
    return { kind: 'quantity', amount, text: number, unit, range: since(cursor, start) };
  if (atSymbol(cursor, ',') && peek(cursor, 1).kind === 'number') {
    const values: NumberExpression[] = [
      { kind: 'number', value: amount, text: token.text, range: since(cursor, start) },
    ];
    while (atSymbol(cursor, ',') && peek(cursor, 1).kind === 'number') {
      take(cursor);
      values.push(wholeNumber(cursor));
    }
    return { kind: 'numbers', values, range: since(cursor, start) };
  }
  if (eatSymbol(cursor, '%'))
    return { kind: 'quantity', amount, text: number, unit: '%', range: since(cursor, start) };
  const apart = peek(cursor);
  if (apart.kind === 'word' && isUnit(apart.text)) {
    take(cursor);
    return {
      kind: 'quantity',
      amount,
      text: number,
      unit: apart.text,
      range: since(cursor, start),
    };
  }
  const range = since(cursor, start);
  return {
    kind: 'numbers',
    values: [{ kind: 'number', value: amount, text: token.text, range }],
    range,
  };
}

/** Units that may stand apart. `msl` is a setting, too: here it has to be written `2msl`. */
function isUnit(word: string): boolean {
  if (word.toLowerCase() === 'msl') return false;
  const time = durationUnit(word);
  return (
    time !== undefined ||
    unitValue(OCTETS, word) !== undefined ||
    unitValue(RATES, word) !== undefined
  );
}
