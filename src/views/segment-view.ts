/** A delivery's segment as the diagram shows it: numbers absolute and counted from each side's ISS. */

import type { Delivery } from '../sim/delivery.js';
import { NOT_ECT, printCodepoint } from '../tcp/ecn/ip.js';
import type { SackBlock } from '../tcp/loss-recovery/sack-state.js';
import { printOptions } from '../tcp/options.js';
import { ACK, has, printCtl, printPorts, type Segment, SYN } from '../tcp/segment.js';
import type { Seq } from '../tcp/seq.js';
import { distance, num } from '../tcp/seq.js';
import type { Tcb } from '../tcp/tcb.js';
import type { SackView, SegmentView } from './contract.js';

/** Where each direction of a four-tuple began, for senders whose TCB tells nothing. The newest `BASES` only. */
export type Bases = Map<string, Seq>;

/** What a segment's numbers are counted from: the sender's ISS and the peer's, where known. */
export interface Origin {
  readonly own: Seq | undefined;
  readonly peer: Seq | undefined;
}

const BASES = 64;
const PREVIEW = 40;

/** The fields of a segment for labels and tooltips. */
export function segmentView(
  { source, destination, segment }: Delivery,
  origin: Origin,
): SegmentView {
  const acknowledges = has(segment, ACK);
  return {
    source: `${source}:${segment.sourcePort}`,
    destination: `${destination}:${segment.destinationPort}`,
    flags: printCtl(segment.ctl),
    seq: num(segment.seq),
    ...(origin.own === undefined ? {} : { relativeSeq: distance(origin.own, segment.seq) }),
    ...(acknowledges ? { ack: num(segment.ack) } : {}),
    ...(acknowledges && origin.peer !== undefined
      ? { relativeAck: distance(origin.peer, segment.ack) }
      : {}),
    ...sackOf(segment, origin.peer),
    length: segment.data.length,
    window: segment.wnd,
    urgent: segment.up,
    ...(segment.ecn === NOT_ECT ? {} : { ecn: printCodepoint(segment.ecn) }),
    ...(segment.udp === undefined ? {} : { udp: printPorts(segment.udp) }),
    options: printOptions(segment.options),
    preview: preview(segment.data),
  };
}

function sackOf(
  { options: { sack = [] } }: Segment,
  peer: Seq | undefined,
): Pick<SegmentView, 'sack'> {
  if (sack.length === 0) return {};
  const view = ({ left, right }: SackBlock): SackView => {
    const block = { left: num(left), right: num(right) };
    if (peer === undefined) return block;
    return { ...block, relative: { left: distance(peer, left), right: distance(peer, right) } };
  };
  return { sack: sack.map(view) };
}

/** The fields in which a segment is another when it arrives than when it was sent, as it arrives: `seq=500 win=17`; empty for none. */
export function changesOf(sent: Segment, arrived: Segment): string {
  if (isSame(sent, arrived)) return '';
  const [before, after] = [fieldsOf(sent), fieldsOf(arrived)];
  const changes = after.filter((field, i) => field !== before[i]).join(' ');
  // Of a long text the beginning may be the same.
  return changes === '' ? `data="${preview(arrived.data)}"` : changes;
}

/** Without making a text of it: nearly all that arrive are what was sent. */
function isSame(one: Segment, other: Segment): boolean {
  if (one === other) return true;
  return (
    one.sourcePort === other.sourcePort &&
    one.destinationPort === other.destinationPort &&
    one.ctl === other.ctl &&
    one.seq === other.seq &&
    one.ack === other.ack &&
    one.wnd === other.wnd &&
    one.up === other.up &&
    one.ecn === other.ecn &&
    (one.options === other.options || printOptions(one.options) === printOptions(other.options)) &&
    one.data.length === other.data.length &&
    one.data.every((octet, i) => octet === other.data[i])
  );
}

/** Each field of a segment, always in the same order. */
function fieldsOf(segment: Segment): readonly string[] {
  const { sourcePort, destinationPort, seq, ack, ctl, wnd, up, options, data, ecn } = segment;
  return [
    `from=${sourcePort}`,
    `to=${destinationPort}`,
    printCtl(ctl),
    `seq=${num(seq)}`,
    `ack=${num(ack)}`,
    `win=${wnd}`,
    `up=${up}`,
    `ecn=${printCodepoint(ecn)}`,
    `len=${data.length}`,
    `data="${preview(data)}"`,
    `options=${printOptions(options) || 'none'}`,
  ];
}

/** Whence to count. `tcb`: the sender's, when the segment left; it knows best, unless somebody else sent in its name. */
export function originOf(delivery: Delivery, tcb: Tcb | undefined, bases: Bases): Origin {
  const { source, destination, segment } = delivery;
  const here = `${source}:${segment.sourcePort}`;
  const there = `${destination}:${segment.destinationPort}`;
  noteBase(delivery, `${here}>${there}`, bases);
  const own = bases.get(`${here}>${there}`);
  const peer = bases.get(`${there}>${here}`);
  if (tcb?.isn === undefined || delivery.kind === 'injected') return { own, peer };
  return { own: tcb.iss, peer: tcb.state === 'SYN_SENT' ? peer : tcb.irs };
}

/** Remembers where a direction begins: a SYN's own number, unless it is forged or old and a better one is known. */
function noteBase(delivery: Delivery, key: string, bases: Bases): void {
  if (!has(delivery.segment, SYN)) return;
  if (delivery.kind !== 'first' && bases.has(key)) return;
  bases.delete(key);
  bases.set(key, delivery.segment.seq);
  if (bases.size <= BASES) return;
  const [oldest] = bases.keys();
  if (oldest !== undefined) bases.delete(oldest);
}

/** The first octets of a text as ASCII, line ends as `\r\n`, anything else as `.`. */
function preview(data: Uint8Array): string {
  let text = '';
  for (const octet of data.subarray(0, PREVIEW)) {
    if (octet === 13) text += '\\r';
    else if (octet === 10) text += '\\n';
    else text += octet >= 32 && octet < 127 ? String.fromCharCode(octet) : '.';
  }
  return data.length > PREVIEW ? `${text}...` : text;
}
