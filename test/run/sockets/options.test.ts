/** Options, flags and counts of sockets. */

import assert from 'node:assert/strict';
import { frontOf } from '../../../src/base/pieces.js';
import { ACK, connected, libc, listening, processOn, SYN } from './process.js';

describe('Socket options', () => {
  it('are refused by name when they cannot be meant', () => {
    const c = libc(processOn('linux'));
    c.socket();
    assert.equal(c.set(3, 'IPPROTO_TCP', 'TCP_REPAIR', 1), 'unsupported TCP_REPAIR');
    assert.equal(c.get(3, 'SOL_SOCKET', 'SO_BINDTODEVICE'), 'unsupported SO_BINDTODEVICE');
    assert.equal(c.set(3, 'SOL_SOCKET', 'TCP_MAXSEG', 1000), 'unsupported TCP_MAXSEG');
    assert.equal(c.socket('AF_INET', 'SOCK_DGRAM'), 'unsupported SOCK_DGRAM');
  });

  it('have a level each, whatever kind of value they have', () => {
    const levels = [
      ['SOL_SOCKET', 'SO_LINGER', { onoff: 0, linger: 0 }],
      ['SOL_SOCKET', 'SO_RCVTIMEO', { wait: 0 }],
      ['SOL_SOCKET', 'SO_ERROR', 0],
      ['IPPROTO_TCP', 'TCP_IS_MPTCP', 0],
      ['IPPROTO_TCP', 'TCP_CONGESTION', { text: 'cubic' }],
    ] as const;
    const c = libc(processOn('linux'));
    c.socket();
    for (const [level, name, value] of levels) {
      assert.deepEqual(c.get(3, level, name), value);
      const other = level === 'SOL_SOCKET' ? 'IPPROTO_TCP' : 'SOL_SOCKET';
      assert.equal(c.get(3, other, name), `unsupported ${name}`);
      assert.equal(c.set(3, other, name, value), `unsupported ${name}`);
    }
  });

  it('that are only told cannot be set', () => {
    const names = ['SO_TYPE', 'SO_DOMAIN', 'SO_PROTOCOL', 'SO_ERROR', 'SO_ACCEPTCONN'];
    for (const system of ['linux', 'freebsd'] as const) {
      const c = libc(processOn(system));
      c.socket();
      for (const name of names)
        assert.equal(c.set(3, 'SOL_SOCKET', name, 1), '-1 ENOPROTOOPT', `${system} ${name}`);
      assert.equal(c.set(3, 'IPPROTO_TCP', 'TCP_INFO', 1), '-1 ENOPROTOOPT', system);
    }
  });

  it('change what the connection offers: TCP_MAXSEG before it opens', () => {
    const process = processOn('linux');
    const c = libc(process);
    c.socket();
    assert.equal(c.set(3, 'SOL_TCP', 'TCP_MAXSEG', 10), '-1 EINVAL');
    assert.equal(c.set(3, 'SOL_TCP', 'TCP_MAXSEG', 1000), '0');
    c.connect(3);
    const [connection] = process.world().hosts.get('kernel')?.connections.values() ?? [];
    assert.equal(frontOf(connection?.tcb.retransmissions ?? [])?.segment.options.mss, 1000);
  });

  it('leave all options off a SYN with TCP_NOOPT on FreeBSD', () => {
    const process = processOn('freebsd', { sack: true, timestamps: true, windowScale: 6 });
    const c = libc(process);
    c.socket();
    c.set(3, 'IPPROTO_TCP', 'TCP_NOOPT', 1);
    c.connect(3);
    const [connection] = process.world().hosts.get('kernel')?.connections.values() ?? [];
    assert.deepEqual(frontOf(connection?.tcb.retransmissions ?? [])?.segment.options, {});
  });

  it('limit the SYNs of one connection by TCP_SYNCNT while it opens', () => {
    const process = processOn('linux', { synLinearTimeouts: 0 });
    const c = libc(process);
    c.socket();
    c.nonblock(3);
    c.connect(3);
    c.set(3, 'IPPROTO_TCP', 'TCP_SYNCNT', 1);
    process.run(1_500);
    assert.equal(process.since().length, 2);
    process.run(10_000);
    assert.equal(process.since().length, 0);
    assert.equal(c.error(3), 'ETIMEDOUT');
  });

  it('end the attempt after TCP_KEEPINIT seconds on FreeBSD', () => {
    const process = processOn('freebsd');
    const c = libc(process);
    c.socket();
    assert.equal(c.get(3, 'IPPROTO_TCP', 'TCP_KEEPINIT'), 75);
    c.set(3, 'IPPROTO_TCP', 'TCP_KEEPINIT', 5);
    assert.equal(c.connect(3), 'blocked');
    process.run(4_999);
    assert.equal(process.over.length, 0);
    process.run(1);
    assert.equal(process.over[0]?.errno, 'ETIMEDOUT');
  });

  it('abort after TCP_USER_TIMEOUT', () => {
    const { process, c } = connected('linux');
    c.set(3, 'SOL_TCP', 'TCP_USER_TIMEOUT', 3_000);
    assert.equal(c.get(3, 'SOL_TCP', 'TCP_USER_TIMEOUT'), 3_000);
    c.write(3, 'x');
    // It counts from the first retransmission (deviation give-up).
    process.run(3_199);
    assert.equal(c.error(3), 0);
    process.run(1);
    assert.equal(c.error(3), 'ETIMEDOUT');
  });

  it('probe an idle connection with SO_KEEPALIVE on Linux, which is off (TMR-26, TMR-27, TMR-28, TMR-29)', () => {
    const { process, c } = connected('linux');
    assert.equal(c.get(3, 'SOL_TCP', 'TCP_KEEPIDLE'), 7_200);
    c.set(3, 'SOL_TCP', 'TCP_KEEPIDLE', 10);
    c.set(3, 'SOL_TCP', 'TCP_KEEPINTVL', 2);
    c.set(3, 'SOL_TCP', 'TCP_KEEPCNT', 2);
    assert.equal(c.get(3, 'SOL_SOCKET', 'SO_KEEPALIVE'), 0);
    c.set(3, 'SOL_SOCKET', 'SO_KEEPALIVE', 1);
    process.run(10_000);
    assert.deepEqual(process.since(), ['<SEQ=100><ACK=301><CTL=ACK>']);
    process.arrive(ACK, 301, { ack: 101 });
    process.run(9_999);
    assert.deepEqual(process.since(), []);
    process.run(4_001);
    const probe = '<SEQ=100><ACK=301><CTL=ACK>';
    assert.deepEqual(process.since(), [probe, probe, '<SEQ=101><ACK=301><CTL=RST,ACK>']);
    assert.equal(c.error(3), 'ETIMEDOUT');
  });

  it('outside their bounds are EINVAL, and change nothing', () => {
    const { c } = connected('linux');
    const outside: readonly (readonly [name: string, values: readonly number[]])[] = [
      ['TCP_KEEPCNT', [0, 128]],
      ['TCP_KEEPINTVL', [0]],
      ['TCP_KEEPIDLE', [0]],
      ['TCP_SYNCNT', [0, 128]],
      ['TCP_MAXSEG', [87, 32_768]],
    ];
    for (const [name, values] of outside) {
      const before = c.get(3, 'SOL_TCP', name);
      for (const value of values) assert.equal(c.set(3, 'SOL_TCP', name, value), '-1 EINVAL', name);
      assert.equal(c.get(3, 'SOL_TCP', name), before);
    }
    assert.equal(c.set(3, 'SOL_TCP', 'TCP_KEEPCNT', 127), '0');
  });

  it('are inherited by accepted sockets', () => {
    const { process, c } = listening('linux');
    c.set(3, 'SOL_TCP', 'TCP_USER_TIMEOUT', 1_000);
    process.arriveAt(80, SYN, 300, { port: 9 });
    process.arriveAt(80, ACK, 301, { ack: 101, port: 9 });
    assert.equal(c.accept(3), '4');
    assert.equal(c.get(4, 'SOL_TCP', 'TCP_USER_TIMEOUT'), 1_000);
    c.write(4, 'x');
    process.run(1_200);
    assert.equal(c.error(4), 'ETIMEDOUT');
  });

  it('tell the receive buffer, in whole segments on FreeBSD once the MSS is agreed', () => {
    const process = processOn('freebsd', { window: 65_536 });
    const c = libc(process);
    c.socket();
    assert.equal(c.get(3, 'SOL_SOCKET', 'SO_RCVBUF'), 65_536);
    c.connect(3);
    assert.equal(c.get(3, 'SOL_SOCKET', 'SO_RCVBUF'), 65_536);
    process.arrive(SYN | ACK, 300, { ack: 101 });
    assert.equal(c.get(3, 'SOL_SOCKET', 'SO_RCVBUF'), Math.ceil(65_536 / 536) * 536);
  });

  it('double a buffer on Linux, where half of it is for the kernel’s own use', () => {
    const c = libc(processOn('linux'));
    c.socket();
    c.set(3, 'SOL_SOCKET', 'SO_RCVBUF', 10_000);
    assert.equal(c.get(3, 'SOL_SOCKET', 'SO_RCVBUF'), 20_000);
  });

  it('tell the state in TCP_INFO as each system numbers it', () => {
    for (const [system, state] of [
      ['linux', 1],
      ['freebsd', 4],
    ] as const) {
      const { c } = connected(system);
      const value = c.get(3, 'IPPROTO_TCP', 'TCP_INFO');
      assert(typeof value === 'object' && 'info' in value);
      assert.equal(value.info.tcpi_state, state);
      assert.equal(value.info.tcpi_snd_mss, system === 'linux' ? 500 : 536);
    }
  });

  it('tell of a switch that it is on, on FreeBSD that its bit is set', () => {
    const switches = [
      ['SOL_SOCKET', 'SO_REUSEADDR', 4],
      ['SOL_SOCKET', 'SO_KEEPALIVE', 8],
      ['SOL_SOCKET', 'SO_BROADCAST', 0x20],
      ['IPPROTO_TCP', 'TCP_NODELAY', 4],
    ] as const;
    for (const system of ['linux', 'freebsd'] as const) {
      const c = libc(processOn(system));
      c.socket();
      for (const [level, name, bit] of switches) {
        assert.equal(c.get(3, level, name), 0, name);
        c.set(3, level, name, 7);
        assert.equal(c.get(3, level, name), system === 'linux' ? 1 : bit, name);
      }
      c.set(3, 'SOL_SOCKET', 'SO_LINGER', { onoff: 5, linger: 9 });
      const onoff = system === 'linux' ? 1 : 0x80;
      assert.deepEqual(c.get(3, 'SOL_SOCKET', 'SO_LINGER'), { onoff, linger: 9 });
    }
    const { c } = listening('freebsd');
    c.set(3, 'IPPROTO_TCP', 'TCP_NOPUSH', 1);
    assert.equal(c.get(3, 'IPPROTO_TCP', 'TCP_NOPUSH'), 0x1000);
    assert.equal(c.get(3, 'SOL_SOCKET', 'SO_ACCEPTCONN'), 2);
    c.set(3, 'IPPROTO_TCP', 'TCP_NOOPT', 1);
    assert.equal(c.get(3, 'IPPROTO_TCP', 'TCP_NOOPT'), 8);
  });

  it('make segments only shorter on FreeBSD, and leave the MSS that is offered alone', () => {
    const process = processOn('freebsd', { mss: 1460 });
    const c = libc(process);
    c.socket();
    assert.equal(c.get(3, 'IPPROTO_TCP', 'TCP_MAXSEG'), 536);
    for (const value of [-1, 0, 175, 537, 1460]) {
      assert.equal(c.set(3, 'IPPROTO_TCP', 'TCP_MAXSEG', value), '-1 EINVAL', String(value));
    }
    assert.equal(c.set(3, 'IPPROTO_TCP', 'TCP_MAXSEG', 500), '0');
    assert.equal(c.get(3, 'IPPROTO_TCP', 'TCP_MAXSEG'), 500);
    assert.equal(c.set(3, 'IPPROTO_TCP', 'TCP_MAXSEG', 501), '-1 EINVAL');
    c.connect(3);
    const [connection] = process.world().hosts.get('kernel')?.connections.values() ?? [];
    assert.equal(frontOf(connection?.tcb.retransmissions ?? [])?.segment.options.mss, 1460);
  });

  it('have their default again with 0 on FreeBSD', () => {
    const c = libc(processOn('freebsd'));
    c.socket();
    const usual = [
      ['TCP_KEEPINIT', 75],
      ['TCP_KEEPIDLE', 7_200],
      ['TCP_KEEPINTVL', 75],
      ['TCP_KEEPCNT', 8],
    ] as const;
    for (const [name] of usual) {
      const before = c.get(3, 'IPPROTO_TCP', name);
      assert.equal(c.set(3, 'IPPROTO_TCP', name, 200), '0', name);
      assert.equal(c.get(3, 'IPPROTO_TCP', name), 200, name);
      assert.equal(c.set(3, 'IPPROTO_TCP', name, -1), '-1 EINVAL', name);
      assert.equal(c.set(3, 'IPPROTO_TCP', name, 0), '0', name);
      assert.equal(c.get(3, 'IPPROTO_TCP', name), before, name);
    }
    assert.deepEqual(
      usual.map(([name]) => c.get(3, 'IPPROTO_TCP', name)),
      usual.map(([, value]) => value),
    );
  });

  it('tell what kind of socket it is', () => {
    for (const [system, family] of [
      ['linux', 10],
      ['freebsd', 28],
    ] as const) {
      const c = libc(processOn(system));
      c.socket();
      assert.equal(c.get(3, 'SOL_SOCKET', 'SO_TYPE'), 1);
      assert.equal(c.get(3, 'SOL_SOCKET', 'SO_PROTOCOL'), 6);
      assert.equal(c.get(3, 'SOL_SOCKET', 'SO_DOMAIN'), 2, `AF_INET6 would be ${family}`);
    }
  });
});

describe('fcntl', () => {
  it('gets and sets O_NONBLOCK', () => {
    const process = processOn('linux');
    libc(process).socket('AF_INET', 'SOCK_NONBLOCK');
    const answer = process.call({ kind: 'fcntl', fd: 3, command: 'F_GETFL', flags: [] });
    assert.equal(answer.kind === 'done' && answer.result, 0o4002);
    assert.deepEqual(answer.kind === 'done' && answer.flags, ['O_RDWR', 'O_NONBLOCK']);
  });
});
