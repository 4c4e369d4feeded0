/** Text from strangers, made safe to print: what has no shape of its own is written as an escape. */

/** What nearly all text is made of. The classes of all other characters take a while to be looked up. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

/** Whether a text has nothing but what ASCII prints, tabs and line feeds. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** The text with such characters as `\x1b` and `\u{200b}`: controls but tab and line feed, what joins or hides, what turns the direction of writing. */
export function visible(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(/(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeOf);
}

function escapeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return character < '\x80' ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}
