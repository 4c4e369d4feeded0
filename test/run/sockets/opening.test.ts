/** socket, bind, listen, connect, accept, as a process on Linux or FreeBSD sees them. */

import assert from 'node:assert/strict';
import type { System } from '../../../src/run/sockets/socket-calls.js';
import {
  ACK,
  connected,
  FIN,
  handshake,
  libc,
  listening,
  PSH,
  processOn,
  RST,
  SYN,
  told,
} from './process.js';

const systems: readonly System[] = ['linux', 'freebsd'];

describe('A socket that opens a connection', () => {
  for (const system of systems) {
    it(`says EINPROGRESS, EALREADY, and no error once it is connected (${system})`, () => {
      const process = processOn(system);
      const c = libc(process);
      c.socket();
      c.nonblock(3);
      assert.equal(c.connect(3), '-1 EINPROGRESS');
      assert.deepEqual(process.since(), ['<SEQ=100><CTL=SYN>']);
      assert.equal(c.connect(3), '-1 EALREADY');
      process.arrive(SYN | ACK, 300, { ack: 101 });
      assert.equal(c.error(3), 0);
      assert.equal(c.connect(3), system === 'linux' ? '0' : '-1 EISCONN');
      assert.equal(c.connect(3), '-1 EISCONN');
    });

    it(`waits for the end of the handshake when it blocks (${system})`, () => {
      const process = processOn(system);
      const c = libc(process);
      c.socket();
      assert.equal(c.connect(3), 'blocked');
      assert.equal(process.over.length, 0);
      process.arrive(SYN | ACK, 300, { ack: 101 });
      assert.deepEqual(process.over.map(told), ['0']);
    });

    it(`is refused by a reset in SYN_SENT, and says so once (${system})`, () => {
      const process = processOn(system);
      const c = libc(process);
      c.socket();
      c.nonblock(3);
      c.connect(3);
      process.arrive(RST | ACK, 0, { ack: 101 });
      assert.equal(c.error(3), 'ECONNREFUSED');
      assert.equal(c.error(3), 0);
    });

    it(`times out when nobody answers (${system})`, () => {
      const process = processOn(system, { synRetries: 1 });
      const c = libc(process);
      c.socket();
      assert.equal(c.connect(3), 'blocked');
      process.run(10_000);
      assert.deepEqual(process.over.map(told), ['-1 ETIMEDOUT']);
    });
  }

  it('is refused as ECONNRESET after a simultaneous open on Linux (LP-12), as ECONNREFUSED on FreeBSD', () => {
    for (const system of systems) {
      const process = processOn(system);
      const c = libc(process);
      c.socket();
      c.nonblock(3);
      c.connect(3);
      process.arrive(SYN, 300);
      process.arrive(RST, 301);
      assert.equal(c.error(3), system === 'linux' ? 'ECONNRESET' : 'ECONNREFUSED');
    }
  });

  it('may try again on Linux after its connect has failed', () => {
    const process = processOn('linux');
    const c = libc(process);
    c.socket();
    assert.equal(c.connect(3), 'blocked');
    process.arrive(RST | ACK, 0, { ack: 101 });
    assert.deepEqual(process.over.map(told), ['-1 ECONNREFUSED']);
    assert.equal(c.connect(3), 'blocked');
    process.arrive(SYN | ACK, 300, { ack: 101 });
    assert.equal(told(process.over[1] ?? assert.fail()), '0');
  });

  it('dissolves its association for AF_UNSPEC on Linux: the connection is reset', () => {
    const { process, c } = connected('linux');
    assert.equal(c.dissolve(3), '0');
    assert.match(process.since().join(), /^<SEQ=101>.*CTL=RST/);
    assert.equal(c.read(3, 1), '-1 ECONNRESET');
    assert.equal(c.read(3, 1), '-1 ENOTCONN');
    assert.equal(c.connect(3), '-1 EINPROGRESS');
  });

  it('answers EBADF for a descriptor that is closed', () => {
    const c = libc(processOn('linux'));
    assert.equal(c.socket(), '3');
    assert.equal(c.close(3), '0');
    assert.equal(c.close(3), '-1 EBADF');
    assert.equal(c.connect(3), '-1 EBADF');
    assert.equal(c.socket(), '3');
  });
});

