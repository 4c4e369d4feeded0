/** The texts of the diagram: labels, sentences for screen readers, times. One voice for SVG, text and live region. */

import { printInstant } from '../base/time.js';
import type { Duration, Instant } from '../tcp/rule.js';
import type { State } from '../tcp/states.js';
import type { ArrowItem, Item, Lane, MarkItem, SegmentView, ViewSettings } from './contract.js';
import { timerText } from './happenings.js';

/** How sequence numbers are written. */
export type NumberStyle = Pick<ViewSettings, 'numbers' | 'hex'>;

/** The flags of a label, in bold there: `SYN,ACK`; data alone is `ACK`. */
export function flagsLabel(segment: SegmentView): string {
  return segment.flags === 'none' ? 'no flags' : segment.flags;
}

/** What follows the flags: `seq=300 ack=101 sack=301:401 len=18`. */
export function numbersLabel(segment: SegmentView, style: NumberStyle): string {
  const { seq, ack, sack } = numbersOf(segment, style);
  const parts = [`seq=${seq}`];
  if (ack !== undefined) parts.push(`ack=${ack}`);
  if (sack.length > 0) parts.push(`sack=${sack.map((edges) => edges.join(':')).join('/')}`);
  if (segment.length > 0) parts.push(`len=${segment.length}`);
  return parts.join(' ');
}

function numbersOf(segment: SegmentView, style: NumberStyle) {
  const { seq, ack, sack = [], relativeSeq, relativeAck } = segment;
  const relative = style.numbers === 'relative';
  const shown = (value: number, counted: number | undefined) =>
    printNumber((relative ? counted : undefined) ?? value, style);
  return {
    seq: shown(seq, relativeSeq),
    ack: ack === undefined ? undefined : shown(ack, relativeAck),
    sack: sack.map(({ left, right, relative: counted }) => [
      shown(left, counted?.left),
      shown(right, counted?.right),
    ]),
  };
}

/** A number as people want to see it: `301`, `0x12d`, `-5`. */
export function printNumber(value: number, { hex }: NumberStyle): string {
  if (!hex) return String(value);
  return `${value < 0 ? '-' : ''}0x${Math.abs(value).toString(16)}`;
}

/** A sequence number, counted from `base` when numbers are relative and that is known. */
export function printSequence(value: number, base: number | undefined, style: NumberStyle): string {
  const counted = style.numbers === 'relative' && base !== undefined;
  return printNumber(counted ? (value - base) | 0 : value, style);
}

/** Why segments are lost, where it is not just bad luck. */
const LOSSES: Readonly<Record<string, string>> = {
  'link/cut': 'lost: the path is cut',
  'link/no-route': 'lost: no such address',
  'link/mtu': 'lost: too big for the link',
  'link/full': 'lost: the link is full',
  'host/down': 'lost: the host is down',
};

const ENDED_BY: Readonly<Record<string, string>> = {
  you: 'dropped by you',
  script: 'dropped by the script',
};

/** What is unusual about an arrow: `retransmission`, `lost`, `injected, damaged`; empty for most. */
export function remarks(arrow: ArrowItem): string {
  const parts: string[] = [];
  if (arrow.how !== 'first') parts.push(arrow.how);
  if (arrow.fate === 'lose' || arrow.fate === 'cut') {
    parts.push(ENDED_BY[arrow.endedBy ?? 'network'] ?? LOSSES[arrow.decidedBy] ?? 'lost');
  }
  if (arrow.fate === 'hold') parts.push('held back');
  if (arrow.corrupt) parts.push('damaged');
  if (arrow.changed) parts.push('changed on its way');
  return parts.join(', ');
}

/** What is written beside a lane where there is no room for all of it: the RFC's own short word, if it has one. */
export function shortText({ text }: MarkItem): string {
  return text === timerText('retransmission') ? 'RTO expires' : text;
}

