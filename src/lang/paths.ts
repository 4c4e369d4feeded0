/** What a path in an expression names: `SND.NXT`, `client.c1.ISS`, `synack.seq`, `syn-queue`, `i`, `time`. */

/** The names that an expression may use. */
export interface Scope {
  readonly hosts: ReadonlySet<string>;
  /** The names given by `as`, by host. */
  readonly connections: ReadonlyMap<string, ReadonlySet<string>>;
  /** The segments named by `as`; the debugger adds `seg`, the segment being looked at. */
  readonly segments: ReadonlySet<string>;
  /** `let` and `repeat ... as`. */
  readonly variables: ReadonlySet<string>;
}

/** What a path means. Fields are in lower case: `snd.nxt`, `iss`, `state`. */
export type Reference =
  | { readonly kind: 'time' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'segment'; readonly name: string; readonly field: string }
  /** `host` undefined: the subject's host, or in the debugger the focused one. */
  | { readonly kind: 'host'; readonly host: string | undefined; readonly field: string }
  /** `host` undefined: the subject; `connection` undefined: the host's only one. */
  | {
      readonly kind: 'connection';
      readonly host: string | undefined;
      readonly connection: string | undefined;
      readonly field: string;
    };
