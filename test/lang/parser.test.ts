/** One mistake, one message, and the next line is read again. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compile } from '../../src/lang/compile.js';
import { diagnosticText } from '../../src/lang/diagnostics.js';
import { parseExpression } from '../../src/lang/expressions.js';
import { format } from '../../src/lang/formatter.js';
import { parse } from '../../src/lang/parser.js';
import { parseTemplate } from '../../src/lang/template.js';
import { check, HOSTS, mistakes } from './scripts.js';

const table: readonly (readonly [title: string, source: string, expected: readonly string[]])[] = [
  ['an unknown word', 'exepct client CLOSED\nwait 1s', ['1:1 unknown-statement']],
  ['a call without colon', 'client listen 80', ['1:1 missing-colon']],
  ['a call without host', 'listen 80', ['1:1 missing-host']],
  ['a segment without verb', 'client -> server SYN', ['1:1 missing-verb']],
  ['an arrow the other way', 'expect client <- server SYN', ['1:15 wrong-arrow']],
  ['a long arrow', 'expect client --> server SYN', ['1:15 wrong-arrow']],
  ['flags joined by a plus', 'expect client -> server SYN+ACK', ['1:28 flags-joined']],
  ['flags joined by nothing', 'expect client -> server SYNACK', ['1:25 flags-joined']],
  ['a flag twice', 'expect client -> server SYN,SYN', ['1:29 flag-twice']],
  ['a flag after the fields', 'expect client -> server seq=1 SYN', ['1:31 flag-after-fields']],
  ['a port in a segment', 'expect client:1 -> server SYN', ['1:17 expected']],
  ['a hyphen in a name', 'host web-server', ['1:9 hyphen-in-name']],
  ['a text that does not end', 'client: send "abc', ['1:14 text-not-closed']],
  ['an escape that means nothing', 'client: send "a\\qb"', ['1:16 unknown-escape']],
  ['one equals sign', 'expect client.SND.NXT = 3', ['1:23 single-equals']],
  ['two comparisons', 'expect 1 < client.SND.NXT < 3', ['1:27 chained-comparison']],
  ['an operator without value', 'let x = 1 +', ['1:12 expected']],
  ['a parenthesis that stays open', 'let x = (1 + 2', ['1:15 expected']],
  ['a word before a port', 'server: listen on 80', ['1:16 filler']],
  ['a word before a host', 'client: connect to server:80', ['1:17 filler']],
  ['a word before a time', 'wait for 1s', ['1:6 filler']],
  ['a word before an address', 'host a ip 10.0.0.1', ['1:8 filler']],
  ['a comment of another language', 'wait 1s // so', ['1:9 expected']],
  ['a longer comment of another language', '/* so */', ['1:1 expected']],
  ['a semicolon', 'wait 1s; wait 2s', ['1:8 expected']],
  ['a state in two words', 'expect client TIME WAIT', ['1:15 expected']],
  ['a state in three words', 'given a:1 FIN WAIT 1 with b:2', ['1:11 expected']],
  ['a value without let', 'x = 5', ['1:1 unknown-statement']],
  ['a variable without set', 'client.SND.WND = 0', ['1:1 unknown-statement']],
  ['a name with a hyphen before a call', 'web-server: listen 80', ['1:1 hyphen-in-name']],
  ['control bits without hosts', 'drop SYN', ['1:6 expected']],
  ['an address in a segment', 'drop client -> 10.0.0.2 SYN', ['1:16 expected']],
  ['a path with two arrows', 'cut client <-> server', ['1:12 path-arrow']],
  ['a word before quiet', 'wait until quiet', ['1:6 filler']],
  ['a file without quotes', 'include hosts.tcpflow', ['1:9 expected']],
  ['given values without braces', 'given a:1 CLOSED with b:2 snd.nxt 5', ['1:27 expected']],
  ['a brace below its scenario', 'scenario "a"\n{\n  wait 1s\n}', ['2:1 expected']],
  ['a brace below its loop', 'repeat 2\n{\n  wait 1s\n  wait\n}', ['2:1 expected', '4:7 expected']],
  ['a brace below its host', 'host a\n{\n  mss 5\n}\nwait 1s', ['2:1 expected']],
  ['a port without from', 'client: connect server:80 port 5000', ['1:27 expected']],
  ['a word before a port of the own', 'client: connect server:80 from port 5', ['1:32 filler']],
  ['a comma in a statement', 'server: listen 80, backlog 5', ['1:18 expected']],
  ['parentheses after a call', 'client: close()', ['1:14 expected']],
  ['a unit of size apart', 'client: send 5 kB', ['1:16 expected']],
  ['a share of segments', 'drop 50% client -> server', ['1:8 expected']],
  ['all segments', 'drop all client -> server ACK', ['1:6 expected']],
  ['a percent sign at a time', 'set client -- server delay = 5%', ['1:32 expected']],
  ['a timer without its path', 'fire client retransmission', ['1:13 expected']],
  ['two equals signs after a field', 'expect client -> server ACK ack==1', ['1:32 expected']],
  ['an ICMP message in two words', 'icmp port unreachable a -> b', ['1:6 unknown-icmp']],
  ['a fact in another form', 'expect client receives "x"', ['1:15 expected']],
  ['a mistake in a text', 'print "at {time +} so"', ['1:18 expected']],
  ['words after a statement', 'crash client now', ['1:14 expected']],
  ['an outcome without expect', 'client: close fails "x"', ['1:15 missing-expect']],
  ['eventually with a fact', 'eventually client CLOSED', ['1:12 eventually-fact']],
  ['for in the wrong place', 'expect client CLOSED for 3s', ['1:22 misplaced-option']],
  ['a time without its word', 'delay client -> server SYN 5ms', ['1:28 expected']],
  ['a time after a fact', 'expect client CLOSED 5s', ['1:22 expected']],
  ['a delay of nothing', 'delay client -> server SYN', ['1:27 expected']],
  ['an option twice', 'expect client -> server SYN as a as b', ['1:34 field-twice']],
  ['commas between fields', 'expect client -> server SYN seq=1, ack=2', ['1:34 expected']],
  ['a word before a state', 'expect client is CLOSED', ['1:15 expected']],
  ['a word that is not a field of a fact', 'expect client CLOSED seq=1', ['1:22 expected']],
  ['a text without quotes', 'client: send hello', ['1:19 expected']],
  ['a call misspelt and without colon', 'client conect server:80', ['1:1 missing-colon']],
  ['a variable with a hyphen misspelt', 'expect server syn-qeue == 3', ['1:15 unknown-name']],
  ['a brace too many', 'wait 1s\n}\nwait 1s', ['2:1 stray-brace']],
  [
    'a scenario that stays open',
    'scenario "a" {\n  wait 1s\nscenario "b" {\n}',
    ['1:1 block-not-closed'],
  ],
  ['a scenario that ends with the file', 'scenario "a" {\n  wait 1s', ['1:1 block-not-closed']],
  [
    'a scenario without name',
    'scenario {\n  wait\n}\nscenario "b" {\n  wait\n}',
    ['1:10 expected', '2:7 expected', '5:7 expected'],
  ],
  [
    'a mistake in a line that closes',
    'scenario "a" { client: clsoe }\nscenario "b" {\n}',
    ['1:24 unknown-call'],
  ],
  ['how many, behind the segment', 'drop client -> server SYN 2', ['1:27 expected']],
  ['a mistake in the head of a loop', 'repeat {\n  nonsense here\n}\nwait 1s', ['1:8 expected']],
  [
    'a mistake in the block of a given',
    'given client:1 ESTABLISHED with server:2 {\n  snd.nxt\n  rcv.nxt 5\n}\nwait',
    ['2:10 expected', '5:5 expected'],
  ],
  ['a block of settings that stays open', 'host a {\n  mss 5\nhost b', ['1:8 block-not-closed']],
  ['nesting without end', 'repeat 1 {\n'.repeat(20) + '}\n'.repeat(20), ['17:8 nested-too-deep']],
];

