/** RFC 9293 §3.9.1.1 Open: which record an OPEN is about, its local port, and what the host refuses. */

import { runCall } from '../calls/call-rule.js';
import { openRules } from '../calls/open.js';
import type { UserCall } from '../calls.js';
import { alongPath } from '../icmp/paths.js';
import type { Instant, Microstep } from '../rule.js';
import { joinSteps } from '../rule.js';
import { isUnicast } from '../segment-arrives/address.js';
import type { Settings } from '../settings.js';
import type { Socket, Tcb } from '../tcb.js';
import { closedTcb, editOptions, editTcb } from '../tcb.js';
import { inUdp } from '../udp-encapsulation.js';
import { TEXT } from '../user-texts.js';
import type { Connection, Host } from './connection-table.js';
import { addConnection } from './connection-table.js';
import { fastOpenOffer } from './fast-open.js';
import { offerIsn, takeIsn } from './isn.js';
import { createQueues } from './listen-queues.js';
import { findTuple } from './lookup.js';
import { endForOpen } from './reopen.js';

type OpenUserCall = Extract<UserCall, { readonly kind: 'OPEN' }>;

/** What came of an OPEN: the record it made or met, if any. */
export interface Opened {
  readonly connection: Connection | undefined;
  readonly microsteps: readonly Microstep[];
}

/** Opens a connection or a listener, and enters it into the table. */
export function openAt(host: Host, call: OpenUserCall, callId: number, now: Instant): Opened {
  const port = localPort(host, call);
  const local: Socket = { address: host.address, port: port ?? 0 };
  const met = port === undefined ? undefined : existing(host, call, port);
  const own = alongPath(host, settingsFor(host, call), call.remote?.address, now);
  const left = endForOpen(host, met, call, own, now);
  const known = left === undefined ? met : undefined;
  const fresh = closedTcb(local, undefined, own);
  const tcb =
    known?.tcb ??
    (left ? editTcb(fresh, { options: editOptions(fresh.options, left.options) }) : fresh);
  const input = {
    call: callId,
    open: call.open,
    remote: call.remote,
    refusal: refusal(host, call, port),
    isn: left ? () => left.isn : offerIsn(host, local, call.remote, now),
    fastOpen: offerFor(host, own, call, now),
    text: call.open === 'active' ? call.text : undefined,
  };
  const id = known?.ref.id ?? host.nextId;
  const ref = { host: host.name, id };
  const opened = runCall(openRules, ref, tcb, input, now);
  const microsteps = left ? joinSteps(left.microsteps, opened) : opened;
  const after = opened.at(-1)?.after as Tcb;
  takeIsn(host, tcb, microsteps);
  if (known !== undefined) return { connection: known, microsteps };
  if (after.state === 'CLOSED') return { connection: undefined, microsteps: without(microsteps) };
  const entry = { id, name: call.name, parent: undefined, createdAt: now };
  const connection = addConnection(host, after, entry);
  if (call.open === 'passive') {
    host.queues.set(id, createQueues(call.backlog ?? host.settings.backlog));
  }
  return { connection, microsteps };
}

/** The call's own settings before the host's. A listener's connections are in UDP as they are asked. */
function settingsFor({ settings }: Host, { open, settings: own }: OpenUserCall): Settings {
  const asked = own === undefined ? settings : { ...settings, ...own };
  if (asked.udpPeer === 0) return asked;
  return inUdp({ ...asked, udpPeer: 0 }, open === 'active' ? asked.udpPeer : 0);
}

const ASKS = { option: { cookie: '' }, room: 0 } as const;

function offerFor(host: Host, settings: Settings, call: OpenUserCall, now: Instant) {
  if (call.open === 'passive' || call.remote === undefined) return undefined;
  const offer = fastOpenOffer(host, settings, call.remote, now);
  return offer !== undefined && call.asks ? ASKS : offer;
}

/** Nothing was created: the steps are about no connection. */
function without(microsteps: readonly Microstep[]): readonly Microstep[] {
  return microsteps.map((step) => ({ ...step, connection: undefined }));
}

/** The record that the OPEN is about, if there is one: its four-tuple's, or the listener of its port. */
function existing(host: Host, call: OpenUserCall, port: number): Connection | undefined {
  if (call.remote !== undefined) {
    const same = findTuple(host, port, call.remote.address, call.remote.port);
    if (same !== undefined) return same;
  }
  if (call.open === 'active' && call.apart === true) return undefined;
  for (const id of host.listeners.get(port) ?? []) {
    const listener = host.connections.get(id);
    if (listener === undefined) continue;
    if (call.open === 'active' || sameSocket(listener.tcb.remote, call.remote)) return listener;
  }
  return undefined;
}

function sameSocket(a: Socket | undefined, b: Socket | undefined): boolean {
  return a?.address === b?.address && a?.port === b?.port;
}

/** What the host refuses whatever the record's state. */
function refusal(host: Host, call: OpenUserCall, port: number | undefined): string | undefined {
  const { address } = call.local;
  if (address !== host.address && !isUnspecified(address)) return TEXT.illegal;
  if (call.open === 'passive' && call.local.port === 0) return TEXT.illegal;
  if (call.remote !== undefined && !isUnicast(call.remote.address)) return TEXT.notUnicast;
  return port === undefined ? TEXT.insufficient : undefined;
}

function isUnspecified(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::';
}

/** A port that no connection and no listener has, for a socket that listens without having been given one. */
export function freePort(host: Host): number {
  const taken = new Set<number>(host.listeners.keys());
  for (const { tcb } of host.connections.values()) taken.add(tcb.local.port);
  const { firstPort, lastPort } = host.settings;
  for (let port = firstPort; port <= lastPort; port++) {
    if (!taken.has(port)) return port;
  }
  return 0;
}

/** The port asked for, or a free ephemeral one; undefined when all are taken for this remote socket. */
function localPort(host: Host, { local, open, remote }: OpenUserCall): number | undefined {
  if (local.port !== 0 || open === 'passive' || remote === undefined) return local.port;
  const { firstPort, lastPort } = host.settings;
  const count = lastPort - firstPort + 1;
  for (let i = 0; i < count; i++) {
    const port = host.nextPort;
    host.nextPort = port >= lastPort ? firstPort : port + 1;
    if (
      findTuple(host, port, remote.address, remote.port) === undefined &&
      !host.listeners.has(port)
    )
      return port;
  }
  return undefined;
}
