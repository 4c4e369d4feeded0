/** The socket calls of an exported script: what its user asked of the host's TCP. */

import type { Step } from '../../sim/step.js';
import type { UserCall } from '../../tcp/calls.js';
import type { Outcome } from '../../tcp/rule.js';
import { has, RST, type Segment } from '../../tcp/segment.js';
import type { ExportedHost, Tuple } from './export-conversations.js';
import { add, type Script, seconds } from './export-draft.js';
import { fastListener, warmUp } from './export-fast-open.js';

/** What the user asked of the TCP, as the socket call that asks for it. `sent`: what the call sent at once. */
export function addCall(
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
export function addBound(draft: Script, at: number): void {
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
export function completeReads(draft: Script, step: Step, { name }: ExportedHost): void {
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
