/** RFC 9768 §3.2.3 The AccECN Option: when it goes, what it has, and what is made of the peer's. */

import assert from 'node:assert/strict';
import { accurateEcn } from '../../src/tcp/ecn/feedback.js';
import { CE, type Codepoint, ECT0, ECT1, NOT_ECT } from '../../src/tcp/ecn/ip.js';
import { type AccEcnOption, decoded, printAccEcn } from '../../src/tcp/ecn/option.js';
import { ACK, AE, CWR, ECE, type Segment, SYN, segment } from '../../src/tcp/segment.js';
import { add } from '../../src/tcp/seq.js';
import type { Settings } from '../../src/tcp/settings.js';
import { arrive, call, expire, IRS, inState, type Seen } from './fixtures.js';

/** The option of each segment that was sent, as text. */
function options({ segments }: Seen): readonly string[] {
  return segments.map(({ options: { accurateEcn: option } }) =>
    option === undefined ? '-' : printAccEcn(option),
  );
}

/** An established connection in AccECN mode whose handshake is over. */
function open(set: Partial<Settings> = {}, heard: 'nothing' | 'counters' = 'nothing') {
  const entered = accurateEcn(NOT_ECT);
  const ecn = { ...entered, option: { ...entered.option, heard } };
  let tcb = inState('ESTABLISHED', {
    options: { ecn, ...(set.sack ? { sack: true } : {}) },
    snd: { wnd: 60_000, mss: 1000 },
    rcv: { wnd: 60_000 },
    settings: { window: 60_000, ...set },
  });
  let last: Segment | undefined;
  const note = (seen: Seen) => {
    tcb = seen.tcb;
    last = seen.segments.at(-1) ?? last;
    return seen;
  };
  const receive = (fields: Partial<Segment>, bits = AE | ECE) =>
    note(
      arrive(
        tcb,
        segment({ seq: tcb.rcv.nxt, ack: tcb.snd.una, wnd: 60_000, ...fields, ctl: ACK | bits }),
      ),
    );
  return {
    text: (ecn: Codepoint, ahead = 0) =>
      options(receive({ ecn, data: new Uint8Array(100), seq: add(tcb.rcv.nxt, ahead) })),
    ack: (octets: number, option?: AccEcnOption, bits = AE | ECE) =>
      receive(
        {
          ack: add(tcb.snd.una, octets),
          ...(option === undefined ? {} : { options: { accurateEcn: option } }),
        },
        bits,
      ),
    send: (octets: number) => note(call.send(tcb, octets)),
    blocks: () => last?.options.sack?.length,
    mode: () => {
      const { ecn } = tcb.options;
      return ecn?.mode === 'accurate' ? ecn : assert.fail();
    },
  };
}

describe('the AccECN Option in the handshake (RFC 9768 §3.2.3.2.1)', () => {
  const listening = (set: Partial<Settings> = {}) =>
    arrive(
      inState('LISTEN', { settings: { accurateEcn: 'accept', ...set } }),
      segment({ seq: inState('ESTABLISHED').irs, ctl: SYN | AE | CWR | ECE, wnd: 999 }),
    );

  it('ECN-14 goes with the first SYN,ACK, and with none that is sent again', () => {
    const synAck = listening();
    assert.deepEqual(options(synAck), ['ACCECN1=1:0:1']);
    assert.deepEqual(options(expire(synAck.tcb, 'retransmission')), ['-']);
    assert.deepEqual(options(listening({ accurateEcnOption: 'off' })), ['-']);
  });

  it('goes with the ACK of the SYN,ACK and with the first text', () => {
    const syn = call.openActive(inState('CLOSED', { settings: { accurateEcn: 'ask' } }));
    assert.deepEqual(options(syn), ['-']);
    const ack = arrive(
      syn.tcb,
      segment({ seq: syn.tcb.irs, ack: add(syn.tcb.iss, 1), ctl: SYN | ACK | CWR, wnd: 60_000 }),
    );
    assert.deepEqual(options(ack), ['ACCECN0=1']);
    const first = call.send(ack.tcb, 10);
    assert.deepEqual(options(first), ['ACCECN0=1']);
    assert.deepEqual(options(call.send(first.tcb, 10)), ['-']);
    assert.equal(IRS, 100);
  });
});

