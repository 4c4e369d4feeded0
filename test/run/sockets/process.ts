/** A process with sockets on a host, and a peer whose segments the test writes. */

import assert from 'node:assert/strict';
import type {
  Answer,
  Done,
  Family,
  OptionValue,
  SocketCall,
  System,
} from '../../../src/run/sockets/socket-calls.js';
import type { Progress } from '../../../src/run/sockets/sockets.js';
import {
  callSocket,
  nextDeadline,
  observeSockets,
  progress,
} from '../../../src/run/sockets/sockets.js';
import { copySocketTable, createSocketTable } from '../../../src/run/sockets/table.js';
import { advanceWorld, icmp, inject, nextEventAt, passTime } from '../../../src/sim/sim.js';
import type { Part } from '../../../src/sim/step.js';
import { copyWorld, createWorld } from '../../../src/sim/world.js';
import type { IcmpError } from '../../../src/tcp/icmp/messages.js';
import { settingsOfProfile } from '../../../src/tcp/profiles.js';
import type { Segment } from '../../../src/tcp/segment.js';
import {
  ACK,
  FIN,
  NO_DATA,
  PSH,
  printSegment,
  RST,
  SYN,
  segment,
} from '../../../src/tcp/segment.js';
import { seq } from '../../../src/tcp/seq.js';
import { fixedIsn, type Settings } from '../../../src/tcp/settings.js';

export const KERNEL = '10.0.0.1';
export const PEER = '10.0.0.2';
const WEB = { address: PEER, port: 80 };

type Bits = { ack?: number; data?: string; port?: number };

/** Numbers that are easy to read. */
const PLAIN: Partial<Settings> = {
  isn: fixedIsn(100),
  sendBuffer: 1000,
  window: 65_535,
  windowScale: undefined,
  timestamps: false,
  sack: false,
};

/** A process under test. Our ISS is 100, the peer's 300; the way between them takes no time. */
export function processOn(system: System, changes: Partial<Settings> = {}) {
  const chosen = {
    ...(settingsOfProfile(system) ?? assert.fail()),
    ...PLAIN,
    ...changes,
  };
  let world = createWorld({
    seed: 1,
    hosts: [{ name: 'kernel', address: KERNEL, settings: chosen }],
    peers: [{ name: 'peer', address: PEER }],
    links: [{ a: 'kernel', b: 'peer', delay: 0 }],
  });
  let table = createSocketTable('kernel', system);
  let calls = 0;
  const sent: string[] = [];
  const over: Progress[] = [];
  const caller = { origin: 0, number: () => calls++ };
  let port = 0;

  function note({ microsteps, departures }: Part): void {
    observeSockets({ table, world }, { at: world.now, microsteps });
    for (const { from, segment: seg } of departures) {
      if (from !== 'kernel') continue;
      sent.push(printSegment({ ...seg, options: {} }));
      port = seg.sourcePort;
    }
  }

  function retry(): void {
    for (const one of progress(table, world, caller)) {
      note(one.part);
      over.push(one);
    }
  }

  /** Everything that is due until so many milliseconds from now. */
  function run(milliseconds = 0): void {
    const until = world.now + milliseconds * 1000;
    for (;;) {
      const event = Math.min(nextEventAt(world) ?? Infinity, nextDeadline(table) ?? Infinity);
      if (event > until) break;
      if ((nextEventAt(world) ?? Infinity) <= event) {
        const step = advanceWorld(world, 0);
        assert(step);
        note(step);
      } else passTime(world, event);
      retry();
    }
    passTime(world, until);
  }

  function call(one: SocketCall): Answer {
    const answer = callSocket(table, world, one, caller);
    note(answer.part);
    run();
    return answer;
  }

  function arrive(ctl: number, at: number, { ack, data = '', port: from = 80 }: Bits, to: number) {
    const seg: Segment = segment({
      sourcePort: from,
      destinationPort: to,
      seq: seq(at),
      ...(ack === undefined ? {} : { ack: seq(ack) }),
      ctl,
      wnd: 1000,
      data: data === '' ? NO_DATA : new TextEncoder().encode(data),
    });
    note(inject(world, 'peer', 'kernel', seg, 0));
    run();
  }

  /** An ICMP error about the segment of the connection to the web that began at `at`. */
  function complain(error: IcmpError, at: number): void {
    const source = { address: KERNEL, port };
    note(icmp(world, 'kernel', { error, source, destination: WEB, seq: seq(at) }, 0));
    retry();
  }

  return {
    call,
    icmp: complain,
    run,
    sent,
    over,
    /** The segments since the last look. */
    since: () => sent.splice(0),
    table: () => table,
    world: () => world,
    /** Goes on with copies, as after a checkpoint. */
    fork() {
      world = copyWorld(world);
      table = copySocketTable(table);
    },
    arrive: (ctl: number, at: number, bits: Bits = {}) => arrive(ctl, at, bits, port),
    arriveAt: (to: number, ctl: number, at: number, bits: Bits = {}) => arrive(ctl, at, bits, to),
    stats: () => ({ calls }),
  };
}

