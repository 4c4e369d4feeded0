/** The sequence diagram's page: shows the part in view and follows the cursor. */

import type { FromView, Item, RowsMessage, ToView } from '../views/contract.js';
import { html, setText } from './dom.js';
import { createFigure } from './figure.js';
import { type Geometry, geometryOf } from './geometry.js';
import { drawHeads } from './heads.js';
import { listen } from './input.js';
import { digitsOf } from './label.js';
import type { Page } from './page.js';
import { createScroller } from './scroller.js';
import { covers, type Store, storeOf, withMove, withRows } from './store.js';
import { createToolbar } from './toolbar.js';
import { createTooltip } from './tooltip.js';

/** Drawn above and below what is in view, so that scrolling finds it there. */
const AROUND = 240;
/** The rows that come with a new diagram, whichever they are. */
const PROMISED = { from: 0, to: Number.POSITIVE_INFINITY };
const NOTHING_YET = 'Debug a .tcpflow script: its segments are drawn here as they are sent.';

/** Builds the page; the answer is what it is to be told. */
export function createSequencePage(
  root: HTMLElement,
  post: (message: FromView) => void,
): (message: ToView) => void {
  const page = build(root, post);
  root.classList.add('idle');
  listen(page);
  page.area.addEventListener('scroll', page.schedule);
  new ResizeObserver(page.schedule).observe(page.area);
  return (message) => receive(page, message);
}

function build(root: HTMLElement, post: (message: FromView) => void): Page {
  const heads = html('div', { class: 'heads' });
  const sizer = html('div', { class: 'sizer' });
  const area = html('div', { class: 'area' }, heads, sizer);
  const status = html('div', { class: 'status', role: 'status', 'aria-live': 'polite' });
  const empty = html('p', { class: 'empty' }, NOTHING_YET);
  const toolbar = createToolbar((changes) => {
    page.settings = { ...page.settings, ...changes };
    post({ kind: 'setting', settings: page.settings });
    if (changes.follow) page.following = true;
    page.schedule();
  });
  const page: Page = {
    ...{ root, area, heads, sizer, status, toolbar, post },
    figure: createFigure(),
    scroller: createScroller(area, heads, sizer),
    tooltip: createTooltip(),
    schedule: () => {
      if (page.scheduled) return;
      page.scheduled = true;
      requestAnimationFrame(() => render(page));
    },
    render: () => render(page),
    store: undefined,
    settings: { numbers: 'absolute', follow: true },
    geometry: undefined,
    focus: undefined,
    asked: undefined,
    following: false,
    scheduled: false,
  };
  sizer.append(page.figure.element);
  root.replaceChildren(toolbar.element, empty, area, status, page.tooltip.element);
  return page;
}

function receive(page: Page, message: ToView): void {
  switch (message.kind) {
    case 'settings':
      page.settings = message.settings;
      break;
    case 'diagram':
      page.store = storeOf(message);
      page.asked = PROMISED;
      page.focus = undefined;
      page.geometry = undefined; // the names at the heads may be others
      page.tooltip.hide();
      page.root.classList.remove('idle');
      page.following = true;
      break;
    case 'rows':
      page.store = page.store && withRows(page.store, message);
      // Their numbers tell how high the diagram is: the cursor may stand elsewhere than it seemed.
      if (page.asked === PROMISED) page.following = true;
      // An answer to an earlier question leaves the later one open.
      if (answers(message, page.asked)) page.asked = undefined;
      break;
    case 'moved':
      page.store = page.store && withMove(page.store, message);
      if (page.asked === PROMISED) page.asked = undefined;
      page.following = true;
      break;
    case 'tables':
      return;
  }
  page.schedule();
}

function render(page: Page): void {
  page.scheduled = false;
  const { store, scroller, settings, figure, focus } = page;
  if (store === undefined) return;
  page.toolbar.show(store.title, settings);
  const geometry = measure(page, store);
  const whole = store.height * geometry.stretch;
  scroller.setHeight(whole);
  if (page.following) {
    followCursor(page, store.cursor.y * geometry.stretch);
    followLanes(page, store, geometry);
  }
  page.following = false;
  const { top, height } = scroller.view();
  const from = Math.max(0, Math.floor(top - AROUND));
  const to = Math.ceil(Math.min(whole, top + height + AROUND));
  scroller.place(figure.element, from); // before it is drawn: what is asked for now needs no new layout
  figure.render(store, { geometry, style: settings }, { from, to, focus });
  setText(page.status, store.cursor.text);
  ask(page, store, top / geometry.stretch, height / geometry.stretch);
}

function answers({ from, to }: RowsMessage, asked: Page['asked']): boolean {
  return asked === PROMISED || (asked?.from === from && asked.to === to);
}

/** Fits the lanes to the panel. */
function measure(page: Page, { lanes, items }: Store) {
  const digits = digitsOf(items.values(), page.settings);
  const geometry = geometryOf(page.area.clientWidth, lanes.length, digits);
  if (page.geometry !== undefined && JSON.stringify(geometry) === JSON.stringify(page.geometry)) {
    return page.geometry;
  }
  page.geometry = geometry;
  page.sizer.style.width = `${geometry.width}px`;
  drawHeads(page.heads, lanes, geometry);
  return geometry;
}

/** Asks for what is missing around the view, in units, unless it is on its way. */
function ask(page: Page, store: Store, top: number, height: number): void {
  const [from, to] = [Math.max(0, top - AROUND), Math.min(store.height, top + height + AROUND)];
  if (covers(store, from, to)) return;
  if (page.asked && page.asked.from <= from && page.asked.to >= to) return;
  const wanted = {
    from: Math.max(0, Math.floor(top - 1.5 * height - AROUND)),
    to: Math.ceil(top + 2.5 * height + AROUND),
  };
  page.asked = wanted;
  page.post({ kind: 'rows', run: store.run, ...wanted });
}

/** Scrolls when the cursor's moment, at height `y`, would be out of view, or at its very edge. */
function followCursor({ settings, scroller }: Page, y: number): void {
  if (!settings.follow) return;
  const { top, height } = scroller.view();
  if (y >= top + height * 0.1 && y <= top + height * 0.8) return;
  const target = Math.max(0, y - height * 0.55);
  const near = Math.abs(target - top) < 2 * height;
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  scroller.scrollTo(target, near && !still ? 'smooth' : 'auto');
}

/** Scrolls sideways when the lanes that the cursor's event is about are out of view: of many lanes not all have room. */
function followLanes(
  { area, settings }: Page,
  { items, cursor }: Store,
  { lanes, spacing }: Geometry,
): void {
  const room = area.clientWidth;
  if (!settings.follow || area.scrollWidth <= room) return;
  const concerned = [...items.values()]
    .filter((item) => isOfStep(item, cursor.place.step))
    .flatMap(lanesOf)
    .map((lane) => lanes[lane] ?? 0);
  if (concerned.length === 0) return;
  // Half of what lies between two lanes has room for the text beside one.
  const left = Math.min(...concerned) - spacing / 2;
  const right = Math.max(...concerned) + spacing / 2;
  if (right > area.scrollLeft + room) area.scrollLeft = right - room;
  if (left < area.scrollLeft) area.scrollLeft = left;
}

function isOfStep(item: Item, step: number): boolean {
  if (item.kind === 'arrow') return item.place.step === step || item.arrival?.step === step;
  return 'place' in item && item.place.step === step;
}

function lanesOf(item: Item): readonly number[] {
  if (item.kind === 'arrow') return [item.from, item.to];
  return 'lane' in item ? [item.lane] : [];
}
