/** The RFC's procedures as read-only documents: headings from the rule catalogue, numbers from the event. */

import { SIM_RULES } from '../sim/rules.js';
import { type Effect, type Microstep, moveOf, type RuleInfo } from '../tcp/rule.js';
import { PROCEDURES } from '../tcp/rules.js';
import { printSegment } from '../tcp/segment.js';

/** VS Code's scheme for these documents; without a hyphen, so that a link to one is recognised. */
export const RFC_SCHEME = 'tcpflowrfc';

/** A rule's place in its document. Lines count from 1, and never move: every rule has four of them. */
export interface RfcPlace {
  /** `3.10.7.4 Other States.txt`. */
  readonly document: string;
  readonly line: number;
}

/** How a rule stands in the event that the document is filled in for. */
export interface RfcLine {
  readonly line: number;
  readonly rule: string;
  readonly when: 'made' | 'now' | 'later';
}

export interface RfcText {
  readonly text: string;
  readonly lines: readonly RfcLine[];
}

/** The event whose numbers a document shows: its microsteps, and how many of them have been made. */
export interface RfcEvent {
  readonly title: string;
  readonly microsteps: readonly Microstep[];
  readonly made: number;
}

interface Procedure {
  readonly section: string;
  readonly title: string;
  readonly rules: readonly RuleInfo[];
}

/** What no RFC decides: stepping through an event ends among the links. */
const NETWORK: Procedure = { section: '', title: 'The network', rules: SIM_RULES };

const HEAD_LINES = 4;
const RULE_LINES = 4;

const byDocument = new Map<string, Procedure>();
const byRule = new Map<string, RfcPlace>();
for (const procedure of [...PROCEDURES, NETWORK]) {
  const document = `${headingOf(procedure)}.txt`.replace(/[/\\:]/g, '-');
  byDocument.set(document, procedure);
  procedure.rules.forEach((rule, index) => {
    if (!byRule.has(rule.id)) byRule.set(rule.id, { document, line: lineOf(index) });
  });
}

function headingOf({ section, title }: Procedure): string {
  return `${section} ${title}`.trim();
}

function lineOf(index: number): number {
  return HEAD_LINES + index * RULE_LINES + 1;
}

/** Where this rule stands; undefined for rules of no RFC (a script's). */
export function placeOfRule(rule: RuleInfo): RfcPlace | undefined {
  return byRule.get(rule.id);
}

/** The rule at or next after this line of a document, with its own line. */
export function ruleAtLine(
  document: string,
  line: number,
): { readonly rule: RuleInfo; readonly line: number } | undefined {
  const rules = byDocument.get(document)?.rules ?? [];
  const index = Math.max(0, Math.ceil((line - HEAD_LINES - RULE_LINES) / RULE_LINES));
  const rule = rules[index];
  return rule && { rule, line: lineOf(index) };
}

/** The name of a document from its name, its path or its URI. */
export function documentName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return [name, decoded(name)].find((one) => byDocument.has(one));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function documentUri(document: string): string {
  return `${RFC_SCHEME}:/${encodeURIComponent(document)}`;
}

/** A document's text. Without an event, or for the checks not yet made in it, the headings alone. */
export function rfcText(document: string, event: RfcEvent | undefined): RfcText {
  const procedure = byDocument.get(document);
  if (procedure === undefined) return { text: '', lines: [] };
  const title = headingOf(procedure);
  const concerns = event?.microsteps.some(({ rule }) => byRule.get(rule.id)?.document === document);
  const out = [title, '='.repeat(title.length), concerns && event ? event.title : '', ''];
  const lines = procedure.rules.map((rule, index): RfcLine => {
    const at = lastRun(event, rule);
    const step = at === undefined ? undefined : event?.microsteps[at];
    out.push(rule.title, step ? `    ${oneLine(step.why())}` : '', step ? outcome(step) : '', '');
    const now = event !== undefined && at === event.made - 1;
    const when = step === undefined ? 'later' : now ? 'now' : 'made';
    return { line: lineOf(index), rule: rule.id, when };
  });
  return { text: out.join('\n'), lines };
}

/** The index of the last microstep already made by this rule. */
function lastRun(event: RfcEvent | undefined, rule: RuleInfo): number | undefined {
  for (let i = (event?.made ?? 0) - 1; i >= 0; i--) {
    if (event?.microsteps[i]?.rule.id === rule.id) return i;
  }
  return undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** `    SYN_RCVD -> ESTABLISHED; sends <SEQ=301><ACK=101><CTL=ACK>`, or nothing when nothing was done. */
function outcome(step: Microstep): string {
  const move = moveOf(step);
  const done = [...(move ? [move] : []), ...step.effects.map(effectText)];
  return done.length === 0 ? '' : `    ${done.join('; ')}`;
}

/** What an effect did, in words: `sends <SEQ=300><ACK=101><CTL=SYN,ACK>`. */
function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'send':
      return `${effect.retransmission ? 'sends again' : 'sends'} ${printSegment(effect.segment)}`;
    case 'signal':
      return `tells the user "${effect.text}"`;
    case 'complete':
      return effect.outcome.kind === 'error'
        ? `a call fails: ${effect.outcome.text}`
        : 'a waiting call completes';
    case 'discard':
      return `discards the segment: ${effect.reason}`;
  }
}
