/** What the lines of a packetdrill script do, as operations of a program, and what of them cannot be meant here. */

import type { PacketOperation, PacketSegment, PacketTime } from '../../lang/packet-operations.js';
import type { Range } from '../../lang/range.js';
import type { Settings } from '../../tcp/settings.js';
import { type Numbering, readAssertions } from './assertions.js';
import type { EventLine } from './ast.js';
import { readCommand } from './environment.js';
import { icmpProblem } from './icmp-packets.js';
import { brief, expected, notSupported, strange, unknownName } from './messages.js';
import {
  type Names,
  namedCommand,
  namedIcmp,
  namedResult,
  namedSegment,
  namedValue,
} from './names.js';
import type { ScriptOptions } from './options.js';
import { isCall, refusal } from './refusals.js';
import type { Sysctls } from './sysctl-values.js';
import { AT_ONCE, type Report } from './times.js';

/** What is known of a script while its lines are read in order. */
export interface Translation {
  readonly file: string;
  readonly profile: string;
  readonly settings: Settings;
  readonly script: ScriptOptions;
  readonly numbering: Numbering;
  readonly sysctls: Sysctls;
  /** What names stand for that are not explained in the script. */
  readonly names: Names;
  /** Names of values that Python code has kept, so far. */
  readonly kept: Set<string>;
  readonly lines: readonly string[];
  readonly report: Report;
}

/** What a line does: nothing, or several things at its time. */
export function operationsOf(
  line: EventLine,
  translation: Translation,
): readonly PacketOperation[] {
  const { event, range, time = AT_ONCE } = line;
  const { names, numbering, report } = translation;
  const unknown = (name: string) => report(unknownName(name), range);
  switch (event.kind) {
    case 'segment-in': {
      const segment = namedSegment(event.segment, names, unknown);
      if (translation.profile === 'freebsd' && isSigned(segment))
        report(notSupported(SIGNATURES), range);
      return [{ kind: 'pkt-in', time, segment }];
    }
    case 'segment-out':
      if (isSigned(event.segment)) report(notSupported(SIGNATURES), range);
      return [{ kind: 'pkt-out', time, segment: namedSegment(event.segment, names, unknown) }];
    case 'icmp-in': {
      const icmp = namedIcmp(event.icmp, names, unknown);
      const problem = icmpProblem(icmp, translation.script.version);
      if (problem !== undefined) report(problem, range);
      return [{ kind: 'pkt-icmp', time, icmp }];
    }
    case 'call': {
      if (!isCall(event.call)) report(strange('call', event.call), range);
      const problem = refusal(event.call, event.args);
      if (problem !== undefined) report(notSupported(problem), range);
      const { call, until } = event;
      const args = event.args.map((value) => namedValue(value, names));
      const result = namedResult(event.result, names);
      return [{ kind: 'pkt-call', time, until, call, args, result }];
    }
    case 'command':
      return commandOf(event.command, time, translation, range);
    case 'named': {
      const command = namedCommand(event.name, names);
      if (command !== undefined) return commandOf(command, time, translation, range);
      report(expected('a system call or a packet (`<` or `>`)', event.name), range);
      return [];
    }
    case 'code': {
      const { assertions, problem } = readAssertions(event.code, numbering, translation.kept);
      if (problem !== undefined) report(problem, range);
      return [{ kind: 'pkt-assert', time, assertions }];
    }
  }
}

function commandOf(
  text: string,
  time: PacketTime,
  { report, sysctls }: Translation,
  range: Range,
): readonly PacketOperation[] {
  const { operations, problem } = readCommand(text, time, sysctls);
  if (problem !== undefined) report(notSupported(brief(problem, LONGEST_PROBLEM)), range);
  return operations;
}

/** As much of a command as is shown where it cannot be meant. */
const LONGEST_PROBLEM = 400;

const SIGNATURES = 'TCP MD5 signatures';

function isSigned({ options }: PacketSegment): boolean {
  return options?.some(({ kind }) => kind === 'md5') === true;
}
