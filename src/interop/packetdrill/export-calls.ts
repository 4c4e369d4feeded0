/** The socket calls of an exported script: what its user asked of the host's TCP. */

import { printInstant } from '../../base/time.js';
import type { Step } from '../../sim/step.js';
import type { UserCall } from '../../tcp/calls.js';
import type { Instant, Outcome } from '../../tcp/rule.js';
import { has, RST, type Segment, SYN } from '../../tcp/segment.js';
import type { ExportedHost } from './export-conversations.js';
import { add, end, type Script, startAgain } from './export-draft.js';
import { fastListener, warmUp } from './export-fast-open.js';
import { socketOptions } from './export-settings.js';

/** What the user asked of the TCP, as the socket call that asks for it. `sent`: what the call sent at once. */
export function addCall(
  draft: Script,
  step: Step,
  call: NonNullable<Step['call']>,
  sent: Segment | undefined,
): void {
  const { at, connection } = step;
  const { id } = draft.conversation;
  const user = call.call;
  switch (user.kind) {
    case 'OPEN':
      if (call.outcome.kind === 'error') return;
      if (user.open === 'passive') addListener(draft, step, user);
      else if (connection?.id === id) addOpen(draft, at, user.text?.length ?? 0, sent);
      return;
    case 'ACCEPT':
      if (connection?.id === id) whenOpen(draft, at, (then) => addAccept(draft, then));
      return;
    case 'STATUS':
      return;
    default:
      if (user.connection !== undefined && user.connection === id)
        addToConnection(draft, step, user, call, sent);
  }
}

/** A call about the connection itself. A listener that sends is a socket that connects. */
function addToConnection(
  draft: Script,
  step: Step,
  user: Transfer,
  call: NonNullable<Step['call']>,
  sent: Segment | undefined,
): void {
  const { at } = step;
  const isSyn = sent !== undefined && has(sent, SYN);
  if (user.kind === 'SEND' && isSyn && draft.connection === undefined) addConnect(draft, at);
  if (!draft.isOpen && user.kind === 'SEND' && draft.connection !== undefined) {
    // One call sends all of it, and all would be urgent.
    if (user.urgent) end(draft, at, 'urgent text before the connection is open');
    else addEarlySend(draft, at, user.data.length);
    return;
  }
  const hasSocket = draft.connection !== undefined || (draft.isOpen && !draft.gone);
  if (!hasSocket && sent !== undefined) {
    const why = draft.gone ? 'its socket is closed' : 'it has no socket yet';
    end(draft, at, `${user.kind} of a connection: ${why}`);
    return;
  }
  const whole = closesWhole(step);
  whenOpen(draft, at, (then) => {
    addAccept(draft, then);
    addTransfer(draft, then, user, call, whole);
  });
}

/** Does it now, or when the connection is open: before that a child has no descriptor, and a call that waits keeps the others back. */
function whenOpen(draft: Script, at: Instant, act: (at: Instant) => void): void {
  const waits = draft.connection === undefined ? !draft.gone : draft.blocked;
  if (waits && !draft.isOpen) draft.early.push(act);
  else act(at);
}

/** A CLOSE after which nobody reads: text that comes is reset, or a reset has told the peer already. */
function closesWhole({ microsteps, departures, call }: Step): boolean {
  if (call?.call.kind !== 'CLOSE' || call.call.half === true) return false;
  const settings = microsteps[0]?.before?.settings;
  return settings?.textAfterClose !== 'keep' || departures.some(({ segment }) => has(segment, RST));
}

/** Kernels let one connection more wait than they are asked for. */
const DEFAULT_BACKLOG = 129;

function addListener(
  draft: Script,
  step: Step,
  {
    local,
    remote,
    backlog = DEFAULT_BACKLOG,
  }: UserCall & { readonly kind: 'OPEN'; readonly open: 'passive' },
): void {
  const { at } = step;
  const { tuple } = draft.conversation;
  if (local.port !== tuple.local || draft.listener !== undefined) return;
  if (remote && (remote.port !== tuple.remote || remote.address !== tuple.address)) return;
  if (draft.connection !== undefined || draft.gone) return;
  if (backlog === 0) {
    end(draft, at, 'a backlog of 0: every socket lets one connection wait');
    return;
  }
  const { bound } = draft;
  const fd = bound ?? socket(draft, at);
  draft.bound = undefined;
  draft.listener = fd;
  draft.listenerId = step.connection?.id;
  if (bound === undefined) {
    add(draft, at, `setsockopt(${fd}, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0`);
    add(draft, at, `bind(${fd}, ..., ...) = 0`);
  }
  add(draft, at, `listen(${fd}, ${backlog - 1}) = 0`);
  if (fastListener(step))
    add(draft, at, `setsockopt(${fd}, SOL_TCP, TCP_FASTOPEN, [${backlog - 1}], 4) = 0`);
}

/** A listener that is closed before the conversation begins has nothing to do with it. */
export function closeListener(draft: Script, { index, at, microsteps }: Step): void {
  const { listenerId: id, conversation } = draft;
  const leaves = microsteps.some(
    ({ connection, before, after }) =>
      connection?.id === id && before?.state === 'LISTEN' && after?.state !== 'LISTEN',
  );
  if (!leaves || id === undefined || id === conversation.id) return;
  if (index < conversation.begins) {
    startAgain(draft);
    return;
  }
  add(draft, at, `close(${draft.listener}) = 0`);
  draft.listener = undefined;
  draft.listenerId = undefined;
  draft.gone = draft.connection === undefined;
}

