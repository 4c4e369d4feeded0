/** Random scripts: whatever people write, a run ends, without a throw, and always in the same way. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createHistory } from '../../src/debug/history.js';
import { compile } from '../../src/lang/compile.js';
import { SETTABLE_NAMES } from '../../src/lang/settable.js';
import { createBreakpoint } from '../../src/run/breakpoint.js';
import { parseFunctionBreakpoint } from '../../src/run/function-breakpoint.js';
import { START } from '../../src/run/places.js';
import { finish, startRun } from '../../src/run/run.js';
import { findStop, type Stop } from '../../src/run/stop.js';
import { STATES } from '../../src/tcp/states.js';
import { traceOf } from './scenario.js';

const WORLD = `host a 10.0.0.1 { isn 100, msl 1s, user-timeout 20s }
host b 10.0.0.2 { isn 4294967290, msl 1s, backlog 2, syn-queue 2 }
peer p 10.0.0.9
link a -- b { delay 10ms, jitter 5ms, loss 5%, duplicate 5%, reorder 5% }
`;

const hosts = fc.constantFrom('a', 'b');
const senders = fc.constantFrom('a', 'b', 'p');
const ports = fc.constantFrom('80', '81', '1000', '1000+i');
const flags = fc.constantFrom(
  'SYN',
  'SYN,ACK',
  'ACK',
  'FIN,ACK',
  'RST',
  'RST,ACK',
  'none',
  'FIN',
  'SYN,FIN',
  '?',
);
const numbers = fc.constantFrom(
  '0',
  '1',
  '100',
  '101',
  '4294967290',
  'i',
  'n+1',
  'a.SND.NXT',
  'b.RCV.NXT',
  '?',
);
const times = fc.constantFrom('0ms', '1ms', '15ms', '1s', '2msl', '30s');
const states = fc.constantFrom(...STATES.filter((state) => state !== 'CLOSED'));

/** A line made of parts, each chosen anew. */
function line(...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''));
}

const settable = fc.constantFrom(...SETTABLE_NAMES, 'SND.WND', 'RCV.NXT');
const values = fc.oneof(numbers, times, fc.constantFrom('off', 'SND.UNA', 'RCV.NXT+1'));

const statement: fc.Arbitrary<string> = fc.oneof(
  line('set ', hosts, '.', settable, ' = ', values),
  line('set a -- b ', fc.constantFrom('loss', 'delay', 'rate', 'mtu'), ' = ', values),
  line('deliver ', senders, ' -> ', hosts),
  line(hosts, ': listen ', ports),
  line(hosts, ': connect ', hosts, ':', ports, ' from ', ports),
  line(
    hosts,
    ': ',
    fc.constantFrom(
      'close',
      'abort',
      'status',
      'receive',
      'shutdown',
      'accept',
      'send "hello"',
      'send 5000 bytes',
      'receive 3 bytes',
    ),
  ),
  line(
    'expect ',
    hosts,
    ': ',
    fc.constantFrom('close', 'send "x"', 'accept', 'receive'),
    ' within ',
    times,
  ),
  line('expect ', hosts, ': connect ', hosts, ':', ports, ' fails "refused"'),
  line(
    'inject ',
    senders,
    ' -> ',
    hosts,
    ' ',
    fc.constantFrom('SYN', 'FIN', 'RST', 'none'),
    ' seq=',
    numbers,
  ),
  line(
    'inject ',
    senders,
    ' -> ',
    hosts,
    ' ',
    fc.constantFrom('ACK', 'FIN,ACK', 'SYN,ACK'),
    ' seq=',
    numbers,
    ' ack=',
    numbers,
  ),
  line(
    fc.constantFrom('expect ', 'eventually '),
    hosts,
    ' -> ',
    senders,
    ' ',
    flags,
    ' seq=',
    numbers,
    ' within ',
    times,
  ),
  line('never ', hosts, ' -> ', senders, ' ', flags, fc.constantFrom('', ' for 1s')),
  line('expect ', hosts, ' ', states, ' within ', times),
  line('never ', hosts, ' ', states, fc.constantFrom('', ' for 1s')),
  line('expect ', hosts, ' SND.NXT - SND.UNA == ', numbers, ' within ', times),
  line('expect time >= ', times),
  line(fc.constantFrom('drop ', 'duplicate ', 'corrupt '), senders, ' -> ', senders, ' ', flags),
  line('delay ', senders, ' -> ', senders, ' ', flags, ' by ', times),
  line('hold ', senders, ' -> ', senders, ' ', flags, ' as kept'),
  fc.constantFrom(
    'release kept',
    'cut a -- b',
    'mend a -- b',
    'crash a',
    'restart a',
    'restart b',
    'crash b',
  ),
  line('wait ', times),
  fc.constantFrom(
    'wait quiet',
    'wait until a ESTABLISHED',
    'let n = n+1',
    'print "{a.SND.NXT} {n/0} {time}"',
  ),
  line(
    'given a:',
    ports,
    ' ',
    states,
    ' with b:',
    ports,
    ' { snd.nxt ',
    numbers,
    ' rcv.nxt ',
    numbers,
    ' }',
  ),
);

