/** Takes the README's pictures from the running product: `npm run pictures` writes docs/images/*.png. */
import path from 'node:path';
import { installTools } from '../test/e2e/tools/install.mjs';
import { chromiumHint, ensureChromium } from './chromium.mjs';
import { ensureInstalled, fail, run, scratchFolder } from './tools.mjs';

ensureInstalled();
const problem = installTools();
if (problem !== undefined) fail(problem);
const chromium = ensureChromium();
if (chromium === undefined) fail(`There is no chromium; ${chromiumHint}`);

const vsix = path.join(scratchFolder('pictures'), 'tcpflow.vsix');
if (run(process.execPath, ['scripts/package.mjs', '--out', vsix]) !== 0) fail('Packing failed.');
const env = { ...process.env, CHROMIUM: chromium, TCPFLOW_VSIX: vsix };
process.exitCode = run(process.execPath, ['--require', 'tsx/cjs', 'scripts/pictures.ts'], { env });
