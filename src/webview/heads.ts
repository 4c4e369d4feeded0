/** The heads of the lanes: who is who, in sight wherever the diagram is scrolled to. */

import type { Lane } from '../views/contract.js';
import { html } from './dom.js';
import type { Geometry } from './geometry.js';

/** Fills the row of heads. */
export function drawHeads(row: HTMLElement, lanes: readonly Lane[], geometry: Geometry): void {
  row.style.width = `${geometry.width}px`;
  const heads = lanes.map((lane, i) => {
    const head = html(
      'div',
      { class: `head ${lane.role}`, title: `${lane.role} ${lane.name} ${lane.address}` },
      html('strong', {}, lane.name),
      html('span', {}, lane.address),
    );
    head.style.left = `${geometry.lanes[i] ?? 0}px`;
    head.style.maxWidth = `${Math.max(80, geometry.spacing - 12)}px`;
    return head;
  });
  row.replaceChildren(html('div', { class: 'axis-head' }, 'time, s'), ...heads);
}
