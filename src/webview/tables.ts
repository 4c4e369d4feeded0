/**
 * The connection table's page: per host its listeners and connections, what the last step changed, what each side knows, and the
 * entries that are gone. A moment is a button that travels there.
 */

import { spaced } from '../base/spaced.js';
import type { FromView, TablesMessage, ToView } from '../views/contract.js';
import type {
  ConnectionRow,
  GoneRow,
  Happened,
  HostTable,
  ListenerRow,
} from '../views/table-rows.js';
import { PAGE } from '../views/tables.js';
import { axisTime, type NumberStyle, printNumber, printSequence, roughly } from '../views/words.js';
import { html } from './dom.js';
import { drawKnowledge } from './knowledge.js';

interface Page {
  readonly post: (message: FromView) => void;
  style: NumberStyle;
  last: TablesMessage | undefined;
}

/** Builds the page; the answer is what it is to be told. */
export function createTablesPage(
  root: HTMLElement,
  post: (message: FromView) => void,
): (message: ToView) => void {
  const page: Page = { post, style: { numbers: 'absolute' }, last: undefined };
  const empty = html(
    'p',
    { class: 'empty' },
    'Debug a .tcpflow script: its connections are listed here.',
  );
  root.replaceChildren(empty);
  return (message) => {
    if (message.kind === 'tables') page.last = message;
    else if (message.kind === 'settings') page.style = message.settings;
    else return;
    if (page.last === undefined) return;
    const focused = document.activeElement?.getAttribute('data-key');
    root.replaceChildren(...draw(page.last, page));
    if (focused) root.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  };
}

function draw({ hosts, at }: TablesMessage, page: Page): readonly HTMLElement[] {
  const time = html('p', { class: 'moment', role: 'status' }, `at ${axisTime(at)} s`);
  return [time, ...hosts.map((host) => drawHost(host, page))];
}

function drawHost(host: HostTable, page: Page): HTMLElement {
  const { name, address, listeners, connections, total, halfOpen, from, goneTotal } = host;
  const heading = html('h2', {}, html('strong', {}, name), ' ', html('span', {}, address));
  const section = html('section', { 'aria-label': `Connections of ${name}` }, heading);
  if (listeners.length > 0)
    section.append(html('ul', { class: 'listeners' }, ...listeners.map(drawListener)));
  const card = (row: ConnectionRow) => drawConnection(name, row, page);
  const open = connections.filter((row) => row.halfOpen);
  const complete = connections.filter((row) => !row.halfOpen);
  if (open.length > 0) section.append(group('Half-open', halfOpen), ...open.map(card));
  if (complete.length > 0) {
    section.append(group('Connections', total - halfOpen), ...complete.map(card));
  }
  if (listeners.length + total === 0)
    section.append(html('p', { class: 'none' }, 'no connections'));
  if (total > connections.length) {
    section.append(pager(page, { host: name, from, shown: connections.length, total }));
  }
  if (goneTotal > 0) section.append(...drawGone(host, page));
  return section;
}

/** What was in the table, the last entry first. */
function drawGone(
  { name, gone, goneFrom, goneTotal }: HostTable,
  page: Page,
): readonly HTMLElement[] {
  const rows = gone.map((row) => drawPast(name, row, page));
  const more = pager(page, {
    host: name,
    from: goneFrom,
    shown: gone.length,
    total: goneTotal,
    list: 'gone',
  });
  return [
    group('Deleted', goneTotal),
    html('ul', { class: 'gone', 'aria-label': `Deleted connections of ${name}` }, ...rows),
    ...(goneTotal > gone.length ? [more] : []),
  ];
}

function drawPast(host: string, row: GoneRow, page: Page): HTMLElement {
  const { name, state, local, remote, created, deleted, isNew } = row;
  return html(
    'li',
    { class: isNew ? 'past new' : 'past' },
    html('span', { class: 'struck' }, badge(state), ' ', html('span', { class: 'row-name' }, name)),
    ' ',
    html('code', {}, `${local} — ${remote}`),
    html(
      'span',
      { class: 'moments' },
      ...(created ? [moment('created', created, `${host} ${name}`, page)] : []),
      moment('deleted', deleted, `${host} ${name}`, page),
    ),
  );
}

