/** read, write, shutdown, close, poll, as a process on Linux or FreeBSD sees them. */

import assert from 'node:assert/strict';
import type { System } from '../../../src/run/sockets/socket-calls.js';
import { ACK, connected, FIN, libc, PSH, processOn, RST, SYN, told } from './process.js';

const systems: readonly System[] = ['linux', 'freebsd'];

describe('A connected socket', () => {
  for (const system of systems) {
    it(`reads what has come, peeks without taking it, and then has to wait (${system})`, () => {
      const { process, c } = connected(system);
      assert.equal(c.read(3, 10), '-1 EAGAIN');
      process.arrive(ACK | PSH, 301, { ack: 101, data: 'hello' });
      assert.equal(c.ioctl(3, 'SIOCINQ'), 5);
      assert.equal(c.read(3, 2, 'MSG_PEEK'), '2 he');
      assert.equal(c.read(3, 2), '2 he');
      assert.equal(c.read(3, 10), '3 llo');
      assert.equal(c.read(3, 10), '-1 EAGAIN');
    });

    it(`reads everything before the end of the stream, in every closing state (${system})`, () => {
      const { process, c } = connected(system);
      process.arrive(ACK | PSH | FIN, 301, { ack: 101, data: 'hello' });
      assert.equal(c.read(3, 2), '2 he');
      assert.equal(c.shutdown(3, 'SHUT_WR'), '0');
      assert.equal(c.read(3, 2), '2 ll');
      process.arrive(ACK, 307, { ack: 102 });
      assert.equal(c.read(3, 9), '1 o');
      assert.equal(c.read(3, 9), '0');
      assert.equal(c.read(3, 9), '0');
    });

    it(`gives what came before a reset, then the error, then the end (${system})`, () => {
      const { process, c } = connected(system);
      process.arrive(ACK | PSH, 301, { ack: 101, data: 'hello' });
      process.arrive(RST, 306);
      assert.equal(c.read(3, 9), '5 hello');
      assert.equal(c.read(3, 9), '-1 ECONNRESET');
      assert.equal(c.read(3, 9), '0');
      assert.equal(c.write(3, 'x'), '-1 EPIPE');
    });

    it(`takes as much as its send buffer has room for (${system})`, () => {
      const { process, c } = connected(system);
      // Linux: two units of 500 octets leave, four that wait grow by those that follow, until 8192 are reached with their memory.
      const taken = system === 'linux' ? 4_500 : 1_000;
      if (system === 'linux') c.set(3, 'SOL_SOCKET', 'SO_SNDBUF', 4_096);
      assert.equal(c.write(3, 15_000), String(taken));
      assert.equal(c.write(3, 1500), '-1 EAGAIN');
      assert.equal(c.ioctl(3, 'SIOCOUTQ'), taken);
      assert.deepEqual(c.poll(3, ['POLLIN', 'POLLOUT'], 0), []);
      for (let ack = 601; ack <= 101 + taken; ack += 500) process.arrive(ACK, 301, { ack });
      assert.deepEqual(c.poll(3, ['POLLIN', 'POLLOUT'], 0), ['POLLOUT']);
      assert.equal(c.write(3, 100), '100');
    });

    it(`tells what waits for an ACK and what has not left; Linux counts a FIN (${system})`, () => {
      const { process, c } = connected(system);
      // The peer's window is 1000, and the send buffer has room for 1000.
      c.write(3, 300);
      assert.deepEqual([c.ioctl(3, 'SIOCOUTQ'), c.ioctl(3, 'SIOCOUTQNSD')], [300, 0]);
      c.shutdown(3, 'SHUT_WR');
      assert.equal(c.ioctl(3, 'SIOCOUTQ'), system === 'linux' ? 301 : 300);
      process.arrive(ACK, 301, { ack: 402 });
      assert.equal(c.ioctl(3, 'SIOCOUTQ'), 0);
    });

    it(`tells how much the peer’s window still keeps back (${system})`, () => {
      const { process, c } = connected(system, { sendBuffer: 2000 });
      c.write(3, 1500);
      const left = process.since().map((text) => Number(/<DATA=(\d+)>/.exec(text)?.[1]));
      const octets = left.reduce((sum, count) => sum + count, 0);
      assert.ok(0 < octets && octets <= 1000);
      assert.deepEqual([c.ioctl(3, 'SIOCOUTQ'), c.ioctl(3, 'SIOCOUTQNSD')], [1500, 1500 - octets]);
    });

    it(`sends the rest when it blocks and room comes (${system})`, () => {
      const process = processOn(system);
      const c = libc(process);
      c.socket();
      if (system === 'linux') c.set(3, 'SOL_SOCKET', 'SO_SNDBUF', 2_304);
      c.connect(3);
      process.arrive(SYN | ACK, 300, { ack: 101 });
      const octets = system === 'linux' ? 5_000 : 1_500;
      assert.equal(c.write(3, octets), 'blocked');
      process.fork();
      for (let ack = 1101; ack <= 4101; ack += 1000) process.arrive(ACK, 301, { ack });
      assert.equal(told(process.over[1] ?? assert.fail()), String(octets));
    });

    it(`polls until something comes or the time is over (${system})`, () => {
      const { process, c } = connected(system);
      assert.equal(c.poll(3, ['POLLIN'], 50), 'blocked');
      process.run(49);
      assert.equal(process.over.length, 0);
      process.run(1);
      assert.deepEqual(process.over.map(told), ['0']);
      assert.equal(c.poll(3, ['POLLIN'], -1), 'blocked');
      process.arrive(ACK | PSH, 301, { ack: 101, data: 'x' });
      assert.deepEqual(process.over[1]?.revents, [['POLLIN']]);
    });
  }

  it('waits in SYN_SENT on Linux and is not connected on FreeBSD', () => {
    for (const system of systems) {
      const process = processOn(system);
      const c = libc(process);
      c.socket();
      assert.equal(c.write(3, 'x'), system === 'linux' ? '-1 EPIPE' : '-1 ENOTCONN');
      c.nonblock(3);
      c.connect(3);
      assert.equal(c.write(3, 'x'), system === 'linux' ? '-1 EAGAIN' : '-1 ENOTCONN');
      assert.equal(c.read(3, 1), '-1 EAGAIN');
    }
  });

  it('connects by sendto on FreeBSD, and the text follows the handshake', () => {
    const process = processOn('freebsd');
    const c = libc(process);
    c.socket();
    assert.equal(c.sendto(3, 'hello'), '5');
    process.arrive(SYN | ACK, 300, { ack: 101 });
    assert.match(process.sent.at(-1) ?? '', /DATA=5/);
  });

  it('says EPIPE on Linux for a reset after the FIN (LP-36), ECONNRESET on FreeBSD', () => {
    for (const system of systems) {
      const { process, c } = connected(system);
      process.arrive(FIN | ACK, 301, { ack: 101 });
      process.arrive(RST, 302);
      assert.equal(c.error(3), system === 'linux' ? 'EPIPE' : 'ECONNRESET');
    }
  });

  it('says EPIPE on FreeBSD to a write after a reset, and keeps the error for others', () => {
    const { process, c } = connected('freebsd');
    process.arrive(RST, 301);
    assert.equal(c.write(3, 'x'), '-1 EPIPE');
    assert.equal(c.error(3), 'ECONNRESET');
    assert.equal(c.error(3), 0);
  });

  it('says ETIMEDOUT when its text is never acknowledged', () => {
    const { process, c } = connected('linux', { retries: 2 });
    c.write(3, 'x');
    process.run(60_000);
    assert.equal(c.error(3), 'ETIMEDOUT');
    assert.equal(c.write(3, 'x'), '-1 EPIPE');
  });
});

