/** What a word of the language means, in Markdown: hovers and completion say the same. */

import { SETTINGS, type SettingInfo } from '../tcp/settings.js';
import { parseState, rfcName, type State } from '../tcp/states.js';
import { CONNECTION_FIELDS, type FieldInfo, HOST_FIELDS } from './fields.js';
import {
  CALLS,
  DECLARATIONS,
  type KeywordInfo,
  LINK_SETTINGS,
  type LinkSettingInfo,
  STEPS,
} from './keywords.js';
import { fieldInfo } from './paths.js';
import { rangeText } from './settings.js';

/** Markdown; undefined for a word that means nothing in particular, such as a host's name. */
export function meaningOf(text: string): string | undefined {
  // `time-wait` is a setting; the state is written in capitals.
  const written = SETTINGS.find(({ word }) => word === text);
  if (written) return settingDoc(written);
  const state = parseState(text);
  if (state) return stateDoc(state);
  const word = text.toLowerCase();
  const keyword = [...STEPS, ...CALLS, ...DECLARATIONS].find((known) => known.word === word);
  if (keyword) return keywordDoc(keyword);
  const setting = [...SETTINGS, ...LINK_SETTINGS].find((known) => known.word === word);
  if (setting) return settingDoc(setting);
  const variable = CONNECTION_FIELDS.find(({ name }) => isCalled(word, name));
  if (variable) return variableDoc(variable);
  const field = HOST_FIELDS.find(({ name }) => isCalled(word, name));
  const time = word === 'time' ? fieldInfo({ kind: 'time' }) : undefined;
  const info = field ?? time;
  return info && fieldDoc(info);
}

/** `snd.nxt` and `client.c1.snd.nxt` are both called `snd.nxt`. */
function isCalled(path: string, name: string): boolean {
  return path === name || path.endsWith(`.${name}`);
}

export function keywordDoc({ form, doc }: KeywordInfo): string {
  return `\`\`\`tcpflow\n${form}\n\`\`\`\n${doc}`;
}

export function settingDoc(setting: SettingInfo | LinkSettingInfo): string {
  const range = rangeText(setting);
  return `**${setting.word}**: ${setting.doc}${range === undefined ? '' : ` From ${range}.`}`;
}

export function fieldDoc({ name, doc }: FieldInfo): string {
  return `**${name}**: ${doc}`;
}

/** Of a connection's variable, which the RFC writes in capitals. */
export function variableDoc({ name, doc }: FieldInfo): string {
  return `**${name.toUpperCase()}**: ${doc}`;
}

export function stateDoc(state: State): string {
  return `**${state}** (${rfcName(state)}): ${STATE_DOCS[state]}`;
}

/** What it is to be in a state (RFC 9293 §3.3.2), in a sentence. */
const STATE_DOCS: Readonly<Record<State, string>> = {
  LISTEN: 'waits for a SYN from any other TCP.',
  SYN_SENT: "has sent a SYN and waits for the peer's.",
  SYN_RCVD: 'has had a SYN, has sent its own, and waits for the ACK of it: half-open.',
  ESTABLISHED: 'is open: data flows both ways.',
  FIN_WAIT_1: "has sent its FIN and waits for the ACK of it, or for the peer's FIN.",
  FIN_WAIT_2: "has had its FIN acknowledged and waits for the peer's.",
  CLOSE_WAIT: "has had the peer's FIN and waits for its own user to close.",
  CLOSING: 'has sent a FIN and had one, and waits for the ACK of its own.',
  LAST_ACK: 'has closed after the peer and waits for the ACK of its FIN.',
  TIME_WAIT: 'waits 2 MSL: the peer may need the last ACK again, and old duplicates must die out.',
  CLOSED: 'has no connection: there is no TCB.',
};
