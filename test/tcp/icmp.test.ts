/** RFC 9293 §3.9.2.2 ICMP Messages. */

import assert from 'node:assert/strict';
import {
  createHost,
  giveConnection,
  type Host,
  type IcmpMessage,
  icmpArrives,
} from '../../src/tcp/host.js';
import { editRto } from '../../src/tcp/retransmission/variables.js';
import { add, seq } from '../../src/tcp/seq.js';
import { type Settings, settings } from '../../src/tcp/settings.js';
import type { State } from '../../src/tcp/states.js';
import { editTcb } from '../../src/tcp/tcb.js';
import { arrive, call, established, expire, ISS, inState, LOCAL, REMOTE, seg } from './fixtures.js';

/** A connection in this state that has something outstanding, and a message about it. */
function told(state: State, message: Partial<IcmpMessage>, changes: Partial<Settings> = {}) {
  const host = createHost('server', LOCAL.address, settings(changes), 1);
  const nxt = seq(ISS + 11);
  const opening = state === 'SYN_SENT' || state === 'SYN_RCVD';
  const tcb = inState(state, { settings: changes, ...(opening ? {} : { snd: { nxt } }) });
  giveConnection(host, tcb, 'c1', 0);
  const quoted = { source: LOCAL, destination: REMOTE, seq: tcb.snd.una };
  const handling = icmpArrives(host, { error: 'host-unreachable', ...quoted, ...message }, 5);
  return { host, handling, effects: handling.microsteps.flatMap(({ effects }) => effects) };
}

const alive = (host: Host) => host.connections.size === 1;

