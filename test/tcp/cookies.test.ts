/** RFC 4987: SYN cookies, recycling, and deferred accept. */

import assert from 'node:assert/strict';
import type { Host } from '../../src/tcp/host.js';
import { acceptQueue, callHost, createHost, halfOpen, segmentArrives } from '../../src/tcp/host.js';
import { sipHash, sipHex, sipKey } from '../../src/tcp/isn/siphash.js';
import type { Instant } from '../../src/tcp/rule.js';
import type { Segment } from '../../src/tcp/segment.js';
import { ACK, FIN, has, PSH, RST, SYN, segment } from '../../src/tcp/segment.js';
import { add, num, seq } from '../../src/tcp/seq.js';
import { type Settings, settings } from '../../src/tcp/settings.js';
import { octets } from './fixtures.js';

function server(changes: Partial<Settings> = {}): Host {
  const host = createHost(
    'server',
    '10.0.0.2',
    settings({ synQueue: 0, synCookies: 'on-overflow', ...changes }),
    1,
  );
  const local = { address: '', port: 80 };
  callHost(
    host,
    { kind: 'OPEN', open: 'passive', local, remote: undefined, backlog: undefined },
    0,
    0,
  );
  return host;
}

/** What the server sends when this segment comes from the client. */
function arrive(
  host: Host,
  ctl: number,
  more: Partial<Segment> & { port?: number },
  now: Instant = 0,
) {
  const { port = 1000, ...fields } = more;
  const seg = segment({ sourcePort: port, destinationPort: 80, ctl, wnd: 1000, ...fields });
  const handling = segmentArrives(
    host,
    { source: '10.0.0.1', destination: '10.0.0.2', segment: seg },
    now,
  );
  const sent = handling.microsteps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'send' ? [effect.segment] : [])),
  );
  return { sent, rules: handling.microsteps.map(({ rule }) => rule.id) };
}

function synAck(
  host: Host,
  options: Segment['options'] = { mss: 1460 },
  now: Instant = 0,
  port?: number,
): Segment {
  const { sent } = arrive(host, SYN, { seq: seq(100), options, ...(port ? { port } : {}) }, now);
  return sent[0] ?? assert.fail('no SYN,ACK');
}

const states = (host: Host) =>
  [...host.connections.values()].map(({ tcb }) => tcb.state).filter((state) => state !== 'LISTEN');

