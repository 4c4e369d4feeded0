/** RFC 9293 §3.10.1 to §3.10.6: behaviours of the user calls that the tests of each call leave over. */

import assert from 'node:assert/strict';
import { giveConnection, rebootHost } from '../../src/tcp/host.js';
import { before, num } from '../../src/tcp/seq.js';
import { fixedIsn } from '../../src/tcp/settings.js';
import { STATES } from '../../src/tcp/states.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { NO_TIMERS } from '../../src/tcp/timers.js';
import type { Seen } from '../tcp/fixtures.js';
import {
  arrive,
  arriveAll,
  call,
  closeWait,
  established,
  expire,
  finWait1,
  inState,
  seg,
} from '../tcp/fixtures.js';
import { clientAndServer, createNetwork } from '../tcp/network.js';

const second = 1_000_000;
const isns = [{ isn: fixedIsn(100, 200) }, { isn: fixedIsn(300, 400) }] as const;

/** What a connection did, in one comparison. */
function told({ state, sent, completed }: Seen) {
  return { state, sent, completed };
}

describe('OPEN', () => {
  it('OPN-05 without room an OPEN meets "insufficient resources", and makes no entry', () => {
    const network = createNetwork();
    const host = network.add('client');
    network.add('server');
    network.connect('client', 'server');
    const remote = { address: '10.0.0.2', port: 80 };
    for (let port = 49_152; port <= 65_535; port++) {
      const tcb = { ...established(), local: { address: host.address, port }, remote };
      giveConnection(host, tcb, undefined, 0);
    }
    const entries = host.connections.size;
    const refused = network.connect('client', 'server');
    assert.equal(network.outcomes.get(refused), 'error insufficient resources');
    assert.equal(host.connections.size, entries);
  });

  it('OPN-15 the timeout of an OPEN is the user timeout; without one it is five minutes', () => {
    const network = clientAndServer(...isns);
    const remote = { address: network.host('server').address, port: 80 };
    const open = { kind: 'OPEN', open: 'active', remote, name: undefined } as const;
    const local = { address: '', port: 0 };
    network.call('client', { ...open, local, settings: { userTimeout: 7 * second } });
    network.call('client', { ...open, local });
    const timers = [...network.host('client').connections.values()].map(
      ({ tcb }) => tcb.timers.user,
    );
    assert.deepEqual(timers, [7 * second, 300 * second]);
  });

  it('ISN-12 after a restart the next ISN of the same sockets lies beyond what was sent before', () => {
    const network = clientAndServer();
    network.connect('client', 'server', { from: 1000 });
    network.deliver();
    network.send('client', 'c1', 'x'.repeat(1000));
    network.deliver();
    const old = network.host('client').latest?.tcb;
    network.hosts.set('client', rebootHost(network.host('client')));
    // The clock M has gone on by one tick in 4 microseconds, further than the text.
    network.clock.now += second;
    network.connect('client', 'server', { from: 1000 });
    const again = network.host('client').latest?.tcb;
    assert(old && again);
    assert.ok(before(old.snd.nxt, again.iss), `${num(old.snd.nxt)} < ${num(again.iss)}`);
  });
});

describe('SEND', () => {
  it('SND-08 a SEND that is outstanding when a RST comes reports the reset; later ones find no connection', () => {
    const network = clientAndServer(...isns);
    network.connect('client', 'server');
    network.deliver();
    const outstanding = network.send('client', 'c1', 'hello');
    network.flying.length = 0;
    const client = network.host('client').latest?.tcb;
    assert(client?.remote);
    network.arrive('client', '10.0.0.2', {
      ...seg('RST', { seq: num(client.rcv.nxt) }),
      sourcePort: 80,
      destinationPort: client.local.port,
    });
    assert.equal(network.outcomes.get(outstanding), 'error connection reset');
    const later = network.send('client', 'c1', 'again');
    assert.equal(network.outcomes.get(later), 'error connection does not exist');
  });

  it('TMR-22 a new timeout replaces the user timeout of what is outstanding', () => {
    const network = clientAndServer(...isns);
    network.connect('client', 'server');
    network.deliver();
    network.send('client', 'c1', 'hello');
    network.clock.now = 10 * second;
    const connection = network.id('client', 'c1');
    network.call('client', { kind: 'SET', connection, settings: { userTimeout: 3 * second } });
    const { timers } = network.host('client').latest?.tcb ?? {};
    assert.equal(timers?.user, 13 * second);
  });
});

