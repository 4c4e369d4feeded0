/** TCP_CONGESTION: the congestion control by its name. */

import type { Settings } from '../../tcp/settings.js';
import type { Context } from './context.js';
import { done, failed, settingsOf, unsupported } from './context.js';
import { keep } from './option-keep.js';
import { both, type OwnOption } from './option-kinds.js';
import type { System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

/** What the systems call Reno's congestion control. */
const RENO: Readonly<Record<System, string>> = { linux: 'reno', freebsd: 'newreno' };

/** Others that kernels have: whether this one does nobody has said. */
const ELSEWHERE = ['bbr', 'dctcp', 'htcp', 'vegas', 'westwood', 'cdg', 'hd', 'chd', 'prague'];

export const CONGESTION: OwnOption = {
  level: 'IPPROTO_TCP',
  systems: both,
  set: (ctx, socket, { fd, name, value }) => {
    if (typeof value !== 'object' || !('text' in value)) return undefined;
    const { text } = value;
    const { system } = ctx.table;
    const congestionAlgorithm = congestionNamed(text, system);
    if (ELSEWHERE.includes(text)) return unsupported(`the congestion control ${text}`);
    if (congestionAlgorithm === undefined) return failed(system === 'linux' ? 'ENOENT' : 'ESRCH');
    keep(ctx, fd, socket, name, { text }, { congestionAlgorithm });
    return done(0);
  },
  tell: (ctx, socket) =>
    done(0, { value: socket.options.TCP_CONGESTION ?? { text: congestionOf(ctx, socket) } }),
};

/** The congestion control that a system calls so; undefined when it is not here. */
function congestionNamed(
  name: string,
  system: System,
): Settings['congestionAlgorithm'] | undefined {
  if (name === RENO[system]) return 'reno';
  return name === 'cubic' ? 'cubic' : undefined;
}

/** FreeBSD has CUBIC unless it is told. */
function congestionOf(ctx: Context, socket: BsdSocket): string {
  const { congestionAlgorithm } = settingsOf(ctx, socket);
  return ctx.table.system === 'freebsd' ? 'cubic' : congestionAlgorithm;
}
