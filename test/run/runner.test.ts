/** What statements mean: waiting, matching, outcomes of calls, limits; and that the past is always found again. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { finish, results, startRun, stateNow } from '../../src/run/run.js';
import type { RunState } from '../../src/run/state.js';
import { program, programsOf, scenario, TWO_HOSTS, traceOf } from './scenario.js';

const HANDSHAKE = 'server: listen 80\nclient: connect server:80\n';

/** The verdict of these statements, and the virtual time at the end. */
function verdict(statements: string): string {
  const run = scenario(statements);
  const told = run.results.failures.map(({ summary }) => `: ${summary}`).join('');
  return `${run.results.verdict} at ${stateNow(run).world.now}${told}`;
}

describe('expectations', () => {
  it('of a segment match the departures of a direction in order, and take no time when it has left', () => {
    assert.equal(verdict(`${HANDSHAKE}expect client -> server SYN`), 'passed at 0');
    assert.equal(
      verdict(`${HANDSHAKE}wait 50ms\nexpect client -> server SYN\nexpect client -> server ACK`),
      'passed at 50000',
    );
    assert.equal(verdict(`${HANDSHAKE}expect server -> client SYN,ACK`), 'passed at 10000');
  });

  it('compare control bits exactly, PSH only where it is written', () => {
    const data = `${HANDSHAKE}expect client ESTABLISHED\nclient: send "x"\nexpect client -> server SYN\nexpect client -> server ACK\n`;
    assert.match(verdict(`${data}expect client -> server ACK len=1`), /^passed/);
    assert.match(verdict(`${data}expect client -> server PSH,ACK len=1`), /^passed/);
    assert.match(verdict(`${data}expect client -> server FIN,ACK`), /^failed/);
    assert.match(verdict(`${HANDSHAKE}expect client -> server SYN,ACK`), /^failed/);
    const open = `${HANDSHAKE}expect client ESTABLISHED\nexpect client -> server SYN\n`;
    assert.match(verdict(`${open}expect client -> server PSH,ACK`), /^failed/);
  });

  it('of a segment do not count what is injected, and do count what is lost or sent again', () => {
    assert.match(
      verdict(`${HANDSHAKE}inject client -> server SYN seq=7\nexpect client -> server SYN seq=100`),
      /^passed/,
    );
    assert.equal(
      verdict(
        'drop 2 client -> server SYN\nclient: connect server:80\nrepeat 3 {\nexpect client -> server SYN\n}',
      ),
      'passed at 3000000',
    );
  });

  it('`eventually` passes over what comes before', () => {
    assert.equal(verdict(`${HANDSHAKE}eventually client -> server ACK`), 'passed at 20000');
  });

  it('of a fact wait until it holds, to the end of its time, that instant included', () => {
    assert.equal(verdict(`${HANDSHAKE}expect server ESTABLISHED within 30ms`), 'passed at 30000');
    assert.match(verdict(`${HANDSHAKE}expect server ESTABLISHED within 29ms`), /^failed at 29000/);
  });

  it('of the congestion window count its segments, where there is one', () => {
    const lecture = (expectations: string) => {
      const run = startRun(
        program(`host client { profile linux }
host server { sack on }
${HANDSHAKE}expect client CWND == 10 and SSTHRESH > 1000
expect server ESTABLISHED
drop client -> server ACK len=1460
client: send 20000 bytes
${expectations}
`),
      );
      return finish(run).failures.map(({ summary }) => summary);
    };
    assert.deepEqual(lecture('expect client SSTHRESH == 7 and cwnd <= 10 within 1s'), []);
    assert.deepEqual(lecture('expect server CWND == 1'), [
      'expected server CWND == 1; CWND has no value (no congestion window: `initial-window` is off)',
    ]);
  });

  it('of the time come to hold between events', () => {
    assert.equal(verdict(`${HANDSHAKE}expect time == 15ms`), 'passed at 15000');
    assert.equal(verdict(`${HANDSHAKE}expect time > 15ms`), 'passed at 15001');
    assert.equal(verdict('expect 3s <= time'), 'passed at 3000000');
    assert.match(verdict('wait 2s\nexpect time == 1s'), /^failed at 2000000/);
  });

  it('that hold only for a moment hold', () => {
    assert.match(
      verdict(`${HANDSHAKE}expect server SYN_RCVD\nexpect client ESTABLISHED`),
      /^passed/,
    );
  });

  it('let all that is due at an instant happen before the script goes on', () => {
    const both =
      'given client:1000 ESTABLISHED with server:80 { snd.nxt 100 rcv.nxt 300 }\nserver: close\nclient: close\n';
    assert.match(
      verdict(`${both}expect client CLOSING\nexpect server CLOSING within 0ms`),
      /^passed/,
    );
    const closed = `${HANDSHAKE}expect client ESTABLISHED\nclient: close\nexpect server CLOSE_WAIT\nserver: close\nexpect client TIME_WAIT\nwait 2msl\n`;
    assert.match(
      verdict(`${closed}never client TIME_WAIT for 0ms\nexpect client CLOSED within 0ms`),
      /^passed/,
    );
  });
});

