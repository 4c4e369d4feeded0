/** What a stop shows, at every place of a run: each table in itself and beside the others, and the same after any past. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { inline } from './in-process.js';

const SCRIPT = `host client 10.0.0.1 { isn 100, msl 1s }
host server 10.0.0.2 { isn 300, msl 1s, syn-queue 3 }
peer mallory
link client -- server { delay 10ms }
server: listen 80
client: connect server:80 as one
client: connect server:80 as two
wait 35ms
inject mallory -> server SYN from 9 to 80 seq=1
inject mallory -> server SYN from 8 to 80 seq=1
wait 12ms
inject mallory -> server RST from 9 to 80 seq=2
wait 20ms
server: accept
client.one: send "hello"
hold client -> server as kept
client.one: send "more"
wait 30ms
release kept
client.two: abort
client.one: close
wait 15ms
server: close
wait 15ms
crash server
restart server
wait 2s
`;

const THREADS = { client: 1, server: 2, network: 1_000_000 } as const;
type Thread = keyof typeof THREADS;

interface Row {
  readonly name: string;
  readonly value: string;
  /** What it says of its own size. */
  readonly size: number | undefined;
  readonly inner: readonly Row[];
}

async function debugging() {
  const session = inline(SCRIPT);
  const { ask, launch, move, named } = session;
  await launch({ program: '/every.tcpflow', limits: { time: 3 } });
  ask('setExceptionBreakpoints', { filters: [] });

  const stack = (thread: Thread, page: object = {}) =>
    ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: THREADS[thread],
      ...page,
    });
  const rows = (variablesReference: number, depth: number): readonly Row[] => {
    if (variablesReference === 0 || depth === 0) return [];
    const asked = ask<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference });
    return asked.variables.map((one) => ({
      name: one.name,
      value: one.value,
      size: one.indexedVariables ?? one.namedVariables,
      inner: rows(one.variablesReference, depth - 1),
    }));
  };
  const scope = (thread: Thread, name: string, depth = 2): readonly Row[] => {
    const frameId = stack(thread).stackFrames[0]?.id;
    const { scopes } = ask<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
    const found = scopes.find((one) => one.name === name);
    return rows(found?.variablesReference ?? 0, depth);
  };
  const isOver = () => {
    const { description } = named('stopped').at(-1)?.body ?? {};
    return description === 'Paused at the end of the run';
  };
  const told = () => named('output').map(({ body }) => String(body.output).trimEnd());
  return { ...session, move, stack, scope, isOver, told };
}

type Session = Awaited<ReturnType<typeof debugging>>;

/** Looks at each place to which Step Into leads, from the first to the end. */
async function everywhere(look: (session: Session, where: string) => void): Promise<void> {
  const session = await debugging();
  for (; !session.isOver(); await session.move('stepIn')) {
    const { step, microstep } = session.named('tcpflow/moved').at(-1)?.body ?? {};
    look(session, `at ${step}/${microstep}`);
  }
}

const names = (list: readonly Row[] = []) => list.map(({ name }) => name);