/** `created 0.010 listen/3-syn`: a button that travels there. */
function moment(
  word: string,
  { place, at, rule }: Happened,
  whose: string,
  page: Page,
): HTMLElement {
  const button = html(
    'button',
    {
      type: 'button',
      class: 'link',
      'data-key': `${word} ${whose} ${place.step}`,
      title: `${whose} was ${word} at ${axisTime(at)} s by ${rule}: go there`,
    },
    `${word} ${axisTime(at)} s, ${rule}`,
  );
  button.addEventListener('click', () => page.post({ kind: 'travel', ...place }));
  return button;
}

function group(title: string, count: number): HTMLElement {
  return html('h3', {}, title, ' ', html('span', { class: 'count' }, String(count)));
}

function drawListener({ local, halfOpen, waiting, synQueue, backlog }: ListenerRow): HTMLElement {
  const queues = `half-open ${halfOpen}/${synQueue}, to accept ${waiting}/${backlog}`;
  return html(
    'li',
    {},
    badge('LISTEN'),
    ' ',
    html('code', {}, local),
    ' ',
    html('span', {}, queues),
  );
}

function badge(state: string): HTMLElement {
  return html('span', { class: `badge ${state}` }, state);
}

function drawConnection(host: string, row: ConnectionRow, page: Page): HTMLElement {
  const head = html(
    'div',
    { class: 'row-head' },
    badge(row.state),
    html('span', { class: 'row-name' }, row.name),
    html('code', {}, `${row.local} — ${row.remote}`),
  );
  const cells = variablesOf(row, page.style).map(([name, value, columns]) => {
    const changed = columns.some((column) => row.changed.includes(column));
    const cell = html('div', { class: changed ? 'changed' : undefined });
    cell.append(html('dt', {}, name), html('dd', {}, value));
    return cell;
  });
  const timers = row.timers.map(({ name, left }) => `${spaced(name)} in ${roughly(left)}`);
  const card = html(
    'article',
    {
      class: `connection${row.isNew ? ' new' : ''}`,
      'aria-label': `${row.name} ${row.state}`,
    },
    head,
    html('dl', {}, ...cells),
  );
  if (timers.length > 0) {
    const changed = row.changed.includes('timers') ? ' changed' : '';
    card.append(html('p', { class: `timers${changed}` }, timers.join(', ')));
  }
  card.append(drawKnowledge(host, row, page));
  if (row.created) card.append(moment('created', row.created, `${host} ${row.name}`, page));
  return card;
}

/** Name, value, and the columns of the contract that they show. */
function variablesOf(
  { iss, irs, una, nxt, sndWnd, rcvNxt, rcvWnd, recvQueue, sendQueue }: ConnectionRow,
  style: NumberStyle,
): readonly (readonly [string, string, readonly string[]])[] {
  const sequence = (value: number | undefined, base: number | undefined) =>
    value === undefined ? '–' : printSequence(value, base, style);
  const count = (value: number) => printNumber(value, style);
  return [
    ['ISS', sequence(iss, iss), ['iss']],
    ['IRS', sequence(irs, irs), ['irs']],
    ['SND.UNA', sequence(una, iss), ['una']],
    ['SND.NXT', sequence(nxt, iss), ['nxt']],
    ['SND.WND', count(sndWnd), ['sndWnd']],
    ['RCV.NXT', sequence(rcvNxt, irs), ['rcvNxt']],
    ['RCV.WND', count(rcvWnd), ['rcvWnd']],
    ['Recv-Q', count(recvQueue), ['recvQueue']],
    ['Send-Q', count(sendQueue), ['sendQueue']],
  ];
}

interface Shown {
  readonly host: string;
  readonly from: number;
  readonly shown: number;
  readonly total: number;
  readonly list?: 'gone';
}

function pager({ post }: Page, { host, from, shown, total, list }: Shown): HTMLElement {
  const what = list === 'gone' ? 'deleted connections' : 'connections';
  const button = (label: string, title: string, target: number, enabled: boolean) => {
    const key = `${host} ${what} ${label}`;
    const one = html('button', { type: 'button', title, 'data-key': key }, label);
    one.disabled = !enabled;
    const more = list === undefined ? {} : { list };
    one.addEventListener('click', () => post({ kind: 'page', host, from: target, ...more }));
    return one;
  };
  return html(
    'div',
    { class: 'pager' },
    button('‹', `Earlier ${what}`, Math.max(0, from - PAGE), from > 0),
    html('span', {}, `${from + 1}–${from + shown} of ${total}`),
    button('›', `Later ${what}`, from + shown, from + shown < total),
  );
}
