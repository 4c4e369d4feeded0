/** What a fast open needs in an exported script: settings and cookies that a real kernel has of its own. */

import { printFastOpen } from '../../lang/packet-letters.js';
import type { Step } from '../../sim/step.js';
import { type FastOpenOption, makeFastOpenCookie, plays } from '../../tcp/fast-open.js';
import type { Microstep } from '../../tcp/rule.js';
import { ACK, has, type Segment } from '../../tcp/segment.js';
import { RFC9293 } from '../../tcp/settings.js';
import { ADDRESSES } from './options.js';
import { DEFAULT_KEY, linuxFastOpenKey } from './sysctls.js';

/** Clients and servers, with the key that the cookies below are made with. */
export const FAST_OPEN_SYSCTL = `\`sysctl -q net.ipv4.tcp_fastopen=0x3 net.ipv4.tcp_fastopen_key=${DEFAULT_KEY}\``;

/** Whether the connection that a rule was about may open fast. */
export function opensFast({ after }: Microstep): boolean {
  return (after?.settings.fastOpen ?? 'off') !== 'off';
}

/** Whether a step makes a listener with Fast Open. */
export function fastListener({ microsteps }: Step): boolean {
  const settings = microsteps.at(-1)?.after?.settings;
  return settings !== undefined && plays(settings.fastOpen, 'server');
}

/** Whether a rule opens a connection for its user; what was shut down meanwhile may close it at once. */
export function opens(one: Microstep): boolean {
  const { rule, before, after } = one;
  const isOpening = before?.state === 'SYN_SENT' || before?.state === 'SYN_RCVD';
  const closes = after?.state === 'FIN_WAIT_1' && rule.id === 'other-states/5-ack';
  return (isOpening && (after?.state === 'ESTABLISHED' || closes)) || opensChild(one);
}

/** Whether a SYN opens a listener's child fast: its user has it before the handshake is over. */
function opensChild({ before, after }: Microstep): boolean {
  return before?.state === 'LISTEN' && after?.fastOpen?.role === 'server';
}

/** A cookie that was good here, or that a server gives, as a kernel with the key above makes it for packetdrill's own peer. */
export function withKernelsCookie(
  step: Step,
  segment: Segment,
  version: 4 | 6,
  direction: 'in' | 'out',
): Segment {
  const { fastOpen } = segment.options;
  const opened = step.microsteps.some(opensChild);
  const good = direction === 'in' ? opened : has(segment, ACK);
  if (fastOpen === undefined || fastOpen.cookie === '' || !good) return segment;
  const { local, remote } = ADDRESSES[version];
  const settings = { ...RFC9293, fastOpenKey: linuxFastOpenKey(DEFAULT_KEY) ?? '' };
  const cookie = makeFastOpenCookie(settings, remote, local);
  return { ...segment, options: { ...segment.options, fastOpen: { ...fastOpen, cookie } } };
}

/** A connection before, from which the kernel has its cookie. `fd`: the descriptor that it has for a while. */
export function warmUp(time: string, fd: number, option: FastOpenOption): readonly string[] {
  return [
    `${time} socket(..., SOCK_STREAM, IPPROTO_TCP) = ${fd}`,
    `+0 fcntl(${fd}, F_SETFL, O_RDWR|O_NONBLOCK) = 0`,
    `+0 sendto(${fd}, ..., 0, MSG_FASTOPEN, ..., ...) = -1 EINPROGRESS (Operation now in progress)`,
    '+0 > S 0:0(0) <...>',
    `+.01 < S. 0:0(0) ack 1 win 65535 <mss 1460,${printFastOpen(option)},nop,nop>`,
    '+0 > . 1:1(0) ack 1',
    `+.01 close(${fd}) = 0`,
    '+0 > F. 1:1(0) ack 1',
    '+.01 < F. 1:1(0) ack 2 win 65535',
    '+0 > . 2:2(0) ack 2',
  ];
}
