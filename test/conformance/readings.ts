/** Rows where the text can be read in more than one way: what each profile makes of them, by playing them. */

import { giveConnection } from '../../src/tcp/host.js';
import { settingsOfProfile } from '../../src/tcp/profiles.js';
import type { Segment } from '../../src/tcp/segment.js';
import { printCtl } from '../../src/tcp/segment.js';
import { num } from '../../src/tcp/seq.js';
import type { Settings } from '../../src/tcp/settings.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { decider } from '../tcp/deciders.js';
import type { Seen } from '../tcp/fixtures.js';
import {
  arrive,
  call,
  closing,
  established,
  REMOTE,
  seg,
  synReceived,
  synSent,
  timeWait,
} from '../tcp/fixtures.js';
import { createNetwork } from '../tcp/network.js';

export interface Reading {
  readonly id: string;
  /** What the text leaves open, and what is played. */
  readonly question: string;
  /** What a TCP with these settings makes of it. */
  readonly play: (settings: Partial<Settings>) => string;
}

/** The profiles, in the order of the table. */
export const PROFILE_NAMES = ['rfc9293', 'linux', 'freebsd'] as const;

/** One reading by one profile, with numbers that are easy to read. */
export function read({ play }: Reading, profile: (typeof PROFILE_NAMES)[number]): string {
  return play({ ...settingsOfProfile(profile), window: 1000, ackDelay: 0 });
}

export const READINGS: readonly Reading[] = [
  {
    id: 'ACC-11',
    question: 'Text that begins before the window and ends behind it has neither end inside.',
    play: (settings) => {
      const long = seg('ACK', { seq: 91, ack: 301, data: 1200 });
      return told(established({ settings }), long);
    },
  },
  {
    id: 'ACC-17',
    question: 'A FIN at RCV.NXT does not fit a window of 0.',
    play: (settings) => {
      const tcb = established({ settings, rcv: { wnd: 0 } });
      return told(tcb, seg('FIN,ACK', { ack: 301 }));
    },
  },
  {
    id: 'ACC-21',
    question: 'An ACK field that is new, on a segment that ends right before RCV.NXT.',
    play: (settings) => {
      const waiting = call.send(established({ settings }), 'hello').tcb;
      return told(waiting, seg('ACK', { seq: 100, ack: 306, data: 1 }));
    },
  },
  {
    id: 'SYS-06',
    question: 'In SYN_SENT a RST has no RCV.NXT to be compared with (§3.10.7.3 against §3.5.3).',
    play: (settings) => told(synSent({ settings }), seg('RST,ACK', { seq: 12_345, ack: 301 })),
  },
  {
    id: 'SYR-13',
    question:
      'The SYN again in SYN_RCVD is not acceptable; an ACK is no help to a peer in SYN_SENT.',
    play: (settings) => told(synReceived({ settings }), seg('SYN', { seq: 100 })),
  },
  {
    id: 'CLG-10',
    question: 'The peer’s FIN again in CLOSING, with the ACK of ours that is waited for.',
    play: (settings) => told(closing({ settings }), seg('FIN,ACK', { seq: 101, ack: 302 })),
  },
  {
    id: 'TWT-06',
    question: 'A pure ACK at RCV.NXT in TIME_WAIT: the text names the FIN alone.',
    play: (settings) => told(timeWait({ settings }), seg('ACK', { seq: 102, ack: 302 })),
  },
  {
    id: 'TWT-07',
    question: 'A pure ACK in TIME_WAIT, in the window and past RCV.NXT.',
    play: (settings) => told(timeWait({ settings }), seg('ACK', { seq: 112, ack: 302 })),
  },
  {
    id: 'TWT-25',
    question: 'A SYN that may reopen a connection from TIME_WAIT, where nobody listens.',
    play: reopened,
  },
  {
    id: 'SOP-03',
    question: 'The SYN,ACK of Figure 7 crosses ours and ends right before RCV.NXT (§A.2).',
    play: (settings) => {
      const tcb = synReceived({ settings, open: 'active' });
      return told(tcb, seg('SYN,ACK', { seq: 100, ack: 301 }));
    },
  },
  {
    id: 'SCL-05',
    question:
      'Both sides in CLOSING repeat their FINs, which carry the ACKs that both wait for (§A.2).',
    play: bothClosing,
  },
];

function told(tcb: Tcb, segment: Segment): string {
  return print(tcb, arrive(tcb, segment));
}

/** `ACK; ESTABLISHED stays (other-states/1-sequence)`. */
function print(tcb: Tcb, seen: Seen): string {
  const reply = seen.segments.map(({ ctl }) => printCtl(ctl)).join(' and ') || 'no reply';
  const state = seen.state === tcb.state ? `${tcb.state} stays` : `${tcb.state} -> ${seen.state}`;
  const acked = seen.tcb.snd.una === tcb.snd.una ? '' : `, SND.UNA <- ${num(seen.tcb.snd.una)}`;
  const taken = seen.tcb.rcv.nxt === tcb.rcv.nxt ? '' : `, RCV.NXT <- ${num(seen.tcb.rcv.nxt)}`;
  return `${reply}; ${state}${acked}${taken} (\`${decider(seen.steps)}\`)`;
}

function reopened(settings: Partial<Settings>): string {
  const network = createNetwork();
  const host = network.add('server', settings);
  const { remote, ...rest } = timeWait({ settings });
  const local = { ...rest.local, address: host.address };
  giveConnection(host, { ...rest, remote, local }, undefined, 0);
  const { microsteps } = network.arrive('server', REMOTE.address, seg('SYN', { seq: 50_000 }));
  const sent = microsteps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'send' ? [printCtl(effect.segment.ctl)] : [])),
  );
  const state = host.connections.size === 0 ? 'TIME_WAIT -> CLOSED' : 'TIME_WAIT stays';
  return `${sent.join(' and ') || 'no reply'}; ${state} (\`${decider(microsteps)}\`)`;
}

/** Two TCPs in CLOSING, each other's mirror: the first segments of both are their FINs again. */
function bothClosing(settings: Partial<Settings>): string {
  const tcb = closing({ settings });
  const again = arrive(tcb, seg('FIN,ACK', { seq: 101, ack: 302 }));
  const [answer] = again.segments;
  if (again.state !== 'CLOSING' || answer === undefined) return print(tcb, again);
  // What we answer, the other side answers too: a pure ACK.
  const then = arrive(again.tcb, seg('ACK', { seq: 102, ack: 302 }));
  return `${print(tcb, again)}, then by the ACK of that: ${print(again.tcb, then)}`;
}
