/** The arguments of a request, looked at before anybody works with them: a client may send anything. */

import * as errors from './errors.js';

/** What a value has to be: a kind, a list of such values, or an object with such members. Others are let through. */
type Shape = 'number' | 'string' | 'boolean' | readonly [Shape] | Members;
interface Members {
  readonly [name: string]: Shape;
}

const SOURCE: Shape = { name: 'string', path: 'string', sourceReference: 'number' };
const FORMAT: Shape = { hex: 'boolean' };
const HITS = { condition: 'string', hitCondition: 'string', logMessage: 'string' } as const;

const SHAPES: Members = {
  initialize: { clientID: 'string', linesStartAt1: 'boolean', columnsStartAt1: 'boolean' },
  restart: { arguments: {} },

  setBreakpoints: {
    source: SOURCE,
    breakpoints: [{ line: 'number', column: 'number', ...HITS }],
    lines: ['number'],
  },
  breakpointLocations: {
    source: SOURCE,
    ...{ line: 'number', column: 'number', endLine: 'number', endColumn: 'number' },
  },
  setFunctionBreakpoints: { breakpoints: [{ name: 'string', ...HITS }] },
  setExceptionBreakpoints: {
    filters: ['string'],
    filterOptions: [{ filterId: 'string', condition: 'string' }],
  },
  dataBreakpointInfo: {
    ...{ variablesReference: 'number', name: 'string', frameId: 'number' },
    ...{ bytes: 'number', asAddress: 'boolean' },
  },
  setDataBreakpoints: { breakpoints: [{ dataId: 'string', accessType: 'string', ...HITS }] },

  stackTrace: { threadId: 'number', startFrame: 'number', levels: 'number' },
  scopes: { frameId: 'number' },
  variables: {
    ...{ variablesReference: 'number', start: 'number', count: 'number' },
    ...{ filter: 'string', format: FORMAT },
  },
  source: { source: SOURCE, sourceReference: 'number' },
  locations: { locationReference: 'number' },
  evaluate: { expression: 'string', frameId: 'number', context: 'string', format: FORMAT },
  completions: { text: 'string', column: 'number', line: 'number', frameId: 'number' },

  stepIn: { threadId: 'number', targetId: 'number' },
  stepInTargets: { frameId: 'number' },
  restartFrame: { frameId: 'number' },
  gotoTargets: { source: SOURCE, line: 'number', column: 'number' },
  goto: { threadId: 'number', targetId: 'number' },
  cancel: { requestId: 'number', progressId: 'string' },

  terminateThreads: { threadIds: ['number'] },
  setVariable: { variablesReference: 'number', name: 'string', value: 'string', format: FORMAT },
  setExpression: { expression: 'string', value: 'string', frameId: 'number', format: FORMAT },
  readMemory: { memoryReference: 'string', offset: 'number', count: 'number' },
  writeMemory: { memoryReference: 'string', offset: 'number', data: 'string' },

  'tcpflow/view': { kind: 'string', host: 'string', from: 'number', to: 'number', step: 'number' },
  'tcpflow/travel': { step: 'number', microstep: 'number' },
  'tcpflow/rfc': { uri: 'string' },
  'tcpflow/hex': { hex: 'boolean' },
};

/** Of a list: so many breakpoints are nobody's. */
const LONGEST = 10_000;

/**
 * The arguments with what is absent left out: clients in other languages write `null` for it, and have one empty value
 * for lists and objects. Throws what is wrong with a member that has the wrong kind.
 */
export function checkedArguments(command: string, args: unknown): object {
  const shape = SHAPES[command] ?? {};
  return (checked(command, 'arguments', shape, args) ?? {}) as object;
}

function checked(command: string, name: string, shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === 'string') {
    const kind: string = typeof value;
    if (kind === shape) return value;
    throw errors.wrongArgument(command, name, value, shape);
  }
  if (isList(shape)) {
    if (isEmpty(value)) return [];
    if (!Array.isArray(value)) throw errors.wrongArgument(command, name, value, 'list');
    if (value.length > LONGEST) {
      throw errors.wrongArgument(command, name, value, `list of at most ${LONGEST}`);
    }
    return value.map((one) => {
      if (one === null) throw errors.wrongArgument(command, name, value, 'list of values');
      return checked(command, name, shape[0], one);
    });
  }
  if (isEmpty(value)) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw errors.wrongArgument(command, name, value, 'object');
  }
  const members = Object.entries(value).flatMap(([key, member]) => {
    if (member === null) return [];
    const inner = Object.hasOwn(shape, key) ? shape[key] : undefined;
    const found = inner === undefined ? member : checked(command, key, inner, member);
    return found === undefined ? [] : [[key, found]];
  });
  return Object.fromEntries(members);
}

function isList(shape: readonly [Shape] | Members): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Frames, and elements, that are sent at once when the client does not say how many. */
export const FRAMES = 1_000;
export const ELEMENTS = 10_000;

/** A whole number of at least 0, whatever was sent. */
export function wholeNumber(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value > 0 ? Math.floor(value) : otherwise;
}
