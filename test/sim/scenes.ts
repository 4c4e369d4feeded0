/** The door to the simulation for tests: a world, what is done to it and when, and the record of it all. */

import assert from 'node:assert/strict';
import { advanceWorld, doCall, inject, nextEventAt, passTime } from '../../src/sim/sim.js';
import type { Part, Step } from '../../src/sim/step.js';
import { stepOf } from '../../src/sim/step.js';
import type { Machine } from '../../src/sim/timeline.js';
import { lanesOf, traceStep } from '../../src/sim/trace.js';
import type { World, WorldConfig } from '../../src/sim/world.js';
import { copyWorld, createWorld, hostOf, sizeOfWorld } from '../../src/sim/world.js';
import type { UserCall } from '../../src/tcp/calls.js';
import { findConnection } from '../../src/tcp/host.js';
import { segment } from '../../src/tcp/segment.js';
import { num, seq } from '../../src/tcp/seq.js';
import type { Settings } from '../../src/tcp/settings.js';
import { fixedIsn, settings } from '../../src/tcp/settings.js';

/** Something that somebody does at an instant, once everything due by then has happened. */
export interface Action {
  readonly at: number;
  /** `number` counts the actions of a play from 1. */
  readonly act: (world: World, number: number) => Part;
}

/** A world half-way through its actions. */
export interface Stage {
  readonly world: World;
  next: number;
}

/** Plays actions in the order of their instants, and whatever the world does in between and afterwards. */
export function stage(config: WorldConfig, actions: readonly Action[]): Machine<Stage> {
  const sorted = [...actions].sort((a, b) => a.at - b.at);
  return {
    start: () => ({ world: createWorld(config), next: 0 }),
    copy: ({ world, next }) => ({ world: copyWorld(world), next }),
    size: ({ world }) => sizeOfWorld(world),
    advance: (state, index) => {
      const { world } = state;
      const action = sorted[state.next];
      const event = nextEventAt(world) ?? Number.POSITIVE_INFINITY;
      if (action === undefined || event <= action.at) return advanceWorld(world, index);
      if (world.ended !== undefined) return undefined;
      state.next += 1;
      passTime(world, Math.max(world.now, action.at));
      const cause = { kind: 'statement', statement: state.next - 1 } as const;
      return stepOf(action.act(world, state.next), {
        index,
        at: world.now,
        cause,
        origin: state.next - 1,
      });
    },
  };
}

export interface Played {
  readonly world: World;
  readonly steps: readonly Step[];
}

/** Plays until nothing is to come, or the limit of steps is reached. */
export function watch(
  config: WorldConfig,
  actions: readonly Action[],
  seen: (step: Step, world: World) => void,
  limit: number,
): Played {
  const machine = stage(config, actions);
  const state = machine.start();
  const steps: Step[] = [];
  while (steps.length < limit) {
    const step = machine.advance(state, steps.length);
    if (step === undefined) break;
    steps.push(step);
    seen(step, state.world);
  }
  return { world: state.world, steps };
}

/** Plays until nothing is to come, which must be so after fewer steps than `limit`. */
export function play(
  config: WorldConfig,
  actions: readonly Action[],
  seen: (step: Step, world: World) => void = () => {},
  limit = 20_000,
): Played {
  const played = watch(config, actions, seen, limit);
  assert.ok(played.steps.length < limit, `not over after ${limit} steps`);
  return played;
}

/** Two peers without a TCP, `left` and `right`, and a link between them. */
export function peers(link: Partial<Omit<LinkOf, 'a' | 'b'>> = {}, seed = 1): WorldConfig {
  return {
    seed,
    hosts: [],
    peers: [
      { name: 'left', address: '10.0.0.1' },
      { name: 'right', address: '10.0.0.2' },
    ],
    links: [{ a: 'left', b: 'right', ...link }],
  };
}
type LinkOf = NonNullable<WorldConfig['links']>[number];

/** At this instant `left` sends a segment to `right`; `n` is its sequence number. */
export function numbered(at: number, n: number, octets = 0): Action {
  const text = segment({ ctl: 0, seq: seq(n), data: new Uint8Array(octets) });
  return { at, act: (world) => inject(world, 'left', 'right', text, 0) };
}

/** `client` 10.0.0.1 with ISN 100 and `server` 10.0.0.2 with ISN 300, 10 ms apart; settings for both. */
export function pair(changes: Partial<Settings> = {}, link: Partial<LinkOf> = {}): WorldConfig {
  return {
    seed: 1,
    hosts: [
      {
        name: 'client',
        address: '10.0.0.1',
        settings: settings({ isn: fixedIsn(100), ...changes }),
      },
      {
        name: 'server',
        address: '10.0.0.2',
        settings: settings({ isn: fixedIsn(300), ...changes }),
      },
    ],
    links: [{ a: 'client', b: 'server', ...link }],
  };
}

/** A user call at an instant; `connection` by its name, or else the host's latest. */
export function call(
  at: number,
  host: string,
  make: (connection: number | undefined, address: string) => UserCall,
  name?: string,
): Action {
  return {
    at,
    act: (world, number) => {
      const machine = hostOf(world, host);
      const connection = name === undefined ? machine.latest : findConnection(machine, name);
      const userCall = make(connection?.ref.id, machine.address);
      return doCall(world, host, userCall, number, 0);
    },
  };
}

export function listen(at: number, host: string, port = 80): Action {
  return call(at, host, (_, address) => ({
    kind: 'OPEN',
    open: 'passive',
    local: { address, port },
    remote: undefined,
    backlog: undefined,
  }));
}

/** An active OPEN to an address and port, from a port of one's own or an ephemeral one. */
export function connect(at: number, host: string, to: string, port = 80, from = 0): Action {
  return call(at, host, (_, address) => ({
    kind: 'OPEN',
    open: 'active',
    local: { address, port: from },
    remote: { address: to, port },
    name: undefined,
  }));
}

export function send(at: number, host: string, octets: number, name?: string): Action {
  const data = new Uint8Array(octets).fill(0x61);
  return call(at, host, (connection) => ({ kind: 'SEND', connection, data }), name);
}

export function receive(at: number, host: string, name?: string): Action {
  const make = (connection: number | undefined) =>
    ({ kind: 'RECEIVE', connection, count: undefined }) as const;
  return call(at, host, make, name);
}

export function close(at: number, host: string, name?: string): Action {
  return call(at, host, (connection) => ({ kind: 'CLOSE', connection }), name);
}

export function abort(at: number, host: string, name?: string): Action {
  return call(at, host, (connection) => ({ kind: 'ABORT', connection }), name);
}

/** The sequence numbers of the segments that reached this host or peer, in order of arrival. */
export function arrivals({ steps }: Played, name: string): readonly number[] {
  return steps.flatMap(({ cause }) =>
    cause.kind === 'arrival' && cause.delivery.to === name ? [num(cause.delivery.segment.seq)] : [],
  );
}

/** When each of them arrived. */
export function arrivalTimes({ steps }: Played): readonly number[] {
  return steps.flatMap(({ cause, at }) => (cause.kind === 'arrival' ? [at] : []));
}

/** The trace without its header, times and columns: what happened, in order. */
export function story({ world, steps }: Played): readonly string[] {
  return steps.flatMap((step) =>
    traceStep(step, lanesOf(world)).map((line) => line.trim().replace(/ {2,}/g, ' ')),
  );
}

/** The reasons that the rule with this id gave, in order. */
export function reasons({ steps }: Played, id: string): readonly string[] {
  return steps.flatMap(({ microsteps }) =>
    microsteps.filter(({ rule }) => rule.id === id).map(({ why }) => why()),
  );
}
