/** What a name consists of, for those who read one out of a line. */

/** Letters and digits of any script: of an expression with the flag `u`. */
export const NAME = '[\\p{L}\\p{N}_]+';
