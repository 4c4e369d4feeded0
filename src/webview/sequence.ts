/** The sequence diagram's page: shows the part in view, follows the cursor, turns clicks and keys into messages. */

import type { FromView, ToView, ViewSettings } from '../views/contract.js';
import { html, setText } from './dom.js';
import type { Drawn } from './draw.js';
import { createFigure } from './figure.js';
import { type Geometry, geometryOf, runOf } from './geometry.js';
import { drawHeads } from './heads.js';
import { createScroller } from './scroller.js';
import { covers, inOrder, type Store, storeOf, withMove, withRows } from './store.js';
import { createToolbar } from './toolbar.js';
import { createTooltip } from './tooltip.js';

/** Drawn above and below what is in view, so that scrolling finds it there. */
const AROUND = 240;
const HOVER_MS = 300;

/** Builds the page; the answer is what it is to be told. */
export function createSequencePage(
  root: HTMLElement,
  post: (message: FromView) => void,
): (message: ToView) => void {
  let store: Store | undefined;
  let settings: ViewSettings = { numbers: 'absolute', follow: true };
  let geometry: Geometry | undefined;
  let focus: string | undefined;
  let asked: { readonly from: number; readonly to: number } | undefined;
  let scheduled = 0;
  let hovering = 0;

  const heads = html('div', { class: 'heads' });
  const sizer = html('div', { class: 'sizer' });
  const area = html('div', { class: 'area' }, heads, sizer);
  const empty = html(
    'p',
    { class: 'empty' },
    'Debug a .tcpflow script: its segments are drawn here as they are sent.',
  );
  const status = html('div', { class: 'status', role: 'status', 'aria-live': 'polite' });
  const figure = createFigure();
  const scroller = createScroller(area, heads, sizer);
  const tooltip = createTooltip();
  const toolbar = createToolbar((changes) => {
    settings = { ...settings, ...changes };
    post({ kind: 'setting', settings });
    if (changes.follow) followCursor();
    schedule();
  });
  sizer.append(figure.element);
  root.replaceChildren(toolbar.element, empty, area, status, tooltip.element);
  root.classList.add('idle');

  const still = window.matchMedia('(prefers-reduced-motion: reduce)');
  const panel = new ResizeObserver(() => schedule());
  panel.observe(area);

  function schedule(): void {
    if (scheduled === 0) scheduled = requestAnimationFrame(render);
  }

  function render(): void {
    scheduled = 0;
    root.classList.toggle('idle', store === undefined);
    if (store === undefined) return;
    toolbar.show(store.title, settings);
    const next = geometryOf(area.clientWidth, store.lanes.length);
    if (JSON.stringify(next) !== JSON.stringify(geometry)) {
      geometry = next;
      root.classList.toggle('narrow', next.margin === 0);
      sizer.style.width = `${next.width}px`;
      drawHeads(heads, store.lanes, next);
    }
    const whole = store.height * next.stretch;
    scroller.setHeight(whole);
    const { top, height } = scroller.view();
    const from = Math.max(0, Math.floor(top - AROUND));
    const to = Math.ceil(Math.min(whole, top + height + AROUND));
    figure.render(store, { geometry: next, numbers: settings.numbers }, { from, to, focus });
    scroller.place(figure.element, from);
    setText(status, store.cursor.text);
    ask(store, top / next.stretch, height / next.stretch);
  }

  /** Asks for what is missing around the view, in units, unless it is on its way. */
  function ask(known: Store, top: number, height: number): void {
    const [from, to] = [top - AROUND, Math.min(known.height, top + height + AROUND)];
    if (covers(known, from, to)) return;
    if (asked && asked.from <= Math.max(0, from) && asked.to >= to) return;
    asked = {
      from: Math.max(0, Math.floor(top - 1.5 * height)),
      to: Math.ceil(top + 2.5 * height),
    };
    post({ kind: 'rows', run: known.run, ...asked });
  }

  function followCursor(): void {
    if (store === undefined || !settings.follow) return;
    const stretch = geometry?.stretch ?? 1;
    scroller.setHeight(store.height * stretch);
    const { top, height } = scroller.view();
    const y = store.cursor.y * stretch;
    if (y >= top + height * 0.1 && y <= top + height * 0.8) return;
    const target = Math.max(0, y - height * 0.55);
    const near = Math.abs(target - top) < 2 * height;
    scroller.scrollTo(target, near && !still.matches ? 'smooth' : 'auto');
  }

  function receive(message: ToView): void {
    switch (message.kind) {
      case 'settings':
        settings = message.settings;
        break;
      case 'diagram':
        store = storeOf(message);
        asked = undefined;
        focus = undefined;
        tooltip.hide();
        render();
        followCursor();
        break;
      case 'rows':
        store = store && withRows(store, message);
        asked = undefined;
        break;
      case 'moved':
        store = store && withMove(store, message);
        followCursor();
        break;
      case 'tables':
        return;
    }
    schedule();
  }

  // Pointer --------------------------------------------------------------------------------------

  function itemAt(target: EventTarget | null): Drawn | undefined {
    const group = target instanceof Element ? target.closest('g.item') : undefined;
    const item = store?.items.get(group?.getAttribute('data-id') ?? '');
    return item === undefined || item.kind === 'time' || item.kind === 'gap' ? undefined : item;
  }

  /** Departure, or arrival when the point is nearer to the head. */
  function endAt(item: Drawn, clientX: number): 'departure' | 'arrival' {
    if (item.kind !== 'arrow' || geometry === undefined) return 'departure';
    const x = clientX - figure.element.getBoundingClientRect().left;
    const { tail, tip } = runOf(item, geometry.lanes, 0);
    return (x - tail.x) / (tip.x - tail.x) > 0.5 ? 'arrival' : 'departure';
  }

  function travel(item: Drawn, end: 'departure' | 'arrival'): void {
    const arrival = item.kind === 'arrow' ? item.arrival : undefined;
    if (end === 'arrival' && arrival) {
      post({ kind: 'travel', step: arrival.step, microstep: -1 });
    } else post({ kind: 'travel', ...item.place });
  }

  function open({ statement }: Drawn): void {
    if (statement >= 0) post({ kind: 'open', statement });
  }

  function showTooltip(item: Drawn): void {
    const group = figure.groupOf(item.id);
    const box = group?.querySelector('.label, .pill, .text') ?? group;
    if (box && store) tooltip.show(item, store.lanes, box.getBoundingClientRect());
  }

  figure.element.addEventListener('click', (event) => {
    const item = itemAt(event.target);
    if (item === undefined) return;
    focus = item.id;
    schedule();
    travel(item, endAt(item, event.clientX));
  });
  figure.element.addEventListener('dblclick', (event) => {
    const item = itemAt(event.target);
    if (item) open(item);
  });
  figure.element.addEventListener('pointerover', (event) => {
    const item = itemAt(event.target);
    window.clearTimeout(hovering);
    if (item) hovering = window.setTimeout(() => showTooltip(item), HOVER_MS);
  });
  figure.element.addEventListener('pointerout', () => {
    window.clearTimeout(hovering);
    tooltip.hide();
  });

  // Keyboard -------------------------------------------------------------------------------------

  figure.element.addEventListener('focusin', (event) => {
    const item = itemAt(event.target);
    if (item === undefined) return;
    focus = item.id;
    if (event.target instanceof Element && event.target.matches(':focus-visible'))
      showTooltip(item);
  });
  figure.element.addEventListener('focusout', () => tooltip.hide());
  figure.element.addEventListener('keydown', (event) => {
    const item = itemAt(event.target);
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(item, event.key, event.shiftKey)) event.preventDefault();
  });

  /** Does what a key asks for; true when it asked for something. */
  function press(item: Drawn, key: string, shift: boolean): boolean {
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp':
        moveFocus(item, key === 'ArrowDown' ? 1 : -1);
        return true;
      case 'Enter':
      case ' ':
        travel(item, shift ? 'arrival' : 'departure');
        return true;
      case 'o':
      case 'O':
        open(item);
        return true;
      case 'Escape':
        tooltip.hide();
        return true;
      default:
        return false;
    }
  }

  function moveFocus(item: Drawn, direction: 1 | -1): void {
    if (store === undefined) return;
    const items = [...store.items.values()]
      .filter((one) => one.kind !== 'time' && one.kind !== 'gap')
      .sort(inOrder);
    const next = items[items.findIndex(({ id }) => id === item.id) + direction];
    if (next === undefined) return;
    focus = next.id;
    const { top, height } = scroller.view();
    const y = next.y * (geometry?.stretch ?? 1);
    if (y < top + 30) scroller.scrollTo(y - height * 0.4, 'auto');
    if (y > top + height - 60) scroller.scrollTo(y - height * 0.6, 'auto');
    render();
    figure.groupOf(next.id)?.focus({ preventScroll: true });
  }

  area.addEventListener('scroll', () => schedule());
  area.addEventListener('scroll', () => tooltip.hide());
  return receive;
}
