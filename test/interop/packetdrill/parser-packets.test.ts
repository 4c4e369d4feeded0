/** The text of packetdrill scripts: its packets. */

import assert from 'node:assert/strict';
import { line, mistakes } from './lines.js';

describe('the packets of packetdrill', () => {
  const segment = (text: string) => {
    const { event } = line(text);
    assert.ok(event.kind === 'segment-in' || event.kind === 'segment-out');
    return event.segment;
  };

  it('have flags, numbers, a window and options', () => {
    const text = '+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 100 ecr 7,nop,wscale 6>';
    assert.deepEqual(segment(text), {
      ctl: 0x12,
      seq: 0,
      length: 0,
      ack: 1,
      window: 65_535,
      up: 0,
      options: [
        { kind: 'mss', value: 1460 },
        { kind: 'sackOK' },
        { kind: 'timestamps', val: 100, ecr: 7 },
        { kind: 'nop' },
        { kind: 'wscale', value: 6 },
      ],
      ecn: undefined,
    });
  });

  const flags: readonly (readonly [string, number])[] = [
    ['.', 0x10],
    ['FP.', 0x19],
    ['R', 0x04],
    ['SEW', 0xc2],
    ['U.', 0x30],
    ['-', 0],
  ];
  for (const [text, ctl] of flags) {
    it(`the flags ${text}`, () => assert.equal(segment(`0 < ${text} 1:1(0) win 5`).ctl, ctl));
  }

  it('without `<...>` there are no options, and with it there may be any', () => {
    assert.deepEqual(segment('0 > . 1:1(0) ack 1').options, []);
    assert.equal(segment('0 > . 1:1(0) ack 1 <...>').options, undefined);
  });

  it('`...(0)` leaves the sequence number open, as FreeBSD has it', () => {
    assert.equal(segment('0 > S. ...(0) ack 5').seq, undefined);
  });

  it('numbers do not wrap around, and the length must fit them', () => {
    assert.equal(segment('0 < . 4294967293:4294967295(2) ack 1 win 9').length, 2);
    assert.deepEqual(mistakes('0 < . 4294967295:1(2) ack 1 win 9'), [
      '1:7 1 is before 4294967295, and packetdrill’s numbers do not wrap around.',
    ]);
    assert.deepEqual(mistakes('0 < . 1:3(1) ack 1 win 9'), [
      '1:7 From 1 to 3 there are 2 octets, not 1: 1:2(1) would fit.',
    ]);
    assert.deepEqual(mistakes('0 > . 1:65537(65536) ack 1'), [
      '1:15 The text of a packet must be in 0 to 65535 octets.',
    ]);
    assert.deepEqual(mistakes('0 > U. 1:1(0) ack 1 urg 65536'), [
      '1:5 An urgent pointer must be in 0 to 65535.',
    ]);
  });

  it('the ECN field is kept, other fields of IP are passed over', () => {
    assert.equal(segment('0 < [ect0] . 1:1(0) ack 1 win 9').ecn, 'ect0');
    // The ACE field: AE, CWR and ECE, as letters or as one digit.
    for (const [letters, digit] of [
      ['SEWA', 'S7'],
      ['SA.', 'S4.'],
      ['PEA.', 'P5.'],
      ['W.', '2.'],
      ['F.', 'F0.'],
    ]) {
      const bits = (flags: string | undefined) => segment(`0 < ${flags} 1:1(0) ack 1 win 9`).ctl;
      assert.equal(bits(letters), bits(digit));
    }
    assert.equal(segment('0 > [noecn] (ttl 64) S 0:0(0) <...>').ecn, 'noecn');
  });

  it('an AccECN Option has its counters in one of two orders, or the first of them', () => {
    const option = (text: string) => segment(`0 < 5. 1:1(0) ack 1 win 9 <${text}>`).options;
    for (const [text, order, fields] of [
      ['ECN e1b 1 ceb 2 e0b 3', 1, [1, 2, 3]],
      ['ECN e0b 1 ceb 2 e1b 3', 0, [1, 2, 3]],
      ['ECN e0b 16777215', 0, [16_777_215]],
      ['ECN', 1, []],
    ] as const) {
      const padding = ',nop'.repeat((4 - ((2 + 3 * fields.length) % 4)) % 4);
      assert.deepEqual(option(text + padding)?.[0], { kind: 'ECN', option: { order, fields } });
    }
    assert.equal(mistakes('0 < 5. 1:1(0) ack 1 win 9 <ECN ceb 1 e0b 2>').length, 1);
    assert.equal(mistakes('0 < 5. 1:1(0) ack 1 win 9 <ECN e0b 16777216>').length, 1);
  });

  it('ICMP messages quote a segment, with or without a space after the direction', () => {
    const { event } = line('+0 <icmp unreachable frag_needed mtu 1234 [5:5(0)]');
    assert.deepEqual(event, {
      kind: 'icmp-in',
      icmp: { type: 'unreachable', code: 'frag_needed', mtu: 1234, seq: 5 },
    });
  });
});
