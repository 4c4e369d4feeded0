/** Two hosts and a link: whole conversations, each as the record that a reader sees. */

import assert from 'node:assert/strict';
import { arm, crash, restart } from '../../src/sim/director.js';
import type { Fault } from '../../src/sim/fault.js';
import { violations } from '../../src/sim/invariants.js';
import { trace } from '../../src/sim/trace.js';
import type { WorldConfig } from '../../src/sim/world.js';
import { createWorld } from '../../src/sim/world.js';
import { ACK, FIN, has, RST, SYN } from '../../src/tcp/segment.js';
import { fixedIsn } from '../../src/tcp/settings.js';
import { golden } from '../golden.js';
import type { Action, Played } from './scenes.js';
import { abort, close, connect, listen, pair, play, receive, send, story } from './scenes.js';

/** Plays and checks the invariants after every step. */
function conversation(config: WorldConfig, actions: readonly Action[]): Played {
  return play(config, actions, (step, world) => {
    assert.deepEqual(violations(world, step), [], `after step ${step.index}`);
  });
}

/** Plays, and compares the whole trace with `test/sim/NAME.trace`. */
function recorded(name: string, config: WorldConfig, actions: readonly Action[]): Played {
  const played = conversation(config, actions);
  golden(`sim/${name}.trace`, trace(createWorld(config), played.steps));
  return played;
}

const server = '10.0.0.2';
const client = '10.0.0.1';
const opening = [listen(0, 'server'), connect(0, 'client', server, 80, 1_000)];
const closing = [close(1_000_000, 'client'), close(2_000_000, 'server')];

/** What happens to the next segments of this kind. */
function fault(kind: 'drop' | 'duplicate' | 'corrupt', ctl: number, count = 1, at = 0): Action {
  const matches: Fault['matches'] = ({ segment }) => segment.ctl === ctl;
  return { at, act: (world) => arm(world, { kind, count, matches, text: `${kind} the segment` }) };
}

describe('two hosts', () => {
  it('open, talk and close; after 2 MSL the entries are gone', () => {
    const talk = [send(100_000, 'client', 18), receive(100_000, 'server')];
    const { world } = recorded('talk', pair(), [...opening, ...talk, ...closing]);
    assert.equal(world.hosts.get('client')?.connections.size, 0);
    assert.equal(world.hosts.get('server')?.connections.size, 1, 'the listener stays');
    assert.equal(world.queue.length, 0);
  });

  it('open from both sides at once (Figure 7)', () => {
    const both = [connect(0, 'client', server, 80, 80), connect(0, 'server', client, 80, 80)];
    const { world } = recorded('simultaneous-open', pair(), both);
    for (const host of world.hosts.values()) assert.equal(host.latest?.tcb.state, 'ESTABLISHED');
  });

  it('close from both sides at once (Figure 13)', () => {
    const both = [close(1_000_000, 'client'), close(1_000_000, 'server')];
    recorded('simultaneous-close', pair(), [...opening, ...both]);
  });

  it('a call for a port where nobody listens is refused', () => {
    recorded('refused', pair(), [connect(0, 'client', server, 81, 1_000)]);
  });

  it('an address that nobody has answers nothing: the SYN is sent again and again', () => {
    const settings = { synRetries: 2 };
    const played = recorded('no-route', pair(settings), [connect(0, 'client', '10.9.9.9')]);
    assert.equal(played.steps[0]?.departures[0]?.decidedBy, 'link/no-route');
  });

  it('an aborted connection is reset at the other end', () => {
    recorded('abort', pair(), [...opening, abort(1_000_000, 'client')]);
  });
});

describe('segments that go astray', () => {
  it('a lost SYN is sent again after 1, 3 and 7 seconds (RFC 6298 (5.5))', () => {
    const played = recorded('lost-syn', pair(), [fault('drop', SYN, 3), ...opening]);
    assert.deepEqual(sent(played, SYN), [0, 1_000_000, 3_000_000, 7_000_000]);
  });

  it('a lost SYN,ACK is sent again by both sides’ timers', () => {
    recorded('lost-syn-ack', pair(), [fault('drop', SYN | ACK), ...opening]);
  });

  it('a lost FIN is sent again; the close goes on', () => {
    recorded('lost-fin', pair(), [fault('drop', FIN | ACK), ...opening, ...closing]);
  });

  it('a lost last ACK is sent again for the repeated FIN, and TIME_WAIT begins anew', () => {
    const last = fault('drop', ACK, 1, 2_000_000);
    recorded('lost-last-ack', pair(), [...opening, ...closing, last]);
  });

  it('ACC-23 a damaged segment is discarded by the receiver’s checksum, and sent again', () => {
    const played = conversation(pair(), [fault('corrupt', SYN), ...opening]);
    assert.ok(story(played).some((line) => line.endsWith('checksum link/checksum')));
    assert.deepEqual(sent(played, SYN), [0, 1_000_000]);
    // Not even a RST was damaged in vain.
    const reset = conversation(pair(), [
      ...opening,
      fault('corrupt', RST, 1, 500_000),
      abort(500_001, 'client'),
    ]);
    assert.equal(reset.world.hosts.get('server')?.latest?.tcb.state, 'ESTABLISHED');
  });

  it('a duplicate SYN does no harm', () => {
    const { world } = recorded('duplicate-syn', pair(), [fault('duplicate', SYN), ...opening]);
    assert.equal(world.hosts.get('server')?.connections.size, 2);
  });

  it('everything arrives over a link that loses, doubles, reorders and jitters', () => {
    const bad = { loss: 0.1, duplicate: 0.1, reorder: 0.2, jitter: 5_000, rate: 10_000_000 };
    const talk = [
      send(100_000, 'client', 30_000),
      ...Array.from({ length: 300 }, (_, i) => receive(200_000 + i * 100_000, 'server')),
      close(60_000_000, 'client'),
      close(90_000_000, 'server'),
    ];
    const played = conversation(pair({}, bad), [...opening, ...talk]);
    const octets = played.steps.flatMap(({ microsteps }) =>
      microsteps.flatMap(({ effects }) =>
        effects.map((effect) =>
          effect.kind === 'complete' && effect.outcome.kind === 'ok'
            ? (effect.outcome.data?.length ?? 0)
            : 0,
        ),
      ),
    );
    assert.equal(
      octets.reduce((sum, n) => sum + n, 0),
      30_000,
    );
    assert.equal(played.world.hosts.get('client')?.connections.size, 0);
  });
});

