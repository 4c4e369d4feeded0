/** pcapng, the capture format of Wireshark: a section, an interface a link, host names, a comment a packet. */

import { addressOctets } from '../lang/addresses.js';
import { encodeFrame, type Packet } from './wire.js';

export interface Capture {
  /** One interface each, in this order; by name. */
  readonly interfaces: readonly string[];
  readonly names: readonly { readonly name: string; readonly address: string }[];
  readonly packets: readonly CapturedPacket[];
}

export interface CapturedPacket {
  /** Virtual microseconds since the run began. */
  readonly at: number;
  /** Index into `interfaces`. */
  readonly link: number;
  readonly packet: Packet;
  readonly corrupt: boolean;
  readonly identification: number;
  /** What decided that it was sent, for the reader. */
  readonly comment: string;
}

/** The whole file, in blocks. Timestamps are microseconds from the beginning of the run. */
export function* encodeCapture(capture: Capture): Generator<Uint8Array> {
  yield sectionHeader();
  for (const name of capture.interfaces) yield interfaceDescription(name);
  if (capture.names.length > 0) yield nameResolution(capture.names);
  for (const packet of capture.packets) yield enhancedPacket(packet, capture.names);
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const NAME_RESOLUTION = 4;
const ENHANCED_PACKET = 6;
const ETHERNET = 1;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

function sectionHeader(): Uint8Array {
  const lengthUnknown = [...le32(0xffffffff), ...le32(0xffffffff)];
  const body = [...le32(BYTE_ORDER_MAGIC), ...le16(1), ...le16(0), ...lengthUnknown];
  return block(SECTION_HEADER, [...body, ...option(4, utf8('TCP Flow')), ...END_OF_OPTIONS]);
}

function interfaceDescription(name: string): Uint8Array {
  const microseconds = option(9, [6]);
  return block(INTERFACE_DESCRIPTION, [
    ...le16(ETHERNET),
    ...le16(0),
    ...le32(0),
    ...option(2, utf8(name)),
    ...microseconds,
    ...END_OF_OPTIONS,
  ]);
}

function nameResolution(names: Capture['names']): Uint8Array {
  const records = names.flatMap(({ name, address }) => {
    const octets = [...(addressOctets(address) ?? [])];
    const value = [...octets, ...utf8(name), 0];
    return [...le16(octets.length === 4 ? 1 : 2), ...le16(value.length), ...padded(value)];
  });
  return block(NAME_RESOLUTION, [...records, ...le16(0), ...le16(0)]);
}

function enhancedPacket(captured: CapturedPacket, names: Capture['names']): Uint8Array {
  const { packet, identification } = captured;
  const hostOf = (address: string) => names.findIndex((host) => host.address === address) + 1;
  const ends = { from: hostOf(packet.source), to: hostOf(packet.destination), identification };
  const frame = encodeFrame(packet, ends, captured.corrupt);
  const high = Math.floor(captured.at / 2 ** 32);
  const head = [
    ...le32(captured.link),
    ...le32(high),
    ...le32(captured.at >>> 0),
    ...le32(frame.length),
    ...le32(frame.length),
  ];
  const comment = captured.comment === '' ? [] : option(1, utf8(captured.comment));
  const options = comment.length > 0 ? [...comment, ...END_OF_OPTIONS] : [];
  return block(ENHANCED_PACKET, [...head, ...padded([...frame]), ...options]);
}

const END_OF_OPTIONS: readonly number[] = [0, 0, 0, 0];

/** A block: type, length, body, length again. */
function block(type: number, body: readonly number[]): Uint8Array {
  const length = body.length + 12;
  return Uint8Array.from([...le32(type), ...le32(length), ...body, ...le32(length)]);
}

function option(code: number, value: readonly number[]): readonly number[] {
  return [...le16(code), ...le16(value.length), ...padded(value)];
}

function padded(value: readonly number[]): readonly number[] {
  return [...value, ...Array<number>((4 - (value.length % 4)) % 4).fill(0)];
}

function utf8(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}

function le16(value: number): readonly number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

function le32(value: number): readonly number[] {
  return [...le16(value & 0xffff), ...le16(value >>> 16)];
}
