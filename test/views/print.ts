/** Items of the diagram as lines of text: what the goldens compare. */

import type { Item, Lane } from '../../src/views/contract.js';
import { createSequence, type Source } from '../../src/views/sequence.js';
import { axisTime, flagsLabel, numbersLabel, remarks } from '../../src/views/words.js';

/** The whole diagram of a record, one line an item, top down. */
export function printDiagram(source: Source): string {
  const sequence = createSequence(source);
  sequence.extend();
  const { items } = sequence.window(0, sequence.height());
  const sorted = [...items].sort((a, b) => a.y - b.y || a.place.step - b.place.step);
  const lines = sorted.map((item) => printItem(item, source.lanes));
  return [`height ${sequence.height()}`, ...lines, ''].join('\n');
}

function printItem(item: Item, lanes: readonly Lane[]): string {
  const at = `${item.place.step}/${item.place.microstep}`.padStart(6);
  return `${String(item.y).padStart(5)} ${at}  ${describe(item, lanes)}`;
}

function describe(item: Item, lanes: readonly Lane[]): string {
  const name = (lane: number) => lanes[lane]?.name ?? '?';
  switch (item.kind) {
    case 'time':
      return `--- ${axisTime(item.at)}`;
    case 'gap':
      return `~~~ ${item.text} (${item.height})`;
    case 'note':
      return `*** ${item.what}: ${item.text}`;
    case 'mark':
      return `${name(item.lane)} ${item.what} "${item.text}"${beside(item)}`;
    case 'state': {
      const who = [name(item.lane), item.connection].filter((word) => word !== '').join('.');
      return `${who} ${item.from} -> ${item.to}${beside(item)}`;
    }
    case 'arrow': {
      const { segment, arrival, reach } = item;
      const numbers = numbersLabel(segment, { numbers: 'absolute' });
      const relative = numbersLabel(segment, { numbers: 'relative' });
      const end = arrival ? `arrives ${arrival.y} in step ${arrival.step}` : `reaches ${reach}`;
      const extra = [remarks(item), item.crossing ? 'crossing' : ''].filter((word) => word !== '');
      const more = extra.length > 0 ? ` (${extra.join(', ')})` : '';
      const way = `${name(item.from)} --> ${name(item.to)}`;
      return `${way}  ${flagsLabel(segment)} ${numbers} [${relative}]  ${end}${more}`;
    }
  }
}

function beside({ side, y, textY }: { side: string; y: number; textY: number }): string {
  return `  ${side}${textY === y ? '' : ` at ${textY}`}`;
}
