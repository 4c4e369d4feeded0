/** Breakpoints: where they hold and what they say, by line, by name, by filter; conditions, hit counts, log messages. */

import assert from 'node:assert/strict';
import { parseTemplate } from '../../src/lang/template.js';
import {
  createBreakpoint,
  lineBreakpoint,
  type Predicate,
  parseHitCondition,
  type Refinement,
} from '../../src/run/breakpoint.js';
import { expressionBreakpoint, variableBreakpoint } from '../../src/run/data-breakpoint.js';
import { FILTERS } from '../../src/run/filters.js';
import { parseFunctionBreakpoint } from '../../src/run/function-breakpoint.js';
import { endOf, START } from '../../src/run/places.js';
import { type Run, startRun } from '../../src/run/run.js';
import { findStop } from '../../src/run/stop.js';
import { program, programsOf, TWO_HOSTS } from './scenario.js';

const [HANDSHAKE] = programsOf('examples/handshake.tcpflow');
assert(HANDSHAKE);
const LOST = programsOf('examples/lost-syn.tcpflow')[1];
assert(LOST);

/** Before everything: the first statement's line counts too. */
const BEFORE = { ...START, microstep: -2 };

/** Every place where a breakpoint holds, in words. */
function hitsOf(run: Run, predicate: Predicate, refinement?: Refinement): readonly string[] {
  const breakpoint = createBreakpoint(1, predicate, refinement);
  const found: string[] = [];
  for (let place = BEFORE; ; ) {
    const stop = findStop(run, place, 1, 'breakpoint', [breakpoint]);
    if (stop.reason !== 'breakpoint') return found;
    found.push(...stop.hits.map(({ why }) => why));
    place = stop.place;
  }
}

function named(name: string, of = HANDSHAKE): readonly string[] {
  const parsed = parseFunctionBreakpoint(name, of!);
  if (parsed.kind === 'impossible') return [parsed.message];
  return hitsOf(startRun(of!), parsed.holds);
}

/** A breakpoint that holds everywhere but where its condition does not. */
const everywhere: Predicate = () => 'here';

describe('a condition about variables', () => {
  const script = `${TWO_HOSTS}
scenario "names" {
  server: listen 80
  repeat 3 as i {
    let a = 1 + i
    client: connect server:80 as syn
    wait 30ms
    print "{a}"
  }
}`;

  /** The places where it holds: asked while the run is recorded, or of a record that is there. */
  function places(condition: string, recorded: boolean): readonly string[] {
    const run = startRun(program(script));
    if (recorded) while (run.timeline.extend() !== undefined);
    const breakpoint = createBreakpoint(1, everywhere, { condition });
    const found: string[] = [];
    for (let place = BEFORE; ; ) {
      const stop = findStop(run, place, 1, 'breakpoint', [breakpoint]);
      if (stop.reason !== 'breakpoint') return found;
      place = stop.place;
      found.push(`${place.step} ${place.microstep}`);
    }
  }

  for (const condition of ['a == 2', 'i == 1', 'a > 1 and i < 2', 'a == 2 or STATE == SYN_SENT']) {
    it(`${condition}: holds at the same places while they are recorded`, () => {
      const there = places(condition, true);
      assert.notDeepEqual(there, []);
      assert.deepEqual(places(condition, false), there);
    });
  }

  it('knows a value from the statement after the one that gives it', () => {
    const run = startRun(program(script));
    const breakpoint = createBreakpoint(1, everywhere, { condition: 'a == 2' });
    const stop = findStop(run, BEFORE, 1, 'breakpoint', [breakpoint]);
    const { cause, microsteps } = run.timeline.step(stop.place.step);
    assert.equal(cause.kind, 'statement');
    assert.equal(stop.place.microstep, microsteps.length - 1);
    assert.equal(run.program.instructions[cause.statement]?.operation.kind, 'let');
  });
});

