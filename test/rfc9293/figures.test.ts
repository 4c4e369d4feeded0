/** The figures of RFC 9293 §3.5 and §3.6: each example's run, printed as the RFC prints it, against the figure's lines. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { finish, startRun } from '../../src/run/run.js';
import { programsOf } from '../run/scenario.js';
import { printFigure } from './figure.js';

const FIGURES = [
  ['06', 'basic three-way handshake'],
  ['07', 'simultaneous connection synchronization (the deviation `simultaneous-open figure`)'],
  ['08', 'recovery from an old duplicate SYN'],
  ['09', 'half-open connection discovery'],
  ['10', 'the active side causes half-open connection discovery'],
  ['11', 'an old duplicate SYN initiates a reset on two passive sockets'],
  ['12', 'normal close sequence'],
  ['13', 'simultaneous close sequence'],
] as const;

/** The letters of figure 11, as its script chooses them. */
const LETTERS: Readonly<Record<string, string>> = { 'Z+1': '91', Z: '90', X: '300' };

/** The figure's line as it must be printed: its number gone, its letters given values. */
function expectedLine(line: string): string {
  return line
    .replace(/^\d+\. /, '')
    .replace(/=(Z\+1|Z|X)>/g, (_, letter: string) => `=${LETTERS[letter] ?? letter}>`);
}

/** `<DATA>` stands for any text and may stand anywhere; `*` for a cell that the figure leaves blank or fills with a remark. */
function agrees(expected: string, actual: string): boolean {
  const withData = expected.includes('<DATA>');
  const printed = withData ? actual.replace(/<DATA=\d+>(<CTL=[^>]*>)/, '$1<DATA>') : actual;
  const [wanted, seen] = [expected.split(' '), printed.split(' ')];
  return (
    wanted.length === seen.length && wanted.every((cell, i) => cell === '*' || cell === seen[i])
  );
}

describe('the figures of RFC 9293', () => {
  for (const [number, title] of FIGURES) {
    it(`figure ${Number(number)}: ${title}`, () => {
      const [program] = programsOf(`examples/rfc9293-figure-${number}.tcpflow`);
      assert(program);
      const run = startRun(program);
      assert.equal(finish(run).verdict, 'passed');
      const figure = readFileSync(path.join(__dirname, `figure-${number}.txt`), 'utf8');
      const expected = figure.trimEnd().split(/\r?\n/).map(expectedLine);
      const actual = printFigure(run, 'A', 'B');
      const same =
        expected.length === actual.length &&
        expected.every((line, i) => agrees(line, actual[i] ?? ''));
      if (!same) assert.deepEqual(actual, expected);
    });
  }
});