describe('never', () => {
  it('for a time fails at the moment it happens, and passes when the time is over', () => {
    assert.match(verdict(`${HANDSHAKE}never server -> client SYN,ACK for 1s`), /^failed at 10000/);
    assert.equal(verdict(`${HANDSHAKE}never server -> client RST for 1s`), 'passed at 1000000');
  });

  it('without a time holds to the end of the scenario', () => {
    assert.match(verdict(`never client ESTABLISHED\n${HANDSHAKE}wait 1s`), /^failed at 20000/);
    const run = scenario('never client ESTABLISHED\nserver: listen 80\nwait 1s');
    assert.deepEqual([run.results.passed, run.results.verdict], [1, 'passed']);
  });

  it('looks at what was sent and matched by nothing yet', () => {
    assert.match(verdict('client: connect server:80\nnever client -> server SYN'), /^failed at 0/);
    assert.match(
      verdict(
        'client: connect server:80\nexpect client -> server SYN\nnever client -> server SYN for 500ms',
      ),
      /^passed/,
    );
  });
});

describe('a link', () => {
  it('that is declared without settings is like one that nobody declares', () => {
    const [declared, other] = ['link client -- server\n', ''].map((link) => {
      const hosts = `host client { isn 1 }\nhost server { isn 1 }\n${link}`;
      const run = startRun(program(`${hosts}${HANDSHAKE}client: send 4000 bytes\nwait 1s\n`));
      finish(run);
      return traceOf(run);
    });
    assert.equal(declared, other);
  });
});

describe('repeat', () => {
  it('takes as many turns as a number, a let or both say, and counts from what they say', () => {
    const last = (count: string) =>
      verdict(`let n = 2\nlet m = n * 2\nrepeat ${count} {\nlet b = i\n}\nexpect b == 5`);
    for (const count of [
      '6 as i',
      'n * 3 as i',
      'm + n as i',
      '(m) as i from n',
      '1 as i from m+1',
    ])
      assert.equal(last(count), 'passed at 0', count);
  });

  it('names its turns from 0, or from what it says', () => {
    const last = (head: string) => verdict(`repeat 3 as i${head} {\nlet a = i\n}\nexpect a == 7`);
    assert.equal(last(' from 5'), 'passed at 0');
    assert.match(last(''), /^failed at 0: .*a is 2/);
  });

  it('of nothing passes over its statements', () => {
    assert.equal(verdict('repeat 0 {\nexpect client ESTABLISHED\n}\nwait 1ms'), 'passed at 1000');
  });
});

describe('set', () => {
  const open = `${HANDSHAKE}expect server ESTABLISHED\n`;

  it('refuses what no connection can have, and says why', () => {
    const refused = (statement: string) =>
      verdict(`${open}set client.${statement}`).replace(/^failed at 30000: set client\./, '');
    assert.equal(
      refused('SND.UNA = 500'),
      'SND.UNA = 500: SND.UNA (500) cannot be beyond SND.NXT (101): nothing is acknowledged that was not sent',
    );
    assert.match(refused('timers.timeWait = 5s'), /The timeWait timer of client is not armed/);
    assert.match(refused('ISS = 7'), /The SYN with ISS 100 has been sent/);
    assert.match(refused('rto = 10us'), /It cannot be 10 us: .* 1ms to 30 days$/);
    assert.match(refused('SND.MSS = 0'), /It cannot be 0: .* 1 to 65535$/);
  });

  it('takes what is at the bounds', () => {
    for (const statement of ['SND.UNA = SND.NXT', 'timers.timeWait = off', 'rto = 1ms']) {
      assert.equal(verdict(`${open}set client.${statement}`), 'passed at 30000', statement);
    }
    assert.equal(verdict('set client.ISS = 7'), 'passed at 0');
  });
});

