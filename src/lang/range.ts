/** Where something is written in a text. */

/** A place in a text. Both numbers count from 0; a character is a UTF-16 code unit. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Below zero where `a` stands before `b`, zero where both are one place. */
export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

/** From `start` up to, but not including, `end`. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A word, a name or a quoted text as it was written. */
export interface Name {
  readonly text: string;
  readonly range: Range;
}