describe('function breakpoints', () => {
  it('on a state of a host say how it was entered', () => {
    assert.deepEqual(named('server:SYN_RCVD'), [
      'server entered SYN_RCVD from LISTEN: Third, check for a SYN',
    ]);
  });

  it('accept either spelling, blanks and any case', () => {
    for (const name of [
      'server: syn-received',
      'SERVER:SYN-RECEIVED',
      ' server :  syn_rcvd ',
      'SYN-RECEIVED',
      'server.c1:SYN_RCVD',
    ]) {
      assert.deepEqual(named(name), named('server:SYN_RCVD'), name);
    }
  });

  it('on a move, on entering from anywhere, and on leaving', () => {
    assert.deepEqual(named('LISTEN->SYN_RCVD'), named('server:SYN_RCVD'));
    assert.deepEqual(named('LISTEN -> SYN-RECEIVED'), named('server:SYN_RCVD'));
    assert.deepEqual(named('client:*->CLOSED'), [
      'client entered CLOSED from TIME_WAIT: TIME-WAIT TIMEOUT',
    ]);
    assert.deepEqual(named('client:->CLOSED'), named('client:*->CLOSED'));
    assert.deepEqual(named('SYN_RCVD->'), [
      'server entered ESTABLISHED from SYN_RCVD: Fifth, check the ACK field',
    ]);
    assert.deepEqual(named('server:SYN_RCVD->*'), named('SYN_RCVD->'));
    assert.equal(named('ESTABLISHED').length, 2);
  });

  it('on a connection hold for that one alone', () => {
    assert.equal(named('server.c1:ESTABLISHED').length, 1);
    assert.deepEqual(named('server.c2:ESTABLISHED'), []);
  });

  it('on a rule say what it decided', () => {
    const hits = named('syn-sent/4-syn');
    assert.equal(hits.length, 1);
    assert.match(hits[0] ?? '', /^client: Fourth, check the SYN bit: .*IRS=300/);
    assert.equal(named('server:syn-sent/4-syn').length, 0);
    assert.equal(
      named('client:link/deliver').length + named('server:link/deliver').length,
      named('link/deliver').length,
    );
  });

  it('that never can hit say why and what would be right', () => {
    const refused = (name: string) => {
      const parsed = parseFunctionBreakpoint(name, HANDSHAKE!);
      assert.equal(parsed.kind, 'impossible', name);
      return parsed.kind === 'impossible' ? [parsed.message, parsed.instead] : [];
    };
    assert.match(
      refused('LISTEN->TIME_WAIT')[0] ?? '',
      /^No rule moves a connection from LISTEN to TIME_WAIT: from LISTEN one comes to .*SYN_RCVD.*to TIME_WAIT one comes from/,
    );
    assert.deepEqual(refused('sever:SYN_RCVD'), [
      'No host is called `sever`: this script has client and server. Did you mean `server`?',
      'server',
    ]);
    assert.deepEqual(refused('server:SYN_RCVED')[1], 'server:SYN_RCVD');
    assert.deepEqual(refused('other-states/5-akc')[1], 'other-states/5-ack');
    assert.match(refused('A->B->C')[0] ?? '', /two arrows/);
    assert.match(refused('->')[0] ?? '', /Write a state/);
    assert.match(refused('')[0] ?? '', /Write a state/);
  });
});

describe('data breakpoints', () => {
  it('hold where a rule changes the variable, and say from what to what', () => {
    const hits = (host: string, connection: string | undefined, path: string) =>
      hitsOf(startRun(HANDSHAKE!), variableBreakpoint(host, connection, path));
    assert.deepEqual(hits('server', 'c1', 'snd.una').slice(0, 2), [
      'server: SND.UNA changed from 0 to 300: Third, check for a SYN',
      'server: SND.UNA changed from 300 to 301: Fifth, check the ACK field',
    ]);
    assert.deepEqual(hits('server', 'c2', 'snd.una'), []);
    assert.equal(hits('client', undefined, 'state').length, 6);
    assert.deepEqual(hits('client', undefined, 'nonsense'), []);
  });

  it('follow a connection by its number, whatever it is called later', () => {
    const accepted = program(`${TWO_HOSTS}server: listen 80
client: connect server:80 as first
expect server ESTABLISHED
server: accept as mine
client: send "x"
expect server received "x"
client: connect server:80
wait 1s
`);
    const hits = (connection: string) =>
      hitsOf(startRun(accepted), variableBreakpoint('server', connection, 'rcv.nxt')).length;
    assert.deepEqual(['c1', 'mine', 'c2', 'c3'].map(hits), [2, 1, 1, 0]);
  });

  it('of expressions hold at the same places in passing, ahead and going back', () => {
    for (const text of ['STATE', 'SND.NXT - SND.UNA', 'client.SND.NXT == server.RCV.NXT']) {
      const anybody = { host: undefined, connection: undefined };
      const breakpoint = createBreakpoint(1, expressionBreakpoint(text, anybody));
      const places = (run: Run, direction: 1 | -1, passing: boolean) => {
        const found: string[] = [];
        let from = direction > 0 ? BEFORE : endOf(run);
        for (;;) {
          const { place, hits } = findStop(run, from, direction, 'breakpoint', [breakpoint], {
            passing,
          });
          if (hits.length === 0) return direction > 0 ? found : found.reverse();
          found.push(`${place.step}.${place.microstep} ${hits.map(({ why }) => why).join()}`);
          from = place;
        }
      };
      const run = startRun(HANDSHAKE!);
      const there = places(run, 1, true);
      assert.ok(there.length > 2, text);
      assert.deepEqual(places(startRun(HANDSHAKE!), 1, false), there);
      assert.deepEqual(places(run, 1, false), there);
      assert.deepEqual(places(run, -1, false), there);
    }
  });
});

