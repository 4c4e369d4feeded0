/** The socket calls of an exported script: what its user asked of the host's TCP. */

import { printInstant } from '../../base/time.js';
import type { Step } from '../../sim/step.js';
import type { UserCall } from '../../tcp/calls.js';
import type { Instant, Outcome } from '../../tcp/rule.js';
import { has, RST, type Segment, SYN } from '../../tcp/segment.js';
import { type ExportedHost, systemOf } from './export-conversations.js';
import { add, end, type Script } from './export-draft.js';
import { warmUp } from './export-fast-open.js';
import { addAccept, addConnect, addListener, socket } from './export-sockets.js';

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
  if (user.kind === 'SEND' && call.outcome.kind === 'error') return;
  if (user.kind === 'SEND' && isSyn && draft.connection === undefined) addConnect(draft, at);
  const hindrance = hindranceTo(draft, user, sent);
  if (hindrance !== undefined) {
    end(draft, at, hindrance);
    return;
  }
  if (user.kind === 'SEND' && !draft.isOpen && !draft.gone) {
    addEarlySend(draft, at, user.data.length);
    return;
  }
  const whole = closesWhole(step);
  whenOpen(draft, at, (then) => {
    addAccept(draft, then);
    addTransfer(draft, then, user, call, whole);
  });
}

/** Why no call of a socket does what the user asks; undefined when one does. */
function hindranceTo(draft: Script, user: Transfer, sent: Segment | undefined): string | undefined {
  const { connection, isOpen, gone, blocked, conversation } = draft;
  const isEarly = !isOpen && !gone;
  // One call sends all of it, and all would be urgent.
  if (user.kind === 'SEND' && isEarly) {
    return user.urgent ? 'urgent text before the connection is open' : undefined;
  }
  if (connection === undefined && !(isOpen && !gone)) {
    const why = gone ? 'its socket is closed' : 'it has no socket yet';
    return sent === undefined ? undefined : `${user.kind} of a connection: ${why}`;
  }
  const hasText = conversation.early > 0 && !blocked;
  if (user.kind === 'CLOSE' && isEarly && hasText) return 'CLOSE with text that no call has taken';
  return undefined;
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
  if (openedAt === undefined) return;
  if (octets <= draft.promised) {
    draft.promised -= octets;
    return;
  }
  if (draft.blocked) {
    addWriteWhenOpen(draft, octets);
    return;
  }
  draft.promised = early - octets;
  if (draft.connection === undefined) addWriteWhenOpen(draft, early);
  else if (systemOf(draft.conversation.host) === 'freebsd')
    end(draft, at, 'text before the connection is open, which sockets of FreeBSD refuse');
  else {
    add(draft, at, `fcntl(${draft.connection}, F_SETFL, O_RDWR) = 0`);
    addBlocking(draft, at, writing(draft.connection, early, undefined));
  }
}

/** A child has its descriptor when it is open. */
function addWriteWhenOpen(draft: Script, octets: number): void {
  draft.early.push((then) => {
    addAccept(draft, then);
    const { connection: fd } = draft;
    if (fd !== undefined) add(draft, then, writing(fd, octets, undefined));
  });
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

type Transfer = Exclude<UserCall, { readonly kind: 'OPEN' | 'ACCEPT' | 'STATUS' }>;

/** A SEND takes everything at once; a socket does so with a buffer that has room for it, and for what is kept beside the text. */
function makeRoom(draft: Script, at: Instant, fd: number, length: number): void {
  draft.written += length;
  if (draft.written <= draft.room) return;
  draft.room = 2 * draft.written;
  const octets = Math.min(2 * draft.room, MOST_BUFFER);
  const option = systemOf(draft.conversation.host) === 'freebsd' ? 'SO_SNDBUF' : 'SO_SNDBUFFORCE';
  add(draft, at, `setsockopt(${fd}, SOL_SOCKET, ${option}, [${octets}], 4) = 0`);
}

/** Half of what an integer holds. */
const MOST_BUFFER = 2 ** 30 - 1;

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
      makeRoom(draft, at, fd, user.data.length);
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

/** A socket that is shut down before it is open gives its connection up; one whose text waits has not come to it yet, nor has a child. */
function addShutdown(draft: Script, at: Instant, fd: number): void {
  const act = (then: Instant) => add(draft, then, `shutdown(${fd}, SHUT_WR) = 0`);
  if (draft.isOpen) act(at);
  else if (draft.blocked) draft.early.push(act);
  else end(draft, at, 'a half-close before the connection is open');
}

/** The descriptor is closed: what the run still does with the connection is no call. */
function addClose(draft: Script, at: Instant, fd: number): void {
  add(draft, at, `close(${fd}) = 0`);
  draft.connection = undefined;
  draft.gone = true;
}

/** A socket's user reads as far as an urgent octet, and then on from there. */
function addRead(draft: Script, at: Instant, count: number, outcome: Outcome): void {
  const { connection: fd, read, urgent } = draft;
  if (outcome.kind !== 'ok' || fd === undefined) return;
  const octets = outcome.data?.length ?? 0;
  const before = urgent === undefined ? 0 : urgent - read;
  draft.read += octets;
  if (before >= 0 && before < octets && urgent !== undefined) {
    add(draft, at, `setsockopt(${fd}, SOL_SOCKET, SO_OOBINLINE, [1], 4) = 0`);
    const room = Math.max(count, octets);
    if (before > 0) add(draft, at, `read(${fd}, ..., ${room}) = ${before}`);
    add(draft, at, `read(${fd}, ..., ${room - before}) = ${octets - before}`);
  } else add(draft, at, `read(${fd}, ..., ${Math.max(count, octets)}) = ${octets}`);
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
