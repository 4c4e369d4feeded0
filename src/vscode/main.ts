/** The entry of `extension.js`: what VS Code starts, and the debugger itself for the server that is packed beside it. */

import type { ExtensionContext } from 'vscode';

export { TcpFlowSession } from '../debug/session.js';

/** Only here, where there is an editor, is what needs one loaded. */
export async function activate(context: ExtensionContext): Promise<void> {
  const extension = await import('./extension.js');
  extension.activate(context);
}