/** An arrow as a sentence: `0.010000 s: server to client, SYN ACK, sequence number 300, acknowledges 101, arrives 0.020000 s`. */
function arrowSentence(arrow: ArrowItem, lanes: readonly Lane[], style: NumberStyle): string {
  const { segment } = arrow;
  const { seq, ack, sack } = numbersOf(segment, style);
  const parts = [
    `${printInstant(arrow.sentAt)} s: ${laneName(lanes, arrow.from)} to ${laneName(lanes, arrow.to)}`,
    flagsLabel(segment).replaceAll(',', ' '),
    `sequence number ${seq}`,
  ];
  if (ack !== undefined) parts.push(`acknowledges ${ack}`);
  if (sack.length > 0) {
    parts.push(`has ${sack.map((edges) => edges.join(' up to ')).join(' and ')}, too`);
  }
  if (segment.length > 0)
    parts.push(`${segment.length} ${plural(segment.length, 'octet')} of text`);
  const remark = remarks(arrow);
  if (remark !== '') parts.push(remark);
  if (arrow.arrivesAt !== undefined) parts.push(`arrives ${printInstant(arrow.arrivesAt)} s`);
  return parts.join(', ');
}

/** Any other item as a sentence; empty for what only measures time. */
export function itemSentence(item: Item, lanes: readonly Lane[], style: NumberStyle): string {
  switch (item.kind) {
    case 'arrow':
      return arrowSentence(item, lanes, style);
    case 'mark':
      return `${printInstant(item.at)} s: ${laneName(lanes, item.lane)}, ${markWord(item.what)}${item.text}`;
    case 'state': {
      const who = item.connection === '' ? '' : ` ${item.connection}`;
      const host = laneName(lanes, item.lane);
      return `${printInstant(item.at)} s: ${host}${who} goes from ${spoken(item.from)} to ${spoken(item.to)}`;
    }
    case 'note':
      return `${printInstant(item.at)} s: ${item.text}`;
    case 'time':
    case 'gap':
      return '';
  }
}

function markWord(what: MarkItem['what']): string {
  switch (what) {
    case 'call':
      return 'the user calls ';
    case 'signal':
      return 'the user is told: ';
    case 'timeout':
    case 'discard':
    case 'change':
    case 'crash':
      return '';
  }
}

/** `SYN_RCVD` as `SYN RCVD`: an underscore is read aloud by some. */
function spoken(state: State): string {
  return state.replaceAll('_', ' ');
}

function laneName(lanes: readonly Lane[], index: number): string {
  return lanes[index]?.name ?? '?';
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}

/** An instant for the time axis, in seconds with as few decimals as tell it: `0.000`, `0.010`, `0.010250`. */
export function axisTime(at: Instant): string {
  const text = printInstant(at);
  return text.endsWith('000') ? text.slice(0, -3) : text;
}

/** How long a wait was, to two or three digits: `980 ms later`, `4 min later`, `1 min 30 s later`. */
export function elapsed(wait: Duration): string {
  return `${roughly(wait)} later`;
}

/** A length of time to two or three digits: `980 ms`, `3.02 s`, `1 min 30 s`, `2 h 5 min`. */
export function roughly(wait: Duration): string {
  if (wait < 1_000) return `${wait} us`;
  if (wait < 999_500) return `${digits(wait / 1_000)} ms`;
  if (wait < 59_950_000) return `${digits(wait / 1_000_000)} s`;
  const seconds = Math.round(wait / 1_000_000);
  if (seconds < 3_600) return twoUnits(seconds, 60, 'min', 1, 's');
  return twoUnits(Math.round(seconds / 60) * 60, 3_600, 'h', 60, 'min');
}

function twoUnits(seconds: number, big: number, bigName: string, small: number, smallName: string) {
  const rest = Math.floor((seconds % big) / small);
  const whole = `${Math.floor(seconds / big)} ${bigName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}

/** Three digits at most, without trailing zeros: `1.5`, `23`, `0.25`. */
function digits(value: number): string {
  const places = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return String(Number(value.toFixed(places)));
}
