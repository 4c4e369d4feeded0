/** Records written by hand, for tests of what is drawn: a play of calls, segments, time-outs and waits. */

import type { Delivery } from '../../src/sim/delivery.js';
import type { Cause, Step } from '../../src/sim/step.js';
import type { Effect, Microstep } from '../../src/tcp/rule.js';
import { ACK, FIN, PSH, RST, SYN, segment } from '../../src/tcp/segment.js';
import { seq } from '../../src/tcp/seq.js';
import { settings } from '../../src/tcp/settings.js';
import type { State } from '../../src/tcp/states.js';
import { closedTcb, type Tcb } from '../../src/tcp/tcb.js';
import type { TimerName } from '../../src/tcp/timers.js';
import type { Lane } from '../../src/views/contract.js';
import type { FeedSource } from '../../src/views/feed.js';
import type { EntryList, TableEntry, TableSource } from '../../src/views/tables.js';

export const ms = 1_000;
export const second = 1_000_000;

const BITS: Readonly<Record<string, number>> = { SYN, FIN, RST, PSH, ACK };

/** A segment to be sent: `{ to: 'server', ctl: 'SYN', seq: 100 }`. */
export interface Sending {
  readonly to: string;
  readonly ctl: string;
  readonly seq: number;
  readonly ack?: number;
  readonly text?: string;
  /** Microseconds; 10 ms when left out. */
  readonly delay?: number;
  readonly fate?: Delivery['fate'];
  readonly kind?: Delivery['kind'];
}

/** What happens in a step. */
export interface Happens {
  readonly host?: string;
  readonly id?: number;
  readonly from?: State;
  readonly to?: State;
  readonly send?: readonly Sending[];
  readonly signal?: string;
  readonly discard?: string;
}

export interface Play extends FeedSource {
  /** A user call: `call(0, 'client: connect server:80', {...})`. */
  readonly call: (at: number, text: string, happens: Happens) => readonly Delivery[];
  readonly arrive: (delivery: Delivery | undefined, happens?: Happens) => readonly Delivery[];
  readonly timeout: (at: number, timer: TimerName, happens: Happens) => readonly Delivery[];
  /** A statement of the script or the network by a rule of its own: `script/print`. */
  readonly rule: (at: number, rule: string, why: string) => void;
  /** Somebody drops a segment that is under way. */
  readonly drop: (at: number, delivery: Delivery | undefined) => void;
  /** The record as of `length` steps. */
  readonly shownTo: (length: number) => void;
  /** Forgets step `index` and all after it. */
  readonly cut: (index: number) => void;
}

/** An empty record; lanes are hosts unless their name begins with `peer`. */
export function play(...names: readonly string[]): Play {
  const steps: Step[] = [];
  const statements: string[] = [];
  let shown = Number.POSITIVE_INFINITY;
  let lastId = 0;
  const lanes: readonly Lane[] = names.map((name, i) => ({
    name,
    address: `10.0.0.${i + 1}`,
    role: name.startsWith('peer') ? 'peer' : 'host',
  }));
  const addressOf = (name: string) => lanes.find((lane) => lane.name === name)?.address ?? '';

  function push(at: number, cause: Cause, host: string | undefined, happens: Happens) {
    const index = steps.length;
    const origin = statements.length - 1;
    const departures = (happens.send ?? []).map((one) =>
      deliver(one, host ?? '', at, origin, { addressOf, id: ++lastId }),
    );
    const microsteps = microstepsOf(happens, host, departures);
    const connection = host === undefined ? undefined : { host, id: happens.id ?? 1 };
    steps.push({ index, at, cause, host, connection, origin, microsteps, departures });
    return departures;
  }

  return {
    title: 'a play',
    lanes,
    length: () => Math.min(shown, steps.length),
    step: (index) => steps[index] as Step,
    statement: (index) => statements[index] ?? '',
    connectionName: ({ id }) => `c${id}`,
    table: () => EMPTY_TABLE,
    call: (at, text, happens) => {
      const statement = statements.push(text) - 1;
      const host = happens.host ?? text.slice(0, text.indexOf(':'));
      return push(at, { kind: 'statement', statement }, host, happens);
    },
    arrive: (delivery, happens = {}) => {
      if (delivery?.arrivesAt === undefined) throw new Error('this segment never arrives');
      return push(delivery.arrivesAt, { kind: 'arrival', delivery }, delivery.to, happens);
    },
    timeout: (at, timer, happens) => {
      const host = happens.host ?? '';
      const connection = { host, id: happens.id ?? 1 };
      return push(at, { kind: 'timeout', timer, connection }, host, happens);
    },
    rule: (at, rule, why) => {
      const statement = statements.push(why) - 1;
      push(at, { kind: 'statement', statement }, undefined, {});
      const last = steps.at(-1) as Step;
      const info = {
        id: rule,
        rfc: rule.split('/')[0] ?? '',
        title: 'A rule of the script',
        moves: [],
      };
      steps[last.index] = { ...last, microsteps: [bare(info, () => why)] };
    },
    drop: (at, delivery) => {
      push(at, { kind: 'edit', text: `drop #${delivery?.id}` }, undefined, {});
      const last = steps.at(-1) as Step;
      steps[last.index] = { ...last, ended: delivery && [{ id: delivery.id, fate: 'lose' }] };
    },
    shownTo: (length) => {
      shown = length;
    },
    cut: (index) => {
      lastId = Math.max(
        0,
        ...steps.slice(0, index).flatMap((s) => s.departures.map(({ id }) => id)),
      );
      steps.length = index;
    },
  };
}

