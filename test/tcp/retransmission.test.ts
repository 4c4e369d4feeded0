import assert from 'node:assert/strict';
import { finish, startRun } from '../../src/run/run.js';
import { withSample } from '../../src/tcp/retransmission/round-trip.js';
import { settings } from '../../src/tcp/settings.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { program } from '../run/scenario.js';
import {
  arrive,
  call,
  established,
  expire,
  finWait1,
  inState,
  seg,
  synReceived,
  synSent,
} from './fixtures.js';
import { clientAndServer } from './network.js';

const second = 1_000_000;
const fresh = inState('CLOSED').rto;

/** The instants at which a segment is sent again, until it is given up. */
function schedule(tcb: Tcb): { readonly times: readonly number[]; readonly end: Tcb } {
  const times: number[] = [];
  let at = tcb;
  while (at.timers.retransmission !== undefined) {
    const now = at.timers.retransmission;
    const seen = expire(at, 'retransmission', now);
    times.push(now / second);
    at = seen.tcb;
  }
  return { times, end: at };
}

describe('RFC 6298: the retransmission timeout', () => {
  it('TMR-01 without a measurement it is one second', () => {
    assert.equal(call.openActive(inState('CLOSED')).tcb.timers.retransmission, second);
  });

  it('TMR-05 the first measurement R: SRTT=R, RTTVAR=R/2, RTO=SRTT+4*RTTVAR (2.2)', () => {
    const rto = withSample(fresh, 2 * second, settings());
    assert.deepEqual([rto.srtt, rto.rttvar, rto.value], [2 * second, second, 6 * second]);
  });

  it('TMR-06 later ones: RTTVAR with the old SRTT, then SRTT (2.3)', () => {
    const first = withSample(fresh, 2 * second, settings());
    const rto = withSample(first, 4 * second, settings());
    assert.equal(rto.rttvar, (3 * second + 2 * second) / 4);
    assert.equal(rto.srtt, (7 * 2 * second + 4 * second) / 8);
    assert.equal(rto.value, 2_250_000 + 4 * 1_250_000);
  });

  it('TMR-04 it is at least one second (2.4), or what rto-min says', () => {
    assert.equal(withSample(fresh, 20_000, settings()).value, second);
    assert.equal(withSample(fresh, 20_000, settings({ rtoMin: 1_000 })).value, 60_000);
  });

  it('TMR-05 the clock granularity G is the least of the second term', () => {
    const steady = { ...fresh, srtt: 20_000, rttvar: 0 };
    assert.equal(withSample(steady, 20_000, settings({ rtoMin: 1_000 })).value, 21_000);
  });

  it('TMR-02 TMR-03 TMR-17 TMR-19 a SYN is sent again after 1, 3, 7 ... 127, 247 seconds, then the open fails', () => {
    const { times, end } = schedule(call.openActive(inState('CLOSED')).tcb);
    assert.deepEqual(times, [1, 3, 7, 15, 31, 63, 127, 247]);
    assert.equal(end.state, 'CLOSED');
    assert.ok((times.at(-1) ?? 0) > 180, 'MUST-23');
  });

  it('TMR-19 the failed open tells the user and sends nothing', () => {
    const seen = expire(
      synSent({ queued: { openCall: 4 }, rto: { expiries: 7 } }),
      'retransmission',
    );
    assert.equal(seen.sent.length, 0);
    assert.deepEqual(seen.completed, [`4 error ${seen.signals[0]}`]);
  });

  it('TMR-07 the ACK of a SYN that was sent again gives no measurement (Karn)', () => {
    const again = expire(call.openActive(inState('CLOSED')).tcb, 'retransmission').tcb;
    const open = arrive(again, seg('SYN,ACK', { seq: 100, ack: 301 }), 1_010_000);
    assert.equal(open.tcb.rto.srtt, undefined);
  });

  it('TMR-08 with timestamps it does', () => {
    const on = { settings: { timestamps: true } };
    const closed = { ...inState('CLOSED'), settings: settings(on.settings) };
    const again = expire(call.openActive(closed).tcb, 'retransmission').tcb;
    const options = { timestamps: { val: 5, ecr: 1000 } };
    const open = arrive(again, seg('SYN,ACK', { seq: 100, ack: 301, options }), 1_040_000);
    assert.equal(open.tcb.rto.srtt, 40_000);
  });

  it('TMR-09 after a SYN was sent again, data begins with an RTO of three seconds (5.7)', () => {
    const again = expire(call.openActive(inState('CLOSED')).tcb, 'retransmission').tcb;
    const open = arrive(again, seg('SYN,ACK', { seq: 100, ack: 301 }), 1_010_000);
    assert.equal(open.tcb.rto.value, 3 * second);
    const sent = call.send(open.tcb, 'x', 1, 2 * second);
    assert.equal(sent.tcb.timers.retransmission, 5 * second);
  });

  it('TMR-09 also for the SYN,ACK, and not when rto is 3 s or more', () => {
    const again = expire(synReceived(), 'retransmission').tcb;
    assert.equal(arrive(again, seg('ACK', { ack: 301 })).tcb.rto.value, 3 * second);
    const slow = synReceived({ settings: { rto: 4 * second }, rto: { value: 4 * second } });
    const later = expire(slow, 'retransmission').tcb;
    assert.equal(arrive(later, seg('ACK', { ack: 301 })).tcb.rto.value, 8 * second);
  });

  it('TMR-10 a SYN, a SYN,ACK and a FIN start the timer with the RTO (5.1)', () => {
    for (const seen of [
      call.openActive(inState('CLOSED', { settings: { rto: 2 * second } })),
      arrive(inState('LISTEN', { settings: { rto: 2 * second } }), seg('SYN', { seq: 100 })),
      call.close(established({ rto: { value: 2 * second } })),
    ])
      assert.equal(seen.tcb.timers.retransmission, 2 * second, seen.sent[0]);
  });

  it('TMR-10 text starts it, too, and it keeps running with more (5.1)', () => {
    const one = call.send(established(), 'x', 1, 0).tcb;
    const two = call.send(one, 'y', 2, 300_000).tcb;
    assert.equal(two.timers.retransmission, second);
  });

  it('TMR-11 it stops when everything is acknowledged (5.2)', () => {
    const one = call.send(established(), 'x').tcb;
    const seen = arrive(one, seg('ACK', { ack: 302 }), 10_000);
    assert.equal(seen.tcb.timers.retransmission, undefined);
    assert.equal(seen.tcb.timers.user, undefined);
    assert.equal(seen.tcb.rto.srtt, 10_000);
  });

  it('TMR-12 it restarts when something is acknowledged and more outstanding (5.3)', () => {
    const two = call.send(call.send(established(), 'x', 1).tcb, 'y', 2).tcb;
    const seen = arrive(two, seg('ACK', { ack: 302 }), 500_000);
    assert.equal(seen.tcb.timers.retransmission, 500_000 + seen.tcb.rto.value);
  });

  it('TMR-13 expiry sends the earliest segment again with the current ACK and window (5.4)', () => {
    const two = call.send(call.send(established(), 'x', 1).tcb, 'yz', 2).tcb;
    const heard = arrive(two, seg('PSH,ACK', { ack: 301, data: 'hi' })).tcb;
    const seen = expire(heard, 'retransmission');
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=103><DATA=1><CTL=PSH,ACK>']);
    assert.equal(seen.segments[0]?.wnd, 998);
    const [effect] = seen.steps.at(-1)?.effects ?? [];
    assert.ok(effect?.kind === 'send' && effect.retransmission);
  });

  it('TMR-14 a SYN is sent again with the same ISS and options', () => {
    const opened = call.openActive(inState('CLOSED'));
    const seen = expire(opened.tcb, 'retransmission');
    assert.deepEqual(seen.segments, opened.segments);
  });

  it('TMR-15 at R1 the user is told of a delivery problem', () => {
    let tcb = call.send(established(), 'x').tcb;
    const signals: number[] = [];
    for (let i = 0; i < 5; i++) {
      const seen = expire(tcb, 'retransmission');
      signals.push(seen.signals.length);
      tcb = seen.tcb;
    }
    assert.deepEqual(signals, [0, 0, 1, 0, 0]);
  });

  it('TMR-16 TMR-39 text is given up at R2, far beyond 100 seconds', () => {
    const { times, end } = schedule(
      call.send(established({ settings: { userTimeout: 0 } }), 'x').tcb,
    );
    assert.equal(times.length, 16);
    assert.ok((times.at(-1) ?? 0) > 100);
    assert.equal(end.state, 'CLOSED');
  });

  it('TMR-18 R2 can be set for a connection', () => {
    const tcb = call.send(established({ settings: { retries: 2 } }), 'x').tcb;
    assert.equal(schedule(tcb).times.length, 3);
  });

  it('a measurement after back-off collapses the RTO', () => {
    const tcb = expire(
      expire(call.send(established(), 'x').tcb, 'retransmission').tcb,
      'retransmission',
    ).tcb;
    assert.equal(tcb.rto.value, 4 * second);
    const acked = arrive(tcb, seg('ACK', { ack: 302 }), 3_100_000).tcb;
    assert.equal(acked.rto.value, 4 * second, 'an ambiguous ACK does not');
    const sent = call.send(acked, 'y', 2, 4 * second).tcb;
    assert.equal(arrive(sent, seg('ACK', { ack: 303 }), 4_020_000).tcb.rto.value, second);
  });
});

