/** What was expected and what was seen instead, field by field: data that `explain.ts` puts into words. */

import type { Delivery } from '../sim/delivery.js';
import type { Instant } from '../tcp/rule.js';

/** A field that is not as it was expected. */
export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
}

/** A field and its value in words; `?` for a student's blank. */
export interface FieldText {
  readonly name: string;
  readonly text: string;
}

/** Why an expectation did not come to be. */
export type Seen =
  /** A segment was sent that is not the one expected, or is one that must not be. */
  | {
      readonly kind: 'segment';
      readonly delivery: Delivery;
      /** One that is as expected and was sent after it. */
      readonly later: Delivery | undefined;
      /** It had been sent when the statement was reached. */
      readonly already: boolean;
    }
  /** Nothing like it was sent; `nearest` is the most similar of those that were. */
  | { readonly kind: 'nothing'; readonly until: Until; readonly nearest: Delivery | undefined }
  /** The fact does not hold. */
  | { readonly kind: 'fact'; readonly until: Until }
  /** The user was told something else, or nothing. */
  | { readonly kind: 'outcome'; readonly until: Until; readonly told: string | undefined }
  /** A value could not be calculated. */
  | { readonly kind: 'problem'; readonly message: string };

/** What ended the waiting: its time was over, nothing was left to happen, or it was decided at once. */
export type Until = 'deadline' | 'quiet' | 'now';

/** A failed expectation, as the run keeps it. */
export interface Mismatch {
  readonly statement: number;
  readonly at: Instant;
  readonly what: What;
  readonly expected: readonly FieldText[];
  readonly actual: readonly FieldText[];
  readonly differences: readonly Difference[];
  readonly seen: Seen;
  /** Whether the statement has a student's `?`: then nothing that could answer it is said. */
  readonly unanswered: boolean;
}

/** What kind of thing was expected, and of whom. */
export type What =
  /** A statement of any kind that could not be carried out. */
  | { readonly kind: 'statement' }
  | {
      readonly kind: 'segment';
      readonly mode: 'expect' | 'eventually' | 'never';
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'fact';
      readonly mode: 'expect' | 'never' | 'wait';
      /** The hosts that it is about. */
      readonly hosts: readonly string[];
      readonly text: string;
    }
  | {
      readonly kind: 'call';
      readonly host: string;
      /** `connect`, `send`, ... */
      readonly call: string;
      /** The error's text that was expected; undefined: success. */
      readonly fails: string | undefined;
    };
