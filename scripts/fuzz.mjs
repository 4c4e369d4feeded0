/**
 * Random scripts, with invariants checked after each event: `npm run fuzz -- --seconds N [--seed S] [--out FOLDER] [--json]`.
 * Each kind of defect leaves its smallest script as a .tcpflow and what is wrong as a .txt beside it;
 * with --json each is an object on a line of its own, and so is what the run comes to.
 */
import { ensureInstalled, run } from './tools.mjs';

ensureInstalled();
const args = ['--require', 'tsx/cjs', 'scripts/fuzz.ts', ...process.argv.slice(2)];
process.exitCode = run(process.execPath, args);
