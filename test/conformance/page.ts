/** docs/conformance.md: every row of the table with its verdict, the rules that decided and the tests. */

import { PROFILE_NAMES, READINGS, read } from './readings.js';
import type { TestRecord } from './recorder.js';
import { OPEN, OUT_OF_SCOPE } from './scope.js';
import type { Behaviour, Group } from './table.js';
import { ID } from './table.js';

export type Verdict = 'passed' | 'failed' | 'open' | 'out of scope' | 'no test';

/** What is known of a row. */
export interface Finding {
  readonly row: Behaviour;
  readonly verdict: Verdict;
  readonly tests: readonly TestRecord[];
  /** Why it has no test; undefined when it has one. */
  readonly reason: string | undefined;
}

/** A row with all tests that name it in their title or their suite's. */
export function findingOf(row: Behaviour, records: readonly TestRecord[]): Finding {
  const tests = records.filter((one) => namesIn(one).includes(row.id));
  const group = row.id.slice(0, 3);
  const reason = OUT_OF_SCOPE[row.id] ?? OUT_OF_SCOPE[group] ?? OPEN[row.id];
  return { row, verdict: verdictOf(row.id, tests), tests, reason };
}

function namesIn({ suite, title }: TestRecord): readonly string[] {
  return `${suite} ${title}`.match(ID) ?? [];
}

function verdictOf(id: string, tests: readonly TestRecord[]): Verdict {
  if (tests.some(({ passed }) => !passed)) return 'failed';
  if (id in OPEN) return 'open';
  if (tests.length > 0) return 'passed';
  return id in OUT_OF_SCOPE || id.slice(0, 3) in OUT_OF_SCOPE ? 'out of scope' : 'no test';
}

/** The whole page. */
export function page(groups: readonly Group[], findings: readonly Finding[]): string {
  const of = (group: Group) => findings.filter(({ row }) => group.rows.includes(row));
  return [
    ABOUT,
    '## Summary\n',
    summary(groups, of),
    '## Where the text can be read in more than one way\n',
    readings(),
    '## Rows without a test\n',
    reasons(findings),
    ...groups.flatMap((group) => [`## ${group.name}: ${group.subject}\n`, rowsOf(of(group))]),
  ].join('\n');
}

const ABOUT = `# Conformance

What this TCP does, behaviour by behaviour, and the test that shows it. Each row is one assertion about the management of connections:
a situation, what happens in it, and the response that RFC 9293 and its companions ask for. A bare § is a section of RFC 9293, other
RFCs have their number before it; "practice" is what no standard says.

The verdict comes from running the tests; the rules are those that decided in them, by the names that breakpoints and traces use.
All rows are about the profile \`rfc9293\` unless a test says otherwise; [profiles.md](profiles.md) tells how the others differ. This page is
written by \`npm run conformance\`; do not edit it.
`;

function summary(groups: readonly Group[], of: (group: Group) => readonly Finding[]): string {
  const verdicts: readonly Verdict[] = ['passed', 'failed', 'open', 'out of scope', 'no test'];
  const all = groups.flatMap(of);
  const used = verdicts.filter((verdict) => all.some((one) => one.verdict === verdict));
  const line = (name: string, some: readonly Finding[]) => {
    const counts = used.map((verdict) => some.filter((one) => one.verdict === verdict).length);
    return [name, some.length, ...counts.map((count) => (count === 0 ? '' : count))];
  };
  return table(
    ['Group', 'Rows', ...used],
    [
      ...groups.map((group) =>
        line(`[${group.name}](#${anchor(group)}) ${group.subject}`, of(group)),
      ),
      line('all', all),
    ],
  );
}

/** What GitHub and VS Code make of a heading. */
function anchor({ name, subject }: Group): string {
  return `${name}: ${subject}`
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function readings(): string {
  return table(
    ['Id', 'Question', ...PROFILE_NAMES.map((name) => `\`${name}\``)],
    READINGS.map((reading) => [
      reading.id,
      reading.question,
      ...PROFILE_NAMES.map((name) => read(reading, name)),
    ]),
  );
}

function reasons(findings: readonly Finding[]): string {
  const without = findings.filter(
    ({ reason, verdict }) => reason !== undefined && verdict !== 'passed',
  );
  const groups = new Set(without.map(({ row }) => row.id.slice(0, 3)));
  const lines = [...groups].flatMap((group) => {
    const whole = OUT_OF_SCOPE[group];
    if (whole !== undefined) return [[`${group}-*`, 'out of scope', whole]];
    return without
      .filter(({ row }) => row.id.startsWith(group))
      .map(({ row, verdict, reason }) => [row.id, verdict, reason ?? '']);
  });
  return table(['Id', 'Verdict', 'Reason'], lines);
}

function rowsOf(findings: readonly Finding[]): string {
  return table(
    ['Id', 'Situation', 'Response', 'Section', 'Verdict', 'Rule', 'Test'],
    findings.map((finding) => {
      const { row, verdict, tests } = finding;
      const { id, situation, response, section } = row;
      return [id, situation, response, section, verdict, rules(tests), links(tests)];
    }),
  );
}

/** A test of a whole story meets many rules: then none of them says much. */
const TELLING = 3;

function rules(tests: readonly TestRecord[]): string {
  const sets = tests.map((test) => test.rules).filter((some) => some.length > 0);
  const shortest = Math.min(...sets.map(({ length }) => length));
  const told = new Set(sets.filter(({ length }) => length === shortest).flat());
  return told.size > TELLING ? '' : [...told].map((id) => `\`${id}\``).join(', ');
}

function links(tests: readonly TestRecord[]): string {
  const [first, ...more] = tests;
  if (first === undefined) return '';
  const name = first.file.replace(/^test\//, '').replace(/\.test\.ts$/, '');
  const count = more.length === 0 ? '' : `, ${more.length} more`;
  return `${plain(first.title)} ([${name}](../${first.file})${count})`;
}

/** A title without its ids. */
function plain(title: string): string {
  const text = title
    .replace(ID, '')
    .replace(/\([\s,]+/g, '(')
    .replace(/[\s,]+\)/g, ')')
    .replaceAll('()', '')
    .replace(/\s+/g, ' ');
  return text.replace(/^[\s,:]+/, '').trim();
}

function table(heads: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  const print = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [print(heads), print(heads.map(() => '---')), ...lines.map(print), ''].join('\n');
}

/** Segments and comparisons would be HTML; a bar would end the cell. */
function cell(text: string | number): string {
  return String(text).replace(/[<|](?![^`]*`(?:[^`]*`[^`]*`)*[^`]*$)/g, (sign) =>
    sign === '<' ? '&lt;' : '\\|',
  );
}
