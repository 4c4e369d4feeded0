/** RFC 9293 §3.5, §3.5.1: old duplicates, and hosts that have forgotten a connection. */

import assert from 'node:assert/strict';
import { rebootHost } from '../../src/tcp/host.js';
import { fixedIsn } from '../../src/tcp/settings.js';
import { seg } from './fixtures.js';
import { pair } from './network.js';

describe('a host: old duplicates and half-open connections', () => {
  it('DUP-01 Figure 8: an old SYN arrives first', () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    const held = network.flying.splice(0);
    network.arrive('server', '10.0.0.1', seg('SYN', { seq: 90 }));
    network.deliver();
    network.flying.push(...held);
    network.deliver();
    assert.deepEqual(network.log, [
      'client -> server <SEQ=100><CTL=SYN>',
      'server -> client <SEQ=300><ACK=91><CTL=SYN,ACK>',
      'client -> server <SEQ=91><CTL=RST>',
      'server -> client <SEQ=400><ACK=101><CTL=SYN,ACK>',
      'client -> server <SEQ=101><ACK=401><CTL=ACK>',
    ]);
    assert.deepEqual(network.moves.slice(1), [
      'client CLOSED -> SYN_SENT',
      'server LISTEN -> SYN_RCVD',
      'server SYN_RCVD -> LISTEN',
      'server LISTEN -> SYN_RCVD',
      'client SYN_SENT -> ESTABLISHED',
      'server SYN_RCVD -> ESTABLISHED',
    ]);
  });

  it('DUP-02 Figure 11: an old SYN between two listeners', () => {
    const network = pair();
    network.listen('client', 1000);
    network.arrive('server', '10.0.0.1', seg('SYN', { seq: 90 }));
    network.deliver();
    assert.deepEqual(network.log, [
      'server -> client <SEQ=300><ACK=91><CTL=SYN,ACK>',
      'client -> server <SEQ=91><CTL=RST>',
    ]);
    assert.deepEqual(network.table('client'), ['l1 LISTEN']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
  });

  it('DUP-03 the good SYN comes before the RST: one connection in the end', () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    const held = network.flying.splice(0);
    network.arrive('server', '10.0.0.1', seg('SYN', { seq: 90 }));
    network.flying.unshift(...held);
    network.deliver();
    for (let i = 0; i < 3 && network.table('client')[0] !== 'c1 ESTABLISHED'; i++)
      network.expire('client');
    assert.deepEqual(network.table('client'), ['c1 ESTABLISHED']);
    assert.equal(network.table('server').length, 2);
  });

  it('HOP-01 EST-15 CHA-07 Figure 9: a restarted host opens again', () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    network.sent();
    network.hosts.set('client', rebootHost(network.host('client')));
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    assert.deepEqual(network.sent(), [
      'client -> server <SEQ=200><CTL=SYN>',
      'server -> client <SEQ=301><ACK=101><CTL=ACK>',
      'client -> server <SEQ=101><CTL=RST>',
    ]);
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
    network.expire('client');
    assert.deepEqual(network.table('client'), ['c2 ESTABLISHED']);
  });

  it('HOP-02 CLS-14 Figure 10: the other side sends first', () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    network.hosts.set('client', rebootHost(network.host('client')));
    network.sent();
    const send = network.send('server', 'c1', 'ten octets');
    network.deliver();
    assert.deepEqual(network.sent(), [
      'server -> client <SEQ=301><ACK=101><DATA=10><CTL=PSH,ACK>',
      'client -> server <SEQ=101><CTL=RST>',
    ]);
    assert.equal(network.outcomes.get(send), 'error connection reset');
  });

  it('HOP-03 an idle half-open connection is found by keep-alive only', () => {
    const network = pair({}, { keepalive: 7_200_000_000 });
    network.connect('client', 'server');
    network.deliver();
    network.hosts.set('client', rebootHost(network.host('client')));
    network.expire('server');
    assert.equal(network.clock.now, 7_200_000_000);
    assert.deepEqual(network.table('server'), ['l1 LISTEN'], 'TMR-30');
  });

  it('HOP-04 a restarted host whose ISN is RCV.NXT-1 of the other makes no progress', () => {
    const network = pair({ isn: fixedIsn(100) });
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    network.hosts.set('client', rebootHost(network.host('client')));
    network.connect('client', 'server', { from: 1000 });
    network.sent();
    network.deliver();
    // The challenge ACK acknowledges just what the client's SYN takes: it is acceptable, and no reset answers it.
    assert.deepEqual(network.sent(), ['server -> client <SEQ=301><ACK=101><CTL=ACK>']);
    assert.deepEqual(network.table('client'), ['c2 SYN_SENT']);
    for (let i = 0; i < 8; i++) network.expire('client');
    assert.deepEqual(network.table('client'), []);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 ESTABLISHED']);
  });

  it('HOP-05 calls on a connection that is gone meet "connection does not exist"', () => {
    const network = pair();
    for (const kind of ['CLOSE', 'ABORT', 'STATUS'] as const) {
      const number = network.call('client', { kind, connection: 77 });
      assert.equal(network.outcomes.get(number), 'error connection does not exist');
    }
    assert.equal(
      network.outcomes.get(network.send('client', 'c1', 'x')),
      'error connection does not exist',
    );
    assert.equal(
      network.outcomes.get(network.receive('client', 'c1')),
      'error connection does not exist',
    );
  });

  it('RSG-05 CLS-14 no RST is answered with a RST', () => {
    const network = pair();
    network.arrive('client', '10.0.0.2', seg('RST,ACK', { ack: 5 }));
    network.arrive('server', '10.0.0.1', seg('RST'));
    assert.deepEqual(network.log, []);
  });
});
