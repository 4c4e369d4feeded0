/** The connection tables: what `ss` would print at a moment, what changed, what was deleted. */

import assert from 'node:assert/strict';
import type { Step } from '../../src/sim/step.js';
import type { ConnectionRef } from '../../src/tcp/rule.js';
import { seq } from '../../src/tcp/seq.js';
import { isHalfOpen } from '../../src/tcp/states.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import type { TablesMessage } from '../../src/views/contract.js';
import { createFeed } from '../../src/views/feed.js';
import { hostTable, PAGE, type TableEntry, type TableSource } from '../../src/views/tables.js';
import { EMPTY_TABLE, listOf, second, tcb } from './record.js';
import { example } from './running.js';

const server = { name: 'server', address: '10.0.0.2', role: 'host' } as const;
const local = { address: '10.0.0.2', port: 80 };

function entry(
  id: number,
  changes: Parameters<typeof tcb>[1],
  state = 'ESTABLISHED' as const,
): TableEntry {
  const ref = { host: 'server', id };
  const made = tcb(state, { local, ...changes });
  return { ref, name: `c${id}`, tcb: made, parent: undefined, accepted: false };
}

function listener(id: number): TableEntry {
  return { ...entry(id, { state: 'LISTEN', remote: undefined }), name: 'listener' };
}

/** A table with these entries, and nothing of a past. */
function tableOf(entries: readonly TableEntry[], more: Partial<TableSource> = {}): TableSource {
  const where = (belongs: (one: TableEntry) => boolean) => listOf(entries.filter(belongs));
  const isListener = ({ tcb: { state } }: TableEntry) => state === 'LISTEN';
  const halfOpen = ({ tcb: { state } }: TableEntry) => isHalfOpen(state);
  return {
    ...EMPTY_TABLE,
    listeners: where(isListener),
    halfOpen: where(halfOpen),
    complete: where((one) => !isListener(one) && !halfOpen(one)),
    queuesOf: ({ ref }) => ({
      halfOpen: where((one) => one.parent === ref.id && halfOpen(one)),
      waiting: where((one) => one.parent === ref.id && !halfOpen(one) && !one.accepted),
      backlog: 5,
    }),
    ...more,
  };
}

/** A record of one step whose rules did this to these connections. */
function recordOf(done: readonly [ConnectionRef, Tcb | undefined, Tcb | undefined][], at = 0) {
  const rule = { id: 'a/rule', rfc: 'a', title: 'A rule', moves: [] };
  const microsteps = done.map(([connection, before, after]) => {
    return { rule, why: () => '', connection, before, after, effects: [] };
  });
  const rest = { host: 'server', connection: undefined, origin: -1, departures: [] };
  const cause = { kind: 'statement', statement: 0 } as const;
  const step: Step = { index: 0, at, cause, microsteps, ...rest };
  return { length: () => 1, step: () => step };
}

function momentOf(done: Parameters<typeof recordOf>[0] = [], now = 0) {
  const place = { step: 0, microstep: done.length - 1 };
  return { place, now, event: 0, record: recordOf(done, now) };
}

