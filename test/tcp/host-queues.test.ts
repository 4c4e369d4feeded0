/** A listener of a host: its queues, and ACCEPT. */

import assert from 'node:assert/strict';
import { seg } from './fixtures.js';
import { clientIsns, createNetwork, pair, queues, serverIsns } from './network.js';

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
    network.add('client', clientIsns);
    network.add('server', serverIsns);
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
