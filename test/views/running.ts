/** The views' source from a real run of a script: what the debug session gives them. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createHistory } from '../../src/debug/history.js';
import { momentAt } from '../../src/debug/moment.js';
import { pastOf } from '../../src/debug/table-items.js';
import { feedSource } from '../../src/debug/view-feed.js';
import { compile } from '../../src/lang/compile.js';
import { finish, startRun } from '../../src/run/run.js';
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
  return feedSource(run, pastOf(history, run), (place) => momentAt(run, place));
}
