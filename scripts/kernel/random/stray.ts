/** What does not belong into a conversation: segments at every edge, old timestamps, strange flags, ICMP messages. */

import { arrive, type Draft, write } from './draft.js';

/** One stray segment or message. */
export function strays(draft: Draft): void {
  draft.dice.weighted<(draft: Draft) => void>([
    [5, reset],
    [3, syn],
    [4, badAck],
    [3, oldTimestamp],
    [2, strange],
    [2, outside],
    [2, keepalive],
    [2, (one) => message(one, one.una)],
  ])(draft);
}

/** A number of the peer's: far left, just left, at, just right, right of the window, and where it has sent. */
function place({ dice, next, highest }: Draft): number {
  return dice.weighted([
    [6, next],
    [2, next - 1],
    [2, next + 1],
    [1, next - 5_000],
    [1, next + 500],
    [1, next + 60_000],
    [1, next + 200_000],
    [1, next + 2 ** 31],
    [2, highest],
  ]);
}

function reset(draft: Draft): void {
  const { dice, una, sent } = draft;
  const bare = dice.chance(0.55);
  arrive(draft, {
    flags: bare ? 'R' : 'R.',
    seq: place(draft),
    length: dice.chance(0.06) ? 20 : 0,
    ack: bare ? undefined : dice.one(una, sent, una - 1, sent + 1),
    window: dice.one(0, draft.window),
    options: dice.chance(0.6) ? ['none'] : [],
  });
}

function syn(draft: Draft): void {
  const { dice, una } = draft;
  const answers = dice.chance(0.4);
  arrive(draft, {
    flags: answers ? 'S.' : 'S',
    seq: dice.chance(0.3) ? 0 : place(draft),
    ack: answers ? dice.one(1, una, draft.sent) : undefined,
    options: ['mss 1000'],
  });
}

/** An ACK of what was never sent, of what was acknowledged long ago, or somewhere between. */
function badAck(draft: Draft): void {
  const { dice, una, sent } = draft;
  const length = dice.one(0, 0, 0, 30);
  const ack = dice.one(sent + 1, sent + 5_000, una - 1, una - 700, una - 90_000, una + 2 ** 31, 0);
  arrive(draft, { ack, length, flags: length > 0 ? 'P.' : dice.one('.', '.', 'F.') });
  if (length > 0 && dice.chance(0.5)) draft.next += length;
}

function oldTimestamp(draft: Draft): void {
  const { dice, clock, peer } = draft;
  if (!peer.timestamps) {
    badAck(draft);
    return;
  }
  const val = (clock + dice.one(-1, -2, -50, -5_000, -(2 ** 31), 2 ** 31 - 1) + 2 ** 32) % 2 ** 32;
  const length = dice.one(0, 0, 60);
  const missing = dice.chance(0.25);
  arrive(draft, {
    seq: place(draft),
    length,
    flags: dice.one('.', '.', 'P.', 'F.', 'R.'),
    options: missing ? ['none'] : ['nop', 'nop', `TS val ${val} ecr 7`],
  });
}

function strange(draft: Draft): void {
  const { dice } = draft;
  const flags = dice.one(
    '-',
    'P',
    'F',
    'U',
    'FPU',
    'SF',
    'SR',
    'FR',
    'SF.',
    'SR.',
    'FR.',
    'SFRPU.',
  );
  const ack = flags.includes('.') ? draft.una : undefined;
  arrive(draft, { flags, ack, seq: place(draft), length: dice.one(0, 0, 15) });
}

function outside(draft: Draft): void {
  const { dice } = draft;
  arrive(draft, {
    seq: place(draft),
    length: dice.one(0, 0, 10),
    flags: dice.one('.', 'P.', 'F.'),
  });
}

/** A probe of the peer's. */
function keepalive(draft: Draft): void {
  for (let count = draft.dice.one(1, 2, 3); count > 0; count--) {
    arrive(draft, { seq: draft.next - 1, length: draft.dice.one(0, 0, 1) });
  }
}

/** An ICMP error about a segment that the kernel has sent, or has not. */
export function message(draft: Draft, sent: number): void {
  const { dice, version } = draft;
  const four = [
    'unreachable host_unreachable',
    'unreachable net_unreachable',
    'unreachable port_unreachable',
    'unreachable protocol_unreachable',
    'unreachable packet_filtered',
    'unreachable source_host_isolated',
    `unreachable frag_needed mtu ${dice.one(576, 1000, 1300, 1492, 0)}`,
    'time_exceeded',
    'parameter_problem',
    'source_quench',
  ];
  const six = [
    'unreachable no_route',
    'unreachable address_unreachable',
    'unreachable admin_prohibited',
    'unreachable port_unreachable',
    `packet_too_big mtu ${dice.one(1280, 1300, 1400)}`,
    'time_exceeded',
    'parameter_problem',
  ];
  const seq = Math.max(0, sent + dice.one(0, 0, 0, 0, -1, 100, 5_000));
  write(draft, `< icmp ${dice.one(...(version === 4 ? four : six))} [${seq}:${seq}(0)]`);
}
