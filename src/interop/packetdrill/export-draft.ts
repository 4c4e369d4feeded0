/** An exported script while it is written. */

import type { Seq } from '../../tcp/seq.js';
import type { Conversation } from './export-conversations.js';
import { FAST_OPEN_SYSCTL } from './export-fast-open.js';

/** The lines so far, and what they made known. */
export interface Script {
  readonly conversation: Conversation;
  readonly lines: string[];
  /** The time of the line before; undefined before the first. */
  at: number | undefined;
  /** The host's and the peer's first sequence numbers. */
  iss: Seq | undefined;
  irs: Seq | undefined;
  /** Listening, and connected: the descriptors that the script knows. */
  listener: number | undefined;
  connection: number | undefined;
  /** The user has closed the connection and its descriptor. */
  gone: boolean;
  /** RECEIVEs that wait, by the number of the call: octets wanted. */
  readonly waiting: Map<number, number>;
  readonly version: 4 | 6;
  nextFd: number;
}

/** Half a tick of the slowest clock of kernels that are in use, and some more. */
const TOLERANCE = 20_000;

/** A script without events. `fast`: the host opens fast somewhere in the run. */
export function beginScript(conversation: Conversation, title: string, fast: boolean): Script {
  const { name, address } = conversation.host;
  const version = address.includes(':') ? 6 : 4;
  const lines = [`// ${title}: ${name}`, `--tolerance_usecs=${TOLERANCE}`];
  if (version === 6) lines.push('--ip_version=ipv6');
  if (fast) lines.push(FAST_OPEN_SYSCTL);
  return {
    conversation,
    lines,
    at: undefined,
    iss: undefined,
    irs: undefined,
    listener: undefined,
    connection: undefined,
    gone: false,
    waiting: new Map(),
    version,
    nextFd: 3,
  };
}

export function textOf({ lines }: Script): string {
  return `${lines.join('\n')}\n`;
}

/** A line at its time, counted from the line before. */
export function add(draft: Script, at: number, text: string): void {
  const { at: before } = draft;
  draft.at = at;
  const time = before === undefined ? seconds(at) : `+${seconds(at - before)}`;
  draft.lines.push(`${time} ${text}`);
}

/** As packetdrill writes a time. */
export function seconds(microseconds: number): string {
  return (microseconds / 1_000_000).toFixed(6);
}
