/** Recordings of a kernel with mistakes in them: each is refused at its place or run to a verdict, and nothing is thrown. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { finish, startRun } from '../../../src/run/run.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../profiles/kernel');
const recordings = readdirSync(folder)
  .filter((name) => name.endsWith('.pkt'))
  .map((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
const everyLine = recordings.flat();
const everyWord = [...new Set(everyLine.flatMap((line) => line.split(/[\s,()]+/)))];

/** Changes the lines at a place, which may be any number. */
type Mutation = (lines: readonly string[], place: number) => readonly string[];

function spliced(
  lines: readonly string[],
  place: number,
  count: number,
  ...others: readonly string[]
): readonly string[] {
  return [...lines.slice(0, place), ...others, ...lines.slice(place + count)];
}

const deleted: Mutation = (lines, place) => spliced(lines, place, 1);
const truncated: Mutation = (lines, place) => lines.slice(0, place + 1);
const doubled: Mutation = (lines, place) => spliced(lines, place, 0, lines[place] ?? '');

const inserted = fc.constantFrom(...everyLine).map(
  (line): Mutation =>
    (lines, place) =>
      spliced(lines, place, 0, line),
);

const numbers = fc.constantFrom('-1', '0', '1', '65536', '2147483648', '4294967295', '1e12');
const renumbered = numbers.map(
  (number): Mutation =>
    (lines, place) =>
      spliced(lines, place, 1, (lines[place] ?? '').replace(/\d+(?=\D*$)/, number)),
);

const wordChanged = fc.tuple(fc.constantFrom(...everyWord), fc.nat()).map(
  ([word, at]): Mutation =>
    (lines, place) => {
      const words = (lines[place] ?? '').split(' ');
      return spliced(lines, place, 1, spliced(words, at % words.length, 1, word).join(' '));
    },
);

const signs = fc.constantFrom(...'()[]{}<>"`,:.+~*!%', '%{', '}%', '...', '//', '/*', '\0', '🙂');
const signPut = fc.tuple(signs, fc.nat(), fc.nat(2)).map(([sign, at, over]): Mutation => {
  return (lines, place) => {
    const line = lines[place] ?? '';
    const begin = at % (line.length + 1);
    return spliced(lines, place, 1, line.slice(0, begin) + sign + line.slice(begin + over));
  };
});

const mutation = fc.oneof(
  fc.constantFrom(deleted, truncated, doubled),
  inserted,
  renumbered,
  wordChanged,
  signPut,
);

const script = fc
  .tuple(
    fc.constantFrom(...recordings),
    fc.array(fc.tuple(mutation, fc.nat()), { minLength: 1, maxLength: 5 }),
  )
  .map(([lines, changes]) =>
    changes
      .reduce(
        (changed, [change, place]) =>
          changed.length === 0 ? changed : change(changed, place % changed.length),
        lines as readonly string[],
      )
      .join('\n'),
  );

describe('mutated packetdrill scripts', () => {
  it('are refused, or run to their end', () => {
    fc.assert(
      fc.property(script, fc.constantFrom('linux', 'freebsd', 'rfc9293'), (text, profile) => {
        const { program } = compilePackets(text, { file: 'x.pkt', profile });
        if (program) finish(startRun(program));
      }),
      { numRuns: 2_000 },
    );
  }).timeout(60_000);
});
