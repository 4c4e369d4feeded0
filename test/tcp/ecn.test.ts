/** RFC 3168 §6.1.1: ECE and CWR of the handshake. */

import assert from 'node:assert/strict';
import {
  callHost,
  createHost,
  type Handling,
  nextTimeout,
  segmentArrives,
  timeout,
} from '../../src/tcp/host.js';
import { ACK, CWR, ECE, printCtl, SYN, segment } from '../../src/tcp/segment.js';
import { add, seq } from '../../src/tcp/seq.js';
import { type Settings, settings } from '../../src/tcp/settings.js';

const remote = { address: '10.0.0.2', port: 80 };
const local = { address: '', port: 0 };

function host(changes: Partial<Settings>) {
  return createHost('a', '10.0.0.1', settings(changes), 1);
}

/** The control bits of what a host sends. */
function sent({ microsteps }: Handling): readonly string[] {
  return microsteps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'send' ? [printCtl(effect.segment.ctl)] : [])),
  );
}

/** The SYNs of a host that gets no answer. */
function syns(changes: Partial<Settings>): readonly string[] {
  const one = host({ ecn: 'ask', ...changes });
  const call = { kind: 'OPEN', open: 'active', local, remote, name: undefined } as const;
  const bits = [...sent(callHost(one, call, 1, 0))];
  for (let i = 0; i < 2; i++) bits.push(...sent(timeout(one, nextTimeout(one) ?? 0)));
  return bits;
}

/** What a listener answers to a SYN, and whether it has agreed. */
function answer(ecn: Settings['ecn'], ctl: number) {
  const one = host({ ecn });
  const at = { address: '', port: 80 };
  callHost(one, { kind: 'OPEN', open: 'passive', local: at, remote: undefined, backlog: 1 }, 1, 0);
  const syn = segment({ sourcePort: 9, destinationPort: 80, seq: seq(5), ctl, wnd: 99 });
  const bits = sent(
    segmentArrives(one, { source: '10.0.0.2', destination: '10.0.0.1', segment: syn }, 0),
  );
  const [, child] = one.connections.values();
  return [...bits, child?.tcb.options.ecn];
}

/** Whether a client agrees when its SYN,ACK has these bits. */
function agrees(ecn: Settings['ecn'], more: number): boolean | undefined {
  const one = host({ ecn });
  callHost(one, { kind: 'OPEN', open: 'active', local, remote, name: undefined }, 1, 0);
  const [client] = one.connections.values();
  const { iss, local: own } = client?.tcb ?? assert.fail();
  const ports = { sourcePort: 80, destinationPort: own.port };
  const reply = segment({
    ...ports,
    seq: seq(5),
    ack: add(iss, 1),
    ctl: SYN | ACK | more,
    wnd: 99,
  });
  segmentArrives(one, { source: '10.0.0.2', destination: '10.0.0.1', segment: reply }, 0);
  return client?.tcb.options.ecn;
}

describe('ECN in the handshake (RFC 3168 §6.1.1)', () => {
  it('OPT-31 a SYN that got no answer is sent again without asking for ECN', () => {
    assert.deepEqual(syns({}), ['SYN,ECE,CWR', 'SYN', 'SYN']);
    assert.deepEqual(syns({ ecnRetries: 1 }), ['SYN,ECE,CWR', 'SYN,ECE,CWR', 'SYN']);
    assert.deepEqual(syns({ ecn: 'accept' }), ['SYN', 'SYN', 'SYN']);
  });

  it('a SYN,ACK answers with ECE alone, if ECN is not off', () => {
    assert.deepEqual(answer('accept', SYN | ECE | CWR), ['SYN,ECE,ACK', true]);
    assert.deepEqual(answer('off', SYN | ECE | CWR), ['SYN,ACK', false]);
    assert.deepEqual(answer('accept', SYN | ECE), ['SYN,ACK', false]);
  });

  it('is agreed on by a SYN,ACK with ECE alone to who has asked', () => {
    assert.equal(agrees('ask', ECE), true);
    assert.equal(agrees('ask', ECE | CWR), false);
    assert.equal(agrees('ask', 0), false);
    assert.equal(agrees('accept', ECE), false);
  });
});
