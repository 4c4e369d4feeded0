/** RFC 3168 §6.1.1 and RFC 9768 §3.1: AE, CWR and ECE of the handshake, and the IP-ECN fields that they feed back. */

import assert from 'node:assert/strict';
import { setsEct } from '../../src/tcp/ecn/feedback.js';
import { CE, type Codepoint, ECT0, ECT1, NOT_ECT } from '../../src/tcp/ecn/ip.js';
import {
  callHost,
  createHost,
  type Handling,
  type Host,
  nextTimeout,
  segmentArrives,
  timeout,
} from '../../src/tcp/host.js';
import { ACK, AE, CWR, ECE, printCtl, type Segment, SYN, segment } from '../../src/tcp/segment.js';
import { add, seq } from '../../src/tcp/seq.js';
import { type Settings, settings } from '../../src/tcp/settings.js';
import type { Tcb } from '../../src/tcp/tcb.js';

const remote = { address: '10.0.0.2', port: 80 };
const local = { address: '', port: 0 };
const ALL = AE | CWR | ECE;
const CODEPOINTS: readonly Codepoint[] = [NOT_ECT, ECT1, ECT0, CE];
/** Every combination of AE, CWR and ECE. */
const COMBINATIONS = Array.from({ length: 8 }, (_, ace) => ace << 6);

function host(changes: Partial<Settings>) {
  return createHost('a', '10.0.0.1', settings(changes), 1);
}

function segmentsOf({ microsteps }: Handling): readonly Segment[] {
  return microsteps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'send' ? [effect.segment] : [])),
  );
}

/** The control bits of what a host sends. */
function sent(handling: Handling): readonly string[] {
  return segmentsOf(handling).map(({ ctl }) => printCtl(ctl));
}

function arrive(one: Host, seg: Segment): Handling {
  return segmentArrives(one, { source: '10.0.0.2', destination: '10.0.0.1', segment: seg }, 0);
}

/** The SYNs of a host that gets no answer. */
function syns(changes: Partial<Settings>): readonly string[] {
  const one = host(changes);
  const call = { kind: 'OPEN', open: 'active', local, remote, name: undefined } as const;
  const bits = [...sent(callHost(one, call, 1, 0))];
  for (let i = 0; i < 2; i++) bits.push(...sent(timeout(one, nextTimeout(one) ?? 0)));
  return bits;
}

/** A listener that has a SYN. */
function listening(changes: Partial<Settings>, ctl: number, ecn: Codepoint = NOT_ECT) {
  const one = host(changes);
  const at = { address: '', port: 80 };
  callHost(one, { kind: 'OPEN', open: 'passive', local: at, remote: undefined, backlog: 1 }, 1, 0);
  const peer = (fields: Partial<Segment> & { readonly ctl: number }) =>
    arrive(one, segment({ sourcePort: 9, destinationPort: 80, seq: seq(5), wnd: 99, ...fields }));
  const answer = peer({ ctl: SYN | ctl, ecn });
  const child = () => [...one.connections.values()][1]?.tcb ?? assert.fail('no child');
  const ack = () => add(child().iss, 1);
  return { one, peer, child, ack, answer };
}

/** What a listener answers to a SYN, and how it feeds back. */
function answer(changes: Partial<Settings>, ctl: number, ecn: Codepoint = NOT_ECT) {
  const { answer: bits, child } = listening(changes, ctl, ecn);
  return [...sent(bits), child().options.ecn?.mode];
}

/** A client that has a SYN,ACK. */
function connecting(changes: Partial<Settings>, bits: number, ecn: Codepoint = NOT_ECT) {
  const one = host(changes);
  callHost(one, { kind: 'OPEN', open: 'active', local, remote, name: undefined }, 1, 0);
  const tcb = (): Tcb => [...one.connections.values()][0]?.tcb ?? assert.fail('no client');
  const { iss, local: own } = tcb();
  const peer = (fields: Partial<Segment> & { readonly ctl: number }) =>
    arrive(
      one,
      segment({
        ...{ sourcePort: 80, destinationPort: own.port, seq: seq(5), ack: add(iss, 1), wnd: 999 },
        ...fields,
      }),
    );
  const answer = peer({ ctl: SYN | ACK | bits, ecn });
  return { one, peer, tcb, answer };
}

