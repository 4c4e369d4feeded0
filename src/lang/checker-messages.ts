/** What the checker says about values, ranges and given connections; of names it speaks in `name-messages.ts`. */

import type { Message } from './diagnostics.js';
import { error, unknown, warning } from './message-forms.js';
import { listed } from './suggest.js';

// Values --------------------------------------------------------------------------------------------

export function unanswered(): Message {
  return warning('unanswered', 'This blank is not answered yet.', 'Put your answer in its place.');
}

export function wrongType(wanted: string, found: string, right?: string): Message {
  const help = right === undefined ? undefined : `Write \`${right}\`.`;
  return error('wrong-type', `Expected ${wanted}; this is ${found}.`, help);
}

export function badCookie(): Message {
  return error(
    'bad-cookie',
    'A cookie is at most 38 octets, two hexadecimal digits in lower case each.',
    'Write `fo="0102030405060708"`, or `fo` alone.',
  );
}

export function badCounters(most: number): Message {
  return error(
    'bad-counters',
    `An AccECN Option has at most three counters of 0 to ${most}.`,
    'Write `accecn1=1:0:1`: ECT(1), CE and ECT(0), or the first of them; in `accecn0` the other way round.',
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
