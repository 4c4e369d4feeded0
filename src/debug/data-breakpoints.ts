/** Data breakpoints: what is meant by a row of the Variables view, a name, an expression or a range of sequence numbers. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { NAME } from '../lang/name-pattern.js';
import type { Program } from '../lang/program.js';
import { type Numbers, type Owner, ownerName } from '../run/data-breakpoint.js';
import { SEGMENT } from '../run/environment.js';
import { evaluateText } from '../run/evaluate.js';
import { environmentAt, segmentAt } from '../run/look.js';
import { stateNow } from '../run/run.js';
import { type Segment, segLen } from '../tcp/segment.js';
import { seq } from '../tcp/seq.js';
import { type Answer, type Debugger, momentNow, type Session, stoppedSession } from './debugger.js';
import { momentOf } from './frames.js';
import type { Children } from './items.js';
import { type Moment, subjectAt } from './moment.js';
import { frameOfId } from './stack.js';
import { itemOfReference } from './variables.js';
import {
  ANYBODY,
  described,
  findData,
  idOf,
  readCounter,
  readId,
  readNumbers,
  readVariable,
  type Watched,
  whyNot,
} from './watched.js';
import * as words from './words.js';

/** What a stop on this would be called; without an id when it cannot be had, and why. */
export function dataBreakpointInfo(
  debugging: Debugger,
  args: Partial<DebugProtocol.DataBreakpointInfoArguments>,
): Answer {
  const session = stoppedSession(debugging, 'dataBreakpointInfo');
  const watched = args.variablesReference
    ? watchedRow(debugging, session, args.variablesReference, args)
    : watchedName(debugging, session, args);
  const program = stateNow(session.launched.run).setup.program;
  if (watched === undefined) {
    const why = args.variablesReference ? undefined : whyNot(args.name ?? '', program);
    return { body: { dataId: null, description: why ?? words.notWatchable } };
  }
  const id = idOf(watched);
  const found = findData(id, undefined, program);
  if (typeof found === 'string') return { body: { dataId: null, description: found } };
  const body = { dataId: id, ...described(watched), canPersist: true };
  return { body };
}

type Asked = Partial<DebugProtocol.DataBreakpointInfoArguments>;

/** A row of the Variables view. Segments and their numbers mean the range that they occupy. */
function watchedRow(
  debugging: Debugger,
  session: Session,
  reference: number,
  { name = '', bytes }: Asked,
): Watched | undefined {
  const { item, siblings } = itemOfReference(debugging, session, reference, name);
  // A segment is no table: of that, which may be long, no row is made.
  const own = item?.children?.indexed === false ? item.children : undefined;
  const shown = own?.slice(0, own.size) ?? [];
  const fields = [
    ...(SEGMENT_ROWS.has(name) ? [siblings] : []),
    ...(own ? [own] : []),
    ...shown.flatMap((one) => (one.name === 'segment' && one.children ? [one.children] : [])),
  ];
  for (const rows of fields) {
    const numbers = numbersIn(rows);
    if (numbers) return { kind: 'numbers', owner: ANYBODY, numbers, happenings: undefined };
  }
  const expression = item?.evaluateName;
  if (expression === undefined) return undefined;
  const whole = bytes === undefined ? undefined : fromHere(session, expression, bytes, undefined);
  return whole ?? readId(expression, session.launched.run.program);
}

const SEGMENT_ROWS: ReadonlySet<string> = new Set([
  'segment',
  'SEG.SEQ',
  'SEG.LEN',
  'SEG.DATA',
  'data',
]);

/** The numbers that a segment's fields say; undefined for other rows, and for a segment that occupies none. */
function numbersIn(rows: Children): Numbers | undefined {
  const all = rows.slice(0, rows.size);
  const numberOf = (name: string) => {
    const value = all.find((one) => one.name === name)?.value;
    return typeof value === 'object' ? value.seq : value;
  };
  const [first, count] = [numberOf('SEG.SEQ'), numberOf('SEG.LEN')];
  if (typeof first !== 'number' || typeof count !== 'number' || count < 1) return undefined;
  return { first: seq(first), count };
}

