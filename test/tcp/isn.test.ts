import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { stream } from '../../src/base/random.js';
import { md5Hex, md5Number } from '../../src/tcp/isn/md5.js';
import type { IsnChoice, IsnPosition } from '../../src/tcp/isn.js';
import { afterIsn, chooseIsn, clockOf, hashOf } from '../../src/tcp/isn.js';
import { distance, num } from '../../src/tcp/seq.js';
import { fixedIsn } from '../../src/tcp/settings.js';
import type { Socket } from '../../src/tcp/tcb.js';
import { clientAndServer } from './network.js';

const here: Socket = { address: '10.0.0.1', port: 49_152 };
const there: Socket = { address: '10.0.0.2', port: 80 };
const begin: IsnPosition = { taken: 0, random: stream(42, 'isn client') };

function choose(
  choice: IsnChoice,
  now = 0,
  changes: { local?: Socket; remote?: Socket; secret?: string; at?: IsnPosition } = {},
) {
  const { local = here, remote = there, secret = 'tcpflow', at = begin } = changes;
  return chooseIsn(choice, secret, at, local, remote, now);
}

describe('initial sequence numbers (RFC 9293 §3.4.1)', () => {
  const hashed: IsnChoice = { kind: 'rfc6528' };

  it('MD5 gives the values of RFC 1321', () => {
    assert.equal(md5Hex([]), 'd41d8cd98f00b204e9800998ecf8427e');
    assert.equal(md5Hex(['message', ' ', 'digest']), 'f96b697d7cb7938d525a2f31aaf161d0');
  });

  it('MD5 is the one of Node, whatever the length and the characters', () => {
    for (let length = 0; length < 200; length++) {
      for (const letter of ['a', '\u007f', 'é', '\u{1f600}']) {
        const text = letter.repeat(length);
        const digest = createHash('md5').update(text).digest('hex');
        assert.equal(md5Hex([text]), digest, `${length} times ${letter}`);
        assert.equal(md5Number([text]), Number.parseInt(digest.slice(0, 8), 16));
      }
    }
  });

  it('ISN-02 ISN-06 ISN = M + F(...): the parts add up, and F is the first word of the MD5', () => {
    const isn = choose(hashed, 4_000_000);
    assert.ok(isn.kind === 'rfc6528');
    const { input, digest } = hashOf(isn.hash, 'tcpflow', here, there);
    assert.equal(input, '10.0.0.1:49152 10.0.0.2:80 tcpflow');
    assert.equal(digest, createHash('md5').update(input).digest('hex'));
    assert.equal(num(clockOf(isn)), 1_000_000);
    assert.equal(num(isn.f), Number.parseInt(digest.slice(0, 8), 16));
    assert.equal(num(isn.value), (1_000_000 + num(isn.f)) % 2 ** 32);
  });

  it('ISN-02 ISN-05 F may be SipHash, under a key that is made of the secret', () => {
    const siphash: IsnChoice = { kind: 'rfc6528', hash: 'siphash' };
    const isn = choose(siphash, 4_000_000);
    assert.ok(isn.kind === 'rfc6528');
    const { digest } = hashOf(isn.hash, 'tcpflow', here, there);
    assert.match(digest, /^[0-9a-f]{16}$/);
    assert.equal(num(isn.f), Number.parseInt(digest.slice(0, 8), 16));
    assert.equal(num(isn.value), (1_000_000 + num(isn.f)) % 2 ** 32);
    assert.notEqual(choose(siphash).value, choose(siphash, 0, { secret: 'other' }).value);
    assert.notEqual(choose(siphash).value, choose(hashed).value);
  });

  it('ISN-01 ISN-03 one tick every 4 microseconds, for the same sockets and key', () => {
    const [early, later] = [choose(hashed, 0), choose(hashed, 400_000)];
    assert.equal(distance(early.value, later.value), 100_000);
  });

  it('WRP-10 it goes on when the clock wraps', () => {
    const wrap = 4 * 2 ** 32;
    const [early, later] = [
      choose({ kind: 'clock' }, wrap - 40),
      choose({ kind: 'clock' }, wrap + 40),
    ];
    assert.equal(distance(early.value, later.value), 20);
    assert.equal(later.value, 10);
  });

  it('ISN-04 ISN-05 another socket or another key gives another offset', () => {
    const values = [
      choose(hashed),
      choose(hashed, 0, { local: { ...here, port: 49_153 } }),
      choose(hashed, 0, { local: { ...here, address: '10.0.0.3' } }),
      choose(hashed, 0, { remote: { ...there, port: 81 } }),
      choose(hashed, 0, { remote: { ...there, address: '10.0.0.4' } }),
      choose(hashed, 0, { secret: 'another' }),
    ].map(({ value }) => value);
    assert.equal(new Set(values).size, values.length);
  });

  it('a fixed list is taken in order, and its last number repeats', () => {
    const list = fixedIsn(300, 400);
    let at = begin;
    const values: number[] = [];
    for (let i = 0; i < 4; i++) {
      values.push(num(choose(list, 0, { at }).value));
      at = afterIsn(at);
    }
    assert.deepEqual(values, [300, 400, 400, 400]);
  });

  it('random draws differ, and repeat for the same seed', () => {
    const first = choose({ kind: 'random' });
    const second = choose({ kind: 'random' }, 0, { at: afterIsn(begin) });
    assert.notEqual(first.value, second.value);
    assert.deepEqual(choose({ kind: 'random' }), first);
  });

  it('ISN-09 a segment that opens nothing uses up no ISN; every new attempt gets the next', () => {
    const network = clientAndServer({ isn: fixedIsn(100, 200, 201) });
    network.connect('client', 'server', { to: 81 });
    network.deliver();
    network.connect('client', 'server', { to: 82 });
    assert.deepEqual(
      network.log.filter((line) => line.startsWith('client')),
      ['client -> server <SEQ=100><CTL=SYN>', 'client -> server <SEQ=200><CTL=SYN>'],
    );
  });

  it('ISN-11 SYN and FIN take one number each, ACK, RST, PSH and URG none', () => {
    const network = clientAndServer({ isn: fixedIsn(100) }, { isn: fixedIsn(300) });
    network.connect('client', 'server');
    network.deliver();
    network.close('client', 'c1');
    network.deliver();
    assert.deepEqual(network.log.slice(-2), [
      'client -> server <SEQ=101><ACK=301><CTL=FIN,ACK>',
      'server -> client <SEQ=301><ACK=102><CTL=ACK>',
    ]);
  });
});
