/** The progress of a long search: shown after a while, with a button that cancels it. */

import { printInstant } from '../base/time.js';
import type { Place } from '../sim/step.js';
import type { Debugger, Session } from './debugger.js';
import * as words from './words.js';

/** Milliseconds after which a search counts as long, and between two reports. */
const PATIENCE = 500;
const INTERVAL = 250;

interface Progress {
  /** The search has come to this place. */
  readonly update: (place: Place) => void;
  readonly end: () => void;
}

/** For a client that shows progress; for others it does nothing. */
export function beginProgress({ client, send }: Debugger, session: Session): Progress {
  let next = Date.now() + PATIENCE;
  const update = (place: Place): void => {
    if (!client.progress || Date.now() < next) return;
    next = Date.now() + INTERVAL;
    const message = messageAt(session, place);
    if (session.progress === undefined) {
      session.searches += 1;
      session.progress = `search ${session.serial}.${session.searches}`;
      const said = { title: words.searching, message, cancellable: true };
      send('progressStart', { progressId: session.progress, ...said });
    } else {
      send('progressUpdate', { progressId: session.progress, message });
    }
  };
  const end = (): void => {
    if (session.progress !== undefined) send('progressEnd', { progressId: session.progress });
    session.progress = undefined;
  };
  return { update, end };
}

function messageAt({ launched: { run } }: Session, { step }: Place): string {
  const index = Math.min(step, run.timeline.length() - 1);
  return words.searched(index, index < 0 ? '0' : printInstant(run.timeline.step(index).at));
}