/** So many numbers from the value of an expression on. */
function fromHere(
  { launched: { run }, cursor }: Session,
  text: string,
  bytes: number,
  host: string | undefined,
): Watched | undefined {
  const value = evaluateText(text, environmentAt(run, cursor, host));
  if (value.kind !== 'seq' || bytes < 1) return undefined;
  const variable = readVariable(text, run.program);
  const numbers = { first: seq(value.value), count: Math.floor(bytes) };
  return { kind: 'numbers', owner: variable ?? ANYBODY, numbers, happenings: undefined };
}

/** A name, an expression, a range, or with `asAddress` a sequence number of anybody's. */
function watchedName(debugging: Debugger, session: Session, asked: Asked): Watched | undefined {
  const { name = '', frameId, bytes, asAddress } = asked;
  if (asAddress) return atAddress(name, bytes ?? 1);
  const { run } = session.launched;
  const frame = frameId === undefined ? undefined : frameOfId(debugging, session, frameId);
  const moment = frame ? momentOf(momentNow(session), frame) : momentNow(session);
  const segment = segmentNamed(moment, name.trim());
  if (segment) return numbersOf(segment);
  const entry = frame?.host === undefined ? undefined : subjectAt(moment, frame.host);
  const own: Owner = { host: frame?.host, connection: entry?.name };
  const numbers = readNumbers(name, run.program, own, (text, { host, connection }) => {
    const env = environmentAt(run, moment.place, host);
    const subject = host === undefined ? env.subject : { host, connection, port: undefined };
    const value = evaluateText(text, { ...env, subject });
    return value.kind === 'number' || value.kind === 'seq' ? value.value : undefined;
  });
  if (numbers) return numbers;
  if (bytes !== undefined) return fromHere(session, name, bytes, own.host);
  return (
    readName(name.trim(), run.program, own) ??
    readId(own.host === undefined ? name.trim() : `${ownerName(own)}: ${name.trim()}`, run.program)
  );
}

const WHOLE_OR_PART = new RegExp(`^(#\\d+|${NAME})(\\.\\w+)?$`, 'u');

/** `seg`, `SEG.SEQ`, `synack.data`, `#3`: a segment, by its own name or by what says which numbers it occupies. */
function segmentNamed({ step, place, state, view }: Moment, name: string): Segment | undefined {
  const [, whole = '', part = ''] = WHOLE_OR_PART.exec(name) ?? [];
  if (part !== '' && !SEGMENT_ROWS.has(`SEG${part.toUpperCase()}`)) return undefined;
  if (whole.toLowerCase() === SEGMENT) return segmentAt(step, place.microstep);
  const under = view.world.queue.find(({ delivery }) => `#${delivery.id}` === whole);
  return under?.delivery.segment ?? state.segments.get(whole);
}

/** The numbers that a segment occupies; undefined when there are none. */
function numbersOf(segment: Segment): Watched | undefined {
  const count = segLen(segment);
  if (count < 1) return undefined;
  const numbers = { first: segment.seq, count };
  return { kind: 'numbers', owner: ANYBODY, numbers, happenings: undefined };
}

function atAddress(address: string, bytes: number): Watched | undefined {
  const known = /^\s*(?:0x[\da-f]+|\d+)\s*$/i.test(address);
  const [first, count] = [Number(address), Math.floor(bytes)];
  if (!known || first >= 2 ** 32 || !(count >= 1 && count < 2 ** 32)) return undefined;
  const numbers = { first: seq(first), count };
  return { kind: 'numbers', owner: ANYBODY, numbers, happenings: undefined };
}

/** A variable or a counter, by its whole name or as one of the owner's. */
function readName(name: string, program: Program, own: Owner): Watched | undefined {
  const names = own.host === undefined ? [name] : [name, `${ownerName(own)}.${name}`];
  for (const whole of names) {
    const variable = readVariable(whole, program);
    if (variable) return { kind: 'variable', variable };
  }
  return readCounter(name, program) ?? readCounter(`${own.host}.${name}`, program);
}
