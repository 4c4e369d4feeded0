/** The few controls above the diagram. */

import type { ViewSettings } from '../views/contract.js';
import { html, setAttributes, setText } from './dom.js';

export interface Toolbar {
  readonly element: HTMLElement;
  readonly show: (title: string, settings: ViewSettings) => void;
}

/** `change` is told what the user wants. */
export function createToolbar(change: (settings: Partial<ViewSettings>) => void): Toolbar {
  const title = html('h1', {});
  const relative = html('button', {
    type: 'button',
    title: "Count sequence numbers from each side's ISS",
  });
  relative.textContent = 'Relative numbers';
  const hex = html('button', { type: 'button', title: 'Numbers in hexadecimal' });
  hex.textContent = 'Hex';
  const follow = html('button', { type: 'button', title: "Keep the cursor's moment in view" });
  follow.textContent = 'Follow';
  const pressed = (button: HTMLElement) => button.getAttribute('aria-pressed') === 'true';
  relative.addEventListener('click', () => {
    change({ numbers: pressed(relative) ? 'absolute' : 'relative' });
  });
  hex.addEventListener('click', () => change({ hex: !pressed(hex) }));
  follow.addEventListener('click', () => change({ follow: !pressed(follow) }));
  const controls = html('div', { class: 'controls', role: 'toolbar', 'aria-label': 'Diagram' });
  controls.append(relative, hex, follow);
  return {
    element: html('header', { class: 'toolbar' }, title, controls),
    show: (text, { numbers, hex: inHex, follow: following }) => {
      setText(title, text);
      setAttributes(relative, { 'aria-pressed': String(numbers === 'relative') });
      setAttributes(hex, { 'aria-pressed': String(inHex === true) });
      setAttributes(follow, { 'aria-pressed': String(following) });
    },
  };
}
