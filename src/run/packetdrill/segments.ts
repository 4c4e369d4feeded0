/** Segments of a packetdrill script and segments on the wire: made of each other, compared, and printed as the script writes them. */

import { layOut } from '../../lang/packet-layout.js';
import { printEcnOption, printLetters } from '../../lang/packet-letters.js';
import type {
  PacketBlock,
  PacketOption,
  PacketScript,
  PacketSegment,
} from '../../lang/packet-operations.js';
import { printPacket } from '../../lang/packet-printer.js';
import { CE, type Codepoint, ECT0, ECT1, NOT_ECT } from '../../tcp/ecn/ip.js';
import type { FastOpenOption } from '../../tcp/fast-open.js';
import type { SackBlock } from '../../tcp/loss-recovery/sack-state.js';
import type { Options, Timestamps } from '../../tcp/options.js';
import {
  ACK,
  has,
  segment as makeSegment,
  type Ports,
  printPorts,
  RST,
  type Segment,
  SYN,
} from '../../tcp/segment.js';
import { add, distance, num, seq } from '../../tcp/seq.js';
import type { Difference } from '../expectations.js';
import type { Flow } from './state.js';

/** A segment of the peer's as it goes on the wire. */
export function wireSegment(packet: PacketSegment, flow: Flow): Segment {
  const syn = (packet.ctl & SYN) !== 0;
  const ack = (packet.ctl & ACK) !== 0 ? (packet.ack ?? 0) + localBase(flow, syn) : 0;
  return makeSegment({
    sourcePort: flow.remotePort,
    destinationPort: flow.localPort,
    seq: seq((packet.seq ?? 0) + (syn || packet.absolute ? 0 : flow.irs)),
    ack: seq(ack),
    ctl: packet.ctl,
    wnd: packet.window ?? 0,
    up: packet.up ?? 0,
    options: wireOptions(packet.options ?? [], flow, (packet.ctl & ACK) !== 0),
    ecn: packet.ecn === undefined ? NOT_ECT : CODES[packet.ecn],
    udp: packet.udp,
    data: new Uint8Array(packet.length),
  });
}

function wireOptions(options: readonly PacketOption[], flow: Flow, ack: boolean): Options {
  let made: Options = {};
  for (const option of options) {
    // What stands after the End of Option List is not read (RFC 9293 §3.2).
    if (option.kind === 'eol') break;
    switch (option.kind) {
      case 'mss':
        made = { ...made, mss: option.value };
        break;
      case 'wscale':
        made = { ...made, windowScale: option.value };
        break;
      case 'sackOK':
        made = { ...made, sackPermitted: true };
        break;
      case 'sack':
        made = { ...made, sack: option.blocks.map((block) => wireBlock(block, flow)) };
        break;
      case 'ECN':
        made = { ...made, accurateEcn: option.option };
        break;
      case 'FO':
      case 'FOEXP':
        made = { ...made, fastOpen: wireCookie(option.cookie, option.kind) };
        break;
      case 'timestamps':
        made = { ...made, timestamps: wireTimestamps(option, flow, ack) };
        break;
      case 'md5':
        made = { ...made, signature: true };
        break;
      default:
    }
  }
  return made;
}

/** A block of the peer's: numbers of the host's text. */
function wireBlock({ start, end }: PacketBlock, { iss }: Flow): SackBlock {
  return { left: add(seq(iss), start), right: add(seq(iss), end) };
}

function wireCookie(cookie: string, kind: 'FO' | 'FOEXP'): FastOpenOption {
  return kind === 'FO' ? { cookie } : { cookie, experimental: true };
}

function wireTimestamps(
  { val = 0, ecr, absolute }: PacketOption & { readonly kind: 'timestamps' },
  flow: Flow,
  ack: boolean,
): Timestamps {
  return { val, ecr: absolute ? ecr : wireEcho(ecr, flow, ack) };
}

/** The host's timestamp on the wire that a script's number stands for; without ACK it stands for itself. */
function wireEcho(ecr: number, { timestamps, firstTimestamp }: Flow, ack: boolean): number {
  if (!ack) return ecr;
  const known = timestamps.get(ecr);
  if (known !== undefined || ecr === 0 || !firstTimestamp) return known ?? ecr;
  return (ecr - firstTimestamp.script + firstTimestamp.live) >>> 0;
}

