/** TCP Fast Open for programs: what a SYN could have besides. */

import type { FastOpenOffer } from '../../tcp/fast-open/syn.js';
import { plays } from '../../tcp/fast-open.js';
import { fastOpenOffer } from '../../tcp/host/fast-open.js';
import type { Socket } from '../../tcp/tcb.js';
import type { Context } from './context.js';
import { machine, settingsOf } from './context.js';
import type { BsdSocket } from './table.js';

/** The host is not kept from it by its administrator. */
export function clientEnabled(ctx: Context): boolean {
  return plays(machine(ctx).settings.fastOpen, 'client');
}

/** What a SYN to this socket could have besides, if the program asked for it. */
export function offerTo(
  ctx: Context,
  socket: BsdSocket,
  remote: Socket,
): FastOpenOffer | undefined {
  const settings = { ...settingsOf(ctx, socket), fastOpen: machine(ctx).settings.fastOpen };
  return fastOpenOffer(machine(ctx), settings, remote, ctx.world.now);
}

/** Whether text could go at once: a cookie is at hand, or none is needed. */
export function isPrepared(offer: FastOpenOffer | undefined): boolean {
  return offer !== undefined && offer.option?.cookie !== '';
}
