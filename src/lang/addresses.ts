/** IP addresses: read, brought to one form, and made up. */

import { isIPv6 } from '../tcp/ip-version.js';

/** The address in its shortest lower-case form (RFC 5952), or undefined when it is none a host can have. */
export function readAddress(text: string): string | undefined {
  if (isIPv6(text)) return readIPv6(text);
  const octets = ipv4Octets(text);
  const [first = 0] = octets ?? [];
  // 0.x is "this network", 224 and above are multicast and reserved.
  return octets && first > 0 && first < 224 ? octets.join('.') : undefined;
}

/** The n-th address made up, from 1: 10.0.0.1, or fd00::1. */
export function madeUpAddress(n: number, family: 'IPv4' | 'IPv6'): string {
  if (family === 'IPv6') return `fd00::${n.toString(16)}`;
  return `10.${Math.floor(n / 65_536) % 256}.${Math.floor(n / 256) % 256}.${n % 256}`;
}

function ipv4Octets(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  const fit = parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
  return parts.length === 4 && fit ? parts.map(Number) : undefined;
}

/** Four or sixteen octets, whatever the address means; undefined when the text is none. */
export function addressOctets(text: string): readonly number[] | undefined {
  if (!isIPv6(text)) return ipv4Octets(text);
  return ipv6Groups(text)?.flatMap((group) => [group >> 8, group & 0xff]);
}

function readIPv6(text: string): string | undefined {
  const all = ipv6Groups(text);
  if (!all) return undefined;
  const [first = 0] = all;
  const unspecified = all.every((group) => group === 0);
  return unspecified || first >= 0xff00 ? undefined : shortest(all);
}

/** Eight numbers of 16 bits (RFC 4291 §2.2). */
function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = groups(halves[1] ?? '');
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** The groups of one side of `::`; the last may be an IPv4 address. */
function groups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const numbers: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const octets = i === parts.length - 1 ? ipv4Octets(part) : undefined;
    if (octets) {
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      numbers.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) numbers.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return numbers;
}

/** RFC 5952 §4: no leading zeros, the first longest run of two or more zero groups as `::`. */
function shortest(all: readonly number[]): string {
  let best = { at: 0, length: 1 };
  for (let at = 0; at < all.length; at += 1) {
    let length = 0;
    while (all[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return hex(all);
  return `${hex(all.slice(0, best.at))}::${hex(all.slice(best.at + best.length))}`;
}
