import assert from 'node:assert/strict';
import { seq } from '../../src/tcp/seq.js';
import { arrive, arriveAll, call, inState, seg, synSent } from './fixtures.js';

describe('SEGMENT ARRIVES in SYN_SENT (RFC 9293 §3.10.7.3)', () => {
  const rows: readonly [string, ReturnType<typeof seg>, string, readonly string[]][] = [
    [
      'SYS-01 RSG-03 an ACK of ISS',
      seg('ACK', { ack: 300 }),
      'syn-sent/1-ack',
      ['<SEQ=300><CTL=RST>'],
    ],
    ['SYS-01 an older ACK', seg('ACK', { ack: 299 }), 'syn-sent/1-ack', ['<SEQ=299><CTL=RST>']],
    [
      'SYS-02 an ACK past SND.NXT',
      seg('ACK', { ack: 302 }),
      'syn-sent/1-ack',
      ['<SEQ=302><CTL=RST>'],
    ],
    ['SYS-03 a RST with a bad ACK', seg('RST,ACK', { ack: 300 }), 'syn-sent/1-ack', []],
    ['SYS-05 a RST without ACK', seg('RST'), 'syn-sent/2-rst', []],
    [
      'SYS-08 a SYN,ACK of an old SYN',
      seg('SYN,ACK', { ack: 91 }),
      'syn-sent/1-ack',
      ['<SEQ=91><CTL=RST>'],
    ],
    [
      'SYS-09 a SYN,ACK past SND.NXT',
      seg('SYN,ACK', { ack: 302 }),
      'syn-sent/1-ack',
      ['<SEQ=302><CTL=RST>'],
    ],
    ['SYS-14 an acceptable ACK alone', seg('ACK', { ack: 301 }), 'syn-sent/5-other', []],
    [
      'SYS-15 an acceptable ACK with text and FIN',
      seg('FIN,ACK', { ack: 301, data: 3 }),
      'syn-sent/5-other',
      [],
    ],
    ['SYS-16 a FIN without ACK', seg('FIN'), 'syn-sent/5-other', []],
    ['SYS-16 text without ACK', seg('', { data: 3 }), 'syn-sent/5-other', []],
    ['SYS-18 SYN,RST without ACK', seg('SYN,RST'), 'syn-sent/2-rst', []],
  ];
  for (const [name, segment, rule, sent] of rows) {
    it(`${name} leaves the state as it is`, () => {
      const tcb = synSent();
      const seen = arrive(tcb, segment);
      assert.equal(seen.rule, rule);
      assert.deepEqual(seen.sent, sent);
      assert.equal(seen.tcb, tcb, 'nothing changed, and the SYN stays on the queue (SYS-19)');
    });
  }

  it('SYS-04 SYS-06 a RST,ACK of our SYN resets, whatever its SEQ', () => {
    const tcb = call.receive(
      call.send(synSent({ queued: { openCall: 7 } }), 'x', 8).tcb,
      undefined,
      9,
    ).tcb;
    const seen = arrive(tcb, seg('RST,ACK', { seq: 0, ack: 301 }));
    assert.equal(seen.state, 'CLOSED');
    assert.deepEqual(seen.signals, ['connection reset']);
    assert.deepEqual(seen.sent, []);
    assert.deepEqual(
      seen.completed,
      ['7', '9', '8'].map((number) => `${number} error connection reset`),
      'SYS-24',
    );
  });

  it('SYS-17 SYN,RST,ACK: the RST wins', () => {
    assert.equal(arrive(synSent(), seg('SYN,RST,ACK', { ack: 301 })).state, 'CLOSED');
  });

  it('SYS-07 SYS-20 a SYN,ACK establishes the connection', () => {
    const tcb = synSent({ queued: { openCall: 7 }, snd: { wnd: 0, max: 0 } });
    const seen = arrive(tcb, seg('SYN,ACK', { seq: 100, ack: 301, wnd: 5000 }));
    assert.equal(seen.state, 'ESTABLISHED');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=101><CTL=ACK>']);
    assert.deepEqual(seen.completed, ['7 ok']);
    const { snd, rcv, retransmissions, timers } = seen.tcb;
    assert.deepEqual([snd.una, snd.nxt, snd.wnd, rcv.nxt], [301, 301, 5000, 101]);
    assert.equal(retransmissions.length, 0);
    assert.equal(timers.retransmission, undefined);
  });

  it('SYS-10 a SYN,ACK with text: one ACK covers both', () => {
    const seen = arrive(synSent(), seg('SYN,ACK', { seq: 100, ack: 301, data: 'hello' }));
    assert.equal(seen.state, 'ESTABLISHED');
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'hello');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=106><CTL=ACK>']);
  });

  it('SYS-11 SYN,ACK,FIN leads to CLOSE_WAIT', () => {
    const seen = arrive(synSent(), seg('SYN,FIN,ACK', { seq: 100, ack: 301 }));
    assert.equal(seen.state, 'CLOSE_WAIT');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=102><CTL=ACK>']);
    assert.deepEqual(
      seen.steps.map(({ rule }) => rule.id),
      ['1-ack', '2-rst', '3-security', '4-syn']
        .map((step) => `syn-sent/${step}`)
        .concat(['6-urg', '7-text', '8-fin'].map((step) => `other-states/${step}`)),
    );
  });

  it('SYS-12 SOP-01 a SYN alone: simultaneous open, SYN,ACK with the same ISS', () => {
    const seen = arrive(synSent(), seg('SYN', { seq: 100, wnd: 4000 }));
    assert.equal(seen.state, 'SYN_RCVD');
    assert.deepEqual(seen.sent, ['<SEQ=300><ACK=101><CTL=SYN,ACK>']);
    const { snd, rcv, open, retransmissions } = seen.tcb;
    assert.deepEqual([snd.una, snd.nxt, snd.wnd, snd.wl1, snd.wl2], [300, 301, 4000, 100, 0]);
    assert.equal(rcv.nxt, 101);
    assert.equal(open, 'active', 'SYR-20');
    assert.equal(retransmissions.length, 1, 'the SYN,ACK took the place of the SYN');
  });

  it('SYS-13 SOP-09 text and FIN on the crossing SYN wait for ESTABLISHED', () => {
    const syn = arrive(synSent(), seg('SYN,FIN', { seq: 100, data: 'hi' }));
    assert.equal(syn.state, 'SYN_RCVD');
    assert.deepEqual(syn.tcb.queued.received, []);
    const seen = arrive(syn.tcb, seg('ACK', { seq: 101, ack: 301 }));
    assert.equal(seen.state, 'CLOSE_WAIT');
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'hi');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=104><CTL=ACK>']);
  });

  it('SYS-21 any ACK in (SND.UNA, SND.NXT] is acceptable', () => {
    const tcb = synSent({ snd: { una: seq(300), nxt: seq(311) } });
    const seen = arrive(tcb, seg('SYN,ACK', { seq: 100, ack: 305 }));
    assert.equal(seen.state, 'ESTABLISHED');
    assert.equal(seen.tcb.snd.una, 305);
  });

  it('SYS-22 text queued by SEND travels with the ACK of the handshake', () => {
    const queued = call.send(synSent(), 'hello');
    assert.deepEqual(queued.sent, []);
    const seen = arrive(queued.tcb, seg('SYN,ACK', { seq: 100, ack: 301 }));
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=101><DATA=5><CTL=PSH,ACK>']);
  });

  it('SYS-23 a RECEIVE queued before ESTABLISHED is satisfied afterwards', () => {
    const queued = call.receive(synSent());
    const seen = arriveAll(
      queued.tcb,
      seg('SYN,ACK', { seq: 100, ack: 301 }),
      seg('PSH,ACK', { seq: 101, ack: 301, data: 'hello' }),
    );
    assert.equal(seen.given, 'hello');
  });

  it('SYS-25 EST-17 a repeated SYN,ACK is answered with an ACK', () => {
    const synAck = seg('SYN,ACK', { seq: 100, ack: 301 });
    const seen = arriveAll(synSent(), synAck, synAck);
    assert.equal(seen.state, 'ESTABLISHED');
    assert.deepEqual(seen.sent.slice(1), ['<SEQ=301><ACK=101><CTL=ACK>']);
  });

  it('WRP-01 with ISS=2^32-1 the ACK of the SYN is 0', () => {
    const top = seq(2 ** 32 - 1);
    const tcb = synSent({ iss: top, snd: { una: top, nxt: seq(0) } });
    assert.equal(arrive(tcb, seg('SYN,ACK', { seq: 100, ack: 0 })).state, 'ESTABLISHED');
    assert.equal(arrive(tcb, seg('SYN,ACK', { seq: 100, ack: 1 })).state, 'SYN_SENT');
  });
});

