/** What the kernel did, as a packetdrill script that expects just that. */

import { constants } from 'node:os';
import type { EventLine } from '../../src/interop/packetdrill/ast.js';
import type { PacketMember, PacketValue } from '../../src/lang/packet-operations.js';
import { itemsOf, unbracketed, words } from '../../src/run/packetdrill/arguments.js';
import { ACK } from '../../src/tcp/segment.js';
import {
  type EpollEvent,
  numberOf,
  type Received,
  received,
  waitedFor,
  withMember,
} from './outputs.js';
import type { Planned } from './plan.js';
import {
  isStranger,
  numbersOf,
  type Sent,
  type Style,
  sentText,
  stampsOf,
  stampText,
} from './sent.js';

/** What a line came to. Times are microseconds since the script began. */
export interface Done {
  readonly line: number;
  readonly at: number;
  readonly end?: number;
  readonly result?: number;
  readonly errno?: string | null;
  /** What the errno means, in words. */
  readonly why?: string;
  /** A number, the events of poll or epoll, what recvmsg has read, or octets as hexadecimal digits. */
  readonly written?: number | readonly number[] | readonly EpollEvent[] | Received | string | null;
  /** The script's descriptor for what a call returned. */
  readonly named?: number;
  readonly flow?: number;
  /** The timestamp that a segment echoes, on the wire. */
  readonly echo?: number;
  readonly info?: Readonly<Record<string, number>>;
  readonly blocked?: boolean;
  readonly problem?: string;
}

export interface Happened {
  readonly lines: readonly Done[];
  readonly sent: readonly Sent[];
}

/** How much later than a stimulus something is that it has caused: microseconds. */
const AT_ONCE = 3_000;

/** How late a stimulus may be: then timers are measured wrongly. */
const LATE = 6_000;

/** Whether the machine was too busy for what was measured to mean anything. */
export function isLate({ due }: Planned, { lines }: Happened): boolean {
  return lines.some(({ line, at }) => at - (due[line] ?? 0) > LATE);
}

/** The script with what the kernel did as its expectations. */
export function recordingOf(title: string, planned: Planned, happened: Happened): string {
  const stamps = stampsOf(happened.sent);
  const style = {
    ports: planned.lines.some(({ event }) => 'segment' in event && event.segment.ports),
    ecn: planned.texts.some((text) =>
      /\becn|\bect|^[<>] (?:\S+ > \S+ )?[A-Z.]*[EWA0-7]/.test(text),
    ),
  };
  const over = happened.sent.find(isStranger)?.at ?? Number.POSITIVE_INFINITY;
  const rows = [
    ...linesOf(planned, happened, stamps),
    ...sentRows(planned, happened, stamps, style),
  ].filter(({ at }) => at < over);
  rows.sort((one, other) => one.at - other.at);
  // Something must be at 0, or packetdrill does not begin: a command that does nothing to a kernel leaves no line.
  if (!rows.some(({ text }) => text.startsWith(`${seconds(0)} `)))
    rows.unshift({ at: 0, text: `${seconds(0)} \`true\`` });
  const options = new Map(planned.optionLines.map(({ name, value }) => [name, value]));
  if (rows.some(({ counted }) => counted)) options.set('tcp_ts_ecr_scaled', '');
  const head = [...options].map(([name, value]) => `--${name}${value === '' ? '' : `=${value}`}`);
  return `${[`// ${title}`, ...head, ...rows.map(({ text }) => text)].join('\n')}\n`;
}

interface Row {
  /** When it really happened: the order of the script. */
  readonly at: number;
  readonly text: string;
  /** It echoes a timestamp that was never sent. */
  readonly counted?: boolean;
}

// Lines of the script -----------------------------------------------------------------------------

