/** Packs the extension: `npm run package` leaves tcpflow-VERSION.vsix in the project's folder. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, fail, root, run, runPackage } from './tools.mjs';

const limitKb = 600; // people fetch it over classroom networks

ensureInstalled();
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const { values: options } = parseArgs({
  options: { out: { type: 'string', short: 'o', default: `tcpflow-${version}.vsix` } },
});
const file = path.resolve(root, options.out);

if (run(process.execPath, ['scripts/build.mjs', '--minify']) !== 0) fail('The build failed.');
// The pictures would be two thirds of the package, and a relative link to them leads nowhere from an installed extension.
const readme = path.join(root, 'dist/README.md');
const pictures = /^!\[.*\]\(docs\/images\/.*\)\n\n?/gm;
writeFileSync(readme, readFileSync(path.join(root, 'README.md'), 'utf8').replaceAll(pictures, ''));

const packed = runPackage('@vscode/vsce', 'vsce', [
  'package',
  '--no-dependencies', // everything is bundled
  '--allow-missing-repository',
  '--no-rewrite-relative-links',
  '--readme-path',
  'dist/README.md',
  '--out',
  file,
]);
if (packed !== 0) fail('vsce could not pack the extension.');

const kb = Math.ceil(statSync(file).size / 1000);
console.log(`${path.relative(root, file)}: ${kb} kB of at most ${limitKb} kB`);
if (kb > limitKb) {
  fail(`The .vsix is too large. "npx vsce ls --tree" shows what it holds; .vscodeignore decides.`);
}
