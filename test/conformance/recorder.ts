/** A mocha plugin: writes what each test was named, how it ended and which rules decided in it. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RootHookObject } from 'mocha';
import { root } from '../sources.js';
import { deciders } from '../tcp/deciders.js';

/** What the plugin knows of a test. */
export interface TestRecord {
  /** Relative to the project's folder, with forward slashes. */
  readonly file: string;
  readonly suite: string;
  readonly title: string;
  readonly passed: boolean;
  readonly rules: readonly string[];
}

const records: TestRecord[] = [];

export const mochaHooks: RootHookObject = {
  beforeEach() {
    deciders.clear();
  },
  afterEach(this: Mocha.Context) {
    const test = this.currentTest;
    if (test === undefined) return;
    records.push({
      file: path
        .relative(root, test.file ?? '')
        .split(path.sep)
        .join('/'),
      suite: test.parent?.fullTitle() ?? '',
      title: test.title,
      passed: test.state === 'passed',
      rules: [...deciders],
    });
  },
  afterAll() {
    const file = process.env.TCPFLOW_RECORDS;
    if (file !== undefined) writeFileSync(file, JSON.stringify(records));
  },
};
