/** The syntax tree of a `.tcpflow` script: what was written and where, nothing resolved. */

import type { Declaration } from './declaration-tree.js';
import type { Name, Range } from './range.js';
import type { Statement } from './statement-tree.js';

export interface Scenario {
  readonly kind: 'scenario';
  readonly name: Name;
  readonly body: readonly Statement[];
  /** The first line, up to its brace. */
  readonly head: Range;
  readonly range: Range;
}

export type Item = Declaration | Scenario | Statement;

const NO_STATEMENTS: ReadonlySet<string> = new Set(['host', 'link', 'seed', 'include', 'scenario']);

/** Whether an item is a statement outside scenarios. */
export function isStatement(item: Item): item is Statement {
  return !NO_STATEMENTS.has(item.kind);
}

export interface Comment {
  /** From `#` to the end of the line, without trailing blanks. */
  readonly text: string;
  readonly range: Range;
}

export interface Script {
  readonly kind: 'script';
  readonly items: readonly Item[];
  readonly comments: readonly Comment[];
  readonly range: Range;
}
