/** Quoted texts: the escapes, the octets that go on the wire, and the quotes. */

import { visible } from '../base/visible.js';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
  '"': '"',
  '\\': '\\',
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|([\s\S]))/g;
/** One escape, or what stands before the next. */
const WRITTEN = /\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|[\s\S])|[^\\]+/y;
/** One that means something: code points end at U+10FFFF. */
const BACKSLASH =
  /\\(?:x[0-9a-fA-F]{2}|u\{(?:[0-9a-fA-F]{1,5}|0[0-9a-fA-F]{5}|10[0-9a-fA-F]{4})\}|[nrt0"\\])/y;

/** Whether what begins with a quote ends with one. */
export function isClosed(written: string): boolean {
  return /^"(?:[^"\\]|\\.)*"$/.test(written);
}

/** The text between the quotes, as it was written. A missing closing quote is allowed. */
function inner(written: string): string {
  const closed = written.length > 1 && endsQuoted(written);
  return written.slice(1, closed ? -1 : undefined);
}

function endsQuoted(written: string): boolean {
  if (!written.endsWith('"')) return false;
  let backslashes = 0;
  while (written[written.length - 2 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 0;
}

/** The text meant by `"GET\r\n"`. An octet written `\xHH` is the character U+00HH. */
export function textValue(written: string): string {
  return inner(written).replace(ESCAPE, (whole, octet, point, letter) => {
    if (octet !== undefined) return String.fromCharCode(Number.parseInt(octet, 16));
    if (point !== undefined) return character(Number.parseInt(point, 16)) ?? whole;
    return ESCAPES[letter] ?? whole;
  });
}

/** Of each character of the text meant, and of its end, where it stands in the text as it was written. */
export function writtenColumns(written: string): readonly number[] {
  const columns: number[] = [];
  const end = 1 + inner(written).length;
  for (let at = 1; at < end; ) {
    WRITTEN.lastIndex = at;
    const [whole = written.charAt(at)] = WRITTEN.exec(written) ?? [];
    const { length } = textValue(`"${whole}"`);
    for (let i = 0; i < length; i++) columns.push(whole.length === length ? at + i : at);
    at += whole.length;
  }
  return [...columns, end];
}

/** The octets meant by `"GET\r\n"`: UTF-8, and `\xHH` one octet. */
export function textOctets(written: string): Uint8Array {
  const octets: number[] = [];
  const encoder = new TextEncoder();
  let rest = inner(written);
  while (rest !== '') {
    const at = rest.indexOf('\\');
    const plain = at < 0 ? rest : rest.slice(0, at);
    for (const octet of encoder.encode(plain)) octets.push(octet);
    rest = rest.slice(plain.length);
    if (rest === '') break;
    const [whole = rest, octet] =
      /^\\(?:x([0-9a-fA-F]{2})|u\{[0-9a-fA-F]{1,6}\}|[\s\S]?)/.exec(rest) ?? [];
    if (octet !== undefined) octets.push(Number.parseInt(octet, 16));
    else for (const value of encoder.encode(textValue(`"${whole}`))) octets.push(value);
    rest = rest.slice(whole.length);
  }
  return Uint8Array.from(octets);
}

function character(point: number): string | undefined {
  return point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}

/** The escapes of a written text that mean nothing, by their offset in it. */
export function unknownEscapes(written: string): readonly { offset: number; text: string }[] {
  const found: { offset: number; text: string }[] = [];
  let at = written.indexOf('\\');
  while (at >= 0 && found.length < 10) {
    BACKSLASH.lastIndex = at;
    const known = BACKSLASH.exec(written);
    if (!known) found.push({ offset: at, text: escapeAt(written, at) });
    at = written.indexOf('\\', at + (known?.[0].length ?? 2));
  }
  return found;
}

/** As much of an escape as was meant: `\\u{110000}`, `\\q`. */
function escapeAt(written: string, at: number): string {
  return /^\\u\{[^}]{0,8}\}/.exec(written.slice(at, at + 12))?.[0] ?? written.slice(at, at + 2);
}

/** Octets as a text in quotes: what can be read as it is, the rest as `\xHH`. */
export function quoteOctets(octets: Uint8Array): string {
  const shown = Array.from(octets, (octet) =>
    octet < 0x20 || octet > 0x7e || octet === 0x22 || octet === 0x5c
      ? `\\x${octet.toString(16).padStart(2, '0')}`
      : String.fromCharCode(octet),
  );
  return `"${shown.join('')}"`;
}

/** A text in quotes, such that reading it gives the text again. */
export function quote(value: string): string {
  const escaped = value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
  return `"${visible(escaped.replace(/\t/g, '\\t').replace(/\0/g, '\\0'))}"`;
}
