/** RFC 7413 §4.1.2, §4.2: Fast Open, the server, and both sides. */

import assert from 'node:assert/strict';
import { frontOf } from '../../src/base/pieces.js';
import { makeFastOpenCookie } from '../../src/tcp/fast-open.js';
import { ACK, FIN, RST, segment } from '../../src/tcp/segment.js';
import { seq } from '../../src/tcp/seq.js';
import { settings } from '../../src/tcp/settings.js';
import { COOKIE, fromClient, goodCookie, last, lose, open, pair, syn } from './fast-open.js';

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