describe('the handshake as four messages (combine syn-ack off)', () => {
  const off = { settings: { combineSynAck: false } };

  it('a listener sends ACK and SYN apart', () => {
    const seen = arrive(inState('LISTEN', { ...off }), seg('SYN', { seq: 100 }));
    const tcb = {
      ...inState('LISTEN'),
      settings: { ...inState('LISTEN').settings, combineSynAck: false },
    };
    const split = arrive(tcb, seg('SYN', { seq: 100 }));
    assert.equal(split.state, 'SYN_RCVD');
    assert.deepEqual(split.sent, ['<SEQ=300><ACK=101><CTL=ACK>', '<SEQ=300><CTL=SYN>']);
    assert.deepEqual(seen.sent, split.sent);
  });

  it('a host in SYN_SENT remembers the ACK, and answers the SYN with an ACK', () => {
    const seen = arriveAll(synSent(off), seg('ACK', { ack: 301 }), seg('SYN', { seq: 100 }));
    assert.equal(seen.state, 'ESTABLISHED');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=101><CTL=ACK>']);
  });

  it('SOP-12 SOP-13 a host that has it on drops the ACK, and the SYN opens simultaneously', () => {
    const seen = arriveAll(
      synSent(),
      seg('ACK', { ack: 301 }),
      seg('SYN', { seq: 100 }),
      seg('ACK', { seq: 101, ack: 301 }),
    );
    assert.equal(seen.state, 'ESTABLISHED');
    assert.deepEqual(seen.sent, ['<SEQ=300><ACK=101><CTL=SYN,ACK>']);
  });
});
