/** Random worlds with random things done to them: invariants, determinism, replay and forks. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  arm,
  crash,
  cut,
  giveConnections,
  mend,
  release,
  restart,
} from '../../src/sim/director.js';
import type { Fault } from '../../src/sim/fault.js';
import { violations } from '../../src/sim/invariants.js';
import { stepJson } from '../../src/sim/json.js';
import { doCall, inject } from '../../src/sim/sim.js';
import type { Part, Step } from '../../src/sim/step.js';
import { stepOf } from '../../src/sim/step.js';
import { createTimeline } from '../../src/sim/timeline.js';
import { trace } from '../../src/sim/trace.js';
import type { World, WorldConfig } from '../../src/sim/world.js';
import { createWorld, hostOf } from '../../src/sim/world.js';
import type { UserCall } from '../../src/tcp/calls.js';
import { recording } from '../../src/tcp/rule.js';
import { segment } from '../../src/tcp/segment.js';
import { add, seq } from '../../src/tcp/seq.js';
import { settings } from '../../src/tcp/settings.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { closedTcb } from '../../src/tcp/tcb.js';
import type { Action } from './scenes.js';
import { connect, listen, play, stage, watch } from './scenes.js';

const names = ['a', 'b', 'c'] as const;
const addresses = { a: '10.0.0.1', b: '10.0.0.2', c: '10.0.0.3' };
const host = fc.constantFrom(...names);
const port = fc.constantFrom(80, 1_000);

const hostSettings = fc
  .record({
    msl: fc.constantFrom(0, 1_000_000, 120_000_000),
    window: fc.constantFrom(65_535, 65_535, 1_000, 10, 0),
    windowScale: fc.constantFrom(undefined, 0, 3),
    timestamps: fc.boolean(),
    challengeAck: fc.constantFrom('on', 'off', 'rst', 'syn'),
    backlog: fc.constantFrom(128, 128, 128, 1, 0),
    synQueue: fc.constantFrom(128, 128, 128, 1, 0),
    onOverflow: fc.constantFrom('drop' as const, 'reset' as const),
    mss: fc.constantFrom(1_460, 1_460, 100),
    ackDelay: fc.constantFrom(0, 200_000),
    combineSynAck: fc.boolean(),
    simultaneousOpen: fc.constantFrom('text' as const, 'figure' as const),
    userTimeout: fc.constantFrom(0, 5_000_000),
    retries: fc.constantFrom(3, 3, 0),
    synRetries: fc.constantFrom(3, 3, 0),
    isn: fc.constantFrom(
      { kind: 'clock' as const },
      { kind: 'random' as const },
      { kind: 'rfc6528' as const },
      { kind: 'fixed' as const, values: [0xfffffff0, 7] },
    ),
  })
  .map((changes) => settings({ ...changes, synAckRetries: 2 }));

const linkSettings = fc.record({
  delay: fc.constantFrom(0, 1_000, 300_000),
  jitter: fc.constantFrom(0, 5_000),
  loss: fc.constantFrom(0, 0.2),
  duplicate: fc.constantFrom(0, 0.2),
  reorder: fc.constantFrom(0, 0.3),
  rate: fc.constantFrom(undefined, 1_000_000),
  mtu: fc.constantFrom(1_500, 1_500, 100),
});

const worlds: fc.Arbitrary<WorldConfig> = fc
  .tuple(fc.nat(), hostSettings, hostSettings, linkSettings)
  .map(([seed, first, second, link]) => ({
    seed,
    hosts: [
      { name: 'a', address: addresses.a, settings: first },
      { name: 'b', address: addresses.b, settings: second },
    ],
    peers: [{ name: 'c', address: addresses.c }],
    links: [{ a: 'a', b: 'b', ...link }],
  }));

/** A call at `a` or `b`; the connection is one of those that live, by its place in the table, or none. */
const calls = fc
  .record({
    name: fc.constantFrom('a' as const, 'b' as const),
    which: fc.nat({ max: 3 }),
    kind: fc.constantFrom('SEND', 'RECEIVE', 'CLOSE', 'ABORT', 'STATUS', 'ACCEPT'),
    size: fc.constantFrom(0, 1, 500, 5_000),
  })
  .map(({ name, which, kind, size }) => (world: World, number: number): Part => {
    const entries = [...hostOf(world, name).connections.keys()];
    const connection = entries[which % Math.max(1, entries.length)];
    const make = (): UserCall => {
      switch (kind) {
        case 'SEND':
          return { kind, connection, data: new Uint8Array(size) };
        case 'RECEIVE':
          return { kind, connection, count: size === 0 ? undefined : size };
        case 'ACCEPT':
          return { kind, port: undefined, name: undefined };
        default:
          return { kind: kind as 'CLOSE' | 'ABORT' | 'STATUS', connection };
      }
    };
    return doCall(world, name, make(), number, number);
  });

