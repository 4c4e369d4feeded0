/** What may be given of a connection that is there from the start. */

import * as say from './checker-messages.js';
import { type Checking, checkNumber, checkPort, SEQUENCE } from './checking.js';
import * as sayDeclared from './declaration-messages.js';
import { CONNECTION_FIELDS, GIVEN_FIELDS } from './fields.js';
import * as names from './names.js';
import type { GivenStatement } from './statement-tree.js';
import { listed, suggest } from './suggest.js';

/** `given A:PORT STATE with B:PORT [STATE] [as NAME] { values }`. */
export function checkGiven(statement: GivenStatement, checking: Checking): void {
  const { local, remote, state, remoteState, as, values } = statement;
  names.needHost(checking.names, local.host);
  const known = names.needAnyHost(checking.names, remote.host);
  if (local.host.text === remote.host.text) {
    checking.report(say.selfGiven(local.host.text), remote.host.range);
  }
  checkPort(local.port, checking);
  checkPort(remote.port, checking);
  if (state.state === 'LISTEN') checking.report(say.givenListen(local.host.text), state.range);
  if (state.state === 'CLOSED') checking.report(say.givenClosed(), state.range);
  if (remoteState && known === 'peer') {
    checking.report(say.peerHasNoState(remote.host.text), remoteState.range);
  } else if (remoteState?.state === 'LISTEN') {
    checking.report(say.givenListen(remote.host.text), remoteState.range);
  }
  const seen = new Set<string>();
  for (const { name, value } of values) {
    const field = name.text.toLowerCase();
    if (!GIVEN_FIELDS.includes(field)) {
      const words = GIVEN_FIELDS.map((word) => word.toUpperCase());
      const suggestion = suggest(field, words);
      checking.report(say.unknownGiven(name.text, suggestion, listed(words)), name.range);
    } else if (seen.has(field)) checking.report(sayDeclared.settingTwice(name.text), name.range);
    seen.add(field);
    const modular = CONNECTION_FIELDS.find((known) => known.name === field)?.modular;
    checkNumber(value, name.text.toUpperCase(), modular ? SEQUENCE : [0, 2 ** 30], checking);
  }
  if (!as) return;
  names.defineConnection(checking.names, local.host.text, as);
  if (known === 'host') names.defineConnection(checking.names, remote.host.text, as);
}
