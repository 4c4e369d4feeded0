/** The text between back quotes, taken apart: commands, and what those set that set something. None is ever executed here. */

/** Several commands, one a line or joined by `;` and `&&`, without what becomes of their output. */
export function commandsOf(text: string): readonly string[] {
  return text
    .replace(/\\\s*\n/g, ' ')
    .split(/\n|;|&&/)
    .map((command) => written(command) ?? command.replace(outputOf(command), '').trim())
    .filter((command) => command !== '' && !command.startsWith('#'));
}

/** Where the output goes: what a command that only prints has written to a file, it has done there. */
function outputOf(command: string): RegExp {
  const prints = /^\s*(?:echo|printf)\b/.test(command);
  return prints ? /\s*\d?>{1,2}\s*(?:&\d|\/dev\/null)/g : /\s*\d?>{1,2}\s*(?:&\d|\S+)/g;
}

/** `echo 1 > /proc/sys/net/ipv4/tcp_sack` is what `sysctl` does. */
function written(command: string): string | undefined {
  const match = /^\s*echo\s+(.*?)\s*>\s*(\/proc\/sys\/[\w./-]+)\s*$/.exec(command);
  return match ? `sysctl ${match[2]}="${unquoted(match[1])}"` : undefined;
}

/** The sysctls that `net.ipv4.tcp_sack=1 /proc/sys/net/ipv4/tcp_dsack="0"` names, by their dotted names. */
export function assignmentsIn(text: string): readonly (readonly [name: string, value: string])[] {
  const pairs = text.matchAll(/(?<![\w./-])([\w./-]+)\s*=\s*("[^"]*"|'[^']*'|\$\(\(.*?\)\)|\S+)/g);
  return [...pairs].map(([, path = '', value]) => {
    const name = path.replace(/^\/proc\/sys\//, '').replaceAll('/', '.');
    return [name, calculated(unquoted(value))];
  });
}

/** `$((32*1024*1024))` is a number, and so is any product. */
function calculated(value: string): string {
  return value.replace(/\$\(\(([\d\s*]+)\)\)/g, (_, product: string) =>
    String(product.split('*').reduce((so, factor) => so * Number(factor), 1)),
  );
}

function unquoted(text = ''): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}
