/** RFC 7413 §4.1.3, §4.2: Fast Open, the client, and what it remembers of servers. */

import assert from 'node:assert/strict';
import { isLegalCookie } from '../../src/tcp/fast-open.js';
import { withEntry } from '../../src/tcp/host/remembered.js';
import { icmpArrives } from '../../src/tcp/host.js';
import { ACK, SYN, segment } from '../../src/tcp/segment.js';
import { seq } from '../../src/tcp/seq.js';
import { COOKIE, last, learned, lose, open, pair, synAck } from './fast-open.js';
import { octets } from './fixtures.js';

describe('Fast Open, the client (RFC 7413 §4.2)', () => {
  it('TFO-01 asks for a cookie with an empty option, and keeps its text back', () => {
    const net = pair();
    open(net);
    assert.deepEqual(last(net).options.fastOpen, { cookie: '' });
    assert.equal(last(net).data.length, 0);
  });

  it('TFO-01 opens the plain way unless it was asked for', () => {
    const net = pair({ fastOpen: 'off' });
    open(net);
    assert.equal(last(net).options.fastOpen, undefined);
    net.deliver();
    assert.deepEqual(net.table('client'), ['c1 ESTABLISHED']);
  });

  it('TFO-07 sends the SYN again without text and option when its timer fires', () => {
    const net = pair();
    learned(net);
    open(net);
    assert.equal(last(net).data.length, 5);
    assert.deepEqual(last(net).options.fastOpen, { cookie: COOKIE });
    lose(net);
    net.hosts.delete('server');
    net.expire('client');
    assert.deepEqual(net.sent().slice(-1), ['client -> ? <SEQ=100><CTL=SYN>']);
  });

  it('TFO-09 sends text that the SYN,ACK does not acknowledge with its ACK', () => {
    const net = pair();
    learned(net);
    open(net);
    synAck(net, 1, { mss: 1460 });
    assert.deepEqual(net.sent().slice(-1), [
      'client -> server <SEQ=101><ACK=301><DATA=5><CTL=PSH,ACK>',
    ]);
  });

  it('TFO-09 with what did not fit the SYN behind it, cut anew to the MSS of the SYN,ACK', () => {
    const net = pair();
    learned(net);
    open(net, 'x'.repeat(2000));
    assert.equal(last(net).data.length, 1420);
    synAck(net, 1, { mss: 1000 });
    assert.deepEqual(
      lose(net).map(({ seq: at, data }) => [at, data.length]),
      [
        [101, 1000],
        [1101, 1000],
      ],
    );
  });

  it('TFO-10 sends the rest of text that is acknowledged in part', () => {
    const net = pair();
    learned(net);
    open(net);
    synAck(net, 4, { mss: 1460 });
    assert.deepEqual(net.sent().slice(-1), [
      'client -> server <SEQ=104><ACK=301><DATA=2><CTL=PSH,ACK>',
    ]);
  });

  it('TFO-11 resets a SYN,ACK that acknowledges more than the SYN and its text', () => {
    const net = pair();
    learned(net);
    open(net);
    synAck(net, 7, { mss: 1460 });
    assert.deepEqual(net.sent().slice(-1), ['client -> server <SEQ=107><CTL=RST>']);
    assert(net.table('client').includes('c2 SYN_SENT'));
  });

  it('TFO-12 opens the plain way when the options of the SYN leave no room for the cookie', () => {
    const all = { timestamps: true, sack: true, windowScale: 7, userTimeoutOption: true };
    const net = pair(all);
    learned(net, '01'.repeat(16));
    open(net);
    assert.equal(last(net).options.fastOpen, undefined);
    assert.equal(last(net).data.length, 0);
    net.deliver();
    const texts = net.sent().filter((line) => line.includes('<DATA=5>'));
    assert.equal(texts.length, 1);
    const roomy = pair({ ...all, userTimeoutOption: false });
    learned(roomy, '01'.repeat(16));
    open(roomy);
    assert.equal(last(roomy).data.length, 5);
  });

  it('TFO-13 keeps no cookie of an illegal length, and the one it had if its text was taken', () => {
    for (const length of [1, 2, 3, 5, 15, 17, 18, 38]) {
      const bad = '01'.repeat(length);
      assert.equal(isLegalCookie({ cookie: bad }), false);
      const net = pair();
      learned(net);
      open(net);
      synAck(net, 6, { mss: 1460, fastOpen: { cookie: bad } });
      open(net);
      assert.deepEqual(last(net).options.fastOpen, { cookie: COOKIE });
    }
    for (const length of [4, 6, 8, 10, 12, 14, 16]) {
      const net = pair();
      learned(net, '01'.repeat(length));
      open(net);
      assert.deepEqual(last(net).options.fastOpen, { cookie: '01'.repeat(length) });
    }
  });

  it('TFO-14 opens the plain way for a while after text was refused', () => {
    const net = pair();
    learned(net);
    open(net);
    synAck(net, 1, { mss: 1460 });
    lose(net);
    open(net);
    assert.equal(last(net).options.fastOpen, undefined);
    assert.equal(last(net).data.length, 0);
    net.clock.now += 900_000_001;
    open(net);
    assert.deepEqual(last(net).options.fastOpen, { cookie: COOKIE });
  });

  it('TFO-14 after a time-out, an ICMP error, and a request that brought no cookie', () => {
    const silent = pair({ synRetries: 0 });
    open(silent);
    lose(silent);
    silent.expire('client');
    const told = pair();
    open(told);
    const { sourcePort } = last(told);
    const quoted = { source: { address: '10.0.0.1', port: sourcePort }, seq: seq(100) };
    const destination = { address: '10.0.0.2', port: 80 };
    icmpArrives(told.host('client'), { error: 'port-unreachable', ...quoted, destination }, 0);
    const unanswered = pair({}, { fastOpen: 'off' });
    open(unanswered);
    unanswered.deliver();
    for (const net of [silent, told, unanswered]) {
      open(net);
      assert.equal(last(net).options.fastOpen, undefined);
    }
  });

  it('TFO-14 but not with fast-open-retry 0, and not for another port', () => {
    const eager = pair({ fastOpenRetry: 0 });
    learned(eager);
    open(eager);
    synAck(eager, 1, { mss: 1460 });
    open(eager);
    assert.deepEqual(last(eager).options.fastOpen, { cookie: COOKIE });
    const net = pair();
    learned(net);
    open(net);
    synAck(net, 1, { mss: 1460 });
    net.connect('client', 'server', { to: 81 });
    assert.deepEqual(last(net).options.fastOpen, { cookie: COOKIE });
  });

  it('TFO-18 completes with a server that knows no Fast Open, and sends the text then', () => {
    const net = pair({}, { fastOpen: 'off' });
    learned(net);
    open(net);
    net.deliver();
    assert(net.sent().includes('server -> client <SEQ=300><ACK=101><CTL=SYN,ACK>'));
    assert(net.table('server').includes('c1 ESTABLISHED'));
    const [, child] = net.host('server').connections.values();
    assert.equal(child?.tcb.rcv.nxt, 106);
  });

  it('uses the MSS of the server less the space of options, else the default MSS', () => {
    const net = pair();
    open(net, '');
    synAck(net, 1, { mss: 900, fastOpen: { cookie: COOKIE } });
    open(net, 'x'.repeat(2000));
    assert.equal(last(net).data.length, 860);
    const free = pair({ fastOpenCookieless: 'client' });
    open(free, 'x'.repeat(2000));
    assert.equal(last(free).data.length, 496);
    assert.equal(last(free).options.fastOpen, undefined);
  });

  it('takes text of the SYN,ACK, and a new cookie with it', () => {
    const net = pair({ synText: 'ignore' });
    learned(net);
    open(net);
    synAck(net, 6, { mss: 1460, fastOpen: { cookie: 'aabbccdd' } }, 'answer');
    assert.deepEqual(net.sent().slice(-1), ['client -> server <SEQ=106><ACK=307><CTL=ACK>']);
    open(net);
    assert.deepEqual(last(net).options.fastOpen, { cookie: 'aabbccdd' });
  });

  it('ignores a cookie that it has not asked for', () => {
    const net = pair({ fastOpenCookieless: 'client' });
    open(net);
    synAck(net, 6, { mss: 1460, fastOpen: { cookie: COOKIE } });
    assert.equal(net.host('client').fastOpen.servers.get('10.0.0.2')?.cookie, undefined);
  });

  it('tries the experimental kind once when kind 34 was not answered', () => {
    const net = pair({ fastOpenOption: 'both', fastOpenRetry: 0 });
    const kinds = [1, 2, 3, 4].map(() => {
      open(net);
      const { fastOpen } = last(net).options;
      synAck(net, 1, { mss: 1460 });
      return fastOpen?.experimental ? 254 : 34;
    });
    assert.deepEqual(kinds, [34, 254, 34, 34]);
  });

  it('SOP-14 of a simultaneous open the text stays outstanding, and the handshake works', () => {
    const net = pair();
    learned(net);
    open(net);
    const [mine] = lose(net);
    const ports = { sourcePort: 80, destinationPort: mine?.sourcePort ?? 0 };
    const theirs = { ...ports, seq: seq(700), wnd: 65_535 };
    net.arrive('client', '10.0.0.2', segment({ ...theirs, ctl: SYN, data: octets('hi') }));
    assert.deepEqual(net.sent().slice(-1), ['client -> server <SEQ=100><ACK=701><CTL=SYN,ACK>']);
    const ack = segment({ ...theirs, seq: seq(701), ack: seq(106), ctl: ACK });
    net.arrive('client', '10.0.0.2', ack);
    assert(net.table('client').includes('c2 ESTABLISHED'));
    const [, second] = net.host('client').connections.values();
    assert.deepEqual([second?.tcb.snd.una, second?.tcb.rcv.nxt], [106, 703]);
  });
});

describe('what a client remembers of servers', () => {
  it('each has an entry of its own, and the latest is the last', () => {
    const two = withEntry(withEntry(new Map(), 'a', 1), 'b', 2);
    assert.deepEqual(
      [...two],
      [
        ['a', 1],
        ['b', 2],
      ],
    );
    assert.deepEqual([...withEntry(two, 'a', 3).keys()], ['b', 'a']);
  });

  it('the oldest of 4096 makes way for another, not for a new value', () => {
    const full = new Map(Array.from({ length: 4_096 }, (_, i) => [String(i), i] as const));
    const next = withEntry(full, 'new', 0);
    assert.deepEqual([next.size, next.has('0'), next.has('1')], [4_096, false, true]);
    const again = withEntry(full, '5', 9);
    assert.deepEqual([again.size, again.has('0'), again.get('5')], [4_096, true, 9]);
    assert.equal(full.size, 4_096);
  });
});
