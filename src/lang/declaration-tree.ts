/** The syntax tree of what stands before the steps: hosts, links, the seed and includes. */

import type { NumberExpression } from './expression-tree.js';
import type { Name, Range } from './range.js';

/** The value of a setting. A bare number is a list of one (`mss 1460`, `isn 100, 300`). */
export type SettingValue =
  /** In lower case: `on`, `rfc6528`. */
  | { readonly kind: 'word'; readonly text: string; readonly range: Range }
  | { readonly kind: 'text'; readonly value: string; readonly text: string; readonly range: Range }
  /** `unit` as written: `ms`, `%`, `Mbps`, `KiB`. */
  | {
      readonly kind: 'quantity';
      readonly amount: number;
      /** The amount as written. */
      readonly text: string;
      readonly unit: string;
      readonly range: Range;
    }
  | {
      readonly kind: 'numbers';
      readonly values: readonly NumberExpression[];
      readonly range: Range;
    };

/** `backlog 5`, `fin-wait-2-timeout 60s`, `combine syn-ack off` (its name is `combine syn-ack`). */
export interface Setting {
  readonly name: Name;
  readonly value: SettingValue | undefined;
  readonly range: Range;
}

export interface SettingsBlock {
  readonly settings: readonly Setting[];
  readonly range: Range;
}

export interface HostDeclaration {
  readonly kind: 'host';
  readonly role: 'host' | 'peer';
  readonly name: Name;
  readonly address: Name | undefined;
  readonly block: SettingsBlock | undefined;
  readonly range: Range;
}

export interface LinkDeclaration {
  readonly kind: 'link';
  readonly from: Name;
  readonly to: Name;
  readonly block: SettingsBlock | undefined;
  readonly range: Range;
}

export interface SeedDeclaration {
  readonly kind: 'seed';
  readonly value: NumberExpression;
  readonly range: Range;
}

export interface IncludeDeclaration {
  readonly kind: 'include';
  readonly path: Name;
  readonly range: Range;
}

export type Declaration = HostDeclaration | LinkDeclaration | SeedDeclaration | IncludeDeclaration;
