/** The checks themselves: each finds what it is there to find. */

import assert from 'node:assert/strict';
import { INVARIANTS, violations } from '../../src/sim/invariants.js';
import type { Step } from '../../src/sim/step.js';
import type { World } from '../../src/sim/world.js';
import { copyWorld, hostOf } from '../../src/sim/world.js';
import { schedule } from '../../src/tcp/host/wake-ups.js';
import { RST, segment } from '../../src/tcp/segment.js';
import { add, seq } from '../../src/tcp/seq.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { NO_TIMERS } from '../../src/tcp/timers.js';
import { close, connect, listen, pair, watch } from './scenes.js';

/** The moment at which `client` has sent its FIN: `world` after the step, and the step. */
function moment(): { readonly world: World; readonly step: Step } {
  const acts = [listen(0, 'server'), connect(0, 'client', '10.0.0.2', 80), close(50_000, 'client')];
  const { world, steps } = watch(pair(), acts, () => {}, 6);
  return { world, step: steps.at(-1) as Step };
}

/** What is found when the client's TCB is not as it should be. */
function withTcb(change: (tcb: Tcb) => Partial<Tcb>): readonly string[] {
  const { world, step } = moment();
  const spoilt = copyWorld(world);
  const client = hostOf(spoilt, 'client');
  for (const connection of client.connections.values()) {
    connection.tcb = { ...connection.tcb, ...change(connection.tcb) };
    schedule(client, connection);
  }
  return violations(spoilt, step);
}

/** What is found when the client's last rule has made this of its TCB. */
function withMove(change: (tcb: Tcb) => Partial<Tcb>): readonly string[] {
  const { world, step } = moment();
  const microsteps = step.microsteps.map((one) =>
    one.after === undefined ? one : { ...one, after: { ...one.after, ...change(one.after) } },
  );
  return violations(world, { ...step, microsteps });
}

const only = (found: readonly string[], name: string) => {
  assert.deepEqual(
    found.map((text) => text.slice(0, text.indexOf(':'))),
    [name],
  );
};

describe('invariants', () => {
  it('find nothing wrong with a FIN that was just sent', () => {
    const { world, step } = moment();
    assert.deepEqual(violations(world, step), []);
    assert.equal(step.call?.call.kind, 'CLOSE');
  });

  it('SND.UNA beyond SND.NXT', () => {
    only(
      withTcb(({ snd }) => ({ snd: { ...snd, una: add(snd.nxt, 1) } })),
      'SND.UNA =< SND.NXT',
    );
  });

  it('an acknowledgment of what was never sent', () => {
    const found = withMove(({ snd }) => ({ snd: { ...snd, una: add(snd.nxt, 9) } }));
    only(found, 'nothing is acknowledged that was not sent');
  });

  it('variables that go back', () => {
    const name = 'SND.UNA and RCV.NXT never go back';
    only(
      withMove(({ snd }) => ({ snd: { ...snd, una: seq(5) } })),
      name,
    );
    only(
      withMove(({ rcv }) => ({ rcv: { ...rcv, nxt: seq(5) } })),
      name,
    );
  });

  it('a FIN that no timer would send again', () => {
    const found = withTcb(() => ({ timers: NO_TIMERS }));
    only(found, 'a timer runs while something is unacknowledged');
  });

  it('a TIME_WAIT that does not end, or too late', () => {
    const name = 'TIME_WAIT ends after 2 MSL';
    const waiting = { state: 'TIME_WAIT', retransmissions: [] } as const;
    only(
      withTcb(() => ({ ...waiting, timers: NO_TIMERS })),
      name,
    );
    only(
      withTcb(() => ({ ...waiting, timers: { ...NO_TIMERS, timeWait: 1e9 } })),
      name,
    );
  });

  it('an entry without a connection', () => {
    only(
      withTcb(() => ({ state: 'CLOSED' })),
      'no entry of the table is CLOSED',
    );
  });

  it('a timer that was slept through', () => {
    only(
      withTcb(({ timers }) => ({ timers: { ...timers, retransmission: 49_999 } })),
      'no timer is overdue',
    );
  });

  it('a host whose timer nobody was told of', () => {
    const { world, step } = moment();
    const spoilt = copyWorld(world);
    hostOf(spoilt, 'client').wakeUps.length = 0;
    only(violations(spoilt, step), 'a host wakes up at its next timer');
  });

  it('two entries for one pair of sockets', () => {
    const { world, step } = moment();
    const spoilt = copyWorld(world);
    const table = spoilt.hosts.get('client')?.connections;
    const [connection] = table?.values() ?? [];
    assert.ok(table && connection);
    table.set(99, connection);
    only(violations(spoilt, step), 'a pair of sockets has one entry');
  });

  it('a step without a rule, and a rule that starts from nowhere', () => {
    const { world, step } = moment();
    only(violations(world, { ...step, microsteps: [] }), 'a step has at least one microstep');
    const [first] = step.microsteps;
    assert.ok(first?.before);
    const twice = { ...step, microsteps: [first, { ...first, before: { ...first.before } }] };
    only(violations(world, twice), 'a microstep begins where the one before it ended');
  });

  it('a reset that answers a reset', () => {
    const { world, step } = moment();
    const [departure] = step.departures;
    assert.ok(departure);
    const reset = { ...departure, segment: segment({ ctl: RST }) };
    const cause = { kind: 'arrival', delivery: reset } as const;
    only(
      violations(world, { ...step, cause, departures: [reset] }),
      'a RST is not answered with a RST',
    );
  });

  it('segments that were forgotten, or are late', () => {
    const { world, step } = moment();
    const empty = copyWorld(world);
    empty.queue.length = 0;
    assert.deepEqual(
      violations(empty, step).map((text) => text.slice(0, text.indexOf(':'))),
      ['what was sent and will arrive is under way', 'links count what they carry'],
    );
    const late = copyWorld(world);
    late.now = 60_001;
    only(violations(late, step), 'nothing under way should have arrived');
  });

  it('are all shown here', () => {
    assert.equal(INVARIANTS.length, 15);
  });
});
