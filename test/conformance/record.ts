/** Runs the tests that name rows of the table, in a process of their own, and tells how they ended. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { projectFiles, readText, root } from '../sources.js';
import type { TestRecord } from './recorder.js';
import { ID } from './table.js';

const THIS = 'test/conformance/conformance.test.ts';

/** The records of all tests in files that name an id. */
export function runTests(ids: ReadonlySet<string>): readonly TestRecord[] {
  const files = projectFiles().filter((file) => isTest(file) && namesOne(file, ids));
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'tcpflow-conformance-'));
  const out = path.join(scratch, 'records.json');
  try {
    const mocha = createRequire(__filename).resolve('mocha/bin/mocha.js');
    const options = ['--no-config', '--timeout', '60000', '--reporter', 'min'];
    const plugins = ['-r', 'tsx/cjs', '-r', './test/conformance/recorder.ts'];
    const env = { ...process.env, TCPFLOW_RECORDS: out, UPDATE_GOLDEN: '' };
    const ran = spawnSync(process.execPath, [mocha, ...options, ...plugins, ...files], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    if (ran.status === null || ran.stderr.includes('Error: Cannot find'))
      throw new Error(ran.stderr);
    return JSON.parse(readFileSync(out, 'utf8')) as readonly TestRecord[];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function isTest(file: string): boolean {
  return file.startsWith('test/') && file.endsWith('.test.ts') && file !== THIS;
}

function namesOne(file: string, ids: ReadonlySet<string>): boolean {
  return (readText(file).match(ID) ?? []).some((id) => ids.has(id));
}
