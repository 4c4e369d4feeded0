/** The parts of the sequence diagram's page, and what it holds: the last messages, the user's wishes, the focus. */

import type { FromView, ViewSettings } from '../views/contract.js';
import type { Figure } from './figure.js';
import type { Geometry } from './geometry.js';
import type { Scroller } from './scroller.js';
import type { Store } from './store.js';
import type { Toolbar } from './toolbar.js';
import type { Tooltip } from './tooltip.js';

export interface Page {
  readonly root: HTMLElement;
  readonly area: HTMLElement;
  readonly heads: HTMLElement;
  readonly sizer: HTMLElement;
  readonly status: HTMLElement;
  readonly toolbar: Toolbar;
  readonly figure: Figure;
  readonly scroller: Scroller;
  readonly tooltip: Tooltip;
  readonly post: (message: FromView) => void;
  /** Draws with the next frame. */
  readonly schedule: () => void;
  /** Draws now. */
  readonly render: () => void;
  store: Store | undefined;
  settings: ViewSettings;
  geometry: Geometry | undefined;
  /** The item that has the focus, or had it last. */
  focus: string | undefined;
  /** The rows that are on their way. */
  asked: { readonly from: number; readonly to: number } | undefined;
  /** The cursor's moment is to be in view with the next frame, where the user wishes that. */
  following: boolean;
  scheduled: boolean;
}