const opens = fc
  .tuple(host, host, port, port, fc.boolean())
  .map(([from, to, local, remote, passive]) => (world: World, number: number): Part => {
    const name = from === 'c' ? 'a' : from;
    const socket = { address: addresses[name], port: local };
    const call: UserCall = passive
      ? { kind: 'OPEN', open: 'passive', local: socket, remote: undefined, backlog: undefined }
      : {
          kind: 'OPEN',
          open: 'active',
          local: socket,
          remote: { address: addresses[to], port: remote },
          name: undefined,
        };
    return doCall(world, name, call, number, number);
  });

/** A segment out of nowhere: any bits, and numbers near those of a living connection, or far from them. */
const injections = fc
  .record({
    ends: fc.tuple(host, host),
    ports: fc.tuple(port, port),
    ctl: fc.nat({ max: 63 }),
    near: fc.integer({ min: -3, max: 3 }),
    far: fc.boolean(),
    length: fc.constantFrom(0, 1, 200),
  })
  .map(({ ends: [from, to], ports, ctl, near, far, length }) => (world: World): Part => {
    const tcb = world.hosts.get(to)?.latest?.tcb;
    const [base, ack] = far || tcb === undefined ? [seq(9), seq(9)] : [tcb.rcv.nxt, tcb.snd.nxt];
    const forged = segment({
      sourcePort: ports[0],
      destinationPort: ports[1],
      seq: add(base, near),
      ack: add(ack, near),
      wnd: 1_000,
      ctl,
      data: new Uint8Array(length),
    });
    return inject(world, from, to, forged, 0);
  });

const faults = fc
  .tuple(
    fc.constantFrom('drop', 'duplicate', 'delay', 'corrupt', 'hold'),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([kind, count]) => (world: World): Part => {
    const base = { count, matches: () => true, text: kind };
    const fault: Fault =
      kind === 'delay'
        ? { ...base, kind, by: 70_000 }
        : kind === 'hold'
          ? { ...base, kind, name: 'old' }
          : { ...base, kind: kind as 'drop' | 'duplicate' | 'corrupt' };
    return arm(world, fault);
  });

const directions = fc
  .constantFrom('cut', 'mend', 'crash', 'restart', 'release', 'give')
  .map((kind) => (world: World, number: number): Part => {
    switch (kind) {
      case 'cut':
        return cut(world, 'a', 'b');
      case 'mend':
        return mend(world, 'b', 'a');
      case 'crash':
        return crash(world, 'a');
      case 'restart':
        return restart(world, 'a');
      case 'release':
        return release(world, 'old', number);
      default:
        return give(world, number);
    }
  });

/** A connection at `b` that nobody opened, with a port of its own. */
function give(world: World, number: number): Part {
  const { address, settings: chosen } = hostOf(world, 'b');
  const local = { address, port: 2_000 + number };
  const closed = closedTcb(local, { address: addresses.a, port: 80 }, chosen);
  const tcb = { ...closed, state: 'ESTABLISHED' as const, rcv: { ...closed.rcv, wnd: 100 } };
  return giveConnections(world, [{ host: 'b', name: undefined, tcb }], number);
}

const acts = fc.oneof(
  { weight: 4, arbitrary: opens },
  { weight: 6, arbitrary: calls },
  { weight: 2, arbitrary: injections },
  { weight: 1, arbitrary: faults },
  { weight: 1, arbitrary: directions },
);
const instants = fc.constantFrom(0, 1_000, 50_000, 1_000_000, 10_000_000);
const few = { minLength: 1, maxLength: 25 };
/** `b` listens, and `a` opens a connection to it. */
const opening = [listen(0, 'b'), connect(0, 'a', addresses.b, 80, 1_000)];
const actions: fc.Arbitrary<readonly Action[]> = fc
  .tuple(
    fc.constantFrom(opening, opening, []),
    fc.array(fc.record({ at: instants, act: acts }), few),
  )
  .map(([first, rest]) => [...first, ...rest]);

/** Steps to be watched: two ends whose windows are closed may acknowledge each other for ever. */
const patience = 400;

function checked(step: Step, world: World): void {
  const broken = violations(world, step);
  if (broken.length > 0) assert.fail(`${broken.join('\n')}\n${whys(step)}\nin step ${step.index}`);
}

/** Every step as text: what two equal records have in common. */
function bytes(steps: readonly Step[]): string {
  return steps.map((step) => `${JSON.stringify(stepJson(step))} ${whys(step)}\n`).join('');
}

function whys({ microsteps }: Step): string {
  return microsteps.map(({ why }) => why()).join('; ');
}

/** A world as something that can be compared; entries that wait to be cleaned away do not count. */
function seen({ now, hosts, queue, peers, links, held, down }: World): unknown {
  const tables = [...hosts.values()].map(({ connections, latest, isn }) => ({
    entries: [...connections.values()].map(({ ref, called, tcb }) => ({ ref, called, tcb })),
    latest: latest?.tcb,
    isn,
  }));
  return { now, tables, queue, peers, links, held, down };
}

