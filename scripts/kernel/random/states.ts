/** Random scripts of short life: a connection in one state, there a few segments or calls, and a look at what came of them. */

import { arriveSynAck, connect } from './active.js';
import { looks } from './asking.js';
import { oddCalls } from './calls.js';
import {
  acknowledge,
  arrive,
  arriveFin,
  arriveText,
  createSocket,
  type Draft,
  idle,
  write,
} from './draft.js';
import { close, shutdown } from './endings.js';
import { oddSegments } from './odd.js';
import { accept, listen } from './openings.js';
import { choosePeer, synOptions } from './setup.js';

/** A short script: what is tried in a state are segments, or calls. */
export function inState(draft: Draft, tried: 'segments' | 'calls'): void {
  const { dice } = draft;
  choosePeer(draft);
  dice.one(...STATES)(draft);
  if (tried === 'segments') oddSegments(draft);
  else oddCalls(draft);
  after(draft);
}

const STATES: readonly ((draft: Draft) => void)[] = [
  closed,
  listening,
  synSent,
  synReceived,
  established,
  established,
  finWait1,
  finWait2,
  closeWait,
  closing,
  lastAck,
  timeWait,
];

function closed(draft: Draft): void {
  createSocket(draft);
  draft.fd = 3;
  if (draft.dice.chance(0.5)) write(draft, 'bind(3, ..., ...) = 0', 0);
}

function listening(draft: Draft): void {
  listen(draft, draft.dice.one(0, 1, 5));
  draft.fd = 3;
}

function synSent(draft: Draft): void {
  connect(draft);
}

/** After a SYN at a listener, or one that crosses ours. */
function synReceived(draft: Draft): void {
  if (draft.dice.chance(0.5)) listening(draft);
  else connect(draft);
  syn(draft);
}

function syn(draft: Draft): void {
  const options = synOptions(draft, false);
  arrive(draft, { flags: 'S', seq: 0, ack: undefined, window: 32_792, options });
}

/** Opened by the peer or by the kernel; perhaps with text that is not read, or not acknowledged. */
function established(draft: Draft): void {
  const { dice } = draft;
  if (dice.chance(0.5)) {
    listen(draft, 1);
    syn(draft);
    arrive(draft);
    accept(draft);
  } else {
    connect(draft);
    arriveSynAck(draft);
  }
  if (dice.chance(0.3)) arriveText(draft, dice.one(1, 100, 1000));
  if (dice.chance(0.3)) outstanding(draft);
}

function outstanding(draft: Draft): void {
  const length = draft.dice.one(1, 100, 1000, 2500);
  write(draft, `write(${draft.fd}, ..., ${length}) = ...`);
  draft.sent += length;
}

/** The kernel's FIN; the descriptor stays, or nobody has it any more. */
function fin(draft: Draft): void {
  if (draft.dice.chance(0.5)) close(draft);
  else shutdown(draft, 'SHUT_WR');
}

function finWait1(draft: Draft): void {
  established(draft);
  fin(draft);
}

function finWait2(draft: Draft): void {
  finWait1(draft);
  acknowledge(draft, draft.sent);
}

function closeWait(draft: Draft): void {
  established(draft);
  arriveFin(draft, 0);
}

function closing(draft: Draft): void {
  finWait1(draft);
  arriveFin(draft, 0);
}

function lastAck(draft: Draft): void {
  closeWait(draft);
  fin(draft);
}

function timeWait(draft: Draft): void {
  finWait1(draft);
  draft.una = draft.sent;
  arriveFin(draft, 0);
}

/** What shows where the connection stands: text, a FIN, and calls. */
function after(draft: Draft): void {
  const { dice, fd } = draft;
  if (fd !== undefined) {
    looks(draft);
    if (dice.chance(0.5)) write(draft, `read(${fd}, ..., 3000) = ...`);
    if (dice.chance(0.5)) write(draft, `write(${fd}, ..., 10) = ...`);
  }
  if (dice.chance(0.7)) arriveText(draft, 10, { ack: draft.sent });
  if (dice.chance(0.5)) arriveFin(draft, 0, { ack: draft.sent });
  if (dice.chance(0.5)) close(draft);
  arrive(draft, { ack: draft.sent });
  idle(draft, dice.one(50, 300, 700));
}
