/** What goes wrong with the lines of a random script: segments are lost, come twice, change places, or are not quite what they should be. */

import type { Dice } from '../../../test/fuzz/dice.js';
import type { Arrival, Line } from './draft.js';

/** The lines with some slips. `often`: of how many lines; the first ones, which make the connection, have none. */
export function withSlips(
  lines: readonly Line[],
  begin: number,
  dice: Dice,
  often: number,
): readonly Line[] {
  const slipped: Line[] = [...lines.slice(0, begin)];
  for (const line of lines.slice(begin)) {
    const { what } = line;
    if (typeof what === 'string' || !dice.chance(often)) slipped.push(line);
    else slipped.push(...slip(line, what, slipped, dice));
  }
  return slipped;
}

/** What becomes of a line; it may go before the line that was written last. */
function slip(line: Line, what: Arrival, before: Line[], dice: Dice): readonly Line[] {
  const changed = (change: Partial<Arrival>) => [{ ...line, what: { ...what, ...change } }];
  return dice.weighted<() => readonly Line[]>([
    [3, () => []],
    [3, () => [line, { ...line, wait: dice.one(0, 1, 10, 100) }]],
    [3, () => [line, ...[before.pop()].filter((last) => last !== undefined)]],
    [2, () => changed({ seq: what.seq + dice.one(-1, 1, -100, 100, 1000) })],
    [2, () => changed({ ack: (what.ack ?? 1) + dice.one(-1, 1, -500, 500) })],
    [1, () => changed({ ack: undefined, flags: what.flags.replace('.', '') || '-' })],
    [2, () => changed({ window: dice.one(0, 1, what.window - 1, what.window * 2, 65_535) })],
    [1, () => changed({ options: [] })],
    [1, () => changed({ flags: mixed(what.flags, dice) })],
    [1, () => changed({ length: what.length + dice.one(1, 10, 2000) })],
  ])();
}

/** The flags with one more. */
function mixed(flags: string, dice: Dice): string {
  const more = dice.one('F', 'S', 'R', 'P', 'U', 'E', 'W');
  const letters = [...'FSRPEWU'].filter((letter) => flags.includes(letter) || letter === more);
  return `${letters.join('')}${flags.includes('.') ? '.' : ''}`;
}
