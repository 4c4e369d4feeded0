/** `#ifdef NAME`, `#ifndef NAME`, `#else`, `#endif`: which lines of a script count. */

import type { Diagnostic } from '../../lang/diagnostics.js';
import { unbalanced } from './messages.js';

/** The names that are defined where Linux's lines count, or the standard's, and where FreeBSD's do. */
export const DEFINED_ON_LINUX: readonly string[] = ['STANDARD', 'Linux'];
export const DEFINED_ON_FREEBSD: readonly string[] = ['FreeBSD'];

interface Branch {
  readonly line: number;
  /** Whether the lines around it count. */
  readonly outer: boolean;
  readonly counts: boolean;
}

const DIRECTIVE = /^\s*(#ifdef|#ifndef|#else|#endif)\b\s*(\w*)/;

/**
 * The text with the lines that do not count, and the directives, made empty: places stay what they are. `defined`: the names
 * that are, `STANDARD` or `FreeBSD`.
 */
export function chooseLines(
  text: string,
  defined: Iterable<string>,
): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  // A system's name may be written in small letters or capitals.
  const known = new Set([...defined].map((name) => name.toLowerCase()));
  const diagnostics: Diagnostic[] = [];
  const stack: Branch[] = [];
  const lines = text.split('\n').map((line, index) => {
    const [, directive, name = ''] = DIRECTIVE.exec(line) ?? [];
    const top = stack.at(-1);
    const counts = top?.counts ?? true;
    if (directive === undefined) return counts ? line : '';
    if (directive === '#ifdef' || directive === '#ifndef') {
      const holds = known.has(name.toLowerCase()) === (directive === '#ifdef');
      stack.push({ line: index, outer: counts, counts: counts && holds });
    } else if (top === undefined) {
      diagnostics.push({ ...unbalanced(directive), range: lineRange(index, line) });
    } else {
      stack.pop();
      if (directive === '#else') stack.push({ ...top, counts: top.outer && !top.counts });
    }
    return '';
  });
  for (const { line } of stack) {
    diagnostics.push({ ...unbalanced('#ifdef'), range: lineRange(line, '#ifdef') });
  }
  return { text: lines.join('\n'), diagnostics };
}

function lineRange(line: number, text: string): Diagnostic['range'] {
  return { start: { line, character: 0 }, end: { line, character: text.trimEnd().length } };
}
