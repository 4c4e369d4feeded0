/** What may be typed next, by place: a table. `|` is where somebody types. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { completionsAt } from '../../src/lang/completion.js';
import { meaningOf } from '../../src/lang/docs.js';
import {
  CALLS,
  DECLARATIONS,
  HOST_SETTINGS,
  LINK_SETTINGS,
  STEPS,
} from '../../src/lang/keywords.js';
import { parse } from '../../src/lang/parser.js';

const HOSTS = `host client 10.0.0.1 { isn 100 }
host server
peer mallory
`;

const BEFORE = `${HOSTS}scenario "one" {
  client: connect server:80 as c9
  expect client -> server SYN as first
  hold server -> client SYN,ACK as late
  let n = 3
  `;

function at(text: string) {
  const offset = text.indexOf('|');
  assert.ok(offset >= 0, 'a place');
  const before = text.slice(0, offset).split('\n');
  const whole = text.replace('|', '');
  const place = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return completionsAt(whole, place, parse(whole).script);
}

const labels = (text: string) => at(text).items.map(({ label }) => label);

/** What is offered: all of these, and none of those. */
const PLACES: readonly (readonly [line: string, these: string, notThose: string])[] = [
  ['|', 'expect repeat given client server mallory', 'host scenario SYN as'],
  ['dr|', 'drop duplicate', 'scenario'],
  ['client: |', 'listen connect close', 'expect client'],
  ['client:|', 'listen connect close', 'expect client'],
  ['client.|', 'c9', 'SND.NXT close'],
  ['client.c9: cl|', 'close', 'client'],
  ['client: connect |', 'server mallory', 'close n'],
  ['client: connect server:|', 'n', 'close as'],
  ['client: connect server:80 |', 'from send as', 'within fails close'],
  ['client: listen 80 |', 'backlog for as', 'within'],
  ['expect client: connect server:81 |', 'fails within as', 'drop'],
  ['expect |', 'client server mallory first n time', 'drop SYN'],
  ['expect client -> |', 'server mallory', 'n time'],
  ['expect client -> server |', 'SYN RST none seq ack as within', 'now by ESTABLISHED'],
  ['expect client -> server SYN,|', 'ACK', 'seq as'],
  ['expect client -> server SYN,A|', 'ACK', 'seq as'],
  ['expect client -> server SYN seq=|', 'n first client', 'SYN as'],
  ['expect client -> server SYN seq=1 |', 'ack win as within', 'SYN by'],
  ['expect client -> server SYN as x |', 'within', 'as'],
  ['expect client -> server <|', 'ctl seq', 'now'],
  ['never client -> server |', 'for SYN', 'within as'],
  ['eventually |', 'client mallory', 'drop'],
  ['expect client |', 'ESTABLISHED state SND.NXT fails received', 'drop seq'],
  ['expect client SND|', 'SND.NXT', 'seq'],
  ['expect client ESTABLISHED |', 'within', 'for ESTABLISHED'],
  ['expect client.|', 'c9 state SND.NXT syn-queue', 'seq drop'],
  ['expect client.SND.|', 'NXT UNA', 'SND.NXT RCV.NXT'],
  ['expect client.c9.|', 'SND.NXT', 'c9 syn-queue'],
  ['expect first.|', 'seq ack', 'SND.NXT'],
  ['wait |', 'until quiet n', 'within'],
  ['wait until server |', 'ESTABLISHED syn-queue', 'drop'],
  ['wait until server ESTABLISHED |', 'within', 'for'],
  ['drop client -> server SYN |', 'now nth seq', 'as by'],
  ['delay client -> server SYN |', 'by now', 'as'],
  ['delay client -> server SYN by 3s |', 'now nth', 'by as'],
  ['hold client -> server SYN |', 'as now', 'by'],
  ['deliver client -> server |', 'nth in SYN', 'now within'],
  ['release |', 'late', 'first client'],
  ['crash |', 'client server', 'n first'],
  ['cut client -- |', 'server', 'n'],
  ['icmp |', 'too-big', 'client SYN'],
  ['icmp too-big |', 'mtu client', 'SYN'],
  ['fire |', 'client', 'n'],
  ['fire client.|', 'c9 timers.retransmission', 'SND.NXT'],
  ['fire client.timers.|', 'retransmission timeWait', 'c9 SND.NXT'],
  ['set client.|', 'c9 SND.WND timers.user', 'state'],
  ['set client.c9.SND.|', 'WND', 'c9 SND.WND'],
  ['set client -- server |', 'loss delay', 'isn'],
  ['set client -> server SYN |', 'with without nth', 'within now'],
  ['set client -> server SYN with |', 'seq ACK', 'nth as'],
  ['repeat n |', 'as', 'from'],
  ['repeat n as i |', 'from', 'as'],
  ['given client:1 |', 'ESTABLISHED', 'with client'],
  ['given client:1 ESTABLISHED |', 'with', 'ESTABLISHED'],
  ['given client:1 ESTABLISHED with server:2 { |', 'SND.NXT IRS', 'state'],
  ['let x = client.|', 'SND.NXT', 'drop'],
  ['let |', '', 'client drop'],
  ['expect client -> server SYN as |', '', 'client drop'],
  ['# expect |', '', 'client drop'],
  ['print "expect |', '', 'client drop'],
  ['wait 3|', '', 'events n'],
  ['wait 3 |', 'events', 'n'],
  ['clinet: |', 'close', 'drop'],
  ['expect nobody.|', '', 'SND.NXT'],
  ['repeat 3 as i {\n expect |', 'i client', 'drop'],
  ['repeat 3 as i {\n |', 'expect client', 'scenario'],
  ['}\n|', 'host link scenario seed', 'SYN'],
  ['}\nscenario "two" {\n  expect |', 'client', 'n first'],
  ['}\nhost other { |', 'isn syn-retries profile', 'loss client expect'],
  ['}\nhost other {\n  syn-re|', 'syn-retries', 'loss expect'],
  ['}\nhost other { profile |', 'linux rfc9293', 'on'],
  ['}\nhost other { syncookies |', 'always off', 'linux'],
  ['}\nhost other { sack |', 'on off', 'always'],
  ['}\nhost other { isn |', 'rfc6528 clock', 'on'],
  ['}\nhost other { mss 1460, |', 'isn', 'on'],
  ['}\nlink client -- server { |', 'loss delay mtu', 'isn expect'],
  ['}\nlink |', 'client server', 'host'],
];

