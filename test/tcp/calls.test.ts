import assert from 'node:assert/strict';
import { RECEIVE_LIMIT } from '../../src/tcp/calls/receive.js';
import type { State } from '../../src/tcp/states.js';
import { rfcName, STATES } from '../../src/tcp/states.js';
import { editQueued } from '../../src/tcp/tcb.js';
import type { Seen } from './fixtures.js';
import {
  arrive,
  arriveAll,
  call,
  closeWait,
  established,
  finWait1,
  inState,
  listen,
  REMOTE,
  seg,
  synReceived,
  synSent,
} from './fixtures.js';

/** What a call does in each state: its answer, the state after it, and what leaves. */
type Row = readonly [
  states: readonly State[],
  answer: string,
  after: State | 'same',
  sent: readonly string[],
];

/** `1 pending`: no completion yet. */
function check(name: string, rows: readonly Row[], make: (state: State) => Seen): void {
  const missing = STATES.filter((state) => !rows.some(([states]) => states.includes(state)));
  assert.deepEqual(missing, [], `${name} is not tested in every state`);
  for (const [states, answer, after, sent] of rows) {
    for (const state of states) {
      const moved = after === 'same' ? '' : `, ${after}`;
      it(`${name} in ${state}: ${answer}${moved}`, () => {
        const seen = make(state);
        assert.equal(seen.completed[0] ?? '1 pending', `1 ${answer}`);
        assert.equal(seen.state, after === 'same' ? state : after);
        assert.deepEqual(seen.sent, sent);
      });
    }
  }
}

const later: readonly State[] = [
  'SYN_SENT',
  'SYN_RCVD',
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
];
const both: readonly State[] = ['CLOSING', 'LAST_ACK', 'TIME_WAIT'];
const syn = ['<SEQ=300><CTL=SYN>'];

describe('OPEN (RFC 9293 §3.10.1)', () => {
  check(
    'OPN-02 OPN-07 OPN-09 TWT-31 active OPEN',
    [
      [['CLOSED'], 'pending', 'SYN_SENT', syn],
      [['LISTEN'], 'pending', 'SYN_SENT', syn],
      [later, 'error connection already exists', 'same', []],
    ],
    (state) => call.openActive(inState(state)),
  );
  check(
    'OPN-03 OPN-08 active OPEN without a remote socket',
    [
      [['CLOSED', 'LISTEN'], 'error remote socket unspecified', 'same', []],
      [later, 'error connection already exists', 'same', []],
    ],
    (state) => call.openActiveUnspecified(inState(state)),
  );
  check(
    'OPN-01 OPN-10 passive OPEN',
    [
      [['CLOSED'], 'ok', 'LISTEN', []],
      [['LISTEN', ...later], 'error connection already exists', 'same', []],
    ],
    (state) => call.openPassive(inState(state)),
  );

  it('OPN-02 SND.UNA=ISS and SND.NXT=ISS+1', () => {
    const { tcb } = call.openActive(inState('CLOSED'));
    assert.deepEqual([tcb.iss, tcb.snd.una, tcb.snd.nxt, tcb.open], [300, 300, 301, 'active']);
    assert.equal(tcb.timers.retransmission, 1_000_000);
    assert.equal(tcb.timers.user, 300_000_000, 'OPN-15');
  });

  it('the OPEN completes when the connection is ESTABLISHED', () => {
    const { tcb } = call.openActive(inState('CLOSED'));
    assert.deepEqual(arrive(tcb, seg('SYN,ACK', { seq: 100, ack: 301 })).completed, ['1 ok']);
  });
});

