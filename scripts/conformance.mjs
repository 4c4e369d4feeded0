/** Writes docs/conformance.md anew from the tests: `npm run conformance`. */
import { run } from './tools.mjs';

const mocha = ['node_modules/mocha/bin/mocha.js', '--no-config', '-r', 'tsx/cjs'];
const test = 'test/conformance/conformance.test.ts';
const env = { ...process.env, UPDATE_GOLDEN: '1' };
process.exitCode = run(process.execPath, [...mocha, '--timeout', '60000', test], { env });
