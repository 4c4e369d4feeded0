/** RFC 5482: the User Timeout Option. */

import assert from 'node:assert/strict';
import { finish, startRun } from '../../src/run/run.js';
import { runCall } from '../../src/tcp/calls/call-rule.js';
import { setRules } from '../../src/tcp/calls/set.js';
import { SYN } from '../../src/tcp/segment.js';
import type { Settings } from '../../src/tcp/settings.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { restartKeepalive } from '../../src/tcp/timers/keep-alive.js';
import { userLimit } from '../../src/tcp/timers/user-timeout.js';
import { program } from '../run/scenario.js';
import {
  arrive,
  call,
  closeWait,
  established,
  expire,
  inState,
  seenIn,
  seg,
  synReceived,
  synSent,
} from './fixtures.js';

const SECOND = 1_000_000;
const ON: Partial<Settings> = { userTimeoutOption: true };

/** ESTABLISHED with the option in use, our option sent, and these settings. */
const using = (settings: Partial<Settings> = {}) =>
  established({ settings: { ...ON, ...settings } });

const suggestion = (userTimeout: number) => seg('ACK', { ack: 301, options: { userTimeout } });

/** A user's SET of one connection. */
function set(tcb: Tcb, settings: Partial<Settings>) {
  return seenIn(tcb, runCall(setRules, { host: 'server', id: 1 }, tcb, { call: 1, settings }, 0));
}

