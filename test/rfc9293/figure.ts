/** A run printed the way RFC 9293 prints its figures: state of A, arrow, segment, arrow, state of B. */

import type { Run } from '../../src/run/run.js';
import { seenState, viewOf } from '../../src/run/view.js';
import type { Delivery } from '../../src/sim/delivery.js';
import type { Step } from '../../src/sim/step.js';
import { ACK, has, PSH, printCtl, type Segment } from '../../src/tcp/segment.js';
import { num } from '../../src/tcp/seq.js';
import { rfcName } from '../../src/tcp/states.js';

/**
 * One line for each segment, and one for each group of facts about states that the script states. A segment that another one overtakes
 * or that is held back has two lines, as in the figures: its departure (`--> <...> ...`) and its arrival (`... <...> -->`).
 * Departures alone come after the arrivals of their instant.
 */
export function printFigure(run: Run, left: string, right: string): readonly string[] {
  const { timeline } = run;
  const steps = Array.from({ length: timeline.length() }, (_, i) => timeline.step(i));
  const arrivals = new Map<number, number>();
  for (const { cause, index } of steps) {
    if (cause.kind === 'arrival') arrivals.set(cause.delivery.id, index);
  }
  const lines: string[] = [];
  let waiting: Delivery[] = [];
  const states = (step: number) => {
    const view = viewOf(timeline.stateBefore(step + 1).world);
    const state = (host: string) =>
      rfcName(seenState(view, { host, connection: undefined, port: undefined }));
    return { left: state(left), right: state(right) };
  };
  const row = (step: number, delivery: Delivery, way: Way) => {
    const open = way === 'departs' && (arrivals.has(delivery.id) || delivery.fate === 'hold');
    lines.push(drawn(delivery, way, open, states(step), left));
  };
  const flush = (step: number) => {
    for (const delivery of waiting) row(step, delivery, 'departs');
    waiting = [];
  };
  for (const step of steps) {
    const before = steps[step.index - 1];
    if (before && before.at < step.at) flush(before.index);
    if (isStateFact(run, step)) {
      flush(step.index);
      if (!(before && isStateFact(run, before))) {
        const { left: a, right: b } = states(step.index);
        lines.push(`${a} ${b}`);
      }
    }
    if (step.cause.kind === 'arrival') {
      const { delivery } = step.cause;
      row(step.index, delivery, isWhole(steps, delivery, arrivals) ? 'whole' : 'arrives');
    }
    waiting.push(
      ...step.departures
        .filter(({ kind }) => kind === 'first' || kind === 'retransmission')
        .filter(
          (delivery) =>
            arrivals.has(delivery.id) || delivery.fate === 'hold' || isLast(steps, step),
        )
        .filter((delivery) => !isWhole(steps, delivery, arrivals)),
    );
  }
  flush(steps.length - 1);
  return lines;
}

type Way = 'whole' | 'departs' | 'arrives';

function isStateFact({ program }: Run, { cause }: Step): boolean {
  if (cause.kind !== 'statement') return false;
  const operation = program.instructions[cause.statement]?.operation;
  return operation?.kind === 'fact' && operation.fact.kind === 'state';
}

/** Whether nothing arrives while the segment is on its way. */
function isWhole(
  steps: readonly Step[],
  delivery: Delivery,
  arrivals: ReadonlyMap<number, number>,
): boolean {
  if (delivery.kind !== 'first' && delivery.kind !== 'retransmission') return false;
  const departed = steps.findIndex(({ departures }) =>
    departures.some(({ id }) => id === delivery.id),
  );
  const arrived = arrivals.get(delivery.id);
  if (arrived === undefined) return false;
  return steps.slice(departed + 1, arrived).every(({ cause }) => cause.kind !== 'arrival');
}

/** Whether the run ends with what leaves in this step. */
function isLast(steps: readonly Step[], step: Step): boolean {
  return steps.slice(step.index + 1).every(({ cause }) => cause.kind !== 'arrival');
}

function drawn(
  delivery: Delivery,
  way: Way,
  open: boolean,
  states: { readonly left: string; readonly right: string },
  left: string,
): string {
  const { from, segment, senderState } = delivery;
  const sent = senderState && way !== 'arrives' ? rfcName(senderState) : undefined;
  const goesRight = from === left;
  const arrow = goesRight ? '-->' : '<--';
  const departure = way === 'arrives' ? '...' : arrow;
  const arrival = open ? '...' : arrow;
  const text = printed(segment);
  return goesRight
    ? `${sent ?? states.left} ${departure} ${text} ${arrival} ${states.right}`
    : `${states.left} ${arrival} ${text} ${departure} ${sent ?? states.right}`;
}

/** As the figures print it: PSH is left out, as they leave it out. */
function printed(segment: Segment): string {
  const ack = has(segment, ACK) ? `<ACK=${num(segment.ack)}>` : '';
  const data = segment.data.length > 0 ? `<DATA=${segment.data.length}>` : '';
  return `<SEQ=${num(segment.seq)}>${ack}${data}<CTL=${printCtl(segment.ctl & ~PSH)}>`;
}