/** How a client feeds back when its SYN,ACK has these bits. */
function agrees(changes: Partial<Settings>, more: number): string | undefined {
  return connecting(changes, more).tcb().options.ecn?.mode;
}

function accurate(tcb: Tcb) {
  const { ecn } = tcb.options;
  return ecn?.mode === 'accurate' ? ecn : assert.fail(`${ecn?.mode}`);
}

describe('ECN in the handshake (RFC 3168 §6.1.1)', () => {
  it('OPT-31 a SYN that got no answer is sent again without asking for ECN', () => {
    const ask = { ecn: 'ask' } as const;
    assert.deepEqual(syns(ask), ['SYN,ECE,CWR', 'SYN', 'SYN']);
    assert.deepEqual(syns({ ...ask, ecnRetries: 1 }), ['SYN,ECE,CWR', 'SYN,ECE,CWR', 'SYN']);
    assert.deepEqual(syns({ ecn: 'accept' }), ['SYN', 'SYN', 'SYN']);
  });

  it('a SYN,ACK answers with ECE alone, if ECN is not off', () => {
    assert.deepEqual(answer({ ecn: 'accept' }, ECE | CWR), ['SYN,ECE,ACK', 'classic']);
    assert.deepEqual(answer({ ecn: 'off' }, ECE | CWR), ['SYN,ACK', undefined]);
    assert.deepEqual(answer({ ecn: 'accept' }, ECE), ['SYN,ACK', undefined]);
  });

  it('is agreed on by a SYN,ACK with ECE alone to who has asked', () => {
    assert.equal(agrees({ ecn: 'ask' }, ECE), 'classic');
    assert.equal(agrees({ ecn: 'ask' }, ECE | CWR), undefined);
    assert.equal(agrees({ ecn: 'ask' }, 0), undefined);
    assert.equal(agrees({ ecn: 'accept' }, ECE), undefined);
  });

  it('is agreed on by a SYN,ACK that comes after a SYN without the bits (§6.1.1.1)', () => {
    const late = host({ ecn: 'ask' });
    callHost(late, { kind: 'OPEN', open: 'active', local, remote, name: undefined }, 1, 0);
    timeout(late, nextTimeout(late) ?? 0);
    const [client] = late.connections.values();
    const { iss, local: own } = client?.tcb ?? assert.fail();
    const ports = { sourcePort: 80, destinationPort: own.port };
    arrive(late, segment({ ...ports, seq: seq(5), ack: add(iss, 1), ctl: SYN | ACK | ECE }));
    assert.equal(client?.tcb.options.ecn?.mode, 'classic');
  });
});

