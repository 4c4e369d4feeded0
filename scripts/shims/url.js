/** The part of Node's `url` that @vscode/debugadapter uses, for the browser bundle. */
export const URL = globalThis.URL;
