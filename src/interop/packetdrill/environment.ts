/** What the shell commands of packetdrill scripts come to here: settings, counts, or nothing. None is ever executed. */

import { COUNTERS, type PacketOperation, type PacketTime } from '../../lang/packet-operations.js';
import type { Settings } from '../../tcp/settings.js';
import type { State } from '../../tcp/states.js';
import { stateNamed } from './assertions.js';
import { assignmentsIn, commandsOf } from './commands.js';
import type { Sysctls } from './sysctl-values.js';
import { DEFAULTS_SH, settingsOfSysctl } from './sysctls.js';

/** What a command is here: operations, or what about it cannot be meant. */
export interface Commanded {
  readonly operations: readonly PacketOperation[];
  readonly problem: string | undefined;
}

interface Collected {
  settings: Partial<Settings>;
  forgets: boolean;
  usual: Readonly<Record<string, number>>;
  readonly notes: string[];
  readonly others: PacketOperation[];
}

/** Reads the text between back quotes. */
export function readCommand(text: string, time: PacketTime, sysctls: Sysctls): Commanded {
  const found: Collected = { settings: {}, notes: [], others: [], forgets: false, usual: {} };
  for (const command of commandsOf(text)) {
    const problem = readOne(command, time, sysctls, found);
    if (problem !== undefined) return { operations: [], problem };
  }
  const { settings, notes, others } = found;
  if (others.length > 0 && notes.length === 0) return { operations: others, problem: undefined };
  const { forgets, usual } = found;
  const environment: PacketOperation = {
    kind: 'pkt-environment',
    time,
    settings,
    notes,
    forgets,
    usual,
  };
  return { operations: [environment, ...others], problem: undefined };
}