describe('a host that crashes', () => {
  const crashed = {
    at: 500_000,
    act: (world: Parameters<typeof crash>[0]) => crash(world, 'client'),
  };
  const booted = {
    at: 600_000,
    act: (world: Parameters<typeof crash>[0]) => restart(world, 'client'),
  };

  it('forgets everything without a word; the other side finds out when it sends (Figure 11)', () => {
    recorded('half-open', pair(), [...opening, crashed, booted, send(1_000_000, 'server', 10)]);
  });

  it('comes back with the same ports: a challenge, a reset, and a new connection (Figure 10)', () => {
    const again = connect(1_000_000, 'client', server, 80, 1_000);
    const twice = pair({ isn: fixedIsn(100, 400) });
    const { world } = recorded('reboot', twice, [...opening, crashed, booted, again]);
    assert.equal(world.hosts.get('client')?.latest?.tcb.state, 'ESTABLISHED');
    assert.equal(world.hosts.get('client')?.latest?.tcb.iss, 400, 'ISNs go on over a crash');
  });

  it('takes no calls and answers nothing while it is down', () => {
    const played = recorded('down', pair({ retries: 1 }), [
      ...opening,
      crashed,
      send(600_000, 'server', 10),
      connect(700_000, 'client', server),
    ]);
    const call = played.steps.find(({ call }) => call?.outcome.kind === 'error');
    assert.deepEqual(call?.call?.outcome, { kind: 'error', text: 'host is down' });
    assert.ok(played.steps.every(({ departures }) => !departures.some(isReset)));
  });

  it('is restarted without a crash as if it had crashed', () => {
    const played = conversation(pair(), [...opening, booted]);
    const moves = story(played).filter((line) => line.endsWith('host/crash'));
    assert.equal(moves.length, 2);
    assert.equal(played.world.hosts.get('client')?.connections.size, 0);
  });
});

describe('a host and itself', () => {
  it('can talk over its own address', () => {
    const config = { ...pair({ isn: { kind: 'clock' } }), links: [] };
    const { world } = conversation(config, [
      listen(0, 'client'),
      connect(0, 'client', client, 80, 1_000),
    ]);
    const states = [...(world.hosts.get('client')?.connections.values() ?? [])].map(
      ({ tcb }) => tcb.state,
    );
    assert.deepEqual(states, ['LISTEN', 'ESTABLISHED', 'ESTABLISHED']);
  });
});

describe('IPv6', () => {
  it('addresses are as good as any, and an MSS of 1440 leaves room for the larger header', () => {
    const config = pair();
    const [a, b] = config.hosts;
    assert.ok(a && b);
    const six = {
      ...config,
      hosts: [
        { ...a, address: '2001:db8::1', settings: { ...a.settings, mss: 1_440 } },
        { ...b, address: '2001:db8::2' },
      ],
    };
    const played = conversation(six, [
      listen(0, 'server'),
      connect(0, 'client', '2001:db8::2'),
      send(100_000, 'client', 4_000),
      receive(200_000, 'server'),
    ]);
    const sizes = played.steps.flatMap(({ departures }) =>
      departures.filter(({ from }) => from === 'client').map(({ segment }) => segment.data.length),
    );
    assert.equal(Math.max(...sizes), 1_440);
    assert.ok(
      played.steps.every(({ departures }) => departures.every(({ fate }) => fate !== 'lose')),
    );
  });
});

/** When segments with exactly these control bits left `client`. */
function sent({ steps }: Played, ctl: number): readonly number[] {
  return steps.flatMap(({ departures }) =>
    departures
      .filter(({ from, segment }) => from === 'client' && segment.ctl === ctl)
      .map(({ sentAt }) => sentAt),
  );
}

function isReset({ segment }: { readonly segment: Parameters<typeof has>[0] }): boolean {
  return has(segment, RST);
}
