/** What the checker says about names: of hosts, connections, segments, variables and others. */

import type { Message } from './diagnostics.js';
import { error, quoted, unknown, warning } from './message-forms.js';
import { listed } from './suggest.js';

/** `This script has client and server.` */
function hostsThere(hosts: readonly string[]): string {
  if (hosts.length === 0) return 'This script declares no host.';
  if (hosts.length > 8) return `This script has ${hosts.length} hosts.`;
  return `This script has ${listed(hosts)}.`;
}

export function unknownHost(
  name: string,
  hosts: readonly string[],
  suggestion: string | undefined,
): Message {
  const message = `No host is called \`${name}\`. ${hostsThere(hosts)}`;
  return unknown('unknown-host', message, suggestion, `Declare it: \`host ${name}\`.`);
}

export function unknownConnection(
  host: string,
  name: string,
  known: readonly string[],
  suggestion: string | undefined,
): Message {
  const there = known.length === 0 ? 'None has a name yet' : `There are ${quoted(known)}`;
  const message = `${host} has no connection called \`${name}\`. ${there}.`;
  return unknown(
    'unknown-connection',
    message,
    suggestion,
    `A call names one: \`${host}: connect ... as ${name}\`.`,
  );
}

export function unknownSegment(name: string, suggestion: string | undefined): Message {
  return unknown(
    'unknown-segment',
    `No segment is called \`${name}\`.`,
    suggestion,
    `Name one: \`expect A -> B SYN as ${name}\`.`,
  );
}

export function unknownHeld(
  name: string,
  held: readonly string[],
  suggestion: string | undefined,
): Message {
  const there =
    held.length === 0 ? 'Nothing is held before this line' : `There are ${quoted(held)}`;
  return unknown(
    'unknown-held',
    `Nothing is held as \`${name}\`. ${there}.`,
    suggestion,
    `Hold it first: \`hold A -> B SYN as ${name}\`.`,
  );
}

export function unknownName(name: string, suggestion: string | undefined): Message {
  return unknown(
    'unknown-name',
    `\`${name}\` is not known here: no host, segment, value or variable of TCP.`,
    suggestion,
  );
}

export function unknownProperty(of: string, name: string, suggestion: string | undefined): Message {
  return unknown('unknown-property', `${of} has no \`${name}\`.`, suggestion);
}

export function notSettable(name: string, suggestion: string | undefined): Message {
  const message = name === '' ? 'Which variable is to be set?' : `\`${name}\` cannot be set.`;
  return unknown(
    'not-settable',
    message,
    suggestion,
    'Variables such as `SND.WND` and timers such as `timers.retransmission` can.',
  );
}

export function mtuOfWhat(): Message {
  return error('mtu-of-what', 'Only `too-big` says an MTU.', 'Leave it out.');
}

export function notQuoted(): Message {
  return error(
    'not-quoted',
    'Of the segment that it is about an ICMP message says no more than its ports and its sequence number.',
    'Write `from`, `to` and `seq=` only.',
  );
}

export function noOption(name: string, suggestion: string | undefined): Message {
  return unknown(
    'no-option',
    `\`${name}\` is no option of a segment.`,
    suggestion,
    'A segment can be without `mss`, `wscale`, `sackok`, `ts`, `uto`, `fo`, `foexp`, `accecn0` and `accecn1`.',
  );
}

export function noTimer(
  path: string,
  suggestion: string | undefined,
  known: readonly string[],
): Message {
  const message = path === '' ? 'Which timer?' : `\`${path}\` is no timer of a connection.`;
  return unknown('no-timer', message, suggestion, `There are ${quoted(known)}.`);
}

export function namedLater(name: string, line: number): Message {
  return error(
    'named-later',
    `\`${name}\` is named only in line ${line}.`,
    'A name can be used after the line that gives it.',
  );
}

export function ofWhich(path: string, hosts: readonly string[]): Message {
  const host = hosts[0] ?? 'HOST';
  return error('of-which', `\`${path}\` of which host?`, `Write \`${host}.${path}\`.`);
}

export function notAValue(name: string, what: string, example: string): Message {
  return error(
    'not-a-value',
    `\`${name}\` is ${what}, not a value.`,
    `Write what of it: \`${example}\`.`,
  );
}

export function nameIsHost(name: string): Message {
  return error('name-taken', `\`${name}\` already names a host.`, 'Choose another name.');
}

export function nameTaken(name: string, what: string, line: number | undefined): Message {
  const where = line === undefined ? '' : ` (line ${line})`;
  return error('name-taken', `\`${name}\` already names ${what}${where}.`, 'Choose another name.');
}

export function reservedName(name: string): Message {
  return error(
    'reserved-name',
    `\`${name}\` is a word of the language and cannot be a name.`,
    'Choose another name.',
  );
}

export function scenarioTaken(name: string, line: number): Message {
  return error(
    'scenario-taken',
    `There is a scenario "${name}" already (line ${line}).`,
    'Choose another name.',
  );
}

export function statementOutside(): Message {
  return error(
    'statement-outside',
    'A file with scenarios has its steps inside them; this one belongs to none.',
    'Move it into a scenario.',
  );
}

export function unusedHold(name: string): Message {
  return warning(
    'unused-hold',
    `\`${name}\` is never released: what is held is never delivered.`,
    `Write \`release ${name}\`, or \`drop\` in place of \`hold\`.`,
  );
}
