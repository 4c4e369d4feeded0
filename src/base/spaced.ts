/** Names of fields in words. */

/** `time wait` for `timeWait`, `fin wait 2` for `finWait2`. */
export function spaced(name: string): string {
  return name.replace(/[A-Z]|\d+$/g, (part) => ` ${part.toLowerCase()}`);
}
