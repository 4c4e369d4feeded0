/** pcapng, the capture format of Wireshark: a section, host names, an interface a link, and packets with a comment each. */

import { addressOctets } from '../lang/addresses.js';

/** What a name resolution block tells of one address. */
export interface NamedAddress {
  readonly name: string;
  readonly address: string;
}

/** One packet: an Ethernet frame as it left. */
export interface CapturedFrame {
  /** Virtual microseconds since the run began. */
  readonly at: number;
  /** The number of its interface: they count from 0 in the order of their blocks. */
  readonly link: number;
  readonly frame: Uint8Array;
  /** What decided that it was sent, for the reader. */
  readonly comment: string;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const NAME_RESOLUTION = 4;
const ENHANCED_PACKET = 6;
const ETHERNET = 1;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** How a file begins: its section, of unknown length, and who has which address. */
export function captureHead(names: readonly NamedAddress[]): readonly Uint8Array[] {
  return names.length === 0 ? [sectionHeader()] : [sectionHeader(), nameResolution(names)];
}

function sectionHeader(): Uint8Array {
  const lengthUnknown = [...le32(0xffffffff), ...le32(0xffffffff)];
  const body = [...le32(BYTE_ORDER_MAGIC), ...le16(1), ...le16(0), ...lengthUnknown];
  return block(SECTION_HEADER, [body, option(4, utf8('TCP Flow')), END_OF_OPTIONS]);
}

function nameResolution(names: readonly NamedAddress[]): Uint8Array {
  const records = names.flatMap(({ name, address }) => {
    const octets = addressOctets(address) ?? [];
    const value = [...octets, ...utf8(name), 0];
    return [[...le16(octets.length === 4 ? 1 : 2), ...le16(value.length)], padded(value)];
  });
  return block(NAME_RESOLUTION, [...records, [...le16(0), ...le16(0)]]);
}

/** A link as an interface, with timestamps in microseconds. Comes before its first packet. */
export function captureInterface(name: string): Uint8Array {
  const head = [...le16(ETHERNET), ...le16(0), ...le32(0)];
  const microseconds = option(9, [6]);
  return block(INTERFACE_DESCRIPTION, [head, option(2, utf8(name)), microseconds, END_OF_OPTIONS]);
}

/** A packet with its comment. */
export function capturePacket({ at, link, frame, comment }: CapturedFrame): Uint8Array {
  const length = le32(frame.length);
  const high = Math.floor(at / 2 ** 32);
  const head = [...le32(link), ...le32(high), ...le32(at >>> 0), ...length, ...length];
  const padding = new Uint8Array(-frame.length & 3);
  return block(ENHANCED_PACKET, [head, frame, padding, option(1, utf8(comment)), END_OF_OPTIONS]);
}

type Octets = Uint8Array | readonly number[];

const END_OF_OPTIONS: Octets = [0, 0, 0, 0];

/** A block: type, length, body, length again. The parts of the body are multiples of four octets together. */
function block(type: number, body: readonly Octets[]): Uint8Array {
  const length = body.reduce((sum, part) => sum + part.length, 12);
  const octets = new Uint8Array(length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  let at = 8;
  for (const part of body) {
    octets.set(part, at);
    at += part.length;
  }
  view.setUint32(at, length, true);
  return octets;
}

function option(code: number, value: readonly number[]): Octets {
  return [...le16(code), ...le16(value.length), ...padded(value)];
}

function padded(value: readonly number[]): readonly number[] {
  return [...value, ...Array<number>(-value.length & 3).fill(0)];
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
