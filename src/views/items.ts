/** What is placed, as items of the contract. */

import type { Delivery } from '../sim/delivery.js';
import { EDIT_SEGMENT } from '../sim/rules.js';
import type { ConnectionRef } from '../tcp/rule.js';
import type { ArrowItem, Item } from './contract.js';
import type { Flight } from './flights.js';
import type { Placed, PlacedHappening } from './layout.js';
import { segmentView } from './segment-view.js';
import { elapsed } from './words.js';

/** What became of arrows, as far as the record goes, and names. */
export interface Facts {
  /** The step of a delivery's arrival and its height, once recorded. */
  readonly arrivalOf: (
    delivery: number,
  ) => { readonly step: number; readonly y: number } | undefined;
  readonly isCrossing: (delivery: number) => boolean;
  /** How it ended on its way, when it did: dropped, or held back. */
  readonly endOf: (delivery: number) => ArrowEnd | undefined;
  /** Whether it was found to be damaged when it arrived. */
  readonly isDamaged: (delivery: number) => boolean;
  /** Whether it arrived with other fields than it was sent with. */
  readonly isChanged: (delivery: number) => boolean;
  readonly connectionName: (connection: ConnectionRef) => string;
}

/** How an arrow ended on its way, and who ended it. */
export interface ArrowEnd {
  readonly fate: 'lose' | 'hold';
  readonly by: 'you' | 'script';
}

/** All items of a step, in the order in which they are drawn. */
export function itemsOf(placed: Placed, facts: Facts): readonly Item[] {
  const { step, time, gap } = placed;
  const place = { step: step.index, microstep: -1 };
  const items: Item[] = [];
  if (gap !== undefined) {
    const { y, height, wait } = gap;
    items.push({ kind: 'gap', id: `g${step.index}`, place, y, height, text: elapsed(wait) });
  }
  if (time !== undefined) {
    items.push({ kind: 'time', id: `t${step.index}`, place, y: time.y, at: step.at });
  }
  placed.happenings.forEach((one, i) => {
    items.push(happeningItem(placed, one, `h${step.index}.${i}`, facts));
  });
  for (const flight of placed.departed) items.push(arrowItem(flight, facts));
  return items;
}

/** An arrow as it stands now. */
export function arrowItem(flight: Flight, facts: Facts): ArrowItem {
  const { delivery, place, y, from, to, reach } = flight;
  const arrival = facts.arrivalOf(delivery.id);
  const end = facts.endOf(delivery.id);
  return {
    kind: 'arrow',
    id: arrowId(delivery),
    place,
    y,
    from,
    to,
    sentAt: delivery.sentAt,
    fate: end?.fate ?? delivery.fate,
    decidedBy: end === undefined ? delivery.decidedBy : EDIT_SEGMENT.id,
    ...(end === undefined ? {} : { endedBy: end.by }),
    how: delivery.kind,
    corrupt: delivery.corrupt || facts.isDamaged(delivery.id),
    changed: facts.isChanged(delivery.id),
    ...(delivery.arrivesAt === undefined ? {} : { arrivesAt: delivery.arrivesAt }),
    ...(arrival === undefined ? {} : { arrival }),
    reach,
    crossing: facts.isCrossing(delivery.id),
    statement: delivery.origin,
    segment: segmentView(delivery, flight.origin),
  };
}

function arrowId(delivery: Delivery): string {
  return `a${delivery.id}`;
}

function happeningItem(placed: Placed, one: PlacedHappening, id: string, facts: Facts): Item {
  const { step } = placed;
  const { happening, y, textY, lane, side } = one;
  const common = {
    id,
    place: { step: step.index, microstep: happening.microstep },
    y,
    at: step.at,
    detail: happening.detail(),
    statement: step.origin,
  };
  switch (happening.kind) {
    case 'mark':
      return {
        kind: 'mark',
        ...common,
        textY,
        lane,
        side,
        what: happening.what,
        text: happening.text(),
      };
    case 'note':
      return { kind: 'note', ...common, what: happening.what, text: happening.text() };
    case 'state': {
      const connection = one.several ? facts.connectionName(happening.connection) : '';
      const { from, to } = happening;
      return { kind: 'state', ...common, textY, lane, side, from, to, connection };
    }
  }
}