describe('calls', () => {
  it('that meet an error leave it in the record, with the RFC text; only an expectation can fail', () => {
    const run = scenario('client: send "x"\nserver: listen 80');
    assert.equal(run.results.verdict, 'passed');
    const remark = run.timeline.step(0).microsteps.at(-1);
    assert.equal(remark?.rule.id, 'script/call-failed');
    assert.match(remark?.why() ?? '', /^error: connection does not exist;/);
    assert.match(verdict('expect client: send "x"'), /^failed at 0: .*"connection does not exist"/);
  });

  it('may be expected to fail, now or later, in any case of letters', () => {
    assert.equal(verdict('expect client: send "x" fails "Does Not Exist"'), 'passed at 0');
    assert.equal(
      verdict('expect client: connect server:80 fails "connection refused"'),
      'passed at 20000',
    );
    assert.equal(
      verdict('expect client: connect server:80 fails "connection reset"'),
      'passed at 20000',
    );
    const aborted = `${HANDSHAKE}expect server ESTABLISHED\nserver: receive\nclient: abort\n`;
    assert.equal(verdict(`${aborted}expect server fails "connection reset"`), 'passed at 40000');
  });

  it('may be expected to succeed, and are waited for', () => {
    assert.equal(verdict('server: listen 80\nexpect client: connect server:80'), 'passed at 20000');
    assert.match(
      verdict('expect client: connect server:80'),
      /^failed at 20000: .* it failed with "connection reset"/,
    );
    assert.equal(
      verdict(
        `server: listen 80\nclient: connect server:80\nexpect server: accept as first\nexpect server.first ESTABLISHED`,
      ),
      'passed at 30000',
    );
  });

  it('give what was received, in order, whoever took it', () => {
    const data = `${HANDSHAKE}expect server ESTABLISHED\nclient: send "ab"\n`;
    assert.match(
      verdict(
        `${data}expect server received "ab"\nserver: receive 1 bytes\nexpect server received "ab"\nexpect server received 2 bytes`,
      ),
      /^passed/,
    );
    assert.match(
      verdict(
        `server: listen 80\nclient: connect server:80\nexpect server ESTABLISHED\nserver: receive\nclient: send "ab"\nexpect server received "ab"`,
      ),
      /^passed/,
    );
  });

  it('share what was received before: a thousand RECEIVEs do not copy it a thousand times', () => {
    const run = scenario(
      `${HANDSHAKE}expect client ESTABLISHED\nrepeat 1000 {\nclient: send "x"\nwait 10ms\nserver: receive\n}\nexpect server received 1000 bytes`,
    );
    assert.equal(run.results.verdict, 'passed');
    const [received = []] = stateNow(run).given.values();
    assert.equal(received.flat().length, 1000);
    assert.ok(received.length > 1 && received.every(({ length }) => length < 1000));
  });
});

describe('injected segments', () => {
  it('belong to the connection between the two, from either end', () => {
    assert.match(
      verdict(
        `${HANDSHAKE}expect server ESTABLISHED\ninject client -> server RST seq=101\nexpect server CLOSED`,
      ),
      /^passed/,
    );
    const peer = 'peer p 10.0.0.9\n';
    const run = startRun(
      program(
        `${peer}${TWO_HOSTS}server: listen 80\ninject p -> server SYN seq=9\nexpect server -> p SYN,ACK as s\ninject p -> server ACK seq=10 ack=s.seq+1\nexpect server ESTABLISHED`,
      ),
    );
    assert.equal(finish(run).verdict, 'passed');
  });
});

