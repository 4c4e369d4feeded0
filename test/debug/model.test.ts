/** Whatever is done in a session, in whatever order: it stands where a debugger would that records all and looks along a list. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compile } from '../../src/lang/compile.js';
import type { Step } from '../../src/sim/step.js';
import { program } from '../run/scenario.js';
import { inline } from './in-process.js';
import { createNaive, type NaiveBreakpoint, type NaiveStop } from './naive.js';

const WORLD = `host client 10.0.0.1 { isn 100, msl 1s }
host server 10.0.0.2 { isn 300, msl 1s }
peer mallory
link client -- server { delay 10ms, loss 10%, duplicate 5%, reorder 5% }
`;

const STATEMENTS = [
  'server: listen 80',
  'client: connect server:80',
  'client: send "hello"',
  'server: send 3000 bytes',
  'server: receive',
  'client: close',
  'server: close',
  'client: abort',
  'wait 15ms',
  'wait 3s',
  'drop client -> server',
  'duplicate server -> client ACK',
  'inject mallory -> server SYN from 9 to 80 seq=1',
  'inject client -> server RST seq=101',
  'let x = 5',
  'expect client ESTABLISHED within 2s',
  'eventually server -> client SYN,ACK within 1s',
  'crash server',
  'restart server',
] as const;

const LIMIT = 400;

const statements = fc.array(fc.constantFrom(...STATEMENTS), { minLength: 1, maxLength: 9 });
const scripts = fc
  .tuple(fc.nat(1000), fc.boolean(), statements, statements)
  .map(([seed, opened, some, others]) => {
    const open = opened ? ['server: listen 80', 'client: connect server:80'] : [];
    const loop = ['repeat 2 as i {', ...others, '}'];
    return `${WORLD}seed ${seed}\n${[...open, ...some, ...loop].join('\n')}\n`;
  })
  .filter((text) => compile(text, { file: 'model.tcpflow' }).program !== undefined);

const MOVES = [
  'next',
  'stepIn',
  'stepOut',
  'continue',
  'stepBack',
  'reverseContinue',
  'reverseOver',
  'reverseOut',
  'nextAtHost',
  'previousAtHost',
] as const;

const HITS: Readonly<Record<string, (n: number) => boolean>> = {
  '': () => true,
  '2': (n) => n === 2,
  '>= 2': (n) => n >= 2,
  '< 3': (n) => n < 3,
  '% 2': (n) => n % 2 === 0,
};

type Meant = NaiveBreakpoint['meant'];

const enters =
  (state: string, host?: string): Meant =>
  (step, k) => {
    const { before, after, connection } = step.microsteps[k] ?? {};
    const here = host === undefined || connection?.host === host;
    return here && after?.state === state && before?.state !== state;
  };

const NAMES: Readonly<Record<string, Meant>> = {
  SYN_RCVD: enters('SYN_RCVD'),
  'server:ESTABLISHED': enters('ESTABLISHED', 'server'),
  '*->CLOSED': enters('CLOSED'),
  'link/deliver': (step, k) => step.microsteps[k]?.rule.id === 'link/deliver',
};

const DATA: Readonly<Record<string, Meant>> = {
  'client.snd.una': (step, k) => {
    const { before, after, connection } = step.microsteps[k] ?? {};
    return (
      connection?.host === 'client' && before !== undefined && before.snd.una !== after?.snd.una
    );
  },
  'server.timers.retransmission': (step, k) => {
    const { before, after, connection } = step.microsteps[k] ?? {};
    const [was, is] = [before?.timers.retransmission, after?.timers.retransmission];
    return connection?.host === 'server' && before !== undefined && was !== is;
  },
};

const LATE: Meant = (step) => step.at > 20_000;

interface Choice {
  readonly name: string;
  readonly hit: string;
  readonly late: boolean;
}

const choice = (names: readonly string[]) =>
  fc.array(
    fc.record({
      name: fc.constantFrom(...names),
      hit: fc.constantFrom(...Object.keys(HITS)),
      late: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  );

type Command =
  | {
      readonly kind: 'move';
      readonly move: (typeof MOVES)[number];
      readonly host: 'client' | 'server';
    }
  | { readonly kind: 'names' | 'data' | 'lines'; readonly chosen: readonly Choice[] }
  | { readonly kind: 'travel'; readonly part: number }
  | { readonly kind: 'edit'; readonly text: string };

const moves = fc.record({
  kind: fc.constant('move' as const),
  move: fc.constantFrom(...MOVES),
  host: fc.constantFrom('client' as const, 'server' as const),
});

const breakpoints = {
  names: choice(Object.keys(NAMES)),
  data: choice(Object.keys(DATA)),
  lines: choice(['6', '7', '9', '12']),
};

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: moves },
  fc.record({ kind: fc.constant('names' as const), chosen: breakpoints.names }),
  fc.record({ kind: fc.constant('data' as const), chosen: breakpoints.data }),
  fc.record({ kind: fc.constant('lines' as const), chosen: breakpoints.lines }),
  fc.record({
    kind: fc.constant('travel' as const),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('edit' as const),
    text: fc.constantFrom(
      'client: close',
      'drop server -> client',
      'crash client',
      'client: send "x"',
      'let y = 1',
      'wait 30ms',
      'expect client ESTABLISHED within 20ms',
    ),
  }),
);

/** A session and the naive debugger beside it, side by side. */
async function sideBySide(text: string) {
  const { ask, launch, named } = inline(text);
  await launch({ program: '/model.tcpflow', maxSteps: LIMIT });
  ask('setExceptionBreakpoints', { filters: [] });
  const naive = createNaive(program(text), LIMIT);
  const groups = new Map<string, readonly NaiveBreakpoint[]>();

  function seen(): NaiveStop {
    const { step, microstep } = named('tcpflow/moved').at(-1)?.body ?? {};
    const over = named('terminated').length > 0;
    const ids = over ? [] : (named('stopped').at(-1)?.body.hitBreakpointIds ?? []);
    return { kind: over ? 'terminated' : 'stopped', place: { step, microstep }, ids };
  }

  function set(kind: 'names' | 'data' | 'lines', chosen: readonly Choice[]): void {
    const more = ({ hit, late }: Choice) => ({
      ...(hit === '' ? {} : { hitCondition: hit }),
      ...(late ? { condition: 'time > 20ms' } : {}),
    });
    const [command, args] = {
      names: [
        'setFunctionBreakpoints',
        { breakpoints: chosen.map((one) => ({ name: one.name, ...more(one) })) },
      ],
      data: [
        'setDataBreakpoints',
        { breakpoints: chosen.map((one) => ({ dataId: one.name, ...more(one) })) },
      ],
      lines: [
        'setBreakpoints',
        {
          source: { path: '/model.tcpflow' },
          breakpoints: chosen.map((one) => ({ line: Number(one.name), ...more(one) })),
        },
      ],
    }[kind] as [string, object];
    const { breakpoints } = ask<{
      breakpoints: { id: number; verified: boolean; line?: number }[];
    }>(command, args);
    const made = breakpoints.flatMap(({ id, verified, line }, i): readonly NaiveBreakpoint[] => {
      const { name = '', hit = '', late = false } = chosen[i] ?? {};
      const meant = kind === 'lines' ? reaches((line ?? 0) - 1) : (NAMES[name] ?? DATA[name])!;
      const both: Meant = (step, k) => meant(step, k) && (!late || LATE(step, k));
      return verified ? [{ id, meant: both, hit: HITS[hit]! }] : [];
    });
    groups.set(kind, made);
  }

  const reaches =
    (line: number): Meant =>
    ({ cause }: Step, k) =>
      k < 0 &&
      cause.kind === 'statement' &&
      naive.run().program.instructions[cause.statement]?.place.range.start.line === line;

  return { ask, naive, seen, set, all: () => [...groups.values()].flat() };
}

