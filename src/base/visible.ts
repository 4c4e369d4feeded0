/** Text from strangers, made safe to print: what has no shape of its own is written as an escape. */

/** Controls but tab and line feed, what joins or hides, what turns the direction of writing. */
const SHAPELESS = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with such characters as `\x1b` and `\u{200b}`. */
export function visible(text: string): string {
  return text.replace(SHAPELESS, escapeOf);
}

function escapeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return character < '\x80' ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}
