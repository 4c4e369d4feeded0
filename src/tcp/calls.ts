/** RFC 9293 §3.9.1 User/TCP Interface: the calls as values. */

import type { SendPart } from './calls/send.js';
import type { Settings } from './settings.js';
import type { Socket } from './tcb.js';

/**
 * A user call. `connection` is the id of the connection within its host (`ConnectionRef.id`); calls on a host without one
 * carry `undefined` and meet the rules of CLOSED.
 */
export type UserCall =
  | {
      readonly kind: 'OPEN';
      readonly open: 'passive';
      readonly local: Socket;
      readonly remote: Socket | undefined;
      readonly backlog: number | undefined;
      /** What this connection has otherwise than its host. */
      readonly settings?: Partial<Settings> | undefined;
      /** What the script calls the listener; without one it is `l1`, `l2`, ... */
      readonly name?: string | undefined;
    }
  | {
      readonly kind: 'OPEN';
      readonly open: 'active';
      /** Port 0: an ephemeral one is chosen. */
      readonly local: Socket;
      readonly remote: Socket | undefined;
      readonly name: string | undefined;
      readonly settings?: Partial<Settings> | undefined;
      /** Of a socket of its own: a listener at its port is another one, and stays what it is. */
      readonly apart?: true;
      /** Text to be sent: on the SYN where Fast Open has a cookie for it, else first of all (RFC 7413 §4.2.2). */
      readonly text?: Uint8Array | undefined;
      /** Fast Open: a cookie is asked for, even if one is known. */
      readonly asks?: true | undefined;
    }
  /** Takes the first complete connection off the listener's accept queue (sockets; not in the RFC). */
  | {
      readonly kind: 'ACCEPT';
      readonly port: number | undefined;
      readonly name: string | undefined;
    }
  /** `more`: without PUSH, as more follows; what does not fill a segment waits for it (§3.9.1.2). */
  | {
      readonly kind: 'SEND';
      readonly connection: number | undefined;
      readonly data: Uint8Array;
      readonly more?: true | undefined;
      readonly part?: SendPart | undefined;
      /** The URGENT flag: what is sent up to here is urgent (§3.8.5). */
      readonly urgent?: true | undefined;
      /** The caller has counted the room otherwise than by `send-buffer`. */
      readonly fits?: true;
    }
  /** `across`: a PUSH does not end it (§3.9.1.3), as none ends a socket's `read`. */
  | {
      readonly kind: 'RECEIVE';
      readonly connection: number | undefined;
      readonly count: number | undefined;
      readonly across?: true;
    }
  /** `half`: the user gives up sending alone, as in `shutdown`; it matters only to stacks that know of the difference. */
  | { readonly kind: 'CLOSE'; readonly connection: number | undefined; readonly half?: true }
  | { readonly kind: 'ABORT'; readonly connection: number | undefined }
  | { readonly kind: 'STATUS'; readonly connection: number | undefined }
  /** What one connection has otherwise than its host from now on; of a listener its backlog, too. */
  | {
      readonly kind: 'SET';
      readonly connection: number | undefined;
      readonly settings: Partial<Settings>;
      readonly backlog?: number | undefined;
    };