describe('CLOSE', () => {
  it('CLO-10 with unread-on-close reset, CLOSE shows that text was not read', () => {
    const hello = (flags: string) => seg(flags, { ack: 301, data: 'hello' });
    for (const [flags, next] of [
      ['PSH,ACK', 106],
      ['FIN,ACK', 107],
    ] as const) {
      const { tcb } = arrive(established({ settings: { unreadOnClose: 'reset' } }), hello(flags));
      const lost = call.close(tcb, 2);
      assert.deepEqual([lost.state, lost.sent], ['CLOSED', ['<SEQ=301><CTL=RST>']]);
      const read = call.close(call.receive(tcb).tcb, 2);
      assert.deepEqual(read.sent, [`<SEQ=301><ACK=${next}><CTL=FIN,ACK>`]);
      // By default the user may still read (MAY-1 is not taken).
      const kept = call.close(arrive(established(), hello(flags)).tcb, 2);
      assert.deepEqual(kept.sent, [`<SEQ=301><ACK=${next}><CTL=FIN,ACK>`]);
    }
  });

  it('CLO-11 CLOSE pushes the text that waits: it goes before the FIN, with PSH', () => {
    // A SEND without PUSH (§3.9.1.2) waits for more.
    const waiting = call.send(established({ settings: { cork: true } }), 'hello');
    assert.deepEqual(waiting.sent, []);
    const closed = call.close(waiting.tcb, 2);
    assert.equal(closed.state, 'FIN_WAIT_1');
    assert.deepEqual(closed.sent, [
      '<SEQ=301><ACK=101><DATA=5><CTL=PSH,ACK>',
      '<SEQ=306><ACK=101><CTL=FIN,ACK>',
    ]);
  });

  it('CLO-15 a second CLOSE sends no second FIN', () => {
    const once = call.close(established());
    assert.equal(once.sent.length, 1);
    assert.deepEqual(told(call.close(once.tcb, 2)), {
      state: 'FIN_WAIT_1',
      sent: [],
      completed: ['2 error connection closing'],
    });
    const half = arrive(once.tcb, seg('ACK', { ack: 302 }));
    assert.deepEqual(told(call.close(half.tcb, 2)), {
      state: 'FIN_WAIT_2',
      sent: [],
      completed: ['2 error connection closing'],
    });
  });

  it('CLO-16 text that waits behind a hole is not lost by CLOSE', () => {
    const holding = arrive(established(), seg('ACK', { seq: 106, ack: 301, data: 'world' })).tcb;
    const closed = call.close(holding).tcb;
    const filled = arrive(closed, seg('ACK', { seq: 101, ack: 302, data: 'hello' }));
    assert.deepEqual(filled.sent, ['<SEQ=302><ACK=111><CTL=ACK>']);
    assert.equal(call.receive(filled.tcb).given, 'helloworld');
  });

  it('CLO-17 when only text that was read arrived again, CLOSE sends a FIN', () => {
    for (const textAfterClose of ['keep', 'reset'] as const) {
      const hello = seg('ACK', { ack: 301, data: 'hello' });
      const held = arrive(established({ settings: { textAfterClose } }), hello).tcb;
      const read = call.receive(held).tcb;
      const closed = call.close(arrive(read, hello).tcb);
      assert.deepEqual(closed.sent, ['<SEQ=301><ACK=106><CTL=FIN,ACK>']);
    }
  });
});

describe('the end of a connection', () => {
  const stories: readonly (readonly [name: string, end: (tcb: Tcb) => Seen])[] = [
    ['a RST', (tcb) => arrive(tcb, seg('RST', { seq: num(tcb.rcv.nxt), ack: 0 }))],
    ['ABORT', (tcb) => call.abort(tcb, 9)],
    ['the user timeout', (tcb) => expire(tcb, 'user', 300 * second)],
  ];
  for (const [name, end] of stories) {
    it(`TMR-32 ${name} cancels every timer`, () => {
      const synchronized = STATES.filter(
        (state) => !['CLOSED', 'LISTEN', 'SYN_SENT'].includes(state),
      );
      for (const state of synchronized) {
        const closed = end(inState(state, { open: 'active' }));
        assert.equal(closed.state, 'CLOSED', state);
        assert.deepEqual(closed.tcb.timers, NO_TIMERS, state);
      }
    });
  }

  it('FW1-15 RSG-09 with text-after-close reset, text for a user who has closed shows that it is lost', () => {
    const text = seg('ACK', { ack: 302, data: 'hello' });
    const tcb = finWait1({ settings: { textAfterClose: 'reset' } });
    const gone = arrive(tcb, text);
    assert.deepEqual([gone.state, gone.sent], ['CLOSED', ['<SEQ=302><CTL=RST>']]);
    const half = arrive(tcb, seg('ACK', { ack: 302 })).tcb;
    assert.deepEqual(arrive(half, text).sent, ['<SEQ=302><CTL=RST>']);
    // By default the user reads on (MAY-1 is not taken).
    const kept = arrive(finWait1(), text);
    assert.deepEqual([kept.state, kept.sent], ['FIN_WAIT_2', ['<SEQ=302><ACK=106><CTL=ACK>']]);
  });

  it('RSG-07 a RST is sent once: when it is lost, only the next segment brings another', () => {
    const network = clientAndServer(...isns);
    network.connect('client', 'server');
    network.deliver();
    network.sent();
    network.abort('client', 'c1');
    assert.deepEqual(network.sent(), ['client -> server <SEQ=101><CTL=RST>']);
    network.flying.length = 0;
    assert.deepEqual(network.table('client'), []);
    network.send('server', 'c1', 'hello');
    network.deliver();
    assert.deepEqual(network.sent(), [
      'server -> client <SEQ=301><ACK=101><DATA=5><CTL=PSH,ACK>',
      'client -> server <SEQ=101><CTL=RST>',
    ]);
    assert.deepEqual(network.table('server'), ['l1 LISTEN']);
  });

  it('CLW-09 a RST one before RCV.NXT is dropped in CLOSE_WAIT, although the FIN is there', () => {
    const seen = arrive(closeWait(), seg('RST', { seq: 101 }));
    assert.deepEqual([seen.state, seen.sent], ['CLOSE_WAIT', []]);
    assert.equal(seen.tcb, seen.steps[0]?.before);
  });

  it('SYS-24 a refused OPEN completes its queued SENDs and RECEIVEs with the reset', () => {
    const opened = call.openActive(inState('CLOSED')).tcb;
    const sending = call.send(opened, 'hello', 2).tcb;
    const waiting = call.receive(sending, undefined, 3).tcb;
    const refused = arriveAll(waiting, seg('RST,ACK', { seq: 0, ack: 301 }));
    assert.equal(refused.state, 'CLOSED');
    assert.deepEqual(
      [...refused.completed].sort(),
      ['1', '2', '3'].map((number) => `${number} error connection reset`),
    );
  });
});
