/** A whole run stepped through, as a transcript that is checked in: every stop, its stack and its reason. */

import { golden } from '../golden.js';
import { type Conversation, example, serving } from './conversation.js';

describe('a transcript', () => {
  const server = serving();

  /** Steps until the end, at most `most` times. */
  async function walk(name: string, move: 'next' | 'stepIn', most: number): Promise<string> {
    const conversation = await server.converse();
    const lines: string[] = [];
    let stop = await conversation.launch({ program: example(name) });
    for (let i = 0; stop.kind === 'stopped' && i < most; i++) {
      lines.push(`${stop.reason}: ${stop.description}`, ...(await stackLines(conversation)), '');
      stop = await conversation.go(move);
    }
    lines.push(stop.kind, '', ...conversation.lines(), '');
    return lines.join('\n');
  }

  async function stackLines(conversation: Conversation): Promise<readonly string[]> {
    const frames = await conversation.stack();
    const own = frames.filter(({ presentationHint }) => presentationHint === undefined);
    return own.map(({ name, line, source }) => `  ${name}  (${source?.name ?? ''}:${line})`);
  }

  it('of the handshake, statement by statement', async () => {
    golden('debug/handshake-next.txt', await walk('handshake', 'next', 100));
  });

  it('of a refused connection, check by check', async () => {
    golden('debug/connection-refused-step-in.txt', await walk('connection-refused', 'stepIn', 200));
  });
});
