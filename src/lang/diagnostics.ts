/** A mistake or a remark, at its place in a script. */

import type { Range } from './range.js';

export type Severity = 'error' | 'warning';

/** What `messages.ts` makes: the same whatever the place. */
export interface Message {
  readonly severity: Severity;
  /** Stable, in lower case: `unknown-host`. */
  readonly code: string;
  /** What was seen and what would have been right, in sentences. */
  readonly message: string;
  /** What to do: `Did you mean \`server\`?`. */
  readonly hint?: string;
  /** The text that, put in place of the range, mends it. */
  readonly fix?: string;
}

export interface Diagnostic extends Message {
  readonly range: Range;
}

/** Whether it is a mistake, not a remark: what has one does not run. */
export function isError({ severity }: Message): boolean {
  return severity === 'error';
}

/** Mistakes shown of one text. Whoever made more has another problem. */
export const DIAGNOSTIC_LIMIT = 100;

/** The message with its hint, as it is shown to people. */
export function diagnosticText(diagnostic: Message): string {
  return diagnostic.hint ? `${diagnostic.message} ${diagnostic.hint}` : diagnostic.message;
}