function linesOf(
  { lines, due, texts }: Planned,
  { lines: done }: Happened,
  stamps: ReadonlyMap<number, ReadonlySet<number>>,
): readonly Row[] {
  const rows: Row[] = [];
  for (const [i, come] of done.entries()) {
    const line = lines[come.line];
    const text = texts[come.line] ?? '';
    if (!line) continue;
    const time = seconds(due[come.line] ?? 0);
    const { at } = come;
    if (line.event.kind === 'command') {
      if (come.problem !== undefined) rows.push({ at, text: `// not done: ${come.problem}` });
      // Of several sysctls in one command the first stands for all.
      if (done[i - 1]?.line === come.line) continue;
    } else if (come.problem !== undefined || come.blocked) {
      rows.push({ at, text: `// ${time} ${text}: ${come.problem ?? 'blocks'}` });
      continue;
    }
    switch (line.event.kind) {
      case 'call':
        rows.push({ at, text: callText(line, come, time, text) });
        break;
      case 'code':
        rows.push({ at, text: infoText(line.event.code, come, time) });
        break;
      case 'segment-in': {
        const known = stamps.get(come.flow ?? -1) ?? new Set();
        const isAck = (line.event.segment.ctl & ACK) !== 0;
        const whole = `${time} ${text}`;
        rows.push({ at, ...(isAck ? echoed(whole, come.echo ?? 0, known) : { text: whole }) });
        break;
      }
      default:
        rows.push({ at, text: `${time} ${text}` });
    }
  }
  return rows;
}

/** A segment of the peer's with the number that its echo has in this script. */
function echoed(text: string, echo: number, known: ReadonlySet<number>): Omit<Row, 'at'> {
  if (!/\becr \d+(?!\d*!)/.test(text)) return { text };
  const counted = !known.has(echo);
  const shown = echo === 0 || known.size === 0 ? String(echo) : stampText(echo, known);
  return { text: text.replace(/\becr \d+/, `ecr ${shown}`), counted };
}

function infoText(code: string, { info = {} }: Done, time: string): string {
  const names = [...new Set(code.match(/(?:tcpi|SK_MEMINFO)_\w+/g) ?? [])].filter(
    (name) => name in info,
  );
  if (names.length === 0) return `// ${time} no TCP_INFO`;
  return `${time} %{ ${names.map((name) => `assert ${told(name, info[name] ?? 0)}`).join('; ')} }%`;
}

/** What is measured is as exact as the times of stimuli are, but when it is nothing. */
function told(name: string, value: number): string {
  if (value === 0 || !MEASURED.has(name)) return `${name} == ${value}`;
  return `abs(${name} - ${value}) <= ${Math.max(2_000, Math.ceil(value / 20))}`;
}

const MEASURED = new Set(
  ['rtt', 'rttvar', 'min_rtt', 'rcv_rtt', 'delivery_rate'].map((name) => `tcpi_${name}`),
);

const RESULT = /=\s*(?:-?\w+(?:\s+E[A-Z0-9]+)?(?:\s*\([^)]*\))?|\.\.\.)\s*$/;

function callText({ event }: EventLine, come: Done, time: string, text: string): string {
  if (event.kind !== 'call') return text;
  const { result = -1, named, errno, why, at, end = at } = come;
  const shown = result < 0 ? `${result} ${errno} (${why})` : `${named ?? result}`;
  const outputs = outputsOf(event, come);
  const made = outputs
    ? `${event.call}(${outputs.map(valueText).join(', ')})`
    : text.replace(RESULT, '').trim();
  const blocked = event.until !== undefined || end - at > LATE;
  const until = blocked ? `...${seconds(Number(time) * 1e6 + end - at)}` : '';
  return `${time}${until} ${made} = ${shown}`;
}

/** The arguments of a call that writes to where one of them points; undefined when it wrote nothing. */
function outputsOf(
  { call, args }: EventLine['event'] & { readonly kind: 'call' },
  { written, result = -1 }: Done,
): readonly PacketValue[] | undefined {
  if (written === undefined || written === null || result < 0) return undefined;
  const put = (place: number, value: PacketValue) =>
    args.map((argument, i) => (i === place ? value : argument));
  if (call === 'ioctl') return put(2, { kind: 'list', items: [numberOf(Number(written))] });
  if (call === 'poll') return put(0, polled(args[0], written as readonly number[]));
  if (call === 'epoll_wait') return put(1, waitedFor(args[1], written as readonly EpollEvent[]));
  if (call === 'recvmsg') return put(1, received(args[1], written as Received));
  const value = optionOutput(args, Buffer.from(String(written), 'hex'));
  return value && put(3, value);
}