describe('SYN cookies (RFC 4987 §3.6)', () => {
  it('QUE-04 QUE-05 answer a SYN when the half-open queue is full, and keep nothing to send again', () => {
    const host = server();
    const answer = synAck(host);
    assert(has(answer, SYN) && has(answer, ACK));
    assert.equal(answer.ack, 101);
    assert.deepEqual(states(host), []);
    assert.equal(host.wakeUps.length, 0);
  });

  it('QUE-06 an ACK of the cookie makes the connection, ESTABLISHED and in the accept queue', () => {
    const host = server();
    const { seq: cookie } = synAck(host);
    const { rules, sent } = arrive(host, ACK, { seq: seq(101), ack: add(cookie, 1) });
    assert.equal(rules[0], 'listener/cookie-check');
    assert.deepEqual(sent, []);
    assert.deepEqual(states(host), ['ESTABLISHED']);
    assert.equal(acceptQueue(host, 1).length, 1);
    const tcb = acceptQueue(host, 1)[0]?.tcb;
    assert.equal(tcb?.iss, cookie);
    assert.equal(tcb?.rcv.nxt, 101);
    assert.equal(tcb?.rto.srtt, undefined);
  });

  it('QUE-07 an ACK of another number is reset as LISTEN resets it', () => {
    const host = server();
    const { seq: cookie } = synAck(host);
    for (const ack of [add(cookie, 100), add(cookie, 2 ** 30), seq(5)]) {
      const { sent, rules } = arrive(host, ACK, { seq: seq(101), ack });
      assert.deepEqual(rules.slice(0, 1), ['listener/cookie-check']);
      assert.equal(sent[0]?.ctl, RST);
      assert.equal(sent[0]?.seq, ack);
    }
    assert.deepEqual(states(host), []);
  });

  it('QUE-07 the cookie of other sockets, or of another SYN, is worth nothing', () => {
    const host = server();
    const { seq: cookie } = synAck(host);
    const ack = add(cookie, 1);
    assert.equal(arrive(host, ACK, { seq: seq(101), ack, port: 1001 }).sent[0]?.ctl, RST);
    assert.equal(arrive(host, ACK, { seq: seq(901), ack }).sent[0]?.ctl, RST);
  });

  it('QUE-08 a cookie of 63 s is good, one of 135 s is reset', () => {
    const host = server();
    const { seq: cookie } = synAck(host);
    const ack = { seq: seq(101), ack: add(cookie, 1) };
    assert.equal(arrive(host, ACK, ack, 135_000_000).sent[0]?.ctl, RST);
    synAck(host, {}, 120_000_000, 9);
    assert.equal(arrive(host, ACK, ack, 135_000_000).sent[0]?.ctl, RST);
    assert.deepEqual(arrive(host, ACK, ack, 63_000_000).sent, []);
    assert.deepEqual(states(host), ['ESTABLISHED']);
  });

  it('the same SYN has the same cookie for 64 s, and another after it', () => {
    const host = server();
    const at = (now: Instant) => synAck(host, { mss: 1460 }, now).seq;
    assert.equal(at(0), at(63_999_999));
    assert.notEqual(at(0), at(64_000_000));
  });

  it('a cookie is SEG.SEQ XOR five bits of the counter, three of the MSS and 24 of the secret function', () => {
    const bits = (mss: number, now: Instant) =>
      (num(synAck(server(), { mss }, now).seq) ^ 100) >>> 0;
    const upper = [216, 536, 1300, 1440, 1460, 9000].map((mss) => bits(mss, 0) >>> 24);
    assert.deepEqual(upper, [1, 2, 3, 4, 5, 5]);
    assert.equal(bits(536, 33 * 64_000_000) >>> 27, 1);
    assert.equal(bits(536, 0) & 0xffffff, bits(1460, 0) & 0xffffff);
    assert.notEqual(bits(536, 0) & 0xffffff, bits(536, 64_000_000) & 0xffffff);
  });

  it('QUE-09 text and FIN of the ACK are received', () => {
    const host = server();
    const { seq: cookie } = synAck(host);
    const data = octets('hello');
    arrive(host, ACK | PSH | FIN, { seq: seq(101), ack: add(cookie, 1), data });
    assert.deepEqual(states(host), ['CLOSE_WAIT']);
    assert.equal(acceptQueue(host, 1)[0]?.tcb.rcv.nxt, 107);
  });

  it('QUE-25 text of the SYN is neither kept nor acknowledged', () => {
    const host = server();
    const { sent } = arrive(host, SYN, { seq: seq(100), data: octets('early') });
    const answer = sent[0] ?? assert.fail('no SYN,ACK');
    assert.equal(answer.ack, 101);
    arrive(host, ACK, { seq: seq(101), ack: add(answer.seq, 1) });
    assert.equal(acceptQueue(host, 1)[0]?.tcb.rcv.nxt, 101);
    assert.deepEqual(acceptQueue(host, 1)[0]?.tcb.queued.received, []);
  });

  it('QUE-10 a cookie in a SYN,ACK, a RST or a RST,ACK completes nothing', () => {
    const host = server();
    const { seq: cookie } = synAck(host);
    for (const ctl of [SYN | ACK, RST, RST | ACK]) {
      const { sent, rules } = arrive(host, ctl, { seq: seq(101), ack: add(cookie, 1) });
      assert.deepEqual(states(host), []);
      // To LISTEN it is an ACK like any other, or a RST; nobody looks for a cookie in it.
      assert.deepEqual(
        sent.map((one) => [one.ctl, one.seq]),
        ctl === (SYN | ACK) ? [[RST, add(cookie, 1)]] : [],
      );
      assert.ok(!rules.includes('listener/cookie-check'));
    }
  });

  it('QUE-11 the MSS is rounded down, window scale and SACK are lost', () => {
    const host = server({ windowScale: 7, sack: true });
    const answer = synAck(host, { mss: 1400, windowScale: 6, sackPermitted: true });
    assert.deepEqual(answer.options, { mss: 1460 });
    arrive(host, ACK, { seq: seq(101), ack: add(answer.seq, 1) });
    const tcb = acceptQueue(host, 1)[0]?.tcb;
    assert.equal(tcb?.snd.mss, 1300);
    assert.equal(tcb?.snd.shift, 0);
    assert.equal(tcb?.options.sack, false);
  });

  it('QUE-11 no segment is longer than the SYN has said (MUST-16), or than the default', () => {
    const child = (mss: number | undefined, changes: Partial<Settings> = {}) => {
      const host = server(changes);
      const { seq: cookie } = synAck(host, mss === undefined ? {} : { mss });
      arrive(host, ACK, { seq: seq(101), ack: add(cookie, 1) });
      return acceptQueue(host, 1)[0]?.tcb.snd.mss;
    };
    const offers = [30, 300, 536, 1000, 1459, undefined];
    assert.deepEqual(
      offers.map((mss) => child(mss)),
      [28, 216, 536, 536, 1440, 536],
    );
    // Linux's cookies know nothing below 536.
    assert.equal(child(300, { cookieForm: 'sum' }), 536);
  });

  it('QUE-11 with timestamps, window scale and SACK survive in TSecr', () => {
    const host = server({ windowScale: 7, sack: true, timestamps: true });
    const now = 10_000_000;
    const offered = {
      mss: 1460,
      windowScale: 6,
      sackPermitted: true,
      timestamps: { val: 5, ecr: 0 },
    } as const;
    const answer = synAck(host, offered, now);
    assert.equal(answer.options.windowScale, 7);
    const stamp = answer.options.timestamps ?? assert.fail('no timestamps');
    assert(stamp.val <= 10_000 && stamp.val > 10_000 - 128);
    const options = { timestamps: { val: 6, ecr: stamp.val } };
    arrive(host, ACK, { seq: seq(101), ack: add(answer.seq, 1), options }, now);
    const tcb = acceptQueue(host, 1)[0]?.tcb;
    assert.equal(tcb?.snd.shift, 6);
    assert.equal(tcb?.rcv.shift, 7);
    assert.equal(tcb?.options.sack, true);
    assert.equal(tcb?.options.tsRecent, 6);
  });

  it('QUE-11 with cookie-options number, window scale and SACK survive in the cookie', () => {
    const changes = { windowScale: 7, sack: true, cookieOptions: 'number' } as const;
    const child = (shift: number | undefined, sackPermitted: true | undefined, mss = 1400) => {
      const host = server({ ...changes });
      const scale = shift === undefined ? {} : { windowScale: shift };
      const sack = sackPermitted ? ({ sackPermitted } as const) : {};
      const answer = synAck(host, { mss, ...scale, ...sack });
      assert.equal(answer.options.windowScale, shift === undefined ? undefined : 7);
      assert.equal(answer.options.sackPermitted, sackPermitted);
      arrive(host, ACK, { seq: seq(101), ack: add(answer.seq, 1) });
      return acceptQueue(host, 1)[0]?.tcb ?? assert.fail('no connection');
    };
    const shifts = [undefined, 0, 1, 2, 3, 5, 8, 14];
    assert.deepEqual(
      shifts.map((shift) => child(shift, true).snd.shift),
      [0, 0, 1, 2, 2, 4, 8, 8],
    );
    assert.deepEqual(
      shifts.map((shift) => child(shift, undefined).options.windowScale),
      shifts.map((shift) => shift !== undefined),
    );
    assert.equal(child(6, true).options.sack, true);
    assert.equal(child(6, undefined).options.sack, false);
    assert.deepEqual(
      [100, 300, 1300, 1459, 9000].map((mss) => child(6, true, mss).snd.mss),
      [216, 216, 1200, 1452, 1460],
    );
  });

  it('QUE-07 with cookie-options number another shift than the cookie has is a forgery', () => {
    const host = server({ windowScale: 7, sack: true, cookieOptions: 'number' });
    const { seq: cookie } = synAck(host, { mss: 1460, windowScale: 2 });
    const forged = seq((num(cookie) ^ 1) >>> 0);
    assert.equal(arrive(host, ACK, { seq: seq(101), ack: add(forged, 1) }).sent[0]?.ctl, RST);
  });

  it('QUE-11 with cookie-options number timestamps are those of the clock', () => {
    const host = server({ windowScale: 7, sack: true, timestamps: true, cookieOptions: 'number' });
    const now = 10_000_000;
    const timestamps = { val: 5, ecr: 0 };
    const answer = synAck(host, { mss: 1460, windowScale: 6, timestamps }, now);
    assert.equal(answer.options.timestamps?.val, 10_000);
    const options = { timestamps: { val: 6, ecr: 10_000 } };
    arrive(host, ACK, { seq: seq(101), ack: add(answer.seq, 1), options }, now);
    const tcb = acceptQueue(host, 1)[0]?.tcb;
    assert.equal(tcb?.options.timestamps, true);
    assert.equal(tcb?.snd.shift, 6);
    assert.equal(tcb?.options.sack, false);
  });

  it('QUE-12 an old cookie does not complete the half-open connection that its SYN became since', () => {
    const host = server({ synQueue: 1 });
    synAck(host, {}, 0, 9);
    const { seq: cookie } = synAck(host);
    arrive(host, RST, { seq: seq(101), port: 9 });
    arrive(host, SYN, { seq: seq(100) });
    const { sent } = arrive(host, ACK, { seq: seq(101), ack: add(cookie, 1) });
    assert.equal(sent[0]?.ctl, RST);
    assert.deepEqual(states(host), ['SYN_RCVD']);
  });

  it('QUE-13 without overflow no cookie is given out, and none is taken', () => {
    const host = server({ synQueue: 1 });
    arrive(host, SYN, { seq: seq(100) });
    assert.deepEqual(states(host), ['SYN_RCVD']);
    const { rules } = arrive(host, ACK, { seq: seq(1), ack: seq(1), port: 5 });
    assert(!rules.includes('listener/cookie-check'));
  });

  it('QUE-03 with syncookies off a SYN that finds no room is dropped', () => {
    assert.deepEqual(arrive(server({ synCookies: 'off' }), SYN, { seq: seq(100) }).sent, []);
  });

  it('LP-82 with syncookies always every SYN gets one', () => {
    const host = server({ synQueue: 10, synCookies: 'always' });
    synAck(host);
    assert.deepEqual(states(host), []);
  });

  it('QUE-01 QUE-02 QUE-14 do not help when the accept queue is full', () => {
    const host = server({ backlog: 1 });
    const [first, second] = [synAck(host), synAck(host, {}, 0, 2000)];
    arrive(host, ACK, { seq: seq(101), ack: add(first.seq, 1) });
    assert.deepEqual(arrive(host, SYN, { seq: seq(100), port: 3000 }).sent, []);
    const late = arrive(host, ACK, { seq: seq(101), ack: add(second.seq, 1), port: 2000 });
    assert.deepEqual(late.rules, ['listener/overflow']);
    assert.deepEqual(states(host), ['ESTABLISHED']);
    const stray = arrive(host, ACK, { seq: seq(101), ack: seq(77), port: 4000 });
    assert.equal(stray.sent[0]?.ctl, RST);
  });
});

