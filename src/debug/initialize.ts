/** The first request: what the client is, and what we can do. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { FILTERS } from '../run/filters.js';
import type { Answer, Debugger } from './debugger.js';
import * as errors from './errors.js';

export function initialize(
  debugging: Debugger,
  args: Partial<DebugProtocol.InitializeRequestArguments>,
): Answer {
  if (debugging.phase !== 'new') throw errors.initializedLate();
  debugging.client = {
    firstLine: args.linesStartAt1 === false ? 0 : 1,
    firstColumn: args.columnsStartAt1 === false ? 0 : 1,
    invalidated: args.supportsInvalidatedEvent === true,
    memory: args.supportsMemoryEvent === true,
    progress: args.supportsProgressReporting === true,
    uris: args.pathFormat === 'uri',
    isVsCode: args.clientID === 'vscode',
  };
  return { body: CAPABILITIES };
}

/** Exactly what works. */
const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  exceptionBreakpointFilters: FILTERS.map(({ id, label, doc, isDefault }) => ({
    filter: id,
    label,
    description: doc,
    default: isDefault,
    supportsCondition: true,
    conditionDescription: 'An expression, such as server.STATE == SYN_RCVD',
  })),
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', ':'],
  supportsValueFormattingOptions: true,
  supportsDelayedStackTraceLoading: true,
  supportsStepBack: true,
  supportsStepInTargetsRequest: true,
  supportsTerminateThreadsRequest: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsRestartFrame: true,
  supportsGotoTargetsRequest: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportsCancelRequest: true,
};
