/** Random scripts about ECN and AccECN: a handshake with all that may happen to it, then marks, in both directions. */

import type { Dice } from '../../../test/fuzz/dice.js';
import { FLAGS_OF_ACE, Marked, type Side } from './marked.js';

/** A script of a client or of a server. `later`: for a kernel that can be asked for AccECN. */
export function marksScript(dice: Dice, later: boolean): string {
  const side: Side = dice.chance(0.5) ? 'client' : 'server';
  const script = new Marked(dice, side);
  setUp(script, dice, later);
  if (side === 'client') openAsClient(script, dice);
  else openAsServer(script, dice);
  for (let count = dice.one(2, 3, 5, 8); count > 0; count--) step(script, dice);
  close(script, dice);
  return script.text();
}

function setUp(script: Marked, dice: Dice, later: boolean): void {
  const ecn = later ? dice.one(3, 3, 3, 4, 5) : dice.one(0, 1, 1, 2, 2);
  script.sysctl(`net.ipv4.tcp_ecn=${ecn}`);
  if (dice.chance(0.6)) script.sysctl(`net.ipv4.tcp_ecn_option=${dice.one(0, 1, 2)}`);
  if (dice.chance(0.1)) script.sysctl('net.ipv4.tcp_ecn_fallback=0');
  if (dice.chance(0.1)) script.sysctl('net.ipv4.tcp_sack=0');
  if (dice.chance(0.1)) script.sysctl('net.ipv4.tcp_syncookies=2');
  if (!script.stamped) script.sysctl('net.ipv4.tcp_timestamps=0');
}

function openAsClient(script: Marked, dice: Dice): void {
  script.call('socket(..., SOCK_STREAM, IPPROTO_TCP) = 3');
  script.call('fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0');
  script.call('connect(3, ..., ...) = -1');
  if (dice.chance(0.4)) script.wait(dice.one(1_100, 2_200, 3_300, 4_400, 7_400));
  if (dice.chance(0.08)) script.peerSyn(dice.one('SEWA', 'SEW', 'S', 'SW'));
  script.peerSynAck();
  if (dice.chance(0.2)) script.peerSynAck();
}

function openAsServer(script: Marked, dice: Dice): void {
  script.call('socket(..., SOCK_STREAM, IPPROTO_TCP) = 3');
  script.call('bind(3, ..., ...) = 0');
  script.call('listen(3, 1) = 0');
  const asks = () => dice.one('SEWA', 'SEWA', 'SEWA', 'SEW', 'S', 'SA', 'SE', 'SW', 'SEA', 'SWA');
  script.peerSyn(asks());
  if (dice.chance(0.4)) script.wait(dice.one(600, 1_100, 3_300, 7_400));
  if (dice.chance(0.25)) script.peerSyn(asks());
  const bits = dice.one('W', 'W', 'W', 'EW', 'A', 'WA', '', 'E', 'EA', 'EWA');
  if (dice.chance(0.8)) script.peer(`${bits}.`, 0);
  if (dice.chance(0.3)) script.peer(`P${dice.one('EA', bits)}.`, 100);
  script.call('accept(3, ..., ...) = 4');
}

function step(script: Marked, dice: Dice): void {
  dice.weighted<() => void>([
    [3, () => script.write(dice.one(100, 500, 1_000))],
    [3, () => script.acknowledge(dice.one(0, 0, 0, 1, 2))],
    [3, () => script.peer(`P${script.ace()}.`, dice.one(100, 1_000))],
    [1, () => script.repeat()],
    [1, () => script.wait(dice.one(300, 600))],
    [1, () => script.look()],
    [script.side === 'client' ? 0.7 : 0, () => script.peerSynAck()],
  ])();
}

function close(script: Marked, dice: Dice): void {
  dice.weighted<() => void>([
    [2, () => script.end('close', 'F')],
    [1, () => script.end('shutdown', 'F')],
    [2, () => script.peer(`F${FLAGS_OF_ACE[5]}.`, 0)],
    [1, () => undefined],
  ])();
  script.wait(300);
}
