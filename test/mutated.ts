/** Scripts that others wrote with mistakes in them: lines lost, doubled and exchanged, other words, numbers and signs. */

import fc from 'fast-check';

/** Changes the lines at a place. */
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

const numbers = fc.constantFrom('-1', '0', '1', '65536', '2147483648', '4294967295', '1e12');
const renumbered = numbers.map((number): Mutation => {
  return (lines, place) =>
    spliced(lines, place, 1, (lines[place] ?? '').replace(/\d+(?=\D*$)/, number));
});

const signs = fc.constantFrom(...'()[]{}<>"`,:.+~*!%#', '%{', '}%', '...', '//', '->', '\0', '🙂');
const signPut = fc.tuple(signs, fc.nat(), fc.nat(2)).map(([sign, at, over]): Mutation => {
  return (lines, place) => {
    const line = lines[place] ?? '';
    const begin = at % (line.length + 1);
    return spliced(lines, place, 1, line.slice(0, begin) + sign + line.slice(begin + over));
  };
});

/** One of these texts, changed at up to five places. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const scripts = texts.map((text) => text.split('\n'));
  const everyLine = scripts.flat();
  const everyWord = [...new Set(everyLine.flatMap((line) => line.split(/[\s,()]+/)))];
  const inserted = fc.constantFrom(...everyLine).map((line): Mutation => {
    return (lines, place) => spliced(lines, place, 0, line);
  });
  const wordChanged = fc
    .tuple(fc.constantFrom(...everyWord), fc.nat(), fc.nat(1))
    .map(([word, at, over]): Mutation => {
      return (lines, place) => {
        const words = (lines[place] ?? '').split(' ');
        return spliced(lines, place, 1, spliced(words, at % words.length, over, word).join(' '));
      };
    });
  const simple = fc.constantFrom(deleted, truncated, doubled);
  const mutation = fc.oneof(simple, inserted, renumbered, wordChanged, signPut);
  const changes = fc.array(fc.tuple(mutation, fc.nat()), { minLength: 1, maxLength: 5 });
  return fc.tuple(fc.constantFrom(...scripts), changes).map(([lines, all]) => {
    const change = (changed: readonly string[], [mutate, place]: [Mutation, number]) =>
      changed.length === 0 ? changed : mutate(changed, place % changed.length);
    return all.reduce(change, lines as readonly string[]).join('\n');
  });
}
