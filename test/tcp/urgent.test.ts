/** RFC 9293 §3.8.5: what is sent with the urgent pointer. */

import assert from 'node:assert/strict';
import { runCall } from '../../src/tcp/calls/call-rule.js';
import { sendRules } from '../../src/tcp/calls/send.js';
import { hasUrgentText } from '../../src/tcp/sending/urgent.js';
import { num, seq } from '../../src/tcp/seq.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import {
  arrive,
  call,
  established,
  expire,
  inState,
  isnOf,
  octets,
  type Seen,
  seenIn,
  seg,
  synReceived,
  synSent,
} from './fixtures.js';

/** A SEND with the URGENT flag. */
function urgently(tcb: Tcb, data: string | number, number = 1): Seen {
  const input = { call: number, data: octets(data), urgent: true as const, isn: isnOf(300) };
  return seenIn(tcb, runCall(sendRules, { host: 'server', id: 1 }, tcb, input, 0));
}

/** The urgent pointers of what was sent; undefined without URG. */
const pointers = ({ segments }: Seen) =>
  segments.map(({ ctl, up }) => ((ctl & 0x20) === 0 ? undefined : up));

const open = (changes: Parameters<typeof established>[0] = {}) =>
  established({ ...changes, snd: { mss: 10, wnd: 100, max: 100, ...changes.snd } });

describe('urgent text that is sent (RFC 9293 §3.8.5)', () => {
  it('SND-09 each segment that begins before SND.UP points to the octet after the urgent text', () => {
    const seen = urgently(open(), 25);
    assert.deepEqual(pointers(seen), [25, 15, 5]);
    assert.equal(num(seen.tcb.snd.up), 326);
    assert.deepEqual(
      pointers(call.send(seen.tcb, 5, 2)),
      [undefined],
      'what follows is not urgent',
    );
  });

  it('SND-09 a second urgent SEND moves the pointer of all that is not acknowledged', () => {
    const first = urgently(open(), 5).tcb;
    const second = urgently(first, 5, 2);
    assert.deepEqual(pointers(second), [5]);
    assert.deepEqual(pointers(expire(second.tcb, 'retransmission')), [10]);
  });

  it('SND-09 an ACK alone has it while urgent text waits for the window, and no more afterwards', () => {
    const waiting = urgently(open({ snd: { wnd: 0, max: 0 } }), 7).tcb;
    const text = seg('ACK', { seq: 101, ack: 301, wnd: 0, data: 'x' });
    assert.deepEqual(pointers(arrive(waiting, text)), [7]);
    const opened = arrive(waiting, seg('ACK', { ack: 301, wnd: 50 }));
    assert.deepEqual(pointers(opened), [7]);
    const done = arrive(opened.tcb, seg('ACK', { ack: 308, wnd: 50 })).tcb;
    assert.equal(hasUrgentText(done), false);
    assert.deepEqual(pointers(arrive(done, seg('ACK', { seq: 101, ack: 308, data: 'x' }))), [
      undefined,
    ]);
  });

  it('SND-09 the field says 65535 of what is further', () => {
    const window = { wnd: 200_000, max: 200_000, mss: 50_000 };
    const seen = urgently(open({ snd: window, settings: { sendBuffer: 200_000 } }), 150_000);
    assert.deepEqual(pointers(seen), [65_535, 65_535, 50_000]);
  });

  it('SND-09 it is told again after 2^31 octets without any', () => {
    const once = urgently(open(), 5).tcb;
    let tcb = arrive(once, seg('ACK', { ack: 306, wnd: 100 })).tcb;
    for (const step of [1, 2, 3]) {
      const una = seq(306 + step * 2 ** 30);
      tcb = { ...tcb, snd: { ...tcb.snd, nxt: una } };
      tcb = arrive(tcb, seg('ACK', { ack: num(una), wnd: 100 })).tcb;
      assert.equal(num(tcb.snd.una), num(una));
      assert.equal(hasUrgentText(tcb), false);
      assert.deepEqual(pointers(call.send(tcb, 3, 9)), [undefined]);
    }
    assert.deepEqual(pointers(urgently(tcb, 4)), [4]);
  });

  it('SND-09 neither Nagle nor a cork holds it', () => {
    for (const settings of [{ nagle: true }, { cork: true }]) {
      const small = call.send(open({ settings }), 3).tcb;
      assert.deepEqual(call.send(small, 3, 2).sent, []);
      assert.equal(urgently(small, 3, 3).sent.length > 0, true, JSON.stringify(settings));
    }
  });

  it('SND-10 before the connection is open the pointer goes with the text', () => {
    const waiting = urgently(synSent(), 5);
    assert.deepEqual(waiting.sent, []);
    assert.deepEqual(
      pointers(expire(waiting.tcb, 'retransmission')),
      [undefined],
      'a SYN has none',
    );
    const answer = seg('SYN,ACK', { seq: 100, ack: 301, wnd: 100 });
    assert.deepEqual(pointers(arrive(waiting.tcb, answer)).slice(-1), [5]);
    const passive = urgently(synReceived(), 5).tcb;
    assert.deepEqual(pointers(arrive(passive, seg('ACK', { ack: 301, wnd: 100 }))), [5]);
  });

  it('SND-10 a listener that becomes active sends it with the text', () => {
    const remote = { address: '10.0.0.1', port: 1000 };
    const seen = urgently({ ...inState('LISTEN'), remote }, 5);
    assert.deepEqual(pointers(seen), [undefined]);
    const answer = seg('SYN,ACK', { seq: 100, ack: 301, wnd: 100 });
    assert.deepEqual(pointers(arrive(seen.tcb, answer)).slice(-1), [5]);
  });
});
