/** What the checker says of hosts, links, settings and includes. */

import { visible } from '../base/visible.js';
import type { Message } from './diagnostics.js';
import { error, unknown } from './message-forms.js';
import { listed } from './suggest.js';

export function unknownAddress(text: string): Message {
  return error(
    'unknown-address',
    `\`${visible(text)}\` is not an IPv4 or IPv6 address.`,
    'Write four numbers up to 255, such as `10.0.0.1`, or leave it out.',
  );
}

export function addressTaken(address: string, host: string): Message {
  return error(
    'address-taken',
    `${address} is the address of ${host} already.`,
    'Every host needs its own.',
  );
}

export function mixedFamilies(from: string, to: string): Message {
  return error(
    'mixed-families',
    `${from} and ${to} have addresses of different families (IPv4 and IPv6).`,
    'Give both the same kind.',
  );
}

export function linkTwice(from: string, to: string, line: number): Message {
  return error(
    'link-twice',
    `${from} and ${to} are linked already (line ${line}).`,
    'Keep one of them.',
  );
}

export function seedTwice(line: number): Message {
  return error('seed-twice', `The seed is given already (line ${line}).`, 'Keep one of them.');
}

export function unknownSetting(
  of: string,
  word: string,
  suggestion: string | undefined,
  known: readonly string[],
): Message {
  const message = `A ${of} has no setting \`${word}\`.`;
  return unknown('unknown-setting', message, suggestion, thereAre(word, known));
}

/** More names than that nobody reads in a message. */
const FEW = 20;

/** The names there are; of many those that have a part of the word. */
function thereAre(word: string, known: readonly string[]): string {
  if (known.length <= FEW) return `There are ${listed(known)}.`;
  const parts = word.toLowerCase().split(/[-_]/);
  const like = known.filter((one) => one.split('-').some((part) => parts.includes(part)));
  if (like.length === 0) return `docs/language.md has a table of the ${known.length} there are.`;
  const some = listed(like.slice(0, FEW));
  return `There are ${known.length}, among them ${some}.`;
}

export function settingOfOther(word: string, other: string): Message {
  return error(
    'setting-elsewhere',
    `\`${word}\` is a setting of a ${other}.`,
    `Write it in the block of a ${other}.`,
  );
}

export function peerWithSettings(name: string): Message {
  return error(
    'peer-with-settings',
    `${name} is a peer: it has no TCP to set.`,
    `Write \`host ${name}\` to give it one.`,
  );
}

export function settingTwice(word: string): Message {
  return error('setting-twice', `\`${word}\` is set twice.`, 'Keep one of them.');
}

export function settingValue(word: string, wanted: string, suggestion?: string): Message {
  return unknown('setting-value', `\`${word}\` takes ${wanted}.`, suggestion);
}

export function unknownProfile(
  word: string,
  known: readonly string[],
  suggestion: string | undefined,
): Message {
  return unknown(
    'unknown-profile',
    `There is no profile \`${word}\`.`,
    suggestion,
    `There are ${listed(known)}.`,
  );
}

export function profileNotFirst(): Message {
  return error(
    'profile-not-first',
    'A profile replaces every setting before it.',
    'Write `profile` first.',
  );
}

export function includeOutside(path: string): Message {
  return error(
    'include-outside',
    `"${path}" leads out of the folder that is open.`,
    'Write a relative path inside it, with `/`.',
  );
}

export function includeMissing(path: string): Message {
  return error(
    'include-missing',
    `There is no file "${path}" here.`,
    'The path starts at the folder of this file.',
  );
}

export function includeCycle(files: readonly string[]): Message {
  return error(
    'include-cycle',
    `This file includes itself: ${files.join(' -> ')}.`,
    'Take one of the includes out.',
  );
}

export function includeTooMany(limit: number): Message {
  return error('include-too-many', `A script can include ${limit} files.`);
}

export function includeHasMistakes(path: string, line: number, first: string): Message {
  return error('include-mistakes', `"${path}" has a mistake in line ${line}: ${first}`);
}
