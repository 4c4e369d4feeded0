/** A packetdrill script as a program: one host under test, a peer that the script plays, an instruction a line. */

import { fileNameOf } from '../../base/file-name.js';
import { DIAGNOSTIC_LIMIT, type Diagnostic } from '../../lang/diagnostics.js';
import { linesOf } from '../../lang/lexer.js';
import { DEFAULT_LINK } from '../../lang/links.js';
import { KERNEL, namesIn, type PacketScript, PEER } from '../../lang/packet-operations.js';
import type { Instruction, Program, ProgramHost } from '../../lang/program.js';
import type { Range } from '../../lang/range.js';
import { usualMss } from '../../tcp/datagram.js';
import { settingsOfProfile } from '../../tcp/profiles.js';
import { RFC9293 } from '../../tcp/settings.js';
import type { EventLine, PacketScriptTree } from './ast.js';
import { DEFINED_ON_FREEBSD, DEFINED_ON_LINUX } from './conditions.js';
import { mssOfMtu } from './environment.js';
import { operationsOf, type Translation } from './line-operations.js';
import { brief, NOT_SUPPORTED, noEvents } from './messages.js';
import { wellKnownNames } from './names.js';
import { readOptions } from './options.js';
import { parsePackets } from './parser.js';
import { AT_ONCE, checkFirstTime, checkTime, type Report } from './times.js';

/** Microseconds: a timer of a kernel whose HZ is 250 is up to 4 ms late, half of that on average. */
const LINUX_TICK = 2_000;

/** How a script is to be run. */
export interface PacketOptions {
  /** The file's name or path, for places. */
  readonly file: string;
  /** The word of a profile: `linux`, `freebsd`, `rfc9293`. */
  readonly profile: string;
  /** What names stand for, as packetdrill's `-D NAME=VALUE` says it; one without a value is for `#ifdef` alone. */
  readonly defines?: ReadonlyMap<string, string> | undefined;
}

const ENDING = /\.pkt$/i;

/** Whether a file is a packetdrill script, by its name: it runs as it is, and is one scenario. */
export function isPacketScript(file: string): boolean {
  return ENDING.test(file);
}

