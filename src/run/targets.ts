/** What can be set while a run goes on, by a statement or by a debugger's user: by which name, to what kind of value, and how. */

import { NAME } from '../lang/name-pattern.js';
import { durationText } from '../lang/numbers.js';
import { SETTABLE, timerNamed, type ValueKind } from '../lang/settable.js';
import * as edits from '../sim/edits.js';
import type { LinkSettings } from '../sim/link.js';
import type { Part } from '../sim/step.js';
import { linkBetween } from '../sim/world.js';
import type { Segment } from '../tcp/segment.js';
import { before, num, seq } from '../tcp/seq.js';
import { editSnd, editTcb, type Tcb } from '../tcp/tcb.js';
import { editTimers } from '../tcp/timers.js';
import type { RunEdit } from './edit.js';
import { alteration, spokenOf } from './in-flight.js';
import { type NewValue, valueText } from './new-values.js';
import type { RunState } from './state.js';
import { type Subject, seenConnection, viewOf } from './view.js';

/** Something that can be set. */
export interface Target {
  readonly kind: ValueKind;
  /** The edit that gives it this value; `text` is the value as it was written. */
  readonly edit: (value: NewValue, text: string) => RunEdit;
}

/** `#3.ack`, `client--server.loss`, or `SND.WND` of a subject; undefined when it cannot be set. */
export function targetOf(
  name: string,
  subjectOf: (name: string) => Variable | undefined,
): Target | undefined {
  const [, id, field] = /^\s*#(\d+)\.(\w+)\s*$/.exec(name) ?? [];
  if (id !== undefined && field !== undefined) return deliveryTarget(Number(id), field);
  const ofLink = new RegExp(`^\\s*(${NAME})\\s*--\\s*(${NAME})\\.(\\w+)\\s*$`, 'u');
  const [, a, b, setting] = ofLink.exec(name) ?? [];
  if (a !== undefined && b !== undefined && setting !== undefined) return linkTarget(a, b, setting);
  const variable = subjectOf(name);
  return variable && variableTarget(variable);
}

/** A variable of a connection; `path` in lower case. */
export interface Variable {
  readonly subject: Subject;
  readonly path: string;
}

// Connections -----------------------------------------------------------------------------------

type Change = (tcb: Tcb, value: number) => Tcb;

const snd = (key: keyof Tcb['snd']): Change => {
  return (tcb, value) => editTcb(tcb, { snd: editSnd(tcb.snd, { [key]: value }) });
};
const rcv = (key: keyof Tcb['rcv']): Change => {
  return (tcb, value) => editTcb(tcb, { rcv: { ...tcb.rcv, [key]: value } });
};
const rto = (key: keyof Tcb['rto']): Change => {
  return (tcb, value) => editTcb(tcb, { rto: { ...tcb.rto, [key]: value } });
};

const CHANGES: Readonly<Record<Exclude<keyof typeof SETTABLE, 'iss'>, Change>> = {
  'snd.una': snd('una'),
  'snd.nxt': snd('nxt'),
  'snd.up': snd('up'),
  'snd.wl1': snd('wl1'),
  'snd.wl2': snd('wl2'),
  'snd.wnd': snd('wnd'),
  'snd.max': snd('max'),
  'snd.mss': snd('mss'),
  'rcv.nxt': rcv('nxt'),
  'rcv.up': rcv('up'),
  'rcv.wnd': rcv('wnd'),
  irs: (tcb, value) => editTcb(tcb, { irs: seq(value) }),
  rto: rto('value'),
  'rto.value': rto('value'),
  'rto.srtt': rto('srtt'),
  'rto.rttvar': rto('rttvar'),
};

function isVariable(path: string): path is keyof typeof CHANGES {
  return Object.hasOwn(CHANGES, path);
}

/** A variable or timer of a connection, or the ISS of a host; undefined when it cannot be set. */
export function variableTarget({ subject, path }: Variable): Target | undefined {
  if (path === 'iss') return issTarget(subject);
  const timer = timerNamed(path);
  const name = `${ownerText(subject)}.${timer === undefined ? path.toUpperCase() : `timers.${timer}`}`;
  const set = (
    kind: ValueKind,
    change: (tcb: Tcb, value: NewValue, now: number) => Tcb | string,
  ): Target => ({
    kind,
    edit: (value, text) => {
      const said = `${name} = ${text}`;
      return {
        text: said,
        statement: `set ${name} = ${valueText(kind, value)}`,
        apply: (state) =>
          changeTcb(state, subject, said, (tcb) => change(tcb, value, state.world.now)),
      };
    },
  });
  if (timer !== undefined) {
    return set('timer', (tcb, value, now) => {
      if (value !== undefined && tcb.timers[timer] === undefined) {
        return `The ${timer} timer of ${ownerText(subject)} is not armed: only what is armed can be moved or stopped.`;
      }
      const at = value === undefined ? undefined : now + value;
      return editTcb(tcb, { timers: editTimers(tcb.timers, { [timer]: at }) });
    });
  }
  if (!isVariable(path)) return undefined;
  const change = CHANGES[path];
  return set(SETTABLE[path], (tcb, value = 0) => change(tcb, value));
}

