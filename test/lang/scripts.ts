/** One door to the language for its tests: what a script's author sees. */

import assert from 'node:assert/strict';
import { compile } from '../../src/lang/compile.js';
import { diagnosticText } from '../../src/lang/diagnostics.js';
import { format } from '../../src/lang/formatter.js';
import type { Include } from '../../src/lang/includes.js';
import { parse } from '../../src/lang/parser.js';
import type { Program } from '../../src/lang/program.js';

/** Two hosts and a peer, for statements that are tested alone. */
export const HOSTS = 'host client\nhost server\npeer mallory\n';

/** The mistakes of a script as `line:column code`, counted from 1. */
export function mistakes(source: string, include?: Include): readonly string[] {
  const { diagnostics } = compile(source, { file: 'test.tcpflow', include });
  return diagnostics.map(({ range, code }) => {
    const { line, character } = range.start;
    return `${line + 1}:${character + 1} ${code}`;
  });
}

/** Checks which mistakes a script has. */
export function check(source: string, expected: readonly string[], include?: Include): void {
  assert.deepEqual(mistakes(source, include), expected, source);
}

/** The text of a script's first mistake. */
export function firstMessage(source: string): string {
  const [first] = compile(source, { file: 'test.tcpflow' }).diagnostics;
  return first ? diagnosticText(first) : '';
}

/** The program of a script without mistakes. */
export function programOf(source: string, scenario?: string): Program {
  const { program, diagnostics } = compile(source, { file: 'dir/test.tcpflow', scenario });
  assert.ok(program, diagnostics.map(diagnosticText).join('\n'));
  return program;
}

/** Checks the canonical form of a script, that it is its own, and that it means the same. */
export function checkFormat(before: string, after: string): void {
  assert.equal(format(before), after);
  assert.equal(format(after), after);
  assert.deepEqual(meaning(after), meaning(before));
}

/** The tree of a script without its places. */
export function meaning(source: string): unknown {
  const { items } = parse(source).script;
  return withoutPlaces(items);
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !['range', 'head'].includes(key));
  // The braces of a `given` are a place as well; only whether it has any counts.
  return Object.fromEntries(
    kept.map(([key, inner]) => [
      key,
      key === 'block' && !('settings' in Object(inner))
        ? inner !== undefined
        : withoutPlaces(inner),
    ]),
  );
}
