/** A packetdrill script as a plan for the executor: its stimuli with the times at which they are due; what is expected only names timestamps. */

import { encodeIcmp } from '../../src/interop/icmp-wire.js';
import type { EventLine, OptionLine } from '../../src/interop/packetdrill/ast.js';
import { assignmentsIn, commandsOf } from '../../src/interop/packetdrill/commands.js';
import { DEFINED_ON_LINUX } from '../../src/interop/packetdrill/conditions.js';
import { namedCommand, namedSegment, wellKnownNames } from '../../src/interop/packetdrill/names.js';
import { readOptions, type ScriptOptions } from '../../src/interop/packetdrill/options.js';
import { parsePackets } from '../../src/interop/packetdrill/parser.js';
import { DEFAULTS_SH } from '../../src/interop/packetdrill/sysctls.js';
import { AT_ONCE, startOf } from '../../src/interop/packetdrill/times.js';
import { diagnosticText } from '../../src/lang/diagnostics.js';
import { linesOf } from '../../src/lang/lexer.js';
import { icmpErrorOf } from '../../src/lang/packet-icmp.js';
import {
  ICMP_QUERIES,
  type PacketSegment,
  type PacketValue,
} from '../../src/lang/packet-operations.js';
import { member } from '../../src/run/packetdrill/arguments.js';
import { settingsOfProfile } from '../../src/tcp/profiles.js';
import { ACK } from '../../src/tcp/segment.js';
import { seq } from '../../src/tcp/seq.js';
import { RFC9293 } from '../../src/tcp/settings.js';

/** What a line of the script is to the executor. Times are microseconds since the script began. */
interface Line {
  /** Its place among the lines of the script. */
  readonly line: number;
  readonly at: number;
  readonly kind: 'in' | 'icmp' | 'call' | 'sysctl' | 'info';
}

export interface Plan {
  readonly version: 4 | 6;
  readonly local: string;
  readonly remote: string;
  readonly bindPort: number;
  readonly connectPort: number;
  readonly sysctls: readonly (readonly [name: string, value: string])[];
  /** Commands for `ip` that make the network. */
  readonly network: readonly string[];
  readonly lines: readonly Line[];
  /** When the last line is due. */
  readonly until: number;
}

export interface Planned {
  readonly plan: Plan;
  readonly lines: readonly EventLine[];
  readonly options: ScriptOptions;
  /** The option lines of the script. */
  readonly optionLines: readonly OptionLine[];
  /** The lines of the text from which a line of the script is made, without its time. */
  readonly texts: readonly string[];
  /** When each line is due. */
  readonly due: readonly number[];
}

/** Reads a script; throws when it has mistakes. */
export function planOf(text: string): Planned {
  const { tree, diagnostics } = parsePackets(text, DEFINED_ON_LINUX);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(diagnosticText).join('\n'));
  const options = readOptions(tree.options, ({ message }) => {
    throw new Error(message);
  });
  const due = dueTimes(tree.lines);
  const rows = linesOf(text);
  const lines = tree.lines.flatMap((line, i) => planned(line, i, due[i] ?? 0, tree.lines, options));
  const plan: Plan = {
    version: options.version,
    local: options.localAddress,
    remote: options.remoteAddress,
    bindPort: options.bindPort,
    connectPort: options.connectPort,
    sysctls: SYSCTLS,
    network: network(options),
    lines,
    until: due.at(-1) ?? 0,
  };
  return {
    plan,
    lines: tree.lines,
    options,
    optionLines: tree.options,
    due,
    texts: tree.lines.map((line) => textOf(line, rows)),
  };
}

/** What a script finds that does not say otherwise, beside the kernel's own. */
const SYSCTLS = [
  ['net.ipv4.tcp_congestion_control', 'reno'],
  ['net.ipv4.conf.all.rp_filter', '0'],
  ['net.ipv4.conf.default.rp_filter', '0'],
] as const;

function network({ version, localAddress, remoteAddress, mtu }: ScriptOptions): readonly string[] {
  const up = ['link set lo up', `link set tun0 mtu ${mtu ?? 1500} up`];
  if (version === 6) {
    const address = `addr add ${localAddress}/64 dev tun0 nodad`;
    return [...up, address, `route add ${remoteAddress} dev tun0`];
  }
  const gateway = localAddress.replace(/\d+$/, '2');
  const address = `addr add ${localAddress}/16 dev tun0`;
  return [...up, address, `route add ${remoteAddress} via ${gateway} dev tun0`];
}

/** When each line is due if all before it is in time; what may come at any time, and commands without one, take none. */
function dueTimes(lines: readonly EventLine[]): readonly number[] {
  let now = 0;
  return lines.map(({ time = AT_ONCE }) => {
    const from = startOf(time);
    if (from !== undefined) now = time.kind.startsWith('absolute') ? from : now + from;
    return now;
  });
}