describe('at every place of a run', () => {
  it('an entry stands once in its table, in the group of its state, and groups are as large as they say', async () => {
    const states: Readonly<Record<string, RegExp>> = {
      listening: /^LISTEN /,
      'half-open': /^(SYN_\w+|LISTEN) /,
      complete: /^(ESTABLISHED|(FIN|CLOSE|TIME)_WAIT(_\d)?|LAST_ACK|CLOSING) /,
      'being deleted': /^CLOSED /,
    };
    const seen = new Set<string>();
    await everywhere(({ scope }, where) => {
      for (const host of ['client', 'server'] as const) {
        const groups = scope(host, 'Connection table');
        const present = groups.filter(({ name }) => name !== 'deleted');
        for (const { name, value, size = 0, inner } of groups) {
          assert.equal(inner.length, size, `${name} of ${host} ${where}`);
          assert.equal(size === 0, value.startsWith('none'), `${name} of ${host} ${where}`);
          if (size > 0) assert.equal(Number.parseInt(value, 10), size, `${name} ${where}`);
          for (const entry of inner) {
            if (name !== 'deleted') assert.match(entry.value, states[name] ?? /^$/, where);
          }
          if (size > 0) seen.add(`${host} ${name}`);
        }
        const all = present.flatMap(({ inner }) => names(inner));
        assert.equal(new Set(all).size, all.length, `${all} of ${host} ${where}`);
      }
    });
    assert.deepEqual([...seen].sort(), [
      'client being deleted',
      'client complete',
      'client deleted',
      'client half-open',
      'server being deleted',
      'server complete',
      'server deleted',
      'server half-open',
      'server listening',
    ]);
  });

  it('the queues of a listener hold its half-open children, and those that wait for ACCEPT', async () => {
    const sizes = new Set<string>();
    await everywhere(({ scope }, where) => {
      const table = new Map(
        scope('server', 'Connection table').map((one) => [one.name, one.inner]),
      );
      for (const port of scope('server', 'Listen queues', 3)) {
        if (port.name === '(none)') continue;
        const [halfOpen, waiting] = port.inner;
        assert.deepEqual(names(halfOpen?.inner), names(table.get('half-open')), where);
        const [open = 0, wait = 0] = [halfOpen?.inner.length, waiting?.inner.length];
        assert.equal(halfOpen?.value, `${open} of at most 3`, where);
        assert.match(waiting?.value ?? '', new RegExp(`^${wait} of at most `), where);
        assert.equal(port.value, `${open} half-open, ${wait} waiting for accept`, where);
        const accepted = names(table.get('complete')).length - wait;
        sizes.add(`${open} ${wait} ${accepted}`);
      }
    });
    // Two connections complete, the first is accepted; two more begin, one of them is reset.
    for (const size of ['2 0 0', '0 2 0', '2 2 0', '1 2 0', '1 1 1'])
      assert.ok(sizes.has(size), size);
  });

  it('what is in flight comes in the order of its arrival, and is gone once it arrives', async () => {
    let held = 0;
    await everywhere(({ scope, stack }, where) => {
      const flights = scope('network', 'In flight', 1);
      const left = flights.map(({ value }) => /arrives in ([\d.]+) (\w+)$/.exec(value));
      const times = left.flatMap((found) =>
        found ? [Number(found[1]) * (found[2] === 's' ? 1000 : 1)] : [],
      );
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
        where,
      );
      assert.ok(
        left.slice(times.length).every((found) => found === null),
        where,
      );
      held = Math.max(held, flights.length - times.length);
      const said = stack('network').stackFrames[0]?.name ?? '';
      const [, count] = /, (\d+) in flight$/.exec(said) ?? [];
      if (count !== undefined) assert.equal(Number(count), times.length, `${said} ${where}`);
    });
    assert.equal(held, 1);
  });

  it('the history has each transition that the console told of', async () => {
    await everywhere(({ stack, told }, where) => {
      for (const host of ['client', 'server'] as const) {
        const { stackFrames, totalFrames } = stack(host);
        assert.equal(totalFrames, stackFrames.length, where);
        const label = stackFrames.findIndex(({ name }) => name === 'history');
        const past = label < 0 ? [] : stackFrames.slice(label + 1);
        const move = (text: string) => /[A-Z_0-9]+ -> [A-Z_0-9]+/.exec(text)?.[0];
        const expected = told()
          .filter((line) => line.includes(` s  ${host}  `))
          .map(move)
          .reverse();
        // What the check on top has just done is no past yet.
        const [top] = stackFrames;
        const just = label >= 0 || past.length === 0 ? move(top?.name ?? '') : undefined;
        const found = past.map(({ name }) => move(name));
        assert.deepEqual(
          just === undefined ? found : [just, ...found],
          expected,
          `${host} ${where}`,
        );
      }
    });
  });
});
