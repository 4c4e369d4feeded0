/**
 * Properties of `npm test` try the same cases on every machine. `TCPFLOW_SEED=random` or `=NUMBER` tries others; so does
 * `npm run fuzz`, which keeps what it finds as a script.
 */

import fc from 'fast-check';

const { TCPFLOW_SEED = '20260101' } = process.env;
if (TCPFLOW_SEED !== 'random') fc.configureGlobal({ seed: Number(TCPFLOW_SEED) });