function textOf({ range }: EventLine, rows: readonly string[]): string {
  const { start, end } = range;
  const whole = rows.slice(start.line, end.line + 1);
  whole[whole.length - 1] = (whole.at(-1) ?? '').slice(0, end.character);
  whole[0] = (whole[0] ?? '').slice(start.character);
  return whole.join('\n').replace(/^(?:[+\s]*[\d.]+(?:\s*(?:~|\.\.\.)\s*\+?[\d.]+)?|\*)\s*/, '');
}

function planned(
  { event, time }: EventLine,
  line: number,
  at: number,
  lines: readonly EventLine[],
  options: ScriptOptions,
): readonly Line[] {
  const head = { line, at };
  switch (event.kind) {
    case 'segment-out':
      return [];
    case 'segment-in': {
      const names = new Map(wellKnownNames(settingsOfProfile('linux') ?? RFC9293, options));
      const segment = namedSegment(event.segment, names, () => {});
      return [{ ...head, kind: 'in', segment, ...echoOf(segment, line, lines) } as Line];
    }
    case 'icmp-in':
      return icmpOf(event, options).map((icmp) => ({ ...head, kind: 'icmp', ...icmp }));
    case 'call': {
      const from = time !== undefined && 'at' in time ? time.at : 0;
      const until = event.until === undefined ? null : at + event.until - from;
      const { call, args, result } = event;
      const named = result.value !== undefined && result.value >= 0 ? result.value : null;
      const port = portOf(args[1]) ?? (call === 'bind' ? options.bindPort : options.connectPort);
      return [{ ...head, kind: 'call', call, args, until, named, port } as Line];
    }
    case 'command':
    case 'named': {
      const command =
        event.kind === 'command' ? event.command : namedCommand(event.name, options.defines);
      return changesOf(command ?? '').map((one) => ({ ...head, kind: 'sysctl', ...one }));
    }
    case 'code':
      return [{ ...head, kind: 'info' }];
  }
}

function portOf(value: PacketValue | undefined): number | undefined {
  const port = member(value, 'sin_port') ?? member(value, 'sin6_port');
  return port?.kind === 'number' ? port.value : undefined;
}

/** What a segment echoes: a number as told, the timestamp of the expected segment that has it, or the latest that was sent. */
function echoOf(
  segment: PacketSegment,
  line: number,
  lines: readonly EventLine[],
): { readonly echo: 'as told' | 'latest' | number; readonly ecr: number } {
  const stamp = segment.options?.find(({ kind }) => kind === 'timestamps');
  if (stamp?.kind !== 'timestamps') return { echo: 'latest', ecr: 0 };
  const { ecr } = stamp;
  if (stamp.absolute || ecr === 0 || (segment.ctl & ACK) === 0) return { echo: 'as told', ecr };
  const sent = lines.slice(0, line).filter(({ event }) => event.kind === 'segment-out');
  const from = sent.map(({ event }) => hasTimestamp(event, ecr)).lastIndexOf(true);
  return { echo: from < 0 ? 'latest' : from, ecr };
}

function hasTimestamp(event: EventLine['event'], val: number): boolean {
  if (event.kind !== 'segment-out') return false;
  const options = event.segment.options ?? [];
  return options.some((option) => option.kind === 'timestamps' && option.val === val);
}

/** Type, code and second word of a message; none for one that is no error. */
function icmpOf(
  { icmp }: EventLine['event'] & { readonly kind: 'icmp-in' },
  { localAddress, remoteAddress, version }: ScriptOptions,
): readonly {
  readonly type: number;
  readonly code: number;
  readonly rest: string;
  readonly seq: number;
}[] {
  if (ICMP_QUERIES.includes(icmp.type)) return [];
  const error = icmpErrorOf(icmp.type, icmp.code, version);
  const source = { address: localAddress, port: 1 };
  const destination = { address: remoteAddress, port: 1 };
  const message = error && { error, mtu: icmp.mtu, source, destination, seq: seq(0) };
  const frame = message && encodeIcmp(message, { from: 0, to: 0, identification: 0 });
  if (!frame) throw new Error(`no ICMP message ${icmp.type} ${icmp.code ?? ''}`);
  const [type = 0, code = 0, , , ...rest] = frame.slice(14 + (version === 4 ? 20 : 40));
  const second = Buffer.from(rest.slice(0, 4)).toString('hex');
  return [{ type, code, rest: second, seq: icmp.seq ?? 0 }];
}

/** Sysctls that are set, and commands about the interface; what else a script asks for is left out. */
function changesOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  return commandsOf(text).flatMap((command): readonly Readonly<Record<string, unknown>>[] => {
    if (/^(?:tc|ip) /.test(command)) return [{ words: command.split(/\s+/) }];
    return settingsOf(command).map(([name, value]) => ({ name, value }));
  });
}

function settingsOf(command: string): readonly (readonly [name: string, value: string])[] {
  if (/\bdefaults\.sh$/.test(command)) return DEFAULTS_SH;
  return /^(?:sysctl|\S*set_sysctls\.py)\s/.test(command) ? assignmentsIn(command) : [];
}
