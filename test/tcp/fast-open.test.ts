/** RFC 7413: TCP Fast Open between two hosts, and against peers that answer as a test wants it. */

import assert from 'node:assert/strict';
import { frontOf } from '../../src/base/pieces.js';
import { isLegalCookie, makeFastOpenCookie } from '../../src/tcp/fast-open.js';
import { withEntry } from '../../src/tcp/host/remembered.js';
import { icmpArrives } from '../../src/tcp/host.js';
import type { Options } from '../../src/tcp/options.js';
import type { Segment } from '../../src/tcp/segment.js';
import { ACK, FIN, RST, SYN, segment } from '../../src/tcp/segment.js';
import { add, seq } from '../../src/tcp/seq.js';
import { fixedIsn, type Settings, settings } from '../../src/tcp/settings.js';
import { octets } from './fixtures.js';
import { createNetwork, type Network } from './network.js';

const COOKIE = '0102030405060708';

/** A client and a server at port 80, both with Fast Open as these settings say. */
function pair(client: Partial<Settings> = {}, server: Partial<Settings> = {}): Network {
  const net = createNetwork();
  net.add('client', { isn: fixedIsn(100), fastOpen: 'client', ...client });
  net.add('server', { isn: fixedIsn(300), fastOpen: 'server', ...server });
  net.listen('server');
  return net;
}

/** An active OPEN with text. */
function open(net: Network, text = 'hello'): number {
  const remote = { address: net.host('server').address, port: 80 };
  const local = { address: '', port: 0 };
  const call = { kind: 'OPEN', open: 'active', local, remote, name: undefined } as const;
  return net.call('client', { ...call, text: octets(text) });
}

/** The segment that has left last. */
function last(net: Network): Segment {
  return net.flying.at(-1)?.segment ?? assert.fail('nothing has left');
}

/** Takes what is under way off the wires. */
function lose(net: Network): readonly Segment[] {
  return net.flying.splice(0).map(({ segment: one }) => one);
}

/** A SYN,ACK of the server's that a test has made, in answer to the client's latest SYN. */
function synAck(net: Network, acked: number, options: Options = {}, text = ''): void {
  const [syn] = lose(net).slice(-1);
  const fields = {
    seq: seq(300),
    ack: add(syn?.seq ?? seq(0), acked),
    ctl: SYN | ACK,
    wnd: 65_535,
  };
  const ports = { sourcePort: 80, destinationPort: syn?.sourcePort ?? 0 };
  net.arrive('client', '10.0.0.2', segment({ ...ports, ...fields, options, data: octets(text) }));
}

/** A SYN of a client that a test plays. */
function syn(net: Network, port: number, text: string, options: Options = {}): void {
  const fields = { sourcePort: port, destinationPort: 80, seq: seq(100), ctl: SYN, wnd: 65_535 };
  net.arrive('server', '10.0.0.9', segment({ ...fields, options, data: octets(text) }));
}

function fromClient(net: Network, port: number, ctl: number, at: number, ack = 301): void {
  const fields = { sourcePort: port, destinationPort: 80, wnd: 65_535 };
  net.arrive('server', '10.0.0.9', segment({ ...fields, ctl, seq: seq(at), ack: seq(ack) }));
}

/** The cookie that the server has for 10.0.0.9. */
function goodCookie(net: Network): string {
  return makeFastOpenCookie(net.host('server').settings, '10.0.0.9', '10.0.0.2');
}

/** The client has learned this cookie from the server. */
function learned(net: Network, cookie = COOKIE): void {
  open(net, '');
  synAck(net, 1, { mss: 1460, fastOpen: { cookie } });
  lose(net);
  net.sent();
}

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

