/** A script while it is written: its lines, and roughly where the conversation stands. */

import type { Dice } from '../../../test/fuzz/dice.js';

/** A segment of the peer's. Numbers may be out of bounds: they are taken modulo 2^32. */
export interface Arrival {
  /** `5001 > 8080`, or nothing. */
  readonly ports: string;
  readonly flags: string;
  readonly seq: number;
  readonly length: number;
  /** Undefined: the segment acknowledges nothing. */
  readonly ack: number | undefined;
  readonly window: number;
  readonly urgent?: number;
  readonly ecn?: 'ect0' | 'ect1' | 'ce';
  readonly options: readonly string[];
}

/** A line: an arrival, or what is written as it is. */
export interface Line {
  /** Milliseconds after the line before it. */
  readonly wait: number;
  readonly what: Arrival | string;
  /** Of a call that blocks: for how long. */
  readonly lasts?: number;
}

/** What is said of a segment; the rest follows from where the conversation stands. */
export type Told = Partial<Arrival> & { readonly wait?: number };

/** What the peer is, as its SYN says. */
export interface Peer {
  readonly mss: number;
  readonly sack: boolean;
  readonly timestamps: boolean;
  /** Undefined: it offers no window scale. */
  readonly shift: number | undefined;
}

export interface Draft {
  readonly dice: Dice;
  readonly version: 4 | 6;
  readonly lines: Line[];
  /** The ordinary time between two lines, milliseconds. */
  readonly tempo: number;
  peer: Peer;
  /** The window field that the peer tells. */
  window: number;
  /** The peer's timestamp clock. */
  clock: number;
  /** The number that the peer sends next, and the highest that it has sent. */
  next: number;
  highest: number;
  /** What of the kernel's text is acknowledged, and how far it may have been sent. */
  una: number;
  sent: number;
  /** The descriptor of the connection; undefined: it is closed. */
  fd: number | undefined;
  /** The kernel's FIN, and the peer's. */
  finSent: boolean;
  finCame: boolean;
  ecn: boolean;
  /** Milliseconds that the script may still take. */
  left: number;
  /** The ports that a segment tells, where there are several connections. */
  ports: string;
}

export function createDraft(dice: Dice): Draft {
  const version = dice.chance(0.12) ? 6 : 4;
  return {
    dice,
    version,
    lines: [],
    tempo: dice.one(10, 20, 30, 50, 100, 100),
    peer: { mss: 1000, sack: false, timestamps: false, shift: undefined },
    window: 32_792,
    clock: dice.one(1, 100, 1000, 3_000_000_000),
    next: 1,
    highest: 1,
    una: 1,
    sent: 1,
    fd: undefined,
    finSent: false,
    finCame: false,
    ecn: false,
    left: dice.chance(0.08) ? 25_000 : dice.one(2_000, 4_000, 6_000, 9_000),
    ports: '',
  };
}

/** The ordinary pause before a line: mostly the script's tempo, sometimes none or more. */
export function pause({ dice, tempo }: Draft): number {
  return dice.weighted([
    [12, tempo],
    [4, 0],
    [3, tempo + 1 + dice.below(9)],
    [2, 3 * tempo],
    [1, 250],
    [1, 450],
  ]);
}

/** Writes a line as it is. */
export function write(draft: Draft, text: string, wait = pause(draft)): void {
  draft.left -= wait;
  draft.lines.push({ wait, what: text });
}

/** Lets time pass, and looks at the connection in the end. */
export function idle(draft: Draft, wait: number): void {
  const { fd } = draft;
  write(draft, fd === undefined ? '`true`' : `ioctl(${fd}, SIOCOUTQ, [0]) = 0`, wait);
}

