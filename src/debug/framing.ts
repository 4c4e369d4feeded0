/** The frames in which messages of the protocol travel over a stream: read with care, as anybody may connect. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { joinOctets } from '../base/octets.js';

type Message = DebugProtocol.ProtocolMessage;

interface Reader {
  /**
   * The messages that are complete with these octets. Throws in words what is no message of the protocol: after that nothing
   * can be read any more.
   */
  readonly feed: (octets: Uint8Array) => readonly Message[];
}

/** Octets of a header, and of a message: more is nobody's debugger. */
const HEADER = 4_096;
const LONGEST = 64 * 1024 * 1024;

const END_OF_HEADER = '\r\n\r\n';

const encoder = new TextEncoder();

/** A message as it travels, octets. */
export function frameOf(message: object): Uint8Array {
  const body = encoder.encode(JSON.stringify(message));
  return joinOctets([encoder.encode(`Content-Length: ${body.length}${END_OF_HEADER}`), body]);
}

export function createReader(): Reader {
  let waiting: Uint8Array[] = [];
  let held = 0;
  /** How many octets the next step needs: a header's end is looked for in all that there is. */
  let length: number | undefined;

  function take(count: number, all: Uint8Array): Uint8Array {
    const rest = all.subarray(count);
    waiting = rest.length > 0 ? [rest] : [];
    held = rest.length;
    return all.subarray(0, count);
  }

  /** The next message, if all of it has come. */
  function next(): Message | undefined {
    if (length === undefined) {
      const all = inOnePiece(waiting);
      waiting = [all];
      const head = text(all.subarray(0, HEADER + END_OF_HEADER.length));
      const end = head.indexOf(END_OF_HEADER);
      if (end < 0 && head.length > HEADER)
        throw new Error(`no header ends within ${HEADER} octets`);
      if (end < 0) return undefined;
      length = lengthIn(head.slice(0, end));
      take(end + END_OF_HEADER.length, all);
    }
    if (held < length) return undefined;
    const body = take(length, inOnePiece(waiting));
    length = undefined;
    return messageIn(new TextDecoder().decode(body));
  }

  return {
    feed: (octets) => {
      if (octets.length > 0) waiting.push(octets);
      held += octets.length;
      const messages: Message[] = [];
      for (let one = next(); one !== undefined; one = next()) messages.push(one);
      return messages;
    },
  };
}

/** Names of headers may be written in any case, and others than the length stand beside it. */
function lengthIn(header: string): number {
  const pattern = /^content-length:[ \t]*(\d+)[ \t]*$/gim;
  const found = [...header.replaceAll('\r\n', '\n').matchAll(pattern)];
  const [length = Number.NaN, ...others] = found.map(([, digits]) => Number(digits));
  if (others.some((other) => other !== length)) {
    throw new Error(`two lengths in one header, ${length} and ${others.join(', ')}`);
  }
  if (found.length === 0) {
    throw new Error(`expected "Content-Length: N" and an empty line, saw "${header.slice(0, 60)}"`);
  }
  if (length > LONGEST) throw new Error(`a message of ${length} octets; ${LONGEST} is the limit`);
  return length;
}

function messageIn(body: string): Message {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    throw new Error(`expected JSON, saw "${body.slice(0, 60)}"`);
  }
  if (isMessage(message)) return message;
  throw new Error(`expected a request with "type", "seq" and "command", saw ${body.slice(0, 60)}`);
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  if (value.type === 'response' || value.type === 'event') return true;
  if (value.type !== 'request' || !('seq' in value) || !('command' in value)) return false;
  return typeof value.seq === 'number' && typeof value.command === 'string';
}

/** What is one piece already is not copied: many messages may have come in it. */
function inOnePiece(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : joinOctets(parts);
}

/** Headers are ASCII. */
function text(octets: Uint8Array): string {
  return String.fromCharCode(...octets);
}
