/** Checked-in texts: compare, show the first difference, update on request. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const testFolder = __dirname;

/**
 * Compares `actual` with the file `name` (relative to `test/`, as `scenarios/lost-syn.trace`).
 * `UPDATE_GOLDEN=1` writes the file. A difference leaves `NAME.actual` beside it, which git ignores.
 */
export function golden(name: string, actual: string): void {
  const file = path.resolve(testFolder, name);
  const leftover = `${file}.actual`;
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, actual);
    rmSync(leftover, { force: true });
    return;
  }
  const expected = existsSync(file)
    ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
    : undefined;
  if (expected === actual) {
    rmSync(leftover, { force: true });
    return;
  }
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(leftover, actual);
  const what = expected === undefined ? 'does not exist' : firstDifference(expected, actual);
  assert.fail(`test/${name} ${what}\nCompare it with ${leftover}; UPDATE_GOLDEN=1 accepts that.`);
}

/** `differs in line 3:` and that line of both texts. */
function firstDifference(expected: string, actual: string): string {
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  const at = after.findIndex((line, i) => line !== before[i]);
  const line = at < 0 ? after.length : at;
  const show = (text: string | undefined) => (text === undefined ? '(no such line)' : `"${text}"`);
  return `differs in line ${line + 1}:\n  expected ${show(before[line])}\n  actual   ${show(after[line])}`;
}
