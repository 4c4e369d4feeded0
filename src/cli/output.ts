/** Where the command line writes to, and what its exit codes mean. */

export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A capture, to where `out` goes. */
  readonly octets: (octets: Uint8Array) => void;
}

export const ExitCode = { ok: 0, failed: 1, error: 2, unsupported: 3 } as const;