/** The value of an option as the script has it: a text, a structure of numbers, a number in brackets. */
function optionOutput(
  [, , name, told]: readonly PacketValue[],
  octets: Buffer,
): PacketValue | undefined {
  const inner = unbracketed(told);
  if (inner?.kind === 'text') return { kind: 'text', text: octets.toString().replace(/\0.*/, '') };
  if (inner?.kind === 'struct' && octets.length === 8) {
    const valueAt = (place: number) => numberOf(octets.readInt32LE(4 * place));
    return { ...inner, fields: inner.fields.map((field, i) => ({ ...field, value: valueAt(i) })) };
  }
  if (octets.length !== 4 || told?.kind === 'any') return undefined;
  const value = octets.readInt32LE(0);
  const error = words(name)[0] === 'SO_ERROR' ? errnoName(value) : undefined;
  const shown: PacketValue =
    error === undefined ? numberOf(value) : { kind: 'words', words: [error] };
  return { kind: 'list', items: [shown] };
}

function errnoName(value: number): string | undefined {
  return Object.entries(constants.errno).find(([, number]) => number === value)?.[0];
}

function polled(value: PacketValue | undefined, events: readonly number[]): PacketValue {
  const items = itemsOf(value);
  return {
    kind: 'list',
    items: items.map((one, i) => withMember(one, 'revents', numberOf(events[i] ?? 0))),
  };
}

/** A value as a script writes it. */
function valueText(value: PacketValue): string {
  switch (value.kind) {
    case 'number':
      return String(value.value);
    case 'text':
      return JSON.stringify(value.text);
    case 'words':
      return value.words.join('|');
    case 'any':
      return '...';
    case 'list':
      return `[${value.items.map(valueText).join(', ')}]`;
    case 'struct':
      return `{${value.fields.map(memberText).join(', ')}}`;
  }
}

function memberText({ name, value }: PacketMember): string {
  return /^\d/.test(name) ? valueText(value) : `${name}=${valueText(value)}`;
}

// What the kernel sent ----------------------------------------------------------------------------

function sentRows(
  planned: Planned,
  { lines, sent }: Happened,
  stamps: ReadonlyMap<number, ReadonlySet<number>>,
  style: Style,
): readonly Row[] {
  const over = lines.find((come) => endsScript(planned, come))?.at ?? Number.POSITIVE_INFINITY;
  return sent
    .filter(({ flow, current, at }) => flow >= 0 && (style.ports || flow === current) && at <= over)
    .map((one, i, all) => {
      const time = timeText(planned, lines, one.at, timerFrom(one, all.slice(0, i)));
      return { at: one.at, text: `${time} > ${sentText(one, stamps.get(one.flow), style)}` };
    });
}

/** When the timer that has caused a segment may have begun: an ACK of nothing but what came waits since then, all else since the last segment that was no such ACK. */
function timerFrom(one: Sent, before: readonly Sent[]): number {
  const own = before.filter(({ flow }) => flow === one.flow);
  if (own.length === 0 || isAckAlone(one, own)) return one.at;
  return own.filter((last, i) => !isAckAlone(last, own.slice(0, i))).at(-1)?.at ?? one.at;
}

/** It has no text, and does not begin before the end of what was sent as what probes does. */
function isAckAlone(one: Sent, before: readonly Sent[]): boolean {
  const [begin, end] = numbersOf(one);
  return begin === end && before.length > 0 && before.every((last) => numbersOf(last)[1] <= end);
}

/** A call that cannot be made, or that blocks. */
function endsScript({ lines }: Planned, { line, problem, blocked }: Done): boolean {
  return blocked === true || (problem !== undefined && lines[line]?.event.kind === 'call');
}

/** When it would have been had all stimuli been in time. What a timer has caused may come some ticks earlier or later. */
function timeText({ due }: Planned, lines: readonly Done[], at: number, timer: number): string {
  const cause = lines.filter((line) => line.at <= at).length - 1;
  const before = lines[cause];
  const next = due[lines[cause + 1]?.line ?? -1] ?? Number.POSITIVE_INFINITY;
  if (!before) return seconds(Math.max(0, Math.min(at, next)));
  const from = due[before.line] ?? 0;
  const later = at - before.at;
  if (later < AT_ONCE) return seconds(Math.min(from, next));
  const off = ticks(Math.max(later, at - timer));
  const [least, most] = [later - off, later + off];
  return `${seconds(Math.min(from + Math.max(0, least), next))}~${seconds(Math.min(from + most, next))}`;
}

/** How much a timer may be off: the wheel that holds it is the coarser the longer it runs, and it was started before. */
function ticks(later: number): number {
  return later < 100_000 ? 4_000 : later < 1_000_000 ? 24_000 : later / 16;
}

function seconds(microseconds: number): string {
  return (Math.round(microseconds) / 1e6).toFixed(6);
}
