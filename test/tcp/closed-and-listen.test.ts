import assert from 'node:assert/strict';
import { arrive, arriveAll, call, inState, listen, numbers, seg, synReceived } from './fixtures.js';

describe('SEGMENT ARRIVES in CLOSED (RFC 9293 §3.10.7.1)', () => {
  const rows: readonly [string, ReturnType<typeof seg>, readonly string[]][] = [
    ['CLS-01 a RST is discarded', seg('RST'), []],
    ['CLS-02 RSG-05 a RST,ACK is discarded', seg('RST,ACK', { ack: 5 }), []],
    ['CLS-03 RSG-01 a SYN', seg('SYN', { seq: 7 }), ['<SEQ=0><ACK=8><CTL=RST,ACK>']],
    ['CLS-04 a SYN with text', seg('SYN', { seq: 7, data: 5 }), ['<SEQ=0><ACK=13><CTL=RST,ACK>']],
    ['CLS-05 RSG-02 an ACK', seg('ACK', { ack: 9 }), ['<SEQ=9><CTL=RST>']],
    ['CLS-06 an ACK with text', seg('ACK', { ack: 9, data: 5 }), ['<SEQ=9><CTL=RST>']],
    ['CLS-07 a SYN,ACK', seg('SYN,ACK', { ack: 9 }), ['<SEQ=9><CTL=RST>']],
    ['CLS-08 a FIN', seg('FIN', { seq: 7 }), ['<SEQ=0><ACK=8><CTL=RST,ACK>']],
    ['CLS-09 a FIN with text', seg('FIN', { seq: 7, data: 5 }), ['<SEQ=0><ACK=13><CTL=RST,ACK>']],
    ['CLS-10 a FIN,ACK', seg('FIN,ACK', { ack: 9 }), ['<SEQ=9><CTL=RST>']],
    [
      'CLS-11 SYN,FIN with text counts both',
      seg('SYN,FIN', { seq: 7, data: 5 }),
      ['<SEQ=0><ACK=14><CTL=RST,ACK>'],
    ],
    ['CLS-12 no bits', seg('', { seq: 7, data: 5 }), ['<SEQ=0><ACK=12><CTL=RST,ACK>']],
  ];
  for (const [name, segment, sent] of rows) {
    it(`${name}: ${sent.length === 0 ? 'no answer' : sent[0]}`, () => {
      const seen = arrive(inState('CLOSED'), segment);
      assert.deepEqual(seen.sent, sent);
      assert.equal(seen.state, 'CLOSED', 'CLS-13');
    });
  }

  it('with closed-port a port where nobody listens is silent, and LISTEN to an ACK', () => {
    const answers = (closedPort: 'reset' | 'drop-syn' | 'drop' | 'drop-all') => [
      ...['SYN', 'SYN,ACK', 'ACK', 'FIN'].map(
        (ctl) => arrive(inState('CLOSED', { settings: { closedPort } }), seg(ctl)).sent.length,
      ),
      arrive(listen({ settings: { closedPort } }), seg('ACK')).sent.length,
      arrive(listen({ settings: { closedPort } }), seg('SYN')).sent.length,
    ];
    assert.deepEqual(answers('reset'), [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(answers('drop-syn'), [0, 0, 1, 1, 1, 1]);
    assert.deepEqual(answers('drop'), [0, 0, 0, 0, 1, 1]);
    assert.deepEqual(answers('drop-all'), [0, 0, 0, 0, 0, 1]);
  });

  it('WRP-08 the sum of SEG.SEQ and SEG.LEN wraps', () => {
    const seen = arrive(inState('CLOSED'), seg('SYN', { seq: 2 ** 32 - 1 }));
    assert.deepEqual(seen.sent, ['<SEQ=0><ACK=0><CTL=RST,ACK>']);
  });

  it('OPT-27 the reset echoes the timestamp that provoked it', () => {
    const options = { timestamps: { val: 77, ecr: 5 } };
    const seen = arrive(inState('CLOSED'), seg('SYN', { options }));
    assert.deepEqual(seen.segments[0]?.options, { timestamps: { val: 0, ecr: 77 } });
  });

  it('the reset goes back to the ports it came from', () => {
    const [reset] = arrive(inState('CLOSED'), seg('SYN')).segments;
    assert.equal(reset?.sourcePort, 80);
    assert.equal(reset?.destinationPort, 1000);
  });
});

describe('SEGMENT ARRIVES in LISTEN (RFC 9293 §3.10.7.2)', () => {
  const rows: readonly [string, ReturnType<typeof seg>, string, readonly string[]][] = [
    ['LIS-01 a RST is ignored', seg('RST'), 'listen/1-rst', []],
    ['LIS-02 a RST,ACK is ignored', seg('RST,ACK', { ack: 9 }), 'listen/1-rst', []],
    [
      'LIS-03 RSG-03 an ACK gets a RST',
      seg('ACK', { ack: 9 }),
      'listen/2-ack',
      ['<SEQ=9><CTL=RST>'],
    ],
    [
      'LIS-04 a SYN,ACK gets a RST',
      seg('SYN,ACK', { ack: 9 }),
      'listen/2-ack',
      ['<SEQ=9><CTL=RST>'],
    ],
    [
      'LIS-05 a FIN,ACK gets a RST',
      seg('FIN,ACK', { ack: 9 }),
      'listen/2-ack',
      ['<SEQ=9><CTL=RST>'],
    ],
    ['LIS-09 SYN,RST is ignored', seg('SYN,RST'), 'listen/1-rst', []],
    ['LIS-10 text without ACK is dropped', seg('', { data: 3 }), 'listen/4-other', []],
    ['LIS-10 a FIN without ACK is dropped', seg('FIN'), 'listen/4-other', []],
  ];
  for (const [name, segment, rule, sent] of rows) {
    it(name, () => {
      const seen = arrive(listen(), segment);
      assert.equal(seen.rule, rule);
      assert.deepEqual(seen.sent, sent);
      assert.equal(seen.state, 'LISTEN');
    });
  }

  it('LIS-06 LIS-11 a SYN is answered with SYN,ACK, and the remote socket is filled in', () => {
    const seen = arrive(listen(), seg('SYN', { seq: 100 }));
    assert.equal(seen.state, 'SYN_RCVD');
    assert.deepEqual(seen.sent, ['<SEQ=300><ACK=101><CTL=SYN,ACK>']);
    const { una, nxt, rcvNxt } = numbers(seen.tcb);
    assert.deepEqual([una, nxt, rcvNxt, seen.tcb.irs, seen.tcb.iss], [300, 301, 101, 100, 300]);
    assert.deepEqual(seen.tcb.remote, { address: '10.0.0.1', port: 1000 });
    assert.equal(seen.tcb.open, 'passive', 'SYR-20');
  });

  it('LIS-07 SYR-17 text on the SYN waits until ESTABLISHED, and only the SYN is acknowledged', () => {
    const syn = arrive(listen(), seg('SYN', { seq: 100, data: 'hello' }));
    assert.deepEqual(syn.sent, ['<SEQ=300><ACK=101><CTL=SYN,ACK>']);
    assert.deepEqual(syn.tcb.queued.received, []);
    const ack = arrive(syn.tcb, seg('ACK', { seq: 101, ack: 301 }));
    assert.equal(ack.state, 'ESTABLISHED');
    assert.equal(Buffer.concat(ack.tcb.queued.received).toString(), 'hello');
    assert.deepEqual(ack.sent, ['<SEQ=301><ACK=106><CTL=ACK>']);
  });

  it('LIS-07 a pure ACK past the text of the SYN completes, and both are processed', () => {
    const seen = arriveAll(
      listen(),
      seg('SYN', { seq: 100, data: 'hello' }),
      seg('PSH,ACK', { seq: 106, ack: 301, data: ' world' }),
    );
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'hello world');
    assert.deepEqual(seen.sent.slice(1), ['<SEQ=301><ACK=112><CTL=ACK>']);
  });

  it('LIS-08 a FIN on the SYN is acted upon once ESTABLISHED', () => {
    const syn = arrive(listen(), seg('SYN,FIN', { seq: 100, data: 'x' }));
    assert.equal(syn.state, 'SYN_RCVD');
    assert.deepEqual(syn.sent, ['<SEQ=300><ACK=101><CTL=SYN,ACK>']);
    const ack = arrive(syn.tcb, seg('ACK', { seq: 101, ack: 301 }));
    assert.equal(ack.state, 'CLOSE_WAIT');
    assert.deepEqual(ack.sent, ['<SEQ=301><ACK=103><CTL=ACK>']);
    assert.deepEqual(ack.signals, ['connection closing']);
  });

  it('LIS-16 an old duplicate SYN is answered like any other', () => {
    assert.deepEqual(arrive(listen(), seg('SYN', { seq: 90 })).sent, [
      '<SEQ=300><ACK=91><CTL=SYN,ACK>',
    ]);
  });

  it('LIS-17 WRP-02 a SYN at 2^32-1 makes RCV.NXT 0', () => {
    const seen = arrive(listen(), seg('SYN', { seq: 2 ** 32 - 1 }));
    assert.deepEqual(seen.sent, ['<SEQ=300><ACK=0><CTL=SYN,ACK>']);
  });

  it('LIS-20 a SYN with ECE,CWR gets a SYN,ACK without them: there is no ECN', () => {
    const seen = arrive(listen(), seg('SYN,ECE,CWR', { seq: 100 }));
    assert.deepEqual(seen.sent, ['<SEQ=300><ACK=101><CTL=SYN,ACK>']);
  });

  it('a CLOSE of the listener does not reach its children', () => {
    const child = synReceived();
    assert.equal(call.close(listen()).state, 'CLOSED');
    assert.equal(child.state, 'SYN_RCVD');
  });
});
