/** What each side knows after every message: the normal opening, both at once, lost messages, a side that forgot, the teardown. */

import assert from 'node:assert/strict';
import { compile } from '../../src/lang/compile.js';
import { finish, startRun } from '../../src/run/run.js';
import { moveOf } from '../../src/tcp/rule.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { CLAIMS, knowledgeOf, proofsAt, standingText } from '../../src/views/knowledge.js';

const SETUP = `host a 10.0.0.1 { isn 100 }
host b 10.0.0.2 { isn 300 }
link a -- b { delay 10ms }
`;

interface Told {
  /** What each host knows whenever that changed: `b -R?-`. */
  readonly lines: readonly string[];
  readonly run: ReturnType<typeof startRun>;
}

function play(statements: string): Told {
  const text = `${SETUP}scenario "s" {\n${statements}\n}\n`;
  const { program, diagnostics } = compile(text, { file: 'test.tcpflow' });
  if (program === undefined) throw new Error(diagnostics.map(({ code }) => code).join());
  const run = startRun(program);
  finish(run);
  const lines: string[] = [];
  const last = new Map<string, string>();
  for (let i = 0; i < run.timeline.length(); i++) {
    for (const { connection, after } of run.timeline.step(i).microsteps) {
      if (connection === undefined) continue;
      const { host, id } = connection;
      const knows = print(after);
      if ((last.get(`${host}${id}`) ?? '----') === knows) continue;
      last.set(`${host}${id}`, knows);
      lines.push(`${host} ${after?.state} ${knows}`);
    }
  }
  return { lines, run };
}

/** I can send, I can receive, the peer can send, the peer can receive: `-` unknown, `?` heard, `+` proven, `.` over. */
function print(tcb: Tcb | undefined): string {
  const signs = { unknown: '-', heard: '?', proven: '+', over: '.' };
  const knowledge = knowledgeOf(tcb);
  return CLAIMS.map((claim) => signs[knowledge[claim]]).join('');
}

describe('what each side knows', () => {
  it('grows with each of the three messages, and is whole after the third', () => {
    const { lines } = play('b: listen 80\na: connect b:80\nwait quiet');
    assert.deepEqual(lines, ['b SYN_RCVD -+?-', 'a ESTABLISHED ++++', 'b ESTABLISHED ++++']);
  });

  it('comes from the segment that says so', () => {
    const { run } = play('b: listen 80\na: connect b:80\nwait quiet');
    const { timeline } = run;
    const state = timeline.stateBefore(timeline.length());
    const [b] = [...(state.world.hosts.get('b')?.connections.values() ?? [])].slice(-1);
    assert.ok(b);
    const knowledge = knowledgeOf(b.tcb);
    const place = { step: timeline.length(), microstep: -1 };
    const proofs = proofsAt(timeline, b.ref, 0, place, knowledge);
    assert.deepEqual(
      CLAIMS.map((claim) => standingText(claim, knowledge[claim], proofs[claim])),
      [
        'proven by <SEQ=101><ACK=301><CTL=ACK>',
        'proven by <SEQ=100><CTL=SYN>',
        'proven by <SEQ=101><ACK=301><CTL=ACK>',
        'proven by <SEQ=101><ACK=301><CTL=ACK>',
      ],
    );
    assert.deepEqual(
      CLAIMS.map((claim) => proofs[claim]?.rule),
      ['other-states/5-ack', 'listen/3-syn', 'other-states/5-ack', 'other-states/5-ack'],
    );
  });

  it('takes four messages when both open at once: each SYN needs an acknowledgment of its own', () => {
    const { lines } = play(
      'a: connect b:40000 from 50000\nb: connect a:50000 from 40000\nwait quiet',
    );
    assert.deepEqual(lines, [
      'b SYN_RCVD -+?-',
      'a SYN_RCVD -+?-',
      'b ESTABLISHED ++++',
      'a ESTABLISHED ++++',
    ]);
  });

  it('stays half where the third message is lost, until the peer speaks again', () => {
    const { lines } = play(
      'b: listen 80\ndrop a -> b ACK\na: connect b:80\nwait 500ms\na: send "x"\nwait quiet',
    );
    assert.deepEqual(lines, ['b SYN_RCVD -+?-', 'a ESTABLISHED ++++', 'b ESTABLISHED ++++']);
  });

  it('is never proof for the one who answers an old or forged SYN', () => {
    const { lines } = play('b: listen 80\ninject a -> b SYN seq=90 to 80\nwait quiet');
    assert.ok(lines.includes('b SYN_RCVD -+?-'));
    assert.ok(!lines.some((line) => line.startsWith('b') && line.includes('++')));
  });

  it('is gone where a host crashed; the other still holds what was proven once, until a reset', () => {
    const { lines } = play(
      'b: listen 80\na: connect b:80\nwait quiet\ncrash b\nrestart b\na: send "x"\nwait quiet',
    );
    assert.deepEqual(lines.slice(3), ['b CLOSED ----', 'a CLOSED ----']);
  });

  it('ends direction by direction in the teardown', () => {
    const { lines } = play(
      'b: listen 80\na: connect b:80\nwait quiet\na: close\nwait 100ms\nb: close\nwait quiet',
    );
    assert.deepEqual(lines.slice(3), [
      // a's FIN is sent; b has it, and may go on sending; a knows that b has it.
      'a FIN_WAIT_1 .+++',
      'b CLOSE_WAIT +..+',
      'a FIN_WAIT_2 .++.',
      // The same the other way.
      'b LAST_ACK ...+',
      'a TIME_WAIT ....',
      'b CLOSED ----',
      'a CLOSED ----',
    ]);
  });

  it('changes only as segments come and go, or the entry is made or deleted', () => {
    const { run } = play('b: listen 80\na: connect b:80\nwait quiet\na: send "hello"\nwait quiet');
    for (let i = 0; i < run.timeline.length(); i++) {
      for (const microstep of run.timeline.step(i).microsteps) {
        const { before, after, effects } = microstep;
        if (before === undefined || print(before) === print(after)) continue;
        const { cause } = run.timeline.step(i);
        assert.ok(cause.kind === 'arrival' || effects.length > 0 || moveOf(microstep));
      }
    }
  });
});
