/** One exported script: what a host's TCP was asked in a conversation, what it sent and what reached it. */

import type { Delivery } from '../../sim/delivery.js';
import type { Step } from '../../sim/step.js';
import type { UserCall } from '../../tcp/calls.js';
import type { Outcome } from '../../tcp/rule.js';
import { ACK, has, RST, type Segment, SYN } from '../../tcp/segment.js';
import { distance, type Seq, seq } from '../../tcp/seq.js';
import {
  arrivalsOf,
  type Conversation,
  departuresOf,
  type ExportedHost,
  keyOf,
  type Tuple,
  tupleOf,
} from './export-conversations.js';
import { FAST_OPEN_SYSCTL, fastListener, warmUp, withKernelsCookie } from './export-fast-open.js';
import { printPacket } from './printer.js';

/** A script while it is written. */
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

/** What a step did in the conversation. */
export function addStep(draft: Script, step: Step): void {
  const { host, tuple } = draft.conversation;
  const isOurs = (delivery: Delivery) => {
    const its = tupleOf(host, delivery);
    return its !== undefined && keyOf(its) === keyOf(tuple);
  };
  for (const delivery of arrivalsOf(step, host)) {
    if (!isOurs(delivery)) continue;
    const known = draft.listener !== undefined || draft.connection !== undefined || draft.gone;
    if (!known) addBound(draft, step.at);
    if (has(delivery.segment, SYN)) draft.irs ??= delivery.segment.seq;
    const segment = withKernelsCookie(step, delivery.segment, draft.version);
    add(draft, step.at, `< ${packet(draft, segment, 'in')}`);
  }
  const { call } = step;
  if (call && step.host === host.name) {
    const sent = departuresOf(step, host).find(isOurs);
    addCall(draft, step, call, tuple, sent?.segment);
  }
  for (const delivery of departuresOf(step, host)) {
    if (!isOurs(delivery)) continue;
    if (has(delivery.segment, SYN)) draft.iss ??= delivery.segment.seq;
    add(draft, step.at, `> ${packet(draft, delivery.segment, 'out')}`);
  }
  completeReads(draft, step, host);
}

/** A line at its time, counted from the line before. */
function add(draft: Script, at: number, text: string): void {
  const { at: before } = draft;
  draft.at = at;
  const time = before === undefined ? seconds(at) : `+${seconds(at - before)}`;
  draft.lines.push(`${time} ${text}`);
}

/** As packetdrill writes a time. */
function seconds(microseconds: number): string {
  return (microseconds / 1_000_000).toFixed(6);
}

/**
 * Of what the host sends, windows and the options of a SYN are the kernel's own affair; with timestamps they are written, as the
 * peer's echoes are counted from them.
 */
function packet({ iss, irs }: Script, segment: Segment, direction: 'in' | 'out'): string {
  const out = direction === 'out';
  const at = distance((out ? iss : irs) ?? seq(0), segment.seq);
  const ack = distance((out ? irs : iss) ?? seq(0), segment.ack);
  const open = out && has(segment, SYN) && segment.options.timestamps === undefined;
  return printPacket(segment, {
    seq: at,
    ack: has(segment, ACK) ? ack : undefined,
    window: out ? undefined : segment.wnd,
    options: open ? '<...>' : undefined,
  });
}

// Calls -------------------------------------------------------------------------------------------

function addCall(
  draft: Script,
  step: Step,
  call: NonNullable<Step['call']>,
  tuple: Tuple,
  sent: Segment | undefined,
): void {
  const { at } = step;
  const user = call.call;
  switch (user.kind) {
    case 'OPEN':
      if (user.open === 'passive') {
        const fast = fastListener(step) ? (user.backlog ?? 128) : undefined;
        addListener(draft, at, user, tuple, fast);
      } else if (step.connection?.id === draft.conversation.id)
        addOpen(draft, at, user.text?.length ?? 0, sent);
      return;
    case 'ACCEPT':
      if (step.connection?.id === draft.conversation.id) addAccept(draft, at);
      return;
    case 'STATUS':
      return;
    default:
      if (user.connection === undefined || user.connection !== draft.conversation.id) return;
      addAccept(draft, at);
      addTransfer(draft, at, user, call, closesWhole(step));
  }
}

/** A CLOSE after which nobody reads: text that comes is reset, or a reset has told the peer already. */
function closesWhole({ microsteps, departures, call }: Step): boolean {
  if (call?.call.kind !== 'CLOSE' || call.call.half === true) return false;
  const settings = microsteps[0]?.before?.settings;
  return settings?.textAfterClose !== 'keep' || departures.some(({ segment }) => has(segment, RST));
}

function addListener(
  draft: Script,
  at: number,
  { local, backlog }: UserCall & { readonly kind: 'OPEN'; readonly open: 'passive' },
  tuple: Tuple,
  fast: number | undefined,
): void {
  if (local.port !== tuple.local || draft.listener !== undefined) return;
  const fd = socket(draft, at);
  draft.listener = fd;
  add(draft, at, `setsockopt(${fd}, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0`);
  add(draft, at, `bind(${fd}, ..., ...) = 0`);
  add(draft, at, `listen(${fd}, ${backlog ?? 128}) = 0`);
  if (fast !== undefined)
    add(draft, at, `setsockopt(${fd}, SOL_TCP, TCP_FASTOPEN, [${fast}], 4) = 0`);
}

