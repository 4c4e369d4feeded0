/** A script as parts that can be left out one by one, and its text. */

export interface HostPart {
  readonly name: string;
  readonly address: string;
  /** `isn 100`, `profile linux` (first), ... */
  readonly settings: readonly string[];
}

export interface ScriptParts {
  readonly seed: number;
  readonly hosts: readonly HostPart[];
  /** `delay 10ms`, ...: of the link between the first two hosts. */
  readonly link: readonly string[];
  readonly statements: readonly string[];
}

/** The end of some scripts: long enough for everything that ends by itself. */
export const SILENCE = 'wait 48h';

/** The script's text, as the formatter would have it. */
export function textOf({ seed, hosts, link, statements }: ScriptParts): string {
  const [first, second] = hosts;
  const links =
    link.length === 0 || first === undefined || second === undefined
      ? []
      : [`link ${first.name} -- ${second.name} { ${link.join(', ')} }`];
  const lines = [
    `seed ${seed}`,
    ...hosts.map(hostLine),
    `peer p ${first?.address.includes(':') ? 'fd00::9' : '10.0.0.9'}`,
    ...links,
    '',
    ...statements,
  ];
  return `${lines.join('\n')}\n`;
}

function hostLine({ name, address, settings }: HostPart): string {
  return `host ${name} ${address}${settings.length === 0 ? '' : ` { ${settings.join(', ')} }`}`;
}