describe('USER TIMEOUT (RFC 9293 §3.10.8)', () => {
  it('TMR-21 in any state it flushes all, tells every call, and deletes the TCB', () => {
    for (const [tcb, calls] of [
      [synSent({ queued: { openCall: 4 } }), [4]],
      [synReceived(), []],
      [call.send(established(), 'x', 5).tcb, [5]],
      [finWait1({ queued: { closeCall: 6 } }), [6]],
    ] as const) {
      assert.equal(tcb.timers.user, 300 * second);
      const seen = expire(tcb, 'user');
      assert.deepEqual([seen.state, seen.sent], ['CLOSED', []]);
      assert.deepEqual(seen.signals, ['connection aborted due to user timeout']);
      assert.deepEqual(
        seen.completed,
        calls.map((id) => `${id} error connection aborted due to user timeout`),
      );
    }
  });

  it('it runs from the first unacknowledged octet, and anew with every acknowledgment', () => {
    const two = call.send(call.send(established(), 'x', 1, 0).tcb, 'y', 2, 10).tcb;
    assert.equal(two.timers.user, 300 * second);
    assert.equal(arrive(two, seg('ACK', { ack: 302 }), 20).tcb.timers.user, 300 * second + 20);
  });

  it('user-timeout 0 is for ever', () => {
    const tcb = call.send(established({ settings: { userTimeout: 0 } }), 'x').tcb;
    assert.equal(tcb.timers.user, undefined);
  });

  it('CLO-12 a CLOSE that cannot finish turns into an abort', () => {
    const closed = call.close(call.send(established(), 'x', 5).tcb, 9).tcb;
    assert.equal(closed.state, 'FIN_WAIT_1');
    const seen = expire(closed, 'user');
    const aborted = 'connection aborted due to user timeout';
    assert.deepEqual([seen.state, seen.signals, seen.sent], ['CLOSED', [aborted], []]);
    assert.deepEqual(seen.completed, [`5 error ${aborted}`, `9 error ${aborted}`]);
  });
});

