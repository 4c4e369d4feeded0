/** The syntax tree of expressions: what was written and where, nothing resolved. */

import type { State } from '../tcp/states.js';
import type { Name, Range } from './range.js';

export type DurationUnit = 'us' | 'ms' | 's' | 'min' | 'h' | 'msl';

/** `or` first and `*` last: the order of binding, loosest first. `=<` is read as `<=`. */
export type BinaryOperator =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

export interface NumberExpression {
  readonly kind: 'number';
  /** The number meant: `64KiB` is 65536. */
  readonly value: number;
  /** As written: `0x1F`, `1_000`, `64KiB`. */
  readonly text: string;
  readonly range: Range;
}

export interface DurationExpression {
  readonly kind: 'duration';
  /** How many of `unit`; may have a fraction (`0.5s`). */
  readonly amount: number;
  /** The amount as written: `1_000`. */
  readonly text: string;
  readonly unit: DurationUnit;
  readonly range: Range;
}

export interface TextExpression {
  readonly kind: 'text';
  /** The text meant, escapes read. On the wire: `textOctets` in `text.ts`. */
  readonly value: string;
  /** As written, with its quotes. */
  readonly text: string;
  readonly range: Range;
}

export interface StateExpression {
  readonly kind: 'state';
  readonly state: State;
  /** As written: `SYN-RECEIVED`. */
  readonly text: string;
  readonly range: Range;
}

export interface SwitchExpression {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly range: Range;
}

/** `SND.NXT`, `client.c1.ISS`, `synack.seq`, `i`, `time`, `syn-queue`. See `paths.ts`. */
export interface PathExpression {
  readonly kind: 'path';
  /** As written, at least one. */
  readonly parts: readonly Name[];
  readonly range: Range;
}

export interface UnaryExpression {
  readonly kind: 'unary';
  readonly operator: '-' | 'not';
  readonly operand: Expression;
  readonly range: Range;
}

export interface BinaryExpression {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly range: Range;
}

/** `(a + b)`: kept, so that the formatter prints what was written. */
export interface GroupExpression {
  readonly kind: 'group';
  readonly inner: Expression;
  readonly range: Range;
}

/** `?`: a student's answer is missing here. */
export interface BlankExpression {
  readonly kind: 'blank';
  readonly range: Range;
}

export type Expression =
  | NumberExpression
  | DurationExpression
  | TextExpression
  | StateExpression
  | SwitchExpression
  | PathExpression
  | UnaryExpression
  | BinaryExpression
  | GroupExpression
  | BlankExpression;

/** The pieces of `"sent {n} octets"`, in order. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: Expression };

export interface Template {
  readonly parts: readonly TemplatePart[];
  /** As written, with its quotes. */
  readonly text: string;
  readonly range: Range;
}
