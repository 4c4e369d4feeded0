/** The names that expressions read: of a connection (RFC 9293 §3.3.1), a host and a segment. */

/** What a value is, as far as the checker tells apart. */
export type ValueType = 'number' | 'duration' | 'state' | 'text' | 'boolean';

export interface FieldInfo {
  /** In lower case: the property path. */
  readonly name: string;
  readonly type: ValueType;
  /** A sequence number: calculated and compared modulo 2^32. */
  readonly modular?: true;
  readonly doc: string;
}

/** Of a connection: the RFC name in lower case is the property path in the TCB. */
export const CONNECTION_FIELDS: readonly FieldInfo[] = [
  { name: 'state', type: 'state', doc: 'The state of the connection.' },
  { name: 'snd.una', type: 'number', modular: true, doc: 'Send unacknowledged.' },
  { name: 'snd.nxt', type: 'number', modular: true, doc: 'Send next.' },
  { name: 'snd.wnd', type: 'number', doc: 'Send window, octets after scaling.' },
  { name: 'snd.up', type: 'number', modular: true, doc: 'Send urgent pointer.' },
  { name: 'snd.wl1', type: 'number', modular: true, doc: 'SEG.SEQ of the last window update.' },
  { name: 'snd.wl2', type: 'number', modular: true, doc: 'SEG.ACK of the last window update.' },
  { name: 'snd.max', type: 'number', doc: 'The largest window the peer ever offered, octets.' },
  { name: 'snd.mss', type: 'number', doc: 'The largest text of a segment sent, octets.' },
  { name: 'iss', type: 'number', modular: true, doc: 'Initial send sequence number.' },
  { name: 'rcv.nxt', type: 'number', modular: true, doc: 'Receive next.' },
  { name: 'rcv.wnd', type: 'number', doc: 'Receive window, octets.' },
  { name: 'rcv.up', type: 'number', modular: true, doc: 'Receive urgent pointer.' },
  { name: 'irs', type: 'number', modular: true, doc: 'Initial receive sequence number.' },
  { name: 'local.port', type: 'number', doc: 'The local port.' },
  { name: 'remote.port', type: 'number', doc: 'The remote port.' },
  { name: 'rto.value', type: 'duration', doc: 'The retransmission timeout (RFC 6298).' },
  { name: 'rto.srtt', type: 'duration', doc: 'The smoothed round-trip time (RFC 6298).' },
  { name: 'rto.rttvar', type: 'duration', doc: 'The variation of the round-trip time (RFC 6298).' },
  {
    name: 'rto.expiries',
    type: 'number',
    doc: 'Timeouts since the last acknowledgment of something new.',
  },
  {
    name: 'cwnd',
    type: 'number',
    doc: 'The congestion window, segments; there is one with `initial-window` (RFC 5681).',
  },
  {
    name: 'ssthresh',
    type: 'number',
    doc: 'Up to which congestion window slow start goes, segments (RFC 5681).',
  },
];

/** What may be given of a connection: numbers that the run does not compute itself. */
export const GIVEN_FIELDS: readonly string[] = [
  ...['iss', 'irs', 'snd.una', 'snd.nxt', 'snd.wnd', 'snd.up', 'snd.wl1', 'snd.wl2'],
  ...['snd.max', 'snd.mss', 'rcv.nxt', 'rcv.wnd', 'rcv.up'],
];

/** Of a host. */
export const HOST_FIELDS: readonly FieldInfo[] = [
  {
    name: 'connections',
    type: 'number',
    doc: 'Entries in the connection table, listeners not counted.',
  },
  { name: 'listeners', type: 'number', doc: 'Listeners: connections in LISTEN.' },
  {
    name: 'syn-queue',
    type: 'number',
    doc: 'Half-open connections of the listeners: in SYN_RCVD.',
  },
  { name: 'accept-queue', type: 'number', doc: 'Complete connections that wait for accept.' },
];

/** Of a segment named by `as`, or of `seg` in the debugger. */
export const SEGMENT_FIELDS: readonly FieldInfo[] = [
  { name: 'seq', type: 'number', modular: true, doc: 'Sequence number.' },
  { name: 'ack', type: 'number', modular: true, doc: 'Acknowledgment number.' },
  { name: 'wnd', type: 'number', doc: 'The window field as on the wire.' },
  { name: 'win', type: 'number', doc: 'The window field as on the wire.' },
  { name: 'len', type: 'number', doc: 'SEG.LEN: octets of text, SYN and FIN counted as one each.' },
  { name: 'up', type: 'number', doc: 'The urgent pointer field.' },
  {
    name: 'ecn',
    type: 'number',
    doc: 'The ECN field of the IP header: 0 is Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE.',
  },
  { name: 'mss', type: 'number', doc: 'The Maximum Segment Size option.' },
  { name: 'wscale', type: 'number', doc: 'The window scale option.' },
  { name: 'uto', type: 'number', doc: 'The user timeout option, seconds.' },
  { name: 'tsval', type: 'number', modular: true, doc: 'TSval of the timestamps option.' },
  { name: 'tsecr', type: 'number', modular: true, doc: 'TSecr of the timestamps option.' },
  { name: 'data', type: 'text', doc: 'The segment text.' },
  { name: 'ctl', type: 'text', doc: 'The control bits that are set: `SYN,ACK`.' },
  { name: 'from', type: 'number', doc: 'The source port.' },
  { name: 'to', type: 'number', doc: 'The destination port.' },
  ...['syn', 'fin', 'rst', 'psh', 'urg', 'ece', 'cwr', 'ae'].map(
    (name): FieldInfo => ({ name, type: 'boolean', doc: `Whether ${name.toUpperCase()} is set.` }),
  ),
];

/** The fields that a minus sign would cut in two. */
export const HYPHENATED_FIELDS: ReadonlySet<string> = new Set(
  HOST_FIELDS.map(({ name }) => name).filter((name) => name.includes('-')),
);
