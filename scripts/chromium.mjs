/** Finds a Chromium for the tests that draw in a browser, or gets Debian's. Only Node's own modules. */
import { findOnPath, run } from './tools.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const packages = ['chromium', 'fonts-dejavu-core'];

/** The executable, or undefined after everything permitted here has been tried. */
export function ensureChromium() {
  return process.env.CHROMIUM ?? findOnPath(...names) ?? installChromium();
}

/** What a person does to get one. */
export const chromiumHint = `install it with: apt-get install ${packages.join(' ')}; or set CHROMIUM to an executable`;

function installChromium() {
  const apt = findOnPath('apt-get');
  if (apt === undefined || process.getuid?.() !== 0) return undefined;
  console.log(`Installing ${packages.join(' and ')} for the tests that draw in a browser`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run(apt, ['update', '-qq'], { env });
  run(apt, ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
  return findOnPath(...names);
}
