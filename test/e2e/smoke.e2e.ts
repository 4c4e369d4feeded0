/** The packed extension is installed and known to every kind of VS Code. */

import { type Opened, openWorkbench, targets } from './open.js';
import { languageIs, openFile } from './workbench.js';

for (const target of targets) {
  describe(`smoke, ${target}`, () => {
    let opened: Opened;

    before(async () => {
      const files = { 'smoke.tcpflow': '# a script\nhost client\n' };
      opened = await openWorkbench(target, { files });
    });
    after(() => opened?.close());

    it('a .tcpflow file is recognised as the language TCP Flow', async () => {
      const { page, shot } = opened;
      await openFile(page, 'smoke.tcpflow');
      await languageIs(page, 'TCP Flow');
      await shot('smoke');
    });
  });
}
