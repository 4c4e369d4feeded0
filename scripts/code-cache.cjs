/**
 * Runs a scenario with the bundled command line and writes the code that V8 made for it beside it, for src/cli/launch.ts.
 *
 *   node scripts/code-cache.cjs dist/cli-main.js
 */
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { Script } = require('node:vm');

const filename = path.resolve(process.argv[2]);
const code = filename.replace(/\.js$/, '.cache');
const script = new Script(Module.wrap(readFileSync(filename, 'latin1')), { filename });
process.on('exit', () => {
  writeFileSync(`${code}.new`, script.createCachedData());
  renameSync(`${code}.new`, code);
});
const example = path.join(__dirname, '../examples/handshake.tcpflow');
process.argv = [process.execPath, filename, 'run', example];
script.runInThisContext()(exports, require, module, filename, path.dirname(filename));