describe('limits', () => {
  it('end an endless script with a reason: steps, virtual time, turns', () => {
    const endless = 'repeat 900000 as i {\nlet x = i\n}';
    const steps = scenario(endless, { limits: { steps: 500 } });
    assert.equal(steps.results.verdict, 'stopped');
    assert.equal(
      steps.results.ended?.reason,
      'stopped after 500 steps: the limit of a run (maxSteps raises it, on the command line --max-steps)',
    );
    assert.equal(steps.timeline.length(), 501);
    assert.equal(steps.timeline.step(500).microsteps[0]?.rule.id, 'script/limit');
    const turns = scenario('repeat 100 {\n}\nprint "never"', { limits: { turns: 50 } });
    assert.match(turns.results.ended?.reason ?? '', /^stopped after 50 turns/);
    const time = scenario('wait 40h', { limits: { time: 3_600_000_000 } });
    assert.match(time.results.ended?.reason ?? '', /^stopped after 3600 s of virtual time/);
    const events = scenario(`${HANDSHAKE}cut client -- server\nwait 3h`, {
      limits: { time: 60_000_000 },
    });
    assert.match(events.results.ended?.reason ?? '', /virtual time/);
  });

  it('of a script that is over by then do not matter', () => {
    assert.equal(
      scenario('print "a"\nprint "b"', { limits: { steps: 2 } }).results.verdict,
      'passed',
    );
  });

  it('are not reached by a quiet world: nothing more to come is an end of waiting', () => {
    assert.match(verdict('wait quiet'), /^passed at 0/);
    assert.match(verdict('wait until client ESTABLISHED'), /^failed at 0/);
  });

  it('of what waits and stands: faults, and `never`s, of which one in a loop is one', () => {
    const faults = scenario('repeat 10001 {\ndrop client -> server SYN seq=1\n}\nwait 1s');
    assert.match(faults.results.ended?.reason ?? '', /^stopped after 10000 faults/);
    const nevers = scenario(`${'never client -> server RST\n'.repeat(1_001)}wait 1s`);
    assert.match(nevers.results.ended?.reason ?? '', /^stopped after 1000 of `never`/);
    const looped = scenario('repeat 2000 {\nnever client -> server RST\n}\nwait 1s');
    assert.equal(looped.results.verdict, 'passed');
  });
});

describe('a run', () => {
  it('can be asked for its results while it goes on', () => {
    const run = startRun(program(`${TWO_HOSTS}${HANDSHAKE}expect client -> server SYN\nwait 1s`));
    for (let i = 0; i < 3; i++) run.timeline.extend();
    const { verdict: now, passed, ended } = results(run);
    assert.deepEqual([now, passed, ended], ['running', 1, undefined]);
  });

  it('with another seed may differ, with the same it does not', () => {
    const text =
      'host a\nhost b\nlink a -- b { loss 30% }\nb: listen 80\na: connect b:80\nexpect a ESTABLISHED';
    const record = (seed: number) => {
      const run = startRun(program(text), { seed });
      finish(run);
      return traceOf(run).replace(/seed \d+/, '');
    };
    assert.equal(record(5), record(5));
    assert.ok(new Set([1, 2, 3, 4, 5, 6].map(record)).size > 1);
  });

  it('finds each of its states again by replay', () => {
    const files = ['handshake', 'lost-syn', 'rfc9293-figure-08', 'rfc9293-figure-13'];
    const programs = files.flatMap((file) => programsOf(`examples/${file}.tcpflow`));
    fc.assert(
      fc.property(
        fc.constantFrom(...programs),
        fc.array(fc.nat(60), { maxLength: 8 }),
        (one, indexes) => {
          const run = startRun(one);
          const states: string[] = [];
          do states.push(projection(stateNow(run)));
          while (run.timeline.extend());
          for (const index of indexes) {
            const at = index % run.timeline.length();
            assert.equal(projection(run.timeline.stateBefore(at)), states[at]);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** All of a state but functions and what is only remembered of it (`routes`), as a text. */
function projection(state: RunState): string {
  return JSON.stringify({ ...state, setup: undefined }, (key, value: unknown) => {
    if (key === 'routes') return undefined;
    if (value instanceof Map) return [...value];
    return value instanceof Set ? [...value] : value;
  });
}
