/** What the parser says about mistakes in a text: what was seen, what would be right, what to do. */

import { STATES } from '../tcp/states.js';
import type { Message } from './diagnostics.js';
import { FIELD_NAMES, FLAG_WORDS, UNITS } from './keywords.js';
import { error, unknown } from './message-forms.js';
import { listed } from './suggest.js';

// The text ------------------------------------------------------------------------------------------

export function expected(what: string, found: string): Message {
  return error('expected', `Expected ${what}, not ${found}.`);
}

export function lineTooLong(length: number, limit: number): Message {
  return error('line-too-long', `This line has ${length} characters; a line may have ${limit}.`);
}

export function textTooLong(length: number, limit: number): Message {
  return error('text-too-long', `This text has ${length} characters; a script may have ${limit}.`);
}

export function tooManyMistakes(limit: number): Message {
  return error(
    'too-many-mistakes',
    `More than ${limit} mistakes up to here; the rest of the text is not read.`,
    'Is this a .tcpflow script?',
  );
}

export function textNotClosed(): Message {
  return error(
    'text-not-closed',
    'This text has no closing `"` on its line.',
    'A line break inside a text is written `\\n`.',
  );
}

export function unknownEscape(written: string): Message {
  return error(
    'unknown-escape',
    `\`${written}\` means nothing in a text. There are \\n, \\r, \\t, \\0, \\", \\\\, \\xHH and \\u{H}, up to \\u{10FFFF}.`,
    'A backslash itself is written `\\\\`.',
  );
}

export function notANumber(text: string): Message {
  return error('not-a-number', `\`${text}\` is not a whole number.`);
}

export function unknownUnit(unit: string, suggestion: string | undefined): Message {
  const message = `There is no unit \`${unit}\`.`;
  return unknown('unknown-unit', message, suggestion, `There are ${listed(UNITS)}.`);
}

export function unexpectedWord(word: string, suggestion: string | undefined): Message {
  return unknown('expected', `Expected the end of the statement, not \`${word}\`.`, suggestion);
}

export function otherComment(): Message {
  return { ...error('expected', 'A comment begins with `#`.', 'Write `#`.'), fix: '#' };
}

export function endedBySemicolon(): Message {
  return error(
    'expected',
    'A statement ends with its line, not with `;`.',
    'Leave the `;` out, and give what follows it a line of its own.',
  );
}

export function braceBelow(): Message {
  return error(
    'expected',
    'A `{` stands at the end of the line that it belongs to.',
    'Move it up to the end of the line before.',
  );
}

export function afterNumber(word: string, suggestion: string | undefined): Message {
  const units = `If it is a unit: there are ${listed(UNITS)}.`;
  return unknown(
    'expected',
    `Expected a unit or the end of the statement, not \`${word}\`.`,
    suggestion,
    units,
  );
}

export function stateAfterWord(word: string, right: string): Message {
  const seen = `Expected a state or a comparison, not \`${word}\`.`;
  return error('expected', seen, `Write \`${right}\`.`);
}

export function stateOfAnother(name: string, state: string): Message {
  return error(
    'expected',
    `Expected the end of the statement, not \`${state}\`: a fact is about one host or connection.`,
    `Write a line for each, or compare: \`${name}.state == ${state}\`.`,
  );
}

export function otherQuotes(): Message {
  return error('expected', 'A text stands in double quotes.', 'Write `"..."`.');
}

export function commaInFields(): Message {
  return error('expected', 'Fields are separated by blanks, not by a comma.', 'Leave it out.');
}

export function needsQuotes(what: string, word: string): Message {
  const right = `"${word}"`;
  return {
    ...error('expected', `Expected ${what}, not \`${word}\`.`, `Write \`${right}\`.`),
    fix: right,
  };
}

export function stateInPieces(state: string): Message {
  return error('expected', 'The name of a state is one word.', `Write \`${state}\`.`);
}

export function textWithoutQuotes(word: string): Message {
  return error(
    'expected',
    `Expected how many \`bytes\`, or a text in quotes; this is neither.`,
    `Write \`"${word}"\`, or \`${word} bytes\`.`,
  );
}

export function hyphenInName(name: string): Message {
  const fixed = name.replaceAll('-', '_');
  return error(
    'hyphen-in-name',
    `A name cannot have a hyphen: \`${name}\`.`,
    `Write \`${fixed}\`.`,
  );
}