/** The timestamp that a segment of the peer's echoes and of which nothing is known on the wire; undefined: there is none such. */
export function strangeEcho(
  { ctl, options }: PacketSegment,
  flow: Flow | undefined,
  { echoScaled, comparison }: Pick<PacketScript, 'echoScaled' | 'comparison'>,
): number | undefined {
  if ((ctl & ACK) === 0 || !comparison.options) return undefined;
  for (const option of options ?? []) {
    if (option.kind !== 'timestamps' || option.absolute || echoScaled) continue;
    if (flow?.timestamps.has(option.ecr)) continue;
    return option.ecr;
  }
  return undefined;
}

/** What of a segment that was sent is not as the script says. Numbers are the script's, relative. */
export function differences(
  packet: PacketSegment,
  live: Segment,
  flow: Flow,
  { comparison, system }: Pick<PacketScript, 'comparison' | 'system'>,
): readonly Difference[] {
  const found: Difference[] = [];
  const { ttl, tos } = flow.ip;
  const differ = (field: string, expected: string | number, actual: string | number) => {
    if (expected !== actual) {
      found.push({ field, expected: String(expected), actual: String(actual) });
    }
  };
  differ('flags', printLetters(packet.ctl), printLetters(live.ctl));
  if (packet.absolute) differ('seq', packet.seq ?? 0, num(live.seq));
  else if (packet.seq !== undefined) differ('seq', packet.seq, scriptSeq(live, flow));
  differ('length', packet.length, live.data.length);
  if (packet.ack !== undefined) differ('ack', packet.ack, shownAck(live, flow));
  if (packet.window !== undefined && comparison.windows) differ('win', packet.window, live.wnd);
  if (packet.up !== undefined) differ('urg', packet.up, live.up);
  // A time to live of 0 is not compared.
  if (packet.ttl !== undefined && packet.ttl !== 0) differ('ttl', packet.ttl, ttl);
  if (packet.ecn !== undefined) differEcn(packet.ecn, live.ecn, differ);
  if (packet.tos !== undefined) differ('tos', hexadecimal(packet.tos), hexadecimal(tos | live.ecn));
  if (packet.dscp !== undefined) differ('dscp', packet.dscp, tos >> 2);
  differ('udp', portsOf(packet.udp), portsOf(live.udp));
  if (packet.options !== undefined && comparison.options)
    found.push(...optionDifferences(packet.options, live, flow, system));
  return found;
}

/** Options whose values differ; if none does, how they are laid out. */
function optionDifferences(
  options: readonly PacketOption[],
  live: Segment,
  flow: Flow,
  system: System,
): readonly Difference[] {
  const found: Difference[] = [];
  for (const field of OPTION_NAMES) {
    const expected = wantedOption(options, field);
    const actual = actualOption(live.options, field, flow);
    // Google's packetdrill does not look at what Linux echoes, only that it does.
    const open =
      (field === 'TS ecr' && system === 'linux') ||
      options.some((one) => one.kind === field && 'any' in one);
    const same = open && [expected, actual].every(isThere);
    if (expected !== actual && !same) found.push({ field, expected, actual });
  }
  if (found.length > 0) return found;
  const expected = options.map(laidKind).join(',');
  const actual = layOut(live.options, system).join(',');
  return expected === actual ? [] : [{ field: 'options', expected, actual }];
}

function isThere(value: string): boolean {
  return value !== NONE;
}

/** An option as the layout of a header names it. */
function laidKind({ kind }: PacketOption): string {
  if (kind === 'timestamps') return 'TS';
  return kind === 'FOEXP' ? 'FO' : kind;
}

function portsOf(udp: Ports | undefined): string {
  return udp === undefined ? 'none' : printPorts(udp);
}

function hexadecimal(octet: number): string {
  return `0x${octet.toString(16).padStart(2, '0')}`;
}

/** What packetdrill calls the codepoints; `ect01` stands for either, and is sent as ECT(0). */
const CODES = { noecn: NOT_ECT, ect0: ECT0, ect1: ECT1, ect01: ECT0, ce: CE } as const;

