/** The command line as a user of a shell meets it: what is printed where, and the exit code. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { main } from '../../src/cli/main.js';

export const HANDSHAKE = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }

scenario "opens" {
  server: listen 80
  client: connect server:80
  expect client -> server SYN seq=100
  expect server -> client SYN,ACK seq=300 ack=101
  expect server ESTABLISHED
}
`;

interface Shell {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** For the tests of a `describe`, which has to call it: a shell, and a folder of scripts. */
export function useShell() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tcpflow-cli-'));
  after(() => fs.rmSync(folder, { recursive: true }));
  /** What the last command wrote besides text. */
  const captured: Uint8Array[] = [];

  function shell(...args: readonly string[]): Shell {
    let out = '';
    let err = '';
    captured.length = 0;
    const code = main(args, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      octets: (some) => captured.push(some),
    });
    return { code, out, err };
  }

  function script(name: string, text: string): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  }

  return { folder, captured, shell, script };
}
