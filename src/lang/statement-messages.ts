/** What the parser says about statements: what was seen, what would be right, what to do. */

import type { Message } from './diagnostics.js';
import { CALL_WORDS } from './keywords.js';
import { error, quoted, unknown } from './message-forms.js';

export function unknownStatement(word: string, suggestion: string | undefined): Message {
  return unknown(
    'unknown-statement',
    `No statement begins with \`${word}\`.`,
    suggestion,
    'A line begins with `NAME:` and a call, or with a word such as `expect`, `inject` or `wait`.',
  );
}

export function bareAssignment(path: string): Message {
  return error(
    'unknown-statement',
    `No statement begins with \`${path}\`.`,
    path.includes('.')
      ? `To set a variable of a connection, write \`set ${path} = ...\`.`
      : `To name a value, write \`let ${path} = ...\`.`,
  );
}

export function callWithoutColon(host: string, call: string): Message {
  const fix = `${host}: ${call}`;
  return {
    ...error('missing-colon', `A call needs a colon after its host.`, `Write \`${fix}\`.`),
    fix: `${host}:`,
  };
}

export function callWithoutHost(call: string): Message {
  return error(
    'missing-host',
    `\`${call}\` needs somebody who does it.`,
    `Write \`NAME: ${call}\`.`,
  );
}

export function segmentWithoutVerb(): Message {
  return error(
    'missing-verb',
    'A segment alone does not say what is to happen with it.',
    'Begin the line with `expect`, `inject`, or a fault such as `drop`.',
  );
}

export function declarationInScenario(word: string): Message {
  return error(
    'declaration-in-scenario',
    `\`${word}\` is a declaration; declarations stand outside scenarios.`,
    'Move this line above the first scenario.',
  );
}

export function unknownCall(word: string, suggestion: string | undefined): Message {
  const there = `There are ${quoted(CALL_WORDS)}.`;
  return unknown('unknown-call', `There is no call \`${word}\`.`, suggestion, there);
}

export function callAfter(mode: string): Message {
  return error(
    'misplaced-call',
    `\`${mode}\` cannot be said of a call.`,
    'Write `expect` and the outcome.',
  );
}

export function outcomeWithoutExpect(): Message {
  return error(
    'missing-expect',
    'An outcome is something expected.',
    'Begin the line with `expect`.',
  );
}

export function eventuallyFact(): Message {
  return error(
    'eventually-fact',
    '`eventually` is said of a segment: others may come before it.',
    'A fact may always come to hold later: write `expect`.',
  );
}

export function unknownIcmp(
  word: string,
  suggestion: string | undefined,
  known: readonly string[],
): Message {
  if (word !== '') {
    return unknown(
      'unknown-icmp',
      `No ICMP message is called \`${word}\`.`,
      suggestion,
      `There are ${quoted(known)}.`,
    );
  }
  return error(
    'unknown-icmp',
    'Which ICMP message?',
    'Write `icmp port-unreachable client -> server`.',
  );
}

export function lonelyTime(time: string, option: string): Message {
  const [before, written] = [`\`${option}\``, `\`${option} ${time}\``];
  return error('expected', `Expected ${before} before \`${time}\`.`, `Write ${written}.`);
}

export function countBehind(fault: string, count: string): Message {
  return error(
    'expected',
    `How many stands before the segment, not behind it.`,
    `Write \`${fault} ${count} A -> B ...\`.`,
  );
}

/** `drop all`, `drop 50%`: a fault befalls so many segments; a share of all is the link's. */
export function shareOfSegments(): Message {
  return error(
    'expected',
    'A fault befalls so many segments, one when it does not say how many.',
    'For a share of all write `set A -- B loss = 50`, for all `cut A -- B`.',
  );
}

export function unitApart(right: string): Message {
  return error('expected', 'A unit of size follows its number at once.', `Write \`${right}\`.`);
}

export function timerWithoutPath(host: string, timer: string): Message {
  return error(
    'expected',
    'A timer is a variable of a connection.',
    `Write \`fire ${host}.timers.${timer}\`.`,
  );
}

export function commaInStatement(): Message {
  return error(
    'expected',
    'The parts of a statement are separated by blanks, not by a comma.',
    'Leave it out, and give another statement a line of its own.',
  );
}

export function oneOfStates(one: string, other: string): Message {
  return error(
    'expected',
    'A fact has one state; one of several is a comparison.',
    `Write \`state == ${one} or state == ${other}\`.`,
  );
}

export function callWithParentheses(): Message {
  return error('expected', 'A call has no parentheses.', 'Leave them out.');
}

export function misplacedOption(word: string): Message {
  const where: Readonly<Record<string, string>> = {
    as: '`as` names a segment of `expect`, `eventually`, `inject` or `hold`.',
    by: '`by` says how long `delay` delays.',
    for: '`for` says how long `never` looks.',
    in: '`in` says when `deliver` lets a segment arrive.',
    now: '`now` lets `drop`, `duplicate`, `delay`, `corrupt` and `hold` meet what is under way.',
    nth: '`nth` says which of the segments under way `deliver`, `set`, or a fault with `now` is about.',
    without: '`without` says which options `set` takes from a segment under way.',
    with: '`with` says what `set` changes of a segment under way.',
    within: '`within` says how long `expect` and `eventually` wait.',
  };
  return error('misplaced-option', `\`${word}\` does not belong to this statement.`, where[word]);
}

export function waitFor(): Message {
  return {
    ...error('expected', '`wait` takes a time, or `until` and a fact.', 'Write `wait until`.'),
    fix: 'until',
  };
}

export function addressForHost(): Message {
  return error(
    'expected',
    'A host is called by its name, not by its address.',
    'Write a host of this script and a port, such as `server:80`.',
  );
}

export function addressInSegment(): Message {
  return error(
    'expected',
    'A host is called by its name, not by its address.',
    'Write the names of two hosts of this script: `client -> server`.',
  );
}

export function givenWithoutBrace(word: string): Message {
  return error(
    'expected',
    `Expected \`{\` before \`${word}\`.`,
    'What is given stands in braces: `{ snd.nxt 100, rcv.nxt 300 }`.',
  );
}

export function pathArrow(host: string): Message {
  return error('path-arrow', `A path has no direction.`, `Write \`${host} -- NAME\`.`);
}

export function filler(word: string): Message {
  return error('filler', `\`${word}\` is no word here.`, 'Leave it out.');
}
