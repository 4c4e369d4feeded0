/** The octets of a segment, from its Ethernet header to its text: `readMemory` shows them, `writeMemory` alters them. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { countWhile } from '../base/bisect.js';
import { decodeSegment, encodeFrame } from '../interop/wire.js';
import type { RunEdit } from '../run/edit.js';
import { alteration } from '../run/in-flight.js';
import type { Run } from '../run/run.js';
import { arrived } from '../run/targets.js';
import type { Delivery } from '../sim/delivery.js';
import { alterInFlight, findDelivery } from '../sim/edits.js';
import type { World } from '../sim/world.js';
import { isIPv6 } from '../tcp/ip-version.js';
import { UDP_HEADER } from '../tcp/udp-encapsulation.js';
import { type Answer, type Debugger, type Session, stoppedSession } from './debugger.js';
import { edit, editedWorld, tellEdit } from './edits.js';
import * as errors from './errors.js';
import * as words from './words.js';

/** Octets of an Ethernet header, and of the IP headers that we write. */
const ETHERNET = 14;
const IPV4 = 20;
const IPV6 = 40;

/** Where the checksum stands in a TCP header (RFC 9293 §3.1). */
const CHECKSUM = { start: 16, end: 18 };

/** The memory reference of a delivery: its number. */
export function memoryName(delivery: number): string {
  return `#${delivery}`;
}

export function readMemory(
  debugging: Debugger,
  args: Partial<DebugProtocol.ReadMemoryArguments>,
): Answer {
  const session = stoppedSession(debugging, 'readMemory');
  const world = editedWorld(session);
  const id = idOf(args.memoryReference);
  const delivery = findDelivery(world, id) ?? recorded(session, id);
  if (delivery === undefined) throw errors.unknownMemory(args.memoryReference);
  const octets = frameOf(world, delivery);
  const { offset = 0, count = 0 } = args;
  const from = Math.max(0, offset);
  const data =
    offset < 0 ? octets.subarray(0, 0) : octets.subarray(from, from + Math.max(0, count));
  const missing = Math.max(0, count - data.length);
  const body = {
    address: `0x${from.toString(16)}`,
    ...(data.length === 0 ? {} : { data: base64(data) }),
    ...(missing === 0 ? {} : { unreadableBytes: missing }),
  };
  return { body };
}

export function writeMemory(
  debugging: Debugger,
  args: Partial<DebugProtocol.WriteMemoryArguments>,
): Answer {
  const session = stoppedSession(debugging, 'writeMemory');
  const { memoryReference, offset = 0, data = '', allowPartial } = args;
  const world = editedWorld(session);
  const id = idOf(memoryReference);
  const delivery = findDelivery(world, id);
  if (delivery === undefined) {
    if (recorded(session, id) === undefined) throw errors.unknownMemory(memoryReference);
    throw errors.cannotEdit(arrived(id));
  }
  const frame = frameOf(world, delivery);
  const wanted = octetsOf(data);
  const fitting = wanted.subarray(0, Math.max(0, frame.length - offset));
  if (fitting.length < wanted.length && allowPartial !== true) {
    throw errors.cannotEdit(words.frameEnds(frame.length));
  }
  if (offset < headersOf(delivery)) throw errors.cannotEdit(words.onlyTcp(headersOf(delivery)));
  if (fitting.length === 0) return { body: { offset, bytesWritten: 0 } };
  frame.set(fitting, offset);
  const made = octetsEdit(delivery, frame, offset, fitting.length);
  edit(debugging, session, made);
  const after = () => {
    tellEdit(debugging, session, made.text);
    const whole = { memoryReference: memoryName(id), offset: 0, count: frame.length };
    if (debugging.client.memory) debugging.send('memory', whole);
  };
  return { body: { offset, bytesWritten: fitting.length }, after };
}

/** The segment that these octets are. Unless the checksum itself was written, it is made right again. */
function octetsEdit(delivery: Delivery, frame: Uint8Array, offset: number, count: number): RunEdit {
  const { id, source, destination } = delivery;
  const start = headersOf(delivery);
  const decoded = decodeSegment(frame.subarray(start), source, destination);
  if (decoded.kind === 'malformed') throw errors.cannotEdit(words.noSegment(decoded.reason));
  const checksumWritten = offset < start + CHECKSUM.end && offset + count > start + CHECKSUM.start;
  const corrupt = checksumWritten && !decoded.checksumRight;
  const segment = { ...decoded.segment, ecn: delivery.segment.ecn, udp: delivery.segment.udp };
  return {
    text: `#${id}: octets ${offset} to ${offset + count - 1}`,
    statement: ({ world }) => alteration(world, id, segment, corrupt),
    apply: ({ world }) => alterInFlight(world, id, segment, corrupt),
  };
}

function idOf(reference: unknown): number {
  return Number(/^#(\d+)$/.exec(String(reference))?.[1] ?? Number.NaN);
}

/** Steps in which a segment is looked for one by one. */
const SPAN = 1_000;

/** A segment that arrived, or left and was lost, at or before the cursor. */
function recorded({ launched: { run }, cursor }: Session, id: number): Delivery | undefined {
  const begun = cursor.microstep < 0 ? cursor.step - 1 : cursor.step;
  const last = Math.min(begun, run.timeline.length() - 1);
  if (!Number.isInteger(id) || last < 0) return undefined;
  const late = seen(run, id, Math.max(0, last - SPAN), last);
  if (late !== undefined) return late;
  // Deliveries are numbered as they leave: the step before which the number was given out is found by halves.
  const departed = countWhile(last, (i) => run.timeline.stateBefore(i + 1).world.lastDelivery < id);
  return seen(run, id, departed, Math.min(departed + SPAN, last));
}

/** The delivery as it is seen last in steps `[from, to]`: it may have been altered on its way. */
function seen({ timeline }: Run, id: number, from: number, to: number): Delivery | undefined {
  for (let i = to; i >= from; i--) {
    const { cause, departures } = timeline.step(i);
    if (cause.kind === 'arrival' && cause.delivery.id === id) return cause.delivery;
    const sent = departures.find((one) => one.id === id);
    if (sent !== undefined) return sent;
  }
  return undefined;
}

/** The frame as a capture of the run has it. */
function frameOf({ names }: World, delivery: Delivery): Uint8Array {
  const { id, from, to, source, destination, segment, corrupt } = delivery;
  const numberOf = (name: string) => Math.max(0, names.indexOf(name)) + 1;
  const ends = { from: numberOf(from), to: numberOf(to) };
  const packet = { source, destination, segment };
  return encodeFrame(packet, { ...ends, identification: id & 0xffff }, corrupt);
}

/** Octets before the TCP header. */
function headersOf({ source, segment }: Delivery): number {
  const between = segment.udp === undefined ? 0 : UDP_HEADER;
  return ETHERNET + (isIPv6(source) ? IPV6 : IPV4) + between;
}

function base64(octets: Uint8Array): string {
  return btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''));
}

function octetsOf(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw errors.cannotEdit(words.noBase64);
  }
}
