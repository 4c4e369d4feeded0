/** The small parts: texts, addresses, numbers, suggestions, paths, templates, the outline. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAddress } from '../../src/lang/addresses.js';
import { diagnosticText } from '../../src/lang/diagnostics.js';
import { parseExpression } from '../../src/lang/expressions.js';
import { CONNECTION_FIELDS } from '../../src/lang/fields.js';
import { parse } from '../../src/lang/parser.js';
import { resolvePath } from '../../src/lang/paths.js';
import { listed, suggest } from '../../src/lang/suggest.js';
import { type ScriptSymbol, symbols } from '../../src/lang/symbols.js';
import { parseTemplate } from '../../src/lang/template.js';
import { quote, textOctets, textValue } from '../../src/lang/text.js';
import { connectionField } from '../../src/run/fields.js';
import { settings } from '../../src/tcp/settings.js';
import { closedTcb } from '../../src/tcp/tcb.js';

describe('texts', () => {
  it('are octets in UTF-8, and one octet where it is written so', () => {
    assert.deepEqual(
      [...textOctets('"a\\r\\n\\x00\\xffé\\u{E9}"')],
      [97, 13, 10, 0, 255, 195, 169, 195, 169],
    );
    assert.equal(textValue('"a\\"b\\\\"'), 'a"b\\');
  });

  it('in quotes are read back as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(textValue(quote(text)), text);
      }),
    );
  });
});

describe('addresses', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.01', undefined],
    ['10.0.0', undefined],
    ['0.0.0.0', undefined],
    ['224.0.0.1', undefined],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::1', '::1'],
    ['::', undefined],
    ['fd00::', 'fd00::'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7::8', undefined],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['ff02::1', undefined],
    ['fe80::g', undefined],
  ];
  for (const [written, read] of table) {
    it(`${written} is ${read ?? 'no address of a host'}`, () =>
      assert.equal(readAddress(written), read));
  }
});

describe('suggestions', () => {
  it('are near, or are not made', () => {
    assert.equal(suggest('sever', ['client', 'server']), 'server');
    assert.equal(suggest('Esatblished', ['LISTEN', 'ESTABLISHED']), 'ESTABLISHED');
    assert.equal(suggest('wiat', ['wait', 'with']), 'wait');
    assert.equal(suggest('form', ['for', 'from']), 'from');
    assert.equal(suggest('x', ['client', 'server']), undefined);
    assert.equal(suggest('x', ['a', 'b']), undefined);
    assert.equal(suggest('A', ['b', 'a']), 'a');
    assert.equal(suggest('c2', ['c1']), 'c1');
    assert.equal(suggest('zebra', ['client', 'server']), undefined);
    assert.equal(listed(['a', 'b', 'c']), 'a, b and c');
    assert.equal(listed(['a'], 'or'), 'a');
  });
});

describe('expressions', () => {
  /** The tree with all its parentheses. */
  const shape = (text: string): string => {
    const { expr, diagnostics } = parseExpression(text);
    const print = (node: NonNullable<typeof expr>): string => {
      switch (node.kind) {
        case 'binary':
          return `(${print(node.left)} ${node.operator} ${print(node.right)})`;
        case 'unary':
          return `(${node.operator} ${print(node.operand)})`;
        case 'group':
          return print(node.inner);
        case 'path':
          return node.parts.map((part) => part.text).join('.');
        case 'duration':
          return `${node.amount}${node.unit}`;
        case 'blank':
          return '?';
        default:
          return node.kind === 'state' ? node.state : String(node.value);
      }
    };
    return expr ? print(expr) : diagnostics.map(({ code }) => code).join();
  };
  const table: readonly (readonly [string, string])[] = [
    ['1 + 2 * 3 - 4', '((1 + (2 * 3)) - 4)'],
    ['(1 + 2) * 3', '((1 + 2) * 3)'],
    ['a == 1 and b == 2 or c', '(((a == 1) and (b == 2)) or c)'],
    ['not a == 1 && !b', '((not (a == 1)) and (not b))'],
    ['-a * -2', '((- a) * (- 2))'],
    ['SND.NXT-ISS', '(SND.NXT - ISS)'],
    ['state == SYN-SENT', '(state == SYN_SENT)'],
    ['FIN-WAIT-1', 'FIN_WAIT_1'],
    ['syn-queue - 1', '(syn-queue - 1)'],
    ['server.accept-queue', 'server.accept-queue'],
    ['2 msl + 0.5s', '(2msl + 0.5s)'],
    ['a =< b', '(a <= b)'],
    ['0xFF % 0x10', '(255 % 16)'],
    ['64KiB + 1kB', '(65536 + 1000)'],
    ['? == "x"', '(? == x)'],
    ['', 'expected'],
    ['1 2', 'expected'],
    ['1 < 2 < 3', 'chained-comparison'],
    ['1.5', 'not-a-number'],
    ['0x', 'not-a-number'],
    ['5parsecs', 'unknown-unit'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 'expression-too-deep'],
    [`1${' + 1'.repeat(300)}`, 'expression-too-long'],
  ];
  for (const [text, tree] of table) {
    it(`${text.slice(0, 30) || 'nothing'} is ${tree}`, () => assert.equal(shape(text), tree));
  }
});

