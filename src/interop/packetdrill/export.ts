/** A recorded run as packetdrill scripts: one for each conversation of each host with a TCP. */

import type { Step } from '../../sim/step.js';
import {
  arrivalsOf,
  createSide,
  departuresOf,
  type ExportedHost,
  isCrash,
  keyOf,
  type Side,
  survey,
  tupleOf,
} from './export-conversations.js';
import { beginScript, type Script, textOf } from './export-draft.js';
import { addStep } from './export-script.js';

/** One script: a host's side of one conversation. */
export interface ExportedScript {
  readonly host: string;
  /** Counted from 1 in the order in which the host's conversations began. */
  readonly conversation: number;
  readonly text: string;
}

/**
 * A script for each conversation of each host with a TCP, which packetdrill can run against a real kernel. `steps` are gone through
 * twice and not kept. `title`: what the first line says. Listeners without a conversation have none, nor have connections that are
 * there from the start: no call makes them.
 */
export function exportPackets(
  steps: () => Iterable<Step>,
  hosts: readonly ExportedHost[],
  title: string,
): readonly ExportedScript[] {
  const sides = hosts.filter(({ role }) => role === 'host').map(createSide);
  for (const step of steps()) for (const side of sides) survey(side, step);
  const written = () => writeScripts(steps, sides, title);
  const first = written();
  const stuck = first.flatMap(({ scripts }) => scripts.filter(waitsForEver));
  for (const { conversation } of stuck) conversation.openedAt = undefined;
  const last = stuck.length === 0 ? first : written();
  return last.flatMap(({ side, scripts }) =>
    scripts
      .filter(({ at }) => at !== undefined)
      .map((script, i) => ({
        host: side.host.name,
        conversation: i + 1,
        text: textOf(script),
      })),
  );
}

function writeScripts(
  steps: () => Iterable<Step>,
  sides: readonly Side[],
  title: string,
): readonly Scripts[] {
  const writing = sides.map((side) => beginScripts(side, title));
  for (const step of steps()) for (const scripts of writing) write(scripts, step);
  return writing;
}

/** The script ended before the connection was open for which a call waits. */
function waitsForEver({ ended, blocked, isOpen }: Script): boolean {
  return ended && blocked && !isOpen;
}

/** The scripts of a host while they are written, and how those are found that a step is about. */
interface Scripts {
  readonly side: Side;
  readonly scripts: readonly Script[];
  /** Those between the same sockets. */
  readonly byKey: ReadonlyMap<string, readonly Script[]>;
  readonly byId: ReadonlyMap<number, readonly Script[]>;
  readonly byPort: ReadonlyMap<number, readonly Script[]>;
}

function beginScripts(side: Side, title: string): Scripts {
  const scripts = [...side.conversations.values()]
    .flat()
    .sort((a, b) => a.begins - b.begins)
    .filter(({ id }) => !side.given.has(id ?? -1))
    .map((conversation) => beginScript(conversation, title, side.fast));
  const byKey = new Map<string, Script[]>();
  const byId = new Map<number, Script[]>();
  const byPort = new Map<number, Script[]>();
  for (const script of scripts) {
    const { id, tuple } = script.conversation;
    put(byKey, keyOf(tuple), script);
    if (id !== undefined) put(byId, id, script);
    put(byPort, tuple.local, script);
  }
  return { side, scripts, byKey, byId, byPort };
}

function put<Key>(map: Map<Key, Script[]>, key: Key, script: Script): void {
  const known = map.get(key);
  if (known) known.push(script);
  else map.set(key, [script]);
}

/** Adds what a step did to the scripts that it is about. */
function write({ side: { host }, scripts, byKey, byId, byPort }: Scripts, step: Step): void {
  if (isCrash(step, host)) {
    for (const script of scripts) addStep(script, step);
    return;
  }
  const about = new Set<Script>();
  for (const delivery of [...arrivalsOf(step, host), ...departuresOf(step, host)]) {
    const tuple = tupleOf(host, delivery);
    for (const script of (tuple && byKey.get(keyOf(tuple))) ?? []) {
      const { begins, ends } = script.conversation;
      if (begins <= step.index && step.index < ends) about.add(script);
    }
  }
  const ids = new Set<number>();
  for (const { connection } of step.microsteps) {
    if (connection?.host === host.name) ids.add(connection.id);
  }
  const call = step.host === host.name ? step.call?.call : undefined;
  if (step.host === host.name && step.connection) ids.add(step.connection.id);
  if (call && 'connection' in call && call.connection !== undefined) ids.add(call.connection);
  for (const id of ids) for (const script of byId.get(id) ?? []) about.add(script);
  const port = call?.kind === 'OPEN' ? call.local.port : listenersPort(step);
  if (call && port !== undefined) for (const script of byPort.get(port) ?? []) about.add(script);
  for (const script of about) addStep(script, step);
}

/** The port of the listener that a step is about. */
function listenersPort({ microsteps }: Step): number | undefined {
  const before = microsteps[0]?.before;
  return before?.state === 'LISTEN' ? before.local.port : undefined;
}
