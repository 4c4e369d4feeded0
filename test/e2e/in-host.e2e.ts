/** The extension as other extensions see it: through the API of the extension host. */

import { runInHost } from './in-host.js';

describe('in the extension host, code-server', () => {
  it('the extension activates and its commands are there', async () => {
    await runInHost(`
      const extension = vscode.extensions.getExtension('tcpflow.tcpflow');
      await extension.activate();
      const commands = await vscode.commands.getCommands(true);
      const missing = extension.packageJSON.contributes.commands
        .map(({ command }) => command)
        .filter((command) => !commands.includes(command));
      assert.deepEqual(missing, []);
    `);
  });
});
