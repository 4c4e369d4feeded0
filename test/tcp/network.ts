/** A few hosts joined by wires without delay, for tests of what a host makes of its connections. */

import type { UserCall } from '../../src/tcp/calls.js';
import type { Connection, Handling, Host } from '../../src/tcp/host.js';
import {
  acceptQueue,
  callHost,
  createHost,
  findConnection,
  halfOpen,
  nameOf,
  nextTimeout,
  segmentArrives,
  timeout,
} from '../../src/tcp/host.js';
import { moveOf } from '../../src/tcp/rule.js';
import type { Segment } from '../../src/tcp/segment.js';
import { printSegment } from '../../src/tcp/segment.js';
import type { Settings } from '../../src/tcp/settings.js';
import { fixedIsn, settings } from '../../src/tcp/settings.js';
import { noteDecider } from './deciders.js';
import { octets } from './fixtures.js';

interface Flying {
  readonly from: string;
  readonly to: string;
  readonly segment: Segment;
}

/** Hosts by name, what is under way, and what happened. */
export function createNetwork() {
  const hosts = new Map<string, Host>();
  /** Segments that have left and not arrived. `deliver` takes them in order; tests may take some out. */
  const flying: Flying[] = [];
  /** `client -> server <SEQ=100><CTL=SYN>`, in order of departure. */
  const log: string[] = [];
  /** `server SYN_RCVD -> ESTABLISHED`, in order. */
  const moves: string[] = [];
  const outcomes = new Map<number, string>();
  const clock = { now: 0 };
  let calls = 0;

  function add(name: string, set: Partial<Settings> = {}): Host {
    const host = createHost(name, `10.0.0.${hosts.size + 1}`, settings(set), 1);
    hosts.set(name, host);
    return host;
  }

  function host(name: string): Host {
    const found = hosts.get(name);
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
  }

  function listen(name: string, port = 80, backlog?: number): number {
    const local = { address: '', port };
    return call(name, { kind: 'OPEN', open: 'passive', local, remote: undefined, backlog });
  }

  function connect(
    name: string,
    to: string,
    ports: { to?: number; from?: number; as?: string } = {},
  ): number {
    const local = { address: '', port: ports.from ?? 0 };
    const remote = { address: host(to).address, port: ports.to ?? 80 };
    return call(name, { kind: 'OPEN', open: 'active', local, remote, name: ports.as });
  }

  function accept(name: string, as?: string): number {
    return call(name, { kind: 'ACCEPT', port: undefined, name: as });
  }

  function send(name: string, connection: string, data: string): number {
    return call(name, {
      kind: 'SEND',
      connection: id(name, connection),
      data: octets(data),
    });
  }

  function receive(name: string, connection: string): number {
    return call(name, {
      kind: 'RECEIVE',
      connection: id(name, connection),
      count: undefined,
    });
  }

  function close(name: string, connection: string): number {
    return call(name, { kind: 'CLOSE', connection: id(name, connection) });
  }

  function abort(name: string, connection: string): number {
    return call(name, { kind: 'ABORT', connection: id(name, connection) });
  }

  function id(name: string, connection: string): number | undefined {
    return findConnection(host(name), connection)?.ref.id;
  }

  /** Makes a call; its number serves to look up the outcome. */
  function call(name: string, call: UserCall): number {
    calls += 1;
    const handling = callHost(host(name), call, calls, clock.now);
    if (handling.outcome !== undefined) note(calls, handling.outcome);
    take(name, handling);
    return calls;
  }

  function note(call: number, outcome: NonNullable<Handling['outcome']>): void {
    const text =
      outcome.kind === 'ok' ? outcome.text : outcome.kind === 'error' ? outcome.text : '';
    outcomes.set(call, text ? `${outcome.kind} ${text}` : outcome.kind);
  }

  function take(name: string, { microsteps }: Handling): void {
    noteDecider(microsteps);
    for (const step of microsteps) {
      const move = moveOf(step);
      if (move !== undefined) moves.push(`${name} ${move}`);
      for (const effect of step.effects) {
        if (effect.kind === 'complete' && effect.call > 0) note(effect.call, effect.outcome);
        if (effect.kind !== 'send') continue;
        const to = [...hosts.values()].find(({ address }) => address === effect.to)?.name ?? '?';
        log.push(`${name} -> ${to} ${printSegment(effect.segment)}`);
        flying.push({ from: name, to, segment: effect.segment });
      }
    }
  }

  /** Delivers segments until none is under way, or `count` of them. */
  function deliver(count = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < count; i++) {
      const first = flying.shift();
      if (first === undefined) return;
      if (i > 10_000) throw new Error('segments without end');
      if (first.to !== '?') arrive(first.to, host(first.from).address, first.segment);
    }
  }

  /** A segment arrives out of the blue. */
  function arrive(name: string, source: string, segment: Segment): Handling {
    const machine = host(name);
    const datagram = { source, destination: machine.address, segment };
    const handling = segmentArrives(machine, datagram, clock.now);
    take(name, handling);
    return handling;
  }

  /** The host's next timer goes off, and everything that follows is delivered. */
  function expire(name: string): void {
    const machine = host(name);
    clock.now = nextTimeout(machine) ?? clock.now;
    take(name, timeout(machine, clock.now));
    deliver();
  }

  /** `c1 ESTABLISHED`, one for each living entry. */
  function table(name: string): readonly string[] {
    return [...host(name).connections.values()].map((one) => `${nameOf(one)} ${one.tcb.state}`);
  }

  /** What was logged since the last time somebody looked. */
  function sent(): readonly string[] {
    return log.splice(0);
  }

  return {
    hosts,
    /** Segments that have left and not arrived. `deliver` takes them in order; tests may take some out. */
    flying,
    log,
    moves,
    outcomes,
    clock,
    add,
    host,
    listen,
    connect,
    accept,
    send,
    receive,
    close,
    abort,
    id,
    call,
    deliver,
    arrive,
    expire,
    table,
    sent,
  };
}

export type Network = ReturnType<typeof createNetwork>;

/** A client, and a server that listens at port 80. */
export function clientAndServer(
  client: Partial<Settings> = {},
  server: Partial<Settings> = {},
): Network {
  const network = createNetwork();
  network.add('client', client);
  network.add('server', server);
  network.listen('server');
  return network;
}

/** The ISNs of `pair`, one after the other. */
export const clientIsns = { isn: fixedIsn(100, 200, 201, 202, 203) };
export const serverIsns = { isn: fixedIsn(300, 400, 500, 600, 700) };
export const pair = (c = {}, s = {}) =>
  clientAndServer({ ...clientIsns, ...c }, { ...serverIsns, ...s });

/** A segment of one of the fixtures' kind, between other ports. */
export function between(sourcePort: number, destinationPort: number, segment: Segment): Segment {
  return { ...segment, sourcePort, destinationPort };
}

/** Ids of queues read better as names. */
export function queues(network: Network): {
  readonly half: readonly string[];
  readonly full: readonly string[];
} {
  const host = network.host('server');
  const listener = network.id('server', 'l1') ?? 0;
  const names = (all: readonly Connection[]) => all.map(nameOf);
  return { half: names(halfOpen(host, listener)), full: names(acceptQueue(host, listener)) };
}
