/** Pointer and keyboard on the diagram: travel to a moment, open a statement, see what a segment says. */

import type { Drawn } from './draw.js';
import { isDrawn } from './figure.js';
import { runOf } from './geometry.js';
import type { Page } from './page.js';
import { inOrder } from './store.js';

const HOVER_MS = 300;

/** Connects the drawing with the page. */
export function listen(page: Page): void {
  listenToPointer(page);
  listenToKeyboard(page);
}

// On the element around the drawing: a drawing that listens for focus would itself be a stop of the Tab key.
function listenToPointer(page: Page): void {
  const { sizer } = page;
  let hovering = 0;
  sizer.addEventListener('click', (event) => {
    const item = itemAt(page, event.target);
    if (item === undefined) return;
    page.focus = item.id;
    page.schedule();
    travel(page, item, endAt(page, item, event));
  });
  sizer.addEventListener('dblclick', (event) => {
    const item = itemAt(page, event.target);
    if (item) open(page, item);
  });
  sizer.addEventListener('pointerover', (event) => {
    const item = itemAt(page, event.target);
    window.clearTimeout(hovering);
    if (item) hovering = window.setTimeout(() => showTooltip(page, item), HOVER_MS);
  });
  sizer.addEventListener('pointerout', () => {
    window.clearTimeout(hovering);
    page.tooltip.hide();
  });
}

function listenToKeyboard(page: Page): void {
  const { sizer } = page;
  sizer.addEventListener('focusin', (event) => {
    const item = itemAt(page, event.target);
    if (item === undefined) return;
    page.focus = item.id;
    const byKey = event.target instanceof Element && event.target.matches(':focus-visible');
    if (byKey) showTooltip(page, item);
  });
  sizer.addEventListener('focusout', page.tooltip.hide);
  page.area.addEventListener('scroll', () => {
    page.tooltip.hide();
    // What the keyboard has reached stays explained where it has scrolled to.
    const item = itemAt(page, document.activeElement);
    if (item && document.activeElement?.matches(':focus-visible')) {
      requestAnimationFrame(() => showTooltip(page, item));
    }
  });
  sizer.addEventListener('keydown', (event) => {
    const item = itemAt(page, event.target);
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(page, item, event.key, event.shiftKey)) event.preventDefault();
  });
}

/** Does what a key asks for; true when it asked for something. */
function press(page: Page, item: Drawn, key: string, shift: boolean): boolean {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowUp':
      moveFocus(page, item, key === 'ArrowDown' ? 1 : -1);
      return true;
    case 'Enter':
    case ' ':
      travel(page, item, shift ? 'arrival' : 'departure');
      return true;
    case 'o':
    case 'O':
      open(page, item);
      return true;
    case 'Escape':
      page.tooltip.hide();
      return true;
    default:
      return false;
  }
}

function itemAt({ store }: Page, target: EventTarget | null): Drawn | undefined {
  const group = target instanceof Element ? target.closest('g.item') : undefined;
  const item = store?.items.get(group?.getAttribute('data-id') ?? '');
  return item !== undefined && isDrawn(item) ? item : undefined;
}

/** Departure, or arrival when the point is nearer to the head. */
function endAt(
  { geometry, figure }: Page,
  item: Drawn,
  event: MouseEvent,
): 'departure' | 'arrival' {
  if (item.kind !== 'arrow' || geometry === undefined) return 'departure';
  const { left } = figure.element.getBoundingClientRect();
  const { tail, tip, corner } = runOf(item, geometry.lanes, 0);
  if (corner !== undefined) return halfOf(figure.groupOf(item.id), event.clientY);
  return (event.clientX - left - tail.x) / (tip.x - tail.x) > 0.5 ? 'arrival' : 'departure';
}

/** Of an arrow that comes back to its lane the upper half is its departure. */
function halfOf(group: Element | undefined, y: number): 'departure' | 'arrival' {
  const box = group?.querySelector('.hit')?.getBoundingClientRect();
  return box !== undefined && y > box.top + box.height / 2 ? 'arrival' : 'departure';
}

function travel({ post }: Page, item: Drawn, end: 'departure' | 'arrival'): void {
  const arrival = item.kind === 'arrow' ? item.arrival : undefined;
  if (end === 'departure' || arrival === undefined) post({ kind: 'travel', ...item.place });
  else post({ kind: 'travel', step: arrival.step, microstep: -1 });
}

function open({ post }: Page, { statement }: Drawn): void {
  if (statement >= 0) post({ kind: 'open', statement });
}

function showTooltip({ figure, store, tooltip }: Page, item: Drawn): void {
  const group = figure.groupOf(item.id);
  if (group === undefined || store === undefined) return;
  const near = group.querySelector('.label, .pill, .text') ?? group;
  tooltip.show(item, store.lanes, group, near);
}

function moveFocus(page: Page, item: Drawn, direction: 1 | -1): void {
  const { store, scroller, geometry, figure } = page;
  if (store === undefined) return;
  const items = [...store.items.values()].filter(isDrawn).sort(inOrder);
  const next = items[items.findIndex(({ id }) => id === item.id) + direction];
  if (next === undefined) return;
  page.focus = next.id;
  const { top, height } = scroller.view();
  const y = next.y * (geometry?.stretch ?? 1);
  if (y < top + 30) scroller.scrollTo(y - height * 0.4, 'auto');
  if (y > top + height - 60) scroller.scrollTo(y - height * 0.6, 'auto');
  page.render();
  figure.groupOf(next.id)?.focus({ preventScroll: true });
}
