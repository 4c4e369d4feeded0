/** Names of connections that breakpoints speak of: those that the script gives, and `c1`, `l1` and so on. */

import { isNumbered, type Scope } from '../lang/paths.js';
import { listed, suggest } from '../lang/suggest.js';

/** Why no connection of the host can have this name, and the name that was probably meant; undefined where one can. */
export function unknownConnection(
  host: string,
  connection: string,
  { connections }: Scope,
): { readonly message: string; readonly instead: string | undefined } | undefined {
  const named = [...(connections.get(host) ?? [])];
  if (named.includes(connection) || isNumbered(connection)) return undefined;
  const near = suggest(connection, named);
  const all = listed([...named, 'c1, c2 and so on']);
  const message = `No connection of \`${host}\` is called \`${connection}\`: there are ${all}.`;
  return { message, instead: near && `${host}.${near}` };
}
