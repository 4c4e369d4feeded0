/**
 * Spots: where on a statement's line one can stop. Its beginning is where it is reached; its segments leave and arrive, and
 * what it expects is settled, at the words that say so:
 *
 *     client: connect server:80        expect server -> client SYN,ACK ack=101
 *     ^       ^                ^       ^      ^         ^      ^
 *     reached leaves     arrives       reached leaves   arrives settled
 */

import { NAME } from '../lang/name-pattern.js';
import type { Instruction, Operation, OperationOf, Program } from '../lang/program.js';
import { INJECT } from '../sim/rules.js';
import type { Microstep } from '../tcp/rule.js';
import { headingOf } from '../tcp/rules.js';
import { printSegment, type Segment } from '../tcp/segment.js';
import { type Look, lineBreakpoint, type Predicate } from './breakpoint.js';
import { environmentAt } from './look.js';
import { matches, wantedOf } from './pattern.js';
import { SCRIPT } from './script-rules.js';

export type SpotKind = 'reached' | 'leaves' | 'arrives' | 'settled';

/** Line and column count from 0. */
export interface Spot {
  readonly kind: SpotKind;
  readonly statement: number;
  readonly line: number;
  readonly column: number;
}

/** All spots of the program's own file, in the order of the text. */
export function spotsOf(program: Program): readonly Spot[] {
  return program.instructions
    .filter(
      ({ operation, place }) => operation.kind !== 'end-repeat' && place.file === program.file,
    )
    .flatMap((instruction) => {
      const { start } = instruction.place.range;
      return offsetsOf(instruction).map(
        ([kind, offset]): Spot => ({
          kind,
          statement: instruction.index,
          line: start.line,
          column: start.character + offset,
        }),
      );
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

type Offset = readonly [SpotKind, number];

/** Where each spot stands in the statement's text. */
function offsetsOf({ text, operation }: Instruction): readonly Offset[] {
  const reached: Offset = ['reached', 0];
  switch (operation.kind) {
    case 'call':
      return [reached, ...callOffsets(text, operation)];
    case 'segment':
    case 'inject':
      return [reached, ...segmentOffsets(text, operation)];
    case 'fact':
    case 'wait-until':
    case 'wait':
    case 'wait-quiet':
    case 'wait-events':
      return [
        reached,
        ['settled', /^(?:wait\s+until|\w+)\s+/i.exec(text)?.[0].length ?? text.length],
      ];
    default:
      return [reached];
  }
}

/** Calls by which the user of a connection may make it send. */
const SENDING: ReadonlySet<string> = new Set([
  'connect',
  'send',
  'receive',
  'shutdown',
  'close',
  'abort',
]);

function callOffsets(text: string, { call, mode }: OperationOf<'call'>): readonly Offset[] {
  const subject = /^expect\s+/i.exec(text)?.[0].length ?? 0;
  const word = new RegExp(`:\\s*(?=${call.kind}\\b)`, 'i').exec(text);
  const settled: readonly Offset[] = mode === 'expect' ? [['settled', subject]] : [];
  if (word === null || !SENDING.has(call.kind)) return settled;
  return [...settled, ['leaves', word.index + word[0].length], ['arrives', text.length]];
}

const SENDER_AND_RECEIVER = new RegExp(`^(.*?)(${NAME})(\\s*->\\s*)(${NAME})\\s*`, 'u');

function segmentOffsets(
  text: string,
  operation: OperationOf<'segment' | 'inject'>,
): readonly Offset[] {
  const [whole = '', before = '', sender = '', arrow = '', receiver = ''] =
    SENDER_AND_RECEIVER.exec(text) ?? [];
  const leaves = before.length;
  const arrives = leaves + sender.length + arrow.length;
  const ways: readonly Offset[] = [
    ['leaves', leaves],
    ['arrives', arrives],
  ];
  if (operation.kind === 'inject') return ways;
  const end = whole.length < text.length ? whole.length : arrives + receiver.length;
  // Of what must never be sent, nothing is awaited: it is settled by being sent.
  return operation.mode === 'never' ? [['settled', end]] : [...ways, ['settled', end]];
}

// What holds at a spot ----------------------------------------------------------------------------

/** Where the run passes a spot. */
export function spotBreakpoint({ instructions }: Program, { kind, statement }: Spot): Predicate {
  const operation = instructions[statement]?.operation;
  switch (kind) {
    case 'reached':
      return lineBreakpoint(statement);
    case 'settled':
      return (look) => settled(look, statement);
    case 'leaves':
      return (look) => {
        const found = leaving(look).find((segment) => isMeant(look, operation, statement, segment));
        return found && `${look.step.host ?? 'the network'} sends ${printSegment(found)}`;
      };
    case 'arrives':
      return (look) => {
        const { cause } = look.step;
        if (look.place.microstep !== 0 || cause.kind !== 'arrival') return undefined;
        const { segment, from, to } = cause.delivery;
        if (!isMeant(look, operation, statement, segment)) return undefined;
        return `${printSegment(segment)} from ${from} arrives at ${to}`;
      };
  }
}

/** How it came out, in the script's words. */
function settled({ step, microstep }: Look, statement: number): string | undefined {
  if (microstep === undefined || !SETTLING.has(microstep.rule.id)) return undefined;
  const { cause } = step;
  const own = cause.kind === 'statement' || cause.kind === 'settled' ? cause.statement : undefined;
  return own === statement ? `${headingOf(microstep)}: ${microstep.why()}` : undefined;
}

const SETTLING: ReadonlySet<string> = new Set(
  [SCRIPT.met, SCRIPT.failed, SCRIPT.blank, SCRIPT.waited].map(({ id }) => id),
);

/** What this rule puts on the wire. */
function leaving({ step, microstep }: Look): readonly Segment[] {
  if (microstep === undefined) return [];
  if (microstep.rule.id === INJECT.id) return step.departures.slice(0, 1).map((one) => one.segment);
  return sentBy(microstep);
}

function sentBy({ effects }: Microstep): readonly Segment[] {
  return effects.flatMap((effect) => (effect.kind === 'send' ? [effect.segment] : []));
}

/** Whether a segment that leaves or arrives in this step is one of the statement's. */
function isMeant(
  look: Look,
  operation: Operation | undefined,
  statement: number,
  segment: Segment,
): boolean {
  const { cause, departures } = look.step;
  const arriving = cause.kind === 'arrival' && cause.delivery.segment === segment;
  const delivery = arriving ? cause.delivery : departures.find((one) => one.segment === segment);
  if (delivery === undefined) return false;
  switch (operation?.kind) {
    case 'call':
      return delivery.origin === statement && delivery.from === operation.subject.host;
    case 'inject':
      return delivery.origin === statement && delivery.kind === 'injected';
    case 'segment': {
      const { from, to } = operation.segment;
      if (delivery.from !== from || delivery.to !== to) return false;
      const wanted = wantedOf(
        operation.segment,
        environmentAt(look.run, look.place, undefined, look),
      );
      return !('kind' in wanted) && matches(wanted, segment);
    }
    default:
      return false;
  }
}
