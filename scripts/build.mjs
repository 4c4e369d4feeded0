/**
 * Bundles the extension, the debug server, the command line and the webview with esbuild.
 *
 *   node scripts/build.mjs            readable output with source maps
 *   node scripts/build.mjs --minify   what the .vsix holds: small, without source maps
 *   node scripts/build.mjs --watch    builds again whenever a source changes
 *
 * `--out FOLDER` puts `dist` and `media` there instead of into the project's folder.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { root } from './tools.mjs';

const { values: options } = parseArgs({
  options: {
    minify: { type: 'boolean' },
    watch: { type: 'boolean' },
    out: { type: 'string', default: root },
  },
});
const inOut = (...names) => path.join(path.resolve(options.out), ...names);

const shared = {
  external: ['vscode'],
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  target: 'es2022',
  charset: 'utf8',
  minify: options.minify === true,
  sourcemap: options.minify !== true,
  legalComments: 'none', // the licences are written to dist/licenses.txt
  metafile: true,
  logLevel: 'warning',
};
const node = { ...shared, platform: 'node', target: 'node20' };
const browser = {
  ...shared,
  platform: 'browser',
  mainFields: ['browser', 'module', 'main'],
  alias: { events: './scripts/shims/events.js', url: './scripts/shims/url.js' },
  define: { 'process.platform': '"web"' },
};
const script = { js: '#!/usr/bin/env node' };

/** In the package the server takes the debugger from the extension beside it: alone it would be nearly half of the package. */
const sharedDebugger = {
  name: 'shared-debugger',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/session\.js$/ }, ({ importer }) =>
      importer.endsWith('server.ts') ? { path: './extension.js', external: true } : undefined,
    ),
};

const bundles = [
  // One for both hosts: nothing that the extension does needs Node.
  {
    ...browser,
    entryPoints: ['src/vscode/main.ts'],
    outfile: inOut('dist/extension.js'),
  },
  {
    ...node,
    entryPoints: ['src/debug/server.ts'],
    outfile: inOut('dist/debug-server.js'),
    plugins: shared.minify ? [sharedDebugger] : [],
  },
  { ...node, entryPoints: ['src/cli/launch.ts'], outfile: inOut('dist/cli.js'), banner: script },
  {
    ...node,
    entryPoints: ['src/cli/main.ts'],
    outfile: inOut('dist/cli-main.js'),
    charset: 'ascii',
  },
  {
    ...browser,
    format: 'iife',
    entryPoints: ['src/webview/main.ts', 'src/webview/style.css'],
    outdir: inOut('media/webview'),
  },
];

/** The licence texts of all packages that ended up in a bundle. */
function writeLicenses(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const found = inputs.map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  const packages = [...new Set(found.filter((name) => name !== undefined))].sort();
  const texts = packages.map((name) => {
    const folder = path.join(root, 'node_modules', name);
    const file = readdirSync(folder).find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
    if (file === undefined) throw new Error(`${name} is bundled, but has no licence to pass on`);
    return `${name}\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
  });
  writeFileSync(inOut('dist/licenses.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** The command line as V8 has compiled it; of an earlier build it would be other code. */
function forgetCode() {
  rmSync(inOut('dist/cli-main.cache'), { force: true });
}

function keepCode() {
  const maker = path.join(root, 'scripts/code-cache.cjs');
  execFileSync(process.execPath, [maker, inOut('dist/cli-main.js')], { stdio: 'ignore' });
}

async function buildAll() {
  mkdirSync(inOut('dist'), { recursive: true });
  forgetCode();
  const results = await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
  writeLicenses(results.map((result) => result.metafile));
  keepCode();
  chmodSync(inOut('dist/cli.js'), 0o755);
  for (const { metafile } of results) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      // A source map of an earlier build would describe other code.
      if (options.minify) rmSync(path.join(root, `${file}.map`), { force: true });
      if (!file.endsWith('.map')) console.log(`${file.padEnd(30)} ${Math.ceil(bytes / 1024)} kB`);
    }
  }
}

async function watchAll() {
  forgetCode();
  for (const bundle of bundles) {
    const context = await esbuild.context({ ...bundle, logLevel: 'info' });
    await context.watch();
  }
}

try {
  await (options.watch ? watchAll() : buildAll());
} catch (error) {
  // esbuild has printed its errors already.
  if (error.errors === undefined) console.error(error);
  process.exitCode = 1;
}
