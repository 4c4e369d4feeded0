/** RFC 9293 §3.5: both hosts open, or one opens to itself. */

import assert from 'node:assert/strict';
import { seg } from './fixtures.js';
import { between, clientIsns, createNetwork, serverIsns } from './network.js';

describe('a host: simultaneous open (RFC 9293 §3.5)', () => {
  const crossing = (simultaneousOpen: 'text' | 'figure') => {
    const network = createNetwork();
    network.add('client', { ...clientIsns, simultaneousOpen });
    network.add('server', { ...serverIsns, simultaneousOpen });
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
    network.add('client', clientIsns);
    network.connect('client', 'client', { from: 1000, to: 1000 });
    network.deliver();
    assert.deepEqual(network.table('client'), ['c1 ESTABLISHED']);
  });

  it('SOP-08 an old SYN in SYN_SENT: the real peer refuses, "connection refused"', () => {
    const network = createNetwork();
    network.add('client', clientIsns);
    network.add('server', serverIsns);
    const open = network.connect('client', 'server', { from: 1000 });
    network.flying.length = 0;
    network.arrive('client', '10.0.0.2', between(80, 1000, seg('SYN', { seq: 90 })));
    network.deliver();
    assert.deepEqual(network.table('client'), []);
    assert.equal(network.outcomes.get(open), 'error connection refused');
  });
});