describe('a full half-open queue (RFC 4987 §3.4)', () => {
  it('QUE-22 with on-overflow recycle loses its oldest connection to the SYN', () => {
    const host = server({ synQueue: 2, synCookies: 'off', onOverflow: 'recycle' });
    for (const port of [1, 2, 3])
      assert.equal(arrive(host, SYN, { seq: seq(100), port }).sent.length, 1);
    assert.deepEqual(
      halfOpen(host, 1).map(({ tcb }) => tcb.remote?.port),
      [2, 3],
    );
  });
});

describe('a deferred accept', () => {
  const deferring = () => server({ synQueue: 9, deferAccept: 5_000_000, synCookies: 'off' });

  it('QUE-24 is not offered before text has come', () => {
    const host = deferring();
    const { seq: iss } = synAck(host);
    const ack = { seq: seq(101), ack: add(iss, 1) };
    assert.deepEqual(arrive(host, ACK, ack).rules, ['listener/defer']);
    assert.equal(acceptQueue(host, 1).length, 0);
    arrive(host, ACK | PSH, { ...ack, data: octets('x') });
    assert.equal(acceptQueue(host, 1).length, 1);
  });

  it('QUE-24 is offered without text when the time is over', () => {
    const host = deferring();
    const { seq: iss } = synAck(host);
    arrive(host, ACK, { seq: seq(101), ack: add(iss, 1) }, 5_000_000);
    assert.equal(acceptQueue(host, 1).length, 1);
  });
});

describe('SipHash-2-4', () => {
  const count = (length: number) => Uint8Array.from({ length }, (_, i) => i);
  const text = (length: number) => String.fromCharCode(...count(length));

  it('gives the values that its authors published', () => {
    const values = {
      0: '726fdb47dd0e0e31',
      8: '93f5f5799a932462',
      15: 'a129ca6149be45e5',
      63: '958a324ceb064572',
    };
    for (const [length, value] of Object.entries(values)) {
      assert.equal(sipHex(sipHash(sipKey(count(16)), text(Number(length)))), value);
    }
  });
});