function readOne(
  command: string,
  time: PacketTime,
  sysctls: Sysctls,
  found: Collected,
): string | undefined {
  const [program = '', ...words] = command.split(/\s+/);
  const name = program.replace(/^.*\//, '');
  if (name === 'defaults.sh') {
    for (const [sysctl, value] of DEFAULTS_SH) set(sysctl, value, sysctls, found);
    found.forgets = true;
    return undefined;
  }
  if (name === 'sysctl' || name === 'set_sysctls.py') return assign(words, command, sysctls, found);
  if (name === 'sockstat' && command.includes('|')) return count(command, time, found);
  if (name === 'grep') return countListed(command, time, found);
  if (name === 'tcpdrop') return drop(words, time, found);
  if (name === 'ip' || name === 'ifconfig') {
    return link([name, ...words].join(' '), sysctls, found);
  }
  if (name === 'nstat') return counter(command, time, found);
  const outlet = outletOf(command);
  if (outlet !== undefined) {
    found.settings = { ...found.settings, outlet };
    found.notes.push(`${command}: the interface is ${outlet}`);
    return undefined;
  }
  if (MEANINGLESS.test(command)) {
    found.notes.push(`${command}: means nothing here`);
    return undefined;
  }
  return `the command \`${command}\``;
}

/** `tc qdisc add dev tun0 root pfifo limit 0`: a queue that takes nothing; other lengths, and none, take everything here. */
function outletOf(command: string): Settings['outlet'] | undefined {
  if (/^tc qdisc (?:del|delete) dev \S+ root$/.test(command)) return 'open';
  const limit = /^tc qdisc (?:add|replace) dev \S+ root pfifo(?: limit (\d+))?$/.exec(command);
  return limit === null ? undefined : limit[1] === '0' ? 'full' : 'open';
}

/** Commands that measure, restore or tidy up what a simulated host does not have. */
const MEANINGLESS =
  /^(?:\/tmp\/sysctl_restore\S*|ip tcp_metrics flush all|sync|true|:|(?:echo|printf)(?: [^>|`$]*)?|(?:netstat|sockstat|kldload|kldstat|modprobe)(?: [\w./-]+)*)$/;

function assign(
  words: readonly string[],
  command: string,
  sysctls: Sysctls,
  found: Collected,
): string | undefined {
  const text = words.filter((word) => !/^-\w+$/.test(word)).join(' ');
  const assignments = assignmentsIn(text);
  if (assignments.length === 0) {
    if (!/^[\w.]+(?: [\w.]+)*$/.test(text)) return `the command \`${command}\``;
    found.notes.push(`${command}: means nothing here`);
  }
  for (const [name, value] of assignments) {
    const problem = set(name, value, sysctls, found);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What sockets have of which their program says nothing. */
const USUAL: Readonly<Record<string, string>> = {
  'net.ipv4.tcp_notsent_lowat': 'TCP_NOTSENT_LOWAT',
  'net.ipv4.tcp_keepalive_time': 'TCP_KEEPIDLE',
};

/** What bounds a buffer, of three numbers the last. */
const LARGEST_BUFFER = 'net.ipv4.tcp_wmem';

function lastNumber(value: string): number {
  return Number(value.trim().split(/\s+/).at(-1));
}

function set(name: string, value: string, sysctls: Sysctls, found: Collected): string | undefined {
  const made = settingsOfSysctl(name, value, sysctls);
  if (typeof made === 'string') return made;
  // FreeBSD empties its cache when clients are switched off.
  if (name === 'net.inet.tcp.fastopen.client_enable' && made.fastOpen === 'off')
    found.forgets = true;
  found.settings = { ...found.settings, ...made };
  const option = USUAL[name];
  if (option !== undefined) found.usual = { ...found.usual, [option]: Number(value) };
  if (name === LARGEST_BUFFER) found.usual = { ...found.usual, [name]: lastNumber(value) };
  const words = option === undefined ? Object.keys(made) : [option];
  const meaning = words.length === 0 ? 'changes nothing here' : `sets ${words.join(', ')}`;
  found.notes.push(`${name}=${value}: ${meaning}`);
  return undefined;
}

/** `sockstat -4 -P tcp -p 8080 -s | grep -c SYN_RCVD | grep 1`. */
function count(command: string, time: PacketTime, found: Collected): string | undefined {
  const match = /\|\s*grep -c (\w+)\s*\|\s*grep (\d+)\s*$/.exec(command);
  const state = stateNamed(match?.[1] ?? '');
  if (!match || !state) return `the command \`${command}\``;
  found.others.push({ kind: 'pkt-count', time, state, count: Number(match[2]) });
  return undefined;
}

/** `grep " 0A " /proc/net/tcp /proc/net/tcp6 | grep ":1F90"`: the table has a line in that state. */
function countListed(command: string, time: PacketTime, found: Collected): string | undefined {
  const match =
    /^grep (?:-q )?" ([0-9A-F]{2}) " \/proc\/net\/tcp6?(?: \/proc\/net\/tcp6)?(?: \| grep (?:-q )?":[0-9A-F]{4}")?$/.exec(
      command,
    );
  const state = LISTED[Number.parseInt(match?.[1] ?? '0', 16)];
  if (!state) return `the command \`${command}\``;
  found.others.push({ kind: 'pkt-count', time, state, count: undefined });
  return undefined;
}

/** The states as Linux numbers them. */
const LISTED: Readonly<Record<number, State>> = {
  1: 'ESTABLISHED',
  2: 'SYN_SENT',
  3: 'SYN_RCVD',
  4: 'FIN_WAIT_1',
  5: 'FIN_WAIT_2',
  6: 'TIME_WAIT',
  8: 'CLOSE_WAIT',
  9: 'LAST_ACK',
  10: 'LISTEN',
  11: 'CLOSING',
};

/** `nstat | grep TcpExtOutOfWindowIcmps`, and perhaps `| grep " 3 "`: what is not zero is shown. Alone it only begins anew. */
function counter(command: string, time: PacketTime, found: Collected): string | undefined {
  if (/^nstat(?: -\w+)*$/.test(command)) {
    found.others.push({ kind: 'pkt-counter', time, name: '', count: undefined });
    return undefined;
  }
  const match = /^nstat(?: -\w+)* \| grep (?:-q )?(\w+)(?: \| grep (?:-q )?" *(\d+) *")?$/.exec(
    command,
  );
  const name = match?.[1] ?? '';
  if (!match || !Object.hasOwn(COUNTERS, name)) return `the command \`${command}\``;
  const count = match[2] === undefined ? undefined : Number(match[2]);
  found.others.push({ kind: 'pkt-counter', time, name, count });
  return undefined;
}

/** `tcpdrop -s TIME_WAIT`. */
function drop(words: readonly string[], time: PacketTime, found: Collected): string | undefined {
  const state = words[0] === '-s' ? stateNamed(words[1] ?? '') : undefined;
  if (!state) return `the command \`tcpdrop ${words.join(' ')}\``;
  found.others.push({ kind: 'pkt-drop', time, state });
  return undefined;
}

/** `ip link set dev tun0 mtu 9000`, `ifconfig tun0 mtu 9000`: the MSS that is offered follows from it. */
function link(command: string, sysctls: Sysctls, found: Collected): string | undefined {
  const mtu = /^(?:ip link set (?:dev )?|ifconfig )\S+ mtu (\d+)$/.exec(command)?.[1];
  if (mtu !== undefined) {
    found.settings = { ...found.settings, mss: mssOfMtu(Number(mtu), sysctls.version) };
    found.notes.push(`${command}: sets mss`);
    return undefined;
  }
  if (command === 'ip tcp_metrics flush all') {
    found.forgets = true;
    found.notes.push(`${command}: forgets Fast Open cookies`);
    return undefined;
  }
  if (!MEANINGLESS.test(command)) return `the command \`${command}\``;
  found.notes.push(`${command}: means nothing here`);
  return undefined;
}

/** What of a datagram is left for text: an MTU less the headers of IP and TCP (RFC 9293 §3.7.1). */
export function mssOfMtu(mtu: number, version: 4 | 6): number {
  return Math.max(1, Math.min(65_535, mtu - (version === 6 ? 60 : 40)));
}
