/** Rows where the text can be read in more than one way, and how each profile reads them. */

import type { Reading } from './scope.js';

export const READINGS: readonly Reading[] = [];
