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
    const { left, right } = roomBeside(i, geometry);
    head.style.left = `${geometry.lanes[i] ?? 0}px`;
    head.style.maxWidth = `${left + right}px`;
    head.style.transform = `translateX(clamp(${-left}px, -50%, ${right}px - 100%))`;
    return head;
  });
  row.replaceChildren(html('div', { class: 'axis-head' }, 'time, s'), ...heads);
}

/** Where the word over the time axis ends, and how far from the edge of the drawing a head stays: beyond it, all would scroll sideways. */
const AXIS_HEAD = 50;
const EDGE = 4;
/** Between two heads. */
const APART = 12;

/** How far a head may reach to either side of its lane. One that is longer on one side stands the more to the other. */
function roomBeside(lane: number, { lanes, spacing, width }: Geometry) {
  const middle = lanes[lane] ?? 0;
  const half = (spacing - APART) / 2;
  return { left: Math.min(half, middle - AXIS_HEAD), right: Math.min(half, width - EDGE - middle) };
}