describe('Closing a socket', () => {
  for (const system of systems) {
    it(`sends a FIN, and another shutdown sends none (${system})`, () => {
      const { process, c } = connected(system);
      assert.equal(c.shutdown(3, 'SHUT_WR'), '0');
      assert.deepEqual(process.since(), ['<SEQ=101><ACK=301><CTL=FIN,ACK>']);
      assert.equal(c.write(3, 'x'), '-1 EPIPE');
      assert.equal(c.shutdown(3, 'SHUT_WR'), '0');
      assert.equal(c.close(3), '0');
      assert.deepEqual(process.since(), []);
    });

    it(`aborts with SO_LINGER and no time (${system})`, () => {
      const { process, c } = connected(system);
      c.set(3, 'SOL_SOCKET', 'SO_LINGER', { onoff: 1, linger: 0 });
      assert.equal(c.close(3), '0');
      assert.match(process.since().join(), /^<SEQ=101>.*CTL=RST/);
    });

    it(`lingers until the FIN is acknowledged, or the time is over (${system})`, () => {
      const first = connected(system);
      first.c.set(3, 'SOL_SOCKET', 'SO_LINGER', { onoff: 1, linger: 5 });
      assert.equal(first.c.close(3), 'blocked');
      first.process.arrive(ACK, 301, { ack: 102 });
      assert.deepEqual(first.process.over.map(told), ['0']);
      const second = connected(system);
      second.c.set(3, 'SOL_SOCKET', 'SO_LINGER', { onoff: 1, linger: 5 });
      second.c.close(3);
      second.process.run(4_999);
      assert.equal(second.process.over.length, 0);
      second.process.run(1);
      assert.deepEqual(second.process.over.map(told), ['0']);
    });

    it(`resets text that comes when nobody is left to read it (FW1-15, LP-66, ${system})`, () => {
      const { process, c } = connected(system);
      c.close(3);
      process.since();
      process.arrive(ACK | PSH, 301, { ack: 101, data: 'late' });
      assert.match(process.since().join(), /^<SEQ=101>.*CTL=RST/);
      assert.equal(process.world().hosts.get('kernel')?.connections.size, 0);
    });

    it(`reads on after a shutdown of the sending half (${system})`, () => {
      const { process, c } = connected(system);
      c.shutdown(3, 'SHUT_WR');
      process.arrive(ACK | PSH, 301, { ack: 102, data: 'late' });
      assert.equal(c.read(3, 9), '4 late');
    });
  }

  it('keeps all checks on Linux until the descriptor is closed, even when both halves are shut (LP-97)', () => {
    const { process, c } = connected('linux');
    assert.equal(c.shutdown(3, 'SHUT_RDWR'), '0');
    process.arrive(ACK, 301, { ack: 102 });
    process.since();
    process.arrive(RST, 350);
    assert.deepEqual(process.since(), ['<SEQ=102><ACK=301><CTL=ACK>']);
    assert.equal(c.close(3), '0');
    process.arrive(RST, 350);
    assert.deepEqual(process.since(), []);
    assert.equal(process.world().hosts.get('kernel')?.connections.size, 0);
  });

  it('resets the connection when text is unread on Linux, and sends a FIN on FreeBSD (CLO-10, LP-65)', () => {
    for (const system of systems) {
      const { process, c } = connected(system);
      process.arrive(ACK | PSH, 301, { ack: 101, data: 'unread' });
      process.since();
      c.close(3);
      const ctl = system === 'linux' ? 'RST' : 'FIN,ACK';
      assert.match(process.since().join(), new RegExp(`CTL=${ctl}`));
    }
  });

  it('limits FIN_WAIT_2 for a socket that nobody has any more, and for no other (LP-63)', () => {
    const { process, c } = connected('linux', { finWait2Timeout: 60_000_000 });
    c.shutdown(3, 'SHUT_WR');
    process.arrive(ACK, 301, { ack: 102 });
    const [connection] = process.world().hosts.get('kernel')?.connections.values() ?? [];
    assert.equal(connection?.tcb.timers.finWait2, undefined);
    process.run(130_000);
    c.close(3);
    process.run(59_999);
    assert.equal(connection?.tcb.state, 'FIN_WAIT_2');
    process.run(1);
    assert.equal(connection?.tcb.state, 'CLOSED');
  });

  it('tells of a reset in LAST_ACK and CLOSING, where the RFC tells nobody', () => {
    for (const system of systems) {
      const lastAck = connected(system);
      lastAck.process.arrive(FIN | ACK, 301, { ack: 101 });
      lastAck.c.shutdown(3, 'SHUT_WR');
      lastAck.process.arrive(RST, 302);
      assert.equal(lastAck.c.error(3), 'ECONNRESET');
      const closing = connected(system);
      closing.c.shutdown(3, 'SHUT_WR');
      closing.process.arrive(FIN | ACK, 301, { ack: 101 });
      closing.process.arrive(RST, 302);
      assert.equal(closing.c.error(3), 'ECONNRESET');
    }
  });

  it('shuts nothing that is not connected', () => {
    for (const system of systems) {
      const c = libc(processOn(system));
      c.socket();
      assert.equal(c.shutdown(3, 'SHUT_WR'), '-1 ENOTCONN');
    }
  });
});

