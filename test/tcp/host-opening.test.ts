/** A host opens connections: sockets, ports, listeners and their children. */

import assert from 'node:assert/strict';
import { createHost, giveConnection, segmentArrives } from '../../src/tcp/host.js';
import type { Segment } from '../../src/tcp/segment.js';
import { fixedIsn, settings } from '../../src/tcp/settings.js';
import { established, seg } from './fixtures.js';
import { between, clientIsns, createNetwork, pair, queues, serverIsns } from './network.js';

describe('a host: opening', () => {
  it('Figure 6: the three-way handshake', () => {
    const network = pair();
    const open = network.connect('client', 'server');
    network.deliver();
    assert.deepEqual(network.sent(), [
      'client -> server <SEQ=100><CTL=SYN>',
      'server -> client <SEQ=300><ACK=101><CTL=SYN,ACK>',
      'client -> server <SEQ=101><ACK=301><CTL=ACK>',
    ]);
    assert.deepEqual(network.table('client'), ['c1 ESTABLISHED']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 ESTABLISHED']);
    assert.equal(network.outcomes.get(open), 'ok');
  });

  it('OPN-13 the first ephemeral port is 49152, the next connection gets the next', () => {
    const network = pair();
    network.connect('client', 'server');
    network.connect('client', 'server');
    const ports = [...network.host('client').connections.values()].map(({ tcb }) => tcb.local.port);
    assert.deepEqual(ports, [49_152, 49_153]);
  });

  it('OPN-17 SND-04 when all ephemeral ports are taken the OPEN meets "insufficient resources"', () => {
    const network = pair();
    const host = network.host('client');
    const remote = { address: '10.0.0.2', port: 80 };
    for (let port = 49_152; port <= 65_535; port++) {
      const tcb = { ...established(), local: { address: host.address, port }, remote };
      giveConnection(host, tcb, undefined, 0);
    }
    const open = network.connect('client', 'server');
    assert.equal(network.outcomes.get(open), 'error insufficient resources');
    assert.equal(network.outcomes.get(network.connect('client', 'server', { to: 81 })), 'pending');
  });

  it('OPN-04 OPN-12 OPN-14 what a host refuses', () => {
    const network = pair();
    const open = (address: string, port: number, remote: string | undefined) =>
      network.outcomes.get(
        network.call('client', {
          kind: 'OPEN',
          open: remote === undefined ? 'passive' : 'active',
          local: { address, port },
          remote: remote === undefined ? undefined : { address: remote, port: 80 },
          name: undefined,
          backlog: undefined,
        }),
      );
    assert.equal(open('10.9.9.9', 80, undefined), 'error connection illegal for this process');
    assert.equal(open('', 0, undefined), 'error connection illegal for this process');
    for (const address of ['224.0.0.1', '255.255.255.255', 'ff02::1', '0.0.0.0']) {
      assert.equal(open('', 0, address), 'error remote address is multicast or broadcast');
    }
    assert.deepEqual(network.table('client'), []);
  });

  it('OPN-09 TWT-31 OPEN of a four-tuple that exists', () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    const again = network.connect('client', 'server', { from: 1000 });
    assert.equal(network.outcomes.get(again), 'error connection already exists');
  });

  it('OPN-10 a second passive OPEN of the port is an error, and the listener stays as it is', () => {
    const network = pair();
    const before = [...network.host('server').connections.values()][0]?.tcb;
    assert.equal(network.outcomes.get(network.listen('server')), 'error connection already exists');
    assert.equal([...network.host('server').connections.values()][0]?.tcb, before);
  });

  it('OPN-11 a port may listen while a connection of it is in SYN_SENT', () => {
    const network = createNetwork();
    network.add('client', clientIsns);
    network.add('server', serverIsns);
    network.connect('client', 'server', { from: 80 });
    assert.equal(network.outcomes.get(network.listen('client')), 'ok');
    assert.deepEqual(network.table('client'), ['c1 SYN_SENT', 'l1 LISTEN']);
  });

  it('OPN-07 an active OPEN from a listening port makes the listener active', () => {
    const network = pair();
    network.connect('server', 'client', { from: 80 });
    assert.deepEqual(network.table('server'), ['l1 SYN_SENT']);
    assert.equal(network.host('server').latest?.tcb.state, 'SYN_SENT');
    const syn = between(1000, 80, seg('SYN', { seq: 100 }));
    network.flying.length = 0;
    network.arrive('server', '10.0.0.9', syn);
    assert.match(network.log.at(-1) ?? '', /RST,ACK/, 'nobody listens any more');
  });

  it('LIS-12 a listener for one remote socket does not see others', () => {
    const network = createNetwork();
    network.add('client', clientIsns);
    network.add('server', serverIsns);
    const remote = { address: '10.0.0.1', port: 1000 };
    network.call('server', {
      kind: 'OPEN',
      open: 'passive',
      local: { address: '', port: 80 },
      remote,
      backlog: undefined,
    });
    network.connect('client', 'server', { from: 1001 });
    network.deliver();
    assert.deepEqual(network.table('client'), []);
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    assert.deepEqual(network.table('client'), ['c2 ESTABLISHED']);
  });

  it('LIS-13 LIS-14 each peer gets a child of its own, with the address it asked for', () => {
    const network = pair();
    network.add('third', { isn: fixedIsn(900) });
    network.connect('client', 'server');
    network.connect('third', 'server');
    network.deliver(2);
    assert.deepEqual(queues(network).half, ['c1', 'c2']);
    network.deliver();
    assert.deepEqual(queues(network), { half: [], full: ['c1', 'c2'] });
    const [, first] = [...network.host('server').connections.values()];
    assert.equal(first?.tcb.local.address, '10.0.0.2');
  });

  it('LIS-15 the SYN again meets the child, not the listener', () => {
    const network = pair();
    network.connect('client', 'server');
    const syn = network.flying[0]?.segment;
    network.deliver(1);
    if (syn) network.arrive('server', '10.0.0.1', syn);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 SYN_RCVD']);
  });

  it('LIS-18 ISN-08 after a RST the listener serves a new SYN with a new ISS', () => {
    const network = pair();
    network.arrive('server', '10.0.0.1', seg('SYN', { seq: 90 }));
    network.arrive('server', '10.0.0.1', seg('RST', { seq: 91 }));
    assert.equal(network.host('server').latest?.tcb.state, 'LISTEN');
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
    network.arrive('server', '10.0.0.1', seg('SYN', { seq: 100 }));
    assert.deepEqual(network.log, [
      'server -> client <SEQ=300><ACK=91><CTL=SYN,ACK>',
      'server -> client <SEQ=400><ACK=101><CTL=SYN,ACK>',
    ]);
  });

  it('LIS-19 a SYN from the host’s own address and port opens no endless exchange', () => {
    // From the second ISN the host finds its own numbers beyond its window, and answers itself until the throttle ends it.
    for (const isn of [300, 300_000]) {
      const network = pair({}, { isn: fixedIsn(isn) });
      network.arrive('server', '10.0.0.2', between(80, 80, seg('SYN', { seq: 100 })));
      network.deliver(50);
      assert.equal(network.flying.length, 0, `ISN ${isn}`);
    }
  });

  it('CLS-16 RSG-12 segments from addresses that nobody outside has are ignored', () => {
    const network = pair();
    const nobody = ['224.0.0.1', '255.255.255.255', '0.0.0.0', '127.0.0.1', 'ff02::1', '::', '::1'];
    for (const source of nobody) {
      const { microsteps } = network.arrive('server', source, seg('SYN'));
      assert.equal(microsteps[0]?.rule.id, 'arrival/address');
    }
    assert.deepEqual(network.log, []);
    network.arrive('server', '10.0.0.127', seg('SYN'));
    assert.equal(network.log.length, 1);
  });

  it('CLS-15 RSG-12 segments to a broadcast or multicast address are ignored', () => {
    const host = pair().host('server');
    const arriveAt = (destination: string, segment: Segment) =>
      segmentArrives(host, { source: '10.0.0.9', destination, segment }, 0).microsteps;
    for (const destination of ['224.0.0.1', '239.1.2.3', '255.255.255.255', 'ff02::1']) {
      for (const flags of ['SYN', 'ACK', 'FIN']) {
        const steps = arriveAt(destination, seg(flags));
        assert.deepEqual(
          steps.map(({ rule }) => rule.id),
          ['arrival/address'],
        );
        assert.deepEqual(
          steps.flatMap(({ effects }) => effects.map(({ kind }) => kind)),
          ['discard'],
        );
      }
    }
    assert.notEqual(arriveAt(host.address, seg('SYN'))[0]?.rule.id, 'arrival/address');
  });

  it('a host whose own address is a loopback address hears others', () => {
    const own = createHost('inside', '127.0.0.1', settings(), 1);
    const datagram = { source: '127.0.0.2', destination: '127.0.0.1', segment: seg('SYN') };
    const [step] = segmentArrives(own, datagram, 0).microsteps;
    assert.equal(step?.rule.id, 'closed/reset');
  });

  it('EST-31 the same ports from another address are another connection', () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    const before = network.host('server').latest?.tcb;
    network.arrive('server', '10.0.0.9', seg('RST', { seq: 101 }));
    assert.equal(network.host('server').latest?.tcb, before);
  });

  it('connections are called by their number, or what as says', () => {
    const network = pair();
    network.connect('client', 'server', { as: 'first' });
    network.connect('client', 'server');
    network.deliver();
    assert.deepEqual(network.table('client'), ['first ESTABLISHED', 'c2 ESTABLISHED']);
    network.accept('server', 'mine');
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'mine ESTABLISHED', 'c2 ESTABLISHED']);
  });
});

describe('a host: combine syn-ack off', () => {
  it('four messages when both have it off', () => {
    const network = pair({ combineSynAck: false }, { combineSynAck: false });
    network.connect('client', 'server');
    network.deliver();
    assert.deepEqual(network.log, [
      'client -> server <SEQ=100><CTL=SYN>',
      'server -> client <SEQ=300><ACK=101><CTL=ACK>',
      'server -> client <SEQ=300><CTL=SYN>',
      'client -> server <SEQ=101><ACK=301><CTL=ACK>',
    ]);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 ESTABLISHED']);
    assert.deepEqual(network.table('client'), ['c1 ESTABLISHED']);
  });

  it('SOP-12 a literal client ends ESTABLISHED too, once the SYN was sent again', () => {
    const network = pair({}, { combineSynAck: false });
    network.connect('client', 'server');
    network.deliver();
    assert.deepEqual(network.table('client'), ['c1 ESTABLISHED']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 SYN_RCVD']);
    network.expire('server');
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 ESTABLISHED']);
    assert.equal(network.clock.now, 1_000_000);
  });
});