/** What a step did: the rules that only said "go on" left out, and those of links. */
function effective({ microsteps }: Step): unknown {
  return microsteps.flatMap(({ rule, connection, before, after, effects }) =>
    before === after && effects.length === 0 ? [] : [[rule.id, connection, before, after, effects]],
  );
}

function freeze(tcb: Tcb | undefined): void {
  if (tcb === undefined || Object.isFrozen(tcb)) return;
  for (const part of Object.values(tcb)) if (Array.isArray(part)) Object.freeze(part);
  for (const part of [tcb, tcb.snd, tcb.rcv, tcb.rto, tcb.timers, tcb.options]) Object.freeze(part);
}

describe('any world', () => {
  it('keeps the invariants after every step', () => {
    fc.assert(
      fc.property(worlds, actions, (config, all) => {
        watch(config, all, checked, patience);
      }),
      { numRuns: 150 },
    );
  });

  it('comes to an end when its windows never close and nobody forges segments', () => {
    // At most 12 calls of at most 5 000 octets fill no window, even if nobody reads.
    const open = worlds.filter(({ hosts }) =>
      hosts.every(({ settings: { window } }) => window === 65_535),
    );
    const act = fc.oneof(opens, calls, calls, calls, faults);
    const honest = fc
      .array(fc.record({ at: instants, act }), { maxLength: 12 })
      .map((rest) => [...opening, ...rest]);
    fc.assert(
      fc.property(open, honest, (config, all) => {
        play(config, all, checked);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bytes twice', () => {
    fc.assert(
      fc.property(worlds, actions, (config, all) => {
        const once = () => watch(config, all, () => {}, patience).steps;
        const [first, second] = [once(), once()];
        assert.equal(bytes(first), bytes(second));
        assert.equal(trace(createWorld(config), first), trace(createWorld(config), second));
      }),
      { numRuns: 40 },
    );
  });

  it('is the same when nobody looks: the same departures, moves and tables', () => {
    fc.assert(
      fc.property(worlds, actions, (config, all) => {
        const machine = stage(config, all);
        const [state, unseen] = [machine.start(), machine.start()];
        for (let i = 0; i < patience; i++) {
          const step = machine.advance(state, i);
          const less = recording('nothing', () => machine.advance(unseen, i));
          assert.equal(less === undefined, step === undefined);
          if (step === undefined || less === undefined) break;
          assert.deepEqual(less.departures, step.departures);
          assert.deepEqual(effective(less), effective(step));
          assert.deepEqual(seen(unseen.world), seen(state.world));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never touches a connection that was recorded', () => {
    fc.assert(
      fc.property(worlds, actions, (config, all) => {
        const frozen = ({ microsteps }: Step) => {
          for (const { before, after } of microsteps) [before, after].forEach(freeze);
        };
        watch(config, all, frozen, patience);
      }),
      { numRuns: 60 },
    );
  });

  it('can be seen as it was before any step', () => {
    fc.assert(
      fc.property(worlds, actions, fc.array(fc.nat(), { maxLength: 8 }), (config, all, asked) => {
        const before: unknown[] = [];
        const machine = stage(config, all);
        const slow = machine.start();
        const timeline = createTimeline(machine, 4);
        while (before.length < patience) {
          before.push(structuredClone(seen(slow.world)));
          const step = machine.advance(slow, before.length - 1);
          const recorded = timeline.extend();
          assert.equal(step === undefined, recorded === undefined);
          if (step === undefined || recorded === undefined) break;
          assert.equal(bytes([recorded]), bytes([step]));
        }
        for (const ask of asked) {
          const index = ask % before.length;
          assert.deepEqual(structuredClone(seen(timeline.stateBefore(index).world)), before[index]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('forks: the past stays as it was, and the new future is as if it had always been meant', () => {
    fc.assert(
      fc.property(worlds, actions, acts, fc.nat(), (config, all, other, ask) => {
        const timeline = createTimeline(stage(config, all), 4);
        const past: string[] = [];
        while (past.length < patience) {
          const step = timeline.extend();
          if (step === undefined) break;
          past.push(bytes([step]));
        }
        const index = ask % (past.length + 1);
        timeline.fork(index, ({ world }, at) => {
          const cause = { kind: 'edit', text: 'something else' } as const;
          return stepOf(other(world, 99), { index: at, at: world.now, cause, origin: -1 });
        });
        const kept = Array.from({ length: index }, (_, i) => bytes([timeline.step(i)]));
        assert.deepEqual(kept, past.slice(0, index));
        for (let extended = 0; extended < 20 && timeline.extend() !== undefined; extended++);
        const end = seen(timeline.stateBefore(timeline.length()).world);
        const state = stage(config, all).start();
        const again = stage(config, all);
        for (let i = 0; i < timeline.length(); i++) {
          if (i === index) other(state.world, 99);
          else again.advance(state, i);
        }
        assert.deepEqual(structuredClone(seen(state.world)), structuredClone(end));
      }),
      { numRuns: 60 },
    );
  });
});