describe('A name for a socket', () => {
  it('is given once, must be the host’s, and is shared only by SO_REUSEADDR', () => {
    const c = libc(processOn('linux'));
    c.socket();
    assert.equal(c.bind(3, 80, '10.9.9.9'), '-1 EADDRNOTAVAIL');
    assert.equal(c.bind(3, 80), '0');
    assert.equal(c.bind(3, 81), '-1 EINVAL');
    c.socket();
    assert.equal(c.bind(4, 80), '-1 EADDRINUSE');
    c.set(4, 'SOL_SOCKET', 'SO_REUSEADDR', 1);
    assert.equal(c.bind(4, 80), '-1 EADDRINUSE');
    c.set(3, 'SOL_SOCKET', 'SO_REUSEADDR', 1);
    assert.equal(c.bind(4, 80), '0');
    assert.equal(c.listen(3, 1), '0');
    c.socket();
    c.set(5, 'SOL_SOCKET', 'SO_REUSEADDR', 1);
    assert.equal(c.bind(5, 80), '-1 EADDRINUSE');
  });

  for (const before of [0, 1]) {
    it(`is taken by a connection in TIME_WAIT, unless SO_REUSEADDR is on and was (${before})`, () => {
      const { process, c } = listening('linux');
      c.set(3, 'SOL_SOCKET', 'SO_REUSEADDR', before);
      handshake(process, 1000);
      assert.equal(c.accept(3), '4');
      c.close(4);
      process.arriveAt(80, FIN | ACK, 301, { ack: 102, port: 1000 });
      c.close(3);
      c.socket();
      assert.equal(c.bind(3, 80), '-1 EADDRINUSE');
      c.set(3, 'SOL_SOCKET', 'SO_REUSEADDR', 1);
      assert.equal(c.bind(3, 80), before ? '0' : '-1 EADDRINUSE');
    });
  }
});

describe('A listening socket', () => {
  for (const system of systems) {
    it(`accepts connections in the order of their completion (QUE-15, ${system})`, () => {
      const { process, c } = listening(system);
      c.nonblock(3);
      assert.equal(c.accept(3), '-1 EAGAIN');
      process.arriveAt(80, SYN, 300, { port: 1000 });
      process.arriveAt(80, SYN, 300, { port: 2000 });
      process.arriveAt(80, ACK, 301, { ack: 101, port: 2000 });
      process.arriveAt(80, ACK | PSH, 301, { ack: 101, port: 1000, data: 'one' });
      assert.deepEqual(c.poll(3, ['POLLIN'], 0), ['POLLIN']);
      assert.equal(c.accept(3), '4');
      assert.equal(c.accept(3), '5');
      assert.equal(c.read(5, 10), '3 one');
      assert.equal(c.write(5, 'two'), '3');
    });

    it(`wakes the accept that blocks (${system})`, () => {
      const { process, c } = listening(system);
      assert.equal(c.accept(3), 'blocked');
      handshake(process, 1000);
      assert.deepEqual(process.over.map(told), ['4']);
      assert.deepEqual(process.over[0]?.peer, { address: '10.0.0.2', port: 1000 });
    });
  }

  it('holds one connection more than its backlog on Linux (LP-80)', () => {
    const { process } = listening('linux', 1);
    for (const port of [1000, 2000, 3000]) handshake(process, port);
    assert.equal(process.table().sockets.get(3)?.ready.length, 2);
  });

  it('lets a second listen change the backlog (QUE-20)', () => {
    const { process, c } = listening('linux', 0);
    for (const port of [1000, 2000]) handshake(process, port);
    assert.equal(process.table().sockets.get(3)?.ready.length, 1);
    assert.equal(c.listen(3, 1), '0');
    handshake(process, 3000);
    assert.equal(process.table().sockets.get(3)?.ready.length, 2);
  });

  it('returns a connection on Linux that was reset before accept, with its error (QUE-17, LP-88)', () => {
    const { process, c } = listening('linux');
    handshake(process, 1000);
    handshake(process, 2000);
    process.arriveAt(80, RST, 301, { port: 1000 });
    assert.equal(c.accept(3), '4');
    assert.equal(c.read(4, 512), '-1 ECONNRESET');
    assert.equal(c.read(4, 512), '0');
    assert.equal(c.accept(3), '5');
    assert.equal(c.write(5, 'x'), '1');
  });

  it('says ECONNABORTED on FreeBSD for a connection that was reset before accept (QUE-17)', () => {
    const { process, c } = listening('freebsd');
    handshake(process, 1000);
    process.arriveAt(80, RST, 301, { port: 1000 });
    assert.equal(c.accept(3), '-1 ECONNABORTED');
    c.nonblock(3);
    assert.equal(c.accept(3), '-1 EAGAIN');
  });

  it('resets the complete connections that wait when it is closed (QUE-18, LP-89)', () => {
    const { process, c } = listening('linux');
    handshake(process, 1000);
    process.since();
    c.close(3);
    assert.match(process.since().join(), /^<SEQ=101>.*CTL=RST/);
  });

  it('cannot connect, nor send, nor receive', () => {
    const errors = { linux: ['EISCONN', 'EPIPE'], freebsd: ['EOPNOTSUPP', 'ENOTCONN'] };
    for (const system of systems) {
      const { c } = listening(system);
      assert.equal(c.connect(3), `-1 ${errors[system][0]}`);
      assert.equal(c.write(3, 'x'), `-1 ${errors[system][1]}`);
      assert.equal(c.read(3, 1), '-1 ENOTCONN');
    }
  });
});
