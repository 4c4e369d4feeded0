/** The connection table's page: per host its listeners and connections, what the last step changed, what it deleted. */

import type {
  ConnectionRow,
  FromView,
  HostTable,
  ListenerRow,
  TablesMessage,
  ToView,
} from '../views/contract.js';
import { PAGE } from '../views/tables.js';
import { axisTime, roughly } from '../views/words.js';
import { html } from './dom.js';

/** Builds the page; the answer is what it is to be told. */
export function createTablesPage(
  root: HTMLElement,
  post: (message: FromView) => void,
): (message: ToView) => void {
  const empty = html(
    'p',
    { class: 'empty' },
    'Debug a .tcpflow script: its connections are listed here.',
  );
  root.replaceChildren(empty);
  return (message) => {
    if (message.kind !== 'tables') return;
    const focused = document.activeElement?.getAttribute('data-page');
    root.replaceChildren(...draw(message, post));
    if (focused) root.querySelector<HTMLElement>(`[data-page="${CSS.escape(focused)}"]`)?.focus();
  };
}

function draw(
  { hosts, at }: TablesMessage,
  post: (message: FromView) => void,
): readonly HTMLElement[] {
  const time = html('p', { class: 'moment', role: 'status' }, `at ${axisTime(at)} s`);
  return [time, ...hosts.map((host) => drawHost(host, post))];
}

function drawHost(host: HostTable, post: (message: FromView) => void): HTMLElement {
  const { name, address, listeners, connections, deleted, total, halfOpen, from } = host;
  const heading = html('h2', {}, html('strong', {}, name), ' ', html('span', {}, address));
  const section = html('section', { 'aria-label': `Connections of ${name}` }, heading);
  if (listeners.length > 0)
    section.append(html('ul', { class: 'listeners' }, ...listeners.map(drawListener)));
  const open = connections.filter((row) => row.halfOpen);
  const complete = connections.filter((row) => !row.halfOpen);
  if (open.length > 0) {
    section.append(group('Half-open', halfOpen), ...open.map((row) => drawConnection(row, '')));
  }
  if (complete.length > 0) {
    section.append(group('Connections', total - halfOpen));
    section.append(...complete.map((row) => drawConnection(row, '')));
  }
  if (deleted.length > 0) {
    section.append(group('Just deleted', deleted.length));
    section.append(...deleted.map((row) => drawConnection(row, ' deleted')));
  }
  if (listeners.length + total + deleted.length === 0) {
    section.append(html('p', { class: 'none' }, 'no connections'));
  }
  if (total > connections.length)
    section.append(pager(name, from, connections.length, total, post));
  return section;
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

function drawConnection(row: ConnectionRow, extra: string): HTMLElement {
  const head = html(
    'div',
    { class: 'row-head' },
    badge(row.state),
    html('span', { class: 'row-name' }, row.name),
    html('code', {}, `${row.local} — ${row.remote}`),
  );
  const cells = variablesOf(row).map(([name, value, columns]) => {
    const changed = columns.some((column) => row.changed.includes(column));
    const cell = html('div', { class: changed ? 'changed' : undefined });
    cell.append(html('dt', {}, name), html('dd', {}, value));
    return cell;
  });
  const timers = row.timers.map(({ name, left }) => `${spaced(name)} in ${roughly(left)}`);
  const card = html(
    'article',
    {
      class: `connection${row.isNew ? ' new' : ''}${extra}`,
      'aria-label': `${row.name} ${row.state}`,
    },
    head,
    html('dl', {}, ...cells),
  );
  if (timers.length > 0 && extra === '') {
    const changed = row.changed.includes('timers') ? ' changed' : '';
    card.append(html('p', { class: `timers${changed}` }, timers.join(', ')));
  }
  return card;
}

/** Name, value, and the columns of the contract that they show. */
function variablesOf(
  row: ConnectionRow,
): readonly (readonly [string, string, readonly string[]])[] {
  const known = (value: number | undefined) => (value === undefined ? '–' : String(value));
  return [
    ['ISS', String(row.iss), ['iss']],
    ['IRS', known(row.irs), ['irs']],
    ['SND.UNA', String(row.una), ['una']],
    ['SND.NXT', String(row.nxt), ['nxt']],
    ['SND.WND', String(row.sndWnd), ['sndWnd']],
    ['RCV.NXT', known(row.rcvNxt), ['rcvNxt']],
    ['RCV.WND', String(row.rcvWnd), ['rcvWnd']],
    ['Recv-Q', String(row.recvQueue), ['recvQueue']],
    ['Send-Q', String(row.sendQueue), ['sendQueue']],
  ];
}

/** `time wait` for `timeWait`. */
function spaced(name: string): string {
  return name.replace(/[A-Z0-9]+/g, (part) => ` ${part.toLowerCase()}`);
}

function pager(
  host: string,
  from: number,
  shown: number,
  total: number,
  post: (message: FromView) => void,
): HTMLElement {
  const button = (label: string, title: string, target: number, enabled: boolean) => {
    const one = html('button', { type: 'button', title, 'data-page': `${host} ${label}` }, label);
    one.disabled = !enabled;
    one.addEventListener('click', () => post({ kind: 'page', host, from: target }));
    return one;
  };
  return html(
    'div',
    { class: 'pager' },
    button('‹', 'Earlier connections', Math.max(0, from - PAGE), from > 0),
    html('span', {}, `${from + 1}–${from + shown} of ${total}`),
    button('›', 'Later connections', from + shown, from + shown < total),
  );
}
