/** RFC 9293 §3.9.1: how a profile differs from the specification, setting by setting. */

import type { SettingName, Settings } from '../settings.js';

/** One setting in which a profile differs from `rfc9293`. */
export interface Difference<Name extends SettingName = SettingName> {
  readonly setting: Name;
  readonly value: Settings[Name];
  /** What the stack does there, in a sentence. */
  readonly doc: string;
  /** Seen on a running kernel, or known from documentation and source alone. */
  readonly evidence: 'observed' | 'documented';
}

/** Makes one difference, with the value checked against the setting's type. */
export function differs<Name extends SettingName>(
  setting: Name,
  value: Settings[Name],
  doc: string,
  evidence: Difference['evidence'] = 'observed',
): Difference<Name> {
  return { setting, value, doc, evidence };
}