describe('AccECN in the handshake (RFC 9768 §3.1)', () => {
  it('ECN-04 a SYN asks with all three bits, its first retransmission, too, and no other (§3.1.4.1)', () => {
    const all = 'SYN,ECE,CWR,AE';
    assert.deepEqual(syns({ accurateEcn: 'ask' }), [all, all, 'SYN']);
    assert.deepEqual(syns({ accurateEcn: 'ask', accurateEcnRetries: 0 }), [all, 'SYN', 'SYN']);
    assert.deepEqual(syns({ accurateEcn: 'accept', ecn: 'ask' })[0], 'SYN,ECE,CWR');
  });

  it('ECN-01 a SYN,ACK feeds the IP-ECN field of the SYN back (Table 2, first block)', () => {
    const bits = CODEPOINTS.map((ecn) => answer({ accurateEcn: 'accept' }, ALL, ecn)[0]);
    assert.deepEqual(bits, ['SYN,CWR,ACK', 'SYN,ECE,CWR,ACK', 'SYN,AE,ACK', 'SYN,CWR,AE,ACK']);
  });

  it('ECN-02 a server falls back as the SYN asks; what is reserved asks for AccECN (Table 2, §3.1.3)', () => {
    const modes = COMBINATIONS.map((ctl) => answer({ accurateEcn: 'accept' }, ctl).at(-1));
    const accurate = 'accurate';
    const reserved = [accurate, accurate, accurate, accurate];
    assert.deepEqual(modes, [undefined, accurate, accurate, 'classic', ...reserved]);
  });

  it('ECN-03 a client falls back as the SYN,ACK says (Table 2, second and fourth block, §3.1.3)', () => {
    const modes = COMBINATIONS.map((ctl) => agrees({ accurateEcn: 'ask' }, ctl));
    const a = 'accurate';
    assert.deepEqual(modes, [undefined, 'classic', a, a, a, a, a, undefined]);
    for (const ctl of COMBINATIONS) assert.equal(agrees({ accurateEcn: 'accept' }, ctl), undefined);
  });

  it('whoever asks for classic ECN gets nothing else', () => {
    const modes = COMBINATIONS.map((ctl) => agrees({ ecn: 'ask', accurateEcn: 'accept' }, ctl));
    const classic = 'classic';
    assert.deepEqual(modes, [
      ...[undefined, classic, undefined, undefined],
      ...[undefined, classic, undefined, undefined],
    ]);
  });

  it('ECN-07 the ACK of the SYN,ACK feeds its IP-ECN field back, what follows r.cep (Table 3)', () => {
    const rows = CODEPOINTS.map((ecn) => {
      const { answer: ack, one } = connecting({ accurateEcn: 'ask' }, CWR, ecn);
      const data = new Uint8Array(10);
      const send = callHost(one, { kind: 'SEND', connection: 1, data }, 2, 0);
      return [...sent(ack), ...sent(send)];
    });
    assert.deepEqual(rows, [
      ['CWR,ACK', 'PSH,ECE,AE,ACK'],
      ['ECE,CWR,ACK', 'PSH,ECE,AE,ACK'],
      ['AE,ACK', 'PSH,ECE,AE,ACK'],
      ['CWR,AE,ACK', 'PSH,CWR,AE,ACK'],
    ]);
  });

  it('a pure ACK goes before text that waits for the SYN,ACK', () => {
    const one = host({ accurateEcn: 'ask' });
    callHost(one, { kind: 'OPEN', open: 'active', local, remote, name: undefined }, 1, 0);
    callHost(one, { kind: 'SEND', connection: 1, data: new Uint8Array(10) }, 2, 0);
    const { iss, local: own } = [...one.connections.values()][0]?.tcb ?? assert.fail();
    const ports = { sourcePort: 80, destinationPort: own.port };
    const syn = { ...ports, seq: seq(5), ack: add(iss, 1), ctl: SYN | ACK | CWR, wnd: 99 };
    const out = segmentsOf(arrive(one, segment({ ...syn, ecn: ECT0 })));
    assert.deepEqual(
      out.map(({ ctl, data }) => [printCtl(ctl), data.length]),
      [
        ['AE,ACK', 0],
        ['PSH,ECE,AE,ACK', 10],
      ],
    );
  });

  it('ECN-08 of the ACK the server learns how its SYN,ACK arrived (Table 4)', () => {
    const rows = COMBINATIONS.map((bits) => {
      const { peer, child, ack } = listening({ accurateEcn: 'accept' }, ALL);
      peer({ ctl: ACK | bits, seq: seq(6), ack: ack() });
      const { s, mangled, heeded } = accurate(child());
      return [bits >> 6, s.cep, !mangled, heeded];
    });
    assert.deepEqual(rows, [
      [0b000, 5, false, false],
      [0b001, 5, true, true],
      [0b010, 5, true, true],
      [0b011, 5, false, true],
      [0b100, 5, false, true],
      [0b101, 5, true, true],
      [0b110, 6, false, true],
      [0b111, 5, true, true],
    ]);
  });

  it('text says nothing of how the SYN,ACK arrived: its ACE field is a counter', () => {
    const { peer, child, ack } = listening({ accurateEcn: 'accept' }, ALL);
    peer({ ctl: ACK, seq: seq(6), ack: ack(), data: new Uint8Array(1) });
    assert.equal(accurate(child()).heeded, true);
  });

  it('a SYN that was mangled makes the client send nothing as ECT (§3.2.2.3)', () => {
    const ects = [CWR, CWR | ECE, AE, AE | CWR, AE | ECE].map((bits) =>
      setsEct(accurate(connecting({ accurateEcn: 'ask' }, bits).tcb())),
    );
    assert.deepEqual(ects, [true, false, false, false, true]);
  });

  it('new text is ECT(0), a retransmission, a pure ACK and a probe are not', () => {
    const { one, answer: ack } = connecting({ accurateEcn: 'ask' }, CWR);
    const data = new Uint8Array(10);
    const text = callHost(one, { kind: 'SEND', connection: 1, data }, 2, 0);
    const again = timeout(one, nextTimeout(one) ?? 0);
    const marks = [ack, text, again].map((handling) => segmentsOf(handling)[0]?.ecn);
    assert.deepEqual(marks, [NOT_ECT, ECT0, NOT_ECT]);
  });
});