export interface CompiledPackets {
  /** Undefined when the script has errors or asks for what is not supported. */
  readonly program: Program | undefined;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a script and makes a program of it. Never throws. Of lines for one system alone, those of `STANDARD` count, the RFC's
 * reading, and under the profile `freebsd` those of `FreeBSD`.
 */
export function compilePackets(text: string, options: PacketOptions): CompiledPackets {
  const freebsd = options.profile === 'freebsd';
  const own = freebsd ? DEFINED_ON_FREEBSD : DEFINED_ON_LINUX;
  const defined = [...own, ...(options.defines?.keys() ?? [])];
  const { tree, diagnostics: found } = parsePackets(text, defined);
  const diagnostics: Diagnostic[] = [...found];
  const report: Report = (message, range) => {
    diagnostics.push({ ...message, range });
  };
  const translation = translationOf(tree, options, text, report);
  const instructions = instructionsOf(tree.lines, translation);
  // What has no time prepares for what happens.
  const isEmpty = tree.lines.every(({ time }) => time === undefined);
  if (isEmpty && diagnostics.length === 0) report(noEvents(), START);
  const all = diagnostics.sort(inOrder);
  if (all.length > 0) return { program: undefined, diagnostics: someOf(all) };
  return { program: programOf(instructions, translation), diagnostics: all };
}

/** No more than anybody reads; what makes the script wrong is among them. */
function someOf(all: readonly Diagnostic[]): readonly Diagnostic[] {
  const some = all.slice(0, DIAGNOSTIC_LIMIT);
  const isMistake = ({ code }: Diagnostic) => code !== NOT_SUPPORTED;
  const mistake = some.some(isMistake) ? undefined : all.find(isMistake);
  return mistake ? [...some.slice(0, -1), mistake] : some;
}

const START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function inOrder(one: Diagnostic, other: Diagnostic): number {
  const [a, b] = [one.range.start, other.range.start];
  return a.line - b.line || a.character - b.character;
}

function translationOf(
  tree: PacketScriptTree,
  { file, profile, defines }: PacketOptions,
  text: string,
  report: Report,
): Translation {
  const script = readOptions(tree.options, report);
  // A kernel keeps its timers in ticks, and a script’s next segment is there before one that is due at the same time.
  const tick = profile === 'linux' ? LINUX_TICK : 0;
  const settings = { ...(settingsOfProfile(profile) ?? RFC9293), timerDelay: tick };
  const ofFreebsd = profile === 'freebsd' || (profile === 'rfc9293' && isOfFreebsd(tree));
  return {
    file,
    profile,
    // A host of such scripts may open fast; whether a connection does is for its socket to say.
    settings: {
      ...settings,
      mss:
        script.mtu === undefined
          ? usualMss(script.localAddress)
          : mssOfMtu(script.mtu, script.version),
      fastOpen: 'client',
      fastOpenQueue: 0,
      congestionAlgorithm: 'reno',
      offloadSegment: script.peerSegment,
    },
    script,
    numbering: ofFreebsd ? 'freebsd' : 'linux',
    sysctls: { system: profile, profile: settings, version: script.version, values: new Map() },
    names: new Map([...wellKnownNames(settings, script), ...script.defines, ...(defines ?? [])]),
    kept: new Set(),
    lines: linesOf(text),
    report,
  };
}

/** Whether a script was written for FreeBSD: it sets, or names, what only FreeBSD has. */
function isOfFreebsd({ lines }: PacketScriptTree): boolean {
  return lines.some(({ event }) => {
    if (event.kind === 'command') return FREEBSD_COMMANDS.test(event.command);
    return event.kind === 'call' && event.args.flatMap(namesIn).some((one) => ITS_OWN.has(one));
  });
}

const FREEBSD_COMMANDS = /\b(?:net\.inet|kern)\.|\b(?:sockstat|kldload|tcpdrop)\b/;
const ITS_OWN: ReadonlySet<string> = new Set([
  ...['TCP_FUNCTION_BLK', 'TCP_NOOPT', 'TCP_NOPUSH', 'TCP_KEEPINIT', 'TCP_REMOTE_UDP_ENCAPS_PORT'],
  ...['SO_ACCEPTFILTER', 'SO_NOSIGPIPE'],
]);

function programOf(instructions: readonly Instruction[], translation: Translation): Program {
  const { file, profile, settings, script, numbering } = translation;
  const place = { file, range: START };
  const host = (name: string, role: ProgramHost['role'], address: string): ProgramHost => {
    return { name, role, address, profile, settings, place };
  };
  // Windows, buffers and options are a system's own; the RFC leaves them open.
  const comparison = { windows: profile !== 'rfc9293', options: profile !== 'rfc9293' };
  const packets: PacketScript = {
    tolerance: script.tolerance,
    tolerancePart: (script.tolerancePercent ?? TIMERS_OFF[numbering]) / 100,
    comparison,
    system: numbering,
    timestampTick: script.timestampTick,
    echoScaled: script.echoScaled,
    bindPort: script.bindPort,
    connectPort: script.connectPort,
  };
  const connections = new Map([[KERNEL, new Set<string>()]]);
  return {
    file,
    scenario: fileNameOf(file).replace(ENDING, ''),
    seed: 0,
    hosts: [host(KERNEL, 'host', script.localAddress), host(PEER, 'peer', script.remoteAddress)],
    links: [{ from: KERNEL, to: PEER, settings: INSTANT, place }],
    instructions,
    scope: {
      hosts: new Set([KERNEL]),
      peers: new Set([PEER]),
      connections,
      segments: new Set(),
      variables: new Set(),
    },
    packets,
  };
}

/** Percent that timers may be off: Linux's wheel of timers rounds by up to an eighth, FreeBSD's clock by a twentieth. */
const TIMERS_OFF = { linux: 12.5, freebsd: 5 } as const;

/** The peer is as near as packetdrill's own: what is sent is there at once, whatever its length. */
const INSTANT = { ...DEFAULT_LINK, delay: 0, mtu: 65_535 + 60 };

// Lines -------------------------------------------------------------------------------------------

/** As much of a line as is shown of it. */
const LONGEST_LINE = 400;

function instructionsOf(
  lines: readonly EventLine[],
  translation: Translation,
): readonly Instruction[] {
  const instructions: Instruction[] = [];
  checkFirstTime(lines, translation.report);
  let latest = 0;
  for (const line of lines) {
    latest = checkTime(line, latest, translation.report);
    for (const [i, made] of operationsOf(line, translation).entries()) {
      const { range } = line;
      // All of a line happens at its time.
      const operation = i === 0 ? made : { ...made, time: AT_ONCE };
      const text = brief((translation.lines[range.start.line] ?? '').trim(), LONGEST_LINE);
      const place = { file: translation.file, range };
      instructions.push({ index: instructions.length, place, text, operation });
    }
  }
  return instructions;
}
