/** docs/language.md: its examples hold when they run, its tables are the tables of the code. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../src/lang/compile.js';
import { diagnosticText } from '../../src/lang/diagnostics.js';
import { CONNECTION_FIELDS, HOST_FIELDS, SEGMENT_FIELDS } from '../../src/lang/fields.js';
import { format } from '../../src/lang/formatter.js';
import {
  CALLS,
  DECLARATIONS,
  FIELD_NAMES,
  FLAG_WORDS,
  LINK_SETTINGS,
  STEPS,
  UNITS,
} from '../../src/lang/keywords.js';
import { finish, startRun } from '../../src/run/run.js';
import { SETTINGS, type SettingInfo } from '../../src/tcp/settings.js';

const path = join(__dirname, '..', '..', 'docs', 'language.md');

type Rows = readonly (readonly string[])[];

const VALUES: Readonly<Record<SettingInfo['kind'], string>> = {
  isn: 'see below',
  string: 'a text',
  count: 'a number',
  octets: 'octets',
  duration: 'a time',
  switch: '`on` or `off`',
  'count-or-off': 'a number or `off`',
  choice: '',
};

const settingRows: Rows = SETTINGS.map(({ word, kind, choices, doc }) => [
  `\`${word}\``,
  choices ? choices.map((choice) => `\`${choice}\``).join(' or ') : VALUES[kind],
  doc,
]);

const LINK_VALUES = {
  duration: 'a time',
  percent: 'percent',
  rate: 'bits a second',
  octets: 'octets',
};

const tables: readonly (readonly [name: string, head: readonly string[], rows: Rows])[] = [
  ['settings', ['setting', 'value', 'meaning'], settingRows],
  [
    'link settings',
    ['option', 'value', 'meaning'],
    LINK_SETTINGS.map(({ word, kind, doc }) => [`\`${word}\``, LINK_VALUES[kind], doc]),
  ],
  [
    'variables',
    ['variable', 'meaning'],
    CONNECTION_FIELDS.map(({ name, doc }) => [
      `\`${name === 'state' ? name : name.toUpperCase()}\``,
      doc,
    ]),
  ],
  [
    'host variables',
    ['variable', 'meaning'],
    HOST_FIELDS.map(({ name, doc }) => [`\`${name}\``, doc]),
  ],
];

/** The text with each table between its marks as the code has it. */
function withTables(text: string): string {
  return tables.reduce((result, [name, head, rows]) => {
    const begin = `<!-- ${name}: written by test/lang/docs.test.ts with UPDATE_GOLDEN=1 -->\n`;
    const end = `<!-- end of ${name} -->`;
    const [before, rest = ''] = result.split(begin);
    const after = rest.slice(rest.indexOf(end));
    const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
    return `${before}${begin}${lines.join('\n')}\n${after}`;
  }, text);
}

describe('docs/language.md', () => {
  if (process.env.UPDATE_GOLDEN === '1')
    writeFileSync(path, withTables(readFileSync(path, 'utf8')));
  const text = readFileSync(path, 'utf8');
  const blocks = [...text.matchAll(/```tcpflow\n([\s\S]*?)```/g)].map(([, block = '']) => block);

  it('has examples', () => assert.ok(blocks.length > 15));

  const [, hosts = ''] = blocks;
  for (const block of blocks) {
    const [title = ''] = block.split('\n');
    it(`shows an example without mistakes, and all of it comes true: ${title}`, () => {
      const script = /^host /m.test(block) ? block : hosts + block;
      const { diagnostics, scenarios } = compile(script, { file: 'example.tcpflow' });
      const mistakes = diagnostics.filter(
        ({ code }) => !(code === 'unanswered' && block.includes('?')),
      );
      assert.deepEqual(mistakes.map(diagnosticText), [], block);
      assert.equal(format(block), block);
      for (const { name } of scenarios) {
        const { program } = compile(script, { file: 'example.tcpflow', scenario: name });
        assert.ok(program);
        const { verdict, failures } = finish(startRun(program));
        assert.equal(verdict, block.includes('?') ? 'blank' : 'passed', JSON.stringify(failures));
      }
    });
  }

  it('has the tables of the code', () => assert.equal(withTables(text), text));

  it('names every word of the language', () => {
    const words = [...DECLARATIONS, ...STEPS, ...CALLS].map(({ word }) => word);
    const fields = [...SEGMENT_FIELDS.map(({ name }) => name), ...FIELD_NAMES];
    const missing = [...words, ...fields, ...FLAG_WORDS, ...UNITS].filter(
      (word) => !new RegExp(`\`[^\`\n]*(?<![\\w-])${word}(?![\\w-])[^\`\n]*\``).test(text),
    );
    assert.deepEqual(missing, []);
  });
});