describe('a connection table', () => {
  it('shows half-open entries apart from complete ones, and listeners with their queues', () => {
    const halfOpen = { ...entry(2, { state: 'SYN_RCVD' }), parent: 1 };
    const waiting = { ...entry(3, {}), parent: 1 };
    const accepted = { ...entry(4, {}), parent: 1, accepted: true };
    const other = { ...entry(5, { state: 'SYN_RCVD' }), parent: 1 };
    const entries = [listener(1), waiting, accepted, halfOpen, other];
    const table = hostTable(server, tableOf(entries), momentOf());
    assert.deepEqual(
      table.connections.map(({ name, halfOpen: half }) => [name, half]),
      [
        ['c2', true],
        ['c5', true],
        ['c3', false],
        ['c4', false],
      ],
    );
    const [one] = table.listeners;
    assert.deepEqual([one?.local, one?.halfOpen, one?.waiting], ['10.0.0.2:80', 2, 1]);
    assert.deepEqual([table.total, table.halfOpen], [4, 2]);
  });

  it('marks what the last event changed, made and deleted', () => {
    const [one, two, three] = [entry(1, {}), entry(2, {}), entry(3, {})];
    const changed = entry(1, { state: 'CLOSE_WAIT', rcv: { ...tcb('CLOSED').rcv, nxt: seq(102) } });
    const moment = momentOf([
      [one.ref, one.tcb, changed.tcb],
      [two.ref, two.tcb, tcb('CLOSED')],
      [three.ref, undefined, three.tcb],
    ]);
    const source = tableOf([changed, three], {
      created: ({ id }) => (id === 3 ? { step: 0, microstep: 2 } : undefined),
      deleted: ({ id }) => (id === 2 ? { step: 0, microstep: 1 } : undefined),
      goneCount: 1,
      gone: () => [two.ref],
    });
    const table = hostTable(server, source, moment);
    const [first, second, ...more] = table.connections;
    assert.equal(more.length, 0);
    assert.deepEqual([...(first?.changed ?? [])].sort(), ['rcvNxt', 'state']);
    assert.deepEqual([first?.isNew, second?.isNew], [false, true]);
    assert.equal(second?.created?.rule, 'a/rule');
    assert.deepEqual(
      table.gone.map(({ name, state, isNew, deleted }) => [name, state, isNew, deleted.place]),
      [['c2', 'ESTABLISHED', true, { step: 0, microstep: 1 }]],
    );
  });

  it('shows no variables of the peer before its SYN has come', () => {
    const [row] = hostTable(
      server,
      tableOf([entry(1, { state: 'SYN_SENT' })]),
      momentOf(),
    ).connections;
    assert.equal(row?.irs, undefined);
    assert.equal(row?.rcvNxt, undefined);
    const [known] = hostTable(
      server,
      tableOf([entry(1, { state: 'SYN_RCVD' })]),
      momentOf(),
    ).connections;
    assert.equal(known?.irs, 0);
  });

  it('counts octets that wait, on both sides, and the time that timers have left', () => {
    const timers = { ...tcb('CLOSED').timers, retransmission: 2 * second, user: 3 * second };
    const snd = { ...tcb('CLOSED').snd, una: seq(-5), nxt: seq(5) };
    const received = [new Uint8Array(3), new Uint8Array(4)];
    const sends = [[{ call: 1, data: new Uint8Array(100) }]];
    const queued = { ...tcb('CLOSED').queued, received, sends };
    const [row] = hostTable(
      server,
      tableOf([entry(1, { timers, snd, queued })]),
      momentOf([], second),
    ).connections;
    assert.deepEqual([row?.recvQueue, row?.sendQueue], [7, 110]);
    assert.deepEqual(row?.timers, [
      { name: 'retransmission', left: second },
      { name: 'user', left: 2 * second },
    ]);
  });

  it('has pages, so that a flood of entries stays small', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => entry(i, { state: 'SYN_RCVD' }));
    const first = hostTable(server, tableOf(many), momentOf());
    assert.equal(first.connections.length, PAGE);
    assert.equal(first.total, 1_000);
    const beyond = hostTable(server, tableOf(many), momentOf(), {
      from: 5_000,
      goneFrom: 0,
    });
    assert.ok(beyond.from + beyond.connections.length === 1_000);
    assert.ok(beyond.connections.length > 0);
  });

  it('has one page over the last half-open entries and the first complete ones', () => {
    const halfOpen = Array.from({ length: PAGE + 2 }, (_, i) => entry(i, { state: 'SYN_RCVD' }));
    const complete = Array.from({ length: 9 }, (_, i) => entry(100 + i, {}));
    const { connections, from } = hostTable(
      server,
      tableOf([...complete, ...halfOpen]),
      momentOf(),
      { from: PAGE, goneFrom: 0 },
    );
    const names = ['c8', 'c9', 'c100', 'c101', 'c102', 'c103', 'c104', 'c105'];
    assert.deepEqual([from, ...connections.map(({ name }) => name)], [PAGE, ...names]);
  });

  it('marks in the middle of an event what its checks have changed so far', () => {
    const one = entry(1, {});
    const next = { ...one.tcb, rcv: { ...one.tcb.rcv, nxt: seq(102) } };
    const last: Tcb = { ...next, state: 'CLOSE_WAIT' };
    const changed = (tcbNow: Tcb, microstep: number) => {
      const moment = momentOf([
        [one.ref, one.tcb, next],
        [one.ref, next, last],
      ]);
      const table = tableOf([{ ...one, tcb: tcbNow }]);
      const [row] = hostTable(server, table, {
        ...moment,
        place: { step: 0, microstep },
      }).connections;
      return row?.changed;
    };
    assert.deepEqual(changed(one.tcb, -1), []);
    assert.deepEqual(changed(next, 0), ['rcvNxt']);
    assert.deepEqual(changed(last, 1), ['state', 'rcvNxt']);
  });

  it('follows the first script: listening, half-open, established, closing, gone', () => {
    const source = example('handshake.tcpflow');
    const feed = createFeed(source);
    feed.answer({ kind: 'ready', view: 'tables' });
    const seen: string[] = [];
    for (let step = 0; step <= source.length(); step++) {
      const [message] = feed.moved({ step, microstep: -1 });
      const line = print(message as TablesMessage);
      if (seen.at(-1) !== line) seen.push(line);
    }
    assert.deepEqual(seen, [
      '',
      'server: 80',
      'client: SYN_SENT? new, server: 80',
      'client: SYN_SENT?, server: 80 SYN_RCVD? new',
      'client: ESTABLISHED, server: 80 SYN_RCVD?',
      'client: ESTABLISHED, server: 80 ESTABLISHED',
      'client: FIN_WAIT_1, server: 80 ESTABLISHED',
      'client: FIN_WAIT_1, server: 80 CLOSE_WAIT',
      'client: FIN_WAIT_1, server: 80 LAST_ACK',
      'client: FIN_WAIT_2, server: 80 LAST_ACK',
      'client: TIME_WAIT, server: 80 LAST_ACK',
      'client: TIME_WAIT, server: 80 gone LAST_ACK',
      'client: gone TIME_WAIT, server: 80',
    ]);
  });
});

/** `client: SYN_SENT? new, server: 80`: a question mark for half-open. */
function print({ hosts }: TablesMessage): string {
  const told = hosts.map(({ name, listeners, connections, gone }) => {
    const parts = [
      ...listeners.map((one) => one.local.split(':')[1]),
      ...connections.map(
        (row) => `${row.state}${row.halfOpen ? '?' : ''}${row.isNew ? ' new' : ''}`,
      ),
      ...gone.filter(({ isNew }) => isNew).map((row) => `gone ${row.state}`),
    ];
    return parts.length === 0 ? '' : `${name}: ${parts.join(' ')}`;
  });
  return told.filter((text) => text !== '').join(', ');
}