export function strayBrace(): Message {
  return error('stray-brace', 'This `}` closes nothing.');
}

export function blockNotClosed(what: string): Message {
  return error(
    'block-not-closed',
    `The \`{\` of this ${what} is never closed.`,
    'Put a `}` on a line of its own after its last line.',
  );
}

export function nestedTooDeep(limit: number): Message {
  return error('nested-too-deep', `Blocks can be nested ${limit} deep.`);
}

// Segments ------------------------------------------------------------------------------------------

export function wrongArrow(arrow: string, from: string, to: string): Message {
  if (arrow !== '<-')
    return error('wrong-arrow', `\`${arrow}\` is not an arrow here.`, 'Write `->`.');
  const turned = /^[\p{L}\p{N}_]+$/u.test(to) ? `\`${to} -> ${from}\`` : '`SENDER -> RECEIVER`';
  return error(
    'wrong-arrow',
    'A segment is written from its sender to its receiver.',
    `Write ${turned}.`,
  );
}

export function segmentWithoutHosts(flag: string): Message {
  return error(
    'expected',
    `\`${flag}\` is a control bit; a segment begins with its sender and its receiver.`,
    `Write \`A -> B ${flag} ...\`.`,
  );
}

export function portInSegment(): Message {
  return error(
    'port-in-segment',
    'Ports stand among the fields of a segment.',
    'Write `from PORT` and `to PORT` after the flags.',
  );
}

export function unknownFlag(word: string, suggestion: string | undefined): Message {
  return unknown(
    'unknown-flag',
    `There is no control bit \`${word}\`.`,
    suggestion,
    `There are ${listed(FLAG_WORDS)}; \`none\` is a segment without any.`,
  );
}

export function flagTwice(flag: string): Message {
  return error('flag-twice', `\`${flag}\` is there twice.`);
}

export function flagsJoinedBy(glue: string, right: string): Message {
  const seen = glue === '' ? 'nothing' : glue === ' ' ? 'a blank' : `\`${glue}\``;
  return error(
    'flags-joined',
    `Control bits are joined by a comma, not by ${seen}.`,
    `Write \`${right}\`.`,
  );
}

export function flagAfterFields(flag: string): Message {
  return error(
    'flag-after-fields',
    `\`${flag}\` is a control bit.`,
    'Control bits stand right after the receiver, joined by commas: `SYN,ACK`.',
  );
}

export function unknownField(word: string, suggestion: string | undefined): Message {
  return unknown(
    'unknown-field',
    `A segment has no field \`${word}\`.`,
    suggestion,
    `There are ${listed(FIELD_NAMES)}.`,
  );
}

// Expressions ---------------------------------------------------------------------------------------

export function singleEquals(): Message {
  return { ...error('single-equals', 'A single `=` compares nothing.', 'Write `==`.'), fix: '==' };
}

export function chainedComparison(): Message {
  return error(
    'chained-comparison',
    'Two comparisons in a row do not make one.',
    'Join them with `and`: `a < b and b < c`.',
  );
}

export function expressionTooLong(): Message {
  return error(
    'expression-too-long',
    'This expression is too long.',
    'Give a part of it a name with `let`.',
  );
}

export function expressionTooDeep(): Message {
  return error(
    'expression-too-deep',
    'Parentheses are nested too deep here.',
    'Give a part of it a name with `let`.',
  );
}

export function braceNotClosed(): Message {
  return error(
    'brace-not-closed',
    'A `{` in a text begins an expression and needs its `}`.',
    'A brace itself is written `{{`.',
  );
}

export function unknownState(word: string, suggestion?: string): Message {
  return unknown(
    'unknown-state',
    `There is no state \`${word}\`.`,
    suggestion,
    `There are ${listed(STATES)}.`,
  );
}

export function settingWithSign(word: string): Message {
  return error(
    'setting-with-sign',
    'A setting and its value stand side by side, without a sign.',
    `Write \`${word} VALUE\`.`,
  );
}

export function semicolon(): Message {
  const seen = 'Settings are separated by commas or line breaks, not by `;`.';
  return { ...error('expected', seen, 'Write `,`.'), fix: ',' };
}

export function settingWithoutValue(word: string): Message {
  return error('setting-without-value', `\`${word}\` needs a value.`);
}

export function fieldTwice(field: string): Message {
  return error('field-twice', `\`${field}\` is there twice.`, 'Keep one of them.');
}
