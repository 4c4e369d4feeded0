/** RFC 9293 §3.10.7 SEGMENT ARRIVES: what every kind of segment meets in every state, as a decision table that has no gaps. */

import assert from 'node:assert/strict';
import { RULES } from '../../src/tcp/rules.js';
import { ACK, CWR, ECE, has, PSH, RST, SYN } from '../../src/tcp/segment.js';
import { isSynchronized } from '../../src/tcp/states.js';
import { golden } from '../golden.js';
import { readText } from '../sources.js';
import { arrive } from '../tcp/fixtures.js';
import { outcomeOf, type Situation, segmentOf, situations } from './cells.js';
import {
  type Cell,
  cellsOf,
  compress,
  type Line,
  linesOf,
  printTable,
  readTable,
} from './decision-table.js';

const FILE = 'rfc9293/segment-arrives.matrix';
const OUTCOME = inColumns('decided by', 'state', 'what comes of it');

const ABOUT = [
  'SEGMENT ARRIVES (RFC 9293 §3.10.7): what every kind of segment meets in every state.',
  '',
  'A line stands for all segments whose control bits, places of SEG.SEQ and SEG.ACK, octets of text and RCV.WND are among',
  'those that it names; `.` is any, `A..B` is A to B in the order below. Every segment is on exactly one line of its state.',
  '',
  'SEQ    old: far before RCV.NXT; NXT-1, NXT, NXT+1: of RCV.NXT; last: the last of the window; edge: the first behind it;',
  '       far: 5000 ahead. With RCV.WND=0 `NXT+1` to `edge` lie behind the window as well.',
  'ACKed  of SND.UNA and SND.NXT; UNA-MAX: SND.UNA-MAX.SND.WND, the oldest in the range of RFC 5961; ancient: one before it.',
  '       It stands in the field even when the ACK bit is off.',
  'The rule is the last that changed or sent something. `=`: the state stays. The profile is rfc9293.',
];

/** The lines of a situation, in the order of the rules that decide. */
function tableOf(situation: Situation): readonly Line[] {
  const { dimensions } = situation;
  const lines = compress(dimensions, (cell) => {
    const { tcb, segment } = segmentOf(situation, cell);
    return outcomeOf(tcb, segment);
  });
  const rank = ({ outcome }: Line) => RULES.findIndex(({ id }) => id === outcome.split(' ')[0]);
  return [...lines].sort((a, b) => rank(a) - rank(b) || compareSets(a.sets, b.sets));
}

function compareSets(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((set, i) => set !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function inColumns(rule: string, state: string, what: string): string {
  return `${rule.padEnd(25)} ${state.padEnd(11)} ${what}`.trimEnd();
}

function matrix(): string {
  const blocks = situations.map((situation) => {
    const lines = tableOf(situation).map(({ sets, outcome }) => {
      const [rule = '', state = '', ...rest] = outcome.split(' ');
      return { sets, outcome: inColumns(rule, state, rest.join(' ')) };
    });
    const count = [...cellsOf(situation.dimensions)].length;
    const title = `# ${situation.name}: ${count} segments, ${lines.length} lines`;
    return [title, ...printTable(situation.dimensions, lines, OUTCOME), ''].join('\n');
  });
  return [...ABOUT.map((line) => `# ${line}`.trimEnd()), '', ...blocks].join('\n');
}

/** The table of each situation, as it stands in the golden file. */
function written(): ReadonlyMap<string, readonly Line[]> {
  const blocks = readText(`test/${FILE}`).split('\n\n').slice(1);
  return new Map(
    blocks.map((block) => {
      const [title = '', , ...lines] = block.trimEnd().split('\n');
      const situation = situations.find(({ name }) => title.startsWith(`# ${name}: `));
      assert.ok(situation, title);
      return [situation.name, readTable(situation.dimensions, lines)];
    }),
  );
}

function each(look: (situation: Situation, cell: Cell) => void): void {
  for (const situation of situations) {
    for (const cell of cellsOf(situation.dimensions)) look(situation, cell);
  }
}

const describeCell = ({ name, dimensions }: Situation, cell: Cell) =>
  [name, ...dimensions.map((one, i) => `${one.name}=${one.values[cell[i] ?? 0]}`)].join(' ');

describe('SEGMENT ARRIVES, every kind of segment in every state', () => {
  it('is as the matrix says', () => {
    golden(FILE, matrix());
  }).timeout(60_000);

  it('is on exactly one line of the matrix, which tells the one rule that decides and what comes of it', () => {
    const tables = written();
    assert.deepEqual(
      [...tables.keys()],
      situations.map(({ name }) => name),
    );
    each((situation, cell) => {
      const found = linesOf(tables.get(situation.name) ?? [], cell);
      const { tcb, segment } = segmentOf(situation, cell);
      assert.deepEqual(
        found.map(({ outcome }) => outcome),
        [outcomeOf(tcb, segment)],
        describeCell(situation, cell),
      );
    });
  }).timeout(60_000);

  it('PSH, ECE and CWR change nothing of it', () => {
    for (const situation of situations) {
      // One segment of each line is enough: the other bits are looked at nowhere else.
      for (const { sets } of tableOf(situation)) {
        const cell = sets.map((set) => 31 - Math.clz32(set & -set));
        const { tcb, segment } = segmentOf(situation, cell);
        for (const bits of [PSH, ECE, CWR, PSH | ECE | CWR]) {
          const more = { ...segment, ctl: segment.ctl | bits };
          assert.equal(
            outcomeOf(tcb, more),
            outcomeOf(tcb, segment),
            describeCell(situation, cell),
          );
        }
      }
    }
  }).timeout(60_000);

  it('RSG-05 no RST is ever answered with a RST', () => {
    each((situation, cell) => {
      const { tcb, segment } = segmentOf(situation, cell);
      if (!has(segment, RST)) return;
      const { segments } = arrive(tcb, segment);
      assert.ok(!segments.some((sent) => has(sent, RST)), describeCell(situation, cell));
    });
  }).timeout(60_000);

  it('RSG-04 in synchronized states nothing is answered with a RST', () => {
    each((situation, cell) => {
      const { tcb, segment } = segmentOf(situation, cell);
      if (!isSynchronized(tcb.state)) return;
      const { segments } = arrive(tcb, segment);
      assert.ok(!segments.some((sent) => has(sent, RST)), describeCell(situation, cell));
    });
  }).timeout(60_000);

  it('a SYN in a synchronized state changes nothing but the count of challenges', () => {
    each((situation, cell) => {
      const { tcb, segment } = segmentOf(situation, cell);
      if (!isSynchronized(tcb.state) || !has(segment, SYN) || has(segment, RST)) return;
      const seen = arrive(tcb, segment);
      const where = describeCell(situation, cell);
      assert.equal(seen.state, tcb.state, where);
      assert.deepEqual([seen.tcb.snd, seen.tcb.rcv], [tcb.snd, tcb.rcv], where);
    });
  }).timeout(60_000);

  it('without ACK bit nothing but a RST or SYN changes the state', () => {
    each((situation, cell) => {
      const { tcb, segment } = segmentOf(situation, cell);
      if (has(segment, ACK) || has(segment, RST) || has(segment, SYN)) return;
      assert.equal(arrive(tcb, segment).state, tcb.state, describeCell(situation, cell));
    });
  }).timeout(60_000);
});
