/** What every served VS Code has in common. */

export type Settings = Readonly<Record<string, unknown>>;

/** A running server. */
export interface Server {
  /** The address that opens the workspace. */
  readonly url: string;
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

/** User settings that keep the workbench quiet: nothing pops up that the extension has not asked for. */
export const quietSettings: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden', // the Chat view of newer releases
  'chat.disableAIFeatures': true,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.editor.enablePreview': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.reduceMotion': 'on',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'editor.minimap.enabled': false,
  'debug.openDebug': 'openOnSessionStart',
  'debug.inlineValues': 'off', // they are text of a line, and scenarios read lines; the one about the editor turns them on
};