export type Process = ReturnType<typeof processOn>;

/** `0`, `-1 EAGAIN`, `blocked`, `unsupported SO_X`. */
export function told(answer: Answer | Done): string {
  switch (answer.kind) {
    case 'blocked':
      return 'blocked';
    case 'unsupported':
      return `unsupported ${answer.what}`;
    case 'done':
      return answer.errno === undefined
        ? String(answer.result)
        : `${answer.result} ${answer.errno}`;
  }
}

/** The calls in C's order of arguments. */
export function libc(process: Process) {
  const say = (call: SocketCall) => told(process.call(call));
  return {
    socket: (family: Family = 'AF_INET', ...flags: string[]) =>
      say({ kind: 'socket', family, flags: ['SOCK_STREAM', ...flags] }),
    bind: (fd: number, port: number, address = '0.0.0.0') =>
      say({ kind: 'bind', fd, address: { address, port } }),
    listen: (fd: number, backlog: number) => say({ kind: 'listen', fd, backlog }),
    connect: (fd: number, address: { address: string; port: number } | undefined = WEB) =>
      say({ kind: 'connect', fd, address }),
    dissolve: (fd: number) => say({ kind: 'connect', fd, address: undefined }),
    accept: (fd: number, ...flags: string[]) => say({ kind: 'accept', fd, flags }),
    read: (fd: number, count: number, ...flags: string[]) => {
      const answer = process.call({ kind: 'read', fd, count, flags });
      const data = answer.kind === 'done' ? answer.data : undefined;
      return data && data.length > 0
        ? `${told(answer)} ${new TextDecoder().decode(data)}`
        : told(answer);
    },
    write: (fd: number, data: string | number, ...flags: string[]) =>
      say({
        kind: 'write',
        fd,
        data: typeof data === 'number' ? new Uint8Array(data) : new TextEncoder().encode(data),
        flags,
        to: undefined,
      }),
    sendto: (fd: number, data: string) =>
      say({ kind: 'write', fd, data: new TextEncoder().encode(data), flags: [], to: WEB }),
    shutdown: (fd: number, how: 'SHUT_RD' | 'SHUT_WR' | 'SHUT_RDWR') =>
      say({ kind: 'shutdown', fd, how }),
    close: (fd: number) => say({ kind: 'close', fd }),
    nonblock: (fd: number) =>
      say({ kind: 'fcntl', fd, command: 'F_SETFL', flags: ['O_RDWR', 'O_NONBLOCK'] }),
    set: (fd: number, level: string, name: string, value: OptionValue) =>
      say({ kind: 'setsockopt', fd, level, name, value }),
    get: (fd: number, level: string, name: string) => {
      const answer = process.call({ kind: 'getsockopt', fd, level, name });
      return answer.kind === 'done' && answer.errno === undefined ? answer.value : told(answer);
    },
    ioctl: (fd: number, request: string) => {
      const answer = process.call({ kind: 'ioctl', fd, request });
      return answer.kind === 'done' && answer.errno === undefined ? answer.value : told(answer);
    },
    poll: (fd: number, events: readonly string[], timeout: number) => {
      const answer = process.call({ kind: 'poll', entries: [{ fd, events }], timeout });
      return answer.kind === 'done' ? (answer.revents ?? []).flat() : told(answer);
    },
    error: (fd: number) => {
      const answer = process.call({
        kind: 'getsockopt',
        fd,
        level: 'SOL_SOCKET',
        name: 'SO_ERROR',
      });
      if (answer.kind !== 'done') return told(answer);
      const { value } = answer;
      return typeof value === 'object' && 'errno' in value ? value.errno : value;
    },
  };
}

/** A process whose descriptor 3 is connected to the peer, non-blocking. */
export function connected(system: System, changes: Partial<Settings> = {}) {
  const process = processOn(system, changes);
  const c = libc(process);
  assert.equal(c.socket(), '3');
  c.nonblock(3);
  assert.equal(c.connect(3), '-1 EINPROGRESS');
  process.arrive(SYN | ACK, 300, { ack: 101 });
  assert.equal(c.error(3), 0);
  process.since();
  return { process, c };
}

/** A process that listens at 80 with descriptor 3. */
export function listening(system: System, backlog = 5, changes: Partial<Settings> = {}) {
  const process = processOn(system, changes);
  const c = libc(process);
  c.socket();
  c.bind(3, 80);
  assert.equal(c.listen(3, backlog), '0');
  return { process, c };
}

/** A client at this port completes its handshake with port 80. */
export function handshake(process: Process, port: number): void {
  process.arriveAt(80, SYN, 300, { port });
  process.arriveAt(80, ACK, 301, { ack: 101, port });
}

export { ACK, FIN, PSH, RST, SYN };
