import assert from 'node:assert/strict';
import fc from 'fast-check';
import { listOf } from '../../src/base/pieces.js';
import { moveOf } from '../../src/tcp/rule.js';
import type { Segment } from '../../src/tcp/segment.js';
import { ACK, has, printSegment, RST, segLen } from '../../src/tcp/segment.js';
import { add, atOrBefore, before, distance, seq } from '../../src/tcp/seq.js';
import type { State } from '../../src/tcp/states.js';
import { isSynchronized, STATES } from '../../src/tcp/states.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { soonestTimer } from '../../src/tcp/timers.js';
import type { Seen } from './fixtures.js';
import { arrive, call, expire, ISS, inState, seg } from './fixtures.js';

/** Settings that change what the rules do. */
const someSettings = () =>
  fc.record({
    window: fc.constantFrom(0, 1, 10, 1000, 70_000),
    challengeAck: fc.constantFrom('on', 'off', 'rst', 'syn'),
    simultaneousOpen: fc.constantFrom('text' as const, 'figure' as const),
    combineSynAck: fc.boolean(),
    ackDelay: fc.constantFrom(0, 200_000),
    timestamps: fc.boolean(),
    windowScale: fc.constantFrom(undefined, 0, 7),
    keepalive: fc.constantFrom(0, 7_200_000_000),
    finWait2Timeout: fc.constantFrom(0, 60_000_000),
    userTimeout: fc.constantFrom(0, 300_000_000),
    timeWaitResets: fc.constantFrom('obey' as const, 'ignore' as const),
  });

const states: readonly State[] = STATES;

const someTcb = () =>
  fc
    .record({
      state: fc.constantFrom(...states),
      settings: someSettings(),
      open: fc.constantFrom('active' as const, 'passive' as const),
      wnd: fc.constantFrom(0, 3, 1000, 65_535),
      mss: fc.constantFrom(1, 10, 1460),
      stamped: fc.boolean(),
    })
    .map(({ state, settings, open, wnd, mss, stamped }) => {
      const base = { settings, snd: { wnd, max: wnd, mss } };
      if (state === 'CLOSED' || state === 'LISTEN') return inState(state, { settings });
      const options = { timestamps: stamped, tsRecent: 5 };
      return inState(
        state,
        state === 'SYN_RCVD' ? { ...base, options, open } : { ...base, options },
      );
    });

/** Numbers where the rules change their mind: at the edges of windows, and anywhere. */
const near = (...edges: readonly number[]) =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.constantFrom(...edges), fc.integer({ min: -3, max: 3 }))
        .map(([a, b]) => a + b),
    },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 32 - 1 }) },
  );

const someSegment = () =>
  fc
    .record({
      bits: fc.oneof(
        fc.constantFrom(0x10, 0x02, 0x12, 0x11, 0x04, 0x14, 0x18),
        fc.nat({ max: 255 }),
      ),
      seq: near(100, 101, 102, 1100, 1101),
      ack: near(299, 300, 301, 302, 305),
      wnd: fc.constantFrom(0, 1, 5, 1000, 65_535),
      up: fc.nat({ max: 20 }),
      data: fc.oneof(
        { weight: 2, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.nat({ max: 20 }) },
      ),
      val: fc.option(fc.constantFrom(4, 5, 6), { nil: undefined }),
    })
    .map(({ bits, val, ...fields }) => {
      const options = val === undefined ? {} : { timestamps: { val, ecr: 0 } };
      return { ...seg('', { ...fields, options }), ctl: bits };
    });

type Event =
  | { readonly kind: 'segment'; readonly segment: Segment }
  | {
      readonly kind: 'call';
      readonly name: 'send' | 'receive' | 'close' | 'abort' | 'status' | 'open';
      readonly size: number;
    }
  | { readonly kind: 'timer' };

const someEvent = (): fc.Arbitrary<Event> =>
  fc.oneof(
    { weight: 5, arbitrary: someSegment().map((segment): Event => ({ kind: 'segment', segment })) },
    {
      weight: 3,
      arbitrary: fc
        .record({
          name: fc.constantFrom('send', 'send', 'receive', 'close', 'status', 'open', 'abort'),
          size: fc.nat({ max: 30 }),
        })
        .map(({ name, size }): Event => ({ kind: 'call', name, size })),
    },
    { weight: 2, arbitrary: fc.constant<Event>({ kind: 'timer' }) },
  );

/** The segments move along with the connection, so that long walks stay interesting. */
function shifted(tcb: Tcb, segment: Segment): Segment {
  return {
    ...segment,
    seq: add(segment.seq, distance(seq(101), tcb.rcv.nxt)),
    ack: add(segment.ack, distance(seq(ISS + 1), tcb.snd.nxt)),
  };
}

function happen(tcb: Tcb, event: Event, number: number, now: number): Seen | undefined {
  if (event.kind === 'segment') return arrive(tcb, shifted(tcb, event.segment), now);
  if (event.kind === 'timer') {
    const timer = soonestTimer(tcb.timers);
    return timer && expire(tcb, timer, now);
  }
  switch (event.name) {
    case 'send':
      return call.send(tcb, event.size, number, now);
    case 'receive':
      return call.receive(tcb, event.size === 0 ? undefined : event.size, number);
    case 'close':
      return call.close(tcb, number);
    case 'abort':
      return call.abort(tcb, number);
    case 'open':
      return call.openActive(tcb);
    case 'status':
      return call.status(tcb);
  }
}