/** A segment of the peer's: bare, where the conversation stands, unless told otherwise. */
export function arrive(draft: Draft, told: Told = {}): void {
  const { wait = pause(draft), ...rest } = told;
  const ack = 'ack' in told ? told.ack : draft.una;
  const options = [...stampOption(draft, rest.options), ...(rest.options ?? [])];
  const arrival = {
    ports: draft.ports,
    flags: '.',
    seq: draft.next,
    length: 0,
    window: draft.window,
    ...rest,
    ack,
    options,
  };
  draft.left -= wait;
  draft.lines.push({ wait, what: arrival });
}

/** Text of the peer's at its next number; it is on from there afterwards. */
export function arriveText(draft: Draft, length: number, told: Told = {}): void {
  arrive(draft, { flags: draft.dice.one('P.', 'P.', '.'), length, ...told });
  draft.next += length;
  draft.highest = Math.max(draft.highest, draft.next);
}

/** The peer's FIN, behind so much text. */
export function arriveFin(draft: Draft, length: number, told: Told = {}): void {
  arriveText(draft, length, { flags: 'F.', ...told });
  draft.next += 1;
  draft.finCame = true;
}

/** An ACK of the kernel's text up to a number. */
export function acknowledge(draft: Draft, ack: number, told: Told = {}): void {
  draft.una = Math.max(draft.una, ack);
  arrive(draft, { ack, ...told });
}

/** The timestamps option, where they are agreed on and nothing tells of them. */
function stampOption(draft: Draft, options: readonly string[] = []): readonly string[] {
  if (!draft.peer.timestamps || options.some((option) => /^(?:TS|mss|none)/.test(option)))
    return [];
  draft.clock = (draft.clock + draft.dice.one(1, 2, 5, 10, 40)) % 2 ** 32;
  return ['nop', 'nop', `TS val ${draft.clock} ecr 7`];
}

/** How much text a full segment of the kernel's has. */
export function segmentSize({ peer, version }: Draft): number {
  return Math.min(peer.mss, version === 4 ? 1460 : 1440) - (peer.timestamps ? 12 : 0);
}

/** The socket of a script. */
export function createSocket(draft: Draft): void {
  write(draft, 'socket(..., SOCK_STREAM, IPPROTO_TCP) = 3', 0);
}

/** Calls at this descriptor do not wait. */
export function nonBlocking(draft: Draft, fd: number): void {
  write(draft, `fcntl(${fd}, F_SETFL, O_RDWR|O_NONBLOCK) = 0`, 0);
}

/** The window of a SYN of the peer's. */
export function synWindow({ dice, window }: Draft): number {
  return dice.chance(0.85) ? 32_792 : dice.one(0, 500, 65_535, window);
}

// Text --------------------------------------------------------------------------------------------

/** The text of a script. */
export function textOf(lines: readonly Line[]): string {
  return lines
    .map(({ wait, what, lasts }) => {
      const text = typeof what === 'string' ? what : `< ${arrivalText(what)}`;
      const until = lasts === undefined ? '' : `...${seconds(wait + lasts)}`;
      return `+${seconds(wait)}${until} ${text}\n`;
    })
    .join('');
}

function seconds(milliseconds: number): string {
  return String(Math.round(milliseconds) / 1000);
}

function arrivalText(arrival: Arrival): string {
  const { ports, flags, ack, window, urgent, ecn } = arrival;
  const seq = modulo(arrival.seq);
  const length = Math.round(arrival.length);
  // packetdrill's own numbers do not wrap around.
  const text = seq + length < 2 ** 32 ? length : 0;
  const options = arrival.options.filter((option) => option !== 'none');
  return [
    ecn === undefined ? '' : `[${ecn}]`,
    ports,
    flags,
    `${seq}:${seq + text}(${text})`,
    ack === undefined ? '' : `ack ${modulo(ack)}`,
    `win ${Math.max(0, Math.min(65_535, Math.round(window)))}`,
    urgent === undefined ? '' : `urg ${urgent}`,
    options.length === 0 ? '' : `<${options.join(',')}>`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** A number of 32 bits. */
function modulo(number: number): number {
  return ((Math.round(number) % 2 ** 32) + 2 ** 32) % 2 ** 32;
}
