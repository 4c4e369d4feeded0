/** The form of what is being written, and the part that comes next. */

import assert from 'node:assert/strict';
import { signatureAt } from '../../src/lang/signature.js';

/** The form with the next part marked: `H: connect »H2:PORT« [from PORT]`. */
function shown(line: string): string | undefined {
  const signature = signatureAt(line);
  if (signature === undefined) return undefined;
  const { form, parts, next } = signature;
  const [start, end] = parts[next] ?? assert.fail(`no part ${next}`);
  return `${form.slice(0, start)}»${form.slice(start, end)}«${form.slice(end)}`;
}

const connect = 'H: connect H2:PORT [from PORT] [send "text"] [as NAME]';
const expectSegment = 'expect A -> B FLAGS [fields]';
const drop = 'drop [N] A -> B FLAGS [fields] [now]';
const wait = 'wait T';

const TABLE: readonly (readonly [line: string, form: string, next: string])[] = [
  ['  client: connect ', connect, 'H2:PORT'],
  ['  client: connect ser', connect, 'H2:PORT'],
  ['  client: connect server:80 ', connect, '[from PORT]'],
  ['  client: connect server:80 from ', connect, '[from PORT]'],
  ['  client: connect server:80 from 5', connect, '[from PORT]'],
  ['  client: connect server:80 from 5 ', connect, '[send "text"]'],
  ['  client: connect server:80 as ', connect, '[as NAME]'],
  ['  expect client: connect ', connect, 'H2:PORT'],
  ['  client.c1: send ', 'H: send "text" [urgent]', '"text"'],
  ['  client.c1: send 5 ', 'H: send N bytes [urgent]', 'bytes'],
  ['  server: listen 80 ', 'H: listen PORT [for H2:PORT] [backlog N] [as NAME]', '[for H2:PORT]'],
  [
    '  server: listen 80 backlog ',
    'H: listen PORT [for H2:PORT] [backlog N] [as NAME]',
    '[backlog N]',
  ],
  ['expect ', expectSegment, 'A -> B'],
  ['expect client ', expectSegment, 'A -> B'],
  ['expect client -> ', expectSegment, 'A -> B'],
  ['expect client -> server ', expectSegment, 'FLAGS'],
  ['expect client -> server SYN,ACK ', expectSegment, '[fields]'],
  ['expect client -> server SYN,ACK seq=1 ', expectSegment, '[fields]'],
  ['expect client SYN_', 'H STATE', 'STATE'],
  ['drop ', drop, '[N]'],
  ['drop 2 ', drop, 'A -> B'],
  ['drop client -> server ', drop, 'FLAGS'],
  ['wait ', wait, 'T'],
  ['wait until ', 'wait until FACT [within T]', 'FACT'],
  ['cut client ', 'cut A -- B', 'A -- B'],
  ['let x ', 'let NAME = VALUE', '='],
  ['let x = ', 'let NAME = VALUE', 'VALUE'],
  ['repeat 3 ', 'repeat N [as NAME [from N]] { steps }', '[as NAME [from N]]'],
  ['host ', 'host NAME [ADDRESS] { settings }', 'NAME'],
  ['given ', 'given A:PORT STATE with B:PORT [STATE] [as NAME] { snd.nxt N rcv.nxt N }', 'A:PORT'],
];

describe('the form of what is being written', () => {
  for (const [line, form, next] of TABLE) {
    it(`of \`${line}\` goes on with ${next}`, () => {
      assert.equal(
        shown(line),
        form.replace(next, () => `»${next}«`),
      );
    });
  }

  it('is not shown where there is nothing to say', () => {
    const lines = [
      '',
      '  ',
      'client',
      'client:',
      'client: connect',
      'client: close ',
      'cut a -- b ',
    ];
    for (const line of [
      ...lines,
      '# wait ',
      'wait 5s # ',
      'client: send "a ',
      'crash a ',
      'nonsense ',
    ]) {
      assert.equal(shown(line), undefined, line);
    }
  });

  it('never fails, whatever is written', () => {
    const words = [
      'expect',
      'client',
      '->',
      '--',
      ':',
      'send',
      '"x"',
      '5',
      '[',
      'as',
      'wait',
      '=',
      '\u{1f600}',
    ];
    for (const a of words)
      for (const b of words)
        for (const c of words) {
          for (const line of [`${a} ${b} ${c}`, `${a} ${b} ${c} `, `${a}${b}${c}`]) {
            const signature = signatureAt(line);
            if (signature) assert(signature.parts[signature.next] !== undefined, line);
          }
        }
  });
});
