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

/** As much of a name, or of a longer text, as anybody reads. */
export function brief(name: string, most = 60): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

/** The text is not what it would have to be. */
export function expected(what: string, seen: string): Message {
  const found = seen === '' ? 'the end of the script' : `\`${brief(seen)}\``;
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

/** Numbers of a packet that do not fit: `1:11(20)`, or `4294967295:9(10)`, which packetdrill does not let wrap around. */
export function badLength(start: number, end: number, length: number): Message {
  const problem =
    end < start
      ? `${end} is before ${start}, and packetdrill’s numbers do not wrap around`
      : `From ${start} to ${end} there are ${end - start} octets, not ${length}`;
  const fits = start + length < 2 ** 32 ? `: ${start}:${start + length}(${length}) would fit` : '';
  return error('packetdrill-syntax', `${problem}${fits}.`);
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

/** `seconds`: when the first event is to happen. */
export function firstNotAtZero(seconds: number): Message {
  return error(
    'packetdrill-time',
    `What comes first happens at time 0, from which all times are counted, not at ${seconds} s.`,
  );
}

/** A command among the events that does not say when. */
export function commandWithoutTime(): Message {
  return error(
    'packetdrill-time',
    'Only a command before all else, or after it, may do without a time: write `+0` before this one.',
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

/** `mtu 1400` where no message has one. */
export function mtuMisplaced(name: string): Message {
  return error('packetdrill-syntax', `An MTU is told by \`${name}\` alone.`);
}

/** An option line among the events. */
export function optionLate(name: string): Message {
  return error(
    'packetdrill-syntax',
    `\`--${name}\` comes too late: options stand before all that happens.`,
  );
}

/** `--define=3`. */
export function badDefinition(value: string): Message {
  return error(
    'packetdrill-syntax',
    `A definition is \`--define=NAME=VALUE\`, not \`${brief(value)}\`.`,
  );
}

/** `kind`: `option`, `call`, `member of TCP_INFO`. */
export function strange(kind: string, name: string): Message {
  return error('packetdrill-unknown', `packetdrill has no ${kind} \`${brief(name)}\`.`);
}

export function notPadded(octets: number): Message {
  const missing = 4 - (octets % 4);
  return error(
    'packetdrill-syntax',
    `The options have ${octets} octets, which are no whole words: ${missing} more are needed, such as \`nop\`.`,
  );
}