describe('SYNs and SYN,ACKs that come again (RFC 9768 §3.1.5)', () => {
  it('ECN-06 the SYN,ACK feeds the IP-ECN field of the latest SYN back', () => {
    const { peer, child } = listening({ accurateEcn: 'accept', halfOpen: 'request' }, ALL);
    assert.deepEqual(sent(peer({ ctl: SYN | ALL, ecn: CE })), ['SYN,CWR,AE,ACK']);
    assert.deepEqual(accurate(child()).r.cep, 5, 'a SYN is not counted');
  });

  it('a SYN without the bits is answered with AccECN, and the server sends nothing as ECT', () => {
    const { peer, child } = listening({ accurateEcn: 'accept', halfOpen: 'request' }, ALL);
    assert.deepEqual(sent(peer({ ctl: SYN })), ['SYN,CWR,ACK']);
    assert.equal(setsEct(accurate(child())), false);
  });

  it('a server whose SYN,ACK got no answer sends it without the bits at last, and keeps its mode (§3.2.3.2.2)', () => {
    const { one, child } = listening({ accurateEcn: 'accept' }, ALL);
    const again = [1, 2].flatMap(() => sent(timeout(one, nextTimeout(one) ?? 0)));
    assert.deepEqual(again, ['SYN,CWR,ACK', 'SYN,ACK']);
    assert.equal(setsEct(accurate(child())), false);
  });

  it('ECN-05 SYNs that ask for classic ECN and for AccECN are reset, whichever comes first', () => {
    for (const [first, second] of [
      [ALL, ECE | CWR],
      [ECE | CWR, ALL],
      [ECE | CWR, AE],
    ] as const) {
      const { one, peer } = listening({ accurateEcn: 'accept' }, first);
      assert.deepEqual(sent(peer({ ctl: SYN | second })), ['RST,ACK']);
      assert.equal(one.connections.size, 1, 'the listener is left');
    }
  });

  it('a server without AccECN does not look at it, and one without ECN stays so', () => {
    const classic = listening({ ecn: 'accept', halfOpen: 'request' }, ECE | CWR);
    assert.deepEqual(sent(classic.peer({ ctl: SYN | ALL })), ['SYN,ECE,ACK']);
    const none = listening({ accurateEcn: 'accept', halfOpen: 'request' }, 0);
    assert.deepEqual(sent(none.peer({ ctl: SYN | ALL })), ['SYN,ACK']);
  });

  it('a SYN,ACK that comes again is fed back once more, and CE on it counts once (§3.2.2.1, §3.2.2.2)', () => {
    const { peer, tcb } = connecting({ accurateEcn: 'ask' }, CWR);
    assert.deepEqual(sent(peer({ ctl: SYN | ACK | CWR, ecn: ECT0 })), ['AE,ACK']);
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(sent(peer({ ctl: SYN | ACK | CWR, ecn: CE })), ['CWR,AE,ACK']);
    }
    assert.equal(accurate(tcb()).r.cep, 6);
    assert.deepEqual(sent(peer({ ctl: SYN | ACK, ecn: CE })), ['CWR,AE,ACK'], 'r.cep is 6');
  });
});

