/** The entry for VS Code in a browser. Nothing that the extension does needs Node, so it is the same. */

export { activate } from './extension.js';
