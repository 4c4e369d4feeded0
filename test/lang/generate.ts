/** Scripts by chance, without mistakes in their form, written as untidily as the language allows. */

import fc from 'fast-check';

type Text = fc.Arbitrary<string>;

const blank = fc.constantFrom(' ', '  ', '\t', '    ');
/** Blanks where the language needs none. */
const gap = fc.constantFrom('', ' ', '   ');

const joined = (parts: readonly Text[], glue: Text): Text =>
  fc
    .tuple(fc.tuple(...parts), fc.array(glue, { minLength: parts.length, maxLength: parts.length }))
    .map(([texts, glues]) =>
      texts.map((text, i) => (i === 0 ? text : text === '' ? '' : glues[i] + text)).join(''),
    );

const words = (...parts: readonly (string | Text)[]): Text =>
  joined(
    parts.map((part) => (typeof part === 'string' ? cased(part) : part)),
    blank,
  );

/** A word of the language in some case. */
const cased = (word: string): Text => fc.constantFrom(word, word.toUpperCase());

const maybe = (text: Text): Text => fc.option(text, { nil: '' });

const name = fc.constantFrom('a', 'b', 'client', 'server', 'x1', 'Überlauf', '_');
const number = fc.constantFrom('0', '80', '1_000', '0x1F', '4294967295', '64KiB', '3.5kB');
const duration = fc.constantFrom('10ms', '0.5s', '2 msl', '2msl', '5 min', '1_000us');
const quoted = fc
  .string({ maxLength: 8 })
  .map((text) => JSON.stringify(text.replace(/[^ -~]/g, '').replace(/\\/g, '')))
  .map((text) => text.replace(/[{}]/g, ''));
const escapes = fc.constantFrom('"\\x00\\u{1F600}"', '"a\\r\\n"', '"#"', '"\\\\"', '"é"');
const text = fc.oneof(quoted, escapes);
const state = fc.constantFrom('ESTABLISHED', 'syn-received', 'TIME_WAIT', 'FIN-WAIT-1', 'CLOSED');

const { expression, sum } = fc.letrec<{ expression: string; sum: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small' },
    number,
    duration,
    fc.constantFrom('snd.nxt', 'client.c1.ISS', 'x', 'syn-queue', 'true', '?'),
    joined([fc.constant('('), tie('expression'), fc.constant(')')], gap),
    tie('atom').map((inner) => `- ${inner}`),
  ),
  sum: fc.oneof(
    { depthSize: 'small' },
    tie('atom'),
    joined([tie('atom'), fc.constantFrom('+', '*', '/', '%', ' - '), tie('sum')], gap),
  ),
  expression: fc.oneof(
    { depthSize: 'small' },
    tie('sum'),
    joined([tie('sum'), fc.constantFrom('==', '!=', '<', '=<', '>='), tie('sum')], gap),
    joined([tie('sum'), fc.constantFrom('and', 'or', '&&'), tie('sum')], blank),
    joined([fc.constant('not'), tie('expression')], blank),
  ),
}));

const port = fc.oneof(number, fc.constant('x'), fc.constant('1000+i'));
const subject = fc.oneof(name, fc.constant('client.c1'));
const endpoint = joined([name, fc.constant(':'), port], gap);
const as = words('as', name);
const flags = fc.oneof(
  fc.constantFrom('SYN', 'none', '?'),
  joined([fc.constantFrom('SYN', 'fin'), fc.constant(','), fc.constantFrom('ACK', 'ack')], gap),
);
const field = fc.oneof(
  joined(
    [fc.constantFrom('seq', 'ACK', 'win', 'WND', 'len', 'mss', 'uto', 'up'), fc.constant('='), sum],
    gap,
  ),
  words(fc.constantFrom('from', 'to'), port),
  fc.constant('sackok'),
  joined([fc.constant('data='), text], gap),
  fc.constant('ts=1:?'),
  fc.constantFrom('accecn1=1:0:1', 'ACCECN0 = 7', 'accecn1', 'accecn0=?'),
);
const fields = fc
  .array(field, { maxLength: 3 })
  .chain((list) => joined([fc.constant(''), ...list.map((one) => fc.constant(one))], blank));
const rfc = fc.constantFrom(
  '<SEQ=100><CTL=SYN>',
  '<SEQ=101><CTL=ACK><DATA>',
  '< seq = 1+2 ><DATA><CTL=FIN,ACK>',
  '<ACK=x><DATA=10>',
  '<SEQ=100><ACCECN1=1:0>',
);
const arrow = joined([name, fc.constant('->'), name], gap);
const pattern = fc.oneof(joined([arrow, maybe(flags), fields], blank), joined([arrow, rfc], gap));
const octets = fc.oneof(text, words(fc.constantFrom('100', 'x'), 'bytes'), fc.constant('64KiB'));

const call = joined(
  [
    subject,
    fc.constant(':'),
    fc
      .oneof(
        words(
          'listen',
          port,
          maybe(words('for', endpoint)),
          maybe(words('backlog', number)),
          maybe(as),
        ),
        words('connect', endpoint, maybe(as), maybe(words('from', port))),
        words('accept', maybe(as)),
        words('send', octets, maybe(fc.constant('urgent'))),
        words('receive', maybe(fc.constant('10 bytes'))),
        fc.constantFrom('close', 'ABORT', 'status', 'shutdown'),
      )
      .map((one) => ` ${one}`),
  ],
  gap,
);
const fact = fc.oneof(
  words(fc.oneof(subject, fc.constant('server:80')), fc.oneof(state, fc.constant('?'))),
  words(subject, fc.constantFrom('SND.NXT == ISS+1', 'syn-queue<2', '(x == 3)', 'not x')),
  words(subject, 'received', octets),
  words(subject, 'fails', text),
  joined([fc.constantFrom('time', 'a.b.c', '3'), fc.constant('=='), sum], gap),
);
const within = maybe(words('within', duration));

