/** Every example does what it says, and does it again: same script and seed, same bytes. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { finish, startRun } from '../../src/run/run.js';
import { golden } from '../golden.js';
import { programsOf, root, traceOf } from './scenario.js';

function scriptsIn(folder: string): readonly string[] {
  const files = readdirSync(path.join(root, folder)).sort();
  return files.filter((file) => file.endsWith('.tcpflow')).map((file) => `${folder}/${file}`);
}

/** The readable records of all scenarios of a file, each under its name. */
function traces(file: string): string {
  return programsOf(file)
    .map((program) => {
      const run = startRun(program);
      finish(run);
      return `## ${program.scenario}\n${traceOf(run)}`;
    })
    .join('\n');
}

describe('examples', () => {
  for (const file of scriptsIn('examples')) {
    it(`${file}: all expectations hold`, () => {
      for (const program of programsOf(file)) {
        const results = finish(startRun(program));
        const told = results.failures.map(({ message }) => message);
        assert.deepEqual({ told, verdict: results.verdict }, { told: [], verdict: 'passed' });
      }
    });

    it(`${file}: two runs give equal bytes`, () => {
      assert.equal(traces(file), traces(file));
    });
  }
});

describe('scenarios', () => {
  for (const file of scriptsIn('test/scenarios')) {
    it(`${file}: passes and leaves its record`, () => {
      for (const program of programsOf(file)) {
        const results = finish(startRun(program));
        const told = results.failures.map(({ message }) => message);
        assert.deepEqual({ told, verdict: results.verdict }, { told: [], verdict: 'passed' });
      }
      golden(file.replace('test/', '').replace('.tcpflow', '.trace'), traces(file));
    });
  }
});
