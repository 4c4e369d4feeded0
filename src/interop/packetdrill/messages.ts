/** What is said of a packetdrill script that cannot be read, or that asks for what there is not. */

import type { Message } from '../../lang/diagnostics.js';
import { error } from '../../lang/message-forms.js';

/** The code of a diagnostic that names what cannot be meant here. */
export const NOT_SUPPORTED = 'not-supported';

/** Something that packetdrill knows and a simulated TCP does not. */
export function notSupported(what: string): Message {
  return error(NOT_SUPPORTED, `not supported: ${what}`);
}

/** A name that the command line of packetdrill explains. */
export function unknownName(name: string): Message {
  return notSupported(
    `\`${name}\`, which stands for something that only the command line says (\`-D ${name}=VALUE\`)`,
  );
}

/** The text is not what it would have to be. */
export function expected(what: string, seen: string): Message {
  const found = seen === '' ? 'the end of the script' : `\`${seen}\``;
  return error('packetdrill-syntax', `Expected ${what}, not ${found}.`);
}

/** `close`: what ends it, in words. */
export function unclosed(what: string, close: string): Message {
  return error('packetdrill-syntax', `The ${what} has no end: ${close} must follow.`);
}

/** `#endif` without `#ifdef`, or the other way round. */
export function unbalanced(directive: string): Message {
  const missing = directive === '#ifdef' ? '#endif' : '#ifdef';
  return error('packetdrill-syntax', `This \`${directive}\` has no \`${missing}\`.`);
}

export function badLength(start: number, end: number, length: number): Message {
  return error(
    'packetdrill-syntax',
    `From ${start} to ${end} there are ${(end - start) >>> 0} octets, not ${length}.`,
  );
}

export function badRange(what: string, range: string): Message {
  return error('packetdrill-range', `${what} must be in ${range}.`);
}

export function timeGoesBack(): Message {
  return error(
    'packetdrill-time',
    'This time is before that of the line above: time does not go back.',
  );
}

export function noEvents(): Message {
  return error('packetdrill-empty', 'There is nothing to run in this script: no call, no packet.');
}

/** What only a packet that is expected may leave open. */
export function onlyOutbound(what: string): Message {
  return error(
    'packetdrill-syntax',
    `${what} is for what the host sends (\`>\`): what the script sends must be told.`,
  );
}

export function windowMissing(): Message {
  return error(
    'packetdrill-syntax',
    'A packet that the script sends needs its window: `win 65535` after the numbers.',
  );
}

/** `E2`: bits told twice. */
export function aceTwice(flags: string): Message {
  return error(
    'packetdrill-syntax',
    `\`${flags}\` tells ECE, CWR or AE twice: a digit is all three of them.`,
  );
}

/** `when`: what kind of time it is, in words. */
export function timeOfExpected(when: string): Message {
  return error(
    'packetdrill-time',
    `${when} is for what the host sends (\`>\`): what the script does has its time.`,
  );
}

/** An option line among the events. */
export function optionLate(name: string): Message {
  return error(
    'packetdrill-syntax',
    `\`--${name}\` comes too late: options stand before all that happens.`,
  );
}

/** `kind`: `option`, `call`, `member of TCP_INFO`. */
export function strange(kind: string, name: string): Message {
  return error('packetdrill-unknown', `packetdrill has no ${kind} \`${name}\`.`);
}

export function notPadded(octets: number): Message {
  const missing = 4 - (octets % 4);
  return error(
    'packetdrill-syntax',
    `The options have ${octets} octets, which are no whole words: ${missing} more are needed, such as \`nop\`.`,
  );
}