type Pair = Awaited<ReturnType<typeof sideBySide>>;

/** Does the same in both; whether the session goes on. */
function both({ ask, naive, seen, set, all }: Pair, command: Command): boolean {
  switch (command.kind) {
    case 'names':
    case 'data':
    case 'lines':
      set(command.kind, command.chosen);
      return true;
    case 'travel': {
      const step = Math.floor(command.part * naive.cursor().step);
      const expected = naive.travel({ step, microstep: -1 });
      ask('tcpflow/travel', { step, microstep: -1 });
      assert.deepEqual(seen(), expected);
      return true;
    }
    case 'edit': {
      const expected = naive.edit(command.text, all());
      if (expected === undefined) return true;
      ask('evaluate', { expression: command.text, context: 'repl' });
      assert.deepEqual(seen(), expected);
      return true;
    }
    case 'move': {
      const { move, host } = command;
      const expected = naive.move(move, all(), host);
      const [request, args] = requestOf(move, host);
      ask(request, args);
      assert.deepEqual(seen(), expected, move);
      return expected.kind === 'stopped';
    }
  }
}

function requestOf(move: string, host: string): readonly [string, object] {
  const threadId = host === 'client' ? 1 : 2;
  if (move.endsWith('AtHost')) {
    return ['tcpflow/eventAtHost', { threadId, back: move === 'previousAtHost' }];
  }
  return move.startsWith('reverseO') ? [`tcpflow/${move}`, {}] : [move, { threadId }];
}

describe('any sequence of commands', () => {
  it('leads where a naive debugger stands, and past edits too', async function () {
    this.timeout(120_000);
    const set = fc.constantFrom('names' as const, 'data' as const, 'lines' as const);
    const begun = set.chain((kind) => breakpoints[kind].map((chosen) => ({ kind, chosen })));
    const sequences = fc
      .tuple(begun, begun, fc.array(commands, { minLength: 1, maxLength: 40 }))
      .map(([one, other, rest]) => [one, other, ...rest]);
    await fc.assert(
      fc.asyncProperty(scripts, sequences, async (text, all) => {
        const pair = await sideBySide(text);
        for (const command of all) if (!both(pair, command)) break;
        const [session, naive] = [pair.seen().place, pair.naive.cursor()];
        assert.deepEqual(session.step === undefined ? naive : session, naive);
      }),
      { numRuns: 60 },
    );
  });

  it('forward and back is the identity, with every move and from everywhere', async function () {
    this.timeout(120_000);
    const forward = fc.constantFrom('next', 'stepIn', 'stepOut', 'nextAtHost');
    await fc.assert(
      fc.asyncProperty(
        scripts,
        fc.array(moves, { maxLength: 12 }),
        fc.array(forward, { minLength: 1, maxLength: 12 }),
        async (text, before, ahead) => {
          const pair = await sideBySide(text);
          for (const command of before) if (!both(pair, command)) return;
          const places = [pair.naive.cursor()];
          for (const move of ahead) {
            const last = places.at(-1)!;
            if (last.step >= pair.naive.run().timeline.length()) break;
            if (!both(pair, { kind: 'move', move: move as 'next', host: 'server' })) return;
            places.push(pair.naive.cursor());
          }
          for (const place of places.reverse().slice(1)) {
            pair.ask('stepBack', { threadId: 1 });
            assert.deepEqual(pair.seen().place, place);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
