import assert from 'node:assert/strict';
import {
  acceptQueue,
  type Connection,
  copyHost,
  createHost,
  giveConnection,
  halfOpen,
  nameOf,
  nextTimeout,
  rebootHost,
  segmentArrives,
} from '../../src/tcp/host.js';
import type { Segment } from '../../src/tcp/segment.js';
import { num, seq } from '../../src/tcp/seq.js';
import { fixedIsn, settings } from '../../src/tcp/settings.js';
import { established, seg, synReceived } from './fixtures.js';
import type { Network } from './network.js';
import { clientAndServer, createNetwork } from './network.js';

const client = { isn: fixedIsn(100, 200, 201, 202, 203) };
const server = { isn: fixedIsn(300, 400, 500, 600, 700) };
const pair = (c = {}, s = {}) => clientAndServer({ ...client, ...c }, { ...server, ...s });

/** A segment of one of the fixtures' kind, between other ports. */
function between(sourcePort: number, destinationPort: number, segment: Segment): Segment {
  return { ...segment, sourcePort, destinationPort };
}

/** Ids of queues read better as names. */
function queues(network: Network): {
  readonly half: readonly string[];
  readonly full: readonly string[];
} {
  const host = network.host('server');
  const listener = network.id('server', 'l1') ?? 0;
  const names = (all: readonly Connection[]) => all.map(nameOf);
  return { half: names(halfOpen(host, listener)), full: names(acceptQueue(host, listener)) };
}

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
    network.add('client', client);
    network.add('server', server);
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
    network.add('client', client);
    network.add('server', server);
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

