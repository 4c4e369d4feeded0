/** What a word of a script means: keywords, settings, states, and the RFC's variables. */

import * as vscode from 'vscode';
import { CONNECTION_FIELDS, HOST_FIELDS } from '../lang/fields.js';
import { CALLS, DECLARATIONS, LINK_SETTINGS, STEPS } from '../lang/keywords.js';
import { SETTINGS } from '../tcp/settings.js';
import { parseState, rfcName, type State } from '../tcp/states.js';
import { LANGUAGE } from './documents.js';

/** A word as it is hovered over: `SND.NXT`, `syn-retries`, `SYN-RECEIVED`. */
const WORD = /[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)*/;

export function registerHovers(): vscode.Disposable {
  return vscode.languages.registerHoverProvider(LANGUAGE, { provideHover });
}

function provideHover(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.Hover | undefined {
  const range = document.getWordRangeAtPosition(position, WORD);
  if (!range || inComment(document, position)) return undefined;
  const text = meaning(document.getText(range));
  return text === undefined ? undefined : new vscode.Hover(new vscode.MarkdownString(text), range);
}

/** From `#` to the end of the line, unless the `#` is in a quoted text. */
function inComment(document: vscode.TextDocument, position: vscode.Position): boolean {
  const before = document.lineAt(position.line).text.slice(0, position.character);
  return before.replace(/"(\\.|[^"\\])*("|$)/g, '').includes('#');
}

/** Markdown; undefined for a word that means nothing in particular, such as a host's name. */
function meaning(text: string): string | undefined {
  const state = parseState(text);
  if (state) return `**${state}** (${rfcName(state)}): ${STATE_DOCS[state]}`;
  const word = text.toLowerCase();
  const keyword = [...STEPS, ...CALLS, ...DECLARATIONS].find((known) => known.word === word);
  if (keyword) return `\`\`\`tcpflow\n${keyword.form}\n\`\`\`\n${keyword.doc}`;
  const setting = [...SETTINGS, ...LINK_SETTINGS].find((known) => known.word === word);
  if (setting) return `**${setting.word}**: ${setting.doc}`;
  const variable = CONNECTION_FIELDS.find(({ name }) => named(word, name));
  if (variable) return `**${variable.name.toUpperCase()}**: ${variable.doc}`;
  const field = HOST_FIELDS.find(({ name }) => named(word, name));
  return field && `**${field.name}**: ${field.doc}`;
}

/** `snd.nxt` and `client.c1.snd.nxt` are both called `snd.nxt`. */
function named(path: string, name: string): boolean {
  return path === name || path.endsWith(`.${name}`);
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
