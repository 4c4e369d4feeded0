/**
 * Compares the profile `linux` with the kernel that this machine runs: `npm run kernel -- [--out FOLDER] [--jobs N] [--again]
 * [--kernel LINUX] FILE.pkt...`. Each script is played to the kernel, in a network of its own, and what it does is kept in the
 * folder as a script that expects just that; then the engine runs it. --again compares recordings without a kernel; --kernel
 * plays to LINUX, a kernel that runs as a process (User Mode Linux); --random N [--seed S] [--kind KIND] plays the random
 * scripts of N seeds, which it writes first: conversations, segments or calls in one state, or marks (ECN and AccECN). Takes
 * Linux, root, /dev/net/tun and Python 3; exits with 2 without them, with 1 where something differs.
 */
import { ensureInstalled, run } from './tools.mjs';

ensureInstalled();
const args = ['--require', 'tsx/cjs', 'scripts/kernel.ts', ...process.argv.slice(2)];
process.exitCode = run(process.execPath, args);
