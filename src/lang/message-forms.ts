/** The forms of what is said about mistakes: an error, a warning, an unknown word. */

import type { Message } from './diagnostics.js';
import { listed } from './suggest.js';

/** An error with its code. */
export function error(code: string, message: string, hint?: string): Message {
  return { severity: 'error', code, message, ...(hint === undefined ? {} : { hint }) };
}

export function warning(code: string, message: string, hint?: string): Message {
  return { ...error(code, message, hint), severity: 'warning' };
}

/** An unknown word, with the word that was probably meant, or else what there is. */
export function unknown(
  code: string,
  message: string,
  suggestion: string | undefined,
  there?: string,
): Message {
  if (suggestion === undefined) return error(code, message, there);
  return { ...error(code, message, didYouMean(suggestion)), fix: suggestion };
}

function didYouMean(suggestion: string): string {
  return `Did you mean \`${suggestion}\`?`;
}

/** `client, server and attacker` in backquotes. */
export function quoted(words: Iterable<string>, last: 'and' | 'or' = 'and'): string {
  return listed(
    [...words].map((word) => `\`${word}\``),
    last,
  );
}