describe('An ICMP error', () => {
  it('ends a connect with EHOSTUNREACH on Linux (LP-43), with ECONNREFUSED for a closed port', () => {
    for (const [error, errno] of [
      ['host-unreachable', 'EHOSTUNREACH'],
      ['port-unreachable', 'ECONNREFUSED'],
    ] as const) {
      const process = processOn('linux');
      const c = libc(process);
      c.socket();
      assert.equal(c.connect(3), 'blocked');
      process.icmp(error, 100);
      assert.deepEqual(process.over.map(told), [`-1 ${errno}`]);
    }
  });

  it('is kept for SO_ERROR on an established connection of Linux (LP-44), for the time-out elsewhere', () => {
    const { process, c } = connected('linux');
    c.write(3, 'x');
    process.icmp('port-unreachable', 101);
    assert.equal(c.error(3), 'ECONNREFUSED');
    assert.equal(c.error(3), 0);
    // tcp_notify forgets who cannot be reached while the connection is ESTABLISHED.
    for (const [error, errno] of [
      ['parameter-problem', 'ENOPROTOOPT'],
      ['host-unreachable', 'ETIMEDOUT'],
    ] as const) {
      const other = connected('freebsd', { retries: 1 });
      other.c.write(3, 'x');
      other.process.icmp(error, 101);
      assert.equal(other.c.error(3), 0);
      other.process.run(60_000);
      assert.equal(other.c.error(3), errno);
    }
  });

  it('is no reason to give up a connect on FreeBSD, unless it is a refusal', () => {
    const process = processOn('freebsd');
    const c = libc(process);
    c.socket();
    c.connect(3);
    process.icmp('host-unreachable', 100);
    assert.equal(process.over.length, 0);
    process.icmp('prohibited', 100);
    assert.deepEqual(process.over.map(told), ['-1 ECONNREFUSED']);
  });
});