/** A host that neither listens nor connects: a socket that is bound is all that packetdrill needs to know of. */
export function addBound(draft: Script, at: Instant): void {
  const fd = socket(draft, at);
  draft.bound = fd;
  add(draft, at, `bind(${fd}, ..., ...) = 0`);
}

/** Text of an OPEN is sent by a call that waits, as nothing else lets it travel with the ACK of the handshake. */
function addOpen(draft: Script, at: Instant, text: number, syn: Segment | undefined): void {
  const option = syn?.options.fastOpen;
  const fast = option !== undefined || (syn !== undefined && syn.data.length > 0);
  if (option !== undefined && option.cookie !== '') {
    draft.lines.push(...warmUp(draft.at === undefined ? '0' : '+0', draft.nextFd, option));
    draft.at = at;
  }
  if (!fast) {
    addConnect(draft, at);
    if (text > 0) addEarlySend(draft, at, text);
    return;
  }
  const fd = socket(draft, at);
  draft.connection = fd;
  addBlocking(draft, at, `sendto(${fd}, ..., ${text}, MSG_FASTOPEN, ..., ...) = ${text}`);
}

/** All that the user sends before the connection is open is sent by one call that waits; where that never is, by none. */
function addEarlySend(draft: Script, at: Instant, octets: number): void {
  const { openedAt, early } = draft.conversation;
  const { connection: fd } = draft;
  if (openedAt === undefined) return;
  if (octets <= draft.promised) {
    draft.promised -= octets;
    return;
  }
  if (draft.blocked) {
    draft.early.push((then) => add(draft, then, `write(${fd}, ..., ${octets}) = ${octets}`));
    return;
  }
  draft.promised = early - octets;
  add(draft, at, `fcntl(${fd}, F_SETFL, O_RDWR) = 0`);
  addBlocking(draft, at, `write(${fd}, ..., ${early}) = ${early}`);
}

/** A call that returns when the connection is open; one that never is makes no call that a script could wait for. */
function addBlocking(draft: Script, at: Instant, text: string): void {
  const { at: before } = draft;
  const until = draft.conversation.openedAt;
  if (until === undefined) {
    add(draft, at, text.replace(/= \d+$/, '= ...'));
    return;
  }
  const from = before ?? 0;
  const sign = before === undefined ? '' : '+';
  draft.at = at;
  draft.blocked = true;
  draft.lines.push(`${sign}${printInstant(at - from)}...${printInstant(until - from)} ${text}`);
}

/** A listener that connects is given up for a socket that does. */
function addConnect(draft: Script, at: Instant): void {
  if (draft.listener !== undefined) {
    add(draft, at, `close(${draft.listener}) = 0`);
    draft.listener = undefined;
    draft.listenerId = undefined;
  }
  const fd = socket(draft, at);
  draft.connection = fd;
  add(draft, at, `fcntl(${fd}, F_SETFL, O_RDWR|O_NONBLOCK) = 0`);
  add(draft, at, `connect(${fd}, ..., ...) = -1 EINPROGRESS (Operation now in progress)`);
}

function socket(draft: Script, at: Instant): number {
  const fd = draft.nextFd;
  draft.nextFd += 1;
  add(draft, at, `socket(..., SOCK_STREAM, IPPROTO_TCP) = ${fd}`);
  for (const option of socketOptions(draft.conversation.host.settings))
    add(draft, at, `setsockopt(${fd}, ${option}) = 0`);
  return fd;
}

/** A child is the user's at the first call that names it; a socket must be accepted for that. */
function addAccept(draft: Script, at: Instant): void {
  if (draft.gone || draft.connection !== undefined || draft.listener === undefined) return;
  const fd = draft.nextFd;
  draft.nextFd += 1;
  draft.connection = fd;
  add(draft, at, `accept(${draft.listener}, ..., ...) = ${fd}`);
}

type Transfer = Exclude<UserCall, { readonly kind: 'OPEN' | 'ACCEPT' | 'STATUS' }>;

/** A SEND as a call of a socket. */
function writing(fd: number, length: number, urgent: true | undefined): string {
  const call = urgent ? `send(${fd}, ..., ${length}, MSG_OOB)` : `write(${fd}, ..., ${length})`;
  return `${call} = ${length}`;
}

function addTransfer(
  draft: Script,
  at: Instant,
  user: Transfer,
  { id, outcome }: NonNullable<Step['call']>,
  whole: boolean,
): void {
  const fd = draft.connection;
  if (fd === undefined) return;
  switch (user.kind) {
    case 'SEND':
      if (outcome.kind === 'error') return;
      add(draft, at, writing(fd, user.data.length, user.urgent));
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
      if (whole) addClose(draft, at, fd);
      else addShutdown(draft, at, fd);
      return;
    default:
  }
}

/** A socket that is shut down before it is open gives its connection up; the RFC's FIN waits for that. */
function addShutdown(draft: Script, at: Instant, fd: number): void {
  const act = (then: Instant) => add(draft, then, `shutdown(${fd}, SHUT_WR) = 0`);
  if (draft.isOpen) act(at);
  else draft.early.push(act);
}

/** The descriptor is closed: what the run still does with the connection is no call. */
function addClose(draft: Script, at: Instant, fd: number): void {
  add(draft, at, `close(${fd}) = 0`);
  draft.connection = undefined;
  draft.gone = true;
}

function addRead(draft: Script, at: Instant, count: number, outcome: Outcome): void {
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
