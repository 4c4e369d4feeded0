/** The option lines of a packetdrill script, `--tolerance_usecs=75000`: its world. */

import { readAddress } from '../../lang/addresses.js';
import type { Message } from '../../lang/diagnostics.js';
import type { Range } from '../../lang/range.js';
import type { OptionLine } from './ast.js';
import { badDefinition, badRange, notSupported, strange } from './messages.js';

export interface ScriptOptions {
  readonly tolerance: number;
  /** Percent of the time since the line before; undefined: what the system's own clock is off by. */
  readonly tolerancePercent: number | undefined;
  readonly version: 4 | 6;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly bindPort: number;
  readonly connectPort: number;
  readonly mtu: number | undefined;
  /** How long the segments are that the peer's are joined of, where the script says so. */
  readonly peerSegment: number | undefined;
  readonly timestampTick: number | undefined;
  readonly echoScaled: boolean;
  /** What names stand for, as `--define=NAME=VALUE` says. */
  readonly defines: ReadonlyMap<string, string>;
}

/** Microseconds that a time may be off when the script does not say: what the kernel's own runner of scripts allows. */
const TOLERANCE = 14_000;

/** packetdrill's own addresses and port. */
export const ADDRESSES = {
  4: { local: '192.168.0.1', remote: '192.0.2.1' },
  6: { local: 'fd3d:a0b:17d6::1', remote: 'fd3d:fa7b:d17d::1' },
} as const;
const PORT = 8080;

/** Options of a real network device or of the tool itself: they say nothing about a simulated one. */
const WITHOUT_MEANING = new Set(
  `netmask_ip gateway_ip speed debug wire_server_device wire_client_device wire_server_ip
   wire_server_at wire_server_port wire_server wire_client dry_run verbose v non_fatal init_scripts code_command
   code_format code_sockopt send_omit_free timeout persistent_tun_dev
   tun_dev so_filename d dev persistent_tun force_path_mtu interface gateway_linkaddr
   strict_segments local_linkaddr udp_encaps udp_encapsulation no_cleanup`.split(/\s+/),
);

/** Reads them in order; the last of a name counts. */
export function readOptions(
  lines: readonly OptionLine[],
  report: (message: Message, range: Range) => void,
): ScriptOptions {
  const values = new Map<string, OptionLine>();
  for (const line of lines) {
    values.set(line.name, line);
    const problem = refusalOf(line);
    if (problem !== undefined) report(problem, line.range);
  }
  const number = (name: string, most: number, least = 0): number | undefined => {
    const line = values.get(name);
    if (line === undefined) return undefined;
    const value = Number(line.value);
    if (/^\d+$/.test(line.value) && value >= least && value <= most) return value;
    report(badRange(`\`--${name}\``, `${least} to ${most}`), line.range);
    return undefined;
  };
  const version = versionOf(values.get('ip_version'), report);
  const address = (name: string, usual: string) => {
    const line = values.get(name);
    const read = readAddress(line?.value.replace(/\/\d+$/, '') ?? usual);
    if (line && !read) report(badRange(`\`--${name}\``, 'IP addresses'), line.range);
    return read ?? usual;
  };
  const { local, remote } = ADDRESSES[version];
  return {
    version,
    defines: definitionsIn(lines, report),
    tolerance: number('tolerance_usecs', 3_600_000_000, 1) ?? TOLERANCE,
    tolerancePercent: percent(values.get('tolerance_percent'), report),
    localAddress: address('local_ip', local),
    remoteAddress: address('remote_ip', remote),
    bindPort: number('bind_port', 65_535) ?? PORT,
    connectPort: number('connect_port', 65_535) ?? PORT,
    mtu: number('mtu', 65_595),
    peerSegment: number('mss', 65_535) || undefined,
    echoScaled: values.has('tcp_ts_ecr_scaled'),
    timestampTick: number('tcp_ts_tick_usecs', 10_000_000) || undefined,
  };
}

/** `NAME=VALUE`, or a bare `NAME`, which has an empty value; undefined when it is neither. */
export function readDefinition(text: string): readonly [name: string, value: string] | undefined {
  const [, name, value = ''] = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(text) ?? [];
  return name === undefined ? undefined : [name, value];
}

function definitionsIn(
  lines: readonly OptionLine[],
  report: (message: Message, range: Range) => void,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, value, range } of lines) {
    if (name !== 'define' && name !== 'D') continue;
    const definition = readDefinition(value);
    if (definition === undefined) report(badDefinition(value), range);
    // The lines that `#ifdef` chooses were chosen before: a bare name stands for nothing.
    else if (definition[1] !== '') found.set(...definition);
  }
  return found;
}

function percent(
  line: OptionLine | undefined,
  report: (message: Message, range: Range) => void,
): number | undefined {
  if (line === undefined) return undefined;
  const value = Number(line.value);
  if (/^\d*\.?\d+$/.test(line.value) && value <= 100) return value;
  report(badRange('`--tolerance_percent`', '0 to 100'), line.range);
  return undefined;
}

const READ = new Set(
  `ip_version define D tolerance_usecs tolerance_percent local_ip remote_ip bind_port connect_port mtu mss tcp_ts_tick_usecs tcp_ts_ecr_scaled`.split(
    ' ',
  ),
);

/** What about an option cannot be meant here. */
function refusalOf({ name }: OptionLine): Message | undefined {
  if (READ.has(name) || WITHOUT_MEANING.has(name)) return undefined;
  return UNMODELLED.has(name) ? notSupported(`the option \`--${name}\``) : strange('option', name);
}

/** Options that packetdrill has and that would change what happens here. */
const UNMODELLED = new Set(
  `is_anyip so_flags tcp_md5_secret local_linklocal_ip gateway_linklocal_ip mtu_discovery`.split(
    ' ',
  ),
);

/** An IPv4 address in an IPv6 socket is IPv4 on the wire, and TCP sees no more than that. */
function versionOf(
  line: OptionLine | undefined,
  report: (message: Message, range: Range) => void,
): 4 | 6 {
  switch (line?.value) {
    case undefined:
    case 'ipv4':
    case 'ipv4-mapped-ipv6':
    case 'ipv4_mapped_ipv6':
      return 4;
    case 'ipv6':
      return 6;
    default:
      report(
        badRange('`--ip_version`', '`ipv4`, `ipv6`, `ipv4-mapped-ipv6`'),
        line?.range ?? NOWHERE,
      );
      return 4;
  }
}

const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