function differEcn(
  wanted: keyof typeof CODES,
  live: Codepoint,
  differ: (field: string, expected: string, actual: string) => void,
): void {
  if (wanted === 'ect01' && live === ECT1) return;
  const names = Object.keys(CODES) as (keyof typeof CODES)[];
  const actual = names.find((name) => CODES[name] === live) ?? 'noecn';
  if (CODES[wanted] !== live) differ('ecn', wanted, actual);
}

const OPTION_NAMES = ['mss', 'wscale', 'sackOK', 'TS ecr', 'FO', 'FOEXP', 'sack', 'ECN'] as const;
type OptionName = (typeof OPTION_NAMES)[number];

/** What an option says that is not there. */
const NONE = 'none';

type System = PacketScript['system'];

/** What an option says, as the script writes it. */
function wantedOption(options: readonly PacketOption[], name: OptionName): string {
  for (const option of options) {
    if (option.kind === 'timestamps' && name === 'TS ecr') return String(option.ecr);
    if (option.kind !== name) continue;
    if (option.kind === 'sack') return printBlocks(option.blocks);
    if (option.kind === 'ECN') return printEcnOption(option.option);
    if ('cookie' in option) return option.cookie === '' ? 'a request' : option.cookie;
    return 'value' in option ? String(option.value) : 'yes';
  }
  return NONE;
}

function actualOption(options: Options, name: OptionName, { irs }: Flow): string {
  switch (name) {
    case 'mss':
      return String(options.mss ?? NONE);
    case 'wscale':
      return String(options.windowScale ?? NONE);
    case 'sackOK':
      return options.sackPermitted ? 'yes' : NONE;
    case 'TS ecr':
      return String(options.timestamps?.ecr ?? NONE);
    case 'FO':
    case 'FOEXP':
      return actualCookie(options, name);
    case 'ECN':
      return options.accurateEcn === undefined ? NONE : printEcnOption(options.accurateEcn);
    case 'sack':
      return options.sack === undefined
        ? NONE
        : printBlocks(options.sack.map((one) => scriptBlock(one, irs)));
  }
}

/** A block of the host's: numbers of the peer's text. */
function scriptBlock({ left, right }: SackBlock, irs: number): PacketBlock {
  return { start: distance(seq(irs), left), end: distance(seq(irs), right) };
}

function actualCookie({ fastOpen }: Options, name: 'FO' | 'FOEXP'): string {
  if (fastOpen === undefined || (fastOpen.experimental === true) !== (name === 'FOEXP'))
    return NONE;
  return fastOpen.cookie === '' ? 'a request' : fastOpen.cookie;
}

function printBlocks(blocks: readonly PacketBlock[]): string {
  return blocks.map(({ start, end }) => `${start}:${end}`).join(' ');
}

/** What the host's numbers in the script are counted from: those of SYNs have an ISN of the script's own. */
function localBase({ iss, scriptIss }: Flow, syn: boolean): number {
  return syn ? distance(seq(scriptIss), seq(iss)) : iss;
}

/** The host's sequence number as the script counts. */
function scriptSeq(live: Segment, flow: Flow): number {
  return (num(live.seq) - localBase(flow, has(live, SYN))) >>> 0;
}

/** What stands where the number acknowledged does: without ACK that says nothing, and is what it is on the wire. */
function shownAck(live: Segment, flow: Flow): number {
  return has(live, ACK) ? scriptAck(live, flow) : num(live.ack);
}

/** The peer's number that the host acknowledges, as the script counts. */
function scriptAck(live: Segment, { irs }: Flow): number {
  return (num(live.ack) - (has(live, SYN) ? 0 : irs)) >>> 0;
}

/** A segment that was sent, in the script's own notation. A reset with SEQ=0 is of no connection, so that nothing is counted from its ISS. */
export function printLive(live: Segment, flow: Flow, system: System): string {
  const ack = has(live, ACK) ? scriptAck(live, flow) : undefined;
  const seq = scriptSeq(live, flow);
  const absolute = num(live.seq) === 0 && has(live, RST) && seq !== 0;
  const numbers = { ack, window: live.wnd, system };
  return printPacket(live, absolute ? { ...numbers, seq: 0, absolute } : { ...numbers, seq });
}