describe('SEND (RFC 9293 §3.10.2)', () => {
  check(
    'SND-01 SND-03 SND-04 SND-05 SND-06 SEND',
    [
      [['CLOSED'], 'error connection does not exist', 'same', []],
      [['LISTEN'], 'error remote socket unspecified', 'same', []],
      [['SYN_SENT', 'SYN_RCVD'], 'pending', 'same', []],
      [['ESTABLISHED'], 'pending', 'same', ['<SEQ=301><ACK=101><DATA=2><CTL=PSH,ACK>']],
      [['CLOSE_WAIT'], 'pending', 'same', ['<SEQ=301><ACK=102><DATA=2><CTL=PSH,ACK>']],
      [['FIN_WAIT_1', 'FIN_WAIT_2', ...both], 'error connection closing', 'same', []],
    ],
    (state) => call.send(inState(state), 'hi'),
  );

  it('SND-02 OPN-16 a SEND makes a fully specified listener active, and its text waits', () => {
    const seen = call.send(listen({ remote: REMOTE }), 'hi');
    assert.deepEqual([seen.state, seen.sent], ['SYN_SENT', syn]);
    const open = arrive(seen.tcb, seg('SYN,ACK', { seq: 100, ack: 301 }));
    assert.deepEqual(open.sent, ['<SEQ=301><ACK=101><DATA=2><CTL=PSH,ACK>']);
  });

  it('SND-04 SND-05 without room for the text it meets "insufficient resources"', () => {
    const settings = { sendBuffer: 10 };
    for (const tcb of [
      listen({ remote: REMOTE, settings }),
      synSent({ settings }),
      established({ settings }),
    ]) {
      const room = { ...tcb, settings: { ...tcb.settings, sendBuffer: 10 } };
      const first = call.send(room, 10, 1);
      assert.equal(first.completed.length, 0);
      assert.deepEqual(call.send(first.tcb, 1, 2).completed, ['2 error insufficient resources']);
    }
    const empty = { ...listen({ remote: REMOTE }) };
    const small = { ...empty, settings: { ...empty.settings, sendBuffer: 0 } };
    assert.deepEqual(call.send(small, 1).completed, ['1 error insufficient resources']);
  });

  it('text is segmentized by the effective send MSS, and PSH ends each SEND', () => {
    const seen = call.send(established({ snd: { mss: 4 } }), 'abcdefghij');
    assert.deepEqual(seen.sent, [
      '<SEQ=301><ACK=101><DATA=4><CTL=ACK>',
      '<SEQ=305><ACK=101><DATA=4><CTL=ACK>',
      '<SEQ=309><ACK=101><DATA=2><CTL=PSH,ACK>',
    ]);
  });

  it('text of several SENDs shares a segment when it had to wait (SHLD-27)', () => {
    const queued = call.send(call.send(synReceived(), 'abc', 1).tcb, 'def', 2).tcb;
    const seen = arrive(queued, seg('ACK', { ack: 301 }));
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=101><DATA=6><CTL=PSH,ACK>']);
    assert.deepEqual(arrive(seen.tcb, seg('ACK', { ack: 307 })).completed, ['1 ok', '2 ok']);
  });

  it('a SEND of nothing completes at once', () => {
    const seen = call.send(established(), '');
    assert.deepEqual([seen.completed, seen.sent], [['1 ok'], []]);
  });
});