describe('completion', () => {
  for (const [line, these, notThose] of PLACES) {
    it(line.replaceAll('\n', '\\n'), () => {
      const offered = labels(`${BEFORE}${line}\n`);
      const words = (text: string) => text.split(' ').filter((word) => word !== '');
      const missing = words(these).filter((word) => !offered.includes(word));
      const wrong = words(notThose).filter((word) => offered.includes(word));
      assert.deepEqual({ missing, wrong }, { missing: [], wrong: [] }, offered.join(' '));
      assert.equal(new Set(offered).size, offered.length);
      if (these === '') assert.deepEqual(offered, []);
    });
  }

  it('replaces the word that was begun, hyphens and all', () => {
    assert.equal(at(`${HOSTS}host x { syn-re|`).typed, 'syn-re'.length);
    assert.equal(at(`${BEFORE}expect client -> server SYN,A|`).typed, 1);
    assert.equal(at(`${BEFORE}client.c|`).typed, 1);
  });

  it('says what the hover says', () => {
    const offered = [
      ...at('|').items,
      ...at('host a { |').items,
      ...at('link a -- b { |').items,
      ...at(`${BEFORE}expect client |`).items,
    ];
    const told = offered.filter(({ doc }) => doc !== '');
    assert.ok(told.length > 80);
    for (const { label, doc } of told) {
      // Three words have another meaning elsewhere.
      if (!['delay', 'duplicate', 'syn-queue'].includes(label)) assert.equal(doc, meaningOf(label));
    }
  });

  it('offers all declarations, statements, calls and settings', () => {
    const all = (infos: readonly { readonly word: string }[]) => infos.map(({ word }) => word);
    const offered = labels('|');
    for (const word of [...all(DECLARATIONS), ...all(STEPS)])
      assert.ok(offered.includes(word), word);
    assert.deepEqual(labels('a: |'), all(CALLS));
    assert.deepEqual(labels('host a { |'), HOST_SETTINGS);
    assert.deepEqual(labels('link a -- b { |'), all(LINK_SETTINGS));
  });

  it('does not know names given later or in other scenarios', () => {
    const text = `${HOSTS}scenario "a" {\n let x = 1\n}\nscenario "b" {\n expect |\n let y = 2\n}\n`;
    assert.ok(labels(text).includes('client'));
    assert.ok(!labels(text).includes('x') && !labels(text).includes('y'));
  });

  it('offers each word where the examples have it', () => {
    const folder = path.resolve(__dirname, '../../examples');
    assert.ok(existsSync(folder));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.tcpflow'),
    );
    assert.ok(files.length > 5);
    const missing: string[] = [];
    for (const file of files) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const { script } = parse(text);
      for (const [line, written] of text.split('\n').entries()) {
        for (const { word, end } of wordsIn(written)) {
          const { items } = completionsAt(text, { line, character: end }, script);
          const found = items.some(({ label }) =>
            `${label}.`.toLowerCase().startsWith(`${word}.`.toLowerCase()),
          );
          if (!found) missing.push(`${file}:${line + 1}: ${word}`);
        }
      }
    }
    assert.deepEqual(missing, []);
  });

  it('of any text, at any place, in whatever state it is', () => {
    const words = [
      'expect',
      'client',
      '->',
      '.',
      ':',
      '{',
      '}',
      '\n',
      'set',
      '"',
      '#',
      '=',
      '7',
      'é',
      '<',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...words), { maxLength: 30 }),
        fc.nat(5),
        fc.nat(200),
        (all, line, character) => {
          const text = `${BEFORE}${all.join(' ')}`;
          const { typed, items } = completionsAt(
            text,
            { line: line + 3, character },
            parse(text).script,
          );
          assert.ok(typed >= 0 && items.every(({ label }) => label !== ''));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** The words of a line, but for names that are given here, texts, numbers and comments. */
function wordsIn(line: string): readonly { readonly word: string; readonly end: number }[] {
  const bare = line.replace(/#.*/, '').replaceAll(/"[^"]*"?/g, (text) => ' '.repeat(text.length));
  const given = /(?:\bas|\blet|\bhost|\bpeer)\s+$/;
  return [...bare.matchAll(/(?<![\p{L}\p{N}_.-])[\p{L}_][\p{L}\p{N}_-]*/gu)].flatMap((found) => {
    const end = found.index + found[0].length;
    return given.test(bare.slice(0, found.index)) ? [] : [{ word: found[0], end }];
  });
}
