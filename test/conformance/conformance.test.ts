/** Every row of the table of behaviours has a test that names it, or a reason why not; docs/conformance.md tells it all. */

import assert from 'node:assert/strict';
import { golden } from '../golden.js';
import type { Finding } from './page.js';
import { findingOf, page } from './page.js';
import { runTests } from './record.js';
import type { TestRecord } from './recorder.js';
import { OPEN, OUT_OF_SCOPE } from './scope.js';
import { readGroups } from './table.js';

const groups = readGroups();
const rows = groups.flatMap((group) => group.rows);
const ids = new Set(rows.map(({ id }) => id));

describe('the table of behaviours', () => {
  it('has 532 rows with an id each', () => {
    assert.equal(rows.length, 532);
    assert.equal(ids.size, 532);
  });

  it('names only rows that exist as open or out of scope', () => {
    const names = new Set(groups.map(({ name }) => name));
    const declared = [...Object.keys(OUT_OF_SCOPE), ...Object.keys(OPEN)];
    assert.deepEqual(
      declared.filter((name) => !ids.has(name) && !names.has(name)),
      [],
    );
  });
});

describe('conformance', () => {
  let records: readonly TestRecord[] = [];
  let all: readonly Finding[] = [];
  const those = (verdict: string) =>
    all.filter((one) => one.verdict === verdict).map(({ row }) => row.id);

  before('run the tests that name a behaviour', function () {
    this.timeout(180_000);
    records = runTests(ids);
    all = rows.map((row) => findingOf(row, records));
  });

  it('every behaviour is named by a test, or it is said why not', () => {
    assert.deepEqual(those('no test'), []);
  });

  it('what is declared out of scope or open has no test that says otherwise', () => {
    const tested = all.filter(({ reason, tests }) => reason !== undefined && tests.length > 0);
    assert.deepEqual(
      tested.map(({ row }) => row.id),
      [],
    );
  });

  it('every test of a behaviour passes', () => {
    const failing = records.filter(({ passed }) => !passed);
    assert.deepEqual(
      failing.map(({ file, title }) => `${file}: ${title}`),
      [],
    );
  });

  it('docs/conformance.md says so', () => {
    golden('../docs/conformance.md', page(groups, all));
  });
});
