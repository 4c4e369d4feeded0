/** The views' source from a real run of a script: what the debug session gives them. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createHistory, type History } from '../../src/debug/history.js';
import { momentAt } from '../../src/debug/moment.js';
import { pastOf, tableSource } from '../../src/debug/table-items.js';
import { compile } from '../../src/lang/compile.js';
import { finish, type Run, startRun } from '../../src/run/run.js';
import type { FeedSource } from '../../src/views/feed.js';

const root = path.resolve(__dirname, '../..');

/** A script of the project, run to its end. */
export function example(file: string): FeedSource {
  return running(readFileSync(path.join(root, 'examples', file), 'utf8'));
}

/** A script's text, run to its end. */
export function running(text: string): FeedSource {
  const { program } = compile(text, { file: 'test.tcpflow' });
  if (program === undefined) throw new Error('the script has errors');
  const run = startRun(program);
  const history = createHistory();
  run.timeline.observe(history);
  finish(run);
  return sourceOf(run, history);
}

function sourceOf(run: Run, history: History): FeedSource {
  const { program, timeline } = run;
  const past = pastOf(history, run);
  return {
    title: program.scenario,
    lanes: program.hosts.map(({ name, address, role }) => ({ name, address, role })),
    length: timeline.length,
    step: timeline.step,
    statement: (index) => program.instructions[index]?.text ?? '',
    connectionName: ({ id }) => `c${id}`,
    table: (place, host) => tableSource(momentAt(run, place), host, past),
  };
}
