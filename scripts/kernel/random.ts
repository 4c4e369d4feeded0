/** Random packetdrill scripts: conversations that make sense, with what goes wrong in them. The same seed gives the same script. */

import { createDice } from '../../test/fuzz/dice.js';
import { looks } from './random/asking.js';
import { createDraft, type Draft, idle, textOf } from './random/draft.js';
import { end } from './random/endings.js';
import { marksScript } from './random/marks.js';
import { open } from './random/openings.js';
import { receives } from './random/receiving.js';
import { sends } from './random/sending.js';
import { setOption, setSysctls } from './random/setup.js';
import { withSlips } from './random/slips.js';
import { inState } from './random/states.js';
import { strays } from './random/stray.js';
import { waits } from './random/waits.js';
import { watched } from './random/watching.js';

/** What random scripts there are: whole conversations, what segments or calls do in one state, calls that wait, or ECN and AccECN. */
export const KINDS = ['conversations', 'segments', 'calls', 'waits', 'marks'] as const;

/** The script of a seed. `later`: for a kernel of another version, which can be asked for AccECN. */
export function randomScript(
  seed: number,
  kind: (typeof KINDS)[number] = 'conversations',
  later = false,
): string {
  if (kind === 'marks') return marksScript(createDice(seed, kind), later);
  if (kind !== 'conversations') return shortScript(seed, kind);
  const dice = createDice(seed, 'kernel');
  const draft = createDraft(dice);
  setSysctls(draft);
  const lives = open(draft);
  const begin = lives ? draft.lines.length : 0;
  if (lives) {
    live(draft);
    end(draft);
  }
  idle(draft, dice.one(50, 300, 1_200));
  const often = dice.one(0, 0, 0.03, 0.08);
  const slipped = withSlips(draft.lines, lives ? begin : draft.lines.length, dice, often);
  // Dice of its own: what is watched is the same as what is not.
  const watching = createDice(seed, 'epoll');
  const lines = watching.chance(0.15) ? watched(slipped, watching) : slipped;
  const mtu = dice.chance(0.04) ? `--mtu=${dice.one(1280, 1400, 9000)}\n` : '';
  return `${family(draft)}${mtu}${textOf(lines)}`;
}

function shortScript(seed: number, tried: 'segments' | 'calls' | 'waits'): string {
  const dice = createDice(seed, tried);
  const draft = createDraft(dice);
  if (dice.chance(0.3)) setSysctls(draft);
  if (tried === 'waits') waits(draft);
  else inState(draft, tried);
  return `${family(draft)}${textOf(draft.lines)}`;
}

function family({ version }: Draft): string {
  return version === 6 ? '--ip_version=ipv6\n' : '';
}

/** Some episodes, until the time is over. */
function live(draft: Draft): void {
  const { dice } = draft;
  const kind = dice.one('send', 'receive', 'both', 'both', 'attack');
  for (let count = dice.one(1, 2, 3, 4); count > 0 && draft.left > 0; count--) {
    const stray = kind === 'attack' ? 8 : 0.7;
    dice.weighted<() => void>([
      [kind === 'receive' ? 1 : 6, () => sends(draft)],
      [kind === 'send' ? 1 : 6, () => receives(draft)],
      [stray, () => strays(draft)],
      [1, () => looks(draft)],
      [1, () => draft.fd !== undefined && setOption(draft, draft.fd)],
      [0.5, () => idle(draft, dice.one(300, 1_200, 2_500))],
    ])();
    if (dice.chance(0.25)) looks(draft);
    if (kind === 'attack') strays(draft);
  }
}