describe('a simultaneous open with AccECN (RFC 9768 §3.1.2)', () => {
  it('answers the SYN that crosses as a server does', () => {
    for (const [bits, expected] of [
      [ALL, 'SYN,ECE,CWR,ACK'],
      [ECE | CWR, 'SYN,ECE,ACK'],
      [0, 'SYN,ACK'],
    ] as const) {
      const one = host({ accurateEcn: 'ask' });
      callHost(one, { kind: 'OPEN', open: 'active', local, remote, name: undefined }, 1, 0);
      const [client] = one.connections.values();
      const port = client?.tcb.local.port ?? 0;
      const syn = { sourcePort: 80, destinationPort: port, seq: seq(5), ctl: SYN | bits };
      assert.deepEqual(sent(arrive(one, segment({ ...syn, ecn: ECT1 }))), [expected]);
    }
  });
});

describe('a simultaneous open of who has asked for classic ECN', () => {
  it('does not agree to AccECN, whatever it takes as a server', () => {
    const one = host({ accurateEcn: 'accept', ecn: 'ask' });
    callHost(one, { kind: 'OPEN', open: 'active', local, remote, name: undefined }, 1, 0);
    const port = [...one.connections.values()][0]?.tcb.local.port ?? 0;
    const syn = { sourcePort: 80, destinationPort: port, seq: seq(5), ctl: SYN | ALL };
    assert.deepEqual(sent(arrive(one, segment({ ...syn }))), ['SYN,ECE,ACK']);
  });
});

describe('a SYN cookie (RFC 9768 §5.1)', () => {
  it('in a timestamp remembers ECN; the ACE field of the ACK tells which feedback', () => {
    for (const [asked, bits, expected] of [
      [ALL, CWR, 'accurate'],
      [ALL, 0, 'classic'],
      [ECE | CWR, 0, 'classic'],
      [0, 0, undefined],
    ] as const) {
      const one = host({ accurateEcn: 'accept', synCookies: 'always', timestamps: true });
      const local80 = { address: '', port: 80 };
      const call = { kind: 'OPEN', open: 'passive', remote: undefined, backlog: 1 } as const;
      callHost(one, { ...call, local: local80 }, 1, 0);
      const syn = { sourcePort: 9, destinationPort: 80, seq: seq(5), wnd: 99 };
      const stamped = { timestamps: { val: 1, ecr: 0 } };
      const [answer] = segmentsOf(
        arrive(one, segment({ ...syn, ctl: SYN | asked, options: stamped })),
      );
      assert.equal(one.connections.size, 1, 'nothing is kept');
      const { val } = answer?.options.timestamps ?? assert.fail();
      const ack = { ...syn, seq: seq(6), ack: add(answer?.seq ?? seq(0), 1), ctl: ACK | bits };
      arrive(one, segment({ ...ack, options: { timestamps: { val: 2, ecr: val } } }));
      assert.equal([...one.connections.values()][1]?.tcb.options.ecn?.mode, expected);
    }
  });
});
