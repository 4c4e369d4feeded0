/** The formatter changes how a script looks, never what it means. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { format } from '../../src/lang/formatter.js';
import { parse } from '../../src/lang/parser.js';
import { scriptText } from './generate.js';
import { checkFormat, meaning } from './scripts.js';

const table: readonly (readonly [title: string, before: string, after: string])[] = [
  ['blanks become single', 'host   client    10.0.0.1\n', 'host client 10.0.0.1\n'],
  [
    'blocks are indented by two',
    'scenario "a" {\nserver: listen 80\n    repeat 2 as i {\nclient:connect server:80\n}\n}',
    'scenario "a" {\n  server: listen 80\n  repeat 2 as i {\n    client: connect server:80\n  }\n}\n',
  ],
  [
    'a block of statements on one line is opened',
    'scenario "a" { repeat 2 { wait 1s } } # done',
    'scenario "a" {\n  repeat 2 {\n    wait 1s\n  }\n}  # done\n',
  ],
  [
    'settings stay on one line, with commas',
    'host a {isn 100 mss 1460 , rto 2 s}',
    'host a { isn 100, mss 1460, rto 2s }\n',
  ],
  [
    'settings stay on several lines',
    'host a {\n# why\nisn 1, 2, 3 # list\n\n\n  mss 5, window 6 }',
    'host a {\n  # why\n  isn 1,2,3  # list\n\n  mss 5, window 6\n}\n',
  ],
  [
    'comments stay at their line, two blanks apart',
    '# top\n\nwait 1s# a\n   # own line\nwait 2s      #   b  \n# end',
    '# top\n\nwait 1s  # a\n# own line\nwait 2s  #   b\n# end\n',
  ],
  [
    'a comment in a block stays in it',
    'scenario "a" { # head\n# first\nwait 1s\n# last\n} # tail',
    'scenario "a" {  # head\n  # first\n  wait 1s\n  # last\n}  # tail\n',
  ],
  [
    'counters of an AccECN Option stand together',
    'inject a -> b ACK seq = 1 ACCECN1 = 1 : 0:1',
    'inject a -> b ACK seq=1 accecn1=1:0:1\n',
  ],
  [
    'counters in the notation of the RFC',
    'expect a -> b <ACK=1>< AccECN0=1:1 >',
    'expect a -> b <ACK=1><ACCECN0=1:1>\n',
  ],
  ['empty lines become one', '\n\nwait 1s\n\n\n\nwait 2s\n\n', 'wait 1s\n\nwait 2s\n'],
  [
    'no empty lines at the edges of a block',
    'scenario "a" {\n\n  wait 1s\n\n}\n',
    'scenario "a" {\n  wait 1s\n}\n',
  ],
  [
    'columns of fields are not kept',
    'expect client -> server SYN        seq=100\nexpect server -> client SYN , ACK  SEQ = 300 ack=101',
    'expect client -> server SYN seq=100\nexpect server -> client SYN,ACK seq=300 ack=101\n',
  ],
  [
    'words of the language are in lower case, control bits in upper case',
    'EXPECT a -> b syn SEQ=1 WITHIN 2 S\na: LISTEN 80 AS x',
    'expect a -> b SYN seq=1 within 2s\na: listen 80 as x\n',
  ],
  [
    'sums are tight in fields and loose elsewhere',
    'expect a -> b ACK ack=s.seq + 1 seq= a - b\nlet x=1+2*( 3-4 )',
    'expect a -> b ACK ack=s.seq+1 seq=a - b\nlet x = 1 + 2 * (3 - 4)\n',
  ],
  [
    'what looks like an arrow is not made',
    'let x = 1 - -1 - - - 2\nwait 1s- -1s',
    'let x = 1 - -1 - - -2\nwait 1s - -1s\n',
  ],
  [
    'a word with a hyphen takes no number along',
    'expect a -> b ACK seq=syn-queue - 1',
    'expect a -> b ACK seq=syn-queue - 1\n',
  ],
  [
    'the notation of the RFC stays',
    'expect a->b < SEQ = 100 >< ctl = SYN >',
    'expect a -> b <SEQ=100><CTL=SYN>\n',
  ],
  [
    'numbers and states stay as written',
    'expect a SYN-RECEIVED\nlet x = 0xFF + 1_000',
    'expect a SYN-RECEIVED\nlet x = 0xFF + 1_000\n',
  ],
  ['options get an order', 'a: connect b:80 as x from 5', 'a: connect b:80 from 5 as x\n'],
  ['line breaks stay what they are', 'wait 1s\r\nwait   2s\r\n', 'wait 1s\r\nwait 2s\r\n'],
];

describe('the formatter', () => {
  for (const [title, before, after] of table) {
    it(title, () => checkFormat(before, after));
  }

  it('leaves a text with a mistake as it is', () => {
    const text = 'host   a\nexpct   b\n';
    assert.equal(format(text), text);
  });

  it('finds all examples in their canonical form', () => {
    const folder = path.join(import.meta.dirname, '../../examples');
    const names = readdirSync(folder).filter((name) => name.endsWith('.tcpflow'));
    const loose = names.filter((name) => {
      const text = readFileSync(path.join(folder, name), 'utf8');
      return format(text) !== text;
    });
    assert.ok(names.length > 10);
    assert.deepEqual(loose, []);
  });

  it('gives nothing for nothing', () => assert.equal(format('  \n\n'), ''));

  it('keeps the meaning and the comments of any script, and is its own form', () => {
    fc.assert(
      fc.property(scriptText, (text) => {
        const { diagnostics, script } = parse(text);
        assert.deepEqual(diagnostics, []);
        const formatted = format(text);
        assert.deepEqual(meaning(formatted), meaning(text));
        assert.equal(format(formatted), formatted);
        const comments = parse(formatted).script.comments.map((comment) => comment.text);
        assert.deepEqual(
          comments,
          script.comments.map((comment) => comment.text),
        );
      }),
      { numRuns: 500 },
    );
  });
});
