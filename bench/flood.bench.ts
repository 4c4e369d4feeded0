/** F1: a million SYNs from distinct addresses at one listener, with cookies and with a full backlog. */

import { callHost, createHost, type Host, segmentArrives } from '../src/tcp/host.js';
import { SYN, segment } from '../src/tcp/segment.js';
import { seq } from '../src/tcp/seq.js';
import { type Settings, settings } from '../src/tcp/settings.js';
import { cpuMicroseconds, heapInUse, median, print } from './measure.js';

const count = 1_000_000;
const destination = '10.0.0.2';

function listening(overrides: Partial<Settings>): Host {
  const host = createHost('server', destination, settings(overrides), 1);
  const local = { address: destination, port: 80 };
  callHost(host, { kind: 'OPEN', open: 'passive', local, remote: undefined, backlog: 128 }, 1, 0);
  return host;
}

/** Where the SYNs come from: made before, and a part of no measurement. */
const sources = Array.from({ length: count }, (_, i) => {
  return `11.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
});

function flood(host: Host): number {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const syn = segment({
      sourcePort: 1_024 + (i & 0x7fff),
      destinationPort: 80,
      seq: seq(i),
      ctl: SYN,
      wnd: 65_535,
    });
    segmentArrives(host, { source: sources[i] as string, destination, segment: syn }, i);
  }
  return count / (cpuMicroseconds(before) / 1e6);
}

function measure(name: string, overrides: Partial<Settings>, halfOpen: number): void {
  const host = listening(overrides);
  for (let i = 0; i < 2; i++) flood(host); // what V8 makes of the code itself is no growth
  const before = heapInUse();
  const rates = Array.from({ length: 3 }, () => flood(host));
  const grown = heapInUse() - before;
  if (host.connections.size !== 1 + halfOpen)
    throw new Error(`${host.connections.size} entries, not ${1 + halfOpen}`);
  print({
    name: `F1 SYN flood, ${name}`,
    unit: 'SYN/s',
    measured: median(rates),
    goal: { must: 400_000, aim: 1_700_000, better: 'more' },
  });
  print({
    name: `F1 memory kept of three floods, ${name}`,
    unit: 'kB',
    measured: grown / 1_000,
    goal: { must: 100, aim: 100, better: 'less' },
  });
}

measure('cookies', { synCookies: 'always' }, 0);
measure('full backlog', {}, 128);
