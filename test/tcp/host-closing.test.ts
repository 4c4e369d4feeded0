/** RFC 9293 §3.6: hosts close their connections, wait, and open them again. */

import assert from 'node:assert/strict';
import { nextTimeout } from '../../src/tcp/host.js';
import { fixedIsn } from '../../src/tcp/settings.js';
import { seg } from './fixtures.js';
import { between, pair } from './network.js';

describe('a host: closing', () => {
  const open = () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    network.sent();
    return network;
  };

  it('TWT-32 Figure 12: only the side that closes first waits', () => {
    const network = open();
    const close = network.close('client', 'c1');
    network.deliver();
    network.close('server', 'c1');
    network.deliver();
    assert.deepEqual(network.log, [
      'client -> server <SEQ=101><ACK=301><CTL=FIN,ACK>',
      'server -> client <SEQ=301><ACK=102><CTL=ACK>',
      'server -> client <SEQ=301><ACK=102><CTL=FIN,ACK>',
      'client -> server <SEQ=102><ACK=302><CTL=ACK>',
    ]);
    assert.deepEqual(network.table('client'), ['c1 TIME_WAIT']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
    assert.equal(network.outcomes.get(close), 'ok');
    network.expire('client');
    assert.deepEqual(network.table('client'), []);
    assert.equal(network.host('client').latest?.tcb.state, 'CLOSED');
    assert.equal(network.host('client').latest?.closed, true);
  });

  it('SCL-01 Figure 13: both sides close', () => {
    const network = open();
    network.close('client', 'c1');
    network.close('server', 'c1');
    network.deliver();
    assert.deepEqual(network.table('client'), ['c1 TIME_WAIT']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 TIME_WAIT']);
    assert.equal(network.log.length, 4);
  });

  it('TWT-30 an old duplicate assassinates TIME_WAIT, unless resets do nothing there (RFC 1337 §2, §3)', () => {
    for (const [timeWaitResets, left] of [
      ['obey', []],
      ['ignore', ['c1 TIME_WAIT']],
    ] as const) {
      const network = pair({ timeWaitResets });
      network.connect('client', 'server', { from: 1000 });
      network.deliver();
      network.close('client', 'c1');
      network.deliver();
      network.close('server', 'c1');
      network.deliver();
      network.sent();
      const old = { ...seg('PSH,ACK', { seq: 250, ack: 101, data: 'old' }), sourcePort: 80 };
      network.arrive('client', '10.0.0.2', { ...old, destinationPort: 1000 });
      network.deliver();
      assert.deepEqual(network.sent(), [
        'client -> server <SEQ=102><ACK=302><CTL=ACK>',
        'server -> client <SEQ=302><CTL=RST>',
      ]);
      assert.deepEqual(network.table('client'), left, timeWaitResets);
    }
  });

  it('ABT-08 RSG-11 the peer of an aborted connection learns of a reset', () => {
    const network = open();
    const receive = network.receive('server', 'c1');
    network.abort('client', 'c1');
    network.deliver();
    assert.equal(network.outcomes.get(receive), 'error connection reset');
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
  });

  it('LAK-09 FW2-12 a segment after the deletion meets CLOSED', () => {
    const network = open();
    network.abort('client', 'c1');
    network.flying.length = 0;
    network.sent();
    network.arrive('client', '10.0.0.2', between(80, 1000, seg('FIN,ACK', { seq: 301, ack: 101 })));
    assert.deepEqual(network.log, ['client -> server <SEQ=101><CTL=RST>']);
  });

  it('CLO-03 a SYN,ACK after CLOSE in SYN_SENT gets a RST', () => {
    const network = pair();
    network.connect('client', 'server');
    network.close('client', 'c1');
    network.deliver();
    assert.equal(network.log.at(-1), 'client -> server <SEQ=101><CTL=RST>');
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
  });

  it('CLO-05 a CLOSE queued in SYN_RCVD is processed after ESTABLISHED', () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    network.deliver(1);
    const send = network.send('server', 'c1', 'bye');
    const close = network.close('server', 'c1');
    assert.equal(network.outcomes.get(close), 'pending');
    network.deliver();
    assert.deepEqual(network.log.slice(3), [
      'server -> client <SEQ=301><ACK=101><DATA=3><CTL=PSH,ACK>',
      'server -> client <SEQ=304><ACK=101><CTL=FIN,ACK>',
      'client -> server <SEQ=101><ACK=304><CTL=ACK>',
      'client -> server <SEQ=101><ACK=305><CTL=ACK>',
    ]);
    assert.deepEqual([network.outcomes.get(send), network.outcomes.get(close)], ['ok', 'ok']);
    assert.ok(network.moves.includes('server SYN_RCVD -> ESTABLISHED'));
    assert.ok(network.moves.includes('server ESTABLISHED -> FIN_WAIT_1'));
  });

  it('TWT-34 connections in TIME_WAIT have a timer each', () => {
    const network = pair();
    for (const from of [1000, 1001]) {
      network.connect('client', 'server', { from });
      network.deliver();
      network.close('client', `c${from - 999}`);
      network.deliver();
      network.close('server', `c${from - 999}`);
      network.deliver();
      network.clock.now += 1_000;
    }
    assert.deepEqual(network.table('client'), ['c1 TIME_WAIT', 'c2 TIME_WAIT']);
    network.expire('client');
    assert.deepEqual(network.table('client'), ['c2 TIME_WAIT']);
    assert.equal(nextTimeout(network.host('client')), 240_001_000);
  });
});