describe('refinements', () => {
  const line = (statement: number, refinement: Refinement, text: string) =>
    hitsOf(startRun(program(`${TWO_HOSTS}${text}`)), lineBreakpoint(statement), refinement).length;
  const LOOP = 'repeat 10 as i {\nprint "{i}"\n}';

  it('a line stops each time its statement is reached', () => {
    assert.equal(line(1, {}, LOOP), 10);
    assert.equal(line(0, {}, LOOP), 1);
  });

  it('a condition is evaluated at the place', () => {
    assert.equal(line(1, { condition: 'i >= 7' }, LOOP), 3);
    assert.equal(line(1, { condition: 'nonsense' }, LOOP), 0);
    const parsed = parseFunctionBreakpoint('ESTABLISHED', HANDSHAKE!);
    assert(parsed.kind === 'ok');
    const hits = hitsOf(startRun(HANDSHAKE!), parsed.holds, {
      condition: 'ISS == 300 and seg.ack == SND.UNA',
    });
    assert.equal(hits.length, 1);
    assert.match(hits[0] ?? '', /^server entered ESTABLISHED/);
  });

  it('a hit count picks from the hits of the whole run, in both directions', () => {
    const hits = (text: string) => ({ hits: parseHitCondition(text) });
    assert.equal(line(1, hits('5'), LOOP), 1);
    assert.equal(line(1, hits('>=3'), LOOP), 8);
    assert.equal(line(1, hits('% 2'), LOOP), 5);
    assert.equal(line(1, { ...hits('>1'), condition: 'i > 4' }, LOOP), 4);
    const run = startRun(program(`${TWO_HOSTS}${LOOP}`));
    const breakpoint = createBreakpoint(1, lineBreakpoint(1), hits('3'));
    const forward = findStop(run, START, 1, 'breakpoint', [breakpoint]);
    const end = findStop(run, forward.place, 1, 'breakpoint', [breakpoint]);
    assert.equal(end.reason, 'end');
    const back = findStop(run, end.place, -1, 'breakpoint', [breakpoint]);
    assert.deepEqual(back.place, forward.place);
    assert.match(back.hits[0]?.why ?? '', /hit 3$/);
  });

  it('a hit count that means nothing is refused', () => {
    for (const text of ['', 'x', '>', '%0', '-1', '1.5'])
      assert.equal(parseHitCondition(text), undefined, text);
  });

  it('a log message is said instead of stopping', () => {
    const template = parseTemplate('turn {i} of {time}');
    const start = { line: 0, character: 0 };
    const log = { parts: template.parts, text: '', range: { start, end: start } };
    const run = startRun(program(`${TWO_HOSTS}${LOOP}`));
    const breakpoint = createBreakpoint(1, lineBreakpoint(1), { log, condition: 'i < 2' });
    const stop = findStop(run, START, 1, 'breakpoint', [breakpoint]);
    assert.equal(stop.reason, 'end');
    assert.deepEqual(
      stop.logs.map(({ text }) => text),
      ['turn 0 of 0 s', 'turn 1 of 0 s'],
    );
  });

  it('hits are counted anew when the run is forked', () => {
    const run = startRun(program(`${TWO_HOSTS}${LOOP}`));
    const breakpoint = createBreakpoint(1, lineBreakpoint(1), { hits: parseHitCondition('2') });
    const { place } = findStop(run, START, 1, 'breakpoint', [breakpoint]);
    run.timeline.fork(1, (state, index) => ({
      index,
      at: state.world.now,
      cause: { kind: 'edit', text: 'nothing' },
      host: undefined,
      connection: undefined,
      origin: 0,
      microsteps: [],
      departures: [],
    }));
    const again = findStop(run, START, 1, 'breakpoint', [breakpoint]);
    assert.equal(again.reason, 'breakpoint');
    assert.equal(again.place.step, place.step + 1);
  });
});

