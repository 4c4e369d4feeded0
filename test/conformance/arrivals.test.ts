/** RFC 9293 §3.10.7 SEGMENT ARRIVES: behaviours that the tests of each state leave over. */

import assert from 'node:assert/strict';
import { ACK, has, RST } from '../../src/tcp/segment.js';
import { STATES } from '../../src/tcp/states.js';
import {
  arrive,
  call,
  established,
  expire,
  inState,
  REMOTE,
  seg,
  synReceived,
  synSent,
} from '../tcp/fixtures.js';
import { clientAndServer, createNetwork } from '../tcp/network.js';

const kinds: readonly (readonly [name: string, flags: string, text: number])[] = [
  ['RST', 'RST', 0],
  ['RST,ACK', 'RST,ACK', 0],
  ['SYN', 'SYN', 0],
  ['SYN with text', 'SYN', 5],
  ['ACK', 'ACK', 0],
  ['ACK with text', 'ACK', 5],
  ['SYN,ACK', 'SYN,ACK', 0],
  ['FIN', 'FIN', 0],
  ['FIN with text', 'FIN', 5],
  ['FIN,ACK', 'FIN,ACK', 0],
  ['SYN,FIN with text', 'SYN,FIN', 5],
  ['text', '', 5],
];

describe('segments at nobody', () => {
  for (const [name, flags, data] of kinds) {
    it(`CLS-13 ${name} makes no entry in the table of a host without connections`, () => {
      const network = createNetwork();
      const host = network.add('server');
      network.arrive('server', '10.0.0.9', seg(flags, { seq: 50, ack: 70, data }));
      assert.equal(host.connections.size, 0);
      assert.equal(host.latest, undefined);
    });
  }
});

describe('resets', () => {
  const opened = STATES.filter((state) => state !== 'CLOSED');
  for (const state of opened) {
    it(`RSG-06 in ${state} a segment that says nothing of the connection provokes no RST`, () => {
      for (const [flags, data] of [
        ['', 0],
        ['', 5],
        ['FIN', 0],
        ['PSH', 5],
        ['URG', 5],
      ] as const) {
        for (const at of [0, 50, 101, 102, 5000]) {
          const { segments } = arrive(inState(state), seg(flags, { seq: at, data }));
          assert.ok(!segments.some((sent) => has(sent, RST)), `${flags} at ${at}`);
        }
      }
    });
  }
});

describe('SYN_SENT and SYN_RCVD', () => {
  it('SYS-19 after the RST for a wrong ACK the SYN is sent again when its own timer expires', () => {
    const tcb = synSent();
    const wrong = arrive(tcb, seg('SYN,ACK', { seq: 100, ack: 300 }), 400_000);
    assert.deepEqual([wrong.state, wrong.sent], ['SYN_SENT', ['<SEQ=300><CTL=RST>']]);
    assert.equal(wrong.tcb.timers.retransmission, tcb.timers.retransmission);
    const again = expire(wrong.tcb, 'retransmission');
    assert.deepEqual([again.state, again.sent], ['SYN_SENT', ['<SEQ=300><CTL=SYN>']]);
  });

  it('SYR-20 how SYN_RCVD was reached is remembered, and decides what a RST does', () => {
    const passive = arrive(inState('LISTEN'), seg('SYN', { seq: 100 })).tcb;
    const active = arrive(synSent(), seg('SYN', { seq: 100 })).tcb;
    assert.deepEqual([passive.state, active.state], ['SYN_RCVD', 'SYN_RCVD']);
    assert.deepEqual([passive.open, active.open], ['passive', 'active']);
    const reset = seg('RST', { seq: 101 });
    assert.deepEqual(
      [arrive(passive, reset).state, arrive(passive, reset).signals],
      ['LISTEN', []],
    );
    const refused = arrive(active, reset);
    assert.deepEqual([refused.state, refused.signals], ['CLOSED', ['connection refused']]);
  });

  it('PWS-14 an ACK that echoes a timestamp that was never sent completes all the same', () => {
    const options = { timestamps: true, tsRecent: 7 };
    const echo = { timestamps: { val: 8, ecr: 123_456 } };
    const seen = arrive(synReceived({ options }), seg('ACK', { ack: 301, options: echo }), 10_000);
    assert.equal(seen.state, 'ESTABLISHED');
  });

  it('OPT-30 the handshake agrees on what the SYN that was answered offered, not on an earlier one', () => {
    const rich = { windowScale: 7, timestamps: true, sack: true };
    const network = clientAndServer(rich, rich);
    network.connect('client', 'server', { from: REMOTE.port });
    const first = network.flying.shift()?.segment;
    assert(first?.options.timestamps);
    // A middlebox that loses SYNs with options lets the bare one pass.
    network.arrive('server', '10.0.0.1', { ...first, options: {} });
    const [answer] = network.flying;
    assert.deepEqual(answer?.segment.options, { mss: 1460 });
    network.deliver();
    for (const name of ['client', 'server']) {
      const { options, snd, rcv } = network.host(name).latest?.tcb ?? {};
      assert.deepEqual(
        [options?.windowScale, options?.timestamps, options?.sack, snd?.shift, rcv?.shift],
        [false, false, false, 0, 0],
        name,
      );
    }
  });
});

describe('ESTABLISHED', () => {
  it('EST-29 whatever is sent carries ACK=RCV.NXT', () => {
    const tcb = established({ rcv: { nxt: 555 as never } });
    const text = call.send(tcb, 'hello');
    const sent = [
      text,
      expire(text.tcb, 'retransmission'),
      call.close(tcb),
      arrive(tcb, seg('SYN', { seq: 555 })),
      arrive(tcb, seg('RST', { seq: 556 })),
      arrive(tcb, seg('ACK', { seq: 1, ack: 301 })),
      arrive(tcb, seg('ACK', { seq: 555, ack: 999 })),
    ].flatMap(({ segments }) => segments);
    assert.equal(sent.length, 7);
    for (const one of sent) assert.deepEqual([has(one, ACK), one.ack], [true, 555]);
  });

  it('PWS-06 a segment whose ACK is not acceptable does not record its timestamp', () => {
    const options = { timestamps: true, tsRecent: 7 };
    const late = { timestamps: { val: 900_000, ecr: 0 } };
    for (const ack of [999, 301 - 70_000 + 2 ** 32]) {
      const seen = arrive(established({ options }), seg('ACK', { ack, options: late }));
      assert.equal(seen.sent.length, 1, 'the ACK was acceptable');
      assert.equal(seen.tcb.options.tsRecent, 7);
    }
  });
});