describe('An ICMP error message', () => {
  const soft = [
    'net-unreachable',
    'host-unreachable',
    'source-route-failed',
    'time-exceeded',
  ] as const;

  for (const state of [
    'SYN_SENT',
    'SYN_RCVD',
    'ESTABLISHED',
    'FIN_WAIT_1',
    'CLOSE_WAIT',
    'CLOSING',
    'LAST_ACK',
  ] as const) {
    const softId = state === 'SYN_SENT' ? 'ICM-02' : 'ICM-01';
    it(`that is soft is told and aborts nothing in ${state} (${softId}, MUST-56)`, () => {
      for (const error of [
        ...soft,
        'reassembly-time-exceeded',
        'parameter-problem',
        'bad-length',
        'unknown-next-header',
      ] as const) {
        const { host, effects } = told(state, { error });
        assert(alive(host), error);
        assert.deepEqual(
          effects.map(({ kind }) => kind),
          ['signal'],
          error,
        );
      }
    });

    const hardId = { SYN_SENT: 'ICM-03', SYN_RCVD: 'ICM-08' }[String(state)] ?? 'ICM-04';
    it(`that is hard aborts ${state}, and the user is told (${hardId}, SHLD-26)`, () => {
      const { host, effects } = told(state, { error: 'port-unreachable' });
      assert(!alive(host));
      assert(effects.some((one) => one.kind === 'signal' && one.text === 'port unreachable'));
      assert(effects.every(({ kind }) => kind !== 'send'));
    });
  }

  it('that is hard aborts no synchronized connection with icmp-abort none (ICM-04)', () => {
    const changes = { icmpAbort: 'none' } as const;
    assert(alive(told('ESTABLISHED', { error: 'port-unreachable' }, changes).host));
    assert(!alive(told('SYN_SENT', { error: 'port-unreachable' }, changes).host));
  });

  it('aborts an open by the choice of icmp-abort-open (ICM-02)', () => {
    const ends = (error: IcmpMessage['error'], icmpAbortOpen: Settings['icmpAbortOpen']) =>
      !alive(told('SYN_SENT', { error }, { icmpAbortOpen }).host);
    assert(ends('host-unreachable', 'any'));
    assert(!ends('host-unreachable', 'refusal'));
    assert(ends('prohibited', 'refusal'));
    assert(alive(told('SYN_RCVD', { error: 'prohibited' }, { icmpAbortOpen: 'refusal' }).host));
    assert(!ends('prohibited', 'hard'));
    assert(!ends('port-unreachable', 'none'));
  });

  for (const state of ['SYN_SENT', 'SYN_RCVD'] as const) {
    it(`that is the second soft one ends ${state} once the SYN has gone often enough again (icmp-soft-limit)`, () => {
      const host = createHost('server', LOCAL.address, settings({ icmpSoftLimit: 2 }), 1);
      const tcb = inState(state, { settings: { icmpSoftLimit: 2 } });
      const { ref } = giveConnection(host, tcb, 'c1', 0);
      const quoted = { source: LOCAL, destination: REMOTE, seq: tcb.snd.una };
      const tell = (error: IcmpMessage['error'], expiries: number) => {
        const connection = host.connections.get(ref.id);
        assert(connection !== undefined);
        connection.tcb = editTcb(connection.tcb, {
          rto: editRto(connection.tcb.rto, { expiries }),
        });
        const { microsteps } = icmpArrives(host, { error, ...quoted }, 5);
        return microsteps.flatMap(({ effects }) => effects.map(({ kind }) => kind));
      };
      tell('reassembly-time-exceeded', 2);
      tell('bad-length', 2);
      assert.deepEqual(tell('host-unreachable', 2), ['signal'], 'the first that counts');
      assert.deepEqual(tell('net-unreachable', 1), ['signal'], 'too early');
      const last = tell('net-unreachable', 2);
      assert.deepEqual(last, state === 'SYN_RCVD' ? ['send', 'signal'] : ['signal']);
      assert(!alive(host));
    });
  }

  it('of source quench, or a redirect, is silently discarded (ICM-05, MUST-55)', () => {
    for (const [error, rule] of [
      ['source-quench', 'icmp/3-silence'],
      ['redirect', 'icmp/3-redirect'],
    ] as const) {
      const { host, effects, handling } = told('SYN_SENT', { error }, { icmpAbortOpen: 'any' });
      assert(alive(host));
      assert.equal(handling.microsteps.at(-1)?.rule.id, rule);
      assert.deepEqual(
        effects.map(({ kind }) => kind),
        ['discard'],
      );
    }
  });

  it('about a sequence number that is not outstanding is ignored (ICM-06)', () => {
    for (const at of [ISS, ISS + 11, ISS + 12]) {
      const { host } = told('ESTABLISHED', { error: 'port-unreachable', seq: seq(at) });
      assert(alive(host), String(at));
    }
    assert(!alive(told('ESTABLISHED', { error: 'port-unreachable', seq: seq(ISS + 10) }).host));
  });

  it('about sockets without a connection is ignored (ICM-07, MUST-54)', () => {
    const destination = { ...REMOTE, port: 9 };
    const { host, handling } = told('SYN_SENT', { error: 'port-unreachable', destination });
    assert(alive(host));
    assert.equal(handling.connection, undefined);
    assert.equal(handling.microsteps[0]?.rule.id, 'icmp/1-demultiplex');
  });

  it('that names a smaller MTU lowers the MSS and aborts nothing, whatever it asks for', () => {
    const mss = (mtu: number) => {
      const { host } = told('ESTABLISHED', { error: 'too-big', mtu });
      return host.connections.get(1)?.tcb.snd.mss;
    };
    assert.equal(mss(1234), 1194);
    assert.equal(mss(10), 28);
    assert.equal(mss(9000), 1460);
    assert.equal(mss(0), 1460);
  });

  it('lets what was too big go again in two, and both arrive (§3.7.2)', () => {
    const { tcb } = call.send(established(), 1460);
    const host = createHost('server', LOCAL.address, settings(), 1);
    giveConnection(host, tcb, 'c1', 0);
    const quoted = { source: LOCAL, destination: REMOTE, seq: tcb.snd.una };
    icmpArrives(host, { error: 'too-big', mtu: 1300, ...quoted }, 5);
    const told = host.connections.get(1)?.tcb;
    assert(told);
    const again = expire(told, 'retransmission', 1_000_000);
    assert.deepEqual(again.sent, ['<SEQ=301><ACK=101><DATA=1260><CTL=ACK>']);
    const acked = arrive(again.tcb, seg('ACK', { seq: 101, ack: 1561 }), 1_100_000).tcb;
    const rest = expire(acked, 'retransmission', 4_000_000);
    assert.deepEqual(rest.sent, ['<SEQ=1561><ACK=101><DATA=200><CTL=PSH,ACK>']);
  });

  it('that a path is gone takes a doubling of the RTO back (RFC 6069, icmp-backoff)', () => {
    const changes = { icmpBackoff: 'revert', rto: 1_000_000 } as const;
    const sent = call.send(established({ settings: changes }), 100).tcb;
    const twice = expire(
      expire(sent, 'retransmission', 1_000_000).tcb,
      'retransmission',
      3_000_000,
    );
    assert.equal(twice.tcb.rto.value, 4_000_000);
    const tell = (error: IcmpMessage['error'], now: number, at = twice.tcb.snd.una) => {
      const host = createHost('server', LOCAL.address, settings(changes), 1);
      giveConnection(host, twice.tcb, 'c1', 0);
      const quoted = { source: LOCAL, destination: REMOTE, seq: at };
      const { microsteps } = icmpArrives(host, { error, ...quoted }, now);
      const { tcb } = host.connections.get(1) ?? {};
      const again = microsteps
        .flatMap(({ effects }) => effects)
        .some(({ kind }) => kind === 'send');
      return [tcb?.rto.value, tcb?.timers.retransmission, again];
    };
    assert.deepEqual(tell('net-unreachable', 4_000_000), [2_000_000, 5_000_000, false]);
    assert.deepEqual(tell('host-unreachable', 6_000_000), [4_000_000, 10_000_000, true]);
    assert.deepEqual(tell('source-route-failed', 6_000_000), [4_000_000, 7_000_000, false]);
    const behind = add(twice.tcb.snd.una, 1);
    assert.deepEqual(tell('net-unreachable', 6_000_000, behind), [4_000_000, 7_000_000, false]);
  });

  it('that does not say an MTU leads to the next plateau below what was too big (RFC 1191 §7.1)', () => {
    const mss = (octets: number, changes: Partial<Settings> = {}) => {
      const { tcb } = call.send(established({ settings: changes }), octets);
      const host = createHost('server', LOCAL.address, settings(changes), 1);
      giveConnection(host, tcb, 'c1', 0);
      const quoted = { source: LOCAL, destination: REMOTE, seq: tcb.snd.una };
      icmpArrives(host, { error: 'too-big', ...quoted }, 5);
      return host.connections.get(1)?.tcb.snd.mss;
    };
    assert.equal(mss(1460), 1452);
    assert.equal(mss(1452), 966);
    assert.equal(mss(966), 468);
    assert.equal(mss(28), 1460, 'nothing is left to try');
    assert.equal(mss(468, { pathMtuMin: 400 }), 360);
    assert.equal(mss(1460, { pathMtuMin: 552, pathMtuUnsaid: 'least' }), 512);
  });
});