describe('a host: simultaneous open (RFC 9293 §3.5)', () => {
  const crossing = (simultaneousOpen: 'text' | 'figure') => {
    const network = createNetwork();
    network.add('client', { ...client, simultaneousOpen });
    network.add('server', { ...server, simultaneousOpen });
    network.connect('client', 'server', { from: 1000, to: 80 });
    network.connect('server', 'client', { from: 80, to: 1000 });
    network.deliver();
    return network;
  };

  it('SOP-01 SOP-03 SOP-05 by the letter ACKs complete it', () => {
    const network = crossing('text');
    assert.deepEqual(network.log, [
      'client -> server <SEQ=100><CTL=SYN>',
      'server -> client <SEQ=300><CTL=SYN>',
      'server -> client <SEQ=300><ACK=101><CTL=SYN,ACK>',
      'client -> server <SEQ=100><ACK=301><CTL=SYN,ACK>',
      'client -> server <SEQ=101><ACK=301><CTL=ACK>',
      'server -> client <SEQ=301><ACK=101><CTL=ACK>',
    ]);
    assert.deepEqual(network.table('client'), ['c1 ESTABLISHED']);
    assert.deepEqual(network.table('server'), ['c1 ESTABLISHED']);
  });

  it('SOP-02 as Figure 7 shows it the SYN,ACKs do', () => {
    const network = crossing('figure');
    assert.equal(network.log.length, 4);
    assert.deepEqual(network.table('client'), ['c1 ESTABLISHED']);
    assert.deepEqual(network.table('server'), ['c1 ESTABLISHED']);
  });

  it('SOP-11 a connection with itself', () => {
    const network = createNetwork();
    network.add('client', client);
    network.connect('client', 'client', { from: 1000, to: 1000 });
    network.deliver();
    assert.deepEqual(network.table('client'), ['c1 ESTABLISHED']);
  });

  it('SOP-08 an old SYN in SYN_SENT: the real peer refuses, "connection refused"', () => {
    const network = createNetwork();
    network.add('client', client);
    network.add('server', server);
    const open = network.connect('client', 'server', { from: 1000 });
    network.flying.length = 0;
    network.arrive('client', '10.0.0.2', between(80, 1000, seg('SYN', { seq: 90 })));
    network.deliver();
    assert.deepEqual(network.table('client'), []);
    assert.equal(network.outcomes.get(open), 'error connection refused');
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

  it('TWT-15 TWT-16 ISN-10 a SYN beyond the last sequence number is honoured', () => {
    const network = waiting();
    network.arrive('server', '10.0.0.1', syn(102));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=400><ACK=103><CTL=SYN,ACK>']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c2 SYN_RCVD']);
  });

  it('TWT-16 without an ISS beyond the old SND.NXT there is no reuse', () => {
    const network = waiting({ isn: fixedIsn(300) });
    network.arrive('server', '10.0.0.1', syn(102));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=302><ACK=102><CTL=ACK>']);
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 TIME_WAIT']);
  });

  it('TWT-17 when the SYN was an old duplicate, TIME_WAIT returns', () => {
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
    it(`${name}: ${honoured ? 'honoured' : 'dropped'}`, () => {
      const network = waiting({}, true);
      network.arrive('server', '10.0.0.1', syn(at, val));
      assert.equal(network.table('server')[1], honoured ? 'c2 SYN_RCVD' : 'c1 TIME_WAIT');
      assert.equal(network.sent().length, honoured ? 1 : 0);
    });
  }

  it('TWT-23 the old one had no timestamps, the SYN has: honoured whatever the SEQ', () => {
    const network = waiting();
    const host = network.host('server');
    const timestamps = { ...host.settings, timestamps: true };
    for (const one of host.connections.values()) one.tcb = { ...one.tcb, settings: timestamps };
    network.arrive('server', '10.0.0.1', syn(50, 1));
    assert.equal(network.table('server')[1], 'c2 SYN_RCVD');
  });

  it('TWT-24 neither had timestamps, no later SEQ: dropped', () => {
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

describe('a host: listen queues and ACCEPT', () => {
  const synFrom = (port: number) => ({ ...seg('SYN', { seq: 100 }), sourcePort: port });
  const ackFrom = (port: number, ack: number) => ({ ...seg('ACK', { ack }), sourcePort: port });

  it('QUE-03 a full half-open queue drops SYNs; QUE-23 a failed handshake frees its place', () => {
    const network = pair({}, { synQueue: 2 });
    for (const port of [1000, 1001, 1002]) network.arrive('server', '10.0.0.1', synFrom(port));
    assert.deepEqual(queues(network).half, ['c1', 'c2']);
    assert.equal(network.sent().length, 2);
    network.arrive('server', '10.0.0.1', { ...seg('RST'), sourcePort: 1000 });
    network.arrive('server', '10.0.0.1', synFrom(1003));
    assert.deepEqual(queues(network).half, ['c2', 'c3']);
  });

  it('QUE-03 or resets them, with on-overflow reset', () => {
    const network = pair({}, { synQueue: 0, onOverflow: 'reset' });
    const { microsteps } = network.arrive('server', '10.0.0.1', synFrom(1000));
    assert.equal(microsteps[0]?.rule.id, 'listener/overflow');
    assert.deepEqual(network.sent(), ['server -> client <SEQ=0><ACK=101><CTL=RST,ACK>']);
  });

  it('QUE-02 a full accept queue drops SYNs; ACCEPT makes room', () => {
    const network = pair({}, { backlog: 1 });
    network.connect('client', 'server');
    network.deliver();
    network.arrive('server', '10.0.0.1', synFrom(1000));
    assert.deepEqual(queues(network), { half: [], full: ['c1'] });
    network.accept('server');
    network.arrive('server', '10.0.0.1', synFrom(1000));
    assert.deepEqual(queues(network), { half: ['c2'], full: [] });
  });

  it('QUE-01 a handshake is not completed while the accept queue is full', () => {
    const network = pair({}, { backlog: 1 });
    for (const port of [1000, 1001]) network.arrive('server', '10.0.0.1', synFrom(port));
    network.arrive('server', '10.0.0.1', ackFrom(1000, 301));
    const { microsteps } = network.arrive('server', '10.0.0.1', ackFrom(1001, 401));
    assert.equal(microsteps[0]?.rule.id, 'listener/overflow');
    assert.deepEqual(queues(network), { half: ['c2'], full: ['c1'] });
    network.accept('server');
    network.arrive('server', '10.0.0.1', ackFrom(1001, 401));
    assert.deepEqual(queues(network), { half: [], full: ['c2'] });
  });

  it('QUE-01 or is over, with on-overflow reset; an ACK of something else has its own answer', () => {
    const network = pair({}, { backlog: 1, onOverflow: 'reset' });
    for (const port of [1000, 1001]) network.arrive('server', '10.0.0.1', synFrom(port));
    network.arrive('server', '10.0.0.1', ackFrom(1000, 301));
    const { microsteps } = network.arrive('server', '10.0.0.1', ackFrom(1001, 77));
    assert.equal(microsteps.at(-1)?.rule.id, 'other-states/5-ack');
    network.arrive('server', '10.0.0.1', ackFrom(1001, 401));
    assert.deepEqual(network.sent().slice(-2), [
      'server -> client <SEQ=77><CTL=RST>',
      'server -> client <SEQ=401><CTL=RST>',
    ]);
    assert.deepEqual(queues(network), { half: [], full: ['c1'] });
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 ESTABLISHED']);
  });

  it('QUE-14 a stray ACK gets a RST however full the queues are', () => {
    const network = pair({}, { synQueue: 0, backlog: 0 });
    network.arrive('server', '10.0.0.1', ackFrom(1000, 9));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=9><CTL=RST>']);
  });

  it('the backlog of the OPEN counts, where it is given', () => {
    const network = createNetwork();
    network.add('client', client);
    network.add('server', server);
    network.listen('server', 80, 0);
    network.connect('client', 'server');
    network.deliver();
    assert.deepEqual(network.table('client'), ['c1 SYN_SENT']);
  });

  it('QUE-15 first completed, first returned', () => {
    const network = pair();
    for (const port of [1000, 1001]) network.arrive('server', '10.0.0.1', synFrom(port));
    network.arrive('server', '10.0.0.1', ackFrom(1001, 401));
    network.arrive('server', '10.0.0.1', ackFrom(1000, 301));
    const [first, second] = [network.accept('server'), network.accept('server')];
    assert.equal(network.outcomes.get(first), 'ok c2');
    assert.equal(network.outcomes.get(second), 'ok c1');
  });

  it('an ACCEPT waits for a connection, and takes it out of the queue’s way', () => {
    const network = pair({}, { backlog: 0 });
    const accept = network.accept('server', 'mine');
    assert.equal(network.outcomes.get(accept), 'pending');
    network.connect('client', 'server');
    network.deliver();
    assert.equal(network.outcomes.get(accept), 'ok mine');
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'mine ESTABLISHED']);
  });

  it('ACCEPT without a listener is an error; closing the listener ends those that wait', () => {
    const network = pair();
    assert.equal(network.outcomes.get(network.accept('client')), 'error connection does not exist');
    const accept = network.accept('server');
    network.close('server', 'l1');
    assert.equal(network.outcomes.get(accept), 'error closing');
  });

  it('a child that is named in a call needs no ACCEPT', () => {
    const network = pair();
    network.connect('client', 'server');
    network.deliver();
    network.send('server', 'c1', 'hi');
    assert.deepEqual(queues(network).full, []);
  });

  it('QUE-16 text and FIN before ACCEPT are there after it', () => {
    const network = pair();
    network.connect('client', 'server');
    network.deliver();
    network.send('client', 'c1', 'hi');
    network.close('client', 'c1');
    network.deliver();
    assert.equal(network.outcomes.get(network.accept('server')), 'ok c1');
    assert.equal(network.outcomes.get(network.receive('server', 'c1')), 'ok');
    assert.deepEqual(network.table('server'), ['l1 LISTEN', 'c1 CLOSE_WAIT']);
  });

  it('QUE-17 a RST before ACCEPT removes the entry', () => {
    const network = pair();
    network.connect('client', 'server');
    network.deliver();
    network.abort('client', 'c1');
    network.deliver();
    assert.deepEqual(queues(network), { half: [], full: [] });
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
  });

  it('QUE-18 QUE-19 closing the listener aborts complete children and forgets half-open ones', () => {
    const network = pair();
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    network.arrive('server', '10.0.0.1', synFrom(1001));
    network.connect('client', 'server', { from: 1002 });
    network.deliver();
    network.send('server', 'c3', 'mine now');
    network.sent();
    network.flying.length = 0;
    network.close('server', 'l1');
    assert.deepEqual(network.sent(), ['server -> client <SEQ=301><CTL=RST>']);
    assert.deepEqual(network.table('server'), ['c3 ESTABLISHED']);
    network.arrive('server', '10.0.0.1', ackFrom(1001, 401));
    assert.deepEqual(network.sent(), ['server -> client <SEQ=401><CTL=RST>']);
  });
});

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
