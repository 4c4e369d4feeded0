/** The record as a capture: every segment that was put on a link, when it left, with what decided it. */

import type { Delivery } from '../sim/delivery.js';
import type { Step } from '../sim/step.js';
import { ICMP_TEXT } from '../tcp/icmp/messages.js';
import { headingOf } from '../tcp/rules.js';
import { encodeDatagram, fitsDatagram } from './frame.js';
import { encodeIcmp } from './icmp-wire.js';
import { captureHead, captureInterface, capturePacket, type NamedAddress } from './pcapng.js';
import { encodePayload } from './wire.js';

/** A capture that is written while a run is recorded: nothing of what was written is kept. */
export interface Capture {
  /** How the file begins. */
  readonly head: readonly Uint8Array[];
  /** What a step adds: its segments, and an interface for each link that is used for the first time. Steps come in order. */
  readonly add: (step: Step) => readonly Uint8Array[];
  /** How many segments and messages were captured, and how many are too large for any datagram. */
  readonly counts: () => { readonly captured: number; readonly tooLarge: number };
}

/**
 * A capture of hosts and peers with these names. A held segment is on no link before it is released; a lost one was sent,
 * and is there; a damaged one has a wrong checksum.
 */
export function createCapture(names: readonly NamedAddress[]): Capture {
  const book: Book = { names, links: new Map(), held: new Map(), captured: 0, tooLarge: 0 };
  return {
    head: captureHead(names),
    add: (step) => {
      const blocks: Uint8Array[] = [];
      addIcmp(book, step, blocks);
      for (const delivery of step.departures) addDelivery(book, step, delivery, blocks);
      return blocks;
    },
    counts: () => ({ captured: book.captured, tooLarge: book.tooLarge }),
  };
}

/** What is remembered from one step to the next. */
interface Book {
  readonly names: readonly NamedAddress[];
  /** The interface of each link, by the link's name. */
  readonly links: Map<string, number>;
  /** Who sent what is held, by the number of the delivery. */
  readonly held: Map<number, string>;
  captured: number;
  tooLarge: number;
}

function addDelivery(book: Book, step: Step, delivery: Delivery, blocks: Uint8Array[]): void {
  const { source, destination, segment, corrupt, id, from, to, sentAt } = delivery;
  const { protocol, octets } = encodePayload({ source, destination, segment }, corrupt);
  if (!fitsDatagram(octets.length)) {
    book.tooLarge++;
    return;
  }
  const sender = book.held.get(delivery.copyOf ?? -1) ?? senderOf(step, delivery);
  if (delivery.fate === 'hold') {
    book.held.set(id, sender);
    return;
  }
  const link = linkOf(book, from, to, blocks);
  const ends = { ...macs(book, source, destination), identification: id & 0xffff };
  const { ecn } = segment;
  const frame = encodeDatagram({ source, destination, ecn }, protocol, octets, ends);
  blocks.push(capturePacket({ at: sentAt, link, frame, comment: `${sender}${fateOf(delivery)}` }));
  book.captured++;
}

/** A message that reached a host comes from the remote side of the connection it is about. */
function addIcmp(
  book: Book,
  { icmp, host = '', at, microsteps }: Step,
  blocks: Uint8Array[],
): void {
  if (icmp === undefined) return;
  const { source, destination } = icmp;
  const ends = { ...macs(book, destination.address, source.address), identification: 0 };
  const frame = encodeIcmp(icmp, ends);
  if (frame === undefined) return;
  const remote = book.names.find(({ address }) => address === destination.address);
  const link = linkOf(book, remote?.name ?? destination.address, host, blocks);
  const decider = microsteps.at(-1);
  const comment = `${ICMP_TEXT[icmp.error]}: ${decider?.rule.id}, ${decider?.why()}`;
  blocks.push(capturePacket({ at, link, frame, comment }));
  book.captured++;
}

/** The interface of `client--server`, the same in both directions: the end that was declared first stands first. */
function linkOf({ names, links }: Book, from: string, to: string, blocks: Uint8Array[]): number {
  const placeOf = (host: string) => names.findIndex(({ name }) => name === host);
  const name = placeOf(from) <= placeOf(to) ? `${from}--${to}` : `${to}--${from}`;
  const known = links.get(name);
  if (known !== undefined) return known;
  blocks.push(captureInterface(name));
  links.set(name, links.size);
  return links.size - 1;
}

function macs({ names }: Book, source: string, destination: string) {
  const numberOf = (address: string) => names.findIndex((host) => host.address === address) + 1;
  return { from: numberOf(source), to: numberOf(destination) };
}

/** `sent by server in SYN_RCVD: listen/3-syn, Third, check for a SYN`. */
function senderOf(step: Step, delivery: Delivery): string {
  const { from, segment, kind, senderState } = delivery;
  if (kind === 'injected') return `injected in the name of ${from}`;
  const sender = step.microsteps.find(({ effects }) =>
    effects.some((effect) => effect.kind === 'send' && effect.segment === segment),
  );
  const state = senderState === undefined ? '' : ` in ${senderState}`;
  const rule = sender ? `: ${sender.rule.id}, ${headingOf(sender)}` : '';
  return `sent by ${from}${state}${rule}`;
}

/** What the link did to it, when it did not just deliver it. */
function fateOf({ kind, fate, corrupt, copyOf }: Delivery): string {
  const made = kind === 'first' || kind === 'injected' ? '' : `; ${kind}`;
  const of = copyOf === undefined ? '' : ` of segment ${copyOf}`;
  const damaged = corrupt ? '; damaged on the way, so its checksum is wrong' : '';
  const lost = fate === 'deliver' ? '' : '; lost on the way';
  return `${made}${of}${damaged}${lost}`;
}
