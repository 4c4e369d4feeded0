/** What may stand at a place of a script, said by the parser itself as it comes there: completion has no grammar of its own. */

/** What sort of thing may stand here. */
export type Wanted =
  | {
      readonly kind: 'declaration' | 'statement' | 'call' | 'flag' | 'field' | 'codepoint' | 'icmp';
    }
  /** A host or peer, what was held, a state. */
  | { readonly kind: 'host' | 'held' | 'state' }
  /** A connection of this host; a path that begins like this, or one that can be set, or go off. */
  | {
      readonly kind: 'connection' | 'given' | 'path' | 'settable' | 'timer';
      readonly of: readonly string[];
    }
  | { readonly kind: 'setting'; readonly of: Settled }
  /** The value of a setting. */
  | { readonly kind: 'value'; readonly of: Settled; readonly setting: string }
  /** Words of the statement that is being written. */
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** What has a block of settings. */
export type Settled = 'host' | 'peer' | 'link';

/** Where somebody types, at the end of a text, and what the parser says of it. */
export interface Caret {
  readonly wanted: Wanted[];
  /** Whom the statement is about: its variables may stand without a host. */
  subject: readonly string[] | undefined;
}