describe('the User Timeout Option', () => {
  const cases: readonly (readonly [string, Partial<Settings>, number, number])[] = [
    ['the larger wish is taken: the remote one', {}, 1_000, 1_000],
    ['the larger wish is taken: ours', {}, 200, 300],
    ['ADV_UTO counts, not the timeout that was', { advertisedUserTimeout: 150 * SECOND }, 120, 150],
    ['not below L_LIMIT', { advertisedUserTimeout: SECOND }, 10, 100],
    ['not above U_LIMIT', { userTimeoutMax: 400 * SECOND }, 1_000, 400],
    ['for ever is U_LIMIT', { userTimeout: 0, userTimeoutMax: 600 * SECOND }, 20, 600],
  ];
  for (const [name, settings, remote, expected] of cases) {
    it(`TMR-33 USER_TIMEOUT = min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)): ${name}`, () => {
      const seen = arrive(using(settings), suggestion(remote));
      assert.equal(userLimit(seen.tcb), expected * SECOND);
      assert.ok(seen.steps.some(({ rule }) => rule.id === 'other-states/5-user-timeout'));
      assert.deepEqual(seen.signals, []);
    });
  }

  it('TMR-33 a timer that runs ends later by the difference, and the text is given up then', () => {
    const sent = call.send(using(), 10).tcb;
    assert.equal(sent.timers.user, 300 * SECOND);
    const told = arrive(sent, seg('ACK', { ack: 301, options: { userTimeout: 400 } })).tcb;
    assert.equal(told.timers.user, 400 * SECOND);
    assert.equal(expire(told, 'user').state, 'CLOSED');
    const acked = arrive(told, seg('ACK', { ack: 311 })).tcb;
    assert.equal(call.send(acked, 1, 2, SECOND).tcb.timers.user, 401 * SECOND);
  });

  it('TMR-33 it counts in the synchronized states alone, though a SYN may bring it', () => {
    const opening = arrive(
      inState('LISTEN', { settings: { ...ON, openTimeout: 0 } }),
      seg('SYN', { seq: 100, options: { userTimeout: 1_000 } }),
    ).tcb;
    assert.equal(userLimit(opening), 300 * SECOND);
    const open = arrive(opening, seg('ACK', { seq: 101, ack: 301 })).tcb;
    assert.equal(open.state, 'ESTABLISHED');
    assert.equal(userLimit(open), 1_000 * SECOND);
  });

  it('TMR-33 without user-timeout-option it is ignored', () => {
    const seen = arrive(established(), suggestion(1_000));
    assert.equal(userLimit(seen.tcb), 300 * SECOND);
    assert.deepEqual(seen.sent, []);
  });

  it('TMR-33 a segment that is not acceptable changes nothing', () => {
    for (const bad of [
      { seq: 5_000, ack: 301 },
      { seq: 101, ack: 999 },
    ]) {
      const seen = arrive(using(), seg('ACK', { ...bad, options: { userTimeout: 1_000 } }));
      assert.equal(userLimit(seen.tcb), 300 * SECOND);
    }
  });

  it('TMR-34 with CHANGEABLE false it stays, and the user is told', () => {
    const seen = arrive(using({ userTimeoutChangeable: false }), suggestion(1_000));
    assert.equal(userLimit(seen.tcb), 300 * SECOND);
    assert.deepEqual(seen.signals, ['the remote side suggests a user timeout']);
  });

  it('TMR-35 a user who sets the user timeout makes CHANGEABLE false', () => {
    const chosen = set(using(), { userTimeout: 30 * SECOND }).tcb;
    assert.equal(chosen.settings.userTimeoutChangeable, false);
    assert.equal(userLimit(arrive(chosen, suggestion(1_000)).tcb), 30 * SECOND);
    const other = set(using(), { keepalive: SECOND }).tcb;
    assert.equal(userLimit(arrive(other, suggestion(1_000)).tcb), 1_000 * SECOND);
    const both = set(using(), { userTimeout: 30 * SECOND, userTimeoutChangeable: true }).tcb;
    assert.equal(userLimit(arrive(both, suggestion(1_000)).tcb), 1_000 * SECOND);
  });

  it('TMR-36 the value 0 is ignored, and never sent', () => {
    const before = arrive(using(), suggestion(500)).tcb;
    assert.equal(userLimit(arrive(before, suggestion(0)).tcb), 500 * SECOND);
    const forEver = call.openActive(inState('CLOSED', { settings: { ...ON, userTimeout: 0 } }));
    assert.equal(forEver.segments[0]?.options.userTimeout, undefined);
    const brief = call.openActive(inState('CLOSED', { settings: { ...ON, userTimeout: 1_000 } }));
    assert.equal(brief.segments[0]?.options.userTimeout, 1);
  });

  it('TMR-37 it is on the SYN, on the SYN,ACK, and on the first segment after each, not on later ones', () => {
    const opening = call.openActive(inState('CLOSED', { settings: ON }));
    assert.equal(opening.segments[0]?.options.userTimeout, 300);
    const open = arrive(synSent({ settings: ON }), seg('SYN,ACK', { seq: 100, ack: 301 }));
    assert.equal(open.segments[0]?.options.userTimeout, 300);
    const later = arrive(open.tcb, seg('ACK', { ack: 301, data: 5 }));
    assert.equal(later.segments[0]?.options.userTimeout, undefined);

    const answered = arrive(inState('LISTEN', { settings: ON }), seg('SYN', { seq: 100 }));
    assert.equal(answered.segments[0]?.ctl, SYN | 0x10);
    assert.equal(answered.segments[0]?.options.userTimeout, 300);
    const served = arrive(answered.tcb, seg('ACK', { seq: 101, ack: 301, data: 5 }));
    assert.equal(served.segments[0]?.options.userTimeout, 300);
    const second = arrive(served.tcb, seg('ACK', { seq: 106, ack: 301, data: 5 }));
    assert.equal(second.segments[0]?.options.userTimeout, undefined);
  });

  it('TMR-37 it does not make a full segment too large: it waits for the next', () => {
    const open = arrive(
      synReceived({ settings: { ...ON, mss: 100 }, options: { userTimeoutDue: true } }),
      seg('ACK', { ack: 301 }),
    ).tcb;
    const full = { ...open, snd: { ...open.snd, mss: 100 } };
    const [first, last] = call.send(full, 110).segments;
    assert.deepEqual(
      [
        first?.data.length,
        first?.options.userTimeout,
        last?.data.length,
        last?.options.userTimeout,
      ],
      [100, undefined, 10, 300],
    );
  });

  it('TMR-37 another user timeout is advertised with the next segment', () => {
    const chosen = set(closeWait({ settings: ON }), { userTimeout: 40_000 * SECOND }).tcb;
    // 40000 s do not fit 15 bits: 667 minutes.
    assert.equal(call.send(chosen, 1).segments[0]?.options.userTimeout, 667 * 60);
  });

  it('TMR-38 L_LIMIT is 100 s, U_LIMIT exists, and the RTO is less than what is adopted', () => {
    const { userTimeoutMin, userTimeoutMax } = using().settings;
    assert.deepEqual([userTimeoutMin, userTimeoutMax], [100 * SECOND, 86_400 * SECOND]);
    const slow = established({
      settings: { ...ON, advertisedUserTimeout: SECOND },
      rto: { value: 120 * SECOND },
    });
    assert.ok(userLimit(arrive(slow, suggestion(1)).tcb) > 120 * SECOND);
  });

  it('keep-alive waits longer than the user timeout (RFC 5482 §4.2)', () => {
    const tcb = using({ keepalive: SECOND });
    assert.equal(restartKeepalive(tcb, 0, 0).timers.keepalive, 300 * SECOND + 1);
    const without = established({ settings: { keepalive: SECOND } });
    assert.equal(restartKeepalive(without, 0, 0).timers.keepalive, SECOND);
  });

  it('two hosts adopt the larger of what they advertise', () => {
    const run = startRun(
      program(`host client { user-timeout-option on, user-timeout 200s }
host server { user-timeout-option on, user-timeout 900s }
server: listen 80
client: connect server:80
expect client -> server SYN uto=200 within 1s
expect server -> client SYN,ACK uto=900 within 1s
expect client -> server ACK uto=200 within 1s
cut client -- server
client: send "x"
wait 899s
expect client ESTABLISHED
expect client fails "connection aborted due to user timeout" within 2s
`),
    );
    const { failures, verdict } = finish(run);
    assert.equal(verdict, 'passed', failures.map(({ message }) => message).join('\n'));
  });
});
