/** What a host's TCP can be told of its receive buffer and window (RFC 9293 §3.8.6, RFC 7323 §2): a part of the table of settings. */

import type { SettingInfo } from '../settings.js';

/** As much as a window can say without scaling. */
export const USUAL_BUFFER: BufferSettings = {
  window: 65535,
  windowClamp: undefined,
  windowMemory: 33_554_432,
  receiveShare: 128,
  lowWater: 1,
  offloadSegment: undefined,
  windowScale: undefined,
};

export interface BufferSettings {
  readonly window: number;
  /** Undefined: as large as the buffer lets it be. */
  readonly windowClamp: number | undefined;
  readonly windowMemory: number;
  readonly receiveShare: number;
  readonly lowWater: number;
  /** Undefined: what arrives was not joined. */
  readonly offloadSegment: number | undefined;
  /** Shift count offered; undefined: the option is not offered. */
  readonly windowScale: number | undefined;
}

export const BUFFER_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'window',
    name: 'window',
    kind: 'octets',
    range: [0, 1_073_725_440],
    doc: 'The receive buffer, and so the largest RCV.WND, octets (§3.8.6).',
  },
  {
    word: 'receive-share',
    name: 'receiveShare',
    kind: 'count',
    range: [1, 255],
    doc: 'How many of 256 octets of memory are believed to be text until a segment tells, with the deviation `receive-space`.',
  },
  {
    word: 'low-water',
    name: 'lowWater',
    kind: 'octets',
    range: [1, 1_073_725_440],
    doc: 'How much unread text the user waits for: less of it lets acknowledgments of several segments go at once, with `interactive-ack`.',
  },
  {
    word: 'window-clamp',
    name: 'windowClamp',
    kind: 'count-or-off',
    range: [1, 1_073_725_440],
    doc: 'No larger window is offered, whatever the buffer holds, octets (§3.8.6).',
  },
  {
    word: 'window-memory',
    name: 'windowMemory',
    kind: 'count',
    range: [1, 1_073_741_824],
    doc: 'The most memory that a buffer grows to, octets; only with the deviation receive-space (§3.8.6).',
  },
  {
    word: 'offload-segment',
    name: 'offloadSegment',
    kind: 'count-or-off',
    range: [1, 65_535],
    doc: 'How long the peer’s segments are when the interface joins them before they arrive: what `receive-space memory` reckons with.',
  },
  {
    word: 'window-scale',
    name: 'windowScale',
    kind: 'count-or-off',
    range: [0, 14],
    doc: 'The window scale shift count that is offered (RFC 7323 §2.2).',
  },
];
