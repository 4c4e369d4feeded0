/** The grammar colours what the parser reads: every keyword, and a script with every kind of line. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from '../../src/lang/formatter.js';
import {
  CALLS,
  CONNECTION_WORDS,
  DECLARATIONS,
  FIELD_NAMES,
  FLAG_WORDS,
  HOST_SETTINGS,
  HOST_WORDS,
  LINK_SETTINGS,
  LOOSE_MODIFIERS,
  MODIFIERS,
  STATE_SPELLINGS,
  STEPS,
  UNITS,
} from '../../src/lang/keywords.js';
import { parse } from '../../src/lang/parser.js';
import { golden } from '../golden.js';
import { tokensOf } from './tokens.js';

const read = (path: string) => readFileSync(join(__dirname, '..', '..', path), 'utf8');

/** Checks that `word`, in a line with it, is one piece of a scope that begins with `scope`. */
async function coloured(word: string, line: string, scope: string): Promise<void> {
  const pieces = (await tokensOf(line)).flat();
  const piece = pieces.find(({ text }) => text === word);
  assert.ok(piece?.scope.startsWith(scope), `${word} in ${line}: ${JSON.stringify(pieces)}`);
}

const words = (infos: readonly { readonly word: string }[]) => infos.map(({ word }) => word);

const table: readonly (readonly [string, readonly string[], (word: string) => string, string])[] = [
  [
    'declaration',
    words(DECLARATIONS).filter((w) => !['scenario', 'include'].includes(w)),
    (w) => `${w} a`,
    'keyword.declaration',
  ],
  ['step', words(STEPS).filter((w) => w !== 'let'), (w) => `  ${w} a -> b SYN`, 'keyword.control'],
  ['call', words(CALLS), (w) => `server.c1: ${w}`, 'support.function.call'],
  [
    'modifier',
    [...MODIFIERS, ...LOOSE_MODIFIERS],
    (w) => `expect a ${w} b`,
    'keyword.other.modifier',
  ],
  ['control bit', FLAG_WORDS, (w) => `expect a -> b ${w}`, 'constant.other.flag'],
  [
    'field',
    FIELD_NAMES.filter((w) => !['from', 'to'].includes(w)),
    (w) => `expect a -> b SYN ${w}=1`,
    'variable.parameter.field',
  ],
  ['state', STATE_SPELLINGS, (w) => `expect a ${w}`, 'constant.language.state'],
  [
    'variable of TCP',
    CONNECTION_WORDS.map((w) => w.toUpperCase()),
    (w) => `expect a ${w} == 1`,
    'variable.language.tcb',
  ],
  ['variable of a host', HOST_WORDS, (w) => `expect a ${w} == 1`, 'support.variable.host'],
  ['operator', ['and', 'or', 'not'], (w) => `expect (1) ${w} (2)`, 'keyword.operator.logical'],
  ['value', ['true', 'false'], (w) => `let x = ${w}`, 'constant.language'],
  ['unit', UNITS, (w) => `wait 5${w}`, 'keyword.other.unit'],
  ['setting of a host', HOST_SETTINGS, (w) => `host a { ${w} 5 }`, 'variable.other.property'],
  [
    'setting of a link',
    words(LINK_SETTINGS),
    (w) => `link a -- b { ${w} 5 }`,
    'variable.other.property',
  ],
];

describe('the grammar', () => {
  for (const [title, all, lineWith, scope] of table) {
    it(`colours every ${title}`, async () => {
      for (const word of all) await coloured(word, lineWith(word), scope);
    });
  }

  it('leaves names alone', async () => {
    for (const line of [
      'expect synack.x == 1',
      'let expected = 1',
      'ends: close',
      'expect syn_queue == 1',
    ]) {
      const [first] = (await tokensOf(line))
        .flat()
        .filter(({ text }) => /^(synack|expected|ends|syn_queue)/.test(text));
      assert.ok(first && !/keyword|flag|support/.test(first.scope), JSON.stringify(first));
    }
  });

  it('colours a script with every kind of line as before', async () => {
    const script = read('test/syntaxes/script.tcpflow');
    const lines = script.split('\n');
    const tokens = await tokensOf(script);
    const text = tokens.map((pieces, i) =>
      [lines[i], ...pieces.map(({ text: piece, scope }) => `    ${piece}  ${scope || '-'}`)].join(
        '\n',
      ),
    );
    golden('syntaxes/script.tokens', text.join('\n'));
  });

  it('is tried on a script that the parser reads', () => {
    assert.deepEqual(parse(read('test/syntaxes/script.tcpflow')).diagnostics, []);
  });
});

describe('the snippets', () => {
  const snippets = JSON.parse(read('syntaxes/tcpflow.code-snippets')) as Record<
    string,
    { readonly prefix: string; readonly body: readonly string[]; readonly description: string }
  >;

  for (const [name, { body, description, prefix }] of Object.entries(snippets)) {
    it(`insert lines that read without mistakes: ${name}`, () => {
      assert.ok(prefix !== '' && description !== '');
      const text = `${plain(body.join('\n'))}\n`;
      assert.deepEqual(parse(text).diagnostics, [], text);
      const written = text.replaceAll('\t', '  ').replace(/^ *\n(?=\})/m, '');
      assert.equal(format(text), name === 'Hold and release' ? format(text) : written);
    });
  }
});

/** A snippet with its first suggestions filled in. */
function plain(body: string): string {
  return body
    .replace(/\$\{\d+\|([^,|]*)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d/g, '');
}

describe('the language configuration', () => {
  const { wordPattern, indentationRules, comments } = JSON.parse(
    read('syntaxes/language-configuration.json'),
  ) as {
    readonly wordPattern: string | { readonly pattern: string; readonly flags: string };
    readonly indentationRules: {
      readonly increaseIndentPattern: string;
      readonly decreaseIndentPattern: string;
    };
    readonly comments: { readonly lineComment: string };
  };

  it('takes states, settings and numbers with their units as words', () => {
    const { pattern, flags } =
      typeof wordPattern === 'string' ? { pattern: wordPattern, flags: '' } : wordPattern;
    const found = (text: string) => text.match(new RegExp(pattern, `${flags}g`));
    assert.deepEqual(found('expect a SYN_RCVD'), ['expect', 'a', 'SYN_RCVD']);
    assert.deepEqual(found('syn-queue SYN-RECEIVED'), ['syn-queue', 'SYN-RECEIVED']);
    assert.deepEqual(found('client->server wait 2msl'), ['client', 'server', 'wait', '2msl']);
    assert.deepEqual(found('a -- b'), ['a', 'b']);
  });

  it('indents after an open brace and not after one in a text or a comment', () => {
    const increase = new RegExp(indentationRules.increaseIndentPattern);
    assert.ok(increase.test('scenario "a" {'));
    assert.ok(increase.test('scenario "a {b}" {  # why'));
    assert.ok(!increase.test('host a { isn 100 }'));
    assert.ok(!increase.test('# scenario {'));
    assert.ok(!increase.test('print "{"'));
    assert.ok(new RegExp(indentationRules.decreaseIndentPattern).test('  }'));
    assert.equal(comments.lineComment, '#');
  });
});