/** Those lines that the checker lets pass, after `let n` and in a loop that counts `i`. */
function scriptOf(lines: readonly string[]): string {
  const whole = (some: readonly string[]) =>
    `${WORLD}let n = 1\nb: listen 80\na: connect b:80 from 1000\nrepeat 2 as i {\n${some.join('\n')}\n}\n`;
  const compiles = (some: readonly string[]) =>
    compile(whole(some), { file: 'random.tcpflow' }).program !== undefined;
  const kept: string[] = [];
  for (const one of lines) if (compiles([...kept, one])) kept.push(one);
  return whole(kept);
}

describe('random scripts', () => {
  const scripts = fc.record({
    lines: fc.array(statement, { minLength: 1, maxLength: 25 }),
    seed: fc.nat(1000),
    afterFailure: fc.constantFrom('end', 'go-on' as const),
  });

  it('end, without a throw, and twice in the same way', () => {
    fc.assert(
      fc.property(scripts, ({ lines, seed, afterFailure }) => {
        const text = scriptOf(lines);
        const { program } = compile(text, { file: 'random.tcpflow' });
        assert(program, text);
        const record = () => {
          const run = startRun(program, { seed, afterFailure, limits: { steps: 1500 } });
          const results = finish(run);
          return { run, text: `${JSON.stringify(results.statements)}\n${traceOf(run)}`, results };
        };
        const [once, twice] = [record(), record()];
        assert.equal(once.text, twice.text);
        assert.ok(once.results.ended, text);
        assert.notEqual(once.results.verdict, 'running');
        assert.ok(once.run.timeline.length() <= 1501);
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);

  it('can be walked there and back again', () => {
    fc.assert(
      fc.property(
        scripts,
        fc.constantFrom('rule', 'event', 'statement' as const),
        ({ lines, seed }, grain) => {
          const { program } = compile(scriptOf(lines), { file: 'random.tcpflow' });
          assert(program);
          const run = startRun(program, { seed, limits: { steps: 300 } });
          const there = [START];
          for (;;) {
            const stop = findStop(run, there.at(-1) ?? START, 1, grain);
            if (stop.reason === 'end' && run.timeline.length() === 0) return;
            there.push(stop.place);
            if (stop.reason === 'end') break;
          }
          const back = [there.at(-1) ?? START];
          while (back.length < there.length) {
            back.push(findStop(run, back.at(-1) ?? START, -1, grain).place);
          }
          assert.deepEqual(back.reverse(), there);
        },
      ),
      { numRuns: 60 },
    );
  }).timeout(60_000);

  it('stops at the same places when it is recorded in passing, and the record is the same', () => {
    fc.assert(
      fc.property(
        scripts,
        fc.constantFrom('SYN_RCVD', '*->CLOSED', 'refused', 'other-states/1-sequence'),
        ({ lines, seed }, name) => {
          const { program } = compile(scriptOf(lines), { file: 'random.tcpflow' });
          assert(program);
          const named = parseFunctionBreakpoint(name, program);
          assert(named.kind === 'ok');
          const breakpoints = [createBreakpoint(1, named.holds)];
          const stops = (passing: boolean) => {
            const run = startRun(program, { seed, limits: { steps: 500 } });
            const history = createHistory();
            run.timeline.observe(history);
            const found: Stop[] = [];
            let from = START;
            for (;;) {
              const stop = findStop(run, from, 1, 'breakpoint', breakpoints, { passing });
              found.push(stop);
              from = stop.place;
              if (stop.reason === 'end') break;
            }
            const told = found.map(({ place, reason, hits }) => ({
              place,
              reason,
              why: hits.map(({ why }) => why),
            }));
            const passed = program.hosts.map(({ name: host }) => ({
              moves: history.transitions(host, from, 0, 1_000),
              gone: history.lives
                .gone(host, from, 0, 1_000)
                .map((ref) => [ref.id, history.lives.created(ref), history.lives.deleted(ref)]),
            }));
            return { told, passed, trace: traceOf(run) };
          };
          assert.deepEqual(stops(true), stops(false));
        },
      ),
      { numRuns: 100 },
    );
  }).timeout(60_000);
});