describe('keep-alive (RFC 9293 §3.8.4)', () => {
  const on = { settings: { keepalive: 7200 * second } };

  it('TMR-26 it is off by default, and can be set', () => {
    // The host starts the timer, by what it hears.
    const network = clientAndServer(on.settings);
    network.connect('client', 'server');
    network.deliver();
    const keepalive = (name: string) => network.host(name).latest?.tcb.timers.keepalive;
    assert.deepEqual([keepalive('client'), keepalive('server')], [7200 * second, undefined]);
  });

  it('TMR-27 a probe has SEQ=SND.NXT-1 and no text', () => {
    const seen = expire(established(on), 'keepalive', 7200 * second);
    assert.deepEqual(seen.sent, ['<SEQ=300><ACK=101><CTL=ACK>']);
    assert.equal(seen.tcb.timers.keepalive, 7275 * second);
  });

  it('TMR-28 TMR-29 only when all probes stay unanswered the connection is aborted', () => {
    let tcb = established({ settings: { ...on.settings, keepaliveProbes: 3 } });
    for (let i = 0; i < 3; i++) {
      const seen = expire(tcb, 'keepalive');
      assert.equal(seen.state, 'ESTABLISHED');
      tcb = seen.tcb;
    }
    const seen = expire(tcb, 'keepalive');
    assert.deepEqual([seen.state, seen.sent], ['CLOSED', []]);
    assert.match(seen.signals[0] ?? '', /keep-alive/);
  });

  it('TMR-29 what the user does between the probes does not begin their count anew', () => {
    const run = startRun(
      program(`host client { keepalive 10s, keepalive-interval 1s, keepalive-probes 3 }
host server
server: listen 80
client: connect server:80
expect client ESTABLISHED
cut client -- server
wait 11500ms
client: receive
client: status
expect client fails "keep-alive" within 2s
expect time >= 13s
expect time < 13100ms
`),
    );
    const { failures, verdict } = finish(run);
    assert.equal(verdict, 'passed', failures.map(({ message }) => message).join('\n'));
  });

  it('TMR-30 a RST in answer to a probe resets the connection', () => {
    const probed = expire(established(on), 'keepalive');
    assert.equal(arrive(probed.tcb, seg('RST', { seq: 101 })).state, 'CLOSED');
  });
});