describe('the AccECN Option of a Data Receiver (RFC 9768 §3.2.3.3)', () => {
  it('goes when a byte counter has grown, with those that ever have, in the order that is shorter', () => {
    const one = open();
    assert.deepEqual(one.text(NOT_ECT), ['-']);
    assert.deepEqual(one.text(ECT0), ['ACCECN0=101']);
    assert.deepEqual(one.text(ECT0), ['ACCECN0=201']);
    assert.deepEqual(one.text(CE), ['ACCECN0=201:100']);
    assert.deepEqual(one.text(ECT1), ['ACCECN0=201:100:101']);
    const other = open();
    assert.deepEqual(other.text(ECT1), ['ACCECN1=101']);
    assert.deepEqual(other.text(CE), ['ACCECN1=101:100']);
  });

  it('with `all` every segment has all counters, if the peer has sent some', () => {
    assert.deepEqual(open({ accurateEcnOption: 'all' }).text(ECT0), ['-']);
    const one = open({ accurateEcnOption: 'all' }, 'counters');
    assert.deepEqual(one.text(NOT_ECT), ['ACCECN1=1:0:1']);
    assert.deepEqual(options(one.send(10)), ['ACCECN1=1:0:1']);
  });

  it('leaves room: full segments have less text, and SACK blocks go first', () => {
    const one = open({ accurateEcnOption: 'all', sack: true }, 'counters');
    const lengths = one.send(2000).segments.map(({ data }) => data.length);
    assert.deepEqual(lengths, [988, 988, 24]);
    const told = [200, 400, 600, 800].map((ahead) => one.text(ECT1, ahead));
    // Beside four blocks there is room for one counter, and none besides has changed.
    assert.deepEqual(told, [
      ['ACCECN1=101:0:1'],
      ['ACCECN1=201:0:1'],
      ['ACCECN1=301:0:1'],
      ['ACCECN1=401'],
    ]);
    assert.deepEqual(one.text(ECT0, 820), ['ACCECN1=401:0:101'], 'a block makes room for it');
    assert.equal(one.blocks(), 3);
  });

  it('with `counted` no block makes room', () => {
    const one = open({ sack: true });
    for (const ahead of [200, 400, 600, 800]) one.text(ECT1, ahead);
    assert.deepEqual(one.text(CE, 820), ['-'], 'what has changed is at the end, and does not fit');
    assert.equal(one.blocks(), 4);
  });

  it('goes no more when text that it was told with to have come twice comes once more (§3.2.3.2.2)', () => {
    for (const [accurateEcnOption, last] of [
      ['counted', '-'],
      ['all', '-'],
      ['always', 'ACCECN1=1:0:201'],
    ] as const) {
      const one = open({ accurateEcnOption, sack: true, dsack: 'on' }, 'counters');
      one.text(ECT0);
      assert.notDeepEqual(one.text(ECT0, -100), ['-'], 'once may be an ACK that was lost');
      assert.equal(one.mode().option.dropped, false);
      one.text(ECT0, -100);
      assert.equal(one.mode().option.dropped, true);
      assert.deepEqual(one.text(ECT0), [last], accurateEcnOption);
    }
  });

  it('makes no segment too large: with `counted` the one that has it has less text', () => {
    const one = open({ ackDelay: 100_000 });
    one.text(ECT0);
    const sent = one.send(2000);
    const lengths = sent.segments.map(({ data }) => data.length);
    assert.deepEqual(
      [lengths, options(sent)],
      [
        [992, 992, 16],
        ['ACCECN0=101', 'ACCECN0=101', '-'],
      ],
    );
  });
});

describe('the AccECN Option of the peer (RFC 9768 §3.2.3.1)', () => {
  it('moves the counters on, modulo 2^24, in either order and of any length', () => {
    const s = { cep: 5, ceb: 0, e0b: 1, e1b: 1 };
    assert.deepEqual(decoded(s, { order: 1, fields: [1, 10, 20] }), { ...s, ceb: 10, e0b: 20 });
    assert.deepEqual(decoded(s, { order: 0, fields: [20, 10] }), { ...s, ceb: 10, e0b: 20 });
    assert.deepEqual(decoded(s, { order: 0, fields: [] }), s);
    const far = { ...s, e0b: 2 ** 24 - 5 };
    assert.deepEqual(decoded(far, { order: 0, fields: [5] }), { ...s, e0b: 2 ** 24 + 5 });
    const passed = { ...s, e0b: 500 };
    assert.deepEqual(decoded(passed, { order: 0, fields: [400] }), { ...s, e0b: 400 }, 'or back');
  });

  it('is ignored for good when the first begins at zero (§3.2.3.2.4)', () => {
    const one = open();
    one.ack(0, { order: 1, fields: [0, 0, 1] });
    one.ack(0, { order: 1, fields: [1, 500, 1] });
    assert.equal(one.mode().option.heard, 'zeroed');
    assert.equal(one.mode().s.ceb, 0);
    const other = open();
    other.ack(0, { order: 1, fields: [1, 0, 1] });
    assert.equal(other.mode().option.heard, 'counters');
  });

  it('says whether ACE has gone round (§3.2.2.5.2)', () => {
    for (const [ceb, grown] of [
      [0, 1],
      [1000, 1],
      [9000, 9],
    ] as const) {
      const one = open({}, 'counters');
      one.send(10_000);
      one.ack(9000, { order: 1, fields: [1, ceb, 9001 - ceb] }, AE | CWR);
      assert.equal(one.mode().s.cep, 5 + grown, `${ceb} octets with CE`);
      assert.equal(one.mode().s.ceb, ceb);
    }
  });

  it('has said which counter grows where none comes (deviation ecn-counts)', () => {
    const one = open({ ecnCounts: 'progress' }, 'counters');
    one.send(4000);
    one.ack(1000, { order: 1, fields: [1, 0, 1001] });
    one.ack(1000);
    assert.deepEqual(one.mode().s, { cep: 5, ceb: 0, e0b: 2001, e1b: 1 });
    one.ack(1000, { order: 1, fields: [501, 500, 2001] });
    one.ack(1000);
    assert.deepEqual(
      one.mode().s,
      { cep: 5, ceb: 500, e0b: 2001, e1b: 501 },
      'two are no evidence',
    );
  });

  it('of an older ACK tells nothing', () => {
    const one = open({}, 'counters');
    one.send(5000);
    one.ack(3000, { order: 1, fields: [1, 0, 3001] });
    one.ack(-1000, { order: 1, fields: [1, 0, 9001] });
    assert.equal(one.mode().s.e0b, 3001);
  });
});
