/** The scripts that the debugger is measured with. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const HOSTS = (backlog: number) => `host client 10.0.0.1 { msl 500ms }
host server 10.0.0.2 { msl 500ms, backlog ${backlog}, syn-queue ${backlog} }
link client -- server { delay 1ms }
`;

/** One connection after the other, each closed: about a hundred entries are there at any time, nearly all in TIME_WAIT. */
export const CHURN = `${HOSTS(128)}
scenario "churn" {
  server: listen 80
  repeat 1000000 as i {
    client: connect server:80
    wait 3ms
    client: close
    wait 3ms
    server: close
    wait 4ms
  }
}
`;

/** So many connections are established and stay; then one of them talks, statement by statement. */
export function talkBeside(connections: number): string {
  const ports = Math.ceil(connections / 10_000);
  const each = Math.floor(connections / ports);
  return `${HOSTS(10_000)}
scenario "talk" {
  repeat ${ports} as p {
    server: listen 80+p
    repeat ${each} as i {
      client: connect server:80+p from 10000+i
      wait 5ms
    }
  }
  print "established"
  repeat 100000 as i {
    client: send "x"
    wait 1ms
    wait 2ms
    server: receive
  }
}
`;
}

/** The line of the statement with this text, counted from 1. */
export function lineOf(script: string, statement: string): number {
  return script.split('\n').findIndex((line) => line.includes(statement)) + 1;
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'tcpflow-bench-'));

/** Writes a script and gives its path. */
export function fileOf(script: string, name: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, script);
  return file;
}
