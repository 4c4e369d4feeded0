/** How numbers are shown: two settings, the commands that switch them, and the run that is told. */

import * as vscode from 'vscode';
import type { ViewSettings } from '../views/contract.js';
import type { Live } from './live.js';

const SECTION = 'tcpflow';
const RELATIVE = 'sequenceNumbers';
const HEX = 'numbers';

/** The part of the views' settings that the user keeps in the editor's. */
export type NumberSettings = Required<Pick<ViewSettings, 'numbers' | 'hex'>>;

export function numberSettings(): NumberSettings {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  return {
    numbers: configuration.get(RELATIVE) === 'relative' ? 'relative' : 'absolute',
    hex: configuration.get(HEX) === 'hexadecimal',
  };
}

export async function saveNumberSettings({ numbers, hex }: NumberSettings): Promise<void> {
  const known = numberSettings();
  if (known.numbers !== numbers) await save(RELATIVE, numbers);
  if (known.hex !== hex) await save(HEX, hex ? 'hexadecimal' : 'decimal');
}

async function save(name: string, value: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  await configuration.update(name, value, vscode.ConfigurationTarget.Global);
}

/** Whether a change of the settings is one of how numbers are shown. */
export function concernsNumbers(change: vscode.ConfigurationChangeEvent): boolean {
  return [RELATIVE, HEX].some((name) => change.affectsConfiguration(`${SECTION}.${name}`));
}

/** A switch changes the setting; the setting changes everything that shows numbers, at once. */
export function registerNumbers(live: Live): vscode.Disposable {
  const { commands, workspace } = vscode;
  return vscode.Disposable.from(
    commands.registerCommand('tcpflow.toggleRelative', () => {
      const { numbers, hex } = numberSettings();
      return saveNumberSettings({ numbers: numbers === 'relative' ? 'absolute' : 'relative', hex });
    }),
    commands.registerCommand('tcpflow.toggleHex', () => {
      const { numbers, hex } = numberSettings();
      return saveNumberSettings({ numbers, hex: !hex });
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (!concernsNumbers(change)) return;
      const { numbers, hex } = numberSettings();
      void live.ask('tcpflow/numbers', { hex, relative: numbers === 'relative' });
    }),
  );
}
