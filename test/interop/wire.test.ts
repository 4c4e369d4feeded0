/** Segments as octets: the inverse of each other, with right checksums, and bounded on any octets. */

import assert from 'node:assert/strict';
import fc from 'fast-check';

import { internetChecksum } from '../../src/interop/checksum.js';
import { pseudoHeader } from '../../src/interop/frame.js';
import { decodeSegment, encodeFrame, encodeSegment } from '../../src/interop/wire.js';
import { addressOctets } from '../../src/lang/addresses.js';
import { CE, NOT_ECT } from '../../src/tcp/ecn/ip.js';
import { OPTION_SPACE, type Options, optionsLength } from '../../src/tcp/options.js';
import { ACK, AE, type Segment, SYN, segment } from '../../src/tcp/segment.js';
import { seq } from '../../src/tcp/seq.js';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });

const anyOptions: fc.Arbitrary<Options> = fc
  .record(
    {
      mss: u16,
      windowScale: fc.integer({ min: 0, max: 255 }),
      sackPermitted: fc.constant(true as const),
      timestamps: fc.record({ val: u32, ecr: u32 }, { noNullPrototype: true }),
      sack: fc.array(
        fc.record({ left: u32.map(seq), right: u32.map(seq) }, { noNullPrototype: true }),
        { minLength: 1, maxLength: 2 },
      ),
      userTimeout: fc.oneof(
        fc.integer({ min: 0, max: 0x7fff }),
        fc.integer({ min: 547, max: 0x7fff }).map((minutes) => minutes * 60),
      ),
      accurateEcn: fc.record(
        {
          order: fc.constantFrom(0 as const, 1 as const),
          fields: fc.array(fc.integer({ min: 0, max: 0xffffff }), { maxLength: 3 }),
        },
        { noNullPrototype: true },
      ),
      signature: fc.constant(true as const),
      fastOpen: fc
        .record({ cookie: fc.uint8Array({ maxLength: 16 }), experimental: fc.boolean() })
        .map(({ cookie, experimental }) => {
          const digits = Buffer.from(cookie).toString('hex');
          return experimental
            ? { cookie: digits, experimental: true as const }
            : { cookie: digits };
        }),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .filter((options) => optionsLength(options) <= OPTION_SPACE);

const anySegment: fc.Arbitrary<Segment> = fc.record(
  {
    sourcePort: u16,
    destinationPort: u16,
    seq: u32.map(seq),
    ack: u32.map(seq),
    ctl: fc.integer({ min: 0, max: 511 }),
    wnd: u16,
    up: u16,
    options: anyOptions,
    data: fc.uint8Array({ maxLength: 64 }),
    ecn: fc.constant(NOT_ECT),
    udp: fc.constant(undefined),
  },
  { noNullPrototype: true },
);

const ends = fc.constantFrom(
  { source: '10.0.0.1', destination: '192.0.2.255' },
  { source: '2001:db8::1', destination: 'fe80::1:2' },
);

/** The octets of options as a stranger writes them, one after the other, and what they mean. */
const anyOption: fc.Arbitrary<readonly [octets: readonly number[], means: Options]> = fc.oneof(
  u16.map((mss) => [[2, 4, mss >> 8, mss & 0xff], { mss }] as const),
  fc.integer({ min: 0, max: 255 }).map((shift) => [[3, 3, shift], { windowScale: shift }] as const),
  fc.constant([[4, 2], { sackPermitted: true }] as const),
  fc.constant([[8, 10, 0, 0, 0, 7, 0, 0, 0, 9], { timestamps: { val: 7, ecr: 9 } }] as const),
  fc.constant([
    [5, 10, 0, 0, 0, 7, 0, 0, 0, 9],
    { sack: [{ left: seq(7), right: seq(9) }] },
  ] as const),
  fc.constant([[19, 18, ...Array(16).fill(7)], { signature: true }] as const),
  fc.constant([[1], {}] as const),
  // Whole counters of an AccECN Option count, whatever its length.
  fc.constant([
    [174, 10, 0, 0, 1, 0, 1, 0, 9, 9],
    { accurateEcn: { order: 1, fields: [1, 256] } },
  ] as const),
  fc.constant([[172, 2], { accurateEcn: { order: 0, fields: [] } }] as const),
  fc.constant([[28, 4, 0x80, 5], { userTimeout: 300 }] as const),
  // Unknown kinds, and known ones of a length that is not theirs: skipped.
  fc.constantFrom(
    [[254, 3, 2], {}] as const,
    [[2, 3, 9], {}] as const,
    [[8, 2], {}] as const,
    [[5, 3, 0], {}] as const,
  ),
);

/** After these nothing can be read: the end, or a length that is none. */
const anyEnd = fc.constantFrom([], [0], [2, 0], [3, 1], [253, 41], [2]);

describe('a segment on the wire', () => {
  it('has its options in any order, with strange ones between and an illegal length at the end', () => {
    fc.assert(
      fc.property(fc.array(anyOption, { maxLength: 8 }), anyEnd, (options, end) => {
        const said = options.flatMap(([octets]) => [...octets]);
        fc.pre(said.length + end.length <= 40);
        const field = [...said, ...end];
        while (field.length % 4 !== 0) field.push(0);
        const octets = new Uint8Array(20 + field.length);
        octets[12] = ((20 + field.length) / 4) << 4;
        octets.set(field, 20);
        const read = decodeSegment(octets, '10.0.0.1', '10.0.0.2');
        assert.ok(read.kind === 'segment');
        const meant = Object.assign({}, ...options.map(([, means]) => means));
        assert.deepEqual(read.segment.options, meant);
      }),
    );
  });

  it('is read back as it was written, over IPv4 and IPv6', () => {
    fc.assert(
      fc.property(anySegment, ends, (seg, { source, destination }) => {
        const octets = encodeSegment({ source, destination, segment: seg });
        assert.deepEqual(decodeSegment(octets, source, destination), {
          kind: 'segment',
          segment: seg,
          checksumRight: true,
        });
      }),
    );
  });

  it('has AE beside the data offset, and the ECN field in the IP header of either family', () => {
    const marked = segment({ ctl: AE | ACK, ecn: CE });
    const macs = { from: 1, to: 2, identification: 0 };
    const four = encodeFrame(
      { source: '10.0.0.1', destination: '10.0.0.2', segment: marked },
      macs,
    );
    assert.equal(four[15], 0b11);
    assert.deepEqual([...four.subarray(14 + 20 + 12, 14 + 20 + 14)], [0x51, 0x10]);
    const six = encodeFrame({ source: 'fd00::1', destination: 'fd00::2', segment: marked }, macs);
    assert.deepEqual([...six.subarray(14, 16)], [0x60, 0x30]);
    const checksum = four
      .subarray(14, 34)
      .reduce((sum, octet, i) => sum + (i % 2 ? octet : octet << 8), 0);
    assert.equal((checksum & 0xffff) + (checksum >> 16), 0xffff);
  });

  it('has a wrong checksum when it was damaged (ACC-23)', () => {
    fc.assert(
      fc.property(anySegment, ends, (seg, { source, destination }) => {
        const octets = encodeSegment({ source, destination, segment: seg }, true);
        const read = decodeSegment(octets, source, destination);
        assert.ok(read.kind === 'segment' && !read.checksumRight);
      }),
    );
  });

  it('any octets are a segment or malformed with a reason, never a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        const read = decodeSegment(octets, '10.0.0.1', '10.0.0.2');
        assert.ok(read.kind === 'segment' || read.reason.length > 0);
      }),
    );
  });

  it('a Data Offset below five or beyond the end is malformed (ACC-24)', () => {
    for (const words of [0, 4, 15]) {
      const octets = new Uint8Array(20);
      octets[12] = words << 4;
      assert.equal(decodeSegment(octets, '10.0.0.1', '10.0.0.2').kind, 'malformed');
    }
  });

  it('an unknown option is skipped, an illegal length ends the reading (OPT-08, OPT-09)', () => {
    const read = (options: readonly number[]) => {
      const octets = new Uint8Array(20 + options.length);
      octets[12] = ((20 + options.length) / 4) << 4;
      octets.set(options, 20);
      const decoded = decodeSegment(octets, '10.0.0.1', '10.0.0.2');
      assert.ok(decoded.kind === 'segment');
      return decoded.segment.options;
    };
    assert.deepEqual(read([253, 4, 1, 2, 2, 4, 5, 180]), { mss: 1460 });
    assert.deepEqual(read([2, 0, 5, 180]), {});
    assert.deepEqual(read([2, 40, 5, 180]), {});
    assert.deepEqual(read([0, 2, 4, 5]), {});
  });

  it('stands in an Ethernet frame whose IPv4 header sums to zero', () => {
    const syn = segment({ sourcePort: 49152, destinationPort: 80, seq: seq(100), ctl: SYN });
    const packet = { source: '10.0.0.1', destination: '10.0.0.2', segment: syn };
    const frame = encodeFrame(packet, { from: 1, to: 2, identification: 7 });
    let sum = 0;
    for (let i = 14; i < 34; i += 2) sum += ((frame[i] ?? 0) << 8) | (frame[i + 1] ?? 0);
    assert.equal((sum & 0xffff) + (sum >>> 16), 0xffff);
    assert.equal(frame.length, 14 + 20 + 20);
    // RFC 9293 §3.1, worked by hand: 0a00+0001+0a00+0002 +0006+0014 +c000+0050+0064+5002 = 124d3 -> 24d4 -> db2b.
    assert.deepEqual([...frame.slice(50, 52)], [0xdb, 0x2b]);
  });

  it('in UDP stands behind a header whose checksum covers it', () => {
    const udp = { source: 9899, destination: 9900 };
    const data = Uint8Array.of(1, 2, 3);
    for (const [source, destination, headers] of [
      ['10.0.0.1', '10.0.0.2', 34],
      ['fd00::1', 'fd00::2', 54],
    ] as const) {
      const packet = { source, destination, segment: segment({ ctl: ACK, data, udp }) };
      const frame = encodeFrame(packet, { from: 1, to: 2, identification: 0 });
      const datagram = frame.slice(headers);
      assert.equal(frame[headers === 34 ? 23 : 20], 17);
      assert.deepEqual([...datagram.slice(0, 6)], [0x26, 0xab, 0x26, 0xac, 0, 31]);
      const pseudo = pseudoHeader(source, destination, 17, datagram.length);
      assert.equal(internetChecksum(pseudo, datagram), 0);
      const read = decodeSegment(datagram.subarray(8), source, destination);
      assert.deepEqual(read.kind === 'segment' && read.segment.data, data);
    }
  });

  it('over IPv6 stands in a frame of type 86dd with its length', () => {
    const ack = segment({ ctl: ACK, data: Uint8Array.of(1, 2, 3) });
    const packet = { source: '::1', destination: '2001:db8::2', segment: ack };
    const frame = encodeFrame(packet, { from: 1, to: 2, identification: 0 });
    assert.deepEqual([...frame.slice(12, 14)], [0x86, 0xdd]);
    assert.deepEqual([...frame.slice(18, 20)], [0, 23]);
  });
});

describe('an address', () => {
  it('is read in every usual form', () => {
    const full = [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1];
    assert.deepEqual([...(addressOctets('2001:db8::1') ?? [])], full);
    assert.deepEqual([...(addressOctets('2001:db8:0:0:0:0:0:1') ?? [])], full);
    const mapped = [...Array<number>(10).fill(0), 255, 255, 10, 0, 0, 1];
    assert.deepEqual([...(addressOctets('::ffff:10.0.0.1') ?? [])], mapped);
    assert.deepEqual([...(addressOctets('::') ?? [])], Array<number>(16).fill(0));
  });

  it('is refused when it is none', () => {
    for (const text of ['', '1.2.3', '1.2.3.256', '1:2', '1::2::3', 'g::', '1:2:3:4:5:6:7:8:9']) {
      assert.equal(addressOctets(text), undefined, text);
    }
  });
});
