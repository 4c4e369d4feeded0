/** The webviews' entry: which page this is, and the way to and from the extension. */

import type { FromView, ToView } from '../views/contract.js';
import { createSequencePage } from './sequence.js';
import { createTablesPage } from './tables.js';

declare function acquireVsCodeApi(): { readonly postMessage: (message: FromView) => void };

const host = acquireVsCodeApi();
const post = (message: FromView) => host.postMessage(message);
const root = document.body;
const view = root.dataset.view === 'tables' ? 'tables' : 'sequence';
const receive = view === 'tables' ? createTablesPage(root, post) : createSequencePage(root, post);

window.addEventListener('message', (event: MessageEvent<ToView>) => receive(event.data));
post({ kind: 'ready', view });
