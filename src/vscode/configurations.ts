/** Debugging without a launch.json, and launch configurations made ready for the session. */

import * as vscode from 'vscode';
import { showMistake } from './diagnostics.js';
import { currentScript, LANGUAGE, pathOf, programUri } from './documents.js';
import { noScript } from './messages.js';
import { scenarioAt, scenariosOf } from './scripts.js';

/** VS Code's variable for the file in the active editor. */
const FILE = '$' + '{file}';

/** The attributes of a launch configuration; all but the first three may be left out, and then the settings count. */
interface Attributes extends vscode.DebugConfiguration {
  program?: string;
  scenario?: string;
  profile?: string;
  maxSteps?: number;
  output?: string;
}

/** A configuration that debugs a script, or one of its scenarios. */
export function configurationFor(script: vscode.Uri, scenario?: string): Attributes {
  const file = script.path.slice(script.path.lastIndexOf('/') + 1);
  const base = { type: LANGUAGE, request: 'launch', program: pathOf(script) };
  if (scenario === undefined) return { ...base, name: file };
  return { ...base, name: `${scenario} (${file})`, scenario };
}

export const configurationProvider: vscode.DebugConfigurationProvider = {
  /** F5 without a launch.json comes with an empty configuration. */
  resolveDebugConfiguration(_folder, configuration: Attributes) {
    if ((configuration.program ?? FILE) !== FILE) return configuration;
    const script = currentScript();
    if (!script) {
      void vscode.window.showInformationMessage(noScript);
      return undefined;
    }
    const { uri } = script.document;
    return { ...configurationFor(uri), ...configuration, program: pathOf(uri) };
  },

  async resolveDebugConfigurationWithSubstitutedVariables(folder, configuration: Attributes) {
    const { program } = configuration;
    if (typeof program !== 'string') return configuration; // the session says what is wrong with it
    const uri = programUri(program, folder);
    const scenario = configuration.scenario ?? scenarioUnderCursor(uri);
    if (await showMistake(uri, scenario, configuration.profile)) return undefined;
    const settings = vscode.workspace.getConfiguration('tcpflow', uri);
    const {
      maxSteps = settings.get('limits.maxSteps', 1_000_000),
      output = settings.get('output', 'transitions'),
      numbers = settings.get('numbers', 'decimal'),
      sequenceNumbers = settings.get('sequenceNumbers', 'absolute'),
    } = configuration;
    const shown = { output, numbers, sequenceNumbers };
    const resolved = { ...configuration, program: pathOf(uri), maxSteps, ...shown };
    return scenario === undefined ? resolved : { ...resolved, scenario };
  },
};

/** One configuration for each scenario of the script that is looked at, to pick from. */
export const scenarioConfigurations: vscode.DebugConfigurationProvider = {
  provideDebugConfigurations() {
    const script = currentScript();
    if (!script) return [];
    const { document } = script;
    const scenarios = scenariosOf(document).map(({ name }) => name.text);
    return scenarios.length === 0
      ? [configurationFor(document.uri)]
      : scenarios.map((scenario) => configurationFor(document.uri, scenario));
  },
};

function scenarioUnderCursor(program: vscode.Uri): string | undefined {
  const script = currentScript();
  if (script?.document.uri.toString() !== program.toString()) return undefined;
  return scenarioAt(script.document, script.selection.active)?.name.text;
}
