/** Packs the extension: `npm run package` leaves tcpflow-VERSION.vsix in the project's folder. */
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, fail, root, run, runPackage, scratchFolder } from './tools.mjs';

const limitKb = 500; // people fetch it over classroom networks

ensureInstalled();
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const { values: options } = parseArgs({
  options: { out: { type: 'string', short: 'o', default: `tcpflow-${version}.vsix` } },
});
const file = path.resolve(root, options.out);

// In a folder of its own: a build that goes on beside it, as `npm run watch` does, cannot slip into the package.
const staging = scratchFolder('package');
const build = ['scripts/build.mjs', '--minify', '--out', staging];
if (run(process.execPath, build) !== 0) fail('The build failed.');
for (const name of [
  '.vscodeignore',
  'CHANGELOG.md',
  'LICENSE',
  'media',
  'package.json',
  'syntaxes',
]) {
  const isBuilt = (source) => path.relative(root, source) === path.join('media', 'webview');
  const filter = (source) => !isBuilt(source);
  cpSync(path.join(root, name), path.join(staging, name), { recursive: true, filter });
}
// Pictures would be half of the package, and a relative link to them leads nowhere from an installed extension.
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const pictures = /^!\[.*\]\(docs\/images\/.*\)\n\n?/gm;
writeFileSync(path.join(staging, 'README.md'), readme.replaceAll(pictures, ''));
const flags = [
  '--no-dependencies', // everything is bundled
  '--allow-missing-repository',
  '--no-rewrite-relative-links',
];
const vsce = ['package', ...flags, '--out', file];
if (runPackage('@vscode/vsce', 'vsce', vsce, { cwd: staging }) !== 0) {
  fail('vsce could not pack the extension.');
}

const kb = Math.ceil(statSync(file).size / 1000);
console.log(`${path.relative(root, file)}: ${kb} kB of at most ${limitKb} kB`);
if (kb > limitKb) {
  fail(`The .vsix is too large. "npx vsce ls --tree" shows what it holds; .vscodeignore decides.`);
}
