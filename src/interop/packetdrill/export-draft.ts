/** An exported script while it is written. */

import { printInstant } from '../../base/time.js';
import { ipVersion } from '../../tcp/ip-version.js';
import type { Instant } from '../../tcp/rule.js';
import type { Seq } from '../../tcp/seq.js';
import { type Conversation, systemOf } from './export-conversations.js';
import { FAST_OPEN_SYSCTL } from './export-fast-open.js';
import { mtuLines, sysctlLines } from './export-settings.js';

/** The lines so far, and what they made known. */
export interface Script {
  readonly conversation: Conversation;
  readonly lines: string[];
  /** How many of them come before the first event. */
  readonly head: number;
  /** The time of the line before; undefined before the first. */
  at: Instant | undefined;
  /** The peer's first sequence number. */
  irs: Seq | undefined;
  /** Listening, and connected: the descriptors that the script knows. */
  listener: number | undefined;
  connection: number | undefined;
  /** A socket that does nothing but have the port. */
  bound: number | undefined;
  /** The host's listener, by its id. */
  listenerId: number | undefined;
  /** The connection has been open. */
  isOpen: boolean;
  /** A call waits in the script until then; it sends so many octets that the user sends later on. */
  blocked: boolean;
  promised: number;
  /** What the user asked for that has to wait until then. */
  readonly early: ((at: Instant) => void)[];
  /** The user has closed the connection and its descriptor. */
  gone: boolean;
  /** Nothing more can be said. */
  ended: boolean;
  /** How much has been written, and how much of it the send buffer has room for, whatever was acknowledged. */
  written: number;
  room: number;
  /** How much has been read, and where in all that is to be read the latest urgent octet is; undefined while there was none. */
  read: number;
  urgent: number | undefined;
  /** RECEIVEs that wait, by the number of the call: octets wanted. */
  readonly waiting: Map<number, number>;
  readonly version: 4 | 6;
  nextFd: number;
}

/** How much text a send buffer takes in any case. */
const USUAL_ROOM = 16_384;

/** Half a tick of the slowest clock of kernels that are in use, and some more. */
const TOLERANCE = 20_000;

/** A script without events. `fast`: the host opens fast somewhere in the run. */
export function beginScript(conversation: Conversation, title: string, fast: boolean): Script {
  const { name, address } = conversation.host;
  const version = ipVersion(address);
  const options = [`--tolerance_usecs=${TOLERANCE}`];
  // What the peer echoes may have been sent before the script, or never. FreeBSD's packetdrill has no word for that.
  if (systemOf(conversation.host) === 'linux') options.push('--tcp_ts_ecr_scaled');
  const lines = [`// ${title}: ${name}`, ...options];
  if (version === 6) lines.push('--ip_version=ipv6');
  lines.push(...mtuLines(conversation.host), ...sysctlLines(conversation.host));
  if (fast && systemOf(conversation.host) === 'linux') lines.push(FAST_OPEN_SYSCTL);
  return {
    conversation,
    lines,
    head: lines.length,
    at: undefined,
    irs: undefined,
    listener: undefined,
    connection: undefined,
    bound: undefined,
    listenerId: undefined,
    isOpen: false,
    blocked: false,
    promised: 0,
    early: [],
    gone: false,
    ended: false,
    written: 0,
    room: USUAL_ROOM,
    read: 0,
    urgent: undefined,
    waiting: new Map(),
    version,
    nextFd: 3,
  };
}

/** What a host did before the conversation is forgotten: it has nothing to do with it. */
export function startAgain(draft: Script): void {
  draft.lines.length = draft.head;
  draft.at = undefined;
  draft.listener = undefined;
  draft.listenerId = undefined;
  draft.nextFd = 3;
}

export function textOf({ lines }: Script): string {
  return `${lines.join('\n')}\n`;
}

/** A line at its time, counted from the line before. Something must be at 0, or packetdrill does not begin. */
export function add(draft: Script, at: Instant, text: string): void {
  const { at: before } = draft;
  draft.at = at;
  if (before === undefined && at > 0) draft.lines.push(`${printInstant(0)} \`true\``);
  const time = before === undefined ? printInstant(at) : `+${printInstant(at - before)}`;
  draft.lines.push(`${time} ${text}`);
}

/** The script ends here: what comes next is nothing that a socket's user can do. */
export function end(draft: Script, at: Instant, why: string): void {
  draft.lines.push(`// ${printInstant(at)} s: ${why}. This script ends here.`);
  draft.ended = true;
}