describe('a host: reuse from TIME_WAIT (MAY-2, RFC 6191)', () => {
  /** The server closed first and is in TIME_WAIT with the client's port 1000; SND.NXT=302, RCV.NXT=102. */
  const waiting = (set = {}, stamped = false) => {
    const timestamps = stamped ? { timestamps: true } : {};
    const network = pair(timestamps, { timeWaitReuse: true, ...timestamps, ...set });
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    network.close('server', 'c1');
    network.deliver();
    network.close('client', 'c1');
    network.deliver();
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 TIME_WAIT']);
    network.sent();
    return network;
  };
  const syn = (at: number, val?: number) =>
    seg('SYN', { seq: at, options: val === undefined ? {} : { timestamps: { val, ecr: 0 } } });

  it('TWT-15 TWT-16 ISN-10 with time-wait-reuse on a SYN beyond the last sequence number is honoured', () => {
    const network = waiting();
    network.arrive('server', '10.0.0.1', syn(102));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=400><ACK=103><CTL=SYN,ACK>']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c2 SYN_RCVD']);
  });

  it('TWT-16 with time-wait-reuse on, but without an ISS beyond the old SND.NXT there is no reuse', () => {
    const network = waiting({ isn: fixedIsn(300) });
    network.arrive('server', '10.0.0.1', syn(102));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=302><ACK=102><CTL=ACK>']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 TIME_WAIT']);
  });

  it('TWT-17 with time-wait-reuse on, when the SYN was an old duplicate, TIME_WAIT returns', () => {
    const network = waiting();
    network.arrive('server', '10.0.0.1', syn(5000));
    network.arrive('server', '10.0.0.1', seg('RST', { seq: 5001 }));
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c3 TIME_WAIT']);
    network.expire('server');
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
  });

  const stampedRows: readonly [string, number, number | undefined, boolean][] = [
    ['TWT-18 a later timestamp, an older SEQ', 50, 9, true],
    ['TWT-19 an equal timestamp, a later SEQ', 102, 0, true],
    ['TWT-20 an equal timestamp, no later SEQ', 101, 0, false],
    ['TWT-21 no timestamp, a later SEQ', 102, undefined, true],
    ['TWT-21 no timestamp, no later SEQ', 101, undefined, false],
    ['TWT-22 an older timestamp', 102, 2 ** 32 - 1, false],
  ];
  for (const [name, at, val, honoured] of stampedRows) {
    it(`${name}: ${honoured ? 'honoured' : 'dropped'} with time-wait-reuse on`, () => {
      const network = waiting({}, true);
      network.arrive('server', '10.0.0.1', syn(at, val));
      assert.equal(network.table('server')[1], honoured ? 'c2 SYN_RCVD' : 'c1 TIME_WAIT');
      assert.equal(network.sent().length, honoured ? 1 : 0);
    });
  }

  it('TWT-23 the old one had no timestamps, the SYN has: honoured with time-wait-reuse on, whatever the SEQ', () => {
    const network = waiting();
    const host = network.host('server');
    const timestamps = { ...host.settings, timestamps: true };
    for (const one of host.connections.values()) one.tcb = { ...one.tcb, settings: timestamps };
    network.arrive('server', '10.0.0.1', syn(50, 1));
    assert.equal(network.table('server')[1], 'c2 SYN_RCVD');
  });

  it('TWT-24 neither had timestamps, no later SEQ: dropped with time-wait-reuse on', () => {
    const network = waiting();
    network.arrive('server', '10.0.0.1', syn(101));
    assert.deepEqual([network.sent(), network.table('server')[1]], [[], 'c1 TIME_WAIT']);
  });

  it('TWT-25 when nobody listens a SYN gets a challenge ACK', () => {
    const network = waiting();
    network.close('server', 'l1');
    network.arrive('server', '10.0.0.1', syn(102));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=302><ACK=102><CTL=ACK>']);
  });

  it('it is off by default', () => {
    const network = waiting({ timeWaitReuse: false });
    network.arrive('server', '10.0.0.1', syn(102));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=302><ACK=102><CTL=ACK>']);
  });
});
