/** RFC 7413 §4.1 Fast Open Cookie: the option, the server's cookies, and what a connection remembers of a fast open. */

import { isIPv6 } from './ip-version.js';
import { md5Hex } from './isn/md5.js';
import { type SipKey, sipHash, sipHex, sipKey } from './isn/siphash.js';
import { add, before } from './seq.js';
import type { Settings } from './settings.js';
import type { Tcb } from './tcb.js';

/** The Fast Open option of a SYN or SYN,ACK. */
export interface FastOpenOption {
  /** Lower-case hexadecimal digits, two an octet; empty: a cookie is asked for. */
  readonly cookie: string;
  /** Kind 254 with the magic number F989, which came before kind 34. */
  readonly experimental?: true;
}

/** What a connection that tried Fast Open remembers of it; all others have none. */
export interface FastOpenState {
  /** Whose side: the SYN was ours (client), or its text was taken before the handshake ended (server). */
  readonly role: 'client' | 'server';
  /** The option of our SYN; undefined when it had none, and of a server. */
  readonly option: FastOpenOption | undefined;
  /** Octets of text on the SYN. */
  readonly text: number;
  /** The FastOpened flag (§4.2): the text of the SYN was taken, or that of the SYN,ACK that answers it (deviation syn-text). */
  readonly opened: boolean;
}

/** Whether a segment from this number on repeats text that the SYN has carried in vain. */
export function repeatsSynText({ fastOpen, iss, snd }: Tcb): boolean {
  if (fastOpen?.role !== 'client' || fastOpen.text === 0 || fastOpen.opened) return false;
  return before(snd.nxt, add(iss, 1 + fastOpen.text));
}

/** SYN_RCVD of a listener's child whose user may send and receive before the handshake has ended. */
export function isOpenEarly({ state, fastOpen }: Tcb): boolean {
  return state === 'SYN_RCVD' && fastOpen?.role === 'server';
}

/** Octets of the option on the wire, its kind, its length and the magic number of the experimental one among them. */
export function fastOpenLength({ cookie, experimental }: FastOpenOption): number {
  return cookie.length / 2 + (experimental ? 4 : 2);
}

/** §4.1.1: "0, or 4 to 16 bytes", and "the number MUST be even". */
export function isLegalCookie({ cookie }: FastOpenOption): boolean {
  const octets = cookie.length / 2;
  return octets >= 4 && octets <= 16 && octets % 2 === 0;
}

/** Whether the host may be the client, or the server, of a fast open. */
export function plays(choice: Settings['fastOpen'], role: 'client' | 'server'): boolean {
  return choice === 'both' || choice === role;
}

/**
 * GetCookie of §4.1.2: eight octets, SipHash-2-4 of the client's and the server's address under the first key. It is what
 * Linux makes of the same key.
 */
export function makeFastOpenCookie(settings: Settings, client: string, server: string): string {
  return cookieOf(keysOf(settings)[0] as SipKey, client, server);
}

/** IsCookieValid of §4.1.2: the number of the key that the cookie was made with, 0 being the current one; undefined: none. */
export function keyOfCookie(
  settings: Settings,
  client: string,
  server: string,
  cookie: string,
): number | undefined {
  const found = keysOf(settings).findIndex((key) => cookieOf(key, client, server) === cookie);
  return found < 0 ? undefined : found;
}

function cookieOf(key: SipKey, client: string, server: string): string {
  const octets = [...octetsOf(client), ...octetsOf(server)];
  const digits = sipHex(sipHash(key, String.fromCharCode(...octets)));
  // The hash is a number; the cookie has its octets, the least significant first.
  return (digits.match(/../g) ?? []).reverse().join('');
}

function keysOf({ fastOpenKey, secret }: Settings): readonly SipKey[] {
  if (fastOpenKey === '') return [fromHex(md5Hex([`fast open ${secret}`]))];
  return fastOpenKey.split(',').slice(0, 2).map(keyFrom);
}

function keyFrom(text: string): SipKey {
  const digits = text.trim().replaceAll('-', '');
  return fromHex(/^[0-9a-fA-F]{32}$/.test(digits) ? digits : md5Hex([text]));
}

function fromHex(digits: string): SipKey {
  const octets = (digits.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16));
  return sipKey(Uint8Array.from(octets));
}

/** The octets of an address in the notation of `Socket`. */
function octetsOf(address: string): readonly number[] {
  if (!isIPv6(address)) return address.split('.').map(Number);
  const [head = '', tail] = address.split('::');
  const words = (part: string) => part.split(':').filter((word) => word !== '');
  const [left, right] = [words(head), words(tail ?? '')];
  const zeros = new Array<string>(tail === undefined ? 0 : 8 - left.length - right.length).fill(
    '0',
  );
  return [...left, ...zeros, ...right].flatMap((word) => {
    const value = Number.parseInt(word, 16);
    return [value >>> 8, value & 0xff];
  });
}
