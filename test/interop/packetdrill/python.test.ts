/** The Python of packetdrill scripts: calculations, and values that are kept from one piece of code to the next. */

import assert from 'node:assert/strict';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { ACCEPTED, play } from './play.js';

const HOLDING: readonly string[] = [
  'assert 7 // 2 == 3 and -7 // 2 == -4',
  'assert 2 ** 3 ** 2 == 512 and -2 ** 2 == -4 and 2 ** -1 == .5',
  'assert 1e3 == 1_000 and 0x10 == 16. and .25e1 == 2.5',
  'assert tcpi_snd_cwnd in range(5, 11)',
  'assert 9 not in range(9) and 8 in range(9)',
  'assert 4 in range(1, 9, 3) and 5 not in range(1, 9, 3)',
  'assert 9 < tcpi_snd_cwnd <= 10, "ten"',
  'cwnd = tcpi_snd_cwnd\nassert cwnd == 10',
  '// a line of its own\nassert 1 # the rest of a line',
];

describe('the Python of a packetdrill script', () => {
  for (const code of HOLDING) {
    it(`calculates: ${code.replace('\n', '; ')}`, () => {
      assert.equal(play(`${ACCEPTED}+0 %{ ${code} }%\n`).verdict, 'passed');
    });
  }

  it('keeps values for the code that follows', () => {
    const written = `${ACCEPTED}+0 %{ before = tcpi_bytes_acked }%
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+.1 < . 1:1(0) ack 101 win 32792
`;
    const grownBy = (more: number) => `+0 %{ assert tcpi_bytes_acked - before == ${more} }%\n`;
    assert.equal(play(`${written}${grownBy(100)}`).verdict, 'passed');
    assert.match(
      play(`${written}${grownBy(99)}`).verdict,
      /^13: .*tcpi_bytes_acked is 100, before is 0/,
    );
  });

  it('knows no value before it is kept', () => {
    const text = `${ACCEPTED}+0 %{ assert before == 0 }%\n+0 %{ before = 0 }%\n`;
    const { diagnostics } = compilePackets(text, { file: 'a.pkt', profile: 'linux' });
    assert.match(diagnostics[0]?.message ?? '', /not supported: an assertion about `before`/);
  });
});