function ownerText({ host, connection }: Subject): string {
  return connection === undefined ? host : `${host}.${connection}`;
}

function changeTcb(
  { world }: RunState,
  subject: Subject,
  text: string,
  change: (tcb: Tcb) => Tcb | string,
): Part | string {
  const seen = seenConnection(viewOf(world), subject);
  if (seen === undefined || seen.closed) {
    return `${ownerText(subject)} has no connection here whose variables could be set.`;
  }
  const tcb = change(seen.tcb);
  if (typeof tcb === 'string') return tcb;
  if (before(tcb.snd.nxt, tcb.snd.una)) {
    return `SND.UNA (${num(tcb.snd.una)}) cannot be beyond SND.NXT (${num(tcb.snd.nxt)}): nothing is acknowledged that was not sent.`;
  }
  return edits.editConnection(world, seen.ref, tcb, text);
}

/** An ISS is chosen with the SYN: it can be set before that, for the connection that is to come. */
function issTarget(subject: Subject): Target {
  return {
    kind: 'sequence',
    edit: (value = 0, text) => ({
      text: `${subject.host}.ISS = ${text}`,
      statement: `set ${subject.host}.ISS = ${value}`,
      apply: ({ world }) => {
        const seen = seenConnection(viewOf(world), subject);
        if (seen !== undefined && !seen.closed && seen.tcb.state !== 'LISTEN') {
          return `The SYN with ISS ${num(seen.tcb.iss)} has been sent. An ISS can be set before that: step back to before the call, or to before the SYN arrives.`;
        }
        return edits.editIsn(world, subject.host, seq(value));
      },
    }),
  };
}

// Segments under way ----------------------------------------------------------------------------

type SegmentChange = (segment: Segment, value: number) => Segment;

const FIELDS: Readonly<Record<string, readonly [ValueKind, SegmentChange]>> = {
  seq: ['sequence', (segment, value) => ({ ...segment, seq: seq(value) })],
  ack: ['sequence', (segment, value) => ({ ...segment, ack: seq(value) })],
  wnd: ['field', (segment, value) => ({ ...segment, wnd: value })],
  win: ['field', (segment, value) => ({ ...segment, wnd: value })],
  up: ['field', (segment, value) => ({ ...segment, up: value })],
  ctl: ['flags', (segment, value) => ({ ...segment, ctl: value })],
  flags: ['flags', (segment, value) => ({ ...segment, ctl: value })],
};

function deliveryTarget(id: number, written: string): Target | undefined {
  const field = written.toLowerCase();
  if (field === 'arrives') return arrivalTarget(id);
  const [kind, change] = Object.hasOwn(FIELDS, field) ? (FIELDS[field] ?? []) : [];
  if (kind === undefined || change === undefined) return undefined;
  return {
    kind,
    edit: (value = 0, text) => ({
      text: `#${id}.${field.toUpperCase()} = ${text}`,
      statement: ({ world }) => {
        const delivery = edits.findDelivery(world, id);
        return delivery && alteration(world, id, change(delivery.segment, value), false);
      },
      apply: ({ world }) => {
        const delivery = edits.findDelivery(world, id);
        if (delivery === undefined) return arrived(id);
        return edits.alterInFlight(world, id, change(delivery.segment, value), false);
      },
    }),
  };
}

function arrivalTarget(id: number): Target {
  return {
    kind: 'time',
    edit: (value = 0, text) => ({
      text: `#${id} arrives in ${text}`,
      statement: ({ world }) => `deliver ${spokenOf(world, id)} in ${durationText(value)}`,
      apply: ({ world }) =>
        edits.findDelivery(world, id) ? edits.deliverIn(world, id, value) : arrived(id),
    }),
  };
}

/** Why a segment cannot be altered any more. */
export function arrived(id: number): string {
  return `#${id} is not under way here: only what has left and not arrived yet can be altered.`;
}

// Links -----------------------------------------------------------------------------------------

const LINK_SETTINGS: Readonly<Record<string, ValueKind>> = {
  delay: 'time',
  jitter: 'time',
  loss: 'fraction',
  duplicate: 'fraction',
  reorder: 'fraction',
  rate: 'rate',
  mtu: 'mtu',
} satisfies Record<keyof LinkSettings, ValueKind>;

/** An option of the link between two hosts; undefined when links have no such option. */
export function linkTarget(a: string, b: string, written: string): Target | undefined {
  const key = written.toLowerCase();
  const kind = Object.hasOwn(LINK_SETTINGS, key) ? LINK_SETTINGS[key] : undefined;
  if (kind === undefined) return undefined;
  return {
    kind,
    edit: (value, text) => ({
      text: `${a} -- ${b}: ${key} = ${text}`,
      statement: `set ${a} -- ${b} ${key} = ${valueText(kind, value)}`,
      apply: ({ world }) => {
        const unknown = [a, b].find((name) => !world.names.includes(name));
        if (unknown !== undefined) return `No host is called ${unknown}.`;
        const { settings } = linkBetween(world, a, b);
        return edits.editLink(world, a, b, { ...settings, [key]: value });
      },
    }),
  };
}