describe('Fast Open, the server (RFC 7413 §4.2.2)', () => {
  it('TFO-02 gives a cookie to who asks for one, and acknowledges the SYN alone', () => {
    const net = pair();
    syn(net, 1000, 'text', { fastOpen: { cookie: '' } });
    assert.deepEqual(last(net).options.fastOpen, { cookie: goodCookie(net) });
    assert.equal(last(net).ack, 101);
  });

  it('TFO-03 gives text of a SYN with a good cookie to the user, who may answer in SYN_RCVD', () => {
    const net = pair();
    syn(net, 1000, 'text', { fastOpen: { cookie: goodCookie(net) } });
    assert.equal(last(net).ack, 105);
    assert.equal(last(net).options.fastOpen, undefined);
    const accepted = net.accept('server', 'early');
    assert.equal(net.outcomes.get(accepted), 'ok early');
    assert(net.table('server').includes('early SYN_RCVD'));
    const received = net.receive('server', 'early');
    assert.equal(net.outcomes.get(received), 'ok');
    net.send('server', 'early', 'answer');
    assert.deepEqual(net.sent().slice(-1), ['server -> ? <SEQ=301><ACK=105><DATA=6><CTL=PSH,ACK>']);
    fromClient(net, 1000, ACK, 105, 307);
    assert(net.table('server').includes('early ESTABLISHED'));
  });

  it('TFO-04 answers a bad cookie with a good one, and acknowledges the SYN alone', () => {
    const net = pair();
    syn(net, 1000, 'text', { fastOpen: { cookie: COOKIE } });
    assert.deepEqual(last(net).options.fastOpen, { cookie: goodCookie(net) });
    assert.equal(last(net).ack, 101);
  });

  it('TFO-04 takes a cookie of the key before, and sends one of the present key', () => {
    const before = pair({}, { fastOpenKey: 'one' });
    const net = pair({}, { fastOpenKey: 'two,one' });
    syn(net, 1000, 'text', { fastOpen: { cookie: goodCookie(before) } });
    assert.equal(last(net).ack, 105);
    assert.deepEqual(last(net).options.fastOpen, { cookie: goodCookie(net) });
  });

  it('TFO-05 without Fast Open the option is ignored', () => {
    const net = pair({}, { fastOpen: 'off' });
    syn(net, 1000, 'text', { fastOpen: { cookie: '' } });
    assert.equal(last(net).options.fastOpen, undefined);
    assert.equal(last(net).ack, 101);
  });

  it('TFO-06 nobody more is opened fast while as many as the limit are in SYN_RCVD', () => {
    const net = pair({}, { fastOpenQueue: 1 });
    const options = { fastOpen: { cookie: goodCookie(net) } };
    syn(net, 1000, 'text', options);
    syn(net, 1001, 'text', options);
    assert.equal(last(net).ack, 101);
    assert.equal(last(net).options.fastOpen, undefined);
    // It counts until the handshake is over, whether it was accepted or not.
    net.accept('server', 'early');
    syn(net, 1002, 'text', options);
    assert.equal(last(net).ack, 101);
    fromClient(net, 1000, ACK, 105);
    syn(net, 1003, 'text', options);
    assert.equal(last(net).ack, 105);
  });

  it('TFO-08 sends the SYN,ACK again without text and option', () => {
    const net = pair();
    syn(net, 1000, 'text', { fastOpen: { cookie: '' } });
    lose(net);
    net.expire('server');
    assert.deepEqual(net.sent().slice(-1), ['server -> ? <SEQ=300><ACK=101><CTL=SYN,ACK>']);
    const [, child] = net.host('server').connections.values();
    assert.equal(frontOf(child?.tcb.retransmissions ?? [])?.segment.options.fastOpen, undefined);
  });

  it('TFO-13 ignores an option with a cookie of an illegal length', () => {
    for (const length of [1, 2, 3, 5, 17, 18]) {
      const net = pair();
      syn(net, 1000, 'text', { fastOpen: { cookie: '01'.repeat(length) } });
      assert.equal(last(net).options.fastOpen, undefined);
      assert.equal(last(net).ack, 101);
    }
  });

  it('TFO-15 a RST ends the child, and its user is told of a reset', () => {
    const net = pair();
    syn(net, 1000, 'text', { fastOpen: { cookie: goodCookie(net) } });
    const fields = { sourcePort: 1000, destinationPort: 80, seq: seq(105), ctl: RST };
    const { microsteps } = net.arrive('server', '10.0.0.9', segment(fields));
    const told = microsteps.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.kind === 'signal' ? [effect.text] : [])),
    );
    assert.deepEqual(told, ['connection reset']);
    assert.deepEqual(net.table('server'), ['l1 LISTEN']);
  });

  it('TFO-16 resets when the user closes and has not read the text of the SYN', () => {
    const net = pair({}, { unreadOnClose: 'reset' });
    syn(net, 1000, 'text', { fastOpen: { cookie: goodCookie(net) } });
    net.accept('server', 'early');
    net.close('server', 'early');
    assert.deepEqual(net.sent().slice(-1), ['server -> ? <SEQ=301><CTL=RST>']);
  });

  it('TFO-16 and when the listener is closed before ACCEPT', () => {
    const net = pair();
    syn(net, 1000, 'text', { fastOpen: { cookie: goodCookie(net) } });
    net.close('server', 'l1');
    assert.deepEqual(net.sent().slice(-1), ['server -> ? <SEQ=301><CTL=RST>']);
    assert.deepEqual(net.table('server'), []);
  });

  it('TFO-17 a FIN after the text leads to CLOSE_WAIT, and the text can be read', () => {
    const net = pair();
    syn(net, 1000, 'text', { fastOpen: { cookie: goodCookie(net) } });
    net.accept('server', 'early');
    fromClient(net, 1000, FIN | ACK, 105);
    assert(net.table('server').includes('early CLOSE_WAIT'));
    assert.equal(last(net).ack, 106);
    assert.equal(net.outcomes.get(net.receive('server', 'early')), 'ok');
  });

  it('takes text without a cookie when none is needed', () => {
    const net = pair({}, { fastOpenCookieless: 'server' });
    syn(net, 1000, 'text');
    assert.equal(last(net).ack, 105);
  });

  it('reads the experimental kind where it is asked to, and answers with it', () => {
    const strict = pair();
    const option = { cookie: '', experimental: true } as const;
    syn(strict, 1000, '', { fastOpen: option });
    assert.equal(last(strict).options.fastOpen, undefined);
    const net = pair({}, { fastOpenOption: 'both' });
    syn(net, 1000, '', { fastOpen: option });
    assert.deepEqual(last(net).options.fastOpen, { ...option, cookie: goodCookie(net) });
  });

  it('makes the cookies that Linux makes of the same key', () => {
    const key = settings({ fastOpenKey: 'a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4' });
    assert.equal(makeFastOpenCookie(key, '192.0.2.1', '192.168.0.1'), '3021b9d889017eeb');
    const six = makeFastOpenCookie(key, 'fd3d:fa7b:d17d::1', 'fd3d:a0b:17d6::1');
    assert.match(six, /^[0-9a-f]{16}$/);
    assert.notEqual(six, makeFastOpenCookie(key, 'fd3d:fa7b:d17d::2', 'fd3d:a0b:17d6::1'));
  });
});

describe('Fast Open, both sides', () => {
  it('the second connection brings its text with the SYN, and the third too', () => {
    const net = pair();
    for (const text of ['one', 'two', 'three']) {
      open(net, text);
      net.deliver();
    }
    const syns = net.sent().filter((line) => line.startsWith('client') && line.endsWith('=SYN>'));
    assert.deepEqual(syns, [
      'client -> server <SEQ=100><CTL=SYN>',
      'client -> server <SEQ=100><DATA=3><CTL=SYN>',
      'client -> server <SEQ=100><DATA=5><CTL=SYN>',
    ]);
    const texts = ['c1', 'c2', 'c3'].map((name) => net.outcomes.get(net.receive('server', name)));
    assert.deepEqual(texts, ['ok', 'ok', 'ok']);
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
