/**
 * Starts the command line (`main.ts`) from the code that V8 made of it when it was built: compiling it anew takes as long as Node itself
 * takes to start. Another Node than that of the build does not know the code, and compiles.
 */

import { existsSync, readFileSync } from 'node:fs';
import { wrap } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What CommonJS makes of a file. */
type Wrapped = (
  exports: unknown,
  require: NodeJS.Require,
  module: NodeJS.Module,
  file: string,
  folder: string,
) => void;

const filename = join(__dirname, 'cli-main.js');
const code = join(__dirname, 'cli-main.cache');
// The bundle is ASCII: read as Latin-1 its characters take one octet each.
const source = wrap(readFileSync(filename, 'latin1'));
const script = new Script(source, {
  filename,
  ...(existsSync(code) ? { cachedData: readFileSync(code) } : {}),
});
const start: Wrapped = script.runInThisContext();
start(exports, require, module, filename, __dirname);
