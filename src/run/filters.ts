/** Stops on what happens, whoever it happens to: the filters that a debugger offers as a list. */

import { moveOf } from '../tcp/rule.js';
import { headingOf } from '../tcp/rules.js';
import { has, printSegment, RST } from '../tcp/segment.js';
import type { Look, Predicate } from './breakpoint.js';
import {
  arrivalDetails,
  type Details,
  lossDetails,
  overflowDetails,
  retransmissionDetails,
  stateDetails,
} from './filter-details.js';
import { isFailure } from './script-rules.js';

export interface Filter {
  /** Stable: settings of editors keep it. */
  readonly id: string;
  readonly label: string;
  readonly doc: string;
  /** On when nobody chose. */
  readonly isDefault: boolean;
  readonly holds: Predicate;
  /** More of a place where it holds; a failed expectation has its own explanation. */
  readonly details?: (look: Look) => Details;
}

export const FILTERS: readonly Filter[] = [
  {
    id: 'failed',
    label: 'Failed expectation',
    doc: 'What the script expects does not come to be.',
    isDefault: true,
    holds: ({ microstep }) => (microstep && isFailure(microstep) ? microstep.why() : undefined),
  },
  {
    id: 'state',
    label: 'Any state change',
    doc: 'A connection goes from one state to another.',
    isDefault: false,
    holds: stateChange,
    details: stateDetails,
  },
  {
    id: 'rst',
    label: 'RST',
    doc: 'A reset is sent or arrives.',
    isDefault: false,
    holds: reset,
    details: arrivalDetails,
  },
  {
    id: 'retransmission',
    label: 'Retransmission',
    doc: 'A segment is sent again.',
    isDefault: false,
    holds: (look) => sent(look, ({ retransmission }) => retransmission, 'retransmits'),
    details: retransmissionDetails,
  },
  {
    id: 'lost',
    label: 'Segment lost',
    doc: 'The network loses a segment.',
    isDefault: false,
    holds: lost,
    details: lossDetails,
  },
  {
    id: 'discarded',
    label: 'Segment discarded',
    doc: 'A segment arrives and is dropped without effect.',
    isDefault: false,
    holds: (look) => discarded(look, () => true),
    details: arrivalDetails,
  },
  {
    id: 'challenge',
    label: 'Challenge ACK',
    doc: 'A segment that may be forged is answered with a challenge ACK (RFC 5961).',
    isDefault: false,
    holds: (look) => discarded(look, (reason) => reason.includes('challenge ACK')),
    details: arrivalDetails,
  },
  {
    id: 'overflow',
    label: 'Queue overflow',
    doc: 'A listener has no room for a connection.',
    isDefault: false,
    holds: overflow,
    details: overflowDetails,
  },
];

const OVERFLOWING = new Set(['listener/overflow', 'listener/recycle']);

function overflow(look: Look): string | undefined {
  const { microstep } = look;
  if (!microstep || !OVERFLOWING.has(microstep.rule.id)) return undefined;
  return `${ownerOf(look)}: ${headingOf(microstep)}: ${microstep.why()}`;
}

function ownerOf({ step, microstep }: Look): string {
  return microstep?.connection?.host ?? step.host ?? 'the network';
}

function stateChange(look: Look): string | undefined {
  const { microstep } = look;
  const move = microstep && moveOf(microstep);
  return move && `${ownerOf(look)}: ${move}: ${headingOf(microstep)}`;
}

type Send = NonNullable<Look['microstep']>['effects'][number] & { readonly kind: 'send' };

function sent(look: Look, is: (effect: Send) => boolean, verb: string): string | undefined {
  for (const effect of look.microstep?.effects ?? []) {
    if (effect.kind === 'send' && is(effect)) {
      const rule = look.microstep && headingOf(look.microstep);
      return `${ownerOf(look)} ${verb} ${printSegment(effect.segment)}: ${rule}`;
    }
  }
  return undefined;
}

/** Sent by a rule, injected, or arriving: after the first rule that looks at it. */
function reset(look: Look): string | undefined {
  const byRule = sent(look, ({ segment }) => has(segment, RST), 'sends');
  if (byRule !== undefined) return byRule;
  const { step, place } = look;
  if (place.microstep !== 0 || step.cause.kind !== 'arrival') return undefined;
  const { segment, from, to } = step.cause.delivery;
  return has(segment, RST) ? `${printSegment(segment)} from ${from} arrives at ${to}` : undefined;
}

const LOSING = new Set(['link/lose', 'link/cut', 'link/mtu', 'link/full', 'link/no-route']);

/** The rule that lost it; a roll of the dice that it survived is none. */
function lost({ step, microstep }: Look): string | undefined {
  if (!microstep || !LOSING.has(microstep.rule.id)) return undefined;
  const gone = step.departures.find(({ fate }) => fate === 'lose' || fate === 'cut');
  return gone && /: lost\b/.test(microstep.why()) ? microstep.why() : undefined;
}

function discarded(look: Look, is: (reason: string) => boolean): string | undefined {
  for (const effect of look.microstep?.effects ?? []) {
    if (effect.kind === 'discard' && is(effect.reason)) {
      const rule = look.microstep && headingOf(look.microstep);
      return `${ownerOf(look)} discards the segment: ${effect.reason}: ${rule}`;
    }
  }
  return undefined;
}