function bare(rule: Microstep['rule'], why: () => string): Microstep {
  return { rule, why, connection: undefined, before: undefined, after: undefined, effects: [] };
}

function deliver(
  one: Sending,
  from: string,
  at: number,
  origin: number,
  { addressOf, id }: { readonly addressOf: (name: string) => string; readonly id: number },
): Delivery {
  const {
    to,
    ctl,
    seq: number,
    ack,
    text = '',
    delay = 10 * ms,
    fate = 'deliver',
    kind = 'first',
  } = one;
  const [near, far] = [40_000, 80];
  const outward = addressOf(from) < addressOf(to);
  return {
    id,
    from,
    to,
    source: addressOf(from),
    destination: addressOf(to),
    segment: segment({
      sourcePort: outward ? near : far,
      destinationPort: outward ? far : near,
      seq: seq(number),
      ack: seq(ack ?? 0),
      ctl: ctl.split(',').reduce((bits, name) => bits | (BITS[name] ?? 0), 0),
      wnd: 65_535,
      options: ctl.startsWith('SYN') ? { mss: 1460 } : {},
      data: new TextEncoder().encode(text),
    }),
    sentAt: at,
    arrivesAt: fate === 'deliver' ? at + delay : undefined,
    fate,
    decidedBy: `link/${fate}`,
    kind,
    copyOf: undefined,
    corrupt: false,
    sender: kind === 'injected' ? undefined : { host: from, id: 1 },
    senderState: undefined,
    origin,
  };
}

function microstepsOf(
  { id = 1, from, to, signal, discard }: Happens,
  host: string | undefined,
  departures: readonly Delivery[],
): readonly Microstep[] {
  const effects: Effect[] = departures.map((delivery) => ({
    kind: 'send',
    segment: delivery.segment,
    to: delivery.destination,
    retransmission: delivery.kind === 'retransmission',
  }));
  if (signal !== undefined) effects.push({ kind: 'signal', text: signal });
  if (discard !== undefined) effects.push({ kind: 'discard', reason: discard });
  const rule = { id: 'play/rule', rfc: 'RFC 9293 §3.10', title: 'A rule of the play', moves: [] };
  const connection = host === undefined ? undefined : { host, id };
  const state = (name: State | undefined) => (name === undefined ? undefined : tcb(name));
  const why = () => discard ?? 'because the play says so';
  return [{ rule, why, connection, before: state(from), after: state(to ?? from), effects }];
}

/** A TCB of which only the state matters. */
export function tcb(state: State, changes: Partial<Tcb> = {}): Tcb {
  const local = { address: '10.0.0.1', port: 40_000 };
  const remote = { address: '10.0.0.2', port: 80 };
  return { ...closedTcb(local, remote, settings()), state, ...changes };
}

/** A table without entries. */
export const EMPTY_TABLE: TableSource = {
  listeners: listOf([]),
  halfOpen: listOf([]),
  complete: listOf([]),
  queuesOf: () => ({ halfOpen: listOf([]), waiting: listOf([]), backlog: 0 }),
  created: () => undefined,
  deleted: () => undefined,
  goneCount: 0,
  gone: () => [],
  nameOf: ({ id }) => `c${id}`,
  proofs: () => ({}),
};

export function listOf(entries: readonly TableEntry[]): EntryList {
  return { size: entries.length, slice: (start, end) => entries.slice(start, end) };
}
