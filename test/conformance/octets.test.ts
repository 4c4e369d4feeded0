/** RFC 9293 §3.1, §3.2: headers and options as octets, in forms that only a peer writes. */

import assert from 'node:assert/strict';
import { decodeSegment, encodeSegment } from '../../src/interop/wire.js';
import { settingsOfProfile } from '../../src/tcp/profiles.js';
import { AE, type Segment } from '../../src/tcp/segment.js';
import { arrive, established, inState, LOCAL, REMOTE, seg } from '../tcp/fixtures.js';

const ends = { source: REMOTE.address, destination: LOCAL.address };

/** A segment as it comes off the wire with these octets as its options. */
function withOptions(segment: Segment, ...options: readonly number[]): Segment {
  assert.equal(options.length % 4, 0, 'options fill whole words');
  const plain = encodeSegment({ ...ends, segment: { ...segment, options: {} } });
  const octets = Uint8Array.from([...plain.slice(0, 20), ...options, ...plain.slice(20)]);
  octets[12] = ((20 + options.length) / 4) << 4;
  return decoded(octets);
}

function decoded(octets: Uint8Array): Segment {
  const read = decodeSegment(octets, ends.source, ends.destination);
  assert(read.kind === 'segment');
  return read.segment;
}

const syn = seg('SYN', { seq: 100 });

describe('headers', () => {
  it('ACC-25 reserved bits are ignored', () => {
    const text = seg('PSH,ACK', { ack: 301, data: 'hello' });
    const octets = encodeSegment({ ...ends, segment: text });
    // The fourth of them is AE now (RFC 9768 §3.1.2), and means nothing without AccECN.
    octets[12] = (octets[12] ?? 0) | 0x0f;
    const segment = decoded(octets);
    assert.deepEqual(segment, { ...text, ctl: text.ctl | AE });
    const seen = arrive(established(), segment);
    assert.deepEqual(seen.sent, ['<SEQ=301><ACK=106><CTL=ACK>']);
  });
});

describe('options', () => {
  it('OPT-06 an MSS behind one NOP, off the word boundary, is read', () => {
    const segment = withOptions(syn, 1, 2, 4, 0x02, 0x00, 0, 0, 0);
    assert.deepEqual(segment.options, { mss: 512 });
    const child = arrive(inState('LISTEN'), segment);
    assert.deepEqual([child.state, child.tcb.snd.mss], ['SYN_RCVD', 512]);
  });

  it('OPT-07 nothing is read behind the end of the list, and what is sent is padded with zeros', () => {
    assert.deepEqual(withOptions(syn, 0, 2, 4, 0xff, 2, 4, 1, 1).options, {});
    const scaled = { ...syn, options: { windowScale: 7, sackPermitted: true as const } };
    const octets = encodeSegment({ ...ends, segment: scaled });
    assert.deepEqual([...octets.slice(20)], [4, 2, 1, 3, 3, 7, 0, 0]);
  });

  it('OPT-10 options of any kind on any segment leave it as good as it was', () => {
    // An experimental option, a SACK block and a repeated MSS on text.
    const text = seg('ACK', { ack: 301, data: 'hello' });
    const sack = [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2];
    for (const options of [[254, 4, 0xab, 0xcd], sack, [2, 4, 5, 0xb4]]) {
      const seen = arrive(established(), withOptions(text, ...options));
      assert.deepEqual(seen.sent, ['<SEQ=301><ACK=106><CTL=ACK>']);
    }
  });

  it('OPT-12 of an option that stands there twice the last counts', () => {
    const segment = withOptions(syn, 2, 4, 0x02, 0x00, 2, 4, 0x03, 0xe8);
    assert.deepEqual(segment.options, { mss: 1000 });
  });

  for (const profile of ['rfc9293', 'linux']) {
    const listener = () => inState('LISTEN', { settings: settingsOfProfile(profile) ?? {} });

    it(`LP-19 OPT-09 an illegal length ends the reading, and the handshake goes on with an MSS of 536: ${profile}`, () => {
      for (const length of [0, 1, 9]) {
        const child = arrive(listener(), withOptions(syn, 2, length, 0x05, 0xb4, 4, 2, 0, 0));
        assert.deepEqual([child.state, child.tcb.snd.mss], ['SYN_RCVD', 536]);
        assert.equal(child.tcb.options.sack, false);
        assert.equal(child.sent.length, 1);
      }
    });

    it(`LP-21 of an MSS that stands there twice the last counts: ${profile}`, () => {
      const child = arrive(listener(), withOptions(syn, 2, 4, 0x02, 0x00, 2, 4, 0x03, 0xe8));
      assert.equal(child.tcb.snd.mss, 1000);
    });
  }
});