describe('the parser', () => {
  for (const [title, source, expected] of table) {
    it(`says once, where it is: ${title}`, () => {
      const script =
        source.startsWith('scenario') || source.startsWith('host') ? source : HOSTS + source;
      const shift = script === source ? 0 : 3;
      check(
        script,
        expected.map((one) => one.replace(/^\d+/, (line) => `${Number(line) + shift}`)),
      );
    });
  }

  it('takes keywords, fields, flags and states in either case', () => {
    check(
      `${HOSTS}EXPECT client -> server syn SEQ=1\nexpect client established WITHIN 1s\nexpect client snd.una == ISS`,
      [],
    );
  });

  it('takes every kind of line break and a byte order mark', () => {
    check('\ufeffhost client\r\nhost server\rclient: connect server:80\n', []);
  });

  it('says which word a time wants in front of it', () => {
    const said = (statement: string) =>
      compile(HOSTS + statement, { file: 'x' }).diagnostics.map(diagnosticText);
    assert.deepEqual(said('delay client -> server SYN 5ms'), [
      'Expected `by` before `5ms`. Write `by 5ms`.',
    ]);
    assert.deepEqual(said('never client CLOSED 1.5s'), [
      'Expected `for` before `1.5s`. Write `for 1.5s`.',
    ]);
  });

  it('says what to write where another language is meant', () => {
    const said = (statement: string) =>
      compile(HOSTS + statement, { file: 'x' }).diagnostics.map(diagnosticText);
    assert.deepEqual(said('wait until CLOSED'), [
      'Expected true or false; this is a state. Write `NAME CLOSED`.',
    ]);
    assert.deepEqual(said('include hosts.tcpflow'), [
      'Expected a file name in quotes, not `hosts.tcpflow`. Write `"hosts.tcpflow"`.',
    ]);
    assert.deepEqual(said('expect client not CLOSED'), [
      'Expected a state or a comparison, not `not`. Write `client state != CLOSED`.',
    ]);
    assert.deepEqual(said('icmp port unreachable client -> server'), [
      'No ICMP message is called `port`. Did you mean `port-unreachable`?',
    ]);
    assert.deepEqual(said('expect client -> server SYN as s\nexpect client s.sequence == 1'), [
      'A segment has no `sequence`. Did you mean `seq`?',
    ]);
    assert.deepEqual(said('client: receive all'), [
      'Expected `bytes` after `all`, not the end of the line.',
    ]);
    assert.deepEqual(said('client.SND.WND = 0'), [
      'No statement begins with `client.SND.WND`. To set a variable of a connection, write `set client.SND.WND = ...`.',
    ]);
  });

  it('keeps a comment once where a block stays open before it', () => {
    const { script } = parse('host a {\n  isn 100\nhost b # hello');
    assert.deepEqual(
      script.comments.map(({ text }) => text),
      ['# hello'],
    );
  });

  it('stops counting at a hundred mistakes', () => {
    const found = mistakes('nonsense\n'.repeat(1000));
    assert.equal(found.length, 100);
    assert.equal(found.at(-1), '100:1 too-many-mistakes');
  });
});

