/** Lines as the editor colours them: the innermost scope of each piece. */

import { join } from 'node:path';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';

const path = join(__dirname, '..', '..', 'syntaxes', 'tcpflow.tmLanguage.json');
const SCOPE = 'source.tcpflow';
const registry = createRegistry([{ path, scopeName: SCOPE, language: 'tcpflow' } as never]);

export interface Piece {
  readonly text: string;
  /** Innermost scope, without `.tcpflow`; empty for what has no colour. */
  readonly scope: string;
}

/** The pieces of each line, blanks left out. */
export async function tokensOf(text: string): Promise<readonly (readonly Piece[])[]> {
  const grammar = await registry.loadGrammar(SCOPE);
  if (!grammar) throw new Error(`${path} has no grammar`);
  let stack: Parameters<typeof grammar.tokenizeLine>[1] = null;
  return text.split('\n').map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    return tokens.flatMap(({ startIndex, endIndex, scopes }) => {
      const piece = line.slice(startIndex, endIndex).trim();
      const scope = scopes.at(-1) === SCOPE ? '' : (scopes.at(-1) ?? '').replace(/\.tcpflow$/, '');
      return piece === '' ? [] : [{ text: piece, scope }];
    });
  });
}
