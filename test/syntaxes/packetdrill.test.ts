/** The grammar of packetdrill scripts colours what the parser reads. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';

const path = join(__dirname, '..', '..', 'syntaxes', 'packetdrill.tmLanguage.json');
const SCOPE = 'source.packetdrill';
const registry = createRegistry([{ path, scopeName: SCOPE, language: 'packetdrill' } as never]);

/** `text scope` of each coloured piece of a line. */
async function pieces(line: string): Promise<readonly string[]> {
  const grammar = await registry.loadGrammar(SCOPE);
  assert.ok(grammar);
  const { tokens } = grammar.tokenizeLine(line, null);
  return tokens.flatMap(({ startIndex, endIndex, scopes }) => {
    const text = line.slice(startIndex, endIndex).trim();
    const scope = scopes.at(-1) ?? '';
    return text === '' || scope === SCOPE ? [] : [`${text} ${scope.replace('.packetdrill', '')}`];
  });
}

const table: readonly (readonly [string, readonly string[]])[] = [
  [
    '+.1 < S. 0:0(0) ack 1 win 9 <mss 1460,nop>',
    [
      '+.1 constant.numeric.time',
      '< keyword.operator.direction',
      'S. constant.other.flag',
      'ack variable.parameter.field',
      'win variable.parameter.field',
      'mss variable.parameter.option',
      'nop variable.parameter.option',
    ],
  ],
  [
    '+0...0.2 read(4, ..., 5) = -1 EAGAIN (Try again)',
    [
      '+0...0.2 constant.numeric.time',
      'read support.function.call',
      '... constant.language.any',
      'EAGAIN constant.language.errno',
    ],
  ],
  [
    '+0 <icmp unreachable port_unreachable [0:0(0)]',
    ['< keyword.operator.direction', 'icmp entity.name.type'],
  ],
  ['0 `sysctl -q a=1`', ['0 constant.numeric.time', 'sysctl -q a=1 string.interpolated']],
  [
    '+0 %{ assert tcpi_state == TCP_LISTEN }%',
    ['assert keyword.control', 'tcpi_state variable.other', 'TCP_LISTEN constant.language'],
  ],
  ['--ip_version=ipv6', ['--ip_version keyword.other.option', 'ipv6 string.unquoted']],
  ['#ifdef FreeBSD', ['#ifdef keyword.control.directive']],
  ['// what it is about', ['// what it is about comment.line.double-slash']],
];

describe('the grammar of packetdrill', () => {
  for (const [line, wanted] of table) {
    it(line, async () => {
      const seen = await pieces(line);
      const missing = wanted.filter((piece) => !seen.includes(piece));
      assert.deepEqual(missing, [], JSON.stringify(seen));
    });
  }
});
