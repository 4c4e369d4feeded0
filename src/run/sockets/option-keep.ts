/** What a socket keeps of an option, and what its connection comes to know of it. */

import type { Settings } from '../../tcp/settings.js';
import { act, type Context, change, tcbOf } from './context.js';
import type { OptionValue } from './socket-calls.js';
import type { BsdSocket } from './table.js';

/** The socket has this value, or none any more, and these settings; its connection, if there is one, has them, too. */
export function keep(
  ctx: Context,
  fd: number,
  socket: BsdSocket,
  name: string,
  value: OptionValue | undefined,
  settings: Partial<Settings>,
): void {
  const { [name]: _old, ...others } = socket.options;
  const options = value === undefined ? others : { ...others, [name]: value };
  change(ctx, fd, socket, { options, settings: { ...socket.settings, ...settings } });
  if (Object.keys(settings).length === 0 || tcbOf(ctx, socket) === undefined) return;
  act(ctx, { kind: 'SET', connection: socket.connection, settings });
}
