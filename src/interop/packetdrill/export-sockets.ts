/** The sockets of an exported script: how they come to listen, to connect and to be accepted. */

import type { Step } from '../../sim/step.js';
import type { UserCall } from '../../tcp/calls.js';
import type { Instant } from '../../tcp/rule.js';
import { systemOf } from './export-conversations.js';
import { add, end, type Script, startAgain } from './export-draft.js';
import { fastListener } from './export-fast-open.js';
import { socketOptions } from './export-settings.js';

/** Kernels let one connection more wait than they are asked for. */
const DEFAULT_BACKLOG = 129;

/** A passive OPEN at the conversation's port is a socket that listens. */
export function addListener(
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
  if (fastListener(step) && systemOf(draft.conversation.host) === 'linux')
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

/** A listener that connects is given up for a socket that does. */
export function addConnect(draft: Script, at: Instant): void {
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

/** A new socket with the host's options; its descriptor. */
export function socket(draft: Script, at: Instant): number {
  const fd = draft.nextFd;
  draft.nextFd += 1;
  add(draft, at, `socket(..., SOCK_STREAM, IPPROTO_TCP) = ${fd}`);
  for (const option of socketOptions(draft.conversation.host))
    add(draft, at, `setsockopt(${fd}, ${option}) = 0`);
  return fd;
}

/** A child is the user's at the first call that names it; a socket must be accepted for that. */
export function addAccept(draft: Script, at: Instant): void {
  if (draft.gone || draft.connection !== undefined || draft.listener === undefined) return;
  const fd = draft.nextFd;
  draft.nextFd += 1;
  draft.connection = fd;
  add(draft, at, `accept(${draft.listener}, ..., ...) = ${fd}`);
}
