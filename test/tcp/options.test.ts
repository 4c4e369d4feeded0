import assert from 'node:assert/strict';
import type { Options } from '../../src/tcp/options.js';
import { effectiveMss } from '../../src/tcp/options.js';
import type { Settings } from '../../src/tcp/settings.js';
import { settings } from '../../src/tcp/settings.js';
import type { Seen } from './fixtures.js';
import {
  arrive,
  arriveAll,
  call,
  established,
  expire,
  inState,
  seg,
  synReceived,
  synSent,
} from './fixtures.js';

const all: Partial<Settings> = { windowScale: 3, timestamps: true, sack: true, window: 100_000 };
const offer: Options = {
  mss: 1000,
  windowScale: 5,
  sackPermitted: true,
  timestamps: { val: 70, ecr: 0 },
};

const withSettings = (state: 'CLOSED' | 'LISTEN', set: Partial<Settings>) => ({
  ...inState(state),
  settings: settings(set),
});
const syn = (options: Options) => seg('SYN', { seq: 100, options });
const optionsOf = (seen: Seen) => seen.segments[0]?.options;

describe('options on SYN and SYN,ACK', () => {
  it('OPT-01 OPT-04 OPT-20 a SYN offers what the settings say', () => {
    assert.deepEqual(optionsOf(call.openActive(withSettings('CLOSED', {}))), { mss: 1460 });
    assert.deepEqual(optionsOf(call.openActive(withSettings('CLOSED', all))), {
      mss: 1460,
      windowScale: 3,
      sackPermitted: true,
      timestamps: { val: 0, ecr: 0 },
    });
  });

  it('OPT-13 OPT-21 OPT-29 a SYN,ACK answers what the SYN offered and no more', () => {
    const listening = withSettings('LISTEN', all);
    assert.deepEqual(optionsOf(arrive(listening, syn({}))), { mss: 1460 });
    assert.deepEqual(optionsOf(arrive(listening, syn(offer))), {
      mss: 1460,
      windowScale: 3,
      sackPermitted: true,
      timestamps: { val: 0, ecr: 70 },
    });
    assert.deepEqual(optionsOf(arrive(withSettings('LISTEN', {}), syn(offer))), { mss: 1460 });
  });

  it('SOP-07 OPT-26 a crossing SYN’s options are answered the same way', () => {
    const opening = synSent({ settings: all });
    assert.deepEqual(optionsOf(arrive(opening, syn({}))), { mss: 1460 });
    assert.equal(optionsOf(arrive(opening, syn(offer)))?.windowScale, 3);
  });

  it('OPT-02 OPT-03 OPT-11 the effective send MSS', () => {
    const set = settings();
    assert.equal(effectiveMss(set, {}, '10.0.0.1', false), 536);
    assert.equal(effectiveMss(set, {}, 'fd00::1', false), 1220);
    assert.equal(effectiveMss(set, { mss: 9000 }, '10.0.0.1', false), 1460);
    assert.equal(effectiveMss(set, { mss: 1000 }, '10.0.0.1', true), 988);
    assert.equal(effectiveMss(set, { mss: 0 }, '10.0.0.1', false), 536);
    assert.equal(effectiveMss(set, { mss: 5 }, '10.0.0.1', true), 1);
  });

  it('OPT-14 one side alone scales nothing', () => {
    const seen = arrive(
      synSent({ settings: all }),
      seg('SYN,ACK', { seq: 100, ack: 301, options: { mss: 1000 } }),
    );
    assert.deepEqual([seen.tcb.snd.shift, seen.tcb.rcv.shift], [0, 0]);
    assert.equal(seen.tcb.rcv.wnd, 65_535, 'more cannot be said');
  });

  it('OPT-15 OPT-18 SYS-20 windows are scaled, but not those of SYNs', () => {
    const first = arrive(withSettings('LISTEN', all), { ...syn(offer), wnd: 1000 });
    assert.equal(first.segments[0]?.wnd, 65_535);
    assert.equal(first.tcb.snd.max, 1000);
    const options = { timestamps: { val: 71, ecr: 0 } };
    const open = arrive(first.tcb, seg('PSH,ACK', { ack: 301, wnd: 1000, data: 'x', options }));
    assert.equal(open.tcb.snd.wnd, 32_000);
    assert.equal(open.segments[0]?.wnd, (100_000 - 1) >> 3);
  });

  it('OPT-16 a shift count above 14 counts as 14, and the error is told', () => {
    const told = /shift count 200 is an error, and counts as 14/;
    const offered = { windowScale: 200 };
    const synAck = seg('SYN,ACK', { seq: 100, ack: 301, options: offered });
    for (const seen of [
      arrive(withSettings('LISTEN', all), syn(offered)),
      arrive(synSent({ settings: all }), syn(offered)),
      arrive(synSent({ settings: all }), synAck),
    ]) {
      assert.equal(seen.tcb.snd.shift, 14);
      assert.match(seen.steps.map(({ why }) => why()).join(), told);
    }
    const most = arrive(withSettings('LISTEN', all), syn({ windowScale: 14 }));
    const without = arrive(withSettings('LISTEN', {}), syn(offered));
    for (const { steps } of [most, without])
      assert.doesNotMatch(steps.map(({ why }) => why()).join(), /shift count/);
  });

  it('OPT-19 shift 0 is an offer', () => {
    const seen = arrive(withSettings('LISTEN', { windowScale: 0 }), syn({ windowScale: 5 }));
    assert.equal(seen.tcb.snd.shift, 5);
    assert.equal(optionsOf(seen)?.windowScale, 0);
  });

  it('OPT-05 OPT-17 MSS and window scale on other segments are ignored', () => {
    const seen = arrive(
      established(),
      seg('ACK', { ack: 301, options: { mss: 10, windowScale: 9 } }),
    );
    assert.deepEqual([seen.tcb.snd.mss, seen.tcb.snd.shift], [1460, 0]);
  });

  it('TMR-14 a SYN,ACK is sent again with its options, and the clock of now', () => {
    const first = arrive(withSettings('LISTEN', all), syn(offer));
    const again = expire(first.tcb, 'retransmission', 1_000_000);
    assert.deepEqual(optionsOf(again), { ...optionsOf(first), timestamps: { val: 1000, ecr: 70 } });
  });
});

