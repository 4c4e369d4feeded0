/** Which known word was probably meant: `sever` is nearly `server`. */

/**
 * The nearest of `known`, if it is near enough: at most a third of the letters wrong. Of equally near ones
 * that of the same length (`form`: `from`, not `for`), then the first.
 */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > 40) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  // Any letter is near any other: a name of one is nothing but that.
  const wrong = Math.min(wanted.length - 1, Math.max(1, Math.floor(wanted.length / 3)));
  let bestDistance = wrong + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const unequal = candidate.length === wanted.length ? 0 : 0.5;
    const distance = editDistance(wanted, candidate.toLowerCase()) + unequal;
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Letters to insert, delete, replace or swap with their neighbour to get from one word to the other. */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      let cost = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = above;
    above = row;
  }
  return above[to.length]!;
}

/** `client, server and attacker`. */
export function listed(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
