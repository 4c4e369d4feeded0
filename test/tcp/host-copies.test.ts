/** A host as a value: copies, its soonest timer, connections that are given. */

import assert from 'node:assert/strict';
import { copyHost, giveConnection, halfOpen, nextTimeout } from '../../src/tcp/host.js';
import { num, seq } from '../../src/tcp/seq.js';
import { established, seg, synReceived } from './fixtures.js';
import { pair } from './network.js';

describe('a host: copies and wake-ups', () => {
  it('a copy shares nothing that changes', () => {
    const network = pair();
    network.connect('client', 'server');
    network.deliver(1);
    const host = network.host('server');
    const copy = copyHost(host);
    network.deliver();
    network.close('server', 'l1');
    assert.deepEqual(
      [...copy.connections.values()].map(({ tcb }) => tcb.state),
      ['LISTEN', 'SYN_RCVD'],
    );
    assert.equal(halfOpen(copy, 1).length, 1);
    assert.equal(copy.latest, copy.connections.get(2));
    assert.equal(nextTimeout(copy), 1_000_000);
  });

  it('the soonest timer counts, and of two at one instant the older connection’s', () => {
    const network = pair();
    network.connect('client', 'server', { to: 81 });
    network.clock.now = 500;
    network.connect('client', 'server', { to: 82 });
    network.flying.length = 0;
    const host = network.host('client');
    assert.equal(nextTimeout(host), 1_000_000);
    network.abort('client', 'c1');
    assert.equal(nextTimeout(host), 1_000_500);
    network.abort('client', 'c2');
    assert.equal(nextTimeout(host), undefined);
  });

  it('timers that restart ten thousand times leave a small heap', () => {
    const network = pair();
    network.connect('client', 'server');
    network.deliver();
    for (let i = 0; i < 2_000; i++) {
      network.send('client', 'c1', 'x');
      network.deliver();
      network.clock.now += 10;
    }
    assert.ok(network.host('client').wakeUps.length < 5);
  });

  it('a given connection is there as it was given, and an edit replaces it', () => {
    const network = pair();
    const host = network.host('server');
    const tcb = established();
    const given = giveConnection(host, tcb, 'old', 0);
    assert.equal(given.tcb, tcb);
    network.arrive('server', '10.0.0.1', seg('RST', { seq: 102 }));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=301><ACK=101><CTL=ACK>']);
    const edited = { ...tcb, rcv: { ...tcb.rcv, nxt: seq(500) } };
    assert.equal(giveConnection(host, edited, 'old', 0), given);
    assert.equal(given.tcb, edited);
    assert.equal(giveConnection(host, { ...edited, state: 'CLOSED' }, undefined, 0).closed, true);
  });

  it('a connection without a listener, back in LISTEN, takes the next SYN as a listener does', () => {
    const network = pair();
    const host = network.host('server');
    const given = giveConnection(host, { ...synReceived(), open: 'passive' }, undefined, 0);
    network.arrive('server', '10.0.0.1', seg('RST', { seq: num(given.tcb.rcv.nxt) }));
    assert.equal(given.tcb.state, 'LISTEN');
    network.arrive('server', '10.0.0.1', seg('SYN', { seq: 700 }));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=300><ACK=701><CTL=SYN,ACK>']);
    assert.equal(halfOpen(host, given.ref.id).length, 1);
  });
});
