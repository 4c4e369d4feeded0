/** What tshark finds in a capture. */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Whether tshark is there; says so when it is not. */
export function haveTshark(): boolean {
  if (!spawnSync('tshark', ['--version']).error) return true;
  console.log('      skipped: tshark is not installed (apt-get install tshark)');
  return false;
}

/** One packet: each field asked for, by its name. A field that stands there several times has commas. */
export type Dissected<Field extends string> = Readonly<Record<Field, string>>;

/** Every packet of a capture, with these fields. Checksums are checked; the analysis runs twice, so that it is complete. */
export function dissect<Field extends string>(
  capture: Buffer,
  fields: readonly Field[],
): readonly Dissected<Field>[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tcpflow-pcap-'));
  try {
    const file = path.join(folder, 'run.pcapng');
    fs.writeFileSync(file, capture);
    const checks = ['tcp', 'ip'].flatMap((one) => ['-o', `${one}.check_checksum:TRUE`]);
    const wanted = fields.flatMap((field) => ['-e', field]);
    const { stdout, stderr, status } = spawnSync(
      'tshark',
      ['-2', ...checks, '-r', file, '-T', 'fields', ...wanted],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    if (status !== 0) throw new Error(`tshark: ${stderr}`);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const values = line.split('\t');
        return Object.fromEntries(
          fields.map((field, i) => [field, values[i] ?? '']),
        ) as Dissected<Field>;
      });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
