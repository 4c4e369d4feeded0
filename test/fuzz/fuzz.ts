/** Script after script for some time; what fails is shrunk. */

import type { Finding } from './check.js';
import { check } from './check.js';
import { generate } from './generate.js';
import type { ScriptParts } from './script.js';
import { textOf } from './script.js';
import { shrink } from './shrink.js';

/** A defect and the smallest script that shows it. */
export interface Found {
  readonly seed: number;
  readonly script: string;
  readonly finding: Finding;
}

/** Scripts from `seed` on, one seed each, while `goOn` says so; the first script of each kind of defect. */
export function fuzz(
  seed: number,
  goOn: () => boolean,
  looks: (text: string) => Finding | undefined = check,
): { readonly scripts: number; readonly found: readonly Found[] } {
  const found = new Map<string, Found>();
  let scripts = 0;
  for (; goOn(); scripts++) {
    const parts = generate(seed + scripts);
    const finding = looks(textOf(parts));
    if (finding === undefined || found.has(finding.kind)) continue;
    found.set(finding.kind, smallest(parts, finding, looks));
  }
  return { scripts, found: [...found.values()] };
}

function smallest(
  parts: ScriptParts,
  finding: Finding,
  looks: (text: string) => Finding | undefined,
): Found {
  const small = shrink(parts, (one) => looks(textOf(one))?.kind === finding.kind);
  const script = textOf(small);
  return { seed: parts.seed, script, finding: looks(script) ?? finding };
}