/** A host that neither listens nor connects: a socket that is bound is all that packetdrill needs to know of. */
function addBound(draft: Script, at: number): void {
  const fd = socket(draft, at);
  draft.connection = fd;
  add(draft, at, `bind(${fd}, ..., ...) = 0`);
}

/** Text of an OPEN is sent by a call that waits, as nothing else lets it travel with the ACK of the handshake. */
function addOpen(draft: Script, at: number, text: number, syn: Segment | undefined): void {
  const option = syn?.options.fastOpen;
  const fast = option !== undefined || (syn !== undefined && syn.data.length > 0);
  if (option !== undefined && option.cookie !== '') {
    draft.lines.push(...warmUp(draft.at === undefined ? '0' : '+0', draft.nextFd, option));
    draft.at = at;
  }
  if (!fast) {
    addConnect(draft, at);
    if (text === 0) return;
    add(draft, at, `fcntl(${draft.connection}, F_SETFL, O_RDWR) = 0`);
    addBlocking(draft, at, `write(${draft.connection}, ..., ${text}) = ${text}`);
    return;
  }
  const fd = socket(draft, at);
  draft.connection = fd;
  addBlocking(draft, at, `sendto(${fd}, ..., ${text}, MSG_FASTOPEN, ..., ...) = ${text}`);
}

/** A call that returns when the connection is open; one that never is makes no call that a script could wait for. */
function addBlocking(draft: Script, at: number, text: string): void {
  const { at: before } = draft;
  const until = draft.conversation.openedAt;
  if (until === undefined) {
    add(draft, at, text.replace(/= \d+$/, '= ...'));
    return;
  }
  const from = before ?? 0;
  const sign = before === undefined ? '' : '+';
  draft.at = at;
  draft.lines.push(`${sign}${seconds(at - from)}...${seconds(until - from)} ${text}`);
}

function addConnect(draft: Script, at: number): void {
  const fd = socket(draft, at);
  draft.connection = fd;
  add(draft, at, `fcntl(${fd}, F_SETFL, O_RDWR|O_NONBLOCK) = 0`);
  add(draft, at, `connect(${fd}, ..., ...) = -1 EINPROGRESS (Operation now in progress)`);
}

function socket(draft: Script, at: number): number {
  const fd = draft.nextFd;
  draft.nextFd += 1;
  add(draft, at, `socket(..., SOCK_STREAM, IPPROTO_TCP) = ${fd}`);
  return fd;
}

/** A child is the user's at the first call that names it; a socket must be accepted for that. */
function addAccept(draft: Script, at: number): void {
  if (draft.gone || draft.connection !== undefined || draft.listener === undefined) return;
  const fd = draft.nextFd;
  draft.nextFd += 1;
  draft.connection = fd;
  add(draft, at, `accept(${draft.listener}, ..., ...) = ${fd}`);
}

type Transfer = Exclude<UserCall, { readonly kind: 'OPEN' | 'ACCEPT' | 'STATUS' }>;

function addTransfer(
  draft: Script,
  at: number,
  user: Transfer,
  { id, outcome }: NonNullable<Step['call']>,
  whole: boolean,
): void {
  const fd = draft.connection;
  if (fd === undefined) return;
  switch (user.kind) {
    case 'SEND':
      if (outcome.kind === 'error') return;
      add(draft, at, `write(${fd}, ..., ${user.data.length}) = ${user.data.length}`);
      return;
    case 'RECEIVE': {
      const count = user.count ?? 65_536;
      if (outcome.kind === 'pending') draft.waiting.set(id, count);
      else addRead(draft, at, count, outcome);
      return;
    }
    case 'ABORT':
      add(draft, at, `setsockopt(${fd}, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0`);
      add(draft, at, `close(${fd}) = 0`);
      return;
    case 'CLOSE':
      // The RFC's user may still RECEIVE after a CLOSE: that is half a socket's close.
      if (outcome.kind === 'error' && !whole) return;
      add(draft, at, whole ? `close(${fd}) = 0` : `shutdown(${fd}, SHUT_WR) = 0`);
      if (whole) forget(draft);
      return;
    default:
  }
}

/** The descriptor is closed: what the run still does with the connection is no call. */
function forget(draft: Script): void {
  draft.connection = undefined;
  draft.gone = true;
}

function addRead(draft: Script, at: number, count: number, outcome: Outcome): void {
  if (outcome.kind !== 'ok' || draft.connection === undefined) return;
  const octets = outcome.data?.length ?? 0;
  add(draft, at, `read(${draft.connection}, ..., ${count}) = ${octets}`);
}

/** RECEIVEs that had waited: a socket is read when there is something to read. */
function completeReads(draft: Script, step: Step, { name }: ExportedHost): void {
  for (const { connection, effects } of step.microsteps) {
    if (connection?.host !== name) continue;
    for (const effect of effects) {
      if (effect.kind !== 'complete') continue;
      const count = draft.waiting.get(effect.call);
      if (count === undefined) continue;
      draft.waiting.delete(effect.call);
      addRead(draft, step.at, count, effect.outcome);
    }
  }
}
