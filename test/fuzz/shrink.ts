/** The smallest script that still shows a defect. */

import type { HostPart, ScriptParts } from './script.js';

/** Leaves out whatever the defect does not need. `fails`: whether a script still shows it. */
export function shrink(
  script: ScriptParts,
  fails: (candidate: ScriptParts) => boolean,
): ScriptParts {
  let best = script;
  let left = ATTEMPTS;
  const attempt = (candidate: ScriptParts) => left-- > 0 && fails(candidate);
  for (;;) {
    const smaller = pass(best, attempt);
    if (smaller === best) return best;
    best = smaller;
  }
}

/** How many scripts are tried, at most. */
const ATTEMPTS = 400;

/** One round through everything; the same object when nothing could go. */
function pass(script: ScriptParts, fails: (candidate: ScriptParts) => boolean): ScriptParts {
  let best = script;
  const take = (candidate: ScriptParts) => {
    const same = JSON.stringify(candidate) === JSON.stringify(best);
    if (!same && fails(candidate)) best = candidate;
  };
  for (let size = best.statements.length; size > 0; size >>= 1) {
    for (let at = best.statements.length - size; at >= 0; at -= size) {
      take({ ...best, statements: without(best.statements, at, size) });
    }
  }
  take({ ...best, hosts: best.hosts.slice(0, 2) });
  take({ ...best, hosts: best.hosts.map((host, i) => ({ ...host, address: `10.0.0.${i + 1}` })) });
  for (let i = best.link.length - 1; i >= 0; i--) take({ ...best, link: without(best.link, i, 1) });
  for (const { name } of best.hosts) {
    const settings = () => best.hosts.find((host) => host.name === name)?.settings ?? [];
    for (let i = settings().length - 1; i >= 0; i--) {
      take({ ...best, hosts: replaced(best.hosts, name, without(settings(), i, 1)) });
    }
  }
  for (let i = 0; i < best.statements.length; i++) {
    for (const simpler of simplerThan(best.statements[i] ?? '')) {
      const statements = best.statements.map((one, at) => (at === i ? simpler : one));
      take({ ...best, statements });
    }
  }
  return best;
}

function without<Item>(items: readonly Item[], at: number, count: number): readonly Item[] {
  return [...items.slice(0, at), ...items.slice(at + count)];
}

function replaced(
  hosts: readonly HostPart[],
  name: string,
  settings: readonly string[],
): readonly HostPart[] {
  return hosts.map((host) => (host.name === name ? { ...host, settings } : host));
}

/** The same statement with less in it. */
function simplerThan(statement: string): readonly string[] {
  const rules: readonly (readonly [RegExp, string])[] = [
    [/ (win|ts|len|mss|wscale|up)=\S+/, ''],
    [/ sackok/, ''],
    [/[+-]\d+( |$)/, '$1'],
    [/send (?!"x")\S+( bytes)?/, 'send "x"'],
    [/ (backlog|receive) \d+( bytes)?/, ' $1'],
    [/(drop|duplicate|corrupt|delay|hold) \d+ /, '$1 '],
    [/wait (2s|40s|2msl|1h)/, 'wait 300ms'],
  ];
  return rules
    .map(([pattern, text]) => statement.replace(pattern, text))
    .filter((text) => text !== statement && text.length <= statement.length);
}
