/** Captures: what a reader of pcapng finds in them, and what tshark says of them. */

import assert from 'node:assert/strict';
import { createCapture } from '../../src/interop/capture.js';
import { compilePackets } from '../../src/interop/packetdrill/translate.js';
import type { Program } from '../../src/lang/program.js';
import { finish, startRun, stepsOf } from '../../src/run/run.js';
import { generate } from '../fuzz/generate.js';
import { textOf } from '../fuzz/script.js';
import { program } from '../run/scenario.js';
import { dissect, haveTshark } from './tshark.js';

const SCRIPT = `host client 10.0.0.1 { isn 100 timestamps on sack on window-scale 3 }
host server 10.0.0.2 { isn 300 timestamps on sack on window-scale 7 }
host other 10.0.0.3
link client -- server { delay 10ms }

scenario "two links" {
  server: listen 80
  client: connect server:80 as first
  other: listen 80
  client: connect other:80 as second
  drop client -> server ACK
  expect server ESTABLISHED within 5s
  client.first: send "GET /"
  expect server received "GET /"
  client.first: close
  expect server CLOSE_WAIT
  server: close
  expect server CLOSED within 5s
}
`;

const FAULTS = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
link client -- server { delay 10ms }

server: listen 80
hold client -> server SYN as old
duplicate server -> client SYN,ACK
client: connect server:80 from 1000
wait 2s
release old
corrupt client -> server ACK len=5
client: send "hello"
drop client -> server FIN,ACK
client: close
inject server -> client RST from 80 to 1000 seq=1
inject client -> server ACK from 1000 to 80 seq=1 ack=1 len=65535
wait 10s
`;

function captureOf(ran: Program, limit = 20_000): Buffer {
  const run = startRun(ran, { limits: { steps: limit }, afterFailure: 'go-on' });
  finish(run);
  const { head, add } = createCapture(ran.hosts);
  return Buffer.concat([...head, ...stepsOf(run).flatMap(add)]);
}

/** The script as it is over IPv4, or with IPv6 addresses in place. */
function capture(text: string, family: 'IPv4' | 'IPv6' = 'IPv4'): Buffer {
  return captureOf(program(family === 'IPv4' ? text : text.replaceAll('10.0.0.', 'fd00::')));
}

/** The blocks of a pcapng file, whose two lengths must agree. */
function blocks(file: Buffer): readonly { readonly type: number; readonly body: Buffer }[] {
  const found: { type: number; body: Buffer }[] = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at + 4);
    assert.equal(length % 4, 0);
    assert.equal(file.readUInt32LE(at + length - 4), length);
    found.push({ type: file.readUInt32LE(at), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return found;
}

function packetsOf(file: Buffer): readonly Buffer[] {
  return blocks(file)
    .filter(({ type }) => type === 6)
    .map(({ body }) => body);
}

function commentOf(body: Buffer): string {
  const at = 20 + Math.ceil(body.readUInt32LE(12) / 4) * 4;
  return body.subarray(at + 4, at + 4 + body.readUInt16LE(at + 2)).toString();
}

const HEALTH = [
  'frame.comment',
  '_ws.malformed',
  'tcp.checksum.status',
  'ip.checksum.status',
  'udp.checksum.status',
  'icmp.checksum.status',
  'icmpv6.checksum.status',
  '_ws.expert.severity',
] as const;
const EXPERT_ERROR = 0x00800000;

/** Nothing is wrong with any packet, but the checksum of those that were damaged on purpose. */
function assertHealthy(file: Buffer): void {
  for (const packet of dissect(file, HEALTH)) {
    const comment = packet['frame.comment'];
    const damaged = comment.includes('damaged on the way');
    assert.equal(packet['_ws.malformed'], '', comment);
    assert.notEqual(packet['ip.checksum.status'].split(',')[0], '0', comment);
    assert.notEqual(packet['icmp.checksum.status'], '0', comment);
    assert.notEqual(packet['icmpv6.checksum.status'], '0', comment);
    if (packet['icmp.checksum.status'] !== '' || packet['icmpv6.checksum.status'] !== '') continue;
    // TCP in UDP is octets to it.
    if (packet['udp.checksum.status'] !== '') continue;
    assert.equal(packet['tcp.checksum.status'], damaged ? '0' : '1', comment);
    const severities = packet['_ws.expert.severity'].split(',').map(Number);
    assert.equal(severities.some((one) => one >= EXPERT_ERROR) && !damaged, false, comment);
  }
}

describe('a capture', () => {
  it('has a section, the names of hosts, an interface a link, and every segment with its moment and comment', () => {
    const file = capture(SCRIPT);
    assert.deepEqual(
      blocks(file)
        .filter(({ type }) => type !== 6)
        .map(({ type }) => type),
      [0x0a0d0d0a, 4, 1, 1],
    );
    const packets = packetsOf(file);
    const times = packets.map((body) => body.readUInt32LE(8));
    assert.deepEqual(times.slice(0, 3), [0, 0, 10_000]);
    const comments = packets.map(commentOf);
    assert.ok(comments.some((text) => text.startsWith('sent by server in SYN_RCVD: listen/3-syn')));
    assert.ok(
      comments.some((text) => /sent by client in ESTABLISHED.*; lost on the way/.test(text)),
    );
  });

  it('says of a segment who sent it though it was held, and what the link did to it', () => {
    const comments = packetsOf(capture(FAULTS)).map(commentOf);
    const count = (wanted: RegExp) => comments.filter((text) => wanted.test(text)).length;
    assert.equal(count(/^sent by client in SYN_SENT: open\/closed, .*; released of segment 1$/), 1);
    assert.equal(count(/^sent by server in SYN_RCVD: .*; duplicate of segment \d+$/), 1);
    assert.equal(count(/damaged on the way, so its checksum is wrong/), 1);
    assert.equal(count(/^injected in the name of server$/), 1);
    assert.equal(count(/; lost on the way$/), 1);
  });

  it('leaves out what no datagram can carry, and tells how many', () => {
    const ran = program(FAULTS);
    const run = startRun(ran);
    finish(run);
    const { add, counts } = createCapture(ran.hosts);
    const packets = stepsOf(run).flatMap(add).length - 1;
    assert.deepEqual(counts(), { captured: packets, tooLarge: 1 });
  });

  for (const family of ['IPv4', 'IPv6'] as const) {
    it(`over ${family} is read by tshark: nothing malformed, no bad checksum, a conversation as complete as it was`, function () {
      if (!haveTshark()) return this.skip();
      this.timeout(120_000);
      const file = capture(SCRIPT, family);
      assertHealthy(file);
      const fields = ['tcp.stream', 'tcp.completeness', 'frame.interface_name'] as const;
      const packets = dissect(file, fields);
      assert.equal(packets.length, packetsOf(file).length);
      const completeness = ['0', '1'].map(
        (n) => packets.filter((packet) => packet['tcp.stream'] === n).at(-1)?.['tcp.completeness'],
      );
      // SYN 1, SYN,ACK 2, ACK 4, data 8, FIN 16: all there; the second connection is only opened.
      assert.deepEqual(completeness, ['31', '7']);
      assert.deepEqual(
        [...new Set(packets.map((packet) => packet['frame.interface_name']))],
        ['client--server', 'client--other'],
      );
      assertHealthy(capture(FAULTS, family));
    });
  }

  it('has the ICMP messages of a packetdrill script', function () {
    if (!haveTshark()) return this.skip();
    this.timeout(120_000);
    const messages = {
      IPv4: ['unreachable host_unreachable', 'unreachable frag_needed mtu 1200', 'source_quench'],
      IPv6: ['unreachable address_unreachable', 'packet_too_big mtu 1300', 'time_exceeded'],
    };
    for (const [family, [first = '', second = '', third = '']] of Object.entries(messages)) {
      const text = `--ip_version=${family.toLowerCase()}
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 < S. 0:0(0) ack 1 win 1000 <mss 1460>
+0 > . 1:1(0) ack 1
+0 write(3, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0.1 < icmp ${first} [1:101(100)]
+0 < icmp ${second} [1:101(100)]
+0 < icmp ${third} [1:101(100)]
`;
      const { program: made, diagnostics } = compilePackets(text, {
        file: 'icmp.pkt',
        profile: 'rfc9293',
      });
      assert.ok(made, JSON.stringify(diagnostics));
      const file = captureOf(made);
      assertHealthy(file);
      const protocol = family === 'IPv4' ? 'icmp' : 'icmpv6';
      const types = dissect(file, [`${protocol}.type`]).map((packet) => packet[`${protocol}.type`]);
      const wanted = family === 'IPv4' ? ['3', '3', '4'] : ['1', '2', '3'];
      assert.deepEqual(
        types.filter((type) => type !== ''),
        wanted,
      );
    }
  });

  it('of random scripts is read by tshark', function () {
    if (!haveTshark()) return this.skip();
    this.timeout(120_000);
    const families = ['IPv4', 'IPv6'] as const;
    // A file may have several sections: one tshark reads them all.
    const files = families.flatMap((family) =>
      Array.from({ length: 15 }, (_, seed) => capture(textOf(generate(seed)), family)),
    );
    assertHealthy(Buffer.concat(files));
  });
});