describe('timestamps (RFC 7323 §3.2, §4.3, §5)', () => {
  const agreed = (changes = {}) =>
    established({ options: { timestamps: true, tsRecent: 50, ...changes } });
  const stamped = (val: number, fields = {}) =>
    seg('PSH,ACK', { ack: 301, data: 'ab', options: { timestamps: { val, ecr: 0 } }, ...fields });
  const recent = (seen: Seen) => seen.tcb.options.tsRecent;

  it('OPT-22 every segment carries them once agreed', () => {
    const sent = call.send(agreed(), 'x', 1, 5_000);
    assert.deepEqual(optionsOf(sent), { timestamps: { val: 5, ecr: 50 } });
    assert.deepEqual(optionsOf(arrive(agreed(), stamped(60), 7_000)), {
      timestamps: { val: 7, ecr: 60 },
    });
  });

  it('OPT-23 a segment without them is dropped silently', () => {
    const seen = arrive(agreed(), seg('PSH,ACK', { ack: 301, data: 'ab' }));
    assert.deepEqual([seen.rule, seen.sent, seen.tcb.rcv.nxt], ['other-states/0-paws', [], 101]);
  });

  it('OPT-24 when not agreed they are ignored', () => {
    const seen = arrive(established(), stamped(3));
    assert.equal(seen.tcb.rcv.nxt, 103);
    assert.deepEqual(optionsOf(seen), {});
  });

  it('OPT-25 without ACK bit TSecr is not looked at', () => {
    const opening = synSent({ settings: all });
    const seen = arrive(opening, syn({ ...offer, timestamps: { val: 70, ecr: 12345 } }));
    assert.equal(seen.tcb.rto.srtt, undefined);
  });

  it('PWS-01 an older timestamp gets an ACK before the sequence check', () => {
    const seen = arrive(agreed(), stamped(49));
    assert.deepEqual(
      [seen.rule, seen.sent],
      ['other-states/0-paws', ['<SEQ=301><ACK=101><CTL=ACK>']],
    );
    assert.equal(seen.steps.length, 1);
  });

  it('PWS-02 PWS-13 a RST is not subject to it, and records nothing', () => {
    const seen = arrive(agreed(), seg('RST', { options: { timestamps: { val: 1, ecr: 0 } } }));
    assert.equal(seen.state, 'CLOSED');
    const challenged = arrive(
      agreed(),
      seg('RST', { seq: 105, options: { timestamps: { val: 90, ecr: 0 } } }),
    );
    assert.equal(recent(challenged), 50);
  });

  it('PWS-03 PWS-08 PWS-10 a segment at or before Last.ACK.sent updates TS.Recent', () => {
    assert.equal(recent(arrive(agreed(), stamped(60))), 60);
    assert.equal(recent(arrive(agreed(), stamped(50))), 50);
    assert.equal(arrive(agreed(), stamped(50)).tcb.rcv.nxt, 103);
    const fin = seg('FIN,ACK', { ack: 301, options: { timestamps: { val: 61, ecr: 0 } } });
    assert.equal(recent(arrive(agreed(), fin)), 61);
  });

  it('PWS-04 a segment past Last.ACK.sent does not', () => {
    assert.equal(recent(arrive(agreed(), stamped(60, { seq: 110 }))), 50);
  });

  it('PWS-05 nor does one outside the window', () => {
    assert.equal(recent(arrive(agreed(), stamped(60, { seq: 5000 }))), 50);
  });

  it('PWS-07 timestamps are compared modulo 2^32', () => {
    const tcb = agreed({ tsRecent: 2 ** 32 - 5 });
    assert.equal(recent(arrive(tcb, stamped(3))), 3);
    for (const tsRecent of [3, 0]) {
      const seen = arrive(agreed({ tsRecent }), stamped(2 ** 32 - 5));
      assert.equal(seen.rule, 'other-states/0-paws', `TS.Recent=${tsRecent}`);
    }
  });

  it('a SYN that is challenged does not update TS.Recent, nor a SYN,ACK', () => {
    for (const ctl of ['SYN', 'SYN,ACK']) {
      const options = { timestamps: { val: 60, ecr: 0 } };
      const seen = arrive(agreed(), seg(ctl, { seq: 101, ack: 301, options }));
      assert.deepEqual([seen.rule, recent(seen)], ['other-states/4-syn', 50]);
    }
  });

  it('PWS-09 after 24 idle days TS.Recent is not valid', () => {
    const day = 86_400_000_000;
    assert.equal(arrive(agreed(), stamped(49), 24 * day).rule, 'other-states/0-paws');
    const seen = arrive(agreed(), stamped(49), 24 * day + 1);
    assert.deepEqual([seen.tcb.rcv.nxt, recent(seen)], [103, 49]);
  });

  it('PWS-11 the SYN’s timestamp initialises TS.Recent', () => {
    const seen = arrive(withSettings('LISTEN', all), syn(offer));
    assert.equal(recent(seen), 70);
    assert.equal(synReceived().options.timestamps, false);
  });

  it('PWS-12 a held segment is not checked again', () => {
    const seen = arriveAll(
      agreed(),
      stamped(51, { seq: 103, data: 'cd' }),
      stamped(52, { data: 'ab' }),
    );
    assert.equal(seen.tcb.rcv.nxt, 105);
    assert.equal(recent(seen), 52);
  });
});