function checkInvariants(before_: Tcb, seen: Seen, event: Event): void {
  const { tcb } = seen;
  const { snd, timers, retransmissions } = tcb;
  const live = tcb.state !== 'CLOSED' && tcb.state !== 'LISTEN';
  assert.ok(!live || atOrBefore(snd.una, snd.nxt), 'SND.UNA =< SND.NXT');
  if (live && before_.iss === tcb.iss && before_.state !== 'LISTEN' && before_.state !== 'CLOSED') {
    assert.ok(atOrBefore(snd.una, before_.snd.nxt), 'nothing acknowledged that was not sent');
    assert.ok(atOrBefore(before_.snd.una, snd.una), 'SND.UNA never goes back');
    if (before_.state !== 'SYN_SENT') checkReceiver(before_, tcb);
  }
  if (retransmissions.length > 0) {
    assert.ok(timers.retransmission ?? timers.persist, 'a timer while something is unacknowledged');
  }
  for (const { segment } of listOf(retransmissions)) {
    assert.ok(
      before(snd.una, add(segment.seq, segLen(segment))),
      'acknowledged segments leave the queue',
    );
  }
  if (!live)
    assert.ok(
      Object.values(timers).every((at) => at === undefined),
      'no timers',
    );
  if (event.kind === 'segment' && has(event.segment, RST)) {
    assert.ok(!seen.segments.some((sent) => has(sent, RST)), 'no RST in answer to a RST');
  }
  checkSent(seen);
}

function checkReceiver(before_: Tcb, after: Tcb): void {
  assert.ok(atOrBefore(before_.rcv.nxt, after.rcv.nxt), 'RCV.NXT never goes back');
  const moved = distance(before_.rcv.nxt, after.rcv.nxt);
  assert.ok(after.rcv.wnd + moved >= before_.rcv.wnd, 'the right edge never goes back');
  for (const held of after.queued.outOfOrder.flat()) {
    assert.ok(
      atOrBefore(after.rcv.nxt, held.seq) || after.state === 'SYN_RCVD',
      printSegment(held),
    );
  }
}

function checkSent({ segments, steps }: Seen): void {
  for (const { before: one, after, effects } of steps) {
    for (const effect of effects) {
      if (effect.kind !== 'send' || one === undefined || after === undefined) continue;
      if (!isSynchronized(one.state) || !has(effect.segment, ACK) || has(effect.segment, RST))
        continue;
      assert.equal(effect.segment.ack, after.rcv.nxt, 'EST-29 every segment acknowledges RCV.NXT');
    }
  }
  for (const sent of segments)
    assert.ok(sent.wnd >= 0 && sent.wnd <= 65_535 && Number.isInteger(sent.wnd));
}

describe('any segment in any state', () => {
  it('is decided by rules, and each says why', () => {
    fc.assert(
      fc.property(someTcb(), someSegment(), (tcb, segment) => {
        const seen = arrive(tcb, segment);
        for (const step of seen.steps) {
          assert.ok(step.why().length > 3);
          const made = moveOf(step);
          assert.ok(made === undefined || step.rule.moves.includes(made));
        }
        checkInvariants(tcb, seen, { kind: 'segment', segment });
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives the same result twice, and changes nothing that it was given', () => {
    fc.assert(
      fc.property(someTcb(), someSegment(), (tcb, segment) => {
        const copy = structuredClone({ tcb, segment });
        const [one, two] = [arrive(tcb, segment), arrive(tcb, segment)];
        assert.deepEqual(one.tcb, two.tcb);
        assert.deepEqual(one.sent, two.sent);
        assert.deepEqual({ tcb, segment }, copy);
      }),
    );
  });

  it('only an ACK with the ACK bit moves SND.UNA, and only a FIN or text RCV.NXT', () => {
    fc.assert(
      fc.property(someTcb(), someSegment(), (tcb, segment) => {
        if (!isSynchronized(tcb.state)) return;
        const { tcb: after } = arrive(tcb, segment);
        if (!has(segment, ACK)) assert.equal(after.snd.una, tcb.snd.una);
        if (segLen(segment) === 0) assert.equal(after.rcv.nxt, tcb.rcv.nxt);
      }),
    );
  });
});

describe('any story of one connection', () => {
  it('keeps the invariants, and answers every call exactly once', () => {
    fc.assert(
      fc.property(someTcb(), fc.array(someEvent(), { maxLength: 40 }), (start, events) => {
        let tcb = start;
        let now = 0;
        const pending = new Set<string>();
        events.forEach((event, i) => {
          if (tcb.state === 'CLOSED' && i > 0) return;
          const number = 10 + i;
          if (event.kind === 'timer') now = Math.max(now, timerInstant(tcb) ?? now);
          else now += 1_000;
          const seen = happen(tcb, event, number, now);
          if (seen === undefined) return;
          if (event.kind === 'call' && event.name !== 'open' && event.name !== 'status')
            pending.add(`${number}`);
          for (const done of seen.completed) {
            const [name = ''] = done.split(' ');
            if (name !== '1') assert.ok(pending.delete(name), `${name} completed twice`);
          }
          checkInvariants(tcb, seen, event);
          tcb = seen.tcb;
          if (tcb.state === 'CLOSED') assert.equal(pending.size, 0, [...pending].join());
        });
      }),
      { numRuns: 1_500 },
    );
  });
});

function timerInstant(tcb: Tcb): number | undefined {
  const timer = soonestTimer(tcb.timers);
  return timer && tcb.timers[timer];
}
