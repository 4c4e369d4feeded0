/** What one side of a connection knows: four claims, each with the segment that shows it and a way to that moment. */

import type { FromView } from '../views/contract.js';
import { CLAIMS, type Standing } from '../views/knowledge.js';
import type { ConnectionRow, Known } from '../views/table-rows.js';
import { axisTime, type NumberStyle, printSequence } from '../views/words.js';
import { html } from './dom.js';

interface Page {
  readonly post: (message: FromView) => void;
  readonly style: NumberStyle;
}

/** A sign for the eye, words for the ear. */
const SIGNS: Readonly<Record<Standing, readonly [string, string]>> = {
  unknown: ['–', 'not known'],
  heard: ['?', 'said by a SYN alone: it may be old or forged'],
  proven: ['✓', 'proven'],
  over: ['■', 'no longer'],
};

export function drawKnowledge(host: string, row: ConnectionRow, page: Page): HTMLElement {
  const list = html('ul', { class: 'knows', 'aria-label': `What ${host} knows` });
  row.knows.forEach((known, i) => {
    list.append(drawClaim(`${host} ${row.name}`, CLAIMS[i] ?? '', known, row, page));
  });
  return list;
}

function drawClaim(
  whose: string,
  claim: string,
  known: Known,
  row: ConnectionRow,
  page: Page,
): HTMLElement {
  const [sign, words] = SIGNS[known.standing];
  const by = segmentText(known, row, page.style);
  const title = `${claim}: ${words}${by === '' ? '' : ` by ${by}`}`;
  const content = [
    html('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    html('span', {}, claim),
  ];
  const item = html('li', { class: known.standing });
  const { proof } = known;
  if (proof === undefined) {
    item.append(html('span', { title, role: 'img', 'aria-label': title }, ...content));
    return item;
  }
  const go = `${title}, ${axisTime(proof.at)} s, ${proof.rule}: go there`;
  const key = `${claim} ${whose}`;
  const button = html(
    'button',
    { type: 'button', class: 'link', 'data-key': key, title: go, 'aria-label': go },
    ...content,
  );
  button.addEventListener('click', () => page.post({ kind: 'travel', ...proof.place }));
  item.append(button);
  return item;
}

/** `SYN,ACK seq=300 ack=101`. Our own FIN counts from ISS, what the peer sent from IRS. */
function segmentText({ segment, standing }: Known, row: ConnectionRow, style: NumberStyle): string {
  if (segment === undefined) return '';
  const { flags, seq, ack } = segment;
  const own = standing === 'over' && seq === row.nxt - 1;
  const [from, to] = own ? [row.iss, row.irs] : [row.irs, row.iss];
  const acknowledges = ack === undefined ? '' : ` ack=${printSequence(ack, to, style)}`;
  return `${flags} seq=${printSequence(seq, from, style)}${acknowledges}`;
}
