/**
 * Random scripts, with invariants checked after each event: `npm run fuzz -- --seconds N [--seed S] [--out FOLDER]`.
 * Each kind of defect leaves its smallest script as a .tcpflow and what is wrong as a .txt beside it.
 */
import { ensureInstalled, run } from './tools.mjs';

ensureInstalled();
const args = ['--require', 'tsx/cjs', 'scripts/fuzz.ts', ...process.argv.slice(2)];
process.exitCode = run(process.execPath, args);
