/** The tooltip: a segment's header dissected, or the reason of what happened. For pointer and keyboard alike. */

import { printInstant } from '../base/time.js';
import type { ArrowItem, Lane } from '../views/contract.js';
import { remarks } from '../views/words.js';
import { html } from './dom.js';
import type { Drawn } from './draw.js';

export interface Tooltip {
  readonly element: HTMLElement;
  /** Shows it near a part of the element that it describes. */
  readonly show: (item: Drawn, lanes: readonly Lane[], owner: Element, near: Element) => void;
  readonly hide: () => void;
}

const AWAY = 10;

export function createTooltip(): Tooltip {
  const element = html('div', { class: 'tooltip', role: 'tooltip', id: 'tooltip', hidden: '' });
  let described: Element | undefined;
  const hide = () => {
    element.hidden = true;
    described?.removeAttribute('aria-describedby');
    described = undefined;
  };
  return {
    element,
    show: (item, lanes, owner, near) => {
      hide();
      element.replaceChildren(...contents(item, lanes));
      element.hidden = false;
      putNear(element, near.getBoundingClientRect());
      owner.setAttribute('aria-describedby', element.id);
      described = owner;
    },
    hide,
  };
}

/** Below the box, or above it where there is no room; never outside the window. */
function putNear(element: HTMLElement, near: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const below = near.bottom + AWAY + height <= window.innerHeight;
  const top = below ? near.bottom + AWAY : Math.max(2, near.top - AWAY - height);
  const middle = near.left + near.width / 2 - width / 2;
  const left = Math.max(4, Math.min(middle, window.innerWidth - width - 4));
  element.style.top = `${top}px`;
  element.style.left = `${left}px`;
}

function contents(item: Drawn, lanes: readonly Lane[]): readonly HTMLElement[] {
  const at = (instant: number) => `${printInstant(instant)} s`;
  const name = (lane: number) => lanes[lane]?.name ?? '';
  switch (item.kind) {
    case 'arrow':
      return [
        title(`${item.segment.flags}`, `${name(item.from)} → ${name(item.to)}`),
        list(headerOf(item)),
        keys(item),
      ];
    case 'state':
      return [
        title(`${item.from} → ${item.to}`, `${name(item.lane)} ${item.connection}`),
        text(item.detail),
      ];
    case 'mark':
      return [title(item.text, `${name(item.lane)}, ${at(item.at)}`), text(item.detail)];
    case 'note':
      return [title(item.detail, at(item.at)), text(item.text)];
  }
}

/** The header, field by field, in the order of the wire; then what the network does with it. */
function headerOf(item: ArrowItem): readonly (readonly [string, string])[] {
  const { segment, sentAt, arrivesAt } = item;
  const counted = (value: number, relative: number | undefined) =>
    relative === undefined || relative === value ? `${value}` : `${value} (relative ${relative})`;
  const rows: [string, string | undefined][] = [
    ['Source', segment.source],
    ['Destination', segment.destination],
    ['Sequence number', counted(segment.seq, segment.relativeSeq)],
    [
      'Acknowledgment',
      segment.ack === undefined ? undefined : counted(segment.ack, segment.relativeAck),
    ],
    ['Control bits', segment.flags.replaceAll(',', ', ')],
    ['Window', `${segment.window}`],
    ['Urgent pointer', segment.urgent > 0 ? `${segment.urgent}` : undefined],
    ['ECN field of IP', segment.ecn],
    ['In UDP, ports', segment.udp],
    ['Options', segment.options.replaceAll(',', ', ') || undefined],
    ['Text', segment.length > 0 ? `${segment.length} octets: ${segment.preview}` : undefined],
    ['Sent', `${printInstant(sentAt)} s`],
    ['Arrives', arrivesAt === undefined ? undefined : `${printInstant(arrivesAt)} s`],
    ['Remark', remarks(item) || undefined],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function title(main: string, more: string): HTMLElement {
  return html('div', { class: 'title' }, html('strong', {}, main), ' ', html('span', {}, more));
}

function list(rows: readonly (readonly [string, string])[]): HTMLElement {
  const parts = rows.flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, value)]);
  return html('dl', {}, ...parts);
}

function text(words: string): HTMLElement {
  return html('p', {}, words);
}

function keys(item: ArrowItem): HTMLElement {
  const hints = ['Enter: to its departure'];
  if (item.arrival !== undefined) hints.push('Shift+Enter: to its arrival');
  if (item.statement >= 0) hints.push('O: its statement');
  return html('p', { class: 'keys' }, hints.join(' · '));
}
