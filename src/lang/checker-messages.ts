/** What the checker says about names and values. What the parser says is in `messages.ts`. */

import type { Message } from './diagnostics.js';
import { error, quoted, unknown, warning } from './messages.js';
import { listed } from './suggest.js';

// Values --------------------------------------------------------------------------------------------

export function unanswered(): Message {
  return warning('unanswered', 'This blank is not answered yet.', 'Put your answer in its place.');
}

export function wrongType(wanted: string, found: string): Message {
  return error('wrong-type', `Expected ${wanted}; this is ${found}.`);
}

export function badCookie(): Message {
  return error(
    'bad-cookie',
    'A cookie is at most 38 octets, two hexadecimal digits in lower case each.',
    'Write `fo="0102030405060708"`, or `fo` alone.',
  );
}

export function timeWithoutUnit(): Message {
  return error('time-without-unit', 'A time needs its unit.', 'Write `200ms`, `3s` or `2msl`.');
}

export function cannotCompare(left: string, right: string): Message {
  return error('wrong-type', `${upperFirst(left)} and ${right} cannot be compared.`);
}

export function noOrder(type: string, operator: string): Message {
  return error(
    'wrong-type',
    `\`${operator}\` does not go with ${type}.`,
    'There are `==` and `!=`.',
  );
}

export function noArithmetic(operator: string, type: string): Message {
  return error('wrong-type', `\`${operator}\` does not go with ${type}.`);
}

export function cannotAdd(operator: string): Message {
  return error(
    'wrong-type',
    `\`${operator}\` does not go with a time and a number.`,
    'Give the number a unit: `5ms`.',
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function injectWithoutField(field: string, why: string): Message {
  return error('missing-field', `A segment to inject needs \`${field}=NUMBER\`${why}.`);
}

export function ackWithoutBit(): Message {
  return error(
    'ack-without-bit',
    '`ack=` means nothing without the control bit ACK.',
    'Add ACK to the control bits, or leave `ack=` out.',
  );
}

export function lengthDiffers(len: number, octets: number): Message {
  return error(
    'length-differs',
    `\`len=${len}\`, but the text has ${octets} octets.`,
    'Leave `len` out.',
  );
}

export function blankHere(): Message {
  return error(
    'blank-here',
    'A blank `?` can only be something expected.',
    'Put a value in its place.',
  );
}

export function injectWithoutFlags(): Message {
  return error(
    'missing-flags',
    'A segment to inject needs its control bits.',
    'Write them after the receiver: `SYN,ACK`, or `none`.',
  );
}

// Names ---------------------------------------------------------------------------------------------

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
    'A segment can be without `mss`, `wscale`, `sackok`, `ts`, `uto`, `fo` and `foexp`.',
  );
}

export function noTimer(path: string, suggestion: string | undefined): Message {
  const message = path === '' ? 'Which timer?' : `\`${path}\` is no timer of a connection.`;
  return unknown(
    'no-timer',
    message,
    suggestion,
    'There are `timers.retransmission`, `timers.timeWait` and others.',
  );
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

export function nameTaken(name: string, what: string, line: number): Message {
  return error(
    'name-taken',
    `\`${name}\` already names ${what} (line ${line}).`,
    'Choose another name.',
  );
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

// Given connections -----------------------------------------------------------------------------------

export function selfGiven(name: string): Message {
  return error(
    'self-given',
    `${name} cannot be both ends of a connection that is given.`,
    `Let it connect to itself: ${name}: connect ${name}:5000 from 5000`,
  );
}

export function peerActs(peer: string): Message {
  return error(
    'peer-acts',
    `${peer} is a peer: it has no TCP and makes no calls.`,
    `Inject what it sends: \`inject ${peer} -> ...\`.`,
  );
}

export function peerHasNoState(peer: string): Message {
  return error(
    'peer-state',
    `${peer} is a peer: it has no TCP and so no connections.`,
    `Write \`host ${peer}\` to give it one.`,
  );
}

// Ranges ----------------------------------------------------------------------------------------------

export function outOfRange(what: string, value: string, min: string, max: string): Message {
  return error('out-of-range', `${what} is ${value}; it can be ${min} to ${max}.`);
}

export function repeatNotKnown(): Message {
  return error(
    'repeat-not-known',
    'How often to repeat has to be known before the run.',
    'Write a number, or a `let` of numbers.',
  );
}

export function repeatTooOften(times: number, limit: number): Message {
  return error(
    'repeat-too-often',
    `This runs ${times} times, with the blocks around it; at most ${limit} are allowed.`,
  );
}

export function negativeTime(): Message {
  return error('negative-time', 'A time cannot be negative.');
}

export function givenListen(host: string): Message {
  return error(
    'given-listen',
    'A listener is not a connection.',
    `Write \`${host}: listen PORT\`.`,
  );
}

export function givenClosed(): Message {
  return error('given-closed', 'In CLOSED there is no connection to give.', 'Leave the line out.');
}

export function unknownGiven(name: string, suggestion: string | undefined, known: string): Message {
  return unknown(
    'unknown-given',
    `\`${name}\` cannot be given.`,
    suggestion,
    `There are ${known}.`,
  );
}

// Scenarios -------------------------------------------------------------------------------------------

export function unknownScenario(
  name: string,
  known: readonly string[],
  suggestion: string | undefined,
): Message {
  const there =
    known.length === 0 ? 'This file has none.' : `There are ${listed(known.map((k) => `"${k}"`))}.`;
  return unknown('unknown-scenario', `There is no scenario "${name}".`, suggestion, there);
}

export function notOneStatement(): Message {
  return error('not-one-statement', 'One statement at a time can be run here, without blocks.');
}
