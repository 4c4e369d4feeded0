/** What an expression is evaluated in, and what is said when it has no value there. */

import type { Scope } from '../lang/paths.js';
import type { Range } from '../lang/range.js';
import type { Segment } from '../tcp/segment.js';
import type { Seq } from '../tcp/seq.js';
import type { Value } from './values.js';
import type { Subject, View } from './view.js';

/** What the names in an expression stand for. */
export interface Environment {
  readonly view: View;
  readonly scope: Scope;
  readonly variables: ReadonlyMap<string, Value>;
  readonly segments: ReadonlyMap<string, Segment>;
  /** Where the numbers of the segment that is looked at begin. */
  readonly bases?: SegmentBases | undefined;
  /** What names without a host are about; undefined: they need one. */
  readonly subject: Subject | undefined;
}

/** Where the numbers of a segment begin: those of its sender, and those of the other side. */
export interface SegmentBases {
  readonly sender: Seq | undefined;
  readonly other: Seq | undefined;
}

/** The word for the segment that is looked at. */
export const SEGMENT = 'seg';

/** Why an expression has no value, and where in it. */
export interface Problem {
  readonly kind: 'problem';
  readonly message: string;
  readonly range: Range;
}

export function problem(message: string, range: Range): Problem {
  return { kind: 'problem', message, range };
}