/** Everything that reads texts people may type. */
function readAll(text: string): void {
  const { diagnostics } = compile(text, { file: 'x' });
  for (const { range, message } of diagnostics) {
    assert.ok(range.start.line >= 0 && range.start.character >= 0 && message !== '');
  }
  assert.ok(diagnostics.length <= 100);
  format(format(text));
  parseExpression(text);
  parseTemplate(text);
}

/** Pieces of scripts, so that chance gets beyond the first word. */
const piece = fc.constantFrom(
  ...'host peer link seed scenario expect never eventually inject drop hold release repeat given wait until'.split(
    ' ',
  ),
  ...'client server a: A.b -> -- { } ( ) = == < > <SEQ= <CTL=SYN> SYN,ACK seq=1 ack=? "text" "open \\'.split(
    ' ',
  ),
  ...'10ms 2msl 0x 1_0 64KiB 10.0.0.1 fd00::1 1% , . : ? ! not and + - * / % # \n \r\n \n} as within for by with set deliver'.split(
    ' ',
  ),
  '\n',
  ' ',
  '\u0000',
  '\ud800',
  '\u2028',
  '"',
  '\\',
);

describe('any text', () => {
  it('may have the names that every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      for (const line of [
        `expect client -> server <${name}=1>`,
        `client: ${name}`,
        `wait 5${name}`,
      ]) {
        assert.equal(mistakes(HOSTS + line).length, 1, line);
      }
      assert.match(mistakes(`host a { ${name} ${name} }`).join(), /unknown-setting/);
    }
  });

  it('is read without a throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), readAll), {
      numRuns: 300,
    });
  });

  it("made of the language's own pieces is read without a throw", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom('', ' '), (pieces, glue) =>
        readAll(pieces.join(glue)),
      ),
      { numRuns: 1000 },
    );
  });

  it('is read without a throw when a good script is damaged', () => {
    const good = `${HOSTS}scenario "a" {\n  expect client -> server <SEQ=1><CTL=SYN> as s\n  repeat 3 as i {\n    inject mallory -> server RST seq=s.seq+i\n  }\n  given client:1 ESTABLISHED with server:2 {\n    snd.nxt 1\n  }\n}\n`;
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(good.length),
        fc.string({ maxLength: 3 }),
        (a, b, extra) => {
          readAll(good.slice(0, Math.min(a, b)) + extra + good.slice(Math.max(a, b)));
        },
      ),
      { numRuns: 500 },
    );
  });

  const ten = 10 * 1024 * 1024;
  const garbage: readonly (readonly [string, string])[] = [
    ['zeros', '\0'.repeat(ten)],
    ['lines of nonsense', 'asdf qwer {{{ " \n'.repeat(ten / 17)],
    ['open braces', '{'.repeat(ten)],
    ['one open text', `"${'\\'.repeat(ten)}`],
    ['open scenarios', 'scenario "a" {\n'.repeat(ten / 15)],
    ['open loops', 'repeat 2 {\n'.repeat(ten / 11)],
    ['minus signs', `let x = ${'-'.repeat(ten)}`],
    ['line breaks', '\n'.repeat(ten)],
    ['a good line, again and again', `${HOSTS}${'wait 1s # and so on\n'.repeat(ten / 20)}`],
    ['hosts that nobody declared', 'x1: listen 80\n'.repeat(ten / 14)],
  ];
  for (const [title, text] of garbage) {
    it(`of 10 MB is read in bounded time: ${title}`, () => {
      const { diagnostics } = compile(text, { file: 'x' });
      assert.ok(diagnostics.length <= 100);
    }).timeout(60_000);
  }

  it('beyond what a script may have is not read', () => {
    const { diagnostics } = parse(' '.repeat(33 * 1024 * 1024));
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['text-too-long'],
    );
  });
});
