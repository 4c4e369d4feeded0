/** A stop on a filter, field by field: what would have been acceptable and what is, or what was before and what is now. */

import { CONNECTION_FIELDS } from '../lang/fields.js';
import type { Microstep } from '../tcp/rule.js';
import { ACK, has, printCtl, RST, type Segment, SYN, segLen } from '../tcp/segment.js';
import { isChallenged } from '../tcp/segment-arrives/challenge.js';
import { add, num } from '../tcp/seq.js';
import type { Tcb } from '../tcp/tcb.js';
import type { Look } from './breakpoint.js';
import type { Difference } from './expectations.js';
import { connectionField } from './fields.js';
import { isScripted } from './script-rules.js';
import { printValue } from './values.js';

/** Rows of a table, and what its two columns are. */
export interface Details {
  readonly columns: readonly [string, string];
  readonly rows: readonly Difference[];
  /** The rule that decided. */
  readonly decided: Microstep | undefined;
}

const EXPECTED = ['expected', 'actual'] as const;

/** The variables that a transition changed. */
export function stateDetails({ microstep }: Look): Details {
  return { columns: ['before', 'now'], rows: changes(microstep), decided: microstep };
}

function changes(microstep: Microstep | undefined): readonly Difference[] {
  const { before, after } = microstep ?? {};
  if (!before || !after) return [];
  return CONNECTION_FIELDS.flatMap(({ name }) => {
    const text = (tcb: Tcb) => {
      const value = connectionField(tcb, name);
      return value === undefined || value.kind === 'absent' ? 'none' : printValue(value);
    };
    const [expected, actual] = [text(before), text(after)];
    return expected === actual ? [] : [{ field: name.toUpperCase(), expected, actual }];
  });
}

/** The segment that arrived against what the connection would take; the rule that decided about it. */
export function arrivalDetails({ step, microstep }: Look): Details {
  const { cause, microsteps } = step;
  const segment = cause.kind === 'arrival' ? cause.delivery.segment : undefined;
  const own = microsteps.filter(({ rule }) => !rule.id.startsWith('link/') && !isScripted(rule));
  const decided = microstep?.effects.length ? microstep : (own.at(-1) ?? microstep);
  const tcb = microstep?.before ?? own[0]?.before;
  const damaged = cause.kind === 'arrival' && cause.delivery.corrupt;
  if (damaged) {
    const row = { field: 'checksum', expected: 'right', actual: 'wrong' };
    return { columns: EXPECTED, rows: [row], decided };
  }
  return { columns: EXPECTED, rows: segment ? acceptable(tcb, segment) : [], decided };
}

/** What RFC 9293 §3.10.7 asks of a segment, in the order in which it is asked. */
function acceptable(tcb: Tcb | undefined, seg: Segment): readonly Difference[] {
  const ctl = printCtl(seg.ctl);
  if (tcb === undefined || tcb.state === 'CLOSED') {
    const expected = `one at port ${seg.destinationPort}`;
    return [{ field: 'connection', expected, actual: 'none (CLOSED)' }];
  }
  switch (tcb.state) {
    case 'LISTEN':
      return [{ field: 'SEG.CTL', expected: 'SYN', actual: ctl }];
    case 'SYN_SENT': {
      const expected = `${num(tcb.iss)} < SEG.ACK =< ${num(tcb.snd.nxt)}`;
      return [
        { field: 'SEG.ACK', expected, actual: ackText(seg) },
        ...(has(seg, RST) ? [] : [{ field: 'SEG.CTL', expected: 'SYN,ACK or SYN', actual: ctl }]),
      ];
    }
    default:
      // Without ACK only a RST or a SYN come as far as their own checks.
      return has(seg, ACK) || (seg.ctl & (RST | SYN)) === 0
        ? [sequenceRow(tcb, seg), ackRow(tcb, seg)]
        : [sequenceRow(tcb, seg)];
  }
}

/** A RST has to hit RCV.NXT (RFC 5961 §3.2); a SYN nothing at all (§4.2). */
function sequenceRow({ rcv, settings }: Tcb, seg: Segment): Difference {
  const [first, last] = [rcv.nxt, add(rcv.nxt, rcv.wnd)];
  const blind = isChallenged(settings, 'syn') && has(seg, SYN);
  if (blind) return { field: 'SEG.CTL', expected: 'no SYN', actual: printCtl(seg.ctl) };
  const exact = isChallenged(settings, 'rst') && has(seg, RST);
  const expected = exact ? `RCV.NXT=${num(first)}` : `${num(first)} =< SEG.SEQ < ${num(last)}`;
  const length = segLen(seg);
  const actual =
    length > 1 ? `${num(seg.seq)}..${num(add(seg.seq, length - 1))}` : `${num(seg.seq)}`;
  return { field: 'SEG.SEQ', expected, actual };
}

function ackRow({ snd }: Tcb, seg: Segment): Difference {
  const expected = `${num(add(snd.una, -snd.max))} =< SEG.ACK =< ${num(snd.nxt)}`;
  return { field: 'SEG.ACK', expected, actual: ackText(seg) };
}

function ackText(seg: Segment): string {
  return has(seg, ACK) ? `${num(seg.ack)}` : 'none';
}

/** What a loss came of. */
export function lossDetails({ step, microstep }: Look): Details {
  const gone = step.departures.find(({ fate }) => fate === 'lose' || fate === 'cut');
  const rows = gone
    ? [
        {
          field: 'fate',
          expected: `arrives at ${gone.to}`,
          actual: gone.fate === 'cut' ? 'cut' : 'lost',
        },
      ]
    : [];
  return { columns: EXPECTED, rows, decided: microstep };
}

/** The acknowledgment that did not come, and what the time-out changed. */
export function retransmissionDetails({ microstep }: Look): Details {
  const sent = microstep?.effects.find((effect) => effect.kind === 'send');
  const una = microstep?.before?.snd.una;
  const waited =
    sent?.kind === 'send' && una !== undefined
      ? [
          {
            field: 'SND.UNA',
            expected: `${num(add(sent.segment.seq, segLen(sent.segment)))}`,
            actual: `${num(una)}`,
          },
        ]
      : [];
  return { columns: EXPECTED, rows: waited, decided: microstep };
}

/** How full the queues of the listener are. */
export function overflowDetails({ run, step, microstep }: Look): Details {
  const ref = microstep?.connection ?? step.connection;
  const host = ref && run.timeline.stateBefore(step.index).world.hosts.get(ref.host);
  const parent = ref && host?.connections.get(ref.id)?.parent;
  const listener = ref && host?.connections.get(parent ?? ref.id);
  const queues = listener && host?.queues.get(listener.ref.id);
  const rows = queues
    ? [
        {
          field: 'syn-queue',
          expected: `fewer than ${listener.tcb.settings.synQueue}`,
          actual: `${queues.halfOpen.size}`,
        },
        {
          field: 'accept-queue',
          expected: `fewer than ${queues.backlog}`,
          actual: `${queues.complete.size}`,
        },
      ]
    : [];
  return { columns: EXPECTED, rows, decided: microstep };
}