describe('RECEIVE (RFC 9293 §3.10.3)', () => {
  check(
    'RCV-01 RCV-02 RCV-03 RCV-06 RCV-07 RECEIVE',
    [
      [['CLOSED'], 'error connection does not exist', 'same', []],
      [['LISTEN', 'SYN_SENT', 'SYN_RCVD'], 'pending', 'same', []],
      [['ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2'], 'pending', 'same', []],
      [['CLOSE_WAIT', ...both], 'error connection closing', 'same', []],
    ],
    (state) => call.receive(inState(state)),
  );

  it('RCV-02 a RECEIVE before the handshake is answered by the first text after it', () => {
    const early = call.receive(synSent(), undefined, 6);
    const open = arrive(early.tcb, seg('SYN,ACK', { seq: 100, ack: 301 }));
    assert.deepEqual([open.state, open.completed], ['ESTABLISHED', []]);
    assert.equal(arrive(open.tcb, seg('PSH,ACK', { ack: 301, data: 'hello' })).given, 'hello');
    const half = call.receive(synReceived(), undefined, 6).tcb;
    assert.equal(arrive(half, seg('PSH,ACK', { ack: 301, data: 'hello' })).given, 'hello');
  });

  const holding = (text: string, flags = 'PSH,ACK') =>
    arrive(established(), seg(flags, { ack: 301, data: text })).tcb;

  it('RCV-04 text on hand is given in order, with the PUSH that was seen', () => {
    const seen = call.receive(holding('hello'));
    assert.equal(seen.given, 'hello');
    const [effect] = seen.steps[0]?.effects ?? [];
    assert.ok(effect?.kind === 'complete' && effect.outcome.kind === 'ok');
    assert.equal(effect.outcome.push, true);
    assert.equal(seen.tcb.queued.received.length, 0);
  });

  it('a RECEIVE of a number of octets takes that many, and leaves the rest', () => {
    const first = call.receive(holding('hello'), 2);
    assert.equal(first.given, 'he');
    assert.equal(call.receive(first.tcb, 3).given, 'llo');
  });

  it('a RECEIVE of more than there is returns at a PUSH, and waits without one', () => {
    assert.equal(call.receive(holding('hello'), 100).given, 'hello');
    const waiting = call.receive(holding('hello', 'ACK'), 10);
    assert.deepEqual(waiting.completed, []);
    const seen = arrive(waiting.tcb, seg('ACK', { seq: 106, ack: 301, data: ' world' }));
    assert.equal(seen.given, 'hello worl');
    assert.equal(Buffer.concat(seen.tcb.queued.received).toString(), 'd');
  });

  it('RCV-04 text that waited for what was missing has the PUSH that came with it, or none', () => {
    for (const [flags, given] of [
      ['ACK', undefined],
      ['PSH,ACK', 'hello world'],
    ] as const) {
      const held = seg(flags, { seq: 106, ack: 301, data: ' world' });
      const { tcb } = arriveAll(established(), held, seg('ACK', { ack: 301, data: 'hello' }));
      assert.equal(call.receive(tcb, 100).given, given ?? '', flags);
    }
  });

  it('RCV-05 CLW-13 in CLOSE_WAIT text on hand comes first, then "connection closing"', () => {
    const tcb = arrive(holding('hello'), seg('FIN,ACK', { seq: 106, ack: 301 })).tcb;
    const first = call.receive(tcb, 100);
    assert.equal(first.given, 'hello');
    assert.deepEqual(call.receive(first.tcb).completed, ['1 error connection closing']);
  });

  it('RCV-02 RCV-03 there is a limit to RECEIVEs that wait', () => {
    for (let tcb of [synSent(), established()]) {
      for (let i = 0; i < RECEIVE_LIMIT; i++) tcb = call.receive(tcb, 1, 10 + i).tcb;
      assert.deepEqual(call.receive(tcb).completed, ['1 error insufficient resources']);
    }
  });

  it('CLO-13 after CLOSE receiving goes on', () => {
    const waiting = call.receive(finWait1(), undefined, 6).tcb;
    assert.equal(arrive(waiting, seg('ACK', { ack: 302, data: 'more' })).given, 'more');
  });
});

