/** The bound for a debug adapter: it counts a line, and answers everything at once. */

import { readMessages, write } from './dap.js';

const VARIABLES = Array.from({ length: 24 }, (_, i) => ({
  name: `variable ${i}`,
  value: `${i}`,
  variablesReference: 0,
}));
const SCOPES = [1, 2].map((variablesReference) => ({
  name: `scope ${variablesReference}`,
  variablesReference,
  expensive: false,
}));

function bodyOf(command: string | undefined, line: number): object {
  switch (command) {
    case 'threads':
      return { threads: [{ id: 1, name: 'main' }] };
    case 'stackTrace':
      return { stackFrames: [{ id: 1, name: 'main', line, column: 1 }], totalFrames: 1 };
    case 'scopes':
      return { scopes: SCOPES };
    case 'variables':
      return { variables: VARIABLES };
    default:
      return {};
  }
}

/** Serves standard input and output until they end. */
export function serveCounting(): void {
  let line = 1;
  readMessages(process.stdin, ({ command, seq }) => {
    const body = bodyOf(command, line);
    write(process.stdout, {
      seq: 0,
      type: 'response',
      request_seq: seq,
      success: true,
      command,
      body,
    });
    if (command !== 'next') return;
    line += 1;
    const stopped = { reason: 'step', threadId: 1, allThreadsStopped: true };
    write(process.stdout, { seq: 0, type: 'event', event: 'stopped', body: stopped });
  });
}