describe('filters', () => {
  const filter = (id: string, of = HANDSHAKE) => {
    const found = FILTERS.find((one) => one.id === id);
    assert(found, id);
    return hitsOf(startRun(of!), found.holds);
  };
  const script = (text: string) => program(`${TWO_HOSTS}${text}`);

  it('only failed expectations are on when nobody chose', () => {
    assert.deepEqual(
      FILTERS.filter(({ isDefault }) => isDefault).map(({ id }) => id),
      ['failed'],
    );
  });

  it('a failed expectation', () => {
    const failing = script('server: listen 80\nexpect server SYN_RCVD within 1s');
    assert.deepEqual(filter('failed', failing), [
      'expected server SYN_RCVD within 1s; server is LISTEN',
    ]);
    assert.deepEqual(filter('failed', script('client: send "x"')), []);
    assert.deepEqual(filter('failed', script('expect client: send "x"')), [
      'expected client: send "x" to succeed; it failed with "connection does not exist"',
    ]);
    assert.deepEqual(filter('failed'), []);
  });

  it('every state change', () => {
    assert.equal(filter('state').length, 12);
    assert.equal(filter('state')[2], 'server: LISTEN -> SYN_RCVD: Third, check for a SYN');
  });

  it('a reset, sent and received', () => {
    const refused = script('client: connect server:80\nwait 1s');
    assert.deepEqual(filter('rst', refused), [
      'server sends <SEQ=0><ACK=101><CTL=RST,ACK>: If the state is CLOSED (i.e., TCB does not exist)',
      '<SEQ=0><ACK=101><CTL=RST,ACK> from server arrives at client',
    ]);
  });

  it('a retransmission and a loss', () => {
    assert.equal(filter('retransmission', LOST).length, 2);
    assert.equal(filter('retransmission').length, 0);
    assert.equal(filter('lost', LOST).length, 2);
    assert.match(filter('lost', LOST)[0] ?? '', /client -> server <SEQ=100><CTL=SYN>/);
  });

  it('a survived roll of the dice is no loss', () => {
    const link =
      'host a\nhost b { isn 1 }\nlink a -- b { loss 0.0001% }\nb: listen 80\na: connect b:80\nwait 1s';
    assert.deepEqual(filter('lost', program(link)), []);
  });

  it('a discarded segment, a challenge ACK, a full queue', () => {
    const forged = script(
      'server: listen 80\nclient: connect server:80\nexpect server ESTABLISHED\ninject client -> server RST seq=200\nwait 1s',
    );
    assert.equal(filter('challenge', forged).length, 1);
    assert.ok(filter('discarded', forged).length >= 1);
    const full = program(
      'peer p\nhost server { syn-queue 1 }\nserver: listen 80\ninject p -> server SYN seq=1 from 1\ninject p -> server SYN seq=1 from 2\nwait 1s',
    );
    assert.equal(filter('overflow', full).length, 1);
  });

  it('a half-open connection that gives up its place, a datagram too large for its link', () => {
    const recycled = program(
      'peer p\nhost server { syn-queue 1, on-overflow recycle }\nserver: listen 80\ninject p -> server SYN seq=1 from 1\ninject p -> server SYN seq=1 from 2\nwait 1s',
    );
    assert.match(filter('overflow', recycled).join(), /^server: /);
    const large = program(
      'host a\nhost b\nlink a -- b { mtu 100 }\nb: listen 80\na: connect b:80\nexpect b ESTABLISHED\na: send 500 bytes\nwait 100ms',
    );
    assert.match(filter('lost', large).join(), /DATA=500.*lost/);
  });
});