describe('CLOSE (RFC 9293 §3.10.4)', () => {
  check(
    'CLO-01 CLO-02 CLO-03 CLO-04 CLO-06 CLO-07 CLO-08 CLO-09 CLOSE',
    [
      [['CLOSED'], 'error connection does not exist', 'same', []],
      [['LISTEN'], 'ok', 'CLOSED', []],
      [['SYN_SENT'], 'ok', 'CLOSED', []],
      [['SYN_RCVD'], 'pending', 'FIN_WAIT_1', ['<SEQ=301><ACK=101><CTL=FIN,ACK>']],
      [['ESTABLISHED'], 'pending', 'FIN_WAIT_1', ['<SEQ=301><ACK=101><CTL=FIN,ACK>']],
      [['FIN_WAIT_1', 'FIN_WAIT_2', ...both], 'error connection closing', 'same', []],
      [['CLOSE_WAIT'], 'pending', 'LAST_ACK', ['<SEQ=301><ACK=102><CTL=FIN,ACK>']],
    ],
    (state) => call.close(inState(state)),
  );

  it('CLO-02 pending RECEIVEs of a listener get "closing"', () => {
    const seen = call.close(call.receive(listen(), 1, 6).tcb);
    assert.deepEqual(seen.completed, ['6 error closing', '1 ok']);
  });

  it('CLO-03 TMR-20 in SYN_SENT queued calls get "closing"', () => {
    const tcb = call.receive(call.send(synSent({ queued: { openCall: 4 } }), 'x', 5).tcb, 1, 6).tcb;
    const seen = call.close(tcb);
    assert.deepEqual(seen.completed, [
      '4 error closing',
      '6 error closing',
      '5 error closing',
      '1 ok',
    ]);
  });

  it('CLO-05 a CLOSE that waits in SYN_RCVD keeps SENDs and CLOSEs out', () => {
    const { tcb } = call.close(call.send(synReceived(), 'x', 5).tcb, 9);
    assert.deepEqual(call.close(tcb, 2).completed, ['2 error connection closing']);
    assert.deepEqual(call.send(tcb, 'y', 2).completed, ['2 error connection closing']);
  });

  it('a CLOSE before the OPEN completed ends the OPEN', () => {
    const seen = call.close(synReceived({ open: 'active', queued: { openCall: 4 } }));
    assert.deepEqual(seen.completed, ['4 error closing']);
  });
});

describe('ABORT (RFC 9293 §3.10.5)', () => {
  const reset = (at: number) => [`<SEQ=${at}><CTL=RST>`];
  check(
    'ABT-01 ABT-02 ABT-03 ABT-04 ABT-05 ABT-06 ABT-07 RSG-08 RSG-10 ABORT',
    [
      [['CLOSED'], 'error connection does not exist', 'same', []],
      [['LISTEN', 'SYN_SENT'], 'ok', 'CLOSED', []],
      [['SYN_RCVD', 'ESTABLISHED', 'CLOSE_WAIT'], 'ok', 'CLOSED', reset(301)],
      [['FIN_WAIT_1', 'FIN_WAIT_2'], 'ok', 'CLOSED', reset(302)],
      [both, 'ok', 'CLOSED', []],
    ],
    (state) => call.abort(inState(state)),
  );

  it('ABT-02 ABT-03 ABT-05 queued calls get "connection reset", queues and timers are gone', () => {
    for (const tcb of [listen(), synSent(), established(), closeWait()]) {
      const waiting = editQueued(tcb, { receives: [{ call: 6, count: 1 }] });
      const seen = call.abort(waiting);
      assert.deepEqual(seen.completed, ['6 error connection reset', '1 ok']);
      assert.equal(seen.tcb.retransmissions.length, 0);
      assert.ok(
        Object.values(seen.tcb.timers).every((at) => at === undefined),
        'TMR-32',
      );
    }
  });

  it('OPT-28 with timestamps agreed the reset carries them', () => {
    const tcb = established({ options: { timestamps: true, tsRecent: 9 } });
    assert.deepEqual(call.abort(tcb).segments[0]?.options, { timestamps: { val: 0, ecr: 9 } });
  });
});

describe('STATUS (RFC 9293 §3.10.6)', () => {
  for (const state of STATES) {
    it(`STA-01 STA-02 STA-03 STATUS in ${state}`, () => {
      const seen = call.status(inState(state));
      if (state === 'CLOSED') {
        assert.deepEqual(seen.completed, ['1 error connection does not exist']);
        return;
      }
      const [effect] = seen.steps[0]?.effects ?? [];
      assert.ok(effect?.kind === 'complete' && effect.outcome.kind === 'ok');
      const text = effect.outcome.text ?? '';
      assert.ok(text.startsWith(`state = ${rfcName(state)}, local socket 10.0.0.2:80, `), text);
      assert.match(text, /receive window \d+, send window \d+, .*timeout 300 s$/);
      assert.equal(seen.state, state);
    });
  }
});