const line = fc.oneof(
  call,
  words(
    'expect',
    call.map((one) => one),
    maybe(words('fails', text)),
    within,
  ),
  words(fc.constantFrom('expect', 'eventually'), pattern, within, maybe(as)),
  words('never', pattern, maybe(words('for', duration))),
  words('expect', fact, within),
  words('never', fact, maybe(words('for', duration))),
  words('inject', pattern, maybe(as)),
  words(fc.constantFrom('drop', 'duplicate', 'corrupt'), maybe(fc.constant('2')), pattern),
  words('delay', pattern, 'by', duration),
  words('hold', maybe(fc.constant('(1+1)')), pattern, as),
  words('release', name),
  words(
    'icmp',
    fc.constantFrom('port-unreachable', 'TIME-exceeded', 'too-big mtu=1400', 'too-big'),
    pattern,
  ),
  joined([fc.constantFrom('cut a', 'mend a'), fc.constant('--'), name], gap),
  words(fc.constantFrom('crash', 'restart'), name),
  words('deliver', pattern, maybe(words('nth', number)), maybe(words('in', duration))),
  words('fire', fc.constantFrom('a.timers.user', 'a.c1.timers.time_wait')),
  words(fc.constantFrom('drop', 'corrupt'), pattern, maybe(words('nth', number)), 'now'),
  words('hold', pattern, 'now', as, maybe(words('nth', number))),
  words(
    'set',
    pattern,
    maybe(words('nth', number)),
    'with',
    fc.constantFrom('SYN,ACK seq=7', 'none', 'win=5 up=1', 'RST', 'mss=5 WITHOUT ts , uto'),
  ),
  words('set', pattern, 'without', fc.constantFrom('ts', 'SACKOK,fo')),
  joined(
    [
      fc.constantFrom('set a.SND.WND', 'set a.timers.user', 'set a.c1.ISS'),
      fc.constant('='),
      expression,
    ],
    gap,
  ),
  joined(
    [fc.constant('set a -- b loss'), fc.constant('='), fc.constantFrom('5', 'off', '2*x')],
    gap,
  ),
  words('wait', fc.oneof(duration, cased('quiet'), words('until', fact, within))),
  words('wait', fc.constantFrom('1', '3', 'x+1'), fc.constantFrom('event', 'Events')),
  joined([words('let', name), fc.constant('='), expression], gap),
  words('print', fc.constantFrom('"x is {x + 1}"', '"{{}}"', '"plain"')),
  words('given', endpoint, state, 'with', endpoint, maybe(state), maybe(as)),
);

const comment = fc.constantFrom('# why', '#', '#   two  words ');
const end = fc
  .tuple(gap, maybe(comment), fc.constantFrom('\n', '\n\n', '\n\n\n'))
  .map((all) => all.join(''));
const ended = (inner: Text): Text => fc.tuple(gap, inner, end).map((all) => all.join(''));

/** `{`, each piece on its own line or all on one, `}`. */
const settings = (piece: Text): Text =>
  fc
    .tuple(fc.array(piece, { maxLength: 3 }), fc.constantFrom(' ', ', ', '\n', '  # note\n\n'))
    .map(
      ([pieces, glue]) => `{${glue.replace(',', '')}${pieces.join(glue)}${glue.replace(',', '')}}`,
    );

const hostSetting = fc.constantFrom(
  'isn 1,2',
  'isn rfc6528',
  'mss 1_460',
  'combine syn-ack off',
  'rto 2 s',
  'SECRET "x"',
);
const linkSetting = fc.constantFrom('delay 10ms', 'loss 0.5%', 'rate 10Mbps', 'mtu 0x5DC');
const declaration = fc.oneof(
  words('host', name, maybe(fc.constantFrom('10.0.0.1', 'fd00::1')), maybe(settings(hostSetting))),
  words('peer', name),
  joined(
    [words('link', name), fc.constant('--'), name, fc.constant(' '), maybe(settings(linkSetting))],
    gap,
  ),
  words('seed', fc.constantFrom('42', '0x2A')),
  words('include', fc.constant('"lib/x.tcpflow"')),
);

const { statement } = fc.letrec<{ statement: string }>((tie) => {
  const body = fc.array(tie('statement'), { maxLength: 3 }).map((all) => all.join(''));
  const repeat = fc.tuple(
    words('repeat', port, maybe(words('as', name, maybe(words('from', port))))),
    end,
    body,
    end,
  );
  const given = fc.tuple(
    words('given', endpoint, state, 'with', endpoint),
    settings(fc.constantFrom('snd.nxt 100', 'RCV.NXT = x', 'iss 1+2')),
    end,
  );
  return {
    statement: fc.oneof(
      { depthSize: 'small' },
      ended(line),
      ended(line),
      comment.map((one) => `${one}\n`),
      repeat.map(([head, first, inner, last]) => `${head} {${first}${inner}}${last}`),
      given.map(([head, block, last]) => `${head} ${block}${last}`),
    ),
  };
});

const scenario = fc
  .tuple(words('scenario', quoted), end, fc.array(statement, { maxLength: 5 }), end)
  .map(([head, first, body, last]) => `${head} {${first}${body.join('')}}${last}`);

/** A script that reads without mistakes of form; its names may mean nothing. */
export const scriptText: Text = fc
  .array(
    fc.oneof(
      ended(declaration),
      statement,
      scenario,
      comment.map((one) => `${one}\n\n`),
    ),
    { maxLength: 8 },
  )
  .map((all) => all.join(''));
