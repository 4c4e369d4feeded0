/** A random script about marks as it is written: both sides' numbers, the peer's counters, and the time. */

import type { Dice } from '../../../test/fuzz/dice.js';

export type Side = 'client' | 'server';

/** The bits of an ACE field, by its value. */
export const FLAGS_OF_ACE = ['', 'E', 'W', 'EW', 'A', 'EA', 'WA', 'EWA'] as const;

const MARKS = ['noecn', 'noecn', 'noecn', 'ect0', 'ect0', 'ect0', 'ect1', 'ce'] as const;
const MEMBERS = ['delivered_ce', 'received_ce', 'options', 'delivered_ce_bytes'];

export class Marked {
  readonly stamped: boolean;
  private readonly lines: string[] = [];
  private readonly version: 4 | 6;
  private at = 0;
  private stamp = 210;
  /** The next octet of the peer's, what was sent to it, and what it has acknowledged. */
  private next = 1;
  private sent = 0;
  private acked = 0;
  private cep = 5;
  private readonly octets = { e0b: 1, ceb: 0, e1b: 1 };

  constructor(
    private readonly dice: Dice,
    readonly side: Side,
  ) {
    this.stamped = dice.chance(0.3);
    this.version = dice.chance(0.2) ? 6 : 4;
  }

  text(): string {
    const family = this.version === 6 ? '--ip_version=ipv6\n' : '';
    return `${family}${this.lines.join('\n')}\n`;
  }

  wait(milliseconds: number): void {
    this.at += milliseconds;
  }

  sysctl(assignment: string): void {
    this.lines.push(`0 \`sysctl -q ${assignment}\``);
  }

  call(text: string): void {
    this.line(text);
  }

  write(octets: number): void {
    this.line(`write(${this.fd}, ..., ${octets}) = ${octets}`);
    this.sent += octets;
  }

  look(): void {
    this.line(`%{ ${MEMBERS.map((name) => `assert tcpi_${name} == 0`).join('; ')} }%`);
  }

  /** The ACE field that the peer's counter makes. */
  ace(): string {
    return FLAGS_OF_ACE[this.cep & 7] ?? '';
  }

  peerSyn(flags: string): void {
    this.line(`< [${this.mark()}] ${flags} 0:0(0) win 32000 <${this.synOptions(0)}>`);
  }

  peerSynAck(): void {
    const bits = this.dice.one('W', 'W', 'W', 'EW', 'A', 'WA', 'E', '', 'EA', 'EWA');
    const options = this.synOptions(100, this.option());
    this.line(`< [${this.mark()}] S${bits}. 0:0(0) ack 1 win 32000 <${options}>`);
  }

  /** A segment of the peer's with so much text. */
  peer(flags: string, octets: number): void {
    this.segment(flags, this.next, octets);
    this.next += octets;
  }

  /** All that was sent has arrived, some of it marked. */
  acknowledge(marked: number): void {
    this.octets[marked > 0 ? 'ceb' : 'e0b'] += this.sent - this.acked;
    this.acked = this.sent;
    this.cep += marked;
    this.segment(`${this.ace()}.`, this.next, 0);
  }

  /** Text comes again. */
  repeat(): void {
    if (this.next > 101) this.segment(`P${this.ace()}.`, this.next - 100, 100);
  }

  end(how: 'close' | 'shutdown', answer: string): void {
    this.line(how === 'close' ? `close(${this.fd}) = 0` : `shutdown(${this.fd}, SHUT_WR) = 0`);
    this.sent += 1;
    this.acknowledge(0);
    this.segment(`${answer}${this.ace()}.`, this.next, 0);
  }

  private get fd(): number {
    return this.side === 'client' ? 3 : 4;
  }

  private segment(flags: string, seq: number, octets: number): void {
    const numbers = `${seq}:${seq + octets}(${octets}) ack ${1 + this.acked}`;
    this.line(`< [${this.mark()}] ${flags} ${numbers} win 264${this.options()}`);
  }

  private line(text: string): void {
    this.at += this.dice.one(10, 20, 50);
    this.lines.push(`${(this.at / 1_000).toFixed(3)} ${text}`);
  }

  private mark(): string {
    return this.dice.one(...MARKS);
  }

  private synOptions(ecr: number, option: readonly string[] = []): string {
    const rest = this.stamped ? ['sackOK', `TS val 200 ecr ${ecr}`] : ['nop', 'nop', 'sackOK'];
    return ['mss 1050', ...option, ...rest, 'nop', 'wscale 8'].join(',');
  }

  private options(): string {
    this.stamp += this.dice.one(0, 1, 5);
    const stamp = this.stamped ? ['nop', 'nop', `TS val ${this.stamp} ecr 100`] : [];
    const all = [...stamp, ...this.option()];
    return all.length === 0 ? '' : ` <${all.join(',')}>`;
  }

  /** An AccECN Option with its padding: mostly the counters, seldom zeroed ones. */
  private option(): readonly string[] {
    if (this.dice.chance(0.5)) return [];
    const { e0b, ceb, e1b } = this.dice.chance(0.1) ? { e0b: 0, ceb: 0, e1b: 0 } : this.octets;
    const fields = [`e0b ${e0b}`, `ceb ${ceb}`, `e1b ${e1b}`];
    const ordered = this.dice.chance(0.5) ? fields : fields.reverse();
    const count = this.dice.one(3, 3, 3, 2, 1);
    const padding = Array.from({ length: (4 - ((2 + 3 * count) % 4)) % 4 }, () => 'nop');
    return [`ECN ${ordered.slice(0, count).join(' ')}`, ...padding];
  }
}