describe('paths', () => {
  const scope = {
    hosts: new Set(['client', 'server']),
    peers: new Set(['mallory']),
    connections: new Map([['client', new Set(['c1'])]]),
    segments: new Set(['seg']),
    variables: new Set(['i']),
  };
  const resolved = (path: string) => {
    const found = resolvePath(
      path.split('.').map((text) => ({ text, range: parse('').script.range })),
      scope,
    );
    return found.kind === 'unknown' ? diagnosticText(found) : JSON.stringify(found);
  };

  it('name a variable of the subject, of a host, or of a connection', () => {
    assert.equal(resolved('SND.NXT'), '{"kind":"connection","field":"snd.nxt"}');
    assert.equal(resolved('client.iss'), '{"kind":"connection","host":"client","field":"iss"}');
    assert.equal(
      resolved('client.c1.Rcv.Nxt'),
      '{"kind":"connection","host":"client","connection":"c1","field":"rcv.nxt"}',
    );
    assert.equal(
      resolved('server.syn-queue'),
      '{"kind":"host","host":"server","field":"syn-queue"}',
    );
    assert.equal(resolved('RTO'), '{"kind":"connection","field":"rto.value"}');
    assert.equal(resolved('seg.SEQ'), '{"kind":"segment","name":"seg","field":"seq"}');
    assert.equal(resolved('i'), '{"kind":"variable","name":"i"}');
    assert.equal(resolved('time'), '{"kind":"time"}');
  });

  it('say what is wrong with them', () => {
    assert.match(resolved('client.SND.NTX'), /client has no `SND.NTX`. Did you mean `SND.NXT`\?/);
    assert.match(resolved('client.c1.connections'), /`c1` has no `connections`|no `connections`/);
    assert.match(resolved('clinet.state'), /Did you mean `client`\?/);
    assert.match(resolved('mallory.state'), /is a peer/);
    assert.match(resolved('i.seq'), /`i` has no `seq`/);
  });

  it('that the language knows are in every TCB', () => {
    const socket = { address: '10.0.0.1', port: 1 };
    const tcb = closedTcb(socket, socket, settings());
    for (const { name } of CONNECTION_FIELDS) assert.ok(connectionField(tcb, name), name);
  });
});

describe('templates', () => {
  it('have texts and expressions', () => {
    const { parts } = parseTemplate('a {1 + 2} {{b}} {x}');
    assert.deepEqual(
      parts.map((part) => (part.kind === 'text' ? part.text : part.expression.kind)),
      ['a ', 'binary', ' {b} ', 'path'],
    );
  });

  it('say where an expression is wrong', () => {
    assert.deepEqual(parseTemplate('ab {1 +}').diagnostics[0]?.range.start, {
      line: 0,
      character: 7,
    });
    assert.equal(parseTemplate('{').diagnostics[0]?.code, 'brace-not-closed');
  });
});

describe('the outline', () => {
  it('has hosts, links, scenarios, and what their statements name', () => {
    const { script } = parse(
      'host a 10.0.0.1\npeer b\nlink a -- b\nscenario "s" {\n  a: connect b:80 as c\n  expect a -> b SYN as d\n  repeat 2 as i {\n    let x = 1\n  }\n  hold a -> b SYN as e\n}\n',
    );
    const print = ({ name, kind, detail, children }: ScriptSymbol): string =>
      `${kind} ${name}${detail && ` (${detail})`}${children.length > 0 ? ` [${children.map(print).join(', ')}]` : ''}`;
    assert.deepEqual(symbols(script).map(print), [
      'host a (10.0.0.1)',
      'peer b',
      'link a -- b',
      'scenario s [connection c (a), segment d, value i [value x], segment e (held)]',
    ]);
  });
});
